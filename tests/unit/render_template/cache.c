/* Compiled templates are shared between sets. */
#include "render/template/cache.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void expect_text(struct template_cache *cache, const char *id, const char *text,
                        const char *want)
{
    AUTO_ARENA struct arena *arena = arena_create(1u << 20);
    AUTO_BUF struct buf out = BUF_INIT(1000);
    struct error err = ERROR_INIT;
    struct template_set *set = template_set_create(arena, limits_default());
    char *copy = strdup(text);
    cr_assert(template_parse_cached(set, cache, STR("t"), str_z(id), str_z(copy), &err), "%s",
              err.text);
    struct template_run *run = template_run_create(set, NULL, limits_default(), arena);
    cr_expect(template_execute(run, STR("t"), dyn_nil(), &out, &err), "%s", err.text);
    cr_expect(str_equal(buf_str(&out), str_z(want)), "%s", out.ptr);
    /* The cache must not keep a view of the caller's bytes: the next to ask would see it. */
    memset(copy, 'x', strlen(copy));
    free(copy);
}

Test(template_cache, compiles_a_text_once)
{
    struct template_cache *cache = template_cache_create(1u << 20);
    for (int i = 0; i < 3; i++)
        expect_text(cache, "1", "{{ define \"d\" }}<{{ . }}>{{ end }}{{ include \"d\" 1 }}", "<1>");
    expect_text(cache, "2", "{{ printf \"%d\" 2 }}", "2");
    struct template_cache_usage usage = template_cache_usage(cache);
    cr_expect(usage.hits == 2 && usage.misses == 2 && usage.texts == 2);
    template_cache_destroy(cache);
    expect_text(NULL, "1", "x", "x");
}

Test(template_cache, forgets_what_does_not_parse)
{
    struct template_cache *cache = template_cache_create(1u << 20);
    for (int i = 0; i < 2; i++) {
        AUTO_ARENA struct arena *arena = arena_create(1u << 20);
        struct error err = ERROR_INIT;
        struct template_set *set = template_set_create(arena, limits_default());
        cr_expect(!template_parse_cached(set, cache, STR("t"), STR("1"), STR("{{ if }}"), &err));
        cr_expect(strstr(err.text, "missing value for if") != NULL);
    }
    struct template_cache_usage usage = template_cache_usage(cache);
    cr_expect(usage.texts == 0 && usage.misses == 2 && usage.bytes == 0);
    template_cache_destroy(cache);
}

Test(template_cache, over_its_budget_is_emptied_when_trimmed)
{
    struct template_cache *cache = template_cache_create(2000);
    char id[8];
    for (int i = 0; i < 20; i++) {
        (void)snprintf(id, sizeof(id), "%d", i);
        expect_text(cache, id, "{{ print 1 2 3 }} {{ print 4 5 6 }}", "1 2 3 4 5 6");
    }
    cr_expect(template_cache_usage(cache).texts > 0);
    template_cache_trim(cache);
    cr_expect(template_cache_usage(cache).texts == 0 && template_cache_usage(cache).bytes == 0);
    expect_text(cache, "1", "{{ 1 }}", "1");
    cr_expect(template_cache_usage(cache).texts == 1);
    template_cache_destroy(cache);
}
