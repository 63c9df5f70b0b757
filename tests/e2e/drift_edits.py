"""Objects with many owned fields, and edits of them whose findings are known beforehand.

Every edit says what `syncd drift` has to report: path, class and manager. A removal leaves no trace of who did it in managedFields,
unless the same manager wrote something else: its manager is not judged.
"""
import http.client
import json
import random
import ssl
import urllib.parse

GROUP = 'drift.example.com'

CRD = {
    'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition', 'metadata': {'name': 'things.' + GROUP},
    'spec': {
        'group': GROUP, 'scope': 'Namespaced', 'names': {'kind': 'Thing', 'listKind': 'ThingList', 'plural': 'things', 'singular': 'thing'},
        'versions': [{'name': 'v1', 'served': True, 'storage': True, 'subresources': {'status': {}}, 'schema': {'openAPIV3Schema': {
            'type': 'object', 'properties': {
                'spec': {'type': 'object', 'properties': {
                    'size': {'type': 'integer'}, 'flavor': {'type': 'string'}, 'mode': {'type': 'string', 'default': 'auto'},
                    'cpu': {'x-kubernetes-int-or-string': True},
                    'items': {'type': 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], 'items': {
                        'type': 'object', 'required': ['name'], 'properties': {
                            'name': {'type': 'string'}, 'value': {'type': 'integer'}, 'weight': {'type': 'integer', 'default': 1}}}},
                    'tags': {'type': 'array', 'x-kubernetes-list-type': 'set', 'items': {'type': 'string'}},
                    'args': {'type': 'array', 'items': {'type': 'string'}},
                    'where': {'type': 'object', 'x-kubernetes-map-type': 'atomic', 'additionalProperties': {'type': 'string'}},
                    'extra': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': True}}},
                'status': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': True}}}}}]}}

MERGE, JSON_PATCH, STRATEGIC = 'application/merge-patch+json', 'application/json-patch+json', 'application/strategic-merge-patch+json'


class Edit:
    def __init__(self, path, kind, patch, what='changed', back=None):
        self.path, self.kind, self.patch, self.what, self.back = path, kind, patch, what, back


def config_map(name):
    body = {'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'labels': {'team': 'a'}}, 'data': {'k%d' % i: 'v%d' % i for i in range(8)}}
    edits = [Edit('.data.k%d' % i, MERGE, {'data': {'k%d' % i: 'edited'}}) for i in range(4)]
    edits += [Edit('.data.k%d' % i, MERGE, {'data': {'k%d' % i: None}}, 'removed') for i in (4, 5)]
    edits.append(Edit('.data.k6', MERGE, {'data': {'k6': 'other'}}, 'taken', {'data': {'k6': 'v6'}}))
    edits.append(Edit('.metadata.labels.team', MERGE, {'metadata': {'labels': {'team': 'b'}}}))
    return 'api/v1', 'configmaps', body, edits


def secret(name):
    body = {'apiVersion': 'v1', 'kind': 'Secret', 'data': {'a': 'YQ=='}, 'stringData': {'b': 'bee'}}
    edits = [Edit('.data.a', MERGE, {'data': {'a': 'Yg=='}}), Edit('.data.b', MERGE, {'data': {'b': 'Yg=='}})]
    return 'api/v1', 'secrets', body, edits


def deployment(name):
    body = {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'labels': {'app': name}}, 'spec': {
        'replicas': 2, 'selector': {'matchLabels': {'app': name}}, 'template': {
            'metadata': {'labels': {'app': name, 'tier': 'web'}}, 'spec': {'containers': [
                {'name': 'app', 'image': 'app:1', 'args': ['-v'], 'env': [{'name': 'A', 'value': '1'}, {'name': 'B', 'value': '2'}],
                 'ports': [{'containerPort': 80}], 'resources': {'limits': {'cpu': '1000m', 'memory': '1024Mi'}, 'requests': {'cpu': 0.1}}},
                {'name': 'side', 'image': 'side:1'}]}}}}

    def container(name, **more):
        return {'spec': {'template': {'spec': {'containers': [dict(name=name, **more)]}}}}
    top = '.spec.template.spec.containers[name="app"]'
    edits = [
        Edit('.spec.replicas', MERGE, {'spec': {'replicas': 5}}),
        Edit(top + '.image', STRATEGIC, container('app', image='app:2')),
        Edit(top + '.env[name="A"].value', STRATEGIC, container('app', env=[{'name': 'A', 'value': 'x'}])),
        Edit(top + '.env[name="B"].value', STRATEGIC, container('app', env=[{'name': 'B', 'value': 'y'}])),
        Edit(top + '.resources.limits.cpu', STRATEGIC, container('app', resources={'limits': {'cpu': '777m'}})),
        Edit(top + '.args', STRATEGIC, container('app', args=['-q', '-x'])),
        Edit('.spec.template.spec.containers[name="side"].image', STRATEGIC, container('side', image='side:2')),
        Edit('.spec.template.metadata.labels.tier', MERGE, {'spec': {'template': {'metadata': {'labels': {'tier': 'db'}}}}}),
    ]
    return 'apis/apps/v1', 'deployments', body, edits


def service(name):
    body = {'apiVersion': 'v1', 'kind': 'Service', 'spec': {
        'selector': {'app': name, 'x': 'y'}, 'ports': [{'name': 'http', 'port': 80, 'targetPort': 8080}, {'name': 'dns', 'port': 53, 'protocol': 'UDP'}]}}
    edits = [
        Edit('.spec.ports[port=80,protocol="TCP"].targetPort', STRATEGIC, {'spec': {'ports': [{'port': 80, 'targetPort': 9999}]}}),
        Edit('.spec.ports[port=53,protocol="UDP"].name', STRATEGIC, {'spec': {'ports': [{'port': 53, 'name': 'names'}]}}),
        Edit('.spec.selector', MERGE, {'spec': {'selector': {'x': 'z'}}}),
    ]
    return 'api/v1', 'services', body, edits


def role(name):
    body = {'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': 'Role', 'rules': [{'apiGroups': [''], 'resources': ['pods'], 'verbs': ['get']}]}
    edits = [Edit('.rules', JSON_PATCH, [{'op': 'add', 'path': '/rules/0/verbs/-', 'value': 'delete'}])]
    return 'apis/rbac.authorization.k8s.io/v1', 'roles', body, edits


def thing(name):
    body = {'apiVersion': GROUP + '/v1', 'kind': 'Thing', 'spec': {
        'size': 3, 'flavor': 'big', 'cpu': '0.5', 'items': [{'name': n, 'value': i} for i, n in enumerate('abc')], 'tags': ['x', 'y', 'z'],
        'args': ['1', '2'], 'where': {'zone': '1'}, 'extra': {'deep': {'er': [1, 2]}, 'n': 1}}}
    edits = [
        Edit('.spec.size', MERGE, {'spec': {'size': 9}}),
        Edit('.spec.cpu', MERGE, {'spec': {'cpu': 3}}),
        Edit('.spec.items[name="a"].value', JSON_PATCH, [{'op': 'replace', 'path': '/spec/items/0/value', 'value': 77}]),
        Edit('.spec.tags[="z"]', JSON_PATCH, [{'op': 'remove', 'path': '/spec/tags/2'}], 'removed'),
        Edit('.spec.args', MERGE, {'spec': {'args': ['1']}}),
        Edit('.spec.where', MERGE, {'spec': {'where': {'zone': '2'}}}),
        Edit('.spec.extra.n', MERGE, {'spec': {'extra': {'n': 2}}}),
        Edit('.spec.extra.deep.er', MERGE, {'spec': {'extra': {'deep': {'er': [3]}}}}),
        Edit('.spec.flavor', MERGE, {'spec': {'flavor': None}}, 'removed'),
        Edit('.spec.items[name="c"]', JSON_PATCH, [{'op': 'remove', 'path': '/spec/items/2'}], 'removed'),
    ]
    return 'apis/%s/v1' % GROUP, 'things', body, edits


def pods_of_others(name):
    """How many there are is somebody else's word: Git does not state it."""
    body = {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'spec': {'selector': {'matchLabels': {'app': name}}, 'template': {
        'metadata': {'labels': {'app': name}}, 'spec': {'containers': [{'name': 'app', 'image': 'app:1'}]}}}}
    return 'apis/apps/v1', 'deployments', body, lambda n: {'spec': {'replicas': n % 7 + 1}}


def webhook(name):
    """Its certificate is written by whoever issues it. Its rule meets no object."""
    body = {'apiVersion': 'admissionregistration.k8s.io/v1', 'kind': 'ValidatingWebhookConfiguration', 'webhooks': [{
        'name': 'a.example.com', 'sideEffects': 'None', 'admissionReviewVersions': ['v1'], 'failurePolicy': 'Ignore',
        'clientConfig': {'service': {'name': 's', 'namespace': 'default'}},
        'rules': [{'apiGroups': ['nowhere.example.com'], 'apiVersions': ['v1'], 'operations': ['CREATE'], 'resources': ['nothings']}]}]}
    return 'apis/admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', body, lambda n: {'webhooks': [dict(
        body['webhooks'][0], clientConfig={'service': {'name': 's', 'namespace': 'default'}, 'caBundle': CERTIFICATES[n % 2]})]}


CERTIFICATES = ['LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=', 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM=']
KINDS = [config_map, secret, deployment, service, role, thing]
MANAGERS = ['kubectl-edit', 'kubectl-patch', 'hpa', 'operator', 'Mozilla', 'terraform', 'argocd-controller']


class Api:
    """One kept connection to a real API server."""

    def __init__(self, cluster):
        context = ssl.create_default_context(cafile=cluster.ca)
        self.connection = http.client.HTTPSConnection('127.0.0.1', cluster.port, context=context, timeout=30)
        self.token = cluster.token

    def call(self, method, path, body=None, kind='application/json', manager=None, **query):
        if manager:
            query['fieldManager'] = manager
        if query:
            path += '?' + urllib.parse.urlencode(query)
        text, headers = json.dumps(body) if body is not None else None, {'Authorization': 'Bearer ' + self.token, 'Content-Type': kind}
        try:
            self.connection.request(method, path, body=text, headers=headers)
        except OSError:  # closed while it was idle
            self.connection.close()
            self.connection.request(method, path, body=text, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise AssertionError('%s %s answers %d: %s' % (method, path, answer.status, text[:300]))
        return json.loads(text)


class Fleet:
    """`count` objects in one namespace, and edits drawn from a seed; every edit is used once. `spare` more are not drawn from."""

    def __init__(self, space, count, seed, spare=0):
        self.space, self.random, self.objects, self.open = space, random.Random(seed), [], []
        for number in range(count + spare):
            kind = KINDS[number % len(KINDS)]
            name = '%s-%d' % (kind.__name__.replace('_', ''), number)
            prefix, plural, body, edits = kind(name)
            metadata = body.setdefault('metadata', {})
            metadata.update(name=name, namespace=space)
            url = '/%s/namespaces/%s/%s/%s' % (prefix, space, plural, name)
            self.objects.append((url, body))
            self.random.shuffle(edits)
            # Items of lists are taken away by their place: what counts places comes first, from the end.
            edits.sort(key=lambda e: e.kind == JSON_PATCH and e.what == 'removed' and 'items' in e.path, reverse=False)
            self.open.append([(url, body['kind'], name, e) for e in edits])
        self.spare, self.open = self.open[count:], self.open[:count]
        self.others = [self.other(make, number) for number, make in enumerate((pods_of_others, webhook))]

    def other(self, make, number):
        """An object of which others write what Git does not state: (url, body, n -> patch)."""
        name = '%s-%d' % (make.__name__.replace('_', ''), number)
        prefix, plural, body, patch = make(name)
        namespaced = make is not webhook
        body['metadata'] = {'name': name, 'namespace': self.space} if namespaced else {'name': name}
        return '/%s/%s%s/%s' % (prefix, 'namespaces/%s/' % self.space if namespaced else '', plural, name), body, patch

    def manifests(self):
        return '\n---\n'.join(json.dumps(body) for body in [o[1] for o in self.objects] + [o[1] for o in self.others]) + '\n'

    def draw(self, count):
        """Up to `count` edits that were not drawn before."""
        drawn = []
        while len(drawn) < count and any(self.open):
            edits = self.random.choice([e for e in self.open if e])
            drawn.append(edits.pop(0))
        return drawn

    def make(self, api, drawn, how=None, change=lambda url: url):
        """Carries them out, each by a manager drawn and by `how`: [(kind, name, path, class, manager or None)]."""
        expected = []
        for url, kind, name, edit in drawn:
            manager, by = self.random.choice(MANAGERS), how or patched
            if by is forged:
                manager = OURS
            for body in (edit.patch, edit.back):
                if body is not None:
                    by(api, change(url), body, edit.kind, manager)
            what = 'impostor' if by is forged and edit.what != 'removed' else edit.what
            expected.append((kind, name, edit.path, what, None if edit.what == 'removed' else manager))
        return expected


OURS = 'syncd'


def patched(api, url, body, kind, manager):
    api.call('PATCH', url, body, kind, manager)


def forged(api, url, body, kind, manager):
    """Under our name, by an update."""
    api.call('PATCH', url, body, kind, manager)


def replaced(api, url, body, kind, manager):
    """By a PUT of the whole object, as `kubectl replace` does."""
    while True:
        whole = api.call('PATCH', url, body, kind, manager, dryRun='All')
        whole['metadata'].pop('managedFields')
        whole['metadata']['resourceVersion'] = api.call('GET', url)['metadata']['resourceVersion']
        try:
            return api.call('PUT', url, whole, manager=manager)
        except AssertionError as e:
            if ' answers 409: ' not in str(e):
                raise


def cleared(api, url, manager):
    api.call('PATCH', url, [{'op': 'replace', 'path': '/metadata/managedFields', 'value': [{}]}], JSON_PATCH, manager)


def read_drift(daemon):
    """The findings of the running daemon: {(kind, name, path): row}."""
    try:
        with open(daemon.state + '/drift.json') as f:
            document = json.load(f)
    except (OSError, ValueError):
        return {}
    return {(row['kind'], row['name'], row.get('path', '')): row for row in document['drift']}


def compare(expected, found):
    """What is wrong, as lines: missed, of another class, by another manager, and what nobody did."""
    wrong, wanted = [], set()
    for kind, name, path, what, manager in expected:
        wanted.add((kind, name, path))
        row = found.get((kind, name, path))
        if row is None:
            wrong.append('missed: %s %s %s' % (kind, name, path))
        elif row['class'] != what:
            wrong.append('%s %s %s is %s, not %s' % (kind, name, path, row['class'], what))
        elif manager is not None and row.get('manager') != manager:
            wrong.append('%s %s %s was not written by %s: %s' % (kind, name, path, manager, row.get('manager')))
    wrong += ['nobody did: %s %s %s (%s)' % (*key, found[key]['class']) for key in found if key not in wanted]
    return wrong
