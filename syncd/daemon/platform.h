/* platform: what the configuration's level says, in the daemon. */
#ifndef SYNCD_DAEMON_PLATFORM_H
#define SYNCD_DAEMON_PLATFORM_H

#include "render/unit/wire.h"
#include "repo-layout/level.h"
#include "syncd/config/config.h"

/*
 * The level that the configuration names; *ret_level NULL when it names none. Findings (E_LEVEL)
 * and false when there is none of that name: levels of the repository itself are for `syncd lint`
 * (UNSUPPORTED here).
 */
bool platform_load(const struct config *config, struct arena *arena, struct findings *findings,
                   const struct level **ret_level) MUST_USE;

/* Holds a unit against the level: what may not be there makes it wrong, the rest is ordered. */
void platform_settle(const struct level *level, const struct config_target *target,
                     struct wire_unit *unit, struct arena *arena);

#endif
