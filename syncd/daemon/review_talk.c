/* What people say on a pull request: commands, and reviews that approve. */
#include "syncd/daemon/reviews_internal.h"

#include <stdio.h>
#include <stdlib.h>

/* As long as a forge's second and its clock's difference from ours may take. */
#define FRESH_NS (3 * NS_PER_S)

static struct review_word *word_known(struct reviews *reviews, uint64_t comment, const char *actor,
                                      enum command_kind kind)
{
    LIST_FOR (node, &reviews->words) {
        struct review_word *word = LIST_ITEM(node, struct review_word, node);
        if (word->comment == comment && word->kind == kind && strcmp(word->actor, actor) == 0)
            return word;
    }
    return NULL;
}

static struct review_word *word_add(struct reviews *reviews, const struct review *review, str actor)
{
    if (reviews->word_count == APPROVALS_MOST) {
        struct review_word *oldest = LIST_ITEM(reviews->words.next, struct review_word, node);
        list_remove(&oldest->node);
        free(oldest);
        reviews->word_count--;
    }
    struct review_word *word = calloc(1, sizeof(*word));
    CHECK(word != NULL);
    word->reviews = reviews;
    word->number = review->number;
    (void)snprintf(word->actor, sizeof(word->actor), "%.*s", STR_ARG(actor));
    word->is_author = str_equal(actor, str_z(review->author));
    list_append(&reviews->words, &word->node);
    reviews->word_count++;
    return word;
}

/* With the next list of pull requests, and the one after a moment. */
static void listen_later(const struct reviews *reviews, struct review *review)
{
    review->fresh_ns = loop_now_ns(reviews->daemon->loop) + FRESH_NS;
}

/* --- whether they may --- */

static struct review_word *word_of(struct reviews *reviews, uint64_t number, const char *actor)
{
    LIST_FOR (node, &reviews->words) {
        struct review_word *word = LIST_ITEM(node, struct review_word, node);
        if (word->number == number && word->permission == PERMISSION_UNKNOWN &&
            strcmp(word->actor, actor) == 0)
            return word;
    }
    return NULL;
}

/* Who is being asked about; the words may be gone when the answer comes. */
struct asking_level {
    struct list node;
    struct reviews *reviews;
    uint64_t number;
    char actor[ACTOR_MOST];
};

static void asking_free(struct asking_level *asking)
{
    list_remove(&asking->node);
    free(asking);
}

void review_talk_forget(struct reviews *reviews)
{
    while (!list_empty(&reviews->askings))
        asking_free(LIST_ITEM(reviews->askings.next, struct asking_level, node));
}

static void act(struct reviews *reviews, const struct review_word *word)
{
    struct review *review = review_find(reviews, word->number);
    const char *what = word->kind == COMMAND_PLAN      ? "plan"
                       : word->kind == COMMAND_APPROVE ? "approve"
                                                       : "hold";
    LOG(LOG_INFO, "said on a pull request", FIELD("actor", str_z(word->actor)),
        FIELD("command", str_z(what)),
        FIELD("may", word->permission == PERMISSION_GRANTED ? STR("yes") : STR("no")));
    if (word->kind != COMMAND_PLAN || review == NULL || word->permission != PERMISSION_GRANTED)
        return;
    review->wanted = true;
    review->planned_head[0] = '\0';
}

/* Not known whether they may: their words are read again with the next look. */
static void forget_words(struct reviews *reviews, const struct asking_level *asking)
{
    struct review *review = review_find(reviews, asking->number);
    struct review_word *word;
    while ((word = word_of(reviews, asking->number, asking->actor)) != NULL) {
        list_remove(&word->node);
        free(word);
        reviews->word_count--;
    }
    if (review != NULL)
        listen_later(reviews, review);
}

static void took_level(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct asking_level *asking = context;
    struct reviews *reviews = asking->reviews;
    enum permission permission = PERMISSION_UNKNOWN;
    if (err == NULL)
        permission =
            dialect_read_level(forge_kind_of(reviews->forge), answer->document) >= FORGE_LEVEL_WRITE
                ? PERMISSION_GRANTED
                : PERMISSION_DENIED;
    else if (err->class == ERROR_NOT_FOUND)
        permission = PERMISSION_DENIED; /* nobody of theirs */
    else
        LOG(LOG_WARN, "the forge does not say who may what; nothing is approved by them",
            FIELD("actor", str_z(asking->actor)), FIELD("problem", str_z(err->text)),
            FIELD("hint", STR("the token's owner must be an administrator of the repository")));
    struct review_word *word;
    while (permission != PERMISSION_UNKNOWN &&
           (word = word_of(reviews, asking->number, asking->actor)) != NULL) {
        word->permission = permission;
        act(reviews, word);
    }
    if (permission == PERMISSION_UNKNOWN)
        forget_words(reviews, asking);
    asking_free(asking);
    reviews_words_changed(reviews);
    reviews_pump(reviews);
}

