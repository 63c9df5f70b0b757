"""Random sequences of requests, made from a seed. A request is a dict:

    method, path ($NS is the sequence's namespace), body (a document or text), type, accept
    keep     remember the answer under this name; body and path may say ${name.metadata.uid}
"""
import copy
import random

JSON = 'application/json'
MERGE = 'application/merge-patch+json'
PATCH = 'application/json-patch+json'
STRATEGIC = 'application/strategic-merge-patch+json'
APPLY = 'application/apply-patch+yaml'
TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
PARTIAL = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json'
PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'


def some(r, **choices):
    """A document with some of the members; a member is a list of possible values."""
    return {k: copy.deepcopy(r.choice(v)) for k, v in choices.items() if r.random() < 0.5}


def labels(r):
    return some(r, a=['1', '2'], b=['x', 'y', ''], **{'app.kubernetes.io/name': ['n']})


def metadata(r, name):
    m = {'name': name}
    if r.random() < 0.4:
        m['labels'] = labels(r)
    if r.random() < 0.3:
        m['annotations'] = some(r, note=['one', 'two'], **{'example.com/x': ['y', '']})
    if r.random() < 0.12:
        m['finalizers'] = r.choice([['example.com/hold'], ['example.com/a', 'example.com/b'], []])
    return m


def wrong_metadata(r, name):
    m = metadata(r, name)
    m.update(r.choice([
        {'name': 'Bad_Name'}, {'name': ''}, {'name': 'x' * 254}, {'labels': {'a': 'b c'}}, {'labels': {'-a': 'b'}},
        {'annotations': {'a b': ''}}, {'finalizers': ['nodomain']}, {'labels': {'k': 'v' * 64}},
        {'namespace': 'elsewhere'}, {'resourceVersion': '1'}, {'unknown': 1}, {'labels': None},
        {'ownerReferences': [{'apiVersion': 'v1', 'kind': 'ConfigMap', 'name': 'a', 'uid': ''}]},
        {'creationTimestamp': None}, {'generation': 7}, {'uid': 'u'}, {'selfLink': '/x'}]))
    return m


# -- kinds ---------------------------------------------------------------------------------------------------------
def configmap(r):
    return some(r, data=[{'a': 'b'}, {'a': 'c', 'd': 'e'}, {}, None, {'x.y': 'z', 'n': ''}],
                binaryData=[{'q': 'AQID'}, {}], immutable=[False, False, True])


def secret(r):
    return some(r, data=[{'a': 'Yg=='}, {}], stringData=[{'c': 'd'}, {'a': 'over'}], type=['Opaque', 'example.com/t', ''])


def account(r):
    return some(r, automountServiceAccountToken=[True, False], imagePullSecrets=[[{'name': 'p'}], []],
                secrets=[[{'name': 's1'}, {'name': 's2'}]])


def lease(r):
    return {'spec': some(r, holderIdentity=['me', ''], leaseDurationSeconds=[15, 30, 0],
                         renewTime=['2026-01-02T03:04:05.000006Z'], leaseTransitions=[0, 2])}


def role(r):
    return some(r, rules=[[], None, [{'apiGroups': [''], 'resources': ['pods'], 'verbs': ['get', 'list']}]])


def binding(r):
    return {'roleRef': {'kind': r.choice(['Role', 'ClusterRole']), 'name': r.choice(['r', 'q']),
                        **some(r, apiGroup=['rbac.authorization.k8s.io'])},
            **some(r, subjects=[[{'kind': 'User', 'name': 'u'}], [{'kind': 'ServiceAccount', 'name': 's', 'namespace': 'n'}],
                                [{'kind': 'Group', 'name': 'g', 'apiGroup': 'rbac.authorization.k8s.io'}], []])}


