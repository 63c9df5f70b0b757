/* What to do next: the phases, one after the other. */
#include "syncd/reconcile/target_internal.h"

#include <stdio.h>

struct target *target_create(str name, str owner, const struct target_policy *policy)
{
    struct arena *fixed = arena_create(ARENA_NO_BUDGET);
    struct target *target = ARENA_NEW(fixed, struct target);
    *target = (struct target){.name = arena_str(fixed, name),
                              .owner = arena_str(fixed, owner),
                              .policy = *policy,
                              .fixed = fixed,
                              .table = arena_create(ARENA_NO_BUDGET)};
    return target;
}

void target_destroy(struct target *target)
{
    if (target == NULL)
        return;
    desired_unref(target->desired);
    desired_unref(target->previous);
    desired_unref(target->next);
    arena_destroy(target->table);
    arena_destroy(target->fixed);
}

void target_set_policy(struct target *target, const struct target_policy *policy)
{
    target->policy = *policy;
    if (target->phase == TARGET_SETTLED)
        target_reopen_prune(target);
}

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

void target_queue(struct target *target, uint32_t index)
{
    VEC_PUSH(target->table, &target->todo, index);
}

bool object_wants_apply(const struct target *target, const struct target_object *object)
{
    const struct desired_object *wanted = &target->desired->objects[object->desired];
    if (!object->seen || !object->acknowledged)
        return true;
    return !hash_equal(object->acked_desired, wanted->digest) ||
           !hash_equal(object->acked_live, object->seen_live);
}

/* Begins the commit's work from the start, with what is known. */
static void restart(struct target *target)
{
    target->cursor = target->prune_cursor = 0;
    target->wave = 0;
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

void target_refuse(struct target *target)
{
    target->refused = true;
}

/* --- the phases --- */

static bool connect_phase(struct target *target, int64_t now_ns, struct effect *effect)
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

static bool open_kinds(struct target *target, struct effect *effect)
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

static void list_phase(struct target *target)
{
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
    return false;
}

static bool write_inventory(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (target->writing || now_ns < target->write_retry_ns)
        return false;
    target->writing = true;
    target->inventory_dirty = false; /* what changes from here on is for the next one */
    *effect = (struct effect){.kind = EFFECT_WRITE_INVENTORY};
    return true;
}

/* True when the object may be sent now. */
static bool is_due(const struct target_object *object, int64_t now_ns)
{
    return object->state == OBJECT_TODO ||
           (object->state == OBJECT_RETRY && object->retry_ns <= now_ns);
}

static bool begin_apply(struct target *target, uint32_t index, struct effect *effect)
{
    struct target_object *object = &target->objects[index];
    object->state = OBJECT_BUSY;
    memcpy(object->sent_rv, object->seen ? object->seen_rv : "", object->seen ? RV_MAX : 1);
    target->busy++;
    *effect = (struct effect){.kind = EFFECT_APPLY, .index = index, .force = object->force};
    return true;
}

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

static bool apply_phase(struct target *target, int64_t now_ns, struct effect *effect)
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
                object->state = OBJECT_DONE;
            else if (is_due(object, now_ns))
                return begin_apply(target, index, effect);
        }
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

static bool all_applied(const struct target *target)
{
    for (size_t i = 0; i < target->order_count; i++) {
        if (target->objects[target->order[i]].state != OBJECT_DONE)
            return false;
    }
    return true;
}

static bool lists_complete(const struct target *target)
{
    for (size_t i = 0; i < target->kinds.len; i++) {
        if (target->kinds.items[i].state != KIND_SYNCED)
            return false;
    }
    return true;
}

/* What the gate can know before the object itself was looked at. */
static struct gate_case gate_facts(const struct target *target, const struct target_object *object)
{
    return (struct gate_case){
        .prune_enabled = target->policy.prune,
        .render_whole = !target->refused,
        .newest = !target->refused,
        .not_empty = target->order_count != 0,
        .all_applied = all_applied(target),
        .lists_complete = lists_complete(target),
        .right_cluster = target->phase != TARGET_HELD,
        .in_inventory = object->recorded,
        .owned = object->owned,
        .uid_known = object->uid[0] != '\0',
        .kind_protected = gate_protects(&target->kinds.items[object->kind].gvk),
        .deletions = target->to_delete,
        .total = target->object_count,
        .max_count = target->policy.max_count,
        .max_percent = target->policy.max_percent,
    };
}

