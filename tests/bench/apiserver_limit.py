"""How fast an API server takes server-side apply, by `apply_probe.c` with 1 to 32 streams: the peer of apply-rate."""
import json
import subprocess

import yaml

from measure import Failed, compiled

PLURALS = {'Cluster': 'clusters', 'Machine': 'machines'}
STREAMS = (1, 2, 4, 8, 16, 32)


def requests_of(manifests, manager):
    """The probe's input for a stream of YAML documents."""
    lines = []
    for o in yaml.load_all(manifests, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
        m = o['metadata']
        lines.append('/apis/%s/namespaces/%s/%s/%s?fieldManager=%s&force=true' % (
            o['apiVersion'], m['namespace'], PLURALS[o['kind']], m['name'], manager))
        lines.append(json.dumps(o, separators=(',', ':')))
    return '\n'.join(lines) + '\n'


def rate(cluster, requests, streams):
    """Objects a second."""
    p = subprocess.run([compiled('apply_probe', '-lcurl'), cluster.url, cluster.ca, cluster.token, str(streams)],
                       input=requests, stdout=subprocess.PIPE, text=True)
    if p.returncode != 0:
        raise Failed('the probe ended with %d: %s' % (p.returncode, p.stdout.strip()))
    return float(p.stdout.split()[0])
