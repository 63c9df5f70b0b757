#include "syncd/fleet/evidence.h"

#include "syncd/base/map.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

/* Joins of one level: a bit each. */
#define JOINS_MAX 64

struct entry {
    const struct level_kind *kind;
    str namespace, name, region;
    str text;          /* of judged kinds, else empty */
    uint64_t holds;    /* joins whose condition it fulfils */
    const str *taken;  /* by join: JSON of what is taken, or empty */
    const str *owners; /* by join: the one it says something about, or empty */
    int64_t heard_ns;
    uint64_t mark;
    bool gone;
};

struct scope {
    const struct level_kind *kind;
    str region;
    bool complete;
    int64_t heard_ns;
};

struct members {
    VEC(struct entry *) list;
};

struct evidence {
    const struct level *level;
    struct arena *fixed; /* scopes */
    VEC(struct scope) scopes;
    uint64_t mark;

    /* All entries, and who says something about whom; made anew when half of it is gone. */
    struct arena *arena;
    VEC(struct entry *) entries;
    struct map by_key;   /* "kind/namespace/name" → entry */
    struct map by_owner; /* "join/namespace/owner" → members */
    size_t gone;
};

struct evidence *evidence_create(const struct level *level)
{
    struct evidence *evidence = calloc(1, sizeof(*evidence));
    CHECK(evidence != NULL);
    CHECK(level->joins.len <= JOINS_MAX);
    evidence->level = level;
    evidence->fixed = arena_create(ARENA_NO_BUDGET);
    evidence->arena = arena_create(ARENA_NO_BUDGET);
    return evidence;
}

void evidence_destroy(struct evidence *evidence)
{
    if (evidence == NULL)
        return;
    arena_destroy(evidence->arena);
    arena_destroy(evidence->fixed);
    free(evidence);
}

static bool is_judged(const struct evidence *evidence, const struct level_kind *kind)
{
    if (kind->judged)
        return true;
    VEC_FOR (const struct level_join, join, &evidence->level->joins) {
        if (join->kind == kind)
            return true;
    }
    return false;
}

bool evidence_wants(const struct evidence *evidence, const struct level_kind *kind)
{
    if (kind->judged)
        return true;
    VEC_FOR (const struct level_join, join, &evidence->level->joins) {
        if (join->kind == kind || join->from == kind)
            return true;
    }
    return false;
}

/* --- scopes --- */

static struct scope *find_scope(struct evidence *evidence, struct evidence_scope wanted)
{
    VEC_FOR (struct scope, scope, &evidence->scopes) {
        if (scope->kind == wanted.kind && str_equal(scope->region, wanted.region))
            return scope;
    }
    return NULL;
}

void evidence_watch(struct evidence *evidence, struct evidence_scope wanted)
{
    if (find_scope(evidence, wanted) == NULL)
        VEC_PUSH(evidence->fixed, &evidence->scopes,
                 (struct scope){.kind = wanted.kind,
                                .region = arena_str(evidence->fixed, wanted.region)});
}

void evidence_complete(struct evidence *evidence, struct evidence_scope wanted, int64_t now_ns)
{
    struct scope *scope = find_scope(evidence, wanted);
    if (scope == NULL)
        return;
    scope->complete = true;
    scope->heard_ns = now_ns;
}

void evidence_lost(struct evidence *evidence, struct evidence_scope wanted)
{
    struct scope *scope = find_scope(evidence, wanted);
    if (scope != NULL)
        scope->complete = false;
}

/* --- entries --- */

static str entry_key(const struct evidence *evidence, const struct level_kind *kind, str namespace,
                     str name, struct arena *arena)
{
    return arena_printf(arena, "%zu/%.*s/%.*s", (size_t)(kind - evidence->level->kinds.items),
                        STR_ARG(namespace), STR_ARG(name));
}

static str owner_key(size_t join, str namespace, str owner, struct arena *arena)
{
    return arena_printf(arena, "%zu/%.*s/%.*s", join, STR_ARG(namespace), STR_ARG(owner));
}

