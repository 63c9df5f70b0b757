"""Real Git servers on loopback: HTTPS in front of `git http-backend`, and an OpenSSH server.

    with GitServer() as g:
        g.create('fleet.git')              # a bare repository; g.path('fleet.git') is its folder
        g.https_url('fleet.git')           # user g.user, password g.token, CA file g.ca
        g.ssh_url('fleet.git')             # key g.ssh_key, g.known_hosts; the server offers git only
        w = g.work('fleet.git')            # a clone to commit in: w.write(path, text), w.commit('why') -> id, w.push()
        g.faults['status'] = 503           # see Faults below
"""
import base64
import getpass
import http.server
import os
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from certificates import Authority
from processes import Scratch, free_ports, spawn, stop, tail, wait_until

GIT_ENVIRONMENT = {
    'GIT_CONFIG_NOSYSTEM': '1', 'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_TERMINAL_PROMPT': '0',
    'GIT_AUTHOR_NAME': 'Test', 'GIT_AUTHOR_EMAIL': 'test@example.com',
    'GIT_COMMITTER_NAME': 'Test', 'GIT_COMMITTER_EMAIL': 'test@example.com',
}


def git(folder, *arguments, input=None, check=True, **environment):
    """stdout of git in a folder, without the user's own configuration."""
    p = subprocess.run(['git', '-C', folder, *arguments], input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True, env=dict(os.environ, **GIT_ENVIRONMENT, **environment))
    if check and p.returncode != 0:
        raise RuntimeError('git %s: %s' % (' '.join(arguments), p.stderr))
    return p.stdout


class WorkTree:
    """A clone on disk that pushes straight into the bare repository, without a server."""

    def __init__(self, bare, folder, branch='main'):
        self.folder, self.branch = folder, branch
        git('.', 'clone', '-q', bare, folder, check=False)
        git(folder, 'symbolic-ref', 'HEAD', 'refs/heads/' + branch)

    def git(self, *arguments, **more):
        return git(self.folder, *arguments, **more)

    def write(self, path, text):
        full = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, 'wb' if isinstance(text, bytes) else 'w') as f:
            f.write(text)

    def remove(self, path):
        self.git('rm', '-rq', path)

    def commit(self, message='change', push=True):
        """Commits everything, pushes, and gives the commit id."""
        self.git('add', '-A')
        self.git('commit', '-qm', message)
        if push:
            self.push()
        return self.git('rev-parse', 'HEAD').strip()

    def push(self, *options):
        self.git('push', '-q', *options, 'origin', 'HEAD:refs/heads/' + self.branch)

    def fetch_notes(self, ref='refs/notes/syncd/status'):
        """Fetches the notes and gives {commit: note text}."""
        self.git('fetch', '-q', 'origin', '+%s:%s' % (ref, ref), check=False)
        lines = self.git('notes', '--ref', ref, 'list', check=False).split('\n')
        return {commit: self.git('cat-file', 'blob', blob)
                for blob, commit in (line.split() for line in lines if line)}


