#include "syncd/kube/reflector.h"

#include "fake.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct seen {
    struct buf text; /* B begin, +name upsert, -name remove, S42 synced, F42 fresh, ! desync */
    unsigned synced, lost, fresh, changed;
    struct error last;
    struct kube_reflector *reflector;
    bool destroy, relist;
};

static void on_begin(void *context)
{
    struct seen *seen = context;
    buf_add_byte(&seen->text, 'B');
}

static void note(struct seen *seen, char sign, value object)
{
    buf_printf(&seen->text, "%c%.*s", sign,
               STR_ARG(value_str(value_get2(object, STR("metadata"), STR("name")))));
    seen->changed++;
    if (seen->destroy) {
        kube_reflector_destroy(seen->reflector);
        seen->reflector = NULL;
    }
    if (seen->relist) {
        seen->relist = false;
        kube_reflector_relist(seen->reflector);
    }
}

static void on_upsert(void *context, value object, str text, struct arena *arena)
{
    (void)arena;
    cr_assert_gt(text.len, 0);
    note(context, '+', object);
}

static void on_remove(void *context, value object, str text, struct arena *arena)
{
    (void)text;
    (void)arena;
    note(context, '-', object);
}

static void on_synced(void *context, str version)
{
    struct seen *seen = context;
    buf_printf(&seen->text, "S%.*s", STR_ARG(version));
    seen->synced++;
}

static void on_fresh(void *context, str version)
{
    struct seen *seen = context;
    (void)version;
    seen->fresh++;
}

static void on_desync(void *context, const struct error *err)
{
    struct seen *seen = context;
    buf_add_byte(&seen->text, '!');
    seen->last = *err;
    seen->lost++;
}

static const struct kube_receiver receiver = {
    .begin = on_begin,
    .upsert = on_upsert,
    .remove = on_remove,
    .synced = on_synced,
    .fresh = on_fresh,
    .desync = on_desync,
};

static const char one_thing[] =
    "{\"kind\":\"ThingList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"42\"},"
    "\"items\":[{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"7\"}}]}";

/* Lists have one thing; watches stay open and are in `open`. */
static void list_and_watch(struct fake *fake, struct http_exchange *exchange)
{
    if (!http_exchange_has_query(exchange, STR("watch"))) {
        fake_reply(exchange, 200, one_thing);
        return;
    }
    fake_hold(fake, exchange);
    http_reply_begin(exchange, 200, (struct http_fields){0});
}

static void begin(struct fake *fake, struct seen *seen,
                  void (*handle)(struct fake *fake, struct http_exchange *exchange))
{
    fake_begin(fake, handle);
    *seen = (struct seen){.text = BUF_INIT(1 << 20)};
    const struct kube_reflector_options options = {
        .path = {.version = STR("v1"), .plural = STR("things")},
        .select = {.labels = STR("x=y")},
        .silence_ns = NS_PER_S,
        .texts = true};
    seen->reflector = kube_reflector_create(fake->cluster, &options, &receiver, seen);
}

static void end(struct fake *fake, struct seen *seen)
{
    kube_reflector_destroy(seen->reflector);
    buf_finish(&seen->text);
    fake_end(fake);
}

#define EVENT(type, name, version)                                                                 \
    "{\"type\":\"" type "\",\"object\":{\"kind\":\"Thing\",\"metadata\":{\"name\":\"" name         \
    "\",\"resourceVersion\":\"" version "\"}}}\n"

static const char events[] = EVENT("ADDED", "b", "43") EVENT("MODIFIED", "a", "44") EVENT(
    "DELETED", "b", "45") "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Thing\",\"metadata\":"
                          "{\"resourceVersion\":\"50\"}}}\n";

/* H83, F29 */
Test(reflector, hears_the_same_however_the_stream_is_cut)
{
    for (size_t step = 1; step < sizeof(events); step += step < 20 ? 1 : 61) {
        struct fake fake;
        struct seen seen;
        begin(&fake, &seen, list_and_watch);
        fake_wait(&fake, &fake.open_count, 1);
        cr_assert(fake_logged(&fake,
                              "GET /api/v1/things?labelSelector=x%3Dy&watch=true&"
                              "allowWatchBookmarks=true&resourceVersion=42&timeoutSeconds=290"));
        const str all = str_z(events);
        for (size_t at = 0; at < all.len; at += step) {
            http_reply_chunk(fake.open[0], str_slice(all, at, step));
            loop_step(fake.loop, 0);
        }
        fake_wait(&fake, &seen.changed, 4);
        fake_settle(&fake, 5 * NS_PER_MS);
        cr_assert_str_eq(seen.text.ptr, "B+aS42+b+a-b");
        cr_assert_gt(seen.fresh, 0);
        /* A watch that ends goes on where it was, without a list. */
        http_reply_end(fake.open[0]);
        fake.open_count = 0;
        fake_wait(&fake, &fake.open_count, 1);
        cr_assert(fake_logged(&fake, "resourceVersion=50&"));
        cr_assert_eq(seen.lost, 0);
        end(&fake, &seen);
    }
}

