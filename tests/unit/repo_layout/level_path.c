#include "repo-layout/level_path.h"

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

TestSuite(level_path, .init = set_up, .fini = tear_down);

static value document(const char *text)
{
    value v;
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_z(text), limits_default(), arena, &v, &err), "%s", err.text);
    return v;
}

static const struct level_path *path(const char *text)
{
    const struct level_path *compiled;
    struct error err = ERROR_INIT;
    cr_assert(level_path_compile(str_z(text), NULL, arena, &compiled, &err), "%s", err.text);
    return compiled;
}

/* The strings found, joined by commas. */
static str found(const char *text, const char *json)
{
    struct level_matches matches;
    AUTO_BUF struct buf buf = BUF_INIT(1000);
    level_path_find(path(text), document(json), arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items)
        buf_printf(&buf, "%s%.*s", buf.len != 0 ? "," : "", STR_ARG(value_str(match->val)));
    return buf_copy(&buf, arena);
}

static void assert_found(const char *text, const char *json, const char *want)
{
    str got = found(text, json);
    cr_assert(str_equal(got, str_z(want)), "%s: %.*s", text, STR_ARG(got));
}

Test(level_path, walks_keys_items_and_members)
{
    assert_found("a.b", "{\"a\":{\"b\":\"x\"}}", "x");
    assert_found("a[].b", "{\"a\":[{\"b\":\"x\"},{},{\"b\":\"y\"}]}", "x,y");
    assert_found("a{}", "{\"a\":{\"k\":1,\"l\":2}}", "k,l");
    assert_found("a{}.b", "{\"a\":{\"k\":{\"b\":\"x\"},\"l\":{\"b\":\"y\"}}}", "x,y");
    assert_found("a[][]", "{\"a\":[[\"x\",\"y\"],[],[\"z\"]]}", "x,y,z");
    assert_found("a['b.c/d']", "{\"a\":{\"b.c/d\":\"x\"}}", "x");
    assert_found("a[].b", "{\"a\":{\"b\":\"x\"}}", "");
    assert_found("a.b", "{\"a\":[]}", "");
}

Test(level_path, continues_a_name)
{
    struct map names = {0};
    const struct level_path *compiled;
    struct error err = ERROR_INIT;
    (void)map_put(&names, arena, STR("v"), (void *)(uintptr_t)path("spec.value"));
    cr_assert(level_path_compile(STR("$v.list[].x"), &names, arena, &compiled, &err));
    cr_assert(str_equal(level_path_name(compiled), STR("spec.value.list[].x")));
    cr_assert_not(level_path_compile(STR("$w"), &names, arena, &compiled, &err));
}

Test(level_path, refuses_what_is_no_path)
{
    static const char *const wrong[] = {"", ".", "a..b", "a.", "a['b", "a[]b", "$none"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        const struct level_path *compiled;
        struct error err = ERROR_INIT;
        cr_assert_not(level_path_compile(str_z(wrong[i]), NULL, arena, &compiled, &err), "%s",
                      wrong[i]);
        cr_assert_str_eq(err.rule, "E_LEVEL");
    }
}

Test(level_path, covers_fields_as_drift_names_them)
{
    static const struct {
        const char *path, *field;
        bool covers;
    } rows[] = {
        {"spec.a", "spec.a", true},
        {"spec.a", ".spec.a.b", true},
        {"spec.a", "spec.ab", false},
        {"spec.a[].b", "spec.a[0].b", true},
        {"spec.a[].b", "spec.a[name=\"x\"].b.c", true},
        {"spec.a[].b", "spec.a.b", false},
        {"spec.a.b", "spec.a", false},
        {"metadata.labels['x.y/z']", "metadata.labels.x.y/z", true},
        {"metadata.labels['x.y/z']", "metadata.labels.x.y/zz", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        cr_assert_eq(level_path_covers(path(rows[i].path), str_z(rows[i].field)), rows[i].covers,
                     "%s %s", rows[i].path, rows[i].field);
}
