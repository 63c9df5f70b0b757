"""Where charts come from: an HTTP chart repository and an OCI registry with tokens, on loopback.

    with ChartServer() as s:
        digest = s.add('web', '1.0.0', {'templates/m.yaml': '…'})     # in both; of the packed chart
        s.manifest('web', '1.0.0')                                     # digest of the OCI manifest
        s.repository, s.registry                                       # "http://127.0.0.1:…/charts", "oci://127.0.0.1:…/team"
"""
import base64
import gzip
import hashlib
import http.server
import io
import json
import tarfile
import threading
import urllib.parse

LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'
MANIFEST = 'application/vnd.oci.image.manifest.v1+json'


def pack(name, version, files):
    """A packed chart; the same bytes for the same files."""
    whole = {'Chart.yaml': 'apiVersion: v2\nname: %s\nversion: %s\n' % (name, version), **files}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as tar:
        for path in sorted(whole):
            member = tarfile.TarInfo(name + '/' + path)
            member.size = len(whole[path].encode())
            tar.addfile(member, io.BytesIO(whole[path].encode()))
    return gzip.compress(out.getvalue(), mtime=0)


def digest_of(data):
    return 'sha256:' + hashlib.sha256(data).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *arguments):
        pass

    def answer(self, code, body=b'', **headers):
        self.send_response(code)
        for name, text in headers.items():
            self.send_header(name.replace('_', '-'), text)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def basic(self):
        s = self.server.owner
        return 'Basic ' + base64.b64encode(('%s:%s' % (s.user, s.password)).encode()).decode()

    def do_GET(self):
        s = self.server.owner
        url = urllib.parse.urlparse(self.path)
        s.requests.append(self.path)
        if url.path == '/token':
            if self.headers.get('Authorization') != self.basic():
                return self.answer(401)
            scope = urllib.parse.parse_qs(url.query).get('scope', [''])[0]
            return self.answer(200, json.dumps({'token': 'for ' + scope}).encode())
        if url.path.startswith('/charts/'):
            return self.repository(s, url.path[len('/charts/'):])
        if url.path.startswith('/elsewhere/'):
            if self.headers.get('Authorization'):
                s.leaks += 1
            return self.file(s.files.get(url.path[len('/elsewhere/'):]))
        if url.path.startswith('/v2/team/'):
            return self.registry(s, url.path.split('/'))
        return self.answer(404)

    def file(self, data):
        return self.answer(404) if data is None else self.answer(200, data)

    def repository(self, s, name):
        if self.headers.get('Authorization') != self.basic():
            return self.answer(401)
        if name == 'index.yaml':
            return self.answer(200, json.dumps({'apiVersion': 'v1', 'entries': s.index}).encode())
        return self.answer(302, Location=s.other + '/elsewhere/' + name)  # as repositories on object stores do

    def registry(self, s, parts):
        name, kind, digest = parts[3:6]
        scope = 'repository:team/%s:pull' % name
        if self.headers.get('Authorization') != 'Bearer for ' + scope:
            return self.answer(401, WWW_Authenticate='Bearer realm="%s/token",service="registry",scope="%s"' % (s.url, scope))
        if kind == 'manifests' and MANIFEST not in self.headers.get('Accept', ''):
            return self.answer(404)
        return self.file(s.blobs.get(digest))


class ChartServer:
    def __init__(self):
        self.user, self.password = 'reader', 'open sesame'
        self.index, self.files, self.blobs, self.manifests, self.requests, self.leaks = {}, {}, {}, {}, [], 0

    def __enter__(self):
        self.servers = [http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) for _ in range(2)]
        for server in self.servers:
            server.owner, server.daemon_threads = self, True
            threading.Thread(target=server.serve_forever, daemon=True).start()
        host, self.other = ['127.0.0.1:%d' % s.server_address[1] for s in self.servers]
        self.url, self.other = 'http://' + host, 'http://' + self.other
        self.repository, self.registry = self.url + '/charts', 'oci://' + host + '/team'
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def add(self, name, version, files):
        data = pack(name, version, files)
        packed, digest = '%s-%s.tgz' % (name, version), digest_of(data)
        self.index.setdefault(name, []).append({'name': name, 'version': version, 'digest': digest, 'urls': [packed]})
        self.files[packed] = self.blobs[digest] = data
        manifest = json.dumps({'schemaVersion': 2, 'mediaType': MANIFEST,
                               'layers': [{'mediaType': LAYER, 'digest': digest, 'size': len(data)}]}).encode()
        self.blobs[digest_of(manifest)] = manifest
        self.manifests[name, version] = digest_of(manifest)
        return digest

    def manifest(self, name, version):
        return self.manifests[name, version]