static bool prune_phase(struct target *target, int64_t now_ns, struct effect *effect)
{
    while (target->prune_cursor < target->object_count) {
        if (target->busy >= target->policy.in_flight)
            return false;
        uint32_t index = (uint32_t)target->prune_cursor++;
        struct target_object *object = &target->objects[index];
        if (object->desired != NO_DESIRED || !is_due(object, now_ns))
            continue;
        struct gate_case facts = gate_facts(target, object);
        /* What the request itself will show must not be asked of the index. */
        facts.owned = facts.uid_known = true;
        object->kept_by = gate_decide(&facts);
        if (object->kept_by != GATE_OPEN) {
            object->state = OBJECT_KEPT;
            continue;
        }
        object->state = OBJECT_BUSY;
        target->busy++;
        *effect = (struct effect){.kind = EFFECT_INSPECT, .index = index};
        return true;
    }
    if (target->busy == 0)
        target->phase = TARGET_CLOSE;
    return false;
}

void target_inspected(struct target *target, uint32_t index, const struct outcome *outcome,
                      bool keeps, int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    target->busy--;
    if (outcome->err != NULL) {
        object_set_problem(target, object, outcome->err->text);
        object_retry(object, now_ns);
        target_queue(target, index);
        return;
    }
    if (outcome->view == NULL) {
        object->state = OBJECT_DELETED;
        target->inventory_dirty = true;
        return;
    }
    struct gate_case facts = gate_facts(target, object);
    facts.owned = str_equal(outcome->view->owner, target->owner);
    facts.uid_known = object->uid[0] != '\0' && str_equal(outcome->view->uid, str_z(object->uid));
    facts.kept = keeps;
    object->kept_by = gate_decide(&facts);
    if (object->kept_by != GATE_OPEN) {
        object->state = OBJECT_KEPT;
        return;
    }
    object->force = true; /* passed the gate: the next effect for it is the deletion */
    object->state = OBJECT_TODO;
    target_queue(target, index);
}

/* Objects that came back to work: drift, retries, deletions that passed the gate. */
static bool todo_work(struct target *target, int64_t now_ns, struct effect *effect)
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
        if (!is_due(object, now_ns))
            continue;
        if (object->desired != NO_DESIRED)
            return begin_apply(target, index, effect);
        object->state = OBJECT_BUSY;
        target->busy++;
        *effect =
            (struct effect){.kind = object->force ? EFFECT_DELETE : EFFECT_INSPECT, .index = index};
        object->force = false;
        return true;
    }
    return false;
}

static bool close_phase(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (todo_work(target, now_ns, effect))
        return true;
    if (target->busy != 0)
        return false;
    if (target->inventory_dirty)
        return write_inventory(target, now_ns, effect);
    target->phase = TARGET_SETTLED;
    target->report = true;
    return false;
}

static bool settled_phase(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (todo_work(target, now_ns, effect))
        return true;
    if (target->busy == 0 && target->inventory_dirty)
        return write_inventory(target, now_ns, effect);
    return false;
}

static bool discover(struct target *target, int64_t now_ns, struct effect *effect)
{
    if (target->discovering || target->discover_ns == 0 || now_ns < target->discover_ns)
        return false;
    target->discovering = true;
    target->discover_ns = 0;
    *effect = (struct effect){.kind = EFFECT_DISCOVER};
    return true;
}

static bool phase_effect(struct target *target, int64_t now_ns, struct effect *effect)
{
    switch (target->phase) {
    case TARGET_IDLE:
    case TARGET_HELD: return false;
    case TARGET_CONNECT: return connect_phase(target, now_ns, effect);
    case TARGET_LIST: list_phase(target); return false;
    case TARGET_RECORD:
        if (!target->written_ahead && ahead_is_needed(target))
            return write_inventory(target, now_ns, effect);
        target->phase = TARGET_APPLY;
        return false;
    case TARGET_APPLY: return apply_phase(target, now_ns, effect);
    case TARGET_PRUNE: return prune_phase(target, now_ns, effect);
    case TARGET_CLOSE: return close_phase(target, now_ns, effect);
    case TARGET_SETTLED: return settled_phase(target, now_ns, effect);
    }
    return false;
}

bool target_next_effect(struct target *target, int64_t now_ns, struct effect *ret_effect)
{
    if (target->next != NULL && !may_switch(target))
        return false;
    if (target->next != NULL)
        switch_commit(target);
    bool reached = target->phase > TARGET_CONNECT && target->phase != TARGET_HELD;
    if (reached && (open_kinds(target, ret_effect) || discover(target, now_ns, ret_effect)))
        return true;
    enum target_phase before;
    do {
        before = target->phase;
        if (phase_effect(target, now_ns, ret_effect))
            return true;
    } while (target->phase != before);
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
    if (target->phase == TARGET_APPLY) {
        for (size_t i = 0; i < target->order_count; i++) {
            const struct target_object *object = &target->objects[target->order[i]];
            if (object->state == OBJECT_RETRY)
                earliest(&wake, object->retry_ns, now_ns);
        }
    }
    for (size_t i = 0; i < target->todo.len; i++) {
        const struct target_object *object = &target->objects[target->todo.items[i]];
        if (object->state == OBJECT_RETRY)
            earliest(&wake, object->retry_ns, now_ns);
    }
    return wake;
}
