#include "syncd/daemon/commits.h"
#include "syncd/daemon/reviews_internal.h"

#include <stdio.h>
#include <stdlib.h>

#define WORK_SOON_NS (50 * NS_PER_MS)
#define HINT_NS      (200 * NS_PER_MS)

/* A list that failed is asked for again then, where the interval is longer. */
#define LIST_FAILED_NS (30 * NS_PER_S)

struct review *review_find(const struct reviews *reviews, uint64_t number)
{
    LIST_FOR (node, &reviews->reviews) {
        struct review *review = LIST_ITEM(node, struct review, node);
        if (review->number == number)
            return review;
    }
    return NULL;
}

static void keep_text(char *out, size_t size, str text)
{
    (void)snprintf(out, size, "%.*s", (int)(text.len < size ? text.len : size - 1),
                   text.len != 0 ? text.ptr : "");
}

/* The same trouble is told once. */
static void tell(struct reviews *reviews, const char *message, const struct error *err)
{
    if (strncmp(reviews->problem, err->text, sizeof(reviews->problem) - 1) == 0)
        return;
    keep_text(reviews->problem, sizeof(reviews->problem), str_z(err->text));
    LOG(LOG_WARN, message, FIELD("problem", str_z(err->text)), FIELD("hint", str_z(err->hint)));
}

static void tampered(void *context, uint64_t number)
{
    struct reviews *reviews = context;
    char text[24];
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    LOG(LOG_WARN, "the plan's comment was changed by somebody else; it is mended",
        FIELD("change", str_z(text)));
    struct review *review = review_find(reviews, number);
    if (review != NULL)
        review->planned_head[0] = '\0';
}

static void troubled(void *context, const struct error *err, bool again)
{
    tell(context,
         again ? "the forge does not take it; it will be tried again"
               : "the forge does not take it; it is let go",
         err);
}

/* --- what is open --- */

static struct review *review_take(struct reviews *reviews, const struct forge_change *change)
{
    struct review *review = review_find(reviews, change->number);
    if (review == NULL) {
        review = calloc(1, sizeof(*review));
        CHECK(review != NULL);
        review->number = change->number;
        list_append(&reviews->reviews, &review->node);
    }
    review->open = true;
    review->fork = change->fork;
    keep_text(review->head, sizeof(review->head), change->head_id);
    keep_text(review->author, sizeof(review->author), change->author);
    keep_text(review->updated, sizeof(review->updated), change->updated);
    return review;
}

/* Closed ones go when they are many: the oldest first. */
static void forget_closed(struct reviews *reviews)
{
    size_t count = 0;
    LIST_FOR (node, &reviews->reviews)
        count++;
    LIST_FOR (node, &reviews->reviews) {
        struct review *review = LIST_ITEM(node, struct review, node);
        if (count <= REVIEWS_MOST || review->open || review == reviews->current)
            continue;
        list_remove(&review->node);
        free(review);
        count--;
    }
}

/* Never later than it was to be. */
static void list_soon(struct reviews *reviews, int64_t pause_ns)
{
    int64_t interval = reviews->daemon->config->forge.interval_ns;
    loop_timer_start(reviews->timer, pause_ns < interval ? pause_ns : interval);
}

/* Forges tell whole seconds: what is said in the second of the last look changes nothing in
 * `updated`, so that such a look is repeated. */
static void listen_to_fresh(struct reviews *reviews)
{
    int64_t now = loop_now_ns(reviews->daemon->loop);
    LIST_FOR (node, &reviews->reviews) {
        struct review *review = LIST_ITEM(node, struct review, node);
        if (review->fresh_ns == 0)
            continue;
        review->again = true;
        if (now >= review->fresh_ns)
            review->fresh_ns = 0;
    }
}

