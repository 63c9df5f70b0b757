/* The document type: leaves, lookups, builders, changed copies, equality. */
#include "syncd/value/json.h"
#include "syncd/value/value.h"

#include <criterion/criterion.h>

static struct arena *arena;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(document, .init = set_up, .fini = tear_down);

static value doc(const char *text)
{
    value v = value_absent();
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_z(text), limits_default(), arena, &v, &err), "%s: %s", text, err.text);
    return v;
}

static void expect_json(value v, const char *want)
{
    str got = json_text(v, JSON_COMPACT, arena);
    cr_expect(str_equal(got, str_z(want)), "got  %.*s\nwant %s", STR_ARG(got), want);
}

Test(document, is_sixteen_bytes)
{
    cr_expect_eq(sizeof(value), 16);
}

Test(document, prints_floats_as_go_does)
{
    static const struct {
        double number;
        const char *json;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {0.1, "0.1"},
        {1e20, "100000000000000000000"},
        {1e21, "1e+21"},
        {1e-6, "0.000001"},
        {1e-7, "1e-7"},
        {1.5e-10, "1.5e-10"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {123456789.125, "123456789.125"},
        {9007199254740993.0, "9007199254740992"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {5.684341886080802e-14, "5.684341886080802e-14"},
        {18446744073709551616.0, "18446744073709552000"},
        {1.0 / 3, "0.3333333333333333"},
        {9.5367431640625e-07, "9.5367431640625e-7"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_json(value_float(cases[i].number, arena), cases[i].json);
}

Test(document, finds_members_by_key)
{
    value v = doc("{\"b\":{\"c\":{\"d\":1}},\"a\":\"x\",\"\":true}");
    cr_expect(str_equal(value_str(value_get(v, STR("a"))), STR("x")));
    cr_expect(value_true(value_get(v, STR(""))));
    cr_expect(value_is(value_get3(v, STR("b"), STR("c"), STR("d")), VALUE_NUMBER));
    cr_expect_not(value_present(value_get(v, STR("z"))));
    cr_expect_not(value_present(value_get2(v, STR("a"), STR("b"))));
    cr_expect_eq(value_depth(v), 3);
}

Test(document, sorts_any_number_of_members)
{
    for (size_t count = 0; count < 100; count++) {
        struct object_builder builder;
        object_begin(&builder, arena);
        for (size_t i = 0; i < count; i++)
            object_add(&builder, arena_printf(arena, "%zu", i * 7919 % 101), value_null());
        value v = object_finish(&builder);
        cr_assert_eq(value_len(v), count);
        for (size_t i = 1; i < count; i++)
            cr_assert_lt(str_compare(value_member(v, i - 1)->key, value_member(v, i)->key), 0);
    }
}

Test(document, keeps_the_last_of_duplicate_keys)
{
    struct object_builder builder;
    object_begin(&builder, arena);
    for (int i = 0; i < 40; i++)
        object_add(&builder, i % 2 != 0 ? STR("odd") : STR("even"), value_int(i, arena));
    str duplicate = {0};
    value v;
    cr_expect_not(object_finish_strict(&builder, &v, &duplicate));
    cr_expect_gt(duplicate.len, 0);
    expect_json(v, "{\"even\":38,\"odd\":39}");
}

Test(document, changes_share_what_is_untouched)
{
    value v = doc("{\"a\":{\"x\":1},\"c\":[1,2,3]}");
    expect_json(value_with(v, STR("b"), value_bool(true), arena),
                "{\"a\":{\"x\":1},\"b\":true,\"c\":[1,2,3]}");
    expect_json(value_with(v, STR("a"), value_null(), arena), "{\"a\":null,\"c\":[1,2,3]}");
    expect_json(value_without(v, STR("a"), arena), "{\"c\":[1,2,3]}");
    cr_expect_eq(value_without(v, STR("z"), arena).as.members, v.as.members);
    value array = value_get(v, STR("c"));
    expect_json(value_with_item(array, 1, value_null(), arena), "[1,null,3]");
    expect_json(value_without_item(array, 0, arena), "[2,3]");
    expect_json(value_insert_item(array, 3, value_null(), arena), "[1,2,3,null]");
    expect_json(value_append(array, value_null(), arena), "[1,2,3,null]");
    expect_json(v, "{\"a\":{\"x\":1},\"c\":[1,2,3]}");
}

Test(document, sets_and_removes_along_a_path)
{
    const str path[] = {STR_INIT("a"), STR_INIT("b"), STR_INIT("c")};
    value v = doc("{\"a\":\"leaf\",\"z\":1}");
    value set = value_with_path(v, path, 3, value_bool(true), arena);
    expect_json(set, "{\"a\":{\"b\":{\"c\":true}},\"z\":1}");
    expect_json(value_without_path(set, path, 3, arena), "{\"a\":{\"b\":{}},\"z\":1}");
    expect_json(value_without_path(v, path, 3, arena), "{\"a\":\"leaf\",\"z\":1}");
}

Test(document, compares_numbers_by_value)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"1", "1.0", true},
        {"1", "1e0", true},
        {"0", "-0", true},
        {"0.1", "1e-1", true},
        {"9007199254740993", "9007199254740992", false},
        {"1", "true", false},
        {"[1,{\"a\":2.0}]", "[1.0,{\"a\":2}]", true},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"[1]", "[1,1]", false},
        {"\"1\"", "1", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        value a = doc(cases[i].a), b = doc(cases[i].b);
        cr_expect_eq(value_equal(a, b), cases[i].equal, "%s %s", cases[i].a, cases[i].b);
        if (cases[i].equal)
            cr_expect_eq(value_hash(a), value_hash(b), "%s %s", cases[i].a, cases[i].b);
    }
}

Test(document, hash_is_stable_between_processes)
{
    cr_expect_eq(value_hash(doc("{\"a\":[1,\"x\",null,true]}")),
                 value_hash(doc("{ \"a\" : [ 1.0, \"\\u0078\", null, true ] }")));
    cr_expect_neq(value_hash(doc("[[],1]")), value_hash(doc("[[1]]")));
}

Test(document, copies_share_nothing)
{
    struct arena *other = arena_create(ARENA_NO_BUDGET);
    value copy = value_copy(doc("{\"a\":[1,\"x\",{}]}"), other);
    tear_down();
    set_up();
    expect_json(copy, "{\"a\":[1,\"x\",{}]}");
    arena_destroy(other);
}

Test(document, integers_are_read_exactly)
{
    int64_t number = 0;
    cr_expect(value_to_i64(doc("-9223372036854775808"), &number));
    cr_expect_eq(number, INT64_MIN);
    cr_expect_not(value_to_i64(doc("9223372036854775808"), &number));
    cr_expect_not(value_to_i64(doc("1.0"), &number));
    double real = 0;
    cr_expect(value_to_double(doc("1e400"), &real));
    cr_expect(real > 1e308);
}
