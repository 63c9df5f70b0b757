/*
 * order: what has to happen before what, as a graph over one commit on one target. Its nodes are
 * the objects, the runs of hooks, and barriers that only stand between them.
 *
 *     Namespaces ─► PreSync hooks ─► definitions ─► pre-install/-upgrade hooks of a release
 *         └─────────────────────────────┴─► waves, with Sync hooks ─► PostSync hooks
 *
 * An edge lets go when its first node was TRIED (done or given up) or is READY (done, and its
 * verdict lets pass). Namespaces and definitions hold others only until they were tried; waves,
 * hooks and depends-on until they are ready. Kinds that a platform's level puts in order hold each
 * other only until they were tried. A release's hooks hold only what belongs to it.
 * SyncFail runs have no edges: they are let go when the sync failed.
 */
#ifndef SYNCD_PLAN_ORDER_H
#define SYNCD_PLAN_ORDER_H

#include "render/unit/wire.h"

struct desired;

enum order_event { ORDER_TRIED, ORDER_READY, ORDER_EVENTS };

/* One execution of a hook. */
struct order_run {
    uint32_t hook; /* index into the desired hooks */
    enum hook_phase phase;
    /* Equal as long as what it is run for is: the whole commit's content, or its release's. */
    struct hash128 id;
};

struct order {
    size_t object_count, run_count, node_count; /* objects first, then runs, then barriers */
    const struct order_run *runs;
    const uint32_t *waits; /* of each node: edges into it */
    /* Edges out of node n on an event: to[event][first[event][n]] up to first[event][n + 1]. */
    const uint32_t *first[ORDER_EVENTS], *to[ORDER_EVENTS];
};

/* `waves` is each object's own wave. Lives in the arena. */
struct order *order_make(const struct desired *desired, const int32_t *waves, struct arena *arena,
                         struct arena *scratch);

#endif
