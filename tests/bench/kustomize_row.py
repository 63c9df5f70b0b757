"""The rows that build a tree of kustomizations with both programs."""
import tempfile

import fleet
from measure import SYNCD, faster
from tools import tool


def build_fleet(name, clusters, machines, times, runs=5, memory=None):
    with tempfile.TemporaryDirectory() as folder:
        objects = fleet.write_fleet(folder, clusters, machines)
        path = folder + '/fleet'
        return faster(name, [SYNCD, 'render', 'kustomize', path], [tool('kustomize'), 'build', path], times, runs=runs,
                      note='%d objects in %d kustomizations' % (objects, clusters + 1), memory=memory)
