#include "syncd/plan/plan_internal.h"

#include <stdlib.h>

const char *step_action_name(enum step_action action)
{
    static const char *const names[STEP_ACTIONS] = {"unchanged", "create", "change", "delete",
                                                    "hold"};
    return names[action];
}

void part_add(struct plan_build *build, struct part_draft *part, const struct step *step)
{
    part->counts[step->action]++;
    part->risks |= step->risks;
    if (step->action != STEP_UNCHANGED)
        VEC_PUSH(build->arena, &part->steps, *step);
}

static bool goes(const struct step *step)
{
    return step->action == STEP_DELETE || step->hold == HOLD_GATE;
}

static int compare_steps(const void *left, const void *right)
{
    const struct step *a = left, *b = right;
    if (goes(a) != goes(b))
        return goes(a) - goes(b);
    if (!goes(a) && a->wave != b->wave)
        return a->wave < b->wave ? -1 : 1;
    return object_id_compare(&a->id, &b->id);
}

struct plan_part part_finish(struct plan_build *build, struct part_draft *draft, size_t target)
{
    struct plan_part part = {
        .steps = draft->steps.items, .count = draft->steps.len, .risks = draft->risks};
    memcpy(part.counts, draft->counts, sizeof(part.counts));
    if (part.count > 1)
        qsort(draft->steps.items, part.count, sizeof(*part.steps), compare_steps);
    for (size_t i = 0; i < part.count; i++)
        group_join(build, &part.steps[i], target, i);
    return part;
}

static int compare_targets(const void *left, const void *right)
{
    const struct plan_request_target *a = *(const struct plan_request_target *const *)left;
    const struct plan_request_target *b = *(const struct plan_request_target *const *)right;
    return str_compare(a->name, b->name);
}

static const struct plan_request_target **sort_targets(const struct plan_request *request,
                                                       struct arena *arena)
{
    const struct plan_request_target **order =
        ARENA_ARRAY(arena, const struct plan_request_target *, request->target_count);
    for (size_t i = 0; i < request->target_count; i++)
        order[i] = &request->targets[i];
    if (request->target_count != 0)
        qsort(order, request->target_count, sizeof(*order), compare_targets);
    return order;
}

/* Objects and hooks: what is reviewed is both. */
static struct plan_digest digest_of(const struct plan_request_target *target)
{
    const struct plan_digest digests[] = {
        plan_digest_of(target->name, target->base.desired, target->head.desired),
        plan_digest_of(target->name, target->base.hooks, target->head.hooks),
    };
    return plan_digest_join(digests, ARRAY_LEN(digests));
}

static struct plan_target make_target(struct plan_build *build,
                                      const struct plan_request_target *target, size_t index)
{
    struct plan_target made = {
        .name = target->name,
        .role = target->role,
        .region = target->region,
        .refused = target->head.refused,
        .base_refused = target->base.refused,
        .findings = target->head.findings,
        .finding_count = target->head.finding_count,
        .live_state = target->live_state,
        .live_problem = target->live_problem,
        .verified = target->verified,
        .different = target->different,
        .digest = digest_of(target),
    };
    if (made.refused)
        return made;
    if (build->request->has_base)
        made.desired = desired_part(build, target, index);
    if (made.live_state == LIVE_EVALUATED)
        made.live = live_part(build, target, index);
    return made;
}

static void sum_up(struct plan *plan, const struct plan_target *target)
{
    for (size_t i = 0; i < STEP_ACTIONS; i++) {
        plan->counts[i] += target->desired.counts[i];
        plan->live_counts[i] += target->live.counts[i];
    }
    for (size_t i = 0; i < target->finding_count; i++)
        plan->errors += target->findings[i].severity == SEVERITY_ERROR;
    plan->risks |= target->desired.risks | target->live.risks;
    plan->has_live = plan->has_live || target->live_state != LIVE_NOT_EVALUATED;
    plan->whole = plan->whole && !target->refused;
}

const struct plan *plan_make(const struct plan_request *request, struct arena *arena)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct plan_build build = {.request = request, .arena = arena, .scratch = scratch};
    size_t count = request->target_count;
    struct plan *plan = ARENA_NEW(arena, struct plan);
    struct plan_target *targets = ARENA_ARRAY(arena, struct plan_target, count);
    struct plan_digest *digests = ARENA_ARRAY(arena, struct plan_digest, count);
    const struct plan_request_target **order = sort_targets(request, arena);
    *plan = (struct plan){
        .base = request->base, .head = request->head, .has_base = request->has_base, .whole = true};
    for (size_t i = 0; i < count; i++) {
        targets[i] = make_target(&build, order[i], i);
        digests[i] = targets[i].digest;
        sum_up(plan, &targets[i]);
    }
    groups_finish(&build, targets, count, plan);
    plan->targets = targets;
    plan->target_count = count;
    plan->digest = plan_digest_join(digests, count);
    return plan;
}

static const size_t *counts_that_matter(const struct plan *plan)
{
    return plan->has_live ? plan->live_counts : plan->counts;
}

enum plan_verdict plan_verdict(const struct plan *plan)
{
    const size_t *counts = counts_that_matter(plan);
    if (!plan->whole)
        return PLAN_REFUSED;
    for (size_t i = 0; i < plan->target_count; i++) {
        if (plan->targets[i].live_state == LIVE_UNREACHABLE)
            return PLAN_UNKNOWN;
    }
    if (counts[STEP_HOLD] != 0)
        return PLAN_HELD;
    return counts[STEP_CREATE] + counts[STEP_CHANGE] + counts[STEP_DELETE] != 0 ? PLAN_CHANGES
                                                                                : PLAN_EMPTY;
}

const char *plan_verdict_name(enum plan_verdict verdict)
{
    static const char *const names[] = {"empty", "changes", "held", "unknown", "refused"};
    return names[verdict];
}
