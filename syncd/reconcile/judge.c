/* Drift that was found and looked at, field by field: what is healed, left out, or left alone. */
#include "syncd/reconcile/target_internal.h"

struct verdict_count {
    size_t heal, report, contested, ignore;
};

/* A field that was healed too often is contested, whatever the policy says. */
static struct verdict_count count_actions(struct target *target, const struct target_object *object,
                                          const struct drifts *drifts, enum drift_action *actions,
                                          int64_t now_ns)
{
    struct verdict_count count = {0};
    /* What changes while its healing is on the way belongs to the same round. */
    bool new_round = object->state == OBJECT_DONE || object->state == OBJECT_CONTESTED;
    for (size_t i = 0; i < drifts->list.len; i++) {
        uint64_t field = dispute_field(object->key, drifts->list.items[i].path_hash);
        if (actions[i] == DRIFT_HEAL && new_round &&
            !dispute_heal(&target->disputes, target->fixed, field, now_ns))
            actions[i] = DRIFT_CONTESTED;
        count.heal += actions[i] == DRIFT_HEAL;
        count.report += actions[i] == DRIFT_REPORT;
        count.contested += actions[i] == DRIFT_CONTESTED;
        count.ignore += actions[i] == DRIFT_IGNORE;
    }
    return count;
}

const struct drift_places *places_copy(const struct drift_places *from, struct arena *arena)
{
    if (from == NULL || from->len == 0)
        return NULL;
    struct drift_places places = *from, *copy = ARENA_NEW(arena, struct drift_places);
    struct drift_place *items = ARENA_ARRAY(arena, struct drift_place, places.len);
    for (size_t i = 0; i < places.len; i++) {
        uint32_t *steps = ARENA_ARRAY(arena, uint32_t, places.items[i].len);
        memcpy(steps, places.items[i].steps, places.items[i].len * sizeof(*steps));
        items[i] = (struct drift_place){steps, places.items[i].len};
    }
    *copy = (struct drift_places){items, places.len};
    return copy;
}

/* Remembers what an apply must not state; false when leaving it out would delete something. */
static bool leave_out(struct target *target, struct target_object *object,
                      const struct drifts *drifts, const enum drift_action *actions)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    bool *leave = ARENA_ARRAY(scratch, bool, drifts->list.len);
    struct drift_places places;
    for (size_t i = 0; i < drifts->list.len; i++)
        leave[i] = actions[i] != DRIFT_HEAL;
    if (!drift_find_places(drifts, leave, scratch, &places))
        return false;
    object->left_out = places_copy(&places, target->table);
    return true;
}

static void set_aside(struct target *target, struct target_object *object, const char *why)
{
    target_undo(target, object, OBJECT_CONTESTED);
    object_set_problem(target, object, why);
    target->report = true;
}

static bool needs_apply(const struct target *target, const struct target_object *object)
{
    const struct desired_form form = target_form(target, (uint32_t)(object - target->objects));
    return !hold_is_shut(target, object) &&
           (!object->acknowledged || !hash_equal(object->acked_desired, form.digest));
}

static void put_to_work(struct target *target, uint32_t index)
{
    struct target_object *object = &target->objects[index];
    if (object->state == OBJECT_WAITING || object->state == OBJECT_TODO)
        return; /* the pass that is going on takes it along */
    target_undo(target, object, OBJECT_TODO);
    if (target->flowing)
        target_queue(target, index);
}

void target_judged(struct target *target, uint32_t index, const struct drifts *drifts,
                   enum drift_action *actions, uint64_t digest, int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    struct verdict_count count = count_actions(target, object, drifts, actions, now_ns);
    bool news = count.heal + count.report + count.contested != 0;
    CHECK(object->state != OBJECT_BUSY && object->desired != NO_DESIRED);
    if (news && !object->drifted)
        target->drift++;
    object->drifted = news;
    object->told = object->told || news;
    object->contested = count.contested != 0;
    object->judged = digest;
    object->tolerated = count.heal == 0 && drifts->list.len != 0;
    if (object->state == OBJECT_FAILED || object->state == OBJECT_CONFLICT)
        return; /* waits for the next commit */
    object->left_out = NULL;
    bool others = count.report + count.contested + count.ignore != 0;
    if (count.heal == 0 && !needs_apply(target, object)) {
        if (!news && object->state == OBJECT_CONTESTED)
            object->problem = NULL;
        if (count.contested != 0)
            set_aside(target, object, "another writer keeps changing it; left alone");
        else if (object->state != OBJECT_DONE)
            target_undo(target, object, OBJECT_DONE);
        flow_review(target, index);
        return;
    }
    if (others && !leave_out(target, object, drifts, actions)) {
        object->tolerated = true;
        set_aside(target, object,
                  "fields of it are to be left alone, and cannot be without deleting them");
        flow_review(target, index);
        return;
    }
    put_to_work(target, index);
}

void target_examine(struct target *target, uint32_t index, uint64_t digest)
{
    struct target_object *object = &target->objects[index];
    object->judged = digest;
    object->examine = true;
    put_to_work(target, index);
}

/* One that is written again and again is judged by what was seen in between. */
#define LOOKS_MOST 4

/* An event that came while the object was looked at was not judged, and what was found is old. */
static bool look_again(struct target *target, uint32_t index, const struct outcome *outcome,
                       int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    if (outcome->view == NULL || !object_is_overtaken(object, outcome->view) ||
        object->looks == LOOKS_MOST) {
        object->looks = 0;
        return false;
    }
    object->state = OBJECT_RETRY;
    object->retry_ns = now_ns + backoff(LOOK_FIRST_NS, RETRY_MOST_NS, object->looks++);
    object->examine = true;
    target_queue(target, index);
    return true;
}

enum seen_result target_examined(struct target *target, uint32_t index,
                                 const struct outcome *outcome, int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    CHECK(target->busy > 0 && object->state == OBJECT_BUSY);
    target->busy--;
    object->examine = false;
    if (outcome->err != NULL) {
        object->examine = true;
        object_set_problem(target, object, outcome->err->text);
        object_retry(object, now_ns);
        target_queue(target, index);
        return SEEN_EXPECTED;
    }
    if (look_again(target, index, outcome, now_ns))
        return SEEN_EXPECTED;
    target_undo(target, object, OBJECT_DONE);
    if (outcome->view == NULL) {
        object->seen = false;
        return SEEN_DRIFT;
    }
    object_note_seen(target, object, outcome->view);
    if (outcome->as_applied && object->acknowledged && !needs_apply(target, object) &&
        !hash_equal(object->acked_live, object->seen_live)) {
        /* The server itself changed how it keeps what Git says: a new definition, a conversion. */
        object->acked_live = object->seen_live;
        target->inventory_dirty = true;
    }
    if (object_has_drifted(object) || needs_apply(target, object))
        return SEEN_DRIFT;
    flow_review(target, index);
    return SEEN_EXPECTED;
}

bool target_calmed_down(struct target *target, uint32_t index)
{
    struct target_object *object = &target->objects[index];
    bool calm = object->told && !object->drifted && object->state == OBJECT_DONE;
    object->told = object->told && !calm;
    return calm;
}

bool target_next_missing(struct target *target, uint32_t *ret_object)
{
    while (target->missing.len != 0) {
        uint32_t index = target->missing.items[--target->missing.len];
        const struct target_object *object = &target->objects[index];
        if (object->seen || object->desired == NO_DESIRED || object->state == OBJECT_BUSY)
            continue;
        *ret_object = index;
        return true;
    }
    return false;
}
