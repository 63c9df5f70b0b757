"""The cases of the rendering corpus that kustomize builds, as requests for our batch and for the oracle."""
import json
import os
import subprocess

from helm_rows import BUILD, CORPUS, Batch
from measure import Failed


def requests():
    found = []
    for suite in ('kustomize', 'kustomize-lang'):
        top = os.path.join(CORPUS, suite)
        if not os.path.isdir(top):
            raise Failed('no rendering corpus beside the checkout')
        for folder, _, names in sorted(os.walk(top)):
            if 'cmd.json' not in names or 'expected.error' in names:
                continue
            with open(os.path.join(folder, 'cmd.json')) as f:
                command = json.load(f)
            if command['options'].get('enable_helm'):
                continue  # there the library starts helm for each chart
            root = os.path.normpath(os.path.join(folder, command.get('input', 'input')))
            found.append({'root': root, 'under': command['path'], 'kustomize': command['options']})
    return found


def ours(request):
    """For our batch: the folder that holds all bases, and the path in it."""
    return {'root': request['root'], 'path': request['under'], 'kustomize': request['kustomize']}


def library(request):
    return {'op': 'kustomize', 'path': os.path.join(request['root'], request['under']), 'kustomize': request['kustomize']}


def batch():
    subprocess.run(['cmake', '--build', BUILD, '--target', 'kustomize_batch'], check=True, stdout=subprocess.DEVNULL)
    return Batch(os.path.join(BUILD, 'tests', 'bench', 'kustomize_batch'))
