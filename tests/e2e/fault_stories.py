"""Faults between syncd and an API server, F21 to F40: a proxy does what a bad network, a stale replica or a busy server would. One
function each; FAULTS says where each is shown, and `check_table` fails when one is shown nowhere."""
import json
import os
import re
import threading

from daemon import Syncd, target
from faultproxy import FaultProxy, after, answer, cut, hang, slow, status, stream
from order_stories import find, kind_of, make_ready, thing
from stories import CRD, config_map

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LONG = 90


def begin(s, count=3, regional=False, prune=False, **spec):
    """Objects m0… on the management cluster, behind a proxy; the regional one is reached directly."""
    s.proxy = FaultProxy(s.management)
    s.write_namespaces()
    for number in range(count):
        s.write(s.management, 'm%d' % number, a='1')
    if regional:
        s.write(s.regional, 'r', a='1')
    targets = [target('management', s.proxy, paths=['management'])] + ([target('regional', s.regional)] if regional else [])
    s.daemon = Syncd('file://' + s.bare, s.state, targets, name=s.space, prune=prune)
    s.daemon.document['spec'].update(spec)
    s.daemon.document['spec']['prune'].update(maxCount=1000)
    s.daemon.configure()
    s.daemons.append(s.daemon)
    s.work.commit('begin')


def applied(s, count=3):
    s.daemon.start()
    s.eventually('applied', lambda: names(s, 'm') == count, LONG)
    s.eventually('settled', lambda: 'msg=settled' in s.daemon.says(), LONG)


def names(s, prefix):
    p = s.management.try_kubectl('get', 'configmap', '-n', s.space, '-o', 'name')
    return sum(line.startswith('configmap/' + prefix) for line in p.stdout.split()) if p.returncode == 0 else -1


def inventory(s):
    found = s.management.object('get', 'configmap', '-n', 'syncd-system', '-l', 'syncd.dev/inventory=' + s.space)
    return ''.join(part['data'].get('objects', '') for part in found['items'])


def edited(s, name, value):
    s.management.kubectl('patch', 'configmap', name, '-n', s.space, '--type=merge', '-p', json.dumps({'data': {'a': value}}))


def heals(s, name, what):
    edited(s, name, 'edited')
    s.eventually(what, s.has(s.management, name, a='1'), LONG)


def is_write(r):
    return r.method in ('PATCH', 'POST', 'PUT')


def said(s, commit, *words):
    return lambda: all(word in json.dumps(s.note(commit)) for word in words)


def credentials_are_exchanged(s):
    """F21: 401 on everything until the kubeconfig has the new token: asked again with patience, the other cluster goes on."""
    begin(s, regional=True)
    applied(s)
    s.proxy.token = 'second'
    s.proxy.drop()
    mark = s.proxy.mark()
    s.write(s.management, 'm0', a='2')
    s.write(s.regional, 'r', a='2')
    s.work.commit()
    s.eventually('the other cluster goes on', s.has(s.regional, 'r', a='2'), LONG)
    s.eventually('the refusal is told', lambda: '401' in s.daemon.says() or 'nauthorized' in s.daemon.says(), LONG)
    s.check('it is no storm (%d requests)' % (s.proxy.mark() - mark), s.proxy.mark() - mark < 60)
    s.proxy.write_kubeconfig()
    s.eventually('the new token is taken by itself', s.has(s.management, 'm0', a='2'), LONG)


def forbidden_is_unknown(s):
    """F22: the right to list a kind is taken away: nothing of it is deleted, and that is told; with the right it goes on."""
    begin(s, prune=True)
    applied(s)
    s.proxy.fault = lambda r: answer(403) if r.method == 'GET' and r.path.endswith('/configmaps') and 'labelSelector' in r.query else None
    s.proxy.drop()
    s.work.remove('management/m2.yaml')
    s.write(s.management, 'm0', a='2')
    commit = s.work.commit()
    s.eventually('what may be written is written', s.has(s.management, 'm0', a='2'), LONG)
    s.eventually('that it is not fully known is told', said(s, commit, 'LISTS'), LONG)
    s.check('nothing was deleted', names(s, 'm') == 3 and s.proxy.count('DELETE') == 0)
    s.proxy.fault = None
    s.proxy.drop()
    s.eventually('with the right back, it goes', lambda: names(s, 'm') == 2, LONG)


