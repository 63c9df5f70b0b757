/*
 * disputes: how often each field was healed lately, so that a field that another writer keeps
 * changing is left alone while the rest of its object is still healed. Bounded: the longest
 * untouched entry makes room.
 */
#ifndef SYNCD_RECONCILE_DISPUTES_H
#define SYNCD_RECONCILE_DISPUTES_H

#include "syncd/base/map.h"

#define DISPUTES_MOST     1024
#define DISPUTE_ROUNDS    5
#define DISPUTE_WINDOW_NS (600 * INT64_C(1000000000))

struct dispute {
    uint64_t field; /* of dispute_field; 0 = free */
    int64_t since_ns, last_ns;
    uint32_t rounds;
};

struct disputes {
    struct dispute *items; /* DISPUTES_MOST of them, made with the first */
    size_t len;
};

/* Stands for one path of one object. */
uint64_t dispute_field(str object_key, uint64_t path_hash);
/*
 * Counts one more healing. False when it is one too many: DISPUTE_ROUNDS within the window are
 * done. The field is left alone until the window, counted from the last attempt, is over.
 */
bool dispute_heal(struct disputes *disputes, struct arena *arena, uint64_t field, int64_t now_ns);

#endif
