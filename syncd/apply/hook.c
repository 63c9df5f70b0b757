/* Making hooks: created, never applied, so that a run that is there is never taken for another. */
#include "syncd/apply/session_internal.h"

#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <stdlib.h>

static void made(void *context, const struct kube_reply *reply)
{
    struct writing *writing = context;
    struct session *session = writing->session;
    struct outcome outcome = {.created = true};
    struct reply_view seen;
    struct error err = ERROR_INIT;
    session_heard(session, reply);
    (void)write_read_reply(session, reply, &seen, &outcome, &err); /* the outcome says it */
    write_tell(session, writing->object, "run hook", &outcome);
    target_applied(session->target, writing->object, &outcome, clock_monotonic_ns());
    free(writing);
    session_pump(session);
}

void write_run(struct session *session, uint32_t index)
{
    static const str path_of_run[] = {STR_INIT("metadata"), STR_INIT("annotations"),
                                      STR_INIT(RUN_ANNOTATION)};
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct object_id id = session_object_id(session, index);
    struct error err = ERROR_INIT;
    struct kube_path path;
    bool missing;
    value document;
    char run[RUN_TEXT];
    target_run_text(session->target, index, run);
    if (!session_object_path(session, &id, &path, &missing, &err) ||
        !json_read(target_hook(session->target, index)->json, session->options.limits, arena,
                   &document, &err)) {
        struct outcome outcome = {.err = &err, .kind_missing = missing};
        target_applied(session->target, index, &outcome, clock_monotonic_ns());
        return;
    }
    document = value_with_path(document, path_of_run, ARRAY_LEN(path_of_run),
                               value_string(str_z(run)), arena);
    const struct kube_write write = {0};
    (void)kube_create(session->cluster, &path, document, &write, made, writing_new(session, index));
}
