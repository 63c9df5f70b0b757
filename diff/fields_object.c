#include "diff/fields.h"

#include "diff/items.h"

/* Walks over an object and its type: as deep as the object, which its reader has bounded. */

static struct field_set object_fields(const struct schema_type *type, value v, struct arena *arena,
                                      bool *ret_leaf);

static struct field_set list_fields(const struct schema_type *type, value items,
                                    struct arena *arena)
{
    struct node_list list = {0};
    struct item_index index;
    size_t bad, count;
    (void)items_index(type, items, arena, &index, &bad, NULL); /* others own nothing */
    for (size_t i = 0; i < index.slot_count; i += count) {
        const struct item_slot *slot = items_find(&index, &index.slots[i].element, &count);
        struct field_set below = {0};
        bool leaf;
        /* Items that stand there twice are owned as one, without what is in them. */
        if (count == 1)
            below = object_fields(type->items, items.as.items[slot->position], arena, &leaf);
        node_list_add(&list, arena, slot->element, true, below);
    }
    return node_list_finish(&list, arena);
}

static struct field_set map_fields(const struct schema_type *type, value object,
                                   struct arena *arena)
{
    struct node_list list = {0};
    for (uint32_t i = 0; i < object.len; i++) {
        const struct member *member = &object.as.members[i];
        const struct schema_field *field = schema_field(type, member->key);
        const struct schema_type *below = field != NULL ? field->type : type->values;
        bool leaf = false;
        struct field_set children = {0};
        if (below != NULL)
            children = object_fields(below, member->val, arena, &leaf);
        bool empty = value_is(member->val, VALUE_NULL) ||
                     (value_is(member->val, VALUE_OBJECT) && member->val.len == 0);
        node_list_add(&list, arena, path_field(member->key), leaf || empty || field == NULL,
                      children);
    }
    return node_list_finish(&list, arena);
}

/* *ret_leaf: the value itself is a member, as scalars and atomic values are. */
static struct field_set object_fields(const struct schema_type *type, value v, struct arena *arena,
                                      bool *ret_leaf)
{
    *ret_leaf = false;
    switch (type_form(type, v)) {
    case FORM_SCALAR: *ret_leaf = true; break;
    case FORM_LIST:
        *ret_leaf = type->list == LIST_ATOMIC;
        if (!*ret_leaf && value_is(v, VALUE_ARRAY))
            return list_fields(type, v, arena);
        break;
    case FORM_MAP:
        *ret_leaf = type->map == MAP_ATOMIC;
        if (!*ret_leaf && value_is(v, VALUE_OBJECT))
            return map_fields(type, v, arena);
        break;
    case FORM_NONE: break;
    }
    return (struct field_set){0};
}

struct field_set fields_of(const struct schema_type *type, value object, struct arena *arena)
{
    bool leaf;
    return object_fields(type, object, arena, &leaf);
}

/*
 * What extracting and removing have in common; a value with nothing left is null. Where removing
 * went below a list or map, what is left of it may be kept as an empty one.
 */
struct cut {
    struct arena *arena;
    bool extract;
    bool keep_empty;
};

static value cut_value(const struct cut *cut, const struct schema_type *type, value v,
                       struct field_set set);

static value cut_below(const struct cut *cut, const struct schema_type *type, value v,
                       struct field_set set)
{
    value out = cut_value(cut, type, v, set);
    bool emptied = value_is(out, VALUE_NULL) && cut->keep_empty &&
                   (value_is(v, VALUE_OBJECT) || value_is(v, VALUE_ARRAY));
    return emptied ? (value){.kind = v.kind} : out;
}

static value cut_list(const struct cut *cut, const struct schema_type *type, value items,
                      struct field_set set)
{
    struct array_builder out;
    array_begin(&out, cut->arena);
    for (uint32_t i = 0; i < items.len; i++) {
        value item = items.as.items[i];
        struct path_element element;
        const struct field_node *node = NULL;
        if (item_element(type, item, cut->arena, &element, NULL))
            node = fields_node(set, &element);
        if (!cut->extract && node != NULL && node->member)
            continue;
        if (cut->extract && node == NULL)
            continue;
        if (node != NULL && node->children.len != 0)
            item = cut_below(cut, type->items, item, node->children);
        array_add(&out, item);
    }
    return out.items.len != 0 ? array_finish(&out) : value_null();
}

static value cut_map(const struct cut *cut, const struct schema_type *type, value object,
                     struct field_set set)
{
    struct object_builder out;
    object_begin(&out, cut->arena);
    for (uint32_t i = 0; i < object.len; i++) {
        const struct member *member = &object.as.members[i];
        struct path_element element = path_field(member->key);
        const struct field_node *node = fields_node(set, &element);
        value v = member->val;
        if (!cut->extract && node != NULL && node->member)
            continue;
        if (cut->extract && node == NULL)
            continue;
        /* A member of the set that is extracted comes whole, unless the set says what of it. */
        if (node != NULL && node->children.len != 0)
            v = cut_below(cut, type_of_member(type, member->key), v, node->children);
        object_add(&out, member->key, v);
    }
    return out.members.len != 0 ? object_finish(&out) : value_null();
}

static value cut_value(const struct cut *cut, const struct schema_type *type, value v,
                       struct field_set set)
{
    value whole = cut->extract ? v : value_null();
    if (type == NULL)
        return whole;
    switch (type_form(type, v)) {
    case FORM_SCALAR: return v;
    case FORM_LIST:
        if (!value_is(v, VALUE_ARRAY))
            return value_null();
        return v.len == 0 || type->list == LIST_ATOMIC ? whole : cut_list(cut, type, v, set);
    case FORM_MAP:
        if (!value_is(v, VALUE_OBJECT))
            return value_null();
        return v.len == 0 || type->map == MAP_ATOMIC ? whole : cut_map(cut, type, v, set);
    case FORM_NONE: break;
    }
    return whole;
}

static value cut_root(const struct cut *cut, struct field_set set, const struct schema_type *type,
                      value object)
{
    value out = cut_value(cut, type, object, set);
    return value_is(out, VALUE_NULL) ? value_absent() : out;
}

value fields_extract(struct field_set set, const struct schema_type *type, value object,
                     struct arena *arena)
{
    struct cut cut = {.arena = arena, .extract = true};
    return cut_root(&cut, set, type, object);
}

value fields_remove(struct field_set set, const struct schema_type *type, value object,
                    struct arena *arena)
{
    return fields_remove_as(set, type, object, true, arena);
}

value fields_remove_as(struct field_set set, const struct schema_type *type, value object,
                       bool keep_empty, struct arena *arena)
{
    struct cut cut = {.arena = arena, .keep_empty = keep_empty};
    return set.len != 0 ? cut_root(&cut, set, type, object) : object;
}
