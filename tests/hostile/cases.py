"""Hostile inputs, by the numbers of the catalogue (H01…). Each is a tree of files and what must be said of it.

A tree is {path: bytes | Link | Raw}: Link is a symbolic link, Raw a Git tree object of exactly these entries (mode, name, content), for
what no file system holds. `rules` are the ids one of which the refusal must name; () means that the input must work.
"""
import json
import os


class Link(bytes):
    """A symbolic link to this target."""


class Raw(list):
    """A tree object with (mode, name bytes, content bytes) entries, unsorted and unchecked. Only through Git."""


class Case:
    def __init__(self, number, name, files, *rules, offline=True, seconds=10, want=None, unreadable=False,
                 renderer='yaml', says=()):
        self.number, self.name, self.files, self.rules = number, name, files, rules
        self.offline = offline and not any(isinstance(f, Raw) for f in files.values())
        self.renderer = renderer  # of test_offline; the daemon finds out itself
        self.seconds = seconds  # until the verdict
        self.want = want  # text that the output of a working case holds
        self.says = says  # pieces that the refusal must hold too
        self.unreadable = unreadable  # Git itself cannot read such an object: the whole repository stands still

    @property
    def id(self):
        return '%s-%s' % (self.number, self.name)


def config_map(name='x', **more):
    return json.dumps(dict({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': name, 'namespace': 'hostile'}}, **more)).encode()


def yaml_case(number, name, text, *rules, **more):
    return Case(number, name, {'a.yaml': text if isinstance(text, bytes) else text.encode()}, *rules, **more)


def laughs(levels, width=10):
    lines = ['a0: &a0 [lol]']
    for level in range(1, levels + 1):
        lines.append('a%d: &a%d [%s]' % (level, level, ', '.join(['*a%d' % (level - 1)] * width)))
    return '\n'.join(lines) + '\n'


def with_document(text):
    """A ConfigMap whose data is the text, indented."""
    return 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: hostile}\n' + text


def trees():
    good = config_map()
    for label, name in (('git', b'.git'), ('git-case', b'.GIT'), ('git-short', b'git~1'), ('dots', b'..'), ('dot', b'.'),
                        ('slash', b'a/b.yaml'), ('empty', b''), ('hfs', '.g\u200cit'.encode()), ('ntfs', b'.git::$INDEX_ALLOCATION')):
        yield Case('H01', label, {'': Raw([('100644', b'a.yaml', good), ('100644', name, config_map('y'))])}, 'E_TREE_NAME', 'E_OBJ_CORRUPT',
                   unreadable=name == b'')
    yield Case('H02', 'twice', {'': Raw([('100644', b'a.yaml', good), ('100644', b'a.yaml', config_map('y'))])}, 'E_TREE_DUP', 'E_OBJ_CORRUPT')
    yield Case('H02', 'unsorted', {'': Raw([('100644', b'b.yaml', good), ('100644', b'a.yaml', config_map('y'))])},
               'E_TREE_DUP', 'E_TREE_ORDER', 'E_OBJ_CORRUPT')
    deep = {'/'.join(['d'] * 5000) + '/a.yaml': good}
    yield Case('H19', 'deep', deep, 'E_TREE_BUDGET', offline=False)


def links():
    for number, label, target in (('H03', 'absolute', b'/etc/passwd'), ('H04', 'environment', b'../../../../proc/self/environ'),
                                  ('H04', 'zero', b'/dev/zero'), ('H04', 'stdin', b'/dev/stdin')):
        yield Case(number, label, {'a.yaml': Link(target), 'b.yaml': config_map()}, 'E_LINK_ESCAPE')
    yield Case('H05', 'two-hops', {'a.yaml': Link(b'b/c.yaml'), 'b': Link(b'../..'), 'c.yaml': config_map()}, 'E_LINK_ESCAPE')
    yield Case('H06', 'self', {'a.yaml': Link(b'a.yaml'), 'b.yaml': config_map()}, 'E_LINK_LOOP')
    yield Case('H06', 'circle', {'a.yaml': Link(b'b.yaml'), 'b.yaml': Link(b'a.yaml'), 'c.yaml': config_map()}, 'E_LINK_LOOP')
    chain = {'l%02d.yaml' % n: Link(b'l%02d.yaml' % (n + 1)) for n in range(12)}
    yield Case('H06', 'chain', dict(chain, **{'l12.yaml': config_map()}), 'E_LINK_LOOP')
    yield Case('H07', 'long', {'a.yaml': Link(b'x/' * 32768), 'b.yaml': config_map()}, 'E_LINK_BAD', offline=False)
    for name in (b'kustomization.yaml', b'Chart.yaml'):
        yield Case('H08', name.decode().split('.')[0].lower(), {name.decode(): Link(b'/etc/passwd'), 'a.yaml': config_map()}, 'E_LINK_ESCAPE')
    chart = {'Chart.yaml': b'apiVersion: v2\nname: c\nversion: 1.0.0\n', 'values.prod.yaml': b'a: linked\n',
             'templates/m.yaml': b'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: hostile}\ndata: {a: "{{ .Values.a }}"}\n'}
    yield Case('H08', 'values', dict(chart, **{'values.yaml': Link(b'../../../etc/passwd')}), 'E_LINK_ESCAPE', offline=False)
    # no boundary is set between folders of one target: it is the same object twice
    yield Case('H09', 'sibling', {'one/a.yaml': Link(b'../two/b.yaml'), 'two/b.yaml': config_map()}, 'E_DUP_OBJECT', offline=False)
    yield Case('H10', 'inside', dict(chart, **{'values.yaml': Link(b'values.prod.yaml')}), want='linked', offline=False)
    yield Case('H07', 'bytes', {'a.yaml': Link(b'\xff\xfe'), 'b.yaml': config_map()}, 'E_LINK_BAD')


def git_files():
    yield Case('H11', 'submodule', {'.gitmodules': b'[submodule "../../y"]\n\tpath = ../x\n\turl = ext::sh -c true\n', 'a.yaml': config_map()},
               want='name: x')
    yield Case('H12', 'attributes-link', {'.gitattributes': Link(b'/etc/passwd'), 'a.yaml': config_map()}, want='name: x')
    yield Case('H12', 'ignore-large', {'.gitignore': b'x' * 3000000, 'a.yaml': config_map()}, want='name: x')
    yield Case('H13', 'filter', {'.gitattributes': b'*.yaml filter=x working-tree-encoding=UTF-16 ident\n', 'a.yaml': config_map()},
               want='name: x')
    yield Case('H14', 'pointer', {'a.yaml': b'version https://git-lfs.github.com/spec/v1\noid sha256:' + b'0' * 64 + b'\nsize 12345\n'},
               'E_LFS_POINTER')


def yaml_bombs():
    for label, text in (('brackets', '[' * 1000000), ('braces', '{' * 1000000), ('elements', '[a,' * 1000000), ('questions', '? ' * 1000000),
                        ('dashes', '- ' * 100000)):
        yield yaml_case('H24', label, text, 'E_YAML_DEPTH', 'E_YAML', seconds=2)
    yield yaml_case('H25', 'flow', 'a: [x,' * 100000, 'E_YAML_DEPTH', 'E_YAML', seconds=2)
    yield yaml_case('H26', 'anchors', with_document('data:\n' + ''.join('  k%d: &a%d x\n' % (n, n) for n in range(100000))), 'E_YAML_ALIAS')
    yield yaml_case('H26', 'aliases', with_document('a: &a "%s"\nb: [%s]\n' % ('x' * 1024, ', '.join(['*a'] * 100000))), 'E_YAML_ALIAS')
    yield yaml_case('H26', 'laughs', with_document(laughs(12)), 'E_YAML_ALIAS', 'E_YAML_NODES', seconds=2)
    yield yaml_case('H27', 'self', with_document('a: &a [*a]\n'), 'E_YAML_CYCLE', 'E_YAML_ALIAS', 'E_YAML')
    yield yaml_case('H27', 'merge-self', with_document('a: &a {<<: *a}\n'), 'E_YAML_CYCLE', 'E_YAML_MERGE', 'E_YAML_ALIAS')
    yield yaml_case('H27', 'merge-scalar', with_document('data: {<<: x}\n'), 'E_YAML_MERGE')
    yield yaml_case('H28', 'large-file', b'# ' + b'x' * (64 << 20), 'E_FILE_SIZE', 'E_TREE_BUDGET')
    yield yaml_case('H28', 'large-scalar', with_document('data: {a: %s}\n' % ('x' * 3000000)), 'E_OBJ_SIZE', offline=False)
    yield yaml_case('H28', 'documents', '---\na: 1\n' * 20000, 'E_DOC_COUNT', 'E_NOT_OBJECT', 'E_GVK')
    yield yaml_case('H29', 'top', 'apiVersion: v1\nkind: ConfigMap\nkind: Secret\nmetadata: {name: x}\n', 'E_DUP_KEY')
    yield yaml_case('H29', 'below', with_document('data:\n  a: 1\n  b: 2\n  a: 3\n'), 'E_DUP_KEY')
    yield Case('H29', 'json', {'a.json': b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","name":"y"}}'}, 'E_DUP_KEY')


def yaml_words():
    yield yaml_case('H31', 'latin', with_document('data: {a: "').encode() + b'\xff\xfe"}\n', 'E_UTF8')
    yield yaml_case('H31', 'nul', with_document('data: {a: "x\0y"}\n'), 'E_UTF8', 'E_YAML')
    yield yaml_case('H31', 'control', with_document('data: {a: "x\x01y"}\n'), 'E_UTF8', 'E_YAML')
    yield yaml_case('H31', 'tab', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n', 'E_YAML')
    yield yaml_case('H31', 'crlf', with_document('data:\n  a: b\n').replace('\n', '\r\n'), want='a: b')
    yield yaml_case('H32', 'python', with_document('data: {a: !!python/object/apply:os.system ["id"]}\n'), 'E_YAML_TAG')
    yield yaml_case('H32', 'own', with_document('data: {a: !mine x}\n'), 'E_YAML_TAG')
    yield yaml_case('H33', 'scalar', 'hello\n', 'E_NOT_OBJECT')
    yield yaml_case('H33', 'list', '- a\n- b\n', 'E_NOT_OBJECT')
    yield yaml_case('H33', 'complex-key', with_document('data: {? [a, b] : c}\n'), 'E_YAML_KEY', 'E_YAML')
    yield yaml_case('H33', 'comments', '# nothing\n# at all\n', 'E_EMPTY', offline=False)


def json_words():
    yield Case('H35', 'deep', {'a.json': b'{"a":' * 3000 + b'1' + b'}' * 3000}, 'E_JSON', 'E_YAML_DEPTH')
    yield Case('H35', 'brackets', {'a.json': b'[' * 3000000}, 'E_JSON', 'E_YAML_DEPTH')
    yield Case('H35', 'trailing', {'a.json': config_map() + b' garbage'}, 'E_JSON', 'E_YAML')
    # A .json file is YAML to Kubernetes where it is no JSON: NaN is a word.
    yield Case('H35', 'nan', {'a.json': config_map(data={}).replace(b'{}', b'{"a":NaN}')}, want='NaN')


def nested_lists(depth):
    document = json.loads(config_map())
    for _ in range(depth):
        document = {'apiVersion': 'v1', 'kind': 'List', 'items': [document]}
    return json.dumps(document).encode()


def objects():
    yield Case('H34', 'nested', {'a.json': nested_lists(100)}, 'E_LIST_DEPTH', 'E_YAML_DEPTH')
    yield Case('H34', 'nested-a-little', {'a.json': nested_lists(8)}, 'E_LIST_DEPTH')
    yield Case('H34', 'many', {'a.json': b'{"apiVersion":"v1","kind":"List","items":[' + b','.join([b'{}'] * 1000000) + b']}'},
               'E_DOC_COUNT', 'E_OBJECTS', 'E_GVK', 'E_NOT_OBJECT', 'E_YAML_NODES')
    yield Case('H34', 'no-kind', {'a.json': b'{"apiVersion":"v1","kind":"List","items":[{"metadata":{"name":"x"}}]}'}, 'E_GVK')
    for label, name in (('missing', None), ('long', 'x' * 254), ('up', '../x'), ('percent', 'a%2fb'), ('query', 'a?dryRun=All'),
                        ('number', 5)):
        metadata = {'namespace': 'hostile'} if name is None else {'name': name, 'namespace': 'hostile'}
        yield Case('H36', label, {'a.yaml': config_map(metadata=metadata)}, 'E_NAME')
    yield Case('H36', 'namespace', {'a.yaml': config_map(metadata={'name': 'x', 'namespace': '..'})}, 'E_NAMESPACE', 'E_NAME')
    for label, version, kind in (('walk', 'v1/../../apis/rbac.authorization.k8s.io/v1', 'ClusterRole'), ('none', None, 'ConfigMap'),
                                 ('empty', '', 'ConfigMap'), ('no-kind', 'v1', None), ('large', 'x' * (1 << 20) + '/v1', 'X'),
                                 ('query', 'v1?x=1', 'ConfigMap')):
        document = {'metadata': {'name': 'x', 'namespace': 'hostile'}}
        document.update({k: v for k, v in (('apiVersion', version), ('kind', kind)) if v is not None})
        yield Case('H37', label, {'a.yaml': json.dumps(document).encode()}, 'E_GVK')
    for label, more in (('uid', {'uid': 'x'}), ('version', {'resourceVersion': '1'}), ('fields', {'managedFields': [{'manager': 'syncd'}]}),
                        ('owner', {'labels': {'applyset.kubernetes.io/part-of': 'forged'}}), ('deletion', {'deletionTimestamp': '2026-01-01T00:00:00Z'})):
        yield Case('H40', label, {'a.yaml': config_map(metadata=dict({'name': 'x', 'namespace': 'hostile'}, **more))}, 'E_RESERVED_FIELD',
                   offline=False)
    yield Case('H41', 'twice', {'a.yaml': config_map(), 'b.yaml': config_map(data={'a': 'b'})}, 'E_DUP_OBJECT', offline=False)
    yield Case('H45', 'object', {'a.yaml': config_map(data={'a%d' % n: 'x' * 1000 for n in range(2000)})}, 'E_OBJ_SIZE', offline=False)
    yield Case('H46', 'empty', {'README.md': b'nothing here\n'}, 'E_EMPTY', offline=False)


def file_names():
    """Names are bytes: two that differ in capitals or in Unicode's normal form are two files; what they hold twice is refused."""
    for label, first, second in (('capitals', 'A.yaml', 'a.yaml'), ('forms', '\u00e9.yaml', 'e\u0301.yaml')):
        yield Case('H47', label + '-same', {first: config_map(), second: config_map(data={'a': 'b'})}, 'E_DUP_OBJECT', offline=False)
        yield Case('H47', label + '-other', {first: config_map(), second: config_map(metadata={'name': 'other', 'namespace': 'hostile'})}, want='name: other')
    yield Case('H47', 'extension', {'a.yaml': config_map(), 'b.YAML': config_map(metadata={'name': 'other', 'namespace': 'hostile'})}, want='name: x')
    yield Case('H47', 'folder', {'kustomization/a.yaml': config_map(), 'kustomization.yaml/b.yml': config_map(
        metadata={'name': 'other', 'namespace': 'hostile'})}, want='name: other')


def overlays(count):
    """Many kustomizations of one target, and one that is broken: it alone is named. Other targets go on."""
    tree = {'kustomization.yaml': json.dumps({'resources': ['o%d' % n for n in range(count)]}).encode()}
    for n in range(count):
        tree['o%d/kustomization.yaml' % n] = json.dumps({'resources': ['a.yaml'], 'nameSuffix': '-%d' % n}).encode()
        tree['o%d/a.yaml' % n] = config_map()
    tree['o%d/kustomization.yaml' % (count // 2)] = b'resources: [overlay-broken/b.yaml]\n'
    return tree


def kustomization(number, name, fields, *rules, files=None, **more):
    """A kustomization with a ConfigMap `x` and other files; fields: text, or a dictionary."""
    text = fields if isinstance(fields, str) else json.dumps(dict({'resources': ['a.yaml']}, **fields))
    tree = {'kustomization.yaml': text.encode(), 'a.yaml': config_map(data={'k': 'v'})}
    tree.update({path: content if isinstance(content, bytes) else content.encode() for path, content in (files or {}).items()})
    return Case(number, name, tree, *rules, renderer='kustomize', **more)


def kustomize_paths():
    for label, path in (('up', '../../other'), ('root', '/etc'), ('home', '~/.kube/config'), ('nothing', ''), ('itself', '.'),
                        ('link-up', '../../../../../../../../etc/passwd')):
        yield kustomization('H48', label, {'resources': [path]}, 'E_PATH_ESCAPE', 'E_PATH', 'E_CYCLE', 'does not exist')
    token = '/var/run/secrets/kubernetes.io/serviceaccount/token'
    for label, entry in (('token', {'files': [token]}), ('key', {'files': ['k=../../canary']}), ('envs', {'envs': ['../../canary']}),
                         ('env', {'env': token})):
        yield kustomization('H50', label, {'configMapGenerator': [dict(entry, name='g')]}, 'E_PATH_ESCAPE')
    for label, fields in (('openapi', {'openapi': {'path': '../../canary'}}), ('crds', {'crds': ['../../canary']}),
                          ('configurations', {'configurations': ['../../canary']}), ('components', {'components': ['../../canary']}),
                          ('patch', {'patches': [{'path': '../../canary'}]}), ('replacements', {'replacements': [{'path': '../../canary'}]}),
                          ('transformers', {'transformers': ['../../canary']})):
        yield kustomization('H51', label, fields, 'E_PATH_ESCAPE')
    for label, url in (('https', 'https://example.com/x'), ('getter', 'git::https://example.com/x'), ('file', 'file:///etc'),
                       ('option', 'github.com/x/y?ref=--upload-pack=touch /tmp/x'), ('metadata', 'http://169.254.169.254/latest'),
                       ('shorthand', 'github.com/x/y//z'), ('ssh', 'git@example.com:x/y')):
        yield kustomization('H52', label, {'resources': [url]}, 'E_REMOTE')


def bases(edges, **fields):
    """Folders that name each other: {folder: [folders]}; '' is the outermost."""
    return {(folder + '/' if folder else '') + 'kustomization.yaml': json.dumps(dict({'resources': below}, **fields)).encode()
            for folder, below in edges.items()}


def kustomize_graphs():
    yield Case('H49', 'circle', bases({'': ['a'], 'a': ['../b'], 'b': ['../a']}), 'E_CYCLE', renderer='kustomize')
    yield Case('H49', 'self', bases({'': ['a'], 'a': ['../a']}), 'E_CYCLE', renderer='kustomize')
    chain = {'n%d' % n: ['../n%d' % (n + 1)] for n in range(3000)}
    yield Case('H49', 'chain', bases(dict({'': ['n0']}, **chain)), 'E_BUDGET', renderer='kustomize')
    diamond = {'n%d' % n: ['../n%d' % (n + 1), '../m%d' % n] for n in range(20)}
    diamond.update({'m%d' % n: ['../n%d' % (n + 1)] for n in range(20)})
    tree = bases(dict({'': ['n0'], 'n20': ['a.yaml']}, **diamond))
    tree['n20/a.yaml'] = config_map()
    yield Case('H49', 'diamond', tree, 'E_DUP_ID', 'E_BUDGET', renderer='kustomize')


def kustomize_plugins():
    exec_plugin = {'apiVersion': 'example.com/v1', 'kind': 'Thing', 'metadata': {'name': 'x', 'annotations': {
        'config.kubernetes.io/function': 'exec: {path: /bin/true}'}}}
    for field in ('generators', 'transformers', 'validators'):
        yield kustomization('H53', field, {field: ['p.yaml']}, 'E_PLUGIN', 'E_UNSUPPORTED', files={'p.yaml': json.dumps(exec_plugin)})
    yield kustomization('H53', 'charts', {'helmCharts': [{'name': 'x', 'repo': 'https://example.com'}], 'helmGlobals': {'configHome': '/etc'}},
                        'E_HELM', 'E_REMOTE')
    labelled = {'apiVersion': 'builtin', 'kind': 'HashTransformer', 'metadata': {'name': 'h'}}
    generator = {'configMapGenerator': [{'name': 'g', 'literals': ['a=b']}], 'transformers': ['p.yaml']}
    yield kustomization('H53', 'hash', generator, files={'p.yaml': json.dumps(labelled)}, want='name: g-')


def json_patch(*operations):
    return {'patches': [{'target': {'kind': 'ConfigMap'}, 'patch': json.dumps(list(operations))}]}


def kustomize_patches():
    doubling = [{'op': 'copy', 'from': '/data', 'path': '/data/d%d' % n} for n in range(30)]
    for label, operations in (('index', [{'op': 'add', 'path': '/list', 'value': []}, {'op': 'add', 'path': '/list/999999999', 'value': 1}]),
                              ('doubling', doubling), ('own-child', [{'op': 'move', 'from': '/data', 'path': '/data/x/y'}]),
                              ('escape', [{'op': 'remove', 'path': '/data/~2'}]), ('test', [{'op': 'test', 'path': '/data/k', 'value': 'w'}])):
        yield kustomization('H54', label, json_patch(*operations), 'E_PATCH', 'E_JSON_PATCH', 'E_BUDGET', 'E_POINTER')
    root = dict(json.loads(config_map()), **{'$patch': 'delete'})
    yield kustomization('H55', 'delete', {'patches': [{'patch': json.dumps(root)}], 'resources': ['a.yaml', 'b.yaml']},
                        files={'b.yaml': config_map('other')}, want='name: other')
    many = dict(json.loads(config_map()), **{'$deleteFromPrimitiveList/list': ['x'] * 20000, 'list': ['x'] * 20000})
    yield kustomization('H55', 'primitive', {'patches': [{'patch': json.dumps(many)}]}, want='kind: ConfigMap')
    rename = dict(json.loads(config_map('renamed')), kind='Other')
    yield kustomization('H55', 'rename', {'patches': [{'patch': json.dumps(rename), 'target': {'name': 'x'}}]}, want='kind: ConfigMap')
    for label, pattern in (('nested', '(a+)+$'), ('long', 'a' * 65536)):
        yield kustomization('H56', label, {'patches': [{'target': {'name': pattern}, 'patch': '[{"op": "remove", "path": "/data"}]'}],
                                           'resources': ['a.yaml']}, want='kind: ConfigMap')


def kustomize_values():
    target = {'select': {'kind': 'ConfigMap'}, 'options': {'create': True}}
    deep = dict(target, fieldPaths=['data.' + '.'.join(['x'] * 5000)])
    yield kustomization('H57', 'deep', {'replacements': [{'sourceValue': 'v', 'targets': [deep]}]}, 'E_BUDGET', 'E_REPLACEMENT', 'E_YAML_DEPTH')
    doubling = [{'source': {'kind': 'ConfigMap', 'name': 'x', 'fieldPath': 'data'},
                 'targets': [dict(target, fieldPaths=['data.d%d' % n])]} for n in range(40)]
    yield kustomization('H57', 'doubling', {'replacements': doubling}, 'E_BUDGET', 'E_REPLACEMENT')
    yield kustomization('H57', 'prefix', {'namePrefix': 'p' * 300}, 'E_NAME', offline=False)
    bound = {'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': 'ClusterRoleBinding', 'metadata': {'name': 'b'},
             'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': 'ClusterRole', 'name': 'r'},
             'subjects': [{'kind': 'ServiceAccount', 'name': 'default', 'namespace': 'was'}]}
    yield kustomization('H58', 'namespace', {'namespace': 'hostile', 'resources': ['b.yaml']}, files={'b.yaml': json.dumps(bound)},
                        want='namespace: hostile')
    yield Case('H59', 'overlays', overlays(5000 if os.environ.get('SYNCD_FULL') == '1' else 500), 'does not exist', says=('overlay-broken/b.yaml',),
               renderer='kustomize', seconds=60)


def chart(template, **more):
    """The files of a chart with this template."""
    files = {'Chart.yaml': b'apiVersion: v2\nname: hostile\nversion: 1.0.0\n', 'templates/a.yaml': template.encode()}
    files.update({name.replace('__', '/').replace('_dot_', '.'): text for name, text in more.items()})
    return files


def chart_case(number, name, template, *rules, seconds=5, **more):
    return Case(number, name, chart(template), *rules, seconds=seconds, renderer='helm', **more)


def template_budgets():
    """H63: what does not end, or grows, is stopped by a budget; template, line and limit are named."""
    where = 'template: hostile/templates/a.yaml:2:'
    for label, text, rule, limit in (
            ('include', '{{ define "a" }}{{ include "a" . }}{{ end }}\n{{ include "a" . }}', 'E_TPL_DEPTH', ''),
            ('template', '{{ define "a" }}{{ template "a" . }}{{ end }}\n{{ template "a" . }}', 'E_TPL_DEPTH', ''),
            ('tpl', '{{ $t := "{{ tpl .t . }}" }}\n{{ tpl $t (dict "t" $t) }}', 'E_TPL_DEPTH', ''),
            ('until', '\n{{ range until 1000000000 }}x{{ end }}', 'E_TPL_MEMORY', 'render_memory'),
            ('range', '\n{{ range 1000000000000 }}{{ end }}', 'E_TPL_STEPS', 'template_steps'),
            ('ranges', '\n{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}', 'E_TPL_STEPS', 'template_steps'),
            ('repeat', '\n{{ repeat 1000000000 "x" }}', 'E_TPL_OUTPUT', 'template_output'),
            ('indent', '\n{{ indent 1000000000 "x" }}', 'E_TPL_OUTPUT', 'template_output'),
            ('printf', '\n{{ range 100 }}{{ printf "%1000000d" 1 }}{{ end }}', 'E_TPL_OUTPUT', 'template_output'),
            ('doubling', '\n{{ $x := "x" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}', 'E_TPL_', ''),
            ('split', '\n{{ $b := repeat 1000000 "a " }}{{ range 100000 }}{{ $x := split " " $b }}{{ end }}', 'E_TPL_', ''),
            ('regex', '\n{{ $b := repeat 1000000 "ab " }}{{ range 1000 }}{{ $x := regexReplaceAll "(a|b|ab)*c" $b "x" }}{{ end }}', 'E_TPL_STEPS', 'template_steps'),
            ('keys', '\n{{ range 10000 }}{{ $x := genCA "x" 1 }}{{ end }}', 'E_TPL_STEPS', 'template_steps'),
            ('long-keys', '\n{{ range 10000 }}{{ $x := genPrivateKey "rsa" }}{{ end }}', 'E_TPL_STEPS', 'template_steps'),
            ('passwords', '\n{{ range 10000 }}{{ $x := htpasswd "a" "b" }}{{ end }}', 'E_TPL_STEPS', 'template_steps'),
            ('merge', '\n{{ $d := dict }}{{ range 30000 }}{{ $_ := set $d (toString .) (dict "a" $d) }}{{ end }}{{ toYaml $d }}{{ range 100000 }}{{ $_ := deepCopy $d }}{{ end }}', 'E_TPL_', '')):
        # 83 keys are what one budget makes: 5 s of a processor that is not shared
        yield chart_case('H63', label, text, rule, says=(where, limit) if limit else (), seconds=9 if 'keys' in label else 5)


def chart_words():
    config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: hostile}\ndata: {a: "%s"}\n'
    for name in ('env "HOME"', 'expandenv "$HOME"'):
        yield chart_case('H61', name.split()[0], config % ('{{ %s }}' % name.replace('"', '`')), 'E_TPL_PARSE', says=('not defined',))
    yield chart_case('H61', 'host', config % '<{{ getHostByName `canary.example` }}>', want='<>')
    yield chart_case('H61', 'lookup', config % '<{{ lookup `v1` `Secret` `` `` }}>', want='map[]')
    for label, path in (('up', '../canary'), ('absolute', '/etc/passwd'), ('far', '../../../../etc/passwd')):
        yield chart_case('H62', label, config % ('<{{ .Files.Get `%s` }}>' % path), want='<>')
    yield chart_case('H62', 'glob', config % '{{ range $p, $_ := .Files.Glob `/**` }}{{ $p }}{{ end }}', want='a: ')
    for label, text in (('dot', 'name: .'), ('dots', 'name: ..'), ('slash', 'name: a/b'), ('null', 'name: null'), ('missing', 'version: 1.0.0'),
                        ('library', 'name: a\ntype: library'), ('maintainer', 'name: a\nmaintainers: [null]')):
        yield Case('H65', label, {'Chart.yaml': ('apiVersion: v2\nversion: 1.0.0\n%s\n' % text.replace('version: 1.0.0', '')).encode(),
                                  'templates/a.yaml': (config % 'x').encode()}, 'E_CHART', 'E_YAML', seconds=5, renderer='helm')
    for label, schema in (('file', '{"$ref": "file:///dev/zero"}'), ('http', '{"$ref": "http://169.254.169.254/x"}'), ('self', '{"$ref": "#"}'),
                          ('deep', '{"not":' * 10000 + '{}' + '}' * 10000)):
        yield Case('H67', label, chart(config % 'x', values_dot_schema_dot_json=schema.encode(), values_dot_yaml=b'a: b\n'), 'E_SCHEMA', 'E_JSON', seconds=5, renderer='helm')


def packed(*members):
    """A packed chart `c` with these members: (name, content) or a TarInfo with its content."""
    import gzip
    import io
    import tarfile
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode='w', format=tarfile.PAX_FORMAT) as tar:
        for name, content in (('c/Chart.yaml', b'apiVersion: v2\nname: c\nversion: 1.0.0\n'),) + members:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), 1)


def entry(name, kind, target=''):
    import tarfile
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


def archives():
    """H64: packed charts are read into memory, by names that stay inside, within budgets of bytes and entries."""
    import tarfile
    config = b'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: hostile}\ndata: {a: "{{ .Files.Get `l` }}"}\n'
    template = ('c/templates/a.yaml', config)
    for label, rules, tgz in (
            ('up', ('E_ARCHIVE',), packed(('c/../../x', b'x'))),
            ('absolute', ('E_ARCHIVE',), packed(('c//etc/x', b'x'))),
            ('entries', ('E_ARCHIVE',), packed(*[('c/f%d' % n, b'') for n in range(20000)])),
            ('bomb', ('E_ARCHIVE',), packed(('c/zeros', bytes(300 << 20)))),
            ('cut', ('E_ARCHIVE', 'E_CHART'), packed(template)[:-40]),
            ('no-archive', ('E_ARCHIVE', 'E_CHART'), b'not a gzip file at all')):
        yield Case('H64', label, dict(chart(config.decode()), **{'charts/c-1.0.0.tgz': tgz}), *rules, seconds=5, renderer='helm')
    for label, kind, target in (('symlink', tarfile.SYMTYPE, '../../../../../canary'), ('hardlink', tarfile.LNKTYPE, '/etc/passwd'), ('device', tarfile.CHRTYPE, '')):
        tgz = packed((entry('c/l', kind, target), b''), template)
        yield Case('H64', label, dict(chart('kind: ConfigMap\n'), **{'charts/c-1.0.0.tgz': tgz}), 'E_ARCHIVE', seconds=5, renderer='helm')


def dependencies():
    """H66: what a chart wants from elsewhere is not fetched by rendering it."""
    for label, url in (('file', 'file://../..'), ('metadata', 'http://169.254.169.254'), ('registry', 'oci://user:password@evil.example/x'),
                       ('none', '')):
        text = 'apiVersion: v2\nname: hostile\nversion: 1.0.0\ndependencies: [{name: other, version: 1.0.0, repository: "%s"}]\n' % url
        yield Case('H66', label, dict(chart('kind: ConfigMap\n'), **{'Chart.yaml': text.encode()}), 'E_CHART', says=('missing in charts/',), seconds=5, renderer='helm')


def all_cases():
    for group in (file_names, kustomize_paths, kustomize_graphs, kustomize_plugins, kustomize_patches, kustomize_values, trees, links, git_files, yaml_bombs, yaml_words, json_words, objects, template_budgets, chart_words, archives, dependencies):
        yield from group()
