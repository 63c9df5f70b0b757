/* Checks of a whole unit, shared by the files of this folder only. */
#ifndef RENDER_UNIT_UNIT_INTERNAL_H
#define RENDER_UNIT_UNIT_INTERNAL_H

#include "render/unit/unit.h"

/* E_DEPENDS: references that name nothing, a later wave, or in the end themselves. */
void unit_check_depends(struct render_context *context, const struct object_list *list);

#endif
