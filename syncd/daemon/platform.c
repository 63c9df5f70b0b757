#include "syncd/daemon/platform.h"

#include "repo-layout/level_source.h"
#include "syncd/fleet/routing.h"

static bool find_source(const struct config *config, struct arena *arena,
                        struct level_source *ret_source, struct error *err)
{
    if (str_index(config->level, '/') == SIZE_MAX)
        return level_find(config->level, NULL, arena, ret_source, err);
    (void)error_rule(err, ERROR_UNSUPPORTED, "E_LEVEL",
                     "spec.level: a level of the repository itself (%.*s) is not supported here",
                     STR_ARG(config->level));
    return error_hint(err, "`syncd lint --level` takes it; the daemon takes those built in");
}

bool platform_load(const struct config *config, struct arena *arena, struct findings *findings,
                   const struct level **ret_level)
{
    struct level_source source;
    struct error err = ERROR_INIT;
    *ret_level = NULL;
    if (config->level.len == 0)
        return true;
    if (find_source(config, arena, &source, &err))
        return level_read(&source, limits_default(), arena, findings, ret_level);
    findings_add_error(findings, &err);
    return false;
}

void platform_settle(const struct level *level, const struct config_target *target,
                     struct wire_unit *unit, struct arena *arena)
{
    if (level == NULL || !unit->right)
        return;
    const struct routing_target place = {
        .name = target->name, .regional = target->role == ROLE_REGIONAL, .region = target->region};
    routing_check(level, &place, unit, arena);
    if (unit->right)
        routing_order(level, unit, arena);
}
