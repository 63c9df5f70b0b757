/* node_path: paths with dots, as in "spec.containers.[name=nginx].image". */
#ifndef RENDER_KUSTOMIZE_NODE_PATH_H
#define RENDER_KUSTOMIZE_NODE_PATH_H

#include "render/kustomize/build.h"

struct node_path {
    VEC(str) parts;
};

/*
 * Cuts at dots; "\." stands for a dot, and what stands in brackets is one part. With `indexes`,
 * "list[2]" is two parts.
 */
struct node_path kust_node_path(str path, bool indexes, struct arena *arena);

/* Follows a path without patterns; ABSENT when nothing is there. ERROR_INPUT (E_FIELD) when a part
   does not fit the node it meets. */
bool kust_node_get(value document, const struct node_path *path, value *ret_node,
                   struct error *err) MUST_USE;
bool kust_node_get_part(value node, str part, value *ret_node, struct error *err) MUST_USE;

/* "[a=b]"; "5"; and the halves of the first. */
bool kust_part_is_list(str part);
bool kust_part_index(str part, size_t *ret_index) MUST_USE;
bool kust_part_split(str part, str *ret_field, str *ret_text, struct error *err) MUST_USE;

#endif
