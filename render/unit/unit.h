/*
 * unit: all that one target shall hold, rendered and checked. A unit is right as a whole or not at
 * all: one bad file means that nothing of it is applied, and all that is wrong is told at once.
 */
#ifndef RENDER_UNIT_UNIT_H
#define RENDER_UNIT_UNIT_H

#include "render/render.h"

/* The label that marks what syncd applies; its value is the owner's id. */
#define OWNER_LABEL "applyset.kubernetes.io/part-of"

/* Something in the repository that could not go into the snapshot: a name, a size, a mode. */
struct unit_fault {
    str rule, path, text;
};

struct unit {
    str name;         /* of the target */
    const str *paths; /* of the snapshot, each rendered by itself; layout:management and
                         layout:regional/REGION are what the layout has for them */
    size_t path_count;
    str owner;      /* value of OWNER_LABEL; empty = none is set */
    str default_ns; /* for objects that name no namespace and need one; empty = none is set */
    const struct unit_fault *faults;
    size_t fault_count;
    struct render_world *world; /* of its cluster; NULL: offline */
};

/*
 * Renders every path and checks the whole: E_EMPTY, E_DUP_OBJECT, E_RESERVED_FIELD, E_OBJ_SIZE, and
 * faults of the snapshot in or beside what was read. All problems are added to context->findings.
 * True when there are none of severity ERROR; the objects then carry the owner label and are sorted
 * by identity. Where a kind's scope is known here (it is Kubernetes' own, or its definition is in
 * the unit), the namespace is settled; the rest is settled when the cluster is known.
 */
bool render_unit(struct render_context *context, const struct unit *unit,
                 struct object_list *ret_objects) MUST_USE;

#endif