class _Request(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version = 'test-git'
    timeout = 60

    def log_message(self, *unused):
        pass

    def setup(self):
        self.request.settimeout(self.timeout)
        self.request.do_handshake()  # here, in the thread of this connection
        super().setup()

    def do_GET(self):
        self.serve()

    do_POST = do_GET

    def _body(self):
        if self.headers.get('Transfer-Encoding', '').lower() == 'chunked':
            parts = []
            while True:
                size = int(self.rfile.readline().split(b';')[0], 16)
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if size == 0:
                    return b''.join(parts)
        return self.rfile.read(int(self.headers.get('Content-Length') or 0))

    def _allowed(self, owner):
        kind, _, value = self.headers.get('Authorization', '').partition(' ')
        if kind.lower() == 'bearer':
            return secrets.compare_digest(value, owner.token)
        if kind.lower() == 'basic':
            try:
                user, _, password = base64.b64decode(value).decode().partition(':')
            except ValueError:
                return False
            if owner.accepts is not None and user == 'x-access-token':
                return owner.accepts(password)
            return user == owner.user and secrets.compare_digest(password, owner.token)
        return False

    def _plain(self, status, text, **headers):
        body = (text + '\n').encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self):
        owner = self.server.owner
        body = self._body()
        fault = owner.faults
        with owner.lock:
            owner.requests.append((self.command, self.path))
        if fault.get('hang'):
            time.sleep(fault['hang'])
        if fault.get('redirect'):
            return self._plain(302, 'elsewhere', Location=fault['redirect'] + self.path)
        if fault.get('status'):
            return self._plain(fault['status'], 'fault', **fault.get('headers', {}))
        if not self._allowed(owner):
            return self._plain(401, 'who are you?', WWW_Authenticate='Basic realm="git"')
        self._backend(owner, body, fault)

    def _backend(self, owner, body, fault):
        path, _, query = self.path.partition('?')
        environment = dict(os.environ, **GIT_ENVIRONMENT, GIT_PROJECT_ROOT=owner.root, GIT_HTTP_EXPORT_ALL='1',
                           REQUEST_METHOD=self.command, PATH_INFO=path, QUERY_STRING=query, REMOTE_USER=owner.user,
                           REMOTE_ADDR='127.0.0.1', CONTENT_TYPE=self.headers.get('Content-Type', ''),
                           CONTENT_LENGTH=str(len(body)), SERVER_PROTOCOL='HTTP/1.1')
        if self.headers.get('Git-Protocol'):
            environment['GIT_PROTOCOL'] = self.headers['Git-Protocol']
        if self.headers.get('Content-Encoding'):
            environment['HTTP_CONTENT_ENCODING'] = self.headers['Content-Encoding']
        p = subprocess.run(['git', 'http-backend'], input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           env=environment)
        head, _, answer = p.stdout.partition(b'\r\n\r\n')
        status, headers = 200, []
        for line in head.decode('latin-1').split('\r\n'):
            name, _, value = line.partition(': ')
            if name == 'Status':
                status = int(value.split()[0])
            elif name:
                headers.append((name, value))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        cut = fault.get('cut')
        pause = fault.get('trickle')
        if cut is not None and len(answer) > cut:
            self.wfile.write(answer[:cut])
            self.wfile.flush()
            self.close_connection = True
            self.request.shutdown(socket.SHUT_RDWR)
        elif pause:
            for i in range(0, len(answer), 64):
                self.wfile.write(answer[i:i + 64])
                self.wfile.flush()
                time.sleep(pause)
        else:
            self.wfile.write(answer)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is no error here: some do so on purpose."""


class GitServer:
    """Faults, of the HTTPS side, set in `faults` at any time and cleared with faults.clear():
    status (and headers): answer this; redirect: to this base URL; hang: seconds before each answer;
    cut: close the connection after this many bytes of an answer; trickle: seconds between pieces of 64 bytes."""

    def __init__(self, ssh=True):
        self.scratch = Scratch('git')
        self.root = self.scratch.join('repositories')
        os.makedirs(self.root)
        self.user, self.token = 'robot', secrets.token_hex(16)
        self.faults, self.requests, self.lock = {}, [], threading.Lock()
        self.http = self.sshd = None
        self.with_ssh = ssh
        self.accepts = None  # a function that says whether a forge's token is good

    # -- repositories ------------------------------------------------------------------------------------------
    def path(self, name):
        return os.path.join(self.root, name)

    def create(self, name, branch='main'):
        git('.', 'init', '-q', '--bare', '--initial-branch', branch, self.path(name))
        git(self.path(name), 'config', 'http.receivepack', 'true')
        git(self.path(name), 'config', 'uploadpack.allowFilter', 'true')
        return self.path(name)

    def work(self, name, branch='main'):
        return WorkTree(self.path(name), tempfile.mkdtemp(prefix='work-', dir=self.scratch.path), branch)

    # -- HTTPS -------------------------------------------------------------------------------------------------
    def _start_https(self):
        self.authority = Authority(self.scratch.join('keys'), 'git-ca')
        self.ca = self.authority.certificate
        certificate, key = self.authority.issue('git', '/CN=git', ['IP:127.0.0.1', 'DNS:localhost'])
        self.http = _Server(('127.0.0.1', 0), _Request)
        self.http.owner = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, kwargs={'poll_interval': 0.1}, daemon=True).start()

    def https_url(self, name):
        return 'https://127.0.0.1:%d/%s' % (self.port, name)

    def rotate_token(self):
        """Another token; the old one is refused from now on."""
        self.token = secrets.token_hex(16)
        return self.token

    # -- ssh ---------------------------------------------------------------------------------------------------
    def _keygen(self, path, kind='ed25519'):
        subprocess.run(['ssh-keygen', '-q', '-t', kind, '-N', '', '-C', 'test', '-f', path], check=True)
        return path

    def _start_ssh(self):
        folder = self.scratch.join('ssh')
        os.makedirs(folder, mode=0o700)
        host_key = self._keygen(os.path.join(folder, 'host'))
        self.ssh_key = self._keygen(os.path.join(folder, 'client'))
        self.known_hosts = os.path.join(folder, 'known_hosts')
        shutil.copy(self.ssh_key + '.pub', os.path.join(folder, 'authorized_keys'))
        only_git = os.path.join(folder, 'only-git')
        with open(only_git, 'w') as f:
            f.write('#!/bin/sh\nexec git shell -c "$SSH_ORIGINAL_COMMAND"\n')
        os.chmod(only_git, 0o755)
        if os.getuid() == 0:
            os.makedirs('/run/sshd', mode=0o755, exist_ok=True)  # where sshd as root separates privileges
        for _ in range(3):
            self.ssh_port, = free_ports(1)
            config = os.path.join(folder, 'sshd_config')
            with open(config, 'w') as f:
                f.write('Port %d\nListenAddress 127.0.0.1\nHostKey %s\nPidFile none\nUsePAM no\nStrictModes no\n'
                        'AuthorizedKeysFile %s\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n'
                        'PermitRootLogin prohibit-password\nForceCommand %s\nLogLevel VERBOSE\nAcceptEnv GIT_PROTOCOL\n'
                        % (self.ssh_port, host_key, os.path.join(folder, 'authorized_keys'), only_git))
            with open(host_key + '.pub') as f, open(self.known_hosts, 'w') as out:
                out.write('[127.0.0.1]:%d %s\n' % (self.ssh_port, ' '.join(f.read().split()[:2])))
            self.ssh_log = os.path.join(folder, 'sshd.log')
            self.sshd = spawn([shutil.which('sshd') or '/usr/sbin/sshd', '-D', '-e', '-f', config], self.ssh_log)
            try:
                wait_until('sshd', self._ssh_answers, 60)
                return
            except ChildProcessError:
                continue
        raise RuntimeError('sshd does not start: ' + tail(self.ssh_log))

    def _ssh_answers(self):
        if self.sshd.poll() is not None:
            raise ChildProcessError('sshd ended')
        try:
            with socket.create_connection(('127.0.0.1', self.ssh_port), 1) as s:
                return s.recv(4) == b'SSH-'
        except OSError:
            return False

    def ssh_url(self, name):
        return 'ssh://%s@127.0.0.1:%d%s' % (getpass.getuser(), self.ssh_port, self.path(name))

    def ssh_command(self):
        """A value for GIT_SSH_COMMAND, for the git program."""
        return ('ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes '
                '-o UserKnownHostsFile=%s -i %s' % (self.known_hosts, self.ssh_key))

    # -- life --------------------------------------------------------------------------------------------------
    def start(self):
        self._start_https()
        if self.with_ssh:
            self._start_ssh()
        return self

    def stop(self):
        if self.http:
            self.http.shutdown()
            self.http.server_close()
            self.http = None
        stop(self.sshd)

    def close(self):
        self.stop()
        self.scratch.remove()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *unused):
        self.close()
