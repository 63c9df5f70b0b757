/* One object's work: when it is due, how it begins, when it is tried again. */
#include "syncd/reconcile/target_internal.h"

int64_t backoff(int64_t first, int64_t most, unsigned attempts)
{
    int64_t pause = first;
    while (attempts-- > 0 && pause < most)
        pause *= 2;
    return pause < most ? pause : most;
}

void object_set_problem(struct target *target, struct target_object *object, const char *text)
{
    object->problem = text != NULL ? arena_str(target->table, str_z(text)).ptr : NULL;
}

void object_retry(struct target_object *object, int64_t now_ns)
{
    object->state = OBJECT_RETRY;
    object->retry_ns = now_ns + backoff(RETRY_FIRST_NS, RETRY_MOST_NS, object->attempts);
    if (object->attempts < UINT8_MAX)
        object->attempts++;
}

void target_undo(struct target *target, struct target_object *object, enum object_state state)
{
    object->state = state;
    target->done_from = 0;
}

void target_queue(struct target *target, uint32_t index)
{
    VEC_PUSH(target->table, &target->todo, index);
}

bool object_wants_apply(const struct target *target, const struct target_object *object)
{
    const struct desired_object *wanted = &target->desired->objects[object->desired];
    if (!object->seen || !object->acknowledged || object->examine)
        return true;
    if (object->tolerated)
        return !hash_equal(object->acked_desired, wanted->digest);
    return !hash_equal(object->acked_desired, wanted->digest) ||
           !hash_equal(object->acked_live, object->seen_live);
}

bool object_is_due(const struct target_object *object, int64_t now_ns)
{
    return object->state == OBJECT_TODO ||
           (object->state == OBJECT_RETRY && object->retry_ns <= now_ns);
}

bool target_begin_apply(struct target *target, uint32_t index, struct effect *effect)
{
    struct target_object *object = &target->objects[index];
    object->state = OBJECT_BUSY;
    memcpy(object->sent_rv, object->seen ? object->seen_rv : "", object->seen ? RV_MAX : 1);
    target->busy++;
    *effect = (struct effect){.kind = object->examine ? EFFECT_EXAMINE : EFFECT_APPLY,
                              .index = index,
                              .force = object->force};
    return true;
}

bool target_todo_work(struct target *target, int64_t now_ns, struct effect *effect)
{
    size_t at = 0;
    while (at < target->todo.len && target->busy < target->policy.in_flight) {
        uint32_t index = target->todo.items[at];
        struct target_object *object = &target->objects[index];
        if (object->state == OBJECT_RETRY && object->retry_ns > now_ns) {
            at++;
            continue;
        }
        target->todo.items[at] = target->todo.items[--target->todo.len];
        if (!object_is_due(object, now_ns))
            continue;
        if (object->desired != NO_DESIRED)
            return target_begin_apply(target, index, effect);
        object->state = OBJECT_BUSY;
        target->busy++;
        /* What passed the gate before a broken commit came has to pass it again. */
        bool passed = object->force && !target->refused;
        *effect = (struct effect){.kind = passed ? EFFECT_DELETE : EFFECT_INSPECT, .index = index};
        object->force = false;
        return true;
    }
    return false;
}
