/* The engine: steps forward, documents out. It knows no kind by name. */
#include "examples/controllers/sim.h"

#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

/* Requests at once. What changes meanwhile is written once, as it is then. */
#define IN_FLIGHT_MAX  96
#define RETRY_AFTER_NS (300 * NS_PER_MS)

int64_t sim_now_ns(const struct sim *sim)
{
    return (int64_t)((double)loop_now_ns(sim->loop) * sim->scale);
}

int64_t sim_age_ns(const struct sim *sim, const struct sim_object *object)
{
    return sim_now_ns(sim) - object->since_ns;
}

void sim_wake(struct sim *sim, struct sim_object *object, int64_t after_ns)
{
    loop_timer_start(object->timer, (int64_t)((double)after_ns / sim->scale) + NS_PER_MS);
}

static void pump(void *context);

void sim_touch(struct sim *sim, struct sim_object *object)
{
    if (object->gone)
        return;
    if (list_empty(&object->queued))
        list_append(&sim->dirty, &object->queued);
    if (!sim->pumping && sim->in_flight < IN_FLIGHT_MAX) {
        sim->pumping = true;
        loop_defer(sim->loop, pump, sim);
    }
}

void sim_touch_machines(struct sim *sim, struct sim_object *cluster)
{
    VEC_FOR (struct sim_object *, machine, &cluster->machines.list)
        sim_touch(sim, *machine);
}

void sim_step_to(struct sim *sim, struct sim_object *object, uint8_t step)
{
    object->step = step;
    object->since_ns = sim_now_ns(sim);
    object->wall_ns = clock_wall_ns();
    object->attempt = 1;
    loop_timer_stop(object->timer);
    if (object->kind->of == SIM_CLUSTER && step < sim_cluster_step_count)
        object->stage_walls[step] = object->wall_ns;
    if (object->cluster != NULL) {
        sim_touch(sim, object->cluster);
        sim_touch_machines(sim, object->cluster);
    }
    if (object->kind->of == SIM_CLUSTER || object->kind->of == SIM_HOST)
        sim_touch_machines(sim, object);
    sim_touch(sim, object);
}

/* --- steps --- */

/* True when the object went a step further. */
static bool advance(struct sim *sim, struct sim_object *object)
{
    const struct sim_kind *kind = object->kind;
    if (object->step >= kind->step_count)
        return false;
    const struct sim_step *step = &kind->steps[object->step];
    if ((step->stops & object->fails) != 0 || step->lasts == UINT32_MAX)
        return false;
    int64_t left = (int64_t)step->lasts * NS_PER_S - sim_age_ns(sim, object);
    if (left > 0) {
        if (!loop_timer_is_running(object->timer))
            sim_wake(sim, object, left);
        return false;
    }
    if (step->gate != NULL && !step->gate(sim, object))
        return false;
    sim_step_to(sim, object, object->step + 1);
    return true;
}

/* --- documents --- */

struct writing {
    struct sim *sim;
    struct sim_object *object;
    size_t index;
    uint64_t digest;
    char *body;
};

static void was_written(void *context, const struct kube_reply *reply)
{
    struct writing *writing = context;
    struct sim *sim = writing->sim;
    struct sim_object *object = writing->object;
    const struct sim_document *document = &object->kind->documents[writing->index];
    struct sim_written *written = &object->written[writing->index];
    sim->in_flight--;
    object->writing = 0;
    if (reply->err == NULL) {
        sim->stats.written++;
        written->digest = writing->digest;
        sim_touch(sim, object);
    } else {
        sim->stats.refused++;
        if (!sim->quiet)
            (void)fprintf(stderr, "controllers: %s %.*s/%.*s: %s\n", document->plural,
                          STR_ARG(object->namespace), STR_ARG(object->name), reply->err->text);
        /* Made by an earlier document, which somebody has removed. */
        if (reply->err->class == ERROR_NOT_FOUND && document->group != NULL && writing->index > 0)
            object->written[writing->index - 1].digest = 0;
        if (reply->err->class == ERROR_INPUT)
            written->digest = writing->digest;
        written->failed = true;
        loop_timer_start(object->timer, RETRY_AFTER_NS);
    }
    free(writing->body);
    free(writing);
    if (!sim->pumping && !list_empty(&sim->dirty)) {
        sim->pumping = true;
        loop_defer(sim->loop, pump, sim);
    }
}

static str writer_of(const struct sim_object *object, const struct sim_document *document,
                     struct arena *arena)
{
    if (!str_equal(str_z(document->writer), STR("%p")))
        return str_z(document->writer);
    return arena_concat(arena, object->provider, STR("-provider"), (str){0});
}

