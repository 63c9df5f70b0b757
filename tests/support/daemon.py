"""syncd itself around servers of a test.

    s = Syncd(git_url, state=scratch.join('state'), targets=[target('management', cluster)], prune=True)
    s.once()                    # `syncd sync --once`: the finished process
    s.start(); s.wait_synced(commit); s.kill(); s.start(); s.stop()
    s.pids()                    # the daemon and its children
"""
import json
import os
import signal
import subprocess
import tempfile

from processes import spawn, stop, tail, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))


def program():
    """The program under test."""
    if os.environ.get('SYNCD'):
        return os.environ['SYNCD']
    p = subprocess.run([os.path.join(HERE, 'program'), 'dev'], stdout=subprocess.PIPE, check=True, text=True)
    return p.stdout.strip()


def can_run():
    """Whether the program is there and has its networked module."""
    try:
        p = subprocess.run([program(), 'run', '--config', '/nonexistent/syncd.yaml'], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return False
    return p.returncode == 2 or b'nonexistent' in p.stderr


def target(role, cluster, name=None, paths=None, **more):
    """A row of spec.targets for a Cluster of kube.py."""
    row = {'name': name or cluster.name, 'role': role, 'kubeconfigFile': cluster.kubeconfig}
    if paths is not None:
        row['paths'] = paths
    if role == 'regional':
        row['region'] = row['name']
    return dict(row, **more)


class Syncd:
    def __init__(self, url, state, targets, prune=False, notes=True, interval='1s', name='test', **source):
        self.folder = tempfile.mkdtemp(prefix='config-', dir=os.path.dirname(os.path.abspath(state)))
        self.state, self.process, self.program = state, None, program()
        self.log = os.path.join(self.folder, 'syncd.log')
        self.path = os.path.join(self.folder, 'syncd.yaml')
        self.document = {
            'apiVersion': 'syncd.dev/v1alpha1', 'kind': 'SyncConfig', 'metadata': {'name': name},
            'spec': {'stateDirectory': state, 'source': dict({'url': url, 'interval': interval}, **source),
                     'notes': {'push': notes, 'interval': '1s'}, 'prune': {'enabled': prune}, 'targets': list(targets)}}
        os.makedirs(state, exist_ok=True)
        self.configure()

    def configure(self):
        """Writes the configuration, whole or not at all: a running daemon reads it by itself."""
        with open(self.path + '.new', 'w') as f:
            json.dump(self.document, f, indent=1)
        os.rename(self.path + '.new', self.path)

    def run(self, *arguments, input=None, timeout=60):
        """A finished process of any command: returncode, stdout, stderr."""
        return subprocess.run([self.program, *arguments], input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=timeout)

    def once(self, timeout=60):
        return self.run('sync', '--once', '--config', self.path, timeout=timeout)

    def start(self):
        self.process = spawn([self.program, 'run', '--config', self.path], self.log)
        return self

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def pids(self):
        """The daemon and everything below it."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            try:
                for task in os.listdir('/proc/%d/task' % pid):
                    with open('/proc/%d/task/%s/children' % (pid, task)) as f:
                        todo += [int(p) for p in f.read().split()]
            except FileNotFoundError:
                pass
        return found

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def kill(self):
        """kill -9 of the daemon; its children must go by themselves."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        stop(self.process)
        return self.process.returncode if self.process else None

    def says(self):
        return tail(self.log, 100000)

    def wait_for(self, what, condition, seconds=100):
        """wait_until, which fails at once when the daemon ended, and shows the end of its log."""
        def check():
            if not self.alive():
                raise AssertionError('syncd ended with %s:\n%s' % (self.process.returncode, tail(self.log, 40)))
            return condition()
        try:
            return wait_until(what, check, seconds)
        except AssertionError as e:
            raise AssertionError('%s\n%s' % (e, tail(self.log, 40))) from None

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.stop()
