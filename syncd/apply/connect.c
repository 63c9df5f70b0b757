/* Reaching a target: its kubeconfig, its identity, its kinds, its inventory. */
#include "syncd/apply/session_internal.h"

#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"

#include <stdio.h>
#include <stdlib.h>

static void failed(struct session *session, const struct error *err)
{
    target_unreachable(session->target, err, clock_monotonic_ns());
    session_pump(session);
}

static bool reply_failed(struct session *session, const struct kube_reply *reply, const char *what)
{
    session_heard(session, reply);
    if (reply->err == NULL)
        return false;
    struct error err = *reply->err;
    (void)error_wrap(&err, "%s", what);
    failed(session, &err);
    return true;
}

static void inventory_item(void *context, value object, str text, struct arena *arena)
{
    struct session *session = context;
    (void)text;
    (void)arena;
    (void)inventory_take_item(session, object);
}

void connect_finish(struct session *session)
{
    session->waits = false;
    str pinned = session->port.pinned(session->context, session->options.target->name);
    str uid = str_z(session->cluster_uid);
    if (pinned.len == 0)
        session->port.pin(session->context, session->options.target->name, uid);
    target_connected(session->target, uid, pinned, buf_str(&session->inventory),
                     clock_monotonic_ns());
    buf_finish(&session->inventory);
    session_pump(session);
}

/* --- what is on record in the cluster --- */

static void rollout_item(void *context, value object, str text, struct arena *arena)
{
    struct session *session = context;
    struct arena *keep = session->recorded_arena;
    (void)text;
    (void)arena;
    value entries = value_get(object, STR("data"));
    VEC_PUSH(keep, &session->recorded,
             (struct session_record){arena_str(keep, value_str(value_get(entries, STR("rollout")))),
                                     arena_str(keep, value_str(value_get(entries, STR("state"))))});
}

static void rollouts_read_all(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    bool none = reply->err != NULL && reply->err->class == ERROR_NOT_FOUND;
    if (!none && reply_failed(session, reply, "reading what is on record of rollouts"))
        return;
    session->waits = !session->port.recorded(session->context, session, session->recorded.items,
                                             session->recorded.len);
    if (!session->waits)
        connect_finish(session);
}

static void read_rollouts(struct session *session)
{
    const struct kube_path path = {
        .version = STR("v1"), .plural = STR("configmaps"), .namespace = STR(INVENTORY_NAMESPACE)};
    AUTO_BUF struct buf labels = BUF_INIT(256);
    buf_printf(&labels, SESSION_ROLLOUT_LABEL "=%.*s", STR_ARG(session->options.sync_name));
    const struct kube_select select = {.labels = buf_str(&labels), .page = 20};
    arena_destroy(session->recorded_arena);
    session->recorded_arena = arena_create(ARENA_NO_BUDGET);
    session->recorded.items = NULL;
    session->recorded.len = session->recorded.cap = 0;
    (void)kube_list(session->cluster, &path, &select, rollout_item, rollouts_read_all, session);
}

static void inventory_read_all(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    bool none = reply->err != NULL && reply->err->class == ERROR_NOT_FOUND;
    if (!none && reply_failed(session, reply, "reading the inventory"))
        return;
    if (session->port.recorded != NULL)
        read_rollouts(session);
    else
        connect_finish(session);
}

static void discovered(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    if (reply_failed(session, reply, "asking which kinds are served"))
        return;
    const struct kube_path path = {
        .version = STR("v1"), .plural = STR("configmaps"), .namespace = STR(INVENTORY_NAMESPACE)};
    AUTO_BUF struct buf labels = BUF_INIT(256);
    buf_printf(&labels, "syncd.dev/inventory=%.*s", STR_ARG(session->options.sync_name));
    const struct kube_select select = {.labels = buf_str(&labels), .page = 20};
    buf_clear(&session->inventory);
    buf_clear(&session->installed);
    session->parts = 0;
    (void)kube_list(session->cluster, &path, &select, inventory_item, inventory_read_all, session);
}

static void identified(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    if (reply_failed(session, reply, "reading the cluster's identity"))
        return;
    (void)snprintf(session->cluster_uid, sizeof(session->cluster_uid), "%.*s",
                   STR_ARG(object_uid(reply->object)));
    str other = session->port.writer != NULL
                    ? session->port.writer(session->context, session, object_uid(reply->object))
                    : (str){0};
    if (other.len != 0)
        session_join(session, other);
    else
        (void)kube_discover(session->cluster, discovered, session);
}

void session_join(struct session *session, str other)
{
    target_join(session->target, other);
    session_pump(session);
}

