#include "syncd/http/client.h"

#include "syncd/base/clock.h"
#include "syncd/base/list.h"
#include "syncd/http/server.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct answer {
    unsigned done, pieces;
    int status;
    enum error_class class;
    char rule[32], text[512], body[4096], location[64];
    int64_t retry_after_ns;
};

struct fixture {
    struct arena *arena;
    struct loop *loop;
    struct http_server *server;
    struct http_client *client;
    struct http_origin *origin;
    struct http_exchange *open;
    struct tls_identity authority;
    struct answer answer, second;
    struct http_transfer *transfer;
    bool cancel, send_again, stop;
    unsigned arrived; /* at /base/silent */
};

static void note_closed(void *context, struct http_exchange *exchange)
{
    struct fixture *fixture = context;
    if (fixture->open == exchange)
        fixture->open = NULL;
}

static void handle(void *context, struct http_exchange *exchange)
{
    struct fixture *fixture = context;
    const str path = exchange->path;
    struct http_field field = {STR("Retry-After"), http_exchange_query(exchange, STR("after"))};
    if (str_equal(path, STR("/base/moved"))) {
        field = (struct http_field){STR("Location"), STR("/base/echo")};
        http_reply(exchange, 302, (struct http_fields){&field, 1}, STR(""));
    } else if (str_equal(path, STR("/base/busy"))) {
        http_reply(exchange, 429, (struct http_fields){&field, 1}, STR("slow down"));
    } else if (str_equal(path, STR("/base/stream"))) {
        fixture->open = exchange;
        http_exchange_on_close(exchange, note_closed, fixture);
        http_reply_begin(exchange, 200, (struct http_fields){0});
        http_reply_chunk(exchange, STR("first"));
    } else if (str_equal(path, STR("/base/silent"))) {
        fixture->arrived++;
        fixture->open = exchange;
        http_exchange_on_close(exchange, note_closed, fixture);
    } else {
        http_reply(exchange, 200, (struct http_fields){0},
                   arena_printf(exchange->arena, "%.*s %.*s %.*s peer=%.*s auth=%.*s",
                                STR_ARG(exchange->method), STR_ARG(exchange->path),
                                STR_ARG(exchange->body), STR_ARG(exchange->peer_name),
                                STR_ARG(http_exchange_header(exchange, STR("authorization")))));
    }
}

static void take(void *context, const struct http_response *response, const struct error *err)
{
    struct answer *answer = context;
    answer->done++;
    answer->status = response->status;
    answer->class = err != NULL ? err->class : ERROR_NONE;
    answer->retry_after_ns = response->retry_after_ns;
    snprintf(answer->rule, sizeof(answer->rule), "%s", err != NULL ? err->rule : "");
    snprintf(answer->text, sizeof(answer->text), "%s", err != NULL ? err->text : "");
    if (response->body.len > 0)
        snprintf(answer->body, sizeof(answer->body), "%.*s", STR_ARG(response->body));
    snprintf(answer->location, sizeof(answer->location), "%.*s",
             STR_ARG(http_response_header(response, STR("location"))));
}

static bool take_bytes(void *context, str bytes)
{
    struct fixture *fixture = LIST_ITEM(context, struct fixture, answer);
    fixture->answer.pieces++;
    snprintf(fixture->answer.body, sizeof(fixture->answer.body), "%.*s", STR_ARG(bytes));
    if (fixture->send_again) {
        const struct http_request request = {
            .method = "GET", .path = STR("/again"), .done = take, .context = &fixture->second};
        http_send(fixture->origin, &request);
    }
    if (fixture->cancel)
        http_transfer_cancel(fixture->transfer);
    return !fixture->stop;
}

static void serve(struct fixture *fixture)
{
    *fixture = (struct fixture){.arena = arena_create(ARENA_NO_BUDGET), .loop = loop_create()};
    struct error err = ERROR_INIT;
    cr_assert(tls_make_authority(STR("authority"), fixture->arena, &fixture->authority, &err));
    const struct http_server_options options = {.handle = handle, .context = fixture};
    cr_assert(http_server_create(fixture->loop, &options, &fixture->server, &err), "%s", err.text);
    fixture->client = http_client_create(fixture->loop, 0);
}

static void reach(struct fixture *fixture, const char *scheme, struct http_origin_options options)
{
    struct error err = ERROR_INIT;
    options.url = arena_printf(fixture->arena, "%s://127.0.0.1:%u/base/", scheme,
                               http_server_port(fixture->server));
    cr_assert(http_origin_create(fixture->client, &options, &fixture->origin, &err), "%s",
              err.text);
}