static void took_changes(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct reviews *reviews = context;
    reviews->listing = false;
    if (err != NULL) {
        tell(reviews, "the forge does not tell its pull requests", err);
        list_soon(reviews, LIST_FAILED_NS);
        return;
    }
    if (reviews->list_again)
        list_soon(reviews, 0);
    else
        reviews->stale = false;
    listen_to_fresh(reviews);
    if (answer->unchanged) {
        reviews_pump(reviews);
        return;
    }
    LIST_FOR (node, &reviews->reviews)
        LIST_ITEM(node, struct review, node)->open = false;
    size_t count = value_len(answer->document);
    for (size_t i = 0; i < count && i < REVIEWS_MOST; i++) {
        struct forge_change change;
        if (dialect_read_change(forge_kind_of(reviews->forge), value_item(answer->document, i),
                                &change))
            (void)review_take(reviews, &change);
    }
    forget_closed(reviews);
    reviews_pump(reviews);
}

static void list_due(void *context)
{
    struct reviews *reviews = context;
    reviews->hinted = false;
    loop_timer_start(reviews->timer, reviews->daemon->config->forge.interval_ns);
    reviews->list_again = reviews->listing;
    if (reviews->listing)
        return;
    reviews->listing = true;
    const struct forge_question question = {.verb = FORGE_LIST_CHANGES,
                                            .branch = reviews->daemon->config->source.branch};
    forge_ask(reviews->forge, &question, took_changes, reviews);
}

/* --- what is to be done --- */

static bool wants_plan(const struct reviews *reviews, const struct review *review)
{
    const struct daemon *daemon = reviews->daemon;
    str plans = daemon->config->forge.plans;
    bool may = !review->fork || review->wanted || str_equal(plans, STR("all"));
    return review->open && may && !str_equal(plans, STR("none")) &&
           (strcmp(review->planned_head, review->head) != 0 ||
            strcmp(review->planned_base, daemon->commit) != 0);
}

void reviews_pump(struct reviews *reviews)
{
    const struct daemon *daemon = reviews->daemon;
    if (!reviews->listening) {
        LIST_FOR (node, &reviews->reviews) {
            struct review *review = LIST_ITEM(node, struct review, node);
            if (!review_wants_to_listen(review))
                continue;
            review_listen(reviews, review);
            break;
        }
    }
    if (reviews->stale || reviews->current != NULL || daemon->commit[0] == '\0' ||
        daemon->snapshot < 0)
        return;
    LIST_FOR (node, &reviews->reviews) {
        struct review *review = LIST_ITEM(node, struct review, node);
        if (!wants_plan(reviews, review))
            continue;
        /* The repository is locked by one job at a time. */
        if (daemon->source_job != NULL || daemon->notes_job != NULL || daemon->rendering)
            loop_timer_start(reviews->work_timer, WORK_SOON_NS);
        else
            review_plan_begin(reviews, review);
        return;
    }
}

static void work_due(void *context)
{
    reviews_pump(context);
}

/* --- from outside --- */

static bool read_token(const struct daemon *daemon, struct arena *arena, str *ret_token,
                       str *ret_ca, struct error *err)
{
    const struct config_forge *forge = &daemon->config->forge;
    if (!daemon_read_file(forge->token_file, true, arena, ret_token, err) ||
        !daemon_read_file(forge->ca_file, false, arena, ret_ca, err))
        return error_wrap(err, "the forge");
    *ret_token = str_trim(*ret_token);
    return true;
}

static void refused(void *context)
{
    struct reviews *reviews = context;
    app_refused(reviews->daemon->app);
}

static bool open_forge(struct reviews *reviews, struct error *err)
{
    struct daemon *daemon = reviews->daemon;
    const struct config_forge *forge = &daemon->config->forge;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const struct posts_port port = {tampered, troubled};
    str token, ca;
    struct forge_options options = {
        .url = forge->url, .repository = forge->repository, .limits = &daemon->config->limits};
    CHECK(forge_kind_read(forge->kind, &options.kind));
    if (!read_token(daemon, arena, &token, &ca, err))
        return false;
    options.ca_pem = ca;
    if (daemon->app != NULL) {
        options.refused = refused;
        options.context = reviews;
    }
    if (!forge_create(daemon->loop, daemon->http, &options, &reviews->forge, err))
        return false;
    if (daemon->app == NULL && !forge_set_token(reviews->forge, token))
        return error_set(err, ERROR_INPUT, "the forge's token has a byte that no header may have");
    const struct posts_options posts = {
        .loop = daemon->loop,
        .forge = reviews->forge,
        .path = state_path(daemon, "posts.jsonl", arena).ptr,
        .marker = STR(PLAN_MARKER),
        .limits = &daemon->config->limits,
        .port = &port,
        .context = reviews,
    };
    return posts_open(&posts, &reviews->posts, err);
}