def definition_is_deleted(s):
    """F23: an object, then its whole kind is deleted under us: both come back, nothing else is touched."""
    begin(s)
    s.work.write('management/00-crd.yaml', kind_of(s))
    s.work.write('management/thing.yaml', thing(s, 'one'))
    s.work.commit()
    applied(s)
    s.eventually('the instance is there', lambda: find(s, 'one') is not None, LONG)
    uid = find(s, 'one')['metadata']['uid']
    s.management.kubectl('delete', 'things.%s.example.com' % s.space, 'one', '-n', s.space, '--wait=false')
    s.eventually('a deleted object comes back', lambda: (find(s, 'one') or {'metadata': {'uid': uid}})['metadata']['uid'] != uid, LONG)
    uid = find(s, 'one')['metadata']['uid']
    s.management.kubectl('delete', 'crd', 'things.%s.example.com' % s.space, '--wait=false')
    s.eventually('a deleted kind comes back, and its instance', lambda: (find(s, 'one') or {'metadata': {'uid': uid}})['metadata']['uid'] != uid, LONG)
    s.check('nothing was deleted by us', s.proxy.count('DELETE') == 0 and names(s, 'm') == 3)


def conflict_is_not_forced(s):
    """F24: another manager's value is held, listed with its owner, and never forced; only Git's word takes it."""
    s.management.kubectl('create', 'namespace', s.space)
    s.management.kubectl('apply', '--server-side', '--field-manager=another', '-f', '-', input=config_map('m1', s.space, a='theirs'))
    begin(s)
    s.daemon.start()
    s.eventually('the others are applied', lambda: s.has(s.management, 'm0', a='1')() and s.has(s.management, 'm2', a='1')(), LONG)
    s.eventually('the conflict is told with its owner', lambda: 'another' in s.daemon.says(), LONG)
    s.check('it is as it was', s.data(s.management, 'm1') == {'a': 'theirs'})
    s.check('nothing was forced', s.proxy.count('PATCH', '/m1?', 'force=true') == 0)
    taken = json.loads(config_map('m1', s.space, a='1'))
    taken['metadata']['annotations'] = {'syncd.dev/conflicts': 'take'}
    s.work.write('management/m1.yaml', json.dumps(taken))
    s.work.commit()
    s.eventually("Git's word takes it", s.has(s.management, 'm1', a='1'), LONG)


def expired_is_listed_anew(s):
    """F25: 410 on a watch and on a page of a list: everything is listed anew, from its beginning."""
    begin(s, count=7)
    applied(s, 7)
    s.proxy.rewrite = lambda path: re.sub(r'([?&]limit=)\d+', r'\g<1>2', path)
    broken, ended = [], []

    def expire(r):
        if r.watch and r.path.endswith('configmaps') and not ended:
            ended.append(1)
            return answer(410)
        if r.list and 'continue' in r.query and r.path.endswith('configmaps') and len(broken) < 2:
            broken.append(r.path)
            return answer(410)
        return None
    s.proxy.fault = expire
    mark = s.proxy.mark()
    s.proxy.drop()
    s.eventually('the watch was refused, and two pages of the lists after it', lambda: len(broken) == 2, LONG)
    s.eventually('and listed anew to its end', lambda: s.proxy.count('GET', 'configmaps', 'continue=', start=mark) > 4, LONG)
    heals(s, 'm3', 'drift is healed after it')
    s.check('nothing was deleted', s.proxy.count('DELETE') == 0)


