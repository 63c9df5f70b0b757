/* Whole builds: what is read, what is refused, which budgets hold. */
#include "tests/unit/kustomize/fixture.h"

#include <criterion/criterion.h>

static const char config_map[] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";

Test(kustomize_build, adds_prefixes_from_inside_out)
{
    static const struct fixture_file files[] = {
        {"base/kustomization.yaml", "resources: [a.yaml]\nnamePrefix: b-\n"},
        {"base/a.yaml", config_map},
        {"top/kustomization.yaml", "resources: [../base]\nnamePrefix: t-\n"},
    };
    struct fixture f;
    fixture_init(&f);
    const char *out = FIXTURE_BUILD(&f, files, "top");
    cr_expect_str_eq(out, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: t-b-c\n");
    fixture_finish(&f);
}

Test(kustomize_build, records_exactly_what_it_reads)
{
    static const struct fixture_file files[] = {
        {"other/kustomization.yaml", "resources: [a.yaml]\n"},
        {"other/a.yaml", config_map},
        {"top/a.yaml", config_map},
        {"top/kustomization.yaml", "resources: [a.yaml]\n"},
        {"top/unused.yaml", config_map},
    };
    struct fixture f;
    fixture_init(&f);
    cr_assert_not_null(FIXTURE_BUILD(&f, files, "top"));
    cr_expect(fixture_was_read(&f, "top/kustomization.yaml"));
    cr_expect(fixture_was_read(&f, "top/a.yaml"));
    cr_expect_not(fixture_was_read(&f, "top/unused.yaml"));
    cr_expect_not(fixture_was_read(&f, "other/a.yaml"));
    fixture_finish(&f);
}

static void expect_refused(struct fixture *f, const struct fixture_file *files, size_t count,
                           enum error_class class, const char *rule)
{
    cr_expect_null(fixture_build(f, files, count, "top"));
    cr_expect_eq(f->err.class, class, "%s: %s", error_class_name(f->err.class), f->err.text);
    cr_expect_str_eq(f->err.rule, rule, "%s", f->err.text);
}

Test(kustomize_build, refuses_what_leads_out_or_back)
{
    static const struct {
        const char *resource;
        enum error_class class;
        const char *rule;
    } cases[] = {
        {"../../x", ERROR_INPUT, "E_PATH_ESCAPE"},
        {"/etc", ERROR_INPUT, "E_PATH_ESCAPE"},
        {".", ERROR_INPUT, "E_CYCLE"},
        {"../back", ERROR_INPUT, "E_CYCLE"},
        {"../other/a.yaml", ERROR_INPUT, "E_LOAD_RESTRICTED"},
        {"https://example.com/a.yaml", ERROR_UNSUPPORTED, "E_REMOTE"},
        {"git::https://example.com/a", ERROR_UNSUPPORTED, "E_REMOTE"},
        {"github.com/a/b", ERROR_UNSUPPORTED, "E_REMOTE"},
    };
    struct fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        str text = arena_printf(f.context.arena, "resources: [\"%s\"]\n", cases[i].resource);
        const struct fixture_file files[] = {
            {"back/kustomization.yaml", "resources: [../top]\n"},
            {"other/a.yaml", config_map},
            {"top/kustomization.yaml", text.ptr},
        };
        expect_refused(&f, files, ARRAY_LEN(files), cases[i].class, cases[i].rule);
    }
    fixture_finish(&f);
}

Test(kustomize_build, stops_a_diamond_that_doubles)
{
    struct fixture_file files[26];
    struct fixture f;
    fixture_init(&f);
    struct arena *arena = f.context.arena;
    f.limits.kustomize_loads = 1000;
    files[0] = (struct fixture_file){"top/kustomization.yaml", "resources: [../d0, ../d0]\n"};
    for (int i = 0; i < 24; i++)
        files[i + 1] = (struct fixture_file){
            arena_printf(arena, "d%d/kustomization.yaml", i).ptr,
            arena_printf(arena, "resources: [../d%d, ../d%d]\n", i + 1, i + 1).ptr};
    files[25] = (struct fixture_file){"d24/kustomization.yaml", "namePrefix: a-\n"};
    expect_refused(&f, files, ARRAY_LEN(files), ERROR_LIMIT, "E_BUDGET");
    fixture_finish(&f);
}

Test(kustomize_build, tells_field_and_line_of_a_mistake)
{
    static const struct fixture_file files[] = {
        {"top/kustomization.yaml", "namePrefix: p-\nimages:\n- name: a\n  newTag: 5\n"},
    };
    struct fixture f;
    fixture_init(&f);
    expect_refused(&f, files, ARRAY_LEN(files), ERROR_INPUT, "E_KUSTOMIZATION");
    cr_expect_str_eq(f.err.file, "top/kustomization.yaml");
    cr_expect_eq(f.err.line, 4);
    cr_expect_not_null(strstr(f.err.text, "images: [0]: newTag"), "%s", f.err.text);
    fixture_finish(&f);
}
