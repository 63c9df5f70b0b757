/*
 * Objects that a rollout holds back. While one is, the form before is what Git wants of it; but
 * that is written only over itself: a cluster whose field holds anything else is not touched,
 * because there is no way back.
 */
#include "syncd/reconcile/target_internal.h"

static const struct desired_hold *stated_hold(const struct target *target,
                                              const struct target_object *object)
{
    const struct desired *desired = target->desired;
    if (desired == NULL || desired->hold_of == NULL || object->desired == NO_DESIRED ||
        desired->hold_of[object->desired] == DESIRED_NO_HOLD)
        return NULL;
    return &desired->holds[desired->hold_of[object->desired]];
}

struct target_hold *hold_of(const struct target *target, const struct target_object *object)
{
    const struct desired_hold *stated = stated_hold(target, object);
    return stated != NULL ? &target->holds[stated - target->desired->holds] : NULL;
}

size_t target_hold_count(const struct target *target)
{
    return target->desired != NULL ? target->desired->hold_count : 0;
}

const struct target_hold *target_hold_at(const struct target *target, size_t index)
{
    CHECK(index < target_hold_count(target));
    return &target->holds[index];
}

static struct desired_form form_of(const struct target *target, const struct target_object *object,
                                   bool let_go)
{
    const struct desired_hold *stated = stated_hold(target, object);
    const struct desired_object *wanted = &target->desired->objects[object->desired];
    if (stated != NULL && !let_go)
        return stated->before;
    return (struct desired_form){wanted->digest, wanted->json};
}

struct desired_form target_form(const struct target *target, uint32_t index)
{
    const struct target_object *object = target_object_at(target, index);
    const struct target_hold *hold = hold_of(target, object);
    return form_of(target, object, hold == NULL || hold->let_go);
}

struct desired_form hold_sent_form(const struct target *target, const struct target_object *object)
{
    const struct target_hold *hold = hold_of(target, object);
    return form_of(target, object, hold == NULL || hold->sent);
}

bool hold_is_shut(const struct target *target, const struct target_object *object)
{
    const struct target_hold *hold = hold_of(target, object);
    return hold != NULL && !hold->let_go && (!object->seen || hold->value != HOLD_FROM);
}

/* What was applied last and has not changed since needs no look. */
static enum hold_value deduce(const struct target *target, const struct target_object *object)
{
    if (!object->acknowledged || !object->seen ||
        !hash_equal(object->acked_live, object->seen_live))
        return HOLD_UNKNOWN;
    if (stated_hold(target, object)->offers != NULL)
        return HOLD_UNKNOWN; /* what it offers is to be read, too */
    if (hash_equal(object->acked_desired, form_of(target, object, false).digest))
        return HOLD_FROM;
    return hash_equal(object->acked_desired, form_of(target, object, true).digest) ? HOLD_TO
                                                                                   : HOLD_UNKNOWN;
}

void holds_begin(struct target *target)
{
    size_t count = target_hold_count(target);
    target->holds = ARENA_ARRAY(target->table, struct target_hold, count);
    for (size_t i = 0; i < count; i++)
        target->holds[i].object = NO_DESIRED;
    for (size_t i = 0; count != 0 && i < target->object_count; i++) {
        struct target_object *object = &target->objects[i];
        struct target_hold *hold = hold_of(target, object);
        if (hold == NULL)
            continue;
        *hold = (struct target_hold){.object = (uint32_t)i, .value = deduce(target, object)};
        if (hold->value == HOLD_UNKNOWN && object->seen)
            object->examine = true;
    }
}

static void work_again(struct target *target, uint32_t index)
{
    struct target_object *object = &target->objects[index];
    target_undo(target, object, OBJECT_TODO);
    object->problem = NULL;
    object->attempts = 0;
    target->report = true;
    if (target->flowing)
        target_queue(target, index);
}

static bool offers(const struct desired_hold *stated, value document)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct level_matches matches = {0};
    if (stated->offers == NULL)
        return false;
    level_path_find(stated->offers, document, scratch, &matches);
    VEC_FOR (const struct level_match, match, &matches.items) {
        if (str_equal(value_str(match->val), stated->to))
            return true;
    }
    return false;
}

bool target_note_value(struct target *target, uint32_t index, value document)
{
    struct target_object *object = &target->objects[index];
    const struct desired_hold *stated = stated_hold(target, object);
    if (stated == NULL || !object->seen ||
        version_pack(object_resource_version(document)) != object->seen_version)
        return false;
    struct target_hold *hold = hold_of(target, object);
    str text = level_path_text(stated->field, document);
    hold->value = str_equal(text, stated->from) ? HOLD_FROM
                  : str_equal(text, stated->to) ? HOLD_TO
                                                : HOLD_OTHER;
    hold->generation = object_generation(document);
    hold->available = offers(stated, document);
    if (object->state == OBJECT_DONE && !object->tolerated && object_wants_apply(target, object))
        work_again(target, index);
    return true;
}

void target_let_go(struct target *target, size_t index)
{
    CHECK(index < target_hold_count(target));
    struct target_hold *hold = &target->holds[index];
    if (hold->let_go || hold->object == NO_DESIRED)
        return;
    struct target_object *object = &target->objects[hold->object];
    hold->let_go = true;
    if (object->state == OBJECT_BUSY || object->state == OBJECT_WAITING ||
        object->state == OBJECT_TODO)
        return; /* its answer, or the pass that is going on, takes it along */
    if (object_wants_apply(target, object))
        work_again(target, hold->object);
}

void target_kind_heard(struct target *target, uint32_t kind, int64_t now_ns)
{
    if (target->kinds.items[kind].state == KIND_SYNCED)
        target->kinds.items[kind].heard_ns = now_ns;
}
