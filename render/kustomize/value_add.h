/* value_add: the ValueAddTransformer, which no field of a kustomization stands for. */
#ifndef RENDER_KUSTOMIZE_VALUE_ADD_H
#define RENDER_KUSTOMIZE_VALUE_ADD_H

#include "render/kustomize/kustomization.h"
#include "render/kustomize/loader.h"

struct value_add_target {
    const struct selector_spec *selector;
    str field_path;
    int64_t position; /* in a file path; 0: the value replaces the field */
};

struct value_add {
    str text;
    VEC(struct value_add_target) targets;
    str target_file;
};

extern const struct decoder kust_value_add_decoder;

bool kust_apply_value_add(struct build *build, const struct loader *loader, struct resmap *map,
                          const struct value_add *add, struct error *err) MUST_USE;

#endif