def refused_object_is_alone(s):
    """F26: what the server refuses (422) is told; the others of the commit go through; nothing is pruned until it is mended."""
    begin(s, prune=True)
    applied(s)
    s.work.write('management/bad.yaml', config_map('bad', s.space, **{'not/a key': '1'}))
    s.write(s.management, 'm0', a='2')
    s.work.remove('management/m2.yaml')
    commit = s.work.commit()
    s.eventually('the others go through', s.has(s.management, 'm0', a='2'), LONG)
    s.eventually('the refusal and what it withholds are told', said(s, commit, 'NOT_APPLIED'), LONG)
    s.check('nothing is pruned', s.data(s.management, 'm2') == {'a': '1'})
    s.work.remove('management/bad.yaml')
    s.work.commit()
    s.eventually('mended, it goes on', lambda: s.data(s.management, 'm2') is None, LONG)


def busy_server_is_waited_for(s):
    """F27: 429 with every kind of Retry-After: waited for, no error, no storm; one of an hour holds up only its own request."""
    begin(s, count=6)
    said_once, lock = {}, threading.Lock()
    ways = {'m0': '0', 'm1': '1', 'm2': None, 'm3': 'Wed, 21 Oct 2015 07:28:00 GMT', 'm4': 'soon', 'm5': '-7'}

    def busy(r):
        name = r.path.rsplit('/', 1)[-1]
        with lock:
            if r.method != 'PATCH' or name not in ways or said_once.get(name, 0) >= 2:
                return None
            said_once[name] = said_once.get(name, 0) + 1
        return answer(429, **({'Retry_After': ways[name]} if ways[name] is not None else {}))
    s.proxy.fault = busy
    applied(s, 6)
    s.check('each was refused twice', all(said_once.get(name) == 2 for name in ways))
    s.check('and asked no more often than that', all(s.proxy.count('PATCH', '/%s?' % name) == 3 for name in ways))
    s.check('nothing of it is an error', 'not done' not in s.daemon.says())


def unknown_outcomes(s):
    """F28: 500, 502, 503, 504, before and after the write took effect: all is there in the end, once; a hook was made once."""
    begin(s, count=12)
    s.work.write('management/00-crd.yaml', kind_of(s))
    s.work.write('management/hook.yaml', thing(s, 'migrate', **{'argocd.argoproj.io/hook': 'PostSync'}))
    s.work.commit()
    told, made, lock = {}, [], threading.Lock()
    codes = [500, 502, 503, 504]

    def storm(r):
        name = r.path.rsplit('/', 1)[-1]
        with lock:
            if r.method == 'POST' and r.path.endswith('/things'):
                made.append(1)
                return after(503) if len(made) == 1 else None
            if r.method != 'PATCH' or not name.startswith('m') or told.get(name, 0) >= 3:
                return None
            told[name] = told.get(name, 0) + 1
            code = codes[(int(name[1:]) + told[name]) % 4]
            return after(code) if told[name] % 2 else answer(code)
    s.proxy.fault = storm
    s.daemon.start()
    s.eventually('applied', lambda: names(s, 'm') == 12, LONG)
    s.check('every object met the storm', len(told) == 12)
    s.eventually('the hook is there', lambda: find(s, 'migrate') is not None, LONG)
    uid = find(s, 'migrate')['metadata']['uid']
    make_ready(s, 'migrate')
    s.check('made once, although its answer was lost (%d)' % len(made), len(made) == 1 and find(s, 'migrate')['metadata']['uid'] == uid)
    heals(s, 'm5', 'nothing of it was taken for a conflict')


