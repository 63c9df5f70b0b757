/* The repository: polled, and watched where it is on this machine. Every job is a child of its own.
 */
#include "syncd/daemon/commits.h"
#include "syncd/daemon/planning.h"
#include "syncd/daemon/reviews.h"

#include <stdio.h>
#include <unistd.h>

#define FAILURE_FIRST_NS (5 * NS_PER_S)
#define FAILURE_MOST_NS  (300 * NS_PER_S)

static void plan_next(struct daemon *daemon)
{
    int64_t pause = daemon->config->source.interval_ns;
    if (daemon->source_failures != 0) {
        pause = FAILURE_FIRST_NS;
        for (unsigned i = 1; i < daemon->source_failures && pause < FAILURE_MOST_NS; i++)
            pause *= 2;
    }
    if (daemon->poll_again)
        pause = 0;
    daemon->poll_again = false;
    loop_timer_start(daemon->poll_timer, pause);
}

/* True when it was not known before. */
static bool failed(struct daemon *daemon, const struct error *err)
{
    AUTO_BUF struct buf text = BUF_INIT(sizeof(daemon->source_problem) - 1);
    error_print(err, &text);
    bool news = strcmp(text.ptr, daemon->source_problem) != 0;
    (void)snprintf(daemon->source_problem, sizeof(daemon->source_problem), "%s", text.ptr);
    /* A commit that cannot be used is no trouble of the server's: its successor is asked for as
     * ever. */
    bool of_commit = err->class == ERROR_INPUT || err->class == ERROR_LIMIT;
    daemon->source_failures = of_commit ? 0 : daemon->source_failures + 1;
    daemon->source_seen = true;
    if (news)
        LOG(LOG_ERROR, "the repository cannot be read; the last good commit stays",
            FIELD("url", daemon->config->source.url), FIELD("problem", buf_str(&text)));
    state_changed(daemon);
    return news;
}

static void note_whole(struct daemon *daemon, str commit, enum verdict verdict, const char *rule,
                       str reason)
{
    AUTO_BUF struct buf records = BUF_INIT(16384);
    note_write_whole(verdict, rule, reason, clock_wall_ns(), &records);
    notes_add_to(daemon, commit, buf_str(&records));
}

/* The newest commit is wrong as a whole: no target can say so in its part of a note. */
static void refuse_commit(struct daemon *daemon, const struct repo_sync_result *result)
{
    AUTO_BUF struct buf text = BUF_INIT(4096);
    error_print(&result->refused, &text);
    if (failed(daemon, &result->refused))
        note_whole(daemon, str_z(result->commit.id), VERDICT_REFUSED, result->refused.rule,
                   buf_str(&text));
}

static void take_held(struct daemon *daemon, const struct repo_sync_result *result)
{
    bool news = strcmp(daemon->held, repo_history_name(result->history)) != 0;
    (void)snprintf(daemon->held, sizeof(daemon->held), "%s", repo_history_name(result->history));
    if (!news)
        return;
    LOG(LOG_WARN, "the branch is held", FIELD("history", str_z(daemon->held)),
        FIELD("reason", result->reason), FIELD("tip", str_z(result->commit.id)),
        FIELD("accepted", str_z(result->accepted)));
    note_whole(daemon, str_z(result->commit.id), VERDICT_HELD, daemon->held, result->reason);
    state_changed(daemon);
}

/* Faults are told by the units that they concern; the rest is told here. */
static void tell_findings(const struct repo_sync_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct repo_finding *finding = &result->findings[i];
        if (!finding->fault)
            LOG(LOG_WARN, "in the repository", FIELD("rule", str_z(finding->rule)),
                FIELD("path", finding->path), FIELD("reason", finding->text));
    }
}

void source_take_over(struct daemon *daemon, struct fetched_commit *commit)
{
    (void)snprintf(daemon->commit, sizeof(daemon->commit), "%s", commit->id);
    (void)snprintf(daemon->commit_summary, sizeof(daemon->commit_summary), "%.*s",
                   STR_ARG(commit->summary));
    daemon->commit_final = false;
    LOG(LOG_INFO, "new commit", FIELD("commit", str_slice(str_z(daemon->commit), 0, 12)),
        FIELD("author", commit->author), FIELD("summary", commit->summary),
        FIELD("signer", commit->signer));
    rollouts_new_commit(daemon, str_z(commit->id), commit->message, commit->signer);
    rendering_begin(daemon, commit->snapshot, commit->faults, commit->fault_count);
    commit->snapshot = -1;
    admitted_keep(daemon);
    reviews_base_changed(daemon->reviews);
}

