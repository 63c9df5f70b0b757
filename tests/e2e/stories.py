"""What syncd promises, told to a management and a regional cluster, a repository and a daemon. The same on every kind of API server.

A story gets a Stage: fresh namespaces, repository, state and name; the clusters are shared. It calls stage.check(what, good).
"""
import concurrent.futures
import io
import json
import os
import shutil
import subprocess
import tarfile
import threading
import time

from daemon import Syncd, target
from processes import wait_until

CRD = '''apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {plural}.{group}
spec:
  group: {group}
  names: {{kind: {kind}, listKind: {kind}List, plural: {plural}, singular: {singular}}}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {{status: {{}}}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {{type: integer}}
              mode: {{type: string, default: auto}}
'''


def config_map(name, namespace, **values):
    return json.dumps({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': name, 'namespace': namespace}, 'data': values}) + '\n'


def namespace_of(name):
    return json.dumps({'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': name}}) + '\n'


class Over(Exception):
    """The story cannot go on; what failed is counted already."""


COUNTING = threading.Lock()


class Stage:
    """One story's world."""

    def __init__(self, name, management, regional, git, counts):
        self.name, self.management, self.regional, self.git, self.counts = name, management, regional, git, counts
        self.space = name.replace('_', '-')
        self.repository = self.space + '.git'
        self.bare = git.create(self.repository)
        self.work = git.work(self.repository)
        self.state = git.scratch.join('state-' + self.space)
        self.daemons = []
        self.failed = False

    def check(self, what, good):
        self.failed = self.failed or not good
        with COUNTING:
            self.counts[0 if good else 1] += 1
            print('%-4s %s: %s' % ('ok' if good else 'FAIL', self.name, what), flush=True)

    def eventually(self, what, condition, seconds=100):
        """A check that may take a while; how long it took is said. Without it the rest of the story means nothing: it ends."""
        start = time.monotonic()
        try:
            wait_until(what, condition, seconds)
        except AssertionError:
            self.check('%s (not within %d s)' % (what, seconds), False)
            raise Over() from None
        self.check('%s (%.2f s)' % (what, time.monotonic() - start), True)

    def syncd(self, url=None, regional=True, **more):
        targets = [target('management', self.management, paths=['management'])]
        if regional:
            targets.append(target('regional', self.regional))
        daemon = Syncd(url or 'file://' + self.bare, self.state, targets, name=self.space, **more)
        self.daemons.append(daemon)
        return daemon

    def write(self, cluster, name, space=None, **values):
        top = 'management' if cluster is self.management else 'regional/' + self.regional.name
        self.work.write('%s/%s.yaml' % (top, name), config_map(name, space or self.space, **values))

    def write_namespaces(self):
        for top in ('management', 'regional/' + self.regional.name):
            self.work.write(top + '/00-namespace.yaml', namespace_of(self.space))

    def data(self, cluster, name):
        """The data of a ConfigMap, None when it is not there."""
        p = cluster.try_kubectl('get', 'configmap', name, '-n', self.space, '-o', 'json')
        return json.loads(p.stdout).get('data', {}) if p.returncode == 0 else None

    def has(self, cluster, name, **values):
        def found():
            have = self.data(cluster, name)
            return have is not None and all(have.get(k) == v for k, v in values.items())
        return found

    def note(self, commit):
        """The records of a commit's note, [] when there is none yet."""
        text = self.work.fetch_notes().get(commit, '')
        return [json.loads(line) for line in text.splitlines() if line.startswith('{')]

    def end(self):
        for daemon in self.daemons:
            daemon.stop()
        if self.failed:
            for daemon in self.daemons:
                print('--- syncd of %s\n%s' % (self.name, '\n'.join(daemon.says().splitlines()[-40:])))


def change_reaches_both(s):
    """Two clusters, one commit each way; every commit gets its note."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    s.write(s.regional, 'r', a='1')
    first = s.work.commit('first')
    s.syncd().start()
    s.eventually('management has its object', s.has(s.management, 'm', a='1'))
    s.eventually('the regional cluster has its object', s.has(s.regional, 'r', a='1'))
    s.check('and not that of management', s.data(s.regional, 'm') is None)
    s.write(s.management, 'm', a='2')
    s.write(s.regional, 'r', a='2')
    second = s.work.commit('second')
    s.eventually('a change reaches management', s.has(s.management, 'm', a='2'))
    s.eventually('and the regional cluster', s.has(s.regional, 'r', a='2'))
    for commit in (first, second):
        s.eventually('a note for commit %s' % commit[:8], lambda c=commit: s.note(c))
    records = s.note(second)
    s.check('its first record is the summary', bool(records) and records[0].get('r', '').startswith('0'))


def custom_resources(s):
    """CRD, namespace and object in one commit: in the right order, at the first try."""
    group = s.space + '.example.com'
    s.write_namespaces()
    s.work.write('management/a-thing.yaml', json.dumps({
        'apiVersion': group + '/v1', 'kind': 'Thing', 'metadata': {'name': 'x', 'namespace': s.space}, 'spec': {'size': 3}}))
    s.work.write('management/z-crd.yaml', CRD.format(group=group, kind='Thing', plural='things', singular='thing'))
    s.work.commit('all at once')
    s.syncd().start()

    def spec():
        p = s.management.try_kubectl('get', 'things.' + group, 'x', '-n', s.space, '-o', 'json')
        return json.loads(p.stdout)['spec'] if p.returncode == 0 else None
    s.eventually('the object follows its CRD', lambda: (spec() or {}).get('size') == 3, 100)
    s.check('defaults of the server stay', (spec() or {}).get('mode') == 'auto')


def namespaces_that_are_left_out(s):
    """Objects without a namespace go to the target's default, whether the kind is Kubernetes' own or a stranger's CRD."""
    group = s.space + '.example.com'
    s.write_namespaces()
    s.management.kubectl('apply', '-f', '-', input=CRD.format(group=group, kind='Thing', plural='things', singular='thing'))
    s.management.kubectl('wait', '--for=condition=Established', 'crd', 'things.' + group)
    s.work.write('management/map.yaml', json.dumps({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'm'}, 'data': {'a': '1'}}))
    s.work.write('management/role.yaml', json.dumps({
        'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': 'ClusterRole', 'metadata': {'name': s.space, 'namespace': 'nowhere'}, 'rules': []}))
    s.work.write('management/thing.yaml', json.dumps({'apiVersion': group + '/v1', 'kind': 'Thing', 'metadata': {'name': 'x'}, 'spec': {'size': 1}}))
    first = s.work.commit('no namespaces')
    daemon = s.syncd(prune=True)
    daemon.document['spec']['targets'][0]['namespace'] = s.space
    daemon.configure()
    daemon.start()

    def size():
        p = s.management.try_kubectl('get', 'things.' + group, 'x', '-n', s.space, '-o', 'json')
        return json.loads(p.stdout)['spec']['size'] if p.returncode == 0 else None
    s.eventually('a kind of Kubernetes goes there', s.has(s.management, 'm', a='1'))
    s.eventually("a stranger's kind too", lambda: size() == 1)
    s.check('a kind of the cluster loses its namespace', s.management.try_kubectl('get', 'clusterrole', s.space).returncode == 0)
    s.eventually('the commit has its note', lambda: s.note(first))
    s.management.kubectl('patch', 'things.' + group, 'x', '-n', s.space, '--type', 'merge', '-p', '{"spec":{"size":7}}')
    s.eventually('an edit of it is healed', lambda: size() == 1)
    daemon.stop()
    daemon.start()
    time.sleep(1)
    s.work.remove('management/thing.yaml')
    s.work.commit('without the thing')
    s.eventually('after a restart it is known, and pruned', lambda: size() is None)


