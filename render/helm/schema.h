/* schema: JSON Schema (drafts 4, 6, 7, 2019-09, 2020-12) as Helm enforces it. Private to this
 * folder. */
#ifndef RENDER_HELM_SCHEMA_H
#define RENDER_HELM_SCHEMA_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/base/map.h"
#include "syncd/base/regex.h"
#include "syncd/value/value.h"

enum schema_draft {
    DRAFT_4 = 4,
    DRAFT_6 = 6,
    DRAFT_7 = 7,
    DRAFT_2019 = 2019,
    DRAFT_2020 = 2020,
};

struct schema {
    value root;
    enum schema_draft draft;
    struct arena *arena;
    const struct limits *limits;
    struct map resources; /* absolute URI, or URI#anchor → struct schema_place */
    struct map patterns;  /* text → struct regex */
    bool needs_evaluated; /* some unevaluated… keyword is used */
    unsigned depth;
};

/* A subschema with the URI that references inside it are relative to. */
struct schema_place {
    value schema;
    str base;
};

/*
 * Reads and checks a schema: keyword types, patterns, identifiers. ERROR_INPUT (E_SCHEMA).
 * References to anything outside the document are refused (ERROR_UNSUPPORTED).
 */
bool chart_schema_compile(value document, const struct limits *limits, struct arena *arena,
                          struct schema *ret_schema, struct error *err) MUST_USE;
/* Where a reference leads. */
bool chart_schema_resolve(struct schema *schema, str base, str reference,
                          struct schema_place *ret_place, struct error *err) MUST_USE;
/* The URI of an identifier relative to another. */
str chart_schema_uri(str base, str relative, struct arena *arena);
/* A pattern, compiled once. */
bool chart_schema_pattern(struct schema *schema, str pattern, const struct regex **ret_regex,
                          struct error *err) MUST_USE;
/* Does the text have the format? True for formats nobody knows. */
bool chart_schema_format_is(str format, str text);

/* Validates; on failure *ret_message says where and why, for people. */
bool chart_schema_validate(struct schema *schema, value instance, bool *ret_valid, str *ret_message,
                           struct error *err) MUST_USE;

#endif