static void enter(struct evidence *evidence, struct entry *entry)
{
    struct arena *arena = evidence->arena;
    VEC_PUSH(arena, &evidence->entries, entry);
    (void)map_put(&evidence->by_key, arena,
                  entry_key(evidence, entry->kind, entry->namespace, entry->name, arena), entry);
    for (size_t i = 0; i < evidence->level->joins.len; i++) {
        if (entry->owners[i].len == 0)
            continue;
        struct map_entry *place = map_place(
            &evidence->by_owner, arena, owner_key(i, entry->namespace, entry->owners[i], arena));
        if (place->value == NULL)
            place->value = ARENA_NEW(arena, struct members);
        struct members *members = place->value;
        VEC_PUSH(arena, &members->list, entry);
    }
}

static const str *copy_texts(const str *texts, size_t count, struct arena *arena)
{
    str *copy = ARENA_ARRAY(arena, str, count);
    for (size_t i = 0; i < count; i++)
        copy[i] = texts[i].len != 0 ? arena_str(arena, texts[i]) : (str){0};
    return copy;
}

static struct entry *copy_entry(const struct evidence *evidence, const struct entry *entry,
                                struct arena *arena)
{
    struct entry *copy = ARENA_NEW(arena, struct entry);
    size_t joins = evidence->level->joins.len;
    *copy = *entry;
    copy->namespace = arena_str(arena, entry->namespace);
    copy->name = arena_str(arena, entry->name);
    copy->region = arena_str(arena, entry->region);
    copy->text = arena_str(arena, entry->text);
    copy->taken = copy_texts(entry->taken, joins, arena);
    copy->owners = copy_texts(entry->owners, joins, arena);
    return copy;
}

/* Everything that is still there moves into a new arena. */
static void compact(struct evidence *evidence)
{
    struct arena *old = evidence->arena;
    struct entry **entries = evidence->entries.items;
    size_t count = evidence->entries.len;
    evidence->arena = arena_create(ARENA_NO_BUDGET);
    evidence->entries.items = NULL;
    evidence->entries.len = evidence->entries.cap = 0;
    evidence->by_key = evidence->by_owner = (struct map){0};
    evidence->gone = 0;
    for (size_t i = 0; i < count; i++) {
        if (!entries[i]->gone)
            enter(evidence, copy_entry(evidence, entries[i], evidence->arena));
    }
    arena_destroy(old);
}

static void drop(struct evidence *evidence, struct entry *entry)
{
    entry->gone = true;
    if (++evidence->gone > 64 && evidence->gone * 2 > evidence->entries.len)
        compact(evidence);
}

/* --- what an object says --- */

static value take_unfinished(const struct level_join *join, value document, struct arena *arena)
{
    struct level_matches matches;
    level_path_find(join->path, document, arena, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        str status = value_str(value_get(match->val, STR("status")));
        bool done = false;
        for (size_t i = 0; i < join->done_count && !done; i++)
            done = str_equal(status, join->done[i]);
        if (!done)
            return match->val;
    }
    return value_absent();
}

static value take(const struct level_join *join, value document, struct arena *arena)
{
    switch (join->take) {
    case LEVEL_TAKE_VALUE: return level_path_first(join->path, document);
    case LEVEL_TAKE_UNFINISHED: return take_unfinished(join, document, arena);
    default: return value_absent();
    }
}

/* Of a judged object: what rules may look at, without what only the API server needs. */
static str judged_text(value document, struct arena *arena)
{
    static const str kept[] = {STR_INIT("apiVersion"), STR_INIT("kind"), STR_INIT("spec"),
                               STR_INIT("status")};
    static const str metadata_kept[] = {
        STR_INIT("name"),       STR_INIT("namespace"),         STR_INIT("labels"),
        STR_INIT("generation"), STR_INIT("deletionTimestamp"), STR_INIT("finalizers"),
    };
    struct object_builder object, metadata;
    object_begin(&metadata, arena);
    for (size_t i = 0; i < ARRAY_LEN(metadata_kept); i++) {
        value field = value_get2(document, STR("metadata"), metadata_kept[i]);
        if (value_present(field))
            object_add(&metadata, metadata_kept[i], field);
    }
    object_begin(&object, arena);
    object_add(&object, STR("metadata"), object_finish(&metadata));
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        value field = value_get(document, kept[i]);
        if (value_present(field))
            object_add(&object, kept[i], field);
    }
    return json_text(object_finish(&object), JSON_COMPACT, arena);
}

