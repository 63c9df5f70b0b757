#include "syncd/apiserver/watch.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/table.h"
#include "syncd/apiserver/verbs.h"
#include "syncd/value/json.h"

#include <stdlib.h>

#define EVENT_MAX ((size_t)64 << 20)

struct api_watch {
    struct list in_shelf;
    struct api_shelf *shelf; /* NULL: the resource is gone */
    struct api_call call;    /* its arena and request live as long as the watch */
    struct api_filter filter;
    struct api_watch_sink sink;
    uint64_t sent; /* events up to here are through */
    int64_t timeout_s;
    size_t initial; /* how many of the records there at the start are through */
    bool with_initial, tell_initial_end, bookmarks, started, columns_sent, ended;
    /* The objects at the start, one reference each would cost; keys are looked up again instead. */
    str next_namespace, next_name;
    struct buf next_key;
};

static bool query_flag(const struct api_call *call, const char *name)
{
    str text = api_query(call, name);
    return api_has_query(call, name) && !str_equal(text, STR("false")) &&
           !str_equal(text, STR("0"));
}

static bool check_initial(struct api_call *call, bool *ret_initial, bool *ret_tell)
{
    bool given = api_has_query(call, "sendInitialEvents");
    bool wanted = query_flag(call, "sendInitialEvents");
    str match = api_query(call, "resourceVersionMatch");
    if (!given && match.len != 0)
        return api_fail_options(call, "ListOptions", "resourceVersionMatch", "FieldValueForbidden",
                                "Forbidden: resourceVersionMatch is forbidden for watch unless "
                                "sendInitialEvents is provided");
    if (given && !str_equal(match, STR("NotOlderThan")))
        return api_fail_options(call, "ListOptions", "resourceVersionMatch", "FieldValueForbidden",
                                "Forbidden: sendInitialEvents requires setting "
                                "resourceVersionMatch to NotOlderThan");
    *ret_tell = wanted;
    *ret_initial = wanted;
    return true;
}

bool api_watch_begin(struct api_call *call)
{
    struct api_filter filter;
    uint64_t from = 0;
    bool initial = false, tell = false;
    int64_t timeout_s = 0;
    str version = api_query(call, "resourceVersion"), timeout = api_query(call, "timeoutSeconds");
    if (!api_filter_read(call, &filter) || !check_initial(call, &initial, &tell))
        return false;
    if (version.len != 0 && !str_to_u64(version, &from))
        return api_fail_options(call, "ListOptions", "resourceVersion", "FieldValueInvalid",
                                "Invalid value: \"%.*s\": strconv.ParseUint: parsing \"%.*s\": "
                                "invalid syntax",
                                STR_ARG(version), STR_ARG(version));
    if (timeout.len != 0 && !str_to_i64(timeout, &timeout_s))
        return api_fail_bad_request(call, "strconv.ParseInt: parsing \"%.*s\": invalid syntax",
                                    STR_ARG(timeout));
    if (call->name.len != 0) {
        struct api_field_term term = {.path = STR("metadata.name"), .text = call->name};
        VEC_PUSH(call->arena, &filter.terms, term);
    }
    if (!api_has_query(call, "sendInitialEvents"))
        initial = from == 0;
    struct api_watch *watch = calloc(1, sizeof *watch);
    CHECK(watch != NULL);
    watch->shelf = &call->resource->shelf;
    watch->call = *call;
    watch->filter = filter;
    watch->sent = from == 0 || initial ? call->cluster->version : from;
    watch->timeout_s = timeout_s;
    watch->with_initial = initial;
    watch->tell_initial_end = tell;
    watch->bookmarks = query_flag(call, "allowWatchBookmarks");
    buf_init(&watch->next_key, 1024);
    list_append(&watch->shelf->watchers, &watch->in_shelf);
    call->reply->status = 200;
    call->reply->content_type = STR("application/json");
    call->reply->watch = watch;
    return true;
}

static void print_object(struct api_watch *watch, value object, struct buf *out,
                         struct arena *scratch)
{
    struct api_call *call = &watch->call;
    switch (call->form) {
    case API_FORM_TABLE: {
        value version = value_get2(object, STR("metadata"), STR("resourceVersion"));
        value metadata = value_with(api_empty_object(), STR("resourceVersion"), version, scratch);
        api_table_begin(call, metadata, !watch->columns_sent, out);
        api_table_row(call, object, true, out, scratch);
        buf_add(out, STR("]}"));
        watch->columns_sent = true;
        return;
    }
    case API_FORM_METADATA:
        json_write(api_partial_metadata(call, object, true, scratch), JSON_COMPACT, out);
        return;
    case API_FORM_OBJECT: json_write(object, JSON_COMPACT, out);
    }
}

