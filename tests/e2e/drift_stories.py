"""What syncd does about drift: policies, fights, forged managers, reports. The same on every kind of API server; see stories.py."""
import json
import os
import time
import xml.etree.ElementTree as tree

RULES = {'rules': [{'kind': 'ConfigMap', 'path': '.data.r', 'action': 'report'}, {'kind': 'ConfigMap', 'path': '/data/i', 'action': 'ignore'}]}


def rows(daemon, name=None):
    """Open findings as {path: row}."""
    try:
        with open(daemon.state + '/drift.json') as f:
            return {r.get('path', ''): r for r in json.load(f)['drift'] if name in (None, r['name'])}
    except (OSError, ValueError):
        return {}


def patch(s, name, data, manager='kubectl-edit', kind='configmap'):
    s.management.kubectl('patch', kind, name, '-n', s.space, '--type', 'merge', '--field-manager', manager, '-p', json.dumps({'data': data}))


def begin(s, drift=None, **values):
    """One ConfigMap `m` in Git and a daemon that has applied it."""
    s.write_namespaces()
    s.write(s.management, 'm', **values)
    s.work.commit()
    daemon = s.syncd(regional=False)
    if drift:
        daemon.document['spec']['drift'] = drift
        daemon.configure()
    daemon.start()
    s.eventually('applied', s.has(s.management, 'm', **values))
    time.sleep(0.5)
    return daemon


def fields_by_policy(s):
    """In one object one field is healed, one only reported, one ignored; nothing of the others is lost."""
    daemon = begin(s, RULES, h='1', r='1', i='1')
    patch(s, 'm', {'h': 'x', 'r': 'x', 'i': 'x'})
    s.eventually('the field whose policy is heal comes back', s.has(s.management, 'm', h='1'))
    time.sleep(1)
    s.check('the others stay as they were written', s.has(s.management, 'm', h='1', r='x', i='x')())
    found = rows(daemon, 'm')
    s.check('the report names field, manager and action', found.get('.data.r', {}).get('manager') == 'kubectl-edit' and
            found['.data.r']['action'] == 'report' and '.data.i' not in found)
    p = daemon.run('drift', '--config', daemon.path)
    s.check('syncd drift exits with 1 (%d)' % p.returncode, p.returncode == 1 and '.data.r' in p.stdout)
    s.write(s.management, 'm', h='2', r='1', i='1')
    s.work.commit()
    s.eventually('the next commit is applied around them', s.has(s.management, 'm', h='2', r='x', i='x'))


def annotations_of_other_tools(s):
    """An object that another tool's annotation takes out of drift detection stays as people leave it."""
    def annotate(name, annotation):
        s.work.write('management/%s.yaml' % name, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n  namespace: %s\n  annotations: {%s}\n'
                     'data: {a: "1"}\n' % (name, s.space, annotation))

    s.write_namespaces()
    annotate('flux', '')
    annotate('nomos', 'client.lifecycle.config.k8s.io/mutation: ignore')
    s.write(s.management, 'plain', a='1')
    s.work.commit()
    daemon = s.syncd(regional=False).start()
    s.eventually('applied', lambda: all(s.has(s.management, n, a='1')() for n in ('flux', 'nomos', 'plain')))
    annotate('flux', 'kustomize.toolkit.fluxcd.io/reconcile: disabled')  # with it from the beginning, it would not be made
    s.write(s.management, 'last', a='1')
    s.work.commit()
    s.eventually('annotated', s.has(s.management, 'last', a='1'))
    for name in ('flux', 'nomos', 'plain'):
        patch(s, name, {'a': 'x'})
    s.eventually('what has no such annotation is healed', s.has(s.management, 'plain', a='1'))
    time.sleep(1)
    s.check('the others are not', all(s.has(s.management, n, a='x')() for n in ('flux', 'nomos')) and daemon.alive())


def fought_field_is_left_alone(s):
    """A field that somebody keeps changing is contested after some rounds; another field of the object still heals."""
    daemon = begin(s, None, a='1', b='1')
    for number in range(12):
        patch(s, 'm', {'a': 'fight-%d' % number}, 'fighter')
        if '.data.a' in rows(daemon) and rows(daemon)['.data.a']['action'] == 'contested':
            break
        time.sleep(0.4)
    s.eventually('the field is contested', lambda: rows(daemon).get('.data.a', {}).get('action') == 'contested')
    s.check('by its name', rows(daemon)['.data.a'].get('manager') == 'fighter')
    s.check('and said loudly', 'action=contested' in daemon.says())
    patch(s, 'm', {'b': 'x'})
    s.eventually('another field of it still heals', s.has(s.management, 'm', b='1'))
    s.check('and the contested one is left alone', s.data(s.management, 'm')['a'].startswith('fight'))


