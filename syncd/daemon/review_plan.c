/* A pull request's plan: its head merged onto the accepted commit, both rendered, compared, shown.
 */
#include "syncd/daemon/reviews_internal.h"

#include <stdio.h>
#include <unistd.h>

#define STATUSES_MOST 20 /* single targets; more are one status for all */

static void publish_status(struct reviews *reviews, str context, enum forge_state state, str text)
{
    const struct forge_status status = {.commit = str_z(reviews->making_head),
                                        .context = context,
                                        .state = state,
                                        .description = text};
    posts_status(reviews->posts, &status);
}

/* The verdict in total: a check with what is wrong at file and line, where the forge has such. */
static void publish_total(struct reviews *reviews, enum forge_state state, str title, str summary,
                          const struct forge_annotation *annotations, size_t count)
{
    if (reviews->daemon->app == NULL) {
        publish_status(reviews, STR("syncd/plan"), state, title);
        return;
    }
    const struct forge_check check = {.commit = str_z(reviews->making_head),
                                      .name = STR("syncd/plan"),
                                      .state = state,
                                      .title = title,
                                      .summary = summary.len != 0 ? summary : title,
                                      .annotations = annotations,
                                      .annotation_count = count};
    posts_check(reviews->posts, &check);
}

/* Ends the making: this head on this base is dealt with, whatever came of it. */
static void end(struct reviews *reviews)
{
    struct review *review = reviews->current;
    reviews->current = NULL;
    (void)snprintf(review->planned_head, sizeof(review->planned_head), "%s", reviews->making_head);
    (void)snprintf(review->planned_base, sizeof(review->planned_base), "%s", reviews->making_base);
    review_file_save(reviews);
    reviews_pump(reviews);
}

static void say_problem(struct reviews *reviews, str title, str text)
{
    AUTO_BUF struct buf comment = BUF_INIT(65536);
    buf_printf(&comment, "%s\n**syncd: %.*s**\n\n%.*s\n", PLAN_MARKER, STR_ARG(title),
               STR_ARG(text));
    posts_comment(reviews->posts, reviews->current->number, buf_str(&comment));
    publish_total(reviews, FORGE_FAILURE, title, text, NULL, 0);
    reviews->current->shown = false;
    end(reviews);
}

/* --- the plan is there --- */

static enum forge_state state_of(enum plan_verdict verdict)
{
    switch (verdict) {
    case PLAN_EMPTY:
    case PLAN_CHANGES:
    case PLAN_HELD: return FORGE_SUCCESS; /* what is held is said; nothing is wrong with it */
    case PLAN_UNKNOWN: return FORGE_TROUBLE;
    case PLAN_REFUSED: return FORGE_FAILURE;
    }
    return FORGE_TROUBLE;
}

/* "2 to create, 1 to change" of one target. */
static str target_text(const struct plan_target *target, struct arena *arena)
{
    if (target->refused)
        return STR("refused: it cannot be rendered");
    AUTO_BUF struct buf text = BUF_INIT(1024);
    for (unsigned action = STEP_CREATE; action < STEP_ACTIONS; action++) {
        if (target->desired.counts[action] == 0)
            continue;
        buf_printf(&text, "%s%zu to %s", text.len != 0 ? ", " : "", target->desired.counts[action],
                   step_action_name((enum step_action)action));
    }
    return text.len != 0 ? buf_copy(&text, arena) : STR("nothing changes");
}

/* Every finding at a file, once, however many targets have it. */
static size_t annotate(const struct plan *plan, struct arena *arena,
                       struct forge_annotation **ret_annotations)
{
    struct map seen = {0};
    size_t most = 0, count = 0;
    for (size_t i = 0; i < plan->target_count; i++)
        most += plan->targets[i].finding_count;
    struct forge_annotation *out = ARENA_ARRAY(arena, struct forge_annotation, most);
    for (size_t i = 0; i < plan->target_count; i++) {
        for (size_t k = 0; k < plan->targets[i].finding_count; k++) {
            const struct finding *finding = &plan->targets[i].findings[k];
            str key = arena_printf(arena, "%.*s:%u:%s:%.*s", STR_ARG(finding->position.file),
                                   finding->position.line, finding->rule, STR_ARG(finding->text));
            struct map_entry *entry = map_place(&seen, arena, key);
            if (finding->position.file.len == 0 || entry->value != NULL)
                continue;
            entry->value = out;
            str text = finding->text;
            if (finding->hint.len != 0)
                text = arena_printf(arena, "%.*s\n%.*s", STR_ARG(text), STR_ARG(finding->hint));
            out[count++] = (struct forge_annotation){.path = finding->position.file,
                                                     .line = finding->position.line,
                                                     .error = finding->severity == SEVERITY_ERROR,
                                                     .title = str_z(finding->rule),
                                                     .text = text};
        }
    }
    *ret_annotations = out;
    return count;
}

static void publish(struct reviews *reviews, const struct plan *plan)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf comment = BUF_INIT(4u << 20), sentence = BUF_INIT(4096);
    const struct plan_report_options options = {
        .most = dialect_comment_most(forge_kind_of(reviews->forge)),
        .name = reviews->daemon->config->name};
    plan_report_markdown(plan, &options, &comment);
    posts_comment(reviews->posts, reviews->current->number, buf_str(&comment));
    plan_report_sentence(plan, &sentence);
    struct forge_annotation *annotations;
    size_t count = annotate(plan, arena, &annotations);
    publish_total(reviews, state_of(plan_verdict(plan)), buf_str(&sentence), buf_str(&comment),
                  annotations, count);
    for (size_t i = 0; i < plan->target_count && plan->target_count <= STATUSES_MOST; i++) {
        const struct plan_target *target = &plan->targets[i];
        publish_status(reviews, arena_concat(arena, STR("syncd/plan/"), target->name, STR("")),
                       target->refused ? FORGE_FAILURE : FORGE_SUCCESS, target_text(target, arena));
    }
    reviews->current->shown = plan->whole;
    reviews->current->digest = plan->digest;
}

