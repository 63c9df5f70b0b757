/* What the daemon's side of the spawner and the spawner itself say to each other. */
#ifndef SYNCD_PROCESS_SPAWNER_INTERNAL_H
#define SYNCD_PROCESS_SPAWNER_INTERNAL_H

#include "syncd/process/spawner.h"

#include <sys/types.h>

struct spawner_table {
    const struct child_kind *kinds;
    size_t count;
    str folder; /* of modules */
};

enum spawner_operation {
    SPAWNER_RUN,  /* number = kind; one descriptor: the child's end of its channel */
    SPAWNER_WAIT, /* number = pid of a child that has ended or was killed */
};

struct spawner_request {
    enum spawner_operation operation;
    int64_t number;
};

struct spawner_answer {
    int result; /* pid, or -1 */
    int number; /* errno, or the wait status; with a pid of RUN comes its pidfd */
};

/* Exit status of a child whose module or symbol is missing. */
#define SPAWNER_EXIT_MODULE 126

/* The rest of the spawner's life. */
NO_RETURN void spawner_main(const struct spawner_table *table, int control, pid_t daemon);

#endif
