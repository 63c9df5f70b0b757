/* Building types from schema documents: shared by the OpenAPI and the CRD reader. diff/ only. */
#ifndef SYNCD_DIFF_SCHEMA_BUILD_H
#define SYNCD_DIFF_SCHEMA_BUILD_H

#include "diff/schema_internal.h"

/* Where in the document: a chain on the stack, printed only for errors. */
struct place {
    const struct place *up;
    str name; /* a member … */
    str key;  /* … and what stands in brackets behind it, or empty */
};

struct builder {
    struct schema_set *set;
    struct arena *arena; /* of the set */
    const struct limits *limits;
    struct error *err;
    bool structural; /* strict, with rules: a custom resource */
    bool failed;
    unsigned depth;
    /* Type of a reference such as "#/components/schemas/NAME"; NULL when it leads nowhere. */
    const struct schema_type *(*resolve)(struct builder *builder, str reference);
    void *context;
    VEC(const struct schema_rules *) simple; /* rules that only say a kind and format */
    VEC(struct schema_override) overrides;
};

/* A reference whose map type is said where it is used: copied when all types are complete. */
struct schema_override {
    struct schema_type *copy;
    const struct schema_type *of;
    enum schema_map map;
};

/* Where a schema stands decides what it must say. */
enum schema_level { LEVEL_ROOT, LEVEL_ITEM, LEVEL_FIELD };

/* Fills `type`. Errors are kept in the builder, the first one wins. */
void build_type(struct builder *builder, value schema, enum schema_level level,
                bool preserve_unknown, const struct place *place, struct schema_type *type);
/* Reads what only validation needs; NULL when nothing is said. */
const struct schema_rules *build_rules(struct builder *builder, value schema,
                                       const struct place *place);
/* A schema below allOf, anyOf, oneOf, not: rules on values, no structure of its own. */
const struct schema_type *build_nested(struct builder *builder, value schema,
                                       const struct place *place);
/* Adds apiVersion, kind and metadata as the server does for objects. */
void build_object_fields(struct builder *builder, struct schema_type *type);
void build_overrides(struct builder *builder);

/* Sets the error once: "place: text", or "place.text" when the text begins with a dot. */
void build_refuse(struct builder *builder, const struct place *place, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