def answers_are_cut(s):
    """F29: answers that end too early, at many places; watches that come byte by byte."""
    begin(s, count=8)
    cuts, listed = iter([0, 1, 7, 40, 80, 120, 200, 300, 333, 350, 0, 1, 90]), iter([0, 10, 60])
    s.proxy.fault = lambda r: stream(lambda line: [line[i:i + 1] for i in range(len(line))]) if r.watch else \
        cut(next(listed, 10 ** 9)) if r.list and r.path.endswith('configmaps') else \
        cut(next(cuts, 10 ** 9)) if is_write(r) and '/configmaps/m' in r.path else None
    applied(s, 8)
    s.check('all cuts were met', next(cuts, None) is None and next(listed, None) is None)
    heals(s, 'm4', 'a watch in single bytes is heard')


def silent_watch_is_left(s):
    """F30: a watch that says nothing any more, not even bookmarks, is given up by our own clock. Takes two minutes: SYNCD_FULL."""
    if not os.environ.get('SYNCD_FULL'):
        return
    begin(s)
    applied(s)
    s.proxy.fault = lambda r: stream(lambda line: []) if r.watch else None
    s.proxy.drop()
    mark = s.proxy.mark()
    s.eventually('watches begin again, silent', lambda: s.proxy.count('GET', 'configmaps', 'watch=true', start=mark) > 0, LONG)
    edited(s, 'm1', 'edited')
    s.eventually('it is given up and begun anew', lambda: s.proxy.count('GET', 'configmaps', 'watch=true', start=mark) > 1, 180)
    s.proxy.fault = None
    s.proxy.drop()
    s.eventually('and what was missed is healed', s.has(s.management, 'm1', a='1'), LONG)


