/* Applying, in the order of the commit's graph. */
#include "syncd/reconcile/target_internal.h"

/* True while something that was let go has not been tried to the end. */
static bool is_open(const struct target *target)
{
    if (target->busy != 0 || target->todo.len != 0)
        return true;
    for (size_t i = 0; i < target->later.len; i++) {
        const struct target_object *object = &target->objects[target->later.items[i]];
        if (object->state == OBJECT_RETRY && object->attempts < TRIED_ATTEMPTS)
            return true;
    }
    return false;
}

bool phase_apply(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (!target->flowing)
        flow_begin(target, now_ns);
    if (target_todo_work(target, now_ns, effect))
        return true;
    /* What waits for something to become ready is taken up from the settled state. */
    if (!is_open(target))
        target->phase = TARGET_PRUNE;
    return false;
}