struct reviews *reviews_start(struct daemon *daemon)
{
    struct error err = ERROR_INIT;
    if (str_equal(daemon->config->forge.kind, STR("none")) || daemon->options.once)
        return NULL;
    struct reviews *reviews = calloc(1, sizeof(*reviews));
    CHECK(reviews != NULL);
    reviews->daemon = daemon;
    list_init(&reviews->reviews);
    list_init(&reviews->words);
    list_init(&reviews->askings);
    reviews->timer = loop_timer_create(daemon->loop, list_due, reviews);
    reviews->work_timer = loop_timer_create(daemon->loop, work_due, reviews);
    if (!open_forge(reviews, &err)) {
        LOG(LOG_ERROR, "pull requests are not looked at", FIELD("problem", str_z(err.text)),
            FIELD("hint", str_z(err.hint)));
        reviews_stop(reviews);
        return NULL;
    }
    review_file_load(reviews);
    reviews_token_changed(reviews);
    loop_timer_start(reviews->timer, 0);
    return reviews;
}

void reviews_stop(struct reviews *reviews)
{
    if (reviews == NULL)
        return;
    review_plan_cancel(reviews);
    forge_destroy(reviews->forge);
    review_talk_forget(reviews);
    posts_close(reviews->posts);
    while (!list_empty(&reviews->reviews)) {
        struct review *review = LIST_ITEM(reviews->reviews.next, struct review, node);
        list_remove(&review->node);
        free(review);
    }
    while (!list_empty(&reviews->words)) {
        struct review_word *word = LIST_ITEM(reviews->words.next, struct review_word, node);
        list_remove(&word->node);
        free(word);
    }
    loop_timer_destroy(reviews->timer);
    loop_timer_destroy(reviews->work_timer);
    free(reviews);
}

void reviews_token_changed(struct reviews *reviews)
{
    if (reviews == NULL || app_token(reviews->daemon->app).len == 0)
        return;
    posts_set_self(reviews->posts, app_login(reviews->daemon->app));
    if (!forge_set_token(reviews->forge, app_token(reviews->daemon->app)))
        LOG(LOG_ERROR, "the App's token has a byte that no header may have");
}

void reviews_hint(struct reviews *reviews, uint64_t number)
{
    if (reviews == NULL)
        return;
    struct review *review = number != 0 ? review_find(reviews, number) : NULL;
    if (review != NULL)
        review->again = true;
    if (!reviews->hinted)
        loop_timer_start(reviews->timer, HINT_NS);
    reviews->hinted = true;
}

void reviews_base_changed(struct reviews *reviews)
{
    if (reviews == NULL)
        return;
    reviews->stale = true;
    loop_timer_start(reviews->timer, WORK_SOON_NS);
}

/* --- what became of a commit --- */

static enum forge_state state_of(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_SYNCED: return FORGE_SUCCESS;
    case VERDICT_PROGRESSING: return FORGE_PENDING;
    case VERDICT_HELD:
    case VERDICT_PARTLY:
    case VERDICT_FAILED:
    case VERDICT_REFUSED: return FORGE_FAILURE;
    case VERDICT_UNKNOWN: return FORGE_TROUBLE;
    }
    return FORGE_TROUBLE;
}

#define STATUSES_MOST 20 /* single targets; more are one status for all */

