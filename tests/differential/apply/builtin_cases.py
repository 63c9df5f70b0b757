"""Random objects of built-in kinds that a kube-apiserver without controllers accepts."""
import base64

WORDS = ['x', 'y', 'z']
NAMES = ['alpha', 'beta', 'gamma']


def some(rng, fields):
    """A part of the fields; values are made only for what is chosen."""
    return {k: v() for k, v in fields.items() if rng.random() < 0.55}


def texts(rng):
    return {n: rng.choice(WORDS) for n in rng.sample(NAMES, rng.randint(0, 3))}


def named(rng, make, least=0):
    return [dict(make(), name=n) for n in rng.sample(NAMES, rng.randint(least, 3))]


def config_map(rng):
    return some(rng, {'data': lambda: texts(rng), 'binaryData': lambda: {
        n: base64.b64encode(rng.choice(WORDS).encode()).decode() for n in rng.sample(NAMES, rng.randint(0, 2))}})


def secret(rng):
    out = some(rng, {'data': lambda: {n: base64.b64encode(rng.choice(WORDS).encode()).decode()
                                      for n in rng.sample(NAMES, rng.randint(0, 3))}})
    return dict(out, type='Opaque')


def service_account(rng):
    return some(rng, {'automountServiceAccountToken': lambda: rng.choice([True, False]),
                      'imagePullSecrets': lambda: named(rng, dict), 'secrets': lambda: named(rng, dict)})


def service(rng):
    def port(n):
        return dict(some(rng, {'targetPort': lambda: rng.choice([80, 'http'])}), name=n,
                    port=rng.choice([80, 81, 82]), protocol=rng.choice(['TCP', 'UDP']))
    ports, seen = [], set()
    for n in rng.sample(NAMES, rng.randint(1, 3)):
        p = port(n)
        if (p['port'], p['protocol']) not in seen:
            seen.add((p['port'], p['protocol']))
            ports.append(p)
    return {'spec': dict(some(rng, {
        'selector': lambda: texts(rng), 'sessionAffinity': lambda: 'None',
        'internalTrafficPolicy': lambda: rng.choice(['Cluster', 'Local'])}), ports=ports)}


def container(rng):
    return dict(some(rng, {
        'env': lambda: [{'name': n, 'value': rng.choice(WORDS)} for n in rng.sample(NAMES, rng.randint(0, 3))],
        'args': lambda: rng.sample(WORDS, rng.randint(0, 2)),
        'ports': lambda: [{'containerPort': p, 'protocol': 'TCP'} for p in rng.sample([80, 81, 82], rng.randint(0, 2))],
        'resources': lambda: {'limits': {'cpu': rng.choice(['1', '500m']), 'memory': rng.choice(['1Gi', '64Mi'])}},
        'imagePullPolicy': lambda: rng.choice(['Always', 'IfNotPresent']),
        'livenessProbe': lambda: {'httpGet': {'path': rng.choice(['/a', '/b']), 'port': 80}, 'periodSeconds': 7},
        'securityContext': lambda: {'readOnlyRootFilesystem': rng.choice([True, False])}}),
        image=rng.choice(['i:1', 'i:2']))


def deployment(rng):
    volumes = named(rng, lambda: {'emptyDir': {}})
    pod = {'containers': named(rng, lambda: container(rng), 1)}
    pod.update(some(rng, {'terminationGracePeriodSeconds': lambda: rng.choice([5, 9]), 'volumes': lambda: volumes,
                          'nodeSelector': lambda: texts(rng), 'hostname': lambda: rng.choice(WORDS),
                          'tolerations': lambda: [{'key': 'a', 'operator': 'Exists'}]}))
    spec = some(rng, {'replicas': lambda: rng.choice([1, 2]), 'minReadySeconds': lambda: rng.choice([3, 4]),
                      'revisionHistoryLimit': lambda: 3})
    return {'spec': dict(spec, selector={'matchLabels': {'app': 'a'}},
                         template={'metadata': {'labels': dict(texts(rng), app='a')}, 'spec': pod})}


def role(rng):
    return {'rules': [{'apiGroups': [''], 'resources': [rng.choice(['pods', 'secrets'])],
                       'verbs': rng.sample(['get', 'list', 'watch'], rng.randint(1, 3))}
                      for _ in range(rng.randint(0, 2))]}


def lease(rng):
    return {'spec': some(rng, {'holderIdentity': lambda: rng.choice(WORDS), 'leaseDurationSeconds': lambda: 15,
                               'leaseTransitions': lambda: rng.choice([1, 2])})}


def network_policy(rng):
    return {'spec': dict(some(rng, {'policyTypes': lambda: ['Ingress'], 'ingress': lambda: [
        {'from': [{'podSelector': {'matchLabels': texts(rng)}}]}]}), podSelector={'matchLabels': texts(rng)})}


def disruption_budget(rng):
    return {'spec': dict(some(rng, {'minAvailable': lambda: rng.choice([1, '50%'])}),
                         selector={'matchLabels': {'app': 'a'}})}


def ingress(rng):
    def rule():
        return {'host': rng.choice(['a.example', 'b.example']), 'http': {'paths': [
            {'path': '/', 'pathType': 'Prefix', 'backend': {'service': {'name': 's', 'port': {'number': 80}}}}]}}
    return {'spec': {'rules': [rule() for _ in range(rng.randint(1, 2))]}}


# kind: apiVersion, plural, members
KINDS = {
    'ConfigMap': ('v1', 'configmaps', config_map),
    'Secret': ('v1', 'secrets', secret),
    'ServiceAccount': ('v1', 'serviceaccounts', service_account),
    'Service': ('v1', 'services', service),
    'Deployment': ('apps/v1', 'deployments', deployment),
    'Role': ('rbac.authorization.k8s.io/v1', 'roles', role),
    'Lease': ('coordination.k8s.io/v1', 'leases', lease),
    'NetworkPolicy': ('networking.k8s.io/v1', 'networkpolicies', network_policy),
    'PodDisruptionBudget': ('policy/v1', 'poddisruptionbudgets', disruption_budget),
    'Ingress': ('networking.k8s.io/v1', 'ingresses', ingress),
}


def thing(rng, kind, name):
    api_version, _, make = KINDS[kind]
    meta = dict(some(rng, {'labels': lambda: texts(rng), 'annotations': lambda: texts(rng)}),
                name=name, namespace='default')
    return dict(make(rng), apiVersion=api_version, kind=kind, metadata=meta)


def path(kind):
    api_version, plural, _ = KINDS[kind]
    root = '/apis/' if '/' in api_version else '/api/'
    return '%s%s/namespaces/default/%s' % (root, api_version, plural)
