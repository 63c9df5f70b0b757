#include "syncd/reconcile/disputes.h"

uint64_t dispute_field(str object_key, uint64_t path_hash)
{
    uint64_t field = hash_stable(object_key) * UINT64_C(0x9e3779b97f4a7c15) + path_hash;
    return field != 0 ? field : 1;
}

static struct dispute *find(struct disputes *disputes, struct arena *arena, uint64_t field)
{
    if (disputes->items == NULL)
        disputes->items = ARENA_ARRAY(arena, struct dispute, DISPUTES_MOST);
    struct dispute *oldest = &disputes->items[0];
    for (size_t i = 0; i < disputes->len; i++) {
        if (disputes->items[i].field == field)
            return &disputes->items[i];
        if (disputes->items[i].last_ns < oldest->last_ns)
            oldest = &disputes->items[i];
    }
    if (disputes->len < DISPUTES_MOST)
        oldest = &disputes->items[disputes->len++];
    *oldest = (struct dispute){.field = field};
    return oldest;
}

bool dispute_heal(struct disputes *disputes, struct arena *arena, uint64_t field, int64_t now_ns)
{
    struct dispute *dispute = find(disputes, arena, field);
    bool over = dispute->rounds < DISPUTE_ROUNDS ? now_ns - dispute->since_ns > DISPUTE_WINDOW_NS
                                                 : now_ns - dispute->last_ns > DISPUTE_WINDOW_NS;
    if (dispute->rounds == 0 || over) {
        dispute->since_ns = now_ns;
        dispute->rounds = 0;
    }
    dispute->last_ns = now_ns;
    if (dispute->rounds >= DISPUTE_ROUNDS)
        return false;
    dispute->rounds++;
    return true;
}