/* What happens between the list and the watch is not lost: the watch goes on from the list. */
Test(reflector, watches_later_when_it_is_told_to_be_patient)
{
    struct fake fake;
    struct seen seen;
    fake_begin(&fake, list_and_watch);
    seen = (struct seen){.text = BUF_INIT(1 << 20)};
    const struct kube_reflector_options options = {
        .path = {.version = STR("v1"), .plural = STR("things")},
        .silence_ns = NS_PER_S,
        .patience_ns = 3600 * NS_PER_S,
        .texts = true};
    seen.reflector = kube_reflector_create(fake.cluster, &options, &receiver, &seen);
    fake_wait(&fake, &seen.synced, 1);
    fake_settle(&fake, 20 * NS_PER_MS);
    cr_expect_eq(fake.open_count, 0);
    kube_reflector_hurry(seen.reflector);
    fake_wait(&fake, &fake.open_count, 1);
    cr_expect(fake_logged(&fake, "watch=true&allowWatchBookmarks=true&resourceVersion=42&"));
    /* Once only: after the next list it goes on at once. */
    fake.open_count = 0;
    kube_reflector_relist(seen.reflector);
    fake_wait(&fake, &fake.open_count, 1);
    end(&fake, &seen);
}

Test(reflector, is_patient_for_so_long_only)
{
    struct fake fake;
    struct seen seen;
    fake_begin(&fake, list_and_watch);
    seen = (struct seen){.text = BUF_INIT(1 << 20)};
    const struct kube_reflector_options options = {
        .path = {.version = STR("v1"), .plural = STR("things")},
        .silence_ns = NS_PER_S,
        .patience_ns = 30 * NS_PER_MS,
        .texts = true};
    seen.reflector = kube_reflector_create(fake.cluster, &options, &receiver, &seen);
    fake_wait(&fake, &fake.open_count, 1);
    cr_expect_str_eq(seen.text.ptr, "B+aS42");
    end(&fake, &seen);
}

static void expect_relist(const char *stream, const char *rule)
{
    struct fake fake;
    struct seen seen;
    begin(&fake, &seen, list_and_watch);
    fake_wait(&fake, &fake.open_count, 1);
    http_reply_chunk(fake.open[0], str_z(stream));
    fake_wait(&fake, &seen.synced, 2);
    cr_assert_str_eq(seen.last.rule, rule, "%s: %s", stream, seen.last.text);
    cr_assert_eq(seen.lost, 1);
    cr_assert_str_eq(seen.text.ptr, "B+aS42!B+aS42");
    end(&fake, &seen);
}

/* F25, H83 */
Test(reflector, lists_anew_after_what_it_cannot_follow)
{
    expect_relist("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":"
                  "\"Expired\"}}\n",
                  "E_API_GONE");
    expect_relist("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":500}}\n",
                  "E_API_UNAVAILABLE");
    expect_relist("{\"type\":\"FOO\",\"object\":{}}\n", "E_API_SHAPE");
    expect_relist("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{}}}\n", "E_API_SHAPE");
    expect_relist("{\"type\":\"ADDED\"}\n", "E_API_SHAPE");
    expect_relist(
        "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"41\"}}}\n",
        "E_API_SHAPE");
    expect_relist("{\"type\":\"ADDED\",\"type\":\"ADDED\"}\n", "E_API_SHAPE");
    expect_relist("<html>", "E_API_SHAPE");
}

Test(reflector, goes_on_after_a_lost_connection_and_says_when)
{
    struct fake fake;
    struct seen seen;
    begin(&fake, &seen, list_and_watch);
    fake_wait(&fake, &fake.open_count, 1);
    fake_settle(&fake, 20 * NS_PER_MS); /* before the first byte, libcurl would simply ask again */
    http_reply_abort(fake.open[0]);
    fake.open_count = 0;
    fake_wait(&fake, &seen.lost, 1);
    cr_assert_eq(seen.last.class, ERROR_UNAVAILABLE);
    fake_wait(&fake, &seen.fresh, 1);
    cr_assert_eq(seen.synced, 1, "no new list");
    end(&fake, &seen);
}

