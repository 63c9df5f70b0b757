/*
 * planning: one or two commits, rendered in confined children, as what a plan is made of. The same
 * for `syncd plan`, for pull requests and for the digest of an applied commit: it renders without
 * any cluster, so it comes out equal everywhere.
 */
#ifndef SYNCD_DAEMON_PLANNING_H
#define SYNCD_DAEMON_PLANNING_H

#include "render/unit/unit.h"
#include "syncd/config/config.h"
#include "syncd/git/source.h"
#include "syncd/loop/loop.h"
#include "syncd/plan/plan.h"
#include "syncd/process/spawner.h"

/* A snapshot with what could not go into it. Sent to a child at the start; stays the caller's. */
struct planning_commit {
    int snapshot;
    const struct unit_fault *faults;
    size_t fault_count;
    str id; /* hex */
};

/* Of what a Git job found: what could not go into the snapshot and must stop the units that read
 * there. Texts stay the result's. */
const struct unit_fault *planning_faults(const struct repo_sync_result *result, struct arena *arena,
                                         size_t *ret_count);

struct planning_options {
    struct loop *loop;
    struct spawner *spawner;
    size_t render_kind;                 /* of the spawner's table */
    const struct config *config;        /* lives as long as the planning and its result */
    const struct level *level;          /* of the platform; NULL = none */
    const struct planning_commit *base; /* NULL: head alone */
    const struct planning_commit *head;
};

/* What came of it. A commit that cannot be rendered is refused in its targets. */
struct planning_result {
    struct plan_request_target *targets; /* in the configuration's order; no live part yet */
    size_t count;
    struct arena *arena; /* holds them and what they look into: the receiver's to destroy */
};

struct planning;
typedef void planning_done(void *context, const struct planning_result *result);

/* Calls done once, on the loop, never from inside. The planning is gone then. */
struct planning *planning_start(const struct planning_options *options, planning_done *done,
                                void *context);
/* Kills the children; done is not called. NULL is fine. */
void planning_cancel(struct planning *planning);

/* What a plan of it is asked with: two commits, the configuration's own rules; in the result's
 * arena. */
struct plan_request planning_request(const struct config *config,
                                     const struct planning_result *result, str base, str head);

#endif
