#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/kube/kube_internal.h"
#include "syncd/kube/private_file.h"
#include "syncd/value/json.h"

#define RETRY_DEFAULT (1 * NS_PER_S)
#define TOKEN_MAX     (64u << 10)

static void pump(struct kube_cluster *cluster);

struct kube_call *call_new(struct kube_cluster *cluster, str subject, kube_done *done,
                           void *context)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct kube_call *call = ARENA_NEW(arena, struct kube_call);
    call->arena = arena;
    call->cluster = cluster;
    call->subject = arena_str(arena, subject);
    call->done = done;
    call->context = context;
    call->method = "GET";
    call->answered = call_answer_object;
    list_init(&call->node);
    return call;
}

/* ---- out of the queue, and back ---- */

static void leave_lists(struct kube_call *call)
{
    struct kube_cluster *cluster = call->cluster;
    list_remove(&call->node);
    if (call->is_waiting)
        cluster->waiting_count--;
    if (call->is_out && call->is_watch)
        cluster->open_watches--;
    if (call->is_out && !call->is_watch)
        cluster->in_flight--;
    call->is_waiting = call->is_out = false;
}

static void wait_in_queue(struct kube_call *call, bool first)
{
    list_remove(&call->node);
    struct list *queue = &call->cluster->waiting;
    list_append(first ? queue->next : queue, &call->node);
    call->is_waiting = true;
    call->cluster->waiting_count++;
}

/* The server has too much to do: nobody asks before its time, and the asker is first then. */
static void wait_out(struct kube_call *call, int64_t retry_after_ns)
{
    struct kube_cluster *cluster = call->cluster;
    const int64_t asked = retry_after_ns >= 0 ? retry_after_ns : RETRY_DEFAULT;
    uint8_t random;
    crypto_random(&random, sizeof(random));
    /* Up to an eighth more, so that those who were sent away do not come back together. */
    const int64_t pause = asked + (asked + NS_PER_S / 10) * random / 2048;
    const int64_t until = clock_monotonic_ns() + pause;
    if (until > cluster->paused_until_ns)
        cluster->paused_until_ns = until;
    wait_in_queue(call, true);
}

/* A projected token is exchanged every hour: the file has the new one before the old one dies. */
static bool reread_token(struct kube_cluster *cluster, struct arena *scratch)
{
    struct error err = ERROR_INIT;
    str text;
    if (cluster->token_file.len == 0)
        return false;
    if (!kubeconfig_read_file(cluster->token_file.ptr, cluster->strict_files, TOKEN_MAX, scratch,
                              &text, &err))
        return false; /* the 401 is reported instead */
    const str line = arena_concat(scratch, STR("Bearer "), str_trim(text), STR(""));
    private_text_wipe(scratch, line);
    return http_origin_set_authorization(cluster->origin, line);
}

static bool renew_credentials(struct kube_call *call)
{
    struct kube_cluster *cluster = call->cluster;
    if (call->renewed)
        return false;
    call->renewed = true;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct kube_config config = {0};
    struct error err = ERROR_INIT;
    if (cluster->renew == NULL)
        return reread_token(cluster, scratch);
    return cluster->renew(cluster->renew_context, scratch, &config) &&
           kube_cluster_renew(cluster, &config, &err);
}

static void note_answer(struct kube_call *call, const struct http_response *response,
                        const struct error *err, bool full)
{
    struct kube_cluster *cluster = call->cluster;
    const bool lost = err != NULL && err->class != ERROR_CANCELLED;
    const bool busy = response->status == 429 || response->status == 503;
    cluster->stats.throttled += response->status == 429;
    cluster->stats.failed += lost || response->status >= 500;
    if (!lost)
        cluster->stats.last_answer_ns = clock_monotonic_ns();
    /* A stream's time is that of its length. */
    if (!call->is_watch && (call->bytes == NULL || busy || lost))
        window_note(&cluster->window, busy || (lost && err->class == ERROR_TIMEOUT),
                    response->elapsed_ns, full, clock_monotonic_ns());
}

