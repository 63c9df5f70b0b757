"""The custom resources that the sequences use: one rich, one plain, one that is cluster-wide."""

TEXT = {'type': 'string'}
SPEC = {'type': 'object', 'required': ['size'], 'properties': {
    'size': {'type': 'integer', 'minimum': 0, 'maximum': 10},
    'replicas': {'type': 'integer', 'format': 'int32', 'default': 1},
    'color': {'type': 'string', 'enum': ['red', 'green', 'blue'], 'default': 'red'},
    'code': {'type': 'string', 'pattern': '^[a-z]{1,4}$'},
    'title': {'type': 'string', 'minLength': 2, 'maxLength': 8},
    'ratio': {'type': 'number', 'minimum': 0.5},
    'enabled': {'type': 'boolean'},
    'maybe': {'type': 'string', 'nullable': True},
    'port': {'x-kubernetes-int-or-string': True},
    'when': {'type': 'string', 'format': 'date-time'},
    'tags': {'type': 'array', 'items': TEXT, 'x-kubernetes-list-type': 'set', 'maxItems': 4},
    'plain': {'type': 'array', 'items': {'type': 'integer'}},
    'parts': {'type': 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name', 'kind'],
              'items': {'type': 'object', 'required': ['name'], 'properties': {
                  'name': TEXT, 'kind': {'type': 'string', 'default': 'a'},
                  'count': {'type': 'integer', 'default': 7}, 'notes': {'type': 'object', 'additionalProperties': TEXT}}}},
    'limits': {'type': 'object', 'additionalProperties': {'type': 'integer'}},
    'sealed': {'type': 'object', 'x-kubernetes-map-type': 'atomic', 'properties': {'a': TEXT, 'b': TEXT}},
    'deep': {'type': 'object', 'default': {}, 'properties': {
        'inner': {'type': 'object', 'properties': {'x': {'type': 'string', 'default': 'dx'}, 'y': {'type': 'integer'}}},
        'mode': {'type': 'string', 'default': 'soft'}}},
    'free': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': True, 'properties': {'known': {'type': 'integer'}}},
}}
STATUS = {'type': 'object', 'properties': {
    'phase': TEXT, 'replicas': {'type': 'integer'}, 'selector': TEXT,
    'conditions': {'type': 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'],
                   'items': {'type': 'object', 'required': ['type'], 'properties': {
                       'type': TEXT, 'status': TEXT, 'lastTransitionTime': {'type': 'string', 'format': 'date-time'}}}}}}
SCHEMA = {'openAPIV3Schema': {'type': 'object', 'properties': {'spec': SPEC, 'status': STATUS}}}


def definition(group, plural, kind, scope, versions, short=(), categories=()):
    names = {'plural': plural, 'kind': kind, 'shortNames': list(short), 'categories': list(categories)}
    return {'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition',
            'metadata': {'name': plural + '.' + group},
            'spec': {'group': group, 'scope': scope, 'names': names, 'versions': versions}}


COLUMNS = [
    {'name': 'Size', 'type': 'integer', 'jsonPath': '.spec.size'},
    {'name': 'Ready', 'type': 'string', 'jsonPath': '.status.conditions[?(@.type=="Ready")].status',
     'description': 'whether it is ready'},
    {'name': 'Part', 'type': 'string', 'jsonPath': '.spec.parts[0].name', 'priority': 1},
    {'name': 'Limits', 'type': 'string', 'jsonPath': '.spec.limits'},
    {'name': 'When', 'type': 'date', 'jsonPath': '.spec.when'},
]
WIDGETS = definition('test.example.com', 'widgets', 'Widget', 'Namespaced', [
    {'name': 'v1', 'served': True, 'storage': True, 'schema': SCHEMA, 'additionalPrinterColumns': COLUMNS,
     'subresources': {'status': {}, 'scale': {'specReplicasPath': '.spec.replicas',
                                              'statusReplicasPath': '.status.replicas',
                                              'labelSelectorPath': '.status.selector'}}},
], short=['wd'], categories=['all'])
GADGETS = definition('test.example.com', 'gadgets', 'Gadget', 'Namespaced', [
    {'name': 'v1', 'served': True, 'storage': True,
     'schema': {'openAPIV3Schema': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': True}}}])
ZONES = definition('other.example.com', 'zones', 'Zone', 'Cluster', [
    {'name': 'v1', 'served': True, 'storage': True,
     'schema': {'openAPIV3Schema': {'type': 'object', 'properties': {
         'spec': {'type': 'object', 'properties': {'cidr': TEXT, 'extra': TEXT}}}}}},
    {'name': 'v1beta1', 'served': True, 'storage': False, 'deprecated': True,
     'schema': {'openAPIV3Schema': {'type': 'object', 'properties': {
         'spec': {'type': 'object', 'properties': {'cidr': TEXT}}}}}}])
ALL = [WIDGETS, GADGETS, ZONES]
