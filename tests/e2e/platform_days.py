"""A cluster's days on the platform, with its simulated controllers: proposed, merged, deployed stage by stage, ready, a machine
less, a daemon that dies in the middle. On any two API servers."""
import json
import re

from daemon import Syncd, program, target
from mcc import Controllers, RELEASES, install, machine_objects, project, text_of
from processes import Scratch, wait_until

import subprocess

LIMIT = 120
SECRET = 'hunter2-of-the-provider'
TOMBSTONE = {'apiVersion': 'syncd.dev/v1alpha1', 'kind': 'Tombstone', 'metadata': {'name': 'w2'},
             'spec': {'reason': 'it is not needed', 'objects': [{'apiVersion': 'cluster.k8s.io/v1alpha1', 'kind': 'Machine', 'namespace': 'team', 'name': 'c-w-2'}]}}


class Days:
    def __init__(self, management, regional, git, counts):
        self.management, self.counts = management, counts
        self.scratch = Scratch('days')
        self.bare, self.work = git.create('days.git'), git.work('days.git')
        self.syncd = Syncd(self.bare, self.scratch.join('state'),
                           [target('management', management, name='mgmt'), target('regional', regional, name='region-eu')], prune=True)
        self.syncd.document['spec']['level'] = 'mcc-2.23'
        self.syncd.configure()

    def check(self, what, good, why=''):
        self.counts[0 if good else 1] += 1
        if not good:
            print('FAILED: %s %s' % (what, why))

    def eventually(self, what, condition):
        try:
            self.syncd.wait_for(what, condition, LIMIT)
            self.check(what, True)
        except AssertionError as e:
            self.check(what, False, str(e)[-2500:] + self.status()[-1500:])

    def notes(self):
        return '\n'.join(self.work.fetch_notes().values())

    def status(self):
        return self.syncd.run('status', '--config', self.syncd.path).stdout

    def shown(self):
        """The verdict on the cluster and the generation that was judged, from one writing of the status."""
        with open(self.scratch.join('state') + '/status.json') as f:
            return next((o['verdict'], o['generation']) for o in json.load(f)['objects'] if o['name'] == 'team/c')

    def object(self, kind, name):
        found = self.management.try_kubectl('get', kind, '-n', 'team', name, '-o', 'json')
        return json.loads(found.stdout) if found.returncode == 0 else None

    def proposed(self):
        """A branch is checked without any cluster: what is wrong is an error with its file and line."""
        self.work.write('management/namespaces.yaml', text_of([{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'team'}}]))
        self.work.write('regional/region-eu/region.yaml', text_of([
            {'apiVersion': 'syncd.dev/v1alpha1', 'kind': 'RegionDecl', 'metadata': {'name': 'region-eu'}, 'spec': {'providers': ['openstack']}},
            {'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'a', 'namespace': 'default'}}]))
        self.work.commit('the platform')
        self.work.write('projects/team/c/cluster.yaml', text_of(project(region='region-nowhere')[1:3]))
        wrong = subprocess.run([program(), 'lint', '--level', 'mcc-2.23', self.work.folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.check('a region that nobody serves is an error before merge', wrong.returncode != 0 and 'region-nowhere' in wrong.stdout and
                   re.search(r'cluster.yaml:\d+', wrong.stdout), wrong.stdout)
        objects = project(region='region-eu', workers=3)
        self.work.write('projects/team/c/cluster.yaml', text_of(objects[2:3]))
        self.work.write('projects/team/credentials/cloud.yaml', text_of(objects[1:2]))
        self.work.write('projects/team/c/machines.yaml', text_of(objects[3:]))

    def deployed(self):
        """Merged: applied at once, then the note follows the platform until it is ready, and says nothing secret."""
        self.management.kubectl('create', 'secret', 'generic', 'p', '-n', 'default', '--from-literal=value=' + SECRET)
        commit = self.work.commit('a cluster')
        self.syncd.start()
        self.eventually('the commit is applied', lambda: '"Synced"' in self.work.fetch_notes().get(commit, ''))
        self.check('all six machines are there at once', len(self.management.object('get', 'machines.cluster.k8s.io', '-A')['items']) == 6)
        stages = set()

        def ready():
            stages.update(re.findall(r'Cluster +team/c +Progressing .*? (?:NotReady|AgentSilent): ([^:;]*)', self.status()))
            return re.search(r'Cluster +team/c +Ready', self.status())
        self.eventually('the cluster is ready', ready)
        self.eventually('the note has the verdict', lambda: '"verdict":"Ready"' in self.work.fetch_notes().get(commit, ''))
        note = self.work.fetch_notes()[commit]
        self.check('on the way it is said how far it is', stages, note)
        self.check('one final summary', note.count('"r":"0-sum"') == 1, note)
        self.check('no secret anywhere', SECRET not in note and 'apiServerCertificate' not in note)

    def killed(self):
        """kill -9 in the middle of a wave: the same end, and nothing is applied twice."""
        more = machine_objects('openstack', 'region-eu', workers=3)
        self.work.write('projects/team/c/machines.yaml', text_of(more))
        for i in range(40):
            self.work.write('management/map-%d.yaml' % i, text_of([{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'm-%d' % i, 'namespace': 'default'}}]))
        self.work.commit('forty more')

        def begun():
            return 'm-0' in self.management.kubectl('get', 'configmaps', '-n', 'default', '-o', 'name')
        wait_until('the wave has begun', begun, LIMIT, 0.01)
        self.syncd.kill()
        before = {o['metadata']['name']: o['metadata']['resourceVersion'] for o in self.management.object('get', 'configmaps', '-n', 'default')['items']
                  if o['metadata']['name'].startswith('m-')}
        self.syncd.start()

        def maps():
            return {o['metadata']['name']: o['metadata']['resourceVersion'] for o in self.management.object('get', 'configmaps', '-n', 'default')['items']
                    if o['metadata']['name'].startswith('m-')}
        self.eventually('all are there after the restart', lambda: len(maps()) == 40)
        after = maps()
        self.check('nothing is written a second time', all(after[n] == v for n, v in before.items()))
        self.eventually('and the status says so', lambda: re.search(r'mgmt .*Synced', self.status()))

    def smaller(self):
        """A machine's lines are gone: it stays. A tombstone: it is drained, and goes."""
        self.work.write('projects/team/c/machines.yaml', text_of(machine_objects('openstack', 'region-eu', workers=2)))
        commit = self.work.commit('a machine less')
        self.eventually('the machine is protected', lambda: 'PROTECTED' in self.work.fetch_notes().get(commit, ''))
        machine = self.object('machines.cluster.k8s.io', 'c-w-2')
        self.check('it is still there', machine is not None and 'delete' not in machine['spec']['providerSpec']['value'])
        self.work.write('management/tombstone.yaml', text_of([TOMBSTONE]))
        self.work.commit('it shall go')
        phases = set()

        def gone():
            found = self.object('machines.cluster.k8s.io', 'c-w-2')
            if found is not None:
                phases.add(found['status']['providerStatus'].get('prepareDeletionPhase'))
            return found is None
        self.eventually('the platform has removed it', gone)
        self.check('after its preparation', phases & {'started', 'completed'}, str(phases))
        self.eventually('the cluster is ready with five', lambda: re.search(r'Cluster +team/c +Ready.*5 nodes', self.status()))

    def upgraded(self):
        """A newer release: its stages, and never ready before every node has it."""
        self.work.write('projects/team/c/cluster.yaml', text_of(project(region='region-eu', release=RELEASES[1])[2:3]))
        commit = self.work.commit('a newer release')
        early, going = [], set()

        def done():
            status, shown = self.status(), self.shown() == ('Ready', 2)
            cluster, machines = self.object('clusters.cluster.k8s.io', 'c'), self.management.object('get', 'machines.cluster.k8s.io', '-n', 'team')['items']
            refs = cluster['status']['providerStatus']['releaseRefs']
            going.update(re.findall('Upgrading|ReleaseNotPickedUp|OldGeneration', status))
            fresh = refs['current']['name'] == RELEASES[1] and not refs.get('previous') and all(m['status']['providerStatus']['ready'] for m in machines)
            if shown and not fresh:
                early.append(refs)
            return shown and fresh
        self.eventually('the upgrade is done', done)
        self.check('never ready before every node has it', not early, str(early))
        self.check('on the way it says so', going)
        self.eventually('the note has the end', lambda: '"verdict":"Ready"' in self.work.fetch_notes().get(commit, ''))


def tell(management, regional, git, counts):
    for cluster in (management, regional):
        install(cluster)
    days = Days(management, regional, git, counts)
    days.proposed()
    with Controllers(management, regions={'region-eu': regional}, scale=600):
        days.deployed()
        days.killed()
        days.smaller()
        days.upgraded()
        days.syncd.stop()
    days.scratch.remove()