def packed(files):
    """A gzipped tar archive of texts."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w:gz') as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def charts_are_rendered_confined(s):
    """A chart with a packed one inside, and with digests: libraries that a confined child cannot open any more."""
    s.write_namespaces()
    template = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n  namespace: ' + s.space + '\ndata:\n  a: %s\n'
    s.work.write('management/chart/Chart.yaml', 'apiVersion: v2\nname: chart\nversion: 1.0.0\n')
    s.work.write('management/chart/templates/m.yaml', template % ('outer', '{{ "a" | sha256sum | trunc 8 | quote }}'))
    s.work.write('management/chart/charts/inner-1.0.0.tgz', packed({
        'inner/Chart.yaml': 'apiVersion: v2\nname: inner\nversion: 1.0.0\n', 'inner/templates/m.yaml': template % ('inner', 'b')}))
    s.work.commit('a chart')
    daemon = s.syncd(regional=False)
    daemon.document['spec']['targets'][0]['paths'] = ['management/00-namespace.yaml', 'management/chart']
    daemon.configure()
    daemon.start()
    s.eventually('the chart is applied', s.has(s.management, 'outer', a='ca978112'))
    s.eventually('and the packed one', s.has(s.management, 'inner', a='b'))


def live_edit_is_healed(s):
    """Our own field comes back; what others own stays."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    s.work.commit()
    s.syncd().start()
    s.eventually('applied', s.has(s.management, 'm', a='1'))
    s.management.kubectl('label', 'configmap', 'm', '-n', s.space, 'of=somebody')
    s.management.kubectl('patch', 'configmap', 'm', '-n', s.space, '--type', 'merge', '-p', '{"data":{"a":"edited","b":"theirs"}}')
    s.eventually('the edit is healed', s.has(s.management, 'm', a='1'))
    s.check('a field of somebody else stays', s.data(s.management, 'm').get('b') == 'theirs')
    s.check('and a label too', s.management.object('get', 'configmap', 'm', '-n', s.space)['metadata']['labels'].get('of') == 'somebody')
    s.management.kubectl('delete', 'configmap', 'm', '-n', s.space)
    s.eventually('a deleted object comes back', s.has(s.management, 'm', a='1'))