def container(r, name):
    return {'name': name, 'image': r.choice(['nginx', 'nginx:1.2', 'reg:5000/a/b', 'a@sha256:' + '0' * 64, 'x:latest']),
            **some(r, ports=[[{'containerPort': 80 if name == 'c' else 81}], [{'containerPort': 53 if name == 'c' else 54, 'protocol': 'UDP', 'name': 'dns-' + name}, {'containerPort': 55 if name == 'c' else 56}]],
                   env=[[{'name': 'A', 'value': 'B'}], [{'name': 'E'}, {'name': 'F', 'valueFrom': {'fieldRef': {'fieldPath': 'metadata.name'}}}]],
                   resources=[{'requests': {'cpu': '0.5', 'memory': '1024Mi'}}, {'limits': {'cpu': 1, 'memory': '1.5Gi'}}, {}],
                   livenessProbe=[{'httpGet': {'port': 80}}, {'tcpSocket': {'port': 'web'}, 'periodSeconds': 3}],
                   volumeMounts=[[{'name': 'v', 'mountPath': '/v'}]], args=[['a', 'b'], []], tty=[False, True],
                   imagePullPolicy=['Always', 'Never'])}


def deployment(r):
    names = r.choice([['c'], ['c', 'd'], ['d', 'c']])
    pod = {'containers': [container(r, n) for n in names],
           'volumes': [{'name': 'v', **r.choice([{'emptyDir': {}}, {'configMap': {'name': 'cm'}}, {'secret': {'secretName': 's'}},
                                                 {'hostPath': {'path': '/x'}}])}],
           **some(r, serviceAccountName=['sa'], hostNetwork=[False], restartPolicy=['Always'],
                  nodeSelector=[{'a': 'b'}], terminationGracePeriodSeconds=[0, 5])}
    return {'spec': {'selector': {'matchLabels': {'app': 'x'}},
                     'template': {'metadata': {'labels': {'app': 'x'}}, 'spec': pod},
                     **some(r, replicas=[0, 2], paused=[False, True], minReadySeconds=[0, 3],
                            strategy=[{'type': 'Recreate'}, {}, {'rollingUpdate': {'maxSurge': 1}}],
                            revisionHistoryLimit=[0, 5])}}


def service(r):
    ports = r.choice([[{'port': 80}], [{'name': 'a', 'port': 80, 'targetPort': 'web'}, {'name': 'b', 'port': 81, 'protocol': 'UDP'}]])
    return {'spec': {'ports': ports, **some(r, selector=[{'app': 'x'}], type=['ClusterIP', 'ClusterIP', 'NodePort'],
                                            sessionAffinity=['None', 'ClientIP'])}}


def part(r, name):
    return {'name': name, **some(r, kind=['a', 'b'], count=[1, 2], notes=[{'k': 'v'}, {}])}


def widget(r):
    spec = {'size': r.choice([0, 1, 5, 10]), **some(
        r, color=['red', 'green'], code=['ab', 'abcd'], title=['good', 'fine'], ratio=[0.5, 2, 1.5], enabled=[True, False],
        maybe=[None, 'x'], port=[80, 'http'], when=['2020-01-02T03:04:05Z'], tags=[['a'], ['a', 'b'], ['b', 'c'], []],
        plain=[[1, 2], []], parts=[[part(r, 'p')], [part(r, 'p'), part(r, 'q')], []], limits=[{'cpu': 1}, {'cpu': 2, 'mem': 3}, {}],
        sealed=[{'a': '1'}, {'a': '1', 'b': '2'}], deep=[{}, {'inner': {}}, {'inner': {'y': 3}, 'mode': 'hard'}],
        free=[{'anything': [1, {'x': None}]}, {'known': 3, 'more': 'm'}], replicas=[0, 1, 3])}
    return {'spec': spec, **some(r, status=[{'phase': 'Wrong'}])}


def wrong_widget(r):
    w = widget(r)
    w['spec'].update(r.choice([
        {'size': -1}, {'size': 11}, {'size': 'five'}, {'size': 1.5}, {'color': 'pink'}, {'code': 'ABC'}, {'title': 'x'},
        {'title': 'much too long'}, {'ratio': 0.3}, {'enabled': 'yes'}, {'port': True}, {'when': 'never'},
        {'tags': ['a', 'a']}, {'tags': ['a', 'b', 'c', 'd', 'e']}, {'parts': [{'name': 'p'}, {'name': 'p'}]},
        {'parts': [{'kind': 'a'}]}, {'unknown': 1}, {'deep': {'inner': {'zz': 1}}}, {'plain': ['x']}, {'limits': {'cpu': 'x'}},
        {'size': None}, {'color': None}, {'deep': None}, {'parts': None}, {'tags': 'a'}, {'sealed': []}]))
    if r.random() < 0.2:
        del w['spec']['size']
    return w


