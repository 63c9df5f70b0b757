#include "syncd/forge/forge.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/base/list.h"
#include "syncd/value/json.h"

#include <stdlib.h>

#define ATTEMPTS_MOST 4
#define RETRY_NS      (2 * NS_PER_S)
#define PAUSE_MOST_NS (3600 * NS_PER_S)
#define PAGES_MOST    100
#define BODY_MOST     (16u << 20)
#define ETAG_MOST     200
#define LIMITED_MOST  5 /* doublings of a minute, where the forge does not say how long */

struct asking {
    struct list node;
    struct forge *forge;
    struct arena *arena;
    struct forge_question question;
    struct forge_request request;
    forge_done *done;
    void *context;
    struct array_builder items; /* of the pages so far */
    unsigned attempts;
};

struct forge {
    struct loop *loop;
    struct http_origin *origin;
    struct loop_timer *timer;
    struct arena *fixed;
    enum forge_kind kind;
    str repository;
    const struct limits *limits;
    struct list waiting; /* of struct asking; the first is on its way when `busy` */
    struct http_transfer *transfer;
    int64_t retry_ns, paused_until_ns;
    void (*refused)(void *context);
    void *context;
    bool tokenless; /* waits for a token */
    uint64_t requests;
    unsigned limited;     /* answers in a row that said: too many */
    char etag[ETAG_MOST]; /* of the last whole list of pull requests that was one page */
    char etag_branch[256];
};

static void pump(struct forge *forge);

static void pump_due(void *context)
{
    pump(context);
}

bool forge_create(struct loop *loop, struct http_client *client,
                  const struct forge_options *options, struct forge **ret_forge, struct error *err)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct http_origin *origin;
    const struct http_origin_options origin_options = {
        .url = dialect_api_url(options->kind, options->url, scratch),
        .ca_pem = options->ca_pem,
        .user_agent = STR("syncd/" SYNCD_VERSION),
    };
    if (!http_origin_create(client, &origin_options, &origin, err))
        return error_wrap(err, "the forge");
    struct forge *forge = calloc(1, sizeof(*forge));
    CHECK(forge != NULL);
    forge->loop = loop;
    forge->origin = origin;
    forge->fixed = arena_create(ARENA_NO_BUDGET);
    forge->timer = loop_timer_create(loop, pump_due, forge);
    forge->kind = options->kind;
    forge->repository = arena_str(forge->fixed, options->repository);
    forge->limits = options->limits;
    forge->retry_ns = options->retry_ns != 0 ? options->retry_ns : RETRY_NS;
    forge->refused = options->refused;
    forge->context = options->context;
    forge->tokenless = options->refused != NULL;
    list_init(&forge->waiting);
    *ret_forge = forge;
    return true;
}

static void asking_free(struct asking *asking)
{
    list_remove(&asking->node);
    arena_destroy(asking->arena); /* which it lives in */
}

void forge_destroy(struct forge *forge)
{
    if (forge == NULL)
        return;
    if (forge->transfer != NULL)
        http_transfer_cancel(forge->transfer);
    while (!list_empty(&forge->waiting))
        asking_free(LIST_ITEM(forge->waiting.next, struct asking, node));
    loop_timer_destroy(forge->timer);
    http_origin_destroy(forge->origin);
    arena_destroy(forge->fixed);
    free(forge);
}

bool forge_set_token(struct forge *forge, str token)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    if (token.len == 0)
        return http_origin_set_authorization(forge->origin, STR(""));
    str text = dialect_authorization(forge->kind, token, scratch);
    bool done = http_origin_set_authorization(forge->origin, text);
    crypto_wipe((char *)(uintptr_t)text.ptr, text.len);
    if (done && forge->tokenless) {
        forge->tokenless = false;
        loop_timer_start(forge->timer, 0);
    }
    return done;
}

enum forge_kind forge_kind_of(const struct forge *forge)
{
    return forge->kind;
}

