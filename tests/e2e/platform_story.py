"""A platform as data: its definitions on an API server, its example repository synced, and what may not be in one refused."""
import os
import shutil

from daemon import Syncd, program, target
from processes import Scratch

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


def tell(management, regional, git, counts):
    story = Story(counts)
    install(story, management, LEVELS[0])
    install(story, regional, LEVELS[0])
    install(story, regional, LEVELS[1])
    work, syncd = example(story, management, regional, git)
    refused(story, work, syncd, management)
