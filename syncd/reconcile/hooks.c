/*
 * Hooks: made, watched until they end, cleared away by their delete policy. Each run has an id that
 * stands on the object and in the inventory, so that it happens once, whoever is killed in between.
 */
#include "syncd/reconcile/target_internal.h"

#include <stdio.h>

static const struct order_run *wanted_run(const struct target *target, uint32_t run)
{
    return &target->desired->order->runs[run];
}

static const struct desired_hook *hook_of(const struct target *target, uint32_t run)
{
    return &target->desired->hooks[wanted_run(target, run)->hook];
}

static struct target_object *object_of(const struct target *target, uint32_t run)
{
    return &target->objects[target->runs[run].object];
}

void hook_run_text(struct hash128 id, char out[RUN_TEXT])
{
    (void)snprintf(out, RUN_TEXT, "%016llx%016llx", (unsigned long long)id.high,
                   (unsigned long long)id.low);
}

/* True when the object carries this run's id. */
static bool is_of_run(const struct target *target, uint32_t run, str text)
{
    char own[RUN_TEXT];
    hook_run_text(wanted_run(target, run)->id, own);
    return str_equal(text, str_z(own));
}

/* --- records --- */

static enum run_result recorded(const struct target *target, struct hash128 id)
{
    VEC_FOR (const struct run_record, record, &target->records) {
        if (hash_equal(record->id, id))
            return record->result;
    }
    return RUN_UNKNOWN;
}

void hooks_record(struct target *target, struct arena *arena, struct hash128 id,
                  enum run_result result)
{
    VEC_FOR (struct run_record, record, &target->records) {
        if (hash_equal(record->id, id)) {
            record->result = result;
            return;
        }
    }
    VEC_PUSH(arena, &target->records, (struct run_record){.id = id, .result = result});
}

static void set_result(struct target *target, uint32_t run, enum run_result result)
{
    target->runs[run].result = result;
    hooks_record(target, target->table, wanted_run(target, run)->id, result);
    target->inventory_dirty = true;
}

void hooks_write(const struct target *target, struct buf *buf)
{
    const struct order *order = target->desired != NULL ? target->desired->order : NULL;
    for (uint32_t i = 0; order != NULL && i < order->run_count; i++) {
        const struct order_run *wanted = &order->runs[i];
        const struct inventory_run line = {.id = wanted->id,
                                           .result = recorded(target, wanted->id),
                                           .key = hook_of(target, i)->key,
                                           .phase = str_z(hook_phase_name(wanted->phase))};
        if (line.result != RUN_UNKNOWN)
            inventory_write_run(&line, buf);
    }
}

/* --- how a run ends --- */

static void enter(struct target *target, uint32_t run, enum run_step step)
{
    struct target_object *object = object_of(target, run);
    target->runs[run].step = step;
    object->state = OBJECT_TODO;
    target_queue(target, target->runs[run].object);
}

static void again(struct target *target, uint32_t run, int64_t now_ns)
{
    struct target_object *object = object_of(target, run);
    target->runs[run].step =
        target->runs[run].step == RUN_CLEAR_OLD ? RUN_LOOK : target->runs[run].step;
    object_retry(object, now_ns);
    target_queue(target, target->runs[run].object);
}

static void end(struct target *target, uint32_t run, enum run_result result)
{
    struct target_object *object = object_of(target, run);
    set_result(target, run, result);
    target->runs[run].step = RUN_ENDED;
    target->report = target->report || target->phase == TARGET_SETTLED;
    object->attempts = 0;
    if (result == RUN_FAILED) {
        object->state = OBJECT_FAILED;
        hooks_sync_failed(target);
        return;
    }
    object->state = OBJECT_DONE;
    object->problem = NULL;
    flow_pass(target, (uint32_t)(target->desired->order->object_count + run), ORDER_READY);
}

static void fail(struct target *target, uint32_t run, const char *format, const char *what)
{
    AUTO_BUF struct buf text = BUF_INIT(1024);
    buf_printf(&text, "%s hook: ", hook_phase_name(wanted_run(target, run)->phase));
    buf_printf(&text, format, what);
    object_set_problem(target, object_of(target, run), text.ptr);
    end(target, run, RUN_FAILED);
}

/* A Pod that runs is well, but not done. */
static bool has_succeeded(const struct gvk *gvk, const struct health_verdict *verdict)
{
    if (gvk->group.len == 0 && str_equal(gvk->kind, STR("Pod")))
        return verdict->state == HEALTH_READY && str_equal(verdict->reason, STR("Completed"));
    return health_lets_pass(verdict->state);
}

static void judge(struct target *target, uint32_t run, const struct health_verdict *verdict)
{
    struct target_object *object = object_of(target, run);
    object->state = OBJECT_RUNNING;
    if (verdict == NULL)
        return;
    if (has_succeeded(&hook_of(target, run)->id.gvk, verdict)) {
        end(target, run, RUN_SUCCEEDED);
    } else if (verdict->state == HEALTH_FAILED) {
        AUTO_BUF struct buf text = BUF_INIT(512);
        buf_printf(&text, "%.*s %.*s", STR_ARG(verdict->reason), STR_ARG(verdict->message));
        fail(target, run, "failed: %s", text.len != 0 ? text.ptr : "");
    }
}

