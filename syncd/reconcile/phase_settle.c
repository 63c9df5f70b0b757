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
    if (target_prune_goes_on(target)) /* what held it passed while this was being written */
        target_reopen_prune(target);
    return false;
}

/* What has waited too long has failed the sync: that is said, and the hooks for it run. */
static void watch_time(struct target *target, int64_t now_ns)
{
    size_t blocked = target_blocked(target);
    if (blocked == 0 || blocked != target->blocked_then) {
        target->blocked_then = blocked;
        target->flow_ns = now_ns;
        target->late = false;
        return;
    }
    int64_t most = target->policy.wave_timeout_ns;
    if (most == 0 || target->late || now_ns < target->flow_ns + most)
        return;
    target->late = target->report = true;
    hooks_sync_failed(target);
}

bool phase_settled(struct target *target, int64_t now_ns, struct effect *effect)
{
    watch_time(target, now_ns);
    leavers_let_go(target, now_ns);
    if (target_todo_work(target, now_ns, effect))
        return true;
    if (target->busy == 0 && target->inventory_dirty)
        return target_write_inventory(target, now_ns, effect);
    return false;
}
