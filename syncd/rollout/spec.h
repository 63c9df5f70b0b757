/*
 * spec: a Rollout as Git states it. A document among a management cluster's objects, never applied:
 *
 *     apiVersion: syncd.dev/v1alpha1
 *     kind: Rollout
 *     metadata: {name: mke-3-5-5}
 *     spec:
 *       field: spec.providerSpec.value.release    # of each cluster's own object
 *       from: mke-11-6-0-3-5-4
 *       to: mke-11-7-0-3-5-5
 *       waves:
 *       - {name: canary, select: {names: [team-lab/lab-1]}, soak: 2h}
 *       - {name: rest, select: {labels: {tier: prod}}, maxParallel: 5, manualApproval: true}
 *
 * Members are the objects whose field Git states as `to`. Every key is a row of one table, which
 * `syncd explain rollout`, its JSON schema and the reader share.
 */
#ifndef SYNCD_ROLLOUT_SPEC_H
#define SYNCD_ROLLOUT_SPEC_H

#include "repo-layout/level_path.h"
#include "syncd/object/object.h"
#include "syncd/object/selector.h"

#define ROLLOUT_WAVES_MOST 100
#define ROLLOUT_NO_WAVE    UINT32_MAX

/* When clusters may be let go. Minutes of the day in the rollout's time zone. */
struct rollout_hours {
    unsigned weekdays; /* bit 0 = Sunday; 0 = every day */
    uint32_t from, to; /* from ≤ minute < to */
};
/* Never, although the hours would allow it: local time, seconds as if it were UTC. */
struct rollout_ban {
    int64_t from, to; /* from ≤ second < to */
};
struct rollout_freeze {
    str zone; /* "Europe/Berlin"; empty = UTC */
    VEC(struct rollout_hours) allow;
    VEC(struct rollout_ban) deny;
};

/* A number of clusters, or a part of all of them. */
struct rollout_amount {
    bool set, percent;
    uint32_t number;
};

struct rollout_wave {
    str name;
    VEC(str) names; /* "namespace/name", or a name in any namespace; either may end with a star */
    const struct selector *labels; /* NULL = any */
    str provider, region;          /* empty = any */
    uint32_t max_parallel;
    struct rollout_amount max_unavailable; /* besides the rollout's own */
    int64_t soak_ns;
    bool manual_approval;
    bool approved; /* Git says so itself */
    uint32_t line;
};

/* What has to be so before a cluster is let go; bits. */
enum rollout_gate {
    ROLLOUT_RELEASE_AVAILABLE = 1, /* the cluster says that it may go to `to` */
    ROLLOUT_CLUSTER_READY = 2,
    ROLLOUT_NO_STUCK_LCM = 4,
    ROLLOUT_NOT_IN_MAINTENANCE = 8,
};

enum rollout_unreachable {
    ROLLOUT_COUNT, /* counts as unavailable; its wave waits for it */
    ROLLOUT_HOLD,  /* as long as one is not heard of, no cluster is let go */
    ROLLOUT_SKIP,  /* its wave goes on without it; it follows when it is heard of */
};

/* How a cluster went wrong. */
enum rollout_cause {
    ROLLOUT_NO_CAUSE,
    ROLLOUT_FAILED, /* it says so itself, or was not ready in time */
    ROLLOUT_DEGRADED,
    ROLLOUT_STUCK,
    ROLLOUT_CAUSES,
};
const char *rollout_cause_name(enum rollout_cause cause);

struct rollout_spec {
    str name;
    struct position source;
    str api_version, kind; /* of a cluster's object; empty = what the level says */
    const struct level_path *field;
    str from, to;
    bool suspend, abort;
    bool left; /* Git has it no more: it is as it was on record, and lets nobody go */
    struct rollout_amount max_unavailable;
    enum rollout_unreachable unreachable;
    struct rollout_freeze freeze;
    VEC(struct rollout_wave) waves;
    unsigned gates;                   /* bits of enum rollout_gate */
    int64_t within_ns;                /* not ready after this time is failed; 0 = never */
    uint32_t stop_on[ROLLOUT_CAUSES]; /* so many clusters stop it; 0 = never */
    bool stop_for_good;               /* goes on only when somebody says so */
};

#define ROLLOUT_RULE "E_ROLLOUT"

bool rollout_is(const struct object_id *id);
/*
 * Reads a document; everything wrong is told at once (E_ROLLOUT, with line and hint), and then
 * there is no spec. Views into the document; the rest lives in the arena.
 */
bool rollout_read(value document, struct position source, struct arena *arena,
                  struct findings *findings, const struct rollout_spec **ret_spec) MUST_USE;

/* Which wave is a cluster's: the first that selects it, or ROLLOUT_NO_WAVE. */
uint32_t rollout_wave_of(const struct rollout_spec *spec, str name, value labels, str provider,
                         str region);

/* The table of keys, for people and as a JSON schema. */
struct buf;
void rollout_explain(struct buf *buf);
void rollout_schema(struct buf *buf);

/*
 * What the clock shows in a zone: seconds east of UTC at an instant. False: the zone is not known,
 * and then nothing is let go. Given by whoever has the time zone database.
 */
struct rollout_clock {
    void *context;
    bool (*offset)(void *context, str zone, int64_t utc_seconds, int32_t *ret_east);
};
/* May clusters be let go at this time? */
bool rollout_is_open(const struct rollout_freeze *freeze, const struct rollout_clock *clock,
                     int64_t wall_ns);

#endif
