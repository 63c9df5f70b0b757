/*
 * typed: objects seen through their type, as server-side apply sees them: does an object fit, what
 * is the merge of two, where do two differ. Inside diff/ only.
 */
#ifndef SYNCD_DIFF_TYPED_H
#define SYNCD_DIFF_TYPED_H

#include "diff/fields_internal.h"

/* Problems in the server's words, one a line: ".spec.x: field not declared in schema". */
struct typed_errors {
    struct arena *arena;
    VEC(str) list;
};
/* As the server joins them: one alone, or "errors:\n  …\n  …". */
str typed_errors_text(const struct typed_errors *errors);

/* Adds what does not fit. Duplicate items of keyed lists and sets are fine when allowed. */
void typed_check(const struct schema_type *type, value object, bool allow_duplicates,
                 struct typed_errors *errors);

/*
 * `right` laid over `left` (either may be ABSENT): nothing is removed, items are in the order of
 * `left` unless `right` orders shared ones otherwise. ABSENT when nothing is left.
 */
value typed_merge(const struct schema_type *type, value left, value right, struct arena *arena,
                  struct typed_errors *errors);

/* No path is in more than one of the sets. */
struct comparison {
    struct field_set added, modified, removed;
};
struct comparison typed_compare(const struct schema_type *type, value left, value right,
                                struct arena *arena);

/*
 * The set as the type in force would have written it: what has become atomic since loses the
 * fields below it. Returns the set as it is when nothing changed.
 */
struct field_set typed_reconcile(const struct schema_type *type, struct field_set set,
                                 struct arena *arena);

#endif