int64_t forge_paused_until_ns(const struct forge *forge)
{
    return forge->paused_until_ns;
}

uint64_t forge_request_count(const struct forge *forge)
{
    return forge->requests;
}

/* Tells the asker, then goes on. */
static void finish(struct asking *asking, const struct forge_answer *answer,
                   const struct error *err)
{
    struct forge *forge = asking->forge;
    list_remove(&asking->node);
    loop_timer_start(forge->timer, 0); /* before it is told: that may destroy the forge */
    asking->done(asking->context, answer, err);
    asking_free(asking);
}

static void fail(struct asking *asking, struct error *err)
{
    static const struct forge_answer nothing = {0};
    (void)error_wrap(err, "%s %.*s", asking->request.method, STR_ARG(asking->request.path));
    finish(asking, &nothing, err);
}

/* Pacing. */

static void pause(struct forge *forge, int64_t ns)
{
    if (ns < forge->retry_ns)
        ns = forge->retry_ns;
    if (ns > PAUSE_MOST_NS)
        ns = PAUSE_MOST_NS;
    forge->paused_until_ns = loop_now_ns(forge->loop) + ns;
    loop_timer_start(forge->timer, ns);
}

/* A limit for bursts is told in words alone, sometimes. */
static bool says_too_fast(const struct http_response *response)
{
    return response->status == 403 &&
           str_find(response->body, STR("secondary rate limit")) != SIZE_MAX;
}

/* "X-RateLimit-Reset" of GitHub and Gitea, "RateLimit-Reset" of GitLab. */
static str limit_header(const struct http_response *response, str name)
{
    str text = http_response_header(response, str_skip(name, 2));
    return text.len != 0 ? text : http_response_header(response, name);
}

/* How long it takes until there are requests left; -1: the answer does not say. */
static int64_t until_reset_ns(const struct http_response *response)
{
    int64_t reset_s;
    if (!str_to_i64(limit_header(response, STR("X-RateLimit-Reset")), &reset_s))
        return -1;
    int64_t wait = reset_s * NS_PER_S - clock_wall_ns();
    return wait > 0 ? wait : 0;
}

/* True when the answer says that there were too many requests: the same is asked again later. */
static bool take_rate_limit(struct forge *forge, const struct http_response *response)
{
    int64_t left;
    bool spent =
        str_to_i64(limit_header(response, STR("X-RateLimit-Remaining")), &left) && left == 0;
    bool refused = response->status == 429 || says_too_fast(response) ||
                   (response->status == 403 && (spent || response->retry_after_ns >= 0));
    int64_t wait = response->retry_after_ns;
    if (wait < 0 && (spent || response->status == 429))
        wait = until_reset_ns(response);
    if (refused) {
        forge->limited = forge->limited < LIMITED_MOST ? forge->limited + 1 : LIMITED_MOST;
        pause(forge, wait >= 0 ? wait : (60 * NS_PER_S) << (forge->limited - 1));
        return true;
    }
    forge->limited = 0;
    if (spent && wait > 0 && response->status / 100 == 2)
        pause(forge, wait); /* the next one would be refused */
    return false;
}

static void retry_later(struct asking *asking)
{
    int64_t wait = asking->forge->retry_ns << asking->attempts;
    asking->attempts++;
    pause(asking->forge, wait);
}

/* Answers. */

static bool is_list(const struct asking *asking)
{
    enum forge_verb verb = asking->question.verb;
    return verb == FORGE_LIST_CHANGES || verb == FORGE_LIST_COMMENTS || verb == FORGE_LIST_REVIEWS;
}

