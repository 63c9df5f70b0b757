"""A real etcd and kube-apiserver on loopback, with certificates of their own.

    with Cluster('management') as c:
        c.kubectl('get', 'ns')             # text; raises when kubectl fails
        c.kubeconfig                       # a file: admin by client certificate
        c.user('dev', groups=['readers'])  # a kubeconfig of another user
        c.token                            # a bearer token of an admin, from the token file
        mark = c.audit_mark(); …; c.audit(mark, agent='syncd')
        c.restart(); c.kill(); c.start(); c.freeze(); c.thaw()

State lives in etcd and survives kill() and start(). Ports stay the same over a restart.
"""
import base64
import http.client
import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import time

from certificates import Authority
from processes import Scratch, free_ports, spawn, stop, tail, wait_until
from tools import tool

AUDIT_POLICY = '''apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
'''


class Cluster:
    def __init__(self, name='cluster', flags=()):
        self.name = name
        self.flags = list(flags)
        self.scratch = Scratch('kube-' + name)
        self.token = secrets.token_hex(16)
        self.etcd = self.apiserver = None
        self.was_ready = False
        self.audit_path = self.scratch.join('audit.log')
        self.log = self.scratch.join('apiserver.log')
        self._make_keys()
        self._pick_ports()

    # -- files -------------------------------------------------------------------------------------------------
    def _make_keys(self):
        self.authority = Authority(self.scratch.join('keys'), self.name + '-ca')
        self.ca = self.authority.certificate
        self.server_keys = self.authority.issue(
            'server', '/CN=kube-apiserver', ['IP:127.0.0.1', 'DNS:localhost', 'DNS:kubernetes.default.svc'])
        self.client_keys = self.authority.issue('admin', '/O=system:masters/CN=admin')
        self.account_key = self.scratch.join('accounts.key')
        subprocess.run(['openssl', 'genrsa', '-out', self.account_key, '2048'], check=True, stderr=subprocess.DEVNULL)
        self._write('tokens.csv', '%s,token-admin,u1,"system:masters"\n' % self.token)
        self._write('audit.yaml', AUDIT_POLICY)

    def _write(self, name, text):
        # Only for us: there are credentials among them.
        with open(self.scratch.join(name), 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            f.write(text)
        return self.scratch.join(name)

    def _pick_ports(self):
        self.port, self.etcd_port, self.peer_port = free_ports(3)
        self.url = 'https://127.0.0.1:%d' % self.port
        self.kubeconfig = self._kubeconfig('admin', *self.client_keys)

    def _kubeconfig(self, user, certificate, key):
        def inline(path):
            with open(path, 'rb') as f:
                return base64.b64encode(f.read()).decode()
        return self._write(user + '.kubeconfig', json.dumps({
            'apiVersion': 'v1', 'kind': 'Config', 'current-context': self.name,
            'clusters': [{'name': self.name, 'cluster': {
                'server': self.url, 'certificate-authority-data': inline(self.ca)}}],
            'contexts': [{'name': self.name, 'context': {'cluster': self.name, 'user': user}}],
            'users': [{'name': user, 'user': {
                'client-certificate-data': inline(certificate), 'client-key-data': inline(key)}}],
        }, indent=1))

    def user(self, name, groups=()):
        """A kubeconfig for another user, by client certificate. RBAC says what it may do."""
        keys = self.authority.issue(name, ''.join('/O=' + g for g in groups) + '/CN=' + name)
        return self._kubeconfig(name, *keys)

    # -- processes ---------------------------------------------------------------------------------------------
    def _start_etcd(self):
        peer = 'http://127.0.0.1:%d' % self.peer_port
        client = 'http://127.0.0.1:%d' % self.etcd_port
        self.etcd = spawn([tool('etcd'), '--data-dir', self.scratch.join('etcd'), '--unsafe-no-fsync',
                           '--listen-client-urls', client, '--advertise-client-urls', client,
                           '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer,
                           '--initial-cluster', 'default=' + peer, '--log-level', 'warn'],
                          self.scratch.join('etcd.log'))

    def _start_apiserver(self):
        keys = self.scratch.join
        self.apiserver = spawn([
            tool('kube-apiserver'), '--etcd-servers', 'http://127.0.0.1:%d' % self.etcd_port,
            '--bind-address', '127.0.0.1', '--secure-port', str(self.port), '--advertise-address', '127.0.0.1',
            '--endpoint-reconciler-type', 'none', '--service-cluster-ip-range', '10.96.0.0/16',
            '--tls-cert-file', self.server_keys[0], '--tls-private-key-file', self.server_keys[1],
            '--client-ca-file', self.ca, '--token-auth-file', keys('tokens.csv'), '--authorization-mode', 'RBAC',
            '--service-account-issuer', 'https://kubernetes.default.svc',
            '--service-account-key-file', self.account_key, '--service-account-signing-key-file', self.account_key,
            '--disable-admission-plugins', 'ServiceAccount', '--shutdown-delay-duration', '0s',
            '--audit-policy-file', keys('audit.yaml'), '--audit-log-path', self.audit_path,
            '--audit-log-mode', 'blocking', *self.flags], self.log)

    def ready(self):
        for process, log in ((self.etcd, self.scratch.join('etcd.log')), (self.apiserver, self.log)):
            if process.poll() is not None:
                raise ChildProcessError('%s ended with %d:\n%s' % (process.args[0], process.returncode, tail(log)))
        try:
            return self.get('/readyz')[0] == 200
        except OSError:
            return False

    def start(self, seconds=60):
        """Starts what is not running and waits until the API server is ready."""
        for attempt in range(3):
            if self.etcd is None or self.etcd.poll() is not None:
                self._start_etcd()
            if self.apiserver is None or self.apiserver.poll() is not None:
                self._start_apiserver()
            try:
                wait_until(self.name + ' ready', self.ready, seconds)
                self.was_ready = True
                return self
            except ChildProcessError:
                if self.was_ready or attempt == 2:
                    raise
            # Somebody else got one of the ports: others, and an empty etcd.
            self.stop()
            shutil.rmtree(self.scratch.join('etcd'), ignore_errors=True)
            self._pick_ports()

    def stop(self):
        stop(self.apiserver)
        stop(self.etcd)

    def kill(self):
        """kill -9 of the API server; etcd goes on."""
        self.apiserver.kill()
        self.apiserver.wait()

    def restart(self):
        """A clean restart of the API server."""
        stop(self.apiserver)
        return self.start()

    def freeze(self):
        """The API server keeps its connections and answers nothing."""
        self.apiserver.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.apiserver.send_signal(signal.SIGCONT)

    @property
    def pid(self):
        return self.apiserver.pid

    # -- use ---------------------------------------------------------------------------------------------------
    def get(self, path, method='GET', body=None, headers=None, timeout=10):
        """(status, body bytes) of one request as the admin."""
        context = ssl.create_default_context(cafile=self.ca)
        c = http.client.HTTPSConnection('127.0.0.1', self.port, context=context, timeout=timeout)
        try:
            c.request(method, path, body=body, headers=dict(headers or {}, Authorization='Bearer ' + self.token))
            r = c.getresponse()
            return r.status, r.read()
        finally:
            c.close()

    def try_kubectl(self, *arguments, input=None, kubeconfig=None):
        """The finished process: returncode, stdout, stderr as text."""
        return subprocess.run([tool('kubectl'), '--kubeconfig', kubeconfig or self.kubeconfig, *arguments],
                              input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=dict(os.environ, HOME=self.scratch.path))

    def kubectl(self, *arguments, **more):
        p = self.try_kubectl(*arguments, **more)
        if p.returncode != 0:
            raise RuntimeError('kubectl %s: %s' % (' '.join(arguments), p.stderr))
        return p.stdout

    def object(self, *arguments):
        """An object or list as a dict: c.object('get', 'cm', 'x')"""
        return json.loads(self.kubectl(*arguments, '-o', 'json'))

    def audit_mark(self):
        """A position in the audit log, for audit()."""
        return os.path.getsize(self.audit_path) if os.path.exists(self.audit_path) else 0

    def audit(self, mark=0, agent=None, verbs=None):
        """Audit events since a mark: those whose user agent starts with `agent`, with a verb among `verbs`.
        A long-running request (a watch) shows twice: as it starts and as it ends (`stage`)."""
        events = []
        with open(self.audit_path) as f:
            f.seek(mark)
            for line in f:
                if not line.endswith('\n'):
                    break  # the server is writing it
                e = json.loads(line)
                if agent and not e.get('userAgent', '').startswith(agent):
                    continue
                if verbs and e['verb'] not in verbs:
                    continue
                events.append(e)
        return events

    def __enter__(self):
        started = time.monotonic()
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        self.start_seconds = time.monotonic() - started
        return self

    def close(self):
        self.stop()
        self.scratch.remove()

    def __exit__(self, *unused):
        self.close()
