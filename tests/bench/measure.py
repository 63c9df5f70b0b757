"""Measuring for the rows: whole processes, interleaved with their peer, medians; and the line that a row prints."""
import atexit
import functools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'support'))
SYNCD = os.environ.get('SYNCD') or os.path.join(ROOT, 'build', 'release', 'syncd')


class Failed(Exception):
    """The row cannot be measured: what it measures is not there, or gives a wrong answer."""


class Run:
    """One finished process: seconds, cpu seconds, peak resident bytes."""

    def __init__(self, seconds, cpu, peak):
        self.seconds, self.cpu, self.peak = seconds, cpu, peak


@functools.lru_cache(None)
def compiled(name, *libraries):
    """The path of a small program of ours, NAME.c, compiled once a process."""
    folder = tempfile.mkdtemp(prefix='syncd-bench-')
    atexit.register(shutil.rmtree, folder, True)
    path = os.path.join(folder, name)
    subprocess.run(['gcc', '-O2', '-D_GNU_SOURCE', '-o', path, os.path.join(HERE, name + '.c'), *libraries], check=True)
    return path


def run_once(command, cwd=None, output=os.devnull):
    """A Run of a command that must exit with 0."""
    with tempfile.NamedTemporaryFile('r', prefix='syncd-bench-') as errors:
        p = subprocess.run([compiled('stopwatch'), output, errors.name, *command], cwd=cwd, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, check=True, text=True)
        took, cpu, peak, status = (int(n) for n in p.stdout.split())
        if status != 0:
            raise Failed('%s ended with %d: %s' % (' '.join(command[:4]), os.waitstatus_to_exitcode(status),
                                                   errors.read(400).strip()))
    return Run(took / 1e9, cpu / 1e6, peak * 1024)


class Sample:
    """Runs of one command; the figures are medians, the peak is the highest."""

    def __init__(self):
        self.runs = []

    def add(self, run):
        self.runs.append(run)

    @property
    def seconds(self):
        return statistics.median(r.seconds for r in self.runs)

    @property
    def cpu(self):
        return statistics.median(r.cpu for r in self.runs)

    @property
    def peak(self):
        return max(r.peak for r in self.runs)


def paired(ours, peer, runs=5, cwd=None):
    """(Sample of ours, Sample of the peer): one unmeasured run of each, then interleaved, the order changing."""
    run_once(ours, cwd)
    run_once(peer, cwd)
    samples = Sample(), Sample()
    for number in range(runs):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            samples[side].add(run_once((ours, peer)[side], cwd))
    return samples


def same_output(ours, peer, cwd=None):
    """Fails unless both print the same bytes: a fast wrong answer is no figure."""
    results = [subprocess.run(c, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for c in (ours, peer)]
    for command, p in zip((ours, peer), results):
        if p.returncode != 0:
            raise Failed('%s ended with %d: %s' % (' '.join(command[:4]), p.returncode, p.stderr.decode(errors='replace')[-300:].strip()))
    if results[0].stdout != results[1].stdout:
        raise Failed('%s and %s print different bytes' % (' '.join(ours[:4]), ' '.join(peer[:4])))


def pss(pids):
    """Proportional bytes of processes, with what is swapped out."""
    total = 0
    for pid in pids:
        with open('/proc/%d/smaps_rollup' % pid) as f:
            total += sum(int(line.split()[1]) * 1024 for line in f if line.startswith(('Pss:', 'SwapPss:')))
    return total


def children_of(pid):
    """The pid and all below it."""
    found, todo = [], [pid]
    while todo:
        p = todo.pop()
        found.append(p)
        try:
            for task in os.listdir('/proc/%d/task' % p):
                with open('/proc/%d/task/%s/children' % (p, task)) as f:
                    todo += [int(c) for c in f.read().split()]
        except FileNotFoundError:
            pass
    return found


def seconds_text(seconds):
    return '%.2fms' % (seconds * 1e3) if seconds < 1 else '%.2fs' % seconds


def bytes_text(count):
    return '%.1fMB' % (count / 1e6)


def line(name, ours, peer, ratio, goal, good, note=''):
    """Prints the row; the exit status says whether the goal is met."""
    print('%s syncd=%s peer=%s ratio=%s goal=%s %s%s' % (
        name, ours, peer, ratio, goal, 'ok' if good else 'short', '  (%s)' % note if note else ''), flush=True)
    return good


def faster(name, ours, peer, times, cwd=None, runs=5, note='', memory=None):
    """A row: ours is at least `times` faster than the peer as a whole process, and prints the same; with `memory` also at most
    that part of its peak."""
    same_output(ours, peer, cwd)
    a, b = paired(ours, peer, runs, cwd)
    ratio = b.seconds / a.seconds
    good = ratio >= times
    notes = [note, 'peak %s to %s' % (bytes_text(a.peak), bytes_text(b.peak))]
    if memory is not None:
        good = good and a.peak <= b.peak * memory
        notes.append('memory goal %g' % memory)
    return line(name, seconds_text(a.seconds), seconds_text(b.seconds), '%.1f' % ratio, '>=%g' % times, good,
                ', '.join(n for n in notes if n))


def row(function):
    """Runs a row as a program."""
    name = os.path.basename(sys.argv[0])
    try:
        good = function(name)
    except Failed as e:
        good = line(name, '-', '-', '-', '-', False, str(e).replace('\n', ' '))
    sys.exit(0 if good else 1)
