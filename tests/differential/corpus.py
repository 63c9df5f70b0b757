"""Runs suites of the rendering corpus beside the checkout and compares with what is known.

A group of suites has a floor in floors.txt (cases that must pass) and a file of known differences (case ids, one a line,
then why). With the file there, a failure that is not in it fails; a known one counts as skipped. Passing less than the
floor fails always.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def floor_of(group):
    with open(os.path.join(HERE, 'floors.txt')) as f:
        for line in f:
            words = line.split()
            if words and words[0] == group:
                return int(words[1])
    raise SystemExit('no floor for %s in floors.txt' % group)


def known_file(group):
    path = os.path.join(HERE, 'known-differences-%s.txt' % group)
    return path if os.path.exists(path) else None


def known_ids(group):
    path = known_file(group)
    if path is None:
        return None
    with open(path) as f:
        return {line.split()[0] for line in f if line.strip() and not line.startswith('#')}


def run_group(group, suites, flag, command):
    """(passed, failed, skipped); prints run.py's table and the failures that are not known."""
    corpus = os.environ.get('SYNCD_CORPUS') or os.path.join(ROOT, '..', 'shared', 'corpus')
    if not os.path.exists(os.path.join(corpus, 'run.py')):
        print('skipped: %s: no rendering corpus beside the checkout' % group)
        return 0, 0, 1
    with tempfile.NamedTemporaryFile('r', suffix='.json') as report:
        p = subprocess.run([sys.executable, os.path.join(corpus, 'run.py'), '--suite', suites, flag, command,
                            '--jobs', os.environ.get('SYNCD_JOBS', '2'), '--failures', report.name, '--allow', '1000000', '--timeout', '60'],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        text = report.read()
    print(p.stdout[-6000:])
    counts = re.search(r'^(\d+) passed, \d+ failed', p.stdout, re.M)
    if p.returncode != 0 or not counts:
        print('FAIL %s: the corpus runner ended with %d' % (group, p.returncode))
        return 0, 1, 0
    return judge(group, int(counts.group(1)), {f['case']: f for f in json.loads(text)})


def judge(group, passed, failures):
    floor, known = floor_of(group), known_ids(group)
    new = sorted(set(failures) - known) if known is not None else []
    failed = len(new)
    for case in new[:20]:
        print('FAIL %s: %s' % (case, failures[case]['why']))
    if len(new) > 20:
        print('… and %d more' % (len(new) - 20))
    for case in sorted((known or set()) - set(failures)):
        print('note: %s passes now: take it out of known-differences-%s.txt' % (case, group))
    if passed < floor:
        print('FAIL %s: %d pass, the floor is %d' % (group, passed, floor))
        failed += 1
    return passed, failed, len(failures) - len(new)


def main(group, suites, flag, command):
    """For a part: prints the counts, gives the exit status."""
    total = run_group(group, suites, flag, command)
    print('%d passed, %d failed, %d skipped' % total)
    return 1 if total[1] else 0