def gadget(r):
    return some(r, spec=[{'a': 1, 'b': [1, 2]}, {'a': 2}, {'list': [{'name': 'x'}]}, {}], status=[{'s': 1}, {'s': 2}], other=['x', None, 3])


def zone(r):
    return some(r, spec=[{'cidr': '10.0.0.0/8'}, {'cidr': 'b', 'extra': 'e'}, {}])


class Kind:
    def __init__(self, group, kind, plural, make, wrong=None, namespaced=True, version='v1', status=False, scale=False,
                 builtin=True):
        self.kind, self.plural, self.make, self.wrong = kind, plural, make, wrong
        self.api_version = group + '/' + version if group else version
        self.base = ('/apis/' if group else '/api/') + self.api_version
        self.namespaced, self.status, self.scale, self.builtin = namespaced, status, scale, builtin

    def collection(self):
        return self.base + ('/namespaces/$NS/' if self.namespaced else '/') + self.plural

    def document(self, body, meta):
        return {'apiVersion': self.api_version, 'kind': self.kind, 'metadata': meta, **body}


KINDS = [
    Kind('', 'ConfigMap', 'configmaps', configmap),
    Kind('', 'ConfigMap', 'configmaps', configmap),
    Kind('', 'Secret', 'secrets', secret),
    Kind('', 'ServiceAccount', 'serviceaccounts', account),
    Kind('coordination.k8s.io', 'Lease', 'leases', lease),
    Kind('rbac.authorization.k8s.io', 'Role', 'roles', role),
    Kind('rbac.authorization.k8s.io', 'RoleBinding', 'rolebindings', binding),
    Kind('apps', 'Deployment', 'deployments', deployment, status=True, scale=True),
    Kind('', 'Service', 'services', service, status=True),
    Kind('test.example.com', 'Widget', 'widgets', widget, wrong_widget, status=True, scale=True, builtin=False),
    Kind('test.example.com', 'Widget', 'widgets', widget, wrong_widget, status=True, scale=True, builtin=False),
    Kind('test.example.com', 'Widget', 'widgets', widget, wrong_widget, status=True, scale=True, builtin=False),
    Kind('test.example.com', 'Gadget', 'gadgets', gadget, builtin=False),
    Kind('other.example.com', 'Zone', 'zones', zone, namespaced=False, builtin=False),
    Kind('other.example.com', 'Zone', 'zones', zone, namespaced=False, builtin=False, version='v1beta1'),
]


