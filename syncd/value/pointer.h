/* pointer and patch: RFC 6901 pointers, RFC 6902 JSON patch, RFC 7386 merge patch. */
#ifndef SYNCD_VALUE_POINTER_H
#define SYNCD_VALUE_POINTER_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/value/value.h"

/* ABSENT when nothing is there; false only when the pointer itself is malformed (E_POINTER). */
bool pointer_get(value document, str pointer, value *ret_value, struct error *err) MUST_USE;

/*
 * Applies a JSON patch (an array of operations) as evanphx/json-patch does, which the API server
 * and kustomize use. A failing operation is ERROR_INPUT, rule E_PATCH, with its index; output over
 * the node budget is ERROR_LIMIT.
 */
bool json_patch_apply(value document, value patch, const struct limits *limits, struct arena *arena,
                      value *ret_result, struct error *err) MUST_USE;

/* RFC 7386: null removes. Cannot fail. */
value merge_patch_apply(value document, value patch, struct arena *arena);
/* The smallest merge patch that turns `from` into `to`; an empty object when equal. */
value merge_patch_make(value from, value to, struct arena *arena);

#endif
