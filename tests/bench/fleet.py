"""A fleet of Cluster and Machine objects in the shapes of the platform, as a tree of kustomizations."""
import os

CLUSTER = '''apiVersion: cluster.k8s.io/v1alpha1
kind: Cluster
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    kaas.mirantis.com/provider: openstack
    kaas.mirantis.com/region: region-one
spec:
  clusterNetwork:
    pods:
      cidrBlocks: [192.168.0.0/16]
    serviceDomain: cluster.local
    services:
      cidrBlocks: [10.96.0.0/12]
  providerSpec:
    value:
      apiVersion: openstackproviderconfig.k8s.io/v1alpha1
      kind: OpenstackClusterProviderSpec
      credentials: cloud-config
      dnsNameservers: [172.18.224.4]
      helmReleases:
      - name: stacklight
        values:
          highAvailabilityEnabled: true
          prometheusServer:
            persistentVolumeClaimSize: 16Gi
            retentionTime: 15d
      nodeCidr: 10.10.10.0/24
      release: ucp-5-7-0-3-3-3
'''

MACHINE = '''apiVersion: cluster.k8s.io/v1alpha1
kind: Machine
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    cluster.sigs.k8s.io/cluster-name: {cluster}
    kaas.mirantis.com/provider: openstack
    kaas.mirantis.com/region: region-one{control}
spec:
  providerSpec:
    value:
      apiVersion: openstackproviderconfig.k8s.io/v1alpha1
      kind: OpenstackMachineProviderSpec
      flavor: {flavor}
      image: bionic-server-cloudimg-amd64
      nodeLabels:
      - key: role
        value: {role}
'''

CRD = '''apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {plural}.cluster.k8s.io
  annotations:
    api-approved.kubernetes.io: "unapproved, a benchmark"
spec:
  group: cluster.k8s.io
  names:
    kind: {kind}
    listKind: {kind}List
    plural: {plural}
    singular: {singular}
  scope: Namespaced
  versions:
  - name: v1alpha1
    served: true
    storage: true
    subresources:
      status: {{}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-preserve-unknown-fields: true
          status:
            type: object
            x-kubernetes-preserve-unknown-fields: true
'''


def _write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)


def _machine(cluster, namespace, number):
    control = number < 3
    return MACHINE.format(
        name='%s-m%04d' % (cluster, number), namespace=namespace, cluster=cluster, role='control' if control else 'worker',
        flavor='kaas.small' if control else 'kaas.large',
        control='\n    cluster.sigs.k8s.io/control-plane: "true"' if control else '')


def crds():
    return '---\n'.join(CRD.format(kind=kind, plural=kind.lower() + 's', singular=kind.lower()) for kind in ('Cluster', 'Machine'))


def write_fleet(folder, clusters, machines):
    """folder/fleet is a kustomization of `clusters` kustomizations, each with a cluster and its machines; folder/crds.yaml and
    folder/namespaces.yaml are what a cluster needs before. Gives the number of objects."""
    names = []
    for number in range(clusters):
        name, namespace = 'cluster-%05d' % number, 'project-%02d' % (number % 10)
        names.append(name)
        top = os.path.join(folder, 'fleet', name)
        _write(os.path.join(top, 'cluster.yaml'), CLUSTER.format(name=name, namespace=namespace))
        _write(os.path.join(top, 'machines.yaml'), '---\n'.join(_machine(name, namespace, m) for m in range(machines)))
        _write(os.path.join(top, 'kustomization.yaml'), 'labels:\n- pairs:\n    fleet: bench\nresources:\n- cluster.yaml\n- machines.yaml\n')
    _write(os.path.join(folder, 'fleet', 'kustomization.yaml'), 'resources:\n' + ''.join('- %s\n' % n for n in names))
    _write(os.path.join(folder, 'crds.yaml'), crds())
    _write(os.path.join(folder, 'namespaces.yaml'), '---\n'.join(
        'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: project-%02d\n' % n for n in range(10)))
    return clusters * (machines + 1)