class Sequence:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.seed = seed
        self.kind = self.r.choice(KINDS)
        self.requests = []
        self.names = ['one', 'two'] if self.kind.namespaced else ['$NS-one', '$NS-two']
        self.kept = 0

    def add(self, method, path, body=None, type=JSON, accept=None, keep=None):
        self.requests.append({'method': method, 'path': path, 'body': body, 'type': type, 'accept': accept, 'keep': keep})

    def query(self, apply=False):
        r, parts = self.r, []
        if apply:
            parts.append('fieldManager=' + r.choice(['m1', 'm2', 'm3']))
            if r.random() < 0.25:
                parts.append('force=true')
        elif r.random() < 0.3:
            parts.append('fieldManager=' + r.choice(['m1', 'edit']))
        if r.random() < 0.1:
            parts.append('dryRun=All')
        if r.random() < 0.2:
            parts.append('fieldValidation=' + r.choice(['Strict', 'Warn', 'Ignore']))
        return '?' + '&'.join(parts) if parts else ''

    def name(self):
        return self.r.choice(self.names)

    def body(self, name, right=0.85):
        r = self.r
        if r.random() > right:
            if self.kind.wrong and r.random() < 0.7:
                return self.kind.document(self.kind.wrong(r), metadata(r, name))
            return self.kind.document(self.kind.make(r), wrong_metadata(r, name))
        document = self.kind.document(self.kind.make(r), metadata(r, name))
        if r.random() < 0.05:
            document[r.choice(['extra', 'zzz'])] = r.choice([1, {'a': 'b'}, None])
        return document

    # -- steps -----------------------------------------------------------------------------------------------------
    def create(self):
        document = self.body(self.name())
        if self.r.random() < 0.05:
            document['metadata'].pop('name', None)
            document['metadata']['generateName'] = 'gen-'
        self.add('POST', self.kind.collection() + self.query(), document)

    def get(self):
        self.add('GET', self.kind.collection() + '/' + self.name(), accept=self.r.choice([None, None, TABLE, PARTIAL]))

    def list(self):
        r = self.r
        options = r.choice(['', '', '?labelSelector=a%3D1', '?labelSelector=a+in+(1,2),!zz', '?labelSelector=b%21%3Dx',
                            '?fieldSelector=metadata.name%3Done', '?limit=1', '?labelSelector=a', '?resourceVersion=0',
                            '?fieldSelector=metadata.name%21%3Done,metadata.namespace%3D$NS'])
        if not self.kind.namespaced:
            options = '?fieldSelector=metadata.name%3D' + self.name()
        self.add('GET', self.kind.collection() + options, accept=r.choice([None, None, TABLE, PARTIAL_LIST]))

    def put(self):
        r, name = self.r, self.name()
        keep = 'k%d' % self.kept
        self.kept += 1
        path = self.kind.collection() + '/' + name
        self.add('GET', path, keep=keep)
        document = self.body(name)
        meta = document['metadata']
        if r.random() < 0.75:
            meta['resourceVersion'] = '${%s.metadata.resourceVersion}' % keep
        if r.random() < 0.2:
            meta['uid'] = '${%s.metadata.uid}' % keep
        if r.random() < 0.3:
            meta['managedFields'] = '${%s.metadata.managedFields}' % keep
        if r.random() < 0.04:
            document['metadata']['name'] = 'other'
        self.add('PUT', path + self.query(), document)

    def apply(self):
        name = self.name()
        document = self.body(name, right=0.92)
        for key in ('creationTimestamp', 'uid', 'selfLink', 'generation'):
            document['metadata'].pop(key, None)
        self.add('PATCH', self.kind.collection() + '/' + name + self.query(apply=True), document, APPLY)

    def merge(self):
        r, name = self.r, self.name()
        document = self.body(name)
        for key in ('apiVersion', 'kind'):
            document.pop(key)
        document['metadata'].pop('name', None)
        document['metadata'].pop('namespace', None)
        for key in list(document):
            if r.random() < 0.25:
                document[key] = None if r.random() < 0.3 and key != 'metadata' else document[key]
        kinds = [MERGE, STRATEGIC] if self.kind.builtin else [MERGE, MERGE, MERGE, STRATEGIC]
        self.add('PATCH', self.kind.collection() + '/' + name + self.query(), document, r.choice(kinds))

    def json_patch(self):
        r = self.r
        operations = [r.choice([
            {'op': 'add', 'path': '/metadata/labels', 'value': {'j': 'p'}},
            {'op': 'add', 'path': '/metadata/labels/k', 'value': 'v'},
            {'op': 'remove', 'path': '/metadata/labels'}, {'op': 'remove', 'path': '/metadata/finalizers'},
            {'op': 'replace', 'path': '/metadata/annotations', 'value': {'r': 's'}},
            {'op': 'test', 'path': '/metadata/name', 'value': 'one'},
            {'op': 'add', 'path': '/spec/size', 'value': 3}, {'op': 'add', 'path': '/data/j', 'value': 'p'},
            {'op': 'copy', 'from': '/metadata/labels', 'path': '/metadata/annotations'},
            {'op': 'add', 'path': '/spec/tags/-', 'value': 'z'}, {'op': 'remove', 'path': '/spec/parts/0'},
        ]) for _ in range(r.choice([1, 1, 2]))]
        self.add('PATCH', self.kind.collection() + '/' + self.name() + self.query(), operations, PATCH)

    def delete(self):
        r = self.r
        options = r.choice([None, None, None, {'propagationPolicy': 'Background'}, {'propagationPolicy': 'Foreground'},
                            {'propagationPolicy': 'Orphan'}, {'preconditions': {'uid': 'wrong'}},
                            {'preconditions': {'resourceVersion': '1'}}, {'dryRun': ['All']}, {'gracePeriodSeconds': 0},
                            {'propagationPolicy': 'Never'}])
        if options is not None:
            options = {'kind': 'DeleteOptions', 'apiVersion': 'v1', **options}
        self.add('DELETE', self.kind.collection() + '/' + self.name(), options)

    def release(self):
        self.add('PATCH', self.kind.collection() + '/' + self.name(), {'metadata': {'finalizers': None}}, MERGE)

    def status(self):
        r, name = self.r, self.name()
        if not self.kind.status:
            return
        path = self.kind.collection() + '/' + name + '/status'
        status = r.choice([{'replicas': 2}, {'phase': 'Up'}, {'conditions': [{'type': 'Ready', 'status': 'True'}]}, {},
                           {'conditions': [{'type': 'Ready', 'status': 'False'}, {'type': 'Other', 'status': 'x'}], 'replicas': 1}])
        if self.kind.kind == 'Service':
            status = {'loadBalancer': {'ingress': [{'ip': '1.2.3.4'}]}}
        elif self.kind.kind == 'Deployment':
            status = r.choice([{'replicas': 2, 'observedGeneration': 1}, {'readyReplicas': 1, 'replicas': 1}])
        how = r.choice([MERGE, APPLY, 'GET'])
        if how == 'GET':
            self.add('GET', path)
        elif how == MERGE:
            self.add('PATCH', path + self.query(), {'status': status, 'metadata': {'labels': {'st': 'x'}}}, MERGE)
        else:
            self.add('PATCH', path + self.query(apply=True), self.kind.document({'status': status}, {'name': name}), APPLY)

    def scale(self):
        r = self.r
        if not self.kind.scale:
            return
        path = self.kind.collection() + '/' + self.name() + '/scale'
        if r.random() < 0.5:
            self.add('GET', path)
        else:
            self.add('PATCH', path + self.query(), {'spec': {'replicas': r.choice([0, 2, 4, -1])}}, MERGE)

    def odd(self):
        r, base = self.r, self.kind.collection()
        method, path, body, type = r.choice([
            ('GET', base + '/one/nothing', None, JSON), ('POST', base + '/one', {}, JSON), ('PUT', base, {}, JSON),
            ('GET', self.kind.base + '/nothings', None, JSON), ('POST', base, 'not json', JSON), ('POST', base, '', JSON),
            ('POST', base, {'kind': 'Other', 'apiVersion': self.kind.api_version, 'metadata': {'name': 'one'}}, JSON),
            ('POST', base, {'kind': self.kind.kind, 'apiVersion': 'wrong/v1', 'metadata': {'name': 'one'}}, JSON),
            ('PATCH', base + '/one', {}, 'text/plain'), ('PATCH', base + '/one', {}, APPLY),
            ('PATCH', base + '/one', [], MERGE), ('GET', base + '?labelSelector=a%20b%20c', None, JSON),
            ('GET', base + '?fieldSelector=no.such%3Dx', None, JSON), ('GET', base + '?limit=x', None, JSON),
            ('POST', base + '?dryRun=maybe', {}, JSON), ('DELETE', base + '?labelSelector=a%3D1', None, JSON),
            ('POST', base.replace('$NS', 'absent'), self.kind.document(self.kind.make(r), {'name': 'one'}), JSON),
            ('PATCH', base + '/one?force=true', {}, MERGE), ('PATCH', base + '/one?fieldManager=x', 'a: [', APPLY),
            ('GET', base + '?resourceVersionMatch=Exact', None, JSON),
        ])
        if method == 'DELETE' and not self.kind.namespaced:
            return
        self.add(method, path, body, type)

    def make(self):
        r = self.r
        if r.random() < 0.8:
            self.add('POST', self.kind.collection(), self.kind.document(self.kind.make(r), metadata(r, self.names[0])))
        steps = [(self.create, 4), (self.get, 1), (self.list, 2), (self.put, 4), (self.apply, 7), (self.merge, 4),
                 (self.json_patch, 2), (self.delete, 2), (self.release, 1), (self.status, 3), (self.scale, 1), (self.odd, 1)]
        for _ in range(r.randint(4, 10)):
            r.choices([s for s, _ in steps], [w for _, w in steps])[0]()
        self.add('GET', self.kind.collection() + ('' if self.kind.namespaced else '?fieldSelector=metadata.name%3D' + self.names[0]))
        return self
