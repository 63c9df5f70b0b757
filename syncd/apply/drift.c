/* Drift of a watched object: what it is, what policy wants, and the look where only a look can
 * tell. */
#include "syncd/apply/session_internal.h"

#include "repo-layout/level.h"
#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <stdlib.h>

/* Git's document of an object, without what is to be left out of it when `applied`. */
bool session_stated(const struct session *session, uint32_t index, bool applied,
                    struct arena *arena, value *ret_stated, struct error *err)
{
    const struct target_object *object = target_object_at(session->target, index);
    const struct desired_form form = target_form(session->target, index);
    value stated;
    if (!json_read(form.json, session->options.limits, arena, &stated, err))
        return false;
    *ret_stated = applied && object->left_out != NULL
                      ? drift_leave_out(stated, *object->left_out, arena)
                      : stated;
    return true;
}

static void find(const struct session *session, uint32_t index, value stated, value live,
                 struct drift_quirks quirks, struct arena *arena, struct drifts *drifts)
{
    const struct target_object *object = target_object_at(session->target, index);
    const struct drift_case question = {.stated = stated,
                                        .live = live,
                                        .quirks = quirks,
                                        .acked_time_ns = object->acked_time_s * NS_PER_S};
    drift_find(&question, arena, drifts);
    bool differs = object->acknowledged && !hash_equal(object->seen_live, object->acked_live);
    if (drifts->list.len == 0 && differs) /* e.g. an empty map is gone: said of the whole */
        VEC_PUSH(arena, &drifts->list, (struct drift){.class = DRIFT_CHANGED});
}

void session_tell_calm(struct session *session, uint32_t index)
{
    if (target_calmed_down(session->target, index))
        session->port.undrifted(session->context, session, index);
}

/* Rules of people first; then what the platform's level says others write; then the fallback. */
static enum drift_action decide(const struct session *session, const struct drift_wishes *wishes,
                                const struct object_id *id, value stated, const struct drift *drift)
{
    const struct drift_policy *policy = &session->options.drift;
    const struct level *level = session->options.policy.level;
    enum drift_action action;
    if (drift_find_rule(policy, wishes, id, drift, &action))
        return action;
    bool noise = level != NULL && drift->path.len != 0 &&
                 level_find_noise(level, id->gvk.group, id->gvk.kind, stated, drift->path) != NULL;
    return noise ? DRIFT_IGNORE : policy->fallback;
}

/* Decides, tells the target and then everybody else. */
static void judge(struct session *session, uint32_t index, value stated,
                  const struct drifts *drifts, uint64_t digest, struct arena *arena)
{
    struct object_id id = session_object_id(session, index);
    size_t count = drifts->list.len;
    enum drift_action *actions = ARENA_ARRAY(arena, enum drift_action, count + 1);
    struct drift_wishes wishes;
    drift_read_wishes(stated, arena, &wishes);
    for (size_t i = 0; i < count; i++)
        actions[i] = decide(session, &wishes, &id, stated, &drifts->list.items[i]);
    target_judged(session->target, index, drifts, actions, digest, clock_monotonic_ns());
    if (count != 0)
        session->port.drifted(session->context, session, index, drifts, actions);
    session_tell_calm(session, index);
}

void drift_look(struct session *session, uint32_t index, value live, struct arena *arena)
{
    struct drifts drifts = {0};
    struct error err = ERROR_INIT;
    value stated;
    if (!session_stated(session, index, false, arena, &stated, &err))
        return; /* it was read when the commit was rendered */
    find(session, index, stated, live, (struct drift_quirks){0}, arena, &drifts);
    /* Others may write what is not ours as often as they like: the same is judged once. */
    uint64_t digest = drift_digest(&drifts);
    if (digest == target_object_at(session->target, index)->judged)
        return;
    if (drift_is_undecided(&drifts))
        target_examine(session->target, index, digest);
    else
        judge(session, index, stated, &drifts, digest, arena);
}

/* --- the look --- */

/* One object being looked at. The table stays as it is meanwhile: the object is busy. */
struct look {
    struct session *session;
    struct look *next;
    uint32_t index;
    struct arena *arena;
    value live;
    bool as_applied;
    struct drift_quirks quirks;
};

static void look_destroy(struct look *look)
{
    struct look **at = &look->session->looks;
    while (*at != look)
        at = &(*at)->next;
    *at = look->next;
    arena_destroy(look->arena);
    free(look);
}

void drift_drop_looks(struct session *session)
{
    while (session->looks != NULL)
        look_destroy(session->looks);
}

