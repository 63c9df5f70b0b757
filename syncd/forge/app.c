#include "syncd/forge/app.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/base/signing.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

#define ASSERTION_S  540 /* GitHub takes ten minutes, by its own clock */
#define SKEW_S       60
#define EARLY_S      600 /* a token is renewed so long before it ends */
#define RENEW_LEAST  (30 * NS_PER_S)
#define RETRY_NS     (5 * NS_PER_S)
#define RETRY_MOST   (300 * NS_PER_S)
#define REFUSED_EACH (20 * NS_PER_S) /* at most so often because somebody was refused */
#define TOKEN_MOST   1024

struct forge_app {
    struct loop *loop;
    struct forge *forge; /* asks in the App's own name */
    struct loop_timer *timer;
    struct arena *fixed;
    struct forge_app_port port;
    void *context;
    str id;
    uint64_t installation;
    bool given; /* the installation was: it is not asked for */
    char token[TOKEN_MOST], login[128];
    int64_t retry_ns, asked_ns;
    bool asking;
};

/* --- who we are --- */

/* base64 for URLs, without padding. */
static str url_base64(struct arena *arena, str bytes)
{
    str plain = base64_encode(arena, bytes);
    char *text = arena_alloc_bytes(arena, plain.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < plain.len && plain.ptr[i] != '='; i++)
        text[len++] = plain.ptr[i] == '+' ? '-' : plain.ptr[i] == '/' ? '_' : plain.ptr[i];
    return str_from(text, len);
}

bool forge_app_assertion(str id, str key_pem, int64_t now_s, struct arena *arena, str *ret_text,
                         struct error *err)
{
    struct object_builder claims;
    object_begin(&claims, arena);
    object_add(&claims, STR("iat"), value_int(now_s - SKEW_S, arena));
    object_add(&claims, STR("exp"), value_int(now_s + ASSERTION_S, arena));
    object_add(&claims, STR("iss"), value_string(id));
    str head = url_base64(arena, STR("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"));
    str body = url_base64(arena, json_text(object_finish(&claims), JSON_COMPACT, arena));
    str text = arena_concat(arena, head, STR("."), body), signature;
    if (!signing_rsa(key_pem, text, arena, &signature, err))
        return error_wrap(err, "the App's key");
    *ret_text = arena_concat(arena, text, STR("."), url_base64(arena, signature));
    return true;
}

static bool introduce(struct forge_app *app, struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str key = {0}, text;
    bool good = app->port.read_key(app->context, arena, &key, err) &&
                forge_app_assertion(app->id, key, clock_wall_ns() / NS_PER_S, arena, &text, err);
    if (key.len != 0)
        crypto_wipe((char *)(uintptr_t)key.ptr, key.len);
    return good && (forge_set_token(app->forge, text) ||
                    error_set(err, ERROR_INTERNAL, "the App's assertion is no header"));
}

/* --- a token --- */

static void ask(struct forge_app *app);

static void renew_due(void *context)
{
    struct forge_app *app = context;
    if (!app->asking)
        ask(app);
}

static void trouble(struct forge_app *app, const struct error *err)
{
    app->asking = false;
    app->port.troubled(app->context, err);
    loop_timer_start(app->timer, app->retry_ns);
    app->retry_ns = 2 * app->retry_ns < RETRY_MOST ? 2 * app->retry_ns : RETRY_MOST;
}

static void unexpected(struct forge_app *app, const char *what)
{
    struct error err = ERROR_INIT;
    (void)error_rule(&err, ERROR_UNAVAILABLE, "E_FORGE_APP", "the forge answers without %s", what);
    trouble(app, &err);
}

