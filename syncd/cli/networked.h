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
networked_command syncd_command_rollout;
networked_command syncd_command_log;
networked_command syncd_command_verify;
networked_command syncd_command_apiserver;

struct repo_job;
/* Until the job has something to say, or its time is up: its finish tells which. */
void networked_wait(struct repo_job *job);

/* The records of a note that count: the newest of each key, without what others wrote. */
value log_records(str note, struct arena *arena);
/* A record of a note without the keys that only order it, a line for people. */
void log_print_record(value record);

/* The exit code that a verdict's word stands for. */
int status_verdict_code(str verdict);
/* `syncd status --from-git` */
int status_from_git(const struct arguments *arguments, struct spawner *spawner);

/* What the running daemon wrote last. */
struct status_file {
    enum output output;
    value status;
    str text;
    bool stale; /* older than --max-age */
};
/* False with the exit code, after saying why. */
bool status_load(const struct arguments *arguments, struct status_file *ret_file,
                 int *ret_code) MUST_USE;
/* One line for each rollout; with `members`, one for each of its clusters as well. */
void rollouts_print(value rollouts, bool members);
/* Prints a status document for people; returns the exit code it stands for. */
int status_print(value status, bool stale);

#endif
