/* The inventory in the cluster: ConfigMaps in a namespace of our own, applied like everything else.
 */
#include "syncd/apply/session_internal.h"

#include "syncd/base/clock.h"

static str part_name(const struct session *session, unsigned part, struct arena *arena)
{
    return arena_printf(arena, "syncd-%.*s-%u", STR_ARG(session->options.sync_name), part);
}

/* Parts are read in any order: each is whole lines. */
bool inventory_take_item(struct session *session, value object)
{
    str lines = value_str(value_get2(object, STR("data"), STR("objects")));
    buf_add(&session->inventory, lines);
    buf_add(&session->installed, value_str(value_get2(object, STR("data"), STR("releases"))));
    if (lines.len != 0 && lines.ptr[lines.len - 1] != '\n')
        buf_add_byte(&session->inventory, '\n');
    session->parts++;
    return !buf_failed(&session->inventory);
}

static value part_object(const struct session *session, unsigned part, str lines,
                         struct arena *arena)
{
    struct object_builder labels, metadata, contents, object;
    object_begin(&labels, arena);
    object_add(&labels, STR("syncd.dev/inventory"), value_string(session->options.sync_name));
    if (part == 0)
        object_add(&labels, STR("applyset.kubernetes.io/id"), value_string(session->owner));
    object_begin(&metadata, arena);
    object_add(&metadata, STR("name"), value_string(part_name(session, part, arena)));
    object_add(&metadata, STR("namespace"), value_string(STR(INVENTORY_NAMESPACE)));
    object_add(&metadata, STR("labels"), object_finish(&labels));
    if (part == 0)
        object_add(&metadata, STR("annotations"), applyset_annotations(session, arena));
    object_begin(&contents, arena);
    object_add(&contents, STR("format"), value_string(STR("1")));
    object_add(&contents, STR("cluster"), value_string(str_z(session->cluster_uid)));
    object_add(&contents, STR("objects"), value_string(lines));
    if (part == 0 && session->installed.len != 0)
        object_add(&contents, STR("releases"), value_string(buf_str(&session->installed)));
    object_begin(&object, arena);
    object_add(&object, STR("apiVersion"), value_string(STR("v1")));
    object_add(&object, STR("kind"), value_string(STR("ConfigMap")));
    object_add(&object, STR("metadata"), object_finish(&metadata));
    object_add(&object, STR("data"), object_finish(&contents));
    return object_finish(&object);
}

static void part_written(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    session_heard(session, reply);
    if (reply->err != NULL) {
        session->write_err = *reply->err;
        (void)error_wrap(&session->write_err, "writing the inventory");
    }
    if (--session->parts_open != 0)
        return;
    bool ok = session->write_err.class == ERROR_NONE;
    if (!ok)
        session->namespace_ready = false; /* somebody may have removed it */
    target_inventory_written(session->target, ok ? NULL : &session->write_err,
                             clock_monotonic_ns());
    session_pump(session);
}

static void write_part(struct session *session, unsigned part, str lines)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    value object = part_object(session, part, lines, arena);
    const struct kube_path path = {.version = STR("v1"),
                                   .plural = STR("configmaps"),
                                   .namespace = STR(INVENTORY_NAMESPACE),
                                   .name = part_name(session, part, arena)};
    /* Nobody else has any business in here. */
    const struct kube_write write = {.force = true};
    session->parts_open++;
    (void)kube_apply(session->cluster, &path, object, &write, part_written, session);
}

/* The end of the last whole line within INVENTORY_PART bytes. */
static str cut_part(str *rest)
{
    size_t length = rest->len;
    if (length > INVENTORY_PART)
        length = str_rindex(str_slice(*rest, 0, INVENTORY_PART), '\n') + 1;
    str part = str_slice(*rest, 0, length);
    *rest = str_skip(*rest, length);
    return part;
}

/* A release counts as installed, or upgraded, once all of its commit is applied. */
static void note_installed(struct session *session)
{
    const struct desired *desired = target_desired(session->target);
    if (target_phase(session->target) < TARGET_CLOSE || !target_all_done(session->target))
        return;
    buf_clear(&session->installed);
    for (size_t i = 0; i < desired->release_count; i++) {
        const struct render_release *release = &desired->releases[i];
        const struct known_release known = {release->namespace, release->name, release->revision,
                                            release->inputs};
        inventory_write_release(&known, &session->installed);
    }
}

void session_installed(const struct session *session, struct arena *arena,
                       struct render_world *world)
{
    str rest = arena_str(arena, buf_str(&session->installed));
    struct known_release known;
    for (str line; str_cut(&rest, '\n', &line);) {
        if (inventory_read_release(line, &known))
            VEC_PUSH(arena, &world->installed, known);
    }
}

static void write_parts(struct session *session)
{
    note_installed(session);
    AUTO_BUF struct buf text = BUF_INIT(256u << 20);
    target_inventory_text(session->target, &text);
    str rest = buf_str(&text);
    unsigned part = 0;
    session->parts_open = 1; /* held until all are on their way */
    do {
        write_part(session, part++, cut_part(&rest));
    } while (rest.len != 0);
    /* Parts of a longer inventory are emptied, not deleted: there is no DELETE outside the gate. */
    for (unsigned old = part; old < session->parts; old++)
        write_part(session, old, STR(""));
    if (part > session->parts)
        session->parts = part;
    session->parts_open--;
}

static void namespace_written(void *context, const struct kube_reply *reply)
{
    struct session *session = context;
    session_heard(session, reply);
    if (reply->err == NULL) {
        session->namespace_ready = true;
        write_parts(session);
        return;
    }
    struct error err = *reply->err;
    (void)error_wrap(&err, "making the namespace " INVENTORY_NAMESPACE);
    target_inventory_written(session->target, &err, clock_monotonic_ns());
    session_pump(session);
}

void inventory_begin_write(struct session *session)
{
    error_clear(&session->write_err);
    if (session->namespace_ready) {
        write_parts(session);
        return;
    }
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct object_builder metadata, object;
    object_begin(&metadata, arena);
    object_add(&metadata, STR("name"), value_string(STR(INVENTORY_NAMESPACE)));
    object_begin(&object, arena);
    object_add(&object, STR("apiVersion"), value_string(STR("v1")));
    object_add(&object, STR("kind"), value_string(STR("Namespace")));
    object_add(&object, STR("metadata"), object_finish(&metadata));
    const struct kube_path path = {
        .version = STR("v1"), .plural = STR("namespaces"), .name = STR(INVENTORY_NAMESPACE)};
    const struct kube_write write = {.field_manager = STR("")};
    (void)kube_apply(session->cluster, &path, object_finish(&object), &write, namespace_written,
                     session);
}
