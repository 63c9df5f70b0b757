"""Random kinds, objects and writes for the tests of server-side apply; everything follows from the seed."""
import copy
import json
import random

GROUP, VERSION, KIND = 'apply.test', 'v1', 'Thing'
API_VERSION = GROUP + '/' + VERSION
NAMES = ['alpha', 'beta', 'gamma', 'delta', 'eps']
WORDS = ['', 'x', 'y', 'z', 'a<b', 'tcp', 'ü', 'long text with "quotes"']
MANAGERS = ['ann', 'ben', 'kubectl', 'kubectl']


class Schema:
    """A random structural schema. `strict`: what a CustomResourceDefinition accepts; `checked`: with validation."""

    def __init__(self, rng, strict, checked=False):
        self.rng, self.strict, self.checked = rng, strict, checked
        self.wild = checked and rng.random() < 0.2  # defaults that may not be valid

    def scalar(self):
        if self.checked and self.rng.random() < 0.5:
            return self.checked_scalar()
        return copy.deepcopy(self.rng.choice([
            {'type': 'string'}, {'type': 'string'}, {'type': 'integer'}, {'type': 'number'}, {'type': 'boolean'},
            {'type': 'integer', 'format': 'int32'}, {'x-kubernetes-int-or-string': True},
            {'type': 'string', 'format': 'date-time'} if not self.strict else {'type': 'string'}]))

    def checked_scalar(self):
        return copy.deepcopy(self.rng.choice([
            {'type': 'string', 'enum': ['', 'x', 'tcp']}, {'type': 'string', 'minLength': 1},
            {'type': 'string', 'maxLength': 3}, {'type': 'string', 'pattern': '^[a-z]*$'},
            {'type': 'string', 'format': 'date-time'}, {'type': 'string', 'format': 'ipv4'},
            {'type': 'integer', 'minimum': 1}, {'type': 'integer', 'maximum': 80, 'exclusiveMaximum': True},
            {'type': 'integer', 'multipleOf': 2}, {'type': 'integer', 'enum': [0, 1, 80]},
            {'type': 'number', 'minimum': 1, 'maximum': 100}, {'type': 'number', 'multipleOf': 0.5},
            {'type': 'integer', 'not': {'minimum': 100}}, {'type': 'integer', 'oneOf': [{'minimum': 1}, {'maximum': 2}]},
            {'type': 'integer', 'anyOf': [{'minimum': 100}, {'maximum': 2}]},
            {'type': 'integer', 'allOf': [{'minimum': 1}, {'maximum': 100}]},
            {'x-kubernetes-int-or-string': True, 'pattern': '^[0-9]+%?$'},
            {'x-kubernetes-int-or-string': True, 'anyOf': [{'type': 'integer'}, {'type': 'string'}]}]))

    def check_object(self, s):
        rng, names = self.rng, sorted(s['properties'])
        if rng.random() < 0.3:
            s['required'] = [rng.choice(names)]
        if rng.random() < 0.2:
            s['minProperties'] = 1
        if rng.random() < 0.2:
            s['maxProperties'] = 2
        if rng.random() < 0.3 and len(names) > 1:
            s[rng.choice(['oneOf', 'anyOf'])] = [{'required': [n]} for n in rng.sample(names, 2)]

    def some(self, depth):
        rng = self.rng
        if depth <= 0 or rng.random() < 0.3:
            s = self.scalar()
            if self.strict and rng.random() < 0.15:
                s['nullable'] = True
            return s
        kinds = [self.object, self.object, self.map, self.atomic, self.set, self.keyed, self.free]
        if self.strict:
            kinds += [self.embedded, self.anything]
        return rng.choice(kinds)(depth)

    def properties(self, depth, wanted=None):
        names = self.rng.sample(NAMES, self.rng.randint(1, len(NAMES)))
        props = {n: self.some(depth - 1) for n in sorted(names)}
        if self.strict and (not self.checked or self.wild):
            for p in props.values():
                if 'default' not in p and self.rng.random() < 0.15:
                    self.give_default(p)
        return props

    def give_default(self, schema):
        value = Value(self.rng, complete=True).of(schema, 2)
        if value is not None:
            schema['default'] = value

    def object(self, depth):
        s = {'type': 'object', 'properties': self.properties(depth)}
        if self.rng.random() < 0.1:
            s['x-kubernetes-map-type'] = 'atomic'
        if self.rng.random() < 0.1:
            s['x-kubernetes-preserve-unknown-fields'] = True
        if self.checked:
            self.check_object(s)
        return s

    def map(self, depth):
        return {'type': 'object', 'additionalProperties': self.some(depth - 1)}

    def atomic(self, depth):
        s = {'type': 'array', 'items': self.some(depth - 1)}
        if self.checked and self.rng.random() < 0.5:
            s.update(self.rng.choice([{'minItems': 1}, {'maxItems': 2}]))
        return s

    def set(self, depth):
        items = self.rng.choice([{'type': 'string'}, {'type': 'integer'}, {'type': 'boolean'}])
        return {'type': 'array', 'items': dict(items), 'x-kubernetes-list-type': 'set'}

    def keyed(self, depth):
        keys = self.rng.choice([['name'], ['name'], ['name', 'port'], ['port']])
        props = self.properties(depth - 1)
        required = []
        for k in keys:
            props[k] = {'type': 'string'} if k == 'name' else {'type': 'integer'}
            if self.rng.random() < 0.25 and not self.checked:
                props[k]['default'] = 'tcp' if k == 'name' else 80
            else:
                required.append(k)
        s = {'type': 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys,
             'items': {'type': 'object', 'properties': props}}
        if required:
            s['items']['required'] = required
        return s

    def free(self, depth):
        return {'type': 'object', 'x-kubernetes-preserve-unknown-fields': True}

    def embedded(self, depth):
        s = {'type': 'object', 'x-kubernetes-embedded-resource': True, 'properties': self.properties(depth)}
        if self.rng.random() < 0.5:
            s['x-kubernetes-preserve-unknown-fields'] = True
        return s

    def anything(self, depth):
        return self.rng.choice([{'x-kubernetes-preserve-unknown-fields': True},
                                {'type': 'object'},
                                {'type': 'array', 'items': {'x-kubernetes-preserve-unknown-fields': True}}])

    def root(self):
        s = {'type': 'object', 'properties': {
            'spec': self.object(3), 'status': self.object(2), 'extra': self.some(2)}}
        if self.strict and self.rng.random() < 0.1:
            s['x-kubernetes-preserve-unknown-fields'] = True
        return s


