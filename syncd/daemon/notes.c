/* What became of the newest commit goes into the outbox, and from there into the repository. */
#include "syncd/daemon/daemon_internal.h"
#include "syncd/daemon/reviews.h"

#define NOTE_SOON_NS   (200 * NS_PER_MS)
#define RETRY_FIRST_NS (5 * NS_PER_S)
#define RETRY_MOST_NS  (300 * NS_PER_S)
#define NOTES_AT_ONCE  100

void notes_add(struct daemon *daemon, str records)
{
    notes_add_to(daemon, str_z(daemon->commit), records);
}

void notes_add_to(struct daemon *daemon, str commit, str records)
{
    struct error err = ERROR_INIT;
    if (daemon->outbox == NULL || commit.len == 0)
        return;
    if (!outbox_add(daemon->outbox, commit, records, &err))
        LOG(LOG_WARN, "a note is kept in memory only", FIELD("problem", str_z(err.text)));
    if (daemon->notes_job != NULL || loop_timer_is_running(daemon->notes_timer))
        return;
    int64_t now = clock_monotonic_ns();
    int64_t soon = now + NOTE_SOON_NS;
    loop_timer_start_at(daemon->notes_timer,
                        daemon->notes_next_ns > soon ? daemon->notes_next_ns : soon);
}

static bool all_terminal(const struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->config->target_count; i++) {
        const struct member_target *member = &daemon->targets[i];
        if (member->waiting)
            return false;
        struct target_summary summary = target_summary(session_target(member->session));
        if (!member->refused && (!summary.terminal || summary.withheld != 0))
            return false;
    }
    return true;
}

void notes_commit_changed(struct daemon *daemon)
{
    if (daemon->outbox == NULL || daemon->commit[0] == '\0' || daemon->rendering)
        return;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf text = BUF_INIT(4u << 20);
    struct note_target *targets = daemon_note_targets(daemon, arena);
    int64_t now = clock_wall_ns();
    note_write(str_z(daemon->commit), targets, daemon->config->target_count, now, &text);
    if (all_terminal(daemon) && !daemon->commit_final) {
        daemon->commit_final = true;
        enum verdict verdict = note_verdict(targets, daemon->config->target_count);
        LOG(LOG_INFO, "commit done", FIELD("commit", str_slice(str_z(daemon->commit), 0, 12)),
            FIELD("verdict", str_z(verdict_name(verdict))),
            FIELD("summary", str_z(daemon->commit_summary)));
        reviews_commit_settled(daemon->reviews);
    }
    notes_add(daemon, buf_str(&text));
}

static void plan_retry(struct daemon *daemon, const struct error *err)
{
    if (daemon->notes_failures == 0)
        LOG(LOG_WARN, "the notes wait in the outbox", FIELD("problem", str_z(err->text)));
    int64_t pause = RETRY_FIRST_NS;
    for (unsigned i = 0; i < daemon->notes_failures && pause < RETRY_MOST_NS; i++)
        pause *= 2;
    daemon->notes_failures++;
    loop_timer_start(daemon->notes_timer, pause);
}

static void job_ended(void *context, unsigned events)
{
    struct daemon *daemon = context;
    (void)events;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct notes_result result;
    struct error err = ERROR_INIT;
    loop_fd_destroy(daemon->notes_fd);
    daemon->notes_fd = NULL;
    struct repo_job *job = daemon->notes_job;
    daemon->notes_job = NULL;
    bool written = notes_write_finish(job, arena, &result, &err) &&
                   outbox_confirm(daemon->outbox, &daemon->batch, &err);
    arena_destroy(daemon->batch_arena);
    daemon->batch_arena = NULL;
    /* One run is one commit: nothing to coalesce with. */
    int64_t pause = daemon->options.once ? 0 : daemon->config->notes.interval_ns;
    daemon->notes_next_ns = clock_monotonic_ns() + pause;
    if (!written) {
        plan_retry(daemon, &err);
        return;
    }
    daemon->notes_failures = 0;
    if (outbox_count(daemon->outbox) != 0)
        loop_timer_start_at(daemon->notes_timer, daemon->notes_next_ns);
}

static void push_due(void *context)
{
    struct daemon *daemon = context;
    struct error err = ERROR_INIT;
    /* The repository is locked by one job at a time. */
    if (daemon->source_job != NULL) {
        loop_timer_start(daemon->notes_timer, 20 * NS_PER_MS);
        return;
    }
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    daemon->batch_arena = arena_create(ARENA_NO_BUDGET);
    daemon->batch = outbox_open_notes(daemon->outbox, NOTES_AT_ONCE, daemon->batch_arena);
    struct notes_request request = {
        .directory = state_path(daemon, "repository.git", arena),
        .ref = daemon->config->notes.ref,
        .notes = daemon->batch.notes,
        .note_count = daemon->batch.count,
        .author = daemon->config->notes.author,
    };
    if (daemon->batch.count == 0 || !daemon_remote(daemon, arena, &request.remote, &err) ||
        !daemon_signing_key(daemon, arena, &request.signing_key, &err) ||
        !notes_write_start(daemon->options.spawner, CHILD_GIT, &request, &daemon->config->limits,
                           &daemon->notes_job, &err)) {
        bool nothing = daemon->batch.count == 0;
        arena_destroy(daemon->batch_arena);
        daemon->batch_arena = NULL;
        if (!nothing)
            plan_retry(daemon, &err);
        return;
    }
    daemon->notes_fd =
        loop_fd_create(daemon->loop, repo_job_fd(daemon->notes_job), LOOP_READ, job_ended, daemon);
}

void notes_start(struct daemon *daemon)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    if (!daemon->config->notes.push)
        return;
    daemon->notes_timer = loop_timer_create(daemon->loop, push_due, daemon);
    str path = state_path(daemon, "outbox", arena);
    if (!outbox_open(path.ptr, &daemon->config->limits, &daemon->outbox, &err)) {
        LOG(LOG_ERROR, "no notes will be written", FIELD("problem", str_z(err.text)));
        return;
    }
    if (outbox_count(daemon->outbox) != 0)
        loop_timer_start(daemon->notes_timer, NOTE_SOON_NS);
}

void notes_stop(struct daemon *daemon)
{
    if (daemon->notes_fd != NULL)
        loop_fd_destroy(daemon->notes_fd);
    daemon->notes_fd = NULL;
    repo_job_cancel(daemon->notes_job);
    daemon->notes_job = NULL;
    arena_destroy(daemon->batch_arena);
    daemon->batch_arena = NULL;
    if (daemon->notes_timer != NULL)
        loop_timer_destroy(daemon->notes_timer);
    daemon->notes_timer = NULL;
    if (daemon->outbox != NULL)
        outbox_close(daemon->outbox);
    daemon->outbox = NULL;
}

bool notes_idle(const struct daemon *daemon)
{
    if (daemon->outbox == NULL)
        return true;
    return daemon->notes_job == NULL &&
           (outbox_count(daemon->outbox) == 0 || daemon->notes_failures != 0);
}
