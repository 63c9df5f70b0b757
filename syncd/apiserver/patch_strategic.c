#include "syncd/apiserver/patch_strategic.h"

#include "syncd/apiserver/edit.h"

/* What the type says of one member. */
struct member_rule {
    const struct api_type *type; /* NULL: nothing is known */
    str merge_key;
    bool merges;
};

static struct member_rule rule_of(const struct api_type *type, str key)
{
    struct member_rule rule = {0};
    if (type == NULL)
        return rule;
    if (type->kind == API_MAP) {
        rule.type = type->item;
        return rule;
    }
    const struct api_field *field = type->kind == API_STRUCT ? api_type_field(type, key) : NULL;
    if (field == NULL)
        return rule;
    rule.type = field->type;
    rule.merge_key = field->merge_key;
    rule.merges = (field->flags & API_FIELD_MERGE) != 0;
    return rule;
}

static bool merge_object(const struct api_type *type, value object, value patch,
                         struct arena *arena, value *ret_result, struct error *err);

static bool is_directive(str key)
{
    return key.len != 0 && key.ptr[0] == '$';
}

static bool list_has(value list, value item)
{
    for (size_t i = 0; i < value_len(list); i++)
        if (value_equal(value_item(list, i), item))
            return true;
    return false;
}

/* Where the item of that key stands, or SIZE_MAX. */
static size_t find_keyed(value list, str merge_key, value key)
{
    for (size_t i = 0; i < value_len(list); i++)
        if (value_equal(value_get(value_item(list, i), merge_key), key))
            return i;
    return SIZE_MAX;
}

static value merge_scalars(value list, value patch, value removed, struct arena *arena)
{
    struct array_builder out;
    array_begin(&out, arena);
    for (size_t i = 0; i < value_len(list); i++)
        if (!list_has(removed, value_item(list, i)))
            array_add(&out, value_item(list, i));
    for (size_t i = 0; i < value_len(patch); i++)
        if (!list_has(list, value_item(patch, i)))
            array_add(&out, value_item(patch, i));
    return array_finish(&out);
}

static bool merge_keyed(const struct member_rule *rule, value list, value patch,
                        struct arena *arena, value *ret_result, struct error *err)
{
    for (size_t i = 0; i < value_len(patch); i++) {
        value item = value_item(patch, i);
        str directive = value_str(value_get(item, STR("$patch")));
        if (str_equal(directive, STR("replace"))) {
            struct array_builder rest;
            array_begin(&rest, arena);
            for (size_t n = 0; n < value_len(patch); n++)
                if (!value_present(value_get(value_item(patch, n), STR("$patch"))))
                    array_add(&rest, value_item(patch, n));
            *ret_result = array_finish(&rest);
            return true;
        }
    }
    for (size_t i = 0; i < value_len(patch); i++) {
        value item = value_item(patch, i), key = value_get(item, rule->merge_key), merged;
        if (!value_present(key))
            return error_set(err, ERROR_INPUT, "map: %s does not contain declared merge key: %.*s",
                             "map[]", STR_ARG(rule->merge_key));
        size_t at = find_keyed(list, rule->merge_key, key);
        if (str_equal(value_str(value_get(item, STR("$patch"))), STR("delete"))) {
            for (; at != SIZE_MAX; at = find_keyed(list, rule->merge_key, key))
                list = value_without_item(list, at, arena);
            continue;
        }
        value old = at == SIZE_MAX ? api_empty_object() : value_item(list, at);
        if (!merge_object(rule->type->item, old, item, arena, &merged, err))
            return false;
        list = at == SIZE_MAX ? value_append(list, merged, arena)
                              : value_with_item(list, at, merged, arena);
    }
    *ret_result = list;
    return true;
}

/* Rank of an item in the wanted order, or SIZE_MAX. */
static size_t rank_in(value order, str merge_key, value item)
{
    if (merge_key.len != 0)
        return find_keyed(order, merge_key, value_get(item, merge_key));
    for (size_t i = 0; i < value_len(order); i++)
        if (value_equal(value_item(order, i), item))
            return i;
    return SIZE_MAX;
}

/* Splits the list into the items that the order names, in its order, and the others. */
static void split_by_order(value list, value order, str merge_key, struct array_builder *named,
                           struct array_builder *others)
{
    for (size_t n = 0; n < value_len(order); n++)
        for (size_t i = 0; i < value_len(list); i++)
            if (rank_in(order, merge_key, value_item(list, i)) == n)
                array_add(named, value_item(list, i));
    for (size_t i = 0; i < value_len(list); i++)
        if (rank_in(order, merge_key, value_item(list, i)) == SIZE_MAX)
            array_add(others, value_item(list, i));
}

/*
 * Items named by the order stand in that order. The others, only on the server, go before the first
 * of those that they stood before on the server.
 */
static value reorder(value list, value order, value before, str merge_key, struct arena *arena)
{
    struct array_builder named, others, out;
    array_begin(&named, arena);
    array_begin(&others, arena);
    array_begin(&out, arena);
    split_by_order(list, order, merge_key, &named, &others);
    size_t at = 0, left = 0;
    while (at < named.items.len || left < others.items.len) {
        bool other = at >= named.items.len;
        if (!other && left < others.items.len) {
            size_t there = rank_in(before, merge_key, others.items.items[left]);
            size_t here = rank_in(before, merge_key, named.items.items[at]);
            other = there != SIZE_MAX && here != SIZE_MAX && there < here;
        }
        array_add(&out, other ? others.items.items[left++] : named.items.items[at++]);
    }
    return array_finish(&out);
}

