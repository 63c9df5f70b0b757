/* What is in the management cluster: one list and watch per kind, and an object for each. */
#include "examples/controllers/sim.h"

#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>

/* One watched plural. */
struct watched {
    struct sim *sim;
    const struct sim_kind *kind;
    str plural;
    struct map seen; /* during a list */
    struct arena *arena;
};

str sim_text(struct sim *sim, str text)
{
    if (text.len == 0)
        return (str){0};
    struct map_entry *known = NULL;
    if (map_has(&sim->texts, text)) {
        known = map_place(&sim->texts, sim->arena, text);
        return known->key;
    }
    known = map_place(&sim->texts, sim->arena, arena_str(sim->arena, text));
    return known->key;
}

/* Credentials of different kinds may have the same name. */
static str key_of(struct sim *sim, const struct sim_kind *kind, str plural, str namespace, str name)
{
    str key = arena_concat(sim->scratch, namespace, STR("/"), name);
    return kind->plurals[1] == NULL ? key : arena_concat(sim->scratch, key, STR("/"), plural);
}

struct sim_object *sim_find_plural(struct sim *sim, enum sim_kind_of kind, str plural,
                                   str namespace, str name)
{
    struct sim_object *object =
        map_get(&sim->objects[kind], key_of(sim, &sim_kinds[kind], plural, namespace, name));
    return object != NULL && !object->gone ? object : NULL;
}

struct sim_object *sim_find(struct sim *sim, enum sim_kind_of kind, str namespace, str name)
{
    return sim_find_plural(sim, kind, (str){0}, namespace, name);
}

struct sim_place *sim_place_of(struct sim *sim, str region)
{
    VEC_FOR (struct sim_place *, place, &sim->regions) {
        if (str_equal((*place)->name, region))
            return *place;
    }
    return &sim->management;
}

static void timer_fired(void *context)
{
    struct sim_object *object = context;
    sim_touch(object->sim, object);
}

static struct sim_object *new_object(struct sim *sim, struct map *map, str key)
{
    struct sim_object *object = ARENA_NEW(sim->arena, struct sim_object);
    (void)map_put(map, sim->arena, sim_text(sim, key), object);
    object->sim = sim;
    object->timer = loop_timer_create(sim->loop, timer_fired, object);
    list_init(&object->queued);
    return object;
}

struct sim_object *sim_cluster_place(struct sim *sim, str namespace, str name)
{
    struct map *map = &sim->objects[SIM_CLUSTER];
    str key = key_of(sim, &sim_kinds[SIM_CLUSTER], (str){0}, namespace, name);
    struct sim_object *cluster = map_get(map, key);
    if (cluster != NULL)
        return cluster;
    cluster = new_object(sim, map, key);
    cluster->kind = &sim_kinds[SIM_CLUSTER];
    cluster->gone = true;
    return cluster;
}

/* A new object, or one of the same name that was made again. */
static struct sim_object *place_object(struct watched *watched, str namespace, str name, str uid)
{
    struct sim *sim = watched->sim;
    struct map *map = &sim->objects[watched->kind->of];
    str key = key_of(sim, watched->kind, watched->plural, namespace, name);
    struct sim_object *object = map_get(map, key);
    if (object != NULL && str_equal(object->uid, uid) && !object->gone)
        return object;
    if (object == NULL)
        object = new_object(sim, map, key);
    struct sim_members machines = object->machines;
    struct sim_object fresh = {.sim = sim,
                               .kind = watched->kind,
                               .plural = watched->plural,
                               .namespace = sim_text(sim, namespace),
                               .name = sim_text(sim, name),
                               .uid = sim_text(sim, uid),
                               .timer = object->timer,
                               .writing = object->writing,
                               .machines = machines,
                               .cluster = object->cluster,
                               .stage_walls = object->stage_walls,
                               .since_ns = sim_now_ns(sim),
                               .wall_ns = clock_wall_ns(),
                               .attempt = 1};
    if (fresh.stage_walls == NULL && watched->kind->of == SIM_CLUSTER)
        fresh.stage_walls = ARENA_ARRAY(sim->arena, int64_t, 32);
    list_remove(&object->queued);
    *object = fresh;
    list_init(&object->queued);
    return object;
}

