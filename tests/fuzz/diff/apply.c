/*
 * Any JSON as [schema, live, applied, applied by another]. A schema that is taken leads to types
 * that hold any object; to apply a second time changes nothing; two readings of one object have no
 * differences.
 */
#include "diff/difference.h"
#include "diff/merge.h"
#include "syncd/value/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static value with_identity(value v, struct arena *arena)
{
    v = value_with(v, STR("apiVersion"), value_string(STR("g/v1")), arena);
    return value_with(v, STR("kind"), value_string(STR("K")), arena);
}

static void check_object(const struct schema_type *type, value object, struct arena *arena,
                         struct arena *scratch)
{
    struct schema_problems problems = {0};
    struct schema_paths unknown = {0};
    struct differences none = {0};
    value pruned = schema_prune(type, object, arena, &unknown);
    CHECK(value_equal(schema_prune(type, pruned, arena, NULL), pruned));
    value defaulted = schema_default(type, pruned, arena);
    CHECK(value_equal(schema_default(type, defaulted, arena), defaulted));
    (void)!schema_validate(type, object, value_absent(), arena, scratch, &problems);
    (void)!schema_validate_status(type, object, defaulted, arena, scratch, &problems);
    diff_objects(object, value_copy(object, arena), type, arena, &none);
    CHECK(none.list.len == 0);
}

static void check_apply(const struct schema_type *type, value input, struct arena *arena,
                        struct arena *scratch)
{
    struct merge_request request = {
        .type = type, .api_version = STR("g/v1"), .manager = STR("a"), .now_ns = 1000000000};
    struct merge_result result;
    struct error err = ERROR_INIT;
    value live = with_identity(value_item(input, 1), arena);
    value applied = with_identity(value_item(input, 2), arena);
    merge_update(&request, value_absent(), live, arena, scratch, &result);
    live = result.object;
    request.force = true;
    if (!merge_apply(&request, live, applied, arena, scratch, &result, &err))
        return;
    live = schema_prune(type, result.object, arena, NULL);
    bool whole = value_equal(live, result.object); /* what is pruned is applied again and again */
    request.now_ns += 1000000000;
    err = (struct error)ERROR_INIT;
    if (merge_apply(&request, live, applied, arena, scratch, &result, &err))
        CHECK(!result.changed || !whole);
    request.manager = STR("b");
    request.force = false;
    if (value_len(input) > 3)
        (void)!merge_apply(&request, live, with_identity(value_item(input, 3), arena), arena,
                           scratch, &result, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_create(64u << 20), *scratch = arena_create(64u << 20);
    struct error err = ERROR_INIT;
    value input;
    const struct schema_type *type;
    if (json_read(str_from((const char *)bytes, len), limits_default(), arena, &input, &err) &&
        value_is(input, VALUE_ARRAY) && input.len >= 3 &&
        schema_from_structural(value_item(input, 0), limits_default(), arena, &type, &err)) {
        for (size_t i = 1; i < input.len; i++)
            check_object(type, value_item(input, i), arena, scratch);
        check_apply(type, input, arena, scratch);
    }
    arena_destroy(scratch);
    arena_destroy(arena);
    return 0;
}