static bool merge_list(const struct member_rule *rule, value list, value patch, str key,
                       value directives, struct arena *arena, value *ret_result, struct error *err)
{
    str order_key = arena_concat(arena, STR("$setElementOrder/"), key, (str){0});
    str remove_key = arena_concat(arena, STR("$deleteFromPrimitiveList/"), key, (str){0});
    value order = value_get(directives, order_key), removed = value_get(directives, remove_key);
    if (!value_is(list, VALUE_ARRAY))
        list = (value){.kind = VALUE_ARRAY};
    value before = list;
    if (rule->merge_key.len == 0)
        list = merge_scalars(list, patch, removed, arena);
    else if (!merge_keyed(rule, list, patch, arena, &list, err))
        return false;
    *ret_result =
        reorder(list, value_present(order) ? order : patch, before, rule->merge_key, arena);
    return true;
}

/* Lists that only a directive mentions: "$deleteFromPrimitiveList/finalizers". */
static bool merge_mentioned(const struct api_type *type, value *object, value patch,
                            struct arena *arena, struct error *err)
{
    static const char *const prefixes[] = {"$setElementOrder/", "$deleteFromPrimitiveList/"};
    for (size_t i = 0; i < value_len(patch); i++) {
        str name = value_member(patch, i)->key;
        for (size_t n = 0; n < ARRAY_LEN(prefixes); n++) {
            if (!str_starts(name, str_z(prefixes[n])))
                continue;
            str key = str_skip(name, strlen(prefixes[n]));
            struct member_rule rule = rule_of(type, key);
            value list = value_get(*object, key);
            if (value_present(value_get(patch, key)) || !value_is(list, VALUE_ARRAY) ||
                !rule.merges)
                continue;
            if (!merge_list(&rule, list, (value){.kind = VALUE_ARRAY}, key, patch, arena, &list,
                            err))
                return false;
            *object = value_with(*object, key, list, arena);
        }
    }
    return true;
}

static value without_directives(value patch, struct arena *arena)
{
    for (size_t i = 0; i < value_len(patch); i++)
        if (is_directive(value_member(patch, i)->key))
            return without_directives(value_without(patch, value_member(patch, i)->key, arena),
                                      arena);
    return patch;
}

static value retain_keys(value object, value keep, struct arena *arena)
{
    struct object_builder out;
    object_begin(&out, arena);
    for (size_t i = 0; i < value_len(object); i++)
        if (list_has(keep, value_string(value_member(object, i)->key)))
            object_add(&out, value_member(object, i)->key, value_member(object, i)->val);
    return object_finish(&out);
}

static bool merge_member(const struct api_type *type, value old, const struct member *member,
                         value patch, struct arena *arena, value *ret_result, struct error *err)
{
    struct member_rule rule = rule_of(type, member->key);
    value given = member->val;
    if (value_is(given, VALUE_OBJECT) &&
        (value_is(old, VALUE_OBJECT) || !value_present(old) || value_is(old, VALUE_NULL)))
        return merge_object(rule.type, value_is(old, VALUE_OBJECT) ? old : api_empty_object(),
                            given, arena, ret_result, err);
    if (value_is(given, VALUE_ARRAY) && rule.merges)
        return merge_list(&rule, old, given, member->key, patch, arena, ret_result, err);
    *ret_result = given;
    return true;
}

/* Recursive: as deep as the patch, which its reader bounds. */
static bool merge_object(const struct api_type *type, value object, value patch,
                         struct arena *arena, value *ret_result, struct error *err)
{
    str directive = value_str(value_get(patch, STR("$patch")));
    if (str_equal(directive, STR("replace"))) {
        *ret_result = without_directives(patch, arena);
        return true;
    }
    if (str_equal(directive, STR("delete"))) {
        *ret_result = api_empty_object();
        return true;
    }
    if (directive.len != 0 && !str_equal(directive, STR("merge")))
        return error_set(err, ERROR_INPUT, "unknown patch type found: %.*s", STR_ARG(directive));
    value keep = value_get(patch, STR("$retainKeys"));
    if (value_is(keep, VALUE_ARRAY))
        object = retain_keys(object, keep, arena);
    for (size_t i = 0; i < value_len(patch); i++) {
        const struct member *member = value_member(patch, i);
        value merged;
        if (is_directive(member->key))
            continue;
        if (value_is(member->val, VALUE_NULL)) {
            object = value_without(object, member->key, arena);
            continue;
        }
        if (!merge_member(type, value_get(object, member->key), member, patch, arena, &merged, err))
            return false;
        object = value_with(object, member->key, merged, arena);
    }
    if (!merge_mentioned(type, &object, patch, arena, err))
        return false;
    *ret_result = object;
    return true;
}

bool api_patch_strategic(const struct api_type *type, value object, value patch,
                         struct arena *arena, value *ret_result, struct error *err)
{
    return merge_object(type, object, patch, arena, ret_result, err);
}
