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

void object_set_uid(struct target *target, struct target_object *object, str text)
{
    if (!uid_equals(&object->uid, text))
        object->uid = uid_pack(text, target->table);
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

unsigned object_options_of(const struct target *target, const struct target_object *object)
{
    return object->desired != NO_DESIRED ? target->desired->objects[object->desired].options : 0;
}

unsigned target_adopts(const struct target *target, uint32_t index)
{
    const struct target_object *object = &target->objects[index];
    return (target->policy.adopt | object_options_of(target, object)) & OPTION_ADOPT;
}

bool object_wants_adoption(const struct target *target, const struct target_object *object)
{
    unsigned options = object_options_of(target, object);
    return !object->adopted && (options & (OPTION_LEAVE | OPTION_CREATE_ONLY)) == 0 &&
           (object->tools & (target->policy.adopt | options) & OPTION_ADOPT) != 0;
}

bool object_wants_apply(const struct target *target, const struct target_object *object)
{
    const struct desired_object *wanted = &target->desired->objects[object->desired];
    if ((wanted->options & OPTION_LEAVE) != 0)
        return false;
    if ((wanted->options & OPTION_CREATE_ONLY) != 0)
        return !object->seen;
    if (object->examine)
        return true;
    if (hold_is_shut(target, object))
        return false;
    const struct desired_form form = target_form(target, (uint32_t)(object - target->objects));
    if (!object->seen || !object->acknowledged)
        return true;
    if (object->tolerated)
        return !hash_equal(object->acked_desired, form.digest);
    return !hash_equal(object->acked_desired, form.digest) ||
           !hash_equal(object->acked_live, object->seen_live);
}

bool object_is_due(const struct target_object *object, int64_t now_ns)
{
    return object->state == OBJECT_TODO ||
           (object->state == OBJECT_RETRY && object->retry_ns <= now_ns);
}

/* --- the queue --- */

/* A definition that was just applied is served a moment later: how often that is asked. */
#define SERVED_ATTEMPTS 40

/* False while the object's kind is about to come, so that it is not sent before its definition. */
static bool kind_is_there(struct target *target, const struct target_object *object, int64_t now_ns)
{
    enum kind_state state = target->kinds.items[object->kind].state;
    if (state == KIND_WANTED || state == KIND_OPENING)
        return false;
    if (state != KIND_MISSING || !target->defines || target->served_attempts >= SERVED_ATTEMPTS)
        return true;
    if (target->discover_ns == 0 && !target->discovering) {
        target->discover_ns = now_ns + DISCOVER_PAUSE_NS;
        target->served_attempts++;
    }
    return false;
}

/* Sets it aside until then. */
static void put_off(struct target *target, uint32_t index, int64_t until_ns)
{
    VEC_PUSH(target->table, &target->later, index);
    if (until_ns < target->later_ns)
        target->later_ns = until_ns;
}

/* Puts what has become due back into the queue. */
static void take_due(struct target *target, int64_t now_ns)
{
    size_t kept = 0;
    if (now_ns < target->later_ns)
        return;
    target->later_ns = INT64_MAX;
    for (size_t i = 0; i < target->later.len; i++) {
        uint32_t index = target->later.items[i];
        const struct target_object *object = &target->objects[index];
        if (object->state != OBJECT_RETRY)
            continue; /* something else became of it */
        if (object->retry_ns <= now_ns) {
            target_queue(target, index);
            continue;
        }
        target->later.items[kept++] = index;
        if (object->retry_ns < target->later_ns)
            target->later_ns = object->retry_ns;
    }
    target->later.len = kept;
}

static bool begin(struct target *target, uint32_t index, enum effect_kind kind,
                  struct effect *effect)
{
    struct target_object *object = &target->objects[index];
    object->state = OBJECT_BUSY;
    target->busy++;
    *effect = (struct effect){.kind = kind, .index = index};
    return true;
}

static bool begin_apply(struct target *target, uint32_t index, struct effect *effect)
{
    struct target_object *object = &target->objects[index];
    unsigned options = object_options_of(target, object);
    if (object->examine)
        return begin(target, index, EFFECT_EXAMINE, effect);
    object->sent_version = object->seen ? object->seen_version : VERSION_NONE;
    (void)begin(target, index, EFFECT_APPLY, effect);
    struct target_hold *hold = hold_of(target, object);
    if (hold != NULL)
        hold->sent = hold->let_go;
    effect->force = object->force || (options & OPTION_FORCE) != 0;
    effect->take = (options & OPTION_FORCE) != 0 && !object->force;
    effect->create = (options & OPTION_CREATE_ONLY) != 0;
    return true;
}

/* An object that Git wants. */
static bool work_on_desired(struct target *target, uint32_t index, int64_t now_ns,
                            struct effect *effect)
{
    struct target_object *object = &target->objects[index];
    if (object->leaving != LEAVING_NOT) {
        bool look = object->leaving == LEAVING_LOOK || target->refused;
        return begin(target, index, look ? EFFECT_INSPECT : EFFECT_DELETE, effect);
    }
    bool adopts = object_wants_adoption(target, object);
    if (!adopts && !object_wants_apply(target, object)) {
        object->state = object->contested ? OBJECT_CONTESTED : OBJECT_DONE;
        flow_review(target, index);
        return false;
    }
    if (kind_is_there(target, object, now_ns))
        return adopts ? begin(target, index, EFFECT_ADOPT, effect)
                      : begin_apply(target, index, effect);
    object->state = OBJECT_RETRY;
    object->retry_ns = now_ns + DISCOVER_PAUSE_NS;
    put_off(target, index, object->retry_ns);
    return false;
}

static bool work_on(struct target *target, uint32_t index, int64_t now_ns, struct effect *effect)
{
    struct target_object *object = &target->objects[index];
    if (object->run != NO_RUN)
        return hook_effect(target, index, effect);
    if (object->desired != NO_DESIRED)
        return work_on_desired(target, index, now_ns, effect);
    /* What passed the gate before a broken commit came has to pass it again. */
    bool passed = object->leaving == LEAVING_PASSED && !target->refused;
    object->leaving = LEAVING_NOT;
    return begin(target, index, passed ? EFFECT_DELETE : EFFECT_INSPECT, effect);
}

bool target_todo_work(struct target *target, int64_t now_ns, struct effect *effect)
{
    take_due(target, now_ns);
    while (target->todo_from < target->todo.len && target->busy < target->policy.in_flight) {
        uint32_t index = target->todo.items[target->todo_from++];
        const struct target_object *object = &target->objects[index];
        if (target->todo_from == target->todo.len)
            target->todo_from = target->todo.len = 0;
        if (object->state == OBJECT_RETRY && object->retry_ns > now_ns)
            put_off(target, index, object->retry_ns);
        else if (object_is_due(object, now_ns) && work_on(target, index, now_ns, effect))
            return true;
    }
    return false;
}