static struct entry make_entry(const struct evidence *evidence, struct evidence_scope scope,
                               value document, struct arena *arena)
{
    const struct level *level = evidence->level;
    value metadata = value_get(document, STR("metadata"));
    str *taken = ARENA_ARRAY(arena, str, level->joins.len);
    str *owners = ARENA_ARRAY(arena, str, level->joins.len);
    struct entry entry = {.kind = scope.kind,
                          .namespace = value_str(value_get(metadata, STR("namespace"))),
                          .name = value_str(value_get(metadata, STR("name"))),
                          .region = scope.region,
                          .taken = taken,
                          .owners = owners};
    for (size_t i = 0; i < level->joins.len; i++) {
        const struct level_join *join = &level->joins.items[i];
        if (join->from != scope.kind || !level_condition_holds(&join->where, document))
            continue;
        entry.holds |= UINT64_C(1) << i;
        value found = take(join, document, arena);
        if (value_present(found))
            taken[i] = json_text(found, JSON_COMPACT, arena);
        if (join->owner != NULL)
            owners[i] = level_path_text(join->owner, document);
    }
    if (is_judged(evidence, scope.kind))
        entry.text = judged_text(document, arena);
    return entry;
}

static bool same_texts(const str *a, const str *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(a[i], b[i]))
            return false;
    }
    return true;
}

static bool same_entry(const struct evidence *evidence, const struct entry *a,
                       const struct entry *b)
{
    size_t joins = evidence->level->joins.len;
    return a->holds == b->holds && str_equal(a->text, b->text) && str_equal(a->region, b->region) &&
           same_texts(a->taken, b->taken, joins) && same_texts(a->owners, b->owners, joins);
}

static struct entry *find_entry(const struct evidence *evidence, const struct level_kind *kind,
                                str namespace, str name)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct entry *entry =
        map_get(&evidence->by_key, entry_key(evidence, kind, namespace, name, scratch));
    return entry != NULL && !entry->gone ? entry : NULL;
}

bool evidence_take(struct evidence *evidence, struct evidence_scope scope, value document,
                   int64_t now_ns)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct entry entry = make_entry(evidence, scope, document, scratch);
    struct entry *known = find_entry(evidence, scope.kind, entry.namespace, entry.name);
    entry.heard_ns = now_ns;
    entry.mark = evidence->mark;
    if (known != NULL && same_entry(evidence, known, &entry)) {
        known->heard_ns = now_ns;
        known->mark = evidence->mark;
        return false;
    }
    if (known != NULL)
        drop(evidence, known);
    enter(evidence, copy_entry(evidence, &entry, evidence->arena));
    return true;
}

bool evidence_forget(struct evidence *evidence, struct evidence_scope scope, str namespace,
                     str name)
{
    struct entry *entry = find_entry(evidence, scope.kind, namespace, name);
    if (entry == NULL || !str_equal(entry->region, scope.region))
        return false;
    drop(evidence, entry);
    return true;
}

uint64_t evidence_mark(struct evidence *evidence)
{
    return ++evidence->mark;
}

bool evidence_sweep(struct evidence *evidence, struct evidence_scope scope, uint64_t mark)
{
    bool any = false;
    VEC_FOR (struct entry *, entry, &evidence->entries) {
        if ((*entry)->gone || (*entry)->mark >= mark || (*entry)->kind != scope.kind ||
            !str_equal((*entry)->region, scope.region))
            continue;
        (*entry)->gone = true;
        evidence->gone++;
        any = true;
    }
    return any;
}

