"""A platform as data: its definitions on an API server, its example repository synced, and what may not be in one refused."""
import json
import os
import re
import shutil
import time

from daemon import Syncd, program, target
from processes import Scratch, wait_until

import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LEVELS = ['mcc-2.23', 'capi-v1beta1']


class Story:
    def __init__(self, counts):
        self.counts = counts

    def check(self, what, good, why=''):
        self.counts[0 if good else 1] += 1
        if not good:
            print('FAILED: %s %s' % (what, why))


def install(story, cluster, level):
    """Every definition is accepted, and none has a condition against it."""
    text = subprocess.run([program(), 'render', 'level', level], stdout=subprocess.PIPE, check=True, text=True).stdout
    count = text.count('kind: CustomResourceDefinition\n')
    done = cluster.try_kubectl('apply', '--server-side', '-f', '-', input=text)
    story.check('%s: all definitions are accepted' % level, done.returncode == 0, done.stderr)
    cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
    crds = cluster.object('get', 'crd')['items']
    broken = [c['metadata']['name'] for c in crds for condition in c.get('status', {}).get('conditions', [])
              if condition['type'] in ('NonStructuralSchema', 'KubernetesAPIApprovalPolicyConformant')
              and condition['status'] == ('True' if condition['type'] == 'NonStructuralSchema' else 'False')
              and 'unapproved' not in condition.get('message', '')]
    story.check('%s: no definition has something against it' % level, count > 10 and not broken, str(broken))


