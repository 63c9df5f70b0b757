/* A folder with repositories made by the real git, and a spawner with the Git child. */
#ifndef TESTS_UNIT_GIT_FIXTURE_H
#define TESTS_UNIT_GIT_FIXTURE_H

#include "syncd/git/notes.h"
#include "syncd/git/source.h"

struct fixture {
    char root[64]; /* a folder of its own, removed at the end */
    struct spawner *spawner;
    struct arena *arena;
    struct limits limits;
    int shell_in, shell_out; /* commands go to a process that may still exec */
    int shell_pid;
};

/* Call first in a test: the spawner is forked here. */
void fixture_start(struct fixture *fixture);
void fixture_finish(struct fixture *fixture);
/* Runs a shell command in the root, with a clean git environment; its output without the last
 * newline. */
str shell(struct fixture *fixture, const char *format, ...) PRINTF_LIKE(2, 3);
/* A path in the root. */
str at(struct fixture *fixture, const char *name);

/* A sync of `url` with state in root/state; `ret` is filled when it returns true. */
bool sync_now(struct fixture *fixture, const struct repo_sync_request *request,
              struct repo_sync_result *ret, struct error *err);
/* The request for branch main of root/origin.git. */
struct repo_sync_request request_for(struct fixture *fixture);
bool write_notes(struct fixture *fixture, str url, const struct note *notes, size_t count,
                 struct notes_result *ret, struct error *err);

#endif
