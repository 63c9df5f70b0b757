/* field_edit: changing the fields of a document that a path like "spec/containers[]/image" names.
 */
#ifndef RENDER_KUSTOMIZE_FIELD_EDIT_H
#define RENDER_KUSTOMIZE_FIELD_EDIT_H

#include "render/kustomize/config.h"

/*
 * Called for every node that the path leads to; gives the node to put there. The node may be null;
 * a node made because it was missing is an empty object or the text "".
 */
typedef bool (*kust_edit)(void *context, value node, struct arena *arena, value *ret_node,
                          struct error *err);

struct field_edit {
    kust_edit edit;
    void *context;
    enum value_kind create; /* what a missing last field becomes, when the spec says `create`;
                               VALUE_ABSENT: fields are never made */
    struct arena *arena;
};

/*
 * Edits one field. Lists on the way are walked through; a scalar on the way is ERROR_INPUT
 * (E_FIELD). Parts that no edit changed are shared with the old document.
 */
bool kust_edit_field(const struct field_edit *edit, str path, bool create, value document,
                     value *ret_document, struct error *err) MUST_USE;

/* Edits every field of the list whose kind fits. */
bool kust_edit_fields(const struct field_edit *edit, struct spec_list specs, const struct gvk *gvk,
                      value document, value *ret_document, struct error *err) MUST_USE;

/* An edit whose context is a `value` object of texts: sets all of them in the node. */
bool kust_set_entries(void *context, value node, struct arena *arena, value *ret_node,
                      struct error *err) MUST_USE;
/* An edit whose context is a `str`: makes the node that text. */
bool kust_set_text(void *context, value node, struct arena *arena, value *ret_node,
                   struct error *err) MUST_USE;
/* The same with the text in front of, or behind, what is there. */
bool kust_put_before(void *context, value node, struct arena *arena, value *ret_node,
                     struct error *err) MUST_USE;
bool kust_put_behind(void *context, value node, struct arena *arena, value *ret_node,
                     struct error *err) MUST_USE;

/*
 * Cuts the next part of a path; "\/" stands for "/". False at the end. A leading separator is
 * skipped by kust_path_begin.
 */
str kust_path_begin(str path, char separator);
bool kust_path_next(str *rest, char separator, struct arena *arena, str *ret_part) MUST_USE;

#endif
