/*
 * Whether a commit that was fetched goes on to the targets: where reviews bind, its plan is made
 * once more, without any cluster, and its digest compared with what was shown on pull requests.
 */
#include "syncd/daemon/commits.h"
#include "syncd/daemon/planning.h"
#include "syncd/daemon/reviews.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct admission {
    struct daemon *daemon;
    struct arena *arena;
    struct fetched_commit commit;
    struct planning *planning;
    bool judged, whole;
    struct plan_digest digest;
    enum approval_verdict told; /* why it is held, as it was told last */
    bool held;
};

static void admission_end(struct admission *admission)
{
    admission->daemon->admission = NULL;
    planning_cancel(admission->planning);
    if (admission->commit.snapshot >= 0)
        (void)close(admission->commit.snapshot); /* nobody else has it */
    arena_destroy(admission->arena);
    free(admission);
}

void admission_stop(struct daemon *daemon)
{
    if (daemon->admission != NULL)
        admission_end(daemon->admission);
}

static void go_on(struct admission *admission)
{
    struct daemon *daemon = admission->daemon;
    daemon->held[0] = '\0';
    source_take_over(daemon, &admission->commit);
    admission->commit.snapshot = -1;
    admission_end(admission);
}

/* What the commit says of itself counts when a signature was demanded and is there. */
static size_t read_trailers(const struct admission *admission, struct approval out[COMMANDS_MOST])
{
    struct plan_command commands[COMMANDS_MOST];
    const struct fetched_commit *commit = &admission->commit;
    size_t count = trailers_read(commit->message, commands);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct approval){.source = APPROVAL_TRAILER,
                                   .kind = commands[i].kind,
                                   .has_digest = commands[i].has_digest,
                                   .digest = commands[i].digest,
                                   .actor = commit->signer,
                                   .permission = commit->signer.len != 0 ? PERMISSION_GRANTED
                                                                         : PERMISSION_DENIED,
                                   .at_ns = clock_wall_ns()};
    return count;
}

static const char *review_word(enum review_verdict review)
{
    switch (review) {
    case REVIEW_SAME: return "same";
    case REVIEW_DIFFERS: return "differs";
    case REVIEW_MISSING: return "missing";
    case REVIEW_APPROVED: return "approved";
    }
    return "missing";
}

static void tell(struct admission *admission, const struct reviews_verdict *verdict, bool hold)
{
    struct daemon *daemon = admission->daemon;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf record = BUF_INIT(8192);
    char digest[PLAN_DIGEST_TEXT];
    plan_digest_print(&admission->digest, digest);
    const char *word = review_word(verdict->review);
    str commit = str_z(admission->commit.id);
    str reason = arena_printf(arena, "its plan %s (%s): %s", word, digest,
                              approval_verdict_text(verdict->approval));
    LOG(hold ? LOG_WARN : LOG_INFO, hold ? "the commit is held" : "the commit was reviewed",
        FIELD("commit", str_slice(commit, 0, 12)), FIELD("review", str_z(word)),
        FIELD("digest", str_z(digest)),
        FIELD("approval", str_z(approval_verdict_name(verdict->approval))));
    if (hold) {
        note_write_whole(VERDICT_HELD, "E_REVIEW", reason, clock_wall_ns(), &record);
        reviews_tell_hold(daemon->reviews, commit, &admission->digest, verdict->approval);
    } else {
        note_write_review(word, digest, verdict->number, clock_wall_ns(), &record);
    }
    notes_add_to(daemon, commit, buf_str(&record));
}

