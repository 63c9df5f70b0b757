/* Charts from outside the repository: asked for by a rendering, fetched by a child of their own. */
#include "syncd/daemon/daemon_internal.h"

#include "syncd/charts/charts.h"

#include <unistd.h>

#define FETCH_NS (300 * NS_PER_S)

struct wanted_chart {
    str texts[NEED_TEXTS]; /* repository, chart, version, digest */
    bool there;
};

struct chart_fetch {
    struct daemon *daemon;
    VEC(struct wanted_chart) wanted;
    int blobs; /* snapshot of what is there; -1: nothing yet */
    struct chart_job *job;
    size_t job_count; /* how many of the wanted are in the job */
    struct loop_fd *fd;
    struct loop_timer *timer;
};

static void too_slow(void *context)
{
    struct chart_fetch *fetch = context;
    chart_job_kill(fetch->job); /* its channel ends, and that is handled as its answer */
}

static struct chart_fetch *fetch_of(struct daemon *daemon)
{
    if (daemon->charts != NULL)
        return daemon->charts;
    struct chart_fetch *fetch = ARENA_NEW(daemon->config_arena, struct chart_fetch);
    *fetch = (struct chart_fetch){.daemon = daemon, .blobs = -1};
    fetch->timer = loop_timer_create(daemon->loop, too_slow, fetch);
    daemon->charts = fetch;
    return fetch;
}

void charts_need(struct daemon *daemon, const struct render_need *need)
{
    struct chart_fetch *fetch = fetch_of(daemon);
    VEC_FOR (struct wanted_chart, wanted, &fetch->wanted) {
        bool same = true;
        for (size_t i = 0; i < NEED_TEXTS; i++)
            same = same && str_equal(wanted->texts[i], need->texts[i]);
        if (same)
            return;
    }
    struct wanted_chart wanted = {0};
    for (size_t i = 0; i < NEED_TEXTS; i++)
        wanted.texts[i] = arena_str(daemon->config_arena, need->texts[i]);
    VEC_PUSH(daemon->config_arena, &fetch->wanted, wanted);
}

bool charts_ready(const struct daemon *daemon)
{
    if (daemon->charts == NULL)
        return true;
    VEC_FOR (const struct wanted_chart, wanted, &daemon->charts->wanted)
        if (!wanted->there)
            return false;
    return true;
}

/* More than that are let go at the next commit, and asked for again where they are still used. */
#define CHARTS_MOST 64

void charts_new_commit(struct daemon *daemon)
{
    struct chart_fetch *fetch = daemon->charts;
    if (fetch == NULL)
        return;
    if (fetch->fd != NULL)
        loop_fd_destroy(fetch->fd);
    fetch->fd = NULL;
    loop_timer_stop(fetch->timer);
    chart_job_cancel(fetch->job);
    fetch->job = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < fetch->wanted.len && fetch->wanted.len <= CHARTS_MOST; i++)
        if (fetch->wanted.items[i].there)
            fetch->wanted.items[kept++] = fetch->wanted.items[i];
    fetch->wanted.len = kept;
}

int charts_snapshot(const struct daemon *daemon)
{
    return daemon->charts != NULL ? daemon->charts->blobs : -1;
}

/* --- the job --- */

/* True for the repository of the row, and for all below it. */
static bool is_for(const struct config_charts *row, str repository)
{
    str base = str_trim_right(row->repository, STR("/"));
    return str_starts(repository, base) &&
           (repository.len == base.len || repository.ptr[base.len] == '/');
}

static bool add_credentials(const struct daemon *daemon, struct chart_request *request,
                            struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < daemon->config->charts_count; i++) {
        const struct config_charts *row = &daemon->config->charts[i];
        if (!is_for(row, request->repository))
            continue;
        request->user = row->user;
        if (!daemon_read_file(row->token_file, true, arena, &request->password, err) ||
            !daemon_read_file(row->ca_file, false, arena, &request->ca_pem, err))
            return false;
        request->password = str_trim(request->password);
        return true;
    }
    return true;
}

/* Members that wait hear of the first thing that is wrong, or go on. */
static void settle(struct daemon *daemon, const struct error *err)
{
    for (size_t i = 0; i < daemon->config->target_count; i++)
        world_charts_settled(daemon->targets[i].world, err);
}

static bool take_answer(struct chart_fetch *fetch, struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct chart_job *job = fetch->job;
    struct error *errors;
    size_t count;
    int blobs;
    fetch->job = NULL;
    if (!chart_job_finish(job, arena, &blobs, &errors, &count, err))
        return false;
    if (fetch->blobs >= 0)
        (void)close(fetch->blobs);
    fetch->blobs = blobs;
    for (size_t i = 0; i < count && i < fetch->job_count; i++) {
        fetch->wanted.items[i].there = errors[i].class == ERROR_NONE;
        if (errors[i].class != ERROR_NONE && err->class == ERROR_NONE)
            *err = errors[i];
    }
    return err->class == ERROR_NONE;
}

static void job_ended(void *context, unsigned events)
{
    struct chart_fetch *fetch = context;
    struct daemon *daemon = fetch->daemon;
    struct error err = ERROR_INIT;
    (void)events;
    loop_fd_destroy(fetch->fd);
    fetch->fd = NULL;
    loop_timer_stop(fetch->timer);
    bool good = take_answer(fetch, &err);
    if (good && !charts_ready(daemon))
        charts_fetch(daemon); /* more was asked for meanwhile */
    else
        settle(daemon, good ? NULL : &err);
}

static bool start(struct chart_fetch *fetch, struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct daemon *daemon = fetch->daemon;
    size_t count = fetch->wanted.len;
    struct chart_request *requests = ARENA_ARRAY(arena, struct chart_request, count);
    for (size_t i = 0; i < count; i++) {
        const str *texts = fetch->wanted.items[i].texts;
        requests[i] = (struct chart_request){
            .repository = texts[0], .chart = texts[1], .version = texts[2], .digest = texts[3]};
        if (!add_credentials(daemon, &requests[i], arena, err))
            return false;
    }
    fetch->job_count = count;
    return chart_job_start(daemon->options.spawner, CHILD_CHART, requests, count,
                           state_path(daemon, "charts", arena), &fetch->job, err);
}

static void start_failed(void *context)
{
    struct error err = ERROR_INIT;
    (void)error_set(&err, ERROR_UNAVAILABLE, "the charts cannot be fetched now");
    settle(context, &err);
}

void charts_fetch(struct daemon *daemon)
{
    struct chart_fetch *fetch = daemon->charts;
    struct error err = ERROR_INIT;
    if (fetch == NULL || fetch->job != NULL || charts_ready(daemon))
        return;
    if (!start(fetch, &err)) {
        LOG(LOG_ERROR, "charts cannot be fetched", FIELD("problem", str_z(err.text)));
        loop_defer(daemon->loop, start_failed, daemon);
        return;
    }
    fetch->fd = loop_fd_create(daemon->loop, chart_job_fd(fetch->job), LOOP_READ, job_ended, fetch);
    loop_timer_start(fetch->timer, FETCH_NS);
}

void charts_stop(struct daemon *daemon)
{
    struct chart_fetch *fetch = daemon->charts;
    daemon->charts = NULL;
    if (fetch == NULL)
        return;
    if (fetch->fd != NULL)
        loop_fd_destroy(fetch->fd);
    chart_job_cancel(fetch->job);
    loop_timer_destroy(fetch->timer);
    if (fetch->blobs >= 0)
        (void)close(fetch->blobs);
}
