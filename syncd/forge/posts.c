#include "syncd/forge/posts_internal.h"

#include "syncd/base/check.h"
#include "syncd/base/crypto.h"

#include <stdio.h>
#include <stdlib.h>

#define RETRY_NS    (60 * NS_PER_S)
#define CHECKS_MOST 500 /* whose ids are remembered */

static void pump(struct posts *posts);

struct post *posts_new_post(void)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct post *post = ARENA_NEW(arena, struct post);
    post->arena = arena;
    list_init(&post->node);
    return post;
}

void posts_free_post(struct posts *posts, struct post *post)
{
    list_remove(&post->node);
    posts->count--;
    arena_destroy(post->arena);
}

void posts_append(struct posts *posts, struct post *post)
{
    list_append(&posts->open, &post->node);
    posts->count++;
}

/* --- what was said --- */

static struct said *said_of(struct posts *posts, uint64_t number)
{
    LIST_FOR (node, &posts->said) {
        struct said *said = LIST_ITEM(node, struct said, node);
        if (said->number == number)
            return said;
    }
    return NULL;
}

/* Forges trim a comment's end and may change its line ends. */
static void plain_digest(str text, uint8_t out[SHA256_LEN])
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    char *plain = arena_alloc_bytes(scratch, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\r')
            plain[len++] = text.ptr[i];
    crypto_sha256(str_trim(str_from(plain, len)), out);
}

static void remember(struct posts *posts, uint64_t number, str text)
{
    struct said *said = said_of(posts, number);
    if (said == NULL) {
        said = calloc(1, sizeof(*said));
        CHECK(said != NULL);
        said->number = number;
        list_append(&posts->said, &said->node);
    }
    plain_digest(text, said->digest);
}

static void check_digest(const struct forge_check *check, uint8_t out[SHA256_LEN])
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    crypto_sha256(arena_concat(scratch, check->commit, STR(" "), check->name), out);
}

/* 0: it is not there yet. */
static uint64_t check_id(struct posts *posts, const struct forge_check *check)
{
    uint8_t digest[SHA256_LEN];
    check_digest(check, digest);
    LIST_FOR (node, &posts->checks) {
        const struct check_there *there = LIST_ITEM(node, struct check_there, node);
        if (memcmp(there->digest, digest, sizeof(digest)) == 0)
            return there->id;
    }
    return 0;
}

static void forget_check(struct posts *posts, struct check_there *there)
{
    list_remove(&there->node);
    posts->check_count--;
    free(there);
}

static void remember_check(struct posts *posts, const struct forge_check *check, uint64_t id)
{
    struct check_there *there = calloc(1, sizeof(*there));
    CHECK(there != NULL);
    there->id = id;
    check_digest(check, there->digest);
    list_append(&posts->checks, &there->node);
    if (++posts->check_count > CHECKS_MOST)
        forget_check(posts, LIST_ITEM(posts->checks.next, struct check_there, node));
}

/* --- sending --- */

static void sent(struct posts *posts)
{
    struct post *post = posts->sending;
    posts->sending = NULL;
    posts_free_post(posts, post);
    posts_save(posts);
    loop_timer_start(posts->timer, 0);
}

/* GitLab refuses to set what is set. */
static bool is_said_already(const struct post *post, const struct error *err)
{
    return post->kind == POST_STATUS && err->class == ERROR_INPUT &&
           str_find(str_z(err->text), STR("Cannot transition status")) != SIZE_MAX;
}

static void failed(struct posts *posts, const struct error *err)
{
    if (is_said_already(posts->sending, err)) {
        sent(posts);
        return;
    }
    bool hopeless = err->class == ERROR_INPUT || err->class == ERROR_NOT_FOUND;
    posts->options.port->troubled(posts->options.context, err, !hopeless);
    if (hopeless) {
        sent(posts);
        return;
    }
    posts->sending = NULL;
    int64_t pause = posts->options.retry_ns != 0 ? posts->options.retry_ns : RETRY_NS;
    loop_timer_start(posts->timer, pause);
}

static void took_post(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct posts *posts = context;
    (void)answer; /* nothing in it is needed */
    if (err != NULL) {
        failed(posts, err);
        return;
    }
    if (posts->sending->kind == POST_COMMENT)
        remember(posts, posts->sending->number, posts->sending->text);
    sent(posts);
}

