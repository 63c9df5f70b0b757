/*
 * health: what an object's status says, as a verdict. Pure. The rules are data (YAML or JSON),
 * compiled once; judging an object costs no allocation but for its two texts and is bounded.
 *
 * A rules document:
 *
 *     rules:
 *     - id: cluster                        # stands in verdicts
 *       kinds: [cluster.k8s.io/Cluster]    # "group/Kind"; "/Pod" is core. Either part may begin
 *                                          # with a star: it ends so, or is anything
 *       when: TEST                         # optional: else the rule does not apply
 *       observed: status.providerStatus.observedGeneration   # default status.observedGeneration;
 *                                          # "none": not checked. Behind metadata.generation, the
 *                                          # verdict is Progressing before anything else is asked
 *       verdicts:                          # the first whose test holds
 *       - is: Failed                       # Ready Progressing Failed Suspended Missing Unknown
 *         if: TEST                         # none: always
 *         reason: ErrorReason              # texts may hold {path} of the object, and {item.path}
 *         message: "{status.errorMessage}" # of the list item that was found; a condition's own
 *                                          # reason and message when none are given
 *
 * When no verdict of a rule holds, the next rule for the kind is asked, in the order of documents
 * and rules. A TEST is a mapping, or a list of them, all of which must hold:
 *
 *     {path: P, eq: V}           also ne lt le gt ge prefix; V a scalar or {path: P, default: V}
 *     {path: P, in: [V, …]}      {path: P, matches: RE2}      {path: P, exists: true|false}
 *         default: V             of any of these: what counts when P is not there
 *     {condition: T, status: V}  an item of status.conditions with type T (or a list of types);
 *                                optional: status, reason (a scalar or a list), reasonMatches,
 *                                messageMatches, at: PATH (the list), key: type, field: status
 *     {any: P, where: TEST}      an item of the list (or a value of the mapping) at P fits;
 *     {every: P, where: TEST}    every one does, and there is at least one
 *     {none: P, where: TEST}     none does
 *     {count: P, where: TEST, lt: V}   how many fit, compared
 *     {all: [TEST…]}  {or: [TEST…]}  {not: TEST}
 *
 * A path is names with dots: status.nodes[0].name, metadata.annotations["a.b/c"]. In `where` it
 * begins at the item ("." is the item itself, "$key" its key in a mapping); "$object.…" begins at
 * the object, "$facts.…" at what the caller joined (verdicts, other objects, counts).
 * A missing value is equal to nothing and not smaller or greater than anything.
 */
#ifndef SYNCD_HEALTH_HEALTH_H
#define SYNCD_HEALTH_HEALTH_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/object/object.h"

enum health_state {
    HEALTH_NO_RULE,     /* Unknown: no rule can read the status */
    HEALTH_STALE,       /* Unknown: the evidence is older than its time to live */
    HEALTH_MISSING,     /* it is not in the cluster */
    HEALTH_FAILED,      /* it will not become ready by itself, or stopped being so */
    HEALTH_PROGRESSING, /* its controller is at work, or has not seen the newest generation */
    HEALTH_TERMINATING,
    HEALTH_SUSPENDED, /* somebody stopped it on purpose */
    HEALTH_READY,
    HEALTH_UNKNOWN, /* a rule read it: the controller itself does not know */
    HEALTH_STATES,
};
/* "Ready", "Unknown (stale)", "Unknown (no rule)", … */
const char *health_state_name(enum health_state state);
/* True for states that let go what waits for the object: READY, SUSPENDED, NO_RULE. */
bool health_lets_pass(enum health_state state);

struct health_verdict {
    enum health_state state;
    int64_t generation;  /* of the object that was judged */
    int64_t observed_ns; /* when its state was heard of */
    str rule;            /* id; empty = none */
    str reason;          /* one word: "MinimumReplicasUnavailable" */
    str message;         /* a sentence; may be empty */
};

struct health_rules; /* immutable once all documents are added: may be shared */

/* No rules yet. They live in the arena. */
struct health_rules *health_rules_new(const struct limits *limits, struct arena *arena);
/*
 * Appends a document's rules; those added first are asked first. `file` for messages. INPUT
 * (E_HEALTH_RULE, with the line) for what is no rule: nothing of the document is added then.
 */
bool health_rules_add(struct health_rules *rules, value document, str file,
                      struct error *err) MUST_USE;
/* The rules for the kinds of Kubernetes itself, then those that read any kind's conditions. */
bool health_rules_add_builtin(struct health_rules *rules, struct error *err) MUST_USE;
size_t health_rules_count(const struct health_rules *rules);

/* What is known of one object. */
struct health_evidence {
    value object;     /* as the API server has it */
    value facts;      /* $facts: ABSENT = none */
    bool has_status;  /* its kind has a status subresource: an object without one is Progressing */
    int64_t heard_ns; /* when */
};

/* Texts live in the arena. */
struct health_verdict health_judge(const struct health_rules *rules,
                                   const struct health_evidence *seen, struct arena *arena);

/* What a verdict is worth now: itself, or STALE when it is older than ttl_ns. */
struct health_verdict health_as_of(const struct health_verdict *verdict, int64_t now_ns,
                                   int64_t ttl_ns);

#endif
