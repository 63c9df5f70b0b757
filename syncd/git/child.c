/* The Git child: one job, confined, answered, over. */
#include "syncd/git/child.h"

#include "syncd/base/clock.h"
#include "syncd/base/confine.h"
#include "syncd/base/crypto.h"

#include <unistd.h>

#define MEMORY_MAX    (UINT64_C(3) << 30)
#define FILE_MAX      (UINT64_C(8) << 30)
#define OPEN_MAX_HERE 512
#define IDLE_DEFAULT  (30 * NS_PER_S)

/* What a name service, a TLS library and the loader read. */
#define NETWORK_PATHS                                                                              \
    {"/etc/resolv.conf", false}, {"/etc/hosts", false}, {"/etc/nsswitch.conf", false},             \
        {"/etc/host.conf", false}, {"/etc/gai.conf", false}, {"/etc/services", false},             \
        {"/etc/ssl", false}, {"/etc/pki", false}, {"/etc/ca-certificates", false},                 \
        {"/etc/localtime", false}, {"/etc/ld.so.cache", false}, {"/run/systemd/resolve", false},   \
        {"/run/resolvconf", false}, {"/usr", false}, {"/lib", false},                              \
    {                                                                                              \
        "/lib64", false                                                                            \
    }

#define DEVICE_PATHS                                                                               \
    {"/dev/null", true},                                                                           \
    {                                                                                              \
        "/dev/urandom", false                                                                      \
    }

static bool confine_to(const struct confine_path *paths, size_t count, bool network,
                       struct error *err)
{
    const struct confine rules = {
        .network = network ? CONFINE_CLIENT : CONFINE_NO_NETWORK,
        .files = true,
        .paths = paths,
        .path_count = count,
        .memory_bytes = MEMORY_MAX,
        .file_bytes = FILE_MAX,
        .open_files = OPEN_MAX_HERE,
    };
    return confine_self(&rules, err);
}

/* A job with a remote: its own folder, and the remote's where that is a folder, too. */
static bool confine_remote(struct git_work *work, str directory, bool writes, struct error *err)
{
    const char *own = zero_ended(work, directory);
    if (!workspace_prepare(work, directory, err))
        return false;
    if (work->url.scheme == URL_LOCAL) {
        /* The references of a linked working tree are not below it. */
        const struct confine_path paths[] = {
            {own, true},
            {zero_ended(work, work->url.path), writes},
            {zero_ended(work, repo_git_folder(work->url.path, work->arena)), writes},
            DEVICE_PATHS};
        return confine_to(paths, ARRAY_LEN(paths), false, err);
    }
    const struct confine_path paths[] = {{own, true}, DEVICE_PATHS, NETWORK_PATHS};
    return confine_to(paths, ARRAY_LEN(paths), true, err);
}

static bool begin_remote(struct git_work *work, const struct repo_remote *remote, str directory,
                         bool writes, struct error *err)
{
    work->remote = remote;
    return url_parse(remote->url, &work->url, err) && confine_remote(work, directory, writes, err);
}

/* Reading may lead anywhere (linked working trees, alternates), but nowhere else. */
static bool begin_local(struct error *err)
{
    const struct confine_path paths[] = {{"/", false}};
    return confine_to(paths, ARRAY_LEN(paths), false, err);
}

struct answer {
    struct buf body;
    int fd;
};

/* Before confinement: a library is opened, and the user's own file of keys is read. */
static bool open_openpgp(struct git_work *work, const struct repo_trust *trust, struct error *err)
{
    return trust->openpgp_keys.len == 0 || trust->policy == TRUST_NONE ||
           (openpgp_load(&work->openpgp, err) &&
            work->openpgp->open(trust->openpgp_keys, &work->openpgp_keys, err));
}

static bool run_sync(struct git_work *work, struct message_reader *reader, struct answer *answer,
                     struct error *err)
{
    struct repo_sync_request request = {0};
    struct repo_sync_result result;
    wire_take_sync(reader, work->arena, &request);
    if (request.idle_ns > 0)
        work->idle_ns = request.idle_ns;
    if (!message_end(reader, err) || !open_openpgp(work, &request.trust, err) ||
        !begin_remote(work, &request.remote, request.directory, false, err) ||
        !work_sync(work, &request, &result, err))
        return false;
    wire_put_sync_result(&answer->body, &result);
    answer->fd = result.snapshot;
    return true;
}