class Value:
    """A random object of a schema. `complete` ones fit it; others may leave out and repeat."""

    def __init__(self, rng, complete=False, nulls=0.0):
        self.rng, self.complete, self.nulls = rng, complete, nulls

    def of(self, s, depth=6):
        rng = self.rng
        if rng.random() < self.nulls:
            return None
        if s.get('x-kubernetes-int-or-string'):
            return rng.choice([1, 2, '50%', 'x'])
        kind = s.get('type')
        if kind is None:
            return self.free(2)
        if kind == 'object':
            return self.object(s, depth)
        if kind == 'array':
            return self.list(s, depth)
        if kind == 'string' and s.get('format') == 'date-time':
            return rng.choice(['2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'])
        return {'string': lambda: rng.choice(WORDS), 'integer': lambda: rng.choice([0, 1, 2, 80, 8080, -1]),
                'number': lambda: rng.choice([0.5, 1.5, 2, 1e21]), 'boolean': lambda: rng.choice([True, False])}[kind]()

    def free(self, depth):
        rng = self.rng
        if depth <= 0 or rng.random() < 0.5:
            return rng.choice([1, 'x', True, 0.5, [1, 2], [], {}])
        if rng.random() < 0.3:
            return [self.free(depth - 1) for _ in range(rng.randint(0, 2))]
        return {n: self.free(depth - 1) for n in rng.sample(NAMES, rng.randint(0, 3))}

    def object(self, s, depth):
        rng, out = self.rng, {}
        props = s.get('properties', {})
        for name in props:
            if depth > 0 and (name in s.get('required', []) or rng.random() < 0.55):
                out[name] = self.of(props[name], depth - 1)
        extra = s.get('additionalProperties')
        if isinstance(extra, dict):
            for name in rng.sample(NAMES, rng.randint(0, 3)):
                out[name] = self.of(extra, depth - 1)
        if s.get('x-kubernetes-embedded-resource'):
            out.update(apiVersion='v1', kind=rng.choice(['Pod', 'Node']))
            if rng.random() < 0.5:
                out['metadata'] = {k: v for k, v in [('name', 'n'), ('labels', {'a': 'b'}), ('labels', {}), ('odd', 1)]
                                   if rng.random() < 0.4}
        if not self.complete and not extra and rng.random() < 0.04:
            out['bogus'] = self.free(1)
        if s.get('x-kubernetes-preserve-unknown-fields') and rng.random() < 0.7:
            for name in rng.sample(['free1', 'free2', 'free3'], rng.randint(0, 3)):
                out[name] = self.free(2)
        return out

    def list(self, s, depth):
        rng = self.rng
        kind = s.get('x-kubernetes-list-type')
        items = [self.of(s['items'], depth - 1) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4]))]
        if kind is None or (not self.complete and rng.random() < 0.05):
            return items
        keys, seen, unique = s.get('x-kubernetes-list-map-keys'), set(), []
        props = s['items'].get('properties', {})
        for item in items:
            if keys is not None:
                if not isinstance(item, dict):
                    continue
                identity = json.dumps([item.get(k, props[k].get('default')) for k in keys])
            else:
                identity = json.dumps(item)
            if identity not in seen:
                seen.add(identity)
                unique.append(item)
        return unique


