/* The commands, one file each. */
#ifndef SYNCD_CLI_COMMANDS_H
#define SYNCD_CLI_COMMANDS_H

#include "syncd/cli/command.h"

extern const struct command command_run;
extern const struct command command_sync;
extern const struct command command_render_yaml;
extern const struct command command_render_level;
extern const struct command command_render_kustomize;
extern const struct command command_render_helm;
extern const struct command command_render_release;
extern const struct command command_init;
extern const struct command command_lint;
extern const struct command command_plan;
extern const struct command command_status;
extern const struct command command_drift;
extern const struct command command_rollout;
extern const struct command command_log;
extern const struct command command_verify;
extern const struct command command_apiserver;
extern const struct command command_explain;
extern const struct command command_version;
extern const struct command command_help;
extern const struct command command_man;
extern const struct command command_completion;

#endif
