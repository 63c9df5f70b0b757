#include "syncd/kube/resource.h"

#include "fake.h"

#include <criterion/criterion.h>
#include <stdio.h>

static void serve_aggregated(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    if (str_equal(exchange->path, STR("/api")))
        fake_reply(
            exchange, 200,
            "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{},\"versions\":[{"
            "\"version\":\"v1\",\"resources\":[{\"resource\":\"namespaces\",\"responseKind\":{"
            "\"group\":\"\",\"version\":\"\",\"kind\":\"Namespace\"},\"scope\":\"Cluster\","
            "\"singularResource\":\"namespace\",\"verbs\":[\"get\",\"list\"],"
            "\"subresources\":[{\"subresource\":\"status\"}]}]}]}]}");
    else
        fake_reply(
            exchange, 200,
            "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"apps\"},"
            "\"versions\":[{\"version\":\"v1\",\"resources\":[{\"resource\":\"deployments\","
            "\"responseKind\":{\"kind\":\"Deployment\"},\"scope\":\"Namespaced\",\"verbs\":["
            "\"watch\","
            "\"patch\",\"dance\"],\"subresources\":[{\"subresource\":\"scale\"}]}]},{\"version\":"
            "\"v1beta1\",\"freshness\":\"Stale\",\"resources\":[{\"resource\":\"deployments\","
            "\"responseKind\":{\"kind\":\"Deployment\"},\"scope\":\"Namespaced\",\"verbs\":[]}]}]},"
            "{\"metadata\":{\"name\":\"a/b\"},\"versions\":[{\"version\":\"v1\",\"resources\":[{"
            "\"resource\":\"evils\",\"responseKind\":{\"kind\":\"Evil\"}}]}]},"
            "{\"metadata\":{\"name\":\"odd\"},\"versions\":[{\"version\":\"v1\",\"resources\":[{"
            "\"resource\":\"../x\",\"responseKind\":{\"kind\":\"Evil\"}},7]}]}]}");
}