/* --- where credentials come from --- */

static bool load_config(struct session *session, struct arena *arena, struct kube_config *config,
                        struct error *err)
{
    const struct config_target *target = session->options.target;
    const struct kubeconfig_options options = {.context = target->context,
                                               .strict_files = true,
                                               .allow_insecure = target->allow_insecure,
                                               .limits = session->options.limits};
    return target->in_cluster
               ? kubeconfig_in_cluster(getenv("KUBERNETES_SERVICE_HOST"),
                                       getenv("KUBERNETES_SERVICE_PORT"), arena, config, err)
               : kubeconfig_load(arena_str(arena, target->kubeconfig_file).ptr, &options, arena,
                                 config, err);
}

/* A kubeconfig from a Secret may name no files: it comes from another cluster. */
static bool config_from_secret(const struct session *session, value secret, struct arena *arena,
                               struct kube_config *config, struct error *err)
{
    const struct config_target *target = session->options.target;
    str encoded = value_str(value_get2(secret, STR("data"), target->from_key)), text;
    if (encoded.len == 0 || !base64_decode(arena, encoded, &text))
        return error_rule(err, ERROR_INPUT, "E_KUBECONFIG", "Secret %.*s has no key %.*s",
                          STR_ARG(target->from_secret), STR_ARG(target->from_key));
    const struct kubeconfig_options options = {.context = target->context,
                                               .allow_insecure = target->allow_insecure,
                                               .limits = session->options.limits};
    return kubeconfig_read(text, "the kubeconfig Secret", &options, arena, config, err);
}

/* Asks the other target's cluster for the Secret; false when that is not connected. */
static bool ask_for_secret(struct session *session, kube_done *done, struct error *err)
{
    const struct config_target *target = session->options.target;
    struct kube_cluster *other = session->port.cluster_of(session->context, target->from_target);
    if (other == NULL)
        return error_set(err, ERROR_UNAVAILABLE,
                         "target %.*s, which has the kubeconfig, is not connected",
                         STR_ARG(target->from_target));
    size_t slash = str_index(target->from_secret, '/');
    const struct kube_path path = {.version = STR("v1"),
                                   .plural = STR("secrets"),
                                   .namespace = str_slice(target->from_secret, 0, slash),
                                   .name = str_skip(target->from_secret, slash + 1)};
    (void)kube_get(other, &path, done, session);
    return true;
}

/* --- other credentials while running --- */

static void secret_read_again(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    struct kube_config config;
    struct error err = ERROR_INIT; /* what was refused for it says so */
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    session->renewing = false;
    if (session->cluster != NULL && reply->err == NULL &&
        config_from_secret(session, reply->object, arena, &config, &err))
        (void)!kube_cluster_renew(session->cluster, &config, &err);
}

/* After a 401. A Secret comes later: what was refused is tried again then. */
static bool renew(void *context, struct arena *arena, struct kube_config *ret_config)
{
    struct session *session = context;
    struct error err = ERROR_INIT; /* the refusal is what is reported */
    if (session->options.target->from_target.len == 0)
        return load_config(session, arena, ret_config, &err);
    if (!session->renewing)
        session->renewing = ask_for_secret(session, secret_read_again, &err);
    return false;
}

static void reach(struct session *session, const struct kube_config *config)
{
    struct error err = ERROR_INIT;
    session_leave(session);
    session->namespace_ready = false;
    const struct kube_cluster_options options = {.name = session->options.target->name,
                                                 .limits = session->options.limits,
                                                 .renew = renew,
                                                 .renew_context = session};
    if (!kube_cluster_create(session->loop, session->client, config, &options, &session->cluster,
                             &err)) {
        failed(session, &err);
        return;
    }
    (void)kube_identity(session->cluster, identified, session);
}

static void secret_read(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    struct kube_config config;
    struct error err = ERROR_INIT;
    if (reply->err != NULL) {
        err = *reply->err;
        (void)error_wrap(&err, "reading the kubeconfig Secret");
        failed(session, &err);
        return;
    }
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    if (!config_from_secret(session, reply->object, arena, &config, &err))
        failed(session, &err);
    else
        reach(session, &config);
}

void connect_begin(struct session *session)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct kube_config config;
    struct error err = ERROR_INIT;
    if (session->options.target->from_target.len != 0) {
        if (!ask_for_secret(session, secret_read, &err))
            failed(session, &err);
    } else if (load_config(session, arena, &config, &err)) {
        reach(session, &config);
    } else {
        failed(session, &err);
    }
}
