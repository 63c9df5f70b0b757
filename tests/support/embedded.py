"""The embedded control plane, `syncd apiserver`, with the shape of kube.py's Cluster: many clusters in one process.

    with Embedded(['management', 'r1']) as plane:
        plane['management'].kubectl('get', 'namespaces')
"""
import json
import os
import subprocess
import time

from daemon import program
from processes import Scratch, spawn, stop, tail, wait_until
from tools import tool


class EmbeddedCluster:
    def __init__(self, plane, name):
        self.plane, self.name = plane, name
        self.kubeconfig = plane.scratch.join(name + '.kubeconfig')

    def try_kubectl(self, *arguments, input=None, kubeconfig=None):
        return subprocess.run([tool('kubectl'), '--kubeconfig', kubeconfig or self.kubeconfig, *arguments],
                              input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=dict(os.environ, HOME=self.plane.scratch.path))

    def kubectl(self, *arguments, **more):
        p = self.try_kubectl(*arguments, **more)
        if p.returncode != 0:
            raise RuntimeError('kubectl %s: %s' % (' '.join(arguments), p.stderr))
        return p.stdout

    def object(self, *arguments):
        return json.loads(self.kubectl(*arguments, '-o', 'json'))


class Embedded:
    def __init__(self, names, *options):
        self.options = options
        self.scratch = Scratch('embedded')
        self.log = self.scratch.join('apiserver.log')
        self.clusters = {name: EmbeddedCluster(self, name) for name in names}
        self.process = None

    def __getitem__(self, name):
        return self.clusters[name]

    def _ready(self):
        if self.process.poll() is not None:
            raise AssertionError('syncd apiserver ended with %d:\n%s' % (self.process.returncode, tail(self.log)))
        return all(os.path.exists(c.kubeconfig) and c.try_kubectl('get', '--raw', '/readyz').returncode == 0
                   for c in self.clusters.values())

    def start(self):
        names = [word for name in self.clusters for word in ('--cluster', name)]
        started = time.monotonic()
        self.process = spawn([program(), 'apiserver', *names, '--dir', self.scratch.path, *self.options], self.log)
        wait_until('the embedded control plane', self._ready, 60)
        self.start_seconds = time.monotonic() - started
        return self

    def close(self):
        stop(self.process)
        self.scratch.remove()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *unused):
        self.close()
