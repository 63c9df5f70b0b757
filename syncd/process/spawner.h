/*
 * spawner: a single-threaded copy of the program, forked before any thread, credential, socket or
 * library initialisation. It alone forks children; so no child ever had a secret of the daemon in
 * its memory. Nobody here can exec. When the daemon ends, the spawner and all children end.
 *
 * All calls are for the thread that started the spawner. They block for the time of one fork.
 */
#ifndef SYNCD_PROCESS_SPAWNER_H
#define SYNCD_PROCESS_SPAWNER_H

#include "syncd/base/error.h"
#include "syncd/process/channel.h"

#include <limits.h>

/*
 * One kind of child. Runs `entry` with its end of the channel; what that returns is the exit
 * status. Either `entry` is a function of the program, or `module` is a shared library (beside the
 * program, or in the environment's SYNCD_LIBDIR) that the child opens after the fork, and `symbol`
 * the function in there.
 * The entry confines itself (confine_self) before it reads input.
 */
typedef int child_entry(int channel);

struct child_kind {
    const char *name;
    child_entry *entry;
    const char *module;
    const char *symbol;
    void (*prepare)(void); /* NULL, or called in the spawner before each fork: the child inherits */
};

struct spawner;

/* Where the modules are: SYNCD_LIBDIR, ../lib/syncd where the program is installed, or beside it.
 */
str spawner_module_folder(char out[PATH_MAX]);

/*
 * Call it first in main. `kinds` must live for ever; a kind is named by its index. Also denies
 * execve to the caller. UNAVAILABLE, UNSUPPORTED.
 */
bool spawner_start(const struct child_kind *kinds, size_t count, struct spawner **ret_spawner,
                   struct error *err) MUST_USE;
/* Ends the spawner and with it every child. NULL is fine. */
void spawner_stop(struct spawner *spawner);

/*
 * A running child. It sends its result on `channel` and exits; when it dies for any reason,
 * `channel` reads as ended, so this one descriptor is enough to wait for.
 */
struct child {
    int pid;
    int channel; /* -1 once closed */
    int pidfd;
};

/* UNAVAILABLE when no process can be made now; INTERNAL when the spawner is gone: end the daemon.
 */
bool spawner_run(struct spawner *spawner, size_t kind, struct child *ret_child,
                 struct error *err) MUST_USE;
/* False when the spawner is gone. */
bool spawner_alive(const struct spawner *spawner);

/* How a child ended. */
struct child_end {
    bool exited; /* else killed */
    int status;  /* exit status, or the signal's number */
};

/* SIGKILL; fine at any time before child_reap. */
void child_kill(const struct child *child);
/*
 * Kills it if it still runs, collects its end and closes its descriptors. Every child that
 * spawner_run gave is reaped exactly once.
 */
struct child_end child_reap(struct spawner *spawner, struct child *child);
/*
 * The error of a child that ended without a result: rule E_CHILD_TIME (deadline or processor
 * time), E_CHILD_MEMORY, E_CHILD_CONFINED (it tried what it may not), E_CHILD_CRASHED.
 */
bool child_end_error(struct child_end end, const char *what, struct error *err);

#endif
