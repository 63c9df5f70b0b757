"""What `syncd plan` promises, told to a cluster and a repository: it says exactly what a sync then does, and reads without writing."""
import json
import os
import random
import subprocess

from daemon import program
from stories import CRD, Over, Stage, config_map, namespace_of

SEED, ROUNDS = 20261123, 12


def plan(s, daemon, *more):
    """(document, exit code) of a plan of the newest commit."""
    p = daemon.run('plan', '--config', daemon.path, '-C', s.work.folder, '-o', 'json', *more)
    if not p.stdout:
        s.check('a plan is printed: ' + p.stderr[-300:], False)
        raise Over()
    return json.loads(p.stdout), p.returncode


def widget(name, space, **spec):
    return json.dumps({'apiVersion': 'plan.example.com/v1', 'kind': 'Widget', 'metadata': {'name': name, 'namespace': space}, 'spec': spec}) + '\n'


def secret(name, space, **values):
    return json.dumps({'apiVersion': 'v1', 'kind': 'Secret', 'metadata': {'name': name, 'namespace': space}, 'stringData': values}) + '\n'


KINDS = {'ConfigMap': ('configmaps', lambda n, s, v: config_map(n, s, a=v)),
         'Secret': ('secrets', lambda n, s, v: secret(n, s, a=v)),
         'Widget': ('widgets.plan.example.com', lambda n, s, v: widget(n, s, size=int(v)))}


def versions(s):
    """(kind, name) → resourceVersion of everything in the story's namespace."""
    found = {}
    for kind, (plural, _) in KINDS.items():
        p = s.management.try_kubectl('get', plural, '-n', s.space, '-o', 'json')
        for item in json.loads(p.stdout)['items'] if p.returncode == 0 else []:
            found[kind, item['metadata']['name']] = item['metadata']['resourceVersion']
    return found


def done(before, after):
    """What happened, in a plan's words."""
    what = {}
    for key in set(before) | set(after):
        if key not in before:
            what[key] = 'create'
        elif key not in after:
            what[key] = 'delete'
        elif before[key] != after[key]:
            what[key] = 'change'
    return what


def predicted(document):
    steps = document['targets'][0]['live']['steps']
    return {(t['kind'], t['name']): t['action'] for t in steps if t['kind'] in KINDS}


def change_at_random(s, chance, held):
    """A few files written or removed; a few live objects edited or deleted behind syncd's back."""
    for _ in range(chance.randint(1, 4)):
        kind = chance.choice(list(KINDS))
        name = '%s-%d' % (kind.lower(), chance.randrange(5))
        if (kind, name) in held and chance.random() < 0.3:
            held.discard((kind, name))
            s.work.remove('management/%s.yaml' % name)
        else:
            held.add((kind, name))
            s.work.write('management/%s.yaml' % name, KINDS[kind][1](name, s.space, str(chance.randrange(3))))
    live = sorted(versions(s))
    for kind, name in chance.sample(live, min(len(live), chance.randrange(3))):
        plural = KINDS[kind][0]
        if chance.random() < 0.3:
            s.management.try_kubectl('delete', plural, name, '-n', s.space, '--wait=true')
        else:
            field = {'spec': {'size': 77}} if kind == 'Widget' else {'data': {'a': 'Nzc='}}
            s.management.try_kubectl('patch', plural, name, '-n', s.space, '--type=merge', '-p', json.dumps(field),
                                     '--field-manager=somebody')


