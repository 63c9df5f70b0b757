"""The embedded API server, without its controllers, for the tests here."""
import os
import signal
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
PROGRAM = os.path.join(os.environ.get('SYNCD_BUILD', os.path.join(ROOT, 'build/dev')),
                       'tests/differential/apiserver/apiserver_serve')


class Ours:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='syncd-sequences-')
        self.kubeconfig = os.path.join(self.folder.name, 'kubeconfig')
        self.process = subprocess.Popen([PROGRAM, self.kubeconfig], stdout=subprocess.PIPE, text=True)
        _, port, self.token = self.process.stdout.readline().split()
        self.url = 'https://127.0.0.1:' + port
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(20)
        self.folder.cleanup()
