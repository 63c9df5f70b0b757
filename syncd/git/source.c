#include "syncd/git/source.h"

#include "syncd/base/clock.h"
#include "syncd/git/job_internal.h"

#include <unistd.h>

static const char *const history_names[] = {
    [REPO_HISTORY_FIRST] = "first",         [REPO_HISTORY_SAME] = "same",
    [REPO_HISTORY_FORWARD] = "forward",     [REPO_HISTORY_OLDER] = "older",
    [REPO_HISTORY_REWRITTEN] = "rewritten", [REPO_HISTORY_UNRELATED] = "unrelated",
    [REPO_HISTORY_REF_GONE] = "ref-gone",
};

const char *repo_history_name(enum repo_history history)
{
    return history_names[history];
}

/* Head and an empty body; the duration defaults to `otherwise_s` seconds. */
static struct job_head begin(struct buf *body, enum job_kind kind, int64_t deadline_ns,
                             int64_t otherwise_s, const struct limits *limits)
{
    struct job_head head = {
        .kind = kind,
        .deadline_ns = deadline_ns > 0 ? deadline_ns : otherwise_s * NS_PER_S,
        .limits = *limits,
    };
    buf_init(body, JOB_BYTES_MAX);
    wire_put_head(body, &head);
    return head;
}

bool repo_sync_start(struct spawner *spawner, size_t git_kind,
                     const struct repo_sync_request *request, const struct limits *limits,
                     struct repo_job **ret_job, struct error *err)
{
    if (!repo_url_check(request->remote.url, err))
        return false;
    if ((request->branch.len != 0) == (request->tag.len != 0))
        return error_rule(err, ERROR_INPUT, "E_REF_NAME", "give exactly one of branch and tag");
    struct buf body;
    struct job_head head = begin(&body, JOB_SYNC, request->deadline_ns, 600, limits);
    wire_put_sync(&body, request);
    return job_start(spawner, git_kind, &head, &body, ret_job, err);
}

bool repo_sync_finish(struct repo_job *job, struct arena *arena,
                      struct repo_sync_result *ret_result, struct error *err)
{
    struct message_reader reader;
    struct repo_sync_result result = {.snapshot = -1};
    if (!job_finish(job, arena, &reader, &result.snapshot, err))
        return false;
    wire_take_sync_result(&reader, arena, &result);
    if (!message_end(&reader, err)) {
        if (result.snapshot >= 0)
            (void)close(result.snapshot); /* memory only */
        return false;
    }
    *ret_result = result;
    return true;
}

bool repo_verify_start(struct spawner *spawner, size_t git_kind,
                       const struct repo_verify_request *request, const struct limits *limits,
                       struct repo_job **ret_job, struct error *err)
{
    struct buf body;
    struct job_head head = begin(&body, JOB_VERIFY, request->deadline_ns, 300, limits);
    wire_put_verify(&body, request);
    return job_start(spawner, git_kind, &head, &body, ret_job, err);
}

bool repo_verify_finish(struct repo_job *job, struct arena *arena,
                        struct repo_verify_result *ret_result, struct error *err)
{
    struct message_reader reader;
    struct repo_verify_result result = {0};
    int nothing = -1;
    if (!job_finish(job, arena, &reader, &nothing, err))
        return false;
    wire_take_verify_result(&reader, arena, &result);
    if (!message_end(&reader, err))
        return false;
    *ret_result = result;
    return true;
}

bool repo_merge_start(struct spawner *spawner, size_t git_kind,
                      const struct repo_merge_request *request, const struct limits *limits,
                      struct repo_job **ret_job, struct error *err)
{
    if (!repo_url_check(request->remote.url, err))
        return false;
    struct buf body;
    struct job_head head = begin(&body, JOB_MERGE, request->deadline_ns, 120, limits);
    wire_put_merge(&body, request);
    return job_start(spawner, git_kind, &head, &body, ret_job, err);
}

bool repo_merge_finish(struct repo_job *job, struct arena *arena,
                       struct repo_merge_result *ret_result, struct error *err)
{
    struct message_reader reader;
    struct repo_merge_result result = {0};
    int snapshot = -1;
    if (!job_finish(job, arena, &reader, &snapshot, err))
        return false;
    wire_take_merge_result(&reader, arena, &result);
    result.merged.snapshot = snapshot;
    if (!message_end(&reader, err)) {
        if (snapshot >= 0)
            (void)close(snapshot); /* nobody else has it */
        return false;
    }
    *ret_result = result;
    return true;
}

bool repo_read_start(struct spawner *spawner, size_t git_kind,
                     const struct repo_read_request *request, const struct limits *limits,
                     struct repo_job **ret_job, struct error *err)
{
    struct buf body;
    struct job_head head = begin(&body, JOB_READ, request->deadline_ns, 60, limits);
    wire_put_read(&body, request);
    return job_start(spawner, git_kind, &head, &body, ret_job, err);
}

bool repo_read_finish(struct repo_job *job, struct arena *arena,
                      struct repo_sync_result *ret_result, struct error *err)
{
    return repo_sync_finish(job, arena, ret_result, err);
}

bool repo_log_start(struct spawner *spawner, size_t git_kind,
                    const struct repo_log_request *request, const struct limits *limits,
                    struct repo_job **ret_job, struct error *err)
{
    struct buf body;
    struct job_head head = begin(&body, JOB_LOG, request->deadline_ns, 60, limits);
    wire_put_log(&body, request);
    return job_start(spawner, git_kind, &head, &body, ret_job, err);
}

bool repo_log_finish(struct repo_job *job, struct arena *arena, struct repo_log_result *ret_result,
                     struct error *err)
{
    struct message_reader reader;
    struct repo_log_result result = {0};
    int none = -1;
    if (!job_finish(job, arena, &reader, &none, err))
        return false;
    if (none >= 0)
        (void)close(none); /* not asked for */
    wire_take_log_result(&reader, arena, &result);
    if (!message_end(&reader, err))
        return false;
    *ret_result = result;
    return true;
}

bool notes_write_start(struct spawner *spawner, size_t git_kind,
                       const struct notes_request *request, const struct limits *limits,
                       struct repo_job **ret_job, struct error *err)
{
    if (!repo_url_check(request->remote.url, err))
        return false;
    struct buf body;
    struct job_head head = begin(&body, JOB_NOTES, request->deadline_ns, 120, limits);
    wire_put_notes(&body, request);
    return job_start(spawner, git_kind, &head, &body, ret_job, err);
}

bool notes_write_finish(struct repo_job *job, struct arena *arena, struct notes_result *ret_result,
                        struct error *err)
{
    struct message_reader reader;
    struct notes_result result = {0};
    int none = -1;
    if (!job_finish(job, arena, &reader, &none, err))
        return false;
    if (none >= 0)
        (void)close(none); /* not asked for */
    wire_take_notes_result(&reader, &result);
    if (!message_end(&reader, err))
        return false;
    *ret_result = result;
    return true;
}