/* The object of an event; `version` replaces its own when it is not 0. */
static void print_revision(struct api_watch *watch, const struct api_revision *revision,
                           uint64_t version, struct buf *out)
{
    struct api_call *call = &watch->call;
    const struct api_definition *definition = call->resource->definition;
    if (call->form == API_FORM_OBJECT && definition->version_count == 1 && version == 0) {
        api_revision_print(revision, call->version->api_version, definition->kind, out);
        return;
    }
    struct arena *scratch = call->world->scratch, *arena = call->arena;
    struct arena_mark mark = arena_mark(scratch);
    call->arena = scratch;
    value object = api_call_object(call, revision);
    if (version != 0)
        object = api_edit_metadata(object, "resourceVersion",
                                   value_string(api_version_text(version, scratch)), scratch);
    print_object(watch, object, out, scratch);
    call->arena = arena;
    arena_rewind(scratch, mark);
}

static void send_revision(struct api_watch *watch, const char *type,
                          const struct api_revision *revision, uint64_t version)
{
    AUTO_BUF struct buf out = BUF_INIT(EVENT_MAX);
    buf_printf(&out, "{\"type\":\"%s\",\"object\":", type);
    print_revision(watch, revision, version, &out);
    buf_add(&out, STR("}\n"));
    watch->sink.send(watch->sink.context, buf_str(&out));
}

static void send_bookmark(struct api_watch *watch, bool initial_end)
{
    struct api_call *call = &watch->call;
    struct arena *scratch = call->world->scratch;
    struct arena_mark mark = arena_mark(scratch);
    value object = api_empty_object();
    object =
        value_with(object, STR("kind"), value_string(call->resource->definition->kind), scratch);
    object =
        value_with(object, STR("apiVersion"), value_string(call->version->api_version), scratch);
    object = api_edit_metadata(object, "resourceVersion",
                               value_string(api_version_text(watch->sent, scratch)), scratch);
    if (initial_end)
        object = api_edit_metadata(object, "annotations",
                                   value_with(api_empty_object(), STR("k8s.io/initial-events-end"),
                                              api_text("true"), scratch),
                                   scratch);
    AUTO_BUF struct buf out = BUF_INIT(EVENT_MAX);
    buf_add(&out, STR("{\"type\":\"BOOKMARK\",\"object\":"));
    if (call->form == API_FORM_METADATA)
        json_write(api_partial_metadata(call, object, true, scratch), JSON_COMPACT, &out);
    else if (call->form == API_FORM_TABLE)
        print_object(watch, object, &out, scratch);
    else
        json_write(object, JSON_COMPACT, &out);
    buf_add(&out, STR("}\n"));
    arena_rewind(scratch, mark);
    watch->sink.send(watch->sink.context, buf_str(&out));
}

static void send_expired(struct api_watch *watch)
{
    struct arena *scratch = watch->call.world->scratch;
    struct arena_mark mark = arena_mark(scratch);
    struct api_problem problem = {.code = 410,
                                  .reason = "Expired",
                                  .no_details = true,
                                  .message =
                                      arena_printf(scratch, "too old resource version: %llu (%llu)",
                                                   (unsigned long long)watch->sent,
                                                   (unsigned long long)watch->shelf->forgotten)};
    AUTO_BUF struct buf out = BUF_INIT(EVENT_MAX);
    buf_add(&out, STR("{\"type\":\"ERROR\",\"object\":"));
    json_write(api_problem_status(&problem, scratch), JSON_COMPACT, &out);
    buf_add(&out, STR("}\n"));
    arena_rewind(scratch, mark);
    watch->sink.send(watch->sink.context, buf_str(&out));
    watch->ended = true;
    watch->sink.end(watch->sink.context);
}

/* Objects that were there at the start; those changed since are sent as they are now, and their
   events are skipped by version. False while some are left. */
