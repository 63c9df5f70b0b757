/* commits: the way of a commit from the repository to the renderer. Private to this folder. */
#ifndef SYNCD_DAEMON_COMMITS_H
#define SYNCD_DAEMON_COMMITS_H

#include "syncd/daemon/daemon_internal.h"

/* A commit that was fetched and may be taken over. */
struct fetched_commit {
    char id[41];
    str author, summary, message;
    str signer;   /* who signed it, where that was demanded; else empty */
    int snapshot; /* -1 once somebody else has it */
    const struct unit_fault *faults;
    size_t fault_count;
};

/* source.c: the repository is asked, and what it says is handed on */
/* Hands the commit on to the renderer. */
void source_take_over(struct daemon *daemon, struct fetched_commit *commit);
void source_start(struct daemon *daemon);
void source_stop(struct daemon *daemon);
void source_poll(struct daemon *daemon);

/* admission.c: true when it has taken the commit over to compare it with its review;
 * source_take_over follows, or it is held. */
bool admission_begin(struct daemon *daemon, struct fetched_commit *commit) MUST_USE;
/* Something was said that may let a held commit go on. */
void admission_changed(struct daemon *daemon);
void admission_stop(struct daemon *daemon);

/*
 * admitted.c: the commit that was let through last outlives the process: after a start it is taken
 * over first, and what came since is compared with its review like any other.
 */
/* True when it has taken over the first commit that was fetched. */
bool admitted_begin(struct daemon *daemon, struct fetched_commit *commit) MUST_USE;
void admitted_keep(const struct daemon *daemon);
void admitted_stop(struct daemon *daemon);
/* Everything that a commit points at, in the arena; its snapshot stays where it is. */
void admission_copy_commit(const struct fetched_commit *commit, struct arena *arena,
                           struct fetched_commit *ret_copy);

#endif