static void remember_etag(struct forge *forge, const struct asking *asking,
                          const struct http_response *response)
{
    str etag = http_response_header(response, STR("ETag"));
    bool fits =
        etag.len < sizeof(forge->etag) && asking->question.branch.len < sizeof(forge->etag_branch);
    forge->etag[0] = '\0';
    if (asking->question.verb != FORGE_LIST_CHANGES || asking->question.page != 1 || !fits)
        return;
    memcpy(forge->etag, etag.ptr != NULL ? etag.ptr : "", etag.len);
    forge->etag[etag.len] = '\0';
    memcpy(forge->etag_branch, asking->question.branch.ptr, asking->question.branch.len);
    forge->etag_branch[asking->question.branch.len] = '\0';
}

/* One page of a list; true when there are more, and the next one is being asked for. */
static bool take_page(struct asking *asking, value page, struct error *err)
{
    struct forge *forge = asking->forge;
    value items = dialect_items(forge->kind, asking->question.verb, page);
    for (size_t i = 0; value_is(items, VALUE_ARRAY) && i < value_len(items); i++)
        array_add(&asking->items, value_copy(value_item(items, i), asking->arena));
    if (value_len(items) < dialect_page_size(forge->kind))
        return false;
    if (asking->question.page == PAGES_MOST)
        return error_rule(err, ERROR_LIMIT, "E_FORGE_PAGES", "more than %d pages", PAGES_MOST);
    asking->question.page++;
    return dialect_ask(forge->kind, &asking->question, asking->arena, &asking->request);
}

static void take_answer(struct asking *asking, const struct http_response *response)
{
    struct error err = ERROR_INIT;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct forge_answer answer = {0};
    if (response->status == 304) {
        answer.unchanged = true;
        finish(asking, &answer, NULL);
        return;
    }
    if (!json_read(response->body, asking->forge->limits, scratch, &answer.document, &err)) {
        (void)error_wrap(&err, "the forge's answer");
        fail(asking, &err);
        return;
    }
    if (!is_list(asking)) {
        finish(asking, &answer, NULL);
        return;
    }
    unsigned first = asking->question.page;
    if (first == 1)
        remember_etag(asking->forge, asking, response);
    bool more = take_page(asking, answer.document, &err);
    if (err.class != ERROR_NONE) {
        fail(asking, &err);
        return;
    }
    if (more) {
        asking->forge->etag[0] = '\0'; /* it spoke for one page only */
        pump(asking->forge);
        return;
    }
    answer.document = array_finish(&asking->items);
    finish(asking, &answer, NULL);
}

/* What the forge says about a refusal, for people; it never quotes what was sent. */
static void refuse(struct asking *asking, const struct http_response *response)
{
    struct error err = ERROR_INIT, ignored = ERROR_INIT;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    value said = value_absent();
    str text = {0};
    if (json_read(response->body, asking->forge->limits, scratch, &said, &ignored))
        text = str_slice(value_str(value_get(said, STR("message"))), 0, 200);
    int status = response->status;
    if (status == 401 || status == 403)
        (void)error_rule(&err, ERROR_DENIED, "E_FORGE_AUTH", "the forge denies it (%d): %.*s",
                         status, STR_ARG(text));
    else if (status == 404 || status == 410)
        (void)error_rule(&err, ERROR_NOT_FOUND, "E_FORGE_MISSING", "the forge has no such thing");
    else
        (void)error_rule(&err, ERROR_INPUT, "E_FORGE_REFUSED", "the forge answers %d: %.*s", status,
                         STR_ARG(text));
    if (err.class == ERROR_DENIED)
        (void)error_hint(&err, "the token needs to read the repository, and to write pull "
                               "requests and commit statuses");
    err.detail = status;
    fail(asking, &err);
}

/* True when another token is awaited: the same is asked again with it. */
static bool await_token(struct asking *asking, const struct http_response *response)
{
    struct forge *forge = asking->forge;
    if (response->status != 401 || forge->refused == NULL || asking->attempts >= ATTEMPTS_MOST)
        return false;
    asking->attempts++;
    forge->tokenless = true;
    forge->refused(forge->context);
    return true;
}

