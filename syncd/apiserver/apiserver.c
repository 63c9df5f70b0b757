#include "syncd/apiserver/apiserver.h"

#include "syncd/apiserver/call.h"
#include "syncd/apiserver/watch.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/http/server.h"
#include "syncd/object/object.h"
#include "syncd/value/json.h"

#include <stdlib.h>

#define PENDING_MAX      ((size_t)1 << 20) /* bytes a slow client may leave unread */
#define BOOKMARK_NS      (60 * NS_PER_S)
#define RETRY_NS         (20 * NS_PER_MS)
#define TOKEN_BYTES      16
#define KUBECONFIG_MAX   65536
#define REQUEST_BODY_MAX ((size_t)16 << 20)

static const str admin_name = STR_INIT("kubernetes-admin");
static const str admin_group = STR_INIT("system:masters");

struct served {
    struct list node;
    struct apiserver *server;
    struct api_cluster *cluster;
    struct http_server *http;
    str name, token;
};

struct apiserver {
    struct loop *loop;
    struct arena *arena;
    struct api_world *world;
    struct list clusters;
    const char *address;
    bool plain;
    int64_t pause_ns; /* between bookmarks */
    struct tls_identity authority, identity, admin;
};

/* A watch on its connection. */
struct stream {
    struct http_exchange *exchange;
    struct api_watch *watch;
    struct loop_timer *timer; /* bookmarks, the end, and another try for a slow client */
    int64_t bookmark_ns, pause_ns, end_ns;
    bool ended;
};

static void free_stream(struct stream *stream)
{
    loop_timer_destroy(stream->timer);
    api_watch_stop(stream->watch);
    free(stream);
}

static void stream_closed(void *context, struct http_exchange *exchange)
{
    (void)exchange;
    free_stream(context);
}

static void stream_send(void *context, str bytes)
{
    struct stream *stream = context;
    http_reply_chunk(stream->exchange, bytes);
}

static bool stream_has_room(void *context)
{
    struct stream *stream = context;
    if (http_reply_pending(stream->exchange) < PENDING_MAX)
        return true;
    loop_timer_start(stream->timer, RETRY_NS);
    return false;
}

/* Not at once: the watch is in the middle of sending. */
static void stream_end(void *context)
{
    struct stream *stream = context;
    stream->ended = true;
    loop_timer_start(stream->timer, 0);
}

static void stream_wait(struct stream *stream)
{
    int64_t next = stream->bookmark_ns;
    if (stream->end_ns != 0 && stream->end_ns < next)
        next = stream->end_ns;
    loop_timer_start_at(stream->timer, next);
}

static void stream_due(void *context)
{
    struct stream *stream = context;
    int64_t now_ns = clock_monotonic_ns();
    if (!stream->ended)
        api_watch_pump(stream->watch);
    if (stream->ended || (stream->end_ns != 0 && now_ns >= stream->end_ns)) {
        struct http_exchange *exchange = stream->exchange;
        free_stream(stream);
        http_exchange_on_close(exchange, NULL, NULL);
        http_reply_end(exchange);
        return;
    }
    if (now_ns >= stream->bookmark_ns) {
        stream->bookmark_ns = now_ns + stream->pause_ns;
        api_watch_bookmark(stream->watch);
    }
    if (http_reply_pending(stream->exchange) < PENDING_MAX && !stream->ended)
        stream_wait(stream);
    else
        loop_timer_start(stream->timer, RETRY_NS);
}

