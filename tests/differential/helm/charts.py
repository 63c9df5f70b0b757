"""Random charts: dependencies with aliases, conditions, tags and imports, and the values of all of them, each from its seed."""
import json
import random

DUMP = '''kind: X
name: %s
values: {{ .Values | toJson | quote }}
chart: {{ .Chart.Name }} {{ .Chart.Version }} {{ .Template.Name }} {{ .Template.BasePath }} {{ keys .Subcharts | sortAlpha }}
'''
LEAVES = [1, 's', None, True, False, 1.5, '', 0, [], {}, [1, 'a'], {'k': None}, 12345678901, None, None]
KEYS = ['a', 'b', 'c', 'global', 'sub', 'x', 'sub.enabled', 'tags', 'enabled']
VERSIONS = ['1.2.3', '1.2.3', '~1.2.0', '>1', '1.x.x', '^1.2', '2.0.0', '*', '']
CONDITIONS = ['sub.enabled', 'al.enabled', 'enabled', 'sub.enabled,a', 'a.b', 'global.a', 'a, b', 'x']
IMPORTS = ['exp', 'data', {'child': 'a', 'parent': 'b'}, {'child': 'exports.data', 'parent': '.'}, {'child': 'global', 'parent': 'imp'},
           {'child': 'a.b', 'parent': 'imp.x'}, {'child': 'none', 'parent': 'n'}]


class ChartMaker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.files = {}
        self.chart('', 'top', 2)
        self.user = self.some(['a', 'b', 'c', 'x', 'sub', 'other', 'al', 'global', 'enabled', 'twice'], 5)
        if self.chance(.3):
            self.user['sub'] = {'enabled': self.chance(.5), 'a': None, 'global': self.value(1)}

    def chance(self, part):
        return self.random.random() < part

    def value(self, depth=2):
        if depth == 0 or self.chance(.45):
            return self.random.choice(LEAVES)
        return {self.random.choice(KEYS): self.value(depth - 1) for _ in range(self.random.randrange(1, 4))}

    def some(self, names, most):
        return {name: self.value() for name in self.random.sample(names, self.random.randrange(most))}

    def dependency(self, name):
        r = self.random
        made = {'name': name, 'version': r.choice(VERSIONS), 'repository': r.choice(['', 'https://x/y'])}
        if self.chance(.3):
            made['alias'] = r.choice(['al', 'sub', 'be'])
        if self.chance(.4):
            made['condition'] = r.choice(CONDITIONS)
        if self.chance(.3):
            made['tags'] = r.choice([['t'], ['t', 'u'], ['v']])
        if self.chance(.5):
            made['import-values'] = r.sample(IMPORTS, r.randrange(1, 3))
        return made

    def values(self):
        r = self.random
        made = self.some(['a', 'b', 'c', 'x', 'enabled', 'tags'], 4)
        if self.chance(.5):
            made['global'] = r.choice([self.value(), {'a': self.value(), 'g': self.value(1)}])
        if self.chance(.5):
            made['exports'] = r.choice([{'exp': {'b': self.value(1)}, 'data': {'a': self.value(1), 'z': 1}}, self.value(1)])
        if self.chance(.6):
            made[r.choice(['sub', 'other', 'al'])] = r.choice([{'enabled': r.choice([True, False, 'true', None]), 'a': self.value(1)}, self.value()])
        if self.chance(.3):
            made['tags'] = r.choice([{'t': self.chance(.5), 'v': r.choice([True, False, 'x'])}, 1])
        return made

    def chart(self, prefix, name, depth):
        meta = {'apiVersion': 'v2', 'name': name, 'version': '1.2.3'}
        dependencies = []
        for child in ['sub', 'other'][:self.random.randrange(3) if depth > 0 else 0]:
            dependencies.append(self.dependency(child))
            if self.chance(.96):
                self.chart('%scharts/%s/' % (prefix, child), child, depth - 1)
            if self.chance(.15):
                dependencies.append(dict(dependencies[-1], alias='twice'))
        if depth > 0 and self.chance(.1):
            self.chart(prefix + 'charts/undeclared/', 'undeclared', 0)
        if dependencies:
            meta['dependencies'] = dependencies
        if self.chance(.1):
            meta['type'] = self.random.choice(['library', 'application'])
        self.files[prefix + 'Chart.yaml'] = json.dumps(meta)
        if self.chance(.9):
            self.files[prefix + 'values.yaml'] = json.dumps(self.values())
        self.files[prefix + 'templates/d.yaml'] = DUMP % name
        if self.chance(.05):
            self.files[prefix + 'values.schema.json'] = '{"type": "object", "required": ["a"]}'
