/*
 * policy: what is done about drift, by kind and path. Rules come from the configuration, and from
 * the annotations on objects in Git that users of other tools already write. Never from the live
 * object: who changes it must not be able to allow it. Pure.
 */
#ifndef SYNCD_LIVE_POLICY_H
#define SYNCD_LIVE_POLICY_H

#include "syncd/live/drift.h"

enum drift_action {
    DRIFT_HEAL,   /* Git's state is restored */
    DRIFT_REPORT, /* said, and left alone */
    DRIFT_IGNORE, /* neither */
    /* What came of healing; no rule says it. */
    DRIFT_CONTESTED, /* healed too often: left alone, loudly */
};

const char *drift_action_name(enum drift_action action);
/* Of the three that a rule may say. */
bool drift_action_from_name(str name, enum drift_action *ret_action) MUST_USE;

/* Empty texts match everything. Kind as "Kind" or "Kind.group"; names with `*`. */
struct drift_rule {
    str kind, namespace, name;
    str path; /* `.spec.replicas`, `.spec.nodes[*].size` or `/spec/replicas`; what is below too */
    str manager; /* the writer's name, with `*` */
    str class;   /* name of a class */
    enum drift_action action;
};

struct drift_policy {
    const struct drift_rule *rules; /* the first that matches counts */
    size_t len;
    enum drift_action fallback; /* where none does */
};

/* INPUT (E_DRIFT_RULE) when the path or the class of a rule cannot be meant. */
bool drift_rule_check(const struct drift_rule *rule, struct error *err) MUST_USE;
/* True when the pattern means the path or something above it. */
bool drift_path_matches(str pattern, str path);

/* What the annotations of Git's object say; `rules` apply before the configuration's. */
struct drift_wishes {
    VEC(struct drift_rule) rules;
    bool ignore_object;     /* e.g. client.lifecycle.config.k8s.io/mutation: ignore */
    bool ignore_extraneous; /* argocd.argoproj.io/compare-options: IgnoreExtraneous */
};
void drift_read_wishes(value stated, struct arena *arena, struct drift_wishes *ret_wishes);

/* What the first rule that matches says; false when none does. */
bool drift_find_rule(const struct drift_policy *policy, const struct drift_wishes *wishes,
                     const struct object_id *id, const struct drift *drift,
                     enum drift_action *ret_action) MUST_USE;
enum drift_action drift_decide(const struct drift_policy *policy, const struct drift_wishes *wishes,
                               const struct object_id *id, const struct drift *drift);

/* The narrowest rule that would silence the finding, as an entry of spec.drift.rules in YAML. */
void drift_suggest_rule(const struct object_id *id, const struct drift *drift, struct buf *buf);

#endif
