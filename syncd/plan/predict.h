/*
 * predict: what a sync of a commit would do to a cluster that was read once, object by object,
 * without a request: what was applied already is known from the inventory, the rest goes through
 * the same merge that the server does. Pure.
 */
#ifndef SYNCD_PLAN_PREDICT_H
#define SYNCD_PLAN_PREDICT_H

#include "diff/schema.h"
#include "syncd/plan/plan.h"

/* What the cluster says of a kind of the commit. */
struct predict_kind {
    struct gvk gvk;
    bool served, namespaced, has_status;
};

/* A cluster as it was read. */
struct predict_reading {
    str inventory;             /* its lines (see inventory.h) */
    const struct map *objects; /* object_id_key to `const value *`, as the server has them */
    const struct predict_kind *kinds;
    size_t kind_count;
    bool lists_complete; /* every kind of the commit and of the inventory was listed in full */
    bool right_cluster;  /* the inventory is this cluster's */
};

struct predict_request {
    const struct desired *desired; /* rendered without an owner label */
    const struct predict_reading *reading;
    const struct schema_set *types;
    const struct level *level; /* NULL = none */
    str owner;                 /* value of the owner label */
    str default_ns;            /* for objects that name no namespace */
    struct prune_policy prune;
    unsigned adopt; /* bits of OPTION_ADOPT: whose fields become ours on every object */
    int64_t now_ns;
    const struct limits *limits;
};

/* Never fails: what cannot be predicted is held with the reason. */
void predict_cluster(const struct predict_request *request, struct arena *arena,
                     struct plan_cluster *ret_cluster);

#endif
