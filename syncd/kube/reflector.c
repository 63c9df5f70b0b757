#include "syncd/kube/reflector.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/kube/kube_internal.h"

#include <stdlib.h>

#define WATCH_FOR_DEFAULT (290 * NS_PER_S)
#define SILENCE_DEFAULT   (100 * NS_PER_S)
#define BACKOFF_FIRST     (NS_PER_S / 2)
#define BACKOFF_MAX       (30 * NS_PER_S)
#define SETTLED           (10 * NS_PER_S) /* a watch this old was a success */
#define OBJECT_FACTOR     4
#define PATH_MAX_BYTES    (64u << 10)
#define WATCH_ACCEPT      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"

struct kube_reflector {
    struct kube_cluster *cluster;
    struct arena *arena; /* of the options */
    struct kube_reflector_options options;
    struct kube_receiver receiver;
    void *context;
    struct kube_call *call;   /* list or watch */
    struct loop_timer *pause; /* before the next of them */
    struct text_reader reader;
    struct arena *scratch; /* of one event */
    uint64_t newest;       /* version ever heard: the cluster cannot be older */
    char version[32];      /* where the watch goes on; empty = list */
    int64_t list_again_ns; /* a watch that ends after that begins with a list */
    unsigned failures;     /* in a row */
    int64_t watch_begun_ns;
    bool lost;    /* desync was told */
    bool relist;  /* the watch cannot go on */
    bool heard;   /* an event or bookmark came with these bytes */
    bool inside;  /* a callback of the receiver may be on the stack */
    bool patient; /* listed, and the first watch has not begun */
    bool dead;
    struct error problem; /* why the stream was given up by us */
    int64_t retry_after_ns;
};

static void start_list(struct kube_reflector *reflector);
static void start_watch(struct kube_reflector *reflector);

static void go_on(void *context)
{
    struct kube_reflector *reflector = context;
    if (reflector->patient) {
        reflector->patient = false;
        reflector->options.patience_ns = 0; /* once */
    }
    if (reflector->version[0] == '\0')
        start_list(reflector);
    else
        start_watch(reflector);
}

/* Half a second, doubling to half a minute, a quarter more or less. */
static int64_t backoff(const struct kube_reflector *reflector)
{
    const unsigned doublings = reflector->failures < 6 ? reflector->failures : 6;
    int64_t delay = BACKOFF_FIRST << doublings;
    if (delay > BACKOFF_MAX)
        delay = BACKOFF_MAX;
    uint8_t random;
    crypto_random(&random, sizeof(random));
    delay += delay / 512 * ((int64_t)random - 128);
    return delay > reflector->retry_after_ns ? delay : reflector->retry_after_ns;
}

static void tell_lost(struct kube_reflector *reflector, const struct error *err)
{
    reflector->lost = true;
    reflector->inside = true;
    reflector->receiver.desync(reflector->context, err);
    reflector->inside = false;
}

static void free_reflector(void *context)
{
    struct kube_reflector *reflector = context;
    loop_timer_destroy(reflector->pause);
    text_reader_finish(&reflector->reader);
    arena_destroy(reflector->scratch);
    arena_destroy(reflector->arena);
    free(reflector);
}

/* Tells, and tries again later. The reflector may be destroyed by the one who is told. */
static void fail(struct kube_reflector *reflector, const struct error *err)
{
    tell_lost(reflector, err);
    if (reflector->dead)
        return;
    loop_timer_start(reflector->pause, backoff(reflector));
    reflector->failures++;
    reflector->retry_after_ns = 0;
}

static void set_version(struct kube_reflector *reflector, str version)
{
    CHECK(version.len < sizeof(reflector->version));
    memcpy(reflector->version, version.ptr, version.len);
    reflector->version[version.len] = '\0';
    uint64_t number;
    if (str_to_u64(version, &number) && number > reflector->newest)
        reflector->newest = number;
}

/* ---- list ---- */

static void listed_item(void *context, value object, str text, struct arena *arena)
{
    struct kube_reflector *reflector = context;
    reflector->inside = true;
    reflector->receiver.upsert(reflector->context, object, text, arena);
    reflector->inside = false;
}

/*
 * F32: a list older than what was seen. A replica that lags catches up; a cluster that was restored
 * from a backup does not, and what is missing from its lists must not be taken for deleted.
 */
