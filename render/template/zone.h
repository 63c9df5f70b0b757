/* zone: what the clock shows in a time zone, from the bytes of its TZif file (RFC 9636). */
#ifndef RENDER_TEMPLATE_ZONE_H
#define RENDER_TEMPLATE_ZONE_H

#include "render/template/dyn.h"

/*
 * Sets the offset and the abbreviation of an instant; the abbreviation is a view of `file`. False,
 * and nothing is set, when the file is damaged.
 */
bool zone_apply(str file, struct dyn_time *time) MUST_USE;

#endif
