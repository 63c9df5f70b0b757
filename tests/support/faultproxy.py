"""An API server that misbehaves: a proxy between syncd and a cluster of kube.py or embedded.py, which does what a test tells it.

    with FaultProxy(cluster) as p:      # p.name and p.kubeconfig: a target for daemon.py
        p.fault = lambda r: answer(503) if r.method == 'PATCH' else None
        p.fault = None                  # as if it were not there
        p.down(); p.up()                # nobody listens
        p.requests                      # what was asked, as (method, path)

A fault is a function of the request (method, path, query, body, number) that gives None or what to do: answer(…) without asking the
server; after(…) the server did it; cut(n) the answer's body ends there; hang() no answer for ever; slow(seconds); stream(f): each
line of a watch becomes the pieces f(line) gives. Every function is called on the thread of its request.
"""
import base64
import http.client
import json
import os
import socket
import ssl
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from certificates import Authority
from processes import Scratch


def status(code, reason, message='told so', **details):
    return json.dumps({'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Failure', 'code': code, 'reason': reason,
                       'message': message, 'details': details}).encode()


REASONS = {400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 410: 'Expired', 422: 'Invalid',
           429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout'}


def answer(code, body=None, **headers):
    return ('answer', code, body if body is not None else status(code, REASONS.get(code, '')), headers)


def after(code, **headers):
    return ('after', code, status(code, REASONS.get(code, '')), headers)


def cut(count):
    return ('cut', count)


def hang():
    return ('hang',)


def slow(seconds):
    return ('slow', seconds)


def stream(pieces):
    return ('stream', pieces)


class Request:
    def __init__(self, method, target, body, number):
        self.method, self.body, self.number = method, body, number
        self.path, _, query = target.partition('?')
        self.query = dict(urllib.parse.parse_qsl(query))
        self.watch = self.query.get('watch') == 'true'
        self.list = method == 'GET' and not self.watch and 'limit' in self.query

    def about(self, *words):
        return all(word in self.path for word in words)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1

    def log_message(self, *unused):
        pass

    def _reply(self, code, body, headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), str(value))
        if 'Content_Length' not in headers:
            self.send_header('Content-Length', str(len(body)))
        if 'Content_Type' not in headers:
            self.send_header('Content-Type', 'application/json')
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _end(self):
        """Closes the connection, whatever was promised."""
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _forward(self, owner, body):
        upstream = owner.connect()
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ('host', 'authorization', 'content-length', 'accept-encoding')}
        upstream.request(self.command, owner.rewrite(self.path), body=body or None, headers=dict(headers, **owner.upstream_headers))
        return upstream, upstream.getresponse()

    def _stream(self, owner, reply, pieces):
        self.send_response(reply.status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        self.wfile.flush()
        while True:
            line = reply.readline()
            if not line:
                break
            for piece in (pieces(line) if pieces else [line]):
                if piece:
                    self.wfile.write(b'%x\r\n%s\r\n' % (len(piece), piece))
                    self.wfile.flush()
        self.wfile.write(b'0\r\n\r\n')
        self.wfile.flush()

    def _serve(self, owner):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        with owner.lock:
            owner.requests.append((self.command, self.path))
            request = Request(self.command, self.path, body, len(owner.requests))
        if owner.token is not None and self.headers.get('Authorization') != 'Bearer ' + owner.token:
            self._reply(401, status(401, 'Unauthorized'), {})
            return
        fault = owner.fault(request) if owner.fault else None
        kind = fault[0] if fault else ''
        if kind == 'answer':
            self._reply(*fault[1:])
            return
        if kind == 'hang':
            owner.closing.wait()
            return
        if kind == 'slow':
            owner.closing.wait(fault[1])
        upstream, reply = self._forward(owner, body)
        with owner.lock:
            owner.open.add(self.connection)
        try:
            if request.watch and reply.status == 200:
                self._stream(owner, reply, fault[1] if kind == 'stream' else None)
                return
            content = reply.read()
            if kind == 'after':
                self._reply(*fault[1:])
            elif kind == 'cut':
                self._reply(reply.status, content[:fault[1]], {'Content_Length': len(content)})
                self._end()
            else:
                headers = {'Content_Type': reply.headers.get('Content-Type', 'application/json')}
                if reply.headers.get('Retry-After'):
                    headers['Retry_After'] = reply.headers['Retry-After']
                self._reply(reply.status, content, headers)
        finally:
            with owner.lock:
                owner.open.discard(self.connection)
            upstream.close()

    def _any(self):
        try:
            self._serve(self.server.owner)
        except (OSError, http.client.HTTPException, ValueError):
            self._end()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *unused):
        pass

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    def finish_request(self, request, client_address):
        # The handshake is the thread's, not the listener's: one client that says nothing holds up no other.
        try:
            wrapped = self.owner.tls.wrap_socket(request, server_side=True)
        except OSError:
            return
        with self.owner.lock:
            self.owner.connections.add(wrapped)
        try:
            super().finish_request(wrapped, client_address)
        finally:
            with self.owner.lock:
                self.owner.connections.discard(wrapped)
            wrapped.close()


