/* The small parts: quantities, JSONPath, protobuf, strategic merge, ages. */
#include "syncd/apiserver/jsonpath.h"
#include "syncd/apiserver/patch_strategic.h"
#include "syncd/apiserver/table.h"
#include "syncd/base/clock.h"
#include "tests/unit/apiserver/plane.h"

static struct arena *arena;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(pieces, .init = set_up, .fini = tear_down);

static value read(const char *text)
{
    char *own = arena_alloc_bytes(arena, strlen(text));
    for (size_t i = 0; i < strlen(text); i++)
        own[i] = text[i] == '\'' ? '"' : text[i];
    value document;
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_from(own, strlen(text)), limits_default(), arena, &document, &err),
              "%s", err.text);
    return document;
}

Test(pieces, quantities_are_printed_as_the_server_prints_them)
{
    static const char *const rows[][2] = {
        {"0.5", "500m"},   {"1000m", "1"},        {"1024Mi", "1Gi"}, {"1.5Gi", "1536Mi"},
        {"1e3", "1k"},     {"100", "100"},        {"0", "0"},        {"-1500m", "-1500m"},
        {"1000000", "1M"}, {"0.0000000001", "1n"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str got = value_str(api_quantity_canonical(value_string(str_z(rows[i][0])), arena));
        cr_expect(str_equal(got, str_z(rows[i][1])), "%s: %.*s", rows[i][0], STR_ARG(got));
    }
    cr_expect_not(value_present(api_quantity_canonical(value_string(STR("1Q")), arena)));
    cr_expect_not(value_present(api_quantity_canonical(value_string(STR("")), arena)));
}

Test(pieces, paths_find_the_first_value)
{
    value object = read("{'a':{'b.c':1,'l':[{'t':'X','s':'no'},{'t':'R','s':'yes'}]}}");
    static const char *const rows[][2] = {{".a.b\\.c", "1"},
                                          {".a['b.c']", "1"},
                                          {".a.l[1].s", "\"yes\""},
                                          {".a.l[-1].s", "\"yes\""},
                                          {".a.l[?(@.t==\"R\")].s", "\"yes\""},
                                          {".a.l[*].s", "\"no\""}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        value found = api_jsonpath_first(object, str_z(rows[i][0]), arena);
        cr_assert(value_present(found), "%s", rows[i][0]);
        str got = json_text(found, JSON_COMPACT, arena);
        cr_expect(str_equal(got, str_z(rows[i][1])), "%s: %.*s", rows[i][0], STR_ARG(got));
    }
    cr_expect_not(value_present(api_jsonpath_first(object, STR(".a.l[9].s"), arena)));
    cr_expect_not(api_jsonpath_valid(STR("a.b")));
    cr_expect_not(api_jsonpath_valid(STR(".a[")));
    cr_expect_not(api_jsonpath_valid(STR(".a\\")));
}

Test(pieces, strategic_patches_merge_lists_by_their_keys)
{
    struct api_types *types = api_types_make(arena);
    const struct api_type *type = api_types_find(types, "apps.Deployment");
    value object = read("{'spec':{'template':{'spec':{'containers':[{'name':'a','image':'1'},{"
                        "'name':'b','image':'2'}]}}}}");
    value patch = read("{'spec':{'template':{'spec':{'containers':[{'name':'b','image':'3'},{"
                       "'name':'a','$patch':'delete'},{'name':'c','image':'4'}]}}}}");
    value want = read("{'spec':{'template':{'spec':{'containers':[{'name':'b','image':'3'},{"
                      "'name':'c','image':'4'}]}}}}");
    value got;
    struct error err = ERROR_INIT;
    cr_assert(api_patch_strategic(type, object, patch, arena, &got, &err), "%s", err.text);
    str text = json_text(got, JSON_COMPACT, arena);
    cr_expect(value_equal(got, want), "%.*s", STR_ARG(text));
}

Test(pieces, broken_protobuf_is_an_error_at_every_length)
{
    static const char whole[] = "k8s\0\x0a\x0f\x0a\x02v1\x12\x09"
                                "ConfigMap\x12\x0f\x0a\x05\x0a\x03"
                                "foo\x12\x06\x0a\x01"
                                "a\x12\x01"
                                "b";
    struct api_types *types = api_types_make(arena);
    const struct api_type *type = api_types_find(types, "core.ConfigMap");
    size_t read_whole = 0;
    for (size_t len = 0; len < sizeof whole; len++) {
        str version, kind, bytes;
        value document;
        struct error err = ERROR_INIT;
        if (api_protobuf_envelope(str_from(whole, len), arena, &version, &kind, &bytes, &err) &&
            api_type_read_protobuf(type, bytes, arena, &document, &err) && bytes.len != 0) {
            read_whole++;
            cr_expect(str_equal(value_str(value_get2(document, STR("data"), STR("a"))), STR("b")));
        }
    }
    cr_expect_eq(read_whole, 1);
}

Test(pieces, ages_are_shortened)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {{0, "0s"},
                {119, "119s"},
                {120, "2m"},
                {150, "2m30s"},
                {3600, "60m"},
                {3 * 3600, "3h"},
                {5 * 3600 + 60, "5h1m"},
                {47 * 3600, "47h"},
                {50 * 3600, "2d2h"},
                {30 * 86400, "30d"},
                {800 * 86400, "2y70d"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str got = api_age_text(rows[i].seconds * NS_PER_S, arena);
        cr_expect(str_equal(got, str_z(rows[i].text)), "%s: %.*s", rows[i].text, STR_ARG(got));
    }
}
