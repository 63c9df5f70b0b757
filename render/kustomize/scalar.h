/*
 * scalar: texts and types. kustomize works on YAML nodes, where a scalar is a text with a tag; here
 * a scalar is a value, and these functions do what happens to text and tag.
 */
#ifndef RENDER_KUSTOMIZE_SCALAR_H
#define RENDER_KUSTOMIZE_SCALAR_H

#include "syncd/base/error.h"
#include "syncd/value/value.h"

/* What a plain YAML 1.2 scalar with this text is: a string unless it is null, bool or number. */
value kust_scalar_resolve(str text, struct arena *arena);
/* True when the text without quotes is a string. */
bool kust_scalar_is_string(str text);
/* The text of a scalar; "" for collections. */
str kust_scalar_text(value v);
/* Another text in a scalar that loses its type: without quotes the text says what it is. */
value kust_scalar_untyped(value old, str text, struct arena *arena);
/* The same for a field that may be ABSENT: a new one is quoted where it would be no text. */
value kust_field_untyped(value old, str text, struct arena *arena);
/* What a merge makes of a scalar without a type that it copies: a text that stays one. */
value kust_scalar_settled(value v);
/* Another text in a scalar that keeps its type; a misfit when it does not fit. */
value kust_scalar_retext(value old, str text, struct arena *arena);
/*
 * As kustomize reads its own output: numbers and timestamps canonical. With `through_json` also as
 * after a way through JSON: nulls are written ones, integers are doubles. Unchanged parts are
 * shared.
 */
value kust_canonical(value document, bool through_json, struct arena *arena);
/* What a scalar becomes in the place of another: in the quotes of a text numbers are texts, flagged
   VALUE_RAW because what replaces them still has to be a number. */
value kust_in_style_of(value old, value new);
/* A scalar whose text does not fit its type: an error if it gets as far as the output. */
static inline bool kust_is_misfit(value v)
{
    return v.kind == VALUE_STRING && (v.flags & VALUE_INTEGER) != 0;
}
/* The first misfit in a document, or ABSENT. */
value kust_find_misfit(value document);
/* Missing or null; a scalar that was written with nothing in it only looks so. */
static inline bool kust_is_nothing(value v)
{
    return v.kind == VALUE_ABSENT || (v.kind == VALUE_NULL && (v.flags & VALUE_UNTYPED) == 0);
}
/* Missing, null, {} or []. */
static inline bool kust_is_empty(value v)
{
    return kust_is_nothing(v) || ((v.kind == VALUE_OBJECT || v.kind == VALUE_ARRAY) && v.len == 0);
}
/* The very same node. */
static inline bool kust_same(value a, value b)
{
    return a.kind == b.kind && a.flags == b.flags && a.len == b.len && a.as.text == b.as.text;
}

#endif
