/* What the files that build and use types share. Inside diff/ only. */
#ifndef SYNCD_DIFF_SCHEMA_INTERNAL_H
#define SYNCD_DIFF_SCHEMA_INTERNAL_H

#include "diff/schema.h"
#include "syncd/base/map.h"
#include "syncd/base/regex.h"

#define SCHEMA_DEPTH 100 /* nesting of a schema document */

struct schema_set {
    struct arena *arena;
    struct map kinds; /* "group/version/Kind" to struct schema_type */
    struct map names; /* every field name once */
};

/* The name as the set keeps it: equal names share their bytes. */
str schema_intern(struct schema_set *set, str name);
/* The later of two adds of one kind wins. */
void schema_add_kind(struct schema_set *set, struct gvk gvk, const struct schema_type *type);
/* Declared members in any order; sorts. */
void schema_set_fields(struct schema_type *type, struct schema_field *fields, size_t count);

/* Types that stand in every set. */
const struct schema_type *schema_object_meta(void);
const struct schema_type *schema_text(void);
/* For kinds without a schema: everything below is atomic but maps (untyped), or all (opaque). */
const struct schema_type *schema_opaque(void);

enum schema_kind {
    KIND_ANY,
    KIND_OBJECT,
    KIND_ARRAY,
    KIND_STRING,
    KIND_INTEGER,
    KIND_NUMBER,
    KIND_BOOLEAN,
};

struct schema_types {
    const struct schema_type *const *items;
    size_t len;
};

/* What validation checks of one node. Bounds that are not set are ABSENT or -1. */
struct schema_rules {
    enum schema_kind kind;
    const char *format; /* one of the formats that validate.c knows, or NULL */
    value allowed;      /* enum: an array, or ABSENT */
    value minimum, maximum, multiple_of;
    bool exclusive_minimum, exclusive_maximum, unique_items, has_cel;
    int64_t min_length, max_length, min_items, max_items, min_properties, max_properties;
    str pattern_text;
    const struct regex *pattern;
    const str *required;
    size_t required_count;
    struct schema_types all_of, any_of, one_of;
    const struct schema_type * not;
    const struct schema_type *metadata; /* restrictions on metadata.name at the root */
};

/* A value below the root without what its structural type does not declare; nulls stay. */
value schema_prune_value(const struct schema_type *type, value v, bool keep_metadata,
                         struct arena *arena);

/* The static name of a format that is checked, or NULL. */
const char *schema_format(str name);
/* True when the text has the format (a name from schema_format). */
bool schema_format_matches(const char *format, str text, struct arena *scratch);

#endif
