/*
 * gate: the one place that decides about deleting. Every DELETE of the program passes here; the
 * answer is a reason, and only GATE_OPEN deletes. A file that vanished is never reason enough.
 */
#ifndef SYNCD_PLAN_GATE_H
#define SYNCD_PLAN_GATE_H

#include "syncd/object/object.h"

/* What the deletion is for. */
enum gate_purpose {
    GATE_PRUNE,   /* Git does not want it any more */
    GATE_HOOK,    /* what a hook's run left behind, by the hook's own delete policy */
    GATE_RECREATE /* a field of it cannot be changed: it is made anew at once */
};

/* Everything the decision depends on. Unknown is written as the value that keeps the gate shut. */
struct gate_case {
    enum gate_purpose purpose;
    bool prune_enabled;  /* the configuration asks for it */
    bool render_whole;   /* the commit was rendered in full, without an error */
    bool newest;         /* it is the newest accepted commit */
    bool not_empty;      /* the target is to hold at least one object */
    bool all_applied;    /* every object of the commit was acknowledged */
    bool lists_complete; /* complete lists of this connection for every kind in the inventory */
    bool right_cluster;  /* the cluster has the identity that was recorded for the target */
    bool cluster_whole;  /* the commit was rendered for every target that is this cluster */
    bool in_inventory;   /* we applied it once */
    bool owned;          /* it carries our owner label now */
    bool uid_known;      /* and the uid that the inventory has: the request will demand it */
    bool kind_protected; /* gate_protects(kind) */
    bool tombstoned;     /* a tombstone in Git names it */
    bool asked_for;      /* of HOOK and RECREATE: it was made by a run of ours, or Git allows it */
    bool kept;           /* it asks to be kept: gate_keeps(document) */
    uint64_t deletions;  /* how many this commit would delete on the target */
    uint64_t total;      /* how many objects the inventory holds */
    uint64_t max_count, max_percent;
    bool approved; /* the number was approved */
};

enum gate_reason {
    GATE_OPEN,
    GATE_DISABLED,
    GATE_RENDER,
    GATE_SUPERSEDED,
    GATE_EMPTY,
    GATE_NOT_APPLIED,
    GATE_LISTS,
    GATE_CLUSTER,
    GATE_OTHERS,
    GATE_INVENTORY,
    GATE_OWNER,
    GATE_UID,
    GATE_PROTECTED,
    GATE_KEPT,
    GATE_TOO_MANY,
    GATE_NOT_ASKED,
};

enum gate_reason gate_decide(const struct gate_case *facts);
/* "OPEN", "TOO_MANY", …: for notes. */
const char *gate_reason_name(enum gate_reason reason);
/* A sentence for people. */
const char *gate_reason_text(enum gate_reason reason);

/* Kinds whose deletion takes more than themselves along. */
bool gate_protects(const struct gvk *gvk);
/* The ways in which users already write "keep this" on an object (syncd/object/options.h). */
bool gate_keeps(value document);

#endif