def edit_while_down_is_found(s):
    """Edits made while syncd was down and its cache removed are not adopted."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    s.work.commit()
    daemon = s.syncd().start()
    s.eventually('applied', s.has(s.management, 'm', a='1'))
    time.sleep(1)
    daemon.stop()
    shutil.rmtree(s.state)
    os.makedirs(s.state)
    s.management.kubectl('patch', 'configmap', 'm', '-n', s.space, '--type', 'merge', '-p', '{"data":{"a":"edited"}}')
    daemon.start()
    s.eventually('the edit is found and healed', s.has(s.management, 'm', a='1'))


def prune_is_asked_for(s):
    """A file that vanishes deletes nothing, unless pruning is on; a namespace never goes."""
    s.write_namespaces()
    for name in 'abcdefghijkl':
        s.write(s.management, name, x=name)
    s.work.commit()
    daemon = s.syncd().start()
    s.eventually('applied', s.has(s.management, 'l', x='l'))
    s.work.remove('management/a.yaml')
    gone = s.work.commit('without a')
    s.eventually('the commit has its note', lambda: s.note(gone))
    s.check('with prune off the object stays', s.data(s.management, 'a') is not None)
    daemon.stop()
    pruning = s.syncd(prune=True).start()
    s.work.remove('management/b.yaml')
    s.work.commit('without b')
    s.eventually('with prune on the object goes', lambda: s.data(s.management, 'b') is None)
    s.check('others stay', s.data(s.management, 'c') == {'x': 'c'})
    s.work.remove('management/00-namespace.yaml')
    last = s.work.commit('without the namespace')
    s.eventually('the commit has its note', lambda: s.note(last))
    s.check('the namespace stays', s.management.try_kubectl('get', 'namespace', s.space).returncode == 0)
    s.check('and what is in it', s.data(s.management, 'c') == {'x': 'c'} and pruning.alive())


def broken_commit_is_refused(s):
    """Nothing of a broken commit is applied; the note names file and line; the next good one goes through."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    s.work.commit()
    daemon = s.syncd().start()
    s.eventually('applied', s.has(s.management, 'm', a='1'))
    s.write(s.management, 'm', a='2')
    s.work.write('management/z-broken.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [\n')
    broken = s.work.commit('broken')
    s.eventually('the broken commit has its note', lambda: s.note(broken))
    told = json.dumps(s.note(broken))
    s.check('which names the file', 'z-broken.yaml' in told)
    s.check('nothing of it is applied', s.data(s.management, 'm') == {'a': '1'})
    s.check('the daemon goes on', daemon.alive())
    s.work.remove('management/z-broken.yaml')
    s.work.commit('mended')
    s.eventually('the next good commit is applied', s.has(s.management, 'm', a='2'))


