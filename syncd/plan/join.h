/* join: two commits' objects of one target side by side, in order of their identities. */
#ifndef SYNCD_PLAN_JOIN_H
#define SYNCD_PLAN_JOIN_H

#include "syncd/plan/desired.h"

struct desired_join {
    const struct desired *base, *head; /* either may be NULL: no objects */
    size_t base_at, head_at;
};

/* The next identity; a side that does not have it gives NULL. False at the end. */
static inline bool desired_join_next(struct desired_join *join,
                                     const struct desired_object **ret_base,
                                     const struct desired_object **ret_head)
{
    const struct desired *b = join->base, *h = join->head;
    const struct desired_object *base =
        b != NULL && join->base_at < b->count ? &b->objects[join->base_at] : NULL;
    const struct desired_object *head =
        h != NULL && join->head_at < h->count ? &h->objects[join->head_at] : NULL;
    if (base == NULL && head == NULL)
        return false;
    int order = base == NULL ? 1 : head == NULL ? -1 : object_id_compare(&base->id, &head->id);
    join->base_at += order <= 0;
    join->head_at += order >= 0;
    *ret_base = order <= 0 ? base : NULL;
    *ret_head = order >= 0 ? head : NULL;
    return true;
}

/* True when both are there and say the same, the owner label included. */
static inline bool desired_same(const struct desired_object *base,
                                const struct desired_object *head)
{
    return base != NULL && head != NULL && base->digest.low == head->digest.low &&
           base->digest.high == head->digest.high && str_equal(base->json, head->json);
}

#endif
