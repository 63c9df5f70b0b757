"""A platform in a test: its definitions, its simulated controllers, and small repositories for it.

    install(cluster)                                   # the level's definitions
    with Controllers(management, regions={'eu': eu}, scale=1200): ...
    repository(work, provider='openstack')             # a project with one cluster of 3 managers and 2 workers
"""
import json
import os
import subprocess

from daemon import program
from processes import spawn, stop, tail

RELEASES = ['mke-11-6-0-3-5-4', 'mke-11-7-0-3-5-5']
# provider: group and version of its specs, kinds of cluster's and machine's, kind of the credential, its spec, machine's fields
PROVIDERS = {
    'openstack': ('openstackproviderconfig.k8s.io/v1alpha1', 'OpenstackClusterProviderSpec', 'OpenstackMachineProviderSpec', 'OpenStackCredential',
                  {'auth': {'authURL': 'https://keystone.example:5000/v3', 'userName': 'deployer', 'password': {'secret': {'name': 'p', 'key': 'value'}}}},
                  {'flavor': 'kaas.large', 'image': 'focal'}),
    'aws': ('aws.kaas.mirantis.com/v1alpha1', 'AWSClusterProviderSpec', 'AWSMachineProviderSpec', 'AWSCredential',
            {'accessKeyID': 'AKIAEXAMPLE', 'secretAccessKey': {'secret': {'name': 'p', 'key': 'value'}}}, {'ami': {'id': 'ami-0'}, 'instanceType': 'c5d.4xlarge'}),
    'vsphere': ('vsphere.cluster.k8s.io/v1alpha1', 'VsphereClusterProviderSpec', 'VsphereMachineProviderSpec', 'VsphereCredential',
                {'vsphere': {'server': 'vsphere.example', 'port': '443', 'datacenter': 'dc'},
                 'clusterApi': {'username': 'u', 'password': {'secret': {'name': 'p', 'key': 'value'}}},
                 'cloudProvider': {'username': 'u', 'password': {'secret': {'name': 'p', 'key': 'value'}}}}, {'template': 't'}),
    'equinixmetal': ('equinix.kaas.mirantis.com/v1alpha1', 'EquinixMetalClusterProviderSpec', 'EquinixMetalMachineProviderSpec', 'EquinixMetalCredential',
                     {'projectID': 'p', 'apiToken': {'secret': {'name': 'p', 'key': 'value'}}}, {'machineType': 'c3.small.x86'}),
    'baremetal': ('baremetal.k8s.io/v1alpha1', 'BaremetalClusterProviderSpec', 'BareMetalMachineProviderSpec', None, {}, {}),
    'byo': ('byo.kaas.mirantis.com/v1alpha1', 'BYOClusterProviderSpec', None, 'BYOCredential',
            {'docker': {'host': 'tcp://ucp.example:443', 'caCert': 'LS0=', 'clientCert': 'LS0=', 'clientKey': {'secret': {'name': 'd', 'key': 'value'}}},
             'kubeConfig': {'secret': {'name': 'k', 'key': 'value'}}}, {}),
}


def controllers_program():
    return os.path.join(os.path.dirname(program()), 'controllers')


def can_simulate():
    return os.path.exists(controllers_program())


def install(cluster, level='mcc-2.23'):
    text = subprocess.run([program(), 'render', 'level', level], stdout=subprocess.PIPE, check=True, text=True).stdout
    cluster.kubectl('apply', '--server-side', '-f', '-', input=text)
    cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s')
    releases = [{'apiVersion': 'kaas.mirantis.com/v1alpha1', 'kind': 'ClusterRelease', 'metadata': {'name': name},
                 'spec': {'version': name.replace('mke-', ''), 'description': 'an example',
                          'agent': {'version': '0.4.1', 'downloadURL': 'https://binary.example/agent', 'sha256': '0' * 64}}} for name in RELEASES]
    cluster.kubectl('apply', '--server-side', '-f', '-', input='\n---\n'.join(json.dumps(r) for r in releases))


