/* After the work: write the inventory down, then stay settled. */
#include "syncd/reconcile/target_internal.h"

bool phase_close(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (target_todo_work(target, now_ns, effect))
        return true;
    if (target->busy != 0)
        return false;
    if (target->inventory_dirty)
        return target_write_inventory(target, now_ns, effect);
    target->phase = TARGET_SETTLED;
    target->report = true;
    return false;
}

bool phase_settled(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (target_todo_work(target, now_ns, effect))
        return true;
    if (target->busy == 0 && target->inventory_dirty)
        return target_write_inventory(target, now_ns, effect);
    return false;
}
