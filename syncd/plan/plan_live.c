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

static bool leaves(const struct live_object *object)
{
    return !value_present(object->predicted);
}

static bool one_cluster(const struct plan_request_target *a, const struct plan_request_target *b)
{
    return a->cluster != NULL && b->cluster != NULL && a->cluster_uid.len != 0 &&
           str_equal(a->cluster_uid, b->cluster_uid);
}

/* What targets[self] need not remove: others want it, or an earlier one removes it. */
static void collect(const struct plan_request_target *targets, size_t count, size_t self,
                    struct map *keys, struct arena *scratch)
{
    for (size_t i = 0; i < count; i++) {
        if (i == self || !one_cluster(&targets[i], &targets[self]))
            continue;
        for (size_t j = 0; j < targets[i].cluster->count; j++) {
            const struct live_object *object = &targets[i].cluster->objects[j];
            if (!leaves(object) || i < self)
                (void)map_put(keys, scratch, object_id_key(&object->id, scratch), keys);
        }
    }
}

void plan_combine(struct plan_request_target *targets, size_t count, struct arena *arena)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct plan_cluster *combined = ARENA_ARRAY(arena, struct plan_cluster, count);
    for (size_t i = 0; i < count; i++) {
        const struct plan_cluster *cluster = targets[i].cluster;
        struct map keys = {0};
        collect(targets, count, i, &keys, scratch);
        struct live_object *objects =
            ARENA_ARRAY(arena, struct live_object, keys.len != 0 ? cluster->count : 0);
        combined[i].objects = objects;
        for (size_t j = 0; keys.len != 0 && j < cluster->count; j++) {
            const struct live_object *object = &cluster->objects[j];
            if (!leaves(object) || !map_has(&keys, object_id_key(&object->id, scratch)))
                objects[combined[i].count++] = *object;
        }
        if (keys.len == 0 && cluster != NULL)
            combined[i] = *cluster;
    }
    for (size_t i = 0; i < count; i++)
        targets[i].cluster = targets[i].cluster != NULL ? &combined[i] : NULL;
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
