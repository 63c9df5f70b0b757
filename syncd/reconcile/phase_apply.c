/* Applying, wave by wave. */
#include "syncd/reconcile/target_internal.h"

/* True when nothing of the wave is open any more. */
static bool wave_is_over(const struct target *target)
{
    for (size_t i = 0; i < target->order_count; i++) {
        const struct target_object *object = &target->objects[target->order[i]];
        if (object->wave > target->wave)
            break;
        if (object->state == OBJECT_TODO || object->state == OBJECT_BUSY ||
            object->state == OBJECT_RETRY)
            return false;
    }
    return true;
}

/* Objects that never got an answer keep a wave open only so long. */
#define WAVE_ATTEMPTS 5

static bool wave_only_retries(const struct target *target)
{
    for (size_t i = 0; i < target->order_count; i++) {
        const struct target_object *object = &target->objects[target->order[i]];
        if (object->wave > target->wave)
            break;
        if (object->state == OBJECT_TODO || object->state == OBJECT_BUSY ||
            (object->state == OBJECT_RETRY && object->attempts < WAVE_ATTEMPTS))
            return false;
    }
    return true;
}

/* What got no answer in its wave is tried again beside everything that follows. */
static void queue_retries(struct target *target)
{
    for (size_t i = 0; i < target->order_count; i++) {
        if (target->objects[target->order[i]].state == OBJECT_RETRY)
            target_queue(target, target->order[i]);
    }
}

/* Moves the cursor back to the first object of the wave that is due; false when none is. */
static bool rewind_wave(struct target *target, int64_t now_ns)
{
    for (size_t i = 0; i < target->cursor; i++) {
        const struct target_object *object = &target->objects[target->order[i]];
        if (object->state == OBJECT_RETRY && object->retry_ns <= now_ns) {
            target->cursor = i;
            return true;
        }
    }
    return false;
}

/* A definition that was just applied is served a moment later: how often that is asked. */
#define SERVED_ATTEMPTS 40

/*
 * Between two waves: true when every kind of the commit is served, or was waited for long enough,
 * so that instances are not sent before their definition works.
 */
static bool kinds_are_served(struct target *target, int64_t now_ns)
{
    bool missing = false, open = target->discovering;
    for (size_t i = 0; i < target->kinds.len; i++) {
        missing = missing || target->kinds.items[i].state == KIND_MISSING;
        open = open || target->kinds.items[i].state == KIND_OPENING ||
               target->kinds.items[i].state == KIND_WANTED;
    }
    if (open)
        return false;
    if (!missing || !target->defines || target->served_attempts >= SERVED_ATTEMPTS)
        return true;
    if (target->discover_ns == 0) {
        target->discover_ns = now_ns + DISCOVER_PAUSE_NS;
        target->served_attempts++;
    }
    return false;
}

bool phase_apply(struct target *target, int64_t now_ns, struct effect *effect)
{
    for (;;) {
        while (target->cursor < target->order_count) {
            uint32_t index = target->order[target->cursor];
            struct target_object *object = &target->objects[index];
            if (object->wave > target->wave)
                break;
            if (target->busy >= target->policy.in_flight)
                return false;
            target->cursor++;
            if (object->state == OBJECT_TODO && !object_wants_apply(target, object))
                object->state = object->contested ? OBJECT_CONTESTED : OBJECT_DONE;
            else if (object_is_due(object, now_ns))
                return target_begin_apply(target, index, effect);
        }
        if (target->busy != 0 && !target->retries)
            return false; /* the wave is not over: no need to walk it at every answer */
        if (!wave_is_over(target) && !wave_only_retries(target)) {
            if (!rewind_wave(target, now_ns))
                return false;
            continue;
        }
        if (target->cursor == target->order_count) {
            queue_retries(target);
            target->phase = TARGET_PRUNE;
            return false;
        }
        if (!kinds_are_served(target, now_ns))
            return false;
        target->wave = target->objects[target->order[target->cursor]].wave;
    }
}
