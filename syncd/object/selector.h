/* selector: label and field selectors in text form, as the API server reads them. */
#ifndef SYNCD_OBJECT_SELECTOR_H
#define SYNCD_OBJECT_SELECTOR_H

#include "syncd/base/error.h"
#include "syncd/value/value.h"

struct selector; /* immutable, lives in the arena */

/* "a=b,c!=d,e in (f,g),!h": ERROR_INPUT, rule E_SELECTOR. Empty text selects all. */
bool selector_parse(str text, struct arena *arena, const struct selector **ret_selector,
                    struct error *err) MUST_USE;
/* From matchLabels / matchExpressions. */
bool selector_from_value(value label_selector, struct arena *arena,
                         const struct selector **ret_selector, struct error *err) MUST_USE;
bool selector_matches(const struct selector *selector, value labels);

#endif
