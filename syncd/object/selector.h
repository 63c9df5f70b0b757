/* selector: label and field selectors in text form, as the API server reads them. */
#ifndef SYNCD_OBJECT_SELECTOR_H
#define SYNCD_OBJECT_SELECTOR_H

#include "syncd/base/error.h"
#include "syncd/value/value.h"

/* Immutable, lives in the arena. All terms must hold. */
struct selector;

enum selector_operator {
    SELECT_IN,     /* =, ==, in */
    SELECT_NOT_IN, /* !=, notin: holds for a missing key, too */
    SELECT_EXISTS,
    SELECT_MISSING, /* !key */
    SELECT_GREATER, /* of integers */
    SELECT_LESS,
};

struct selector_term {
    str key;
    enum selector_operator relation;
    const str *values;
    size_t value_count;
};

/* "a=b,c!=d,e in (f,g),!h": ERROR_INPUT, rule E_SELECTOR. Empty text selects all. */
bool selector_parse(str text, struct arena *arena, const struct selector **ret_selector,
                    struct error *err) MUST_USE;
/* From matchLabels / matchExpressions. */
bool selector_from_value(value label_selector, struct arena *arena,
                         const struct selector **ret_selector, struct error *err) MUST_USE;
bool selector_matches(const struct selector *selector, value labels);

/*
 * A field selector: "metadata.name=a,spec.x!=b"; a backslash escapes `,`, `=` and itself. Match it
 * against an object of all fields that may be selected by, such as {"metadata.name": "a"}.
 */
bool selector_parse_fields(str text, struct arena *arena, const struct selector **ret_selector,
                           struct error *err) MUST_USE;

/* The terms, to check which keys are asked for. NULL when there are none. */
const struct selector_term *selector_terms(const struct selector *selector, size_t *ret_count);

#endif
