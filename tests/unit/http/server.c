#include "syncd/http/server.h"

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

struct fixture {
    struct loop *loop;
    struct http_server *server;
    struct http_exchange *open; /* of /later and /stream */
    unsigned handled, closed;
    char seen[256];
};

static void note_closed(void *context, struct http_exchange *exchange)
{
    struct fixture *fixture = context;
    cr_assert_eq(exchange, fixture->open);
    fixture->closed++;
    fixture->open = NULL;
}

static void handle(void *context, struct http_exchange *exchange)
{
    struct fixture *fixture = context;
    fixture->handled++;
    const struct http_field json[] = {{STR("Content-Type"), STR("application/json")}};
    const struct http_fields headers = {json, 1};
    if (str_equal(exchange->path, STR("/later")) || str_equal(exchange->path, STR("/stream"))) {
        fixture->open = exchange;
        http_exchange_on_close(exchange, note_closed, fixture);
        if (str_equal(exchange->path, STR("/stream")))
            http_reply_begin(exchange, 200, headers);
        return;
    }
    const str text = arena_printf(
        exchange->arena, "%.*s %.*s a=%.*s body=%.*s agent=%.*s", STR_ARG(exchange->method),
        STR_ARG(exchange->path), STR_ARG(http_exchange_query(exchange, STR("a"))),
        STR_ARG(exchange->body), STR_ARG(http_exchange_header(exchange, STR("user-agent"))));
    http_reply(exchange, 201, headers, text);
}

static void setup(struct fixture *fixture)
{
    *fixture = (struct fixture){.loop = loop_create()};
    const struct http_server_options options = {
        .handle = handle, .context = fixture, .max_body = 1000, .max_header = 2000};
    struct error err = ERROR_INIT;
    cr_assert(http_server_create(fixture->loop, &options, &fixture->server, &err), "%s", err.text);
    cr_assert_gt(http_server_port(fixture->server), 0);
}

static void teardown(struct fixture *fixture)
{
    http_server_destroy(fixture->server);
    loop_destroy(fixture->loop);
}

static int dial(const struct fixture *fixture)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons(http_server_port(fixture->server)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    cr_assert_eq(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
    cr_assert_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void say(int fd, str text)
{
    cr_assert_eq(send(fd, text.ptr, text.len, MSG_NOSIGNAL), (ssize_t)text.len);
}

/* Runs the loop and reads until `until` was seen, the peer closed (true), or half a second passed.
 */
static bool hear(struct fixture *fixture, int fd, struct buf *got, const char *until)
{
    const int64_t end = clock_monotonic_ns() + NS_PER_S / 2;
    while (clock_monotonic_ns() < end) {
        loop_step(fixture->loop, NS_PER_MS);
        char bytes[4096];
        const ssize_t len = recv(fd, bytes, sizeof(bytes), 0);
        if (len == 0 || (len < 0 && errno != EAGAIN))
            return true;
        if (len > 0)
            buf_add(got, str_from(bytes, (size_t)len));
        if (str_find(buf_str(got), str_z(until)) != SIZE_MAX)
            return false;
    }
    return false;
}

static bool has(const struct buf *got, const char *piece)
{
    return str_find(buf_str(got), str_z(piece)) != SIZE_MAX;
}

Test(server, answers_requests_on_one_connection)
{
    struct fixture fixture;
    setup(&fixture);
    const int fd = dial(&fixture);
    AUTO_BUF struct buf got = BUF_INIT(1 << 16);
    say(fd, STR("PATCH /x%20y/z?a=1%2F2&b HTTP/1.1\r\nHost: h\r\nUser-Agent: t\r\n"
                "Content-Length: 4\r\n\r\nbody"));
    hear(&fixture, fd, &got, "agent=t");
    cr_assert(has(&got, "HTTP/1.1 201"));
    cr_assert(has(&got, "Content-Type: application/json"));
    cr_assert(has(&got, "PATCH /x y/z a=1/2 body=body agent=t"), "%s", got.ptr);
    buf_clear(&got);
    /* Two at once: the second waits for its turn. */
    say(fd, STR("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"));
    hear(&fixture, fd, &got, "GET /2");
    cr_assert(has(&got, "GET /1") && has(&got, "GET /2"), "%s", got.ptr);
    buf_clear(&got);
    say(fd, STR("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"));
    hear(&fixture, fd, &got, "\r\n\r\n");
    cr_assert(has(&got, "Content-Length: "));
    cr_assert_not(has(&got, "HEAD /h"));
    close(fd);
    teardown(&fixture);
}

Test(server, refuses_what_could_pass_for_another_path_and_what_is_too_big)
{
    static const struct {
        const char *request, *answer;
    } cases[] = {
        {"GET /a%2Fb HTTP/1.1\r\nHost: h\r\n\r\n", " 400 "},
        {"GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n", " 400 "},
        {"GET /a?x=%q HTTP/1.1\r\nHost: h\r\n\r\n", " 400 "},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n", " 413 "},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", " 400 "},
        {"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", " 501 "},
    };
    struct fixture fixture;
    setup(&fixture);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const int fd = dial(&fixture);
        AUTO_BUF struct buf got = BUF_INIT(1 << 16);
        say(fd, str_z(cases[i].request));
        hear(&fixture, fd, &got, "\r\n\r\n");
        cr_assert(has(&got, cases[i].answer), "case %zu: %s", i, got.ptr);
        close(fd);
    }
    cr_assert_eq(fixture.handled, 0);
    teardown(&fixture);
}

