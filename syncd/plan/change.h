/*
 * change: what becomes different in one object, field by field, fit to be shown to people: secret
 * values never appear. Pure. Everything lives in the caller's arena or in the documents.
 */
#ifndef SYNCD_PLAN_CHANGE_H
#define SYNCD_PLAN_CHANGE_H

#include "diff/difference.h"
#include "repo-layout/level.h"
#include "syncd/base/crypto.h"
#include "syncd/object/object.h"

struct change {
    str path;     /* `.spec.nodes[name="a"].flavor` */
    value before; /* ABSENT: the field is added */
    value after;  /* ABSENT: the field is removed */
};

struct changes {
    VEC(struct change) list;
};

/* Two versions of one object without their secrets. ABSENT stays ABSENT. */
struct change_pair {
    value before, after;
};

/* What is secret beside the contents of Secrets, and how it is hidden. */
struct change_secrets {
    str key;                   /* of the hash; empty = none */
    const struct level *level; /* its secret fields; NULL = none */
};

/*
 * Puts "(secret)" in the place of every value of a Secret and of every secret field of the level.
 * One that differs between the two reads
 * "(secret before)" and "(secret after)", so that the change itself shows; with a key (daemons have
 * one) both read "(secret HEX)" instead, 12 digits of a keyed hash, which can be compared between
 * two plans. What has no secrets comes back as it is.
 */
struct change_pair change_mask(value before, value after, const struct change_secrets *secrets,
                               struct arena *arena);

/*
 * Appends every difference between two masked versions, in document order. A field that comes or
 * goes with all below it is one change. Items of lists are matched by the keys of `type`; with NULL
 * by their distinct names, else by position. An object that comes or goes: one change, empty path.
 */
void changes_find(const struct change_pair *pair, const struct schema_type *type,
                  struct arena *arena, struct changes *ret_changes);

/*
 * SHA-256 of the changes: equal for equal changes on whichever object and cluster. What plans are
 * grouped by; not to be forged, so that a group never hides another change.
 */
void changes_digest(const struct changes *changes, uint8_t out[SHA256_LEN]);

#endif
