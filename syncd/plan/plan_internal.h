/* What the files of plan share while one is made. */
#ifndef SYNCD_PLAN_PLAN_INTERNAL_H
#define SYNCD_PLAN_PLAN_INTERNAL_H

#include "syncd/base/map.h"
#include "syncd/plan/plan.h"

/* A group that still grows; `plan` is what becomes of it. */
struct group_draft {
    struct plan_group plan;
    VEC(struct group_member) members;
    size_t last_target; /* of the newest member */
};

/* A part that still grows. */
struct part_draft {
    VEC(struct step) steps;
    size_t counts[STEP_ACTIONS];
    unsigned risks;
};

/* A pair of texts that was looked at already, and the group it fell into. */
struct memo {
    str before, after;
    size_t group;
};

struct plan_build {
    const struct plan_request *request;
    struct arena *arena;   /* the plan's */
    struct arena *scratch; /* of one step */
    bool live;             /* the part at hand */
    struct map by_changes; /* group's digest → index + 1 */
    struct map by_texts;   /* digests of a pair of documents → struct memo */
    VEC(struct group_draft) groups;
};

/* The documents of a step, as they are; either may be ABSENT. */
struct step_documents {
    value before, after;
    const struct schema_type *type; /* NULL: not known */
};

/*
 * The group of a step with these documents: an equal one, or a new one. Sets the step's risks and
 * group. Members are added when the steps of the target are in order (group_join).
 */
void group_find(struct plan_build *build, const struct step_documents *documents,
                struct step *step);
/* Adds the step at `index` of the target's part to the group it names. */
void group_join(struct plan_build *build, const struct step *step, size_t target, size_t index);
/* Sorts the groups, and renumbers `group` of all steps of the targets. */
void groups_finish(struct plan_build *build, struct plan_target *targets, size_t target_count,
                   struct plan *plan);

/* Takes a step into a part: counts it, and keeps it unless nothing is to be done. */
void part_add(struct plan_build *build, struct part_draft *part, const struct step *step);
/* In order of application; its steps join their groups. */
struct plan_part part_finish(struct plan_build *build, struct part_draft *part, size_t target);

/* The part that compares two commits, and the one that compares with a cluster. */
struct plan_part desired_part(struct plan_build *build, const struct plan_request_target *target,
                              size_t index);
struct plan_part live_part(struct plan_build *build, const struct plan_request_target *target,
                           size_t index);

#endif
