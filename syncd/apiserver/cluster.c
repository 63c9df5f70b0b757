#include "syncd/apiserver/cluster.h"

#include "syncd/apiserver/controllers.h"
#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/openapi.h"
#include "syncd/apiserver/watch.h"
#include "syncd/apiserver/write.h"
#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"

#include <stdlib.h>

static int64_t wall_clock(void *context)
{
    (void)context;
    return clock_wall_ns();
}

static void system_random(void *context, void *out, size_t len)
{
    (void)context;
    crypto_random(out, len);
}

/* The built-in types as the differ's types, by way of their OpenAPI documents. */
static struct schema_set *make_schemas(const struct api_types *types, struct arena *arena)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct schema_set *set = schema_set_make(arena);
    for (size_t i = 0; i < api_builtin_count; i++) {
        struct error err = ERROR_INIT;
        value document = api_openapi_of_kind(types, api_builtins[i], scratch);
        CHECK(schema_add_openapi(set, document, &err));
    }
    return set;
}

struct api_world *api_world_create(const struct api_world_options *options)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct api_world *world = ARENA_NEW(arena, struct api_world);
    *world = (struct api_world){
        .arena = arena,
        .now_ns = options->now_ns != NULL ? options->now_ns : wall_clock,
        .random = options->random != NULL ? options->random : system_random,
        .context = options->context,
        .no_controllers = options->no_controllers,
        .scratch = arena_create(ARENA_NO_BUDGET),
    };
    api_history_init(&world->history,
                     options->history_bytes != 0 ? options->history_bytes : (size_t)64 << 20,
                     options->history_count != 0 ? options->history_count : 100000);
    world->types = api_types_make(arena);
    world->schemas = make_schemas(world->types, arena);
    world->builtin_count = api_builtin_count;
    world->builtins = ARENA_ARRAY(arena, struct api_definition *, api_builtin_count);
    for (size_t i = 0; i < api_builtin_count; i++)
        world->builtins[i] =
            api_definition_builtin(api_builtins[i], world->types, world->schemas, arena);
    return world;
}

void api_world_destroy(struct api_world *world)
{
    if (world == NULL)
        return;
    arena_destroy(world->scratch);
    arena_destroy(world->arena);
}

str api_now_text(const struct api_world *world, struct arena *arena)
{
    char text[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(world->now_ns(world->context), text);
    return arena_str(arena, str_z(text));
}

str api_new_uid(const struct api_world *world, struct arena *arena)
{
    uint8_t uid[16];
    world->random(world->context, uid, sizeof uid);
    uid[6] = (uint8_t)((uid[6] & 0x0f) | 0x40); /* version 4 */
    uid[8] = (uint8_t)((uid[8] & 0x3f) | 0x80);
    return api_uid_text(uid, arena);
}

str api_version_text(uint64_t version, struct arena *arena)
{
    return arena_printf(arena, "%llu", (unsigned long long)version);
}

struct api_resource *api_cluster_add_resource(struct api_cluster *cluster,
                                              struct api_definition *definition)
{
    struct api_resource *resource = calloc(1, sizeof *resource);
    CHECK(resource != NULL);
    resource->definition = definition;
    resource->cluster = cluster;
    api_shelf_init(&resource->shelf, &cluster->world->history);
    if (cluster->resource_count == cluster->resource_cap) {
        cluster->resource_cap = cluster->resource_cap == 0 ? 32 : cluster->resource_cap * 2;
        cluster->resources =
            realloc(cluster->resources, cluster->resource_cap * sizeof cluster->resources[0]);
        CHECK(cluster->resources != NULL);
    }
    cluster->resources[cluster->resource_count++] = resource;
    return resource;
}

static void free_resource(struct api_resource *resource)
{
    api_watchers_end(&resource->shelf);
    api_shelf_finish(&resource->shelf);
    api_definition_unref(resource->definition);
    free(resource);
}

void api_cluster_remove_resource(struct api_cluster *cluster, struct api_resource *resource)
{
    for (size_t i = 0; i < cluster->resource_count; i++) {
        if (cluster->resources[i] != resource)
            continue;
        memmove(cluster->resources + i, cluster->resources + i + 1,
                (cluster->resource_count - i - 1) * sizeof cluster->resources[0]);
        cluster->resource_count--;
        api_controllers_forget(cluster, resource);
        free_resource(resource);
        return;
    }
    CHECK(!"a resource of another cluster");
}

struct api_resource *api_cluster_resource(const struct api_cluster *cluster, str group, str plural)
{
    for (size_t i = 0; i < cluster->resource_count; i++) {
        const struct api_definition *definition = cluster->resources[i]->definition;
        if (str_equal(definition->plural, plural) && str_equal(definition->group, group))
            return cluster->resources[i];
    }
    return NULL;
}

struct api_resource *api_cluster_kind(const struct api_cluster *cluster, str group, str kind)
{
    for (size_t i = 0; i < cluster->resource_count; i++) {
        const struct api_definition *definition = cluster->resources[i]->definition;
        if (str_equal(definition->kind, kind) && str_equal(definition->group, group))
            return cluster->resources[i];
    }
    return NULL;
}

struct api_resource *api_cluster_builtin(const struct api_cluster *cluster, const char *plural)
{
    for (size_t i = 0; i < cluster->resource_count; i++) {
        const struct api_definition *definition = cluster->resources[i]->definition;
        if (definition->builtin != NULL && str_equal(definition->plural, str_z(plural)))
            return cluster->resources[i];
    }
    CHECK(!"a built-in kind");
    return NULL;
}

static void add_namespace(struct api_cluster *cluster, const char *name, struct arena *arena)
{
    struct api_resource *namespaces = api_cluster_builtin(cluster, "namespaces");
    const struct api_kind_rules *rules = namespaces->definition->builtin->rules;
    struct api_call call = {.cluster = cluster, .world = cluster->world, .arena = arena};
    value object = api_edit_metadata(api_empty_object(), "name", api_text(name), arena);
    object =
        api_edit_metadata(object, "uid", value_string(api_new_uid(cluster->world, arena)), arena);
    object = api_edit_metadata(object, "creationTimestamp",
                               value_string(api_now_text(cluster->world, arena)), arena);
    object = rules->prepare(&call, rules->fill(object, arena), value_absent());
    (void)api_commit(namespaces, object, arena); /* nobody needs the record */
}

struct api_cluster *api_cluster_create(struct api_world *world, str name)
{
    static const char *const namespaces[] = {"default", "kube-node-lease", "kube-public",
                                             "kube-system"};
    struct api_cluster *cluster = calloc(1, sizeof *cluster);
    CHECK(cluster != NULL);
    cluster->arena = arena_create(ARENA_NO_BUDGET);
    cluster->world = world;
    cluster->name = arena_str(cluster->arena, name);
    cluster->next_service_ip = 10;
    list_init(&cluster->pending);
    for (size_t i = 0; i < world->builtin_count; i++) {
        world->builtins[i]->refs++;
        (void)api_cluster_add_resource(cluster, world->builtins[i]); /* found by name later */
    }
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    for (size_t i = 0; i < ARRAY_LEN(namespaces); i++)
        add_namespace(cluster, namespaces[i], scratch);
    return cluster;
}

void api_cluster_destroy(struct api_cluster *cluster)
{
    if (cluster == NULL)
        return;
    api_controllers_finish(cluster);
    for (size_t i = 0; i < cluster->resource_count; i++)
        free_resource(cluster->resources[i]);
    free(cluster->resources);
    arena_destroy(cluster->arena);
    free(cluster);
}
