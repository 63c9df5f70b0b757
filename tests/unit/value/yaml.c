/* YAML: what documents become, what is refused and where, what is printed. */
#include "syncd/value/yaml.h"
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

TestSuite(yaml, .init = set_up, .fini = tear_down);

static const struct yaml_options kubernetes = {.dialect = YAML_KUBERNETES};
static const struct yaml_options kustomize = {.dialect = YAML_KUSTOMIZE};

/* All documents of a text as JSON, a line each; NULL after a failure. */
static const char *json_of(str text, const struct yaml_options *options, struct error *err)
{
    struct yaml_stream stream = {0};
    if (!yaml_read_stream(text, options, limits_default(), arena, &stream, err))
        return NULL;
    struct buf buf = BUF_INIT(SIZE_MAX);
    for (size_t i = 0; i < stream.documents.len; i++) {
        if (i > 0)
            buf_add_byte(&buf, '\n');
        json_write(stream.documents.items[i].root, JSON_COMPACT, &buf);
    }
    str copy = buf_copy(&buf, arena);
    buf_finish(&buf);
    return copy.ptr;
}

struct reading {
    const char *text, *json;
};

static void expect_all(const struct reading *cases, size_t count,
                       const struct yaml_options *options)
{
    for (size_t i = 0; i < count; i++) {
        struct error err = ERROR_INIT;
        const char *got = json_of(str_z(cases[i].text), options, &err);
        cr_expect(got != NULL, "%s: %s", cases[i].text, err.text);
        if (got != NULL)
            cr_expect_str_eq(got, cases[i].json, "%s\ngot  %s\nwant %s", cases[i].text, got,
                             cases[i].json);
    }
}

Test(yaml, resolves_scalars_as_kubernetes_does)
{
    static const struct reading cases[] = {
        {"[yes, No, on, OFF, y, n, true, tRue]",
         "[true,false,true,false,true,false,true,\"tRue\"]"},
        {"[~, null, Null, '', \"null\"]", "[null,null,null,\"\",\"null\"]"},
        {"[017, 0o17, 0x1F, 0b101, 08, 1_000, +5, -0, 0b-1]", "[15,15,31,5,8,1000,5,0,-1]"},
        {"[1e3, 1.0, .5, 1., 0.1, 1e21, 1e400, 1e-7]", "[1000,1,0.5,1,0.1,1e+21,\"1e400\",1e-7]"},
        {"[9223372036854775808, 18446744073709551615, 18446744073709551616]",
         "[9223372036854775808,18446744073709551615,18446744073709552000]"},
        {"[2001-01-01, 12:30:45, =, 2001-12-14t21:59:43.10-05:00]",
         "[\"2001-01-01\",\"12:30:45\",\"=\",\"2001-12-14t21:59:43.10-05:00\"]"},
        {"[!!str 1, !!int \"1\", !!float 1, !!binary aGk=, ! 12]", "[\"1\",1,1,\"hi\",\"12\"]"},
    };
    expect_all(cases, ARRAY_LEN(cases), &kubernetes);
}

Test(yaml, resolves_scalars_as_kustomize_does)
{
    static const struct reading cases[] = {
        {"[yes, no, on, y, true]", "[\"yes\",\"no\",\"on\",\"y\",true]"},
        {"[0x1F, 1_000, 1.0, 010]", "[0x1F,1_000,1.0,010]"},
        {"on: 1\n2: b\n", "{\"2\":\"b\",\"on\":1}"},
        {"a: &a {x: 1, y: 2}\nb: {x: 3, <<: *a}",
         "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":3,\"y\":2}}"},
    };
    expect_all(cases, ARRAY_LEN(cases), &kustomize);
}

