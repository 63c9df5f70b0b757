/* RFC 6901 pointers and RFC 7386 merge patches. */
#include "syncd/value/pointer.h"

#include "syncd/value/value_internal.h"

/* One step of a pointer with ~0 and ~1 decoded; false when a ~ means nothing. */
static bool token_equals(str token, str key)
{
    size_t at = 0;
    for (size_t i = 0; i < token.len; i++, at++) {
        char c = token.ptr[i];
        if (c == '~')
            c = token.ptr[++i] == '1' ? '/' : '~';
        if (at == key.len || key.ptr[at] != c)
            return false;
    }
    return at == key.len;
}

static bool token_is_valid(str token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] == '~' &&
            (i + 1 == token.len || (token.ptr[i + 1] != '0' && token.ptr[i + 1] != '1')))
            return false;
    }
    return true;
}

static value step_into(value v, str token)
{
    if (v.kind == VALUE_ARRAY) {
        uint64_t index = 0;
        bool padded = token.len > 1 && token.ptr[0] == '0';
        if (padded || !str_to_u64(token, &index) || index >= v.len)
            return value_absent();
        return v.as.items[index];
    }
    if (str_index(token, '~') == SIZE_MAX)
        return value_get(v, token);
    for (size_t i = 0; i < value_len(v); i++) {
        if (token_equals(token, v.as.members[i].key))
            return v.as.members[i].val;
    }
    return value_absent();
}

bool pointer_get(value document, str pointer, value *ret_value, struct error *err)
{
    if (pointer.len > 0 && pointer.ptr[0] != '/')
        return error_rule(err, ERROR_INPUT, "E_POINTER", "a JSON pointer begins with /: %.*s",
                          STR_ARG(pointer));
    if (!token_is_valid(pointer))
        return error_rule(err, ERROR_INPUT, "E_POINTER",
                          "~ in a JSON pointer is written ~0, and / is ~1: %.*s", STR_ARG(pointer));
    str rest = str_skip(pointer, 1), token;
    while (pointer.len > 0 && str_cut(&rest, '/', &token))
        document = step_into(document, token);
    *ret_value = document;
    return true;
}

/* ---- merge patch ---- */

/*
 * What a patch's value becomes where nothing stood: members that are null say "remove" and vanish,
 * inside lists too, as in the API server. Shares the value when it has none.
 */
static value without_nulls(value v, struct arena *arena)
{
    if (v.kind == VALUE_ARRAY) {
        value *items = NULL;
        for (size_t i = 0; i < v.len; i++) {
            value item = without_nulls(v.as.items[i], arena);
            if (items == NULL && item.as.items != v.as.items[i].as.items) {
                items = ARENA_ARRAY(arena, value, v.len);
                memcpy(items, v.as.items, v.len * sizeof *items);
            }
            if (items != NULL)
                items[i] = item;
        }
        v.as.items = items != NULL ? items : v.as.items;
        return v;
    }
    if (v.kind != VALUE_OBJECT)
        return v;
    struct object_builder builder;
    object_begin(&builder, arena);
    bool changed = false;
    for (size_t i = 0; i < v.len; i++) {
        const struct member *member = &v.as.members[i];
        value val = without_nulls(member->val, arena);
        changed = changed || val.kind == VALUE_NULL || val.as.items != member->val.as.items;
        if (val.kind != VALUE_NULL)
            object_add(&builder, member->key, val);
    }
    if (!changed)
        return v;
    value result = object_finish(&builder);
    result.line = v.line;
    return result;
}

static value merge_objects(value document, value patch, struct arena *arena)
{
    struct object_builder builder;
    object_begin(&builder, arena);
    size_t i = 0, j = 0;
    while (i < document.len || j < patch.len) {
        const struct member *old = i < document.len ? &document.as.members[i] : NULL;
        const struct member *new = j < patch.len ? &patch.as.members[j] : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : key_compare(old->key, new->key);
        i += order <= 0;
        j += order >= 0;
        if (order < 0)
            object_add(&builder, old->key, old->val);
        else if (new->val.kind == VALUE_NULL)
            continue;
        else if (order == 0)
            object_add(&builder, old->key, merge_patch_apply(old->val, new->val, arena));
        else
            object_add(&builder, new->key, without_nulls(new->val, arena));
    }
    value result = object_finish(&builder);
    result.line = document.line;
    return result;
}

value merge_patch_apply(value document, value patch, struct arena *arena)
{
    if (patch.kind == VALUE_OBJECT && document.kind == VALUE_OBJECT)
        return merge_objects(document, patch, arena);
    if (document.kind == VALUE_OBJECT)
        return patch;
    return without_nulls(patch, arena);
}

value merge_patch_make(value from, value to, struct arena *arena)
{
    if (from.kind != VALUE_OBJECT || to.kind != VALUE_OBJECT)
        return to;
    struct object_builder builder;
    object_begin(&builder, arena);
    size_t i = 0, j = 0;
    while (i < from.len || j < to.len) {
        const struct member *old = i < from.len ? &from.as.members[i] : NULL;
        const struct member *new = j < to.len ? &to.as.members[j] : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : key_compare(old->key, new->key);
        i += order <= 0;
        j += order >= 0;
        if (order < 0)
            object_add(&builder, old->key, value_null());
        else if (order > 0)
            object_add(&builder, new->key, new->val);
        else if (!value_equal(old->val, new->val))
            object_add(&builder, new->key, merge_patch_make(old->val, new->val, arena));
    }
    return object_finish(&builder);
}