static void finish(struct fixture *fixture)
{
    http_origin_destroy(fixture->origin);
    http_client_destroy(fixture->client);
    http_server_destroy(fixture->server);
    loop_destroy(fixture->loop);
    arena_destroy(fixture->arena);
}

static void wait_for(struct fixture *fixture, const unsigned *count, unsigned wanted)
{
    const int64_t end = clock_monotonic_ns() + 5 * NS_PER_S;
    while (*count < wanted && clock_monotonic_ns() < end)
        loop_step(fixture->loop, 10 * NS_PER_MS);
    cr_assert_eq(*count, wanted);
}

static struct http_request get(struct fixture *fixture, const char *path)
{
    return (struct http_request){
        .method = "GET", .path = str_z(path), .done = take, .context = &fixture->answer};
}

static void ask(struct fixture *fixture, const char *path)
{
    const struct http_request request = get(fixture, path);
    const unsigned before = fixture->answer.done;
    fixture->transfer = http_send(fixture->origin, &request);
    cr_assert_eq(fixture->answer.done, before, "never from inside http_send");
    wait_for(fixture, &fixture->answer.done, before + 1);
}

Test(client, sends_bodies_and_credentials_and_keeps_redirects_unfollowed)
{
    struct fixture fixture;
    serve(&fixture);
    reach(&fixture, "http", (struct http_origin_options){.user_agent = STR("test")});
    cr_assert(http_origin_set_authorization(fixture.origin, STR("Bearer secret")));
    struct http_request request = get(&fixture, "/echo");
    request.method = "PATCH";
    request.body = STR("{}");
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.done, 1);
    cr_assert_eq(fixture.answer.status, 200);
    cr_assert_str_eq(fixture.answer.body, "PATCH /base/echo {} peer= auth=Bearer secret");
    ask(&fixture, "/moved");
    cr_assert_eq(fixture.answer.status, 302);
    cr_assert_str_eq(fixture.answer.location, "/base/echo");
    cr_assert_not(http_origin_set_authorization(fixture.origin, STR("a\r\nX: y")));
    cr_assert(http_origin_set_authorization(fixture.origin, STR("")));
    ask(&fixture, "/echo");
    cr_assert_str_eq(fixture.answer.body, "GET /base/echo  peer= auth=");
    finish(&fixture);
}

Test(client, reads_retry_after_in_every_form)
{
    static const struct {
        const char *path;
        int64_t seconds;
    } cases[] = {{"/busy?after=0", 0},
                 {"/busy?after=7", 7},
                 {"/busy?after=99999", 300},
                 {"/busy?after=soon", -1},
                 {"/busy?after=-4", -1},
                 {"/busy?after=Wed,%2021%20Oct%202015%2007:28:00%20GMT", 0},
                 {"/busy?after=Wed,%2021%20Oct%202099%2007:28:00%20GMT", 300}};
    struct fixture fixture;
    serve(&fixture);
    reach(&fixture, "http", (struct http_origin_options){0});
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ask(&fixture, cases[i].path);
        cr_assert_eq(fixture.answer.status, 429);
        cr_assert_str_eq(fixture.answer.body, "slow down");
        const int64_t want = cases[i].seconds < 0 ? -1 : cases[i].seconds * NS_PER_S;
        cr_assert_eq(fixture.answer.retry_after_ns, want, "%s", cases[i].path);
    }
    finish(&fixture);
}

Test(client, streams_and_sends_from_inside_a_stream)
{
    struct fixture fixture;
    serve(&fixture);
    reach(&fixture, "http", (struct http_origin_options){0});
    fixture.send_again = true;
    struct http_request request = get(&fixture, "/stream");
    request.bytes = take_bytes;
    request.max_body = SIZE_MAX;
    request.deadline_ns = -1;
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.pieces, 1);
    cr_assert_str_eq(fixture.answer.body, "first");
    wait_for(&fixture, &fixture.second.done, 1);
    cr_assert_eq(fixture.second.status, 200);
    fixture.send_again = false;
    http_reply_chunk(fixture.open, STR("last"));
    http_reply_end(fixture.open);
    wait_for(&fixture, &fixture.answer.done, 1);
    cr_assert_eq(fixture.answer.class, ERROR_NONE);
    cr_assert_str_eq(fixture.answer.body, "last");
    finish(&fixture);
}

