"""Seeded documents with JSON patches and merge patches for them."""
import json

KEYS = ['a', 'b', 'c', 'x/y', 'm~n', '', '0', '-']


def value(r, depth=0):
    roll = r.random()
    if depth > 3 or roll < 0.5:
        return r.choice([None, True, False, 0, 1, 1.5, -2, 'x', '', 'a b', [], {}])
    if roll < 0.75:
        return {r.choice(KEYS): value(r, depth + 1) for _ in range(r.randrange(4))}
    return [value(r, depth + 1) for _ in range(r.randrange(4))]


def paths(v, prefix=''):
    found = [prefix]
    items = v.items() if isinstance(v, dict) else enumerate(v) if isinstance(v, list) else []
    for key, child in items:
        found += paths(child, prefix + '/' + str(key).replace('~', '~0').replace('/', '~1'))
    return found


def pointer(r, document):
    path = r.choice(paths(document))
    roll = r.random()
    if roll < 0.3:
        path += '/' + r.choice(['a', 'b', 'new', '-', '0', '1', '-1', '-2', '99', '+1', '01', 'x~1y', 'm~0n', '~2', '', 'a/b'])
    elif roll < 0.35:
        path = path[1:]
    return path


def operation(r, document):
    op = {'op': r.choice(['add', 'add', 'remove', 'replace', 'replace', 'move', 'copy', 'test', 'test', 'bad']),
          'path': pointer(r, document)}
    if op['op'] in ('move', 'copy'):
        op['from'] = pointer(r, document)
    if op['op'] in ('add', 'replace', 'test') and r.random() < 0.95:
        op['value'] = value(r, 2)
    if r.random() < 0.02:
        del op[r.choice(list(op))]
    return op


def has_null_in_list(v):
    if isinstance(v, dict):
        return any(has_null_in_list(x) for x in v.values())
    return isinstance(v, list) and any(x is None or has_null_in_list(x) for x in v)


def case(r):
    """A document, a JSON patch, a merge patch, as JSON text."""
    document = value(r)
    while not isinstance(document, (dict, list)):
        document = value(r)
    operations = [operation(r, document) for _ in range(r.randrange(1, 4))]
    merge = value(r)
    while not isinstance(merge, dict):
        merge = value(r)
    return json.dumps(document), json.dumps(operations), json.dumps(merge)
