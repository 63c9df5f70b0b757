#include "syncd/kube/cluster.h"

#include "fake.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct kube_path machine = {
    .group = STR_INIT("cluster.example"),
    .version = STR_INIT("v1"),
    .plural = STR_INIT("machines"),
    .namespace = STR_INIT("team"),
    .name = STR_INIT("m:0"),
};

static void echo(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    fake_reply(exchange, 200, "{\"kind\":\"Machine\",\"metadata\":{\"name\":\"m\"}}");
}

Test(cluster, asks_the_right_thing_for_every_operation)
{
    struct fake fake;
    fake_begin(&fake, echo);
    struct fake_answer answer = {0};
    const value object =
        fake_json(&fake, "{\"metadata\":{\"name\":\"m:0\"},\"spec\":{\"a\":1.10}}");
    const struct kube_write plain = {0};
    const struct kube_write full = {.field_manager = STR("me&you"),
                                    .force = true,
                                    .dry_run = true,
                                    .field_validation = STR("Strict"),
                                    .resource_version = STR("77")};
    const struct kube_delete nothing = {0};
    const struct kube_delete exact = {.uid = STR("u-1"),
                                      .resource_version = STR("5"),
                                      .propagation = STR("Foreground"),
                                      .dry_run = true};
    kube_get(fake.cluster, &machine, fake_take, &answer);
    kube_apply(fake.cluster, &machine, object, &plain, fake_take, &answer);
    kube_apply(fake.cluster, &machine, object, &full, fake_take, &answer);
    kube_create(fake.cluster, &machine, object, &plain, fake_take, &answer);
    kube_update(fake.cluster, &machine, object, &full, fake_take, &answer);
    kube_patch(fake.cluster, &machine, KUBE_PATCH_MERGE, object, &plain, fake_take, &answer);
    kube_delete(fake.cluster, &machine, &nothing, fake_take, &answer);
    kube_delete(fake.cluster, &machine, &exact, fake_take, &answer);
    cr_assert_eq(answer.done, 0, "never from inside the call");
    fake_wait(&fake, &answer.done, 8);
    cr_assert_str_eq(answer.object, "{\"kind\":\"Machine\",\"metadata\":{\"name\":\"m\"}}");
    static const char *const wanted[] = {
        "GET /apis/cluster.example/v1/namespaces/team/machines/m%3A0|\n",
        "PATCH /apis/cluster.example/v1/namespaces/team/machines/m%3A0?fieldManager=syncd&force="
        "false|{\"metadata\":{\"name\":\"m:0\"},\"spec\":{\"a\":1.10}}\n",
        "m%3A0?fieldManager=me%26you&fieldValidation=Strict&dryRun=All&force=true|{\"metadata\":{"
        "\"name\":\"m:0\",\"resourceVersion\":\"77\"},\"spec\":{\"a\":1.10}}\n",
        "POST /apis/cluster.example/v1/namespaces/team/machines?fieldManager=syncd|{",
        "PUT /apis/cluster.example/v1/namespaces/team/machines/m%3A0?fieldManager=me%26you",
        "PATCH /apis/cluster.example/v1/namespaces/team/machines/m%3A0?fieldManager=syncd|{",
        "DELETE /apis/cluster.example/v1/namespaces/team/machines/m%3A0|{\"apiVersion\":\"v1\","
        "\"kind\":\"DeleteOptions\"}\n",
        "|{\"apiVersion\":\"v1\",\"dryRun\":[\"All\"],\"kind\":\"DeleteOptions\",\"preconditions\":"
        "{"
        "\"resourceVersion\":\"5\",\"uid\":\"u-1\"},\"propagationPolicy\":\"Foreground\"}\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        cr_assert(fake_logged(&fake, wanted[i]), "%s\nin\n%s", wanted[i], fake.log.ptr);
    fake_end(&fake);
}

static void refuse(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    if (str_equal(exchange->method, STR("PATCH")))
        fake_reply(exchange, 409,
                   "{\"kind\":\"Status\",\"reason\":\"Conflict\",\"details\":{\"causes\":[{"
                   "\"reason\":\"FieldManagerConflict\",\"field\":\".spec.x\",\"message\":"
                   "\"conflict with \\\"hpa\\\" using v1\"}]}}");
    else if (str_equal(exchange->path, STR("/html")))
        http_reply(exchange, 200, (struct http_fields){0}, STR("<html>log in here</html>"));
    else
        fake_reply(exchange, 302, "");
}

Test(cluster, tells_refusals_and_answers_that_are_none)
{
    struct fake fake;
    fake_begin(&fake, refuse);
    struct fake_answer answer = {0};
    const struct kube_write write = {0};
    kube_apply(fake.cluster, &machine, fake_json(&fake, "{}"), &write, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    cr_assert_eq(answer.class, ERROR_CONFLICT);
    cr_assert_str_eq(answer.manager, "hpa");
    cr_assert_str_eq(answer.text,
                     "apply machines.cluster.example team/m:0: Conflict (409): .spec.x "
                     "belongs to \"hpa\"");
    kube_get_path(fake.cluster, STR("/html"), fake_take, &answer);
    fake_wait(&fake, &answer.done, 2);
    cr_assert_str_eq(answer.rule, "E_API_SHAPE");
    kube_get_path(fake.cluster, STR("/elsewhere"), fake_take, &answer);
    fake_wait(&fake, &answer.done, 3);
    cr_assert_str_eq(answer.rule, "E_REDIRECT");
    http_server_destroy(fake.server);
    fake.server = NULL;
    kube_get(fake.cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 4);
    cr_assert_eq(answer.class, ERROR_UNAVAILABLE);
    cr_assert_eq(answer.code, 0);
    fake_end(&fake);
}

static void busy_twice(struct fake *fake, struct http_exchange *exchange)
{
    const struct http_field field = {STR("Retry-After"), STR("0")};
    if (fake->requests <= 2)
        http_reply(exchange, 429, (struct http_fields){&field, 1}, STR(""));
    else
        fake_reply(exchange, 200, "{}");
}

Test(cluster, waits_out_429)
{
    struct fake fake;
    fake_begin(&fake, busy_twice);
    struct fake_answer answer = {0};
    kube_get(fake.cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    cr_assert_eq(answer.code, 200);
    cr_assert_eq(fake.requests, 3);
    cr_assert_eq(kube_cluster_stats(fake.cluster).throttled, 2);
    fake_end(&fake);
}

static void busy_long(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    const struct http_field field = {STR("Retry-After"), STR("3600")};
    http_reply(exchange, 429, (struct http_fields){&field, 1}, STR(""));
}

Test(cluster, reports_429_that_is_longer_than_its_deadline)
{
    struct fake fake;
    fake_begin(&fake, busy_long);
    struct fake_answer answer = {0};
    kube_get(fake.cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    cr_assert_eq(answer.class, ERROR_UNAVAILABLE);
    cr_assert_str_eq(answer.rule, "E_API_BUSY");
    cr_assert_eq(fake.requests, 1);
    fake_end(&fake);
}

static void hold(struct fake *fake, struct http_exchange *exchange)
{
    fake_hold(fake, exchange);
}

Test(cluster, keeps_to_its_window)
{
    struct fake fake;
    fake_begin(&fake, hold);
    const struct kube_config config = {0};
    const struct kube_cluster_options options = {.name = STR("small"), .max_in_flight = 3};
    struct kube_cluster *small = fake_cluster(&fake, &config, &options);
    struct fake_answer answer = {0};
    for (int i = 0; i < 10; i++)
        kube_get(small, &machine, fake_take, &answer);
    unsigned answered = 0;
    while (answered < 10) {
        fake_settle(&fake, 10 * NS_PER_MS);
        cr_assert_leq(fake.open_count, 3);
        cr_assert_gt(fake.open_count, 0);
        struct http_exchange *exchange = fake.open[--fake.open_count];
        fake_reply(exchange, 200, "{}");
        answered++;
    }
    fake_wait(&fake, &answer.done, 10);
    cr_assert_eq(fake.most_open, 3);
    /* Cancelled calls make room and are not answered. */
    struct kube_call *calls[5];
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        calls[i] = kube_get(small, &machine, fake_take, &answer);
    fake_settle(&fake, 10 * NS_PER_MS);
    for (size_t i = 0; i < 4; i++)
        kube_call_cancel(calls[i]);
    fake_settle(&fake, 20 * NS_PER_MS);
    cr_assert_eq(fake.open_count, 1);
    fake_reply(fake.open[--fake.open_count], 200, "{}");
    fake_wait(&fake, &answer.done, 11);
    kube_cluster_destroy(small);
    fake_end(&fake);
}

Test(cluster, ends_what_waits_when_nobody_is_there)
{
    struct fake fake;
    fake_begin(&fake, hold);
    http_server_destroy(fake.server);
    fake.server = NULL;
    struct fake_answer answer = {0};
    for (int i = 0; i < 500; i++)
        kube_get(fake.cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 500);
    cr_assert_eq(answer.class, ERROR_UNAVAILABLE);
    cr_assert_str_eq(answer.rule, "E_CONNECT");
    cr_assert_leq(kube_cluster_stats(fake.cluster).requests, 8, "only the window asked");
    cr_assert_eq(kube_cluster_stats(fake.cluster).waiting, 0);
    /* The next one asks again. */
    kube_get(fake.cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 501);
    cr_assert_leq(kube_cluster_stats(fake.cluster).requests, 9);
    fake_end(&fake);
}

static void need_token(struct fake *fake, struct http_exchange *exchange)
{
    const str given = http_exchange_header(exchange, STR("authorization"));
    if (str_equal(given, str_z(fake->context)))
        fake_reply(exchange, 200, "{}");
    else
        fake_reply(exchange, 401, "{\"kind\":\"Status\",\"reason\":\"Unauthorized\"}");
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

/* The credentials as they are now. */
static bool exchange_token(void *context, struct arena *arena, struct kube_config *ret_config)
{
    *ret_config = (struct kube_config){.token = arena_str(arena, str_z(context))};
    return true;
}

/* F21: a kubeconfig that was exchanged as a whole */
Test(cluster, asks_for_its_credentials_again_once_after_401)
{
    struct fake fake;
    fake_begin(&fake, need_token);
    char token[] = "new", header[] = "Bearer new", other[] = "Bearer other";
    const struct kube_config config = {.token = STR("old")};
    const struct kube_cluster_options options = {
        .name = STR("renewed"), .renew = exchange_token, .renew_context = token};
    struct kube_cluster *cluster = fake_cluster(&fake, &config, &options);
    struct fake_answer answer = {0};
    fake.context = header;
    kube_get(cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    cr_assert_eq(answer.code, 200);
    cr_assert_eq(fake.requests, 2);
    fake.context = other; /* there is nothing better: that is told, after one more try */
    kube_get(cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 2);
    cr_assert_eq(answer.code, 401);
    cr_assert_eq(fake.requests, 4);
    kube_cluster_destroy(cluster);
    fake_end(&fake);
}

/* F21 */
Test(cluster, reads_its_token_again_once_after_401)
{
    struct fake fake;
    fake_begin(&fake, need_token);
    char path[] = "/tmp/token-XXXXXX";
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    const struct kube_config config = {
        .token = STR("old"), .token_file = str_z(path), .strict_files = true};
    const struct kube_cluster_options options = {.name = STR("rotating")};
    struct kube_cluster *cluster = fake_cluster(&fake, &config, &options);
    struct fake_answer answer = {0};
    char old_header[] = "Bearer old", new_header[] = "Bearer new";
    fake.context = old_header;
    kube_get(cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    cr_assert_eq(answer.code, 200);
    fake.context = new_header;
    put(path, "new\n");
    kube_get(cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 2);
    cr_assert_eq(answer.code, 200);
    cr_assert_eq(fake.requests, 3);
    put(path, "stolen\n");
    fake.context = old_header;
    kube_get(cluster, &machine, fake_take, &answer);
    fake_wait(&fake, &answer.done, 3);
    cr_assert_eq(answer.class, ERROR_DENIED);
    cr_assert_eq(fake.requests, 5);
    kube_cluster_destroy(cluster);
    unlink(path);
    fake_end(&fake);
}

/* ---- lists ---- */

struct items {
    struct fake_answer answer;
    struct buf names;
    struct kube_call *call;
    bool cancel;
};

static void take_name(void *context, value object, str text, struct arena *arena)
{
    (void)text;
    (void)arena;
    struct items *items = context;
    buf_printf(&items->names, "%.*s/%.*s ", STR_ARG(value_str(value_get(object, STR("kind")))),
               STR_ARG(value_str(value_get2(object, STR("metadata"), STR("name")))));
    if (items->cancel)
        kube_call_cancel(items->call);
}

static void pages(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    const str more = http_exchange_query(exchange, STR("continue"));
    if (more.len == 0)
        fake_reply(
            exchange, 200,
            "{\"kind\":\"ThingList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":"
            "\"42\",\"continue\":\"a/b\"},\"items\":[{\"metadata\":{\"name\":\"one\"}},"
            "{\"metadata\":{\"name\":\"bad\",\"name\":\"twice\"}}]}");
    else
        fake_reply(exchange, 200,
                   "{\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"Thing\",\"metadata\":{\"name\":"
                   "\"two\"}}],\"kind\":\"ThingList\",\"metadata\":{\"resourceVersion\":\"43\"}}");
}

static const struct kube_path things = {.version = STR_INIT("v1"), .plural = STR_INIT("things")};

/* H86: one broken item is left out, and counted. */
Test(cluster, lists_page_by_page_and_leaves_out_what_cannot_be_read)
{
    struct fake fake;
    fake_begin(&fake, pages);
    struct items items = {.names = BUF_INIT(4096)};
    const struct kube_select select = {
        .labels = STR("a=b"), .fields = STR("metadata.name!=x"), .page = 2};
    kube_list(fake.cluster, &things, &select, take_name, fake_take, &items);
    fake_wait(&fake, &items.answer.done, 1);
    cr_assert_str_eq(items.names.ptr, "Thing/one Thing/two ");
    cr_assert_str_eq(items.answer.object, "{\"resourceVersion\":\"42\"}");
    cr_assert_eq(items.answer.quarantined, 1);
    cr_assert(fake_logged(&fake, "GET /api/v1/things?labelSelector=a%3Db&fieldSelector=metadata."
                                 "name%21%3Dx&limit=2|"));
    cr_assert(fake_logged(&fake, "&limit=2&continue=a%2Fb|"));
    /* A receiver that has enough. */
    items.cancel = true;
    buf_clear(&items.names);
    items.call = kube_list(fake.cluster, &things, &select, take_name, fake_take, &items);
    fake_settle(&fake, 50 * NS_PER_MS);
    cr_assert_str_eq(items.names.ptr, "Thing/one ");
    cr_assert_eq(items.answer.done, 1);
    buf_finish(&items.names);
    fake_end(&fake);
}

static void answer_context(struct fake *fake, struct http_exchange *exchange)
{
    fake_reply(exchange, 200, fake->context);
}

/* H82 */
Test(cluster, does_not_believe_what_is_no_list)
{
    static char answers[][160] = {
        "<html></html>",
        "{\"kind\":\"Thing\",\"metadata\":{\"resourceVersion\":\"1\"}}",
        "{\"kind\":\"ThingList\",\"items\":[]}",
        "{\"kind\":\"ThingList\",\"items\":[],\"metadata\":{}}",
        "{\"kind\":\"ThingList\",\"items\":[],\"metadata\":{\"resourceVersion\":\"-1\"}}",
        "{\"kind\":\"ThingList\",\"items\":[],\"metadata\":{\"resourceVersion\":\"abc\"}}",
        "{\"kind\":\"ThingList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[{}",
        "{\"kind\":\"ThingList\",\"metadata\":{\"resourceVersion\":\"1\",\"continue\":\"same\"}}",
        "",
    };
    struct fake fake;
    fake_begin(&fake, answer_context);
    for (unsigned i = 0; i < ARRAY_LEN(answers); i++) {
        struct items items = {.names = BUF_INIT(4096)};
        fake.context = answers[i];
        const struct kube_select select = {0};
        kube_list(fake.cluster, &things, &select, take_name, fake_take, &items);
        fake_wait(&fake, &items.answer.done, 1);
        cr_assert_str_eq(items.answer.rule, "E_API_SHAPE", "%s", answers[i]);
        buf_finish(&items.names);
    }
    fake_end(&fake);
}
