/* dyn_value: documents as values of templates, and back. */
#ifndef RENDER_TEMPLATE_DYN_VALUE_H
#define RENDER_TEMPLATE_DYN_VALUE_H

#include "render/template/dyn.h"

/* A document as sigs.k8s.io/yaml unmarshals it: every number a float64. */
struct dyn dyn_from_value(value v, struct arena *arena);

enum dyn_numbers {
    DYN_NUMBERS_JSON, /* as encoding/json prints floats */
    DYN_NUMBERS_YAML, /* as yaml.v3 prints floats */
    DYN_NUMBERS_SIGS, /* as JSON, of which YAML is made: there is none with control characters */
    DYN_NUMBERS_TEXT, /* as DYN_NUMBERS_JSON, only to be printed: members of structs in their own
                         order, texts that may be no UTF-8 */
};
/* As encoding/json sees it. False when there is no such document (NaN, a map inside itself). */
bool dyn_to_value(struct dyn v, enum dyn_numbers numbers, struct arena *arena,
                  value *ret_value) MUST_USE;

#endif
