"""Child processes and ports of a test: they die with the test, and nothing listens beyond loopback."""
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(command, log, **more):
    """Popen with the output in a log file, in a process group of its own, killed when this process dies."""
    with open(log, 'ab') as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                start_new_session=True, preexec_fn=_die_with_parent, **more)


def stop(process, grace=5.0):
    """SIGTERM, then SIGKILL; None and a dead process are fine."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_ports(count):
    """Ports that were free a moment ago: who binds one too late retries with others."""
    held = [socket.socket() for _ in range(count)]
    try:
        for s in held:
            s.bind(('127.0.0.1', 0))
        return [s.getsockname()[1] for s in held]
    finally:
        for s in held:
            s.close()


def tail(path, lines=20):
    try:
        with open(path, errors='replace') as f:
            return ''.join(f.readlines()[-lines:])
    except OSError:
        return ''


def wait_until(what, condition, seconds=30.0, every=0.05):
    """The first true result of condition(); AssertionError naming `what` when there is none in time.

    A machine that stood still (suspended, or starved) has not waited: one turn counts for a second at most.
    """
    waited, before = 0.0, time.monotonic()
    while True:
        result = condition()
        if result:
            return result
        now = time.monotonic()
        waited, before = waited + min(now - before, 1.0), now
        if waited > seconds:
            raise AssertionError('not within %g s: %s' % (seconds, what))
        time.sleep(every)


class Scratch:
    """A folder that goes away with the test, unless SYNCD_KEEP is set."""

    def __init__(self, name):
        self.path = tempfile.mkdtemp(prefix='syncd-%s-' % name)

    def join(self, *parts):
        return os.path.join(self.path, *parts)

    def remove(self):
        if os.environ.get('SYNCD_KEEP'):
            print('kept: %s' % self.path, flush=True)
        else:
            shutil.rmtree(self.path, ignore_errors=True)
