"""Random trees of everything that trees.py leaves out: plugins, schemas, configurations, deprecated fields, odd scalars."""
import copy
import json
import re

from trees import NAMES, NAMESPACES, Tree, dump

ODD = ['0x1F', '010', '0o17', '1_000', '1.0', '1e3', '.5', '2020-01-01', '~', 'null', 'yes', 'off', "'1'", '"true"', '12345678901234567890',
       '1.10', '-0', '+5', '.inf', '"a\\tb"', "'it''s'", '|\n      two\n      lines\n', '>-\n      folded\n      text\n', '{}', '[]', '0b11']
MACHINE = {'group': 'cluster.example.com', 'version': 'v1', 'kind': 'Machine'}


def schema():
    """An OpenAPI document that lets two lists of Machine merge by key."""
    item = {'type': 'object', 'properties': {'name': {'type': 'string'}, 'v': {'type': 'integer'}}}
    spec = {'type': 'object', 'properties': {
        'items': {'type': 'array', 'items': item, 'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge'},
        'list': {'type': 'array', 'items': {'type': 'string'}, 'x-kubernetes-patch-strategy': 'merge'},
        'containers': {'type': 'array', 'items': {'$ref': '#/definitions/io.k8s.api.core.v1.Container'},
                       'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge'}}}
    machine = {'type': 'object', 'x-kubernetes-group-version-kind': [MACHINE],
               'properties': {'apiVersion': {'type': 'string'}, 'kind': {'type': 'string'}, 'metadata': {'type': 'object'}, 'spec': spec}}
    return {'definitions': {'com.example.cluster.v1.Machine': machine}}


