"""Stories of charts: what a release keeps, looks up and knows of its cluster. For the stages of stories.py."""
import base64
import json
import os
import shutil

from chartserver import ChartServer
from stories import namespace_of

CHART = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
RELEASE = '''apiVersion: syncd.dev/v1
kind: HelmRelease
metadata:
  name: web
  namespace: %s
spec:
  chart: {path: /charts/web}
  values: %s
'''


def release(s, template, **values):
    """A release of a chart with this template in the management cluster."""
    s.work.write('management/00-namespace.yaml', namespace_of(s.space))
    s.work.write('charts/web/Chart.yaml', CHART)
    s.work.write('charts/web/templates/m.yaml', template)
    s.work.write('management/web.yaml', RELEASE % (s.space, json.dumps(values)))


def config_map(**data):
    return 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n' + ''.join('  %s: %s\n' % pair for pair in data.items())


def record(s, field='{.items[*].data.values}'):
    """The values that the story's release keeps, decoded; of the one Secret that has them."""
    p = s.management.try_kubectl('get', 'secret', '-n', 'syncd-system', '-o', 'json')
    mine = [i for i in json.loads(p.stdout)['items'] if i.get('metadata', {}).get('annotations', {}).get('syncd.dev/release') == s.space + '/web']
    return [json.loads(base64.b64decode(i['data']['values'])) for i in mine]


def random_values_stay(s):
    """A password is made once: not again at the next sync, after a lost cache, or by a second daemon."""
    template = config_map(password='{{ randAlphaNum 24 | quote }}', size='{{ .Values.size | quote }}', made='{{ now | unixEpoch | quote }}')
    release(s, template, size=1)
    s.work.commit()
    first = s.syncd(regional=False).start()
    s.eventually('it is applied', s.has(s.management, 'm', size='1'))
    made = s.data(s.management, 'm')
    s.check('with a password', len(made['password']) == 24)
    kept = record(s)
    s.check('which one Secret keeps', len(kept) == 1 and made['password'] in kept[0].values())
    s.check('and no log has', made['password'] not in first.says())

    release(s, template, size=2)
    s.work.commit()
    s.eventually('the next commit is applied', s.has(s.management, 'm', size='2', password=made['password'], made=made['made']))
    first.stop()
    shutil.rmtree(s.state)
    release(s, template, size=3)
    s.work.commit()
    again = s.syncd(regional=False).start()
    s.eventually('after a lost cache it is the same', s.has(s.management, 'm', size='3', password=made['password'], made=made['made']))

    s.state += '-second'
    s.syncd(regional=False).start()
    release(s, template, size=4)
    s.work.commit()
    s.eventually('a second daemon changes nothing', s.has(s.management, 'm', size='4', password=made['password'], made=made['made']))
    s.check('there is still one Secret', record(s) == kept)
    again.stop()


def random_values_of_two(s):
    """Two daemons meet a new release at the same time: one makes the values, both apply them."""
    s.work.write('management/00-namespace.yaml', namespace_of(s.space))
    s.work.commit()
    s.syncd(regional=False).start()
    s.state += '-second'
    s.syncd(regional=False).start()
    release(s, config_map(password='{{ randAlphaNum 24 | quote }}'))
    s.work.commit()
    s.eventually('it is applied', lambda: s.data(s.management, 'm') is not None)
    kept = record(s)
    s.check('one Secret keeps the password', len(kept) == 1)
    s.eventually('and the object has it', lambda: s.data(s.management, 'm')['password'] in kept[0].values())
    s.work.write('management/other.yaml', namespace_of(s.space + '-other'))
    s.work.commit()
    s.eventually('both go on', lambda: s.management.try_kubectl('get', 'namespace', s.space + '-other').returncode == 0)
    s.check('with the same', s.data(s.management, 'm')['password'] in record(s)[0].values() and record(s) == kept)


def values_go_last(s):
    """A release that leaves the repository takes its kept values along, after everything else."""
    release(s, config_map(password='{{ randAlphaNum 24 | quote }}'))
    s.work.commit()
    s.syncd(regional=False, prune=True).start()
    s.eventually('it is applied', lambda: s.data(s.management, 'm') is not None and len(record(s)) == 1)
    s.work.remove('management/web.yaml')
    s.work.commit()
    s.eventually('it is gone', lambda: s.data(s.management, 'm') is None)
    s.eventually('and its values', lambda: record(s) == [])


def damaged_values_hold(s):
    """Values that cannot be read are not made anew: the target keeps its last good commit until they can."""
    template = config_map(password='{{ randAlphaNum 24 | quote }}', size='{{ .Values.size | quote }}')
    release(s, template, size=1)
    s.work.commit()
    first = s.syncd(regional=False).start()
    s.eventually('it is applied', s.has(s.management, 'm', size='1'))
    made = s.data(s.management, 'm')
    first.stop()
    listed = json.loads(s.management.kubectl('get', 'secret', '-n', 'syncd-system', '-o', 'json'))['items']
    secret = next(i for i in listed if i['metadata'].get('annotations', {}).get('syncd.dev/release') == s.space + '/web')

    def put(values):
        s.management.kubectl('patch', 'secret', secret['metadata']['name'], '-n', 'syncd-system', '--type=merge', '-p',
                             json.dumps({'data': {'values': values}}))
    put(base64.b64encode(b'not JSON').decode())
    release(s, template, size=2)
    s.work.commit()
    again = s.syncd(regional=False).start()
    s.eventually('that they are damaged is said', lambda: 'E_RECORD' in again.says())
    s.check('and nothing is applied', s.data(s.management, 'm') == made)
    put(secret['data']['values'])
    s.eventually('once they can be read, it goes on', s.has(s.management, 'm', size='2', password=made['password']), 100)


