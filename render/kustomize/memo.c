#include "render/kustomize/memo.h"

#include <stdlib.h>

/* A question that the base asked of the snapshot, and its answer. */
struct memo_read {
    str base, path;
    const struct kept_entry *found; /* NULL: there was nothing that can be read */
};

struct memo {
    bool known; /* else it was only met: the second time it is remembered */
    bool refused;
    VEC(struct memo_read) reads;
    VEC(struct memo *) below; /* bases that it used */
    struct map roots;         /* directories that were opened, its own and those below */
    struct accumulator result;
    struct schema_state schema;
    size_t depth; /* of kustomizations below it */
    bool has_misfits;
    uint64_t checked; /* generation in which `holds` was found out */
    bool holds;
};

static void open_arena(struct kustomize_cache *cache)
{
    size_t most;
    if (__builtin_add_overflow(cache->budget, cache->build_memory, &most))
        most = ARENA_NO_BUDGET;
    cache->arena = arena_create(most);
}

struct kustomize_cache *kustomize_cache_create(size_t budget, size_t build_memory)
{
    struct kustomize_cache *cache = calloc(1, sizeof(*cache));
    CHECK(cache != NULL);
    cache->budget = budget;
    cache->build_memory = build_memory;
    open_arena(cache);
    return cache;
}

void kustomize_cache_destroy(struct kustomize_cache *cache)
{
    if (cache == NULL)
        return;
    arena_destroy(cache->arena);
    free(cache);
}

void kustomize_cache_trim(struct kustomize_cache *cache)
{
    if (arena_used(cache->arena) <= cache->budget)
        return;
    arena_destroy(cache->arena);
    open_arena(cache);
    cache->entries = cache->memos = (struct map){0};
}

struct kustomize_cache_usage kustomize_cache_usage(const struct kustomize_cache *cache)
{
    return (struct kustomize_cache_usage){
        .hits = cache->hits, .builds = cache->builds, .bytes = arena_used(cache->arena)};
}

struct kept_entry *kust_keep(struct build *build, const struct snapshot_entry *entry)
{
    struct kustomize_cache *cache = build->cache;
    struct kept_entry *newest = map_get(&cache->entries, entry->path);
    for (struct kept_entry *kept = newest; kept != NULL; kept = kept->older)
        if (kept->entry.mode == entry->mode && memcmp(kept->oid, entry->oid, OID_LEN) == 0)
            return kept;
    struct kept_entry *kept = ARENA_NEW(cache->arena, struct kept_entry);
    *kept = (struct kept_entry){.entry = *entry, .older = newest};
    memcpy(kept->oid, entry->oid, OID_LEN);
    kept->entry.oid = kept->oid;
    if (!cache->one_build) {
        kept->entry.path = arena_str(cache->arena, entry->path);
        kept->entry.bytes = arena_str(cache->arena, entry->bytes);
    }
    (void)map_put(&cache->entries, cache->arena, kept->entry.path, kept);
    return kept;
}

void kust_memo_asked(struct build *build, str base, str path, const struct kept_entry *found)
{
    if (build->memo == NULL || build->cache->one_build)
        return;
    struct arena *arena = build->cache->arena;
    VEC_PUSH(arena, &build->memo->reads, (struct memo_read){base, arena_str(arena, path), found});
}

void kust_memo_opened(struct build *build, str root)
{
    if (build->memo != NULL)
        (void)map_put(&build->memo->roots, build->cache->arena, root, build->memo);
}

void kust_memo_refuse(struct build *build)
{
    if (build->memo != NULL)
        build->memo->refused = true;
}

/* The answer of the build's snapshot is the one that was recorded. */
static bool read_holds(struct build *build, const struct memo_read *read)
{
    const struct snapshot_entry *entry = NULL;
    struct error missing = ERROR_INIT;
    struct arena_mark mark = arena_mark(build->scratch);
    bool found = snapshot_resolve(build->context->snapshot, read->base, read->path, build->limits,
                                  build->scratch, &entry, &missing);
    arena_rewind(build->scratch, mark);
    if (!found || read->found == NULL)
        return !found && read->found == NULL;
    bool same =
        entry->mode == read->found->entry.mode && str_equal(entry->path, read->found->entry.path) &&
        (entry->mode == ENTRY_DIRECTORY || memcmp(entry->oid, read->found->oid, OID_LEN) == 0);
    if (same && build->context->reads != NULL && entry->mode != ENTRY_DIRECTORY)
        snapshot_reads_add(build->context->reads, entry);
    return same;
}

/* As deep as bases are nested, which kustomize_depth limits; each is asked once in a build. */
static bool memo_holds(struct build *build, struct memo *memo)
{
    struct kustomize_cache *cache = build->cache;
    if (cache->one_build || memo->checked == cache->generation)
        return cache->one_build || memo->holds;
    bool holds = true;
    VEC_FOR (struct memo_read, read, &memo->reads)
        if (holds && !read_holds(build, read))
            holds = false;
    VEC_FOR (struct memo *, below, &memo->below)
        if (holds && !memo_holds(build, *below))
            holds = false;
    memo->checked = cache->generation;
    memo->holds = holds;
    return holds;
}

static bool is_below(str path, str root)
{
    return root.len == 0 || str_equal(path, root) ||
           (str_starts(path, root) && path.ptr[root.len] == '/');
}