def forged_and_cleared_managers(s):
    """A write under our name, an update under our name, cleared managedFields: found, told apart, and healed."""
    daemon = begin(s, {'action': 'report'}, a='1', b='1')
    labels = s.management.object('get', 'configmap', 'm', '-n', s.space)['metadata']['labels']
    applied = json.dumps({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'm', 'namespace': s.space, 'labels': labels}, 'data': {'a': 'forged', 'b': '1'}})
    time.sleep(1.1)  # managedFields tell seconds
    s.management.kubectl('apply', '--server-side', '--field-manager', 'syncd', '--force-conflicts', '-f', '-', input=applied)
    s.eventually('a write under our name', lambda: rows(daemon).get('.data.a', {}).get('class') == 'impostor')
    s.management.kubectl('patch', 'configmap', 'm', '-n', s.space, '--type', 'json', '-p', '[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]')
    s.eventually('cleared managedFields', lambda: rows(daemon).get('', {}).get('class') == 'cleared')
    daemon.document['spec'].pop('drift')
    daemon.configure()
    daemon.stop()
    daemon.start()
    s.eventually('both are healed', s.has(s.management, 'm', a='1', b='1'))
    s.eventually('and nothing is open', lambda: not rows(daemon))


def replaced_object(s):
    """kubectl replace: every field of ours that it changed or dropped is found, and healed."""
    daemon = begin(s, None, a='1', b='2', c='3')
    live = s.management.object('get', 'configmap', 'm', '-n', s.space)
    live['data'] = {'a': 'x', 'd': 'theirs'}
    live['metadata'].pop('resourceVersion')
    s.management.kubectl('replace', '-f', '-', input=json.dumps(live))
    s.eventually('healed', s.has(s.management, 'm', a='1', b='2', c='3', d='theirs'))
    s.check('the log names what was changed and what was removed',
            'what="value changed" path=.data.a' in daemon.says() and 'what="field removed" path=.data.b' in daemon.says())


def object_no_longer_in_git(s):
    """What Git does not state any more and the gate keeps is open drift, until somebody decides."""
    s.write_namespaces()
    s.work.write('management/kept.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, namespace: %s, annotations: '
                 '{argocd.argoproj.io/sync-options: Prune=false}}\ndata: {a: "1"}\n' % s.space)
    s.write(s.management, 'm', a='1')
    s.work.commit()
    daemon = s.syncd(regional=False)
    daemon.start()
    s.eventually('applied', s.has(s.management, 'kept', a='1'))
    s.work.remove('management/kept.yaml')
    s.work.commit()
    s.eventually('it is open, as a whole', lambda: rows(daemon, 'kept').get('', {}).get('class') == 'stale')
    p = daemon.run('drift', '--config', daemon.path)
    s.check('the report says it, with exit code 1 (%d)' % p.returncode, p.returncode == 1 and 'ours but no longer in Git' in p.stdout)
    s.management.kubectl('delete', 'configmap', 'kept', '-n', s.space)
    s.eventually('and nothing is open when it is gone', lambda: not rows(daemon, 'kept'))


def reports_in_every_form(s):
    """Text, JSON, YAML, Markdown, HTML, JUnit, SARIF, and rules; a Secret's values in none of them."""
    s.write_namespaces()
    s.work.write('management/s.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: %s}\nstringData: {password: hunter-git}\n' % s.space)
    s.write(s.management, 'm', a='<1>')
    s.work.commit()
    daemon = s.syncd(regional=False)
    daemon.document['spec']['drift'] = {'action': 'report'}
    daemon.configure()
    daemon.start()
    s.eventually('applied', s.has(s.management, 'm', a='<1>'))
    time.sleep(0.5)
    patch(s, 's', {'password': 'aHVudGVyLWxpdmU='}, kind='secret')
    patch(s, 'm', {'a': '<x|y>'})
    s.eventually('both are found', lambda: {'.data.password', '.data.a'} <= set(rows(daemon)))
    told = {}
    for form in ('text', 'json', 'yaml', 'markdown', 'html', 'junit', 'sarif'):
        p = daemon.run('drift', '-o', form, '--config', daemon.path)
        told[form] = p.stdout
        s.check('-o %s exits with 1 and names the field (%d)' % (form, p.returncode), p.returncode == 1 and '.data.a' in p.stdout)
    everything = ''.join(told.values()) + daemon.says() + open(os.path.join(daemon.state, 'drift.json')).read()
    s.check("no value of a Secret is in any of them", not any(secret in everything for secret in ('hunter', 'aHVudGVy')))
    s.check('a keyed hash stands for it', 'hmac:' in told['json'])
    s.check('SARIF has a result for each', len(json.loads(told['sarif'])['runs'][0]['results']) == 2)
    s.check('JUnit has a failure for each', len(tree.fromstring(told['junit']).findall('.//failure')) == 2)
    s.check('HTML escapes, and needs nothing else', '&lt;x|y&gt;' in told['html'] and '<x|y>' not in told['html'] and '://' not in told['html'])
    rule = daemon.run('drift', '--suggest-ignore', '.data.a', '--config', daemon.path).stdout
    s.check('a rule is made from a finding', 'action: ignore' in rule and 'path: ".data.a"' in rule and 'password' not in rule)
    daemon.kill()
    p = daemon.run('drift', '--max-age', '1ms', '--config', daemon.path)
    s.check('what is old is unknown: 5 (%d)' % p.returncode, p.returncode == 5)


EVERYWHERE = [fields_by_policy, annotations_of_other_tools, fought_field_is_left_alone, forged_and_cleared_managers, replaced_object, object_no_longer_in_git, reports_in_every_form]
