/* The walk over the commit's order, and the hooks that run on it: the inside of struct target. */
#ifndef SYNCD_RECONCILE_FLOW_INTERNAL_H
#define SYNCD_RECONCILE_FLOW_INTERNAL_H

#include "syncd/reconcile/target.h"
#include "syncd/reconcile/target_object.h"

struct flow_node {
    uint32_t waits; /* edges into it that have not let go */
    bool released, passed[ORDER_EVENTS];
};

enum run_step {
    RUN_LOOK,      /* is it there already? */
    RUN_CLEAR_OLD, /* delete what an earlier run left */
    RUN_CREATE,
    RUN_GOING,
    RUN_ENDED,
    RUN_CLEAN_LOOK, /* its end is on record, and its policy wants it gone */
    RUN_CLEAN,
};

struct target_run {
    uint32_t object;
    enum run_step step;
    enum run_result result;
    enum run_result writing; /* as the inventory on its way has it */
    bool cleaned;
};

struct run_record {
    struct hash128 id;
    enum run_result result;
};

/* --- flow.c --- */

void flow_begin(struct target *target, int64_t now_ns);
void flow_pass(struct target *target, uint32_t node, enum order_event event);
/* True when the object, or the run of a hook that it is, was let go and others wait for it. */
bool flow_holds(const struct target *target, const struct target_object *object);
/* Something became of the object: does it let go what comes after it? */
void flow_review(struct target *target, uint32_t index);

/* --- hooks.c --- */

void hooks_begin(struct target *target);
bool hook_waits_for_failure(const struct target *target, uint32_t node);
void hook_release(struct target *target, uint32_t run);
void hooks_sync_failed(struct target *target);
bool hook_effect(struct target *target, uint32_t index, struct effect *effect);
void hook_inspected(struct target *target, uint32_t index, const struct outcome *outcome,
                    bool keeps, int64_t now_ns);
void hook_made(struct target *target, uint32_t index, const struct outcome *outcome,
               int64_t now_ns);
void hook_deleted(struct target *target, uint32_t index, const struct outcome *outcome,
                  int64_t now_ns);
void hook_judged(struct target *target, uint32_t index, const struct health_verdict *verdict);
void hook_gone(struct target *target, uint32_t index);
void hook_run_text(struct hash128 id, char out[RUN_TEXT]);
/* The inventory's lines of runs; `arena` is the table's. */
void hooks_record(struct target *target, struct arena *arena, struct hash128 id,
                  enum run_result result);
void hooks_write(const struct target *target, struct buf *buf);
/* False while a hook that was let go has not ended. */
bool hooks_are_over(const struct target *target);
void hooks_begin_write(struct target *target);
void hooks_durable(struct target *target);

#endif
