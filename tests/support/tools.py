"""Where the built real programs are; see tests/tools/README.md."""
import functools
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.join(HERE, '..', 'tools')


@functools.lru_cache(None)
def tool(name):
    """The path of a tool, built now when it is missing (minutes, once)."""
    out = subprocess.run([os.path.join(TOOLS, 'build'), name], stdout=subprocess.PIPE, check=True, text=True).stdout
    return out.split()[1]


def built(name):
    """The path of a tool, or None when it was never built."""
    p = subprocess.run([os.path.join(TOOLS, 'path'), name], stdout=subprocess.PIPE, text=True)
    return p.stdout.strip() if p.returncode == 0 else None


@functools.lru_cache(None)
def module_folder(name, module):
    """The folder of a Go module that a tool is built from."""
    out = subprocess.run([os.path.join(TOOLS, 'module'), name, module], stdout=subprocess.PIPE, check=True, text=True).stdout
    return out.strip()


@functools.lru_cache(None)
def npm_module(folder, package):
    """The folder of an npm package that a folder of tests/tools pins."""
    out = subprocess.run([os.path.join(TOOLS, 'npm'), folder, package], stdout=subprocess.PIPE, check=True, text=True).stdout
    return out.strip()
