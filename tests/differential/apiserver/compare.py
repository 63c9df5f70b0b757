"""Answers of two API servers made comparable: what may differ is replaced by what it stands for."""
import json
import re

UID = re.compile(r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
TIME = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$')
AGE = re.compile(r'^\d+s$')
GENERATED = re.compile(r'\bgen-[bcdfghjklmnpqrstvwxz2456789]{5}\b')
PORTS = re.compile(r'^\d+:\d+/')
ADDRESS = re.compile(r'^10\.96\.\d+\.\d+$')
VERSIONS = re.compile(r'(?<=current: )\d+|(?<=in record \()\d+')


class Side:
    """What one server has said in one sequence. Versions are compared by their order, so all are collected first."""

    def __init__(self):
        self.uids, self.versions, self.answers = {}, set(), []

    def hear(self, status, body, warnings):
        document = body
        if isinstance(body, str) and body.startswith('{'):
            document = json.loads(body)
        self._collect(document)
        self.answers.append((status, document, sorted(warnings)))

    def _collect(self, d):
        if isinstance(d, dict):
            v = d.get('resourceVersion')
            if isinstance(v, str) and v.isdigit():
                self.versions.add(int(v))
            for k, x in d.items():
                if k != 'metadata' or not is_list(d):  # a list's version counts other people's writes, too
                    self._collect(x)
        elif isinstance(d, list):
            for x in d:
                self._collect(x)

    def comparable(self):
        ranks = {str(v): 'version-%d' % i for i, v in enumerate(sorted(self.versions))}
        return [[s, self._plain(b, ranks), [self._text(w) for w in w_]] for s, b, w_ in self.answers]

    def _cell(self, c, ranks):
        for pattern, what in ((AGE, 'AGE'), (ADDRESS, 'ADDRESS'), (TIME, 'TIME'), (PORTS, 'PORTS')):
            if isinstance(c, str) and pattern.match(c):
                return what
        return self._plain(c, ranks)

    def _text(self, s):
        s = UID.sub(lambda m: self.uids.setdefault(m.group(0), 'uid-%d' % len(self.uids)), s)
        return VERSIONS.sub('N', GENERATED.sub('gen-NAME', s))

    def _plain(self, d, ranks, key=None):
        if isinstance(d, dict):
            if d.get('reason') == 'Conflict' and d.get('details', {}).get('causes'):
                d = without_order(d)
            if is_list(d) and 'metadata' in d:
                d = dict(d, metadata={k: v for k, v in d['metadata'].items() if k != 'resourceVersion'})
            return {self._text(k): self._plain(v, ranks, k) for k, v in sorted(d.items()) if (k, v) != ('continue', '')}
        if d is None and key in ('items', 'rows'):
            return []
        if isinstance(d, list):
            if key == 'cells':
                return [self._cell(c, ranks) for c in d]
            if key == 'managedFields':  # sorted by times, which may lie on two sides of a second
                return sorted((self._plain(v, ranks) for v in d), key=entry_key)
            if key == 'columnDefinitions':
                return [{k: v for k, v in c.items() if k != 'description'} for c in d]
            return [self._plain(v, ranks, key if key in ('clusterIPs',) else None) for v in d]
        if key == 'nodePort':
            return 'PORT'
        if not isinstance(d, str):
            return d
        if key == 'resourceVersion':
            return ranks.get(d, d)
        if key == 'continue':
            return 'CONTINUE'
        if key in ('clusterIP', 'clusterIPs') and ADDRESS.match(d):
            return 'ADDRESS'
        if key in ('creationTimestamp', 'deletionTimestamp', 'time') and TIME.match(d):
            return 'TIME'
        return self._text(d)


def is_list(d):
    return 'items' in d or 'rows' in d


def without_order(status):
    """Conflicts come in the random order of a Go map of managers."""
    causes = sorted(status['details']['causes'], key=lambda c: (c.get('message', ''), c.get('field', '')))
    return dict(status, message=sorted(re.split(r'[\n,]|: (?=conflict)', status['message'])), details=dict(status['details'], causes=causes))


def entry_key(entry):
    return [str(entry.get(k)) for k in ('operation', 'manager', 'apiVersion', 'subresource')]


def differences(a, b, path=''):
    """Lines that say where two documents differ."""
    if type(a) is not type(b):
        return ['%s: %s | %s' % (path, brief(a), brief(b))]
    out = []
    if isinstance(a, dict):
        for k in sorted(set(a) | set(b)):
            if k not in a or k not in b:
                out.append('%s.%s: %s | %s' % (path, k, brief(a.get(k, '(none)')), brief(b.get(k, '(none)'))))
            else:
                out += differences(a[k], b[k], path + '.' + k)
    elif isinstance(a, list):
        if len(a) != len(b):
            return ['%s: %s | %s' % (path, brief(a), brief(b))]
        for i, (x, y) in enumerate(zip(a, b)):
            out += differences(x, y, '%s[%d]' % (path, i))
    elif a != b:
        out.append('%s: %s | %s' % (path, brief(a), brief(b)))
    return out


def brief(d):
    text = json.dumps(d, sort_keys=True)
    return text if len(text) < 700 else text[:700] + '…'
