"""Random templates over a grammar of the whole language, each from its seed."""
import random

from words import ANY, BAD_INTS, FLOATS, FUNCTIONS, HELPERS, NILS, ODD, ODD_FLOATS, ODD_INTS, POOLS, VALUES, WRAPPED

ROOTS = ['.Values', '.Values.map', '.Values.map.c', '$.Values', '.Release', '.Chart', '.Capabilities', '.Template', '.Files', '(dict "a" (dict "b" 1))', '(index .Values.maps 0)', '(first .Values.maps)', '.Values.s', '.Values.nothing',
         '.Values.missing', '(semver "1.2.3-a+b")', '(toDate "2006-01-02" "2024-02-29")', '.Capabilities.KubeVersion', '.Values.list', '$']
NAMES = ['a', 'b', 'c', 'd', 'e', 'name', 'v', 's', 'map', 'Name', 'Version', 'Major', 'missing', 'IsInstall', 'BasePath', 'Year', 'Minor', 'Values', 'AppVersion', 'Namespace', 'Prerelease', 'Metadata', 'Month', 'nothing', 'Unix', 'Service', 'HelmVersion', 'GitVersion']
METHODS = ['.Files.Get "f.txt"', '.Files.Get "none"', '.Files.GetBytes "f.txt"', '.Files.Glob "*.txt"', '(.Files.Glob "*.txt").AsConfig', '(.Files.Glob "**").AsSecrets', '.Files.Lines "f.txt"', '.Capabilities.APIVersions.Has "v1"',
           '.Capabilities.APIVersions.Has "x/v9"', '(semver "1.2.3").Compare (semver "1.3.0")', '(semver "1.2.3-a").Original', '(semver "1.2.3").IncMinor.String', '(semver "1.2.3").LessThan (semver "2")',
           '(toDate "2006-01-02" "2024-02-29").AddDate 1 2 3', '(toDate "2006-01-02" "2024-02-29").Format "Jan"', '(toDate "2006-01-02" "2024-02-29").YearDay', '(toDate "2006-01-02" "2024-02-29").Weekday', '(toDate "2006-01-02" "2024-02-29").Unix',
           '(toDate "2006-01-02" "2024-02-29").IsZero', '(toDate "2006-01-02" "2024-02-29").Month', '(toDate "2006-01-02" "2024-02-29").Before (toDate "2006" "2025")', '.Files.Get 1', '.Files.Get', '.Values.map.Get "x"', '.Values.s.Upper',
           '.Capabilities.KubeVersion.String', '.Chart.IsRoot', '.Release.Name "x"', '.Values.YAML', '.Values.Table "map"', '.Capabilities.APIVersions | len', '(toDate "2006-01-02" "2024-02-29").String']
