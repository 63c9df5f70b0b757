"""What the rows of charts share: the corpus' cases as requests, and processes that answer them one after the other."""
import json
import os
import subprocess
import time

from measure import ROOT, SYNCD, Failed
from tools import tool

CORPUS = os.environ.get('SYNCD_CORPUS') or os.path.join(ROOT, '..', 'shared', 'corpus')
BUILD = os.path.dirname(SYNCD)


def corpus_requests():
    """A request for every case of the corpus that helm renders without an error and without chance."""
    requests, top = [], os.path.join(CORPUS, 'helm', 'real')
    if not os.path.isdir(top):
        raise Failed('no rendering corpus beside the checkout')
    for chart in sorted(os.listdir(top)):
        for name in sorted(os.listdir(os.path.join(top, chart))):
            case = os.path.join(top, chart, name)
            if not os.path.exists(os.path.join(case, 'cmd.json')) or os.path.exists(os.path.join(case, 'expected.error')):
                continue
            with open(os.path.join(case, 'cmd.json')) as f:
                command = json.load(f)
            path = os.path.normpath(os.path.join(case, command['chart']))
            if os.path.isdir(path) and not command.get('nondeterministic') and not command.get('mask'):
                requests.append({'op': 'helm', 'path': path, 'timeout_ms': 60000, 'helm': {
                    'release': command['release'], 'namespace': command['namespace'], 'kube_version': command['kube_version'],
                    'values_files': [os.path.join(case, v) for v in command['values']], 'api_versions': command['api_versions'],
                    'include_crds': bool(command.get('include_crds'))}})
    return requests


class Batch:
    """A process that answers requests; seconds and peak bytes of the whole."""

    def __init__(self, program):
        if not os.path.exists(program):
            raise Failed('%s is not built' % program)
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b'\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def timed(self, requests):
        """(seconds, outputs): only the waiting counts, not what is done with the answers here."""
        took, outputs = 0, []
        for request in requests:
            line = json.dumps(request).encode() + b'\n'
            start = time.monotonic()
            self.process.stdin.write(line)
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            took += time.monotonic() - start
            outputs.append(json.loads(answer).get('output'))
        return took, outputs

    def peak(self):
        with open('/proc/%d/status' % self.process.pid) as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith('VmHWM'))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def ours():
    subprocess.run(['cmake', '--build', BUILD, '--target', 'helm_batch'], check=True, stdout=subprocess.DEVNULL)
    return Batch(os.path.join(BUILD, 'tests', 'bench', 'helm_batch'))


def library():
    return Batch(tool('oracle'))
