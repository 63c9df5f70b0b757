#include "diff/validate.h"

static size_t enter_key(struct validator *validator, str key)
{
    size_t len = validator->path.len;
    buf_printf(&validator->path, "[%.*s]", STR_ARG(key));
    return len;
}

/* What must be unique of an item: itself, or its keys as far as they are there. */
static value identity(const struct schema_type *type, value item, struct arena *scratch)
{
    struct object_builder keys;
    if (type->list == LIST_SET)
        return item;
    object_begin(&keys, scratch);
    for (uint32_t i = 0; i < type->key_count; i++) {
        value key = value_get(item, type->keys[i]);
        if (value_present(key))
            object_add(&keys, type->keys[i], key);
    }
    return object_finish(&keys);
}

struct seen {
    value first;
    size_t count;
    struct seen *next; /* with the same hash */
};

/* Reports the second of equal ones, once. */
static void check_unique(struct validator *validator, const struct schema_type *type, value list)
{
    struct map seen = {0};
    struct arena *scratch = validator->scratch;
    for (uint32_t i = 0; i < list.len; i++) {
        value id = identity(type, value_item(list, i), scratch);
        uint64_t hash = value_hash(id);
        str key = arena_str(scratch, str_from((const char *)(const void *)&hash, sizeof(hash)));
        struct map_entry *entry = map_place(&seen, scratch, key);
        struct seen *known = entry->value;
        while (known != NULL && !value_equal(known->first, id))
            known = known->next;
        if (known == NULL) {
            known = ARENA_NEW(scratch, struct seen);
            known->first = id;
            known->next = entry->value;
            entry->value = known;
        }
        if (++known->count != 2)
            continue;
        size_t len = validate_enter_item(validator, i);
        validate_report(validator, SCHEMA_DUPLICATE, id, NULL);
        validate_leave(validator, len);
    }
}

static bool all_objects(struct validator *validator, value list)
{
    for (uint32_t i = 0; i < list.len; i++) {
        value item = value_item(list, i);
        if (value_is(item, VALUE_OBJECT) || value_is(item, VALUE_NULL))
            continue;
        size_t len = validate_enter_item(validator, i);
        validate_report(validator, SCHEMA_INVALID, item,
                        "must be an object for an array of list-type map");
        validate_leave(validator, len);
        return false;
    }
    return true;
}

void validate_lists(struct validator *validator, const struct schema_type *type, value v)
{
    if (type == NULL || (type->flags & SCHEMA_STRUCTURAL) == 0)
        return;
    if (value_is(v, VALUE_ARRAY)) {
        if (type->list == LIST_SET || (type->list == LIST_MAP && all_objects(validator, v)))
            check_unique(validator, type, v);
        for (uint32_t i = 0; i < v.len; i++) {
            size_t len = validate_enter_item(validator, i);
            validate_lists(validator, type->items, value_item(v, i));
            validate_leave(validator, len);
        }
    }
    for (uint32_t i = 0; value_is(v, VALUE_OBJECT) && i < v.len; i++) {
        const struct member *member = value_member(v, i);
        const struct schema_field *field = schema_field(type, member->key);
        size_t len = field != NULL ? validate_enter(validator, member->key)
                                   : enter_key(validator, member->key);
        validate_lists(validator, field != NULL ? field->type : type->values, member->val);
        validate_leave(validator, len);
    }
}

static void check_text(struct validator *validator, value object, str key)
{
    value v = value_get(object, key);
    size_t len = validate_enter(validator, key);
    if (!value_present(v))
        validate_report(validator, SCHEMA_REQUIRED, v, NULL);
    else if (!value_is(v, VALUE_STRING))
        validate_report(validator, SCHEMA_INVALID, v, "must be a string");
    else if (v.len == 0)
        validate_report(validator, SCHEMA_INVALID, v, "must not be empty");
    validate_leave(validator, len);
}

void validate_embedded(struct validator *validator, const struct schema_type *type, value v)
{
    if (type == NULL || (type->flags & SCHEMA_STRUCTURAL) == 0)
        return;
    if (value_is(v, VALUE_OBJECT) && (type->flags & SCHEMA_EMBEDDED) != 0) {
        check_text(validator, v, STR("apiVersion"));
        check_text(validator, v, STR("kind"));
    }
    for (uint32_t i = 0; value_is(v, VALUE_ARRAY) && i < v.len; i++) {
        size_t len = validate_enter_item(validator, i);
        validate_embedded(validator, type->items, value_item(v, i));
        validate_leave(validator, len);
    }
    for (uint32_t i = 0; value_is(v, VALUE_OBJECT) && i < v.len; i++) {
        const struct member *member = value_member(v, i);
        const struct schema_field *field = schema_field(type, member->key);
        size_t len = field != NULL ? validate_enter(validator, member->key)
                                   : enter_key(validator, member->key);
        validate_embedded(validator, field != NULL ? field->type : type->values, member->val);
        validate_leave(validator, len);
    }
}
