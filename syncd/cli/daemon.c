/* run, sync: the daemon, for ever or once. */
#include "syncd/daemon/daemon.h"
#include "syncd/cli/networked.h"

#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <stdio.h>

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
    enum output output;
    AUTO_BUF struct buf status = BUF_INIT(64u << 20);
    options.status = &status;
    if (!arguments_duration(arguments, "timeout", 300 * NS_PER_S, &options.timeout_ns, &err) ||
        !arguments_output(arguments, &output, &err))
        return command_fail(&err);
    int code = daemon_run(&options);
    value document;
    if (status.len == 0)
        return code;
    if (output == OUTPUT_JSON)
        (void)printf("%s\n", status.ptr);
    else if (json_read(buf_str(&status), limits_default(), arguments->arena, &document, &err))
        (void)status_print(document, false); /* the code is of how it ended */
    return fflush(stdout) == 0 ? code : EXIT_FAILED;
}
