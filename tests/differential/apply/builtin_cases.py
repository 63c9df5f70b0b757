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


def pods(rng):
    return {'metadata': {'labels': dict(texts(rng), app='a')}, 'spec': dict(some(rng, {
        'volumes': lambda: named(rng, lambda: {'emptyDir': {}}), 'nodeSelector': lambda: texts(rng)}),
        containers=named(rng, lambda: container(rng), 1))}


def replica_set(rng):
    return {'spec': dict(some(rng, {'replicas': lambda: rng.choice([1, 2]), 'minReadySeconds': lambda: rng.choice([3, 4])}),
                         selector={'matchLabels': {'app': 'a'}}, template=pods(rng))}


def daemon_set(rng):
    return {'spec': dict(some(rng, {'minReadySeconds': lambda: rng.choice([3, 4]), 'revisionHistoryLimit': lambda: 3}),
                         selector={'matchLabels': {'app': 'a'}}, template=pods(rng))}


def stateful_set(rng):
    return {'spec': dict(some(rng, {'replicas': lambda: rng.choice([1, 2]), 'minReadySeconds': lambda: rng.choice([3, 4])}),
                         serviceName='s', selector={'matchLabels': {'app': 'a'}}, template=pods(rng))}


def cron_job(rng):
    template = pods(rng)
    template['spec']['restartPolicy'] = 'Never'
    return {'spec': dict(some(rng, {'suspend': lambda: rng.choice([True, False]), 'successfulJobsHistoryLimit': lambda: 1}),
                         schedule=rng.choice(['0 1 * * *', '0 2 * * *']), jobTemplate={'spec': {'template': template}})}


def cluster_role(rng):
    out = role(rng)
    if rng.random() < 0.3:
        out['aggregationRule'] = {'clusterRoleSelectors': [{'matchLabels': texts(rng)} for _ in range(rng.randint(1, 2))]}
    return out


def binding(rng):
    return {'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': 'ClusterRole', 'name': 'r'}, 'subjects': [
        {'kind': 'ServiceAccount', 'name': n, 'namespace': 'default'} for n in rng.sample(NAMES, rng.randint(0, 3))]}


def autoscaler(rng):
    return {'spec': dict(some(rng, {'minReplicas': lambda: rng.choice([1, 2]), 'metrics': lambda: [{'type': 'Resource', 'resource': {
        'name': 'cpu', 'target': {'type': 'Utilization', 'averageUtilization': rng.choice([50, 60])}}}]}),
        maxReplicas=rng.choice([5, 6]), scaleTargetRef={'apiVersion': 'apps/v1', 'kind': 'Deployment', 'name': rng.choice(WORDS)})}


def claim(rng):
    return {'spec': dict(some(rng, {'volumeMode': lambda: 'Filesystem'}), accessModes=['ReadWriteOnce'], storageClassName='c',
                         resources={'requests': {'storage': '1Gi'}})}


def volume(rng):
    return {'spec': dict(some(rng, {'mountOptions': lambda: rng.sample(WORDS, rng.randint(0, 2)),
                                    'persistentVolumeReclaimPolicy': lambda: rng.choice(['Retain', 'Delete'])}),
                         accessModes=['ReadWriteOnce'], capacity={'storage': rng.choice(['1Gi', '2Gi'])}, hostPath={'path': '/x'})}


def limit_range(rng):
    return {'spec': {'limits': [dict(some(rng, {'default': lambda: {'cpu': rng.choice(['1', '2'])}}), type='Container')
                                for _ in range(rng.randint(0, 1))]}}


def quota(rng):
    return {'spec': {'hard': {n: rng.choice(['100', '200']) for n in rng.sample(['secrets', 'services', 'configmaps'], rng.randint(0, 3))}}}


def priority_class(rng):
    return dict(some(rng, {'description': lambda: rng.choice(WORDS)}), value=7)


def storage_class(rng):
    return dict(some(rng, {'allowVolumeExpansion': lambda: rng.choice([True, False]),
                           'mountOptions': lambda: rng.sample(WORDS, rng.randint(0, 2))}), provisioner='p')


