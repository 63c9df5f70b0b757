"""The program value_driver behind a Python class."""
import os
import subprocess


class Driver:
    """with Driver() as d: ok, answer = d.ask('kubernetes', b'a: 1')"""

    def __init__(self, path=None):
        self.path = path or os.environ.get('VALUE_DRIVER') or os.path.join(
            os.path.dirname(__file__), '../../../build/dev/tests/differential/yaml/value_driver')
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, operation, *parts):
        parts = [p.encode('utf-8', 'surrogatepass') if isinstance(p, str) else p for p in parts]
        head = ' '.join([operation] + [str(len(p)) for p in parts]) + '\n'
        self.process.stdin.write(head.encode() + b''.join(parts))
        self.process.stdin.flush()
        line = self.process.stdout.readline().split()
        if len(line) != 2:
            raise SystemExit('the driver died at %s %r' % (operation, parts))
        return line[0] == b'ok', self.process.stdout.read(int(line[1]))

    def close(self):
        self.process.stdin.close()
        if self.process.wait(10) != 0:
            raise SystemExit('the driver ended with %d' % self.process.returncode)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