Test(yaml, keeps_the_text_that_kustomize_keeps_until_it_prints)
{
    static const struct reading scalars[] = {
        {"2001-01-01", "\"2001-01-01T00:00:00Z\""},
        {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14T21:59:43.1-05:00\""},
        {"0x1F", "31"},
        {"1.0", "1"},
        {"1e3", "1000"},
        {"text", "\"text\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(scalars); i++) {
        struct error err = ERROR_INIT;
        value v;
        cr_assert(yaml_scalar(str_z(scalars[i].text), YAML_KUSTOMIZE, arena, &v, &err));
        str got = json_text(yaml_canonical(v, arena), JSON_COMPACT, arena);
        cr_expect(str_equal(got, str_z(scalars[i].json)), "%s: %.*s", scalars[i].text,
                  STR_ARG(got));
    }
}

Test(yaml, makes_keys_strings)
{
    static const struct reading cases[] = {
        {"1: a\n1.5: b\nyes: c\n0x10: d\n1e30: e\n.inf: f\n2001-01-01: g\n\"~\": h\n",
         "{\"1\":\"a\",\"1.5\":\"b\",\"16\":\"d\",\"1e+30\":\"e\",\"2001-01-01\":\"g\",\".inf\":"
         "\"f\",\"true\":\"c\",\"~\":\"h\"}"},
    };
    struct error err = ERROR_INIT;
    const char *got = json_of(str_z(cases[0].text), &kubernetes, &err);
    cr_assert(got != NULL, "%s", err.text);
    cr_expect_str_eq(got, "{\".inf\":\"f\",\"1\":\"a\",\"1.5\":\"b\",\"16\":\"d\",\"1e+30\":\"e\","
                          "\"2001-01-01\":\"g\",\"true\":\"c\",\"~\":\"h\"}");
}

Test(yaml, reads_anchors_aliases_and_merge_keys)
{
    static const struct reading cases[] = {
        {"a: &x [1, 2]\nb: *x\n", "{\"a\":[1,2],\"b\":[1,2]}"},
        {"a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n",
         "{\"a\":{\"k\":1,\"l\":2},\"b\":{\"k\":3,\"l\":2}}"},
        {"b:\n  k: 3\n  <<: {k: 1}\n", "{\"b\":{\"k\":1}}"},
        {"<<: [{a: 1}, {a: 2, b: 3}]\n", "{\"a\":1,\"b\":3}"},
        {"\"<<\": 1\n", "{\"<<\":1}"},
        {"&k key: *k\n", "{\"key\":\"key\"}"},
        {"a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}"},
    };
    expect_all(cases, ARRAY_LEN(cases), &kubernetes);
}

Test(yaml, reads_every_chomping_and_indentation)
{
    static const struct reading cases[] = {
        {"a: |\n  x\n   y\n\n", "{\"a\":\"x\\n y\\n\"}"},
        {"a: |-\n  x\n", "{\"a\":\"x\"}"},
        {"a: |+\n  x\n\n", "{\"a\":\"x\\n\\n\"}"},
        {"a: |2\n   x\n", "{\"a\":\" x\\n\"}"},
        {"a: |\n\n  x\nb: 1\n", "{\"a\":\"\\nx\\n\",\"b\":1}"},
        {"a: >\n  x\n  y\n\n  z\n", "{\"a\":\"x y\\nz\\n\"}"},
        {"a: |\n  x", "{\"a\":\"x\"}"},
        {"a: |\nb: 1\n", "{\"a\":\"\",\"b\":1}"},
        {"- |\n  x\n- |2-\n    y\n", "[\"x\\n\",\"  y\"]"},
        {"a:\n- |\n x\n", "{\"a\":[\"x\\n\"]}"},
    };
    expect_all(cases, ARRAY_LEN(cases), &kubernetes);
}

Test(yaml, reads_streams)
{
    static const struct reading cases[] = {
        {"", ""},
        {"# nothing\n", ""},
        {"---\n---\n# nothing\n---\na: 1\n--- # x\nb: 2\n", "{\"a\":1}\n{\"b\":2}"},
        {"a: 1\n...\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}"},
        {"%YAML 1.1\n---\na: 1\n", "{\"a\":1}"},
        {"\xef\xbb\xbf"
         "a: 1\r\nb: x\r\n",
         "{\"a\":1,\"b\":\"x\"}"},
        {"a: 1\n--- |\n x\n", "{\"a\":1}\n\"x\\n\""},
    };
    expect_all(cases, ARRAY_LEN(cases), &kubernetes);
}

Test(yaml, reads_json_as_kubectl_does)
{
    static const struct reading cases[] = {
        {"{\n\t\"a\": [1,\n\t\t{\"b\":null}]\n}\n", "{\"a\":[1,{\"b\":null}]}"},
        {"{\"a\": \"\\ud83d\\ude00\\/\"}", "{\"a\":\"\xf0\x9f\x98\x80/\"}"},
        {"\t{\"a\": 1}", "{\"a\":1}"},
    };
    expect_all(cases, ARRAY_LEN(cases), &kubernetes);
}

static const struct refusal {
    const char *text;
    const char *rule;
    uint32_t line, column;
} refusals[] = {
    {"a: 1\na: 2\n", "E_DUP_KEY", 2, 0},
    {"x:\n  a: 1\n  \"a\": 2\n", "E_DUP_KEY", 3, 0},
    {"a: *b\n", "E_YAML_ALIAS", 1, 4},
    {"a: &a [*a]\n", "E_YAML_CYCLE", 1, 8},
    {"<<: 1\n", "E_YAML_MERGE", 1, 5},
    {"a: !thing x\n", "E_YAML_TAG", 1, 4},
    {"a: !!python/object:x {}\n", "E_YAML_TAG", 1, 4},
    {"a: !!int x\n", "E_YAML", 1, 4},
    {"a: .nan\n", "E_NUM", 1, 4},
    {"~: 1\n", "E_YAML_KEY", 1, 1},
    {"[a]: 1\n", "E_YAML_KEY", 1, 3},
    {"12345678901234567890: 1\n", "E_YAML_KEY", 1, 1},
    {"a: b: c\n", "E_YAML", 1, 5},
    {"a:\n\t- b\n", "E_YAML", 2, 1},
    {"a: [1\n", "E_YAML", 2, 1},
    {"a: \"\xff\"\n", "E_UTF8", 1, 5},
    {"a: \x01\n", "E_UTF8", 1, 4},
    {"%YAML 1.2\n---\na: 1\n", "E_YAML", 1, 1},
    {"a: 1\n---\nb: 1\nb: 2\n", "E_DUP_KEY", 4, 0},
    {"a: [x?y]\n", "E_YAML", 1, 5},
};

Test(yaml, refuses_with_rule_and_position)
{
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const struct refusal *want = &refusals[i];
        struct error err = ERROR_INIT;
        cr_expect(json_of(str_z(want->text), &kubernetes, &err) == NULL, "%s", want->text);
        cr_expect_eq(err.class, ERROR_INPUT, "%s: %s", want->text, err.text);
        cr_expect(strcmp(err.rule, want->rule) == 0 && err.line == want->line &&
                      (want->column == 0 || err.column == want->column),
                  "%s: %s at %u:%u: %s", want->text, err.rule, err.line, err.column, err.text);
    }
}

