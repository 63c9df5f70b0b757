#include "render/helm/release.h"
#include "syncd/object/scope.h"

#define DECLARATION_GROUP "syncd.dev"
#define DECLARATION_KIND  "HelmRelease"

/* --- what is known of the cluster --- */

static const struct known_release *find_installed(const struct render_world *world,
                                                  const struct declaration *declaration)
{
    if (world == NULL)
        return NULL;
    VEC_FOR (const struct known_release, known, &world->installed)
        if (str_equal(known->namespace, declaration->namespace) &&
            str_equal(known->name, declaration->name))
            return known;
    return NULL;
}

/* What the chart sees: the declaration's word, then the cluster's, then Helm's assumption. */
static void choose_capabilities(const struct render_world *world,
                                const struct declaration *declaration, struct helm_options *options)
{
    options->kube_version = declaration->kube_version;
    options->api_versions = declaration->api_versions.items;
    options->api_version_count = declaration->api_versions.len;
    options->own_versions = declaration->versions_whole;
    if (world == NULL || !world->connected)
        return;
    if (options->kube_version.len == 0) {
        options->kube_version = world->kube_version;
        options->version_whole = true;
    }
    if (!declaration->versions_whole) {
        options->cluster_versions = world->api_versions;
        options->cluster_version_count = world->api_version_count;
        options->own_versions = true;
    }
}

/* --- rendering --- */

/* "web/templates/x.yaml" is a file of the chart: where that is in the repository. */
static void place_sources(struct render_context *context, const struct declaration *declaration,
                          const struct render_release *release, struct object_list *objects,
                          size_t from)
{
    str base = declaration->fetched ? declaration->source.chart : declaration->path;
    str owner = arena_concat(context->arena, release->namespace, STR("/"), release->name);
    for (size_t i = from; i < objects->objects.len; i++) {
        struct object *object = &objects->objects.items[i];
        size_t slash = str_index(object->source.file, '/');
        if (slash != SIZE_MAX)
            object->source.file =
                arena_concat(context->arena, base, STR(""), str_skip(object->source.file, slash));
        object->release = owner;
    }
}

/* What Helm does when it installs. A kind that nobody knows here is settled by the cluster. */
static void fill_namespaces(struct render_context *context, str namespace,
                            struct object_list *objects, size_t from)
{
    static const str path[] = {STR_INIT("metadata"), STR_INIT("namespace")};
    struct scopes scopes = {0};
    for (size_t i = from; i < objects->objects.len; i++)
        scope_learn(&scopes, context->arena, &objects->objects.items[i]);
    for (size_t i = from; i < objects->objects.len; i++) {
        struct object *object = &objects->objects.items[i];
        if (object->id.namespace.len != 0 || scope_find(&scopes, object->id.gvk) == SCOPE_CLUSTER)
            continue;
        object->id.namespace = namespace;
        object->document = value_with_path(object->document, path, ARRAY_LEN(path),
                                           value_string(namespace), context->arena);
    }
}

static bool render_into(struct render_context *context, const struct declaration *declaration,
                        struct release_view *view, const struct helm_options *options,
                        struct object_list *objects, struct error *err)
{
    struct helm_release rendered;
    size_t from = objects->objects.len;
    if (!render_helm(context, options, &rendered, err))
        return false;
    if (declaration->skip_crds)
        rendered.crds.len = 0;
    struct render_release release = {.namespace = declaration->namespace,
                                     .name = declaration->name,
                                     .action = rendered.action,
                                     .revision = rendered.revision,
                                     .inputs = rendered.inputs};
    if (!helm_objects(context, &rendered, true, objects, err))
        return false;
    place_sources(context, declaration, &release, objects, from);
    fill_namespaces(context, declaration->namespace, objects, from);
    if (!release_view_record(view, &rendered.usage, &release, objects, err))
        return false;
    if (context->world != NULL)
        VEC_PUSH(context->arena, &context->world->releases, release);
    return true;
}

bool release_render(struct render_context *context, const struct declaration *declaration,
                    struct object_list *objects, struct error *err)
{
    struct helm_options options = {.chart = declaration->path,
                                   .release = declaration->name,
                                   .namespace = declaration->namespace,
                                   .values = declaration->values.items,
                                   .value_count = declaration->values.len,
                                   .skip_schema = declaration->skip_schema};
    struct release_view view;
    struct render_world *world = context->world;
    if (world != NULL && !world->connected) {
        static const str nothing[NEED_TEXTS];
        world_need(world, context->arena, NEED_CLUSTER, nothing);
    }
    if (declaration->fetched) {
        bool there;
        if (!fetched_chart(context, &declaration->source, &options.packed, &there, err))
            return error_at(err, declaration->at);
        if (!there)
            return true; /* the need is noted: this result is not used */
    }
    const struct known_release *installed = find_installed(world, declaration);
    if (installed != NULL) {
        options.installed_revision = installed->revision;
        options.installed_inputs = installed->inputs;
    }
    choose_capabilities(world, declaration, &options);
    release_view_init(&view, context, declaration);
    options.world = &view.world;
    return render_into(context, declaration, &view, &options, objects, err) ||
           error_at(err, declaration->at);
}

/* --- the doors --- */

bool helm_release_is_declared(const struct object_id *id)
{
    return str_equal(id->gvk.group, STR(DECLARATION_GROUP)) &&
           str_equal(id->gvk.kind, STR(DECLARATION_KIND));
}

bool render_declared_release(struct render_context *context, const struct object *document,
                             struct object_list *objects, struct error *err)
{
    struct declaration declaration;
    return declaration_read(context, document, &declaration, err) &&
           release_render(context, &declaration, objects, err);
}

/* A release's name from a folder's: what cannot stand there becomes a dash. */
static str name_of_folder(str path, struct arena *arena)
{
    str folder = path_base(path);
    str name = folder.len > 0 ? folder : STR("release");
    char *bytes = arena_alloc_bytes(arena, name.len);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool upper = c >= 'A' && c <= 'Z';
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || upper;
        bytes[i] = !good ? '-' : upper ? (char)(c | 32) : c;
    }
    return str_trim_right(str_trim_left(str_slice(str_from(bytes, name.len), 0, 53), STR("-")),
                          STR("-"));
}

bool render_helm_path(struct render_context *context, str path, struct object_list *ret_objects,
                      struct error *err)
{
    const struct declaration declaration = {.at = {.file = path},
                                            .name = name_of_folder(path, context->arena),
                                            .namespace = STR("default"),
                                            .path = path};
    return release_render(context, &declaration, ret_objects, err);
}
