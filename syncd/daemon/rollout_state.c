/*
 * A rollout's state in the cluster: one ConfigMap, written only over the version that the state was
 * decided from. What cannot be read lets nothing go.
 */
#include "syncd/daemon/rollouts_internal.h"

#include <stdio.h>

#define RETRY_NS (2 * NS_PER_S)

static struct kube_path path_of(const struct daemon_rollout *rollout, struct arena *arena)
{
    return (struct kube_path){.version = STR("v1"),
                              .plural = STR("configmaps"),
                              .namespace = STR(INVENTORY_NAMESPACE),
                              .name = arena_printf(arena, "syncd-rollout-%.*s-%.*s",
                                                   STR_ARG(rollout->owner->daemon->config->name),
                                                   STR_ARG(rollout->plan->spec->name))};
}

/* False when the rollout was replaced meanwhile, and is gone now. */
static bool is_wanted(struct daemon_rollout *rollout)
{
    rollout->knowledge = STATE_UNKNOWN;
    if (!rollout->dead)
        return true;
    rollout_destroy(rollout);
    return false;
}

static void later(struct daemon_rollout *rollout, const char *what, const struct error *err)
{
    rollout->retry_ns = clock_monotonic_ns() + RETRY_NS;
    LOG(LOG_WARN, what, FIELD("target", rollout->member->config->name),
        FIELD("rollout", rollout->plan->spec->name), FIELD("problem", str_z(err->text)));
    rollouts_soon(rollout->owner, RETRY_NS);
}

static void know(struct daemon_rollout *rollout, value object)
{
    (void)snprintf(rollout->version, sizeof(rollout->version), "%.*s",
                   STR_ARG(object_resource_version(object)));
    rollout->knowledge = STATE_KNOWN;
    rollout->damaged = false;
    rollout_state_settled(rollout);
    rollouts_soon(rollout->owner, 0);
}

/* Neither Git nor the cluster has it any more: it holds nobody. */
static void forget(struct daemon_rollout *rollout)
{
    struct daemon *daemon = rollout->owner->daemon;
    LOG(LOG_WARN, "what was on record of a rollout is gone, and so is the rollout",
        FIELD("target", rollout->member->config->name),
        FIELD("rollout", rollout->plan->spec->name));
    rollout_forget(rollout->owner, rollout->member, rollout->plan->spec->name);
    rollout->member->stale = true;
    rendering_again(daemon);
}

static void was_read(void *context, const struct kube_reply *reply)
{
    struct daemon_rollout *rollout = context;
    struct error err = ERROR_INIT;
    if (!is_wanted(rollout))
        return;
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct rollout_spec *spec = rollout->plan->spec;
    struct rollout_state state = rollout_state_new(spec, arena);
    bool none = reply->err != NULL && reply->err->class == ERROR_NOT_FOUND;
    str text = reply->err == NULL ? value_str(value_get2(reply->object, STR("data"), STR("state")))
                                  : (str){0};
    if (!none && (reply->err != NULL ||
                  !rollout_state_read(arena_str(arena, text), spec, arena, &state, &err))) {
        later(rollout, "the rollout's state cannot be read: nothing is let go",
              reply->err != NULL ? reply->err : &err);
        arena_destroy(arena);
        return;
    }
    arena_destroy(rollout->state_arena);
    rollout->state_arena = arena;
    rollout->state = state;
    rollout->version[0] = '\0';
    if (none && spec->left) {
        forget(rollout);
        return;
    }
    if (!none)
        rollout_keep(rollout->owner, rollout->member, spec->name, rollout->plan->document, text);
    know(rollout, none ? value_absent() : reply->object);
}

void rollout_state_get(struct daemon_rollout *rollout)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct kube_path path = path_of(rollout, arena);
    rollout->knowledge = STATE_BUSY;
    (void)kube_get(session_cluster(rollout->member->session), &path, was_read, rollout);
}

/* --- writing --- */

static void written(void *context, const struct kube_reply *reply)
{
    struct daemon_rollout *rollout = context;
    if (!is_wanted(rollout))
        return;
    if (reply->err != NULL) {
        /* Another daemon was first, or nobody knows: what is there now is read again. */
        if (reply->err->class != ERROR_CONFLICT)
            later(rollout, "the rollout's state is not written; trying again", reply->err);
        rollouts_soon(rollout->owner, 0);
        return;
    }
    arena_destroy(rollout->state_arena);
    rollout->state_arena = rollout->next_arena;
    rollout->next_arena = NULL;
    rollout->state = rollout->next;
    know(rollout, reply->object);
    rollout_tell(rollout);
}

static value make_map(const struct daemon_rollout *rollout, str name, str state,
                      struct arena *arena)
{
    struct object_builder object, metadata, entries, labels;
    object_begin(&labels, arena);
    object_add(&labels, STR(SESSION_ROLLOUT_LABEL),
               value_string(rollout->owner->daemon->config->name));
    object_begin(&metadata, arena);
    object_add(&metadata, STR("name"), value_string(name));
    object_add(&metadata, STR("namespace"), value_string(STR(INVENTORY_NAMESPACE)));
    object_add(&metadata, STR("labels"), object_finish(&labels));
    object_begin(&entries, arena);
    object_add(&entries, STR("state"), value_string(state));
    object_add(&entries, STR("rollout"), value_string(rollout->plan->document));
    object_begin(&object, arena);
    object_add(&object, STR("apiVersion"), value_string(STR("v1")));
    object_add(&object, STR("kind"), value_string(STR("ConfigMap")));
    object_add(&object, STR("metadata"), object_finish(&metadata));
    object_add(&object, STR("data"), object_finish(&entries));
    return object_finish(&object);
}

void rollout_state_put(struct daemon_rollout *rollout, const struct rollout_state *next)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct kube_cluster *cluster = session_cluster(rollout->member->session);
    const struct kube_path path = path_of(rollout, arena);
    const struct rollout_spec *spec = rollout->plan->spec;
    struct error err = ERROR_INIT;
    arena_destroy(rollout->next_arena);
    rollout->next_arena = arena_create(ARENA_NO_BUDGET);
    str text = rollout_state_text(spec, next, rollout->next_arena);
    CHECK(rollout_state_read(text, spec, rollout->next_arena, &rollout->next, &err));
    const struct kube_write write = {.resource_version = str_z(rollout->version)};
    value map = make_map(rollout, path.name, text, arena);
    rollout_keep(rollout->owner, rollout->member, spec->name, rollout->plan->document, text);
    rollout->knowledge = STATE_BUSY;
    if (rollout->version[0] == '\0')
        (void)kube_create(cluster, &path, map, &write, written, rollout);
    else
        (void)kube_update(cluster, &path, map, &write, written, rollout);
}