/*
 * Nobody is there: what waits would find that out one by one, each after its own time. It ends with
 * the same error instead, one call a round, because each answer may change everything.
 */
static void note_outage(struct kube_cluster *cluster, const struct error *err)
{
    static const char *const rules[] = {"E_CONNECT", "E_TLS", "E_TIMEOUT", "E_SILENT"};
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (str_equal(str_z(err->rule), str_z(rules[i]))) {
            cluster->outage = *err;
            cluster->outage_left = cluster->waiting_count;
        }
    }
}

static void end_one_waiting(struct kube_cluster *cluster)
{
    struct kube_call *call = LIST_ITEM(cluster->waiting.next, struct kube_call, node);
    const struct error err = cluster->outage;
    const struct http_response none = {.retry_after_ns = -1};
    cluster->outage_left--;
    leave_lists(call);
    pump(cluster);
    call->answered(call, &none, &err); /* may destroy the cluster */
}

static bool can_wait(const struct kube_call *call, int64_t retry_after_ns)
{
    return !call->is_watch && clock_monotonic_ns() + retry_after_ns < call->give_up_ns;
}

static void http_answered(void *context, const struct http_response *response,
                          const struct error *err)
{
    struct kube_call *call = context;
    struct kube_cluster *cluster = call->cluster;
    const bool full = cluster->in_flight >= window_size(&cluster->window);
    call->transfer = NULL;
    leave_lists(call);
    note_answer(call, response, err, full);
    if (err != NULL && !call->is_watch)
        note_outage(cluster, err);
    if (err == NULL && response->status == 429 && can_wait(call, response->retry_after_ns)) {
        wait_out(call, response->retry_after_ns);
        pump(cluster);
        return;
    }
    if (err == NULL && response->status == 401 && renew_credentials(call)) {
        wait_in_queue(call, true);
        pump(cluster);
        return;
    }
    pump(cluster);
    call->answered(call, response, err);
}

static void http_begun(void *context, int status)
{
    struct kube_call *call = context;
    call->inside = true;
    call->begun(call, status);
    call->inside = false;
}

static bool http_bytes(void *context, str bytes)
{
    struct kube_call *call = context;
    if (call->dead)
        return false;
    call->inside = true;
    const bool more = call->bytes(call, bytes);
    call->inside = false;
    return more && !call->dead;
}

static void send_now(struct kube_call *call)
{
    struct kube_cluster *cluster = call->cluster;
    leave_lists(call);
    list_append(&cluster->active, &call->node);
    call->is_out = true;
    cluster->stats.requests++;
    if (call->is_watch) {
        cluster->open_watches++;
        cluster->stats.watches++;
    } else {
        cluster->in_flight++;
    }
    const int64_t now = clock_monotonic_ns();
    if (call->give_up_ns == 0)
        call->give_up_ns = now + cluster->deadline_ns;
    const int64_t left = call->give_up_ns - now;
    const struct http_field fields[] = {
        {STR("Accept"), call->accept.len > 0 ? call->accept : STR("application/json")},
        {STR("Content-Type"), call->content_type},
    };
    const bool has_body = call->content_type.len > 0;
    const struct http_request request = {
        .method = call->method,
        .path = call->path,
        .headers = {fields, has_body ? 2 : 1},
        .body = call->body,
        .has_body = has_body,
        .deadline_ns = call->is_watch     ? -1
                       : left > NS_PER_MS ? left
                                          : NS_PER_MS,
        .silence_ns = call->silence_ns,
        .max_body = call->is_watch ? SIZE_MAX : cluster->limits->api_body,
        .begun = call->begun != NULL ? http_begun : NULL,
        .bytes = call->bytes != NULL ? http_bytes : NULL,
        .done = http_answered,
        .context = call,
    };
    call->transfer = http_send(cluster->origin, &request);
}

