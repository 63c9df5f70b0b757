/* Whole builds: what is read, what is refused, which budgets hold. */
#include "render/kustomize/cache.h"
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

Test(kustomize_build, builds_a_base_once_however_many_ways_lead_to_it)
{
    struct fixture_file files[26];
    struct fixture f;
    fixture_init(&f);
    struct arena *arena = f.context.arena;
    f.limits.kustomize_loads = 100;
    files[0] = (struct fixture_file){"top/kustomization.yaml", "resources: [../d0, ../d0]\n"};
    for (int i = 0; i < 24; i++)
        files[i + 1] = (struct fixture_file){
            arena_printf(arena, "d%d/kustomization.yaml", i).ptr,
            arena_printf(arena, "resources: [../d%d, ../d%d]\n", i + 1, i + 1).ptr};
    files[25] = (struct fixture_file){"d24/kustomization.yaml", "namePrefix: a-\n"};
    cr_expect_str_eq(FIXTURE_BUILD(&f, files, "top"), "", "%s", f.err.text);
    fixture_finish(&f);
}

Test(kustomize_build, stops_objects_that_double_at_every_level)
{
    struct fixture_file files[64];
    struct fixture f;
    fixture_init(&f);
    struct arena *arena = f.context.arena;
    size_t count = 0;
    f.limits.objects = 1000;
    files[count++] = (struct fixture_file){"top/kustomization.yaml", "resources: [../l0, ../r0]\n"};
    for (int i = 0; i < 24; i++) {
        for (const char *side = "lr"; *side != '\0'; side++)
            files[count++] = (struct fixture_file){
                arena_printf(arena, "%c%d/kustomization.yaml", *side, i).ptr,
                arena_printf(arena, "namePrefix: %c\nresources: [../l%d, ../r%d]\n", *side, i + 1,
                             i + 1)
                    .ptr};
    }
    for (const char *side = "lr"; *side != '\0'; side++) {
        files[count++] = (struct fixture_file){
            arena_printf(arena, "%c24/kustomization.yaml", *side).ptr,
            arena_printf(arena, "namePrefix: %c\nresources: [o.yaml]\n", *side).ptr};
        files[count++] =
            (struct fixture_file){arena_printf(arena, "%c24/o.yaml", *side).ptr,
                                  "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: o\n"};
    }
    expect_refused(&f, files, count, ERROR_LIMIT, "E_BUDGET");
    fixture_finish(&f);
}

/* A top of two bases, one of them a base of the other, one with a component. */
static const struct fixture_file cached_files[] = {
    {"top/kustomization.yaml", "namePrefix: t-\nresources: [../a, ../b]\n"},
    {"a/kustomization.yaml", "namePrefix: a-\nresources: [../c]\ncomponents: [../p]\n"},
    {"b/kustomization.yaml", "nameSuffix: -b\nresources: [../c, own.yaml]\n"},
    {"b/own.yaml", "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: own\n"},
    {"c/kustomization.yaml", "resources: [o.yaml]\nconfigMapGenerator: [{name: g, files: [f]}]\n"},
    {"c/o.yaml", "kind: Pod\napiVersion: v1\nmetadata:\n  name: o\nspec:\n  volumes:\n"
                 "  - name: v\n    configMap:\n      name: g\n"},
    {"c/f", "one\n"},
    {"p/kustomization.yaml", "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"
                             "labels: [{pairs: {app: web}}]\n"},
};

/* What a build with the cache gives is what one without gives; `builds` bases were built for it. */
static void expect_cached(struct fixture *f, struct kustomize_cache *cache,
                          const struct fixture_file *files, size_t count, size_t builds)
{
    size_t before = kustomize_cache_usage(cache).builds;
    const char *want = fixture_build(f, files, count, "top");
    f->context.kustomizations = cache;
    const char *got = fixture_build(f, files, count, "top");
    f->context.kustomizations = NULL;
    cr_assert_not_null(want, "%s", f->err.text);
    cr_expect_str_eq(got, want);
    cr_expect_eq(kustomize_cache_usage(cache).builds - before, builds, "%zu instead of %zu",
                 kustomize_cache_usage(cache).builds - before, builds);
}