def kubeconfig_from_a_secret(s):
    """The regional cluster's kubeconfig lives in a Secret of management: waited for, used, and read again when it is exchanged."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    s.write(s.regional, 'r', a='1')
    s.work.commit()
    daemon = s.syncd()
    row = daemon.document['spec']['targets'][1]
    del row['kubeconfigFile']
    row['kubeconfigFrom'] = {'target': 'management', 'secret': s.space + '/far'}
    daemon.configure()
    daemon.start()
    s.eventually('management does not wait', s.has(s.management, 'm', a='1'))
    s.check('nothing is at the other one yet', s.data(s.regional, 'r') is None)
    s.management.kubectl('create', 'secret', 'generic', 'far', '-n', s.space, '--from-literal=value=not: a kubeconfig')
    time.sleep(1)
    s.management.kubectl('delete', 'secret', 'far', '-n', s.space)
    s.management.kubectl('create', 'secret', 'generic', 'far', '-n', s.space, '--from-file=value=' + s.regional.kubeconfig)
    s.eventually('the other one is reached when the Secret is right', s.has(s.regional, 'r', a='1'), 100)


def unusable_commit_says_so(s):
    """A commit whose tree Git itself cannot read is refused as a whole; its note says why; the next one goes through."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    good = s.work.commit()
    daemon = s.syncd().start()
    s.eventually('applied', s.has(s.management, 'm', a='1'))
    raw = s.git.scratch.join('tree-' + s.space)
    with open(raw, 'wb') as f:
        f.write(b'100644 no end of the name')
    hashed = ['hash-object', '-w', '--literally', '-t', 'tree', raw]
    tree = s.work.git(*hashed).strip()
    subprocess.run(['git', '--git-dir', s.bare, *hashed], check=True, stdout=subprocess.DEVNULL)
    bad = s.work.git('commit-tree', tree, '-p', good, '-m', 'bad').strip()
    text = s.work.git('cat-file', 'commit', bad)
    subprocess.run(['git', '--git-dir', s.bare, 'hash-object', '-w', '-t', 'commit', '--stdin'], input=text, text=True, check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(['git', '--git-dir', s.bare, 'update-ref', 'refs/heads/main', bad], check=True)
    s.eventually('the commit has its note', lambda: s.note(bad))
    record = s.note(bad)[0]
    s.check('which refuses it by rule (%s)' % record, record.get('verdict') == 'Refused' and record.get('rule', '').startswith('E_'))
    s.check('everything stays', s.data(s.management, 'm') == {'a': '1'} and daemon.alive())
    s.write(s.management, 'm', a='2')
    s.work.commit(push=False)
    s.work.push('--force')
    daemon.reload()
    s.eventually('the next commit goes through', s.has(s.management, 'm', a='2'))


def rewritten_history_is_held(s):
    """A forced push is not followed unless the configuration says so."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    s.work.commit('one')
    s.write(s.management, 'm', a='2')
    s.work.commit('two')
    daemon = s.syncd().start()
    s.eventually('applied', s.has(s.management, 'm', a='2'))
    s.work.git('reset', '-q', '--hard', 'HEAD~1')
    s.write(s.management, 'm', a='rewritten')
    s.work.commit('another two', push=False)
    s.work.push('--force')
    time.sleep(4)
    s.check('rewritten history is held', s.data(s.management, 'm') == {'a': '2'} and daemon.alive())
    tip = s.work.git('rev-parse', 'HEAD').strip()
    s.eventually('its note says so', lambda: any(r.get('verdict') == 'Held' for r in s.note(tip)))
    daemon.document['spec']['source']['followRewrites'] = True
    daemon.configure()
    daemon.reload()
    s.eventually('and followed when the configuration says so', s.has(s.management, 'm', a='rewritten'))


def kill_in_the_middle(s):
    """kill -9 while a commit is applied; the next start brings all of it, once."""
    s.write_namespaces()
    count = 300
    for number in range(count):
        s.write(s.management, 'm%03d' % number, a='1')
    s.work.commit('many')
    daemon = s.syncd().start()

    def names():
        p = s.management.try_kubectl('get', 'configmap', '-n', s.space, '-o', 'name')
        return [n for n in p.stdout.split() if '/m' in n] if p.returncode == 0 else []
    wait_until('some are there', lambda: names(), 100)
    daemon.kill()
    there = len(names())
    print('     killed with %d of %d' % (there, count))
    daemon.start()
    s.eventually('all are there after the restart', lambda: len(names()) == count, 100)
    again = s.syncd()
    daemon.stop()
    p = again.once()
    s.check('a one-shot sync then ends in sync (%d: %s)' % (p.returncode, p.stderr[-200:]), p.returncode == 0)


def bad_configuration_keeps_the_old(s):
    """A reload is atomic: a bad file is reported, the old configuration goes on."""
    s.write_namespaces()
    s.write(s.management, 'm', a='1')
    s.work.commit()
    daemon = s.syncd().start()
    s.eventually('applied', s.has(s.management, 'm', a='1'))
    with open(daemon.path, 'w') as f:
        f.write('apiVersion: syncd.dev/v1alpha1\nkind: SyncConfig\nspec:\n  nonsense: true\n')
    daemon.reload()
    time.sleep(1)
    s.write(s.management, 'm', a='2')
    s.work.commit()
    s.eventually('the old configuration goes on', s.has(s.management, 'm', a='2'))
    s.check('and the bad one is reported', 'nonsense' in daemon.says())


def sources(s):
    """HTTPS with a token, ssh with a key; a wrong token says so and is no end."""
    s.write_namespaces()
    s.write(s.management, 'm', a='https')
    s.work.commit()
    token = s.git.scratch.join('token-' + s.space)
    with open(token, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
        f.write('wrong\n')
    https = s.syncd(s.git.https_url(s.repository), tokenFile=token, user=s.git.user, caFile=s.git.ca).start()
    time.sleep(2)
    s.check('a wrong token applies nothing and ends nothing', s.data(s.management, 'm') is None and https.alive())
    with open(token, 'w') as f:
        f.write(s.git.token + '\n')
    s.eventually('HTTPS with the token', s.has(s.management, 'm', a='https'), 100)
    https.stop()
    s.write(s.management, 'm', a='ssh')
    s.work.commit()
    s.syncd(s.git.ssh_url(s.repository), sshKeyFile=s.git.ssh_key, knownHostsFile=s.git.known_hosts).start()
    s.eventually('ssh with the key', s.has(s.management, 'm', a='ssh'))


EVERYWHERE = [change_reaches_both, custom_resources, namespaces_that_are_left_out, charts_are_rendered_confined, live_edit_is_healed, edit_while_down_is_found, prune_is_asked_for,
              broken_commit_is_refused, kubeconfig_from_a_secret, unusable_commit_says_so, rewritten_history_is_held, kill_in_the_middle, bad_configuration_keeps_the_old, sources]


def tell_one(story, management, regional, git, counts):
    """One story on a Stage of its own; one that raises has failed."""
    stage = Stage(story.__name__, management, regional, git, counts)
    try:
        story(stage)
    except Over:
        pass
    except Exception as e:  # the others are still told
        stage.check('%s: %s' % (type(e).__name__, e), False)
    finally:
        stage.end()


def tell(stories, management, regional, git, counts, only=(), at_once=1):
    """Runs the stories, `at_once` of them side by side: they share nothing but the clusters, which each has a namespace of."""
    todo = [story for story in stories if not only or any(piece in story.__name__ for piece in only)]
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(tell_one, story, management, regional, git, counts) for story in todo]:
            done.result()