Test(resource, reads_aggregated_discovery_and_refuses_odd_names)
{
    struct fake fake;
    fake_begin(&fake, serve_aggregated);
    struct fake_answer answer = {0};
    cr_assert_null(kube_cluster_resources(fake.cluster));
    kube_discover(fake.cluster, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    cr_assert_eq(answer.class, ERROR_NONE, "%s", answer.text);
    cr_assert_eq(fake.requests, 2);
    const struct kube_resources *all = kube_cluster_resources(fake.cluster);
    cr_assert_eq(all->len, 3);
    const struct kube_resource *found =
        kube_resources_find(all, (struct gvk){STR(""), STR("v1"), STR("Namespace")});
    cr_assert_not_null(found);
    cr_assert(!found->namespaced && found->has_status && found->preferred);
    cr_assert_eq(found->verbs, KUBE_GET | KUBE_LIST);
    found = kube_resources_find_kind(all, STR("apps"), STR("Deployment"));
    cr_assert(str_equal(found->gvk.version, STR("v1")));
    cr_assert(found->namespaced && found->has_scale);
    cr_assert_eq(found->verbs, KUBE_WATCH | KUBE_PATCH);
    cr_assert_not_null(
        kube_resources_find_plural(all, STR("apps"), STR("v1beta1"), STR("deployments")));
    cr_assert_null(
        kube_resources_find(all, (struct gvk){STR("apps"), STR("v9"), STR("Deployment")}));
    cr_assert(kube_resources_is_broken(all, STR("apps"), STR("v1beta1")));
    cr_assert(kube_resources_is_broken(all, STR("a/b"), STR("v1")));
    cr_assert_not(kube_resources_is_broken(all, STR("apps"), STR("v1")));
    fake_end(&fake);
}

static void serve_old(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    if (str_equal(exchange->path, STR("/api")))
        fake_reply(exchange, 200, "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}");
    else if (str_equal(exchange->path, STR("/apis")))
        fake_reply(
            exchange, 200,
            "{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"apps\",\"preferredVersion\":{"
            "\"version\":\"v1\"},\"versions\":[{\"version\":\"v1beta1\"},{\"version\":\"v1\"}"
            "]},{\"name\":\"down\",\"versions\":[{\"version\":\"v1\"}]}]}");
    else if (str_equal(exchange->path, STR("/apis/down/v1")))
        fake_reply(exchange, 503, "");
    else
        fake_reply(
            exchange, 200,
            "{\"kind\":\"APIResourceList\",\"resources\":[{\"name\":\"things/status\","
            "\"kind\":\"Thing\"},{\"name\":\"things\",\"kind\":\"Thing\",\"namespaced\":true,"
            "\"verbs\":[\"get\"]}]}");
}

/* H87: one broken group leaves the others. */
Test(resource, asks_older_servers_group_by_group)
{
    struct fake fake;
    fake_begin(&fake, serve_old);
    struct fake_answer answer = {0};
    kube_discover(fake.cluster, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    const struct kube_resources *all = kube_cluster_resources(fake.cluster);
    cr_assert_eq(all->len, 3);
    const struct kube_resource *found = kube_resources_find_kind(all, STR("apps"), STR("Thing"));
    cr_assert(str_equal(found->gvk.version, STR("v1")) && found->has_status && found->namespaced);
    cr_assert(kube_resources_is_broken(all, STR("down"), STR("v1")));
    cr_assert_eq(all->broken_count, 1);
    fake_end(&fake);
}

static void refuse_all(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    fake_reply(exchange, 403, "{}");
}

Test(resource, keeps_what_it_knew_when_discovery_fails)
{
    struct fake fake;
    fake_begin(&fake, serve_aggregated);
    struct fake_answer answer = {0};
    kube_discover(fake.cluster, fake_take, &answer);
    fake_wait(&fake, &answer.done, 1);
    fake.handle = refuse_all;
    kube_discover(fake.cluster, fake_take, &answer);
    fake_wait(&fake, &answer.done, 2);
    cr_assert_eq(answer.class, ERROR_DENIED);
    cr_assert_eq(kube_cluster_resources(fake.cluster)->len, 3);
    fake_end(&fake);
}

static void serve_schemas(struct fake *fake, struct http_exchange *exchange)
{
    (void)fake;
    if (str_equal(exchange->path, STR("/openapi/v3")))
        fake_reply(exchange, 200,
                   "{\"paths\":{\"apis/apps/v1\":{\"serverRelativeURL\":\"/openapi/v3/apis/apps/v1?"
                   "hash=ABC\"},\"api/v1\":{\"serverRelativeURL\":\"/evil\"}}}");
    else
        fake_reply(exchange, 200, "{\"openapi\":\"3.0.0\"}");
}

struct schema_answer {
    struct fake_answer answer;
    char hash[32];
};

static void take_schema(void *context, const struct kube_reply *reply, str hash)
{
    struct schema_answer *schema = context;
    snprintf(schema->hash, sizeof(schema->hash), "%.*s", STR_ARG(hash));
    fake_take(&schema->answer, reply);
}

Test(resource, reads_schemas_once_for_each_hash)
{
    struct fake fake;
    fake_begin(&fake, serve_schemas);
    struct schema_answer schema = {0};
    kube_openapi(fake.cluster, STR("apps"), STR("v1"), STR(""), take_schema, &schema);
    fake_wait(&fake, &schema.answer.done, 1);
    cr_assert_str_eq(schema.answer.object, "{\"openapi\":\"3.0.0\"}");
    cr_assert_str_eq(schema.hash, "ABC");
    cr_assert_eq(fake.requests, 2);
    kube_openapi(fake.cluster, STR("apps"), STR("v1"), STR("ABC"), take_schema, &schema);
    fake_wait(&fake, &schema.answer.done, 2);
    cr_assert_eq(schema.answer.code, 304);
    cr_assert_eq(fake.requests, 2);
    kube_openapi(fake.cluster, STR(""), STR("v1"), STR(""), take_schema, &schema);
    fake_wait(&fake, &schema.answer.done, 3);
    cr_assert_eq(schema.answer.class, ERROR_NOT_FOUND);
    kube_call_cancel(
        kube_openapi(fake.cluster, STR("apps"), STR("v1"), STR(""), take_schema, &schema));
    fake_settle(&fake, 20 * NS_PER_MS);
    cr_assert_eq(schema.answer.done, 3);
    fake_end(&fake);
}
