/* Deleting what Git does not want any more: every step of it passes the gate. */
#include "syncd/plan/risk.h"
#include "syncd/reconcile/target_internal.h"

#include <stdio.h>

/* Goes on where it last stopped: what was done stays done until target_undo. */
static bool all_applied(struct target *target)
{
    while (target->done_from < target->order_count &&
           target->objects[target->order[target->done_from]].state == OBJECT_DONE)
        target->done_from++;
    return target->done_from == target->order_count;
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
struct gate_case target_gate_facts(struct target *target, const struct target_object *object)
{
    const struct gvk *gvk = &target->kinds.items[object->kind].gvk;
    char uid[UID_MAX];
    return (struct gate_case){
        .prune_enabled = target->policy.prune,
        .render_whole = !target->refused,
        .newest = !target->refused,
        .not_empty = target->order_count != 0,
        .all_applied = all_applied(target),
        .lists_complete = lists_complete(target),
        .right_cluster = target->phase != TARGET_HELD,
        .cluster_whole =
            !target->policy.others_unknown && target->desired->group == target->policy.group,
        .in_inventory = object->recorded,
        .owned = object->owned,
        .uid_known = object->uid.form != UID_NONE,
        .kind_protected =
            gate_protects(gvk) || risk_needs_tombstone(target->policy.level, gvk, value_absent()),
        .tombstoned = tombstones_allow(&target->desired->tombstones, object->key,
                                       uid_text(&object->uid, uid)),
        .deletions = target->to_delete,
        .total = target->object_count,
        .max_count = target->policy.max_count,
        .max_percent = target->policy.max_percent,
    };
}

bool phase_prune(struct target *target, int64_t now_ns, struct effect *effect)
{
    while (target->prune_cursor < target->object_count) {
        if (target->busy >= target->policy.in_flight)
            return false;
        uint32_t index = (uint32_t)target->prune_cursor++;
        struct target_object *object = &target->objects[index];
        if (object->desired != NO_DESIRED || object->hook || !object_is_due(object, now_ns))
            continue;
        struct gate_case facts = target_gate_facts(target, object);
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
    if (target->busy != 0)
        return false;
    leavers_let_go(target, now_ns);
    target->phase = TARGET_CLOSE;
    target->inventory_dirty = target->inventory_dirty || target->desired->releases_change;
    return false;
}

void object_tell_leaving(struct target *target, struct target_object *object,
                         const struct live_view *view)
{
    char text[256];
    (void)snprintf(
        text, sizeof(text), "being deleted since %.*s%s%.*s", STR_ARG(view->leaves_since),
        view->finalizer.len != 0 ? ", waits for the finalizer " : "", STR_ARG(view->finalizer));
    if (object->problem == NULL || strcmp(object->problem, text) != 0)
        object_set_problem(target, object, text);
}

/* Everything about the live object that the gate wants to know. */
static struct gate_case facts_of_view(struct target *target, const struct target_object *object,
                                      const struct live_view *view, bool guarded)
{
    struct gate_case facts = target_gate_facts(target, object);
    facts.owned = str_equal(view->owner, target->owner);
    facts.uid_known = uid_equals(&object->uid, view->uid);
    facts.kept = (object->live_options & (OPTION_KEEP | OPTION_LEAVE)) != 0;
    facts.kind_protected = facts.kind_protected || guarded;
    return facts;
}

/* It is wanted, but has to be made anew. */
static void looked_to_recreate(struct target *target, uint32_t index, const struct outcome *outcome,
                               int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    const struct live_view *view = outcome->view;
    object->state = OBJECT_TODO;
    if (view == NULL) {
        object->leaving = LEAVING_NOT;
        object->seen = object->acknowledged = false;
    } else if (view->deleting) {
        object_retry(object, now_ns);
    } else {
        struct gate_case facts = facts_of_view(target, object, view, outcome->guarded);
        facts.purpose = GATE_RECREATE;
        facts.asked_for = (object_options_of(target, object) & OPTION_RECREATE) != 0;
        object->kept_by = gate_decide(&facts);
        object->leaving = object->kept_by == GATE_OPEN ? LEAVING_PASSED : LEAVING_NOT;
        if (object->kept_by != GATE_OPEN) {
            object->state = OBJECT_HELD;
            flow_review(target, index);
            return;
        }
    }
    target_queue(target, index);
}

static void looked_to_prune(struct target *target, uint32_t index, const struct outcome *outcome)
{
    struct target_object *object = &target->objects[index];
    if (outcome->view == NULL) {
        object->state = OBJECT_DELETED;
        target->inventory_dirty = true;
        return;
    }
    if (outcome->view->deleting) { /* accepted before: it waits for its finalizers */
        object->state = OBJECT_LEAVING;
        object_tell_leaving(target, object, outcome->view);
        return;
    }
    struct gate_case facts = facts_of_view(target, object, outcome->view, outcome->guarded);
    object->kept_by = gate_decide(&facts);
    if (object->kept_by != GATE_OPEN) {
        object->state = OBJECT_KEPT;
        return;
    }
    leavers_add(target, index, outcome->wave);
}

void target_inspected(struct target *target, uint32_t index, const struct outcome *outcome,
                      unsigned options, int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    CHECK(target->busy > 0 && object->state == OBJECT_BUSY);
    target->busy--;
    if (outcome->err == NULL && outcome->view != NULL)
        object->live_options = (uint16_t)options;
    if (outcome->err != NULL)
        object_set_problem(target, object, outcome->err->text);
    if (object->run != NO_RUN) {
        hook_inspected(target, index, outcome, (options & OPTION_KEEP) != 0, now_ns);
    } else if (outcome->err != NULL) {
        object_retry(object, now_ns);
        target_queue(target, index);
    } else if (object->desired != NO_DESIRED) {
        looked_to_recreate(target, index, outcome, now_ns);
    } else {
        looked_to_prune(target, index, outcome);
        leavers_let_go(target, now_ns);
    }
}

static void deleted_to_prune(struct target *target, uint32_t index, const struct outcome *outcome,
                             int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    if (outcome->err == NULL) {
        /* Its end is confirmed by a look, at once where nothing holds it back. */
        object->state = OBJECT_LEAVING;
        object->problem = NULL;
        if (!object->seen || outcome->view == NULL) {
            object->state = OBJECT_TODO;
            target_queue(target, index);
        }
        return;
    }
    object_set_problem(target, object, outcome->err->text);
    if (outcome->err->class == ERROR_NOT_FOUND) {
        object->state = OBJECT_DELETED;
        target->inventory_dirty = true;
        return;
    }
    object_retry(object, now_ns);
    target_queue(target, index);
}

void target_deleted(struct target *target, uint32_t index, const struct outcome *outcome,
                    int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    CHECK(target->busy > 0 && object->state == OBJECT_BUSY);
    target->busy--;
    target->report = target->report || target->phase == TARGET_SETTLED;
    if (object->run != NO_RUN) {
        hook_deleted(target, index, outcome, now_ns);
    } else if (object->desired != NO_DESIRED) {
        /* It is made anew once it is not there any more. */
        object->leaving = LEAVING_LOOK;
        object->state = OBJECT_TODO;
        if (outcome->err != NULL)
            object_retry(object, now_ns);
        target_queue(target, index);
    } else {
        deleted_to_prune(target, index, outcome, now_ns);
        leavers_let_go(target, now_ns);
    }
}

/* Kept for a reason that passes without a change of the object. */
static bool is_kept_for_now(const struct target_object *object)
{
    return object->state == OBJECT_KEPT &&
           (object->kept_by == GATE_NOT_APPLIED || object->kept_by == GATE_DISABLED ||
            object->kept_by == GATE_TOO_MANY || object->kept_by == GATE_LISTS ||
            object->kept_by == GATE_OTHERS);
}

bool target_prune_goes_on(struct target *target)
{
    for (size_t i = 0; target->to_delete != 0 && i < target->object_count; i++) {
        const struct target_object *object = &target->objects[i];
        if (!is_kept_for_now(object))
            continue;
        struct gate_case facts = target_gate_facts(target, object);
        facts.owned = facts.uid_known = true;
        if (gate_decide(&facts) != (enum gate_reason)object->kept_by)
            return true;
    }
    return false;
}

void target_reopen_prune(struct target *target)
{
    bool waits = false;
    for (size_t i = 0; i < target->object_count; i++) {
        struct target_object *object = &target->objects[i];
        if (is_kept_for_now(object)) {
            object->state = OBJECT_TODO;
            waits = true;
        }
    }
    if (waits) {
        target->prune_cursor = 0;
        target->phase = TARGET_PRUNE;
    }
}
