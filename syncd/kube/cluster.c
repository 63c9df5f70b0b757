#include "syncd/kube/cluster.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/kube/kube_internal.h"
#include "syncd/kube/private_file.h"

#include <stdlib.h>

#define IN_FLIGHT_DEFAULT 32
#define DEADLINE_DEFAULT  (60 * NS_PER_S)
#define PATH_MAX_BYTES    (64u << 10)
#define APPLY_TYPE        "application/apply-patch+yaml" /* JSON is YAML */

static bool authorize(struct kube_cluster *cluster, const struct kube_config *config,
                      struct error *err)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    str line = STR("");
    if (config->token.len > 0) {
        line = arena_concat(scratch, STR("Bearer "), config->token, STR(""));
    } else if (config->user.len > 0) {
        const str pair = arena_concat(scratch, config->user, STR(":"), config->password);
        private_text_wipe(scratch, pair);
        line = arena_concat(scratch, STR("Basic "), base64_encode(scratch, pair), STR(""));
    }
    private_text_wipe(scratch, line);
    return http_origin_set_authorization(cluster->origin, line) ||
           error_rule(err, ERROR_INPUT, "E_KUBECONFIG", "user.token: holds control bytes");
}

bool kube_cluster_create(struct loop *loop, struct http_client *client,
                         const struct kube_config *config,
                         const struct kube_cluster_options *options,
                         struct kube_cluster **ret_cluster, struct error *err)
{
    const struct http_origin_options origin = {
        .url = config->server,
        .ca_pem = config->ca_pem,
        .identity = config->identity,
        .server_name = config->server_name,
        .insecure = config->insecure,
        .user_agent =
            options->user_agent.len > 0 ? options->user_agent : STR("syncd/" SYNCD_VERSION),
    };
    struct kube_cluster *cluster = calloc(1, sizeof(*cluster));
    CHECK(cluster != NULL);
    if (!http_origin_create(client, &origin, &cluster->origin, err)) {
        free(cluster);
        return error_wrap(err, "cluster.server");
    }
    cluster->loop = loop;
    cluster->client = client;
    cluster->arena = arena_create(ARENA_NO_BUDGET);
    cluster->name = arena_str(cluster->arena, options->name);
    cluster->token_file = arena_str(cluster->arena, config->token_file);
    cluster->strict_files = config->strict_files;
    cluster->renew = options->renew;
    cluster->renew_context = options->renew_context;
    cluster->limits = options->limits != NULL ? options->limits : limits_default();
    cluster->deadline_ns = options->deadline_ns != 0 ? options->deadline_ns : DEADLINE_DEFAULT;
    list_init(&cluster->waiting);
    list_init(&cluster->active);
    window_init(&cluster->window,
                options->max_in_flight != 0 ? options->max_in_flight : IN_FLIGHT_DEFAULT);
    cluster->wake = loop_timer_create(loop, cluster_woken, cluster);
    if (!authorize(cluster, config, err)) {
        kube_cluster_destroy(cluster);
        return false;
    }
    *ret_cluster = cluster;
    return true;
}

bool kube_cluster_renew(struct kube_cluster *cluster, const struct kube_config *config,
                        struct error *err)
{
    if (!authorize(cluster, config, err))
        return false;
    if (config->identity.certificate_pem.len > 0)
        http_origin_set_identity(cluster->origin, &config->identity);
    return true;
}

static void cancel_all(struct list *calls)
{
    while (!list_empty(calls))
        kube_call_cancel(LIST_ITEM(calls->next, struct kube_call, node));
}

void kube_cluster_destroy(struct kube_cluster *cluster)
{
    if (cluster == NULL)
        return;
    cancel_all(&cluster->waiting);
    cancel_all(&cluster->active);
    loop_timer_destroy(cluster->wake);
    http_origin_destroy(cluster->origin);
    arena_destroy(cluster->resources_arena);
    arena_destroy(cluster->openapi_arena);
    arena_destroy(cluster->arena);
    free(cluster);
}

str kube_cluster_name(const struct kube_cluster *cluster)
{
    return cluster->name;
}