/* --- from outside --- */

void hooks_begin(struct target *target)
{
    const struct order *order = target->desired->order;
    target->runs = ARENA_ARRAY(target->flow, struct target_run, order->run_count);
    target->failure_said = false;
    for (uint32_t i = 0; i < order->run_count; i++) {
        const struct target_object *object =
            table_find(target, target->desired->hooks[order->runs[i].hook].key);
        CHECK(object != NULL);
        target->runs[i].object = (uint32_t)(object - target->objects);
        target->runs[i].result = recorded(target, order->runs[i].id);
    }
}

bool hook_waits_for_failure(const struct target *target, uint32_t node)
{
    const struct order *order = target->desired->order;
    return node >= order->object_count && node < order->object_count + order->run_count &&
           order->runs[node - order->object_count].phase == HOOK_SYNC_FAIL;
}

void hook_release(struct target *target, uint32_t run)
{
    struct target_object *object = object_of(target, run);
    object->run = run;
    object->attempts = 0;
    if (target->runs[run].result == RUN_SUCCEEDED) {
        end(target, run, RUN_SUCCEEDED);
    } else if (target->runs[run].result == RUN_FAILED) {
        fail(target, run, "%s", "failed earlier in this sync; the next change runs it again");
    } else {
        enter(target, run, RUN_LOOK);
    }
}

void hooks_sync_failed(struct target *target)
{
    const struct order *order = target->desired->order;
    if (target->failure_said)
        return;
    target->failure_said = true;
    for (uint32_t i = 0; i < order->run_count; i++) {
        if (order->runs[i].phase == HOOK_SYNC_FAIL)
            hook_release(target, i);
    }
}

bool hook_effect(struct target *target, uint32_t index, struct effect *effect)
{
    static const enum effect_kind effects[] = {
        [RUN_LOOK] = EFFECT_INSPECT, [RUN_CLEAR_OLD] = EFFECT_DELETE,
        [RUN_CREATE] = EFFECT_RUN,   [RUN_CLEAN_LOOK] = EFFECT_INSPECT,
        [RUN_CLEAN] = EFFECT_DELETE,
    };
    struct target_object *object = &target->objects[index];
    enum run_step step = target->runs[object->run].step;
    if (target->refused && (step == RUN_CLEAR_OLD || step == RUN_CLEAN)) /* the gate again */
        step = target->runs[object->run].step = step == RUN_CLEAN ? RUN_CLEAN_LOOK : RUN_LOOK;
    if (step == RUN_ENDED || step == RUN_GOING)
        return false;
    object->state = OBJECT_BUSY;
    target->busy++;
    *effect = (struct effect){.kind = effects[step], .index = index};
    return true;
}

/* Asks the gate for what a run left behind. */
static enum gate_reason ask_gate(struct target *target, const struct target_object *object,
                                 const struct live_view *view, bool keeps)
{
    struct gate_case facts = target_gate_facts(target, object);
    facts.purpose = GATE_HOOK;
    facts.owned = str_equal(view->owner, target->owner);
    facts.asked_for = view->run.len != 0;
    /* Without a uid in the inventory, the run's id says that it is ours. */
    facts.uid_known = view->uid.len != 0 && (object->uid.form == UID_NONE || facts.asked_for ||
                                             uid_equals(&object->uid, view->uid));
    facts.kept = keeps;
    return gate_decide(&facts);
}

static void found_old(struct target *target, uint32_t run, const struct live_view *view, bool keeps)
{
    struct target_object *object = object_of(target, run);
    if ((hook_of(target, run)->hook.policies & HOOK_BEFORE_CREATION) == 0) {
        fail(target, run, "%s",
             "is there from an earlier run, and its delete policy does not let it go");
        return;
    }
    enum gate_reason reason = ask_gate(target, object, view, keeps);
    if (reason != GATE_OPEN) {
        fail(target, run, "what an earlier run left cannot be deleted: %s",
             gate_reason_text(reason));
        return;
    }
    object_set_uid(target, object, view->uid);
    enter(target, run, RUN_CLEAR_OLD);
}

static void looked(struct target *target, uint32_t run, const struct outcome *outcome, bool keeps,
                   int64_t now_ns)
{
    const struct live_view *view = outcome->view;
    if (view == NULL && target->runs[run].result == RUN_STARTED) {
        fail(target, run, "%s", "vanished before its end was seen; it is not run twice");
    } else if (view == NULL) {
        enter(target, run, RUN_CREATE);
    } else if (is_of_run(target, run, view->run) && !view->deleting) {
        target->runs[run].step = RUN_GOING;
        set_result(target, run, RUN_STARTED);
        judge(target, run, outcome->verdict);
    } else if (view->deleting) {
        again(target, run, now_ns);
    } else {
        found_old(target, run, view, keeps);
    }
}

