/*
 * Which commit was let through last, in a file: without it a restart would let through whatever is
 * the tip by then, reviewed or not.
 */
#include "syncd/daemon/commits.h"
#include "syncd/daemon/planning.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_NAME "admitted"

struct admitted {
    struct daemon *daemon;
    struct arena *arena;
    struct fetched_commit commit; /* fetched since; waits */
    char id[41];                  /* the one before */
    struct repo_job *job;
    struct loop_fd *job_fd;
};

static bool wanted(const struct daemon *daemon)
{
    return daemon->reviews != NULL && !str_equal(daemon->config->review.policy, STR("none"));
}

void admitted_keep(const struct daemon *daemon)
{
    if (wanted(daemon) && !state_write(daemon, FILE_NAME, str_z(daemon->commit)))
        LOG(LOG_ERROR, "the commit that was let through cannot be recorded",
            FIELD("path", daemon->config->state_directory));
}

void admitted_stop(struct daemon *daemon)
{
    struct admitted *admitted = daemon->admitted;
    if (admitted == NULL)
        return;
    daemon->admitted = NULL;
    if (admitted->job_fd != NULL)
        loop_fd_destroy(admitted->job_fd);
    repo_job_cancel(admitted->job);
    if (admitted->commit.snapshot >= 0)
        (void)close(admitted->commit.snapshot); /* nobody else has it */
    arena_destroy(admitted->arena);
    free(admitted);
}

/* Nothing is let through without something to compare it with; the next poll tries again. */
static void hold(struct admitted *admitted, const struct error *err)
{
    struct daemon *daemon = admitted->daemon;
    bool news = strcmp(daemon->held, "review") != 0;
    (void)snprintf(daemon->held, sizeof(daemon->held), "review");
    if (news) {
        AUTO_BUF struct buf record = BUF_INIT(8192);
        LOG(LOG_WARN, "the commit is held: the one before it cannot be read",
            FIELD("commit", str_z(admitted->commit.id)), FIELD("before", str_z(admitted->id)),
            FIELD("problem", str_z(err->text)));
        note_write_whole(VERDICT_HELD, "E_REVIEW",
                         STR("what was let through before it cannot be read"), clock_wall_ns(),
                         &record);
        notes_add_to(daemon, str_z(admitted->commit.id), buf_str(&record));
        state_changed(daemon);
    }
    admitted_stop(daemon);
}

/* The old one goes on to the targets; the new one is held against its review. */
static void go_on(struct admitted *admitted, struct repo_sync_result *result, struct arena *arena)
{
    struct daemon *daemon = admitted->daemon;
    struct fetched_commit before = {.author = result->commit.author,
                                    .summary = result->commit.summary,
                                    .message = result->commit.message,
                                    .snapshot = result->snapshot};
    memcpy(before.id, admitted->id, sizeof(before.id));
    before.faults = planning_faults(result, arena, &before.fault_count);
    result->snapshot = -1;
    source_take_over(daemon, &before);
    if (!admission_begin(daemon, &admitted->commit))
        source_take_over(daemon, &admitted->commit);
    admitted_stop(daemon);
}

static void read_ended(void *context, unsigned events)
{
    struct admitted *admitted = context;
    (void)events;
    loop_fd_destroy(admitted->job_fd);
    admitted->job_fd = NULL;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct repo_sync_result result = {.snapshot = -1};
    struct error err = ERROR_INIT;
    struct repo_job *job = admitted->job;
    admitted->job = NULL;
    bool done = repo_read_finish(job, arena, &result, &err);
    if (done && result.snapshot < 0)
        done = error_set(&err, ERROR_NOT_FOUND, "it has no files");
    if (done)
        go_on(admitted, &result, arena);
    else
        hold(admitted, &err);
    if (result.snapshot >= 0)
        (void)close(result.snapshot);
}

static bool is_commit(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
            return false;
    return text.len == 40;
}

static void start_read(struct admitted *admitted)
{
    struct daemon *daemon = admitted->daemon;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    const struct repo_read_request request = {.repository =
                                                  state_path(daemon, "repository.git/git", arena),
                                              .revision = str_z(admitted->id)};
    if (!is_commit(request.revision)) {
        (void)error_set(&err, ERROR_INPUT, "the file %s in the state directory is damaged",
                        FILE_NAME);
        hold(admitted, &err);
    } else if (!repo_read_start(daemon->options.spawner, CHILD_GIT, &request,
                                &daemon->config->limits, &admitted->job, &err)) {
        hold(admitted, &err);
    } else {
        admitted->job_fd = loop_fd_create(daemon->loop, repo_job_fd(admitted->job), LOOP_READ,
                                          read_ended, admitted);
    }
}

bool admitted_begin(struct daemon *daemon, struct fetched_commit *commit)
{
    if (!wanted(daemon) || daemon->commit[0] != '\0')
        return false;
    if (daemon->admitted != NULL && strcmp(daemon->admitted->commit.id, commit->id) == 0)
        return true;
    admitted_stop(daemon);
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    str before = str_trim(state_read(daemon, FILE_NAME, scratch));
    if (before.len == 0 || str_equal(before, str_z(commit->id)))
        return false;
    struct admitted *admitted = calloc(1, sizeof(*admitted));
    CHECK(admitted != NULL);
    admitted->daemon = daemon;
    admitted->arena = arena_create(ARENA_NO_BUDGET);
    admission_copy_commit(commit, admitted->arena, &admitted->commit);
    commit->snapshot = -1;
    (void)snprintf(admitted->id, sizeof(admitted->id), "%.*s", STR_ARG(before));
    daemon->admitted = admitted;
    start_read(admitted);
    return true;
}
