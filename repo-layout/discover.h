/*
 * discover: the directories of a watched repository, by the layout that README.md explains.
 *
 *     management/ projects/ attached/      for the management cluster
 *     regional/REGION/                     for that region's cluster
 *     rollouts/ tombstones/ platform/      declarations for syncd itself
 */
#ifndef REPO_LAYOUT_DISCOVER_H
#define REPO_LAYOUT_DISCOVER_H

#include "syncd/base/vec.h"
#include "syncd/snapshot/snapshot.h"

enum layout_part { LAYOUT_MANAGEMENT, LAYOUT_REGIONAL, LAYOUT_DECLARATIONS };

/* Something to be rendered by itself: a chart, a kustomization, a directory or file of manifests.
 */
struct layout_path {
    str path;
    enum layout_part part;
    str region; /* of LAYOUT_REGIONAL */
};
struct layout_paths {
    VEC(struct layout_path) list;
};

/*
 * All of them below `root` ("" = the repository), in order. A directory that is a chart or a
 * kustomization is one; a directory with such below it is taken apart; any other is one. Views
 * into the snapshot.
 */
void layout_discover(const struct snapshot *snapshot, str root, struct arena *arena,
                     struct layout_paths *ret_paths);

#endif
