/* JSON: what is read, what is refused and where, what is printed. */
#include "syncd/value/json.h"

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

TestSuite(json, .init = set_up, .fini = tear_down);

static void expect(str text, enum json_style style, const char *want)
{
    value v;
    struct error err = ERROR_INIT;
    cr_assert(json_read(text, limits_default(), arena, &v, &err), "%.*s: %s", STR_ARG(text),
              err.text);
    str got = json_text(v, style, arena);
    cr_expect(str_equal(got, str_z(want)), "got  %.*s\nwant %s", STR_ARG(got), want);
}

Test(json, keeps_number_text)
{
    expect(STR(" [0.1, 1.0, 1e5, -0, 12345678901234567890, 1E+2] "), JSON_COMPACT,
           "[0.1,1.0,1e5,-0,12345678901234567890,1E+2]");
}

Test(json, sorts_members_by_bytes)
{
    expect(STR("{\"b\":1,\"a\":2,\"B\":3,\"\":4,\"\xc3\xa9\":5}"), JSON_COMPACT,
           "{\"\":4,\"B\":3,\"a\":2,\"b\":1,\"\xc3\xa9\":5}");
}

Test(json, decodes_escapes)
{
    expect(STR("\"a\\u0041\\n\\\"\\\\\\/\\b\\f\\r\\t\\ud83d\\ude00z\\u0000\""), JSON_COMPACT,
           "\"aA\\n\\\"\\\\/\\b\\f\\r\\t\xf0\x9f\x98\x80z\\u0000\"");
}

Test(json, go_style_escapes_html_and_line_separators)
{
    expect(STR("\"<a&b>\xe2\x80\xa8\xe2\x80\xa9\x7f\""), JSON_GO,
           "\"\\u003ca\\u0026b\\u003e\\u2028\\u2029\x7f\"");
    expect(STR("\"<a&b>\xe2\x80\xa8\xe2\x82\xac\""), JSON_COMPACT,
           "\"<a&b>\xe2\x80\xa8\xe2\x82\xac\"");
}

Test(json, indents)
{
    expect(STR("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"<\"}]}"), JSON_INDENT4,
           "{\n    \"a\": [],\n    \"b\": {},\n    \"c\": [\n        1,\n        {\n"
           "            \"d\": \"\\u003c\"\n        }\n    ]\n}");
    expect(STR("[1]"), JSON_INDENT2, "[\n  1\n]");
}

