/*
 * plan: what a commit would do, before it does. Pure: rendered commits in, ordered steps out.
 *
 * It has two parts. The *desired* part compares the rendering of a base commit with that of a head
 * commit: it needs no cluster, is equal wherever it is made, and carries the digest. The *live*
 * part says what a sync of head would do to the cluster as it is now; without credentials it is not
 * evaluated, and says so.
 *
 * Everything lives in the arena given to plan_make and in what the request points at.
 */
#ifndef SYNCD_PLAN_PLAN_H
#define SYNCD_PLAN_PLAN_H

#include "syncd/plan/digest.h"
#include "syncd/plan/gate.h"
#include "syncd/plan/risk.h"

enum step_action {
    STEP_UNCHANGED,
    STEP_CREATE,
    STEP_CHANGE,
    STEP_DELETE,
    STEP_HOLD, /* Git asks for something that will not be done by itself: `hold` says why */
    STEP_ACTIONS,
};
/* "unchanged", "create", "change", "delete", "hold" */
const char *step_action_name(enum step_action action);

/* Why a step is held. */
enum hold_kind {
    HOLD_NONE,
    HOLD_GATE,      /* leaves Git, and the gate keeps it: see `gate` */
    HOLD_IMMUTABLE, /* the API server does not let this field change */
    HOLD_CONFLICT,  /* somebody else owns fields of it */
    HOLD_REFUSED,   /* the API server would refuse it */
};

struct step {
    struct object_id id;
    struct position source; /* in head; of an object that goes, in base */
    enum step_action action;
    enum hold_kind hold;
    enum gate_reason gate;
    str problem;    /* for people: why it is held (empty: as hold and gate say), or a remark */
    uint32_t wave;  /* rank of application in its target */
    unsigned risks; /* bits of enum risk */
    size_t group;   /* index into plan->groups; SIZE_MAX when unchanged */
    bool hook;      /* is run, not kept: comes, changes or goes as a text only */
};

/* What a plan says of one target in one of its parts. */
struct plan_part {
    const struct step *steps; /* in order of application, deletions last; unchanged ones left out */
    size_t count;
    size_t counts[STEP_ACTIONS]; /* also of unchanged ones */
    unsigned risks;
};

enum live_state {
    LIVE_NOT_EVALUATED, /* no credentials, or not asked for */
    LIVE_UNREACHABLE,
    LIVE_EVALUATED,
};

struct plan_target {
    str name, role, region;         /* role and region may be empty */
    bool refused;                   /* head cannot be rendered: no steps */
    bool base_refused;              /* base could not be: everything in head is shown as created */
    const struct finding *findings; /* of head, errors and warnings */
    size_t finding_count;
    struct plan_part desired;
    enum live_state live_state;
    str live_problem; /* why it is not evaluated */
    struct plan_part live;
    size_t verified, different; /* steps tried at the server, and those that went otherwise */
    struct plan_digest digest;
};

struct group_member {
    size_t target, step; /* plan->targets[target].desired (or live).steps[step] */
};

/* Steps that do the same to objects of one kind, on however many targets. */
struct plan_group {
    bool live; /* which part it belongs to */
    bool hook; /* of hooks: they are run, not kept */
    enum step_action action;
    enum hold_kind hold;
    enum gate_reason gate;
    unsigned risks;
    struct gvk gvk;
    str problem; /* of all its steps */
    const struct change *changes;
    size_t change_count;
    struct change_pair example; /* of the first member, masked: for a diff as text */
    const struct group_member *members;
    size_t member_count;
    size_t target_count; /* different ones among the members */
};

struct plan {
    str base, head; /* commits as hex, or what stands for them; base may be empty */
    const struct plan_target *targets; /* by name */
    size_t target_count;
    const struct plan_group *groups; /* riskiest first, then by action, then by size */
    size_t group_count;
    size_t counts[STEP_ACTIONS], live_counts[STEP_ACTIONS];
    unsigned risks;
    size_t errors; /* findings of severity ERROR */
    bool has_base; /* the desired part was asked for */
    bool has_live; /* so was the live part, of at least one target */
    bool whole;    /* every target of head was rendered: only then the digest stands for it all */
    struct plan_digest digest;
};

/* One side of a target. `desired` NULL and not refused: the target is not there on this side. */
struct plan_side {
    const struct desired *desired;
    const struct desired *hooks; /* what is run and not kept; NULL = none */
    bool refused;
    const struct finding *findings;
    size_t finding_count;
};

/* An object as a cluster has it, and as it would be after a sync. For the live part. */
struct live_object {
    struct object_id id;
    struct position source;
    uint32_t wave;
    value live;      /* ABSENT: not there */
    value predicted; /* ABSENT: to be deleted; equal to live: nothing to do */
    value applied;   /* what would be sent; ABSENT where nothing is */
    bool forced;     /* it takes fields back that others changed */
    bool adopts;     /* fields that another tool applied become ours before */
    bool has_holes;  /* values of the cluster stand where Git has only marks */
    const struct schema_type *type;
    enum hold_kind hold; /* the step is held … */
    enum gate_reason gate;
    str problem; /* … and why */
};

struct plan_cluster {
    const struct live_object *objects;
    size_t count;
};

struct plan_request_target {
    str name, role, region;
    struct plan_side base, head;
    enum live_state live_state;
    str live_problem;
    const struct plan_cluster *cluster; /* with LIVE_EVALUATED */
    str cluster_uid;                    /* empty = not known */
    size_t verified, different;
};

/*
 * Targets whose clusters have one uid are one cluster, and one of them writes for all: what one
 * wants, no other removes. Call it once all clusters are read; new lists live in the arena.
 */
void plan_combine(struct plan_request_target *targets, size_t count, struct arena *arena);

struct plan_request {
    str base, head;
    bool has_base;
    const struct plan_request_target *targets;
    size_t target_count;
    struct prune_policy {
        bool enabled;
        uint64_t max_count, max_percent;
    } prune;
    const struct schema_set *types; /* to match items of lists by; NULL: by name */
    const struct level *level;      /* of the platform; NULL = none */
    str secret_key;                 /* see change_mask; empty = none */
    const struct limits *limits;
};

/* Cannot fail: what cannot be read again (a bug) shows as a change of the whole object. */
const struct plan *plan_make(const struct plan_request *request, struct arena *arena);

/* How a plan ends: what the exit code of `syncd plan` and a commit status stand for. */
enum plan_verdict { PLAN_EMPTY, PLAN_CHANGES, PLAN_HELD, PLAN_UNKNOWN, PLAN_REFUSED };
enum plan_verdict plan_verdict(const struct plan *plan);
const char *plan_verdict_name(enum plan_verdict verdict);

#endif