static void planned(void *context, const struct planning_result *result)
{
    struct reviews *reviews = context;
    reviews->planning = NULL;
    const struct plan_request request = planning_request(
        reviews->daemon->config, result, str_z(reviews->making_base), str_z(reviews->making_head));
    const struct plan *plan = plan_make(&request, result->arena);
    publish(reviews, plan);
    char number[24], digest[PLAN_DIGEST_TEXT];
    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)reviews->current->number);
    plan_digest_print(&plan->digest, digest);
    LOG(LOG_INFO, "a pull request's plan", FIELD("change", str_z(number)),
        FIELD("head", str_slice(str_z(reviews->making_head), 0, 12)),
        FIELD("verdict", str_z(plan_verdict_name(plan_verdict(plan)))),
        FIELD("digest", str_z(digest)));
    arena_destroy(result->arena);
    end(reviews);
}

/* --- the merge is there --- */

static void render(struct reviews *reviews, const struct repo_merge_result *result,
                   struct arena *arena)
{
    struct daemon *daemon = reviews->daemon;
    struct planning_commit head = {.snapshot = result->merged.snapshot,
                                   .id = str_z(reviews->making_head)};
    head.faults = planning_faults(&result->merged, arena, &head.fault_count);
    const struct planning_commit base = {.snapshot = daemon->snapshot,
                                         .faults = daemon->faults,
                                         .fault_count = daemon->fault_count,
                                         .id = str_z(reviews->making_base)};
    const struct planning_options options = {
        .loop = daemon->loop,
        .spawner = daemon->options.spawner,
        .render_kind = CHILD_RENDER,
        .config = daemon->config,
        .base = &base,
        .head = &head,
    };
    reviews->planning = planning_start(&options, planned, reviews);
}

static void say_conflicts(struct reviews *reviews, const struct repo_merge_result *result)
{
    AUTO_BUF struct buf text = BUF_INIT(65536);
    buf_add(&text, STR("It conflicts with the branch in:\n"));
    for (size_t i = 0; i < result->conflict_count; i++) {
        /* A file's name is somebody's words: no code that could be left. */
        buf_add(&text, STR("\n    "));
        for (size_t k = 0; k < result->conflict[i].len; k++)
            buf_add_byte(&text,
                         result->conflict[i].ptr[k] == '\n' ? ' ' : result->conflict[i].ptr[k]);
    }
    say_problem(reviews, STR("cannot be merged"), buf_str(&text));
}

/* Moved, or not reached: the next list of pull requests tells what to do. */
static void try_later(struct reviews *reviews, const struct error *err)
{
    if (err != NULL)
        LOG(LOG_WARN, "a pull request cannot be planned now", FIELD("problem", str_z(err->text)));
    reviews->current = NULL;
    loop_timer_start(reviews->work_timer,
                     err != NULL ? reviews->daemon->config->forge.interval_ns : 0);
}

static void merged(void *context, unsigned events)
{
    struct reviews *reviews = context;
    (void)events;
    loop_fd_destroy(reviews->job_fd);
    reviews->job_fd = NULL;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct repo_merge_result result = {.merged.snapshot = -1};
    struct error err = ERROR_INIT;
    struct repo_job *job = reviews->job;
    reviews->job = NULL;
    /* While it ran, another commit may have been taken over: then it is made again. */
    bool stale = strcmp(reviews->making_base, reviews->daemon->commit) != 0;
    bool done = repo_merge_finish(job, arena, &result, &err);
    bool dealt_with = !stale && (done || err.class == ERROR_INPUT);
    if (!dealt_with)
        try_later(reviews, done ? NULL : &err);
    else if (!done)
        say_problem(reviews, STR("cannot be planned"), str_z(err.text));
    else if (result.merged.snapshot < 0)
        say_conflicts(reviews, &result);
    else
        render(reviews, &result, arena);
    if (result.merged.snapshot >= 0)
        (void)close(result.merged.snapshot);
}

void review_plan_begin(struct reviews *reviews, struct review *review)
{
    struct daemon *daemon = reviews->daemon;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    (void)snprintf(reviews->making_head, sizeof(reviews->making_head), "%s", review->head);
    (void)snprintf(reviews->making_base, sizeof(reviews->making_base), "%s", daemon->commit);
    struct repo_merge_request request = {
        .directory = state_path(daemon, "repository.git", arena),
        .base = str_z(reviews->making_base),
        .head_reference =
            dialect_head_reference(forge_kind_of(reviews->forge), review->number, arena),
        .head = str_z(reviews->making_head),
    };
    reviews->current = review;
    publish_total(reviews, FORGE_PENDING, STR("the plan is being made"), STR(""), NULL, 0);
    if (!daemon_remote(daemon, arena, &request.remote, &err) ||
        !repo_merge_start(daemon->options.spawner, CHILD_GIT, &request, &daemon->config->limits,
                          &reviews->job, &err)) {
        try_later(reviews, &err);
        return;
    }
    reviews->job_fd =
        loop_fd_create(daemon->loop, repo_job_fd(reviews->job), LOOP_READ, merged, reviews);
}

void review_plan_cancel(struct reviews *reviews)
{
    if (reviews->job_fd != NULL)
        loop_fd_destroy(reviews->job_fd);
    reviews->job_fd = NULL;
    repo_job_cancel(reviews->job);
    reviews->job = NULL;
    planning_cancel(reviews->planning);
    reviews->planning = NULL;
    reviews->current = NULL;
}