struct kube_cluster_stats kube_cluster_stats(const struct kube_cluster *cluster)
{
    struct kube_cluster_stats stats = cluster->stats;
    stats.in_flight = cluster->in_flight;
    stats.waiting = cluster->waiting_count;
    stats.window = window_size(&cluster->window);
    stats.open_watches = cluster->open_watches;
    return stats;
}

/* ---- the operations on one object ---- */

static struct kube_call *new_call(struct kube_cluster *cluster, const char *verb,
                                  const char *method, const struct kube_path *path, kube_done *done,
                                  void *context)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const str target = kube_path_text(path, scratch);
    struct kube_call *call =
        call_new(cluster, arena_printf(scratch, "%s %.*s", verb, STR_ARG(target)), done, context);
    call->method = method;
    call->secret = str_equal(path->plural, STR("secrets"));
    return call;
}

static void add_parameter(struct buf *url, const char *name, str text)
{
    if (text.len == 0)
        return;
    buf_add_byte(url, str_index(buf_str(url), '?') == SIZE_MAX ? '?' : '&');
    buf_add(url, str_z(name));
    buf_add_byte(url, '=');
    http_encode(url, text);
}

static void set_url(struct kube_call *call, const struct kube_path *path,
                    const struct kube_write *write, bool apply)
{
    AUTO_BUF struct buf url = BUF_INIT(PATH_MAX_BYTES);
    kube_path_write(path, &url);
    if (write != NULL) {
        const bool named = write->field_manager.len > 0;
        add_parameter(&url, "fieldManager", named ? write->field_manager : STR("syncd"));
        add_parameter(&url, "fieldValidation", write->field_validation);
        add_parameter(&url, "dryRun", write->dry_run ? STR("All") : STR(""));
        if (apply)
            add_parameter(&url, "force", write->force ? STR("true") : STR("false"));
    }
    CHECK(!buf_failed(&url));
    call->path = buf_copy(&url, call->arena);
}

static void set_body(struct kube_call *call, value body, const char *content_type)
{
    call->content_type = str_z(content_type);
    AUTO_BUF struct buf buf = BUF_INIT(SIZE_MAX);
    json_write(body, JSON_COMPACT, &buf);
    call->body = buf_copy(&buf, call->arena);
}

static value with_version(value object, str version, struct arena *arena)
{
    static const str keys[] = {STR_INIT("metadata"), STR_INIT("resourceVersion")};
    if (version.len == 0)
        return object;
    return value_with_path(object, keys, ARRAY_LEN(keys), value_string(version), arena);
}

struct kube_call *kube_get(struct kube_cluster *cluster, const struct kube_path *path,
                           kube_done *done, void *context)
{
    struct kube_call *call = new_call(cluster, "get", "GET", path, done, context);
    set_url(call, path, NULL, false);
    call_send(call);
    return call;
}

struct kube_call *kube_get_path(struct kube_cluster *cluster, str path, kube_done *done,
                                void *context)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct kube_call *call =
        call_new(cluster, arena_concat(scratch, STR("get "), path, STR("")), done, context);
    call->path = arena_str(call->arena, path);
    call_send(call);
    return call;
}

struct kube_call *kube_version(struct kube_cluster *cluster, kube_done *done, void *context)
{
    return kube_get_path(cluster, STR("/version"), done, context);
}

struct kube_call *kube_identity(struct kube_cluster *cluster, kube_done *done, void *context)
{
    const struct kube_path path = {
        .version = STR("v1"), .plural = STR("namespaces"), .name = STR("kube-system")};
    return kube_get(cluster, &path, done, context);
}

static struct kube_call *write_object(struct kube_cluster *cluster, const char *verb,
                                      const char *method, const char *content_type,
                                      const struct kube_path *path, value object,
                                      const struct kube_write *write, kube_done *done,
                                      void *context)
{
    struct kube_call *call = new_call(cluster, verb, method, path, done, context);
    set_url(call, path, write, str_equal(str_z(verb), STR("apply")));
    set_body(call, with_version(object, write->resource_version, call->arena), content_type);
    call_send(call);
    return call;
}

