/*
 * types: the Go types behind the built-in kinds, as one graph. It decodes what clients send exactly
 * as the real server's typed decoding does, drives strategic merge patch and becomes OpenAPI.
 * Immutable once made; lives in the arena given.
 */
#ifndef SYNCD_APISERVER_TYPES_H
#define SYNCD_APISERVER_TYPES_H

#include "syncd/base/error.h"
#include "syncd/base/map.h"
#include "syncd/value/value.h"

enum api_type_kind {
    API_STRING,
    API_INT32,
    API_INT64,
    API_DOUBLE,
    API_BOOL,
    API_BYTES,
    API_TIME,
    API_MICROTIME,
    API_QUANTITY,
    API_INT_OR_STRING,
    API_JSON,   /* anything */
    API_RAW,    /* any object, kept as it is */
    API_OBJECT, /* an object of anything */
    API_LIST,
    API_MAP,
    API_STRUCT,
};

enum api_list_kind { API_LIST_PLAIN, API_LIST_ATOMIC, API_LIST_SET, API_LIST_MAP };

enum api_field_flag {
    API_FIELD_POINTER = 1,
    API_FIELD_ALWAYS = 2,
    API_FIELD_OMITZERO = 4,
    API_FIELD_REQUIRED = 8,
    API_FIELD_MERGE = 16,
    API_FIELD_RETAIN_KEYS = 32,
    API_FIELD_DEFAULT = 64,
};

struct api_type;

struct api_field {
    str name;
    const struct api_type *type;
    str merge_key; /* with API_FIELD_MERGE; empty for lists of scalars and for maps */
    str default_text;
    uint16_t flags;
    uint16_t number; /* in protobuf; 0: never sent */
    uint16_t inside; /* number of the inline message around it, or 0 */
};

struct api_type {
    enum api_type_kind kind;
    enum api_list_kind list;
    bool atomic;                    /* struct or map */
    str package;                    /* "core" */
    str name;                       /* "Container" */
    const struct api_type *item;    /* of a list or map */
    const struct api_field *fields; /* sorted by name */
    size_t field_count;
    str keys;  /* of API_LIST_MAP: "containerPort,protocol" */
    str enums; /* of a string: "A|B", or empty */
};

struct api_types;

struct api_types *api_types_make(struct arena *arena);
/* "core", "Container"; CHECKed: the table has it. */
const struct api_type *api_types_find(const struct api_types *types, const char *name);
const struct api_field *api_type_field(const struct api_type *type, str name);

/* What decoding noticed: paths such as "spec.foo" of members that the type does not have. */
struct api_unknown {
    VEC(str) paths;
};

/*
 * The document as it comes out of Go's typed decoding and encoding: unknown members dropped (and
 * noted), nulls and empty members left out or printed as Go does. ERROR_INPUT with the real
 * server's text when a value has the wrong kind.
 */
bool api_type_decode(const struct api_type *type, value document, struct arena *arena,
                     struct api_unknown *unknown, value *ret_document, struct error *err) MUST_USE;

/* The same after a way through protobuf: empty lists and maps are none. */
bool api_type_decode_stored(const struct api_type *type, value document, struct arena *arena,
                            value *ret_document, struct error *err) MUST_USE;

/*
 * A protobuf message (without the envelope) as a document. ERROR_INPUT when it is broken; what the
 * type does not know is dropped. Bytes become base64. Needs no schema but the numbers of the table.
 */
bool api_type_read_protobuf(const struct api_type *type, str bytes, struct arena *arena,
                            value *ret_document, struct error *err) MUST_USE;
/* Takes the envelope ("k8s\0…") off: what the message is, and its bytes. */
bool api_protobuf_envelope(str body, struct arena *arena, str *ret_api_version, str *ret_kind,
                           str *ret_bytes, struct error *err) MUST_USE;

/* "io.k8s.api.core.v1.Container": the name of the type in OpenAPI documents. */
str api_type_model(const struct api_type *type, struct arena *arena);
/* Adds the type's OpenAPI v3 schema and those of all types below it, by model name. */
void api_type_schemas(const struct api_type *type, struct map *schemas, struct arena *arena);
/* {"$ref": …} or the inline schema, as a member of another schema has it. */
value api_type_schema(const struct api_type *type, struct map *schemas, struct arena *arena);

/* A quantity as the server prints it ("0.5" → "500m"); ABSENT when it is none. */
value api_quantity_canonical(value quantity, struct arena *arena);

#endif
