"""Seeded YAML and JSON documents that touch every form a reader or writer must know."""
import random

WORDS = ['', '~', 'null', 'Null', 'NULL', 'nULL', 'y', 'Y', 'yes', 'Yes', 'YES', 'yEs', 'n', 'N', 'no', 'No', 'NO',
         'on', 'On', 'ON', 'off', 'Off', 'OFF', 'true', 'True', 'TRUE', 'tRue', 'false', 'False', 'FALSE', '=', '<<',
         '.inf', '.Inf', '.INF', '-.inf', '+.inf', '.nan', '.NaN', '.NAN', 'nan', 'inf', 'Infinity']
NUMBERS = ['0', '-0', '+0', '00', '1', '-1', '+1', '12', '017', '08', '0o17', '0O17', '-0o17', '0x1F', '0X1f', '-0x1f',
           '0b101', '-0b101', '0b-1', '0b+1', '0b', '0x', '0o', '0b2', '1_000', '_1', '1_', '1__0', '0x_1f', '0b1_0',
           '1e3', '1E3', '1e+3', '1e-3', '1.', '.5', '-.5', '+.5', '.5e3', '._5', '.5_0', '1.5', '1_0.5', '-1.5e-7',
           '1.0', '1.10', '100000', '1000000', '1e6', '1e5', '123456789.125', '1e20', '1e21', '1e22', '0.1', '1e-6',
           '1e-7', '9007199254740993', '9223372036854775807', '9223372036854775808', '-9223372036854775808',
           '-9223372036854775809', '18446744073709551615', '18446744073709551616', '1e400', '-1e400', '1e-400',
           '0xFFFFFFFFFFFFFFFF', '0x10000000000000000', '12:30:45', '1:20', '-1:20', '190:20:30.15', '12:60', '1:2:3.',
           '3.14.15', '1.2.3', '1e', 'e1', '1e+', '+', '-', '.', '..', '...x', '-a', '+a', '0.', '-0.0', '0e0', '5e-324',
           '2.2250738585072014e-308', '1.7976931348623157e308', '1.7976931348623159e308', '0.30000000000000004',
           '5.684341886080802e-14', '123456789012345678', '1234567890123456789', '12345678901234567890', '1,000', '1 000']
TIMES = ['2001-01-01', '2001-1-1', '2001-01-32', '2001-02-29', '2004-02-29', '2001-12-14t21:59:43.10-05:00',
         '2001-12-14 21:59:43.10 -5', '2001-12-14 21:59:43.10', '2001-12-14T21:59:43Z', '2001-12-14T21:59:43',
         '2001-12-14T1:2:3Z', '2001-12-14 24:00:00', '0001-01-01', '2001-12-15 2:59:43.10', '2001-13-01', '20010101',
         '2001-12-14T21:59:43.123456789012Z', '2001-12-14T21:59:43,5Z', '2001-12-14T21:59:43+00:00', '2001-', '2001-01-01T']
PLAIN = ['a', 'abc def', 'a-b', 'a:b', 'http://x.y/z?a=b&c=d', 'a#b', 'a,b', 'x[0]', '{{ .Values.a }}', 'a\\b', "it's", 'a"b',
         '-x', '?x', ':x', '--', '---x', '$(A)', '50%', 'é', '日本', '😀', 'a b', '*', '&', '!', '!x', '@a', '`a`', '%a',
         '|', '>', '[', ']', '{', '}', '[]', '{}', '#', '# a', 'a # b', 'a: b', 'a:', ': a', '- a', '-', '? a', '?', "'a", '"a',
         'a ', ' a', 'a  b', '\ta', 'a\tb', 'a\t', 'x' * 90, 'word ' * 30, 'nginx:1.2.3', '1.2.3', 'v1', 'app.kubernetes.io/name',
         '10Gi', '100m', '0.5', '1e3x', '=a', '~a', '<a', '<<a', '~/x', 'No way', 'null and void', 'y2', '.x', '.inf2']
ODD = ['a\nb', 'a\nb\n', 'a\n\nb\n\n', '\n', '\n\n', '\na', ' a\nb', 'a\n b\n', 'a \nb', 'a\n ', 'a\n\tb\n', 'a\r\nb', '\r', '\ta\n', 'a\tb\nc',
       '\x00', '\x07', '\x1b[0m', '\x7f', '\x85', '\xa0', '\u2028', 'a\u2028b', 'a\u2029', '\ufeff', '\ufeffab', '\ufffd', '\ufffe',
       '\ue000', '\U0001f600 x', 'a\U0001f600\nb', '#!/bin/sh\nset -e\n  x: y\n', '---\n', '...\n', '--- a', '... b', '----', 'é\nü',
       'line one \nline two', '\u2028a\nb', 'a\n\u2028b', 'a\u0085b', "don't\nworry", '"\n', "a'b: c", 'a: b\n', '- a\n- b\n', '  \n', '  a', ' \n a']
