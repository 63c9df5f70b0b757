/* difference: where two documents differ, for plans and drift reports. */
#ifndef SYNCD_DIFF_DIFFERENCE_H
#define SYNCD_DIFF_DIFFERENCE_H

#include "diff/fields.h"

/* One place where they differ. */
struct difference {
    str text; /* `.spec.nodes[name="a"].flavor`, `.metadata.labels["app.io/name"]` */
    const struct path_element *path;
    size_t path_len;
    value before; /* ABSENT: added */
    value after;  /* ABSENT: removed */
};

struct differences {
    VEC(struct difference) list;
};

/*
 * Appends every difference, in document order. With a type, items of keyed lists and sets are
 * matched by their keys and their order does not count; without (NULL), lists of objects that all
 * have a distinct `name` are matched by it and others by index. ERROR_LIMIT never: the arena's
 * budget is the caller's.
 */
void diff_objects(value before, value after, const struct schema_type *type, struct arena *arena,
                  struct differences *ret_differences);
/* The same without managedFields, resourceVersion, generation, uid, creationTimestamp. */
value diff_without_noise(value object, struct arena *arena);

/* A unified diff of the two documents as YAML, with `context` lines; empty when equal. */
str diff_unified(value before, value after, str before_name, str after_name, size_t context,
                 struct arena *arena);
/* One line a difference: `.spec.replicas: 2 -> 3`. */
void diff_print(const struct differences *differences, struct buf *buf);

#endif
