"""Sends sequences to two API servers at once and compares what they say."""
import http.client
import json
import re
import ssl

import compare

HOLE = re.compile(r'\$\{(\w+)\.([\w.]+)\}')


class Server:
    def __init__(self, url, token):
        self.host = url.split('//')[1]
        self.token = token
        self.connection = None

    def ask(self, method, path, body=None, type='application/json', accept=None):
        headers = {'Authorization': 'Bearer ' + self.token, 'User-Agent': 'sequences/1'}
        if accept:
            headers['Accept'] = accept
        if body is not None:
            headers['Content-Type'] = type
            body = body if isinstance(body, str) else json.dumps(body)
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection(
                        self.host, context=ssl._create_unverified_context(), timeout=30)
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                text = answer.read().decode()
                break
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt == 2:
                    raise
        warnings = [v for k, v in answer.getheaders() if k.lower() == 'warning']
        return answer.status, text, warnings

    def watch(self, path, until):
        """Events of a watch until one is about the object `until`."""
        connection = http.client.HTTPSConnection(self.host, context=ssl._create_unverified_context(), timeout=20)
        connection.request('GET', path, headers={'Authorization': 'Bearer ' + self.token})
        answer, events = connection.getresponse(), []
        if answer.status != 200:
            return [{'status': answer.status, 'body': json.loads(answer.read())}]
        while True:
            line = answer.readline()
            if not line:
                break
            event = json.loads(line)
            if event['object'].get('metadata', {}).get('name') == until:
                break
            events.append(event)
        connection.close()
        return events


def look_up(kept, name, path):
    d = kept.get(name)
    for key in path.split('.'):
        d = d.get(key) if isinstance(d, dict) else None
    return d


def fill(d, kept, namespace):
    """The document with its holes filled from earlier answers; members without an answer go."""
    if isinstance(d, dict):
        out = {k: fill(v, kept, namespace) for k, v in d.items()}
        return {k: v for k, v in out.items() if v is not HOLE}
    if isinstance(d, list):
        return [fill(v, kept, namespace) for v in d]
    if isinstance(d, str):
        whole = HOLE.fullmatch(d)
        if whole:
            found = look_up(kept, *whole.groups())
            return HOLE if found is None else found
        return d.replace('$NS', namespace)
    return d


def catch_up(server, collection):
    """A list at resourceVersion=0 may be an old one: the real server answers it from a cache, which this fills."""
    revision = json.loads(server.ask('GET', collection)[1]).get('metadata', {}).get('resourceVersion')
    if revision:
        server.ask('GET', '%s?resourceVersion=%s&resourceVersionMatch=NotOlderThan' % (collection, revision))


def run_side(server, sequence, namespace):
    side, kept = compare.Side(), {}
    for q in sequence.requests:
        path = q['path'].replace('$NS', namespace)
        body = fill(q['body'], kept, namespace)
        if path.endswith('?resourceVersion=0'):
            catch_up(server, path.partition('?')[0])
        status, text, warnings = server.ask(q['method'], path, body, q['type'], q['accept'])
        if q['keep'] and status == 200:
            kept[q['keep']] = json.loads(text)
        side.hear(status, text, warnings)
    return side


def watch_side(server, sequence, namespace, side):
    """What a watch over the whole sequence says, ended by an object of our own."""
    kind = sequence.kind
    if not kind.namespaced:
        return
    path = kind.collection().replace('$NS', namespace)
    body = kind.document(kind.make(__import__('random').Random(1)), {'name': 'sentinel'})
    status, text, _ = server.ask('POST', path, body)
    if status != 201:
        raise RuntimeError('no sentinel: ' + text)
    events = server.watch(path + '?watch=1&resourceVersion=%s' % side.start, 'sentinel')
    for event in events:
        side.hear(200, json.dumps(event), [])


def run_both(servers, sequence, with_watch):
    """Returns what differs, as lines; servers are (real, ours)."""
    namespace, sides = 's%d' % sequence.seed, []
    for server in servers:
        status, text, _ = server.ask('POST', '/api/v1/namespaces', {
            'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': namespace}})
        if status not in (201, 409):
            raise RuntimeError('no namespace: ' + text)
        start = json.loads(text)['metadata'].get('resourceVersion', '1')
        side = run_side(server, sequence, namespace)
        side.start = start
        if with_watch:
            watch_side(server, sequence, namespace, side)
        sides.append(side)
    out = []
    real, ours = (s.comparable() for s in sides)
    for i in range(max(len(real), len(ours))):
        what = describe(sequence.requests[i]) if i < len(sequence.requests) else 'event %d' % (i - len(sequence.requests))
        if i >= len(real) or i >= len(ours):
            out.append('%s: %s | %s' % (what, compare.brief(real[i:i + 1]), compare.brief(ours[i:i + 1])))
            continue
        found = compare.differences(real[i], ours[i])
        out += ['%d %s: %s' % (i, what, line) for line in found]
    return out


def describe(q):
    body = '' if q['body'] is None else ' ' + (q['body'] if isinstance(q['body'], str) else json.dumps(q['body']))
    return '%s %s%s' % (q['method'], q['path'], body[:600])
