"""Random kustomization trees: valid most of the time, odd some of the time. A seed makes a tree."""
import copy
import random

import yaml

NAMES = ['web', 'api', 'db', 'cache', 'job-a', 'x']
NAMESPACES = ['team-a', 'team-b', 'default']
KEYS = ['app', 'tier', 'team', 'app.kubernetes.io/name']
WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod']


class Dumper(yaml.SafeDumper):
    """PyYAML takes y and n for text; go-yaml's reader for booleans."""


def write_text(dumper, text):
    return dumper.represent_scalar('tag:yaml.org,2002:str', text, style='"' if text in ('y', 'n', 'Y', 'N') else None)


Dumper.add_representer(str, write_text)


def dump(document):
    return yaml.dump(document, Dumper=Dumper, default_flow_style=False, sort_keys=False)


class Tree:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.files = {}
        self.seen = {}  # directory -> its objects, as written
        self.directories = 0
        self.made = 0
        self.used = set()  # (kind, name): names are used once, nearly always

    def chance(self, share):
        return self.r.random() < share

    def pick(self, items):
        return self.r.choice(items)

    def some(self, items, most=3):
        return self.r.sample(items, self.r.randint(1, min(most, len(items))))

    def labels(self):
        return {k: self.pick(['a', 'b', 'true', '1', 'web']) for k in self.some(KEYS, 2)}

    def metadata(self, name):
        m = {'name': name}
        if self.chance(0.3):
            m['namespace'] = self.pick(NAMESPACES)
        if self.chance(0.4):
            m['labels'] = self.labels()
        if self.chance(0.25):
            m['annotations'] = {'note': self.pick(['x', 'y: z', '2024-01-02', 'on']), 'm': '1'}
        return m

    def container(self, name):
        c = {'name': name, 'image': self.pick(['nginx', 'nginx:1.2', 'reg.io:5000/team/web:v1', 'redis@sha256:abcd', 'busybox'])}
        if self.chance(0.5):
            c['env'] = [self.variable(n) for n in self.some(['A', 'B', 'C', 'D'])]
        if self.chance(0.3):
            c['envFrom'] = [{self.pick(['configMapRef', 'secretRef']): {'name': self.pick(NAMES)}}]
        if self.chance(0.4):
            c['ports'] = [self.port(p) for p in self.some([80, 8080, 9090])]
        if self.chance(0.3):
            c['volumeMounts'] = [{'name': n, 'mountPath': '/' + n} for n in self.some(['v1', 'v2', 'cfg'])]
        if self.chance(0.3):
            c['args'] = self.some(['--a', '--b=$(HOST)', '$(PORT)', '$$(X)'])
        if self.chance(0.2):
            c['resources'] = {'limits': {'cpu': self.pick(['1', '500m']), 'memory': '1Gi'}}
        return c

    def variable(self, name):
        if self.chance(0.3):
            key = self.pick(['configMapKeyRef', 'secretKeyRef'])
            return {'name': name, 'valueFrom': {key: {'name': self.pick(NAMES), 'key': 'k'}}}
        return {'name': name, 'value': self.pick(['v', '$(HOST)', 'x-$(HOST)-y', '8080', 'a:b:c'])}

    def port(self, number):
        p = {'containerPort': number}
        if self.chance(0.5):
            p['protocol'] = self.pick(['TCP', 'UDP'])
        if self.chance(0.3):
            p['name'] = 'p%d' % number
        return p

    def pod(self):
        s = {'containers': [self.container(n) for n in self.some(['main', 'side', 'log'])]}
        if self.chance(0.2):
            s['initContainers'] = [self.container('init')]
        if self.chance(0.3):
            s['serviceAccountName'] = self.pick(NAMES)
        if self.chance(0.4):
            s['volumes'] = [self.volume(n) for n in self.some(['v1', 'v2', 'cfg'])]
        if self.chance(0.15):
            s['tolerations'] = [{'key': k, 'operator': 'Exists'} for k in self.some(['k1', 'k2'])]
        if self.chance(0.15):
            s['imagePullSecrets'] = [{'name': self.pick(NAMES)}]
        if self.chance(0.1):
            s['topologySpreadConstraints'] = [{'maxSkew': 1, 'topologyKey': 'zone', 'whenUnsatisfiable': 'DoNotSchedule',
                                               'labelSelector': {'matchLabels': {'app': 'web'}}}]
        return s

    def volume(self, name):
        source = self.pick([{'emptyDir': {}}, {'configMap': {'name': self.pick(NAMES)}}, {'secret': {'secretName': self.pick(NAMES)}},
                            {'persistentVolumeClaim': {'claimName': self.pick(NAMES)}},
                            {'projected': {'sources': [{'configMap': {'name': self.pick(NAMES)}}]}}])
        return dict({'name': name}, **copy.deepcopy(source))

    def template(self):
        t = {'spec': self.pod()}
        if self.chance(0.8):
            t['metadata'] = {'labels': {'app': 'web'}}
        return t

    def workload(self, kind, name):
        spec = {}
        api = {'Pod': 'v1', 'Job': 'batch/v1', 'CronJob': 'batch/v1'}.get(kind, 'apps/v1')
        if kind == 'Pod':
            spec = self.pod()
        elif kind == 'CronJob':
            spec = {'schedule': '* * * * *', 'jobTemplate': {'spec': {'template': self.template()}}}
        else:
            spec = {'template': self.template()}
            if kind != 'Job' and self.chance(0.8):
                spec['selector'] = {'matchLabels': {'app': 'web'}}
            if kind in ('Deployment', 'StatefulSet', 'ReplicaSet') and self.chance(0.5):
                spec['replicas'] = self.r.randint(0, 5)
            if kind == 'StatefulSet':
                spec['serviceName'] = self.pick(NAMES)
                if self.chance(0.4):
                    spec['volumeClaimTemplates'] = [{'metadata': {'name': 'data'}, 'spec': {'storageClassName': 'fast'}}]
        return {'apiVersion': api, 'kind': kind, 'metadata': self.metadata(name), 'spec': spec}

    def service(self, name):
        return {'apiVersion': 'v1', 'kind': 'Service', 'metadata': self.metadata(name),
                'spec': {'selector': {'app': 'web'}, 'ports': [{'port': p, 'name': 'n%d' % p} for p in self.some([80, 443])]}}

    def binding(self, name):
        kind = self.pick(['RoleBinding', 'ClusterRoleBinding'])
        subject = {'kind': 'ServiceAccount', 'name': self.pick(NAMES + ['default'])}
        if self.chance(0.6):
            subject['namespace'] = self.pick(NAMESPACES)
        return {'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': kind, 'metadata': self.metadata(name),
                'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': self.pick(['Role', 'ClusterRole']), 'name': self.pick(NAMES)},
                'subjects': [subject]}

    def role(self, name):
        rule = {'apiGroups': [''], 'resources': ['configmaps'], 'verbs': ['get']}
        if self.chance(0.5):
            rule['resourceNames'] = self.some(NAMES)
        return {'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': self.pick(['Role', 'ClusterRole']),
                'metadata': self.metadata(name), 'rules': [rule]}

    def ingress(self, name):
        return {'apiVersion': 'networking.k8s.io/v1', 'kind': 'Ingress', 'metadata': self.metadata(name),
                'spec': {'rules': [{'host': 'h', 'http': {'paths': [{'path': '/', 'backend': {'service': {'name': self.pick(NAMES)}}}]}}],
                         'tls': [{'hosts': ['h'], 'secretName': self.pick(NAMES)}]}}

    def scaler(self, name):
        return {'apiVersion': 'autoscaling/v2', 'kind': 'HorizontalPodAutoscaler', 'metadata': self.metadata(name),
                'spec': {'scaleTargetRef': {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': self.pick(NAMES)}}}

    def webhook(self, name):
        service = {'name': self.pick(NAMES), 'path': '/v'}
        if self.chance(0.7):
            service['namespace'] = self.pick(NAMESPACES)
        return {'apiVersion': 'admissionregistration.k8s.io/v1', 'kind': 'ValidatingWebhookConfiguration', 'metadata': self.metadata(name),
                'webhooks': [{'name': 'w', 'clientConfig': {'service': service}}]}

    def plain(self, name):
        kind = self.pick(['ConfigMap', 'Secret', 'ServiceAccount', 'PersistentVolumeClaim', 'Namespace'])
        o = {'apiVersion': 'v1', 'kind': kind, 'metadata': self.metadata(name)}
        if kind == 'ConfigMap':
            o['data'] = {k: self.pick(['v', '1', 'true', 'two\nlines\n', '{"a": {"b": 1}}']) for k in self.some(['k', 'b', 'c.json'])}
        if kind == 'Secret':
            o['stringData'] = {'k': 'v'}
        if kind == 'Namespace':
            o['metadata'].pop('namespace', None)
        return o

    def custom(self, name):
        spec = {'size': self.r.randint(1, 9), 'ratio': self.pick([1.0, 2.5, 1e6]), 'open': self.chance(0.5),
                'list': self.some(['a', 'b', 'c']), 'items': [{'name': n, 'v': 1} for n in self.some(['i', 'j'])],
                'ref': {'name': self.pick(NAMES)}}
        if self.chance(0.2):
            spec['nothing'] = None
        if self.chance(0.3):
            spec['containers'] = [self.container('main')]
        return {'apiVersion': 'cluster.example.com/v1', 'kind': self.pick(['Machine', 'Cluster']), 'metadata': self.metadata(name), 'spec': spec}

    def definition(self, name):
        return {'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition',
                'metadata': {'name': '%ss.cluster.example.com' % name},
                'spec': {'group': 'cluster.example.com', 'names': {'kind': 'Machine', 'plural': name + 's'}, 'scope': 'Namespaced',
                         'versions': [{'name': 'v1', 'served': True}]}}

    def fresh_name(self, kind):
        free = [n for n in NAMES if (kind, n) not in self.used]
        name = self.pick(free) if free and self.chance(0.97) else self.pick(NAMES)
        self.used.add((kind, name))
        return name

    def thing(self):
        name = self.pick(NAMES)
        make = self.pick([self.service, self.binding, self.role, self.ingress, self.scaler, self.webhook, self.plain, self.plain,
                          self.plain, self.custom, self.custom, self.definition, None, None, None])
        o = make(name) if make else self.workload(self.pick(WORKLOADS), name)
        if o['kind'] != 'CustomResourceDefinition':
            o['metadata']['name'] = self.fresh_name(o['kind'])
        return o

    # Patches.

    def mutate(self, node, depth=0):
        """A patch for a node: some of its fields, other values, new fields, nulls, directives."""
        if isinstance(node, dict):
            keys = [k for k in node if k not in ('apiVersion', 'kind')]
            patch = {}
            for k in self.r.sample(keys, min(len(keys), self.r.randint(1, 2))) if keys else []:
                if self.chance(0.08):
                    patch[k] = None
                else:
                    patch[k] = self.mutate(node[k], depth + 1)
            if self.chance(0.15):
                patch[self.pick(['extra', 'replicas', 'labels'])] = self.pick(['x', 1, {'a': None, 'b': 'c'}, ['p']])
            if depth > 1 and self.chance(0.06):
                patch['$patch'] = self.pick(['replace', 'delete', 'merge'])
            if 'name' in node and depth > 1 and 'name' not in patch and self.chance(0.95):
                patch['name'] = node['name']
            return patch
        if isinstance(node, list):
            items = [self.mutate(i, depth + 1) for i in self.r.sample(node, self.r.randint(0, min(2, len(node))))]
            if node and isinstance(node[0], dict):
                for i in items:
                    for key in ('containerPort', 'mountPath', 'port'):
                        match = self.pick(node)
                        if key in match and key not in i and self.chance(0.9):
                            i[key] = match[key]
                if self.chance(0.4):
                    fresh = copy.deepcopy(self.pick(node))
                    if 'name' in fresh and self.chance(0.7):
                        fresh['name'] = 'fresh'
                    items.append(fresh)
                if self.chance(0.06):
                    items.append({'$patch': self.pick(['replace', 'delete'])})
            elif self.chance(0.5):
                items.append('fresh')
            self.r.shuffle(items)
            return items
        return self.pick(['changed', 7, True]) if self.chance(0.2) else \
            ('changed' if isinstance(node, str) else node if isinstance(node, bool) else 7)

    def target(self, o):
        t = {}
        name = o['metadata']['name']
        if self.chance(0.7):
            t['kind'] = self.pick([o['kind'], o['kind'], 'Deployment|' + o['kind'], '.*'])
        if self.chance(0.5) or not t:
            t['name'] = self.pick([name, name, name[0] + '.*', '.*', name + '|zz', 'no-such'])
        if self.chance(0.1):
            t['labelSelector'] = self.pick(['app=web', 'app', 'app in (a,b)', '!tier', 'tier!=a'])
        if self.chance(0.1):
            t['namespace'] = self.pick(NAMESPACES)
        if self.chance(0.1):
            t['annotationSelector'] = 'note=x'
        return t

    def operations(self, o):
        choices = [
            {'op': 'add', 'path': '/metadata/labels', 'value': {'patched': 'yes'}},
            {'op': 'add', 'path': '/metadata/annotations/p', 'value': 'q'},
            {'op': 'replace', 'path': '/metadata/name', 'value': 'renamed'},
            {'op': 'test', 'path': '/kind', 'value': o['kind']},
            {'op': 'copy', 'from': '/metadata/name', 'path': '/metadata/annotations/copied'},
            {'op': 'add', 'path': '/extra', 'value': {'a': '1', 'n': None, 'big': 12345678}},
        ]
        spec = o.get('spec', {})
        if 'list' in spec or self.chance(0.05):
            choices += [{'op': 'add', 'path': '/spec/list/-', 'value': 'z'}, {'op': 'remove', 'path': '/spec/list/0'},
                        {'op': 'move', 'from': '/spec/size', 'path': '/spec/moved'}]
        if 'containers' in spec.get('template', {}).get('spec', {}) or self.chance(0.05):
            choices += [{'op': 'add', 'path': '/spec/template/spec/containers/0/args', 'value': ['--x']},
                        {'op': 'replace', 'path': '/spec/template/spec/containers/0/image', 'value': 'new:1'}]
        if 'replicas' in spec:
            choices += [{'op': 'replace', 'path': '/spec/replicas', 'value': 3}, {'op': 'remove', 'path': '/spec/replicas'}]
        if spec and self.chance(0.1):
            choices += [{'op': 'remove', 'path': '/spec'}]
        return [copy.deepcopy(self.pick(choices)) for _ in range(self.r.randint(1, 3))]

    def merge_patch(self, o):
        patch = self.mutate(o)
        patch.update(apiVersion=o['apiVersion'], kind=o['kind'])
        meta = patch.get('metadata')
        patch['metadata'] = dict(meta) if isinstance(meta, dict) else {}
        patch['metadata']['name'] = o['metadata']['name']
        if 'namespace' in o['metadata']:
            patch['metadata']['namespace'] = o['metadata']['namespace']
        else:
            patch['metadata'].pop('namespace', None)
        if self.chance(0.05):
            patch = {'apiVersion': o['apiVersion'], 'kind': o['kind'], 'metadata': patch['metadata'], '$patch': 'delete'}
        return patch

    def patch(self, directory, objects):
        o = self.pick(objects)
        entry = {}
        json_patch = self.chance(0.3)
        text = dump(self.operations(o)) if json_patch else dump(self.merge_patch(o))
        if json_patch or self.chance(0.3):
            entry['target'] = self.target(o)
        if not json_patch and self.chance(0.15):
            entry['options'] = {self.pick(['allowNameChange', 'allowKindChange']): True}
        if self.chance(0.3):
            name = 'patch-%d.yaml' % len(self.files)
            self.files[directory + '/' + name] = text
            entry['path'] = name
        else:
            entry['patch'] = text
        return entry

    # Fields of a kustomization.

    def generator(self, directory, objects, secret):
        g = {'name': self.pick(NAMES + ['gen'])}
        if self.chance(0.8):
            g['literals'] = ['%s=%s' % (k, self.pick(['v', '"q"', 'a=b', ''])) for k in self.some(['k', 'l', 'm'])]
        if self.chance(0.3):
            self.files[directory + '/some.env'] = '# c\nE1=one\n  E2=two three\n\nE3\n'
            g['envs'] = ['some.env']
        if self.chance(0.3):
            self.files[directory + '/file.txt'] = 'content\nof a file\n'
            g['files'] = [self.pick(['file.txt', 'other=file.txt'])]
        kind = 'Secret' if secret else 'ConfigMap'
        known = [o for o in objects if o['kind'] == kind]
        if known and self.chance(0.4):
            o = self.pick(known)
            g['name'], g['behavior'] = o['metadata']['name'], self.pick(['merge', 'replace'])
            if 'namespace' in o['metadata']:
                g['namespace'] = o['metadata']['namespace']
        elif self.chance(0.05):
            g['behavior'] = self.pick(['create', 'merge', 'replace'])
        elif self.chance(0.9):
            self.made += 1
            g['name'] = 'gen%d' % self.made if self.chance(0.6) else self.fresh_name(kind)
        if self.chance(0.1) and 'behavior' not in g:
            g['namespace'] = self.pick(NAMESPACES)
        if self.chance(0.25):
            g['options'] = {'disableNameSuffixHash': self.chance(0.5), 'labels': {'g': 'x'}, 'annotations': {'h': 'y'}}
        if secret and self.chance(0.3):
            g['type'] = 'kubernetes.io/basic-auth'
        return g

    def paths(self, o, prefix=''):
        """Paths of fields that are there."""
        found = []
        for k, v in o.items():
            path = prefix + k.replace('.', '\\.')
            found.append(path)
            if isinstance(v, dict):
                found += self.paths(v, path + '.')
            if isinstance(v, list):
                found += [path + '.' + self.pick(['0', '*'])]
                if v and isinstance(v[0], dict):
                    named = [k for k, x in v[0].items() if isinstance(x, (str, int)) and not isinstance(x, bool)]
                    match = ['[%s=%s]' % (named[0], v[0][named[0]])] if named else []
                    found += self.paths(v[0], path + '.' + self.pick(['0', '*'] + match) + '.')
        return [p for p in found if p not in ('apiVersion', 'kind', 'metadata', 'spec')]

    def replacement(self, objects):
        source, target = self.pick(objects), self.pick(objects)
        s = {'kind': source['kind'], 'name': source['metadata']['name']}
        if self.chance(0.6):
            s['fieldPath'] = self.pick([p for p in self.paths(source) if '*' not in p and p != 'metadata.annotations'] + ['kind'])
        if self.chance(0.2):
            s['options'] = {'delimiter': self.pick([':', '-']), 'index': self.r.randint(0, 1)}
        t = {'select': {'kind': target['kind'], 'name': target['metadata']['name']}, 'fieldPaths': self.some(self.paths(target), 2)}
        if self.chance(0.1):
            t['select'].pop('name')
        if self.chance(0.4):
            t['options'] = {'create': True}
            t['fieldPaths'].append(self.pick(['metadata.labels.from', 'metadata.annotations.a\\.b', 'spec.items.[name=i].v', 'spec.new.list.0', 'data.k']))
        if self.chance(0.15):
            t.setdefault('options', {}).update({'delimiter': self.pick([':', '/']), 'index': self.r.randint(-1, 3)})
        if self.chance(0.2):
            t['reject'] = [{'name': self.pick(NAMES)}]
        return {'source': s, 'targets': [t]}

    def kustomization(self, directory, objects, component):
        k = {}
        c = self.chance
        if c(0.25):
            k['namePrefix'] = self.pick(['p-', 'prod-'])
        if c(0.15):
            k['nameSuffix'] = self.pick(['-s', '-v2'])
        if c(0.25):
            k['namespace'] = self.pick(NAMESPACES[:2])
        if c(0.2):
            k['commonLabels'] = self.labels()
        if c(0.2):
            k['labels'] = [dict({'pairs': self.labels()}, **self.pick([{}, {'includeSelectors': True}, {'includeTemplates': True},
                                                                     {'fields': [{'path': 'spec/extra', 'create': True, 'kind': 'Machine'}]}]))]
        if c(0.2):
            k['commonAnnotations'] = {'who': 'me', 'm': '1'}
        if c(0.25):
            k['images'] = [dict({'name': self.pick(['nginx', 'redis', 'reg.io:5000/team/web', 'busy.*'])},
                                **self.pick([{'newTag': 'v9'}, {'newName': 'other'}, {'digest': 'sha256:ff'}, {'tagSuffix': '-x'},
                                             {'newName': 'o', 'newTag': 't'}]))]
        scalable = [o for o in objects if o['kind'] in ('Deployment', 'StatefulSet', 'ReplicaSet')]
        if scalable and c(0.3) or c(0.02):
            name = self.pick(scalable)['metadata']['name'] if scalable else 'web'
            k['replicas'] = [{'name': name, 'count': self.r.randint(0, 9)}]
        if c(0.25):
            k['configMapGenerator'] = [self.generator(directory, objects, False)]
        if c(0.15):
            k['secretGenerator'] = [self.generator(directory, objects, True)]
        if c(0.15):
            k['generatorOptions'] = {'labels': {'all': 'yes'}, 'disableNameSuffixHash': c(0.4), 'immutable': c(0.3)}
        if objects and c(0.5):
            k['patches'] = [self.patch(directory, objects) for _ in range(self.r.randint(1, 2))]
        if objects and c(0.1):
            k['patchesStrategicMerge'] = [dump(self.merge_patch(self.pick(objects)))]
        if objects and c(0.2):
            k['replacements'] = [self.replacement(objects)]
        if objects and c(0.1):
            o = self.pick(objects)
            self.made += 1
            k['vars'] = [{'name': self.pick(['HOST', 'PORT', 'V%d' % self.made]), 'objref': {'apiVersion': o['apiVersion'], 'kind': o['kind'], 'name': o['metadata']['name']}}]
        if c(0.1):
            k['sortOptions'] = {'order': self.pick(['fifo', 'legacy'])}
        if c(0.1):
            k['buildMetadata'] = self.some(['originAnnotations', 'transformerAnnotations', 'managedByLabel'])
        if component:
            k['apiVersion'], k['kind'] = 'kustomize.config.k8s.io/v1alpha1', 'Component'
        return k

    def directory(self, depth):
        self.directories += 1
        directory = 'd%d' % self.directories
        component = depth == -1
        objects, bases, parts = [], [], []
        for _ in range(self.r.randint(0 if depth > 0 else 1, 3)):
            o = self.thing()
            name = 'r%d.yaml' % len(self.files)
            text = dump(o)
            objects.append(o)
            if self.chance(0.1):
                second = self.thing()
                objects.append(second)
                text += '---\n' + dump(second)
            self.files[directory + '/' + name] = text
            bases.append(name)
        if depth > 0:
            for _ in range(self.r.randint(1, 2)):
                below = self.directory(depth - 1)
                bases.append('../' + below)
                objects = objects + self.seen[below]
            if self.chance(0.2):
                parts.append('../' + self.directory(-1))
        if component:
            objects = objects or [self.thing()]
        k = self.kustomization(directory, objects, component)
        if bases:
            k['resources'] = bases
        if parts:
            k['components'] = parts
        self.files[directory + '/kustomization.yaml'] = dump(k or {'namePrefix': 'p-'})
        self.seen[directory] = objects
        return directory


def tree(seed):
    """The files, and the directory to build."""
    t = Tree(seed)
    return t.files, t.directory(t.pick([0, 1, 1, 2]))
