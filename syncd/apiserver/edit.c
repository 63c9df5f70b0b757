#include "syncd/apiserver/edit.h"

value api_edit_default(value object, const char *key, value given, struct arena *arena)
{
    value there = value_get(object, str_z(key));
    if (value_present(there) && !value_is(there, VALUE_NULL))
        return object;
    return value_with(object, str_z(key), given, arena);
}

value api_edit_default_text(value object, const char *key, const char *text, struct arena *arena)
{
    return api_edit_default(object, key, api_text(text), arena);
}

value api_edit_default_int(value object, const char *key, int64_t number, struct arena *arena)
{
    return api_edit_default(object, key, value_int(number, arena), arena);
}

value api_edit_member(value object, const char *key, api_edit *edit, struct arena *arena)
{
    value member = value_get(object, str_z(key));
    if (!value_is(member, VALUE_OBJECT))
        return object;
    return value_with(object, str_z(key), edit(member, arena), arena);
}

value api_edit_items(value object, const char *key, api_edit *edit, struct arena *arena)
{
    value list = value_get(object, str_z(key));
    if (!value_is(list, VALUE_ARRAY))
        return object;
    struct array_builder items;
    array_begin(&items, arena);
    for (size_t i = 0; i < value_len(list); i++)
        array_add(&items, edit(value_item(list, i), arena));
    return value_with(object, str_z(key), array_finish(&items), arena);
}

value api_edit_set(value object, const char *key, value given, struct arena *arena)
{
    if (!value_present(given))
        return value_without(object, str_z(key), arena);
    return value_with(object, str_z(key), given, arena);
}

value api_edit_metadata(value object, const char *key, value given, struct arena *arena)
{
    value metadata = value_get(object, STR("metadata"));
    if (!value_is(metadata, VALUE_OBJECT))
        metadata = api_empty_object();
    return value_with(object, STR("metadata"), api_edit_set(metadata, key, given, arena), arena);
}

int64_t api_edit_int(value object, const char *key)
{
    int64_t number = 0;
    return value_to_i64(value_get(object, str_z(key)), &number) ? number : 0;
}