def all_watches_drop(s):
    """F31: all watches end at once over many objects, again and again: found again without a storm, and in bounded memory."""
    count = 10000 if os.environ.get('SYNCD_FULL') else 600
    begin(s, count=count)
    applied(s, count)

    def rss():
        with open('/proc/%d/status' % s.daemon.process.pid) as f:
            return int(re.search(r'VmRSS:\s+(\d+)', f.read()).group(1)) // 1024
    before, mark = rss(), s.proxy.mark()
    for _ in range(3):
        limit = s.proxy.mark() + 4
        s.proxy.fault = lambda r, most=limit: answer(410) if r.watch and r.number < most else None
        s.proxy.drop()
        heals(s, 'm7', 'heard again')
    s.proxy.fault = None
    asked = s.proxy.mark() - mark
    s.check('without a storm (%d requests)' % asked, asked < 100 + count // 10)
    s.check('in bounded memory (%d to %d MiB)' % (before, rss()), rss() - before <= 64)


def stale_replica_is_not_believed(s):
    """F32: a replica that is behind lists what was there before: nothing is written or deleted for it."""
    begin(s, prune=True)
    applied(s)
    old = s.proxy.cluster.kubectl('get', '--raw', '/api/v1/namespaces/%s/configmaps' % s.space)
    document = json.loads(old)
    document['items'] = [i for i in document['items'] if i['metadata']['name'] == 'm0']
    s.write(s.management, 'm0', a='2')
    s.write(s.management, 'm9', a='1')
    s.work.commit()
    s.eventually('newer than that', lambda: s.has(s.management, 'm0', a='2')() and s.has(s.management, 'm9', a='1')(), LONG)
    served = []
    s.proxy.fault = lambda r: answer(410) if r.watch and r.path.endswith('configmaps') and not served else \
        answer(200, json.dumps(document).encode()) if r.list and r.path.endswith('configmaps') and len(served) < 2 and not served.append(1) else None
    mark = s.proxy.mark()
    s.proxy.drop()
    s.eventually('the old list was served', lambda: len(served) == 2, LONG)
    edited(s, 'm1', 'edited')
    s.eventually('a good one is believed', s.has(s.management, 'm1', a='1'), LONG)
    s.check('nothing was written for the old one', s.proxy.count('PATCH', '/m0?', start=mark) == 0 and s.proxy.count('PATCH', '/m9?', start=mark) == 0)
    s.check('and nothing deleted', s.proxy.count('DELETE') == 0 and names(s, 'm') == 4)


def events_are_lost(s):
    """F33: events that come twice, late, or never: what a watch lost is found by the next list (spec.resync)."""
    begin(s, resync='3s')
    held = []

    def shuffle(line):
        if b'"m1"' in line:
            return []
        if held:
            return [line, held.pop(), line]
        held.append(line)
        return []
    s.proxy.fault = lambda r: stream(shuffle) if r.watch and r.path.endswith('configmaps') else None
    applied(s)
    heals(s, 'm1', 'an event that never came')
    heals(s, 'm0', 'events out of order')
    s.check('nothing was deleted', s.proxy.count('DELETE') == 0)


def server_goes_away_in_the_middle(s):
    """F34: nobody listens while a commit is applied, then while it is pruned: what is created is recorded, and it goes on where it stood."""
    count = 40
    begin(s, count=count, prune=True)
    s.proxy.fault = lambda r: hang() if is_write(r) and '/configmaps/m' in r.path and s.proxy.count('PATCH', '/configmaps/m') > 15 else None
    s.daemon.start()
    s.eventually('some are there', lambda: names(s, 'm') >= 10, LONG)
    s.proxy.down()
    lines = inventory(s)
    s.check('all that may be there is recorded', all('ConfigMap/%s/m%d\t' % (s.space, n) in lines for n in range(count)))
    s.proxy.fault = None
    s.proxy.up()
    s.eventually('all are there', lambda: names(s, 'm') == count, LONG)
    for number in range(20):
        s.work.remove('management/m%d.yaml' % number)
    s.work.commit('half of them')
    s.proxy.fault = lambda r: hang() if r.method == 'DELETE' and s.proxy.count('DELETE') > 5 else None
    s.eventually('some are gone', lambda: names(s, 'm') < count, LONG)
    s.proxy.down()
    lines, left = inventory(s), names(s, 'm')
    s.check('what is left is recorded (%d)' % left, lines.count('ConfigMap/%s/m' % s.space) >= left)
    s.proxy.fault = None
    s.proxy.up()
    s.eventually('the rest goes', lambda: names(s, 'm') == 20, LONG)


def deletion_is_refused(s):
    """F35: a policy refuses the DELETE: the object stays recorded and shown, is tried again, and goes when it may."""
    begin(s, prune=True)
    applied(s)
    s.proxy.fault = lambda r: answer(403, status(403, 'Forbidden', 'admission webhook "keep" denied the request')) if r.method == 'DELETE' else None
    s.work.remove('management/m2.yaml')
    commit = s.work.commit()
    s.eventually('it is tried, and tried again', lambda: s.proxy.count('DELETE', '/m2') > 1, LONG)
    s.check('stays recorded', '/m2\t' in inventory(s) and s.data(s.management, 'm2') == {'a': '1'})
    s.eventually('and shown', said(s, commit, 'm2'), LONG)
    s.proxy.fault = None
    s.eventually('goes when it may', lambda: s.data(s.management, 'm2') is None, LONG)
    s.eventually('and leaves the record', lambda: '/m2\t' not in inventory(s), LONG)


def finalizer_hangs(s):
    """F36: an object waits for its finalizer: shown with its age, not made again, still recorded; the others and a new commit go on."""
    begin(s, prune=True)
    stuck = json.loads(config_map('stuck', s.space, a='1'))
    stuck['metadata']['finalizers'] = ['example.com/never']
    s.work.write('management/stuck.yaml', json.dumps(stuck))
    s.work.commit()
    applied(s)
    s.eventually('it is there', s.has(s.management, 'stuck', a='1'), LONG)
    s.work.remove('management/stuck.yaml')
    s.work.remove('management/m2.yaml')
    commit = s.work.commit()
    s.eventually('the others go', lambda: s.data(s.management, 'm2') is None, LONG)
    s.eventually('it is shown, with its finalizer and since when', said(s, commit, 'Leaving', 'example.com/never', 'deleted since 20'), LONG)
    s.check('and recorded', '/stuck\t' in inventory(s))
    s.write(s.management, 'm0', a='2')
    s.work.commit()
    s.eventually('a new commit goes on', s.has(s.management, 'm0', a='2'), LONG)
    s.management.kubectl('patch', 'configmap', 'stuck', '-n', s.space, '--type', 'merge', '-p', '{"metadata":{"finalizers":null}}')
    s.eventually('without it, it goes', lambda: s.data(s.management, 'stuck') is None, LONG)
    s.eventually('and leaves the record', lambda: '/stuck\t' not in inventory(s), LONG)


def namespace_is_terminating(s):
    """F37: creating in a namespace that is being deleted is refused: waited for with patience, and done when it may."""
    begin(s)
    applied(s)
    refusal = status(403, 'Forbidden', 'unable to create new content in namespace %s because it is being terminated' % s.space,
                     causes=[{'reason': 'NamespaceTerminating', 'message': 'namespace %s is being terminated' % s.space, 'field': 'metadata.namespace'}])
    s.proxy.fault = lambda r: answer(403, refusal) if is_write(r) and '/configmaps/new' in r.path else None
    s.write(s.management, 'new', a='1')
    s.write(s.management, 'm0', a='2')
    mark = s.proxy.mark()
    s.work.commit()
    s.eventually('the others go through', s.has(s.management, 'm0', a='2'), LONG)
    s.eventually('it is tried again', lambda: s.proxy.count('PATCH', '/configmaps/new', start=mark) > 2, LONG)
    s.check('with patience', s.proxy.count('PATCH', '/configmaps/new', start=mark) < 12)
    s.proxy.fault = None
    s.eventually('done when it may', s.has(s.management, 'new', a='1'), LONG)


def webhook_is_down(s):
    """F38: a webhook that must answer is down, then slow: writes are tried again with patience, and come through."""
    begin(s)
    applied(s)
    refusal = status(500, 'InternalError', 'Internal error occurred: failed calling webhook "must.example.com": connection refused')
    s.proxy.fault = lambda r: answer(500, refusal) if is_write(r) and '/configmaps/m0' in r.path else \
        slow(4) if is_write(r) and '/configmaps/m1' in r.path else None
    for name in ('m0', 'm1', 'm2'):
        s.write(s.management, name, a='2')
    mark = s.proxy.mark()
    s.work.commit()
    s.eventually('what needs no webhook is there', s.has(s.management, 'm2', a='2'), LONG)
    s.eventually('what is slow comes', s.has(s.management, 'm1', a='2'), LONG)
    s.eventually('what fails is tried again', lambda: s.proxy.count('PATCH', '/m0?', start=mark) > 2, LONG)
    s.check('with patience', s.proxy.count('PATCH', '/m0?', start=mark) < 20)
    s.check('what was slow was sent once', s.proxy.count('PATCH', '/m1?', start=mark) == 1)
    s.proxy.fault = None
    s.eventually('and comes when the webhook does', s.has(s.management, 'm0', a='2'), LONG)


def version_is_removed(s):
    """F40: a definition and its instance in one commit; then a version that is served no more: the instance stays, in the new one."""
    begin(s, prune=True)
    group = s.space + '.example.com'
    first = CRD.format(group=group, kind='Thing', plural='things', singular='thing')
    s.work.write('management/zz-crd.yaml', first)
    s.work.write('management/aa-thing.yaml', thing(s, 'one'))
    s.work.commit()
    applied(s)
    s.eventually('the instance follows its definition', lambda: find(s, 'one') is not None, LONG)
    uid = find(s, 'one')['metadata']['uid']
    head, _, tail = first.partition('  - name: v1\n')
    tail = '  - name: v1\n' + tail
    both = head + tail.replace('storage: true', 'storage: false') + tail.replace('name: v1', 'name: v2')
    s.work.write('management/zz-crd.yaml', both)
    s.work.commit('a second version')
    s.eventually('both are served', lambda: s.management.try_kubectl('get', 'things.v2.' + group, 'one', '-n', s.space).returncode == 0, LONG)
    s.work.write('management/zz-crd.yaml', head + tail.replace('storage: true', 'storage: false').replace('served: true', 'served: false') +
                 tail.replace('name: v1', 'name: v2'))
    s.work.write('management/aa-thing.yaml', thing(s, 'one').replace('/v1"', '/v2"').replace('"size": 1', '"size": 2'))
    s.work.commit('the first is served no more')
    s.eventually('the instance goes on in the new one', lambda: (find(s, 'one') or {}).get('spec', {}).get('size') == 2, LONG)
    s.check('as the same object', find(s, 'one')['metadata']['uid'] == uid)
    s.check('nothing was deleted', s.proxy.count('DELETE') == 0)


STORIES = [credentials_are_exchanged, forbidden_is_unknown, definition_is_deleted, conflict_is_not_forced, expired_is_listed_anew,
           refused_object_is_alone, busy_server_is_waited_for, unknown_outcomes, answers_are_cut, silent_watch_is_left, all_watches_drop,
           stale_replica_is_not_believed, events_are_lost, server_goes_away_in_the_middle, deletion_is_refused, finalizer_hangs,
           namespace_is_terminating, webhook_is_down, version_is_removed]

# Where each fault is shown: a story of this file, or file and name of another test.
FAULTS = {
    'F21': [credentials_are_exchanged, ('tests/unit/kube/cluster.c', 'reads_its_token_again_once_after_401')],
    'F22': [forbidden_is_unknown, ('tests/unit/kube/reflector.c', 'tells_refusals_apart_and_tries_again')],
    'F23': [definition_is_deleted, ('tests/unit/reconcile/target.c', 'instances_of_a_missing_kind_are_unknown_not_gone')],
    'F24': [conflict_is_not_forced],
    'F25': [expired_is_listed_anew],
    'F26': [refused_object_is_alone, ('tests/e2e/order_stories.py', 'immutable_field_is_held')],
    'F27': [busy_server_is_waited_for, ('tests/unit/kube/cluster.c', 'reports_429_that_is_longer_than_its_deadline')],
    'F28': [unknown_outcomes],
    'F29': [answers_are_cut, ('tests/unit/kube/reflector.c', 'hears_the_same_however_the_stream_is_cut')],
    'F30': [silent_watch_is_left, ('tests/unit/kube/reflector.c', 'gives_up_a_silent_watch')],
    'F31': [all_watches_drop],
    'F32': [stale_replica_is_not_believed, ('tests/unit/kube/reflector.c', 'does_not_take_an_older_list_for_the_truth')],
    'F33': [events_are_lost],
    'F34': [server_goes_away_in_the_middle],
    'F35': [deletion_is_refused],
    'F36': [finalizer_hangs],
    'F37': [namespace_is_terminating],
    'F38': [webhook_is_down],
    'F39': [('tests/e2e/drift_stories.py', 'fought_field_is_left_alone')],
    'F40': [version_is_removed, ('tests/e2e/stories.py', 'custom_resources')],
}


def check_table(told, counts):
    """Every fault is shown; a reference names a test that is there; a story here is in the list that runs."""
    for number in range(21, 41):
        shown = FAULTS.get('F%d' % number, [])
        good = bool(shown)
        for where in shown:
            if callable(where):
                good = good and where in told
            else:
                with open(os.path.join(ROOT, where[0])) as f:
                    good = good and where[1] in f.read()
        counts[0 if good else 1] += 1
        print('%-4s F%d: %s' % ('ok' if good else 'FAIL', number, ', '.join(w.__name__ if callable(w) else ':'.join(w) for w in shown) or 'shown nowhere'))
