"""Order, hooks, fields that may not change, deletion: what has to be ready before what, told on every kind of API server."""
import json
import os
import time

from stories import CRD, config_map


def thing(s, name, **annotations):
    return json.dumps({'apiVersion': s.space + '.example.com/v1', 'kind': 'Thing', 'spec': {'size': 1},
                       'metadata': {'name': name, 'namespace': s.space, 'annotations': annotations}}) + '\n'


def kind_of(s):
    """The stories' CRD, but it keeps a status."""
    text = CRD.format(group=s.space + '.example.com', kind='Thing', plural='things', singular='thing')
    return text.replace('          spec:\n', '          status: {type: object, x-kubernetes-preserve-unknown-fields: true}\n          spec:\n')


def find(s, name):
    p = s.management.try_kubectl('get', 'things.%s.example.com' % s.space, name, '-n', s.space, '-o', 'json')
    return json.loads(p.stdout) if p.returncode == 0 else None


def make_ready(s, name, status='True'):
    """What its controller would write."""
    generation = find(s, name)['metadata']['generation']
    s.management.kubectl('patch', 'things.%s.example.com' % s.space, name, '-n', s.space, '--subresource', 'status', '--type', 'merge', '-p',
                         json.dumps({'status': {'observedGeneration': generation, 'conditions': [
                             {'type': 'Ready', 'status': status, 'reason': 'Told', 'message': 'so', 'lastTransitionTime': '2026-01-01T00:00:00Z'}]}}))


def told(s, commit, word):
    return lambda: word in json.dumps(s.note(commit))


def waves_wait_until_ready(s):
    """The second wave and what depends on something wait for a verdict; drift is healed meanwhile."""
    s.write_namespaces()
    s.work.write('management/00-crd.yaml', kind_of(s))
    s.work.write('management/a.yaml', thing(s, 'first'))
    late = json.loads(config_map('late', s.space, a='1'))
    late['metadata']['annotations'] = {'argocd.argoproj.io/sync-wave': '1'}
    s.work.write('management/b.yaml', json.dumps(late))
    s.write(s.management, 'free', a='1')
    commit = s.work.commit('waves')
    s.syncd(regional=False).start()
    s.eventually('the first wave is there', lambda: find(s, 'first') is not None and s.has(s.management, 'free', a='1')(), 100)
    s.eventually('the note says what is waited for', told(s, commit, 'wait for'), 100)
    s.check('the second wave waits', s.data(s.management, 'late') is None)
    s.management.kubectl('patch', 'configmap', 'free', '-n', s.space, '--type', 'merge', '-p', '{"data":{"a":"edited"}}')
    s.eventually('drift is healed while it waits', s.has(s.management, 'free', a='1'))
    make_ready(s, 'first', 'Unknown')
    s.eventually('the note follows the reason', told(s, commit, 'Told: so'), 100)
    make_ready(s, 'first')
    s.eventually('the second wave follows readiness', s.has(s.management, 'late', a='1'))


def hook_runs_once(s):
    """kill -9 while a PreSync hook runs: it goes on, is not made again, and nothing is applied before it ended."""
    s.write_namespaces()
    s.work.write('management/00-crd.yaml', kind_of(s))
    s.work.write('management/hook.yaml', thing(s, 'migrate', **{'argocd.argoproj.io/hook': 'PreSync'}))
    daemon = s.syncd(regional=False)
    s.work.commit('the kind')
    s.management.kubectl('create', 'namespace', s.space)
    s.management.kubectl('apply', '-f', '-', input=kind_of(s))
    s.management.kubectl('wait', '--for=condition=Established', 'crd', 'things.%s.example.com' % s.space)
    s.write(s.management, 'app', a='1')
    s.work.commit('with a hook')
    daemon.start()
    s.eventually('the hook runs', lambda: find(s, 'migrate') is not None, 100)
    uid = find(s, 'migrate')['metadata']['uid']
    s.check('nothing is applied before it ended', s.data(s.management, 'app') is None)
    daemon.kill()
    daemon.start()
    time.sleep(2)
    s.check('after kill -9 it is the same run', find(s, 'migrate')['metadata']['uid'] == uid)
    make_ready(s, 'migrate')
    s.eventually('the sync goes on when it has ended', s.has(s.management, 'app', a='1'))
    s.write(s.management, 'app', a='2')
    s.work.commit('another')
    s.eventually('the next change runs it again', lambda: (find(s, 'migrate') or {}).get('metadata', {}).get('uid') not in (None, uid), 100)
    make_ready(s, 'migrate', 'False')
    time.sleep(2)
    s.check('a hook that failed stops the sync', s.data(s.management, 'app') == {'a': '1'})