Test(yaml, duplicate_keys_may_be_allowed)
{
    struct yaml_options loose = {.dialect = YAML_KUBERNETES, .allow_duplicate_keys = true};
    struct error err = ERROR_INIT;
    const char *got = json_of(STR("a: 1\nb: 2\na: 3\n"), &loose, &err);
    cr_assert(got != NULL, "%s", err.text);
    cr_expect_str_eq(got, "{\"a\":3,\"b\":2}");
}

static void expect_limit(str text, const char *rule)
{
    struct error err = ERROR_INIT;
    cr_expect(json_of(text, &kubernetes, &err) == NULL);
    cr_expect_eq(err.class, ERROR_LIMIT, "%s: %s", rule, err.text);
    cr_expect_str_eq(err.rule, rule);
}

static str repeat(const char *piece, size_t count)
{
    size_t len = strlen(piece);
    char *text = arena_alloc_bytes(arena, len * count);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, piece, len);
    return str_from(text, len * count);
}

Test(yaml, stops_at_its_depth)
{
    static const char *const bombs[] = {"[", "{", "[a,", "? ", "- ", "a: [x,"};
    for (size_t i = 0; i < ARRAY_LEN(bombs); i++)
        expect_limit(repeat(bombs[i], 200000), "E_YAML_DEPTH");
}

Test(yaml, stops_alias_bombs)
{
    struct buf buf = BUF_INIT(SIZE_MAX);
    buf_add(&buf, STR("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"));
    for (int i = 1; i < 12; i++)
        buf_printf(&buf, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
                   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    expect_limit(buf_str(&buf), "E_YAML_ALIAS");
    buf_clear(&buf);
    for (int i = 0; i < 2000; i++)
        buf_printf(&buf, "- &a%d x\n", i);
    expect_limit(buf_str(&buf), "E_YAML_ALIAS");
    buf_clear(&buf);
    buf_add(&buf, STR("- &a "));
    buf_add_repeat(&buf, 'x', 1024);
    for (int i = 0; i < 100000; i++)
        buf_add(&buf, STR("\n- *a"));
    expect_limit(buf_str(&buf), "E_YAML_ALIAS");
    buf_finish(&buf);
}

Test(yaml, stops_too_many_documents_and_bytes)
{
    expect_limit(repeat("---\na\n", 20000), "E_DOC_COUNT");
    expect_limit(repeat("# comment\n", 500000), "E_FILE_SIZE");
}

Test(yaml, knows_the_line_of_every_node)
{
    struct yaml_stream stream = {0};
    struct error err = ERROR_INIT;
    cr_assert(yaml_read_stream(STR("# x\n---\na:\n  b: 1\n---\nc:\n- d\n- &e e\n"), &kubernetes,
                               limits_default(), arena, &stream, &err));
    cr_assert_eq(stream.documents.len, 2);
    value first = stream.documents.items[0].root, second = stream.documents.items[1].root;
    cr_expect_eq(first.line, 3);
    cr_expect_eq(value_get(first, STR("a")).line, 4);
    cr_expect_eq(value_get2(first, STR("a"), STR("b")).line, 4);
    cr_expect_eq(second.line, 6);
    cr_expect_eq(value_item(value_get(second, STR("c")), 0).line, 7);
    cr_expect_eq(value_item(value_get(second, STR("c")), 1).line, 8);
}

/* ---- writing ---- */

static void expect_yaml(const char *json, enum yaml_style style, const char *want)
{
    value v;
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_z(json), limits_default(), arena, &v, &err), "%s: %s", json, err.text);
    str got = yaml_text(v, style, arena);
    cr_expect(str_equal(got, str_z(want)), "got\n%.*s\nwant\n%s", STR_ARG(got), want);
}

