/* Writes: apply, the look before a deletion, the deletion. */
#include "syncd/apply/session_internal.h"

#include "repo-layout/level.h"
#include "syncd/base/clock.h"
#include "syncd/live/adopt.h"
#include "syncd/plan/risk.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

struct writing *writing_new(struct session *session, uint32_t object)
{
    struct writing *writing = malloc(sizeof(*writing));
    CHECK(writing != NULL);
    *writing = (struct writing){session, object};
    return writing;
}

void write_tell(struct session *session, uint32_t index, const char *action,
                const struct outcome *outcome)
{
    session->port.acted(session->context, session, target_object_at(session->target, index), action,
                        outcome->err != NULL ? outcome->err->text : NULL);
}

/* Refused for as long as something goes on, although it reads like a verdict on the object. */
static bool passes_by_itself(const struct kube_reply *reply)
{
    if (reply->code == 401) /* about our credentials: there may be others soon */
        return true;
    /* The kind itself is on its way out; only the server's sentence tells it from a lack of rights.
     */
    if ((reply->code == 403 || reply->code == 405) &&
        strstr(reply->err->text, "definition is terminating") != NULL)
        return true;
    for (size_t i = 0; reply->status != NULL && i < reply->status->cause_count; i++) {
        if (str_equal(reply->status->causes[i].reason, STR("NamespaceTerminating")))
            return true;
    }
    return false;
}

bool write_read_reply(const struct session *session, const struct kube_reply *reply,
                      struct reply_view *seen, struct outcome *outcome, struct error *err)
{
    outcome->reason = NULL;
    if (reply->err != NULL) {
        outcome->err = reply->err;
        if (passes_by_itself(reply)) {
            *err = *reply->err;
            err->class = ERROR_UNAVAILABLE;
            outcome->err = err;
        }
        return false;
    }
    if (!live_view(reply->object, STR(OWNER_LABEL), reply->arena, &seen->live, err)) {
        err->class = ERROR_UNAVAILABLE;
        outcome->err = err;
        return false;
    }
    outcome->view = &seen->live;
    if (session_judge(session, reply->object, reply->arena, &seen->verdict))
        outcome->verdict = &seen->verdict;
    return true;
}

/* --- apply --- */

struct text_search {
    str wanted;
    struct arena *arena;
    bool found;
};

static bool compare_path(void *context, const struct path_element *path, size_t len)
{
    struct text_search *search = context;
    str text = path_text(path, len, search->arena);
    /* A field of ours covers everything below it that has no path of its own. */
    search->found = str_starts(search->wanted, text) &&
                    (search->wanted.len == text.len || search->wanted.ptr[text.len] == '.' ||
                     search->wanted.ptr[text.len] == '[');
    return !search->found;
}

/* The same object in the commit applied before. */
static value previous_document(const struct session *session, uint32_t index, struct arena *arena)
{
    const struct desired *previous = target_previous(session->target);
    const struct target_object *object = target_object_at(session->target, index);
    const struct desired_object *wanted =
        &target_desired(session->target)->objects[object->desired];
    size_t at = previous != NULL ? desired_find(previous, &wanted->id) : SIZE_MAX;
    value document = value_absent();
    struct error err = ERROR_INIT;
    if (at != SIZE_MAX &&
        !json_read(previous->objects[at].json, session->options.limits, arena, &document, &err))
        return value_absent();
    return document;
}

/* True when every field in conflict was ours at the last acknowledged apply. */
static bool is_reclaimable(const struct session *session, uint32_t index,
                           const struct kube_reply *reply, bool *ret_examine)
{
    if (reply->status == NULL || reply->status->cause_count == 0)
        return false;
    const struct target_object *object = target_object_at(session->target, index);
    for (size_t i = 0; i < reply->status->cause_count; i++) {
        const struct kube_cause *cause = &reply->status->causes[i];
        if (drift_is_left_alone(session, index, cause->field, cause->manager, reply->arena)) {
            *ret_examine = true;
            return false;
        }
    }
    if (target_owns_all(session->target, index)) /* what is left out cannot conflict */
        return true;
    value before = previous_document(session, index, reply->arena);
    if (!object->acknowledged || !value_present(before))
        return false;
    struct field_set ours =
        fields_leaves(fields_of(schema_untyped(), before, reply->arena), reply->arena);
    for (size_t i = 0; i < reply->status->cause_count; i++) {
        struct text_search search = {reply->status->causes[i].field, reply->arena, false};
        (void)fields_walk(ours, compare_path, &search);
        if (!search.found)
            return false;
    }
    return true;
}

/* The tools that own all that is in conflict; 0 when somebody else does. */
static unsigned tools_in_conflict(const struct kube_reply *reply)
{
    unsigned tools = 0;
    for (size_t i = 0; reply->status != NULL && i < reply->status->cause_count; i++) {
        unsigned one = adopt_tools_of(reply->status->causes[i].manager);
        if (one == 0)
            return 0;
        tools |= one;
    }
    return tools;
}