static void take_object(void *context, value document, str text, struct arena *arena)
{
    (void)text, (void)arena;
    struct watched *watched = context;
    struct sim *sim = watched->sim;
    struct arena_mark mark = arena_mark(sim->scratch);
    value metadata = value_get(document, STR("metadata"));
    value labels = value_get(metadata, STR("labels"));
    str namespace = value_str(value_get(metadata, STR("namespace")));
    str name = value_str(value_get(metadata, STR("name")));
    struct sim_object *object =
        place_object(watched, namespace, name, value_str(value_get(metadata, STR("uid"))));
    sim->stats.heard++;
    if (watched->arena != NULL)
        (void)map_put(
            &watched->seen, watched->arena,
            arena_str(watched->arena, key_of(sim, watched->kind, watched->plural, namespace, name)),
            object);
    object->generation = sim_number(value_get(metadata, STR("generation")), 0);
    object->deleting = value_present(value_get(metadata, STR("deletionTimestamp")));
    object->finalized = value_len(value_get(metadata, STR("finalizers"))) != 0;
    object->provider =
        sim_text(sim, value_str(value_get(labels, STR("kaas.mirantis.com/provider"))));
    object->region = sim_text(sim, value_str(value_get(labels, STR("kaas.mirantis.com/region"))));
    object->fails = sim_failures_of(sim, object, document);
    if (watched->kind->take != NULL)
        watched->kind->take(sim, object, document);
    object->seen_status = true;
    sim_touch(sim, object);
    arena_rewind(sim->scratch, mark);
}

static void drop(struct sim *sim, struct sim_object *object)
{
    if (object->gone)
        return;
    sim_delete_own(sim, object);
    object->gone = true;
    list_remove(&object->queued);
    loop_timer_stop(object->timer);
    if (object->cluster != NULL) {
        struct sim_members *machines = &object->cluster->machines;
        for (size_t i = 0; i < machines->list.len; i++) {
            if (machines->list.items[i] == object)
                machines->list.items[i] = machines->list.items[--machines->list.len];
        }
        sim_touch(sim, object->cluster);
        sim_touch_machines(sim, object->cluster);
        object->cluster = NULL;
    }
}

static void remove_object(void *context, value document, str text, struct arena *arena)
{
    (void)text, (void)arena;
    struct watched *watched = context;
    struct sim *sim = watched->sim;
    struct arena_mark mark = arena_mark(sim->scratch);
    value metadata = value_get(document, STR("metadata"));
    struct sim_object *object = sim_find_plural(sim, watched->kind->of, watched->plural,
                                                value_str(value_get(metadata, STR("namespace"))),
                                                value_str(value_get(metadata, STR("name"))));
    if (object != NULL)
        drop(sim, object);
    arena_rewind(sim->scratch, mark);
}

static void begin(void *context)
{
    struct watched *watched = context;
    arena_destroy(watched->arena);
    watched->arena = arena_create(ARENA_NO_BUDGET);
    watched->seen = (struct map){0};
}

static void synced(void *context, str resource_version)
{
    (void)resource_version;
    struct watched *watched = context;
    MAP_FOR (entry, &watched->sim->objects[watched->kind->of]) {
        struct sim_object *object = entry->value;
        if (str_equal(object->plural, watched->plural) && !map_has(&watched->seen, entry->key))
            drop(watched->sim, object);
    }
    arena_destroy(watched->arena);
    watched->arena = NULL;
}

static void fresh(void *context, str resource_version)
{
    (void)context, (void)resource_version;
}

static void desync(void *context, const struct error *err)
{
    const struct watched *watched = context;
    if (!watched->sim->quiet)
        (void)fprintf(stderr, "controllers: %.*s: %s\n", STR_ARG(watched->plural), err->text);
}

void sim_watch(struct sim *sim)
{
    static const struct kube_receiver receiver = {.begin = begin,
                                                  .upsert = take_object,
                                                  .remove = remove_object,
                                                  .synced = synced,
                                                  .fresh = fresh,
                                                  .desync = desync};
    for (size_t i = 0; i < SIM_KINDS; i++) {
        const struct sim_kind *kind = &sim_kinds[i];
        for (const char *const *plural = kind->plurals; *plural != NULL; plural++) {
            struct watched *watched = ARENA_NEW(sim->arena, struct watched);
            *watched = (struct watched){.sim = sim, .kind = kind, .plural = str_z(*plural)};
            const struct kube_reflector_options options = {.path = {.group = str_z(kind->group),
                                                                    .version = str_z(kind->version),
                                                                    .plural = watched->plural}};
            VEC_PUSH(sim->arena, &sim->reflectors,
                     kube_reflector_create(sim->management.cluster, &options, &receiver, watched));
        }
    }
}