static bool run_read(struct git_work *work, struct message_reader *reader, struct answer *answer,
                     struct error *err)
{
    struct repo_read_request request = {0};
    struct repo_sync_result result;
    wire_take_read(reader, work->arena, &request);
    if (!message_end(reader, err) || !begin_local(err) || !work_read(work, &request, &result, err))
        return false;
    wire_put_sync_result(&answer->body, &result);
    answer->fd = result.snapshot;
    return true;
}

static bool run_log(struct git_work *work, struct message_reader *reader, struct answer *answer,
                    struct error *err)
{
    struct repo_log_request request = {0};
    struct repo_log_result result;
    wire_take_log(reader, &request);
    if (!message_end(reader, err) || !begin_local(err) || !work_log(work, &request, &result, err))
        return false;
    wire_put_log_result(&answer->body, &result);
    return true;
}

static bool run_verify(struct git_work *work, struct message_reader *reader, struct answer *answer,
                       struct error *err)
{
    struct repo_verify_request request = {0};
    struct repo_verify_result result;
    wire_take_verify(reader, work->arena, &request);
    if (!message_end(reader, err) || !open_openpgp(work, &request.trust, err) ||
        !begin_local(err) || !work_verify(work, &request, &result, err))
        return false;
    wire_put_verify_result(&answer->body, &result);
    return true;
}

static bool run_merge(struct git_work *work, struct message_reader *reader, struct answer *answer,
                      struct error *err)
{
    struct repo_merge_request request = {0};
    struct repo_merge_result result;
    wire_take_merge(reader, work->arena, &request);
    if (request.idle_ns > 0)
        work->idle_ns = request.idle_ns;
    if (!message_end(reader, err) ||
        !begin_remote(work, &request.remote, request.directory, false, err) ||
        !work_merge(work, &request, &result, err))
        return false;
    wire_put_merge_result(&answer->body, &result);
    answer->fd = result.merged.snapshot;
    return true;
}

static bool run_notes(struct git_work *work, struct message_reader *reader, struct answer *answer,
                      struct error *err)
{
    struct notes_request request = {0};
    struct notes_result result;
    wire_take_notes(reader, work->arena, &request);
    if (!message_end(reader, err) ||
        !begin_remote(work, &request.remote, request.directory, true, err) ||
        !work_notes(work, &request, &result, err))
        return false;
    wire_put_notes_result(&answer->body, &result);
    return true;
}

static bool run(struct git_work *work, struct message_reader *reader, struct answer *answer,
                struct error *err)
{
    struct job_head head;
    if (!wire_take_head(reader, &head))
        return error_set(err, ERROR_INTERNAL, "a malformed Git job");
    work->limits = arena_alloc(work->arena, sizeof(head.limits));
    memcpy((void *)(uintptr_t)work->limits, &head.limits, sizeof(head.limits));
    work->deadline_ns = clock_monotonic_ns() + head.deadline_ns;
    work->idle_ns = IDLE_DEFAULT;
    watchdog_rest(work);
    if (!library_init(work->limits, err))
        return false;
    switch (head.kind) {
    case JOB_SYNC: return run_sync(work, reader, answer, err);
    case JOB_READ: return run_read(work, reader, answer, err);
    case JOB_LOG: return run_log(work, reader, answer, err);
    case JOB_VERIFY: return run_verify(work, reader, answer, err);
    case JOB_MERGE: return run_merge(work, reader, answer, err);
    case JOB_NOTES: return run_notes(work, reader, answer, err);
    }
    return error_set(err, ERROR_INTERNAL, "an unknown Git job");
}

int git_child(int channel)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct channel_message message;
    if (!channel_receive(channel, -1, arena, &message, &err))
        return 0; /* the daemon changed its mind */
    struct git_work work = {.arena = arena};
    struct message_reader reader = {.rest = message.bytes};
    struct answer answer = {.fd = -1};
    buf_init(&answer.body, JOB_BYTES_MAX);
    message_put_number(&answer.body, 1);
    if (!run(&work, &reader, &answer, &err)) {
        buf_clear(&answer.body);
        message_put_number(&answer.body, 0);
        message_put_error(&answer.body, &err);
    }
    bool sent =
        channel_send(channel, buf_str(&answer.body), &answer.fd, answer.fd >= 0 ? 1 : 0, &err);
    buf_finish(&answer.body);
    if (answer.fd >= 0)
        (void)close(answer.fd); /* the daemon has it */
    return sent ? 0 : 1;
}
