"""The oracle process of tests/tools/oracle behind a Python class. Not for several threads at once: one each."""
import json
import subprocess

from tools import tool


class Oracle:
    """with Oracle() as o: o.ask('yaml2json', text='a: 1')['docs']"""

    def __init__(self):
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen([tool('oracle')], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def ask(self, op, **request):
        """One answer; `ok` is in it. bytes given as text, or in files, travel as base64."""
        import base64
        if isinstance(request.get('text'), bytes):
            request['text_b64'] = base64.b64encode(request.pop('text')).decode()
        files = request.get('files')
        if files and any(isinstance(v, bytes) for v in files.values()):
            request['files_b64'] = {k: base64.b64encode(v).decode() for k, v in files.items() if isinstance(v, bytes)}
            request['files'] = {k: v for k, v in files.items() if not isinstance(v, bytes)}
        line = json.dumps(dict(request, op=op)).encode() + b'\n'
        self.process.stdin.write(line)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:  # a library may exit or overflow its stack: say so, and go on with a new process
            code = self.process.wait()
            self.start()
            return {'ok': False, 'error': 'the oracle died with %d' % code, 'panic': True}
        return json.loads(answer)

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(10)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