def crd():
    """A definition whose fields are references, as `crds` reads it."""
    name = 'com.example.cluster.v1.'
    ref = {'x-kubernetes-object-ref-api-version': 'v1', 'x-kubernetes-object-ref-kind': 'ConfigMap', 'type': 'object'}
    return {name + 'Machine': {'Schema': {'properties': {
        'apiVersion': {'type': 'string'}, 'kind': {'type': 'string'}, 'metadata': {'$ref': 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta'},
        'spec': {'$ref': name + 'MachineSpec'}}}, 'Dependencies': []},
        name + 'MachineSpec': {'Schema': {'properties': {'ref': ref, 'extra': {'x-kubernetes-annotation': '', 'type': 'object'}}}, 'Dependencies': []}}


class WideTree(Tree):
    def text(self, document):
        """YAML, in which some scalars are written in odd ways."""
        text = dump(document)
        if self.chance(0.15):
            text = re.sub(r'^(      value|  size|    k|  ratio): .*$', lambda m: '%s: %s' % (m.group(1), self.pick(ODD)), text, count=1, flags=re.M)
        if self.chance(0.05):
            text = '# a comment\n' + text.replace('\nspec:', '\n# of a field\nspec: # behind')
        return text

    def thing(self):
        o = super().thing()
        if self.chance(0.06):
            o = self.pick([self.service_api, self.hook, self.convertible, self.template_of_pods, self.list_of])(o['metadata']['name'])
        if self.chance(0.04):
            o['metadata'].setdefault('annotations', {})['config.kubernetes.io/local-config'] = self.pick(['true', 'false'])
        return o

    def service_api(self, name):
        return {'apiVersion': 'apiregistration.k8s.io/v1', 'kind': 'APIService', 'metadata': {'name': 'v1.%s.example.com' % name},
                'spec': {'service': {'name': self.pick(NAMES), 'namespace': self.pick(NAMESPACES)}, 'group': 'x', 'version': 'v1'}}

    def hook(self, name):
        return {'apiVersion': 'admissionregistration.k8s.io/v1', 'kind': 'MutatingWebhookConfiguration', 'metadata': self.metadata(name),
                'webhooks': [{'name': n, 'clientConfig': {'service': {'name': self.pick(NAMES), 'namespace': 'team-a'}}} for n in ('a', 'b')]}

    def convertible(self, name):
        o = self.definition(name)
        o['spec']['conversion'] = {'strategy': 'Webhook', 'webhook': {'clientConfig': {'service': {'name': self.pick(NAMES), 'namespace': 'team-b'}}}}
        return o

    def template_of_pods(self, name):
        return {'apiVersion': 'v1', 'kind': 'PodTemplate', 'metadata': self.metadata(name), 'template': self.template()}

    def list_of(self, name):
        return {'apiVersion': 'v1', 'kind': 'ConfigMapList', 'metadata': {'name': name},
                'items': [{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': '%s-%d' % (name, n)}, 'data': {'k': 'v'}} for n in (1, 2)]}

    # Patches.

    def mutate(self, node, depth=0):
        patch = super().mutate(node, depth)
        if isinstance(patch, dict) and depth > 0:
            for key, old in node.items():
                if not isinstance(old, list) or not old or not self.chance(0.12):
                    continue
                if isinstance(old[0], str):
                    patch[self.pick(['$deleteFromPrimitiveList/', '$setElementOrder/']) + key] = [self.pick(old)]
                elif 'name' in old[0]:
                    patch['$setElementOrder/' + key] = [{'name': i['name']} for i in reversed(old) if 'name' in i]
            if self.chance(0.03):
                patch['$retainKeys'] = self.some(sorted(node), 2) if node else []
        return patch

    def operations(self, o):
        operations = super().operations(o)
        if self.chance(0.4):
            operations.append(copy.deepcopy(self.pick([
                {'op': 'add', 'path': '/metadata/labels/app.kubernetes.io~1name', 'value': 'slash'},
                {'op': 'add', 'path': '/spec/ports/-', 'value': {'port': 99}},
                {'op': 'add', 'path': '/spec/list/1', 'value': 'one'}, {'op': 'remove', 'path': '/spec/list/-1'},
                {'op': 'replace', 'path': '/metadata/annotations', 'value': {'only': 'this'}},
                {'op': 'remove', 'path': '/metadata/annotations'}, {'op': 'remove', 'path': '/metadata/labels/app'},
                {'op': 'test', 'path': '/metadata/name', 'value': o['metadata']['name']},
                {'op': 'move', 'from': '/metadata/labels', 'path': '/metadata/annotations'},
                {'op': 'copy', 'from': '/spec', 'path': '/spec2'}, {'op': 'add', 'path': '/spec/a~0b', 'value': 1.5},
                {'op': 'replace', 'path': '/kind', 'value': 'Other'}, {'op': 'add', 'path': '/metadata/namespace', 'value': 'team-b'},
                {'op': 'add', 'path': '', 'value': {'a': 1}}, {'op': 'replace', 'path': '/data/k', 'value': 12345678},
            ])))
        return operations

    def json_target(self, o):
        group, _, version = o['apiVersion'].rpartition('/')
        t = {'version': version, 'kind': o['kind'], 'name': o['metadata']['name']}
        if group:
            t['group'] = group
        return t

    # Plugins.

    def plugin(self, directory, objects):
        o = self.pick(objects)
        specs = [{'path': 'metadata/labels', 'create': True}, {'path': 'spec/extra', 'create': True, 'kind': 'Machine'}]
        meta = {'apiVersion': 'builtin', 'metadata': {'name': 'plugin%d' % len(self.files)}}
        return dict(meta, **self.pick([
            {'kind': 'PrefixTransformer', 'prefix': 'pt-', 'fieldSpecs': [{'path': 'metadata/name'}]},
            {'kind': 'SuffixTransformer', 'suffix': '-st', 'fieldSpecs': [{'path': 'metadata/name', 'kind': o['kind']}]},
            {'kind': 'PrefixSuffixTransformer', 'prefix': 'a-', 'suffix': '-z', 'fieldSpecs': [{'path': 'metadata/name'}]},
            {'kind': 'LabelTransformer', 'labels': self.labels(), 'fieldSpecs': specs},
            {'kind': 'AnnotationsTransformer', 'annotations': {'pl': 'ugin', 'n': '1'}, 'fieldSpecs': [{'path': 'metadata/annotations', 'create': True}]},
            {'kind': 'NamespaceTransformer', 'metadata': {'name': 'n', 'namespace': self.pick(NAMESPACES)},
             'setRoleBindingSubjects': self.pick(['defaultOnly', 'allServiceAccounts', 'none']), 'unsetOnly': self.chance(0.5),
             'fieldSpecs': [{'path': 'metadata/namespace', 'create': True}, {'path': 'spec/ref/namespace', 'kind': 'Machine', 'create': True}]},
            {'kind': 'ImageTagTransformer', 'imageTag': {'name': 'nginx', 'newTag': '9'}, 'fieldSpecs': [{'path': 'spec/extra/image'}]},
            {'kind': 'ReplicaCountTransformer', 'replica': {'name': o['metadata']['name'], 'count': 3},
             'fieldSpecs': [{'path': 'spec/replicas', 'create': self.chance(0.5), 'kind': o['kind']}]},
            {'kind': 'PatchTransformer', 'patch': self.text(self.merge_patch(o))},
            {'kind': 'PatchTransformer', 'patch': dump(self.operations(o)), 'target': self.target(o)},
            {'kind': 'PatchJson6902Transformer', 'jsonOp': json.dumps(self.operations(o)), 'target': self.json_target(o)},
            {'kind': 'PatchStrategicMergeTransformer', 'patches': dump(self.merge_patch(o))},
            {'kind': 'ReplacementTransformer', 'replacements': [self.replacement(objects)]},
            {'kind': 'ValueAddTransformer', 'value': 'added', 'targets': [{'selector': {'kind': o['kind']}, 'fieldPath': self.pick([
                'metadata/namespace', 'metadata/annotations/path', 'spec/extra/path']), 'filePathPosition': self.r.randint(0, 2)}]},
            {'kind': 'HashTransformer'},
        ]))

    def generator_plugin(self, directory, objects):
        kind = self.pick(['ConfigMapGenerator', 'SecretGenerator'])
        g = self.generator(directory, objects, kind == 'SecretGenerator')
        meta = {'name': g.pop('name')}
        if 'namespace' in g:
            meta['namespace'] = g.pop('namespace')
        return dict({'apiVersion': 'builtin', 'kind': kind, 'metadata': meta}, **g)

    def plugins(self, directory, make, objects):
        entries = []
        for _ in range(self.r.randint(1, 2)):
            text = dump(make(directory, objects))
            if self.chance(0.5):
                name = 'plugin-%d.yaml' % len(self.files)
                self.files[directory + '/' + name] = text
                entries.append(name)
            else:
                entries.append(text)
        return entries

    def configuration(self):
        c = {}
        if self.chance(0.6):
            c['nameReference'] = [{'kind': self.pick(['ConfigMap', 'Secret', 'Machine']), 'version': 'v1',
                                   'fieldSpecs': [{'path': 'spec/ref/name', 'kind': 'Machine'}, {'path': 'spec/items/name', 'kind': 'Cluster'}]}]
        if self.chance(0.3):
            c['namePrefix'] = [{'path': 'metadata/annotations/note'}]
        if self.chance(0.3):
            c['commonLabels'] = [{'path': 'spec/extra', 'create': True, 'kind': 'Machine'}]
        if self.chance(0.3):
            c['images'] = [{'path': 'spec/image', 'kind': 'Machine'}]
        if self.chance(0.3):
            c['replicas'] = [{'path': 'spec/size', 'kind': 'Machine'}]
        if self.chance(0.3):
            c['varReference'] = [{'path': 'metadata/annotations'}, {'path': 'spec/list', 'kind': 'Machine'}]
        if self.chance(0.3):
            c['namespace'] = [{'path': 'spec/ns', 'create': True, 'kind': 'Machine'}]
        if self.chance(0.3):
            c['commonAnnotations'] = [{'path': 'spec/notes', 'create': True, 'kind': 'Cluster'}]
        return c or {'nameSuffix': [{'path': 'metadata/labels/app'}]}

    # Fields of a kustomization.

    def add_plugins(self, k, directory, objects):
        c = self.chance
        if objects and c(0.2):
            k['transformers'] = self.plugins(directory, self.plugin, objects)
        if objects and c(0.1):
            k['generators'] = self.plugins(directory, self.generator_plugin, objects)
        if c(0.12):
            self.files[directory + '/config.yaml'] = dump(self.configuration())
            k['configurations'] = ['config.yaml']
        if c(0.08):
            self.files[directory + '/crd.json'] = json.dumps(crd())
            k['crds'] = ['crd.json']
        if c(0.08):
            self.files[directory + '/schema.json'] = json.dumps(schema()) if c(0.7) else dump(schema())
            k['openapi'] = {'path': 'schema.json'}
        elif c(0.03):
            k['openapi'] = {'version': self.pick(['v1.21.2', 'v1.20.4'])}

    def add_deprecated(self, k, objects):
        c = self.chance
        if objects and c(0.1):
            o = self.pick(objects)
            k['patchesJson6902'] = [{'target': self.json_target(o), 'patch': self.pick([dump, json.dumps])(self.operations(o))}]
        if c(0.05):
            k['imageTags'] = [{'name': 'nginx', 'newTag': 'old'}]
        if c(0.1) and 'configMapGenerator' in k and 'envs' in k['configMapGenerator'][0]:
            k['configMapGenerator'][0]['env'] = k['configMapGenerator'][0].pop('envs')[0]

    def add_replacements(self, k, directory, objects):
        if 'replacements' not in k or not self.chance(0.5):
            return
        r = k['replacements'][0]
        if self.chance(0.3):
            r['sourceValue'] = self.pick(['text', '5', 'true', ''])
            r.pop('source')
        elif self.chance(0.2):
            r['source'].pop('name')
        target = r['targets'][0]
        if self.chance(0.3):
            target['select'] = self.pick([{'kind': '.*'}, {'name': 'a.*|w.*'}, {'labelSelector': 'app', 'kind': 'Machine'}, {'group': 'apps'},
                                          {'version': 'v1', 'kind': 'Service'}, {'namespace': 'team-a'}])
        if self.chance(0.3):
            target['reject'] = [self.pick([{'labelSelector': 'app=web'}, {'kind': 'Service'}, {'kind': 'S.*', 'name': 'web'}, {'namespace': 'default'}])]
        if self.chance(0.4):
            name = 'replacement-%d.yaml' % len(self.files)
            self.files[directory + '/' + name] = dump([r] if self.chance(0.5) else r)
            k['replacements'] = [{'path': name}]

    def kustomization(self, directory, objects, component):
        k = super().kustomization(directory, objects, component)
        c = self.chance
        self.add_plugins(k, directory, objects)
        self.add_deprecated(k, objects)
        self.add_replacements(k, directory, objects)
        if 'vars' in k and c(0.5):
            o = self.pick(objects)
            paths = [p for p in self.paths(o) if '*' not in p and '[' not in p]
            k['vars'][0].update(objref={'apiVersion': o['apiVersion'], 'kind': o['kind'], 'name': o['metadata']['name']},
                                fieldref={'fieldPath': self.pick(paths or ['metadata.name'])})
        if c(0.06):
            k['sortOptions'] = {'order': 'legacy', 'legacySortOptions': {'orderFirst': ['Machine', 'Namespace'], 'orderLast': ['Service']}}
        if c(0.04):
            k['metadata'] = {'name': 'k', 'labels': {'app': 'k'}}
        if c(0.03):
            k['NAMEPREFIX' if c(0.3) else 'namePrefix'] = self.pick(['x-', '1', '', 'UP-'])
        return k

    def directory(self, depth):
        directory = super().directory(depth)
        path = directory + '/kustomization.yaml'
        text = self.files[path]
        if self.chance(0.05) and 'resources:' in text:
            self.files[path] = text.replace('\nresources:', '\nbases:')
        if self.chance(0.05):
            self.files[directory + '/' + self.pick(['kustomization.yml', 'Kustomization'])] = self.files.pop(path)
        for name in sorted(self.files):
            if name.startswith(directory + '/r') and self.chance(0.1):
                self.files[name] = self.odd_file(self.files[name])
        return directory

    def odd_file(self, text):
        """The same objects as JSON-like flow, as a List, or with odd scalars."""
        import yaml
        documents = list(yaml.safe_load_all(text))
        kind = self.r.randint(0, 3)
        if kind == 0:
            return json.dumps(documents[0])
        if kind == 1:
            return dump({'apiVersion': 'v1', 'kind': 'List', 'items': documents})
        return '---\n'.join(self.text(d) for d in documents) + self.pick(['', '---\n', '---\n# nothing\n'])


def tree(seed):
    """The files, and the directory to build."""
    t = WideTree(seed)
    return t.files, t.directory(t.pick([0, 1, 1, 2]))
