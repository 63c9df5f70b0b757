/* One list and watch for each kind of the target. */
#include "syncd/apply/session_internal.h"

#include "syncd/base/clock.h"

static void begin(void *context)
{
    struct watched *watched = context;
    target_kind_begin(watched->session->target, watched->kind);
}

/* Complete lists show what was deleted while nobody watched. */
static void find_missing(struct session *session)
{
    uint32_t index;
    while (target_next_missing(session->target, &index))
        target_examine(session->target, index, 0);
}

static void changed(struct watched *watched, enum kind_state state)
{
    struct session *session = watched->session;
    session->last_contact_ns = clock_monotonic_ns();
    target_kind_changed(session->target, watched->kind, state, session->last_contact_ns);
    find_missing(session);
    session_pump(session);
}

/* `watched`: NULL for the answer to a single question, which says nothing of the rest of its kind.
 */
static void hear_object(struct session *session, const struct watched *watched, value object,
                        struct arena *arena, bool gone)
{
    struct live_view view;
    struct error err = ERROR_INIT;
    int64_t now = clock_monotonic_ns();
    uint32_t index = UINT32_MAX;
    session->last_contact_ns = now;
    if (!live_view(object, STR(OWNER_LABEL), arena, &view, &err))
        return; /* an object that cannot be read is unknown: it stays as it was */
    enum seen_result result = gone ? target_gone(session->target, &view, now, &index)
                                   : target_seen(session->target, &view, now, &index);
    struct health_verdict verdict;
    if (!gone && result != SEEN_STRANGER && session_judge(session, object, arena, &verdict))
        target_take_health(session->target, index, view.resource_version, &verdict);
    if (watched != NULL)
        target_kind_heard(session->target, watched->kind, now);
    if (index != UINT32_MAX)
        session_note_value(session, index, object);
    if (result == SEEN_DRIFT && gone) /* a label that was stripped is not a deletion: look */
        target_examine(session->target, index, 0);
    else if (result == SEEN_DRIFT)
        drift_look(session, index, object, arena);
    else if (index == UINT32_MAX)
        session->port.stranger(session->context, session, &view, !gone);
    else
        session_tell_calm(session, index);
    session_pump(session);
}

static void upsert(void *context, value object, str text, struct arena *arena)
{
    const struct watched *watched = context;
    (void)text;
    hear_object(watched->session, watched, object, arena, false);
}

static void removed(void *context, value object, str text, struct arena *arena)
{
    const struct watched *watched = context;
    (void)text;
    hear_object(watched->session, watched, object, arena, true);
}

static void synced(void *context, str resource_version)
{
    (void)resource_version;
    changed(context, KIND_SYNCED);
}

static void fresh(void *context, str resource_version)
{
    struct watched *watched = context;
    (void)resource_version;
    watched->session->last_contact_ns = clock_monotonic_ns();
    target_kind_heard(watched->session->target, watched->kind, watched->session->last_contact_ns);
    if (target_kind_at(watched->session->target, watched->kind)->state == KIND_LOST)
        changed(watched, KIND_SYNCED);
}

/* A replica that lags has caught up after so many lists. */
#define WENT_BACK_MOST 4

static void note_past(struct watched *watched, const struct error *err)
{
    struct session *session = watched->session;
    if (!str_equal(str_z(err->rule), STR("E_RV_REGRESS")))
        watched->went_back = 0;
    else if (++watched->went_back == WENT_BACK_MOST)
        session->port.restored(session->context, session, err);
}

static void desync(void *context, const struct error *err)
{
    struct watched *watched = context;
    note_past(watched, err);
    enum kind_state state = err->class == ERROR_NOT_FOUND ? KIND_MISSING
                            : err->class == ERROR_DENIED  ? KIND_DENIED
                                                          : KIND_LOST;
    target_kind_changed(watched->session->target, watched->kind, state, clock_monotonic_ns());
    session_pump(watched->session);
}

static struct watched *find(const struct session *session, uint32_t kind)
{
    VEC_FOR (struct watched *, watched, &session->watches) {
        if ((*watched)->kind == kind)
            return *watched;
    }
    return NULL;
}

/*
 * The answers to a commit's first applies say all that their echoes in a watch would say, and a
 * server encodes each echo anew: a seventh of its work. So the watches of new kinds begin, from
 * where the lists ended, when the applies are over; or when something waits for an event; or then.
 */
#define PATIENCE_NS (2 * NS_PER_S)

void watch_hurry(struct session *session)
{
    enum target_phase phase = target_phase(session->target);
    if (session->patient == 0 || (phase <= TARGET_APPLY && target_blocked(session->target) == 0))
        return;
    session->patient = 0;
    VEC_FOR (struct watched *, watched, &session->watches) {
        if ((*watched)->reflector != NULL)
            kube_reflector_hurry((*watched)->reflector);
    }
}

void watch_open(struct session *session, uint32_t kind)
{
    static const struct kube_receiver receiver = {
        .begin = begin,
        .upsert = upsert,
        .remove = removed,
        .synced = synced,
        .fresh = fresh,
        .desync = desync,
    };
    const struct target_kind *wanted = target_kind_at(session->target, kind);
    const struct kube_resources *resources = kube_cluster_resources(session->cluster);
    const struct kube_resource *resource =
        resources != NULL ? kube_resources_find(resources, wanted->gvk) : NULL;
    if (resource == NULL) {
        target_kind_changed(session->target, kind, KIND_MISSING, clock_monotonic_ns());
        return;
    }
    target_kind_scope(session->target, kind, resource->namespaced);
    struct watched *watched = find(session, kind);
    if (watched != NULL && watched->reflector != NULL)
        kube_reflector_destroy(watched->reflector);
    if (watched == NULL) {
        watched = ARENA_NEW(session->fixed, struct watched);
        *watched = (struct watched){.session = session, .kind = kind};
        VEC_PUSH(session->fixed, &session->watches, watched);
    }
    AUTO_BUF struct buf labels = BUF_INIT(256);
    buf_printf(&labels, OWNER_LABEL "=%.*s", STR_ARG(session->owner));
    const struct kube_reflector_options options = {.path = kube_path_of(resource, STR(""), STR("")),
                                                   .select.labels = buf_str(&labels),
                                                   .patience_ns = PATIENCE_NS,
                                                   .resync_ns = session->options.resync_ns};
    session->patient++;
    watched->reflector = kube_reflector_create(session->cluster, &options, &receiver, watched);
}

void watch_close_all(struct session *session)
{
    VEC_FOR (struct watched *, watched, &session->watches) {
        if ((*watched)->reflector != NULL)
            kube_reflector_destroy((*watched)->reflector);
        (*watched)->reflector = NULL;
    }
}

static void looked_again(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    session_heard(session, reply);
    if (reply->err == NULL)
        hear_object(session, NULL, reply->object, reply->arena, false);
}

void session_look_again(struct session *session, const struct object_id *id)
{
    struct error ignored = ERROR_INIT;
    struct kube_path path;
    bool missing;
    if (session->cluster == NULL || !target_knows(session->target, id) ||
        !session_object_path(session, id, &path, &missing, &ignored))
        return;
    (void)kube_get(session->cluster, &path, looked_again, session);
}