static void send_check(struct posts *posts);

static void took_check(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct posts *posts = context;
    struct post *post = posts->sending;
    int64_t id;
    if (err != NULL) {
        failed(posts, err);
        return;
    }
    if (check_id(posts, &post->check) == 0 &&
        value_to_i64(value_get(answer->document, STR("id")), &id) && id > 0)
        remember_check(posts, &post->check, (uint64_t)id);
    post->first = check_run_next(&post->check, post->first);
    bool more = check_run_next(&post->check, post->first) > post->first;
    if (more && check_id(posts, &post->check) != 0)
        send_check(posts);
    else
        sent(posts);
}

/* Its first part makes it, or changes the one that is there; the others add annotations. */
static void send_check(struct posts *posts)
{
    const struct post *post = posts->sending;
    uint64_t id = check_id(posts, &post->check);
    const struct forge_question question = {
        .verb = id != 0 ? FORGE_EDIT_CHECK : FORGE_ADD_CHECK,
        .id = id,
        .check = &post->check,
        .first = post->first,
    };
    forge_ask(posts->options.forge, &question, took_check, posts);
}

static void send_comment(struct posts *posts, uint64_t id)
{
    const struct post *post = posts->sending;
    const struct forge_question question = {
        .verb = id != 0 ? FORGE_EDIT_COMMENT : FORGE_ADD_COMMENT,
        .number = post->number,
        .id = id,
        .text = post->text,
    };
    forge_ask(posts->options.forge, &question, took_post, posts);
}

static bool is_ours(const struct posts *posts, const struct forge_comment *comment)
{
    return posts->self[0] != '\0' && str_equal(comment->author, str_z(posts->self)) &&
           str_starts(comment->text, posts->options.marker);
}

bool posts_left_so(struct posts *posts, uint64_t number, const struct forge_comment *comment)
{
    uint8_t digest[SHA256_LEN];
    const struct said *said = said_of(posts, number);
    if (said == NULL || !is_ours(posts, comment))
        return true;
    plain_digest(comment->text, digest);
    return memcmp(digest, said->digest, sizeof(digest)) == 0;
}

static void took_comments(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct posts *posts = context;
    if (err != NULL) {
        failed(posts, err);
        return;
    }
    enum forge_kind kind = forge_kind_of(posts->options.forge);
    uint64_t number = posts->sending->number;
    uint8_t wanted[SHA256_LEN], there[SHA256_LEN];
    plain_digest(posts->sending->text, wanted);
    for (size_t i = 0; i < value_len(answer->document); i++) {
        struct forge_comment comment;
        if (!dialect_read_comment(kind, value_item(answer->document, i), &comment) ||
            !is_ours(posts, &comment))
            continue;
        if (!posts_left_so(posts, number, &comment))
            posts->options.port->tampered(posts->options.context, number);
        plain_digest(comment.text, there);
        if (memcmp(wanted, there, sizeof(wanted)) == 0) {
            remember(posts, number, posts->sending->text);
            sent(posts);
            return;
        }
        send_comment(posts, comment.id);
        return;
    }
    send_comment(posts, 0);
}

static void took_self(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct posts *posts = context;
    if (err != NULL) {
        failed(posts, err);
        return;
    }
    str self = dialect_read_user(forge_kind_of(posts->options.forge), answer->document);
    (void)snprintf(posts->self, sizeof(posts->self), "%.*s", STR_ARG(self));
    posts->sending = NULL;
    pump(posts);
}

static void send_status(struct posts *posts)
{
    const struct forge_question question = {.verb = FORGE_SET_STATUS,
                                            .status = &posts->sending->status};
    forge_ask(posts->options.forge, &question, took_post, posts);
}

/* Comments of ours are found by who we are. */
static void look_for_comment(struct posts *posts)
{
    bool known = posts->self[0] != '\0';
    const struct forge_question question = {.verb = known ? FORGE_LIST_COMMENTS : FORGE_GET_SELF,
                                            .number = posts->sending->number};
    forge_ask(posts->options.forge, &question, known ? took_comments : took_self, posts);
}

static void pump(struct posts *posts)
{
    static void (*const send[])(struct posts *) = {
        [POST_COMMENT] = look_for_comment,
        [POST_STATUS] = send_status,
        [POST_CHECK] = send_check,
    };
    if (posts->sending != NULL || list_empty(&posts->open))
        return;
    posts->sending = LIST_ITEM(posts->open.next, struct post, node);
    posts->sending->first = 0;
    send[posts->sending->kind](posts);
}

