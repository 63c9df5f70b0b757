/* The daemon's side of a chart job, and what goes over its channel. */
#include "syncd/charts/charts_internal.h"

#include "syncd/base/check.h"
#include "syncd/base/crypto.h"

#include <stdlib.h>
#include <unistd.h>

#define REQUEST_MAX (8u << 20)

struct chart_job {
    struct spawner *spawner;
    struct child child;
};

void chart_put_requests(struct buf *buf, const struct chart_request *requests, size_t count,
                        str cache)
{
    message_put_text(buf, cache);
    message_put_number(buf, count);
    for (size_t i = 0; i < count; i++) {
        const struct chart_request *request = &requests[i];
        const str texts[] = {request->repository, request->chart, request->version,
                             request->digest,     request->user,  request->password,
                             request->ca_pem};
        for (size_t j = 0; j < ARRAY_LEN(texts); j++)
            message_put_text(buf, texts[j]);
    }
}

struct chart_request *chart_take_requests(struct message_reader *reader, struct arena *arena,
                                          size_t *ret_count, str *ret_cache)
{
    *ret_cache = message_take_text(reader);
    size_t count = message_take_count(reader, 8);
    struct chart_request *requests = ARENA_ARRAY(arena, struct chart_request, count);
    for (size_t i = 0; i < count; i++) {
        struct chart_request *request = &requests[i];
        str *const texts[] = {&request->repository, &request->chart, &request->version,
                              &request->digest,     &request->user,  &request->password,
                              &request->ca_pem};
        for (size_t j = 0; j < ARRAY_LEN(texts); j++)
            *texts[j] = message_take_text(reader);
    }
    *ret_count = count;
    return requests;
}

bool chart_job_start(struct spawner *spawner, size_t kind, const struct chart_request *requests,
                     size_t count, str cache, struct chart_job **ret_job, struct error *err)
{
    struct buf body = BUF_INIT(REQUEST_MAX);
    struct child child;
    bool sent = false;
    chart_put_requests(&body, requests, count, cache);
    if (buf_failed(&body)) {
        (void)error_rule(err, ERROR_LIMIT, "E_MESSAGE_SIZE", "a chart job is too large");
    } else if (spawner_run(spawner, kind, &child, err)) {
        sent = channel_send(child.channel, buf_str(&body), NULL, 0, err);
        if (!sent)
            (void)child_end_error(child_reap(spawner, &child), "fetching charts", err);
    }
    if (body.ptr != NULL)
        crypto_wipe(body.ptr, body.len); /* credentials */
    buf_finish(&body);
    if (!sent)
        return false;
    struct chart_job *job = calloc(1, sizeof(*job));
    CHECK(job != NULL);
    *job = (struct chart_job){spawner, child};
    *ret_job = job;
    return true;
}

int chart_job_fd(const struct chart_job *job)
{
    return job->child.channel;
}

void chart_job_kill(const struct chart_job *job)
{
    child_kill(&job->child);
}

void chart_job_cancel(struct chart_job *job)
{
    if (job == NULL)
        return;
    (void)child_reap(job->spawner, &job->child); /* killed: how it ended says nothing */
    free(job);
}

static bool read_answer(str bytes, struct arena *arena, struct error **ret_errors,
                        size_t *ret_count, struct error *err)
{
    struct message_reader reader = {.rest = bytes};
    if (message_take_number(&reader) == 0) {
        message_take_error(&reader, err);
        return reader.failed ? error_set(err, ERROR_INTERNAL, "a malformed answer") : false;
    }
    size_t count = message_take_count(&reader, 8);
    struct error *errors = ARENA_ARRAY(arena, struct error, count);
    for (size_t i = 0; i < count; i++)
        if (message_take_number(&reader) == 0)
            message_take_error(&reader, &errors[i]);
    if (!message_end(&reader, err))
        return false;
    *ret_errors = errors;
    *ret_count = count;
    return true;
}

bool chart_job_finish(struct chart_job *job, struct arena *arena, int *ret_blobs,
                      struct error **ret_errors, size_t *ret_count, struct error *err)
{
    struct channel_message message = {0};
    bool received = channel_receive(job->child.channel, 0, arena, &message, err);
    struct child_end how = child_reap(job->spawner, &job->child);
    free(job);
    if (!received)
        return err->class == ERROR_CANCELLED ? child_end_error(how, "fetching charts", err) : false;
    bool good = read_answer(message.bytes, arena, ret_errors, ret_count, err);
    if (good && message.fd_count != 1)
        good = error_set(err, ERROR_INTERNAL, "a malformed answer");
    for (size_t i = good ? 1 : 0; i < message.fd_count; i++)
        (void)close(message.fds[i]);
    if (good)
        *ret_blobs = message.fds[0];
    return good;
}
