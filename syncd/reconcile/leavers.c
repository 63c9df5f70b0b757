/*
 * What is to be deleted and passed the gate goes in order: by the platform's order of deletion,
 * then by wave, the last applied first; what takes more along goes at the end. A group goes when
 * the one before is gone, or has hung in its finalizers for too long.
 */
#include "repo-layout/level.h"
#include "syncd/plan/gate.h"
#include "syncd/reconcile/target_internal.h"

#include <stdlib.h>

#define RANK_LAST     (INT64_C(1) << 61)
#define RANK_TAKES    (INT64_C(1) << 60)
#define RANK_REMOVAL  (INT64_C(1) << 33)
#define REMOVAL_OTHER 0xfffff /* what the platform gives no place goes after what it does */

static int64_t rank_of(const struct target *target, const struct target_object *object,
                       int32_t wave)
{
    const struct gvk *gvk = &target->kinds.items[object->kind].gvk;
    const struct level_kind *kind =
        target->policy.level != NULL ? level_find_kind(target->policy.level, gvk->group, gvk->kind)
                                     : NULL;
    int64_t removal = kind != NULL && kind->removal != 0 ? kind->removal : REMOVAL_OTHER;
    int64_t rank = removal * RANK_REMOVAL + ((int64_t)INT32_MAX - wave);
    if (gate_protects(gvk))
        rank += RANK_TAKES;
    if ((object->live_options & OPTION_PRUNE_LAST) != 0)
        rank += RANK_LAST;
    return rank;
}

static int compare_ranks(const void *left, const void *right)
{
    const struct leaver *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->object > b->object) - (a->object < b->object);
}

/* What was called back and passed the gate again stands in the list already. */
static bool is_listed(const struct target *target, uint32_t index)
{
    VEC_FOR (const struct leaver, leaver, &target->leavers.list) {
        if (leaver->object == index)
            return true;
    }
    return false;
}

void leavers_add(struct target *target, uint32_t index, int32_t wave)
{
    struct target_object *object = &target->objects[index];
    bool again = object->kept_by == GATE_OPEN && object->leaving == LEAVING_NOT &&
                 object->attempts != 0 && is_listed(target, index);
    object->state = OBJECT_WAITING;
    object->leaving = LEAVING_PASSED;
    if (again) { /* its turn has come */
        object->state = OBJECT_TODO;
        target_queue(target, index);
        return;
    }
    const struct leaver leaver = {index, rank_of(target, object, wave)};
    VEC_PUSH(target->table, &target->leavers.list, leaver);
    target->leavers.sorted = false;
}

static bool is_over(const struct target *target, const struct leaver *leaver, bool late)
{
    switch ((enum object_state)target->objects[leaver->object].state) {
    case OBJECT_DELETED:
    case OBJECT_KEPT: return true;
    case OBJECT_LEAVING: return late;
    default: return false;
    }
}

static void sort(struct leavers *leavers)
{
    if (leavers->list.len > 1)
        qsort(leavers->list.items, leavers->list.len, sizeof(*leavers->list.items), compare_ranks);
    leavers->from = leavers->to = 0;
    leavers->sorted = true;
}

void leavers_let_go(struct target *target, int64_t now_ns)
{
    struct leavers *leavers = &target->leavers;
    bool looking = target->prune_cursor < target->object_count || target->busy != 0;
    if (leavers->list.len == 0 || (target->phase == TARGET_PRUNE && looking))
        return;
    if (!leavers->sorted)
        sort(leavers);
    int64_t most = target->policy.wave_timeout_ns;
    bool late = most != 0 && now_ns >= leavers->since_ns + most;
    while (leavers->from < leavers->list.len) {
        if (is_over(target, &leavers->list.items[leavers->from], late)) {
            leavers->from++;
            leavers->to = leavers->to < leavers->from ? leavers->from : leavers->to;
            continue;
        }
        if (leavers->from < leavers->to)
            return; /* the group that was let go is not gone yet */
        int64_t rank = leavers->list.items[leavers->from].rank;
        leavers->since_ns = now_ns;
        while (leavers->to < leavers->list.len && leavers->list.items[leavers->to].rank == rank) {
            uint32_t index = leavers->list.items[leavers->to++].object;
            if (target->objects[index].state != OBJECT_WAITING)
                continue;
            target->objects[index].state = OBJECT_TODO;
            target_queue(target, index);
        }
        return;
    }
}

bool leavers_wait(const struct target *target)
{
    return target->leavers.to < target->leavers.list.len;
}