static void begin_stream(struct served *served, struct http_exchange *exchange,
                         struct api_watch *watch)
{
    static const struct http_field headers[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-cache, private")}};
    struct stream *stream = calloc(1, sizeof *stream);
    CHECK(stream != NULL);
    stream->exchange = exchange;
    stream->watch = watch;
    stream->timer = loop_timer_create(served->server->loop, stream_due, stream);
    int64_t now_ns = clock_monotonic_ns(), timeout_s = api_watch_timeout_s(watch);
    stream->pause_ns = served->server->pause_ns;
    stream->bookmark_ns = now_ns + stream->pause_ns;
    if (timeout_s > 0 && timeout_s < 1 << 24)
        stream->end_ns = now_ns + timeout_s * NS_PER_S;
    http_exchange_on_close(exchange, stream_closed, stream);
    http_reply_begin(exchange, 200, (struct http_fields){headers, ARRAY_LEN(headers)});
    stream_wait(stream);
    const struct api_watch_sink sink = {
        .send = stream_send, .has_room = stream_has_room, .end = stream_end, .context = stream};
    api_watch_start(watch, &sink);
}

/* `299 - "text"`, quotes and backslashes escaped. */
static str warning_header(str text, struct arena *arena)
{
    AUTO_BUF struct buf out = BUF_INIT(65536);
    buf_add(&out, STR("299 - \""));
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_add_byte(&out, '\\');
        buf_add_byte(&out, text.ptr[i] == '\n' || text.ptr[i] == '\r' ? ' ' : text.ptr[i]);
    }
    buf_add_byte(&out, '"');
    return buf_copy(&out, arena);
}

static void send_reply(struct http_exchange *exchange, struct api_reply *reply)
{
    VEC(struct http_field) headers = {0};
    struct http_field type = {STR("Content-Type"), reply->content_type};
    struct http_field cache = {STR("Cache-Control"), STR("no-cache, private")};
    VEC_PUSH(exchange->arena, &headers, type);
    VEC_PUSH(exchange->arena, &headers, cache);
    for (size_t i = 0; i < reply->warnings.len; i++) {
        struct http_field warning = {STR("Warning"),
                                     warning_header(reply->warnings.items[i], exchange->arena)};
        VEC_PUSH(exchange->arena, &headers, warning);
    }
    http_reply(exchange, reply->status, (struct http_fields){headers.items, headers.len},
               buf_str(&reply->body));
}

