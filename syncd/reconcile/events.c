/* What happened: watches, answers, connections. */
#include "syncd/reconcile/target_internal.h"

#include <stdio.h>

static void copy_text(char *out, size_t size, str text)
{
    (void)snprintf(out, size, "%.*s", STR_ARG(text));
}

/* --- the connection --- */

void target_connected(struct target *target, str cluster_uid, str pinned_uid, str inventory,
                      int64_t now_ns)
{
    (void)now_ns;
    target->connecting = false;
    target->attempts = 0;
    copy_text(target->cluster_uid, sizeof(target->cluster_uid), cluster_uid);
    if (target->joined) /* while this was being read */
        return;
    if (pinned_uid.len != 0 && !str_equal(pinned_uid, cluster_uid)) {
        (void)snprintf(target->problem, sizeof(target->problem),
                       "another cluster answers: its kube-system uid is %.*s, recorded was %.*s",
                       STR_ARG(cluster_uid), STR_ARG(pinned_uid));
        target->phase = TARGET_HELD;
        target->report = true;
        return;
    }
    target->problem[0] = '\0';
    target->inventory_known = true;
    target->report = target->report || target->desired == NULL;
    table_rebuild(target, inventory);
    target->written_ahead = false;
    target->phase = TARGET_LIST;
}

void target_join(struct target *target, str other)
{
    target->connecting = false;
    target->attempts = 0;
    target->joined = true;
    (void)snprintf(target->problem, sizeof(target->problem),
                   "the same cluster as %.*s, which writes for both", STR_ARG(other));
    target->phase = TARGET_HELD;
    target->report = true;
}

void target_unreachable(struct target *target, const struct error *err, int64_t now_ns)
{
    AUTO_BUF struct buf text = BUF_INIT(sizeof(target->problem) - 1);
    target->connecting = false;
    error_print(err, &text);
    bool news = target->problem[0] == '\0';
    target->joined = false; /* that is found out anew */
    copy_text(target->problem, sizeof(target->problem), buf_str(&text));
    target->retry_ns =
        now_ns + backoff(UNREACHABLE_FIRST_NS, UNREACHABLE_MOST_NS, target->attempts++);
    target->phase = TARGET_CONNECT;
    target->report = target->report || news;
}

void target_discovered(struct target *target, int64_t now_ns)
{
    (void)now_ns;
    target->discovering = false;
    for (size_t i = 0; i < target->kinds.len; i++) {
        if (target->kinds.items[i].state == KIND_MISSING)
            target->kinds.items[i].state = KIND_WANTED;
    }
}

/* --- the watches --- */

void target_kind_scope(struct target *target, uint32_t kind, bool namespaced)
{
    struct target_kind *known = &target->kinds.items[kind];
    enum object_scope scope = namespaced ? SCOPE_NAMESPACE : SCOPE_CLUSTER;
    if (known->scope == scope)
        return;
    known->scope = scope;
    target->unplaced = target->unplaced || table_is_misplaced(target, kind);
}

void target_kind_begin(struct target *target, uint32_t kind)
{
    /* Until the list is complete, what it has not shown yet is unknown, not gone. */
    if (target->kinds.items[kind].state == KIND_SYNCED)
        target->kinds.items[kind].state = KIND_OPENING;
    struct object_group group = target_objects_of(target, kind);
    for (size_t i = 0; i < group.len; i++) {
        struct target_object *object = &target->objects[group.items[i]];
        if (object->state != OBJECT_BUSY)
            object->seen = false;
    }
}

/* After a complete list: what Git wants, was applied once and was not in it, is gone. */
static void find_missing(struct target *target, uint32_t kind)
{
    struct object_group group = target_objects_of(target, kind);
    for (size_t i = 0; i < group.len; i++) {
        struct target_object *object = &target->objects[group.items[i]];
        if (object->seen || !object->acknowledged || object->drifted ||
            object->desired == NO_DESIRED)
            continue;
        VEC_PUSH(target->table, &target->missing, group.items[i]);
    }
}