Test(server, streams_and_notices_who_goes_away)
{
    struct fixture fixture;
    setup(&fixture);
    const int fd = dial(&fixture);
    AUTO_BUF struct buf got = BUF_INIT(1 << 16);
    say(fd, STR("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
    hear(&fixture, fd, &got, "\r\n\r\n");
    cr_assert_not_null(fixture.open);
    http_reply_chunk(fixture.open, STR("one"));
    http_reply_chunk(fixture.open, STR("two"));
    cr_assert_gt(http_reply_pending(fixture.open), 0);
    hear(&fixture, fd, &got, "two");
    cr_assert(has(&got, "3\r\none\r\n3\r\ntwo\r\n"), "%s", got.ptr);
    http_reply_end(fixture.open);
    hear(&fixture, fd, &got, "0\r\n\r\n");
    /* The connection is good for another stream, which the peer leaves. */
    fixture.open = NULL;
    say(fd, STR("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
    for (int i = 0; i < 20 && fixture.open == NULL; i++)
        loop_step(fixture.loop, NS_PER_MS);
    cr_assert_not_null(fixture.open);
    close(fd);
    for (int i = 0; i < 20 && fixture.closed == 0; i++)
        loop_step(fixture.loop, NS_PER_MS);
    cr_assert_eq(fixture.closed, 1);
    teardown(&fixture);
}

Test(server, notices_who_goes_away_before_the_answer)
{
    struct fixture fixture;
    setup(&fixture);
    const int fd = dial(&fixture);
    say(fd, STR("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"));
    for (int i = 0; i < 20 && fixture.open == NULL; i++)
        loop_step(fixture.loop, NS_PER_MS);
    cr_assert_not_null(fixture.open);
    close(fd);
    for (int i = 0; i < 20 && fixture.closed == 0; i++)
        loop_step(fixture.loop, NS_PER_MS);
    cr_assert_eq(fixture.closed, 1);
    teardown(&fixture);
}

Test(server, closes_open_exchanges_when_destroyed)
{
    struct fixture fixture;
    setup(&fixture);
    const int fd = dial(&fixture);
    say(fd, STR("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
    for (int i = 0; i < 20 && fixture.open == NULL; i++)
        loop_step(fixture.loop, NS_PER_MS);
    cr_assert_not_null(fixture.open);
    teardown(&fixture);
    cr_assert_eq(fixture.closed, 1);
    close(fd);
}

Test(server, breaks_off_a_stream)
{
    struct fixture fixture;
    setup(&fixture);
    const int fd = dial(&fixture);
    AUTO_BUF struct buf got = BUF_INIT(1 << 16);
    say(fd, STR("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
    hear(&fixture, fd, &got, "\r\n\r\n");
    http_reply_abort(fixture.open);
    cr_assert(hear(&fixture, fd, &got, "never"), "the connection is closed");
    cr_assert_eq(fixture.closed, 0);
    teardown(&fixture);
}

Test(server, survives_a_flood_behind_a_request)
{
    struct fixture fixture;
    setup(&fixture);
    const int fd = dial(&fixture);
    AUTO_BUF struct buf got = BUF_INIT(1 << 16);
    say(fd, STR("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
    hear(&fixture, fd, &got, "\r\n\r\n");
    static const char junk[16384];
    size_t taken = 0;
    for (int i = 0; i < 2000; i++) {
        const ssize_t sent = send(fd, junk, sizeof(junk), MSG_NOSIGNAL);
        taken += sent > 0 ? (size_t)sent : 0;
        loop_step(fixture.loop, 0);
    }
    cr_assert_lt(taken, 2000 * sizeof(junk), "the server stopped reading");
    cr_assert_not_null(fixture.open);
    close(fd);
    teardown(&fixture);
}

enum { PEERS = 1000 };

struct crowd {
    struct fixture fixture;
    struct http_exchange *open[PEERS];
    unsigned count, closed;
    int fds[PEERS];
};

static void one_left(void *context, struct http_exchange *exchange)
{
    (void)exchange;
    struct crowd *crowd = context;
    crowd->closed++;
}

static void take_peer(void *context, struct http_exchange *exchange)
{
    struct crowd *crowd = context;
    crowd->open[crowd->count++] = exchange;
    http_exchange_on_close(exchange, one_left, crowd);
    http_reply_begin(exchange, 200, (struct http_fields){0});
}

/* A thousand watches, as a fleet's clients hold them. */
Test(server, streams_to_a_thousand_peers)
{
    static struct crowd crowd;
    const struct rlimit many = {8192, 8192};
    if (setrlimit(RLIMIT_NOFILE, &many) != 0)
        cr_skip_test("no descriptors");
    crowd.fixture.loop = loop_create();
    const struct http_server_options options = {.handle = take_peer, .context = &crowd};
    struct error err = ERROR_INIT;
    cr_assert(http_server_create(crowd.fixture.loop, &options, &crowd.fixture.server, &err));
    for (unsigned i = 0; i < PEERS; i++) {
        crowd.fds[i] = dial(&crowd.fixture);
        say(crowd.fds[i], STR("GET /watch HTTP/1.1\r\nHost: h\r\n\r\n"));
        if (i % 100 == 0)
            loop_step(crowd.fixture.loop, NS_PER_MS);
    }
    const int64_t end = clock_monotonic_ns() + 5 * NS_PER_S;
    while (crowd.count < PEERS && clock_monotonic_ns() < end)
        loop_step(crowd.fixture.loop, NS_PER_MS);
    cr_assert_eq(crowd.count, PEERS);
    const int64_t begun = clock_monotonic_ns();
    for (int round = 0; round < 10; round++) {
        for (unsigned i = 0; i < PEERS; i++)
            http_reply_chunk(crowd.open[i], STR("0123456789"));
        loop_step(crowd.fixture.loop, NS_PER_MS);
    }
    for (unsigned i = 0; i < PEERS; i++) {
        AUTO_BUF struct buf got = BUF_INIT(1 << 16);
        for (int tries = 0; tries < 100 && got.len < 10 * (4 + 10 + 2); tries++)
            hear(&crowd.fixture, crowd.fds[i], &got, "0123456789");
        size_t pieces = 0;
        for (str rest = buf_str(&got); str_find(rest, STR("0123456789")) != SIZE_MAX; pieces++)
            rest = str_skip(rest, str_find(rest, STR("0123456789")) + 10);
        cr_assert_eq(pieces, 10, "peer %u has %zu", i, pieces);
        close(crowd.fds[i]);
    }
    cr_assert_lt(clock_monotonic_ns() - begun, 20 * NS_PER_S);
    for (int i = 0; i < 200 && crowd.closed < PEERS; i++)
        loop_step(crowd.fixture.loop, NS_PER_MS);
    cr_assert_eq(crowd.closed, PEERS);
    teardown(&crowd.fixture);
}
