/* version, help, man, completion: what the program says of itself. */
#include "syncd/base/confine.h"
#include "syncd/cli/commands.h"

#include <stdio.h>

static int print(const struct buf *buf)
{
    str text = buf_str(buf);
    bool wrote = fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    return wrote ? EXIT_DONE : EXIT_FAILED;
}

static int run_version(const struct arguments *arguments)
{
    enum output output;
    struct error err = ERROR_INIT;
    if (!arguments_output(arguments, &output, &err))
        return command_fail(&err);
    AUTO_BUF struct buf text = BUF_INIT(4096);
    str level = confine_level_text(confine_level(), arguments->arena);
    if (output == OUTPUT_JSON)
        buf_printf(&text, "{\"version\":\"%s\",\"confinement\":\"%.*s\"}\n", SYNCD_VERSION,
                   STR_ARG(level));
    else
        buf_printf(&text, "syncd %s\nconfinement: %.*s\n", SYNCD_VERSION, STR_ARG(level));
    return print(&text);
}

static const struct option version_options[] = {
    OPTION_OUTPUT_TEXT,
    {0},
};

const struct command command_version = {
    .name = "version",
    .operands = "",
    .summary = "Show the version and what this kernel can confine",
    .description = "Prints the version and the confinement that children of the daemon get here.",
    .options = version_options,
    .example = "syncd version",
    .run = run_version,
};

static const struct command *named(const struct arguments *arguments)
{
    str name = arguments->operands.items[0];
    if (arguments->operands.len == 2)
        name = arena_concat(arguments->arena, name, STR(" "), arguments->operands.items[1]);
    for (const struct command *const *at = commands; *at != NULL; at++) {
        if (str_equal(str_z((*at)->name), name))
            return *at;
    }
    return NULL;
}

/* Writes one command's page, or fails when there is no such command. */
static int print_page(const struct arguments *arguments,
                      void (*write)(const struct command *command, struct buf *buf))
{
    const struct command *command = named(arguments);
    if (command == NULL) {
        struct error err;
        (void)error_set(&err, ERROR_INPUT, "no command of that name");
        (void)error_hint(&err, "see 'syncd help'");
        return command_fail(&err);
    }
    AUTO_BUF struct buf text = BUF_INIT(65536);
    write(command, &text);
    return print(&text);
}

static int run_help(const struct arguments *arguments)
{
    if (arguments->operands.len != 0)
        return print_page(arguments, help_command);
    AUTO_BUF struct buf text = BUF_INIT(65536);
    help_overview(&text);
    return print(&text);
}

const struct command command_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "Show all commands, or one in full",
    .description = "Without a command, lists all of them.",
    .max_operands = 2,
    .example = "syncd help run",
    .run = run_help,
};

static int run_man(const struct arguments *arguments)
{
    return print_page(arguments, help_man);
}

const struct command command_man = {
    .name = "man",
    .operands = "COMMAND",
    .summary = "Print a command's manual page",
    .description = "Prints the page in roff: 'syncd man run | man -l -'.",
    .min_operands = 1,
    .max_operands = 2,
    .example = "syncd man run",
    .run = run_man,
};

static int run_completion(const struct arguments *arguments)
{
    AUTO_BUF struct buf text = BUF_INIT(1 << 20);
    str shell = arguments->operands.items[0];
    if (!help_completion(shell, &text)) {
        struct error err;
        (void)error_set(&err, ERROR_INPUT, "no completion for %.*s", STR_ARG(shell));
        (void)error_hint(&err, "bash, zsh and fish are known");
        return command_fail(&err);
    }
    return print(&text);
}

const struct command command_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .summary = "Print a completion script for a shell",
    .description = "To use it now: 'source <(syncd completion bash)'.",
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd completion bash",
    .run = run_completion,
};
