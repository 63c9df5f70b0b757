#include "syncd/apply/session_internal.h"

#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"

str session_owner(str sync_name, struct arena *arena)
{
    /* The id of an ApplySet whose parent is our inventory: other tools recognise it. */
    uint8_t digest[SHA256_LEN];
    str parent =
        arena_printf(arena, "syncd-%.*s-0." INVENTORY_NAMESPACE ".ConfigMap.", STR_ARG(sync_name));
    crypto_sha256(parent, digest);
    str encoded = base64_encode(arena, str_from((const char *)digest, sizeof(digest)));
    char *text = arena_alloc_bytes(arena, encoded.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < encoded.len; i++) {
        char c = encoded.ptr[i];
        if (c != '=')
            text[length++] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return arena_printf(arena, "applyset-%.*s-v1", (int)length, text);
}

static void timer_fired(void *context)
{
    session_pump(context);
}

struct session *session_create(struct loop *loop, struct http_client *client,
                               const struct session_options *options,
                               const struct session_port *port, void *context)
{
    struct arena *fixed = arena_create(ARENA_NO_BUDGET);
    struct session *session = ARENA_NEW(fixed, struct session);
    *session = (struct session){.loop = loop,
                                .client = client,
                                .options = *options,
                                .port = *port,
                                .context = context,
                                .fixed = fixed,
                                .inventory = BUF_INIT(256u << 20),
                                .installed = BUF_INIT(16u << 20)};
    session->options.sync_name = arena_str(fixed, options->sync_name);
    session->owner = session_owner(session->options.sync_name, fixed);
    session->target =
        target_create(options->target->name, session->owner, &session->options.policy);
    session->timer = loop_timer_create(loop, timer_fired, session);
    return session;
}

void session_destroy(struct session *session)
{
    if (session == NULL)
        return;
    session->closing = true;
    loop_timer_destroy(session->timer);
    session_leave(session);
    target_destroy(session->target);
    buf_finish(&session->inventory);
    buf_finish(&session->installed);
    arena_destroy(session->recorded_arena);
    arena_destroy(session->fixed);
}

void session_take(struct session *session, struct desired *desired)
{
    if (desired == NULL)
        target_refuse(session->target);
    else
        target_take(session->target, desired);
    if (session->waits)
        connect_finish(session);
    session_pump(session);
}

void session_wake(struct session *session)
{
    session_pump(session);
}

void session_note_value(struct session *session, uint32_t object, value document)
{
    if (target_hold_count(session->target) == 0)
        return;
    (void)target_note_value(session->target, object, document);
    if (session->port.held != NULL)
        session->port.held(session->context, session);
}

void session_leave(struct session *session)
{
    if (session->cluster != NULL && session->port.leaving != NULL)
        session->port.leaving(session->context, session);
    watch_close_all(session);
    kube_cluster_destroy(session->cluster);
    session->cluster = NULL;
    session->waits = false;
    drift_drop_looks(session);
}

void session_reach(struct session *session)
{
    target_reach(session->target);
    session_pump(session);
}

void session_set_policy(struct session *session, const struct target_policy *policy)
{
    target_set_policy(session->target, policy);
    session_pump(session);
}

struct target *session_target(const struct session *session)
{
    return session->target;
}

const struct config_target *session_config(const struct session *session)
{
    return session->options.target;
}

bool session_waits(const struct session *session)
{
    return session->waits;
}

struct kube_cluster *session_cluster(const struct session *session)
{
    return session->cluster;
}

int64_t session_last_contact_ns(const struct session *session)
{
    return session->last_contact_ns;
}

void session_heard(struct session *session, const struct kube_reply *reply)
{
    if (reply->code != 0)
        session->last_contact_ns = clock_monotonic_ns();
}

static void discovered(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    session_heard(session, reply);
    target_discovered(session->target, clock_monotonic_ns());
    session_pump(session);
}

static void carry_out(struct session *session, const struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_NONE: return;
    case EFFECT_CONNECT: connect_begin(session); return;
    case EFFECT_OPEN_KIND: watch_open(session, effect->index); return;
    case EFFECT_DISCOVER: (void)kube_discover(session->cluster, discovered, session); return;
    case EFFECT_WRITE_INVENTORY: inventory_begin_write(session); return;
    case EFFECT_EXAMINE: drift_examine(session, effect->index); return;
    case EFFECT_ADOPT: write_adopt(session, effect->index); return;
    case EFFECT_APPLY: write_apply(session, effect); return;
    case EFFECT_RUN: write_run(session, effect->index); return;
    case EFFECT_INSPECT: write_inspect(session, effect->index); return;
    case EFFECT_DELETE: write_delete(session, effect->index); return;
    case EFFECT_REPORT: session->port.changed(session->context, session); return;
    }
}