static bool went_back(struct kube_reflector *reflector, str version)
{
    uint64_t number;
    if (!str_to_u64(version, &number) || number >= reflector->newest)
        return false;
    struct error err = ERROR_INIT;
    (void)error_rule(&err, ERROR_UNAVAILABLE, "E_RV_REGRESS",
                     "the list of %.*s is of version %llu, but %llu was seen before",
                     STR_ARG(reflector->options.path.plural), (unsigned long long)number,
                     (unsigned long long)reflector->newest);
    fail(reflector, &err);
    return true;
}

/* Up to an eighth later, so that not all kinds of all clusters are listed together. */
static void set_resync(struct kube_reflector *reflector)
{
    const int64_t resync_ns = reflector->options.resync_ns;
    uint8_t random;
    crypto_random(&random, sizeof(random));
    reflector->list_again_ns =
        resync_ns != 0 ? clock_monotonic_ns() + resync_ns + resync_ns / 2048 * random : INT64_MAX;
}

static void listed(void *context, const struct kube_reply *reply)
{
    struct kube_reflector *reflector = context;
    reflector->call = NULL;
    if (reply->err != NULL) {
        if (reply->status != NULL)
            reflector->retry_after_ns = reply->status->retry_after_ns;
        fail(reflector, reply->err);
        return;
    }
    const str version = value_str(value_get(reply->object, STR("resourceVersion")));
    if (went_back(reflector, version))
        return;
    set_version(reflector, version);
    reflector->lost = reflector->relist = false;
    reflector->inside = true;
    set_resync(reflector);
    reflector->receiver.synced(reflector->context, str_z(reflector->version));
    reflector->inside = false;
    if (reflector->dead || reflector->version[0] == '\0')
        return;
    if (reflector->options.patience_ns == 0) {
        start_watch(reflector);
        return;
    }
    loop_timer_start(reflector->pause, reflector->options.patience_ns);
    reflector->patient = true;
}

static void start_list(struct kube_reflector *reflector)
{
    reflector->version[0] = '\0';
    reflector->inside = true;
    reflector->receiver.begin(reflector->context);
    reflector->inside = false;
    if (!reflector->dead)
        reflector->call = kube_list(reflector->cluster, &reflector->options.path,
                                    &reflector->options.select, listed_item, listed, reflector);
}

/* ---- watch ---- */

enum event_kind { EVENT_UPSERT, EVENT_REMOVE, EVENT_BOOKMARK, EVENT_ERROR };

static const struct {
    const char *type;
    enum event_kind kind;
} event_kinds[] = {
    {"ADDED", EVENT_UPSERT},      {"MODIFIED", EVENT_UPSERT}, {"DELETED", EVENT_REMOVE},
    {"BOOKMARK", EVENT_BOOKMARK}, {"ERROR", EVENT_ERROR},
};

static bool event_kind_of(str type, enum event_kind *ret_kind)
{
    for (size_t i = 0; i < ARRAY_LEN(event_kinds); i++) {
        if (str_equal(type, str_z(event_kinds[i].type))) {
            *ret_kind = event_kinds[i].kind;
            return true;
        }
    }
    return false;
}

/* The watch cannot be believed from here on: list anew. */
static bool give_up_watch(struct kube_reflector *reflector, const char *why)
{
    reflector->relist = true;
    (void)error_rule(&reflector->problem, ERROR_UNAVAILABLE, "E_API_SHAPE", "%.*s: %s",
                     STR_ARG(reflector->call->subject), why);
    return false;
}

static bool take_error(struct kube_reflector *reflector, value status)
{
    int64_t code = 0;
    if (!value_to_i64(value_get(status, STR("code")), &code) || code < 400 || code > 599)
        code = 500;
    struct kube_status read;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const str text = json_text(status, JSON_COMPACT, scratch);
    status_read((int)code, text, reflector->call->secret, reflector->call->subject,
                reflector->cluster->limits, scratch, &read, &reflector->problem);
    reflector->relist = true;
    return false;
}

/* The object's own text, for receivers that keep bytes. */
static str object_text(value object, struct arena *arena)
{
    return json_text(object, JSON_COMPACT, arena);
}

