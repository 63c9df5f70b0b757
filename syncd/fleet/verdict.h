/*
 * verdict: is an object of the platform ready? Its own status and what others say about it, by the
 * rules of the level. Remembers what was ready, so that a cluster that stops being so is Degraded,
 * and since when a verdict has been as it is. Pure; owns its memory.
 */
#ifndef SYNCD_FLEET_VERDICT_H
#define SYNCD_FLEET_VERDICT_H

#include "syncd/fleet/evidence.h"
#include "syncd/health/health.h"

struct fleet_verdict {
    const struct level_kind *kind;
    str key; /* "namespace/name" */
    enum health_state state;
    int64_t generation;  /* of the object that was judged */
    int64_t observed_ns; /* when it was heard of */
    int64_t since_ns;    /* the state and reason are the same since then */
    int64_t said_ns;     /* and the message, too: a stage further is worth a record */
    str reason, message;
};

struct verdicts;

/* The level's rules with the general ones behind them; E_HEALTH_RULE when they are wrong. */
bool verdicts_create(const struct level *level, struct verdicts **ret_verdicts,
                     struct error *err) MUST_USE;
void verdicts_destroy(struct verdicts *verdicts);
struct evidence *verdicts_evidence(struct verdicts *verdicts);
const struct health_rules *verdicts_rules(const struct verdicts *verdicts);

/* Judges everything again. True when a state, reason or message has changed. */
bool verdicts_judge(struct verdicts *verdicts, int64_t now_ns);
/*
 * One object as it is now, by the level's rules and with what others say about it. Changes nothing
 * that is remembered.
 */
struct health_verdict verdicts_judge_object(struct verdicts *verdicts,
                                            const struct level_kind *kind, value document,
                                            bool has_status, int64_t now_ns, struct arena *arena);
/* All of them, in no order; they live until the next verdicts_judge. */
const struct fleet_verdict *verdicts_all(const struct verdicts *verdicts, size_t *ret_count);
/* One of them, or NULL. */
const struct fleet_verdict *verdicts_find(const struct verdicts *verdicts,
                                          const struct level_kind *kind, str key);

#endif
