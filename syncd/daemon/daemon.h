/*
 * daemon: the wiring. Owns the loop, the children, the repository's state and one session per
 * target; moves a commit from the repository through the confined renderer to the sessions, and
 * what became of it back into the repository's notes.
 */
#ifndef SYNCD_DAEMON_DAEMON_H
#define SYNCD_DAEMON_DAEMON_H

#include "syncd/base/buf.h"
#include "syncd/base/error.h"
#include "syncd/process/spawner.h"

/* Kinds of children, in the order of the table given to spawner_start. */
enum child_of { CHILD_GIT, CHILD_RENDER, CHILD_CHART };

struct daemon_options {
    const char *config_path;
    struct spawner *spawner;
    bool once;          /* end when everything has settled */
    int64_t timeout_ns; /* with once: give up; 0 = never */
    int64_t end_ns;     /* end by itself after this time; 0 = never */
    struct buf *status; /* gets the last status as JSON; may be NULL */
};

/* Runs until a signal, or, with once, until settled. Returns the process's exit code. */
int daemon_run(const struct daemon_options *options);

#endif
