/* explain: documentation from the program's own tables. */
#include "syncd/cli/commands.h"
#include "syncd/config/config.h"

#include <stdio.h>

static const struct option explain_options[] = {
    {"schema", 0, OPTION_FLAG, NULL, "Print a JSON schema instead"},
    {0},
};

static int run_explain(const struct arguments *arguments)
{
    AUTO_BUF struct buf text = BUF_INIT(1u << 20);
    if (!str_equal(arguments->operands.items[0], STR("config"))) {
        struct error err;
        (void)error_set(&err, ERROR_INPUT, "nothing to explain of that name");
        (void)error_hint(&err, "known: config");
        return command_fail(&err);
    }
    if (arguments_flag(arguments, "schema"))
        config_schema(&text);
    else
        config_explain(&text);
    (void)fputs(buf_str(&text).ptr, stdout);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_explain = {
    .name = "explain",
    .operands = "config",
    .summary = "Explain every key of the configuration",
    .description = "Prints each key with its type, its default and what it does.",
    .options = explain_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd explain config",
    .run = run_explain,
};
