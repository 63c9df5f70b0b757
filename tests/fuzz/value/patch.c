/*
 * Two JSON texts apart by a zero byte. A merge patch made from them leads from one to the other;
 * the second as a JSON patch of the first never does harm; every pointer finds what it names.
 */
#include "syncd/value/json.h"
#include "syncd/value/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool has_null(value v)
{
    bool found = v.kind == VALUE_NULL;
    for (size_t i = 0; !found && i < value_len(v); i++)
        found = has_null(v.kind == VALUE_ARRAY ? v.as.items[i] : v.as.members[i].val);
    return found;
}

static void check_merge(value from, value to, struct arena *arena)
{
    value patch = merge_patch_make(from, to, arena);
    if (!has_null(to)) /* a merge patch cannot say null */
        CHECK(value_equal(merge_patch_apply(from, patch, arena), to));
    if (from.kind == VALUE_OBJECT)
        CHECK(value_len(merge_patch_make(from, from, arena)) == 0);
    (void)merge_patch_apply(from, to, arena); /* any document is a patch */
}

static void check_pointer(value document, value pointer, struct arena *arena)
{
    struct error err = ERROR_INIT;
    value found;
    for (size_t i = 0; i < value_len(pointer); i++) {
        value item = pointer.kind == VALUE_ARRAY ? pointer.as.items[i] : pointer.as.members[i].val;
        if (!pointer_get(document, value_str(item), &found, &err))
            CHECK(err.class == ERROR_INPUT);
    }
    for (size_t i = 0; i < value_len(document) && document.kind == VALUE_OBJECT; i++) {
        const struct member *member = value_member(document, i);
        if (str_index(member->key, '~') != SIZE_MAX || str_index(member->key, '/') != SIZE_MAX)
            continue;
        CHECK(pointer_get(document, arena_concat(arena, STR("/"), member->key, STR("")), &found,
                          &err));
        CHECK(value_equal(found, member->val));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_create(64u << 20);
    struct error err = ERROR_INIT;
    str second = str_from((const char *)bytes, len), first;
    value a, b, result;
    if (str_cut(&second, '\0', &first) && second.ptr != NULL &&
        json_read(first, limits_default(), arena, &a, &err) &&
        json_read(second, limits_default(), arena, &b, &err)) {
        check_merge(a, b, arena);
        check_merge(b, a, arena);
        check_pointer(a, b, arena);
        if (json_patch_apply(a, b, limits_default(), arena, &result, &err))
            CHECK(value_depth(result) <= limits_default()->json_depth + 1);
        else
            CHECK(err.class == ERROR_INPUT || err.class == ERROR_LIMIT);
    }
    arena_destroy(arena);
    return 0;
}
