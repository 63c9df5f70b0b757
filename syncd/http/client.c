#include "syncd/http/client.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/http/client_internal.h"

#include <malloc.h>
#include <stdlib.h>

#define STREAMS_DEFAULT 100
#define BURST           16
#define TRIM_AFTER      (2 * NS_PER_S)

/* ---- libcurl's sockets and timer on the loop ---- */

static void run_libcurl(struct http_client *client, curl_socket_t fd, int events);

/* One descriptor of libcurl's. */
struct wire {
    struct http_client *client;
    struct loop_fd *watched;
    curl_socket_t fd;
};

static void wire_ready(void *context, unsigned events)
{
    const struct wire *wire = context;
    const int bits = ((events & LOOP_READ) ? CURL_CSELECT_IN : 0) |
                     ((events & LOOP_WRITE) ? CURL_CSELECT_OUT : 0);
    run_libcurl(wire->client, wire->fd, bits);
}

static int wire_wanted(CURL *easy, curl_socket_t fd, int what, void *context, void *attached)
{
    (void)easy;
    struct http_client *client = context;
    struct wire *wire = attached;
    if (what == CURL_POLL_REMOVE) {
        if (wire != NULL)
            loop_fd_destroy(wire->watched);
        free(wire);
        return 0;
    }
    const unsigned events =
        ((what & CURL_POLL_IN) ? LOOP_READ : 0u) | ((what & CURL_POLL_OUT) ? LOOP_WRITE : 0u);
    if (wire != NULL) {
        loop_fd_set(wire->watched, events);
        return 0;
    }
    wire = calloc(1, sizeof(*wire));
    CHECK(wire != NULL);
    wire->client = client;
    wire->fd = fd;
    wire->watched = loop_fd_create(client->loop, fd, events, wire_ready, wire);
    CHECK(curl_multi_assign(client->multi, fd, wire) == CURLM_OK);
    return 0;
}

static int timer_wanted(CURLM *multi, long ms, void *context)
{
    (void)multi;
    const struct http_client *client = context;
    if (ms < 0)
        loop_timer_stop(client->timer);
    else
        loop_timer_start(client->timer, ms * NS_PER_MS);
    return 0;
}

static void timer_fired(void *context)
{
    run_libcurl(context, CURL_SOCKET_TIMEOUT, 0);
}

/* ---- running libcurl ---- */

static void add_to_libcurl(struct http_transfer *transfer)
{
    transfer->added = true;
    if (transfer->quiet != NULL)
        loop_timer_start(transfer->quiet, transfer->request.silence_ns);
    CHECK(curl_multi_add_handle(transfer->client->multi, transfer->easy) == CURLM_OK);
}

void transfer_start(struct http_transfer *transfer)
{
    if (transfer->client->inside)
        list_append(&transfer->client->to_start, &transfer->queued);
    else
        add_to_libcurl(transfer);
}

static void catch_up(struct http_client *client)
{
    while (!list_empty(&client->to_drop))
        transfer_free(LIST_ITEM(client->to_drop.next, struct http_transfer, queued));
    while (!list_empty(&client->to_start)) {
        struct http_transfer *transfer =
            LIST_ITEM(client->to_start.next, struct http_transfer, queued);
        list_remove(&transfer->queued);
        add_to_libcurl(transfer);
    }
}

static void run_libcurl(struct http_client *client, curl_socket_t fd, int events)
{
    int running = 0;
    client->inside = true;
    CHECK(curl_multi_socket_action(client->multi, fd, events, &running) == CURLM_OK);
    client->inside = false;
    catch_up(client);
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct http_transfer *transfer = NULL;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        transfer_finish(transfer, message->data.result);
    }
}

/*
 * Nothing came for too long. When nothing at all came from that origin meanwhile, its connection is
 * taken for dead: all its transfers end, so that the connection is closed and not used again.
 */
void transfer_is_quiet(void *context)
{
    struct http_transfer *transfer = context;
    const int64_t quiet_ns = clock_monotonic_ns() - transfer->last_byte_ns;
    if (quiet_ns < transfer->request.silence_ns) {
        loop_timer_start(transfer->quiet, transfer->request.silence_ns - quiet_ns);
        return;
    }
    struct http_origin *origin = transfer->origin;
    struct list ended;
    list_init(&ended);
    const bool all = origin->last_byte_ns <= transfer->last_byte_ns;
    LIST_FOR (node, &origin->transfers) {
        struct http_transfer *other = LIST_ITEM(node, struct http_transfer, node);
        if (other == transfer || (all && other->added)) {
            other->silenced = true;
            list_remove(&other->queued);
            list_append(&ended, &other->queued);
        }
    }
    /* Each `done` may cancel others of the list: they leave it by themselves. */
    while (!list_empty(&ended)) {
        struct http_transfer *next = LIST_ITEM(ended.next, struct http_transfer, queued);
        list_remove(&next->queued);
        transfer_finish(next, CURLE_OPERATION_TIMEDOUT);
    }
}

void origin_cancel_transfers(struct http_origin *origin)
{
    CHECK(!origin->client->inside);
    while (!list_empty(&origin->transfers)) {
        struct http_transfer *transfer =
            LIST_ITEM(origin->transfers.next, struct http_transfer, node);
        list_remove(&transfer->queued);
        transfer->stopped = ERROR_CANCELLED;
        transfer_finish(transfer, CURLE_ABORTED_BY_CALLBACK);
    }
}

/* ---- the client ---- */

/* A few transfers now and then are no burst: for them the handles are kept. */
void client_note_finished(struct http_client *client)
{
    if (++client->finished >= BURST)
        loop_timer_start(client->trim, TRIM_AFTER);
}

void http_client_trim(struct http_client *client)
{
    while (client->idle_count > 0)
        curl_easy_cleanup(client->idle[--client->idle_count]);
    client->finished = 0;
    (void)malloc_trim(0); /* nothing to give back is as good */
}

static void trim_now(void *context)
{
    http_client_trim(context);
}

struct http_client *http_client_create(struct loop *loop, unsigned max_streams)
{
    CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    struct http_client *client = calloc(1, sizeof(*client));
    CHECK(client != NULL);
    client->loop = loop;
    list_init(&client->origins);
    list_init(&client->to_start);
    list_init(&client->to_drop);
    client->timer = loop_timer_create(loop, timer_fired, client);
    client->trim = loop_timer_create(loop, trim_now, client);
    client->multi = curl_multi_init();
    CHECK(client->multi != NULL);
    const long streams = max_streams != 0 ? (long)max_streams : STREAMS_DEFAULT;
    (void)curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, wire_wanted);
    (void)curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    (void)curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
    (void)curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    (void)curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    (void)curl_multi_setopt(client->multi, CURLMOPT_MAX_CONCURRENT_STREAMS, streams);
    return client;
}

void http_client_destroy(struct http_client *client)
{
    if (client == NULL)
        return;
    CHECK(list_empty(&client->origins) && !client->inside);
    (void)curl_multi_cleanup(client->multi); /* no transfer is left to fail it */
    http_client_trim(client);
    loop_timer_destroy(client->timer);
    loop_timer_destroy(client->trim);
    free(client);
    curl_global_cleanup();
}
