#include "syncd/http/client.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/http/client_internal.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define DEADLINE_DEFAULT  (30 * NS_PER_S)
#define SILENCE_DEFAULT   (30 * NS_PER_S)
#define BODY_DEFAULT      (64u << 20)
#define REFUSAL_MAX       (256u << 10) /* body of an answer that is not 2xx, of a stream */
#define HEADERS_MAX       (64u << 10)
#define RETRY_AFTER_MAX   (300 * NS_PER_S)
#define WHOLE_BUFFER      (16L << 10)
#define STREAM_BUFFER     (4L << 10)
#define UNACKNOWLEDGED_MS 20000

/* ---- an answer arriving ---- */

static void note_byte(struct http_transfer *transfer)
{
    transfer->last_byte_ns = clock_monotonic_ns();
    transfer->origin->last_byte_ns = transfer->last_byte_ns;
}

static size_t stop(struct http_transfer *transfer, enum error_class class)
{
    transfer->stopped = class;
    return 0; /* libcurl takes that for a failed write */
}

static int status_of(const struct http_transfer *transfer)
{
    long status = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

static void headers_complete(struct http_transfer *transfer)
{
    const int status = status_of(transfer);
    if (status < 200 || transfer->status != 0) /* interim, or trailers */
        return;
    transfer->status = status;
    if (transfer->request.begun != NULL && !transfer->dropped)
        transfer->request.begun(transfer->request.context, status);
}

static size_t header_arrived(char *bytes, size_t size, size_t count, void *context)
{
    struct http_transfer *transfer = context;
    const size_t len = size * count;
    note_byte(transfer);
    const str line = str_trim(str_from(bytes, len));
    if (str_starts(line, STR("HTTP/"))) {
        /* A new answer: what came before was an interim one. */
        transfer->headers.len = 0;
        return len;
    }
    if (line.len == 0)
        headers_complete(transfer);
    const size_t colon = str_index(line, ':');
    if (colon == SIZE_MAX)
        return transfer->dropped ? stop(transfer, ERROR_CANCELLED) : len;
    const struct http_field field = {
        .name = arena_str(transfer->arena, str_slice(line, 0, colon)),
        .text = arena_str(transfer->arena, str_trim(str_skip(line, colon + 1))),
    };
    VEC_PUSH(transfer->arena, &transfer->headers, field);
    return arena_over(transfer->arena) ? stop(transfer, ERROR_LIMIT) : len;
}

static size_t body_arrived(char *bytes, size_t size, size_t count, void *context)
{
    struct http_transfer *transfer = context;
    const str piece = str_from(bytes, size * count);
    if (transfer->dropped)
        return stop(transfer, ERROR_CANCELLED);
    note_byte(transfer);
    transfer->received += piece.len;
    const bool streams = transfer->request.bytes != NULL && transfer->status / 100 == 2;
    if (streams) {
        if (transfer->received > transfer->request.max_body)
            return stop(transfer, ERROR_LIMIT);
        if (!transfer->request.bytes(transfer->request.context, piece))
            return stop(transfer, ERROR_CANCELLED);
        return transfer->dropped ? stop(transfer, ERROR_CANCELLED) : piece.len;
    }
    buf_add(&transfer->body, piece);
    return buf_failed(&transfer->body) ? stop(transfer, ERROR_LIMIT) : piece.len;
}

/* Data that nobody acknowledges ends the connection long before TCP itself would give up. */
static int socket_made(void *context, curl_socket_t fd, curlsocktype purpose)
{
    (void)context;
    (void)purpose;
    const unsigned ms = UNACKNOWLEDGED_MS;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)); /* an improvement only */
    return CURL_SOCKOPT_OK;
}

/* ---- the end of a transfer ---- */

/* Streams have handles of their own: their buffers are small. */
static void handle_release(struct http_client *client, CURL *easy, bool streamed)
{
    if (streamed || client->idle_count == ARRAY_LEN(client->idle)) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy);
    client->idle[client->idle_count++] = easy;
}

void transfer_free(struct http_transfer *transfer)
{
    struct http_client *client = transfer->client;
    if (transfer->added) {
        if (transfer->silenced)
            (void)curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, 1L);
        CHECK(curl_multi_remove_handle(client->multi, transfer->easy) == CURLM_OK);
    }
    if (transfer->easy != NULL)
        handle_release(client, transfer->easy, transfer->request.bytes != NULL);
    list_remove(&transfer->node);
    list_remove(&transfer->queued);
    curl_slist_free_all(transfer->headers_out);
    loop_timer_destroy(transfer->quiet);
    buf_finish(&transfer->body);
    arena_destroy(transfer->arena);
    free(transfer);
}

