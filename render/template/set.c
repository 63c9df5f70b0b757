/* Sets of named templates, and the cache of what was compiled for them. */
#include "render/template/cache.h"
#include "render/template/node.h"

#include <stdlib.h>

/* Sets. */

struct template_set *template_set_create(struct arena *arena, const struct limits *limits)
{
    struct template_set *set = ARENA_NEW(arena, struct template_set);
    set->arena = arena;
    set->limits = limits;
    return set;
}

const struct definition *template_find(const struct template_set *set, str name)
{
    for (; set != NULL; set = set->parent) {
        const struct definition *definition = map_get(&set->definitions, name);
        if (definition != NULL)
            return definition;
    }
    return NULL;
}

bool template_set_has(const struct template_set *set, str name)
{
    return template_find(set, name) != NULL;
}

void template_adopt(struct template_set *set, const struct compiled *compiled)
{
    set->last = compiled->own;
    MAP_FOR (entry, &compiled->definitions) {
        const struct definition *fresh = entry->value;
        if (fresh->is_empty && template_find(set, entry->key) != NULL)
            continue;
        (void)map_put(&set->definitions, set->arena, entry->key, entry->value);
    }
}

bool template_parse(struct template_set *set, str name, str text, struct error *err)
{
    struct compiled compiled;
    str message;
    if (!template_compile(set->arena, set->limits, name, text, &compiled, &message))
        return error_rule(err, ERROR_INPUT, "E_TPL_PARSE", "%.*s", STR_ARG(message));
    template_adopt(set, &compiled);
    return true;
}

/* The cache. */

struct template_cache {
    size_t budget;
    struct arena *arena; /* everything below */
    struct map texts;    /* name, NUL, id → struct compiled */
    struct template_cache_usage usage;
};

struct template_cache *template_cache_create(size_t budget)
{
    struct template_cache *cache = calloc(1, sizeof(*cache));
    CHECK(cache != NULL);
    cache->budget = budget;
    cache->arena = arena_create(budget);
    return cache;
}

void template_cache_destroy(struct template_cache *cache)
{
    if (cache == NULL)
        return;
    arena_destroy(cache->arena);
    free(cache);
}

void template_cache_trim(struct template_cache *cache)
{
    if (!arena_over(cache->arena))
        return;
    arena_destroy(cache->arena);
    cache->arena = arena_create(cache->budget);
    cache->texts = (struct map){0};
}

struct template_cache_usage template_cache_usage(const struct template_cache *cache)
{
    struct template_cache_usage usage = cache->usage;
    usage.texts = cache->texts.len;
    usage.bytes = arena_used(cache->arena);
    return usage;
}

bool template_parse_cached(struct template_set *set, struct template_cache *cache, str name, str id,
                           str text, struct error *err)
{
    if (cache == NULL)
        return template_parse(set, name, text, err);
    str key = arena_concat(set->arena, name, str_from("", 1), id);
    const struct compiled *known = map_get(&cache->texts, key);
    if (known != NULL) {
        cache->usage.hits++;
        template_adopt(set, known);
        return true;
    }
    cache->usage.misses++;
    if (arena_over(cache->arena))
        return template_parse(set, name, text, err);
    struct arena_mark mark = arena_mark(cache->arena);
    key = arena_str(cache->arena, key);
    struct compiled *fresh = ARENA_NEW(cache->arena, struct compiled);
    str message;
    if (!template_compile(cache->arena, set->limits, str_slice(key, 0, name.len),
                          arena_str(cache->arena, text), fresh, &message)) {
        (void)error_rule(err, ERROR_INPUT, "E_TPL_PARSE", "%.*s", STR_ARG(message));
        arena_rewind(cache->arena, mark);
        return false;
    }
    (void)map_put(&cache->texts, cache->arena, key, fresh);
    template_adopt(set, fresh);
    return true;
}
