/* Looking at a target, for notes, reports and tests. */
#include "syncd/reconcile/target_internal.h"

str target_name(const struct target *target)
{
    return target->name;
}

enum target_phase target_phase(const struct target *target)
{
    return target->phase;
}

const char *target_phase_name(enum target_phase phase)
{
    static const char *const names[] = {
        [TARGET_IDLE] = "idle",        [TARGET_CONNECT] = "unreachable", [TARGET_LIST] = "listing",
        [TARGET_RECORD] = "recording", [TARGET_APPLY] = "applying",      [TARGET_PRUNE] = "pruning",
        [TARGET_CLOSE] = "closing",    [TARGET_SETTLED] = "settled",     [TARGET_HELD] = "held",
    };
    return names[phase];
}

const struct desired *target_desired(const struct target *target)
{
    return target->desired;
}

const struct desired *target_previous(const struct target *target)
{
    return target->previous;
}

size_t target_object_count(const struct target *target)
{
    return target->object_count;
}

const struct target_object *target_object_at(const struct target *target, size_t index)
{
    CHECK(index < target->object_count);
    return &target->objects[index];
}

str target_version(const struct target *target, const struct target_object *object)
{
    return target->kinds.items[object->kind].gvk.version;
}

const struct target_kind *target_kind_at(const struct target *target, size_t index)
{
    CHECK(index < target->kinds.len);
    return &target->kinds.items[index];
}

str target_problem(const struct target *target)
{
    return str_z(target->problem);
}

str target_cluster_uid(const struct target *target)
{
    return str_z(target->cluster_uid);
}

bool target_owns_all(const struct target *target, uint32_t index)
{
    const struct target_object *object = target_object_at(target, index);
    return object->desired != NO_DESIRED && object->acknowledged &&
           hash_equal(object->acked_desired, target_form(target, index).digest);
}

static void count_object(const struct target_object *object, struct target_summary *summary)
{
    switch ((enum object_state)object->state) {
    case OBJECT_TODO:
    case OBJECT_BUSY:
    case OBJECT_WAITING:
    case OBJECT_RUNNING:
    case OBJECT_RETRY: summary->waiting++; return;
    case OBJECT_HELD: summary->held++; return;
    case OBJECT_FAILED: summary->failed++; return;
    case OBJECT_CONFLICT: summary->conflicts++; return;
    case OBJECT_CONTESTED: summary->contested++; return;
    case OBJECT_KEPT: summary->kept++; return;
    case OBJECT_LEAVING: summary->leaving++; return;
    case OBJECT_DELETED: summary->deleted++; return;
    case OBJECT_DONE: break;
    }
    if (object->change == CHANGE_CREATED)
        summary->created++;
    else if (object->change == CHANGE_UPDATED)
        summary->updated++;
    else
        summary->unchanged++;
}

bool target_is_reached(const struct target *target)
{
    return target->phase > TARGET_CONNECT && target->phase != TARGET_HELD;
}

bool target_all_done(const struct target *target)
{
    for (size_t i = 0; i < target->order_count; i++) {
        if (target->objects[target->order[i]].state != OBJECT_DONE)
            return false;
    }
    return target->desired != NULL;
}

bool target_is_joined(const struct target *target)
{
    return target->joined;
}

struct target_summary target_summary(const struct target *target)
{
    struct target_summary summary = {.total = target->order_count,
                                     .drift = target->drift,
                                     .healed = target->healed,
                                     .strangers = target->strangers};
    for (size_t i = 0; i < target->object_count; i++) {
        const struct target_object *object = &target->objects[i];
        /* A hook that has nothing to do, or did it, is none of the objects. */
        if (!object->hook || (object->state != OBJECT_TODO && object->state != OBJECT_DONE))
            count_object(object, &summary);
    }
    for (size_t i = 0; i < target_hold_count(target); i++)
        summary.withheld += !target->holds[i].let_go;
    summary.blocked = target_blocked(target);
    summary.late = summary.blocked != 0 && target->late;
    bool stuck = summary.failed + summary.conflicts + summary.held != 0;
    bool waits = summary.blocked != 0 && !stuck;
    bool at_work = target->busy != 0 || target->todo.len != 0 || target->later.len != 0 ||
                   !hooks_are_over(target) || leavers_wait(target) || target->inventory_dirty ||
                   target->next != NULL;
    summary.paused =
        target->policy.paused && target->phase >= TARGET_RECORD && target->phase != TARGET_HELD;
    summary.terminal = target->phase == TARGET_HELD || summary.paused ||
                       (target->phase == TARGET_SETTLED && !waits && !at_work);
    return summary;
}

void target_run_text(const struct target *target, uint32_t index, char out[RUN_TEXT])
{
    const struct target_object *object = target_object_at(target, index);
    CHECK(object->run != NO_RUN);
    hook_run_text(target->desired->order->runs[object->run].id, out);
}

const struct desired_hook *target_hook(const struct target *target, uint32_t index)
{
    const struct target_object *object = target_object_at(target, index);
    CHECK(object->run != NO_RUN);
    return &target->desired->hooks[target->desired->order->runs[object->run].hook];
}
