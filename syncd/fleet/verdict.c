#include "syncd/fleet/verdict.h"

#include "syncd/base/map.h"
#include "syncd/value/json.h"

#include <stdlib.h>

/* What is remembered from one judgement to the next. */
struct memory {
    struct fleet_verdict verdict;
    int64_t ready_generation; /* at which it was ready last; 0 = never */
};

struct verdicts {
    const struct level *level;
    struct arena *fixed; /* rules */
    struct health_rules *rules;
    struct evidence *evidence;
    struct arena *arena; /* of the last judgement: texts, memories, the map */
    struct map by_key;   /* "group/Kind namespace/name" → memory */
    VEC(struct fleet_verdict) all;
};

bool verdicts_create(const struct level *level, struct verdicts **ret_verdicts, struct error *err)
{
    struct verdicts *verdicts = calloc(1, sizeof(*verdicts));
    CHECK(verdicts != NULL);
    verdicts->level = level;
    verdicts->fixed = arena_create(ARENA_NO_BUDGET);
    verdicts->arena = arena_create(ARENA_NO_BUDGET);
    verdicts->rules = health_rules_new(limits_default(), verdicts->fixed);
    verdicts->evidence = evidence_create(level);
    bool own = !value_present(level->verdicts) ||
               health_rules_add(verdicts->rules, level->verdicts, STR("verdicts.yaml"), err);
    if (!own || !health_rules_add_builtin(verdicts->rules, err)) {
        verdicts_destroy(verdicts);
        return false;
    }
    *ret_verdicts = verdicts;
    return true;
}

void verdicts_destroy(struct verdicts *verdicts)
{
    if (verdicts == NULL)
        return;
    evidence_destroy(verdicts->evidence);
    arena_destroy(verdicts->arena);
    arena_destroy(verdicts->fixed);
    free(verdicts);
}

struct evidence *verdicts_evidence(struct verdicts *verdicts)
{
    return verdicts->evidence;
}

const struct health_rules *verdicts_rules(const struct verdicts *verdicts)
{
    return verdicts->rules;
}

static str memory_key(const struct level_kind *kind, str key, struct arena *arena)
{
    return arena_printf(arena, "%.*s/%.*s %.*s", STR_ARG(kind->gvk.group), STR_ARG(kind->gvk.kind),
                        STR_ARG(key));
}

static bool is_same(const struct fleet_verdict *a, const struct fleet_verdict *b)
{
    return a->state == b->state && str_equal(a->reason, b->reason);
}

static struct memory judge_one(struct verdicts *verdicts, const struct evidence_judged *judged,
                               const struct memory *before, int64_t now_ns, struct arena *arena)
{
    value document;
    struct error err = ERROR_INIT;
    struct memory memory = {
        .verdict = {.kind = judged->kind,
                    .key = arena_concat(arena, judged->namespace, STR("/"), judged->name),
                    .state = HEALTH_NO_RULE,
                    .observed_ns = judged->heard_ns,
                    .since_ns = now_ns,
                    .said_ns = now_ns},
        .ready_generation = before != NULL ? before->ready_generation : 0};
    if (!json_read(judged->text, limits_default(), arena, &document, &err))
        return memory;
    const struct health_evidence seen = {.object = document,
                                         .facts = evidence_facts(verdicts->evidence, judged->kind,
                                                                 document, memory.ready_generation,
                                                                 now_ns, arena),
                                         .has_status = true,
                                         .heard_ns = judged->heard_ns};
    struct health_verdict verdict = health_judge(verdicts->rules, &seen, arena);
    memory.verdict.state = verdict.state;
    memory.verdict.generation = verdict.generation;
    memory.verdict.reason = verdict.reason;
    memory.verdict.message = str_trim(verdict.message);
    if (verdict.state == HEALTH_READY)
        memory.ready_generation = verdict.generation;
    if (before == NULL || !is_same(&before->verdict, &memory.verdict))
        return memory;
    memory.verdict.since_ns = before->verdict.since_ns;
    if (str_equal(before->verdict.message, memory.verdict.message))
        memory.verdict.said_ns = before->verdict.said_ns;
    return memory;
}

bool verdicts_judge(struct verdicts *verdicts, int64_t now_ns)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct verdicts next = *verdicts;
    bool changed = false;
    size_t cursor = 0;
    struct evidence_judged judged;
    next.arena = arena;
    next.by_key = (struct map){0};
    next.all.items = NULL;
    next.all.len = next.all.cap = 0;
    while (evidence_next(verdicts->evidence, &cursor, &judged)) {
        str key = memory_key(judged.kind,
                             arena_concat(arena, judged.namespace, STR("/"), judged.name), arena);
        const struct memory *before = map_get(&verdicts->by_key, key);
        struct memory *memory = ARENA_NEW(arena, struct memory);
        *memory = judge_one(verdicts, &judged, before, now_ns, arena);
        changed |= before == NULL || !is_same(&before->verdict, &memory->verdict) ||
                   !str_equal(before->verdict.message, memory->verdict.message);
        (void)map_put(&next.by_key, arena, key, memory);
        VEC_PUSH(arena, &next.all, memory->verdict);
    }
    changed |= next.all.len != verdicts->all.len;
    arena_destroy(verdicts->arena);
    *verdicts = next;
    return changed;
}

const struct fleet_verdict *verdicts_all(const struct verdicts *verdicts, size_t *ret_count)
{
    *ret_count = verdicts->all.len;
    return verdicts->all.items;
}

const struct fleet_verdict *verdicts_find(const struct verdicts *verdicts,
                                          const struct level_kind *kind, str key)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const struct memory *memory = map_get(&verdicts->by_key, memory_key(kind, key, scratch));
    return memory != NULL ? &memory->verdict : NULL;
}

struct health_verdict verdicts_judge_object(struct verdicts *verdicts,
                                            const struct level_kind *kind, value document,
                                            bool has_status, int64_t now_ns, struct arena *arena)
{
    value metadata = value_get(document, STR("metadata"));
    str name = arena_concat(arena, value_str(value_get(metadata, STR("namespace"))), STR("/"),
                            value_str(value_get(metadata, STR("name"))));
    const struct memory *memory = map_get(&verdicts->by_key, memory_key(kind, name, arena));
    int64_t ready_generation = memory != NULL ? memory->ready_generation : 0;
    const struct health_evidence seen = {.object = document,
                                         .facts = evidence_facts(verdicts->evidence, kind, document,
                                                                 ready_generation, now_ns, arena),
                                         .has_status = has_status,
                                         .heard_ns = now_ns};
    return health_judge(verdicts->rules, &seen, arena);
}