/* F30 */
Test(reflector, gives_up_a_silent_watch)
{
    struct fake fake;
    struct seen seen;
    begin(&fake, &seen, list_and_watch);
    fake_wait(&fake, &fake.open_count, 1);
    fake_wait(&fake, &seen.lost, 1);
    cr_assert_str_eq(seen.last.rule, "E_SILENT");
    fake_wait(&fake, &seen.synced, 2); /* a server that went back in time stays silent */
    end(&fake, &seen);
}

static void forbid(struct fake *fake, struct http_exchange *exchange)
{
    if (fake->requests == 1)
        fake_reply(exchange, 403, "{\"kind\":\"Status\",\"reason\":\"Forbidden\"}");
    else if (fake->requests == 2)
        fake_reply(exchange, 404, "404 page not found");
    else
        list_and_watch(fake, exchange);
}

/* F22, F23: unknown, never absent. */
/* The first list is of version 42, the next ones of 41, then of 43; watches end at once. */
static void go_back(struct fake *fake, struct http_exchange *exchange)
{
    if (http_exchange_has_query(exchange, STR("watch"))) {
        fake_reply(exchange, 410, "{\"kind\":\"Status\",\"code\":410}");
        return;
    }
    static const char *const versions[] = {"42", "41", "43"};
    unsigned *lists = fake->context;
    char text[256];
    (void)snprintf(text, sizeof(text),
                   "{\"kind\":\"ThingList\",\"apiVersion\":\"v1\",\"metadata\":{"
                   "\"resourceVersion\":\"%s\"},\"items\":[]}",
                   versions[*lists < 2 ? *lists : 2]);
    (*lists)++;
    fake_reply(exchange, 200, text);
}

/* F32 */
Test(reflector, does_not_take_an_older_list_for_the_truth)
{
    struct fake fake;
    struct seen seen;
    unsigned lists = 0;
    begin(&fake, &seen, go_back);
    fake.context = &lists;
    fake_wait(&fake, &seen.lost, 2); /* the watch, and the list after it */
    cr_expect_str_eq(seen.last.rule, "E_RV_REGRESS");
    cr_expect_eq(seen.synced, 1);
    fake_wait(&fake, &seen.synced, 2);
    cr_expect_neq(str_find(buf_str(&seen.text), STR("BS42!B!BS43")), SIZE_MAX, "%s",
                  buf_str(&seen.text).ptr);
    end(&fake, &seen);
}

Test(reflector, tells_refusals_apart_and_tries_again)
{
    struct fake fake;
    struct seen seen;
    begin(&fake, &seen, forbid);
    fake_wait(&fake, &seen.lost, 1);
    cr_assert_eq(seen.last.class, ERROR_DENIED);
    fake_wait(&fake, &seen.lost, 2);
    cr_assert_eq(seen.last.class, ERROR_NOT_FOUND);
    fake_wait(&fake, &seen.synced, 1);
    cr_assert_str_eq(seen.text.ptr, "B!B!B+aS42");
    end(&fake, &seen);
}

Test(reflector, may_be_destroyed_or_sent_back_by_its_receiver)
{
    struct fake fake;
    struct seen seen;
    begin(&fake, &seen, list_and_watch);
    seen.destroy = true;
    fake_wait(&fake, &seen.changed, 1);
    fake_settle(&fake, 20 * NS_PER_MS);
    cr_assert_null(seen.reflector);
    cr_assert_str_eq(seen.text.ptr, "B+a");
    end(&fake, &seen);

    begin(&fake, &seen, list_and_watch);
    fake_wait(&fake, &fake.open_count, 1);
    seen.destroy = true;
    http_reply_chunk(fake.open[0], str_z(events));
    fake_wait(&fake, &seen.changed, 2);
    fake_settle(&fake, 20 * NS_PER_MS);
    cr_assert_str_eq(seen.text.ptr, "B+aS42+b");
    cr_assert_eq(fake.open_count, 0);
    end(&fake, &seen);

    begin(&fake, &seen, list_and_watch);
    fake_wait(&fake, &fake.open_count, 1);
    seen.relist = true;
    http_reply_chunk(fake.open[0], STR(EVENT("ADDED", "b", "42")));
    fake_wait(&fake, &seen.synced, 2);
    cr_assert_str_eq(seen.text.ptr, "B+aS42+bB+aS42");
    end(&fake, &seen);
}