def lookup_follows(s):
    """What a chart looks up is the cluster's, and a change of it is rendered."""
    release(s, config_map(found='{{ (lookup "v1" "ConfigMap" "%s" "source").data | default dict | toJson | quote }}' % s.space))
    s.work.commit()
    s.syncd(regional=False).start()
    s.eventually('nothing is found at first', s.has(s.management, 'm', found='{}'))
    s.management.kubectl('create', 'configmap', 'source', '-n', s.space, '--from-literal=a=1')
    s.eventually('then it is', s.has(s.management, 'm', found='{"a":"1"}'))
    s.management.kubectl('patch', 'configmap', 'source', '-n', s.space, '--type=merge', '-p', '{"data":{"a":"2"}}')
    s.eventually('and its change', s.has(s.management, 'm', found='{"a":"2"}'))


def install_then_upgrade(s):
    """Whether a release is installed is decided by what is there, and stays so until something of it changes."""
    template = config_map(install='{{ .Release.IsInstall | quote }}', revision='{{ .Release.Revision | quote }}', size='{{ .Values.size | quote }}',
                          kube='{{ .Capabilities.KubeVersion.Version | quote }}',
                          leases='{{ .Capabilities.APIVersions.Has "coordination.k8s.io/v1/Lease" | quote }}')
    release(s, template, size=1)
    s.work.commit()
    first = s.syncd(regional=False).start()
    version = json.loads(s.management.kubectl('get', '--raw', '/version'))['gitVersion']
    s.eventually('it is installed', s.has(s.management, 'm', install='true', revision='1', size='1', kube=version))
    s.work.write('management/other.yaml', namespace_of(s.space + '-other'))
    s.work.commit()
    s.eventually('another commit', lambda: s.management.try_kubectl('get', 'namespace', s.space + '-other').returncode == 0)
    s.check('does not upgrade it', s.has(s.management, 'm', install='true', revision='1')())
    release(s, template, size=2)
    s.work.commit()
    s.eventually('its own does', s.has(s.management, 'm', install='false', revision='2', size='2'))
    first.stop()
    shutil.rmtree(s.state)
    release(s, template, size=3)
    s.work.commit()
    s.syncd(regional=False).start()
    s.eventually('and after a lost cache, too', s.has(s.management, 'm', install='false', revision='3', size='3'))


FETCHED = '''apiVersion: syncd.dev/v1
kind: HelmRelease
metadata: {name: %s, namespace: %s}
spec:
  chart: {repository: "%s", name: web, version: %s, digest: "%s"}
  values: {name: %s}
'''
NAMED = {'templates/m.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Values.name }}"}\ndata: {version: "{{ .Chart.Version }}"}\n'}


def fetched_charts(s):
    """Charts of an HTTP repository and of a registry: by digest, with credentials, from the cache when they are gone."""
    with ChartServer() as charts:
        packed = charts.add('web', '1.0.0', NAMED)
        s.work.write('management/00-namespace.yaml', namespace_of(s.space))
        s.work.write('management/a.yaml', FETCHED % ('a', s.space, charts.repository, '1.0.0', packed, 'a'))
        s.work.write('management/b.yaml', FETCHED % ('b', s.space, charts.registry, '1.0.0', charts.manifest('web', '1.0.0'), 'b'))
        s.work.commit()
        token = s.git.scratch.join('charts-' + s.space)
        with open(token, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            f.write('wrong\n')
        daemon = s.syncd(regional=False)
        daemon.document['spec']['charts'] = [{'repository': url, 'user': charts.user, 'tokenFile': token} for url in (charts.repository, charts.registry)]
        daemon.configure()
        daemon.start()
        s.eventually('a wrong password is said', lambda: 'answers 401' in daemon.says())
        s.check('and applies nothing', s.data(s.management, 'a') is None)
        with open(token, 'w') as f:
            f.write(charts.password + '\n')
        s.eventually('from the repository', s.has(s.management, 'a', version='1.0.0'), 100)
        s.eventually('from the registry', s.has(s.management, 'b', version='1.0.0'))
        s.check('no credential went to the other host', charts.leaks == 0)
        s.work.write('management/b.yaml', FETCHED % ('b', s.space, charts.registry, '1.0.0', packed[:-4] + '0000', 'b'))
        s.work.commit()
        s.eventually('what is not there is said', lambda: 'answers 404' in daemon.says())
        charts.blobs[packed[:-4] + '0000'] = b'something else'
        s.eventually('and what is another', lambda: 'is not what was pinned' in daemon.says(), 100)
        newer = charts.add('web', '1.1.0', NAMED)
        s.work.write('management/a.yaml', FETCHED % ('a', s.space, charts.repository, '1.1.0', newer, 'a'))
        s.work.write('management/b.yaml', FETCHED % ('b', s.space, charts.registry, '1.0.0', charts.manifest('web', '1.0.0'), 'b'))
        s.work.commit()
        s.eventually('the next commit is not held up by it', s.has(s.management, 'a', version='1.1.0'))
        s.check('no log has the password', charts.password not in daemon.says())
        daemon.stop()
    s.work.write('management/b.yaml', FETCHED % ('b', s.space, charts.registry, '1.0.0', charts.manifest('web', '1.0.0'), 'c'))
    s.work.commit()
    daemon.start()
    s.eventually('without any server, from the cache', s.has(s.management, 'c', version='1.0.0'))


CHARTS = [fetched_charts, random_values_stay, random_values_of_two, values_go_last, damaged_values_hold, lookup_follows, install_then_upgrade]
