"""What the rows of the running daemon share: a fleet in Git, a real API server, and syncd between them."""
import contextlib
import datetime
import os
import subprocess
import time

import fleet
from daemon import Syncd, target
from gitserver import GitServer
from kube import Cluster
from measure import Failed
from tools import tool

OBJECTS = 1000


def seconds_of(timestamp):
    """An audit timestamp as seconds."""
    return datetime.datetime.strptime(timestamp[:26].rstrip('Z'), '%Y-%m-%dT%H:%M:%S.%f').replace(
        tzinfo=datetime.timezone.utc).timestamp()


class Scene:
    """A cluster with the CRDs and namespaces of the fleet, and a repository with 1,000 objects below `management`."""

    def __init__(self, stack):
        self.cluster = stack.enter_context(Cluster('management', flags=['--audit-log-mode', 'batch', '--audit-log-batch-max-wait', '1s']))
        self.git = stack.enter_context(GitServer(ssh=False))
        self.bare = self.git.create('fleet.git')
        self.work = self.git.work('fleet.git')
        self.folder = self.git.scratch.join('fleet')
        fleet.write_fleet(self.folder, 100, 9)
        c = self.cluster
        c.kubectl('apply', '-f', self.folder + '/crds.yaml', '-f', self.folder + '/namespaces.yaml')
        c.kubectl('wait', '--for=condition=Established', 'crd', '--all')
        self.manifests = subprocess.run([tool('kustomize'), 'build', self.folder + '/fleet'], stdout=subprocess.PIPE,
                                        check=True, text=True).stdout
        self.count = 0

    def clear(self):
        """Deletes what was applied and waits until it is gone."""
        for kind in ('machines', 'clusters'):
            for number in range(10):
                status, body = self.cluster.get('/apis/cluster.k8s.io/v1alpha1/namespaces/project-%02d/%s' % (number, kind), 'DELETE',
                                                timeout=60)
                if status != 200:
                    raise Failed('delete answers %d: %s' % (status, body[:200]))

    def changed(self, word):
        """The manifests with something else in each Cluster and each Machine."""
        text = self.manifests.replace('ucp-5-7-0-3-3-3', 'ucp-%s' % word).replace('cloudimg-amd64', 'cloudimg-%s' % word)
        if text.count('-%s\n' % word) != OBJECTS:
            raise Failed('%d objects change, not %d' % (text.count('-%s\n' % word), OBJECTS))
        return text

    def commit(self):
        """Puts the manifests into the working copy, every object changed; push() is the caller's."""
        self.count += 1
        self.work.write('management/fleet.yaml', self.changed('commit%d' % self.count))
        return self.work.commit('release %d' % self.count, push=False)

    def syncd(self, **more):
        """A daemon that was not started yet, with a state directory of its own."""
        state = self.git.scratch.join('state-%d' % time.monotonic_ns())
        return Syncd('file://' + self.bare, state, [target('management', self.cluster, paths=['management'])], **more)

    def writes(self, mark, agent='syncd'):
        """The audit events of finished writes to the fleet's kinds by an agent."""
        return [e for e in self.cluster.audit(mark, agent=agent, verbs=['patch', 'create', 'update', 'apply'])
                if e.get('objectRef', {}).get('resource') in ('clusters', 'machines') and e['stage'] == 'ResponseComplete'
                and e['responseStatus'].get('code', 0) < 300]

    def wait_applied(self, daemon, mark, count=OBJECTS, seconds=60):
        return daemon.wait_for('%d objects applied' % count, lambda: len(self.writes(mark)) >= count, seconds)


@contextlib.contextmanager
def scene():
    with contextlib.ExitStack() as stack:
        yield Scene(stack)


def window(events):
    """Seconds from the first request received to the last one answered."""
    return (max(seconds_of(e['stageTimestamp']) for e in events) - min(seconds_of(e['requestReceivedTimestamp']) for e in events))


def cpu_seconds(pids):
    """User and system time of processes that are still there, with their finished children."""
    total = 0
    for pid in pids:
        try:
            with open('/proc/%d/stat' % pid) as f:
                total += sum(int(n) for n in f.read().rpartition(')')[2].split()[11:15])
        except FileNotFoundError:
            pass
    return total / os.sysconf('SC_CLK_TCK')
