/* The desired part: what the head commit changes in what a target shall hold. */
#include "syncd/plan/hole.h"
#include "syncd/plan/join.h"
#include "syncd/plan/plan_internal.h"

#include "syncd/value/json.h"

static value read_document(const struct desired_object *object, struct arena *arena)
{
    struct error ignored = ERROR_INIT;
    value document;
    if (object == NULL)
        return value_absent();
    if (json_read(object->json, limits_default(), arena, &document, &ignored))
        return document;
    return value_string(object->json); /* the renderer wrote it: a bug, but it shows */
}

/* Which of several objects of a name a uid means is only known in the cluster. */
static bool is_tombstoned(const struct desired *head, str key)
{
    if (head == NULL)
        return false;
    VEC_FOR (const struct tombstone, tombstone, &head->tombstones.list) {
        if (str_equal(tombstone->key, key))
            return true;
    }
    return false;
}

/* What can be known of a deletion without its cluster. */
static enum gate_reason gate_of(const struct plan_build *build, const struct desired_join *join,
                                const struct desired_object *object, uint64_t deletions)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct prune_policy *prune = &build->request->prune;
    value document = read_document(object, arena);
    const struct gate_case facts = {
        .prune_enabled = prune->enabled,
        .render_whole = true,
        .newest = true,
        .not_empty = join->head != NULL && join->head->count != 0,
        .all_applied = true,
        .lists_complete = true,
        .right_cluster = true,
        .cluster_whole = true,
        .in_inventory = true,
        .owned = true,
        .uid_known = true,
        .kind_protected = gate_protects(&object->id.gvk) ||
                          risk_needs_tombstone(build->request->level, &object->id.gvk, document),
        .tombstoned = is_tombstoned(join->head, object->key),
        .kept = gate_keeps(document),
        .deletions = deletions,
        .total = join->base->count,
        .max_count = prune->max_count,
        .max_percent = prune->max_percent,
    };
    return gate_decide(&facts);
}

static uint64_t count_deletions(struct desired_join join)
{
    const struct desired_object *before, *after;
    uint64_t count = 0;
    while (desired_join_next(&join, &before, &after))
        count += after == NULL;
    return count;
}

/* The same two texts were compared for another target: then the answer is the same. */
static struct memo *find_memo(struct plan_build *build, const struct desired_object *before,
                              const struct desired_object *after, const struct step *step)
{
    struct {
        struct hash128 before, after;
        uint64_t action, gate, hook, risks;
    } key = {.action = step->action, .gate = step->gate, .hook = step->hook, .risks = step->risks};
    if (before != NULL)
        key.before = before->digest;
    if (after != NULL)
        key.after = after->digest;
    str bytes = str_from((const char *)&key, sizeof(key));
    struct memo *memo = map_get(&build->by_texts, bytes);
    str left = before != NULL ? before->json : STR("");
    str right = after != NULL ? after->json : STR("");
    if (memo != NULL)
        return str_equal(memo->before, left) && str_equal(memo->after, right) ? memo : NULL;
    memo = ARENA_NEW(build->arena, struct memo);
    *memo = (struct memo){.before = left, .after = right, .group = SIZE_MAX};
    (void)map_put(&build->by_texts, build->arena, arena_str(build->arena, bytes), memo);
    return memo;
}

static void find_group(struct plan_build *build, const struct desired_object *before,
                       const struct desired_object *after, struct step *step)
{
    struct memo *memo = find_memo(build, before, after, step);
    if (memo != NULL && memo->group != SIZE_MAX) {
        step->group = memo->group;
        step->risks = build->groups.items[memo->group].plan.risks;
        return;
    }
    if (after != NULL && hole_in(after->json))
        step->risks |= risk_bit(RISK_HOLE);
    struct arena_mark mark = arena_mark(build->scratch);
    const struct schema_set *types = build->request->types;
    const struct step_documents documents = {
        .before = read_document(before, build->scratch),
        .after = read_document(after, build->scratch),
        .type = types != NULL ? schema_find(types, step->id.gvk) : NULL};
    group_find(build, &documents, step);
    arena_rewind(build->scratch, mark);
    if (memo != NULL)
        memo->group = step->group;
}

static struct step make_step(const struct desired_object *before,
                             const struct desired_object *after)
{
    const struct desired_object *object = after != NULL ? after : before;
    return (struct step){
        .id = object->id,
        .source = object->source,
        .wave = object->wave,
        .action = desired_same(before, after) ? STEP_UNCHANGED
                  : before == NULL            ? STEP_CREATE
                  : after == NULL             ? STEP_DELETE
                                              : STEP_CHANGE,
        .group = SIZE_MAX,
    };
}

static void add_objects(struct plan_build *build, const struct plan_request_target *target,
                        struct part_draft *part)
{
    struct desired_join join = {.base = target->base.desired, .head = target->head.desired};
    const struct desired_object *before, *after;
    uint64_t deletions = count_deletions(join);
    while (desired_join_next(&join, &before, &after)) {
        struct step step = make_step(before, after);
        if (step.action == STEP_DELETE) {
            step.gate = gate_of(build, &join, before, deletions);
            step.hold = step.gate != GATE_OPEN ? HOLD_GATE : HOLD_NONE;
            step.action = step.gate != GATE_OPEN ? STEP_HOLD : STEP_DELETE;
            if (is_tombstoned(join.head, before->key))
                step.risks |= risk_bit(RISK_TOMBSTONE);
        }
        if (step.action != STEP_UNCHANGED)
            find_group(build, before, after, &step);
        part_add(build, part, &step);
    }
}

/* Only those that differ: a hook that stays is nothing that the commit does. */
static void add_hooks(struct plan_build *build, const struct plan_request_target *target,
                      struct part_draft *part)
{
    struct desired_join join = {.base = target->base.hooks, .head = target->head.hooks};
    const struct desired_object *before, *after;
    while (desired_join_next(&join, &before, &after)) {
        struct step step = make_step(before, after);
        step.hook = true;
        if (step.action == STEP_UNCHANGED)
            continue;
        find_group(build, before, after, &step);
        part_add(build, part, &step);
    }
}

struct plan_part desired_part(struct plan_build *build, const struct plan_request_target *target,
                              size_t index)
{
    struct part_draft part = {0};
    build->live = false;
    add_objects(build, target, &part);
    add_hooks(build, target, &part);
    return part_finish(build, &part, index);
}
