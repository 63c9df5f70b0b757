/* Before anything is written: reach the cluster, list its kinds, widen the inventory. */
#include "syncd/reconcile/target_internal.h"

bool phase_connect(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (target->connecting || now_ns < target->retry_ns)
        return false;
    target->connecting = true;
    *effect = (struct effect){.kind = EFFECT_CONNECT};
    return true;
}

static bool kind_is_settled(enum kind_state state)
{
    return state == KIND_SYNCED || state == KIND_MISSING || state == KIND_DENIED;
}

bool target_open_kinds(struct target *target, struct effect *effect)
{
    for (size_t i = 0; i < target->kinds.len; i++) {
        if (target->kinds.items[i].state != KIND_WANTED)
            continue;
        target->kinds.items[i].state = KIND_OPENING;
        *effect = (struct effect){.kind = EFFECT_OPEN_KIND, .index = (uint32_t)i};
        return true;
    }
    return false;
}

void phase_list(struct target *target)
{
    if (target->desired == NULL)
        return; /* reached ahead of the first commit */
    for (size_t i = 0; i < target->kinds.len; i++) {
        if (!kind_is_settled(target->kinds.items[i].state))
            return;
    }
    target->phase = TARGET_RECORD;
}

static bool ahead_is_needed(const struct target *target)
{
    for (size_t i = 0; i < target->order_count; i++) {
        if (!target->objects[target->order[i]].recorded)
            return true;
    }
    for (size_t i = 0; i < target->desired->order->run_count; i++) {
        uint32_t hook = target->desired->order->runs[i].hook;
        const struct target_object *object = table_find(target, target->desired->hooks[hook].key);
        if (!object->recorded)
            return true;
    }
    return false;
}

bool target_write_inventory(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (target->writing || now_ns < target->write_retry_ns)
        return false;
    target->writing = true;
    hooks_begin_write(target);
    target->inventory_dirty = false; /* what changes from here on is for the next one */
    *effect = (struct effect){.kind = EFFECT_WRITE_INVENTORY};
    return true;
}

bool phase_record(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (!target->written_ahead && ahead_is_needed(target))
        return target_write_inventory(target, now_ns, effect);
    target->phase = TARGET_APPLY;
    return false;
}

bool target_discover(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (target->discovering || target->discover_ns == 0 || now_ns < target->discover_ns)
        return false;
    target->discovering = true;
    target->discover_ns = 0;
    *effect = (struct effect){.kind = EFFECT_DISCOVER};
    return true;
}
