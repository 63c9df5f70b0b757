/*
 * Any JSON as an array of fieldsV1 objects. What was read prints and reads back equal; the
 * operations on two sets keep what they promise; the hash of a projection needs nothing of the
 * object's form.
 */
#include "diff/fields.h"
#include "syncd/value/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_print(struct field_set set, struct arena *arena)
{
    struct field_set again;
    struct error err = ERROR_INIT;
    AUTO_BUF struct buf buf = BUF_INIT(64u << 20);
    value printed;
    CHECK(fields_parse(fields_to_value(set, arena), arena, &again, &err));
    CHECK(fields_equal(set, again));
    fields_print(set, &buf);
    struct limits limits = *limits_default();
    limits.json_depth = 1000;
    CHECK(json_read(buf_str(&buf), &limits, arena, &printed, &err));
    CHECK(fields_parse(printed, arena, &again, &err) && fields_equal(set, again));
}

static void check_two(struct field_set a, struct field_set b, struct arena *arena)
{
    struct field_set both = fields_union(a, b, arena);
    struct field_set shared = fields_intersection(a, b, arena);
    struct field_set only_a = fields_difference(a, b, arena);
    struct field_set only_b = fields_difference(b, a, arena);
    CHECK(fields_equal(both, fields_union(b, a, arena)));
    CHECK(fields_equal(shared, fields_intersection(b, a, arena)));
    CHECK(fields_count(both) + fields_count(shared) == fields_count(a) + fields_count(b));
    CHECK(fields_equal(fields_union(only_a, fields_union(only_b, shared, arena), arena), both));
    CHECK(fields_empty(fields_intersection(only_a, b, arena)));
    CHECK(fields_count(fields_recursive_difference(a, b, arena)) <= fields_count(only_a));
    CHECK(fields_count(fields_leaves(a, arena)) <= fields_count(a));
    CHECK(fields_empty(fields_difference(a, a, arena)));
}

static void check_hash(struct field_set set, value document, struct arena *arena)
{
    struct hash128 once = fields_project_hash(set, NULL, document, arena);
    struct hash128 again = fields_project_hash(set, NULL, value_copy(document, arena), arena);
    CHECK(once.low == again.low && once.high == again.high);
    (void)fields_of(schema_untyped(), document, arena);
    (void)fields_extract(set, schema_untyped(), document, arena);
    (void)fields_remove(set, schema_untyped(), document, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_create(64u << 20);
    struct error err = ERROR_INIT;
    value v;
    struct field_set before = {0};
    if (json_read(str_from((const char *)bytes, len), limits_default(), arena, &v, &err)) {
        for (size_t i = 0; value_is(v, VALUE_ARRAY) && i < v.len; i++) {
            struct field_set set;
            if (!fields_parse(value_item(v, i), arena, &set, &err))
                continue;
            check_print(set, arena);
            check_two(before, set, arena);
            check_hash(set, v, arena);
            before = set;
        }
    }
    arena_destroy(arena);
    return 0;
}