Test(json, refuses_with_line_and_column)
{
    static const struct {
        str text;
        uint32_t line, column;
        const char *rule;
    } cases[] = {
        {STR_INIT(""), 1, 1, "E_JSON"},
        {STR_INIT("{\"a\":1,}"), 1, 8, "E_JSON"},
        {STR_INIT("[1,]"), 1, 4, "E_JSON"},
        {STR_INIT("[1 2]"), 1, 4, "E_JSON"},
        {STR_INIT("{\"a\" 1}"), 1, 6, "E_JSON"},
        {STR_INIT("{a:1}"), 1, 2, "E_JSON"},
        {STR_INIT("{\n  \"a\": 1,\n  \"a\": 2\n}"), 3, 0, "E_JSON"},
        {STR_INIT("1 2"), 1, 3, "E_JSON"},
        {STR_INIT("NaN"), 1, 1, "E_JSON"},
        {STR_INIT("01"), 1, 1, "E_JSON"},
        {STR_INIT("1."), 1, 1, "E_JSON"},
        {STR_INIT("+1"), 1, 1, "E_JSON"},
        {STR_INIT("-"), 1, 1, "E_JSON"},
        {STR_INIT("1e"), 1, 1, "E_JSON"},
        {STR_INIT("\xef\xbb\xbf{}"), 1, 1, "E_JSON"},
        {STR_INIT("\"\\ud800\""), 1, 2, "E_JSON"},
        {STR_INIT("\"\\udc00\""), 1, 2, "E_JSON"},
        {STR_INIT("\"\\x\""), 1, 2, "E_JSON"},
        {STR_INIT("\"\xff\""), 1, 2, "E_JSON"},
        {STR_INIT("\"a\tb\""), 1, 3, "E_JSON"},
        {STR_INIT("\"a"), 1, 1, "E_JSON"},
        {STR_INIT("\"a\\"), 1, 3, "E_JSON"},
        {STR_INIT("\"a\\u12"), 1, 3, "E_JSON"},
        {STR_INIT("[[1]"), 1, 5, "E_JSON"},
        {STR_INIT("tru"), 1, 1, "E_JSON"},
        {STR_INIT("{\"a\":1]"), 1, 7, "E_JSON"},
        {STR_INIT("\n\n  x"), 3, 3, "E_JSON"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        value v;
        struct error err = ERROR_INIT;
        cr_expect_not(json_read(cases[i].text, limits_default(), arena, &v, &err), "%.*s",
                      STR_ARG(cases[i].text));
        cr_expect_eq(err.class, ERROR_INPUT, "%.*s", STR_ARG(cases[i].text));
        cr_expect_str_eq(err.rule, cases[i].rule);
        cr_expect(err.line == cases[i].line && err.column == cases[i].column, "%.*s: %u:%u %s",
                  STR_ARG(cases[i].text), err.line, err.column, err.text);
    }
}

static void expect_limit(str text, struct arena *small, const char *rule)
{
    value v;
    struct error err = ERROR_INIT;
    cr_expect_not(json_read(text, limits_default(), small, &v, &err));
    cr_expect_eq(err.class, ERROR_LIMIT, "%s", err.text);
    cr_expect_str_eq(err.rule, rule);
}

Test(json, stops_at_its_depth)
{
    static char deep[1 << 20];
    memset(deep, '[', sizeof deep);
    expect_limit(str_from(deep, sizeof deep), arena, "E_JSON_DEPTH");
}

Test(json, stops_at_the_memory_budget)
{
    static char wide[1 << 20];
    for (size_t i = 0; i < sizeof wide; i += 2)
        memcpy(wide + i, i == 0 ? "[1" : ",1", 2);
    wide[sizeof wide - 1] = ']';
    struct arena *small = arena_create(1 << 16);
    expect_limit(str_from(wide, sizeof wide), small, "E_MEMORY");
    arena_destroy(small);
}

Test(json, strings_without_escapes_are_views)
{
    str text = STR("{\"key\":\"text\"}");
    value v;
    struct error err = ERROR_INIT;
    cr_assert(json_read(text, limits_default(), arena, &v, &err));
    cr_expect_eq(value_member(v, 0)->key.ptr, text.ptr + 2);
    cr_expect_eq(value_str(value_get(v, STR("key"))).ptr, text.ptr + 8);
}

Test(json, knows_the_line_of_every_node)
{
    value v;
    struct error err = ERROR_INIT;
    cr_assert(json_read(STR("{\n\"a\":\n 1,\n\"b\": [\n2]}"), limits_default(), arena, &v, &err));
    cr_expect_eq(v.line, 1);
    cr_expect_eq(value_get(v, STR("a")).line, 3);
    cr_expect_eq(value_get(v, STR("b")).line, 4);
    cr_expect_eq(value_item(value_get(v, STR("b")), 0).line, 5);
}

/* The same stream in pieces of every size gives the same values. */
Test(json, splits_a_stream_however_it_arrives)
{
    static const char stream[] = "{\"a\":\"}\\\"\"}\n[1,[2]] {}\"x\" ";
    static const size_t want[] = {11, 8, 3, 3};
    for (size_t chunk = 1; chunk < sizeof stream; chunk++) {
        size_t start = 0, fed = 0, found = 0;
        struct json_splitter splitter = {0};
        while (fed < sizeof stream - 1) {
            fed = fed + chunk < sizeof stream - 1 ? fed + chunk : sizeof stream - 1;
            size_t len = 0;
            while ((len = json_split(&splitter, str_from(stream + start, fed - start))) > 0) {
                cr_assert_lt(found, ARRAY_LEN(want));
                cr_assert_eq(len, want[found], "chunk %zu value %zu: %zu", chunk, found, len);
                found++;
                start += len;
                splitter = (struct json_splitter){0};
            }
        }
        cr_assert_eq(found, ARRAY_LEN(want), "chunk %zu", chunk);
    }
}
