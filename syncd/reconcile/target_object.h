/* target_object: what a target's state machine knows of one object: bytes and digests, no tree. */
#ifndef SYNCD_RECONCILE_TARGET_OBJECT_H
#define SYNCD_RECONCILE_TARGET_OBJECT_H

#include "syncd/health/health.h"
#include "syncd/live/live.h"
#include "syncd/live/policy.h"
#include "syncd/object/uid.h"
#include "syncd/object/version.h"
#include "syncd/plan/gate.h"

/* What became of one object. */
enum object_state {
    OBJECT_TODO,      /* to be applied (or, not desired, to be looked at for pruning) */
    OBJECT_BUSY,      /* a request is on its way */
    OBJECT_RETRY,     /* failed for now; due at retry_ns */
    OBJECT_DONE,      /* as desired */
    OBJECT_FAILED,    /* refused: waits for the next commit */
    OBJECT_CONFLICT,  /* somebody else owns fields of it: held */
    OBJECT_CONTESTED, /* fields of it are left alone, loudly: healed too often, or not to be touched
                       */
    OBJECT_KEPT,      /* not desired any more, but the gate is shut */
    OBJECT_LEAVING,   /* its deletion was accepted; waits for finalizers */
    OBJECT_DELETED,   /* confirmed gone */
    OBJECT_WAITING,   /* for what comes before it in the commit's order */
    OBJECT_RUNNING,   /* a hook that has not ended */
    OBJECT_HELD,      /* the server does not let a field of it change, and Git does not let it be
                         made anew */
};

enum object_change { CHANGE_NONE, CHANGE_CREATED, CHANGE_UPDATED };

/* Deleting one object: each step after the other. */
enum leaving { LEAVING_NOT, LEAVING_LOOK, LEAVING_PASSED /* the gate */ };

#define NO_DESIRED UINT32_MAX
#define NO_RUN     UINT32_MAX

/* There is one of these for every object of every cluster: what is rare stands elsewhere. */
struct target_object {
    str key;          /* the commit's own text where it has one, else of the table */
    uint32_t desired; /* index, or NO_DESIRED */
    uint32_t kind;    /* index into kinds: with the version that is to be used */
    uint32_t wave;
    uint32_t run;          /* of a hook: the run that is going on, or NO_RUN */
    uint32_t note;         /* see target_health_note */
    uint32_t acked_time_s; /* of our entry in the last acknowledged answer; 0 = not known */
    uint8_t health;        /* enum health_state */
    uint8_t leaving;       /* enum leaving */
    uint8_t state;         /* enum object_state */
    uint8_t change;        /* enum object_change */
    uint8_t kept_by;       /* enum gate_reason */
    bool recorded : 1;     /* stands in the inventory as it was last written */
    bool acknowledged : 1; /* acked_* are known */
    bool seen : 1;         /* is in the cluster, as far as the watch says */
    bool owned : 1;        /* carries our owner label */
    bool deleting : 1;
    bool hook : 1;     /* of the commit: run, not kept */
    bool force : 1;    /* next apply reclaims our own fields */
    bool drifted : 1;  /* drift was seen and is not healed yet */
    bool troubled : 1; /* this commit\'s work on it failed at least once */
    bool examine : 1; /* to be looked at, and compared with the server's own answer, before an apply
                       */
    bool tolerated : 1;    /* what was judged last is not healed */
    bool contested : 1;    /* a field of it is */
    bool told : 1;         /* that it drifted, and not yet that it does no longer */
    bool twice : 1;        /* with the namespace settled, the commit has it twice */
    bool adopted : 1;      /* in this commit: what could be moved was */
    uint16_t tools;        /* bits of OPTION_ADOPT: other tools that applied fields of it */
    uint16_t live_options; /* object_options, when it was last looked at */
    uint8_t attempts;
    uint8_t looks; /* in a row that were out of date when they ended */
    int64_t retry_ns;
    uint64_t judged; /* drift_digest of what was judged last; 0 = nothing is open */
    struct hash128 acked_desired, acked_live, seen_live;
    uint64_t seen_version; /* version_pack */
    uint64_t sent_version; /* its version when the apply on its way was sent */
    struct uid uid;
    /* Of Git's document: not applied. In the table's arena, as the next; NULL = nothing. */
    const struct drift_places *left_out;
    const char *problem; /* why it is not done */
};
/* With its share of the table, an object may cost 256 bytes (tests/bench/rows/index-memory). */
_Static_assert(sizeof(struct target_object) <= 176, "an object in the index is small");

#endif