def example(story, management, regional, git):
    """The example is synced as it stands: each object on the cluster that it belongs to, in the platform's order."""
    lint = subprocess.run([program(), 'lint', '--level', 'mcc-2.23', os.path.join(ROOT, 'examples/container-cloud')],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    story.check('nothing is wrong with the example', lint.returncode == 0 and 'error' not in lint.stderr, lint.stderr)
    bare = git.create('platform.git')
    work = git.work('platform.git')
    shutil.copytree(os.path.join(ROOT, 'examples/container-cloud'), work.folder, dirs_exist_ok=True)
    work.commit('the platform')
    with_scratch = Scratch('platform')
    syncd = Syncd(bare, with_scratch.join('state'),
                  [target('management', management, name='mgmt'), target('regional', regional, name='region-eu')])
    syncd.document['spec']['level'] = 'mcc-2.23'
    syncd.configure()
    done = syncd.once(120)
    story.check('the example is synced', done.returncode == 0, done.stderr[-2000:])
    machines = management.object('get', 'machines.cluster.k8s.io', '-A')['items']
    story.check('all machines are there', len(machines) == 17, str(len(machines)))
    template = management.object('get', 'l2template', '-n', 'team-dc', 'dc-l2')
    story.check('the template of the platform is as it was written', '{{nic 0}}' in template['spec']['npTemplate'])
    story.check('the region has its own', regional.try_kubectl('get', 'configmap', '-n', 'default', 'region-settings').returncode == 0)
    story.check('declarations are no objects', 'region-one' not in management.kubectl('get', 'configmaps', '-A'))
    made = {kind: max(o['metadata']['creationTimestamp'] for o in management.object('get', kind, '-A')['items'])
            for kind in ('publickeys.kaas.mirantis.com', 'machines.cluster.k8s.io')}
    story.check('machines come last', made['publickeys.kaas.mirantis.com'] <= made['machines.cluster.k8s.io'])
    return work, syncd


def refused(story, work, syncd, management):
    """What controllers make is not written, whatever Git says."""
    os.makedirs(os.path.join(work.folder, 'management'), exist_ok=True)
    with open(os.path.join(work.folder, 'management', 'release.yaml'), 'w') as f:
        f.write('apiVersion: kaas.mirantis.com/v1alpha1\nkind: ClusterRelease\nmetadata: {name: own}\nspec: {version: 1.0.0}\n')
    work.commit('a release of our own')
    done = syncd.once(120)
    story.check('a release in Git is refused', done.returncode in (3, 4) and 'E_ROUTE_OBSERVED' in done.stderr, done.stderr[-500:])
    story.check('and not written', management.try_kubectl('get', 'clusterrelease', 'own').returncode != 0)


READY = {'providerStatus': {'ready': True, 'observedGeneration': 1, 'conditions': [{'type': 'Nodes', 'ready': True, 'message': ''}],
                             'nodes': {'requested': 6, 'ready': 6}, 'releaseRefs': {'current': {'name': 'mke-11-6-0-3-5-4'}}}}


def verdict_of(syncd, name):
    try:
        with open(os.path.join(syncd.state, 'status.json')) as f:
            objects = json.load(f).get('objects', [])
    except (OSError, ValueError):
        return None
    return next(((o['verdict'], o['reason']) for o in objects if o['kind'] == 'Cluster' and o['name'] == name), None)


def verdicts(story, work, syncd, management, regional):
    """A cluster is what its status and its region say, and nothing of it is old."""
    def eventually(what, name, wanted):
        try:
            wait_until(what, lambda: verdict_of(syncd, name) == wanted, 100)
            story.check(what, True)
        except AssertionError:
            story.check(what, False, '%s is %s' % (name, verdict_of(syncd, name)))

    def status_of(cluster, kind, name, status):
        cluster.kubectl('patch', kind, '-n', 'team-pay', name, '--subresource=status', '--type=merge', '-p', json.dumps({'status': status}))

    syncd.start()
    eventually('without a status a cluster is pending', 'team-pay/pay-prod', ('Progressing', 'Pending'))
    status_of(management, 'clusters.cluster.k8s.io', 'pay-prod', READY)
    eventually('what the platform says is taken over', 'team-pay/pay-prod', ('Ready', ''))
    management.kubectl('patch', 'clusters.cluster.k8s.io', '-n', 'team-pay', 'pay-prod', '--type=merge', '-p',
                       '{"spec":{"providerSpec":{"value":{"maxWorkerUpgradeCount":3}}}}')
    eventually('a ready of the generation before does not count', 'team-pay/pay-prod', ('Progressing', 'OldGeneration'))
    status_of(management, 'clusters.cluster.k8s.io', 'pay-prod', {'providerStatus': {'observedGeneration': 2}})
    eventually('until the controller has seen it', 'team-pay/pay-prod', ('Ready', ''))
    regional.kubectl('create', 'namespace', 'team-pay')
    regional.kubectl('apply', '-f', '-', input=json.dumps({'apiVersion': 'lcm.mirantis.com/v1alpha1', 'kind': 'LCMCluster',
                                                           'metadata': {'name': 'pay-prod', 'namespace': 'team-pay'}, 'spec': {}}))
    status_of(regional, 'lcmclusters.lcm.mirantis.com', 'pay-prod', {'lcmOperationStuck': True})
    eventually('what its region says counts', 'team-pay/pay-prod', ('Failed', 'Stuck'))
    status_of(regional, 'lcmclusters.lcm.mirantis.com', 'pay-prod', {'lcmOperationStuck': False})
    eventually('and is taken back', 'team-pay/pay-prod', ('Ready', ''))
    eventually('the others wait for their controllers', 'team-legacy/old-ucp', ('Progressing', 'Pending'))
    shown = syncd.run('status', '--config', syncd.path).stdout
    story.check('syncd status shows clusters', 'team-pay/pay-prod' in shown and 'team-legacy/old-ucp' in shown, shown)
    wait_until('the note has the verdict', lambda: re.search(r'"r":"4-verdict".*pay-prod', notes_of(work)), 100)
    story.check('the note has the verdict', True)
    syncd.stop()


def notes_of(work):
    return '\n'.join(work.fetch_notes().values())


def removal(story, work, syncd, management):
    """A file that is gone deletes no machine; a tombstone asks it to go, and the platform deletes it."""
    def machine(name='pay-prod-w-2'):
        found = management.try_kubectl('get', 'machines.cluster.k8s.io', '-n', 'team-pay', name, '-o', 'json')
        return json.loads(found.stdout) if found.returncode == 0 else None

    path = os.path.join(work.folder, 'projects/team-pay/pay-prod/machines.yaml')
    with open(path) as f:
        lines = f.read().split('\n')
    with open(path, 'w') as f:
        f.write('\n'.join(line for line in lines if 'name: pay-prod-w-2' not in line))
    syncd.document['spec']['prune']['enabled'] = True
    syncd.configure()
    work.commit('a machine less')
    done = syncd.once(120)
    story.check('a machine is not deleted because its line is gone', machine() is not None and 'delete' not in json.dumps(machine()['spec']), done.stderr[-800:])
    story.check('and the note says why', 'PROTECTED' in notes_of(work))
    work.write('management/tombstone.yaml', 'apiVersion: syncd.dev/v1alpha1\nkind: Tombstone\nmetadata: {name: w2}\nspec:\n  reason: it is not needed\n'
               '  objects:\n  - {apiVersion: cluster.k8s.io/v1alpha1, kind: Machine, namespace: team-pay, name: pay-prod-w-2}\n')
    work.commit('it shall go')
    syncd.start()
    try:
        wait_until('the machine is asked to go', lambda: machine()['spec']['providerSpec']['value'].get('delete') is True, 100)
    except AssertionError:
        pass
    value = (machine() or {'spec': {'providerSpec': {'value': {}}}})['spec']['providerSpec']['value']
    story.check('the machine is asked to go, gently, and still there', value.get('delete') is True and value.get('deletionPolicy') == 'graceful', str(value))
    management.kubectl('delete', 'machines.cluster.k8s.io', '-n', 'team-pay', 'pay-prod-w-2')
    time.sleep(3)
    syncd.stop()
    story.check('it does not come back', machine() is None)


def combined(story, cluster, git):
    """One cluster that is management and region: the management target writes for both, and nothing of either is pruned."""
    bare = git.create('combined.git')
    work = git.work('combined.git')
    for path, name in (('management', 'of-management'), ('regional/here', 'of-the-region')):
        work.write(path + '/a.yaml', json.dumps({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': name, 'namespace': 'default'}}))
    work.commit('both')
    scratch = Scratch('combined')
    for order in (('management', 'regional'), ('regional', 'management')):
        rows = [target(role, cluster, name={'management': 'mgmt', 'regional': 'here'}[role]) for role in order]
        state = scratch.join('state-' + order[0])
        syncd = Syncd(bare, state, rows, prune=True, name='combined')
        done = syncd.once(60)
        there = cluster.kubectl('get', 'configmaps', '-n', 'default')
        story.check('%s first: both are there' % order[0], done.returncode == 0 and 'of-management' in there and 'of-the-region' in there,
                    there + done.stderr[-1500:])
        story.check('%s first: neither took from the other' % order[0], '"Deleted"' not in ''.join(work.fetch_notes().values()), str(work.fetch_notes()))
        story.check('%s first: it is said' % order[0], 'two targets are one cluster' in done.stderr, done.stderr[-500:])
    planned = syncd.run('plan', '--config', syncd.path, '-C', work.folder, '-o', 'json')
    story.check('and a plan removes nothing of either', planned.returncode == 0 and json.loads(planned.stdout)['verdict'] == 'empty', planned.stdout[:3000] + planned.stderr[-500:])
    work.remove('regional/here')
    work.write('regional/here/b.yaml', json.dumps({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'another', 'namespace': 'default'}}))
    work.commit('the region has another')
    done = syncd.once(60)
    there = cluster.kubectl('get', 'configmaps', '-n', 'default')
    story.check('what the region drops is pruned, what management has stays', 'of-the-region' not in there and 'another' in there and 'of-management' in there,
                there + done.stderr[-1500:])


def tell(management, regional, git, counts):
    story = Story(counts)
    install(story, management, LEVELS[0])
    install(story, regional, LEVELS[0])
    install(story, regional, LEVELS[1])
    combined(story, regional, git)
    work, syncd = example(story, management, regional, git)
    verdicts(story, work, syncd, management, regional)
    removal(story, work, syncd, management)
    refused(story, work, syncd, management)
