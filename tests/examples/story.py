"""An example run as a user would, and what it has to say in the right order.

    story = Story('quickstart')
    output, seconds, code = story.run(['examples/quickstart'], 300)
    story.tells(output, [('it is built', r'syncd \\d+'), …])     each pattern after the one before
    story.end()
"""
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Story:
    def __init__(self, name):
        self.name, self.counts = name, [0, 0]

    def check(self, what, good):
        self.counts[0 if good else 1] += 1
        print('%-4s %s: %s' % ('ok' if good else 'FAIL', self.name, what), flush=True)

    def run(self, command, limit):
        """(output, seconds, exit status) of a command in the repository; ended after its limit."""
        start = time.monotonic()
        try:
            p = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               timeout=limit, text=True, errors='replace')
            output, code = p.stdout, p.returncode
        except subprocess.TimeoutExpired as e:
            output, code = (e.stdout or b'').decode(errors='replace'), None
        self.output = output
        return output, time.monotonic() - start, code

    def tells(self, output, sentences):
        """Each pattern is found behind the one before."""
        at = 0
        for what, pattern in sentences:
            match = re.compile(pattern).search(output, at)
            self.check(what, match is not None)
            at = match.end() if match else at

    def end(self):
        if self.counts[1]:
            print('--- it said\n' + '\n'.join(self.output.splitlines()[-150:]))
        print('%d passed, %d failed' % tuple(self.counts))
        sys.exit(1 if self.counts[1] else 0)