class Controllers:
    """The simulated controllers of a management cluster."""

    def __init__(self, management, regions=None, scale=1200, fail=(), more=()):
        self.log = management.kubeconfig + '.controllers.log'
        words = ['--kubeconfig', management.kubeconfig, '--scale', str(scale), *more]
        for name, cluster in (regions or {}).items():
            words += ['--region', '%s=%s' % (name, cluster.kubeconfig)]
        for rule in fail:
            words += ['--fail', rule]
        self.command, self.process = [controllers_program(), *words], None

    def __enter__(self):
        self.process = spawn(self.command, self.log)
        return self

    def __exit__(self, *unused):
        code = self.process.poll()
        stop(self.process)
        if code not in (None, 0):
            raise AssertionError('controllers ended with %s:\n%s' % (code, tail(self.log)))


def labels(provider, region):
    return {'kaas.mirantis.com/provider': provider, 'kaas.mirantis.com/region': region}


def cluster_object(provider, region='region-one', name='c', namespace='team', release=RELEASES[0], **value):
    version, kind = PROVIDERS[provider][0], PROVIDERS[provider][1]
    spec = dict({'apiVersion': version, 'kind': kind, 'release': release}, **value)
    if PROVIDERS[provider][3]:
        spec['credentials'] = 'cloud'
    return {'apiVersion': 'cluster.k8s.io/v1alpha1', 'kind': 'Cluster', 'metadata': {'name': name, 'namespace': namespace, 'labels': labels(provider, region)},
            'spec': {'clusterNetwork': {'services': {'cidrBlocks': ['10.233.0.0/18']}, 'pods': {'cidrBlocks': ['10.233.64.0/18']}},
                     'providerSpec': {'value': spec}}}


def machine_objects(provider, region='region-one', name='c', namespace='team', managers=3, workers=2):
    version, kind, fields = PROVIDERS[provider][0], PROVIDERS[provider][2], PROVIDERS[provider][5]
    found = []
    for i in range(managers + workers):
        role = 'm-%d' % i if i < managers else 'w-%d' % (i - managers)
        mine = dict(labels(provider, region), **{'cluster.sigs.k8s.io/cluster-name': name})
        if i < managers:
            mine['cluster.sigs.k8s.io/control-plane'] = 'true'
        value = dict({'apiVersion': version, 'kind': kind}, **fields)
        if provider == 'baremetal':
            value['hostSelector'] = {'matchLabels': {'kaas.mirantis.com/baremetalhost-id': role}}
        found.append({'apiVersion': 'cluster.k8s.io/v1alpha1', 'kind': 'Machine', 'metadata': {'name': '%s-%s' % (name, role), 'namespace': namespace, 'labels': mine},
                      'spec': {'providerSpec': {'value': value}}})
        if provider == 'baremetal':
            found.append({'apiVersion': 'metal3.io/v1alpha1', 'kind': 'BareMetalHost',
                          'metadata': {'name': role, 'namespace': namespace, 'labels': dict(labels(provider, region), **{'kaas.mirantis.com/baremetalhost-id': role})},
                          'spec': {'online': True, 'bootMode': 'UEFI', 'bootMACAddress': '0c:c4:7a:00:00:%02x' % i,
                                   'bmc': {'address': '10.30.0.%d:623' % (10 + i), 'credentialsName': ''}}})
    return found


def project(provider='openstack', region='region-one', managers=3, workers=2, **value):
    """All objects of a project with one cluster."""
    objects = [{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'team'}}]
    if PROVIDERS[provider][3]:
        objects.append({'apiVersion': 'kaas.mirantis.com/v1alpha1', 'kind': PROVIDERS[provider][3],
                        'metadata': {'name': 'cloud', 'namespace': 'team', 'labels': labels(provider, region)}, 'spec': PROVIDERS[provider][4]})
    objects.append(cluster_object(provider, region, **value))
    return objects + (machine_objects(provider, region, managers=managers, workers=workers) if provider != 'byo' else [])


def text_of(objects):
    return '\n---\n'.join(json.dumps(o, indent=1) for o in objects) + '\n'