static void judge(struct admission *admission)
{
    struct approval more[COMMANDS_MOST];
    const struct daemon *daemon = admission->daemon;
    size_t count = read_trailers(admission, more);
    struct reviews_verdict verdict =
        reviews_judge(daemon->reviews, &admission->digest, more, count);
    bool fine =
        admission->whole && (verdict.review == REVIEW_SAME || verdict.review == REVIEW_APPROVED);
    /* What cannot be rendered is refused by its targets, with every reason. */
    bool hold = admission->whole && !fine && str_equal(daemon->config->review.policy, STR("hold"));
    if (!hold) {
        if (admission->whole)
            tell(admission, &verdict, false);
        go_on(admission);
        return;
    }
    if (!admission->held || admission->told != verdict.approval)
        tell(admission, &verdict, true);
    (void)snprintf(admission->daemon->held, sizeof(admission->daemon->held), "review");
    state_changed(admission->daemon);
    admission->held = true;
    admission->told = verdict.approval;
}

static void planned(void *context, const struct planning_result *result)
{
    struct admission *admission = context;
    admission->planning = NULL;
    const struct plan_request request = {
        .base = str_z(admission->daemon->commit),
        .head = str_z(admission->commit.id),
        .has_base = true,
        .targets = result->targets,
        .target_count = result->count,
        .limits = &admission->daemon->config->limits,
    };
    const struct plan *plan = plan_make(&request, result->arena);
    admission->digest = plan->digest;
    admission->whole = plan->whole;
    admission->judged = true;
    arena_destroy(result->arena);
    judge(admission);
}

void admission_copy_commit(const struct fetched_commit *commit, struct arena *arena,
                           struct fetched_commit *ret_copy)
{
    struct unit_fault *faults = ARENA_ARRAY(arena, struct unit_fault, commit->fault_count);
    *ret_copy = *commit;
    ret_copy->author = arena_str(arena, commit->author);
    ret_copy->summary = arena_str(arena, commit->summary);
    ret_copy->message = arena_str(arena, commit->message);
    ret_copy->signer = arena_str(arena, commit->signer);
    for (size_t i = 0; i < commit->fault_count; i++)
        faults[i] = (struct unit_fault){arena_str(arena, commit->faults[i].rule),
                                        arena_str(arena, commit->faults[i].path),
                                        arena_str(arena, commit->faults[i].text)};
    ret_copy->faults = faults;
}

/* The same commit was fetched once more; its snapshot stays the caller's. */
static bool keep_looking(struct daemon *daemon)
{
    if (daemon->admission->held)
        (void)snprintf(daemon->held, sizeof(daemon->held), "review");
    return true;
}

bool admission_begin(struct daemon *daemon, struct fetched_commit *commit)
{
    if (str_equal(daemon->config->review.policy, STR("none")) || daemon->reviews == NULL ||
        daemon->snapshot < 0 || daemon->commit[0] == '\0')
        return false;
    if (daemon->admission != NULL && strcmp(daemon->admission->commit.id, commit->id) == 0)
        return keep_looking(daemon);
    admission_stop(daemon);
    struct admission *admission = calloc(1, sizeof(*admission));
    CHECK(admission != NULL);
    admission->daemon = daemon;
    admission->arena = arena_create(ARENA_NO_BUDGET);
    admission_copy_commit(commit, admission->arena, &admission->commit);
    commit->snapshot = -1;
    daemon->admission = admission;
    const struct planning_commit base = {.snapshot = daemon->snapshot,
                                         .faults = daemon->faults,
                                         .fault_count = daemon->fault_count,
                                         .id = str_z(daemon->commit)};
    const struct planning_commit head = {.snapshot = admission->commit.snapshot,
                                         .faults = admission->commit.faults,
                                         .fault_count = admission->commit.fault_count,
                                         .id = str_z(admission->commit.id)};
    const struct planning_options options = {
        .loop = daemon->loop,
        .spawner = daemon->options.spawner,
        .render_kind = CHILD_RENDER,
        .config = daemon->config,
        .base = &base,
        .head = &head,
    };
    admission->planning = planning_start(&options, planned, admission);
    return true;
}

void admission_changed(struct daemon *daemon)
{
    if (daemon->admission != NULL && daemon->admission->judged)
        judge(daemon->admission);
}
