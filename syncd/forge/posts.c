#include "syncd/forge/posts.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/base/list.h"
#include "syncd/value/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MOST  (64u << 20)
#define RETRY_NS   (60 * NS_PER_S)
#define COUNT_MOST 10000

/* One thing to say. */
struct post {
    struct list node;
    struct arena *arena; /* which it lives in */
    bool is_status;
    uint64_t number;            /* of a comment: the pull request */
    struct forge_status status; /* of a status */
    str text;
};

/* What we wrote last, to see whether somebody changed it. */
struct said {
    struct list node;
    uint64_t number;
    uint8_t digest[32];
};

struct posts {
    struct posts_options options;
    struct arena *fixed;
    struct list open; /* of struct post, oldest first; the first is being sent when `sending` */
    struct list said;
    size_t count;
    struct post *sending;
    char self[128];
    struct loop_timer *timer;
};

static void pump(struct posts *posts);

/* --- the file --- */

static value post_value(const struct post *post, struct arena *arena)
{
    struct object_builder object;
    object_begin(&object, arena);
    if (post->is_status) {
        object_add(&object, STR("commit"), value_string(post->status.commit));
        object_add(&object, STR("context"), value_string(post->status.context));
        object_add(&object, STR("state"), value_int(post->status.state, arena));
        object_add(&object, STR("description"), value_string(post->status.description));
        object_add(&object, STR("url"), value_string(post->status.url));
    } else {
        object_add(&object, STR("number"), value_uint(post->number, arena));
        object_add(&object, STR("text"), value_string(post->text));
    }
    return object_finish(&object);
}

/* All of it, in place of the old one at once. A failure is told, and nothing is lost but the file.
 */
static void save(struct posts *posts)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf text = BUF_INIT(FILE_MOST);
    struct error err = ERROR_INIT;
    LIST_FOR (node, &posts->open) {
        json_write(post_value(LIST_ITEM(node, struct post, node), arena), JSON_COMPACT, &text);
        buf_add_byte(&text, '\n');
    }
    const char *fresh = arena_printf(arena, "%s.new", posts->options.path).ptr;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool done = fd >= 0;
    for (size_t at = 0; done && at < text.len;) {
        ssize_t n = write(fd, text.ptr + at, text.len - at);
        done = n > 0 || errno == EINTR;
        at += n > 0 ? (size_t)n : 0;
    }
    done = done && fsync(fd) == 0;
    int number = errno;
    if (fd >= 0 && close(fd) != 0)
        done = false;
    if (!done || rename(fresh, posts->options.path) != 0) {
        (void)error_errno(&err, done ? errno : number, "writing %s", posts->options.path);
        posts->options.port->troubled(posts->options.context, &err, true);
    }
}

static struct post *post_new(void)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct post *post = ARENA_NEW(arena, struct post);
    post->arena = arena;
    list_init(&post->node);
    return post;
}

static void post_free(struct posts *posts, struct post *post)
{
    list_remove(&post->node);
    posts->count--;
    arena_destroy(post->arena);
}

static void append(struct posts *posts, struct post *post)
{
    list_append(&posts->open, &post->node);
    posts->count++;
}

/* A line of the file; one that is torn or strange is left out. */
static void take_line(struct posts *posts, str line)
{
    struct error err = ERROR_INIT;
    struct post *post = post_new();
    value read;
    int64_t number = 0, state = 0;
    append(posts, post);
    line = arena_str(post->arena, line);
    if (!json_read(line, posts->options.limits, post->arena, &read, &err)) {
        post_free(posts, post);
        return;
    }
    post->text = value_str(value_get(read, STR("text")));
    post->status = (struct forge_status){
        .commit = value_str(value_get(read, STR("commit"))),
        .context = value_str(value_get(read, STR("context"))),
        .description = value_str(value_get(read, STR("description"))),
        .url = value_str(value_get(read, STR("url"))),
    };
    post->is_status = post->status.commit.len != 0;
    bool good = post->is_status ? value_to_i64(value_get(read, STR("state")), &state) &&
                                      state >= FORGE_PENDING && state <= FORGE_TROUBLE
                                : value_to_i64(value_get(read, STR("number")), &number) &&
                                      number > 0 && post->text.len != 0;
    post->status.state = (enum forge_state)state;
    post->number = (uint64_t)number;
    if (!good)
        post_free(posts, post);
}

static bool load(struct posts *posts, struct error *err)
{
    FILE *file = fopen(posts->options.path, "re");
    if (file == NULL)
        return errno == ENOENT || error_errno(err, errno, "opening %s", posts->options.path);
    AUTO_BUF struct buf text = BUF_INIT(FILE_MOST);
    char *room;
    size_t n;
    while ((room = buf_reserve(&text, 65536)) != NULL && (n = fread(room, 1, 65536, file)) != 0)
        buf_wrote(&text, n);
    (void)fclose(file); /* only read from */
    str rest = buf_str(&text), line;
    while (str_cut(&rest, '\n', &line))
        if (line.len != 0 && posts->count < COUNT_MOST)
            take_line(posts, line);
    return true;
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

/* --- sending --- */

static void sent(struct posts *posts)
{
    struct post *post = posts->sending;
    posts->sending = NULL;
    post_free(posts, post);
    save(posts);
    loop_timer_start(posts->timer, 0);
}

static void failed(struct posts *posts, const struct error *err)
{
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
    if (!posts->sending->is_status)
        remember(posts, posts->sending->number, posts->sending->text);
    sent(posts);
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

static void pump(struct posts *posts)
{
    if (posts->sending != NULL || list_empty(&posts->open))
        return;
    struct post *post = LIST_ITEM(posts->open.next, struct post, node);
    posts->sending = post;
    struct forge_question question = {.number = post->number, .status = &post->status};
    forge_done *done = took_post;
    if (post->is_status) {
        question.verb = FORGE_SET_STATUS;
    } else if (posts->self[0] == '\0') {
        question.verb = FORGE_GET_SELF;
        done = took_self;
    } else {
        question.verb = FORGE_LIST_COMMENTS;
        done = took_comments;
    }
    forge_ask(posts->options.forge, &question, done, posts);
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
    posts->timer = loop_timer_create(options->loop, pump_due, posts);
    if (!load(posts, err)) {
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
        post_free(posts, LIST_ITEM(posts->open.next, struct post, node));
    while (!list_empty(&posts->said)) {
        struct said *said = LIST_ITEM(posts->said.next, struct said, node);
        list_remove(&said->node);
        free(said);
    }
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
        bool same = old->is_status == fresh->is_status && old->number == fresh->number &&
                    str_equal(old->status.commit, fresh->status.commit) &&
                    str_equal(old->status.context, fresh->status.context);
        if (same && old != posts->sending)
            post_free(posts, old);
    }
    append(posts, fresh);
    save(posts);
    loop_timer_start(posts->timer, 0);
}

void posts_comment(struct posts *posts, uint64_t number, str text)
{
    struct post *post = post_new();
    post->number = number;
    post->text = arena_str(post->arena, text);
    replace(posts, post);
}

void posts_status(struct posts *posts, const struct forge_status *status)
{
    struct post *post = post_new();
    struct arena *arena = post->arena;
    post->is_status = true;
    post->status = (struct forge_status){
        .commit = arena_str(arena, status->commit),
        .context = arena_str(arena, status->context),
        .state = status->state,
        .description = arena_str(arena, status->description),
        .url = arena_str(arena, status->url),
    };
    replace(posts, post);
}