void target_kind_changed(struct target *target, uint32_t kind, enum kind_state state,
                         int64_t now_ns)
{
    target->kinds.items[kind].state = state;
    if (state != KIND_SYNCED)
        return;
    target->kinds.items[kind].heard_ns = now_ns;
    find_missing(target, kind);
    struct object_group group = target_objects_of(target, kind);
    for (size_t i = 0; target_blocked(target) != 0 && i < group.len; i++)
        flow_review(target, group.items[i]);
    if (target->phase == TARGET_SETTLED && target->to_delete != 0)
        target_reopen_prune(target);
}

bool object_is_overtaken(const struct target_object *object, const struct live_view *view)
{
    return version_is_older(version_pack(view->resource_version), object->seen_version);
}

void object_note_seen(const struct target *target, struct target_object *object,
                      const struct live_view *view)
{
    object->seen = true;
    object->deleting = view->deleting;
    object->owned = str_equal(view->owner, target->owner);
    object->seen_live = view->fields;
    object->seen_version = version_pack(view->resource_version);
    object->tools = (uint16_t)view->tools;
}

bool object_has_drifted(const struct target_object *object)
{
    return object->desired != NO_DESIRED && object->acknowledged && !object->deleting &&
           (object->told || !hash_equal(object->seen_live, object->acked_live));
}

/* Ours by the server's word or by its label, and nothing is known about how we left it. */
static bool is_unproven(const struct target_object *object, const struct live_view *view)
{
    return object->desired != NO_DESIRED && !object->acknowledged && !object->deleting &&
           (view->ours || object->owned) && object->state != OBJECT_CONFLICT &&
           object->state != OBJECT_FAILED;
}

static struct target_object *find(struct target *target, const struct live_view *view,
                                  uint32_t *ret_index)
{
    struct arena_mark mark = arena_mark(target->table);
    str key = object_id_key(&view->id, target->table);
    struct target_object *object = table_find(target, key);
    arena_rewind(target->table, mark);
    if (object != NULL)
        *ret_index = (uint32_t)(object - target->objects);
    return object;
}

static void tell_leaving(struct target *target, struct target_object *object,
                         const struct live_view *view)
{
    const char *before = object->problem;
    object_tell_leaving(target, object, view);
    if (object->problem != before)
        target->report = target->report || target->phase == TARGET_SETTLED;
}

enum seen_result target_seen(struct target *target, const struct live_view *view, int64_t now_ns,
                             uint32_t *ret_object)
{
    struct target_object *object = find(target, view, ret_object);
    if (object == NULL) {
        target->strangers++;
        return SEEN_STRANGER;
    }
    if (object_is_overtaken(object, view))
        return SEEN_EXPECTED;
    object_note_seen(target, object, view);
    (void)now_ns;
    if (object->state == OBJECT_BUSY)
        return SEEN_EXPECTED; /* judged when the answer is there */
    if (object->state == OBJECT_LEAVING && view->deleting)
        tell_leaving(target, object, view);
    if (object_has_drifted(object) || is_unproven(object, view))
        return SEEN_DRIFT;
    return SEEN_EXPECTED;
}

bool target_knows(const struct target *target, const struct object_id *id)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    return table_find(target, object_id_key(id, scratch)) != NULL;
}

enum seen_result target_gone(struct target *target, const struct live_view *view, int64_t now_ns,
                             uint32_t *ret_object)
{
    struct target_object *object = find(target, view, ret_object);
    if (object == NULL)
        return SEEN_EXPECTED;
    if (object_is_overtaken(object, view))
        return SEEN_EXPECTED;
    object->seen = false;
    object->deleting = false;
    (void)now_ns;
    if (object->state == OBJECT_BUSY)
        return SEEN_EXPECTED;
    if (object->hook) {
        hook_gone(target, *ret_object);
        return SEEN_EXPECTED;
    }
    if (object->desired != NO_DESIRED)
        return object->acknowledged ? SEEN_DRIFT : SEEN_EXPECTED;
    /* Gone, or only its label: the inventory shrinks after a look. */
    if (object->state != OBJECT_DELETED && target->phase >= TARGET_CLOSE) {
        object->state = OBJECT_TODO;
        object->leaving = LEAVING_NOT;
        target_queue(target, *ret_object);
        target->report = target->report || target->phase == TARGET_SETTLED;
    }
    return SEEN_EXPECTED;
}