def plan_says_what_a_sync_does(s):
    """Random commits and random edits: every step that is predicted is taken, and no other; the server's dry run agrees."""
    chance, held = random.Random(SEED), {('ConfigMap', 'keep')}
    s.work.write('management/00-crd.yaml', CRD.format(plural='widgets', group='plan.example.com', kind='Widget', singular='widget'))
    s.work.write('management/00-namespace.yaml', namespace_of(s.space))
    s.work.write('management/keep.yaml', config_map('keep', s.space, a='1'))
    s.work.commit('first')
    daemon = s.syncd(regional=False, prune=True)
    document, code = plan(s, daemon)
    s.check('before the first sync all is to be created (%d)' % code, code == 1 and document['liveCounts']['create'] == 3)
    s.check('the first sync ends in sync', daemon.once().returncode == 0)
    for number in range(ROUNDS):
        change_at_random(s, chance, held)
        s.work.commit('round %d' % number)
        document, code = plan(s, daemon, '--verify')
        before = versions(s)
        want = {k: v for k, v in predicted(document).items() if v != 'hold'}
        p = daemon.once()
        took = done(before, versions(s))
        s.check('round %d: %d steps, as planned (exit %d, sync %d)%s' % (
            number, len(took), code, p.returncode, '' if took == want else ' planned %r, took %r' % (want, took)), took == want)
        live = document['targets'][0]['live']
        s.check('round %d: the dry run of %d agrees' % (number, live.get('verified', 0)), live.get('different', 0) == 0)
        after, code = plan(s, daemon)
        left = predicted(after)
        s.check('round %d: then nothing is left but what is held (%d: %r)' % (number, code, left),
                set(left.values()) <= {'hold'} and code == p.returncode == (6 if left else 0))


def plan_needs_no_cluster_and_writes_nothing(s):
    """From two commits without a cluster, with the digest that a plan with one has; a plan against a cluster changes nothing."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    base = s.work.commit('base')
    s.write(s.management, 'm', a='2')
    s.work.commit('head')
    daemon = s.syncd(regional=False)
    before = versions(s)
    with_cluster, _ = plan(s, daemon, '--base', base, '--live')
    s.check('a plan writes nothing', versions(s) == before and s.data(s.management, 'm') is None)
    daemon.document['spec']['targets'][0]['kubeconfigFile'] = '/nonexistent'
    daemon.document['metadata']['name'] = 'somebody-elses'
    daemon.configure()
    without, code = plan(s, daemon, '--base', base)
    s.check('without a cluster: changes (%d)' % code, code == 1 and without['counts']['change'] == 1)
    s.check('the digest is the same with and without one', with_cluster['digest'] == without['digest'])
    s.check('and it says that the cluster was not asked', without['targets'][0]['live']['state'] == 'not evaluated')
    unknown, code = plan(s, daemon)
    s.check('a cluster that cannot be asked is unknown: exit code 5 (%d)' % code, code == 5 and unknown['verdict'] == 'unknown')


def plan_runs_the_persons_own_diff(s):
    """KUBECTL_EXTERNAL_DIFF shows the diffs; words that a shell would read stop it."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    base = s.work.commit('base')
    s.write(s.management, 'm', a='2')
    s.work.commit('head')
    folder = s.git.scratch.join('diff-' + s.space)
    os.makedirs(folder)
    mine = os.path.join(folder, 'mine')
    with open(mine, 'w') as f:
        f.write('#!/bin/sh\necho "my diff $*"; exec diff -r "$2" "$3"\n')
    os.chmod(mine, 0o755)

    def run(words):
        return subprocess.run([program(), 'plan', '--base', base, '-C', s.work.folder, '--path', 'management'], text=True,
                              env=dict(os.environ, KUBECTL_EXTERNAL_DIFF=words), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p = run(mine + ' -x')
    shown = p.stdout[p.stdout.find('my diff -x '):]
    s.check('it gets its option and two folders, and shows the change (%d)' % p.returncode,
            p.returncode == 1 and shown.startswith('my diff -x ') and '>   a: "2"' in shown)
    s.check('and they are gone', not os.path.exists(shown.split()[3]))
    p = run('diff $(touch x)')
    s.check('what a shell would read is refused (%d)' % p.returncode, p.returncode == 2 and 'simple option' in p.stderr)


STORIES = [plan_runs_the_persons_own_diff, plan_says_what_a_sync_does, plan_needs_no_cluster_and_writes_nothing]
__all__ = ['STORIES', 'Stage']
