#include "diff/schema_internal.h"

/*
 * Walks over an object and its type, as deep as the object, which its reader has bounded. Both
 * build new objects only where something changes.
 */

static value default_value(const struct schema_type *type, value v, struct arena *arena);

static bool is_missing(value v, const struct schema_type *type)
{
    return !value_present(v) || (value_is(v, VALUE_NULL) && (type->flags & SCHEMA_NULLABLE) == 0);
}

static value default_map(const struct schema_type *type, value object, struct arena *arena)
{
    struct object_builder out;
    object_begin(&out, arena);
    bool changed = false;
    for (uint32_t i = 0; i < object.len; i++) {
        const struct member *member = value_member(object, i);
        const struct schema_field *field = schema_field(type, member->key);
        const struct schema_type *below = field != NULL ? field->type : type->values;
        value v = member->val;
        if (field != NULL && value_present(field->default_value) && is_missing(v, field->type))
            v = field->default_value;
        if (below != NULL)
            v = default_value(below, v, arena);
        changed = changed || v.as.items != member->val.as.items || v.kind != member->val.kind;
        object_add(&out, member->key, v);
    }
    for (uint32_t i = 0; i < type->field_count; i++) {
        const struct schema_field *field = &type->fields[i];
        if (!value_present(field->default_value) || value_present(value_get(object, field->name)))
            continue;
        object_add(&out, field->name, default_value(field->type, field->default_value, arena));
        changed = true;
    }
    return changed ? object_finish(&out) : object;
}

static value default_list(const struct schema_type *type, value list, struct arena *arena)
{
    struct array_builder out;
    array_begin(&out, arena);
    for (uint32_t i = 0; i < list.len; i++)
        array_add(&out, default_value(type->items, value_item(list, i), arena));
    return array_finish(&out);
}

static value default_value(const struct schema_type *type, value v, struct arena *arena)
{
    if ((type->flags & SCHEMA_HAS_DEFAULTS) == 0)
        return v;
    if (value_is(v, VALUE_OBJECT) && type->map != MAP_NONE)
        return default_map(type, v, arena);
    if (value_is(v, VALUE_ARRAY) && v.len != 0 && type->items != NULL)
        return default_list(type, v, arena);
    return v;
}

value schema_default(const struct schema_type *type, value object, struct arena *arena)
{
    if ((type->flags & SCHEMA_STRUCTURAL) == 0)
        return object;
    return default_value(type, object, arena);
}