static void pump_due(void *context)
{
    pump(context);
}

/* --- from outside --- */

bool posts_open(const struct posts_options *options, struct posts **ret_posts, struct error *err)
{
    struct posts *posts = calloc(1, sizeof(*posts));
    CHECK(posts != NULL);
    posts->fixed = arena_create(ARENA_NO_BUDGET);
    posts->options = *options;
    posts->options.path = arena_str(posts->fixed, str_z(options->path)).ptr;
    posts->options.marker = arena_str(posts->fixed, options->marker);
    list_init(&posts->open);
    list_init(&posts->said);
    list_init(&posts->checks);
    posts->timer = loop_timer_create(options->loop, pump_due, posts);
    if (!posts_load(posts, err)) {
        posts_close(posts);
        return false;
    }
    loop_timer_start(posts->timer, 0);
    *ret_posts = posts;
    return true;
}

void posts_close(struct posts *posts)
{
    if (posts == NULL)
        return;
    while (!list_empty(&posts->open))
        posts_free_post(posts, LIST_ITEM(posts->open.next, struct post, node));
    while (!list_empty(&posts->said)) {
        struct said *said = LIST_ITEM(posts->said.next, struct said, node);
        list_remove(&said->node);
        free(said);
    }
    while (!list_empty(&posts->checks))
        forget_check(posts, LIST_ITEM(posts->checks.next, struct check_there, node));
    loop_timer_destroy(posts->timer);
    arena_destroy(posts->fixed);
    free(posts);
}

size_t posts_count(const struct posts *posts)
{
    return posts->count;
}

/* Takes out what the new one replaces; the one that is being sent ends by itself. */
static void replace(struct posts *posts, struct post *fresh)
{
    LIST_FOR (node, &posts->open) {
        struct post *old = LIST_ITEM(node, struct post, node);
        bool same = old->kind == fresh->kind && old->number == fresh->number &&
                    str_equal(old->status.commit, fresh->status.commit) &&
                    str_equal(old->status.context, fresh->status.context) &&
                    str_equal(old->check.commit, fresh->check.commit) &&
                    str_equal(old->check.name, fresh->check.name);
        if (same && old != posts->sending)
            posts_free_post(posts, old);
    }
    posts_append(posts, fresh);
    posts_save(posts);
    loop_timer_start(posts->timer, 0);
}

void posts_comment(struct posts *posts, uint64_t number, str text)
{
    struct post *post = posts_new_post();
    post->number = number;
    post->text = arena_str(post->arena, text);
    replace(posts, post);
}

void posts_status(struct posts *posts, const struct forge_status *status)
{
    struct post *post = posts_new_post();
    struct arena *arena = post->arena;
    post->kind = POST_STATUS;
    post->status = (struct forge_status){
        .commit = arena_str(arena, status->commit),
        .context = arena_str(arena, status->context),
        .state = status->state,
        .description = arena_str(arena, status->description),
        .url = arena_str(arena, status->url),
    };
    replace(posts, post);
}

void posts_check(struct posts *posts, const struct forge_check *check)
{
    struct post *post = posts_new_post();
    struct arena *arena = post->arena;
    post->kind = POST_CHECK;
    post->check = *check;
    post->check.commit = arena_str(arena, check->commit);
    post->check.name = arena_str(arena, check->name);
    post->check.title = arena_str(arena, check->title);
    post->check.summary = arena_str(arena, check->summary);
    post->check.url = arena_str(arena, check->url);
    struct forge_annotation *annotations =
        ARENA_ARRAY(arena, struct forge_annotation, check->annotation_count);
    for (size_t i = 0; i < check->annotation_count; i++) {
        annotations[i] = check->annotations[i];
        annotations[i].path = arena_str(arena, annotations[i].path);
        annotations[i].title = arena_str(arena, annotations[i].title);
        annotations[i].text = arena_str(arena, annotations[i].text);
    }
    post->check.annotations = annotations;
    replace(posts, post);
}

void posts_set_self(struct posts *posts, str login)
{
    (void)snprintf(posts->self, sizeof(posts->self), "%.*s", STR_ARG(login));
}
