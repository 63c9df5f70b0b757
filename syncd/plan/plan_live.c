/* The live part: what a sync would do to the cluster as it is. */
#include "syncd/plan/plan_internal.h"

static enum step_action action_of(const struct live_object *object)
{
    if (object->hold != HOLD_NONE)
        return STEP_HOLD;
    if (!value_present(object->predicted))
        return STEP_DELETE;
    if (!value_present(object->live))
        return STEP_CREATE;
    return value_equal(object->live, object->predicted) ? STEP_UNCHANGED : STEP_CHANGE;
}

static value without_noise(value document, struct arena *arena)
{
    return value_present(document) ? diff_without_noise(document, arena) : document;
}

struct plan_part live_part(struct plan_build *build, const struct plan_request_target *target,
                           size_t index)
{
    struct part_draft part = {0};
    build->live = true;
    for (size_t i = 0; i < target->cluster->count; i++) {
        const struct live_object *object = &target->cluster->objects[i];
        struct arena_mark mark = arena_mark(build->scratch);
        struct step step = {.id = object->id,
                            .source = object->source,
                            .wave = object->wave,
                            .action = action_of(object),
                            .hold = object->hold,
                            .gate = object->gate,
                            .problem = object->problem,
                            .risks = object->has_holes ? risk_bit(RISK_HOLE) : 0,
                            .group = SIZE_MAX};
        const struct step_documents documents = {
            .before = without_noise(object->live, build->scratch),
            .after = without_noise(object->predicted, build->scratch),
            .type = object->type};
        if (step.action != STEP_UNCHANGED)
            group_find(build, &documents, &step);
        part_add(build, &part, &step);
        arena_rewind(build->scratch, mark);
    }
    return part_finish(build, &part, index);
}
