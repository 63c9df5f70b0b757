/* What the files of `syncd plan` share. */
#ifndef SYNCD_CLI_PLAN_H
#define SYNCD_CLI_PLAN_H

#include "syncd/cli/networked.h"
#include "syncd/config/config.h"
#include "syncd/daemon/planning.h"
#include "syncd/report/plan_report.h"

/* One command's life; everything in it lives as long as the program. */
struct plan_command_line {
    const struct arguments *arguments;
    struct arena *arena;
    struct spawner *spawner;
    struct config *config;
    const struct level *level; /* of the platform; NULL = none */
    bool has_base, live, verify;
    int64_t timeout_ns;
    struct planning_commit base, head;
};

/* The configuration: a file, or one target a --path. */
bool plan_configure(struct plan_command_line *line, struct error *err) MUST_USE;
/* Reads the commits from the repository. The snapshots stay open. */
bool plan_read_commits(struct plan_command_line *line, struct error *err) MUST_USE;

/* Writes both sides of every group as YAML, for the user's own diff program. */
bool plan_write_sides(const struct plan *plan, const char *folder, struct error *err) MUST_USE;

/* Prints in the form that -o asks for. */
struct plan_format;
const struct plan_format *plan_format_find(str name); /* one that the option's row has (CHECKed) */
int plan_print(const struct plan_format *format, const struct plan *plan,
               const struct plan_report_options *options);

#endif