VERBS = 'vvvsdqxXtTeEfFgGcUob'


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.scopes = [['$']]
        self.loops = 0
        self.defined = 0
        self.root = True  # dot is what the chart gave: it holds pointers, whose printed addresses differ from run to run

    # Expressions.

    def chance(self, part):
        return self.random.random() < part

    def format(self):
        r = self.random
        if self.chance(0.3):
            return r.choice(POOLS['F'])
        text = ''
        for _ in range(r.randrange(1, 4)):
            text += r.choice(['', 'x', ' ', '%%'])
            text += '%' + ''.join(r.choice('+-# 0') for _ in range(r.choice([0, 0, 1, 2]))) + r.choice(['', '', '', '5', '12', '*', '[1]', '[3]', '[2]*[1]']) + r.choice(['', '', '.2', '.0', '.', '.10', '.*'])
            text += r.choice(VERBS) if self.chance(0.95) else r.choice('zkw!.%y')
        return '"%s"' % text

    def number(self):
        r = self.random
        roll = r.random()
        if roll < 0.5:
            return r.choice(ODD_INTS)
        return r.choice(ODD_FLOATS) if roll < 0.95 else r.choice(BAD_INTS)

    def path(self):
        r = self.random
        return r.choice(ROOTS) + ''.join('.' + r.choice(NAMES) for _ in range(r.randrange(1, 3)))

    def variable(self):
        names = [name for scope in self.scopes for name in scope]
        name = self.random.choice(names or ['$v0']) if not self.chance(0.02) else '$nope'
        if name == '$':
            name = '$.Values'
        return name + ('.' + self.random.choice(NAMES) if self.chance(0.15) else '')

    def argument(self, kind, depth):
        r = self.random
        if kind == 'W':  # anything but a time means now
            return r.choice(POOLS[kind])
        roll = r.random()
        if depth > 0 and roll < 0.3:
            return '(%s)' % self.pipeline(depth - 1)
        if roll < 0.36:
            return r.choice(ANY)
        if roll < 0.41:
            return r.choice(ODD + [self.dot()])
        if roll < 0.46:
            return self.variable()
        if roll < 0.48:
            return self.path()
        if roll < 0.50 and kind in 'ain':
            return self.number()
        if kind == 'F':
            return self.format()
        return r.choice(ANY if kind == 'a' else POOLS[kind])

    def call(self, depth):
        r = self.random
        roll = r.random()
        if roll < 0.04:
            return r.choice(METHODS)
        if roll < 0.07:
            return self.path()
        if roll < 0.12:
            text = WRAPPED[r.choice(sorted(WRAPPED))]
            while '@' in text:
                at = text.index('@')
                text = text[:at] + self.argument(text[at + 1], 0) + text[at + 2:]
            return text
        name = r.choice(sorted(FUNCTIONS))
        kinds = FUNCTIONS[name]
        if kinds.endswith('*'):
            kinds = kinds[:-1] + kinds[-2] * r.randrange(3)
        if self.chance(0.01):
            kinds = kinds[1:] if self.chance(0.5) else kinds + 'a'
        args = [self.argument(k, depth) for k in kinds]
        if args and r.random() < 0.25 and args[-1] != 'nil':
            return ' '.join([args[-1], '|', name] + args[:-1])
        return ' '.join([name] + args)

    def pipeline(self, depth):
        text = self.call(depth)
        for _ in range(self.random.choice([0, 0, 0, 0, 0, 0, 1, 2])):
            text += ' | ' + self.random.choice(['quote', 'toString', 'len', 'upper', 'default "d"', 'toYaml', 'printf "%v"', 'not', 'kindOf', 'first', 'trunc 5', 'toJson', 'indent 2', 'int', 'b64enc', 'sortAlpha', 'join ","'])
        return text

    # Statements.

    def action(self, text):
        r = self.random
        return r.choice(['{{ ', '{{', '{{- ', '{{ ', '{{\n ']) + text + r.choice([' }}', '}}', ' -}}', ' }}', '\n}}'])

    def text(self):
        return self.random.choice(['', ' ', 'x', '\n', '  text\n', ' a ', '\t', '}} ', '{ ', '\n\n  ', 'é'])

    def declare(self):
        name = '$v%d' % self.random.randrange(4)
        self.scopes[-1].append(name)
        return name

    def dot(self):
        return self.random.choice(['.Values', '.Values.map']) if self.root else '.'

    def block(self, depth, names=(), root=None):
        """Statements in a scope of their own; root: whether dot is still the chart's."""
        self.scopes.append(list(names))
        before, self.root = self.root, self.root if root is None else root
        text = ''.join(self.text() + self.statement(depth - 1) for _ in range(self.random.randrange(1, 3))) + self.text()
        self.scopes.pop()
        self.root = before
        return text

    def branches(self, word, depth):
        r = self.random
        name = ''
        names = []
        if self.chance(0.2):
            names = ['$b']
            name = '$b := '
        text = self.action('%s %s%s' % (word, name, self.pipeline(1))) + self.block(depth, names, self.root and word == 'if')
        if self.chance(0.3):
            again = word if self.chance(0.8) else r.choice(['if', 'with'])
            text += self.action('else %s %s' % (again, self.pipeline(1))) + self.block(depth, names, self.root and again == 'if')
        if self.chance(0.4):
            text += self.action('else') + self.block(depth, names)
        return text + self.action('end')

    def range(self, depth):
        r = self.random
        what = self.argument(r.choice('lldda'), 1) if self.chance(0.8) else r.choice(['3', '0', '-1', '(int64 2)', '"abc"', '2.0', '.Values.int', 'nil', '(until 3)', '.Values.mixed', "'\\x02'"])
        names = [[], [], ['$e'], ['$i', '$e']][r.randrange(4)]
        head = 'range ' + (', '.join(names) + (' := ' if self.chance(0.9) else ' = ') if names else '') + what
        self.loops += 1
        body = self.block(depth, names, False)
        self.loops -= 1
        if self.chance(0.3):
            body += self.action(r.choice(['if eq (toString .) "a"', 'if .', 'if true'])) + self.action(r.choice(['break', 'continue'])) + self.action('end') + self.block(1, names, False)
        other = self.action('else') + self.block(depth) if self.chance(0.3) else ''
        return self.action(head) + body + other + self.action('end')

    def named(self, depth):
        r = self.random
        form = r.randrange(3)
        name = '"%s"' % r.choice(['named', 'wrapper', 'other', 'none'])
        if form == 0:
            return self.action('template %s %s' % (name, self.pipeline(1)) if self.chance(0.9) else 'template ' + name)
        self.defined += 1
        scopes, self.scopes, loops, self.loops = self.scopes, [[]], self.loops, 0
        text = self.action('block "b%d" %s' % (self.defined, self.pipeline(1))) + self.block(depth, (), False) + self.action('end')
        self.scopes, self.loops = scopes, loops
        return text

    def statement(self, depth):
        r = self.random
        if depth <= 0:
            return self.action(self.pipeline(r.randrange(3)))
        roll = r.randrange(24)
        if roll < 2:
            return self.branches('if', depth)
        if roll < 4:
            return self.branches('with', depth)
        if roll < 7:
            return self.range(depth)
        if roll == 7:
            return self.named(depth)
        if roll < 10:
            value = self.pipeline(1)
            return self.action('%s := %s' % (self.declare(), value))
        if roll == 10:
            return self.action('%s = %s' % (r.choice(self.scopes[-1][:1] * (self.scopes[-1][:1] != ['$']) + ['$v0']), self.pipeline(1)))
        if roll == 11:
            return r.choice(['{{/* note */}}', '{{- /* note\nmore */ -}}', '{{/**/ -}}', '{{- /* a */}}'])
        if roll == 12:
            return self.action(r.choice(['"%s"', 'printf "%%v" %s', '%s']) % self.number().replace('"', ''))
        if roll == 13:
            return self.action('printf "%%v %%T" %s %s' % ((self.variable(),) * 2))
        if roll == 14:
            return self.action('printf %s %s' % (self.format(), ' '.join(r.choice(ANY + ODD) for _ in range(r.randrange(4)))))
        if roll == 15 and self.chance(0.3):
            return r.choice(['{{ end }}', '{{ else }}', '{{ break }}', '{{ if }}', '{{ 1 2 }}', '{{ "a }}', '{{ `a }}', "{{ 'a }}", '{{ ( }}', '{{ ) }}', '{{ | }}', '{{ a | }}', '{{ . | . }}', '{{ .a.b.() }}', '{{ $ := 1 }}',
                             '{{ define }}', '{{ template }}', '{{ template x }}', '{{ /* c */ }}', '{{- 1-}}', '{{ @ }}', '{{ \\ }}', '{{ a:b }}', '{{ nil }}', '{{ nil | print }}', '{{ (1) }}', '{{ (print 1).x }}', '{{ "a".b }}', '{{ 1.b }}',
                             '{{ true.x }}', '{{ .5.x }}', '{{ a}b }}', '{{}}', '{{ }}', '{{ with $x := 1, $y := 2 }}', '{{ range $a, $b, $c := . }}', '{{ $a, $b := 1 }}', '{{', '{{ if true }}', '{{ end -}}', '{{ else if 1 }}', '{{ continue }}'])
        return self.action(self.pipeline(r.randrange(3)))

    def template(self):
        if self.chance(0.35):  # one expression: what differs there is easiest to see
            return '{{ %s }}' % self.pipeline(self.random.randrange(3))
        return ''.join(self.text() + self.statement(2) for _ in range(self.random.randrange(1, 4))) + self.text()


def chart(template):
    text = 'out: |2\n{{- define "case" }}' + template + '{{ end }}\n{{ include "case" . | quote | indent 2 }}\n'
    return {'Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: "4.5"\n', 'values.yaml': VALUES, 'f.txt': 'one\ntwo: é\n',
            'templates/_h.tpl': HELPERS, 'templates/t.yaml': text}


def covered():
    """Every function that a template of this grammar can call."""
    return set(FUNCTIONS) | set(WRAPPED)
