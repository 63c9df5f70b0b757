/* Steps that do the same, put together. */
#include "syncd/plan/plan_internal.h"

#include <stdlib.h>

/* What makes two steps the same: an index of groups that input cannot make collide. */
static str group_key(const struct plan_build *build, const struct step *step,
                     const struct changes *changes)
{
    uint8_t digest[SHA256_LEN];
    changes_digest(changes, digest);
    const unsigned sort[] = {build->live, step->action, step->hold,
                             step->gate,  step->risks,  step->hook};
    str head = arena_concat(build->scratch, str_from((const char *)sort, sizeof(sort)),
                            step->id.gvk.kind, STR("/"));
    head = arena_concat(build->scratch, head, step->id.gvk.group, STR("/"));
    head = arena_concat(build->scratch, head, step->id.gvk.version, step->problem);
    return arena_concat(build->scratch, head, str_from((const char *)digest, sizeof(digest)),
                        STR(""));
}

static unsigned when(enum step_action action)
{
    static const unsigned bits[STEP_ACTIONS] = {
        [STEP_CREATE] = RISK_ON_CREATE,
        [STEP_CHANGE] = RISK_ON_CHANGE,
        [STEP_DELETE] = RISK_ON_DELETE,
        [STEP_HOLD] = RISK_ON_DELETE,
    };
    return bits[action];
}

static unsigned find_risks(const struct plan_build *build, const struct step *step,
                           const struct step_documents *documents, const struct changes *changes)
{
    const struct risk_rules builtin = risk_rules_builtin();
    const struct gvk *gvk = &step->id.gvk;
    unsigned on = step->hold == HOLD_GATE   ? RISK_ON_DELETE
                  : step->hold != HOLD_NONE ? RISK_ON_CHANGE
                                            : when(step->action);
    unsigned risks =
        risks_find(&builtin, gvk, on, changes) |
        risks_of_level(build->request->level, gvk, documents->before, documents->after);
    if (step->hold == HOLD_GATE && step->gate == GATE_PROTECTED)
        risks |= risk_bit(RISK_PROTECTED);
    if (step->hold == HOLD_GATE && step->gate == GATE_TOO_MANY)
        risks |= risk_bit(RISK_MASS_DELETE);
    return risks;
}

/* The first of its kind: its documents stay as the example. */
static size_t add_group(struct plan_build *build, const struct change_pair *masked,
                        const struct schema_type *type, const struct step *step)
{
    struct changes changes = {0};
    struct group_draft draft = {
        .plan = {.live = build->live,
                 .hook = step->hook,
                 .action = step->action,
                 .hold = step->hold,
                 .gate = step->gate,
                 .risks = step->risks,
                 .gvk = step->id.gvk,
                 .problem = step->problem,
                 .example = {.before = value_copy(masked->before, build->arena),
                             .after = value_copy(masked->after, build->arena)}},
        .last_target = SIZE_MAX,
    };
    changes_find(&draft.plan.example, type, build->arena, &changes);
    draft.plan.changes = changes.list.items;
    draft.plan.change_count = changes.list.len;
    VEC_PUSH(build->arena, &build->groups, draft);
    return build->groups.len - 1;
}

void group_find(struct plan_build *build, const struct step_documents *documents, struct step *step)
{
    struct arena_mark mark = arena_mark(build->scratch);
    struct changes changes = {0};
    const struct change_secrets secrets = {build->request->secret_key, build->request->level};
    struct change_pair masked =
        change_mask(documents->before, documents->after, &secrets, build->scratch);
    changes_find(&masked, documents->type, build->scratch, &changes);
    step->risks |= find_risks(build, step, documents, &changes);
    str key = group_key(build, step, &changes);
    size_t index = (size_t)(uintptr_t)map_get(&build->by_changes, key);
    if (index == 0) {
        index = add_group(build, &masked, documents->type, step) + 1;
        (void)map_put(&build->by_changes, build->arena, arena_str(build->arena, key),
                      (void *)(uintptr_t)index);
    }
    step->group = index - 1;
    arena_rewind(build->scratch, mark);
}

void group_join(struct plan_build *build, const struct step *step, size_t target, size_t index)
{
    struct group_draft *group = &build->groups.items[step->group];
    const struct group_member member = {target, index};
    VEC_PUSH(build->arena, &group->members, member);
    group->plan.target_count += group->last_target != target;
    group->last_target = target;
}

/* What wants to be read first. */
static int weight(const struct plan_group *group)
{
    static const int of_action[STEP_ACTIONS] = {
        [STEP_HOLD] = 1, [STEP_DELETE] = 2, [STEP_CHANGE] = 3, [STEP_CREATE] = 4};
    return (group->risks != 0 ? 0 : 8) + of_action[group->action];
}

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_groups(const void *left, const void *right)
{
    const struct group_draft *a = *(struct group_draft *const *)left;
    const struct group_draft *b = *(struct group_draft *const *)right;
    int order = weight(&a->plan) - weight(&b->plan);
    if (order == 0)
        order = compare_numbers(b->members.len, a->members.len);
    if (order == 0)
        order = str_compare(a->plan.gvk.kind, b->plan.gvk.kind);
    return order != 0 ? order : compare_numbers((size_t)a, (size_t)b); /* as they were found */
}

static void renumber(const struct plan_part *part, const size_t *places)
{
    struct step *steps = (struct step *)(uintptr_t)part->steps; /* ours until the plan is done */
    for (size_t i = 0; i < part->count; i++)
        steps[i].group = places[steps[i].group];
}

void groups_finish(struct plan_build *build, struct plan_target *targets, size_t target_count,
                   struct plan *plan)
{
    size_t count = build->groups.len;
    struct group_draft **order = ARENA_ARRAY(build->arena, struct group_draft *, count);
    struct plan_group *groups = ARENA_ARRAY(build->arena, struct plan_group, count);
    size_t *places = ARENA_ARRAY(build->arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        order[i] = &build->groups.items[i];
    if (count != 0)
        qsort(order, count, sizeof(*order), compare_groups);
    for (size_t i = 0; i < count; i++) {
        groups[i] = order[i]->plan;
        groups[i].members = order[i]->members.items;
        groups[i].member_count = order[i]->members.len;
        places[order[i] - build->groups.items] = i;
    }
    for (size_t i = 0; i < target_count; i++) {
        renumber(&targets[i].desired, places);
        renumber(&targets[i].live, places);
    }
    plan->groups = groups;
    plan->group_count = count;
}
