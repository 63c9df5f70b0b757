#include "syncd/http/server.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/list.h"
#include "syncd/http/tls_internal.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BODY_DEFAULT    (4u << 20)
#define HEADER_DEFAULT  (32u << 10)
#define IDLE_DEFAULT    (120 * NS_PER_S)
#define PIPELINED_MAX   (64u << 10)
#define BACKLOG         1024
#define ACCEPT_PAUSE_NS (100 * NS_PER_MS)

struct http_server {
    struct loop *loop;
    struct evhttp *http;
    struct evconnlistener *listener; /* owned by http */
    struct loop_timer *accept_again;
    struct ssl_ctx_st *tls; /* NULL = plain */
    str client_ca_pem;
    struct arena *arena; /* of the server's own life */
    struct timeval idle;
    uint16_t port;
    http_handle *handle;
    void *context;
    struct list exchanges; /* not yet answered, or streaming */
};

/* Lives in its own arena. */
struct exchange {
    struct http_exchange open;
    struct list node;
    struct http_server *server;
    struct evhttp_request *request;
    bool streaming;
    void (*closed)(void *context, struct http_exchange *exchange);
    void *closed_context;
};

static struct exchange *exchange_of(struct http_exchange *open)
{
    return LIST_ITEM(open, struct exchange, open);
}

static struct bufferevent *wire(const struct exchange *exchange)
{
    return evhttp_connection_get_bufferevent(evhttp_request_get_connection(exchange->request));
}

static const struct {
    enum evhttp_cmd_type command;
    const char *name;
} methods[] = {
    {EVHTTP_REQ_GET, "GET"},         {EVHTTP_REQ_POST, "POST"},     {EVHTTP_REQ_PUT, "PUT"},
    {EVHTTP_REQ_PATCH, "PATCH"},     {EVHTTP_REQ_DELETE, "DELETE"}, {EVHTTP_REQ_HEAD, "HEAD"},
    {EVHTTP_REQ_OPTIONS, "OPTIONS"},
};

static str method_name(enum evhttp_cmd_type command)
{
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (methods[i].command == command)
            return str_z(methods[i].name);
    return STR("");
}

/* The end of an exchange, however it came. The request itself is libevent's by now. */
static void exchange_free(struct exchange *exchange)
{
    list_remove(&exchange->node);
    arena_destroy(exchange->open.arena);
}

static void connection_closed(struct evhttp_connection *connection, void *context)
{
    struct exchange *exchange = context;
    evhttp_connection_set_closecb(connection, NULL, NULL);
    if (exchange->closed != NULL)
        exchange->closed(exchange->closed_context, &exchange->open);
    /* libevent has let go of a request that was still ours to answer; else it frees it itself. */
    if (evhttp_request_get_connection(exchange->request) == NULL)
        evhttp_request_free(exchange->request);
    exchange_free(exchange);
}

/* Somebody who sends on while he is being answered must not fill our memory. */
static void pipelined(struct bufferevent *bev, void *context)
{
    (void)context;
    if (evbuffer_get_length(bufferevent_get_input(bev)) > PIPELINED_MAX)
        (void)bufferevent_disable(bev, EV_READ);
}

/* libevent stops reading while a request is being answered; we read on to notice who goes away. */
static void notice_close(const struct exchange *exchange)
{
    struct bufferevent *bev = wire(exchange);
    bufferevent_event_cb event_cb;
    bufferevent_data_cb read_cb, write_cb;
    void *context;
    bufferevent_getcb(bev, &read_cb, &write_cb, &event_cb, &context);
    bufferevent_setcb(bev, pipelined, write_cb, event_cb, context);
    (void)bufferevent_enable(bev, EV_READ);
}

static struct http_fields view_headers(struct evhttp_request *request, struct arena *arena)
{
    VEC(struct http_field) fields = {0};
    const struct evkeyvalq *headers = evhttp_request_get_input_headers(request);
    for (const struct evkeyval *at = headers->tqh_first; at != NULL; at = at->next.tqe_next) {
        const struct http_field field = {str_z(at->key), str_z(at->value)};
        VEC_PUSH(arena, &fields, field);
    }
    return (struct http_fields){fields.items, fields.len};
}

/* An encoded slash would let one path segment pass for two. */
static bool has_encoded_slash(str path)
{
    return str_find(path, STR("%2f")) != SIZE_MAX || str_find(path, STR("%2F")) != SIZE_MAX;
}

static bool view_target(struct http_exchange *open, const char *uri)
{
    open->target = str_z(uri);
    const size_t mark = str_index(open->target, '?');
    const str path = mark == SIZE_MAX ? open->target : str_slice(open->target, 0, mark);
    const str query = mark == SIZE_MAX ? STR("") : str_skip(open->target, mark + 1);
    return str_starts(path, STR("/")) && !has_encoded_slash(path) &&
           http_decode(path, false, open->arena, &open->path) &&
           http_query_read(query, open->arena, &open->query);
}

static str view_body(struct evhttp_request *request)
{
    struct evbuffer *body = evhttp_request_get_input_buffer(request);
    const size_t len = evbuffer_get_length(body);
    if (len == 0)
        return STR("");
    return str_from((const char *)evbuffer_pullup(body, -1), len);
}

