#include "diff/items.h"

#include <stdlib.h>

enum form type_form(const struct schema_type *type, value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_STRING:
        if (type->scalar != SCALAR_NONE)
            return FORM_SCALAR;
        break;
    case VALUE_ARRAY:
        if (type->list != LIST_NONE)
            return FORM_LIST;
        break;
    case VALUE_OBJECT:
        if (type->map != MAP_NONE)
            return FORM_MAP;
        break;
    case VALUE_ABSENT:
    case VALUE_NULL: break;
    }
    if (type->map != MAP_NONE)
        return FORM_MAP;
    if (type->scalar != SCALAR_NONE)
        return FORM_SCALAR;
    return type->list != LIST_NONE ? FORM_LIST : FORM_NONE;
}

const struct schema_type *type_of_member(const struct schema_type *type, str name)
{
    return type != NULL ? schema_member(type, name) : NULL;
}

const struct schema_type *type_of_item(const struct schema_type *type)
{
    return type != NULL ? type->items : NULL;
}

static bool fail(str *ret_reason, str reason)
{
    if (ret_reason != NULL)
        *ret_reason = reason;
    return false;
}

static str print_keys(const struct schema_type *list, struct arena *arena)
{
    str text = STR("");
    for (uint32_t i = 0; i < list->key_count; i++)
        text = arena_printf(arena, "%.*s%s\"%.*s\"", STR_ARG(text), i != 0 ? " " : "",
                            STR_ARG(list->keys[i]));
    return text;
}

static bool key_element(const struct schema_type *list, value item, struct arena *arena,
                        struct path_element *ret_element, str *ret_reason)
{
    if (value_is(item, VALUE_NULL))
        return fail(ret_reason, STR("associative list with keys may not have a null element"));
    if (!value_is(item, VALUE_OBJECT))
        return fail(ret_reason, STR("associative list with keys may not have non-map elements"));
    struct object_builder builder;
    object_begin(&builder, arena);
    for (uint32_t i = 0; i < list->key_count; i++) {
        value key = value_get(item, list->keys[i]);
        if (!value_present(key)) {
            const struct schema_field *field = schema_field(list->items, list->keys[i]);
            key = field != NULL ? field->default_value : value_absent();
        }
        if (value_present(key))
            object_add(&builder, list->keys[i], key);
    }
    value keys = object_finish(&builder);
    if (keys.len == 0 && ret_reason != NULL)
        *ret_reason = arena_printf(arena,
                                   "associative list with keys has an element that omits all "
                                   "key fields [%.*s] (and doesn't have default values for any key "
                                   "fields)",
                                   STR_ARG(print_keys(list, arena)));
    if (keys.len == 0)
        return false;
    *ret_element = (struct path_element){.kind = PATH_KEY, .val = keys};
    return true;
}

bool item_element(const struct schema_type *list, value item, struct arena *arena,
                  struct path_element *ret_element, str *ret_reason)
{
    if (list->list == LIST_MAP)
        return key_element(list, item, arena, ret_element, ret_reason);
    switch ((enum value_kind)item.kind) {
    case VALUE_OBJECT:
        return fail(ret_reason,
                    STR("associative list without keys has an element that's a map type"));
    case VALUE_ARRAY:
        return fail(ret_reason, STR("not supported: associative list with lists as elements"));
    case VALUE_NULL:
        return fail(ret_reason,
                    STR("associative list without keys has an element that's an explicit null"));
    default: *ret_element = (struct path_element){.kind = PATH_VALUE, .val = item}; return true;
    }
}

static int compare_slots(const void *a, const void *b)
{
    const struct item_slot *left = a, *right = b;
    int order = path_element_compare(&left->element, &right->element);
    return order != 0 ? order
                      : (left->position > right->position) - (left->position < right->position);
}

bool items_index(const struct schema_type *list, value items, struct arena *arena,
                 struct item_index *ret_index, size_t *ret_bad, str *ret_reason)
{
    size_t len = value_len(items);
    struct item_index index = {.len = len};
    index.elements = ARENA_ARRAY(arena, struct path_element, len);
    index.slots = ARENA_ARRAY(arena, struct item_slot, len);
    index.items = items;
    bool sorted = true;
    bool good = true;
    for (size_t i = 0; i < len; i++) {
        if (!item_element(list, items.as.items[i], arena, &index.elements[i],
                          good ? ret_reason : NULL)) {
            if (good)
                *ret_bad = i;
            good = false;
            continue;
        }
        struct item_slot *slot = &index.slots[index.slot_count++];
        *slot = (struct item_slot){index.elements[i], i};
        sorted = sorted && (index.slot_count == 1 || compare_slots(slot - 1, slot) < 0);
    }
    if (!sorted)
        qsort(index.slots, index.slot_count, sizeof(*index.slots), compare_slots);
    *ret_index = index;
    return good;
}

const struct item_slot *items_find(const struct item_index *index,
                                   const struct path_element *element, size_t *ret_count)
{
    size_t low = 0, high = index->slot_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (path_element_compare(&index->slots[middle].element, element) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < index->slot_count &&
           path_element_compare(&index->slots[end].element, element) == 0)
        end++;
    *ret_count = end - low;
    return end != low ? &index->slots[low] : NULL;
}