Test(client, ends_a_stream_in_every_way)
{
    struct fixture fixture;
    serve(&fixture);
    reach(&fixture, "http", (struct http_origin_options){0});
    struct http_request request = get(&fixture, "/stream");
    request.bytes = take_bytes;
    request.max_body = SIZE_MAX;
    /* Cancelled from inside: no answer. */
    fixture.cancel = true;
    fixture.transfer = http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.pieces, 1);
    for (int i = 0; i < 20; i++)
        loop_step(fixture.loop, NS_PER_MS);
    cr_assert_eq(fixture.answer.done, 0);
    fixture.cancel = false;
    /* Stopped by its receiver. */
    fixture.stop = true;
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.done, 1);
    cr_assert_eq(fixture.answer.class, ERROR_CANCELLED);
    fixture.stop = false;
    /* Over its limit. */
    request.max_body = 3;
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.done, 2);
    cr_assert_eq(fixture.answer.class, ERROR_LIMIT);
    request.max_body = SIZE_MAX;
    /* Broken off by the server. */
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.pieces, 3);
    http_reply_abort(fixture.open);
    wait_for(&fixture, &fixture.answer.done, 3);
    cr_assert_eq(fixture.answer.class, ERROR_UNAVAILABLE);
    /* Silent. */
    request.silence_ns = 30 * NS_PER_MS;
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.done, 4);
    cr_assert_eq(fixture.answer.class, ERROR_TIMEOUT);
    cr_assert_str_eq(fixture.answer.rule, "E_SILENT");
    /* Past its deadline. */
    request.silence_ns = -1;
    request.deadline_ns = 30 * NS_PER_MS;
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.done, 5);
    cr_assert_eq(fixture.answer.class, ERROR_TIMEOUT);
    /* Its origin destroyed. */
    request.deadline_ns = -1;
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.pieces, 6);
    http_origin_destroy(fixture.origin);
    fixture.origin = NULL;
    cr_assert_eq(fixture.answer.done, 6);
    cr_assert_eq(fixture.answer.class, ERROR_CANCELLED);
    finish(&fixture);
}

Test(client, takes_a_silent_connection_for_dead_with_all_that_is_on_it)
{
    struct fixture fixture;
    serve(&fixture);
    reach(&fixture, "http", (struct http_origin_options){0});
    struct http_request request = get(&fixture, "/silent");
    request.silence_ns = 40 * NS_PER_MS;
    http_send(fixture.origin, &request);
    request.silence_ns = 3600 * NS_PER_S;
    request.deadline_ns = -1;
    request.context = &fixture.second;
    http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.answer.done, 1);
    wait_for(&fixture, &fixture.second.done, 1);
    cr_assert_eq(fixture.second.class, ERROR_TIMEOUT);
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.status, 200);
    finish(&fixture);
}

static struct tls_identity issue(struct fixture *fixture, const char *names, int64_t valid_s)
{
    struct tls_identity identity;
    struct error err = ERROR_INIT;
    const struct tls_issue_options options = {.common_name = STR("someone"),
                                              .organization = STR("group"),
                                              .names = names,
                                              .valid_for_ns = valid_s * NS_PER_S};
    cr_assert(tls_issue(&fixture->authority, &options, fixture->arena, &identity, &err));
    return identity;
}

/* A server with a certificate of its own authority, for these names. */
static void serve_tls(struct fixture *fixture, const char *names, int64_t valid_s)
{
    struct error err = ERROR_INIT;
    serve(fixture);
    http_server_destroy(fixture->server);
    const struct tls_identity identity = issue(fixture, names, valid_s);
    const struct http_server_options options = {
        .handle = handle,
        .context = fixture,
        .identity = identity,
        .client_ca_pem = fixture->authority.certificate_pem,
    };
    cr_assert(http_server_create(fixture->loop, &options, &fixture->server, &err), "%s", err.text);
}

Test(client, trusts_the_authority_it_was_given_and_shows_its_certificate)
{
    struct fixture fixture;
    serve_tls(&fixture, "IP:127.0.0.1", 3600);
    reach(&fixture, "https",
          (struct http_origin_options){.ca_pem = fixture.authority.certificate_pem,
                                       .identity = issue(&fixture, NULL, 3600)});
    ask(&fixture, "/echo");
    cr_assert_str_eq(fixture.answer.text, "");
    cr_assert_str_eq(fixture.answer.body, "GET /base/echo  peer=someone auth=");
    struct error err = ERROR_INIT;
    const struct tls_identity renewed = issue(&fixture, "IP:127.0.0.1", 60);
    cr_assert(http_server_set_identity(fixture.server, &renewed, &err));
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.status, 200);
    finish(&fixture);
}

