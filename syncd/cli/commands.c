#include "syncd/cli/commands.h"

const struct option common_options[] = {
    {"log-level", 0, OPTION_TEXT, "LEVEL", "error, warn, info or debug"},
    {"log-format", 0, OPTION_TEXT, "FORMAT", "logfmt or json"},
    {"help", 'h', OPTION_FLAG, NULL, "Show this help"},
    {0},
};

const struct command *const commands[] = {
    &command_run,
    &command_sync,
    &command_plan,
    &command_status,
    &command_drift,
    &command_rollout,
    &command_log,
    &command_verify,
    &command_init,
    &command_lint,
    &command_render_yaml,
    &command_render_level,
    &command_render_kustomize,
    &command_render_helm,
    &command_render_release,
    &command_explain,
    &command_apiserver,
    &command_version,
    &command_help,
    &command_man,
    &command_completion,
    NULL,
};
