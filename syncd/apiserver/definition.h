/*
 * definition: what a resource is: its names, versions, schema, columns. Immutable. Definitions made
 * from equal CustomResourceDefinition specs are one, shared by all clusters of the process.
 */
#ifndef SYNCD_APISERVER_DEFINITION_H
#define SYNCD_APISERVER_DEFINITION_H

#include "diff/merge.h"
#include "diff/schema.h"
#include "syncd/apiserver/types.h"

struct api_call;
struct api_causes;

/* A column of table output. */
struct api_column {
    str name, type, format, description;
    str json_path; /* of custom resources, without braces; empty: the kind prints the cell itself */
    int32_t priority;
};

struct api_scale_paths {
    str spec_replicas, status_replicas,
        label_selector; /* ".spec.replicas"; the last may be empty */
};

struct api_version {
    str name;        /* "v1" */
    str api_version; /* "group/v1" or "v1" */
    bool served, storage, has_status, has_scale;
    str deprecation; /* the warning to send, or empty */
    const struct schema_type *schema;
    value open_api_schema; /* as the CustomResourceDefinition has it; ABSENT for built-in kinds */
    const struct api_column *columns;
    size_t column_count;
    struct api_scale_paths scale;
};

/* What a built-in kind does beyond its type. All may be NULL. */
struct api_kind_rules {
    /* Fills in defaults, as decoding does. */
    value (*fill)(value object, struct arena *arena);
    /* What the server sets on create and on update (before is ABSENT on create). */
    value (*prepare)(struct api_call *call, value object, value before);
    void (*validate)(value object, value before, struct api_causes *causes);
    /* One cell a column. */
    void (*cells)(value object, int64_t now_ns, struct array_builder *cells, struct arena *arena);
};

struct api_builtin;

struct api_definition {
    str group, kind, list_kind, plural, singular;
    const str *short_names;
    size_t short_name_count;
    const str *categories;
    size_t category_count;
    const struct api_version *versions; /* in order of priority, served or not */
    size_t version_count;
    bool namespaced;
    const struct api_builtin *builtin; /* NULL for custom resources */
    const struct api_type *type;       /* of built-in kinds */
    str digest;                        /* of the spec of custom resources */
    struct map *shared;                /* where others find it by its digest, or NULL */
    struct arena *shared_arena;
    size_t refs;
    struct arena *arena;
};

/* A row of the table of built-in kinds. */
struct api_builtin {
    const char *group, *version, *kind, *plural, *singular;
    const char *short_names; /* space separated */
    const char *categories;
    const char *type; /* in types_table.c */
    const struct api_column *columns;
    size_t column_count;
    const struct api_kind_rules *rules;
    bool namespaced, has_status, has_scale;
    bool create_only;          /* reviews: nothing is stored */
    bool no_delete_collection; /* namespaces */
    bool unconditional_update; /* PUT without resourceVersion */
    bool counts_generation;
    bool creates_on_update; /* PUT makes what is not there */
    bool answers_deleted;   /* DELETE answers the object instead of a Status */
};

extern const struct api_builtin *const api_builtins[];
extern const size_t api_builtin_count;

/* Makes the definitions of the built-in kinds; they live in the arena. */
struct api_definition *api_definition_builtin(const struct api_builtin *builtin,
                                              const struct api_types *types,
                                              const struct schema_set *schemas,
                                              struct arena *arena);
/*
 * From a CustomResourceDefinition with defaults filled in: the one in `shared` for an equal spec
 * with one more reference, or a new one with its own arena, put there. ERROR_INPUT when a schema is
 * not structural.
 */
bool api_definition_custom(value definition, struct map *shared, struct arena *shared_arena,
                           struct api_definition **ret_definition, struct error *err) MUST_USE;
void api_definition_unref(struct api_definition *definition);

/* The order of discovery: v2, v1, v1beta2, v1alpha1, then all others by name. */
bool api_version_goes_before(str a, str b);
/* The version of that name, or NULL; served or not. */
const struct api_version *api_definition_version(const struct api_definition *definition, str name);
const struct api_version *api_definition_storage(const struct api_definition *definition);
struct gvk api_definition_gvk(const struct api_definition *definition,
                              const struct api_version *version);

#endif
