/* The daemon's side of Git jobs. */
#include "syncd/git/job_internal.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"

#include <stdlib.h>
#include <unistd.h>

struct repo_job {
    struct spawner *spawner;
    struct child child;
    int64_t deadline_ns; /* monotonic */
};

static const char job_name[] = "the Git job";

bool job_start(struct spawner *spawner, size_t git_kind, const struct job_head *head,
               struct buf *body, struct repo_job **ret_job, struct error *err)
{
    struct child child;
    bool sent = false;
    if (buf_failed(body))
        (void)error_rule(err, ERROR_LIMIT, "E_MESSAGE_SIZE", "a Git job is too large");
    else if (spawner_run(spawner, git_kind, &child, err)) {
        sent = channel_send(child.channel, buf_str(body), NULL, 0, err);
        if (!sent)
            (void)child_end_error(child_reap(spawner, &child), job_name, err);
    }
    if (body->ptr != NULL)
        crypto_wipe(body->ptr, body->len); /* credentials */
    buf_finish(body);
    if (!sent)
        return false;
    struct repo_job *job = calloc(1, sizeof(*job));
    CHECK(job != NULL);
    *job = (struct repo_job){.spawner = spawner,
                             .child = child,
                             .deadline_ns = clock_monotonic_ns() + head->deadline_ns};
    *ret_job = job;
    return true;
}

int repo_job_fd(const struct repo_job *job)
{
    return job->child.channel;
}

int64_t repo_job_deadline_ns(const struct repo_job *job)
{
    return job->deadline_ns;
}

static struct child_end end(struct repo_job *job)
{
    struct child_end result = child_reap(job->spawner, &job->child);
    free(job);
    return result;
}

void repo_job_cancel(struct repo_job *job)
{
    if (job != NULL)
        (void)end(job); /* killed: how it ended says nothing */
}

/* What is left of the time, and a second for the child to end by itself. */
static int patience_ms(const struct repo_job *job)
{
    int64_t left = job->deadline_ns - clock_monotonic_ns() + NS_PER_S;
    if (left < 0)
        return 0;
    int64_t ms = left / NS_PER_MS + 1;
    return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static bool ended_early(struct child_end how, struct error *err)
{
    if (!how.exited || how.status != JOB_EXIT_DAMAGED)
        return child_end_error(how, job_name, err);
    (void)error_rule(err, ERROR_UNAVAILABLE, "E_OBJ_CORRUPT",
                     "an object cannot be read to its end");
    return error_hint(err, "a repository of ours is set aside and fetched anew next time");
}

bool job_finish(struct repo_job *job, struct arena *arena, struct message_reader *ret_reader,
                int *ret_fd, struct error *err)
{
    struct channel_message message;
    bool received = channel_receive(job->child.channel, patience_ms(job), arena, &message, err);
    if (!received && err->class == ERROR_TIMEOUT) {
        repo_job_cancel(job);
        return error_rule(err, ERROR_TIMEOUT, "E_CHILD_TIME", "%s reached its deadline", job_name);
    }
    struct child_end how = end(job);
    if (!received)
        return err->class == ERROR_CANCELLED ? ended_early(how, err) : false;

    struct message_reader reader = {.rest = message.bytes};
    int fd = message.fd_count == 1 ? message.fds[0] : -1;
    if (message.fd_count > 1)
        reader.failed = true;
    for (size_t i = fd >= 0 ? 1 : 0; i < message.fd_count; i++)
        (void)close(message.fds[i]); /* not asked for */
    if (message_take_number(&reader) == 0) {
        message_take_error(&reader, err);
        if (fd >= 0)
            (void)close(fd); /* not asked for */
        return reader.failed ? error_set(err, ERROR_INTERNAL, "a malformed answer") : false;
    }
    *ret_reader = reader;
    *ret_fd = fd;
    return true;
}