class FaultProxy:
    def __init__(self, cluster):
        self.name, self.cluster = cluster.name, cluster
        self.scratch = Scratch('proxy-' + cluster.name)
        self.fault, self.token, self.rewrite = None, 'first', lambda path: path
        self.requests, self.lock = [], threading.Lock()
        self.open, self.connections, self.closing = set(), set(), threading.Event()
        authority = Authority(self.scratch.join('keys'), 'proxy-ca')
        self.ca = authority.certificate
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(*authority.issue('server', '/CN=proxy', ['IP:127.0.0.1']))
        self._read_upstream()
        self.kubeconfig = self.scratch.join('kubeconfig')
        self.server, self.port = None, 0
        self.up()
        self.write_kubeconfig()

    def _read_upstream(self):
        config = json.loads(self.cluster.kubectl('config', 'view', '--raw', '-o', 'json'))
        server, user = config['clusters'][0]['cluster'], config['users'][0]['user']
        self.upstream = urllib.parse.urlsplit(server['server'])
        self.upstream_tls = ssl.create_default_context(cadata=base64.b64decode(server['certificate-authority-data']).decode())
        self.upstream_headers = {}
        if 'token' in user:
            self.upstream_headers['Authorization'] = 'Bearer ' + user['token']
        if 'client-certificate-data' in user:
            paths = []
            for key in ('client-certificate-data', 'client-key-data'):
                paths.append(self.scratch.join(key))
                with open(paths[-1], 'wb', opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
                    f.write(base64.b64decode(user[key]))
            self.upstream_tls.load_cert_chain(*paths)

    def write_kubeconfig(self, token=None):
        with open(self.ca, 'rb') as f:
            ca = base64.b64encode(f.read()).decode()
        with open(self.kubeconfig + '.new', 'w', opener=lambda p, flags: os.open(p, flags, 0o600)) as f:
            json.dump({'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'p',
                       'clusters': [{'name': 'p', 'cluster': {'server': 'https://127.0.0.1:%d' % self.port, 'certificate-authority-data': ca}}],
                       'contexts': [{'name': 'p', 'context': {'cluster': 'p', 'user': 'p'}}],
                       'users': [{'name': 'p', 'user': {'token': token or self.token}}]}, f)
        os.rename(self.kubeconfig + '.new', self.kubeconfig)

    def connect(self):
        return http.client.HTTPSConnection(self.upstream.hostname, self.upstream.port, context=self.upstream_tls, timeout=600)

    def drop(self):
        """Ends every connection, watches among them."""
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def down(self):
        self.server.shutdown()
        self.server.server_close()
        self.drop()

    def up(self):
        self.server = _Server(('127.0.0.1', self.port), _Handler)
        self.server.owner = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def count(self, method, *words, start=0):
        with self.lock:
            return sum(m == method and all(w in path for w in words) for m, path in self.requests[start:])

    def mark(self):
        with self.lock:
            return len(self.requests)

    def close(self):
        self.closing.set()
        self.down()
        self.scratch.remove()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
