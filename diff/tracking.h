/*
 * tracking: how a set of owners changes when an object does. The core of server-side apply, without
 * the rules around it (names, times, stripped fields: merge.c). Inside diff/ only.
 */
#ifndef SYNCD_DIFF_TRACKING_H
#define SYNCD_DIFF_TRACKING_H

#include "diff/merge.h"
#include "diff/typed.h"

/* What is worked on: the request, the owners so far, and memory for results and for the rest. */
struct tracking {
    const struct merge_request *request;
    struct owners owners; /* a private copy with room for one more */
    struct arena *arena;
    struct arena *scratch;
};

/* Makes the copy; sets that were written under an older schema are brought up to date. */
void tracking_begin(struct tracking *tracking, const struct merge_request *request,
                    struct owners owners, struct arena *arena, struct arena *scratch);
/* The entry of the identity, made when missing. */
struct owner *tracking_place(struct tracking *tracking, const struct owner *identity);
void tracking_remove(struct tracking *tracking, const struct owner *identity);

/*
 * `live` becomes `object` by the hand of `self`: every other owner loses what was removed, and what
 * was changed, unless that is to be a conflict. Conflicts (force false) leave all as it was.
 * *ret_comparison: what changed, less what the endpoint resets.
 */
struct conflict_list {
    VEC(struct merge_conflict) list;
};
void tracking_change(struct tracking *tracking, value live, value object, const struct owner *self,
                     bool force, struct comparison *ret_comparison,
                     struct conflict_list *ret_conflicts);

/*
 * Takes out of `merged` what `self` applied last time (`last`) and not now, and nobody else owns.
 */
value tracking_prune(struct tracking *tracking, value merged, const struct owner *last);

/* The object as `version` sees it; false when the kind has no such version. */
bool tracking_convert(const struct tracking *tracking, value object, str version, value *ret_object,
                      const struct schema_type **ret_type);

#endif
