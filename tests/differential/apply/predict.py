"""predict_apply on a pipe."""
import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PROGRAM = os.path.join(os.environ.get('SYNCD_BUILD', os.path.join(ROOT, 'build/dev')),
                       'tests/differential/apply/predict_apply')


class Predictor:
    def __init__(self, *documents):
        self.process = subprocess.Popen([PROGRAM, *documents], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, case):
        self.process.stdin.write(json.dumps(case).encode() + b'\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit('predict_apply ended with %s' % self.process.wait())
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
