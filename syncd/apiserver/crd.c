#include "syncd/apiserver/crd.h"

#include "syncd/apiserver/controllers.h"
#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/watch.h"
#include "syncd/apiserver/write.h"

static const char cleanup[] = "customresourcecleanup.apiextensions.k8s.io";

/* The resource that a definition of this name ("plural.group") has made. */
static struct api_resource *resource_of(const struct api_cluster *cluster, str name)
{
    size_t dot = str_index(name, '.');
    if (dot == SIZE_MAX)
        return NULL;
    struct api_resource *resource =
        api_cluster_resource(cluster, str_skip(name, dot + 1), str_slice(name, 0, dot));
    return resource != NULL && resource->definition->builtin == NULL ? resource : NULL;
}

/* Another resource of the group that has the kind or the list kind already. */
static const struct api_resource *kind_taken(const struct api_cluster *cluster, value object)
{
    value spec = value_get(object, STR("spec")), names = value_get(spec, STR("names"));
    str group = value_str(value_get(spec, STR("group")));
    str plural = value_str(value_get(names, STR("plural")));
    for (size_t i = 0; i < cluster->resource_count; i++) {
        const struct api_definition *definition = cluster->resources[i]->definition;
        if (!str_equal(definition->group, group) || str_equal(definition->plural, plural))
            continue;
        if (str_equal(definition->kind, value_str(value_get(names, STR("kind")))) ||
            str_equal(definition->list_kind, value_str(value_get(names, STR("listKind")))))
            return cluster->resources[i];
    }
    return NULL;
}

static value condition(const struct api_world *world, const char *type, bool truth,
                       const char *reason, str message, struct arena *arena)
{
    value out = value_with(api_empty_object(), STR("type"), api_text(type), arena);
    out = value_with(out, STR("status"), api_text(truth ? "True" : "False"), arena);
    out = value_with(out, STR("reason"), api_text(reason), arena);
    out = value_with(out, STR("message"), value_string(message), arena);
    return value_with(out, STR("lastTransitionTime"), value_string(api_now_text(world, arena)),
                      arena);
}

static bool condition_is(value status, const char *type, bool truth)
{
    value list = value_get(status, STR("conditions"));
    for (size_t i = 0; i < value_len(list); i++) {
        value one = value_item(list, i);
        if (str_equal(value_str(value_get(one, STR("type"))), str_z(type)))
            return str_equal(value_str(value_get(one, STR("status"))),
                             truth ? STR("True") : STR("False"));
    }
    return false;
}

static void set_status(struct api_resource *definitions, value object, bool accepted, str why,
                       struct arena *arena)
{
    const struct api_world *world = definitions->cluster->world;
    value status = value_get(object, STR("status"));
    value names = value_get2(object, STR("spec"), STR("names"));
    bool same_names = value_equal(value_get(status, STR("acceptedNames")), names);
    if (condition_is(status, "NamesAccepted", accepted) &&
        condition_is(status, "Established", accepted) && (same_names || !accepted))
        return;
    struct array_builder conditions;
    array_begin(&conditions, arena);
    array_add(&conditions, condition(world, "NamesAccepted", accepted,
                                     accepted ? "NoConflicts" : "KindConflict", why, arena));
    array_add(&conditions, condition(world, "Established", accepted,
                                     accepted ? "InitialNamesAccepted" : "NotAccepted",
                                     accepted ? STR("the initial names have been accepted")
                                              : STR("not all names are accepted"),
                                     arena));
    status = value_with(status, STR("conditions"), array_finish(&conditions), arena);
    if (accepted)
        status = value_with(status, STR("acceptedNames"), names, arena);
    (void)api_commit(definitions, value_with(object, STR("status"), status, arena), arena);
}

static void end_resource(struct api_cluster *cluster, struct api_resource *definitions,
                         struct api_record *record, struct api_resource *resource,
                         struct arena *arena)
{
    if (resource != NULL) {
        resource->going = true;
        api_controllers_delete_all(resource, (str){0}, arena);
        if (resource->shelf.len != 0)
            return; /* finalizers; asked again when one of them goes */
        api_cluster_remove_resource(cluster, resource);
    }
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    if (api_has_finalizer(object, cleanup))
        api_controllers_release(definitions, record, cleanup, arena);
}

static void serve(struct api_cluster *cluster, struct api_resource *resource,
                  struct api_definition *definition)
{
    if (resource == NULL) {
        (void)api_cluster_add_resource(cluster, definition); /* found by name from now on */
        return;
    }
    if (resource->definition == definition) {
        api_definition_unref(definition);
        return;
    }
    api_watchers_end(&resource->shelf); /* they look at the old definition */
    api_definition_unref(resource->definition);
    resource->definition = definition;
}

void api_crd_sync(struct api_cluster *cluster, str name, struct arena *arena)
{
    struct api_resource *definitions = api_cluster_builtin(cluster, "customresourcedefinitions");
    struct api_resource *resource = resource_of(cluster, name);
    struct api_record *record = api_shelf_find(&definitions->shelf, (str){0}, name);
    struct api_definition *definition;
    struct error err = ERROR_INIT;
    if (record == NULL) {
        if (resource != NULL)
            api_cluster_remove_resource(cluster, resource);
        return;
    }
    if (record->deleting) {
        end_resource(cluster, definitions, record, resource, arena);
        return;
    }
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    const struct api_resource *other = kind_taken(cluster, object);
    if (other != NULL) {
        str why =
            arena_printf(arena, "\"%.*s\" is already in use", STR_ARG(other->definition->kind));
        set_status(definitions, object, false, why, arena);
        return;
    }
    if (!api_definition_custom(object, &cluster->world->custom, cluster->world->arena, &definition,
                               &err)) {
        set_status(definitions, object, false, str_z(err.text), arena);
        return;
    }
    serve(cluster, resource, definition);
    set_status(definitions, object, true, STR("no conflicts found"), arena);
}

void api_crd_requeue(struct api_resource *resource)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const struct api_definition *definition = resource->definition;
    str name =
        arena_printf(scratch, "%.*s.%.*s", STR_ARG(definition->plural), STR_ARG(definition->group));
    api_controllers_queue_definition(resource->cluster, name);
}
