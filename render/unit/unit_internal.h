/* Checks of a whole unit, shared by the files of this folder only. */
#ifndef RENDER_UNIT_UNIT_INTERNAL_H
#define RENDER_UNIT_UNIT_INTERNAL_H

#include "render/unit/unit.h"

struct unit_paths {
    VEC(str) list;
};
/* The unit's paths with layout:management and layout:regional/REGION taken apart. */
void unit_expand_paths(const struct snapshot *snapshot, const struct unit *unit,
                       struct arena *arena, struct unit_paths *ret_paths);

/* E_DEPENDS: references that name nothing, a later wave, or in the end themselves. */
void unit_check_depends(struct render_context *context, const struct object_list *list);

#endif
