/* desired: what one commit wants one target to hold. Immutable; counted, because a target may still
 * work on the old one when the next is there. */
#ifndef SYNCD_PLAN_DESIRED_H
#define SYNCD_PLAN_DESIRED_H

#include "repo-layout/level_path.h"
#include "syncd/plan/order.h"
#include "syncd/plan/tombstone.h"

struct desired_object {
    struct object_id id;
    str key; /* object_id_key */
    struct position source;
    int32_t rank;     /* of its kind, by the platform\'s level */
    uint32_t wave;    /* rank of application, from 0, without gaps: for reports */
    unsigned options; /* bits of enum object_option */
    str depends_on;
    uint32_t release; /* index, or WIRE_NO_RELEASE */
    struct hash128 digest;
    str json;
};

/* What is run, not kept. */
struct desired_hook {
    struct object_id id;
    str key;
    struct position source;
    struct hook hook;
    uint32_t release;
    struct hash128 digest;
    str json;
};

/* A form of an object: what is sent. */
struct desired_form {
    struct hash128 digest;
    str json;
};

/* An object whose newest form has to wait until a rollout lets it go: it keeps the one before. */
struct desired_hold {
    uint32_t object;                 /* index */
    const struct level_path *field;  /* that the rollout changes */
    const struct level_path *offers; /* what its cluster may go to; NULL = it does not say */
    str from, to;
    struct desired_form before; /* the same object with `from` */
};
#define DESIRED_NO_HOLD UINT32_MAX

/* A Rollout of the commit: for syncd itself. */
struct desired_rollout {
    struct position source;
    str json;
};

struct desired {
    str target;
    char commit[41];
    uint64_t sequence; /* of accepted commits: greater is newer */
    uint32_t group;    /* of targets on one cluster, for which it was rendered: see target_policy */
    const struct desired_object *objects; /* by identity */
    size_t count;
    uint32_t waves;
    const struct desired_hook *hooks;
    size_t hook_count;
    struct hash128 content; /* of all objects and hooks: equal commits are equal */
    const struct order *order;
    struct tombstones tombstones;          /* what may be deleted although its kind is protected */
    const struct render_release *releases; /* of charts */
    size_t release_count;
    bool releases_change; /* at least one is installed or upgraded by it */
    const struct desired_rollout *rollouts;
    size_t rollout_count;
    const struct desired_hold *holds; /* by object */
    size_t hold_count;
    const uint32_t *hold_of; /* of each object, or DESIRED_NO_HOLD; NULL: there are no holds */
    struct arena *arena;     /* holds all of it, and what the texts point into */
    unsigned refs;
};

/*
 * Takes over `arena`, in which the unit's bytes live or are kept by arena_defer. Orders into waves:
 * CustomResourceDefinitions, Namespaces, everything else; inside these by the object's own wave.
 * Objects that are for tools only (OPTION_LOCAL) and tombstones are no objects of the target.
 */
struct desired *desired_make(const struct wire_unit *unit, str commit, uint64_t sequence,
                             struct arena *arena);
struct desired *desired_ref(struct desired *desired);
void desired_unref(struct desired *desired);

/* Holds objects back, before anybody else has the desired state; the rows are by object. */
void desired_hold(struct desired *desired, const struct desired_hold *holds, size_t count);

/* Index of the object with this identity, or SIZE_MAX. */
size_t desired_find(const struct desired *desired, const struct object_id *id);

#endif