static bool look_view(struct look *look, struct outcome *outcome, struct live_view *view,
                      struct error *err)
{
    if (!value_present(look->live))
        return true;
    if (!live_view(look->live, STR(OWNER_LABEL), look->arena, view, err)) {
        outcome->err = err;
        return false;
    }
    outcome->view = view;
    return true;
}

/* What is there, held against what the server would make of Git's document. */
static void conclude(struct look *look)
{
    struct session *session = look->session;
    struct live_view view;
    struct error err = ERROR_INIT;
    struct outcome outcome = {.as_applied = look->as_applied};
    struct drifts drifts = {0};
    value stated;
    (void)look_view(look, &outcome, &view, &err); /* the outcome has the error */
    enum seen_result result =
        target_examined(session->target, look->index, &outcome, clock_monotonic_ns());
    if (value_present(look->live))
        session_note_value(session, look->index, look->live);
    if (result == SEEN_DRIFT &&
        session_stated(session, look->index, false, look->arena, &stated, &err)) {
        struct drifts plain = {0};
        if (outcome.view == NULL) {
            VEC_PUSH(look->arena, &drifts.list, (struct drift){.class = DRIFT_DELETED});
            plain = drifts;
        } else {
            find(session, look->index, stated, look->live, (struct drift_quirks){0}, look->arena,
                 &plain);
            find(session, look->index, stated, look->live, look->quirks, look->arena, &drifts);
        }
        judge(session, look->index, stated, &drifts, drift_digest(&plain), look->arena);
    }
    look_destroy(look);
    session_pump(session);
}

static void compared(void *context, const struct kube_reply *reply)
{
    struct look *look = context;
    struct session *session = look->session;
    struct live_view view, answer;
    struct outcome ignored = {0};
    struct error err = ERROR_INIT;
    value stated;
    session_heard(session, reply);
    /* A dry run that was refused leaves what was undecided as it looks. */
    if (reply->err == NULL &&
        session_stated(session, look->index, false, look->arena, &stated, &err)) {
        look->quirks = drift_learn(stated, reply->object, look->arena);
        look->as_applied = look_view(look, &ignored, &view, &err) &&
                           live_view(reply->object, STR(OWNER_LABEL), look->arena, &answer, &err) &&
                           hash_equal(view.fields, answer.fields);
    }
    conclude(look);
}

static void looked(void *context, const struct kube_reply *reply)
{
    struct look *look = context;
    struct session *session = look->session;
    struct object_id id = session_object_id(session, look->index);
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing;
    value stated;
    session_heard(session, reply);
    if (reply->err != NULL && reply->err->class != ERROR_NOT_FOUND) {
        struct outcome outcome = {.err = reply->err};
        (void)target_examined(session->target, look->index, &outcome, clock_monotonic_ns());
        look_destroy(look);
        session_pump(session);
        return;
    }
    look->live = reply->err == NULL ? value_copy(reply->object, look->arena) : value_absent();
    if (!value_present(look->live) || !session_object_path(session, &id, &path, &missing, &err) ||
        !session_stated(session, look->index, false, look->arena, &stated, &err)) {
        conclude(look);
        return;
    }
    const struct kube_write write = {.force = true, .dry_run = true};
    (void)kube_apply(session->cluster, &path, stated, &write, compared, look);
}

void drift_examine(struct session *session, uint32_t index)
{
    struct object_id id = session_object_id(session, index);
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing;
    if (!session_object_path(session, &id, &path, &missing, &err)) {
        err.class = ERROR_UNAVAILABLE;
        struct outcome outcome = {.err = &err};
        (void)target_examined(session->target, index, &outcome, clock_monotonic_ns());
        return;
    }
    struct look *look = malloc(sizeof(*look));
    CHECK(look != NULL);
    *look = (struct look){.session = session,
                          .next = session->looks,
                          .index = index,
                          .arena = arena_create(ARENA_NO_BUDGET)};
    session->looks = look;
    (void)kube_get(session->cluster, &path, looked, look);
}

/* True when policy leaves the field alone, whoever owns it. */
bool drift_is_left_alone(const struct session *session, uint32_t index, str path, str manager,
                         struct arena *arena)
{
    struct object_id id = session_object_id(session, index);
    struct drift_wishes wishes;
    value stated;
    struct error err = ERROR_INIT;
    const struct drift drift = {.class = DRIFT_CHANGED, .path = path, .manager = manager};
    if (!session_stated(session, index, false, arena, &stated, &err))
        return false;
    drift_read_wishes(stated, arena, &wishes);
    return decide(session, &wishes, &id, stated, &drift) != DRIFT_HEAL;
}