Test(yaml, prints_as_sigs_yaml_does)
{
    static const struct reading cases[] = {
        {"{\"a\":[1,{\"b\":2,\"c\":[]}],\"d\":{},\"e\":null,\"f\":[[1],[2]]}",
         "a:\n- 1\n- b: 2\n  c: []\nd: {}\ne: null\nf:\n- - 1\n- - 2\n"},
        {"[\"yes\",\"1\",\"a: b\",\"it's\",\"- x\",\"\",\"#\",\"2001-01-01\",\"1:20\",\"0o17\"]",
         "- \"yes\"\n- \"1\"\n- 'a: b'\n- it's\n- '- x'\n- \"\"\n- '#'\n- \"2001-01-01\"\n"
         "- \"1:20\"\n- \"0o17\"\n"},
        {"{\"a\":\"x\\ny\\n\",\"b\":\"x\\n\\n\",\"c\":\" x\\ny\",\"d\":\"x \\ny\",\"e\":\"\\tx\"}",
         "a: |\n  x\n  y\nb: |+\n  x\n\nc: |2-\n   x\n  y\nd: \"x \\ny\"\ne: \"\\tx\"\n"},
        {"{\"x10\":1,\"x9\":2,\"x-1\":3,\"X\":4,\"xa\":5}", "X: 4\nx-1: 3\nx9: 2\nx10: 1\nxa: 5\n"},
        {"[1.0,1e6,1e21,0.00001,-0,12345678901234567890]",
         "- 1\n- 1e+06\n- 1e+21\n- 1e-05\n- 0\n- 12345678901234567890\n"},
        {"\"\xf0\x9f\x98\x80 \xc3\xa9\"", "\"\\U0001F600 \xc3\xa9\"\n"},
        {"{\"a\\nb\":[1]}", "? |-\n  a\n  b\n: - 1\n"},
        {"\"x\\ny\"", "|-\n  x\n  y\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_yaml(cases[i].text, YAML_SIGS, cases[i].json);
}

Test(yaml, prints_as_yaml_v3_does)
{
    expect_yaml("{\"a\":[1,{\"b\":[2]}],\"c\":\"x\\t\\ny\"}", YAML_V3,
                "a:\n  - 1\n  - b:\n      - 2\nc: |-\n  x\t\n  y\n");
}

Test(yaml, folds_long_lines_at_spaces)
{
    expect_yaml("{\"a\":\"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
                "0123456789 0123456789 0123456789\"}",
                YAML_SIGS,
                "a: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
                "0123456789\n  0123456789\n");
}

/* What follows the first document does not matter, but what is in it does. */
Test(yaml, reads_the_first_document_only_where_that_is_asked_for)
{
    static const struct {
        const char *text, *json; /* NULL = refused */
    } rows[] = {
        {"a: 1\n---\nb: [", "{\"a\":1}"},  {"\"a\" \"b\"", "\"a\""},
        {"{a: 1} {b: 2}", "{\"a\":1}"},    {"---\n---\na: 1\n", "null"},
        {"# x\n---\na: 1\n", "{\"a\":1}"}, {"", "null"},
        {"a: 1\n...\n[", "{\"a\":1}"},     {"a: [\n---\nb: 1\n", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct yaml_options options = {.dialect = YAML_KUBERNETES, .first_only = true};
        struct error err = ERROR_INIT;
        value document;
        bool read =
            yaml_read(str_z(rows[i].text), &options, limits_default(), arena, &document, &err);
        cr_assert_eq(read, rows[i].json != NULL, "%s: %s", rows[i].text, err.text);
        if (read)
            cr_assert(str_equal(json_text(document, JSON_COMPACT, arena), str_z(rows[i].json)),
                      "%s", rows[i].text);
    }
}