/* Names the fields and who owns them. */
static void describe_conflict(const struct kube_reply *reply, unsigned tools, struct error *err)
{
    AUTO_BUF struct buf text = BUF_INIT(sizeof(err->text) - 1);
    for (size_t i = 0; i < reply->status->cause_count; i++) {
        const struct kube_cause *cause = &reply->status->causes[i];
        size_t before = text.len;
        buf_printf(&text, "%s%.*s is owned by %.*s", i != 0 ? "; " : "", STR_ARG(cause->field),
                   STR_ARG(cause->manager));
        if (buf_failed(&text)) {
            buf_truncate(&text, before);
            break;
        }
    }
    if (text.len != 0)
        (void)snprintf(err->text, sizeof(err->text), "%s", text.ptr);
    if (tools != 0)
        (void)error_hint(err, "syncd.dev/adopt: %s, or spec.adopt, makes what it applied syncd's",
                         adopt_tool_name(tools));
    else
        (void)error_hint(err, "remove the field from the repository or let its owner give it up");
}

/* A refusal because a field may not change, as built-in kinds and rules of CRDs say it. */
static bool is_immutable(const struct kube_reply *reply)
{
    static const str words[] = {STR_INIT("immutable"), STR_INIT("may not change"),
                                STR_INIT("updates to "), STR_INIT("cannot be changed"),
                                STR_INIT("may not be changed")};
    for (size_t i = 0; reply->status != NULL && i < reply->status->cause_count; i++) {
        for (size_t j = 0; j < ARRAY_LEN(words); j++) {
            if (str_find(reply->status->causes[i].rule, words[j]) != SIZE_MAX)
                return true;
        }
    }
    return false;
}

static void applied(void *context, const struct kube_reply *reply)
{
    struct writing *writing = context;
    struct session *session = writing->session;
    struct outcome outcome = {.created = reply->code == 201};
    struct reply_view seen;
    struct error err = ERROR_INIT;
    session_heard(session, reply);
    bool done = write_read_reply(session, reply, &seen, &outcome, &err);
    outcome.immutable = !done && outcome.err->class == ERROR_INPUT && is_immutable(reply);
    if (!done && outcome.err->class == ERROR_CONFLICT) {
        outcome.reclaimable = is_reclaimable(session, writing->object, reply, &outcome.examine);
        outcome.tools = tools_in_conflict(reply);
        err = *reply->err;
        if (reply->status != NULL && reply->status->cause_count != 0)
            describe_conflict(reply, outcome.tools, &err);
        outcome.err = &err;
    }
    if (!outcome.reclaimable &&
        !outcome.examine) /* else the same is sent once more, for our own fields */
        write_tell(session, writing->object, outcome.created ? "create" : "apply", &outcome);
    target_applied(session->target, writing->object, &outcome, clock_monotonic_ns());
    if (done)
        session_note_value(session, writing->object, reply->object);
    session_tell_calm(session, writing->object);
    free(writing);
    session_pump(session);
}

static void refuse(struct session *session, uint32_t object, const struct error *err, bool missing)
{
    struct outcome outcome = {.err = err, .kind_missing = missing};
    write_tell(session, object, "apply", &outcome);
    target_applied(session->target, object, &outcome, clock_monotonic_ns());
}

/*
 * What the server's strict reading would warn of, a field stated twice, our own writer cannot
 * produce, and fields that no schema knows fail an apply anyway: it need not read each body twice.
 */
#define READ_ONCE STR("Ignore")

/*
 * Git's document without what is left out. Forcing is for our own fields only, so it must not meet
 * a version nobody looked at; unless Git says that fields of others are taken.
 */
static bool apply_document(struct session *session, const struct effect *effect,
                           const struct kube_path *path, struct error *err)
{
    uint32_t index = effect->index;
    const struct target_object *object = target_object_at(session->target, index);
    bool looked = effect->force && !effect->take;
    struct kube_write write = {.force = effect->force, .field_validation = READ_ONCE};
    char version[VERSION_MAX];
    if (looked && !version_text(object->seen_version, version, &write.resource_version))
        return error_set(
            err, ERROR_UNSUPPORTED,
            "the API's resource versions are no numbers: its fields are not reclaimed");
    const struct kube_write make = {0};
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    value document;
    if (!session_stated(session, index, true, arena, &document, err))
        return false;
    if (effect->create)
        (void)kube_create(session->cluster, path, document, &make, applied,
                          writing_new(session, index));
    else
        (void)kube_apply(session->cluster, path, document, &write, applied,
                         writing_new(session, index));
    return true;
}

void write_apply(struct session *session, const struct effect *effect)
{
    const uint32_t index = effect->index;
    const struct target_object *object = target_object_at(session->target, index);
    const struct object_id id = session_object_id(session, index); /* with its namespace settled */
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing = false;
    bool whole = !effect->force && !effect->create && object->left_out == NULL;
    if (!session_object_path(session, &id, &path, &missing, &err) ||
        (!whole && !apply_document(session, effect, &path, &err))) {
        refuse(session, index, &err, missing);
        return;
    }
    /* The commit stays as long as a request of it is on its way. */
    const struct kube_write write = {.field_validation = READ_ONCE};
    if (whole)
        (void)kube_apply_text(session->cluster, &path, target_form(session->target, index).json,
                              &write, applied, writing_new(session, index));
}