bool evidence_next(const struct evidence *evidence, size_t *cursor,
                   struct evidence_judged *ret_judged)
{
    while (*cursor < evidence->entries.len) {
        const struct entry *entry = evidence->entries.items[(*cursor)++];
        if (entry->gone || entry->text.len == 0)
            continue;
        *ret_judged = (struct evidence_judged){.kind = entry->kind,
                                               .namespace = entry->namespace,
                                               .name = entry->name,
                                               .text = entry->text,
                                               .heard_ns = entry->heard_ns};
        return true;
    }
    return false;
}

/* --- facts --- */

/* The others that a join is about: by owner, or the one with the name. */
static struct members others(struct evidence *evidence, size_t at, value document,
                             struct arena *arena)
{
    const struct level_join *join = &evidence->level->joins.items[at];
    value metadata = value_get(document, STR("metadata"));
    str namespace = value_str(value_get(metadata, STR("namespace")));
    str name = value_str(value_get(metadata, STR("name")));
    struct members found = {0};
    if (join->owner != NULL) {
        const struct members *members =
            map_get(&evidence->by_owner, owner_key(at, namespace, name, arena));
        for (size_t i = 0; members != NULL && i < members->list.len; i++) {
            if (!members->list.items[i]->gone)
                VEC_PUSH(arena, &found.list, members->list.items[i]);
        }
        return found;
    }
    if (join->key != NULL)
        name = level_path_text(join->key, document);
    struct entry *entry = find_entry(evidence, join->from, namespace, name);
    if (entry != NULL && (entry->holds >> at & 1) != 0)
        VEC_PUSH(arena, &found.list, entry);
    return found;
}

/* Of the fleet-wide scope and the one of the object's region: ABSENT when nobody watches. */
static value known_fact(const struct evidence *evidence, const struct level_join *join,
                        value document, int64_t now_ns)
{
    str region = evidence->level->layout.region != NULL
                     ? level_path_text(evidence->level->layout.region, document)
                     : (str){0};
    value known = value_absent();
    VEC_FOR (const struct scope, scope, &evidence->scopes) {
        if (scope->kind != join->from ||
            (scope->region.len != 0 && !str_equal(scope->region, region)))
            continue;
        bool fresh = scope->complete && now_ns - scope->heard_ns <= EVIDENCE_TTL_NS;
        if (scope->region.len != 0)
            return value_bool(fresh);
        known = value_bool(fresh);
    }
    return known;
}

static value text_fact(str text, struct arena *arena)
{
    value v;
    struct error err = ERROR_INIT;
    if (text.len == 0 || !json_read(arena_str(arena, text), limits_default(), arena, &v, &err))
        return value_absent();
    return v;
}

static value make_fact(struct evidence *evidence, size_t at, value document, int64_t now_ns,
                       struct arena *arena)
{
    const struct level_join *join = &evidence->level->joins.items[at];
    if (join->take == LEVEL_TAKE_KNOWN)
        return known_fact(evidence, join, document, now_ns);
    struct members found = others(evidence, at, document, arena);
    if (join->take == LEVEL_TAKE_COUNT)
        return value_uint(found.list.len, arena);
    if (found.list.len == 0)
        return value_absent();
    if (join->take == LEVEL_TAKE_NAME)
        return value_string(arena_str(arena, found.list.items[0]->name));
    return text_fact(found.list.items[0]->taken[at], arena);
}

value evidence_facts(struct evidence *evidence, const struct level_kind *kind, value document,
                     int64_t ready_generation, int64_t now_ns, struct arena *arena)
{
    struct object_builder facts;
    if (!is_judged(evidence, kind))
        return value_absent();
    object_begin(&facts, arena);
    for (size_t i = 0; i < evidence->level->joins.len; i++) {
        const struct level_join *join = &evidence->level->joins.items[i];
        if (join->kind != kind)
            continue;
        value fact = make_fact(evidence, i, document, now_ns, arena);
        if (value_present(fact))
            object_add(&facts, join->name, fact);
    }
    object_add(&facts, STR("readyGeneration"), value_int(ready_generation, arena));
    return object_finish(&facts);
}
