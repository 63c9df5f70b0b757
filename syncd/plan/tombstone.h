/*
 * tombstone: the word in Git that lets an object of a dangerous kind be deleted. A document
 *
 *     apiVersion: syncd.dev/v1alpha1
 *     kind: Tombstone
 *     metadata: {name: retire-team-a}
 *     spec:
 *       reason: the team has moved
 *       objects:
 *       - {apiVersion: v1, kind: Namespace, name: team-a}
 *       - {apiVersion: v1, kind: PersistentVolumeClaim, namespace: web, name: data, uid: 6f1e…}
 *
 * anywhere among a target's objects. It is never applied. It opens the gate's protection of kinds
 * for these objects, nothing else: they still have to be ours, unwanted, and within the budget.
 * With a uid only that very object is meant.
 */
#ifndef SYNCD_PLAN_TOMBSTONE_H
#define SYNCD_PLAN_TOMBSTONE_H

#include "syncd/object/object.h"

struct tombstone {
    str key;    /* object_id_key */
    str uid;    /* empty = any */
    str policy; /* how a platform is asked to let it go; empty = the gentlest way */
};

struct tombstones {
    VEC(struct tombstone) list;
};

bool tombstone_is(const struct object_id *id);
/* What cannot be read names nothing, and so allows nothing. Texts live in the arena. */
void tombstones_add(struct tombstones *tombstones, str json, struct arena *arena);
/* The one that names the object, or NULL. */
const struct tombstone *tombstones_find(const struct tombstones *tombstones, str key, str uid);
/* True when one does. */
bool tombstones_allow(const struct tombstones *tombstones, str key, str uid);
#endif
