/*
 * The program. The spawner is forked before anything else is: before libraries, credentials,
 * sockets and threads. What needs the network is in a module that is opened only then.
 */
#include "render/sandbox/child.h"
#include "syncd/base/crypto.h"
#include "syncd/base/log.h"
#include "syncd/charts/charts.h"
#include "syncd/cli/commands.h"
#include "syncd/cli/external_diff.h"
#include "syncd/cli/networked.h"
#include "syncd/daemon/daemon.h"
#include "syncd/git/job.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static const struct child_kind kinds[] = {
    [CHILD_GIT] = GIT_CHILD_KIND,
    [CHILD_RENDER] = RENDER_CHILD_KIND,
    [CHILD_CHART] = CHART_CHILD_KIND,
};

static void *open_module(const char *name, struct arena *arena, struct error *err)
{
    char folder[PATH_MAX];
    str path = arena_printf(arena, "%.*s/%s", STR_ARG(spawner_module_folder(folder)), name);
    void *module = dlopen(path.ptr, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL)
        (void)error_set(err, ERROR_INTERNAL, "%s", dlerror());
    return module;
}

static int run_networked(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    struct spawner *spawner;
    /* Before the fork, so that all children share it and none has to open it. */
    if (!crypto_open(&err) || !spawner_start(kinds, ARRAY_LEN(kinds), &spawner, &err))
        return command_fail(&err);
    void *module = open_module("syncd-net.so", arguments->arena, &err);
    void *symbol = module != NULL ? dlsym(module, arguments->command->networked) : NULL;
    if (symbol == NULL) {
        if (err.class == ERROR_NONE)
            (void)error_set(&err, ERROR_INTERNAL, "%s is not in the networked module",
                            arguments->command->networked);
        spawner_stop(spawner);
        return command_fail(&err);
    }
    networked_command *run;
    memcpy(&run, &symbol, sizeof(run));
    int code = run(arguments, spawner);
    spawner_stop(spawner);
    return code;
}

/* A person's own diff program has to be forked before execve is denied. */
static int run_with_diff(struct arguments *arguments)
{
    struct external_diff diff = {0};
    struct error err = ERROR_INIT;
    const char *program = getenv("KUBECTL_EXTERNAL_DIFF");
    bool text = str_equal(arguments_text(arguments, "output", STR("text")), STR("text"));
    if (program != NULL && program[0] != '\0' && text &&
        !external_diff_begin(program, arguments->arena, &diff, &err))
        return command_fail(&err);
    arguments->diff_folder = diff.folder;
    int code = run_networked(arguments);
    external_diff_end(&diff, code == EXIT_DIFFERS || code == EXIT_HELD);
    return code;
}

static bool configure_log(const struct arguments *arguments, struct error *err)
{
    static const str levels[] = {STR_INIT("error"), STR_INIT("warn"), STR_INIT("info"),
                                 STR_INIT("debug")};
    str level = arguments_text(arguments, "log-level", STR("info"));
    str format = arguments_text(arguments, "log-format", STR("logfmt"));
    size_t at = 0;
    while (at < ARRAY_LEN(levels) && !str_equal(levels[at], level))
        at++;
    if (at == ARRAY_LEN(levels))
        return error_set(err, ERROR_INPUT, "--log-level is error, warn, info or debug");
    bool json = str_equal(format, STR("json"));
    if (!json && !str_equal(format, STR("logfmt")))
        return error_set(err, ERROR_INPUT, "--log-format is logfmt or json");
    log_configure((enum log_level)at, json ? LOG_JSON : LOG_LOGFMT);
    return true;
}

int main(int argc, char **argv)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct arguments arguments;
    struct error err = ERROR_INIT;
    static char help_word[] = "help", version_word[] = "version";
    static char *help[] = {help_word}, *version[] = {version_word};
    int count = argc - 1;
    char **words = argv + 1;
    if (count == 0 || strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0) {
        count = 1;
        words = help;
    } else if (strcmp(words[0], "--version") == 0) {
        words = version;
        count = 1;
    }
    if (!arguments_parse(count, words, arena, &arguments, &err))
        return command_fail(&err);
    if (arguments_flag(&arguments, "help")) {
        AUTO_BUF struct buf text = BUF_INIT(65536);
        help_command(arguments.command, &text);
        return fputs(buf_str(&text).ptr, stdout) < 0 ? EXIT_FAILED : EXIT_DONE;
    }
    if (!configure_log(&arguments, &err))
        return command_fail(&err);
    if (arguments.command->external_diff)
        return run_with_diff(&arguments);
    return arguments.command->networked != NULL ? run_networked(&arguments)
                                                : arguments.command->run(&arguments);
}
