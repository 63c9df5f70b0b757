/* Paths, scalars and tables. */
#include "render/kustomize/config.h"
#include "render/kustomize/field_edit.h"
#include "render/kustomize/node_path.h"
#include "render/kustomize/replacement_fields.h"
#include "render/kustomize/scalar.h"
#include "tests/unit/kustomize/fixture.h"

#include <criterion/criterion.h>

static const char *set(struct fixture *f, const char *document, const char *path, bool create)
{
    str text = STR("new");
    struct field_edit edit = {
        .edit = kust_set_text, .context = &text, .create = VALUE_STRING, .arena = f->context.arena};
    value result;
    if (!kust_edit_field(&edit, str_z(path), create, fixture_read(f, document), &result, &f->err))
        return NULL;
    return fixture_print(f, result);
}

Test(field_edit, walks_maps_and_lists)
{
    static const struct {
        const char *document, *path;
        bool create;
        const char *want;
    } cases[] = {
        {"{a: {b: old}}", "a/b", false, "a:\n  b: new\n"},
        {"{a: [{b: 1}, {b: 2}, {c: 3}]}", "a/b", false, "a:\n- b: new\n- b: new\n- c: 3\n"},
        {"{a: [{b: 1}]}", "a[]/b", true, "a:\n- b: new\n"},
        {"{x: 1}", "a/b", true, "a:\n  b: new\nx: 1\n"},
        {"{x: 1}", "a/b", false, "x: 1\n"},
        {"{a: null}", "a/b", true, "a:\n  b: new\n"},
        {"{a: {b/c: 1}}", "a/b\\/c", false, "a:\n  b/c: new\n"},
    };
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_str_eq(set(&f, cases[i].document, cases[i].path, cases[i].create), cases[i].want,
                         "%s %s", cases[i].document, cases[i].path);
    cr_expect_null(set(&f, "{a: 5}", "a/b", false));
    cr_expect_str_eq(f.err.rule, "E_FIELD");
    fixture_finish(&f);
}

Test(node_path, cuts_at_dots_outside_of_brackets)
{
    static const struct {
        const char *path;
        const char *parts[5];
    } cases[] = {
        {"a.b", {"a", "b"}},
        {"a\\.b.c", {"a.b", "c"}},
        {"a.[name=x.y].c", {"a", "[name=x.y]", "c"}},
        {"data.[a.b]", {"data", "a.b"}},
        {"spec.ports[0].port", {"spec", "ports", "0", "port"}},
    };
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct node_path path = kust_node_path(str_z(cases[i].path), true, f.context.arena);
        for (size_t p = 0; p < path.parts.len; p++)
            cr_expect(str_equal(path.parts.items[p], str_z(cases[i].parts[p])), "%s part %zu: %.*s",
                      cases[i].path, p, STR_ARG(path.parts.items[p]));
        cr_expect_null(cases[i].parts[path.parts.len]);
    }
    fixture_finish(&f);
}

static const char *replace(struct fixture *f, const char *document, const char *path,
                           const char *source, const struct field_options *options)
{
    value result;
    struct field_replacement wanted = {
        .path = str_z(path), .source = fixture_read(f, source), .options = options};
    if (!kust_replace_field(&f->build, fixture_read(f, document), &wanted, &result, &f->err))
        return NULL;
    return fixture_print(f, result);
}

Test(replacement, puts_values_where_paths_lead)
{
    static const struct field_options create = {.create = true};
    static const struct field_options second = {.delimiter = STR_INIT(":"), .index = 1};
    static const struct {
        const char *document, *path, *source;
        const struct field_options *options;
        const char *want;
    } cases[] = {
        {"{a: old}", "a", "new", NULL, "a: new\n"},
        {"{a: 5}", "a", "\"7\"", NULL, "a: 7\n"},
        {"{a: \"5\"}", "a", "7", NULL, "a: \"7\"\n"},
        {"{l: [{n: x, v: 1}, {n: y, v: 2}]}", "l.[n=y].v", "3", NULL,
         "l:\n- \"n\": x\n  v: 1\n- \"n\": \"y\"\n  v: 3\n"},
        {"{l: [1, 2]}", "l.*", "3", NULL, "l:\n- 3\n- 3\n"},
        {"{a: x:1}", "a", "2", &second, "a: x:2\n"},
        {"{a: 1}", "b.c", "v", &create, "a: 1\nb:\n  c: v\n"},
        {"{a: '{\"b\": {\"c\": 1}}'}", "a.b.c", "2", NULL, "a: '{\"b\":{\"c\":2}}'\n"},
    };
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        cr_expect_str_eq(
            replace(&f, cases[i].document, cases[i].path, cases[i].source, cases[i].options),
            cases[i].want, "%s %s: %s", cases[i].document, cases[i].path, f.err.text);
    cr_expect_null(replace(&f, "{a: 1}", "b", "2", NULL));
    cr_expect_str_eq(f.err.rule, "E_REPLACEMENT");
    fixture_finish(&f);
}

Test(scalar, is_canonical_at_the_end_only)
{
    struct fixture f;
    fixture_init(&f);
    value v = fixture_read(&f, "{a: 0x1F, b: 2020-01-02, c: 1.0}");
    cr_expect(str_equal(kust_scalar_text(value_get(v, STR("a"))), STR("0x1F")));
    cr_expect(str_equal(kust_scalar_text(value_get(v, STR("b"))), STR("2020-01-02")));
    cr_expect_str_eq(fixture_print(&f, v), "a: 31\nb: \"2020-01-02T00:00:00Z\"\nc: 1\n");
    fixture_finish(&f);
}

/* The tables are sorted by kind, and no field is in one twice. */
Test(config, tables_are_sorted_and_unique)
{
    const struct transformer_config *config = kust_config_defaults();
    for (size_t set = 0; set < SPECS_COUNT; set++) {
        const struct spec_list *list = &config->sets[set];
        for (size_t i = 1; i < list->count; i++) {
            cr_expect_leq(kust_kind_order(list->items[i - 1].gvk.kind),
                          kust_kind_order(list->items[i].gvk.kind));
            for (size_t j = 0; j < i; j++)
                cr_expect_not(gvk_equal(list->items[i].gvk, list->items[j].gvk) &&
                              str_equal(list->items[i].path, list->items[j].path));
        }
    }
    cr_expect_gt(config->reference_count, 10);
}