struct kube_call *kube_apply(struct kube_cluster *cluster, const struct kube_path *path,
                             value object, const struct kube_write *write, kube_done *done,
                             void *context)
{
    return write_object(cluster, "apply", "PATCH", APPLY_TYPE, path, object, write, done, context);
}

struct kube_call *kube_apply_text(struct kube_cluster *cluster, const struct kube_path *path,
                                  str object, const struct kube_write *write, kube_done *done,
                                  void *context)
{
    CHECK(write->resource_version.len == 0);
    struct kube_call *call = new_call(cluster, "apply", "PATCH", path, done, context);
    set_url(call, path, write, true);
    call->content_type = STR(APPLY_TYPE);
    call->body = object;
    call_send(call);
    return call;
}

struct kube_call *kube_create(struct kube_cluster *cluster, const struct kube_path *path,
                              value object, const struct kube_write *write, kube_done *done,
                              void *context)
{
    /* A subresource such as "eviction" is created below a name, all else in its collection. */
    struct kube_path where = *path;
    if (where.subresource.len == 0)
        where.name = STR("");
    return write_object(cluster, "create", "POST", "application/json", &where, object, write, done,
                        context);
}

struct kube_call *kube_update(struct kube_cluster *cluster, const struct kube_path *path,
                              value object, const struct kube_write *write, kube_done *done,
                              void *context)
{
    return write_object(cluster, "update", "PUT", "application/json", path, object, write, done,
                        context);
}

static const char *const patch_types[] = {
    [KUBE_PATCH_APPLY] = APPLY_TYPE,
    [KUBE_PATCH_MERGE] = "application/merge-patch+json",
    [KUBE_PATCH_JSON] = "application/json-patch+json",
    [KUBE_PATCH_STRATEGIC] = "application/strategic-merge-patch+json",
};

struct kube_call *kube_patch(struct kube_cluster *cluster, const struct kube_path *path,
                             enum kube_patch kind, value patch, const struct kube_write *write,
                             kube_done *done, void *context)
{
    CHECK(kind < ARRAY_LEN(patch_types));
    if (kind == KUBE_PATCH_APPLY)
        return kube_apply(cluster, path, patch, write, done, context);
    struct kube_call *call = new_call(cluster, "patch", "PATCH", path, done, context);
    set_url(call, path, write, false);
    set_body(call, patch, patch_types[kind]);
    call_send(call);
    return call;
}

static value delete_options(const struct kube_delete *options, struct arena *arena)
{
    struct object_builder conditions, whole;
    object_begin(&conditions, arena);
    if (options->resource_version.len > 0)
        object_add(&conditions, STR("resourceVersion"), value_string(options->resource_version));
    if (options->uid.len > 0)
        object_add(&conditions, STR("uid"), value_string(options->uid));
    const value preconditions = object_finish(&conditions);
    object_begin(&whole, arena);
    object_add(&whole, STR("apiVersion"), value_string(STR("v1")));
    if (options->dry_run) {
        struct array_builder all;
        array_begin(&all, arena);
        array_add(&all, value_string(STR("All")));
        object_add(&whole, STR("dryRun"), array_finish(&all));
    }
    object_add(&whole, STR("kind"), value_string(STR("DeleteOptions")));
    if (value_len(preconditions) > 0)
        object_add(&whole, STR("preconditions"), preconditions);
    if (options->propagation.len > 0)
        object_add(&whole, STR("propagationPolicy"), value_string(options->propagation));
    return object_finish(&whole);
}

struct kube_call *kube_delete(struct kube_cluster *cluster, const struct kube_path *path,
                              const struct kube_delete *options, kube_done *done, void *context)
{
    CHECK(path->name.len > 0); /* never a whole collection */
    struct kube_call *call = new_call(cluster, "delete", "DELETE", path, done, context);
    set_url(call, path, NULL, false);
    set_body(call, delete_options(options, call->arena), "application/json");
    call_send(call);
    return call;
}