static void took_token(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct forge_app *app = context;
    if (err != NULL) {
        if (!app->given)
            app->installation = 0; /* it may have been installed anew */
        trouble(app, err);
        return;
    }
    str token = value_str(value_get(answer->document, STR("token")));
    int64_t ends_ns;
    if (token.len == 0 || token.len >= sizeof(app->token) ||
        !clock_parse_rfc3339(value_str(value_get(answer->document, STR("expires_at"))), &ends_ns)) {
        unexpected(app, "a token and when it ends");
        return;
    }
    memcpy(app->token, token.ptr, token.len);
    app->token[token.len] = '\0';
    app->asking = false;
    app->retry_ns = RETRY_NS;
    int64_t wait = ends_ns - clock_wall_ns() - EARLY_S * NS_PER_S;
    loop_timer_start(app->timer, wait > RENEW_LEAST ? wait : RENEW_LEAST);
    app->port.renewed(app->context);
}

static void make_token(struct forge_app *app)
{
    const struct forge_question question = {.verb = FORGE_MAKE_TOKEN, .id = app->installation};
    forge_ask(app->forge, &question, took_token, app);
}

static void took_installation(void *context, const struct forge_answer *answer,
                              const struct error *err)
{
    struct forge_app *app = context;
    int64_t number;
    if (err != NULL) {
        trouble(app, err);
        return;
    }
    if (!value_to_i64(value_get(answer->document, STR("id")), &number) || number <= 0) {
        unexpected(app, "an installation's number");
        return;
    }
    app->installation = (uint64_t)number;
    make_token(app);
}

static void took_app(void *context, const struct forge_answer *answer, const struct error *err)
{
    struct forge_app *app = context;
    if (err != NULL) {
        trouble(app, err);
        return;
    }
    str slug = value_str(value_get(answer->document, STR("slug")));
    if (slug.len == 0) {
        unexpected(app, "the App's name");
        return;
    }
    (void)snprintf(app->login, sizeof(app->login), "%.*s[bot]", (int)str_slice(slug, 0, 100).len,
                   slug.ptr);
    ask(app);
}

/* The next of: its name, its installation, a token. */
static void ask(struct forge_app *app)
{
    struct error err = ERROR_INIT;
    app->asking = true;
    app->asked_ns = loop_now_ns(app->loop);
    if (!introduce(app, &err)) {
        trouble(app, &err);
        return;
    }
    struct forge_question question = {.verb = FORGE_GET_APP};
    if (app->login[0] == '\0') {
        forge_ask(app->forge, &question, took_app, app);
    } else if (app->installation == 0) {
        question.verb = FORGE_FIND_INSTALLATION;
        forge_ask(app->forge, &question, took_installation, app);
    } else {
        make_token(app);
    }
}

/* --- from outside --- */

bool forge_app_create(const struct forge_app_options *options, struct forge_app **ret_app,
                      struct error *err)
{
    struct forge *forge;
    if (!forge_create(options->loop, options->client, options->forge, &forge, err))
        return false;
    struct forge_app *app = calloc(1, sizeof(*app));
    CHECK(app != NULL);
    app->loop = options->loop;
    app->forge = forge;
    app->fixed = arena_create(ARENA_NO_BUDGET);
    app->timer = loop_timer_create(options->loop, renew_due, app);
    app->port = *options->port;
    app->context = options->context;
    app->id = arena_str(app->fixed, options->id);
    app->installation = options->installation;
    app->given = options->installation != 0;
    app->retry_ns = RETRY_NS;
    loop_timer_start(app->timer, 0);
    *ret_app = app;
    return true;
}

void forge_app_destroy(struct forge_app *app)
{
    if (app == NULL)
        return;
    forge_destroy(app->forge);
    loop_timer_destroy(app->timer);
    arena_destroy(app->fixed);
    crypto_wipe(app->token, sizeof(app->token));
    free(app);
}

str forge_app_token(const struct forge_app *app)
{
    return str_z(app->token);
}

str forge_app_login(const struct forge_app *app)
{
    return str_z(app->login);
}

void forge_app_refused(struct forge_app *app)
{
    if (app->asking)
        return;
    int64_t wait = app->asked_ns + REFUSED_EACH - loop_now_ns(app->loop);
    loop_timer_start(app->timer, wait > 0 ? wait : 0);
}
