/* Deliveries from the forge: believed when they are authentic, and then only as a hint to look
 * soon. */
#include "syncd/daemon/commits.h"
#include "syncd/daemon/reviews.h"
#include "syncd/http/server.h"

#include <stdio.h>
#include <stdlib.h>

#define SEEN_MOST 64

struct hooks {
    struct daemon *daemon;
    struct http_server *server;
    struct loop_timer *timer;
    struct arena *arena; /* secrets; wiped with it */
    struct webhook_terms terms;
    uint8_t seen[SEEN_MOST][32]; /* digests of the last deliveries */
    size_t seen_next;
    uint64_t taken, refused, repeated;
};

/* What came within a moment is one look. */
#define HINT_NS (100 * NS_PER_MS)

static void look(void *context)
{
    struct hooks *hooks = context;
    source_poll(hooks->daemon);
    reviews_hint(hooks->daemon->reviews, 0);
}

static bool is_repeated(struct hooks *hooks, const struct delivery *delivery)
{
    for (size_t i = 0; i < SEEN_MOST; i++)
        if (memcmp(hooks->seen[i], delivery->digest, sizeof(delivery->digest)) == 0)
            return true;
    memcpy(hooks->seen[hooks->seen_next++ % SEEN_MOST], delivery->digest, sizeof(delivery->digest));
    return false;
}

static void answer(struct http_exchange *exchange, int status, str text)
{
    const struct http_field plain = {STR("Content-Type"), STR("text/plain")};
    http_reply(exchange, status, (struct http_fields){&plain, 1}, text);
}

static void handle(void *context, struct http_exchange *exchange)
{
    struct hooks *hooks = context;
    struct delivery delivery;
    struct error err = ERROR_INIT;
    if (!str_equal(exchange->path, STR("/hook")) || !str_equal(exchange->method, STR("POST"))) {
        answer(exchange, 404, STR("deliveries are taken at POST /hook\n"));
        return;
    }
    if (!webhook_read(&hooks->terms, exchange->headers, exchange->body,
                      &hooks->daemon->config->limits, exchange->arena, &delivery, &err)) {
        bool denied = err.class == ERROR_DENIED;
        /* Told now and then only: anybody can send these. */
        hooks->refused++;
        if ((hooks->refused & (hooks->refused - 1)) == 0)
            LOG(LOG_WARN, "a delivery is refused", FIELD("rule", str_z(err.rule)),
                FIELD("problem", str_z(err.text)));
        answer(exchange, denied ? 401 : 400, denied ? STR("not authentic\n") : STR("no JSON\n"));
        return;
    }
    hooks->taken++;
    bool repeated = is_repeated(hooks, &delivery);
    hooks->repeated += repeated;
    bool concerns = delivery.event >= DELIVERY_PUSH;
    if (concerns && !repeated) {
        if (delivery.number != 0)
            reviews_hint(hooks->daemon->reviews, delivery.number);
        if (!loop_timer_is_running(hooks->timer))
            loop_timer_start(hooks->timer, HINT_NS);
    }
    answer(exchange, 202, repeated ? STR("known\n") : concerns ? STR("looking\n") : STR("fine\n"));
}

/* Up to four lines; the rest is told. */
static bool read_secrets(struct hooks *hooks, struct error *err)
{
    const struct config_webhook *webhook = &hooks->daemon->config->webhook;
    str text, line;
    if (!kubeconfig_read_file(arena_str(hooks->arena, webhook->secret_file).ptr, true, 4096,
                              hooks->arena, &text, err))
        return error_wrap(err, "webhook.secretFile");
    size_t count = 0;
    while (str_cut(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.len == 0)
            continue;
        if (count == WEBHOOK_SECRETS)
            return error_rule(err, ERROR_INPUT, "E_CONFIG",
                              "webhook.secretFile has more than %d lines", WEBHOOK_SECRETS);
        hooks->terms.secrets[count++] = line;
    }
    return count != 0 ||
           error_rule(err, ERROR_INPUT, "E_CONFIG", "webhook.secretFile holds no secret");
}

static bool listen_on(struct hooks *hooks, struct error *err)
{
    const struct config_webhook *webhook = &hooks->daemon->config->webhook;
    struct http_server_options options = {
        .address = arena_str(hooks->arena, webhook->address).ptr,
        .port = (uint16_t)webhook->port,
        .max_body = WEBHOOK_BODY_MOST,
        .max_header = WEBHOOK_HEADER_MOST,
        .idle_ns = 30 * NS_PER_S,
        .handle = handle,
        .context = hooks,
    };
    if (webhook->certificate_file.len != 0 &&
        (!kubeconfig_read_file(arena_str(hooks->arena, webhook->certificate_file).ptr, false,
                               1u << 20, hooks->arena, &options.identity.certificate_pem, err) ||
         !kubeconfig_read_file(arena_str(hooks->arena, webhook->key_file).ptr, true, 1u << 20,
                               hooks->arena, &options.identity.key_pem, err)))
        return error_wrap(err, "webhook");
    return http_server_create(hooks->daemon->loop, &options, &hooks->server, err);
}

struct hooks *hooks_start(struct daemon *daemon)
{
    struct error err = ERROR_INIT;
    const struct config_forge *forge = &daemon->config->forge;
    if (daemon->config->webhook.port == 0 || daemon->options.once)
        return NULL;
    struct hooks *hooks = calloc(1, sizeof(*hooks));
    CHECK(hooks != NULL);
    hooks->daemon = daemon;
    hooks->arena = arena_create(ARENA_NO_BUDGET);
    hooks->timer = loop_timer_create(daemon->loop, look, hooks);
    hooks->terms.repository = forge->repository;
    CHECK(forge_kind_read(forge->kind, &hooks->terms.kind));
    if (read_secrets(hooks, &err) && listen_on(hooks, &err))
        return hooks;
    LOG(LOG_ERROR, "deliveries are not taken; polling goes on", FIELD("problem", str_z(err.text)));
    hooks_stop(hooks);
    return NULL;
}

void hooks_stop(struct hooks *hooks)
{
    if (hooks == NULL)
        return;
    if (hooks->server != NULL)
        http_server_destroy(hooks->server);
    loop_timer_destroy(hooks->timer);
    arena_destroy(hooks->arena);
    free(hooks);
}