/* --- answers --- */

/* Tries again, at once or later, wherever the target stands. */
static void again(struct target *target, uint32_t index, int64_t now_ns, bool at_once)
{
    struct target_object *object = &target->objects[index];
    object_retry(object, now_ns);
    if (at_once)
        object->retry_ns = now_ns;
    target_queue(target, index);
    flow_review(target, index);
}

static void applied_well(struct target *target, uint32_t index, const struct outcome *outcome,
                         int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    const struct desired_object *wanted = &target->desired->objects[object->desired];
    const struct live_view *view = outcome->view;
    const struct desired_form form = hold_sent_form(target, object);
    uint64_t version = version_pack(view->resource_version);
    bool unchanged = version == object->sent_version && version != VERSION_NONE;
    bool same_facts = object->acknowledged && hash_equal(object->acked_desired, form.digest) &&
                      hash_equal(object->acked_live, view->fields) &&
                      uid_equals(&object->uid, view->uid);
    if (outcome->created)
        object->change = CHANGE_CREATED;
    else if (!unchanged && object->change == CHANGE_NONE && !object->drifted)
        object->change = CHANGE_UPDATED;
    object->acknowledged = true;
    object->acked_desired = form.digest;
    object->acked_live = view->fields;
    object->acked_time_s = (uint32_t)(view->own_time_ns / NS_PER_S);
    object_set_uid(target, object, view->uid);
    target->inventory_dirty = target->inventory_dirty || !same_facts;
    object->state = object->contested ? OBJECT_CONTESTED : OBJECT_DONE;
    object->attempts = 0;
    object->force = false;
    if (!object->contested)
        object->problem = NULL;
    object->judged = 0;
    object->tolerated = false;
    if (object->drifted) {
        object->drifted = object->left_out != NULL;
        target->healed++;
        target->report = target->report || target->phase == TARGET_SETTLED;
    }
    bool later_event = object->seen && object_is_overtaken(object, view);
    if (!later_event)
        object_note_seen(target, object, view);
    else if (object_has_drifted(object))
        target_examine(target, index, 0); /* somebody wrote while the answer was on its way */
    bool let_go_since = hold_of(target, object) != NULL && object_wants_apply(target, object);
    if (let_go_since || object_wants_adoption(target, object)) {
        object->state = OBJECT_TODO;
        target_queue(target, index);
    }
    if (!unchanged && str_equal(wanted->id.gvk.kind, STR("CustomResourceDefinition"))) {
        target->defines = true;
        target->discover_ns = now_ns + DISCOVER_PAUSE_NS;
    }
}

void target_adopted(struct target *target, uint32_t index, const struct outcome *outcome,
                    int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    CHECK(target->busy > 0 && object->state == OBJECT_BUSY);
    target->busy--;
    if (outcome->err != NULL) {
        object->troubled = true;
        object_set_problem(target, object, outcome->err->text);
        again(target, index, now_ns, false);
        return;
    }
    object->adopted = true;
    object->state = OBJECT_TODO;
    if (outcome->view != NULL)
        object_note_seen(target, object, outcome->view);
    target_queue(target, index);
}

/* A conflict that a look did not resolve is one. */
#define EXAMINE_MOST 3

/* A field of it may not change: it is made anew where Git allows that, else it is held. */
static void hold_immutable(struct target *target, uint32_t index)
{
    struct target_object *object = &target->objects[index];
    object->kept_by = GATE_NOT_ASKED;
    object->state = OBJECT_HELD;
    if ((object_options_of(target, object) & OPTION_RECREATE) == 0)
        return;
    object->leaving = LEAVING_LOOK;
    object->state = OBJECT_TODO;
    target_queue(target, index);
}

