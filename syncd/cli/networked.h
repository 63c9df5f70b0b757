/* Entry points of the networked module, found by name when one of its commands runs. */
#ifndef SYNCD_CLI_NETWORKED_H
#define SYNCD_CLI_NETWORKED_H

#include "syncd/cli/command.h"
#include "syncd/process/spawner.h"
#include "syncd/value/value.h"

typedef int networked_command(const struct arguments *arguments, struct spawner *spawner);

networked_command syncd_command_run;
networked_command syncd_command_sync;
networked_command syncd_command_plan;
networked_command syncd_command_status;
networked_command syncd_command_drift;
networked_command syncd_command_log;
networked_command syncd_command_verify;
networked_command syncd_command_apiserver;

/* Prints a status document for people; returns the exit code it stands for. */
int status_print(value status, bool stale);

#endif
