"""Adoption: what kubectl, Argo CD, Flux or Helm applied becomes syncd's, and only where somebody asks for it."""
import json
import os
import subprocess

from stories import config_map
from tools import tool

# How each tool writes: the arguments of kubectl that leave the same owners behind.
WRITERS = {
    'kubectl': ['apply'],
    'kubectl-ssa': ['apply', '--server-side'],
    'argocd': ['apply', '--server-side', '--field-manager=argocd-controller'],
    'argocd-csa': ['apply', '--field-manager=argocd-controller'],
    'flux': ['apply', '--server-side', '--field-manager=kustomize-controller'],
    'flux-helm': ['apply', '--server-side', '--field-manager=helm-controller'],
}


def live(s, name):
    return s.management.object('get', 'configmap', name, '-n', s.space, '--show-managed-fields')


def managers(s, name):
    return sorted(e['manager'] for e in live(s, name)['metadata']['managedFields'])


def annotated(text, **annotations):
    document = json.loads(text)
    document['metadata']['annotations'] = {k.replace('__', '/'): v for k, v in annotations.items()}
    return json.dumps(document) + '\n'


def begin(s):
    s.write_namespaces()
    s.management.kubectl('create', 'namespace', s.space)


def start(s, *tools):
    daemon = s.syncd(regional=False)
    if tools:
        daemon.document['spec']['adopt'] = list(tools)
        daemon.configure()
    return daemon.start()


def adopted_fields_go_with_git(s):
    """Objects of every tool, with other values and with more fields than Git: Git's state, and no more than it, is live."""
    begin(s)
    for name, arguments in WRITERS.items():
        s.management.kubectl(*arguments, '-f', '-', input=config_map(name, s.space, same='1', other='old', extra='1'))
        s.management.kubectl('patch', 'configmap', name, '-n', s.space, '--type=merge', '-p', '{"data":{"hand":"made"}}', '--field-manager=somebody')
        s.write(s.management, name, same='1', other='new')
    s.work.commit()
    start(s, 'kubectl', 'argocd', 'flux')
    for name in WRITERS:
        s.eventually('%s: as Git has it, and what a hand made stays' % name,
                     lambda n=name: s.data(s.management, n) == {'same': '1', 'other': 'new', 'hand': 'made'}, 60)
        s.check('%s: nobody else owns what was applied' % name, managers(s, name) == ['somebody', 'syncd'])
    s.check('the annotation of kubectl is gone', 'kubectl.kubernetes.io/last-applied-configuration' not in
            live(s, 'kubectl')['metadata'].get('annotations', {}))
    for name in WRITERS:
        s.write(s.management, name, other='new')
    s.work.commit('a field less')
    for name in WRITERS:
        s.eventually('%s: a field that Git drops goes' % name, lambda n=name: s.data(s.management, n) == {'other': 'new', 'hand': 'made'}, 100)


def nothing_is_adopted_unasked(s):
    """Without a word about it, a value that another tool applied is a conflict, and held; an annotation is such a word, for its object alone."""
    begin(s)
    for name in ('one', 'two'):
        s.management.kubectl('apply', '-f', '-', input=config_map(name, s.space, a='old', extra='1'))
    s.work.write('management/one.yaml', config_map('one', s.space, a='new'))
    s.work.write('management/two.yaml', annotated(config_map('two', s.space, a='new'), syncd_dev='x', **{'syncd.dev__adopt': 'kubectl'}))
    commit = s.work.commit()
    daemon = s.syncd(regional=False)
    planned = json.loads(daemon.run('plan', '--config', daemon.path, '-C', s.work.folder, '-o', 'json').stdout)
    actions = {step['name']: step['action'] for step in planned['targets'][0]['live']['steps'] if step['kind'] == 'ConfigMap'}
    s.check('the plan knows both', actions == {'one': 'hold', 'two': 'change'})
    daemon.start()
    s.eventually('the one that asks is adopted', lambda: s.data(s.management, 'two') == {'a': 'new'}, 100)
    s.eventually('the other is told as a conflict', lambda: 'kubectl-client-side-apply' in json.dumps(s.note(commit)), 100)
    s.check('and is as it was', s.data(s.management, 'one') == {'a': 'old', 'extra': '1'})
    s.check('with its owner', 'kubectl-client-side-apply' in managers(s, 'one'))


def adoption_of_what_was_synced_already(s):
    """Where kubectl and syncd owned the same together, adopting later lets a dropped field go; drift is still found; nothing goes on."""
    begin(s)
    s.management.kubectl('apply', '-f', '-', input=config_map('both', s.space, a='1', b='1'))
    s.write(s.management, 'both', a='1', b='1')
    s.work.commit()
    daemon = start(s)
    s.eventually('both own it', lambda: managers(s, 'both') == ['kubectl-client-side-apply', 'syncd'], 100)
    daemon.document['spec']['adopt'] = ['kubectl']
    daemon.configure()
    daemon.reload()
    s.write(s.management, 'both', a='1')
    s.work.commit('a field less')
    s.eventually('the field goes', lambda: s.data(s.management, 'both') == {'a': '1'}, 100)
    s.check('nobody else owns it', managers(s, 'both') == ['syncd'])
    s.management.kubectl('patch', 'configmap', 'both', '-n', s.space, '--type=merge', '-p', '{"data":{"a":"2"}}')
    s.eventually('drift is healed', s.has(s.management, 'both', a='1'), 100)