Test(kustomize_cache, builds_again_what_read_a_changed_file)
{
    static const struct {
        const char *path, *text;
        size_t builds;
    } changes[] = {
        {"b/own.yaml", "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: other\n", 1},
        {"c/f", "two\n", 3},
        {"p/kustomization.yaml",
         "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"
         "labels: [{pairs: {app: db}}]\n",
         1},
        {"top/kustomization.yaml", "namePrefix: u-\nresources: [../a, ../b]\n", 0},
        {"c/o.yaml", "kind: Pod\napiVersion: v1\nmetadata:\n  name: p\n", 3},
    };
    struct fixture_file files[ARRAY_LEN(cached_files)];
    struct fixture f;
    fixture_init(&f);
    struct kustomize_cache *cache = kustomize_cache_create(SIZE_MAX, 0);
    memcpy(files, cached_files, sizeof(files));
    expect_cached(&f, cache, files, ARRAY_LEN(files), 3);
    expect_cached(&f, cache, files, ARRAY_LEN(files), 0);
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        for (size_t k = 0; k < ARRAY_LEN(files); k++)
            if (strcmp(files[k].path, changes[i].path) == 0)
                files[k].text = changes[i].text;
        expect_cached(&f, cache, files, ARRAY_LEN(files), changes[i].builds);
        cr_expect(fixture_was_read(&f, "c/f"), "what is kept still was read");
    }
    kustomize_cache_destroy(cache);
    fixture_finish(&f);
}

/* What was not there, and was asked for, counts as well. */
Test(kustomize_cache, sees_a_file_that_was_not_there_before)
{
    struct fixture_file files[ARRAY_LEN(cached_files) + 1];
    struct fixture f;
    fixture_init(&f);
    struct kustomize_cache *cache = kustomize_cache_create(SIZE_MAX, 0);
    memcpy(files, cached_files, sizeof(cached_files));
    expect_cached(&f, cache, files, ARRAY_LEN(cached_files), 3);
    files[ARRAY_LEN(cached_files)] =
        (struct fixture_file){"c/Kustomization", "resources: [o.yaml]\n"};
    f.context.kustomizations = cache;
    expect_refused(&f, files, ARRAY_LEN(files), ERROR_INPUT, "E_KUSTOMIZATION");
    kustomize_cache_destroy(cache);
    fixture_finish(&f);
}

Test(kustomize_cache, finds_a_way_round_that_only_a_new_top_closes)
{
    static const struct fixture_file files[] = {
        {"top/kustomization.yaml", "resources: [../a]\n"},
        {"a/kustomization.yaml", "resources: [../all/b]\n"},
        {"all/b/kustomization.yaml", "namePrefix: b-\n"},
        {"all/kustomization.yaml", "resources: [../a]\n"},
        {"all/x/kustomization.yaml", "resources: [../../top]\n"},
    };
    struct fixture f;
    fixture_init(&f);
    struct kustomize_cache *cache = kustomize_cache_create(SIZE_MAX, 0);
    expect_cached(&f, cache, files, ARRAY_LEN(files), 2);
    f.context.kustomizations = cache;
    cr_expect_not_null(FIXTURE_BUILD(&f, files, "all/x"), "%s", f.err.text);
    static const struct fixture_file back[] = {
        {"top/kustomization.yaml", "resources: [../a]\n"},
        {"a/kustomization.yaml", "resources: [../all/b]\n"},
        {"all/b/kustomization.yaml", "namePrefix: b-\n"},
        {"all/b/c/kustomization.yaml", "resources: [../../../a]\n"},
    };
    cr_expect_not_null(FIXTURE_BUILD(&f, back, "top"), "%s", f.err.text);
    cr_expect_null(FIXTURE_BUILD(&f, back, "all/b/c"));
    cr_expect_str_eq(f.err.rule, "E_CYCLE");
    kustomize_cache_destroy(cache);
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
