/* Drift as the sessions find it: into the log, the notes and the ledger of what is open. */
#include "syncd/daemon/daemon_internal.h"

#include "syncd/value/json.h"

static bool identify(const struct session *session, uint32_t index, struct object_id *ret_id)
{
    const struct target_object *object = target_object_at(session_target(session), index);
    return inventory_key_id(object->key, target_version(session_target(session), object), ret_id);
}

static void log_drift(str target, str object, const struct drift *drift, enum drift_action action)
{
    char since[CLOCK_RFC3339_LEN + 1] = "";
    if (drift->has_time)
        clock_format_rfc3339(drift->time_ns, since);
    enum log_level level = action == DRIFT_CONTESTED ? LOG_ERROR : LOG_WARN;
    LOG(level, "drift", FIELD("target", target), FIELD("object", object),
        FIELD("what", str_z(drift_class_text(drift->class))), FIELD("path", drift->path),
        FIELD("manager", drift->manager), FIELD("operation", drift->operation),
        FIELD("since", str_z(since)), FIELD("action", str_z(drift_action_name(action))));
}

void drift_found(void *context, struct session *session, uint32_t index,
                 const struct drifts *drifts, const enum drift_action *actions)
{
    struct daemon *daemon = context;
    const struct member_target *member = daemon_member(daemon, session);
    struct object_id id;
    if (member == NULL || !identify(session, index, &id))
        return;
    str name = member->config->name;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf record = BUF_INIT(8192);
    for (size_t i = 0; i < drifts->list.len; i++) {
        if (actions[i] != DRIFT_IGNORE)
            log_drift(name, object_id_text(&id, arena), &drifts->list.items[i], actions[i]);
    }
    ledger_set(daemon->ledger, name, &id, drifts, actions, clock_wall_ns());
    note_write_drift(name, &id, drifts, actions, clock_wall_ns(), &record);
    if (record.len != 0)
        notes_add(daemon, buf_str(&record));
    state_changed(daemon);
}

void drift_gone(void *context, struct session *session, uint32_t index)
{
    struct daemon *daemon = context;
    const struct member_target *member = daemon_member(daemon, session);
    struct object_id id;
    if (member == NULL || !identify(session, index, &id))
        return;
    ledger_clear(daemon->ledger, member->config->name, &id);
    state_changed(daemon);
}

void drift_stranger(void *context, struct session *session, const struct live_view *view,
                    bool there)
{
    struct daemon *daemon = context;
    const struct member_target *member = daemon_member(daemon, session);
    if (member == NULL)
        return;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct drifts drifts = {0};
    const struct drift drift = {.class = DRIFT_STRANGER};
    if (there)
        VEC_PUSH(arena, &drifts.list, drift);
    enum drift_action action = drift_decide(&daemon->config->drift, NULL, &view->id, &drift);
    if (action == DRIFT_HEAL)
        action = DRIFT_REPORT; /* what Git does not know is deleted by nobody */
    ledger_set(daemon->ledger, member->config->name, &view->id, &drifts, &action, clock_wall_ns());
    state_changed(daemon);
}

/* Kept by the gate, or on its way out: ours, and Git does not state it any more. */
static bool is_stale(const struct target_object *object)
{
    return object->desired == NO_DESIRED && !object->hook && object->seen &&
           (object->state == OBJECT_KEPT || object->state == OBJECT_LEAVING);
}

/* What is ours and no longer in Git is known when the commit's work is done. */
static void note_stale(struct ledger *ledger, const struct drift_policy *policy,
                       const struct member_target *member)
{
    const struct target *target = session_target(member->session);
    const struct drift drift = {.class = DRIFT_STALE};
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct drifts drifts = {0};
    struct map keys = {0};
    if (target_phase(target) != TARGET_SETTLED)
        return;
    VEC_PUSH(arena, &drifts.list, drift);
    for (uint32_t i = 0; i < target_object_count(target); i++) {
        const struct target_object *object = target_object_at(target, i);
        struct object_id id;
        if (!is_stale(object) || !identify(member->session, i, &id))
            continue;
        enum drift_action action = drift_decide(policy, NULL, &id, &drift);
        if (action == DRIFT_HEAL)
            action = DRIFT_REPORT; /* deleting is the gate's */
        ledger_set(ledger, member->config->name, &id, &drifts, &action, clock_wall_ns());
        (void)map_put(&keys, arena, object_id_key(&id, arena), arena);
    }
    ledger_retain_stale(ledger, member->config->name, &keys);
}

static struct drift_target target_of(const struct member_target *member)
{
    const struct target *target = session_target(member->session);
    struct target_summary summary = target_summary(target);
    enum target_phase phase = target_phase(target);
    int64_t contact = session_last_contact_ns(member->session);
    return (struct drift_target){
        .name = member->config->name,
        .phase = str_z(target_phase_name(phase)),
        .commit = str_z(member->commit),
        .known = phase > TARGET_LIST && phase != TARGET_HELD,
        .heard_ns = contact != 0 ? clock_wall_ns() - (clock_monotonic_ns() - contact) : 0,
        .managed = summary.total,
        .healed = summary.healed,
    };
}

str drift_text(const struct daemon *daemon, struct arena *arena)
{
    size_t count = daemon->config->target_count;
    struct drift_target *targets = ARENA_ARRAY(arena, struct drift_target, count);
    for (size_t i = 0; i < count; i++) {
        note_stale(daemon->ledger, &daemon->config->drift, &daemon->targets[i]);
        targets[i] = target_of(&daemon->targets[i]);
    }
    value document = drift_document(daemon->ledger, daemon->config->name, targets, count,
                                    clock_wall_ns(), arena);
    return json_text(document, JSON_INDENT2, arena);
}