def helm_release_is_adopted(s):
    """A release that the real helm installed becomes syncd's, object by object."""
    begin(s)
    chart = s.git.scratch.join('chart-' + s.space)
    os.makedirs(os.path.join(chart, 'templates'))
    for path, text in (('Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n'),
                       ('templates/a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: old, extra: "1"}\n'),
                       ('templates/b.yaml', 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}, {port: 81, name: more}, {port: 82, name: most}], selector: {a: b}}\n'
                        .replace('{port: 80}', '{port: 80, name: main}'))):
        with open(os.path.join(chart, path), 'w') as f:
            f.write(text)
    subprocess.run([tool('helm'), '--kubeconfig', s.management.kubeconfig, 'install', 'web', chart, '-n', s.space], check=True,
                   stdout=subprocess.DEVNULL, env=dict(os.environ, HOME=s.git.scratch.path))
    address = s.management.object('get', 'service', 'web', '-n', s.space)['spec']['clusterIP']
    s.check('helm owns it', 'helm' in managers(s, 'web'))
    s.write(s.management, 'web', a='new')
    s.work.write('management/service.yaml', json.dumps({'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': 'web', 'namespace': s.space}, 'spec': {
        'ports': [{'port': 80, 'name': 'main'}, {'port': 81, 'name': 'more'}], 'selector': {'a': 'b'}}}))
    s.work.commit()
    start(s, 'helm')
    s.eventually('the ConfigMap is as Git has it', lambda: s.data(s.management, 'web') == {'a': 'new'}, 100)

    def service():
        return s.management.object('get', 'service', 'web', '-n', s.space, '--show-managed-fields')
    s.eventually('a port that Git does not have is gone', lambda: [p['port'] for p in service()['spec']['ports']] == [80, 81], 100)
    s.check('its address stays', service()['spec']['clusterIP'] == address)
    s.check("helm's marks are gone", 'meta.helm.sh/release-name' not in service()['metadata'].get('annotations', {}))
    s.check('and helm owns nothing', 'helm' not in managers(s, 'web') + [e['manager'] for e in service()['metadata']['managedFields']])


def kubectl_with_sets(s, *arguments, input=None):
    """kubectl with ApplySets, which it has behind a switch."""
    return subprocess.run([tool('kubectl'), '--kubeconfig', s.management.kubeconfig, *arguments], input=input, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(os.environ, HOME=s.git.scratch.path, KUBECTL_APPLYSET='true'))


def apply_sets_keep_apart(s):
    """kubectl's ApplySet and ours: neither takes, nor prunes, what is the other's; an object changes hands only where Git says so."""
    begin(s)
    part_of, theirs = 'applyset.kubernetes.io/part-of', ('apply', '--prune', '--applyset=theirs', '-n', s.space, '-f', '-')

    def set_of(name):
        return live(s, name)['metadata'].get('labels', {}).get(part_of)
    p = kubectl_with_sets(s, *theirs, input=config_map('shared', s.space, a='1') + config_map('own', s.space, a='1'))
    s.check('kubectl makes its set', p.returncode == 0 and set_of('shared') and set_of('shared') == set_of('own'))
    their_id = set_of('shared')
    s.write(s.management, 'shared', a='1')
    s.write(s.management, 'mine', a='1')
    commit = s.work.commit()
    daemon = s.syncd(regional=False, prune=True).start()
    s.eventually('ours is there', s.has(s.management, 'mine', a='1'), 100)
    s.eventually('what is of another set is told as a conflict, with the label', lambda: 'part-of' in json.dumps(s.note(commit)), 100)
    s.check('and stays there', set_of('shared') == their_id)
    parent = s.management.object('get', 'configmap', '-n', 'syncd-system', '-l', 'syncd.dev/inventory=' + s.space)['items'][0]['metadata']
    our_id = parent['labels']['applyset.kubernetes.io/id']
    s.check('ours carries the id of our inventory', set_of('mine') == our_id != their_id)
    p = kubectl_with_sets(s, 'apply', '--prune', '--applyset=configmaps/' + parent['name'], '-n', 'syncd-system', '-f', '-',
                          input=config_map('other', 'syncd-system', a='1'))
    s.check('kubectl sees whose our set is, and keeps off: ' + p.stdout.strip()[:300], p.returncode != 0 and 'syncd' in p.stdout)
    s.check('nothing of ours went', s.data(s.management, 'mine') == {'a': '1'})
    s.work.write('management/shared.yaml', annotated(config_map('shared', s.space, a='1'), **{'syncd.dev__adopt': 'kubectl'}))
    s.work.commit('it is ours')
    s.eventually('where Git says so, it changes hands', lambda: set_of('shared') == our_id, 100)
    p = kubectl_with_sets(s, *theirs, input=config_map('own', s.space, a='2'))
    s.check('kubectl prunes nothing that left its set', p.returncode == 0 and s.data(s.management, 'shared') == {'a': '1'})
    s.work.remove('management/mine.yaml')
    s.work.commit('one less')
    s.eventually('we prune ours', lambda: s.data(s.management, 'mine') is None, 100)
    s.check("and not what is kubectl's", s.data(s.management, 'own') == {'a': '2'} and daemon.alive())


EVERYWHERE = [apply_sets_keep_apart, adopted_fields_go_with_git, nothing_is_adopted_unasked, adoption_of_what_was_synced_already]
REAL = [helm_release_is_adopted]