static const struct {
    CURLcode code;
    enum error_class class;
    const char *rule;
} failures[] = {
    {CURLE_PEER_FAILED_VERIFICATION, ERROR_DENIED, "E_TLS"},
    {CURLE_SSL_CERTPROBLEM, ERROR_DENIED, "E_TLS"},
    {CURLE_SSL_CACERT_BADFILE, ERROR_DENIED, "E_TLS"},
    {CURLE_SSL_ISSUER_ERROR, ERROR_DENIED, "E_TLS"},
    {CURLE_SSL_INVALIDCERTSTATUS, ERROR_DENIED, "E_TLS"},
    {CURLE_OPERATION_TIMEDOUT, ERROR_TIMEOUT, "E_TIMEOUT"},
    {CURLE_COULDNT_CONNECT, ERROR_UNAVAILABLE, "E_CONNECT"},
    {CURLE_COULDNT_RESOLVE_HOST, ERROR_UNAVAILABLE, "E_CONNECT"},
    {CURLE_SSL_CONNECT_ERROR, ERROR_UNAVAILABLE, "E_CONNECT"},
    {CURLE_OUT_OF_MEMORY, ERROR_INTERNAL, "E_HTTP"},
    {CURLE_FAILED_INIT, ERROR_INTERNAL, "E_HTTP"},
    {CURLE_NOT_BUILT_IN, ERROR_INTERNAL, "E_HTTP"},
    {CURLE_BAD_FUNCTION_ARGUMENT, ERROR_INTERNAL, "E_HTTP"},
};

static void describe(const struct http_transfer *transfer, CURLcode code, struct error *err)
{
    const str where = transfer->origin->url;
    if (transfer->silenced) {
        (void)error_rule(err, ERROR_TIMEOUT, "E_SILENT", "%.*s said nothing for %lld s",
                         STR_ARG(where), (long long)(transfer->request.silence_ns / NS_PER_S));
        return;
    }
    if (transfer->stopped == ERROR_LIMIT) {
        (void)error_rule(err, ERROR_LIMIT, "E_BODY_SIZE", "the answer of %.*s is over %zu bytes",
                         STR_ARG(where), transfer->request.max_body);
        return;
    }
    if (transfer->stopped == ERROR_CANCELLED) {
        (void)error_set(err, ERROR_CANCELLED, "cancelled");
        return;
    }
    enum error_class class = ERROR_UNAVAILABLE;
    const char *rule = "E_CONNECTION";
    for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
        if (failures[i].code == code) {
            class = failures[i].class;
            rule = failures[i].rule;
        }
    }
    const char *said =
        transfer->complaint[0] != '\0' ? transfer->complaint : curl_easy_strerror(code);
    (void)error_rule(err, class, rule, "%.*s: %s", STR_ARG(where), said);
}

static int64_t retry_after(struct http_fields headers)
{
    const str text = http_fields_get(headers, STR("retry-after"), true);
    uint64_t seconds = 0;
    int64_t ns = -1;
    if (str_to_u64(text, &seconds)) {
        ns = seconds > 300 ? RETRY_AFTER_MAX : (int64_t)seconds * NS_PER_S;
    } else if (text.len > 0) {
        const time_t when = curl_getdate(text.ptr, NULL); /* headers are kept NUL-ended */
        if (when >= 0)
            ns = (int64_t)when * NS_PER_S - clock_wall_ns();
        if (when >= 0 && ns < 0)
            ns = 0;
    }
    return ns > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : ns;
}

void transfer_finish(struct http_transfer *transfer, CURLcode code)
{
    struct error err = ERROR_INIT;
    const bool failed = code != CURLE_OK || transfer->silenced;
    if (failed)
        describe(transfer, code, &err);
    struct http_response response = {
        .status = status_of(transfer),
        .headers = {transfer->headers.items, transfer->headers.len},
        .body = buf_str(&transfer->body),
        .retry_after_ns = -1,
        .elapsed_ns = clock_monotonic_ns() - transfer->begun_ns,
    };
    response.retry_after_ns = retry_after(response.headers);
    long version = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version);
    response.http2 = version == CURL_HTTP_VERSION_2_0;
    void (*done)(void *, const struct http_response *, const struct error *) =
        transfer->request.done;
    client_note_finished(transfer->client);
    /* Out of every list first: `done` may send anew, or destroy the origin. */
    transfer->dropped = true;
    list_remove(&transfer->node);
    done(transfer->request.context, &response, failed ? &err : NULL);
    transfer_free(transfer);
}

/* ---- asking ---- */

static void add_line(struct http_transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers_out, line);
    CHECK(longer != NULL);
    transfer->headers_out = longer;
}

