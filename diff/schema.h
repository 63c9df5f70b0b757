/*
 * schema: the types of Kubernetes objects. One graph serves server-side apply (which lists are
 * sets, which maps are atomic) and, for custom resources, defaulting, pruning and validation.
 *
 * Types are immutable once built and live in the arena of their set, so that clusters of one
 * version and all threads share them. Types may refer to themselves (JSONSchemaProps does).
 */
#ifndef SYNCD_DIFF_SCHEMA_H
#define SYNCD_DIFF_SCHEMA_H

#include "syncd/object/object.h"

/* What a value of the type may be: any one that is not NONE. */
enum schema_scalar { SCALAR_NONE, SCALAR_STRING, SCALAR_NUMBER, SCALAR_BOOL, SCALAR_ANY };
enum schema_list { LIST_NONE, LIST_ATOMIC, LIST_SET, LIST_MAP };
enum schema_map { MAP_NONE, MAP_GRANULAR, MAP_ATOMIC };

enum schema_flag {
    SCHEMA_UNTYPED = 1,       /* anything goes: schema_untyped and what stands below it */
    SCHEMA_PRESERVE = 2,      /* x-kubernetes-preserve-unknown-fields */
    SCHEMA_EMBEDDED = 4,      /* x-kubernetes-embedded-resource */
    SCHEMA_INT_OR_STRING = 8, /* x-kubernetes-int-or-string */
    SCHEMA_NULLABLE = 16,
    SCHEMA_HAS_DEFAULTS = 32, /* a default stands somewhere below: others are not walked */
    SCHEMA_STRUCTURAL = 64,   /* of a custom resource: pruning, defaults and validation apply */
    SCHEMA_ADDITIONAL = 128,  /* additionalProperties is declared: members need no declaration */
};

struct schema_type;
struct schema_rules; /* what validation checks: see validate.c */

struct schema_field {
    str name;
    const struct schema_type *type;
    value default_value; /* ABSENT: none */
};

struct schema_type {
    uint8_t scalar; /* enum schema_scalar */
    uint8_t list;   /* enum schema_list */
    uint8_t map;    /* enum schema_map */
    uint8_t flags;  /* enum schema_flag */
    uint32_t field_count;
    uint32_t key_count;
    const struct schema_field *fields; /* declared members, sorted by name */
    const struct schema_type *values;  /* type of all other members; NULL: none are declared */
    const struct schema_type *items;   /* of a list */
    const str *keys;                   /* of LIST_MAP, in declared order */
    const struct schema_rules *rules;  /* NULL: nothing to validate beyond the kind of value */
};

/* Kinds with their types. Grows while it is filled; then only read, from any thread. */
struct schema_set;

struct schema_set *schema_set_make(struct arena *arena);
/*
 * Adds every kind of an OpenAPI v3 document (/openapi/v3/apis/GROUP/VERSION, parsed). What the
 * types need is copied, the document may go. ERROR_INPUT (E_SCHEMA) for references to nowhere.
 */
bool schema_add_openapi(struct schema_set *set, value document, struct error *err) MUST_USE;
/*
 * Adds every version of a CustomResourceDefinition. ERROR_INPUT (E_SCHEMA) when a schema is not
 * structural: missing types, unknown list types, keys that are not declared, bad patterns. CEL
 * (x-kubernetes-validations) is not evaluated; schema_has_cel says that a type relies on it.
 */
bool schema_add_crd(struct schema_set *set, value definition, struct error *err) MUST_USE;
/* The kinds that the embedded control plane serves itself (ConfigMap, Secret, Namespace …). */
void schema_add_builtin(struct schema_set *set);

/* NULL when the kind is unknown. */
const struct schema_type *schema_find(const struct schema_set *set, struct gvk gvk);
/*
 * One openAPIV3Schema of a custom resource as a type: its apiVersion, kind and metadata are added.
 * An absent schema gives schema_untyped(). Errors as schema_add_crd.
 */
bool schema_from_structural(value schema, const struct limits *limits, struct arena *arena,
                            const struct schema_type **ret_type, struct error *err) MUST_USE;
/* For kinds without a schema: maps are granular, lists atomic. */
const struct schema_type *schema_untyped(void);
/* True when x-kubernetes-validations stand somewhere in the type. */
bool schema_has_cel(const struct schema_type *type);

/* The declared member, or NULL. */
const struct schema_field *schema_field(const struct schema_type *type, str name);
/* The type of a member, declared or not; NULL when the name is not allowed. */
const struct schema_type *schema_member(const struct schema_type *type, str name);

/* Fills in defaults below objects that are there. Shares what does not change; cannot fail. */
value schema_default(const struct schema_type *type, value object, struct arena *arena);

/* Paths of unknown fields as "spec.foo[0].bar", for fieldValidation=Strict and Warn. */
struct schema_paths {
    VEC(str) list;
};
/*
 * Removes what a structural type does not declare, and nulls that are neither nullable nor
 * defaulted; apiVersion, kind and metadata of the root and of embedded objects stay. Sorted paths
 * of unknown fields are appended to `ret_unknown`, which may be NULL. Other types: as is.
 */
value schema_prune(const struct schema_type *type, value object, struct arena *arena,
                   struct schema_paths *ret_unknown);

/* The `reason` of a status cause. */
enum schema_reason {
    SCHEMA_INVALID,       /* FieldValueInvalid */
    SCHEMA_REQUIRED,      /* FieldValueRequired */
    SCHEMA_DUPLICATE,     /* FieldValueDuplicate */
    SCHEMA_NOT_SUPPORTED, /* FieldValueNotSupported: enum */
    SCHEMA_TYPE_INVALID,  /* FieldValueTypeInvalid */
    SCHEMA_TOO_LONG,      /* FieldValueTooLong */
    SCHEMA_TOO_MANY,      /* FieldValueTooMany */
    SCHEMA_FORBIDDEN,     /* FieldValueForbidden */
};
const char *schema_reason_name(enum schema_reason reason);

struct schema_problem {
    enum schema_reason reason;
    str path; /* "spec.items[0].name" */
    str text; /* the cause's message: `Invalid value: "x": … in body should match '…'` */
};
struct schema_problems {
    VEC(struct schema_problem) list;
};
/*
 * All problems with the object, worded and ordered as kube-apiserver words them. `before` is the
 * stored object on update (values that were already wrong and did not change are let pass), ABSENT
 * on create. True when there are none. Memory: problems in `arena`, the rest in `scratch`.
 */
bool schema_validate(const struct schema_type *type, value object, value before,
                     struct arena *arena, struct arena *scratch,
                     struct schema_problems *ret_problems) MUST_USE;
/* The same for an update of the status subresource: only status is held against the schema. */
bool schema_validate_status(const struct schema_type *type, value object, value before,
                            struct arena *arena, struct arena *scratch,
                            struct schema_problems *ret_problems) MUST_USE;

#endif