static bool deliver(struct kube_reflector *reflector, enum event_kind kind, value object)
{
    const str version = value_str(value_get2(object, STR("metadata"), STR("resourceVersion")));
    uint64_t number;
    if (version.len >= sizeof(reflector->version) || !str_to_u64(version, &number))
        return give_up_watch(reflector, "an event without a resourceVersion");
    if (number < reflector->newest)
        return give_up_watch(reflector, "an event older than what was seen");
    set_version(reflector, version);
    reflector->heard = true;
    if (kind == EVENT_BOOKMARK)
        return true;
    const str text = reflector->options.texts ? object_text(object, reflector->scratch) : (str){0};
    reflector->inside = true;
    if (kind == EVENT_UPSERT)
        reflector->receiver.upsert(reflector->context, object, text, reflector->scratch);
    else
        reflector->receiver.remove(reflector->context, object, text, reflector->scratch);
    reflector->inside = false;
    return !reflector->dead && reflector->call != NULL; /* it may have been told to list anew */
}

static bool take_event(void *context, str text)
{
    struct kube_reflector *reflector = context;
    const struct arena_mark mark = arena_mark(reflector->scratch);
    struct error ignored = ERROR_INIT;
    enum event_kind kind;
    value event;
    bool more;
    if (!json_read(text, reflector->cluster->limits, reflector->scratch, &event, &ignored) ||
        !event_kind_of(value_str(value_get(event, STR("type"))), &kind))
        more = give_up_watch(reflector, "an event that cannot be read");
    else if (kind == EVENT_ERROR)
        more = take_error(reflector, value_get(event, STR("object")));
    else
        more = deliver(reflector, kind, value_get(event, STR("object")));
    if (!reflector->dead)
        arena_rewind(reflector->scratch, mark);
    return more && !reflector->relist;
}

static void tell_fresh(struct kube_reflector *reflector)
{
    reflector->lost = false;
    reflector->inside = true;
    reflector->receiver.fresh(reflector->context, str_z(reflector->version));
    reflector->inside = false;
}

static bool watch_bytes(struct kube_call *call, str bytes)
{
    struct kube_reflector *reflector = call->operation;
    reflector->heard = false;
    const bool more =
        text_reader_feed(&reflector->reader, bytes, take_event, reflector, &reflector->problem);
    if (reflector->dead || reflector->call != call)
        return false;
    if (reflector->problem.class != ERROR_NONE)
        reflector->relist = true;
    if (reflector->heard && more)
        tell_fresh(reflector);
    return more;
}

static void watch_begun(struct kube_call *call, int status)
{
    struct kube_reflector *reflector = call->operation;
    reflector->watch_begun_ns = clock_monotonic_ns();
    if (status == 200 && reflector->lost)
        tell_fresh(reflector);
}

/* Decides from how the watch ended. */
static void watch_answered(struct kube_call *call, const struct http_response *response,
                           const struct error *err)
{
    struct kube_reflector *reflector = call->operation;
    const bool settled = reflector->watch_begun_ns != 0 &&
                         clock_monotonic_ns() - reflector->watch_begun_ns > SETTLED;
    reflector->call = NULL;
    if (settled)
        reflector->failures = 0;
    const bool refused = err == NULL && response->status / 100 != 2;
    /* A watch from a version that a restored cluster has not reached again is silent for ever. */
    const bool silent = err != NULL && str_equal(str_z(err->rule), STR("E_SILENT"));
    if (reflector->relist || refused || silent)
        reflector->version[0] = '\0';
    reflector->retry_after_ns = response->retry_after_ns;
    struct error told = reflector->problem;
    if (told.class == ERROR_NONE && err != NULL) {
        told = *err;
        (void)error_wrap(&told, "%.*s", STR_ARG(call->subject));
    } else if (told.class == ERROR_NONE && refused) {
        struct kube_status status;
        status_read(response->status, response->body, call->secret, call->subject,
                    reflector->cluster->limits, call->arena, &status, &told);
    }
    call->done = NULL;
    call_fail(call, &told); /* frees it */
    if (told.class != ERROR_NONE)
        fail(reflector, &told);
    else if (clock_monotonic_ns() >= reflector->list_again_ns)
        start_list(reflector);
    else if (settled)
        start_watch(reflector);
    else
        loop_timer_start(reflector->pause, backoff(reflector));
}