/* The embedded control plane: TLS without HTTP/2. */
Test(client, opens_more_connections_where_one_carries_one_request)
{
    struct fixture fixture;
    serve_tls(&fixture, "IP:127.0.0.1", 3600);
    reach(&fixture, "https",
          (struct http_origin_options){.ca_pem = fixture.authority.certificate_pem});
    const struct http_request request = get(&fixture, "/silent");
    for (int i = 0; i < 12; i++)
        http_send(fixture.origin, &request);
    wait_for(&fixture, &fixture.arrived, 12);
    cr_assert_eq(fixture.answer.done, 0);
    finish(&fixture);
}

/* Without TCP_NODELAY on both sides each answer takes the 40 ms of a delayed ACK. */
Test(client, waits_for_no_delayed_acknowledgement)
{
    struct fixture fixture;
    serve_tls(&fixture, "IP:127.0.0.1", 3600);
    reach(&fixture, "https",
          (struct http_origin_options){.ca_pem = fixture.authority.certificate_pem});
    ask(&fixture, "/echo");
    int64_t fastest = INT64_MAX;
    for (int i = 0; i < 20; i++) {
        const int64_t begun = clock_monotonic_ns();
        ask(&fixture, "/echo");
        const int64_t took = clock_monotonic_ns() - begun;
        fastest = took < fastest && i > 5 ? took : fastest; /* the kernel is generous at first */
    }
    cr_assert_lt(fastest, 20 * NS_PER_MS, "%lld us", (long long)fastest / 1000);
    finish(&fixture);
}

Test(client, checks_the_name_and_takes_another_where_told)
{
    struct fixture fixture;
    serve_tls(&fixture, "DNS:cluster.example", 3600);
    const struct http_origin_options trusted = {.ca_pem = fixture.authority.certificate_pem};
    reach(&fixture, "https", trusted);
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.class, ERROR_DENIED);
    cr_assert_str_eq(fixture.answer.rule, "E_TLS");
    http_origin_destroy(fixture.origin);
    struct http_origin_options named = trusted;
    named.server_name = STR("cluster.example");
    reach(&fixture, "https", named);
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.status, 200, "%s", fixture.answer.text);
    finish(&fixture);
}

Test(client, refuses_expired_foreign_and_unknown_certificates)
{
    struct fixture fixture;
    serve_tls(&fixture, "IP:127.0.0.1", -60);
    const struct http_origin_options trusted = {.ca_pem = fixture.authority.certificate_pem};
    reach(&fixture, "https", trusted);
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.class, ERROR_DENIED, "expired");
    http_origin_destroy(fixture.origin);
    struct tls_identity other;
    struct error err = ERROR_INIT;
    cr_assert(tls_make_authority(STR("authority"), fixture.arena, &other, &err));
    const struct tls_identity good = issue(&fixture, "IP:127.0.0.1", 60);
    cr_assert(http_server_set_identity(fixture.server, &good, &err));
    reach(&fixture, "https", (struct http_origin_options){.ca_pem = other.certificate_pem});
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.class, ERROR_DENIED, "another authority");
    http_origin_destroy(fixture.origin);
    reach(&fixture, "https", (struct http_origin_options){0});
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.class, ERROR_DENIED, "the system's authorities");
    http_origin_destroy(fixture.origin);
    reach(&fixture, "https", (struct http_origin_options){.insecure = true});
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.status, 200);
    finish(&fixture);
}

Test(client, refuses_addresses_that_hide_something)
{
    static const char *const bad[] = {
        "",
        "127.0.0.1:1",
        "http://example.com",
        "https://user@example.com",
        "ftp://x",
        "https://x/?a=b",
        "https://x/#f",
        "file:///etc/passwd",
        "https://",
        "https://u:p@h",
        "http://127.0.0.1@evil/",
        "https://a b/",
        "http://127.evil.example",
    };
    struct loop *loop = loop_create();
    struct http_client *client = http_client_create(loop, 0);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const struct http_origin_options options = {.url = str_z(bad[i])};
        struct http_origin *origin = NULL;
        struct error err = ERROR_INIT;
        cr_assert_not(http_origin_create(client, &options, &origin, &err), "%s", bad[i]);
        cr_assert_eq(err.class, ERROR_INPUT);
    }
    http_client_destroy(client);
    loop_destroy(loop);
}

Test(client, says_that_nobody_is_there)
{
    struct fixture fixture;
    serve(&fixture);
    reach(&fixture, "http", (struct http_origin_options){0});
    http_server_destroy(fixture.server);
    fixture.server = NULL;
    ask(&fixture, "/echo");
    cr_assert_eq(fixture.answer.class, ERROR_UNAVAILABLE);
    cr_assert_eq(fixture.answer.status, 0);
    finish(&fixture);
}
