/*
 * A small world for one target: objects with versions and owners, requests that are answered later,
 * in any order, sometimes not at all or only after they took effect, and a watch that lags behind.
 * All of it from one seed.
 */
#ifndef TESTS_UNIT_RECONCILE_WORLD_H
#define TESTS_UNIT_RECONCILE_WORLD_H

#include "syncd/reconcile/target.h"

#define WORLD_NAMES 24
#define WORLD_HOOKS 4 /* PreSync, Sync in wave 1, PostSync, SyncFail: names after the objects */
#define WORLD_ALL   (WORLD_NAMES + WORLD_HOOKS)
#define WORLD_RUNS  1024

struct world_object {
    bool there;
    uint64_t content; /* of our fields, as Git or somebody else wrote them */
    bool foreign;     /* the last writer was somebody else: applying conflicts */
    uint64_t version;
    uint64_t uid;
    int64_t ready_ns; /* from when on it is ready (a hook: has ended) */
    bool told;        /* that it is ready */
    bool deleting;    /* waits for a finalizer until ready_ns */
    char run[RUN_TEXT];
};

struct world_request {
    struct effect effect;
    int64_t due_ns;
};

struct world_event {
    uint32_t name;
    bool removed;
    struct world_object state;
    int64_t due_ns;
};

struct world {
    uint64_t first_seed, seed;
    int64_t now_ns;
    struct target *target;
    struct arena *arena;
    struct world_object objects[WORLD_ALL];
    uint64_t version, next_uid;
    VEC(struct world_request) requests;
    VEC(struct world_event) events;
    bool faults;  /* requests may fail */
    bool served;  /* the kind is */
    bool known;   /* and was, when it was last asked */
    bool refused; /* a commit that cannot be rendered came after the last good one */
    bool prune;
    bool slow;       /* objects need a while to become ready */
    bool hooks;      /* commits have hooks */
    bool ordered;    /* nobody meddles: nothing may be sent before what comes before it is ready */
    bool hook_fails; /* the PreSync hook does */
    char inventory[65536]; /* as it is in the cluster */
    size_t deletes, applies, connects, contested, judged;
    bool kind_open;
    bool listed;                     /* completely, in this connection */
    char runs[WORLD_RUNS][RUN_TEXT]; /* every run of a hook that was made */
    size_t run_count;
    size_t made[WORLD_HOOKS];
    /* The newest commit. */
    bool wanted[WORLD_NAMES];
    uint64_t contents[WORLD_NAMES];
    bool ever_wanted[WORLD_NAMES];
};

void world_begin(struct world *world, uint64_t seed, bool prune);
void world_end(struct world *world);
/* A number below `below`. */
uint64_t world_random(struct world *world, uint64_t below);
/* A new commit: each name is wanted with `percent` probability; never empty. */
void world_commit(struct world *world, unsigned percent);
/* The newest commit once more. */
void world_retake(struct world *world);
/* Somebody changes or deletes an object. */
void world_meddle(struct world *world);
/* A newer commit that cannot be rendered. */
void world_refuse(struct world *world);
/* The watch ends; some time later everything is listed again. */
void world_lose_watch(struct world *world);
/* Ends the program, with the seed and the sentence, unless it is true. */
void world_require(const struct world *world, bool truth, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Everything that Git wants is there and as it wants it, and the target has come to rest. */
void world_require_converged(const struct world *world);
/* The daemon is killed and starts again with nothing but the cluster. */
void world_restart(struct world *world);
/* Carries an effect out at once. */
void world_answer(struct world *world, const struct effect *effect);
/* Runs until nothing is due for `ns`, checking S7 and the gate at every step. */
void world_run(struct world *world, int64_t ns);

#endif
