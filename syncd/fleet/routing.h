/*
 * routing: what of a rendered unit belongs to its target, and in which order, by the level. Pure.
 *
 * An object goes where it stands in the repository; the level says which kinds may stand there.
 */
#ifndef SYNCD_FLEET_ROUTING_H
#define SYNCD_FLEET_ROUTING_H

#include "render/unit/wire.h"
#include "repo-layout/level.h"

struct routing_target {
    str name;
    bool regional;
    str region; /* of a regional one */
};

/*
 * Leaves out declarations for syncd itself, then checks every object: kinds that syncd never writes
 * (E_ROUTE_OBSERVED), kinds of regional clusters in the management cluster's unit
 * (E_ROUTE_REGIONAL), objects of another region in a regional unit (E_ROUTE_REGION). What is wrong
 * is added to the unit's findings and the unit is not right any more: its objects stay as they are,
 * for messages.
 */
void routing_check(const struct level *level, const struct routing_target *target,
                   struct wire_unit *unit, struct arena *arena);

/*
 * Gives objects the rank of their kind. What stands in a platform's order is applied in it; it does
 * not wait until the one before is ready: controllers bear disorder, people read errors in order.
 * An object whose kind has no place in it goes with what it says it depends on; one of a kind that
 * has, and depends on one of a later kind, is refused (E_DEPENDS) as above.
 */
void routing_order(const struct level *level, struct wire_unit *unit, struct arena *arena);

/*
 * Which of several targets that are one cluster is the one that writes: the management cluster,
 * else the first. `uids` has the kube-system uid of each, empty = not known. Gives for each target
 * the index of the one it is part of (its own, mostly).
 */
void routing_combine(const struct routing_target *targets, const str *uids, size_t count,
                     size_t *ret_parts);

#endif