static void refuse(struct http_exchange *exchange)
{
    static const struct http_field headers[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")}};
    http_reply(exchange, 401, (struct http_fields){headers, ARRAY_LEN(headers)},
               STR("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":"
                   "\"Failure\",\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":"
                   "401}\n"));
}

static bool is_open_path(str path)
{
    static const char *const open[] = {"/healthz", "/livez", "/readyz", "/version"};
    for (size_t i = 0; i < ARRAY_LEN(open); i++)
        if (str_equal(path, str_z(open[i])))
            return true;
    return false;
}

/* A client certificate of ours, or the cluster's token. */
static bool authenticate(const struct served *served, const struct http_exchange *exchange,
                         struct api_user *user)
{
    str given = http_exchange_header(exchange, STR("Authorization"));
    str bearer = STR("Bearer ");
    if (exchange->peer_name.len != 0) {
        str *groups = ARENA_ARRAY(exchange->arena, str, exchange->peer_groups.len + 1);
        for (size_t i = 0; i < exchange->peer_groups.len; i++)
            groups[i] = exchange->peer_groups.items[i].text;
        *user = (struct api_user){exchange->peer_name, groups, exchange->peer_groups.len};
        return true;
    }
    if (str_starts(given, bearer)) {
        str token = str_trim(str_skip(given, bearer.len));
        *user = (struct api_user){admin_name, &admin_group, 1};
        return token.len == served->token.len &&
               crypto_equal(token.ptr, served->token.ptr, token.len);
    }
    *user = (struct api_user){STR("system:anonymous"), NULL, 0};
    return is_open_path(exchange->path);
}

static void handle(void *context, struct http_exchange *exchange)
{
    struct served *served = context;
    struct api_reply reply;
    struct api_request *request = ARENA_NEW(exchange->arena, struct api_request);
    *request = (struct api_request){
        .method = exchange->method,
        .path = exchange->path,
        .query = exchange->query,
        .accept = http_exchange_header(exchange, STR("Accept")),
        .content_type = http_exchange_header(exchange, STR("Content-Type")),
        .user_agent = http_exchange_header(exchange, STR("User-Agent")),
        .body = exchange->body,
    };
    if (!authenticate(served, exchange, &request->user)) {
        refuse(exchange);
        return;
    }
    api_serve(served->cluster, request, exchange->arena, &reply);
    if (reply.watch != NULL)
        begin_stream(served, exchange, reply.watch);
    else
        send_reply(exchange, &reply);
    buf_finish(&reply.body);
}

static bool make_identities(struct apiserver *server, struct error *err)
{
    const struct tls_issue_options own = {
        .common_name = STR_INIT("kube-apiserver"),
        .names = "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc,IP:127.0.0.1",
        .valid_for_ns = 10 * 365 * 86400 * NS_PER_S};
    const struct tls_issue_options admin = {.common_name = admin_name,
                                            .organization = admin_group,
                                            .valid_for_ns = 10 * 365 * 86400 * NS_PER_S};
    return server->plain ||
           (tls_make_authority(STR("syncd-apiserver-ca"), server->arena, &server->authority, err) &&
            tls_issue(&server->authority, &own, server->arena, &server->identity, err) &&
            tls_issue(&server->authority, &admin, server->arena, &server->admin, err));
}

bool apiserver_create(struct loop *loop, const struct apiserver_options *options,
                      struct apiserver **ret_server, struct error *err)
{
    struct apiserver *server = calloc(1, sizeof *server);
    CHECK(server != NULL);
    server->loop = loop;
    server->arena = arena_create(ARENA_NO_BUDGET);
    server->plain = options->plain;
    server->pause_ns = options->bookmark_ns != 0 ? options->bookmark_ns : BOOKMARK_NS;
    server->address = options->address != NULL ? options->address : "127.0.0.1";
    list_init(&server->clusters);
    if (!make_identities(server, err)) {
        arena_destroy(server->arena);
        free(server);
        return false;
    }
    const struct api_world_options world = {.history_bytes = options->history_bytes,
                                            .history_count = options->history_count,
                                            .no_controllers = options->no_controllers};
    server->world = api_world_create(&world);
    *ret_server = server;
    return true;
}

static void free_served(struct served *served)
{
    list_remove(&served->node);
    http_server_destroy(served->http); /* closes its streams, which stop their watches */
    api_cluster_destroy(served->cluster);
    free(served);
}

void apiserver_destroy(struct apiserver *server)
{
    if (server == NULL)
        return;
    LIST_FOR (node, &server->clusters)
        free_served(LIST_ITEM(node, struct served, node));
    api_world_destroy(server->world);
    arena_destroy(server->arena);
    free(server);
}

static struct served *find(const struct apiserver *server, str name)
{
    LIST_FOR (node, &server->clusters) {
        struct served *served = LIST_ITEM(node, struct served, node);
        if (str_equal(served->name, name))
            return served;
    }
    return NULL;
}

static str new_token(struct arena *arena)
{
    uint8_t bytes[TOKEN_BYTES];
    crypto_random(bytes, sizeof bytes);
    return hex_encode(arena, str_from((const char *)bytes, sizeof bytes));
}

bool apiserver_add_cluster(struct apiserver *server, str name, uint16_t port, struct error *err)
{
    if (!name_is_dns_label(name))
        return error_set(err, ERROR_INPUT, "'%.*s' is no name for a cluster", STR_ARG(name));
    if (find(server, name) != NULL)
        return error_set(err, ERROR_INPUT, "there are two clusters '%.*s'", STR_ARG(name));
    struct served *served = calloc(1, sizeof *served);
    CHECK(served != NULL);
    list_init(&served->node);
    served->server = server;
    served->name = arena_str(server->arena, name);
    served->token = new_token(server->arena);
    const struct http_server_options options = {
        .address = server->address,
        .port = port,
        .identity = server->identity,
        .client_ca_pem = server->authority.certificate_pem,
        .max_body = REQUEST_BODY_MAX,
        .handle = handle,
        .context = served,
    };
    if (!http_server_create(server->loop, &options, &served->http, err)) {
        free(served);
        return error_wrap(err, "cluster %.*s", STR_ARG(name));
    }
    served->cluster = api_cluster_create(server->world, name);
    list_append(&server->clusters, &served->node);
    return true;
}

bool apiserver_remove_cluster(struct apiserver *server, str name)
{
    struct served *served = find(server, name);
    if (served == NULL)
        return false;
    free_served(served);
    return true;
}

uint16_t apiserver_port(const struct apiserver *server, str name)
{
    const struct served *served = find(server, name);
    CHECK(served != NULL);
    return http_server_port(served->http);
}

str apiserver_token(const struct apiserver *server, str name)
{
    const struct served *served = find(server, name);
    CHECK(served != NULL);
    return served->token;
}

static void print_pem(struct buf *out, const char *key, str pem, struct arena *arena)
{
    if (pem.len == 0)
        return;
    str encoded = base64_encode(arena, pem);
    buf_printf(out, "    %s: %.*s\n", key, STR_ARG(encoded));
}

str apiserver_kubeconfig(const struct apiserver *server, str name, struct arena *arena)
{
    const struct served *served = find(server, name);
    CHECK(served != NULL);
    AUTO_BUF struct buf out = BUF_INIT(KUBECONFIG_MAX);
    buf_printf(&out, "apiVersion: v1\nkind: Config\nclusters:\n- name: %.*s\n  cluster:\n",
               STR_ARG(name));
    buf_printf(&out, "    server: %s://%s:%u\n", server->plain ? "http" : "https", server->address,
               http_server_port(served->http));
    print_pem(&out, "certificate-authority-data", server->authority.certificate_pem, arena);
    buf_printf(&out, "users:\n- name: admin@%.*s\n  user:\n", STR_ARG(name));
    print_pem(&out, "client-certificate-data", server->admin.certificate_pem, arena);
    print_pem(&out, "client-key-data", server->admin.key_pem, arena);
    buf_printf(&out, "    token: %.*s\n", STR_ARG(served->token));
    buf_printf(&out,
               "contexts:\n- name: %.*s\n  context:\n    cluster: %.*s\n    user: admin@%.*s\n"
               "current-context: %.*s\n",
               STR_ARG(name), STR_ARG(name), STR_ARG(name), STR_ARG(name));
    CHECK(!buf_failed(&out));
    return buf_copy(&out, arena);
}

int apiserver_request(struct apiserver *server, str cluster, const char *method, str target,
                      value document, struct arena *arena, value *ret_reply)
{
    const struct served *served = find(server, cluster);
    CHECK(served != NULL);
    size_t mark = str_index(target, '?');
    bool apply = strcmp(method, "PATCH") == 0;
    struct api_request request = {
        .method = str_z(method),
        .path = str_slice(target, 0, mark),
        .accept = STR("application/json"),
        .content_type = apply ? STR("application/apply-patch+yaml") : STR("application/json"),
        .user_agent = STR("syncd-apiserver"),
        .user = {admin_name, &admin_group, 1},
    };
    if (mark != SIZE_MAX)
        CHECK(http_query_read(str_skip(target, mark + 1), arena, &request.query));
    if (value_present(document))
        request.body = json_text(document, JSON_COMPACT, arena);
    struct api_reply reply;
    struct error err = ERROR_INIT;
    api_serve(served->cluster, &request, arena, &reply);
    CHECK(reply.watch == NULL);
    str body = buf_copy(&reply.body, arena);
    buf_finish(&reply.body);
    if (!json_read(body, limits_default(), arena, ret_reply, &err))
        *ret_reply = value_string(body);
    return reply.status;
}