static void take_result(struct daemon *daemon, struct repo_sync_result *result, struct arena *arena)
{
    daemon->source_failures = 0;
    daemon->source_seen = true;
    daemon->source_problem[0] = '\0';
    if (repo_history_held(result->history) && !result->taken) {
        take_held(daemon, result);
        return;
    }
    daemon->held[0] = '\0';
    if (!result->taken || result->snapshot < 0)
        return;
    struct fetched_commit commit = {
        .author = result->commit.author,
        .summary = result->commit.summary,
        .message = result->commit.message,
        .signer = result->signer.name,
        .snapshot = result->snapshot,
    };
    memcpy(commit.id, result->commit.id, sizeof(commit.id));
    tell_findings(result);
    commit.faults = planning_faults(result, arena, &commit.fault_count);
    if (!admitted_begin(daemon, &commit) && !admission_begin(daemon, &commit))
        source_take_over(daemon, &commit);
    result->snapshot = commit.snapshot;
}

static void job_ended(void *context, unsigned events)
{
    struct daemon *daemon = context;
    (void)events;
    loop_fd_destroy(daemon->source_fd);
    daemon->source_fd = NULL;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct repo_sync_result result = {.snapshot = -1};
    struct error err = ERROR_INIT;
    struct repo_job *job = daemon->source_job;
    daemon->source_job = NULL;
    if (!repo_sync_finish(job, arena, &result, &err))
        (void)failed(daemon, &err);
    else if (result.refused.class != ERROR_NONE)
        refuse_commit(daemon, &result);
    else
        take_result(daemon, &result, arena);
    if (result.snapshot >= 0)
        (void)close(result.snapshot);
    plan_next(daemon);
}

void source_poll(struct daemon *daemon)
{
    if (daemon->source_job != NULL || daemon->rendering) {
        daemon->poll_again = true;
        return;
    }
    if (str_equal(daemon->config->source.token_from, STR("app")) && app_pending(daemon->app))
        return; /* it will say when to go on */
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    /* Bases may stand anywhere in the repository, so the whole tree is wanted. */
    struct repo_sync_request request = {
        .directory = state_path(daemon, "repository.git", arena),
        .branch = daemon->config->source.tag.len != 0 ? (str){0} : daemon->config->source.branch,
        .tag = daemon->config->source.tag,
        .have = str_z(daemon->commit),
        .follow = daemon->config->source.follow,
    };
    if (!daemon_remote(daemon, arena, &request.remote, &err) ||
        !daemon_trust(daemon, arena, &request.trust, &err) ||
        !repo_sync_start(daemon->options.spawner, CHILD_GIT, &request, &daemon->config->limits,
                         &daemon->source_job, &err)) {
        (void)failed(daemon, &err);
        plan_next(daemon);
        return;
    }
    daemon->source_fd =
        loop_fd_create(daemon->loop, repo_job_fd(daemon->source_job), LOOP_READ, job_ended, daemon);
}

static void poll_due(void *context)
{
    source_poll(context);
}

static void repository_changed(void *context, enum loop_change change, str name)
{
    struct daemon *daemon = context;
    (void)change;
    (void)name;
    /* A push touches several files; what comes during a job is looked at after it. */
    if (daemon->source_job != NULL || daemon->rendering)
        daemon->poll_again = true;
    else
        loop_timer_start(daemon->poll_timer, 20 * NS_PER_MS);
}

static void watch_repository(struct daemon *daemon)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct repo_watch watch = {0};
    struct error err = ERROR_INIT;
    const struct config_source *source = &daemon->config->source;
    if (!repo_watch_list(source->url, source->branch, arena, &watch, &err))
        return; /* polling finds it */
    daemon->source_watches = ARENA_ARRAY(daemon->config_arena, struct loop_watch *, watch.count);
    for (size_t i = 0; i < watch.count; i++) {
        struct loop_watch *made;
        if (loop_watch_directory(daemon->loop, arena_str(arena, watch.directories[i]).ptr,
                                 repository_changed, daemon, &made, &err))
            daemon->source_watches[daemon->source_watch_count++] = made;
    }
}

void source_start(struct daemon *daemon)
{
    daemon->poll_timer = loop_timer_create(daemon->loop, poll_due, daemon);
    daemon->source_watch_count = 0;
    daemon->source_seen = false;
    daemon->source_failures = 0;
    daemon->held[0] = '\0';
    watch_repository(daemon);
    loop_timer_start(daemon->poll_timer, 0);
}

void source_stop(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->source_watch_count; i++)
        loop_watch_destroy(daemon->source_watches[i]);
    daemon->source_watch_count = 0;
    if (daemon->source_fd != NULL)
        loop_fd_destroy(daemon->source_fd);
    daemon->source_fd = NULL;
    repo_job_cancel(daemon->source_job);
    daemon->source_job = NULL;
    if (daemon->poll_timer != NULL)
        loop_timer_destroy(daemon->poll_timer);
    daemon->poll_timer = NULL;
}
