/*
 * hold: objects of a target that a rollout holds back. While one is, the form before is what Git
 * wants of it; what the rollout's field holds in the cluster is read from whatever is heard of it.
 */
#ifndef SYNCD_RECONCILE_HOLD_H
#define SYNCD_RECONCILE_HOLD_H

#include "syncd/reconcile/target.h"

/* What the rollout's field holds in the cluster. */
enum hold_value { HOLD_UNKNOWN, HOLD_FROM, HOLD_TO, HOLD_OTHER };
struct target_hold {
    uint32_t object; /* NO_DESIRED: it is not in the table */
    bool let_go;     /* Git's own form may be applied */
    bool sent;       /* the apply on its way is of Git's own form */
    bool available;  /* its cluster says that it may go there */
    enum hold_value value;
    int64_t generation; /* at which the value was read */
};
/* Of the commit that is worked on, in the order of desired->holds. */
size_t target_hold_count(const struct target *target);
const struct target_hold *target_hold_at(const struct target *target, size_t hold);
/* The form that is to be applied now: as it was before while it is held back. */
struct desired_form target_form(const struct target *target, uint32_t object);
/* A document of the object as the server has it, for what is read of it; true when that is news. */
bool target_note_value(struct target *target, uint32_t object, value document);
/* Lets the object go, for as long as the commit is worked on. */
void target_let_go(struct target *target, size_t hold);
/* The kind's watch said that it is up to date. */
void target_kind_heard(struct target *target, uint32_t kind, int64_t now_ns);

#endif