/* --- delete --- */

static void look_at_live(const struct session *session, uint32_t index, value live,
                         unsigned *options, struct outcome *outcome)
{
    const struct object_id id = session_object_id(session, index);
    *options = object_options(live);
    outcome->wave = object_wave(live);
    outcome->guarded = risk_needs_tombstone(session->options.policy.level, &id.gvk, live);
}

static void inspected(void *context, const struct kube_reply *reply)
{
    struct writing *writing = context;
    struct session *session = writing->session;
    struct outcome outcome = {0};
    struct reply_view seen;
    struct error err = ERROR_INIT;
    unsigned options = 0;
    session_heard(session, reply);
    if (write_read_reply(session, reply, &seen, &outcome, &err))
        look_at_live(session, writing->object, reply->object, &options, &outcome);
    else if (outcome.err->class == ERROR_NOT_FOUND)
        outcome.err = NULL; /* the object is not there: that is an answer */
    target_inspected(session->target, writing->object, &outcome, options, clock_monotonic_ns());
    free(writing);
    session_pump(session);
}

void write_inspect(struct session *session, uint32_t index)
{
    struct object_id id = session_object_id(session, index);
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing;
    if (!session_object_path(session, &id, &path, &missing, &err)) {
        /* A kind that is not served proves nothing about its objects. */
        err.class = ERROR_UNAVAILABLE;
        struct outcome outcome = {.err = &err};
        target_inspected(session->target, index, &outcome, 0, clock_monotonic_ns());
        return;
    }
    (void)kube_get(session->cluster, &path, inspected, writing_new(session, index));
}

static void deleted(void *context, const struct kube_reply *reply)
{
    struct writing *writing = context;
    struct session *session = writing->session;
    struct outcome outcome = {.err = reply->err};
    session_heard(session, reply);
    write_tell(session, writing->object, "delete", &outcome);
    target_deleted(session->target, writing->object, &outcome, clock_monotonic_ns());
    free(writing);
    session_pump(session);
}

/*
 * Some objects of a platform are not deleted but asked to go: the platform does what has to come
 * before and deletes them itself. The uid in the patch holds it to the object that was judged.
 * False when this one is simply deleted.
 */
/* The word of the tombstone, if the platform knows it; else the gentlest. */
static str policy_of(const struct session *session, const struct target_object *object,
                     const struct level_removal *removal)
{
    char uid[UID_MAX];
    const struct desired *desired = target_desired(session->target);
    const struct tombstone *tombstone =
        tombstones_find(&desired->tombstones, object->key, uid_text(&object->uid, uid));
    for (size_t i = 0; tombstone != NULL && i < removal->policy_count; i++) {
        if (str_equal(removal->policies[i], tombstone->policy))
            return removal->policies[i];
    }
    return removal->policies[0];
}

static bool ask_to_go(struct session *session, uint32_t index, const struct kube_path *path)
{
    const struct target_object *object = target_object_at(session->target, index);
    const struct level *level = session->options.policy.level;
    struct object_id id = session_object_id(session, index);
    const struct level_kind *kind =
        level != NULL ? level_find_kind(level, id.gvk.group, id.gvk.kind) : NULL;
    const struct level_removal *removal =
        kind != NULL ? level_find_removal(level, kind, value_null()) : NULL;
    if (removal == NULL)
        return false;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const str uid[] = {STR_INIT("metadata"), STR_INIT("uid")};
    char text[UID_MAX];
    value patch = value_with_path(value_null(), uid, ARRAY_LEN(uid),
                                  value_string(uid_text(&object->uid, text)), arena);
    CHECK(level_path_set(removal->request, patch, value_bool(true), arena, &patch));
    if (removal->policy != NULL && removal->policy_count != 0)
        CHECK(level_path_set(removal->policy, patch,
                             value_string(policy_of(session, object, removal)), arena, &patch));
    const struct kube_write write = {0};
    (void)kube_patch(session->cluster, path, KUBE_PATCH_MERGE, patch, &write, deleted,
                     writing_new(session, index));
    return true;
}

void write_delete(struct session *session, uint32_t index)
{
    const struct target_object *object = target_object_at(session->target, index);
    struct object_id id = session_object_id(session, index);
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing;
    if (!session_object_path(session, &id, &path, &missing, &err)) {
        struct outcome outcome = {.err = &err};
        err.class = ERROR_UNAVAILABLE;
        target_deleted(session->target, index, &outcome, clock_monotonic_ns());
        return;
    }
    if (ask_to_go(session, index, &path))
        return;
    char uid[UID_MAX];
    const struct kube_delete options = {
        .uid = uid_text(&object->uid, uid),
        .propagation = (object->live_options & OPTION_ORPHAN) != 0       ? STR("Orphan")
                       : (object->live_options & OPTION_FOREGROUND) != 0 ? STR("Foreground")
                                                                         : STR("Background")};
    (void)kube_delete(session->cluster, &path, &options, deleted, writing_new(session, index));
}