/* The end of a run is on record: what it left may go, if it still is what is there. */
static void looked_to_clean(struct target *target, uint32_t run, const struct outcome *outcome,
                            bool keeps)
{
    struct target_object *object = object_of(target, run);
    const struct live_view *view = outcome->view;
    target->runs[run].step = RUN_ENDED;
    object->state = target->runs[run].result == RUN_FAILED ? OBJECT_FAILED : OBJECT_DONE;
    if (view == NULL || view->deleting || !is_of_run(target, run, view->run) ||
        ask_gate(target, object, view, keeps) != GATE_OPEN)
        return;
    object_set_uid(target, object, view->uid);
    enter(target, run, RUN_CLEAN);
}

void hook_inspected(struct target *target, uint32_t index, const struct outcome *outcome,
                    bool keeps, int64_t now_ns)
{
    uint32_t run = target->objects[index].run;
    if (outcome->err != NULL)
        again(target, run, now_ns);
    else if (target->runs[run].step == RUN_CLEAN_LOOK)
        looked_to_clean(target, run, outcome, keeps);
    else
        looked(target, run, outcome, keeps, now_ns);
}

void hook_made(struct target *target, uint32_t index, const struct outcome *outcome, int64_t now_ns)
{
    uint32_t run = target->objects[index].run;
    struct target_object *object = &target->objects[index];
    if (outcome->err == NULL) {
        object_set_uid(target, object, outcome->view->uid);
        object->change = CHANGE_CREATED;
        target->runs[run].step = RUN_GOING;
        set_result(target, run, RUN_STARTED);
        judge(target, run, outcome->verdict);
        return;
    }
    switch (outcome->err->class) {
    case ERROR_INPUT:
    case ERROR_DENIED:
    case ERROR_LIMIT:
    case ERROR_UNSUPPORTED:
    case ERROR_INTERNAL: fail(target, run, "%s", outcome->err->text); return;
    default: /* it may be there now: look again */
        target->runs[run].step = RUN_LOOK;
        object_set_problem(target, object, outcome->err->text);
        again(target, run, now_ns);
    }
}

void hook_deleted(struct target *target, uint32_t index, const struct outcome *outcome,
                  int64_t now_ns)
{
    uint32_t run = target->objects[index].run;
    struct target_object *object = &target->objects[index];
    bool gone = outcome->err == NULL || outcome->err->class == ERROR_NOT_FOUND;
    if (target->runs[run].step == RUN_CLEAR_OLD) {
        again(target, run, now_ns); /* until it is not there any more */
        return;
    }
    target->runs[run].step = RUN_ENDED;
    object->state = target->runs[run].result == RUN_FAILED ? OBJECT_FAILED : OBJECT_DONE;
    if (gone)
        return;
    target->runs[run].step = RUN_CLEAN_LOOK;
    object_retry(object, now_ns);
    target_queue(target, index);
}

void hook_judged(struct target *target, uint32_t index, const struct health_verdict *verdict)
{
    uint32_t run = target->objects[index].run;
    if (target->runs[run].step == RUN_GOING && target->objects[index].state == OBJECT_RUNNING)
        judge(target, run, verdict);
}

void hook_gone(struct target *target, uint32_t index)
{
    uint32_t run = target->objects[index].run;
    if (run != NO_RUN && target->runs[run].step == RUN_GOING &&
        target->objects[index].state == OBJECT_RUNNING)
        enter(target, run, RUN_LOOK);
}

/* What was written down may be cleared away, by the hook's policy. */
void hooks_durable(struct target *target)
{
    const struct order *order = target->desired != NULL ? target->desired->order : NULL;
    for (uint32_t i = 0; target->flowing && i < order->run_count; i++) {
        struct target_run *run = &target->runs[i];
        unsigned wanted = run->result == RUN_SUCCEEDED ? HOOK_SUCCEEDED
                          : run->result == RUN_FAILED  ? HOOK_FAILED
                                                       : 0;
        if (run->step != RUN_ENDED || run->cleaned || run->writing != run->result ||
            (hook_of(target, i)->hook.policies & wanted) == 0 || object_of(target, i)->run != i)
            continue;
        run->cleaned = true;
        enter(target, i, RUN_CLEAN_LOOK);
    }
}

void hooks_begin_write(struct target *target)
{
    for (uint32_t i = 0; target->flowing && i < target->desired->order->run_count; i++)
        target->runs[i].writing = target->runs[i].result;
}

bool hooks_are_over(const struct target *target)
{
    for (size_t i = 0; target->flowing && i < target->desired->order->run_count; i++) {
        const struct target_run *run = &target->runs[i];
        bool begun = target->objects[run->object].run == i;
        if (begun && run->step != RUN_ENDED)
            return false;
    }
    return true;
}