static void request_arrived(struct evhttp_request *request, void *context)
{
    struct http_server *server = context;
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct exchange *exchange = ARENA_NEW(arena, struct exchange);
    exchange->server = server;
    exchange->request = request;
    exchange->open.arena = arena;
    list_append(&server->exchanges, &exchange->node);

    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    evhttp_connection_set_closecb(connection, connection_closed, exchange);
    (void)bufferevent_set_timeouts(wire(exchange), NULL, NULL);
    notice_close(exchange);

    struct http_exchange *open = &exchange->open;
    open->method = method_name(evhttp_request_get_command(request));
    open->headers = view_headers(request, arena);
    open->body = view_body(request);
    struct ssl_st *session =
        server->tls != NULL ? bufferevent_openssl_get_ssl(wire(exchange)) : NULL;
    if (session != NULL)
        tls_session_peer(session, arena, &open->peer_name, &open->peer_groups);
    if (!view_target(open, evhttp_request_get_uri(request))) {
        http_reply(open, 400, (struct http_fields){0}, STR("malformed path or query\n"));
        return;
    }
    server->handle(server->context, open);
}

static struct bufferevent *new_tls_connection(struct event_base *base, void *context)
{
    const struct http_server *server = context;
    struct ssl_st *session = tls_session_new(server->tls);
    CHECK(session != NULL);
    struct bufferevent *bev = bufferevent_openssl_socket_new(
        base, -1, session, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    CHECK(bev != NULL);
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

static void accept_again(void *context)
{
    const struct http_server *server = context;
    (void)evconnlistener_enable(server->listener);
}

/* Out of descriptors: the listener would fire again at once and for ever. */
static void accept_failed(struct evconnlistener *listener, void *context)
{
    const struct http_server *server = context;
    (void)evconnlistener_disable(listener);
    loop_timer_start(server->accept_again, ACCEPT_PAUSE_NS);
}

static bool listen_on(struct http_server *server, const char *address, uint16_t port,
                      struct error *err)
{
    struct sockaddr_storage where = {0};
    int len = sizeof(where);
    if (evutil_parse_sockaddr_port(address, (struct sockaddr *)&where, &len) != 0)
        return error_set(err, ERROR_INPUT, "listening on %s: not an address", address);
    /* The port is at the same place in both address families. */
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)&where;
    in->sin_port = htons(port);
    server->listener =
        evconnlistener_new_bind(loop_event_base(server->loop), NULL, NULL,
                                LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
                                BACKLOG, (struct sockaddr *)&where, len);
    if (server->listener == NULL) {
        const int number = errno;
        return error_set(err, ERROR_UNAVAILABLE, "listening on %s, port %u: %s", address, port,
                         strerror(number));
    }
    /* First a place in `http`, which sets the callback and owns the listener from then on. */
    CHECK(evhttp_bind_listener(server->http, server->listener) != NULL);
    evconnlistener_set_error_cb(server->listener, accept_failed);

    /* Connections inherit it: a reply in several writes must not wait for the peer's delayed ACK.
     */
    const int on = 1;
    const int fd = evconnlistener_get_fd(server->listener);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* slower without */

    socklen_t bound_len = sizeof(where);
    if (getsockname(fd, (struct sockaddr *)&where, &bound_len) != 0)
        return error_errno(err, errno, "listening on %s", address);
    server->port = ntohs(in->sin_port);
    return true;
}

static void configure(struct http_server *server, const struct http_server_options *options)
{
    ev_uint16_t allowed = 0;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        allowed |= (ev_uint16_t)methods[i].command;
    evhttp_set_allowed_methods(server->http, allowed);
    evhttp_set_max_body_size(server->http,
                             (ev_ssize_t)(options->max_body ? options->max_body : BODY_DEFAULT));
    evhttp_set_max_headers_size(
        server->http, (ev_ssize_t)(options->max_header ? options->max_header : HEADER_DEFAULT));
    const int64_t idle_ns = options->idle_ns != 0 ? options->idle_ns : IDLE_DEFAULT;
    server->idle =
        (struct timeval){.tv_sec = idle_ns / NS_PER_S, .tv_usec = idle_ns % NS_PER_S / 1000};
    evhttp_set_timeout_tv(server->http, &server->idle);
    evhttp_set_default_content_type(server->http, "text/plain; charset=utf-8");
    evhttp_set_gencb(server->http, request_arrived, server);
    if (server->tls != NULL)
        evhttp_set_bevcb(server->http, new_tls_connection, server);
}

bool http_server_create(struct loop *loop, const struct http_server_options *options,
                        struct http_server **ret_server, struct error *err)
{
    CHECK(options->handle != NULL);
    struct http_server *server = calloc(1, sizeof(*server));
    CHECK(server != NULL);
    server->loop = loop;
    server->arena = arena_create(ARENA_NO_BUDGET);
    server->handle = options->handle;
    server->context = options->context;
    server->client_ca_pem = arena_str(server->arena, options->client_ca_pem);
    list_init(&server->exchanges);
    server->http = evhttp_new(loop_event_base(loop));
    CHECK(server->http != NULL);
    server->accept_again = loop_timer_create(loop, accept_again, server);
    const bool plain = options->identity.certificate_pem.len == 0;
    if (!plain && !http_server_set_identity(server, &options->identity, err))
        goto fail;
    configure(server, options);
    if (!listen_on(server, options->address != NULL ? options->address : "127.0.0.1", options->port,
                   err))
        goto fail;
    *ret_server = server;
    return true;
fail:
    http_server_destroy(server);
    return false;
}

void http_server_destroy(struct http_server *server)
{
    if (server == NULL)
        return;
    loop_timer_destroy(server->accept_again);
    evhttp_free(server->http); /* closes every connection: each exchange's `closed` is called */
    CHECK(list_empty(&server->exchanges));
    tls_context_free(server->tls);
    arena_destroy(server->arena);
    free(server);
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

bool http_server_set_identity(struct http_server *server, const struct tls_identity *identity,
                              struct error *err)
{
    struct ssl_ctx_st *fresh = NULL;
    if (!tls_server_context(identity, server->client_ca_pem, &fresh, err))
        return false;
    tls_context_free(server->tls);
    server->tls = fresh;
    return true;
}

str http_exchange_header(const struct http_exchange *exchange, str name)
{
    return http_fields_get(exchange->headers, name, true);
}

str http_exchange_query(const struct http_exchange *exchange, str name)
{
    return http_fields_get(exchange->query, name, false);
}

bool http_exchange_has_query(const struct http_exchange *exchange, str name)
{
    return http_fields_has(exchange->query, name, false);
}

void http_exchange_on_close(struct http_exchange *open,
                            void (*closed)(void *context, struct http_exchange *exchange),
                            void *context)
{
    struct exchange *exchange = exchange_of(open);
    exchange->closed = closed;
    exchange->closed_context = context;
}

static void set_headers(struct exchange *exchange, struct http_fields headers)
{
    struct evkeyvalq *out = evhttp_request_get_output_headers(exchange->request);
    struct arena *arena = exchange->open.arena;
    for (size_t i = 0; i < headers.len; i++) {
        const str name = arena_str(arena, headers.items[i].name);
        const str text = arena_str(arena, headers.items[i].text);
        /* Refused when it has a line break: a programmer's mistake. */
        CHECK(evhttp_add_header(out, name.ptr, text.ptr) == 0);
    }
}

/* From here on libevent finishes alone; the idle limit counts again. */
static void let_go(struct exchange *exchange)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(exchange->request);
    evhttp_connection_set_closecb(connection, NULL, NULL);
    evhttp_connection_set_timeout_tv(connection, &exchange->server->idle);
}

void http_reply(struct http_exchange *open, int status, struct http_fields headers, str body)
{
    struct exchange *exchange = exchange_of(open);
    CHECK(!exchange->streaming);
    set_headers(exchange, headers);
    if (str_equal(open->method, STR("HEAD"))) {
        const str length = arena_printf(open->arena, "%zu", body.len);
        CHECK(evhttp_add_header(evhttp_request_get_output_headers(exchange->request),
                                "Content-Length", length.ptr) == 0);
        body.len = 0;
    }
    let_go(exchange);
    struct evbuffer *bytes = evbuffer_new();
    CHECK(bytes != NULL && evbuffer_add(bytes, body.ptr, body.len) == 0);
    evhttp_send_reply(exchange->request, status, NULL, bytes);
    evbuffer_free(bytes);
    exchange_free(exchange);
}

void http_reply_begin(struct http_exchange *open, int status, struct http_fields headers)
{
    struct exchange *exchange = exchange_of(open);
    CHECK(!exchange->streaming);
    exchange->streaming = true;
    set_headers(exchange, headers);
    evhttp_send_reply_start(exchange->request, status, NULL);
    notice_close(exchange);
}

void http_reply_chunk(struct http_exchange *open, str bytes)
{
    struct exchange *exchange = exchange_of(open);
    CHECK(exchange->streaming);
    struct evbuffer *chunk = evbuffer_new();
    CHECK(chunk != NULL && evbuffer_add(chunk, bytes.ptr, bytes.len) == 0);
    evhttp_send_reply_chunk(exchange->request, chunk);
    evbuffer_free(chunk);
    notice_close(exchange);
}

void http_reply_end(struct http_exchange *open)
{
    struct exchange *exchange = exchange_of(open);
    CHECK(exchange->streaming);
    let_go(exchange);
    evhttp_send_reply_end(exchange->request);
    exchange_free(exchange);
}

void http_reply_abort(struct http_exchange *open)
{
    struct exchange *exchange = exchange_of(open);
    exchange->closed = NULL;
    /* The loop finds the connection closed, and ends the exchange, in its next round. */
    (void)shutdown(bufferevent_getfd(wire(exchange)), SHUT_RDWR);
}

size_t http_reply_pending(struct http_exchange *open)
{
    return evbuffer_get_length(bufferevent_get_output(wire(exchange_of(open))));
}
