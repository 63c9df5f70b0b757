/* What to do next: one commit after the other, one phase after the other. */
#include "syncd/reconcile/target_internal.h"

struct target *target_create(str name, str owner, const struct target_policy *policy)
{
    struct arena *fixed = arena_create(ARENA_NO_BUDGET);
    struct target *target = ARENA_NEW(fixed, struct target);
    *target = (struct target){.name = arena_str(fixed, name),
                              .owner = arena_str(fixed, owner),
                              .policy = *policy,
                              .fixed = fixed,
                              .table = arena_create(ARENA_NO_BUDGET),
                              .flow = arena_create(ARENA_NO_BUDGET),
                              .later_ns = INT64_MAX};
    return target;
}

void target_destroy(struct target *target)
{
    if (target == NULL)
        return;
    desired_unref(target->desired);
    desired_unref(target->previous);
    desired_unref(target->next);
    arena_destroy(target->flow);
    arena_destroy(target->table);
    arena_destroy(target->fixed);
}

void target_set_policy(struct target *target, const struct target_policy *policy)
{
    bool reported = target->policy.paused != policy->paused;
    target->policy = *policy;
    target->report = target->report || reported;
    if (target->phase == TARGET_SETTLED)
        target_reopen_prune(target);
}

/* Begins the commit's work from the start, with what is known. */
static void restart(struct target *target)
{
    target->prune_cursor = 0;
    target->flowing = false;
    target->served_attempts = 0;
    target->defines = false;
    target->written_ahead = false;
    target->phase = TARGET_LIST;
}

void target_take(struct target *target, struct desired *desired)
{
    desired_unref(target->next);
    target->next = desired_ref(desired);
    target->refused = false;
}

/* Requests on their way name objects of the old table: the next commit waits for their answers. */
static bool may_switch(const struct target *target)
{
    return target->next != NULL && target->busy == 0 && !target->writing && !target->connecting;
}

static void switch_commit(struct target *target)
{
    desired_unref(target->previous);
    target->previous = target->desired;
    target->desired = target->next;
    target->next = NULL;
    target->drift = target->healed = target->strangers = 0;
    table_rebuild(target, (str){0});
    if (target->phase == TARGET_HELD)
        return;
    if (!target->inventory_known)
        target->phase = TARGET_CONNECT;
    else
        restart(target);
}

/* A kind's scope became known: its objects move to where they are, and the pass begins again. */
static void place_objects(struct target *target)
{
    target->unplaced = false;
    table_place(target);
    if (target->phase > TARGET_LIST && target->phase != TARGET_HELD)
        restart(target);
}

void target_reach(struct target *target)
{
    if (target->phase == TARGET_IDLE)
        target->phase = TARGET_CONNECT;
}

void target_refuse(struct target *target)
{
    target->refused = true;
}

/* Phases that may write wait while nothing may be written. */
static bool may_go_on(const struct target *target)
{
    bool writes = target->phase >= TARGET_RECORD && target->phase != TARGET_HELD;
    return !writes || !(target->policy.unsure || target->policy.paused);
}

static bool phase_effect(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (!may_go_on(target))
        return false;
    switch (target->phase) {
    case TARGET_IDLE:
    case TARGET_HELD: return false;
    case TARGET_CONNECT: return phase_connect(target, now_ns, effect);
    case TARGET_LIST: phase_list(target); return false;
    case TARGET_RECORD: return phase_record(target, now_ns, effect);
    case TARGET_APPLY: return phase_apply(target, now_ns, effect);
    case TARGET_PRUNE: return phase_prune(target, now_ns, effect);
    case TARGET_CLOSE: return phase_close(target, now_ns, effect);
    case TARGET_SETTLED: return phase_settled(target, now_ns, effect);
    }
    return false;
}

bool target_next_effect(struct target *target, int64_t now_ns, struct effect *ret_effect)
{
    if (target->next != NULL && !may_switch(target))
        return false;
    if (target->next != NULL)
        switch_commit(target);
    if (target->unplaced && (target->busy != 0 || target->writing || target->connecting))
        return false;
    if (target->unplaced)
        place_objects(target);
    bool reached = target->phase > TARGET_CONNECT && target->phase != TARGET_HELD;
    if (reached &&
        (target_open_kinds(target, ret_effect) || target_discover(target, now_ns, ret_effect)))
        return true;
    enum target_phase before;
    do {
        before = target->phase;
        if (phase_effect(target, now_ns, ret_effect))
            return true;
    } while (target->phase != before);
    /* Whoever knows whether writing is allowed may only find out now that the target is reached. */
    if (!may_go_on(target) && !target->asked)
        target->asked = target->report = true;
    /* While a settled target is at work, there is nothing to say yet. */
    if (target->report && !(target->phase == TARGET_SETTLED && target->busy != 0)) {
        target->report = false;
        *ret_effect = (struct effect){.kind = EFFECT_REPORT};
        return true;
    }
    return false;
}

/* What is due already waits for an answer, and that wakes by itself. */
static void earliest(int64_t *wake, int64_t at, int64_t now_ns)
{
    if (at > now_ns && at < *wake)
        *wake = at;
}

int64_t target_wake_ns(const struct target *target, int64_t now_ns)
{
    int64_t wake = INT64_MAX;
    if (target->phase == TARGET_CONNECT && !target->connecting)
        earliest(&wake, target->retry_ns, now_ns);
    if (!target->discovering)
        earliest(&wake, target->discover_ns, now_ns);
    if (!target->writing)
        earliest(&wake, target->write_retry_ns, now_ns);
    earliest(&wake, target->later_ns != INT64_MAX ? target->later_ns : 0, now_ns);
    if (leavers_wait(target) && target->policy.wave_timeout_ns != 0)
        earliest(&wake, target->leavers.since_ns + target->policy.wave_timeout_ns, now_ns);
    if (target_blocked(target) != 0 && target->policy.wave_timeout_ns != 0 && !target->late)
        earliest(&wake, target->flow_ns + target->policy.wave_timeout_ns, now_ns);
    return wake;
}
