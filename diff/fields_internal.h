/* What the files of diff/ share about paths and sets. */
#ifndef SYNCD_DIFF_FIELDS_INTERNAL_H
#define SYNCD_DIFF_FIELDS_INTERNAL_H

#include "diff/fields.h"

/* Deeper sets and objects are refused where they are read; all walks rely on it. */
#define FIELDS_DEPTH  200
#define PATH_TEXT_MAX (1u << 20)

/* The server's order of values: numbers by value, then texts, booleans, lists, maps, null. */
int path_value_compare(value a, value b);
void path_element_print(const struct path_element *element, struct buf *buf);

/* fields_remove; without keep_empty, what lost all its items is null. */
value fields_remove_as(struct field_set set, const struct schema_type *type, value object,
                       bool keep_empty, struct arena *arena);

/* A field set under construction: nodes of one level, sorted once at the end. */
struct node_list {
    VEC(struct field_node) nodes;
};
/* Skips what is neither a member nor has children. */
void node_list_add(struct node_list *list, struct arena *arena, struct path_element element,
                   bool member, struct field_set children);
/* Sorts if need be and joins nodes of one element. */
struct field_set node_list_finish(struct node_list *list, struct arena *arena);

/*
 * The element that stands for an item of a keyed list or set. False when the item has none, with
 * the server's reason in *ret_reason (may be NULL). The key object lives in the arena.
 */
bool item_element(const struct schema_type *list, value item, struct arena *arena,
                  struct path_element *ret_element, str *ret_reason);

/* Which of its possible forms (scalar, list, map) a type takes for a value. */
enum form { FORM_NONE, FORM_MAP, FORM_SCALAR, FORM_LIST };
enum form type_form(const struct schema_type *type, value v);
/* The type of a value below an untyped one is untyped; below NULL there is nothing known. */
const struct schema_type *type_of_member(const struct schema_type *type, str name);
const struct schema_type *type_of_item(const struct schema_type *type);

#endif