static void applied_badly(struct target *target, uint32_t index, const struct outcome *outcome,
                          int64_t now_ns)
{
    struct target_object *object = &target->objects[index];
    bool forced = object->force;
    object->force = false;
    object->troubled = object->troubled || !outcome->reclaimable;
    object_set_problem(target, object, outcome->err->text);
    if (outcome->kind_missing) {
        if (target->discover_ns == 0)
            target->discover_ns = now_ns + DISCOVER_PAUSE_NS;
        target->defines = true;
        again(target, index, now_ns, false);
        return;
    }
    switch (outcome->err->class) {
    case ERROR_CONFLICT:
        if ((object_options_of(target, object) & OPTION_CREATE_ONLY) != 0) {
            object->state = OBJECT_DONE; /* it is there: that is all that is asked for */
            object->problem = NULL;
        } else if (forced) { /* somebody wrote in between: look again before forcing anything */
            again(target, index, now_ns, false);
        } else if ((outcome->tools & target_adopts(target, index)) == outcome->tools &&
                   outcome->tools != 0 && !object->adopted) {
            object->tools |= (uint16_t)outcome->tools;
            again(target, index, now_ns, true);
        } else if (outcome->reclaimable) {
            again(target, index, now_ns, true);
            object->force = true;
        } else if (outcome->examine && object->attempts < EXAMINE_MOST) {
            again(target, index, now_ns, true);
            object->examine = true;
        } else {
            object->state = OBJECT_CONFLICT;
        }
        return;
    case ERROR_INPUT:
        if (outcome->immutable) {
            hold_immutable(target, index);
            return;
        }
        object->state = OBJECT_FAILED;
        return;
    case ERROR_DENIED:
    case ERROR_LIMIT:
    case ERROR_UNSUPPORTED:
    case ERROR_INTERNAL: object->state = OBJECT_FAILED; return;
    default: again(target, index, now_ns, false); return;
    }
}

/* A kind that was not served takes writes: without asking again it would never be watched. */
static void find_served(struct target *target, uint32_t index, int64_t now_ns)
{
    if (target->kinds.items[target->objects[index].kind].state != KIND_MISSING)
        return;
    target->defines = true;
    if (target->discover_ns == 0 && !target->discovering)
        target->discover_ns = now_ns + DISCOVER_PAUSE_NS;
}

void target_applied(struct target *target, uint32_t index, const struct outcome *outcome,
                    int64_t now_ns)
{
    CHECK(target->busy > 0 && target->objects[index].state == OBJECT_BUSY);
    target->busy--;
    if (outcome->err == NULL)
        find_served(target, index, now_ns);
    if (target->objects[index].run != NO_RUN) {
        hook_made(target, index, outcome, now_ns);
        return;
    }
    if (outcome->err != NULL) {
        applied_badly(target, index, outcome, now_ns);
        target->report = target->report || target->phase == TARGET_SETTLED;
        flow_review(target, index);
        return;
    }
    applied_well(target, index, outcome, now_ns);
    if (outcome->verdict != NULL)
        target_take_health(target, index, outcome->view->resource_version, outcome->verdict);
    flow_review(target, index);
    if (target->phase == TARGET_SETTLED && target->to_delete != 0)
        target_reopen_prune(target);
}

void target_inventory_written(struct target *target, const struct error *err, int64_t now_ns)
{
    target->writing = false;
    if (err != NULL) {
        target->inventory_dirty = true;
        target->write_retry_ns = now_ns + 2 * NS_PER_S;
        copy_text(target->problem, sizeof(target->problem), str_z(err->text));
        return;
    }
    target->write_retry_ns = 0;
    target->problem[0] = '\0';
    target->written_ahead = true;
    for (size_t i = 0; i < target->object_count; i++)
        target->objects[i].recorded = target->objects[i].state != OBJECT_DELETED;
    hooks_durable(target);
}