static void answered(void *context, const struct http_response *response, const struct error *err)
{
    struct asking *asking = context;
    struct forge *forge = asking->forge;
    forge->transfer = NULL;
    bool trouble =
        err != NULL ? error_is_transient(err) : response->status >= 500 || response->status == 408;
    if (err == NULL && (take_rate_limit(forge, response) || await_token(asking, response)))
        return;
    if (trouble && asking->attempts < ATTEMPTS_MOST) {
        retry_later(asking);
        return;
    }
    if (err != NULL) {
        struct error copy = *err;
        fail(asking, &copy);
    } else if (trouble) {
        struct error failed = ERROR_INIT;
        (void)error_rule(&failed, ERROR_UNAVAILABLE, "E_FORGE_DOWN", "the forge answers %d",
                         response->status);
        fail(asking, &failed);
    } else if (response->status / 100 == 2 || response->status == 304) {
        take_answer(asking, response);
    } else {
        refuse(asking, response);
    }
}

/* Sending. */

static size_t put_headers(const struct forge *forge, const struct asking *asking,
                          struct http_field out[4])
{
    size_t count = 0;
    out[count++] = (struct http_field){STR("Accept"), STR("application/json")};
    if (asking->request.body.len != 0)
        out[count++] = (struct http_field){STR("Content-Type"), STR("application/json")};
    if (forge->kind == FORGE_GITHUB)
        out[count++] = (struct http_field){STR("X-GitHub-Api-Version"), STR("2022-11-28")};
    if (asking->question.verb == FORGE_LIST_CHANGES && asking->question.page == 1 &&
        forge->etag[0] != '\0' && str_equal(asking->question.branch, str_z(forge->etag_branch)))
        out[count++] = (struct http_field){STR("If-None-Match"), str_z(forge->etag)};
    return count;
}

static void pump(struct forge *forge)
{
    int64_t left = forge->paused_until_ns - loop_now_ns(forge->loop);
    if (forge->transfer != NULL || forge->tokenless || list_empty(&forge->waiting))
        return;
    if (left > 0) {
        loop_timer_start(forge->timer, left);
        return;
    }
    forge->paused_until_ns = 0;
    struct asking *asking = LIST_ITEM(forge->waiting.next, struct asking, node);
    struct http_field headers[4];
    size_t count = put_headers(forge, asking, headers);
    const struct http_request request = {
        .method = asking->request.method,
        .path = asking->request.path,
        .headers = {headers, count},
        .body = asking->request.body,
        .max_body = BODY_MOST,
        .done = answered,
        .context = asking,
    };
    forge->requests++;
    forge->transfer = http_send(forge->origin, &request);
}

/* Everything that the question points at, in the asking's own arena. */
static void keep_question(struct asking *asking, const struct forge_question *question)
{
    struct arena *arena = asking->arena;
    struct forge_question *kept = &asking->question;
    *kept = *question;
    kept->repository = asking->forge->repository;
    kept->branch = arena_str(arena, question->branch);
    kept->user = arena_str(arena, question->user);
    kept->text = arena_str(arena, question->text);
    kept->page = 1;
    if (question->status == NULL)
        return;
    struct forge_status *status = ARENA_NEW(arena, struct forge_status);
    *status = *question->status;
    status->commit = arena_str(arena, status->commit);
    status->context = arena_str(arena, status->context);
    status->description = arena_str(arena, status->description);
    status->url = arena_str(arena, status->url);
    kept->status = status;
}

void forge_ask(struct forge *forge, const struct forge_question *question, forge_done *done,
               void *context)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct asking *asking = ARENA_NEW(arena, struct asking);
    asking->forge = forge;
    asking->arena = arena;
    asking->done = done;
    asking->context = context;
    keep_question(asking, question);
    array_begin(&asking->items, arena);
    CHECK(dialect_ask(forge->kind, &asking->question, arena, &asking->request));
    asking->question.check = NULL; /* all that is needed of it is in the request */
    list_append(&forge->waiting, &asking->node);
    loop_timer_start(forge->timer, 0);
}
