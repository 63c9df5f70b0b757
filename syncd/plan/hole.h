/*
 * hole: values that a rendering without a cluster cannot know: random ones, made once and kept in
 * the cluster. The renderer writes a mark in their place, the same on every machine.
 */
#ifndef SYNCD_PLAN_HOLE_H
#define SYNCD_PLAN_HOLE_H

#include "syncd/value/value.h"

/* True when a text (of a field, or of a whole document) has a mark, plain or in base64. */
bool hole_in(str text);
/* The document with what `live` has at the same places instead of marked texts; lists by position.
 */
value hole_fill(value document, value live, struct arena *arena);

#endif