static void send(struct sim *sim, struct sim_object *object, size_t index, struct buf *body,
                 uint64_t digest)
{
    const struct sim_document *document = &object->kind->documents[index];
    struct sim_place *place =
        document->regional ? sim_place_of(sim, object->region) : &sim->management;
    struct writing *writing = malloc(sizeof(*writing));
    CHECK(writing != NULL);
    struct kube_path path = {.group = str_z(document->group),
                             .version = str_z(document->version),
                             .plural = document->plural != NULL ? str_z(document->plural)
                                                                : object->plural,
                             .namespace = object->namespace,
                             .name = object->name,
                             .subresource = str_z(document->subresource)};
    if (path.group.ptr == NULL) {
        path.group = str_z(object->kind->group);
        path.version = str_z(object->kind->version);
    }
    struct kube_write write = {.field_manager = writer_of(object, document, sim->scratch),
                               .force = true};
    *writing = (struct writing){sim, object, index, digest, body->ptr};
    sim->in_flight++;
    object->writing = (uint8_t)(index + 1);
    if (document->way == SIM_WAY_APPLY) {
        kube_apply_text(place->cluster, &path, buf_str(body), &write, was_written, writing);
    } else {
        value patch;
        struct error err = ERROR_INIT;
        write.force = false;
        CHECK(json_read(buf_str(body), limits_default(), sim->scratch, &patch, &err));
        kube_patch(place->cluster, &path, KUBE_PATCH_MERGE, patch, &write, was_written, writing);
    }
    buf_init(body, 0); /* the text is the write's now */
}

/* A namespace that only the management cluster had. */
static void make_namespace(struct sim *sim, const struct sim_object *object)
{
    struct sim_place *place = sim_place_of(sim, object->region);
    if (place == &sim->management || map_has(&place->namespaces, object->namespace))
        return;
    (void)map_put(&place->namespaces, sim->arena, object->namespace, place);
    struct object_builder metadata, namespace;
    struct arena *arena = sim->scratch;
    object_begin(&metadata, arena);
    object_add(&metadata, STR("name"), value_string(object->namespace));
    object_begin(&namespace, arena);
    object_add(&namespace, STR("apiVersion"), value_string(STR("v1")));
    object_add(&namespace, STR("kind"), value_string(STR("Namespace")));
    object_add(&namespace, STR("metadata"), object_finish(&metadata));
    const struct kube_path path = {.version = STR("v1"), .plural = STR("namespaces")};
    kube_create(place->cluster, &path, object_finish(&namespace), &(struct kube_write){0},
                sim_ignore, NULL);
}

static void write_next(struct sim *sim, struct sim_object *object)
{
    if (object->writing != 0 || object->paused)
        return;
    for (size_t i = 0; i < object->kind->document_count; i++) {
        const struct sim_document *document = &object->kind->documents[i];
        struct buf body = BUF_INIT(1 << 20);
        if (document->detail && !sim->stages)
            continue;
        document->write(sim, object, &body);
        uint64_t digest = body.len == 0 ? 0 : hash_stable(buf_str(&body)) | 1;
        if (digest != 0 && digest != object->written[i].digest && !buf_failed(&body)) {
            if (document->regional)
                make_namespace(sim, object);
            send(sim, object, i, &body, digest);
            return;
        }
        buf_finish(&body);
    }
}

void sim_ignore(void *context, const struct kube_reply *reply)
{
    (void)context, (void)reply; /* the next look at the object says what came of it */
}

void sim_delete(struct sim *sim, struct sim_object *object)
{
    const struct kube_path path = {.group = str_z(object->kind->group),
                                   .version = str_z(object->kind->version),
                                   .plural = object->plural,
                                   .namespace = object->namespace,
                                   .name = object->name};
    kube_delete(sim->management.cluster, &path, &(struct kube_delete){.uid = object->uid},
                sim_ignore, NULL);
}

void sim_delete_own(struct sim *sim, struct sim_object *object)
{
    for (size_t i = 0; i < object->kind->document_count; i++) {
        const struct sim_document *document = &object->kind->documents[i];
        if (!document->own || object->written[i].digest == 0)
            continue;
        struct sim_place *place =
            document->regional ? sim_place_of(sim, object->region) : &sim->management;
        const struct kube_path path = {.group = str_z(document->group),
                                       .version = str_z(document->version),
                                       .plural = str_z(document->plural),
                                       .namespace = object->namespace,
                                       .name = object->name};
        object->written[i].digest = 0;
        kube_delete(place->cluster, &path, &(struct kube_delete){0}, sim_ignore, NULL);
    }
}

/* --- the pump --- */

static void pump(void *context)
{
    struct sim *sim = context;
    sim->pumping = false;
    while (!list_empty(&sim->dirty) && sim->in_flight < IN_FLIGHT_MAX) {
        struct sim_object *object = LIST_ITEM(sim->dirty.next, struct sim_object, queued);
        struct arena_mark mark = arena_mark(sim->scratch);
        list_remove(&object->queued);
        while (!object->paused && advance(sim, object)) {
        }
        if (object->kind->turn != NULL && !object->paused)
            object->kind->turn(sim, object);
        write_next(sim, object);
        arena_rewind(sim->scratch, mark);
    }
}

void sim_engine_start(struct sim *sim)
{
    list_init(&sim->dirty);
}
