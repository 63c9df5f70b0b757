/*
 * external_diff: the user's own diff program, as KUBECTL_EXTERNAL_DIFF names it for kubectl. The
 * one place where the program runs another, for one command of a person at a terminal: it is forked
 * before the spawner, which denies it to everything that follows; the daemon never comes here.
 */
#ifndef SYNCD_CLI_EXTERNAL_DIFF_H
#define SYNCD_CLI_EXTERNAL_DIFF_H

#include "syncd/cli/command.h"

struct external_diff {
    const char *folder; /* with BEFORE and AFTER to write into; NULL: no program is asked for */
    int start;          /* write one byte: both are written */
    int pid;
};

/* To be called before anything else is started. False (UNAVAILABLE, INPUT) with the reason. */
bool external_diff_begin(const char *program, struct arena *arena, struct external_diff *ret_diff,
                         struct error *err) MUST_USE;
/* Shows the two folders when `written`, waits for the program, removes the folders. */
void external_diff_end(const struct external_diff *diff, bool written);

#endif
