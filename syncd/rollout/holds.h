/*
 * holds: the rollouts of a commit, and the objects of it that they hold back. Pure; everything
 * lives in the arena of the desired state.
 *
 * A rollout ends when it is complete, not when its file is gone: one that is on record in the
 * cluster and not in Git goes on holding what Git still wants to be new, and lets nobody go.
 */
#ifndef SYNCD_ROLLOUT_HOLDS_H
#define SYNCD_ROLLOUT_HOLDS_H

#include "repo-layout/level.h"
#include "syncd/plan/desired.h"
#include "syncd/rollout/rollout.h"

struct rollout_plan {
    const struct rollout_spec *spec;
    str document;                   /* its JSON */
    struct gvk kind;                /* of a cluster's object */
    const struct level_kind *level; /* the same in the level; NULL = it is not the level's */
    struct rollout_member *members; /* sorted by name; what is seen of them is the caller's */
    const uint32_t *holds;          /* of each member: index into the desired holds */
    size_t count;
};

struct rollout_set {
    const struct rollout_plan *list; /* in the order of the documents */
    size_t count;
};

/* A rollout as it is on record in the target's cluster. */
struct rollout_kept {
    str document, state; /* JSON of both */
};

/*
 * Reads the commit's rollouts and those on record, and holds their members back (desired_hold).
 * False with E_ROLLOUT when one cannot be read, its kind is not known, two want the same object, or
 * one was made another while it holds clusters.
 */
bool rollout_hold_back(struct desired *desired, const struct level *level,
                       const struct rollout_kept *kept, size_t kept_count,
                       struct findings *findings, const struct rollout_set **ret_set) MUST_USE;

#endif
