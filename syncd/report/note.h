/*
 * note: what became of a commit, as the records of its Git note. One JSON object a line; the keys
 * that identify a record (r, t, k, n) stand first, so that sorted lines read well and the first one
 * is the summary. No record holds a value of a field: only names, paths, states and rule ids.
 */
#ifndef SYNCD_REPORT_NOTE_H
#define SYNCD_REPORT_NOTE_H

#include "syncd/reconcile/target.h"

#define NOTE_OBJECTS_MOST 200 /* single objects named; the rest is counted */

/* One word for a whole commit or target, the best first. */
enum verdict {
    VERDICT_SYNCED,
    VERDICT_PROGRESSING,
    VERDICT_HELD,    /* policy or an owner of fields stands in the way */
    VERDICT_UNKNOWN, /* not reached */
    VERDICT_PARTLY,
    VERDICT_FAILED,
    VERDICT_REFUSED, /* the commit itself is wrong: nothing of it was applied here */
};
const char *verdict_name(enum verdict verdict);

/* What the note says of one target. */
struct note_target {
    str name;
    const struct target *target;    /* NULL when refused */
    const struct finding *findings; /* of a refused unit */
    size_t finding_count;
    bool refused;
};

enum verdict note_target_verdict(const struct note_target *target);
/* Of several: REFUSED, FAILED and SYNCED only when all are; else PARTLY or the worst. */
enum verdict note_verdict(const struct note_target *targets, size_t count);

/* All records but drift, sorted lines. */
void note_write(str commit, const struct note_target *targets, size_t count, int64_t wall_ns,
                struct buf *buf);
/* One line about an object's drift: the first place of it, and how many more there are. */
void note_write_drift(str target, const struct object_id *id, const struct drifts *drifts,
                      const enum drift_action *actions, int64_t wall_ns, struct buf *buf);
/* What the platform's objects say of themselves: one of them, as it is since `since_ns`. */
struct note_verdict_record {
    struct gvk kind;
    str name; /* "namespace/name" */
    const char *verdict;
    str reason, message; /* may be empty */
    int64_t generation, since_ns;
};
void note_write_verdict(str target, const struct note_verdict_record *record, int64_t wall_ns,
                        struct buf *buf);
/* What a rollout does with one object. */
struct note_rollout_record {
    struct gvk kind;
    str name; /* "namespace/name" */
    const char *verdict;
    str rollout, wave;
    const char *reason;
    str message; /* may be empty */
};
void note_write_rollout(str target, const struct note_rollout_record *record, int64_t wall_ns,
                        struct buf *buf);
struct note_rollout_whole {
    str rollout;
    const char *state;
    str wave; /* that is open; empty = all have passed */
    size_t held, released, done, bad;
};
void note_write_rollout_whole(str target, const struct note_rollout_whole *whole, int64_t wall_ns,
                              struct buf *buf);
/* The whole note of a commit that reaches no target: held, or refused as a whole. */
void note_write_whole(enum verdict verdict, const char *rule, str reason, int64_t wall_ns,
                      struct buf *buf);

/* One line about what the commit's plan is, compared with the one that was reviewed; `number` is of
 * the pull request that showed it, 0 = none. */
void note_write_review(const char *review, const char *digest, uint64_t number, int64_t wall_ns,
                       struct buf *buf);

/* One sentence: "mgmt: 2 created, 1 updated, 212 unchanged". */
void summary_sentence(str name, const struct target_summary *summary, struct buf *buf);

#endif