def ingress_class(rng):
    return {'spec': {'controller': 'example.com/c'}}


def endpoint_slice(rng):
    return {'addressType': 'IPv4', 'endpoints': [dict(some(rng, {'hostname': lambda: rng.choice(WORDS)}), addresses=[a])
                                                 for a in rng.sample(['10.1.1.1', '10.1.1.2', '10.1.1.3'], rng.randint(0, 3))],
            'ports': [{'name': n, 'port': rng.choice([80, 81]), 'protocol': 'TCP'} for n in rng.sample(NAMES, rng.randint(0, 2))]}


def webhooks(rng):
    return {'webhooks': named(rng, lambda: dict(some(rng, {
        'timeoutSeconds': lambda: rng.choice([3, 4]), 'matchPolicy': lambda: 'Exact'}), sideEffects='None', admissionReviewVersions=['v1'],
        failurePolicy='Ignore', clientConfig={'url': 'https://127.0.0.1:1/%s' % rng.choice(WORDS)},
        rules=[{'apiGroups': ['nowhere.example.com'], 'apiVersions': ['v1'], 'operations': ['CREATE'], 'resources': ['nothings']}]))}


def qualified(make):
    """Names of webhooks are domains."""
    def made(rng):
        out = make(rng)
        for hook in out['webhooks']:
            hook['name'] += '.example.com'
        return out
    return made


def nothing(rng):
    return {}


CLUSTER = {'Namespace', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume', 'PriorityClass', 'StorageClass', 'IngressClass',
           'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'}

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
    'ReplicaSet': ('apps/v1', 'replicasets', replica_set),
    'DaemonSet': ('apps/v1', 'daemonsets', daemon_set),
    'StatefulSet': ('apps/v1', 'statefulsets', stateful_set),
    'CronJob': ('batch/v1', 'cronjobs', cron_job),
    'ClusterRole': ('rbac.authorization.k8s.io/v1', 'clusterroles', cluster_role),
    'RoleBinding': ('rbac.authorization.k8s.io/v1', 'rolebindings', binding),
    'ClusterRoleBinding': ('rbac.authorization.k8s.io/v1', 'clusterrolebindings', binding),
    'HorizontalPodAutoscaler': ('autoscaling/v2', 'horizontalpodautoscalers', autoscaler),
    'PersistentVolumeClaim': ('v1', 'persistentvolumeclaims', claim),
    'PersistentVolume': ('v1', 'persistentvolumes', volume),
    'LimitRange': ('v1', 'limitranges', limit_range),
    'ResourceQuota': ('v1', 'resourcequotas', quota),
    'Namespace': ('v1', 'namespaces', nothing),
    'PriorityClass': ('scheduling.k8s.io/v1', 'priorityclasses', priority_class),
    'StorageClass': ('storage.k8s.io/v1', 'storageclasses', storage_class),
    'IngressClass': ('networking.k8s.io/v1', 'ingressclasses', ingress_class),
    'EndpointSlice': ('discovery.k8s.io/v1', 'endpointslices', endpoint_slice),
    'ValidatingWebhookConfiguration': ('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', qualified(webhooks)),
    'MutatingWebhookConfiguration': ('admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', qualified(webhooks)),
}


def thing(rng, kind, name):
    api_version, _, make = KINDS[kind]
    meta = dict(some(rng, {'labels': lambda: texts(rng), 'annotations': lambda: texts(rng)}),
                name=name)
    if kind not in CLUSTER:
        meta['namespace'] = 'default'
    if kind == 'Namespace':  # one that nobody manages is left out: see README.md
        meta['labels'] = dict(meta.get('labels', {}), always='a')
    return dict(make(rng), apiVersion=api_version, kind=kind, metadata=meta)


def path(kind):
    api_version, plural, _ = KINDS[kind]
    root = '/apis/' if '/' in api_version else '/api/'
    return '%s%s/%s%s' % (root, api_version, '' if kind in CLUSTER else 'namespaces/default/', plural)