static void write_watch_url(const struct kube_reflector *reflector, struct buf *url)
{
    const struct kube_reflector_options *options = &reflector->options;
    kube_path_write(&options->path, url);
    buf_add_byte(url, '?');
    select_write(&options->select, url);
    buf_printf(url, "watch=true&allowWatchBookmarks=true&resourceVersion=%s&timeoutSeconds=%lld",
               reflector->version, (long long)(options->watch_for_ns / NS_PER_S));
}

static void start_watch(struct kube_reflector *reflector)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const str target = kube_path_text(&reflector->options.path, scratch);
    struct kube_call *call = call_new(
        reflector->cluster, arena_concat(scratch, STR("watch "), target, STR("")), NULL, NULL);
    AUTO_BUF struct buf url = BUF_INIT(PATH_MAX_BYTES);
    write_watch_url(reflector, &url);
    CHECK(!buf_failed(&url));
    call->path = buf_copy(&url, call->arena);
    call->accept = reflector->options.select.metadata_only ? STR(WATCH_ACCEPT) : STR("");
    call->secret = str_equal(reflector->options.path.plural, STR("secrets"));
    call->is_watch = true;
    call->silence_ns = reflector->options.silence_ns;
    call->operation = reflector;
    call->bytes = watch_bytes;
    call->begun = watch_begun;
    call->answered = watch_answered;
    reflector->call = call;
    reflector->watch_begun_ns = 0;
    reflector->relist = false;
    error_clear(&reflector->problem);
    text_reader_finish(&reflector->reader);
    text_reader_init(&reflector->reader, OBJECT_FACTOR * reflector->cluster->limits->object_bytes);
    call_send(call);
}

/* ---- from outside ---- */

static void copy_options(struct kube_reflector *reflector,
                         const struct kube_reflector_options *options)
{
    struct arena *arena = reflector->arena;
    struct kube_reflector_options *copy = &reflector->options;
    *copy = *options;
    copy->path = (struct kube_path){
        .group = arena_str(arena, options->path.group),
        .version = arena_str(arena, options->path.version),
        .plural = arena_str(arena, options->path.plural),
        .namespace = arena_str(arena, options->path.namespace),
    };
    copy->select.labels = arena_str(arena, options->select.labels);
    copy->select.fields = arena_str(arena, options->select.fields);
    if (copy->watch_for_ns == 0)
        copy->watch_for_ns = WATCH_FOR_DEFAULT;
    if (copy->resync_ns != 0 && copy->resync_ns < copy->watch_for_ns)
        copy->watch_for_ns = copy->resync_ns < NS_PER_S ? NS_PER_S : copy->resync_ns;
    if (copy->silence_ns == 0)
        copy->silence_ns = SILENCE_DEFAULT;
    if (copy->silence_ns < NS_PER_S)
        copy->silence_ns = NS_PER_S;
}

struct kube_reflector *kube_reflector_create(struct kube_cluster *cluster,
                                             const struct kube_reflector_options *options,
                                             const struct kube_receiver *receiver, void *context)
{
    struct kube_reflector *reflector = calloc(1, sizeof(*reflector));
    CHECK(reflector != NULL);
    reflector->cluster = cluster;
    reflector->arena = arena_create(ARENA_NO_BUDGET);
    reflector->scratch = arena_create(ARENA_NO_BUDGET);
    reflector->receiver = *receiver;
    reflector->context = context;
    copy_options(reflector, options);
    reflector->pause = loop_timer_create(cluster->loop, go_on, reflector);
    loop_timer_start(reflector->pause, 0);
    return reflector;
}

void kube_reflector_destroy(struct kube_reflector *reflector)
{
    if (reflector == NULL || reflector->dead)
        return;
    reflector->dead = true;
    loop_timer_stop(reflector->pause);
    kube_call_cancel(reflector->call);
    reflector->call = NULL;
    if (reflector->inside)
        loop_defer(reflector->cluster->loop, free_reflector, reflector); /* it is on the stack */
    else
        free_reflector(reflector);
}

void kube_reflector_hurry(struct kube_reflector *reflector)
{
    reflector->options.patience_ns = 0;
    if (reflector->patient)
        loop_timer_start(reflector->pause, 0);
}

void kube_reflector_relist(struct kube_reflector *reflector)
{
    kube_call_cancel(reflector->call);
    reflector->call = NULL;
    reflector->version[0] = '\0';
    loop_timer_start(reflector->pause, 0);
}
