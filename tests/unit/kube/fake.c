#include "fake.h"

#include "syncd/value/json.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void handle(void *context, struct http_exchange *exchange)
{
    struct fake *fake = context;
    fake->requests++;
    buf_printf(&fake->log, "%.*s %.*s|%.*s\n", STR_ARG(exchange->method), STR_ARG(exchange->target),
               STR_ARG(exchange->body));
    fake->handle(fake, exchange);
}

struct kube_cluster *fake_cluster(struct fake *fake, const struct kube_config *config,
                                  const struct kube_cluster_options *options)
{
    struct kube_config full = *config;
    full.server = arena_printf(fake->arena, "http://127.0.0.1:%u", http_server_port(fake->server));
    struct kube_cluster *cluster = NULL;
    struct error err = ERROR_INIT;
    cr_assert(kube_cluster_create(fake->loop, fake->client, &full, options, &cluster, &err), "%s",
              err.text);
    return cluster;
}

void fake_begin(struct fake *fake,
                void (*handler)(struct fake *fake, struct http_exchange *exchange))
{
    *fake = (struct fake){.arena = arena_create(ARENA_NO_BUDGET),
                          .loop = loop_create(),
                          .handle = handler,
                          .log = BUF_INIT(1 << 20)};
    const struct http_server_options options = {.handle = handle, .context = fake};
    struct error err = ERROR_INIT;
    cr_assert(http_server_create(fake->loop, &options, &fake->server, &err), "%s", err.text);
    fake->client = http_client_create(fake->loop, 0);
    const struct kube_config config = {0};
    const struct kube_cluster_options cluster = {.name = STR("fake")};
    fake->cluster = fake_cluster(fake, &config, &cluster);
}

void fake_end(struct fake *fake)
{
    kube_cluster_destroy(fake->cluster);
    http_client_destroy(fake->client);
    http_server_destroy(fake->server);
    loop_destroy(fake->loop);
    buf_finish(&fake->log);
    arena_destroy(fake->arena);
}

void fake_reply(struct http_exchange *exchange, int status, const char *json)
{
    const struct http_field field = {STR("Content-Type"), STR("application/json")};
    http_reply(exchange, status, (struct http_fields){&field, 1}, str_z(json));
}

static void peer_left(void *context, struct http_exchange *exchange)
{
    struct fake *fake = context;
    for (unsigned i = 0; i < fake->open_count; i++) {
        if (fake->open[i] == exchange) {
            fake->open[i] = fake->open[--fake->open_count];
            return;
        }
    }
}

void fake_hold(struct fake *fake, struct http_exchange *exchange)
{
    cr_assert_lt(fake->open_count, ARRAY_LEN(fake->open));
    fake->open[fake->open_count++] = exchange;
    if (fake->open_count > fake->most_open)
        fake->most_open = fake->open_count;
    http_exchange_on_close(exchange, peer_left, fake);
}

void fake_wait(struct fake *fake, const unsigned *count, unsigned wanted)
{
    const int64_t end = clock_monotonic_ns() + 10 * NS_PER_S;
    while (*count < wanted && clock_monotonic_ns() < end)
        loop_step(fake->loop, 10 * NS_PER_MS);
    cr_assert_eq(*count, wanted, "%u of %u; asked:\n%s", *count, wanted, fake->log.ptr);
}

void fake_settle(struct fake *fake, int64_t ns)
{
    const int64_t end = clock_monotonic_ns() + ns;
    while (clock_monotonic_ns() < end)
        loop_step(fake->loop, 2 * NS_PER_MS);
}

void fake_take(void *context, const struct kube_reply *reply)
{
    struct fake_answer *answer = context;
    const unsigned done = answer->done + 1;
    *answer = (struct fake_answer){.done = done, .code = reply->code};
    answer->quarantined = reply->quarantined;
    if (reply->err != NULL) {
        answer->class = reply->err->class;
        snprintf(answer->rule, sizeof(answer->rule), "%s", reply->err->rule);
        snprintf(answer->text, sizeof(answer->text), "%s", reply->err->text);
    }
    if (reply->status != NULL) {
        snprintf(answer->reason, sizeof(answer->reason), "%.*s", STR_ARG(reply->status->reason));
        if (reply->status->cause_count > 0)
            snprintf(answer->manager, sizeof(answer->manager), "%.*s",
                     STR_ARG(reply->status->causes[0].manager));
    }
    if (value_present(reply->object)) {
        const str text = json_text(reply->object, JSON_COMPACT, reply->arena);
        snprintf(answer->object, sizeof(answer->object), "%.*s", STR_ARG(text));
    }
}

bool fake_logged(const struct fake *fake, const char *piece)
{
    return str_find(buf_str(&fake->log), str_z(piece)) != SIZE_MAX;
}

value fake_json(struct fake *fake, const char *text)
{
    value read;
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_z(text), limits_default(), fake->arena, &read, &err), "%s", err.text);
    return read;
}