def crd(schema, plural, kind, status, versions=(VERSION,)):
    rows = [{'name': v, 'served': True, 'storage': v == VERSION, 'schema': {'openAPIV3Schema': schema}}
            for v in versions]
    for row in rows:
        if status:
            row['subresources'] = {'status': {}}
    return {'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition',
            'metadata': {'name': '%s.%s' % (plural, GROUP)},
            'spec': {'group': GROUP, 'scope': 'Namespaced', 'versions': rows,
                     'names': {'plural': plural, 'singular': kind.lower(), 'kind': kind, 'listKind': kind + 'List'}}}


def thing(rng, schema, kind=KIND, name='thing', complete=False, nulls=0.0):
    value = Value(rng, complete, nulls).of(schema)
    value = value if isinstance(value, dict) else {}
    meta = {'name': name, 'namespace': 'default'}
    if rng.random() < 0.4:
        meta['labels'] = {n: rng.choice(['1', '2']) for n in rng.sample(NAMES, rng.randint(0, 2))}
    if rng.random() < 0.2:
        meta['annotations'] = {n: rng.choice(['1', '2']) for n in rng.sample(NAMES, rng.randint(0, 2))}
    if rng.random() < 0.1:
        meta['finalizers'] = rng.sample(['apply.test/a', 'apply.test/b', 'apply.test/c'], rng.randint(1, 2))
    if rng.random() < 0.1:
        meta['ownerReferences'] = [{'apiVersion': 'v1', 'kind': 'ConfigMap', 'name': n, 'uid': n}
                                   for n in rng.sample(['o1', 'o2', 'o3'], rng.randint(1, 2))]
    value.update(apiVersion=API_VERSION, kind=kind, metadata=meta)
    return value


def mutate(rng, schema, before, **how):
    """An object near another: parts of a new one laid over it, parts taken out."""
    fresh = thing(rng, schema, **how)
    out = copy.deepcopy(before)
    walk(rng, out, fresh)
    out['metadata'] = fresh['metadata']
    return out


def walk(rng, out, fresh):
    for key in list(out):
        if key in ('apiVersion', 'kind', 'metadata'):
            continue
        if rng.random() < 0.2:
            del out[key]
        elif isinstance(out[key], dict) and isinstance(fresh.get(key), dict) and rng.random() < 0.7:
            walk(rng, out[key], fresh[key])
        elif key in fresh and rng.random() < 0.4:
            out[key] = fresh[key]
    for key in fresh:
        if key not in out and rng.random() < 0.3:
            out[key] = fresh[key]


def remember(object_):
    """What kubectl's client-side apply writes down: its server-side successor may take over from it."""
    text = json.dumps(object_, sort_keys=True) + '\n'
    object_['metadata'].setdefault('annotations', {})['kubectl.kubernetes.io/last-applied-configuration'] = text


def steps(rng, schema, kind=KIND, name='thing', count=None, status=False, nulls=0.0, complete=False):
    how = dict(kind=kind, name=name, complete=complete, nulls=nulls)
    out, last = [], None
    for _ in range(count or rng.randint(2, 7)):
        fresh = thing(rng, schema, **how) if last is None or rng.random() < 0.3 else mutate(rng, schema, last, **how)
        verb = 'apply' if rng.random() < 0.65 else 'update'
        if verb == 'update' and rng.random() < 0.3:
            remember(fresh)
        step = {'verb': verb, 'manager': rng.choice(MANAGERS), 'object': fresh}
        if verb == 'apply':
            step['force'] = rng.random() < 0.5
        if status and out and rng.random() < 0.25:
            step['subresource'] = 'status'
        out.append(step)
        last = fresh
    return out


def many_managers(rng, schema, **how):
    """More updaters than the server keeps apart."""
    out = []
    last = thing(rng, schema, **how)
    for i in range(16):
        last = mutate(rng, schema, last, **how)
        out.append({'verb': 'update', 'manager': 'm%02d' % i, 'object': last})
    return out


def canonical(object_):
    """What must be equal on both sides: without times and what only a server can give."""
    out = copy.deepcopy(object_)
    meta = out.get('metadata', {})
    for key in ('uid', 'resourceVersion', 'creationTimestamp', 'generation', 'selfLink'):
        meta.pop(key, None)
    entries = meta.pop('managedFields', None) or []
    for e in entries:
        e['time'] = 'time' in e and e['time'] is not None
    if entries:
        meta['managedFields'] = sorted(entries, key=lambda e: json.dumps(
            [e.get('operation'), e.get('manager'), e.get('apiVersion'), e.get('subresource')]))
    return out


def canonical_refusal(answer):
    return {'error': sorted(answer.get('error', '').replace('conflicts: ', 'conflicts:\n').split('\n')),
            'conflicts': sorted(json.dumps(c, sort_keys=True) for c in answer.get('conflicts') or [])}


def rng_of(*seed):
    return random.Random(json.dumps(seed))
