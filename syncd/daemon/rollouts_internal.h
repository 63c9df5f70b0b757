/* One rollout in the daemon. Shared by rollouts.c, rollout_state.c and rollout_story.c only. */
#ifndef SYNCD_DAEMON_ROLLOUTS_INTERNAL_H
#define SYNCD_DAEMON_ROLLOUTS_INTERNAL_H

#include "syncd/daemon/daemon_internal.h"
#include "syncd/daemon/rollouts.h"
#include "syncd/reconcile/hold.h"

/* How far the state on record is known. */
enum record_knowledge { STATE_UNKNOWN, STATE_BUSY, STATE_KNOWN };

/* What was told of a member last. */
struct told {
    uint8_t phase, reason, cause;
    bool ever;
};

struct daemon_rollout {
    struct daemon_rollouts *owner;
    struct member_target *member;
    struct desired *desired; /* counted: the plan lives in it */
    const struct rollout_plan *plan;
    bool dead; /* replaced; goes when its call is answered */
    enum record_knowledge knowledge;
    struct arena *state_arena;
    struct rollout_state state; /* as it is on record */
    char version[VERSION_MAX];  /* of the record; empty = there is none yet */
    bool damaged;               /* the record is, and was told */
    struct arena *next_arena;   /* the state on its way */
    struct rollout_state next;
    struct arena *decision_arena;
    struct rollout_decision decision; /* the last one; reasons NULL = none yet */
    struct told *told;                /* of each member */
    enum rollout_status told_status;
    uint32_t told_wave;
    int64_t retry_ns; /* monotonic */
};

/* One on record in a target's cluster; the texts are malloc's. */
struct kept_rollout {
    const struct config_target *target;
    char *name, *document, *state;
};

struct daemon_rollouts {
    struct daemon *daemon;
    VEC(struct daemon_rollout *) list;
    VEC(struct kept_rollout) kept;
    struct arena *arena; /* the lists */
    struct loop_timer *timer;
    int64_t due_ns; /* of the timer */
    struct arena *words_arena;
    struct rollout_command words[ROLLOUT_COMMANDS_MOST];
    size_t word_count;
    char words_commit[41];
    bool trusted; /* somebody vouches for the words */
    struct zones *zones;
    struct arena *zones_arena;
};

void rollouts_soon(struct daemon_rollouts *owner, int64_t pause_ns);
void rollout_destroy(struct daemon_rollout *rollout);

/* rollout_kept.c: what is on record. An empty name: all of the member's. */
void rollout_keep(struct daemon_rollouts *owner, const struct member_target *member, str name,
                  str document, str state);
void rollout_forget(struct daemon_rollouts *owner, const struct member_target *member, str name);
void rollouts_kept_finish(struct daemon_rollouts *owner);

/* rollout_state.c: the record in the cluster. */
void rollout_state_get(struct daemon_rollout *rollout);
void rollout_state_put(struct daemon_rollout *rollout, const struct rollout_state *next);
/* The record is as the last decision wanted it. */
void rollout_state_settled(struct daemon_rollout *rollout);

/* rollout_story.c: notes, log, status. */
void rollout_tell(struct daemon_rollout *rollout);

#endif