static void add_headers(struct http_transfer *transfer, const struct http_request *request)
{
    for (size_t i = 0; i < request->headers.len; i++) {
        const struct http_field *field = &request->headers.items[i];
        CHECK(str_index(field->text, '\n') == SIZE_MAX && str_index(field->text, '\r') == SIZE_MAX);
        AUTO_BUF struct buf line = BUF_INIT(HEADERS_MAX);
        buf_printf(&line, "%.*s: %.*s", STR_ARG(field->name), STR_ARG(field->text));
        CHECK(!buf_failed(&line));
        add_line(transfer, line.ptr);
    }
    const struct http_origin *origin = transfer->origin;
    if (origin->authorization != NULL)
        add_line(transfer, origin->authorization);
    if (origin->host_header != NULL)
        add_line(transfer, origin->host_header);
    add_line(transfer, "Expect:"); /* no waiting for "100 Continue" */
}

static void set_request(struct http_transfer *transfer)
{
    const struct http_request *request = &transfer->request;
    CURL *easy = transfer->easy;
    AUTO_BUF struct buf url = BUF_INIT(1u << 20);
    buf_add(&url, transfer->origin->url);
    buf_add(&url, request->path);
    CHECK(!buf_failed(&url));
    SET(easy, CURLOPT_URL, url.ptr);
    const str method = str_z(request->method);
    if (request->has_body || request->body.len > 0) {
        SET(easy, CURLOPT_POST, 1L);
        SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(easy, CURLOPT_POSTFIELDS, request->body.len > 0 ? request->body.ptr : "");
    } else if (str_equal(method, STR("HEAD"))) {
        SET(easy, CURLOPT_NOBODY, 1L);
    } else {
        SET(easy, CURLOPT_HTTPGET, 1L);
    }
    SET(easy, CURLOPT_CUSTOMREQUEST, request->method);
    SET(easy, CURLOPT_HTTPHEADER, transfer->headers_out);
    if (request->deadline_ns > 0)
        SET(easy, CURLOPT_TIMEOUT_MS, (long)((request->deadline_ns + NS_PER_MS - 1) / NS_PER_MS));
}

static void set_callbacks(struct http_transfer *transfer)
{
    CURL *easy = transfer->easy;
    SET(easy, CURLOPT_PRIVATE, transfer);
    SET(easy, CURLOPT_ERRORBUFFER, transfer->complaint);
    SET(easy, CURLOPT_HEADERFUNCTION, header_arrived);
    SET(easy, CURLOPT_HEADERDATA, transfer);
    SET(easy, CURLOPT_WRITEFUNCTION, body_arrived);
    SET(easy, CURLOPT_WRITEDATA, transfer);
    SET(easy, CURLOPT_SOCKOPTFUNCTION, socket_made);
    /* Refused while a used handle still has its buffer: then that one is used again. */
    (void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE,
                           transfer->request.bytes != NULL ? STREAM_BUFFER : WHOLE_BUFFER);
}

static int64_t or_default(int64_t ns, int64_t fallback)
{
    return ns == 0 ? fallback : ns;
}

struct http_transfer *http_send(struct http_origin *origin, const struct http_request *request)
{
    CHECK(request->done != NULL && str_starts(request->path, STR("/")));
    struct http_client *client = origin->client;
    struct http_transfer *transfer = calloc(1, sizeof(*transfer));
    CHECK(transfer != NULL);
    transfer->client = client;
    transfer->origin = origin;
    transfer->request = *request;
    transfer->request.deadline_ns = or_default(request->deadline_ns, DEADLINE_DEFAULT);
    transfer->request.silence_ns = or_default(request->silence_ns, SILENCE_DEFAULT);
    transfer->request.max_body = request->max_body != 0 ? request->max_body : BODY_DEFAULT;
    const size_t collected = request->bytes != NULL || transfer->request.max_body == SIZE_MAX
                                 ? REFUSAL_MAX
                                 : transfer->request.max_body;
    buf_init(&transfer->body, collected);
    transfer->arena = arena_create(HEADERS_MAX);
    transfer->begun_ns = transfer->last_byte_ns = clock_monotonic_ns();
    const bool again = request->bytes == NULL && client->idle_count > 0;
    transfer->easy = again ? client->idle[--client->idle_count] : curl_easy_init();
    CHECK(transfer->easy != NULL);
    list_init(&transfer->queued);
    list_append(&origin->transfers, &transfer->node);
    if (transfer->request.silence_ns > 0)
        transfer->quiet = loop_timer_create(client->loop, transfer_is_quiet, transfer);
    add_headers(transfer, request);
    origin_configure(origin, transfer->easy);
    set_request(transfer);
    set_callbacks(transfer);
    transfer_start(transfer);
    return transfer;
}

void http_transfer_cancel(struct http_transfer *transfer)
{
    if (transfer == NULL || transfer->dropped)
        return;
    struct http_client *client = transfer->client;
    if (!client->inside) {
        transfer_free(transfer);
        return;
    }
    transfer->dropped = true;
    list_remove(&transfer->queued);
    list_append(&client->to_drop, &transfer->queued);
}

str http_response_header(const struct http_response *response, str name)
{
    return http_fields_get(response->headers, name, true);
}
