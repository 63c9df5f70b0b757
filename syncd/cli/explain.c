/* explain: documentation from the program's own tables. */
#include "repo-layout/lint/lint.h"
#include "syncd/cli/commands.h"
#include "syncd/config/config.h"
#include "syncd/rollout/spec.h"

#include <stdio.h>

static const struct option explain_options[] = {
    {"schema", 0, OPTION_FLAG, NULL, "Print a JSON schema instead"},
    {0},
};

/* What can be explained, and by what. */
static const struct {
    str topic;
    void (*text)(struct buf *buf);
    void (*schema)(struct buf *buf); /* NULL = there is none */
} topics[] = {
    {STR_INIT("config"), config_explain, config_schema},
    {STR_INIT("rules"), lint_explain, NULL},
    {STR_INIT("rollout"), rollout_explain, rollout_schema},
};

static int run_explain(const struct arguments *arguments)
{
    AUTO_BUF struct buf text = BUF_INIT(1u << 20);
    bool schema = arguments_flag(arguments, "schema");
    size_t at = 0;
    while (at < ARRAY_LEN(topics) && !str_equal(arguments->operands.items[0], topics[at].topic))
        at++;
    if (at == ARRAY_LEN(topics) || (schema && topics[at].schema == NULL)) {
        struct error err;
        (void)error_set(&err, ERROR_INPUT, "nothing to explain of that name");
        (void)error_hint(&err, "known: config and rollout (also with --schema), rules");
        return command_fail(&err);
    }
    if (schema)
        topics[at].schema(&text);
    else
        topics[at].text(&text);
    (void)fputs(buf_str(&text).ptr, stdout);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_explain = {
    .name = "explain",
    .operands = "config|rollout|rules",
    .summary = "Explain the keys of the configuration or of a Rollout, or the rules of lint",
    .description =
        "Prints each key with its type, its default and what it does; or each rule of lint with "
        "what to do about it.",
    .options = explain_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd explain config",
    .run = run_explain,
};