static bool send_initial(struct api_watch *watch)
{
    struct api_shelf *shelf = watch->shelf;
    size_t at = api_shelf_lower(shelf, watch->next_namespace, watch->next_name);
    for (; at < shelf->len; at++) {
        const struct api_revision *revision = shelf->records[at]->current;
        if (!watch->sink.has_room(watch->sink.context)) {
            str namespace = api_revision_namespace(revision), name = api_revision_name(revision);
            buf_clear(&watch->next_key);
            buf_add(&watch->next_key, namespace);
            buf_add(&watch->next_key, name);
            watch->next_namespace = str_from(watch->next_key.ptr, namespace.len);
            watch->next_name = str_from(watch->next_key.ptr + namespace.len, name.len);
            return false;
        }
        if (revision->version <= watch->sent &&
            api_filter_matches(&watch->filter, revision, watch->call.world->scratch))
            send_revision(watch, "ADDED", revision, 0);
    }
    return true;
}

static void send_event(struct api_watch *watch, const struct api_event *event)
{
    struct arena *scratch = watch->call.world->scratch;
    bool before =
        event->before != NULL && api_filter_matches(&watch->filter, event->before, scratch);
    bool now =
        event->type != API_DELETED && api_filter_matches(&watch->filter, event->now, scratch);
    if (event->type == API_DELETED) {
        if (before)
            send_revision(watch, "DELETED", event->now, 0);
    } else if (now) {
        send_revision(watch, before ? "MODIFIED" : "ADDED", event->now, 0);
    } else if (before) { /* it does not match any more: gone, as far as this client goes */
        send_revision(watch, "DELETED", event->before, event->now->version);
    }
}

/* The first event that was not sent; walks back from the newest, of which there are few. */
static struct list *first_unsent(struct api_watch *watch)
{
    struct list *node = &watch->shelf->events;
    while (node->prev != &watch->shelf->events &&
           LIST_ITEM(node->prev, struct api_event, in_shelf)->now->version > watch->sent)
        node = node->prev;
    return node;
}

void api_watch_pump(struct api_watch *watch)
{
    if (watch->shelf == NULL || !watch->started || watch->ended)
        return;
    if (watch->with_initial) {
        if (!send_initial(watch))
            return;
        watch->with_initial = false;
        if (watch->tell_initial_end && watch->bookmarks)
            send_bookmark(watch, true);
    }
    if (watch->shelf->forgotten > watch->sent) {
        send_expired(watch);
        return;
    }
    for (struct list *node = first_unsent(watch); node != &watch->shelf->events;
         node = node->next) {
        const struct api_event *event = LIST_ITEM(node, struct api_event, in_shelf);
        if (!watch->sink.has_room(watch->sink.context))
            return;
        send_event(watch, event);
        watch->sent = event->now->version;
    }
}

void api_watch_start(struct api_watch *watch, const struct api_watch_sink *sink)
{
    watch->sink = *sink;
    watch->started = true;
    api_watch_pump(watch);
}

void api_watch_stop(struct api_watch *watch)
{
    if (watch == NULL)
        return;
    if (watch->shelf != NULL)
        list_remove(&watch->in_shelf);
    buf_finish(&watch->next_key);
    free(watch);
}

int64_t api_watch_timeout_s(const struct api_watch *watch)
{
    return watch->timeout_s;
}

void api_watch_bookmark(struct api_watch *watch)
{
    if (!watch->bookmarks || watch->shelf == NULL || !watch->started || watch->with_initial ||
        watch->ended || !watch->sink.has_room(watch->sink.context))
        return;
    api_watch_pump(watch);
    if (watch->ended || watch->shelf == NULL)
        return;
    if (first_unsent(watch) == &watch->shelf->events)
        watch->sent = watch->call.cluster->version; /* nothing of ours up to there */
    send_bookmark(watch, false);
}

void api_watchers_wake(struct api_shelf *shelf)
{
    LIST_FOR (node, &shelf->watchers)
        api_watch_pump(LIST_ITEM(node, struct api_watch, in_shelf));
}

void api_watchers_end(struct api_shelf *shelf)
{
    LIST_FOR (node, &shelf->watchers) {
        struct api_watch *watch = LIST_ITEM(node, struct api_watch, in_shelf);
        list_remove(&watch->in_shelf);
        watch->shelf = NULL;
        if (watch->started && !watch->ended) {
            watch->ended = true;
            watch->sink.end(watch->sink.context);
        }
    }
}