/* A way round that leads back to whoever asks is found, and told, by building it. */
static bool leads_back(const struct memo *memo, const struct loader *loader)
{
    for (const struct loader *visited = loader->referrer; visited != NULL;
         visited = visited->referrer)
        MAP_FOR (root, &memo->roots)
            if (is_below(visited->root, root->key))
                return true;
    return false;
}

static str memo_key(struct build *build, const struct memo_place *place, struct arena *arena)
{
    const struct kustomize_options *options = build->options;
    return arena_printf(arena, "%d%d%d%d%.*s\n%.*s", place->tracks_origin, options->load_anywhere,
                        options->enable_helm, options->enable_alpha_plugins,
                        STR_ARG(place->loader->root), STR_ARG(place->origin));
}

static struct memo *find_memo(struct build *build, const struct memo_place *place)
{
    struct arena_mark mark = arena_mark(build->scratch);
    struct memo *memo = map_get(&build->cache->memos, memo_key(build, place, build->scratch));
    arena_rewind(build->scratch, mark);
    return memo;
}

/* Lists that are full: whoever adds to one gets a list of its own. */
static struct resource *copy_of(const struct resource *resource, struct arena *arena)
{
    struct resource *copy = ARENA_NEW(arena, struct resource);
    *copy = *resource;
    copy->former.cap = copy->former.len;
    copy->prefixes.list.cap = copy->prefixes.list.len;
    copy->suffixes.list.cap = copy->suffixes.list.len;
    copy->variables.list.cap = copy->variables.list.len;
    return copy;
}

static struct accumulator copy_accumulator(const struct accumulator *from, struct arena *arena)
{
    struct accumulator copy = {.config = from->config, .variables = from->variables};
    size_t count = from->map.list.len;
    copy.variables.list.cap = copy.variables.list.len;
    copy.map.list.items = ARENA_ARRAY(arena, struct resource *, count);
    copy.map.list.len = copy.map.list.cap = count;
    for (size_t i = 0; i < count; i++)
        copy.map.list.items[i] = copy_of(from->map.list.items[i], arena);
    return copy;
}

bool kust_memo_use(struct build *build, const struct memo_place *place,
                   struct accumulator *ret_known)
{
    struct memo *memo = find_memo(build, place);
    if (memo == NULL || !memo->known || kust_schema_is_chosen(build->schema) ||
        build->depth + memo->depth > build->limits->kustomize_depth || !memo_holds(build, memo) ||
        leads_back(memo, place->loader))
        return false;
    if (build->deepest < build->depth + memo->depth)
        build->deepest = build->depth + memo->depth;
    build->objects += memo->result.map.list.len;
    build->has_misfits = build->has_misfits || memo->has_misfits;
    kust_schema_replay(build->schema, memo->schema);
    if (build->memo != NULL) {
        VEC_PUSH(build->cache->arena, &build->memo->below, memo);
        MAP_FOR (root, &memo->roots)
            kust_memo_opened(build, root->key);
    }
    build->cache->hits++;
    *ret_known = copy_accumulator(&memo->result, build->arena);
    return true;
}

void kust_memo_begin(struct build *build, const struct memo_place *place,
                     struct recording *recording)
{
    struct kustomize_cache *cache = build->cache;
    *recording = (struct recording){.outer = build->memo, .arena = build->arena};
    struct memo *met = find_memo(build, place);
    struct memo *memo = ARENA_NEW(cache->arena, struct memo);
    (void)map_put(&cache->memos, cache->arena, memo_key(build, place, cache->arena), memo);
    cache->builds++;
    /* In one build nearly all bases are met once: only the second time is worth a copy. */
    if (cache->one_build && met == NULL && build->memo == NULL)
        return;
    recording->memo = memo;
    recording->deepest = build->deepest;
    recording->had_misfits = build->has_misfits;
    recording->schema = kust_schema_take(build->schema);
    build->memo = memo;
    build->arena = cache->arena;
    build->deepest = build->depth;
    build->has_misfits = false;
    kust_memo_opened(build, place->loader->root);
}

void kust_memo_end(struct build *build, struct recording *recording,
                   const struct accumulator *result)
{
    struct memo *memo = recording->memo;
    if (memo == NULL)
        return;
    memo->schema = kust_schema_take(build->schema);
    memo->depth = build->deepest - build->depth;
    memo->has_misfits = build->has_misfits;
    build->memo = recording->outer;
    build->arena = recording->arena;
    if (build->deepest < recording->deepest)
        build->deepest = recording->deepest;
    build->has_misfits = build->has_misfits || recording->had_misfits;
    kust_schema_replay(build->schema, recording->schema);
    kust_schema_replay(build->schema, memo->schema);
    memo->known = result != NULL && !memo->refused && !memo->schema.chosen && !memo->schema.noted;
    if (!memo->known) {
        kust_memo_refuse(build);
        return;
    }
    memo->checked = build->cache->generation;
    memo->holds = true;
    memo->result = copy_accumulator(result, build->cache->arena);
    if (build->memo != NULL) {
        VEC_PUSH(build->cache->arena, &build->memo->below, memo);
        MAP_FOR (root, &memo->roots)
            kust_memo_opened(build, root->key);
    }
}
