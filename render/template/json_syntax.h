/* json_syntax: what encoding/json says of a text that is no JSON. */
#ifndef RENDER_TEMPLATE_JSON_SYNTAX_H
#define RENDER_TEMPLATE_JSON_SYNTAX_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"

/* Go's message for the first syntax error; empty when the syntax is right. */
str json_complaint(str text, struct arena *arena);

#endif