/* Sends what the window lets out. */
static void pump(struct kube_cluster *cluster)
{
    const int64_t now = clock_monotonic_ns();
    if (list_empty(&cluster->waiting))
        cluster->outage_left = 0;
    if (cluster->outage_left > 0) {
        loop_timer_start(cluster->wake, 0);
        return;
    }
    if (now < cluster->paused_until_ns) {
        if (!list_empty(&cluster->waiting))
            loop_timer_start_at(cluster->wake, cluster->paused_until_ns);
        return;
    }
    while (!list_empty(&cluster->waiting) && cluster->in_flight < window_size(&cluster->window))
        send_now(LIST_ITEM(cluster->waiting.next, struct kube_call, node));
}

void cluster_woken(void *context)
{
    struct kube_cluster *cluster = context;
    if (cluster->outage_left > 0 && !list_empty(&cluster->waiting))
        end_one_waiting(cluster);
    else
        pump(cluster);
}

void call_send(struct kube_call *call)
{
    if (call->is_watch) {
        send_now(call);
        return;
    }
    wait_in_queue(call, false);
    pump(call->cluster);
}

static void timer_release(void *timer)
{
    loop_timer_destroy(timer);
}

void call_start_later(struct kube_call *call, void (*begin)(void *call))
{
    call->later = loop_timer_create(call->cluster->loop, begin, call);
    arena_defer(call->arena, timer_release, call->later);
    list_append(&call->cluster->active, &call->node);
    loop_timer_start(call->later, 0);
}

/* ---- the end ---- */

void call_end(struct kube_call *call, const struct kube_reply *reply)
{
    CHECK(!call->is_waiting && !call->is_out);
    list_remove(&call->node);
    if (call->done != NULL)
        call->done(call->context, reply);
    arena_destroy(call->arena);
}

void call_fail(struct kube_call *call, const struct error *err)
{
    const struct kube_reply reply = {.err = err, .object = value_absent(), .arena = call->arena};
    call_end(call, &reply);
}

static void free_call(void *context)
{
    struct kube_call *call = context;
    arena_destroy(call->arena);
}

void kube_call_cancel(struct kube_call *call)
{
    if (call == NULL || call->dead)
        return;
    struct kube_cluster *cluster = call->cluster;
    http_transfer_cancel(call->transfer);
    leave_lists(call);
    if (!list_empty(&cluster->waiting))
        loop_timer_start(cluster->wake, 0);
    call->dead = true;
    if (call->inside)
        loop_defer(cluster->loop, free_call, call); /* it is still on the stack */
    else
        free_call(call);
}

bool call_ended_by(struct kube_call *call, const struct http_response *response,
                   const struct error *err)
{
    if (err == NULL && response->status / 100 == 2)
        return false;
    struct error told = ERROR_INIT;
    struct kube_status status = {0};
    struct kube_reply reply = {
        .code = response->status, .object = value_absent(), .arena = call->arena, .err = &told};
    if (err != NULL) {
        told = *err;
        (void)error_wrap(&told, "%.*s", STR_ARG(call->subject));
    } else {
        status_read(response->status, response->body, call->secret, call->subject,
                    call->cluster->limits, call->arena, &status, &told);
        status.retry_after_ns = response->retry_after_ns;
        reply.status = &status;
    }
    call_end(call, &reply);
    return true;
}

bool call_read_object(struct kube_call *call, const struct http_response *response,
                      struct arena *arena, value *ret_object)
{
    struct error err = ERROR_INIT, why = ERROR_INIT;
    value object;
    if (json_read(response->body, call->cluster->limits, arena, &object, &why) &&
        value_is(object, VALUE_OBJECT)) {
        *ret_object = object;
        return true;
    }
    (void)error_rule(&err, why.class == ERROR_LIMIT ? ERROR_LIMIT : ERROR_UNAVAILABLE,
                     "E_API_SHAPE", "%.*s: the answer is not a JSON object",
                     STR_ARG(call->subject));
    call_fail(call, &err);
    return false;
}

void call_answer_object(struct kube_call *call, const struct http_response *response,
                        const struct error *err)
{
    if (call_ended_by(call, response, err))
        return;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct kube_reply reply = {.code = response->status, .text = response->body, .arena = arena};
    if (call_read_object(call, response, arena, &reply.object))
        call_end(call, &reply);
}
