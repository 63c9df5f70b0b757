/* The tables of the built-in schema. */
#ifndef RENDER_KUSTOMIZE_SCHEMA_INTERNAL_H
#define RENDER_KUSTOMIZE_SCHEMA_INTERNAL_H

#include "syncd/base/str.h"

struct schema_field {
    str name;
    str keys;
    int16_t type; /* of the field, or of the items of a list; -1 for none */
    bool merges;
};

struct schema_kind {
    str api_version, kind;
    int16_t type;
};

struct schema_scope {
    str api_version, kind;
    bool namespaced;
};

struct schema_definition {
    str name;
    int16_t type;
};

extern const struct schema_field kust_schema_fields[];
extern const uint16_t kust_schema_types[];
extern const struct schema_kind kust_schema_kinds[];
extern const size_t kust_schema_kind_count;
extern const struct schema_scope kust_schema_scopes[];
extern const size_t kust_schema_scope_count;
extern const struct schema_definition kust_schema_definitions[];
extern const size_t kust_schema_definition_count;

#endif
