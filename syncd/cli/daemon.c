/* run, sync: the daemon, for ever or once. */
#include "syncd/daemon/daemon.h"
#include "syncd/cli/networked.h"

#include "syncd/base/clock.h"

static const char *config_path(const struct arguments *arguments)
{
    return arena_str(arguments->arena, arguments_text(arguments, "config", STR("syncd.yaml"))).ptr;
}

int syncd_command_run(const struct arguments *arguments, struct spawner *spawner)
{
    struct error err = ERROR_INIT;
    struct daemon_options options = {.config_path = config_path(arguments), .spawner = spawner};
    if (!arguments_duration(arguments, "exit-after", 0, &options.end_ns, &err))
        return command_fail(&err);
    return daemon_run(&options);
}

int syncd_command_sync(const struct arguments *arguments, struct spawner *spawner)
{
    struct error err = ERROR_INIT;
    struct daemon_options options = {
        .config_path = config_path(arguments), .spawner = spawner, .once = true};
    if (!arguments_duration(arguments, "timeout", 300 * NS_PER_S, &options.timeout_ns, &err))
        return command_fail(&err);
    return daemon_run(&options);
}