static void took_user(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct asking_level *asking = context;
    struct forge *forge = asking->reviews->forge;
    struct forge_question question = {.verb = FORGE_GET_LEVEL, .user = str_z(asking->actor)};
    if (err != NULL || !dialect_read_user_id(forge_kind_of(forge), answer->document,
                                             str_z(asking->actor), &question.id)) {
        if (err != NULL)
            forget_words(asking->reviews, asking);
        asking_free(asking); /* nobody's words stay unknown, which is no */
        return;
    }
    forge_ask(forge, &question, took_level, asking);
}

static void ask_level(struct reviews *reviews, const struct review_word *word)
{
    struct asking_level *asking = calloc(1, sizeof(*asking));
    CHECK(asking != NULL);
    *asking = (struct asking_level){.reviews = reviews, .number = word->number};
    memcpy(asking->actor, word->actor, sizeof(asking->actor));
    list_append(&reviews->askings, &asking->node);
    bool by_id = forge_kind_of(reviews->forge) == FORGE_GITLAB;
    const struct forge_question question = {.verb = by_id ? FORGE_FIND_USER : FORGE_GET_LEVEL,
                                            .user = str_z(asking->actor)};
    forge_ask(reviews->forge, &question, by_id ? took_user : took_level, asking);
}

/* --- what was said --- */

static void take_comment(struct reviews *reviews, struct review *review,
                         const struct forge_comment *comment)
{
    struct plan_command commands[COMMANDS_MOST];
    char actor[ACTOR_MOST];
    (void)snprintf(actor, sizeof(actor), "%.*s", STR_ARG(comment->author));
    if (!posts_left_so(reviews->posts, review->number, comment)) {
        LOG(LOG_WARN, "the plan's comment was changed by somebody else; it is mended");
        review->planned_head[0] = '\0';
        return;
    }
    size_t count = commands_read(comment->text, commands);
    for (size_t i = 0; i < count; i++) {
        if (commands[i].kind == COMMAND_UNKNOWN ||
            word_known(reviews, comment->id, actor, commands[i].kind) != NULL)
            continue;
        struct review_word *word = word_add(reviews, review, comment->author);
        word->comment = comment->id;
        word->kind = commands[i].kind;
        word->source = APPROVAL_COMMENT;
        word->has_digest = commands[i].has_digest;
        word->edited = comment->edited;
        word->digest = commands[i].digest;
        word->at_ns = comment->changed_s * NS_PER_S;
        ask_level(reviews, word);
    }
}

/* A review of the newest head approves the plan that was shown for it. */
static void take_review(struct reviews *reviews, struct review *review,
                        const struct forge_review *said)
{
    char actor[ACTOR_MOST];
    (void)snprintf(actor, sizeof(actor), "%.*s", STR_ARG(said->author));
    if (!said->approves || !review->shown ||
        !str_equal(said->commit, str_z(review->planned_head)) ||
        word_known(reviews, 0, actor, COMMAND_APPROVE) != NULL)
        return;
    struct review_word *word = word_add(reviews, review, said->author);
    word->kind = COMMAND_APPROVE;
    word->source = APPROVAL_REVIEW;
    word->has_digest = true;
    word->digest = review->digest;
    word->at_ns = clock_wall_ns();
    ask_level(reviews, word);
}

static void stop_listening(struct reviews *reviews)
{
    reviews->listening = false;
    reviews_pump(reviews);
}

static void took_reviews(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct reviews *reviews = context;
    struct review *review = review_find(reviews, reviews->listening_to);
    if (err != NULL && review != NULL)
        listen_later(reviews, review);
    for (size_t i = 0; err == NULL && review != NULL && i < value_len(answer->document); i++) {
        struct forge_review said;
        if (dialect_read_review(forge_kind_of(reviews->forge), value_item(answer->document, i),
                                &said))
            take_review(reviews, review, &said);
    }
    stop_listening(reviews);
}

static void took_comments(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct reviews *reviews = context;
    struct review *review = review_find(reviews, reviews->listening_to);
    if (err != NULL || review == NULL) {
        if (review != NULL)
            listen_later(reviews, review);
        stop_listening(reviews);
        return;
    }
    for (size_t i = 0; i < value_len(answer->document); i++) {
        struct forge_comment comment;
        if (dialect_read_comment(forge_kind_of(reviews->forge), value_item(answer->document, i),
                                 &comment))
            take_comment(reviews, review, &comment);
    }
    const struct forge_question question = {.verb = FORGE_LIST_REVIEWS, .number = review->number};
    forge_ask(reviews->forge, &question, took_reviews, reviews);
}

bool review_wants_to_listen(const struct review *review)
{
    return review->open && (review->again || strcmp(review->heard, review->updated) != 0);
}

void review_listen(struct reviews *reviews, struct review *review)
{
    reviews->listening = true;
    reviews->listening_to = review->number;
    review->again = false;
    if (strcmp(review->heard, review->updated) != 0)
        listen_later(reviews, review);
    (void)snprintf(review->heard, sizeof(review->heard), "%s", review->updated);
    const struct forge_question question = {.verb = FORGE_LIST_COMMENTS, .number = review->number};
    forge_ask(reviews->forge, &question, took_comments, reviews);
}
