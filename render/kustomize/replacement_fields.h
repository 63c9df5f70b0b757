/* replacement_fields: putting a value into the fields that a replacement's path leads to. */
#ifndef RENDER_KUSTOMIZE_REPLACEMENT_FIELDS_H
#define RENDER_KUSTOMIZE_REPLACEMENT_FIELDS_H

#include "render/kustomize/kustomization.h"

struct field_replacement {
    str path;
    value source;
    const struct field_options *options; /* NULL: none */
    size_t only;                         /* the one field that is set, from 1; 0: all */
    size_t found;                        /* how many fields the path fits: set by the call */
};

/*
 * Puts the source into the fields that the path fits: keys, "[name=pattern]", "*", numbers. A path
 * may lead on into a text that is JSON or YAML. ERROR_INPUT (E_REPLACEMENT) when it fits nothing.
 */
bool kust_replace_field(struct build *build, value document, struct field_replacement *wanted,
                        value *ret_document, struct error *err) MUST_USE;

/* Only makes the fields of the path that are missing; false when they cannot be made. */
bool kust_make_field(struct build *build, value document, str path, value source,
                     value *ret_document) MUST_USE;

/* Part number `index` of a text; false when there is no such part. */
bool kust_split_part(str text, str delimiter, int64_t index, str *ret_part) MUST_USE;

#endif
