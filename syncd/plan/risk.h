/*
 * risk: what people must see first in a plan. Rules are data: those of Kubernetes' own kinds stand
 * in risk.c, those of a platform in its level.
 */
#ifndef SYNCD_PLAN_RISK_H
#define SYNCD_PLAN_RISK_H

#include "syncd/plan/change.h"

enum risk {
    RISK_TOMBSTONE,   /* an object is marked for deletion */
    RISK_PROTECTED,   /* deleting it would take more along */
    RISK_MASS_DELETE, /* more deletions on one target than the budget allows */
    RISK_IMMUTABLE,   /* a field that the API server does not let change */
    RISK_REPLACED,    /* machines are replaced */
    RISK_UPGRADED,    /* a cluster is upgraded */
    RISK_APPROVAL,    /* a field whose change somebody has to approve */
    RISK_DEFINITION,  /* the definition of a kind changes or goes */
    RISK_HOLE,        /* a value is only known in the cluster */
    RISK_COUNT,
};

/* Sets of risks are bits. */
static inline unsigned risk_bit(enum risk risk)
{
    return 1u << risk;
}

const char *risk_name(enum risk risk); /* "tombstone" */
const char *risk_text(enum risk risk);

enum { RISK_ON_CREATE = 1, RISK_ON_CHANGE = 2, RISK_ON_DELETE = 4 };

/* A danger seen in a step. "*" as group or kind means any. */
struct risk_rule {
    const char *group, *kind;
    const char *path; /* the changed field or one above it, ".spec.selector"; empty = any field */
    unsigned on;      /* RISK_ON_… */
    enum risk risk;
};

struct risk_rules {
    const struct risk_rule *items;
    size_t count;
};

/*
 * What the platform's level says of a change between two documents (ABSENT: it comes or goes), as
 * bits: fields that may not change or need an approval, machines that are replaced by such a
 * change, clusters that want another release, objects that only go with a tombstone.
 */
unsigned risks_of_level(const struct level *level, const struct gvk *gvk, value before,
                        value after);
/* True when the level lets an object like this go only with a tombstone. */
bool risk_needs_tombstone(const struct level *level, const struct gvk *gvk, value document);

/* Of Kubernetes' own kinds; never empty. */
struct risk_rules risk_rules_builtin(void);

/* The risks that the rules see in a step on an object of this kind, as bits. */
unsigned risks_find(const struct risk_rules *rules, const struct gvk *gvk, unsigned on,
                    const struct changes *changes);

#endif