void reviews_commit_settled(struct reviews *reviews)
{
    if (reviews == NULL)
        return;
    const struct daemon *daemon = reviews->daemon;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct note_target *targets = daemon_note_targets(daemon, arena);
    size_t count = daemon->config->target_count;
    enum verdict verdict = note_verdict(targets, count);
    struct forge_status status = {.commit = str_z(daemon->commit),
                                  .context = STR("syncd/sync"),
                                  .state = state_of(verdict),
                                  .description = str_z(verdict_name(verdict))};
    posts_status(reviews->posts, &status);
    for (size_t i = 0; i < count && count <= STATUSES_MOST; i++) {
        AUTO_BUF struct buf text = BUF_INIT(4096);
        if (targets[i].target != NULL) {
            struct target_summary summary = target_summary(targets[i].target);
            summary_sentence(targets[i].name, &summary, &text);
        } else {
            buf_printf(&text, "%.*s: refused", STR_ARG(targets[i].name));
        }
        status.context = arena_concat(arena, STR("syncd/sync/"), targets[i].name, STR(""));
        status.state = state_of(note_target_verdict(&targets[i]));
        status.description = buf_copy(&text, arena);
        posts_status(reviews->posts, &status);
    }
}

/* --- what was reviewed --- */

static size_t collect(const struct reviews *reviews, struct approval *out)
{
    size_t count = 0;
    LIST_FOR (node, &reviews->words) {
        const struct review_word *word = LIST_ITEM(node, struct review_word, node);
        if (word->kind == COMMAND_APPROVE || word->kind == COMMAND_HOLD)
            out[count++] = (struct approval){.source = word->source,
                                             .kind = word->kind,
                                             .has_digest = word->has_digest,
                                             .digest = word->digest,
                                             .actor = str_z(word->actor),
                                             .permission = word->permission,
                                             .is_author = word->is_author,
                                             .edited = word->edited,
                                             .at_ns = word->at_ns};
    }
    return count;
}

void reviews_words_changed(struct reviews *reviews)
{
    admission_changed(reviews->daemon);
}

struct reviews_verdict reviews_judge(const struct reviews *reviews,
                                     const struct plan_digest *digest, const struct approval *more,
                                     size_t more_count)
{
    struct reviews_verdict verdict = {REVIEW_MISSING, APPROVAL_NONE, 0};
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct approval *said = ARENA_ARRAY(arena, struct approval, reviews->word_count + more_count);
    size_t count = collect(reviews, said);
    for (size_t i = 0; i < more_count; i++)
        said[count++] = more[i];
    const struct config_review *config = &reviews->daemon->config->review;
    const struct approval_policy policy = {.sources = APPROVAL_COMMENT | APPROVAL_REVIEW |
                                                      APPROVAL_TRAILER,
                                           .required = (unsigned)config->approvals,
                                           .by_author = config->by_author};
    const struct approval_case facts = {.policy = &policy,
                                        .digest = digest,
                                        .said = said,
                                        .count = count,
                                        .now_ns = clock_wall_ns()};
    verdict.approval = approval_decide(&facts);
    const struct plan_digest *shown = NULL;
    LIST_FOR (node, &reviews->reviews) {
        const struct review *review = LIST_ITEM(node, struct review, node);
        if (!review->shown || verdict.number != 0)
            continue;
        shown = &review->digest;
        if (plan_digest_equal(shown, digest))
            verdict.number = review->number;
    }
    verdict.review = review_compare(digest, shown, verdict.approval == APPROVAL_GIVEN);
    return verdict;
}

void reviews_tell_hold(struct reviews *reviews, str commit, const struct plan_digest *digest,
                       enum approval_verdict approval)
{
    char text[PLAN_DIGEST_TEXT];
    if (reviews == NULL)
        return;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    plan_digest_print(digest, text);
    const struct forge_status status = {.commit = commit,
                                        .context = STR("syncd/review"),
                                        .state = FORGE_FAILURE,
                                        .description =
                                            arena_printf(arena, "held (%s): /syncd approve %s",
                                                         approval_verdict_name(approval), text)};
    posts_status(reviews->posts, &status);
}
