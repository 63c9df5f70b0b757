"""What every lint needs: the tracked files, C text without comments and strings, its functions, and the counting.

A lint is an executable test_*; `test_NAME [ROOT]` checks another tree (the harness does, with samples that are wrong).
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PRODUCT = ('syncd/', 'diff/', 'render/', 'repo-layout/')
CASES = ('tests/golden/', 'tests/fuzz/corpus/', 'examples/')

_NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_HEAD = re.compile(r'^[A-Za-z_][^;{}=]*?\b([A-Za-z_]\w*)\(', re.M)


class Lint:
    """Counts what was checked; a checked thing with a finding has failed."""

    def __init__(self, name):
        self.name = name
        self.root = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else ROOT
        self.checked, self.bad = set(), set()

    def path(self, name):
        return os.path.join(self.root, name)

    def own(self, name):
        """A table of this lint: of the tree that is checked where it has one, else ours."""
        there = self.path('tests/lint/' + name)
        return there if os.path.exists(there) else os.path.join(HERE, name)

    def check(self, thing):
        self.checked.add(thing)

    def find(self, thing, text, line=0):
        self.checked.add(thing)
        self.bad.add(thing)
        print('%s%s: %s' % (thing, ':%d' % line if line else '', text))

    def end(self):
        print('%d passed, %d failed' % (len(self.checked) - len(self.bad), len(self.bad)))
        sys.exit(1 if self.bad else 0)

    def files(self, *ends, under=None, skip=()):
        """Tracked files (all files where there is no repository), by their ending and their first folder."""
        if os.path.exists(self.path('.git')):
            p = subprocess.run(['git', '-C', self.root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                               stdout=subprocess.PIPE, check=True)
            names = [n for n in p.stdout.decode().split('\0') if n and os.path.isfile(self.path(n))]
        else:
            names = [os.path.relpath(os.path.join(top, n), self.root)
                     for top, _, files in os.walk(self.root) for n in files]
        return sorted(n for n in set(names) if (not ends or n.endswith(ends)) and (under is None or n.startswith(under))
                      and not n.startswith(tuple(skip)))

    def c_files(self, under=PRODUCT):
        return self.files('.c', '.h', under=under)

    def read(self, name):
        with open(self.path(name), encoding='utf-8', errors='replace') as f:
            return f.read()

    def rows(self, table):
        """The rows of a table of ours, as lists of words, without comments."""
        with open(self.own(table), encoding='utf-8') as f:
            for line in f:
                words = line.split('#')[0].split()
                if words:
                    yield words


def line_of(text, position):
    return text.count('\n', 0, position) + 1


def bare(text):
    """C text of the same length and lines, with comments and the insides of literals blanked."""
    def blank(match):
        s = match.group(0)
        if s[0] in '"\'':
            return s[0] + re.sub(r'[^\n]', ' ', s[1:-1]) + s[-1]
        return re.sub(r'[^\n]', ' ', s)
    return _NOISE.sub(blank, text)


def functions(text):
    """(name, first line, last line, body) of each function, by the brace in column 0 that our format gives it.
    text: bare C."""
    for match in re.finditer(r'^\{$.*?^\}$', text, re.M | re.S):
        before = text[:match.start()].rstrip('\n')
        start = max(0, *(before.rfind(end) for end in ('\n}\n', ';\n', '\n\n', '\n#')))
        head = None
        for head in _HEAD.finditer(before, start):
            break
        if head:
            yield head.group(1), line_of(text, head.start()), line_of(text, match.end()), match.group(0)
