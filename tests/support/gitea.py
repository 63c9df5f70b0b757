"""A real Gitea on loopback: one organization's forge, with people, tokens, pull requests and webhooks.

    with Gitea() as gitea:
        gitea.person('alice'); gitea.repository('fleet', private=True)
        gitea.api('alice', 'POST', '/repos/team/fleet/pulls', {...})

It does not run as root, so its program and its templates are copied to where nobody may read them.
"""
import json
import os
import pwd
import secrets
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request

from certificates import Authority
from processes import Scratch, free_ports, spawn, stop, tail, wait_until
from tools import module_folder, tool

CONFIG = """APP_NAME = test
RUN_MODE = prod
RUN_USER = {user}
WORK_PATH = {work}
[database]
DB_TYPE = sqlite3
PATH = {work}/gitea.db
[repository]
ROOT = {work}/repositories
DEFAULT_BRANCH = main
[server]
PROTOCOL = https
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = https://127.0.0.1:{port}/
CERT_FILE = {certificate}
KEY_FILE = {key}
STATIC_ROOT_PATH = {static}
DISABLE_SSH = true
OFFLINE_MODE = true
[security]
INSTALL_LOCK = true
SECRET_KEY = {secret}
INTERNAL_TOKEN = {token}
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback
DELIVER_TIMEOUT = 5
[log]
MODE = console
LEVEL = warn
[cron]
ENABLED = false
[actions]
ENABLED = false
[indexer]
ISSUE_INDEXER_TYPE = db
[session]
PROVIDER = memory
[mailer]
ENABLED = false
"""


class Gitea:
    def __init__(self):
        self.scratch = Scratch('gitea')
        self.log = self.scratch.join('gitea.log')
        self.process, self.tokens = None, {}
        self.user = 'nobody' if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name

    def _copy(self):
        """The program and what it reads at run time, readable by the one it runs as."""
        work, module = self.scratch.join('work'), module_folder('gitea', 'code.gitea.io/gitea')
        static = self.scratch.join('static')
        for folder in ('templates', 'options', 'public'):
            if os.path.isdir(os.path.join(module, folder)):
                shutil.copytree(os.path.join(module, folder), os.path.join(static, folder), copy_function=shutil.copyfile)
        for folder, _, _ in os.walk(static):
            os.chmod(folder, 0o755)
        os.makedirs(work)
        self.program = self.scratch.join('gitea')
        shutil.copyfile(tool('gitea'), self.program)
        os.chmod(self.program, 0o755)
        os.chmod(self.scratch.path, 0o755)
        return work, static

    def start(self):
        work, static = self._copy()
        self.port, = free_ports(1)
        authority = Authority(self.scratch.join('pki'))
        self.ca = authority.certificate
        certificate, key = authority.issue('server', '/CN=127.0.0.1', ['IP:127.0.0.1'])
        os.chmod(key, 0o644)
        self.config = self.scratch.join('app.ini')
        with open(self.config, 'w') as f:
            f.write(CONFIG.format(user=self.user, work=work, port=self.port, certificate=certificate, key=key, static=static,
                                  secret=secrets.token_hex(20), token=secrets.token_hex(40)))
        for path in (self.config, work):
            if os.getuid() == 0:
                shutil.chown(path, self.user)
        self.url = 'https://127.0.0.1:%d' % self.port
        self.context = ssl.create_default_context(cafile=self.ca)
        self.process = spawn(self._command('web'), self.log, **self._identity(work))
        wait_until('Gitea', self._ready, 60)
        return self

    def _identity(self, work):
        environment = {'PATH': os.environ['PATH'], 'HOME': work, 'USER': self.user, 'GITEA_WORK_DIR': work}
        return dict(env=environment, **({'user': self.user, 'group': 'nogroup', 'extra_groups': []} if os.getuid() == 0 else {}))

    def _command(self, *words):
        return [self.program, '--config', self.config, *words]

    def _ready(self):
        if self.process.poll() is not None:
            raise AssertionError('Gitea ended with %d:\n%s' % (self.process.returncode, tail(self.log)))
        try:
            with urllib.request.urlopen(self.url + '/api/v1/version', context=self.context, timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def person(self, name, admin=False):
        """Somebody with an account; their token is kept."""
        work = self.scratch.join('work')
        words = ['admin', 'user', 'create', '--username', name, '--password', secrets.token_hex(12), '--email', name + '@example.com',
                 '--must-change-password=false'] + (['--admin'] if admin else [])
        self._run(words, work)
        said = self._run(['admin', 'user', 'generate-access-token', '--username', name, '--scopes', 'all', '--raw'], work)
        self.tokens[name] = said.strip().split('\n')[-1]
        return self.tokens[name]

    def _run(self, words, work):
        p = subprocess.run(self._command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **self._identity(work))
        if p.returncode != 0:
            raise RuntimeError('gitea %s: %s' % (' '.join(words[:3]), p.stderr))
        return p.stdout

    def try_api(self, who, method, path, body=None):
        """(status, document) of a call in somebody's name."""
        request = urllib.request.Request(self.url + '/api/v1' + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None)
        request.add_header('Authorization', 'token ' + self.tokens[who])
        request.add_header('Content-Type', 'application/json')
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=20) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode(errors='replace')

    def api(self, who, method, path, body=None):
        status, document = self.try_api(who, method, path, body)
        if status >= 300:
            raise RuntimeError('%s %s: %d %s' % (method, path, status, document))
        return document

    def clone_url(self, who, path):
        return 'https://%s:%s@127.0.0.1:%d/%s.git' % (who, self.tokens[who], self.port, path)

    def close(self):
        stop(self.process)
        self.scratch.remove()

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()
