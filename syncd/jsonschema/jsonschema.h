/*
 * jsonschema: JSON Schema (drafts 4, 6, 7, 2019-09, 2020-12), with the messages that Helm's users
 * know. For charts' values and for what a platform says about its documents.
 */
#ifndef SYNCD_JSONSCHEMA_JSONSCHEMA_H
#define SYNCD_JSONSCHEMA_JSONSCHEMA_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/base/map.h"
#include "syncd/base/regex.h"
#include "syncd/value/value.h"

enum jsonschema_draft {
    DRAFT_4 = 4,
    DRAFT_6 = 6,
    DRAFT_7 = 7,
    DRAFT_2019 = 2019,
    DRAFT_2020 = 2020,
};

struct jsonschema {
    value root;
    enum jsonschema_draft draft;
    struct arena *arena;
    const struct limits *limits;
    struct map resources; /* absolute URI, or URI#anchor → struct jsonschema_place */
    struct map patterns;  /* text → struct regex */
    bool needs_evaluated; /* some unevaluated… keyword is used */
    unsigned depth;
};

/* A subschema with the URI that references inside it are relative to. */
struct jsonschema_place {
    value schema;
    str base;
};

/*
 * Reads and checks a schema: keyword types, patterns, identifiers. ERROR_INPUT (E_SCHEMA).
 * References to anything outside the document are refused (ERROR_UNSUPPORTED).
 */
bool jsonschema_compile(value document, const struct limits *limits, struct arena *arena,
                        struct jsonschema *ret_schema, struct error *err) MUST_USE;
/* Where a reference leads. */
bool jsonschema_resolve(struct jsonschema *schema, str base, str reference,
                        struct jsonschema_place *ret_place, struct error *err) MUST_USE;
/* The URI of an identifier relative to another. */
str jsonschema_uri(str base, str relative, struct arena *arena);
/* A pattern, compiled once. */
bool jsonschema_pattern(struct jsonschema *schema, str pattern, const struct regex **ret_regex,
                        struct error *err) MUST_USE;
/* Why the text does not have the format; NULL when it has, and for formats nobody knows. */
const char *jsonschema_format_complaint(str format, str text, struct arena *arena);

/* What is wrong, for people: "- at '/a': got string, want number". */
struct jsonschema_problem {
    str message;   /* the first problem, in one line */
    str all;       /* every one in a line, what caused it below it and further in */
    uint32_t line; /* of the value that the first is about; 0 = unknown */
};

/* False only when the budget of steps or depth is used up (LIMIT). The problem lives as the schema.
 */
bool jsonschema_validate(struct jsonschema *schema, value instance, bool *ret_valid,
                         struct jsonschema_problem *ret_problem, struct error *err) MUST_USE;

#endif
