"""One story for forges that there is no real one of: a pull request from its plan to its notes, with the faults between.

The forge is a test server that holds every request of ours, and every answer, against the forge's published description.
"""
import os
import re
import time

from daemon import Syncd, target
from gitserver import GitServer
from processes import Scratch

passed = failed = 0


def check(what, good, said=''):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print('%-4s %s%s' % ('ok' if good else 'FAIL', what, '' if good else ': %s' % (said,)), flush=True)


def config_map(name, **values):
    lines = ['apiVersion: v1', 'kind: ConfigMap', 'metadata:', '  name: %s' % name, '  namespace: default', 'data:']
    return '\n'.join(lines + ['  %s: "%s"' % pair for pair in sorted(values.items())]) + '\n'


class Ended(Exception):
    """The story cannot go on."""


class World:
    """A forge with its people, a repository, a cluster, and syncd between them."""

    def __init__(self, kind, forge, git_server, cluster):
        self.kind, self.forge, self.cluster = kind, forge, cluster
        self.scratch = Scratch('forge-story')
        for name, level in (('alice', 'admin'), ('bob', 'write'), ('eve', 'none')):
            forge.person(name, level)
        git_server.accepts = forge.good_token
        self.git_server, self.work = git_server, git_server.work('team/fleet.git')
        self.work.write('management/first.yaml', config_map('first', color='red'))
        self.first = self.work.commit('first')
        self.token = self.scratch.join('token')
        with open(os.open(self.token, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as f:
            f.write(forge.token(forge.bot) + '\n')

    def start(self, **forge):
        """Options of spec.forge; source: those of spec.source."""
        source = forge.pop('source', None) or {'tokenFile': self.git_token(), 'user': self.git_server.user}
        self.syncd = Syncd(self.git_server.https_url('team/fleet.git'), self.scratch.join('state'), [target('management', self.cluster)],
                           interval='1s', caFile=self.git_server.ca, **source)
        spec = self.syncd.document['spec']
        spec['forge'] = dict({'kind': self.kind, 'url': self.forge.url, 'repository': 'team/fleet', 'caFile': self.forge.ca,
                              'interval': '1s'}, **(forge or {'tokenFile': self.token}))
        spec['review'] = {'policy': 'hold'}
        self.syncd.configure()
        self.syncd.start()

    def git_token(self):
        path = self.scratch.join('git-token')
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as f:
            f.write(self.git_server.token + '\n')
        return path

    def branch(self, name, files, message='a change'):
        """A commit on a branch from main, pushed; gives its id."""
        self.work.git('fetch', '-q', 'origin')
        self.work.git('checkout', '-q', '-B', name, 'origin/main')
        for path, text in files.items():
            self.work.write(path, text)
        self.work.branch = name
        commit = self.work.commit(message, push=False)
        self.work.push('--force')
        return commit

    def data(self, name):
        p = self.cluster.try_kubectl('get', 'configmap', name, '-n', 'default', '-o', 'jsonpath={.data}')
        return p.stdout if p.returncode == 0 else None

    def wait(self, what, condition, seconds=90):
        try:
            self.syncd.wait_for(what, condition, seconds)
            check(what, True)
        except AssertionError as e:
            check(what, False, '%s\n%s' % (e, '\n'.join(self.forge.problems[:10])))
            raise Ended from None

    def note(self, commit):
        self.work.git('fetch', '-q', 'origin', '+refs/notes/syncd/status:refs/notes/syncd/status', check=False)
        return self.work.git('notes', '--ref', 'refs/notes/syncd/status', 'show', commit, check=False)

    def close(self):
        self.syncd.stop()
        self.scratch.remove()


def tell_plan(world, total):
    """A plan on a pull request that many have spoken on: ours is on another page, and stays the only one."""
    forge = world.forge
    head = world.branch('topic', {'management/second.yaml': config_map('second', size='1')})
    number = forge.open('topic', 'alice')
    for i in range(230):
        forge.say(number, 'eve', 'word %d' % i)
    world.wait('a plan is on it', lambda: forge.plans(number))
    world.wait('its verdict is good', lambda: total(head) == 'success')
    world.wait('so is the status of the target', lambda: forge.status(head, 'syncd/plan/management') == 'success')
    head = world.branch('topic', {'management/second.yaml': config_map('second', size='2')})
    world.wait('the plan follows the branch', lambda: total(head) == 'success' and '1 to create' in forge.plans(number)[0]['text'])
    check('in the same comment, found on a later page', len(forge.plans(number)) == 1)
    check('below 65,536 characters', all(len(p['text']) <= 65536 for p in forge.plans(number)))
    return number, head


def tell_outage(world, number, total):
    """Nobody answers for a while, and syncd is killed meanwhile: what was to be said is said after that."""
    forge = world.forge
    before = forge.plans(number)[0]['text']
    outage = {'match': '(POST|PUT|PATCH) ', 'status': 0, 'times': 10 ** 6}
    forge.faults.append(outage)
    head = world.branch('topic', {'management/second.yaml': config_map('second', size='3')})
    world.wait('what is to be said waits in a file', lambda: head in open(world.scratch.join('state', 'posts.jsonl')).read())
    world.syncd.kill()
    forge.faults.remove(outage)
    world.syncd.start()
    world.wait('an outage and a kill -9 lose nothing', lambda: total(head) == 'success' and forge.plans(number)[0]['text'] != before)
    check('the comment is still one', len(forge.plans(number)) == 1)
    return head


def tell_limits(world, number, total, spent, bursts):
    """The forge says that there were too many requests, in each of its ways."""
    forge = world.forge
    with forge.lock:
        forge.limit = {'left': 0, 'reset': time.time() + 4}
        begun = time.time()
    world.wait(spent, lambda: forge.limit is None)
    check('nothing is asked before the time that it names', time.time() - begun >= 3.5, time.time() - begun)
    with forge.lock:
        refused = forge.count('.*')
    check('and hardly anything was tried meanwhile', refused < 10000)
    for fault in bursts:
        forge.faults.append(dict(fault, match='(POST|PUT|PATCH) ', times=1))
    head = world.branch('topic', {'management/second.yaml': config_map('second', size='4')})
    world.wait('a limit of bursts is waited for', lambda: total(head) == 'success')
    check('each was met', all(f['times'] == 0 for f in forge.faults), forge.faults)
    forge.faults.clear()
    return head


def tell_merge(world, number):
    forge = world.forge
    merged = forge.merge(number, 'alice')
    world.wait('the merge reaches the cluster', lambda: '"size":"4"' in (world.data('second') or ''))
    world.wait('its commit is green', lambda: forge.status(merged, 'syncd/sync') == 'success')
    world.wait('its note says that it is what was reviewed', lambda: '"review":"same"' in world.note(merged))
    world.wait('and that it is done', lambda: '"Synced"' in world.note(merged))
    tell_clone(world, merged)


def tell_clone(world, merged):
    """Any clone says what became of a commit, without a daemon, also after Git itself united two notes."""
    world.note(merged)
    work = world.work
    work.git('checkout', '-q', '-B', 'main', 'origin/main')
    work.git('fetch', '-q', 'origin', 'main')
    work.git('reset', '-q', '--hard', merged)

    def status():
        return world.syncd.run('status', '--from-git', '-C', work.folder)
    said = status()
    check('status --from-git: it is in sync', said.returncode == 0 and 'Synced' in said.stdout, said.stdout + said.stderr)
    ours = work.git('notes', '--ref', 'syncd/status', 'show', merged)
    old = '\n'.join('{"r":"0-sum","verdict":"Failed","text":"before","at":"2020-01-01T00:00:00Z","v":1}' if '"0-sum"' in line else line
                    for line in ours.strip().split('\n'))
    work.git('notes', '--ref', 'syncd/other', 'add', '-f', '-m', old, merged)
    work.git('notes', '--ref', 'syncd/status', 'merge', '-q', '-s', 'cat_sort_uniq', 'refs/notes/syncd/other')
    both = work.git('notes', '--ref', 'syncd/status', 'show', merged)
    said = status()
    check('also after a union by Git that has both', '"Failed"' in both and '"Synced"' in both and said.returncode == 0 and
          'Failed' not in said.stdout, both + said.stdout + said.stderr)
    said = world.syncd.run('log', '-C', work.folder)
    check('log reads the same', merged[:12] in said.stdout and said.returncode == 0, said.stdout + said.stderr)


def tell_hold(world):
    """A commit changed between review and merge is held, across a restart; who may lets it go on."""
    forge = world.forge
    quiet = world.branch('quiet', {'other.md': 'no manifest\n'}) and forge.open('quiet', 'alice')
    world.branch('reviewed', {'management/third.yaml': config_map('third', shown='yes')})
    number = forge.open('reviewed', 'alice')
    world.wait('a plan for the next', lambda: forge.plans(number))
    world.syncd.kill()
    world.branch('reviewed', {'management/third.yaml': config_map('third', shown='no')})
    with forge.lock:
        forge.refresh()
        merged = forge.merge(number, 'alice')
    world.syncd.start()
    world.wait('a commit that was changed before its merge is held, also by a daemon that starts after it',
               lambda: 'E_REVIEW' in world.note(merged))
    check('nothing of it is applied', world.data('third') is None)
    check('and what was let through before is', '"size":"4"' in (world.data('second') or ''))
    found = re.search('sha256:[0-9a-f]{64}', world.note(merged))
    check('and why, with its digest', found, world.note(merged) + world.syncd.says()[-3000:])
    digest = found.group(0)
    forge.say(quiet, 'eve', '/syncd approve ' + digest)
    world.wait('somebody who may not is heard', lambda: 'eve' in world.syncd.says())
    check('and changes nothing', world.data('third') is None)
    forge.say(quiet, 'bob', '/syncd approve ' + digest)
    world.wait('one who may approves: it goes on', lambda: '"shown":"no"' in (world.data('third') or ''))
    world.wait('and its note says so', lambda: '"review":"approved"' in world.note(merged))


def tell(chapters):
    """All of them, or until one cannot go on."""
    try:
        chapters()
    except Ended:
        pass


def tell_end(world):
    said = world.syncd.says()
    check('every request and answer was as the forge describes it', not world.forge.problems, '\n'.join(sorted(set(world.forge.problems))[:20]))
    check('no token is told', not any(token in said for token in world.forge.tokens))
    print('%d passed, %d failed' % (passed, failed))
    return 1 if failed or not passed else 0
