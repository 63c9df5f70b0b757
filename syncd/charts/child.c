/* The child that fetches charts: confined, answers once, over. */
#include "syncd/charts/charts_internal.h"

#include "syncd/base/confine.h"
#include "syncd/base/crypto.h"
#include "syncd/base/map.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_MAX  (1u << 20)
#define MEMORY_MAX  (UINT64_C(2) << 30)
#define CPU_SECONDS 60

/* What a name service, a TLS library and the loader read; the cache is the only place to write. */
static bool confine(const char *cache, struct error *err)
{
    const struct confine_path paths[] = {{cache, true},
                                         {"/dev/null", true},
                                         {"/dev/urandom", false},
                                         {"/etc", false},
                                         {"/run/systemd/resolve", false},
                                         {"/run/resolvconf", false},
                                         {"/usr", false},
                                         {"/lib", false},
                                         {"/lib64", false}};
    const struct confine rules = {.network = CONFINE_CLIENT,
                                  .files = true,
                                  .paths = paths,
                                  .path_count = ARRAY_LEN(paths),
                                  .memory_bytes = MEMORY_MAX,
                                  .cpu_seconds = CPU_SECONDS,
                                  .file_bytes = CHART_BYTES_MAX,
                                  .open_files = 128};
    return confine_self(&rules, err);
}

/* The cache's folder and the one for blobs, ours alone. */
static bool make_cache(const char *cache, struct arena *arena, struct error *err)
{
    str blobs = arena_concat(arena, str_z(cache), STR("/sha256"), STR(""));
    if ((mkdir(cache, 0700) == 0 || errno == EEXIST) &&
        (mkdir(blobs.ptr, 0700) == 0 || errno == EEXIST))
        return true;
    return error_errno(err, errno, "%s", cache);
}

static bool fetch_one(struct chart_work *work, const struct chart_request *request,
                      struct error *err)
{
    bool oci = str_starts(request->repository, STR("oci://"));
    if (oci ? registry_fetch(work, request, err) : repository_fetch(work, request, err))
        return true;
    return error_wrap(err, "chart %.*s of %.*s", STR_ARG(request->chart),
                      STR_ARG(request->repository));
}

static void fetch_all(struct chart_work *work, const struct chart_request *requests, size_t count,
                      struct buf *answer)
{
    message_put_number(answer, count);
    for (size_t i = 0; i < count; i++) {
        struct error err = ERROR_INIT;
        bool there = fetch_one(work, &requests[i], &err);
        message_put_number(answer, there);
        if (!there)
            message_put_error(answer, &err);
    }
}

static bool run(str bytes, struct chart_work *work, struct buf *answer, int *ret_blobs,
                struct error *err)
{
    struct message_reader reader = {.rest = bytes};
    struct limits limits = *limits_default();
    size_t count;
    str cache;
    struct chart_request *requests = chart_take_requests(&reader, work->arena, &count, &cache);
    if (!message_end(&reader, err))
        return false;
    work->cache = arena_str(work->arena, cache).ptr;
    limits.file_bytes = CHART_BYTES_MAX;
    limits.unit_bytes = 16 * (uint64_t)CHART_BYTES_MAX;
    work->limits = &limits;
    if (!make_cache(work->cache, work->arena, err) || !confine(work->cache, err))
        return false;
    work->loop = loop_create();
    work->client = http_client_create(work->loop, 0);
    work->blobs = snapshot_writer_create(STR(""), &limits);
    fetch_all(work, requests, count, answer);
    http_client_destroy(work->client);
    loop_destroy(work->loop);
    return snapshot_writer_seal(work->blobs, ret_blobs, err);
}

PUBLIC int chart_child(int channel);

int chart_child(int channel)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct channel_message message;
    if (!channel_receive(channel, -1, arena, &message, &err))
        return 0; /* the daemon changed its mind */
    struct chart_work work = {.arena = arena};
    AUTO_BUF struct buf answer = BUF_INIT(ANSWER_MAX);
    int blobs = -1;
    message_put_number(&answer, 1);
    if (!run(message.bytes, &work, &answer, &blobs, &err)) {
        buf_clear(&answer);
        message_put_number(&answer, 0);
        message_put_error(&answer, &err);
    }
    bool sent = channel_send(channel, buf_str(&answer), &blobs, blobs >= 0 ? 1 : 0, &err);
    if (blobs >= 0)
        (void)close(blobs); /* the daemon has it */
    return sent ? 0 : 1;
}