def hooks_are_cleared_away(s):
    """Delete policies of both dialects, and hooks whose name is left to the cluster: one object for each, whatever comes."""
    s.management.kubectl('apply', '-f', '-', input=kind_of(s))
    s.management.kubectl('wait', '--for=condition=Established', 'crd', 'things.%s.example.com' % s.space)
    s.write_namespaces()
    s.work.write('management/00-crd.yaml', kind_of(s))

    def generated(prefix, **annotations):
        hook = json.loads(thing(s, 'x', **annotations))
        hook['metadata']['generateName'] = prefix
        del hook['metadata']['name']
        s.work.write('management/hook-%s.yaml' % prefix, json.dumps(hook))
    generated('stays-', **{'argocd.argoproj.io/hook': 'PostSync'})
    generated('goes-', **{'argocd.argoproj.io/hook': 'PostSync', 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded'})
    generated('fails-', **{'helm.sh/hook': 'post-install,post-upgrade', 'helm.sh/hook-delete-policy': 'hook-failed,before-hook-creation'})
    s.write(s.management, 'app', a='1')
    commit = s.work.commit()

    def hooks(prefix):
        found = s.management.object('get', 'things.%s.example.com' % s.space, '-n', s.space)['items']
        return {i['metadata']['name']: i['metadata']['uid'] for i in found if i['metadata']['name'].startswith(prefix)}
    s.syncd(regional=False).start()
    s.eventually('each is made, under a name', lambda: all(len(hooks(p)) == 1 for p in ('stays-', 'goes-', 'fails-')), 100)
    first = {p: next(iter(hooks(p))) for p in ('stays-', 'goes-', 'fails-')}
    uid = hooks('stays-')[first['stays-']]
    make_ready(s, first['goes-'])
    s.eventually('what succeeded goes by its policy', lambda: not hooks('goes-'), 100)
    make_ready(s, first['fails-'], 'False')
    s.eventually('what failed goes by its own', lambda: not hooks('fails-'), 100)
    s.eventually('and is told', told(s, commit, 'post-upgrade hook'), 100)
    make_ready(s, first['stays-'])
    s.write(s.management, 'app', a='2')
    s.work.commit('another')
    s.eventually('the next run takes the place of the one before', lambda: hooks('stays-').get(first['stays-'], uid) != uid, 100)
    s.check('there is one of each name', all(list(hooks(p)) in ([first[p]], []) for p in first))


def immutable_field_is_held(s):
    """A field that may not change holds its object with the reason; made anew only where Git allows it. The rest goes through."""
    s.write_namespaces()
    fixed = json.loads(config_map('fixed', s.space, a='1'))
    fixed['immutable'] = True
    s.work.write('management/fixed.yaml', json.dumps(fixed))
    s.work.commit()
    s.syncd(regional=False).start()
    s.eventually('applied', s.has(s.management, 'fixed', a='1'))
    uid = s.management.object('get', 'configmap', 'fixed', '-n', s.space)['metadata']['uid']
    fixed['data'] = {'a': '2'}
    s.work.write('management/fixed.yaml', json.dumps(fixed))
    s.write(s.management, 'other', a='1')
    commit = s.work.commit('a change that may not be')
    s.eventually('the others go through', s.has(s.management, 'other', a='1'))
    s.eventually('it is held, with the reason', told(s, commit, 'immutable'))
    s.check('and is as it was', s.data(s.management, 'fixed') == {'a': '1'})
    fixed['metadata']['annotations'] = {'kustomize.toolkit.fluxcd.io/force': 'enabled'}
    s.work.write('management/fixed.yaml', json.dumps(fixed))
    s.work.commit('may be made anew')
    s.eventually('where Git allows it, it is made anew', s.has(s.management, 'fixed', a='2'))
    s.check('as another object', s.management.object('get', 'configmap', 'fixed', '-n', s.space)['metadata']['uid'] != uid)


def tombstone_lets_go(s):
    """A protected kind stays when its file vanishes, and goes with a tombstone; a hanging finalizer delays nobody."""
    s.write_namespaces()
    spare = s.space + '-spare'
    s.work.write('management/01-spare.yaml', json.dumps({'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': spare}}))
    stuck = json.loads(config_map('stuck', s.space, a='1'))
    stuck['metadata']['finalizers'] = ['example.com/never']
    s.work.write('management/stuck.yaml', json.dumps(stuck))
    s.write(s.management, 'goes', a='1')
    s.work.commit()
    s.syncd(regional=False, prune=True).start()
    s.eventually('applied', lambda: s.has(s.management, 'stuck', a='1')() and s.has(s.management, 'goes', a='1')())
    for name in ('01-spare', 'stuck', 'goes'):
        s.work.remove('management/%s.yaml' % name)
    commit = s.work.commit('without them')
    s.eventually('what nothing holds is gone', lambda: s.data(s.management, 'goes') is None)
    s.eventually('what waits for its finalizer is shown', told(s, commit, 'Leaving'), 100)

    def leaving():
        p = s.management.try_kubectl('get', 'namespace', spare, '-o', 'json')
        return p.returncode != 0 or 'deletionTimestamp' in json.loads(p.stdout)['metadata']
    s.check('a namespace stays', not leaving())
    s.work.write('management/zz-tombstone.yaml', json.dumps({
        'apiVersion': 'syncd.dev/v1alpha1', 'kind': 'Tombstone', 'metadata': {'name': 'spare'},
        'spec': {'reason': 'not needed', 'objects': [{'apiVersion': 'v1', 'kind': 'Namespace', 'name': spare}]}}))
    s.work.commit('a tombstone')
    s.eventually('with a tombstone it goes', leaving, 100)
    s.management.kubectl('patch', 'configmap', 'stuck', '-n', s.space, '--type', 'merge', '-p', '{"metadata":{"finalizers":null}}')
    s.eventually('without its finalizer the other goes', lambda: s.data(s.management, 'stuck') is None)


def waves_leave_backwards(s):
    """What was applied last is deleted first, and a wave waits until the one after it is gone; one that hangs holds up the others for spec.readyTimeout."""
    s.write_namespaces()
    for wave in range(4):
        one = json.loads(config_map('w%d' % wave, s.space, a='1'))
        one['metadata']['annotations'] = {'syncd.dev/wave': str(wave)}
        if wave in (1, 3):
            one['metadata']['finalizers'] = ['example.com/slow']
        s.work.write('management/w%d.yaml' % wave, json.dumps(one))
    s.write(s.management, 'stays', a='1')
    s.work.commit()
    daemon = s.syncd(regional=False, prune=True).start()
    s.eventually('applied', lambda: s.has(s.management, 'w3', a='1')() and s.has(s.management, 'stays', a='1')(), 100)

    def leaving(name):
        p = s.management.try_kubectl('get', 'configmap', name, '-n', s.space, '-o', 'json')
        return p.returncode == 0 and 'deletionTimestamp' in json.loads(p.stdout)['metadata']

    def let_go(name):
        s.management.kubectl('patch', 'configmap', name, '-n', s.space, '--type', 'merge', '-p', '{"metadata":{"finalizers":null}}')
    for wave in range(4):
        s.work.remove('management/w%d.yaml' % wave)
    commit = s.work.commit('without them')
    s.eventually('the last wave leaves', lambda: leaving('w3'), 100)
    s.eventually('and is shown', told(s, commit, 'example.com/slow'), 100)
    s.check('the others wait for it', all(s.data(s.management, 'w%d' % n) == {'a': '1'} and not leaving('w%d' % n) for n in (0, 1, 2)))
    let_go('w3')
    s.eventually('the one before it goes, then the next', lambda: s.data(s.management, 'w2') is None and leaving('w1'), 100)
    s.check('the first is still there', s.data(s.management, 'w0') == {'a': '1'})
    daemon.document['spec']['readyTimeout'] = '2s'
    daemon.configure()
    daemon.reload()
    s.eventually('it waits no longer than it may', lambda: s.data(s.management, 'w0') is None, 100)
    s.check('what hangs is left to its finalizer', leaving('w1'))
    let_go('w1')
    s.eventually('until that is gone', lambda: s.data(s.management, 'w1') is None, 100)


def level_rules_hold(s):
    """What a kind of the platform waits for is what its level says of it: here a control plane whose machines are not up to date yet."""
    s.write_namespaces()
    definitions = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'repo-layout', 'levels', 'capi-v1beta1', 'definitions')
    s.management.kubectl('apply', '--server-side', '-f', definitions)
    s.management.kubectl('wait', '--for=condition=Established', 'crd', 'kubeadmcontrolplanes.controlplane.cluster.x-k8s.io')

    def plane(name, **annotations):
        return json.dumps({
            'apiVersion': 'controlplane.cluster.x-k8s.io/v1beta1', 'kind': 'KubeadmControlPlane',
            'metadata': {'name': name, 'namespace': s.space, 'annotations': annotations},
            'spec': {'replicas': 1, 'version': 'v1.30.0', 'kubeadmConfigSpec': {}, 'machineTemplate': {'infrastructureRef': {
                'apiVersion': 'infrastructure.cluster.x-k8s.io/v1beta1', 'kind': 'DockerMachineTemplate', 'name': 'm'}}}})

    def there(name):
        return s.management.try_kubectl('get', 'kubeadmcontrolplanes.controlplane.cluster.x-k8s.io', name, '-n', s.space).returncode == 0
    s.work.write('management/cp.yaml', plane('cp'))
    s.work.write('management/late.yaml', plane('late', **{'argocd.argoproj.io/sync-wave': '1'}))
    s.work.commit()
    daemon = s.syncd(regional=False)
    daemon.document['spec']['level'] = 'capi-v1beta1'
    daemon.configure()
    daemon.start()

    def status(**fields):
        s.management.kubectl('patch', 'kubeadmcontrolplanes.controlplane.cluster.x-k8s.io', 'cp', '-n', s.space, '--subresource', 'status', '--type', 'merge',
                             '-p', json.dumps({'status': fields}))
    s.eventually('the control plane is there', lambda: there('cp'), 100)
    status(initialized=False)
    s.management.kubectl('patch', 'kubeadmcontrolplanes.controlplane.cluster.x-k8s.io', 'cp', '-n', s.space, '--type', 'merge', '-p', '{"spec":{"version":"v1.31.0"}}')
    s.eventually('what came after that status is heard', lambda: s.management.object(
        'get', 'kubeadmcontrolplanes.controlplane.cluster.x-k8s.io', 'cp', '-n', s.space)['spec']['version'] == 'v1.30.0', 60)
    s.check("the level's rule holds what comes after", not there('late'))
    status(initialized=True, replicas=1, updatedReplicas=1, readyReplicas=1)
    s.eventually('and lets go', lambda: there('late'), 100)


EVERYWHERE = [level_rules_hold, waves_leave_backwards, waves_wait_until_ready, hook_runs_once, hooks_are_cleared_away, immutable_field_is_held, tombstone_lets_go]
