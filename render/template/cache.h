/*
 * cache: compiled templates, shared by all renderings of one process. A thousand releases of one
 * chart parse its texts once.
 *
 * What is cached never changes, so any number of sets may hold it, one after the other or at one
 * time, on one thread. A text is known by its template's name (which messages quote) and an id of
 * its bytes: the blob id where it comes from Git, else a digest. The cache keeps its own copy.
 *
 * How to use it: one cache a process; template_set_create for each rendering and
 * template_parse_cached for each of its texts; template_cache_trim when no set is in use.
 */
#ifndef RENDER_TEMPLATE_CACHE_H
#define RENDER_TEMPLATE_CACHE_H

#include "render/template/template.h"

struct template_cache;

/* What a process that renders keeps: some thirty large charts. Twice as much saved no time. */
#define TEMPLATE_CACHE_BYTES (32u << 20)

/* budget: bytes it holds before template_cache_trim empties it. Heap; lives until destroyed. */
struct template_cache *template_cache_create(size_t budget);
/* No set that was parsed with it may be used any more. NULL is fine. */
void template_cache_destroy(struct template_cache *cache);

/*
 * As template_parse, but a text that was compiled before is not compiled again. A text that fails
 * is not kept. NULL cache: template_parse. As there, name and text live as long as the set.
 */
bool template_parse_cached(struct template_set *set, struct template_cache *cache, str name, str id,
                           str text, struct error *err) MUST_USE;

/*
 * Empties a cache that is over its budget. Call it between renderings: sets that were parsed with
 * the cache must not be used afterwards. Over the budget and not yet trimmed, it takes in nothing
 * new, and template_parse_cached compiles.
 */
void template_cache_trim(struct template_cache *cache);

struct template_cache_usage {
    uint64_t hits, misses;
    size_t texts, bytes;
};
struct template_cache_usage template_cache_usage(const struct template_cache *cache);

#endif