KEYS = ['a', 'b', 'c', 'name', 'metadata', 'x1', 'x2', 'x10', 'x01', 'a-b', 'a_b', 'a.b', 'a/b', 'A', 'Z', 'aA', 'a1b', 'a1B', 'a01b', 'a 1',
        '1', '10', '2', '0', '00', '01', '', 'é', 'ä', 'b-1', 'b-10', 'b-2', 'x1a', 'x-a', 'xa', 'x~', 'x_', 'xZ', 'x', 'x.1', 'x.01', 'x.001',
        'k' * 128, 'k' * 129, 'a\nb', 'true', 'null', 'on', 'y', '-', '- a', 'a: b', '#', '2001-01-01', '1.5', '日', '日本1', '日本10', 'ß']


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.anchors = []

    def pick(self, *lists):
        return self.r.choice(self.r.choice(lists))

    def text(self):
        if self.r.random() < 0.1:
            alphabet = 'ab01 -:#,[]{}\'"\\|>&*!%@`?\t\n.é\u2028_~=<+'
            return ''.join(self.r.choice(alphabet) for _ in range(self.r.randrange(9)))
        return self.pick(WORDS, NUMBERS, TIMES, PLAIN, PLAIN, ODD)

    # --- JSON ---
    def json_value(self, depth=0):
        roll = self.r.random()
        if depth > 4 or roll < 0.6:
            kind = self.r.randrange(10)
            if kind == 0:
                return None
            if kind == 1:
                return self.r.random() < 0.5
            if kind == 2:
                return self.r.choice([0, -1, 5, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -2**63, 10**20, 10**21, 10**25])
            if kind == 3:
                return self.r.choice([0.5, -1.25, 1e6, 1e21, 1e-7, 1.5e-9, 3.0, 1e5, 1234567.0, 1234567.5, 1e20, 5e-324, 2.0**-44])
            return self.text()
        if roll < 0.85:
            return {self.r.choice(KEYS): self.json_value(depth + 1) for _ in range(self.r.randrange(7))}
        return [self.json_value(depth + 1) for _ in range(self.r.randrange(5))]

    # --- YAML text ---
    def scalar(self, flow=False):
        text = self.text()
        style = self.r.randrange(9)
        if style < 4:
            return text if '\n' not in text else text.replace('\n', ' ')
        if style == 4:
            return "'" + text.replace("'", "''") + "'"
        if style == 5:
            return self.double(text)
        if style == 6:
            tag = self.r.choice(['!!str', '!!int', '!!float', '!!bool', '!!null', '!!binary', '!!timestamp', '!'])
            return tag + ' ' + (text.split('\n')[0] if self.r.random() < 0.7 else self.double(text))
        return self.pick(WORDS, NUMBERS, TIMES, PLAIN)

    def double(self, text):
        out = ''
        for c in text:
            if c == '"' or c == '\\':
                out += '\\' + c
            elif c == '\n':
                out += self.r.choice(['\\n', '\\x0a', '\\u000A', '\n\n  '])
            elif ord(c) < 32 or ord(c) in (0x7f, 0x85, 0xfffe) or self.r.random() < 0.05:
                out += '\\x%02x' % ord(c) if ord(c) < 256 else '\\u%04x' % ord(c) if ord(c) < 65536 else '\\U%08X' % ord(c)
            else:
                out += c
        if self.r.random() < 0.1:
            out += self.r.choice(['\\e', '\\0', '\\a', '\\_', '\\N', '\\L', '\\P', '\\\n   ', '\\ ', '\\\t', '\\v', '\\q', '\\ud800'])
        return '"' + out + '"'

    def block_scalar(self, indent):
        head = self.r.choice('|>') + self.r.choice(['', '', '-', '+', '2', '2-', '+1', '1+', '4'])
        head += self.r.choice(['', '', ' # note', '  '])
        lines = []
        for _ in range(self.r.randrange(5)):
            lines.append(self.r.choice(['a', 'b c', '', '', '  more', '\ttab', ' one', '# no comment', '- x: y', 'é', '   ', "q'\"", 'x ' * 50]))
        extra = self.r.choice([1, 2, 2, 2, 4])
        body = ''.join('\n' + (' ' * (indent + extra) + line if line else '') for line in lines)
        return head + body + self.r.choice(['', '\n', '\n\n'])

    def flow(self, depth=0):
        roll = self.r.random()
        if depth > 2 or roll < 0.5:
            text = self.scalar(True)
            return text.replace(',', '') if self.r.random() < 0.9 else text
        gap = self.r.choice(['', ' ', ' ', '\n    '])
        if roll < 0.75:
            items = [self.flow(depth + 1) for _ in range(self.r.randrange(4))]
            return '[' + (',' + gap).join(items) + self.r.choice(['', '', ',', ' ']) + ']'
        items = [self.key() + self.r.choice([': ', ': ', ':']) + self.flow(depth + 1) for _ in range(self.r.randrange(4))]
        return '{' + (',' + gap).join(items) + self.r.choice(['', '', ' ']) + '}'

    def key(self):
        roll = self.r.random()
        if roll < 0.75:
            return self.r.choice(KEYS[:32])
        if roll < 0.85:
            return self.r.choice(['"' + self.r.choice(KEYS[:28]) + '"', "'" + self.r.choice(KEYS[:28]) + "'"])
        return self.pick(WORDS[1:], NUMBERS, TIMES)

    def node(self, indent, depth):
        """Text that follows `key:` or `-`, and the lines below it."""
        roll = self.r.random()
        lead = ' '
        if roll < 0.04:
            name = self.r.choice('abcd')
            self.anchors.append(name)
            lead = ' &%s ' % name
        elif roll < 0.08 and self.anchors:
            return ' *' + self.r.choice(self.anchors)
        roll = self.r.random()
        note = self.r.choice(['', '', '', '', ' # note', '   '])
        if depth > 3 or roll < 0.45:
            return lead + self.scalar() + note
        if roll < 0.55:
            return lead + self.block_scalar(indent)
        if roll < 0.63:
            return lead + self.flow() + note
        if roll < 0.66:
            return lead.rstrip() + note
        if roll < 0.85:
            return lead.rstrip() + note + '\n' + self.mapping(indent + self.r.choice([1, 2, 2, 2, 4]), depth + 1)
        return lead.rstrip() + note + '\n' + self.sequence(indent + self.r.choice([0, 0, 1, 2, 2]), depth + 1)

    def noise(self, indent):
        roll = self.r.random()
        if roll < 0.05:
            return '\n'
        if roll < 0.1:
            return ' ' * self.r.choice([0, indent]) + '# note: x\n'
        return ''

    def mapping(self, indent, depth):
        lines = []
        used = set()
        for _ in range(self.r.randrange(1, 6)):
            if self.r.random() < 0.03 and self.anchors:
                merged = self.r.choice(self.anchors)
                lines.append(' ' * indent + '<<: ' + self.r.choice(['*' + merged, '[*%s, *%s]' % (merged, self.r.choice(self.anchors)), '{a: 1}']))
                continue
            key = self.key()
            if key in used and self.r.random() < 0.97:
                continue
            used.add(key)
            if self.r.random() < 0.02:
                lines.append(' ' * indent + '? ' + key + '\n' + ' ' * indent + ':' + self.node(indent, depth))
                continue
            lines.append(self.noise(indent) + ' ' * indent + key + self.r.choice([':'] * 9 + [' :']) + self.node(indent, depth))
        return '\n'.join(lines)

    def sequence(self, indent, depth):
        lines = []
        for _ in range(self.r.randrange(1, 4)):
            roll = self.r.random()
            if roll < 0.3 and depth < 4:
                inner = self.mapping(indent + 2, depth + 1)
                lines.append(' ' * indent + '- ' + inner.lstrip(' \n'))
            elif roll < 0.4 and depth < 4:
                lines.append(' ' * indent + '- ' + self.sequence(indent + 2, depth + 1).lstrip())
            else:
                lines.append(self.noise(indent) + ' ' * indent + '-' + self.node(indent, depth))
        return '\n'.join(lines)

    def document(self):
        self.anchors = []
        roll = self.r.random()
        if roll < 0.75:
            return self.mapping(0, 0)
        if roll < 0.85:
            return self.sequence(0, 0)
        if roll < 0.9:
            return self.flow()
        if roll < 0.93:
            return self.r.choice(['', '# only a comment', '\n\n', 'null', '~'])
        return self.scalar()

    def stream(self):
        """One YAML file of one to three documents."""
        parts = [self.document() for _ in range(self.r.choice([1, 1, 1, 1, 2, 3]))]
        head = self.r.choice(['', '', '', '---\n', '# note\n', '--- # note\n', '%YAML 1.1\n---\n', '\ufeff'])
        text = head + self.r.choice(['\n---\n', '\n---\n', '\n--- # x\n']).join(parts) + self.r.choice(['\n', '\n', ''])
        roll = self.r.random()
        if roll < 0.05:
            text = text.replace('\n', '\r\n')
        elif roll < 0.12 and text:
            at = self.r.randrange(len(text))
            text = text[:at] + self.r.choice(['', '\t', ' ', ':', '-', '"', "'", '[', '}', '\n', '#', '&a', '*a', '!', '\x01', '%', '@', '? ', '- ', ': ']) + text[at + 1:]
        return text