void session_pump(struct session *session)
{
    if (session->closing)
        return;
    if (session->pumping) {
        session->pump_again = true;
        return;
    }
    session->pumping = true;
    do {
        struct effect effect;
        session->pump_again = false;
        while (target_next_effect(session->target, clock_monotonic_ns(), &effect))
            carry_out(session, &effect);
    } while (session->pump_again);
    session->pumping = false;
    watch_hurry(session);
    int64_t wake = target_wake_ns(session->target, clock_monotonic_ns());
    if (wake == INT64_MAX)
        loop_timer_stop(session->timer);
    else
        loop_timer_start_at(session->timer, wake);
}

struct object_id session_object_id(const struct session *session, uint32_t index)
{
    const struct target_object *object = target_object_at(session->target, index);
    struct object_id id = {0};
    CHECK(inventory_key_id(object->key, target_version(session->target, object), &id));
    return id;
}

bool session_object_path(struct session *session, const struct object_id *id,
                         struct kube_path *ret_path, bool *ret_missing, struct error *err)
{
    const struct kube_resources *resources = kube_cluster_resources(session->cluster);
    const struct kube_resource *resource =
        resources != NULL ? kube_resources_find(resources, id->gvk) : NULL;
    *ret_missing = resource == NULL;
    if (resource == NULL) {
        (void)error_rule(err, ERROR_NOT_FOUND, "E_KIND",
                         "the cluster does not serve %.*s of %.*s%s%.*s", STR_ARG(id->gvk.kind),
                         STR_ARG(id->gvk.group), id->gvk.group.len != 0 ? "/" : "",
                         STR_ARG(id->gvk.version));
        return error_hint(err, "install its CustomResourceDefinition, or put it into the "
                               "repository");
    }
    if (resource->namespaced && id->namespace.len == 0) {
        (void)error_rule(err, ERROR_INPUT, "E_NAMESPACE",
                         "%.*s lives in a namespace: metadata.namespace is needed",
                         STR_ARG(id->gvk.kind));
        return error_hint(err, "name one, or set the target's namespace in the configuration");
    }
    *ret_path = kube_path_of(resource, id->namespace, id->name);
    return true;
}

bool session_judge(const struct session *session, value object, struct arena *arena,
                   struct health_verdict *ret_verdict)
{
    const struct kube_resources *resources = kube_cluster_resources(session->cluster);
    struct gvk gvk = {0};
    if (session->options.health == NULL ||
        !gvk_from_api_version(value_str(value_get(object, STR("apiVersion"))),
                              value_str(value_get(object, STR("kind"))), &gvk))
        return false;
    const struct kube_resource *resource =
        resources != NULL ? kube_resources_find(resources, gvk) : NULL;
    const struct health_evidence seen = {.object = object,
                                         .facts = value_absent(),
                                         .has_status = resource != NULL && resource->has_status,
                                         .heard_ns = clock_monotonic_ns()};
    if (session->port.judge == NULL ||
        !session->port.judge(session->context, object, &gvk, seen.has_status, arena, ret_verdict))
        *ret_verdict = health_judge(session->options.health, &seen, arena);
    return true;
}
