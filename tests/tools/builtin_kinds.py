#!/usr/bin/env python3
"""Writes diff/builtin_kinds.c: the types of the built-in kinds that people write.

    tests/tools/builtin_kinds.py > diff/builtin_kinds.c

Asks a real kube-apiserver for its OpenAPI v3 documents. Only what server-side apply looks at is kept: kinds of
scalars, list types with their keys, map types, and defaults of keys. The notation is that of diff/builtin.c.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from kube import Cluster

KINDS = {
    'api/v1': ['ConfigMap', 'Secret', 'Namespace', 'ServiceAccount', 'Event', 'Service', 'Pod', 'Node', 'Endpoints',
               'PersistentVolume', 'PersistentVolumeClaim', 'LimitRange', 'ResourceQuota'],
    'apis/apps/v1': ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'],
    'apis/batch/v1': ['Job', 'CronJob'],
    'apis/autoscaling/v2': ['HorizontalPodAutoscaler'],
    'apis/admissionregistration.k8s.io/v1': ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
    'apis/discovery.k8s.io/v1': ['EndpointSlice'],
    'apis/scheduling.k8s.io/v1': ['PriorityClass'],
    'apis/storage.k8s.io/v1': ['StorageClass'],
    'apis/coordination.k8s.io/v1': ['Lease'],
    'apis/rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
    'apis/apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
    'apis/networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
    'apis/policy/v1': ['PodDisruptionBudget'],
}
QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
RAW = 'io.k8s.apimachinery.pkg.runtime.RawExtension'


class Writer:
    def __init__(self):
        self.models, self.short, self.rows, self.pending = {}, {}, {}, []

    def name(self, model):
        if model not in self.short:
            parts, taken = model.split('.'), set(self.short.values())
            for n in (1, 2, 3, 4):
                short = ''.join(p[:1].upper() + p[1:] for p in parts[-n:])
                if short not in taken:
                    break
            self.short[model] = short
            self.pending.append(model)
        return self.short[model]

    def reference(self, schema):
        ref = schema.get('$ref')
        if not ref and len(schema.get('allOf', [])) == 1:
            ref = schema['allOf'][0].get('$ref')
        return ref and ref.rsplit('/', 1)[1]

    def type(self, schema):
        ref = self.reference(schema)
        if ref == QUANTITY:
            return '?'
        if ref == RAW:
            return '!'
        if ref:
            return ('!' if schema.get('x-kubernetes-map-type') == 'atomic' else '') + '@' + self.name(ref)
        kind, form = schema.get('type'), schema.get('format')
        if kind == 'string':
            return 's' if form in (None, 'byte') else '?'
        if kind in ('integer', 'number', 'boolean'):
            return 'b' if kind == 'boolean' else 'n'
        if kind == 'array':
            return self.list(schema)
        if kind == 'object':
            atomic = '!' if schema.get('x-kubernetes-map-type') == 'atomic' else ''
            values = schema.get('additionalProperties')
            return atomic + '{%s}' % (self.type(values) if isinstance(values, dict) else '*')
        return '*'

    def list(self, schema):
        items, kind = self.type(schema['items']), schema.get('x-kubernetes-list-type')
        if kind is None and schema.get('x-kubernetes-patch-strategy') in ('merge', 'merge,retainKeys'):
            key = schema.get('x-kubernetes-patch-merge-key')
            kind, keys = ('map', [key]) if key else ('set', [])
        else:
            keys = schema.get('x-kubernetes-list-map-keys', [])
        if kind == 'map':
            self.keys_of(self.reference(schema['items']), keys)
            return '<%s:%s>' % (','.join(keys), items)
        return '<%s>' % items if kind == 'set' else '[%s]' % items

    def keys_of(self, model, keys):
        self.models.setdefault('keys', {}).setdefault(model, set()).update(keys)

    def row(self, model):
        schema = self.all[model]
        if schema.get('type') != 'object' or 'properties' not in schema:
            return '%s =%s' % (self.short[model], self.type(schema))
        atomic = '!' if schema.get('x-kubernetes-map-type') == 'atomic' else ''
        words = [atomic + self.short[model]]
        for field in sorted(schema['properties']):
            words.append('%s:%s' % (field, self.type(schema['properties'][field])))
        return ' '.join(words)

    def add(self, document, kinds):
        self.all = document['components']['schemas']
        wanted = []
        for model in sorted(self.all):
            for gvk in self.all[model].get('x-kubernetes-group-version-kind', []):
                if gvk['kind'] in kinds and isinstance(self.all[model].get('properties'), dict):
                    wanted.append((gvk, model))
        lines = ['=%s/%s/%s %s' % (g['group'], g['version'], g['kind'], self.name(m)) for g, m in wanted]
        while self.pending:
            model = self.pending.pop()
            self.rows[model] = self.row(model)
        for model, keys in self.models.get('keys', {}).items():
            for field in keys:
                preset = self.all.get(model, {}).get('properties', {}).get(field, {}).get('default')
                if preset:
                    self.rows[model] = self.rows[model].replace(' %s:s' % field, ' %s:s=%s' % (field, preset))
        self.models['keys'] = {}
        return lines


def main():
    writer, kinds = Writer(), []
    with Cluster('kinds') as cluster:
        for path, names in KINDS.items():
            status, text = cluster.get('/openapi/v3/' + path)[:2]
            kinds += writer.add(json.loads(text), names)
    print('/* Written by tests/tools/builtin_kinds.py from the OpenAPI documents of kube-apiserver. */')
    print('#include "diff/builtin.h"\n')
    print('const char *const builtin_rows[] = {')
    for row in sorted(writer.rows.values(), key=lambda r: r.lstrip('!')) + kinds:
        print('    "%s",' % row.replace('"', '\\"'))
    print('    NULL,\n};')


if __name__ == '__main__':
    main()
