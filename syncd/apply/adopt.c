/* Adoption: the owners of an object's fields are written anew, nothing else of it. */
#include "syncd/apply/session_internal.h"

#include "syncd/base/clock.h"
#include "syncd/live/adopt.h"

#include <stdlib.h>

static void conclude(struct writing *writing, const struct outcome *outcome)
{
    struct session *session = writing->session;
    target_adopted(session->target, writing->object, outcome, clock_monotonic_ns());
    free(writing);
    session_pump(session);
}

static void patched(void *context, const struct kube_reply *reply)
{
    struct writing *writing = context;
    struct outcome outcome = {0};
    struct reply_view seen;
    struct error err = ERROR_INIT;
    session_heard(writing->session, reply);
    (void)write_read_reply(writing->session, reply, &seen, &outcome, &err); /* outcome says it */
    write_tell(writing->session, writing->object, "adopt", &outcome);
    conclude(writing, &outcome);
}

static void add_operation(struct array_builder *patch, str path, value content, struct arena *arena)
{
    struct object_builder operation;
    object_begin(&operation, arena);
    object_add(&operation, STR("op"), value_string(STR("replace")));
    object_add(&operation, STR("path"), value_string(path));
    object_add(&operation, STR("value"), content);
    array_add(patch, object_finish(&operation));
}

/* The version holds the patch to what was looked at: whoever writes in between wins, and it is
   looked at again. */
static void send(struct writing *writing, const struct kube_path *path, value live, value fields,
                 struct arena *arena)
{
    struct array_builder patch;
    const struct kube_write write = {0};
    array_begin(&patch, arena);
    add_operation(&patch, STR("/metadata/managedFields"), fields, arena);
    add_operation(&patch, STR("/metadata/resourceVersion"),
                  value_string(object_resource_version(live)), arena);
    (void)kube_patch(writing->session->cluster, path, KUBE_PATCH_JSON, array_finish(&patch), &write,
                     patched, writing);
}

static void looked(void *context, const struct kube_reply *reply)
{
    struct writing *writing = context;
    struct session *session = writing->session;
    struct outcome outcome = {0};
    struct reply_view seen;
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing;
    value fields = value_absent();
    const struct object_id id = session_object_id(session, writing->object);
    session_heard(session, reply);
    if (!write_read_reply(session, reply, &seen, &outcome, &err)) {
        if (outcome.err->class == ERROR_NOT_FOUND)
            outcome.err = NULL; /* nothing is there whose fields could move */
        conclude(writing, &outcome);
        return;
    }
    if (!adopt_fields(value_get2(reply->object, STR("metadata"), STR("managedFields")),
                      target_adopts(session->target, writing->object), reply->arena, &fields,
                      &err) ||
        !session_object_path(session, &id, &path, &missing, &err))
        outcome.err = &err;
    if (outcome.err == NULL && value_present(fields))
        send(writing, &path, reply->object, fields, reply->arena);
    else
        conclude(writing, &outcome);
}

void write_adopt(struct session *session, uint32_t index)
{
    const struct object_id id = session_object_id(session, index);
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing;
    if (!session_object_path(session, &id, &path, &missing, &err)) {
        const struct outcome outcome = {.err = &err, .kind_missing = missing};
        target_adopted(session->target, index, &outcome, clock_monotonic_ns());
        return;
    }
    (void)kube_get(session->cluster, &path, looked, writing_new(session, index));
}
