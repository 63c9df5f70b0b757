/*
 * Records: one Secret in the target for each release that makes values at random. Read before it is
 * rendered, written before anything of it is applied; the creation is atomic, so of two daemons
 * one wins and the other renders again. What cannot be read is never made anew.
 */
#include "syncd/daemon/world_internal.h"

#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

#include <stdio.h>

#define VALUES_MAX (1u << 20)

static struct record *find(const struct member_world *world, str namespace, str name)
{
    VEC_FOR (struct record *, at, &world->records)
        if (str_equal((*at)->namespace, namespace) && str_equal((*at)->name, name))
            return *at;
    return NULL;
}

void record_need(struct member_world *world, const struct render_need *need)
{
    if (find(world, need->texts[0], need->texts[1]) != NULL)
        return;
    struct record *record = ARENA_NEW(world->arena, struct record);
    *record = (struct record){.world = world,
                              .namespace = arena_str(world->arena, need->texts[0]),
                              .name = arena_str(world->arena, need->texts[1]),
                              .secret = arena_str(world->arena, need->texts[2]),
                              .values = BUF_INIT(VALUES_MAX),
                              .writing = BUF_INIT(VALUES_MAX)};
    VEC_PUSH(world->arena, &world->records, record);
}

static struct kube_path path_of(const struct record *record)
{
    return (struct kube_path){.version = STR("v1"),
                              .plural = STR("secrets"),
                              .namespace = STR(INVENTORY_NAMESPACE),
                              .name = record->secret};
}

/* The values inside a Secret; false when it is damaged. */
static bool take_values(value secret, struct arena *arena, struct buf *out, struct error *err)
{
    str text;
    value values;
    str encoded = value_str(value_get2(secret, STR("data"), STR("values")));
    if (!base64_decode(arena, encoded, &text) ||
        !json_read(text, limits_default(), arena, &values, err) || !value_is(values, VALUE_OBJECT))
        return error_set(err, ERROR_INPUT, "its key \"values\" is damaged");
    buf_clear(out);
    buf_add(out, text);
    return true;
}

static void know(struct record *record, value secret)
{
    (void)snprintf(record->version, sizeof(record->version), "%.*s",
                   STR_ARG(object_resource_version(secret)));
    record->state = RECORD_KNOWN;
}

static void unreadable(struct record *record, const struct error *why)
{
    struct error err = *why;
    record->state = RECORD_UNKNOWN;
    (void)error_wrap(&err, "the kept values of release %.*s/%.*s (Secret %.*s)",
                     STR_ARG(record->namespace), STR_ARG(record->name), STR_ARG(record->secret));
    world_retry(record->world, "reading kept values", &err);
    if (!error_is_transient(why))
        world_hold(record->world, "E_RECORD", &err);
}

static void was_read(void *context, const struct kube_reply *reply)
{
    struct record *record = context;
    struct error err = ERROR_INIT;
    if (reply->err != NULL && reply->err->class == ERROR_NOT_FOUND) {
        /* Values that are known already are written again, not made again. */
        record->version[0] = '\0';
        record->state = RECORD_KNOWN;
    } else if (reply->err != NULL) {
        unreadable(record, reply->err);
        return;
    } else if (!take_values(reply->object, reply->arena, &record->values, &err)) {
        unreadable(record, &err);
        return;
    } else {
        know(record, reply->object);
    }
    world_check(record->world);
}

void record_read(struct record *record)
{
    const struct kube_path path = path_of(record);
    record->state = RECORD_BUSY;
    (void)kube_get(session_cluster(record->world->member->session), &path, was_read, record);
}

/* --- writing --- */

static void write_record(struct record *record);

static void namespace_made(void *context, const struct kube_reply *reply)
{
    struct record *record = context;
    bool there = reply->err == NULL || reply->err->class == ERROR_CONFLICT;
    if (there) {
        write_record(record);
        return;
    }
    unreadable(record, reply->err);
    world_record_lost(record->world);
}

static void make_namespace(struct record *record)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    static const str name[] = {STR_INIT("metadata"), STR_INIT("name")};
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("apiVersion"), value_string(STR("v1")));
    object_add(&object, STR("kind"), value_string(STR("Namespace")));
    value document = value_with_path(object_finish(&object), name, ARRAY_LEN(name),
                                     value_string(STR(INVENTORY_NAMESPACE)), arena);
    const struct kube_path path = {
        .version = STR("v1"), .plural = STR("namespaces"), .name = STR(INVENTORY_NAMESPACE)};
    const struct kube_write write = {.field_manager = STR("")};
    (void)kube_apply(session_cluster(record->world->member->session), &path, document, &write,
                     namespace_made, record);
}

static void written(void *context, const struct kube_reply *reply)
{
    struct record *record = context;
    struct error err = ERROR_INIT;
    const struct error *why = reply->err;
    if (why == NULL && !take_values(reply->object, reply->arena, &record->values, &err))
        why = &err;
    if (why == NULL) {
        know(record, reply->object);
        world_record_written(record->world);
        return;
    }
    bool created = record->version[0] == '\0';
    if (why->class == ERROR_NOT_FOUND && created) {
        make_namespace(record);
        return;
    }
    record->state = RECORD_UNKNOWN;
    /* Another daemon was first, or it was removed: read it, and render again with what is there. */
    if (why->class != ERROR_CONFLICT && why->class != ERROR_NOT_FOUND)
        unreadable(record, why);
    world_record_lost(record->world);
}

static void lost_later(void *context)
{
    world_record_lost(context);
}

static void write_record(struct record *record)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct kube_cluster *cluster = session_cluster(record->world->member->session);
    const struct kube_path path = path_of(record);
    value secret;
    /* The child wrote it: it is no more trusted than all else. */
    if (buf_failed(&record->writing) ||
        !json_read(buf_str(&record->writing), limits_default(), arena, &secret, &err)) {
        record->state = RECORD_UNKNOWN;
        loop_defer(record->world->daemon->loop, lost_later, record->world);
        return;
    }
    const struct kube_write write = {.resource_version = str_z(record->version)};
    record->state = RECORD_BUSY;
    if (record->version[0] == '\0')
        (void)kube_create(cluster, &path, secret, &write, written, record);
    else
        (void)kube_update(cluster, &path, secret, &write, written, record);
}

static const struct wire_object *find_secret(const struct wire_unit *unit, str name)
{
    VEC_FOR (const struct wire_object, object, &unit->objects)
        if (str_equal(object->id.gvk.kind, STR("Secret")) && object->id.gvk.group.len == 0 &&
            str_equal(object->id.namespace, STR(INVENTORY_NAMESPACE)) &&
            str_equal(object->id.name, name))
            return object;
    return NULL;
}

bool records_write(struct member_world *world, const struct wire_unit *unit, unsigned *ret_count)
{
    unsigned count = 0;
    VEC_FOR (const struct render_release, release, &unit->releases) {
        const struct record *record = find(world, release->namespace, release->name);
        if (release->record_new && (record == NULL || record->state != RECORD_KNOWN ||
                                    find_secret(unit, release->record) == NULL))
            return false;
    }
    VEC_FOR (const struct render_release, release, &unit->releases) {
        if (!release->record_new)
            continue;
        struct record *record = find(world, release->namespace, release->name);
        buf_clear(&record->writing);
        buf_add(&record->writing, find_secret(unit, release->record)->json);
        write_record(record);
        count++;
    }
    *ret_count = count;
    return true;
}

void record_finish(struct record *record)
{
    buf_finish(&record->values);
    buf_finish(&record->writing);
}
