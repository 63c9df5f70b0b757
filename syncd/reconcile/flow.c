/* Walking the order of a commit: what was let go, and what lets go next. */
#include "syncd/reconcile/target_internal.h"

#include <stdio.h>

static void pass(struct target *target, uint32_t node, enum order_event event);

static void release_object(struct target *target, uint32_t index)
{
    struct target_object *object = &target->objects[index];
    if (object->state == OBJECT_WAITING) {
        object->state = OBJECT_TODO;
        object->problem = NULL;
        target_queue(target, index);
    } else {
        flow_review(target, index);
    }
}

/* Nothing holds the node any more. */
static void release(struct target *target, uint32_t node)
{
    const struct order *order = target->desired->order;
    target->nodes[node].released = true;
    if (node < order->object_count) {
        target->blocked--;
        release_object(target, target->placed[node]);
    } else if (node < order->object_count + order->run_count) {
        hook_release(target, node - (uint32_t)order->object_count);
    } else {
        pass(target, node, ORDER_TRIED);
        pass(target, node, ORDER_READY);
    }
}

static void pass(struct target *target, uint32_t node, enum order_event event)
{
    const struct order *order = target->desired->order;
    bool *passed = &target->nodes[node].passed[event];
    if (*passed)
        return;
    *passed = true;
    for (uint32_t i = order->first[event][node]; i < order->first[event][node + 1]; i++) {
        uint32_t to = order->to[event][i];
        if (--target->nodes[to].waits == 0)
            VEC_PUSH(target->flow, &target->released, to);
    }
}

/* Releases until nothing more is let go: with a list, because chains may be long. */
static void spread(struct target *target)
{
    if (target->spreading)
        return;
    target->spreading = true;
    for (size_t i = 0; i < target->released.len; i++)
        release(target, target->released.items[i]);
    target->released.len = 0;
    target->spreading = false;
}

void flow_pass(struct target *target, uint32_t node, enum order_event event)
{
    pass(target, node, event);
    spread(target);
}

void flow_begin(struct target *target, int64_t now_ns)
{
    const struct order *order = target->desired->order;
    arena_destroy(target->flow);
    target->flow = arena_create(ARENA_NO_BUDGET);
    target->nodes = ARENA_ARRAY(target->flow, struct flow_node, order->node_count);
    target->placed = ARENA_ARRAY(target->flow, uint32_t, order->object_count);
    target->released.items = NULL;
    target->released.len = target->released.cap = 0;
    target->flowing = true;
    target->flow_ns = now_ns;
    target->blocked = order->object_count;
    for (size_t i = 0; i < target->order_count; i++) {
        struct target_object *object = &target->objects[target->order[i]];
        target->placed[object->desired] = target->order[i];
        if (object->state == OBJECT_TODO || object->state == OBJECT_RETRY)
            object->state = OBJECT_WAITING;
    }
    hooks_begin(target);
    for (size_t node = 0; node < order->node_count; node++)
        target->nodes[node].waits = order->waits[node];
    for (size_t node = 0; node < order->node_count; node++) {
        if (order->waits[node] == 0 && !hook_waits_for_failure(target, (uint32_t)node))
            VEC_PUSH(target->flow, &target->released, (uint32_t)node);
    }
    spread(target);
}

/* Done or given up, as far as this pass is concerned. */
static bool was_tried(const struct target_object *object)
{
    switch (object->state) {
    case OBJECT_DONE:
    case OBJECT_FAILED:
    case OBJECT_CONFLICT:
    case OBJECT_CONTESTED:
    case OBJECT_HELD: return true;
    case OBJECT_RETRY: return object->attempts >= TRIED_ATTEMPTS;
    default: return false;
    }
}

/* What is known of the object's health counts only while its watch is heard. */
static bool is_ready(const struct target *target, const struct target_object *object)
{
    enum kind_state kind = target->kinds.items[object->kind].state;
    bool heard = kind == KIND_SYNCED || kind == KIND_DENIED || kind == KIND_MISSING;
    return object->state == OBJECT_DONE && heard && !object->deleting &&
           health_lets_pass(object->health);
}

void flow_review(struct target *target, uint32_t index)
{
    const struct target_object *object = &target->objects[index];
    if (!target->flowing || object->desired == NO_DESIRED || object->twice ||
        !target->nodes[object->desired].released)
        return;
    if (was_tried(object))
        flow_pass(target, object->desired, ORDER_TRIED);
    if (is_ready(target, object))
        flow_pass(target, object->desired, ORDER_READY);
    if (object->state == OBJECT_FAILED)
        hooks_sync_failed(target);
}

/* --- what holds --- */

size_t target_blocked(const struct target *target)
{
    return target->flowing ? target->blocked : 0;
}

static bool node_holds(const struct target *target, size_t node)
{
    const uint32_t *first = target->desired->order->first[ORDER_READY];
    const struct flow_node *at = &target->nodes[node];
    return at->released && !at->passed[ORDER_READY] && first[node] != first[node + 1];
}

bool flow_holds(const struct target *target, const struct target_object *object)
{
    if (!target->flowing)
        return false;
    if (object->run != NO_RUN)
        return node_holds(target, target->desired->order->object_count + object->run);
    return object->desired != NO_DESIRED && node_holds(target, object->desired);
}

/* The first object or run that was let go and has not let go others. */
static const struct target_object *find_holder(const struct target *target)
{
    const struct order *order = target->desired->order;
    for (uint32_t node = 0; node < order->object_count + order->run_count; node++) {
        if (!node_holds(target, node))
            continue;
        return node < order->object_count
                   ? &target->objects[target->placed[node]]
                   : &target->objects[target->runs[node - order->object_count].object];
    }
    return NULL;
}

void target_waits_for(const struct target *target, struct buf *buf)
{
    const struct target_object *holder = NULL;
    if (target_blocked(target) != 0)
        holder = find_holder(target);
    if (holder == NULL)
        return;
    buf_printf(buf, "%zu wait for %.*s", target->blocked, STR_ARG(holder->key));
    const struct health_note *note = target_health_note(target, holder);
    if (holder->problem != NULL)
        buf_printf(buf, ": %s", holder->problem);
    else if (holder->state == OBJECT_DONE || holder->state == OBJECT_RUNNING)
        buf_printf(buf, ", which is %s%s%s", health_state_name(holder->health),
                   note != NULL && note->text[0] != '\0' ? ": " : "",
                   note != NULL ? note->text : "");
}
