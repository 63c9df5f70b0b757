"""What the test servers of forges have in common: people, pull requests, what is said on them, and an HTTPS server that holds
every request and every answer against the forge's published description.

    with GitServer(ssh=False) as g, GitHub(g) as forge:      # or GitLab(g)
        forge.person('bob', 'write'); number = forge.open('topic', 'bob'); forge.merge(number)
        forge.problems                                       # what did not fit the description: must stay empty
        forge.faults.append({'match': 'POST .*comments', 'status': 502, 'times': 3})
"""
import hashlib
import http.server
import json
import re
import secrets
import ssl
import threading
import time
import traceback
import urllib.parse

from certificates import Authority
from gitserver import git
from processes import Scratch


def now(s=None):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(s))


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status, message, **headers):
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


class _Request(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 60

    def log_message(self, *unused):
        pass

    def setup(self):
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()

    def serve(self):
        owner = self.server.owner
        length = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length)
        try:
            status, answer, headers = owner.answer(self.command, self.path, self.headers, body)
        except Exception:
            owner.problems.append(traceback.format_exc())
            raise
        if status == 0:  # an outage: nobody answers
            self.close_connection = True
            return
        text = b'' if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json; charset=utf-8')
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is no error here."""


class ForgeServer:
    """A subclass has `prefix`, `description()`, `routes` (method, pattern, function) and `who(headers)`."""
    bot = 'syncd-bot'

    def __init__(self, git_server, repository='team/fleet', branch='main'):
        self.git_server, self.repository, self.branch = git_server, repository, branch
        self.scratch = Scratch('forge')
        self.lock = threading.RLock()
        self.people, self.tokens = {}, {}
        self.pulls, self.comments, self.statuses, self.reviews = {}, {}, [], {}
        self.problems, self.faults, self.log = [], [], []
        self.serial = 100
        self.limit = None  # {'left': n, 'reset': seconds since 1970}
        self.person(self.bot, 'admin')

    # -- people and what they do -------------------------------------------------------------------------------
    def next_id(self):
        self.serial += 1
        return self.serial

    def person(self, name, level='none'):
        """level: none, read, write or admin. Their token is given back."""
        self.people[name] = {'login': name, 'id': self.next_id(), 'level': level}
        token = secrets.token_hex(16)
        self.tokens[token] = name
        return token

    def token(self, name):
        return next(t for t, n in self.tokens.items() if n == name)

    def _git(self, *words, **more):
        return git(self.git_server.path(self.repository + '.git'), *words, **more).strip()

    def open(self, branch, who, fork=False):
        with self.lock:
            number = len(self.pulls) + 1
            self.pulls[number] = {'number': number, 'id': self.next_id(), 'branch': branch, 'author': who, 'fork': fork,
                                  'state': 'open', 'at': now(), 'updated': now(), 'head': ''}
            self.comments[number], self.reviews[number] = [], []
            self.refresh()
            return number

    def refresh(self):
        """Heads follow their branches, as a forge's own references do."""
        for pull in self.pulls.values():
            tip = self._git('rev-parse', 'refs/heads/' + pull['branch'])
            if pull['state'] == 'open' and tip != pull['head']:
                pull['head'], pull['updated'] = tip, now()
                self._git('update-ref', self.head_reference % pull['number'], tip)

    def say(self, number, who, text):
        with self.lock:
            comment = {'id': self.next_id(), 'author': who, 'text': text, 'at': now(), 'changed': now()}
            self.comments[number].append(comment)
            self.pulls[number]['updated'] = now()
            return comment

    def approve(self, number, who):
        with self.lock:
            self.reviews[number].append({'id': self.next_id(), 'author': who, 'commit': self.pulls[number]['head'], 'at': now()})
            self.pulls[number]['updated'] = now()

    def merge(self, number, who='merger'):
        """A merge commit on the branch, as the button makes it."""
        with self.lock:
            pull = self.pulls[number]
            tree = self._git('merge-tree', '--write-tree', self.branch, pull['head']).split('\n')[0]
            commit = self._git('commit-tree', tree, '-p', self.branch, '-p', pull['head'], '-m', 'Merge #%d' % number)
            self._git('update-ref', 'refs/heads/' + self.branch, commit)
            pull['state'], pull['updated'] = 'closed', now()
            return commit

    def plans(self, number):
        with self.lock:
            return [dict(c) for c in self.comments[number] if c['text'].startswith('<!-- syncd:plan -->')]

    def status(self, commit, context):
        with self.lock:
            found = [s for s in self.statuses if s['commit'] == commit and s['context'] == context]
            return found[-1]['state'] if found else None

    def count(self, pattern):
        """How many requests there were whose "METHOD path" matches."""
        with self.lock:
            return sum(1 for line in self.log if re.match(pattern, line))

    # -- answering ---------------------------------------------------------------------------------------------
    def answer(self, method, target, headers, raw):
        path, _, query_text = target.partition('?')
        if not path.startswith(self.prefix):
            self.problems.append('not under %s: %s' % (self.prefix, target))
            return 404, {'message': 'Not Found'}, {}
        path = path[len(self.prefix):]
        query = {k: v[-1] for k, v in urllib.parse.parse_qs(query_text, keep_blank_values=True).items()}
        with self.lock:
            self.log.append('%s %s' % (method, target[len(self.prefix):]))
            fault = self._fault('%s %s' % (method, path))
            if fault:
                return fault
            call = self.described.find(method, path)
            if call is None:
                self.problems.append('no such operation: %s %s' % (method, path))
                return 404, {'message': 'Not Found'}, {}
            body = self._body(call, raw, query)
            status, answer, more = self._carry_out(call, method, path, query, body, headers)
            if status < 400 and status != 304:
                self.problems += call.answer_problems(status, answer)
            return status, answer, dict(self.limit_headers(), **more)

    def _body(self, call, raw, query):
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = None
            self.problems.append('%s: the body is no JSON' % call.name)
        self.problems += call.request_problems(query, body)
        return body

    def _fault(self, line):
        for fault in self.faults:
            if re.match(fault.get('match', ''), line) and fault.get('times', 1) > 0:
                fault['times'] = fault.get('times', 1) - 1
                return fault['status'], fault.get('body', {'message': 'fault'}), fault.get('headers', {})
        return None

    def _carry_out(self, call, method, path, query, body, headers):
        try:
            who = self.who(headers, path)
            self.spend()
            for verb, pattern, function in self.routes:
                match = re.fullmatch(pattern, path)
                if verb == method and match:
                    self.refresh()
                    words = [urllib.parse.unquote(g) for g in match.groups()]
                    return self._conditional(headers, *function(self, call, who, query, body, *words))
            self.problems.append('the test server lacks %s' % call.name)
            raise Refused(404, 'Not Found')
        except Refused as e:
            return e.status, {'message': e.message}, {k.replace('_', '-'): v for k, v in e.headers.items()}

    def spend(self):
        """One of the requests that are left."""
        if self.limit is None:
            return
        if self.limit['reset'] <= time.time():
            self.limit = None
        elif self.limit['left'] == 0:
            raise self.limit_refusal()
        else:
            self.limit['left'] -= 1

    def _conditional(self, headers, status, answer, more=None):
        if status != 200:
            return status, answer, more or {}
        tag = '"%s"' % hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()[:32]
        if headers.get('If-None-Match') == tag:
            if self.limit is not None:
                self.limit['left'] += 1  # such an answer is free
            return 304, None, {'ETag': tag}
        return status, answer, dict(more or {}, ETag=tag)

    def page(self, query, items):
        """One page, and the header that names the others."""
        size, page = int(query.get('per_page', self.page_size)), int(query.get('page', 1))
        last = max(1, -(-len(items) // size))
        links = {'first': 1, 'prev': page - 1, 'next': page + 1, 'last': last}
        text = ', '.join('<%s?page=%d&per_page=%d>; rel="%s"' % (self.url, at, size, name)
                         for name, at in links.items() if 1 <= at <= last and at != page)
        return items[(page - 1) * size:page * size], dict(self.page_headers(page, size, len(items)), **({'Link': text} if text else {}))

    def page_headers(self, page, size, total):
        return {}

    # -- life --------------------------------------------------------------------------------------------------
    def start(self):
        self.described = self.description()
        authority = Authority(self.scratch.join('keys'), 'forge-ca')
        self.ca = authority.certificate
        certificate, key = authority.issue('forge', '/CN=forge', ['IP:127.0.0.1'])
        self.http = _Server(('127.0.0.1', 0), _Request)
        self.http.owner = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = 'https://127.0.0.1:%d' % self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, kwargs={'poll_interval': 0.1}, daemon=True).start()
        return self

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.scratch.remove()

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        self.close()
