#include "syncd/apiserver/openapi.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/verbs.h"

static value gvk_extension(struct gvk gvk, struct arena *arena)
{
    value one = value_with(api_empty_object(), STR("group"), value_string(gvk.group), arena);
    one = value_with(one, STR("kind"), value_string(gvk.kind), arena);
    return value_with(one, STR("version"), value_string(gvk.version), arena);
}

static void mark_gvk(value *schema, struct gvk gvk, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    array_add(&list, gvk_extension(gvk, arena));
    *schema =
        value_with(*schema, STR("x-kubernetes-group-version-kind"), array_finish(&list), arena);
}

static void add_builtin(const struct api_types *types, const struct api_builtin *builtin,
                        struct map *schemas, struct arena *arena)
{
    const struct api_type *type = api_types_find(types, builtin->type);
    api_type_schemas(type, schemas, arena);
    value *schema = map_get(schemas, api_type_model(type, arena));
    mark_gvk(schema,
             (struct gvk){str_z(builtin->group), str_z(builtin->version), str_z(builtin->kind)},
             arena);
}

/* "example.com", "v1", "Widget" → "com.example.v1.Widget" */
static str custom_model(str group, str version, str kind, struct arena *arena)
{
    str out = {0};
    while (group.len != 0) {
        size_t dot = str_rindex(group, '.');
        str part = dot == SIZE_MAX ? group : str_skip(group, dot + 1);
        out = arena_concat(arena, out, part, STR("."));
        group = dot == SIZE_MAX ? (str){0} : str_slice(group, 0, dot);
    }
    return arena_printf(arena, "%.*s%.*s.%.*s", STR_ARG(out), STR_ARG(version), STR_ARG(kind));
}

static void add_custom(const struct api_types *types, const struct api_definition *definition,
                       const struct api_version *version, struct map *schemas, struct arena *arena)
{
    const struct api_type *meta = api_types_find(types, "meta.ObjectMeta");
    value *schema = ARENA_NEW(arena, value);
    *schema = value_present(version->open_api_schema)
                  ? version->open_api_schema
                  : value_with(api_empty_object(), STR("type"), api_text("object"), arena);
    value properties = value_get(*schema, STR("properties"));
    if (!value_is(properties, VALUE_OBJECT))
        properties = api_empty_object();
    value text = value_with(api_empty_object(), STR("type"), api_text("string"), arena);
    struct array_builder all;
    array_begin(&all, arena);
    array_add(&all, api_type_schema(meta, schemas, arena));
    value metadata = value_with(api_empty_object(), STR("allOf"), array_finish(&all), arena);
    properties = value_with(properties, STR("apiVersion"), text, arena);
    properties = value_with(properties, STR("kind"), text, arena);
    properties = value_with(properties, STR("metadata"), metadata, arena);
    *schema = value_with(*schema, STR("properties"), properties, arena);
    mark_gvk(schema, api_definition_gvk(definition, version), arena);
    str model = custom_model(definition->group, version->name, definition->kind, arena);
    (void)map_put(schemas, arena, model, schema); /* one a kind and version */
}

static value parameter(const char *name, struct arena *arena)
{
    value schema = value_with(api_empty_object(), STR("type"), api_text("string"), arena);
    value out = value_with(api_empty_object(), STR("name"), api_text(name), arena);
    out = value_with(out, STR("in"), api_text("query"), arena);
    return value_with(out, STR("schema"), schema, arena);
}

/* The operations that clients look for: which kind, and which parameters it takes. */
static value path_item(const struct api_definition *definition, const struct api_version *version,
                       struct arena *arena)
{
    static const char *const names[] = {"dryRun", "fieldManager", "fieldValidation", "force"};
    struct array_builder parameters;
    array_begin(&parameters, arena);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        array_add(&parameters, parameter(names[i], arena));
    value operation =
        value_with(api_empty_object(), STR("parameters"), array_finish(&parameters), arena);
    operation = value_with(operation, STR("x-kubernetes-group-version-kind"),
                           gvk_extension(api_definition_gvk(definition, version), arena), arena);
    value item = api_empty_object();
    static const char *const methods[] = {"delete", "get", "patch", "put"};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        value one = value_with(operation, STR("x-kubernetes-action"), api_text(methods[i]), arena);
        item = value_with(item, str_z(methods[i]), one, arena);
    }
    return item;
}

static value wrap(value paths, struct map *schemas, struct arena *arena)
{
    struct object_builder models, info, out;
    object_begin(&models, arena);
    MAP_FOR (entry, schemas)
        object_add(&models, entry->key, *(const value *)entry->value);
    object_begin(&info, arena);
    object_add(&info, STR("title"), api_text("Kubernetes"));
    object_add(&info, STR("version"), api_text("v1.36.1"));
    object_begin(&out, arena);
    object_add(&out, STR("openapi"), api_text("3.0.0"));
    object_add(&out, STR("info"), object_finish(&info));
    object_add(&out, STR("paths"), paths);
    object_add(&out, STR("components"),
               value_with(api_empty_object(), STR("schemas"), object_finish(&models), arena));
    return object_finish(&out);
}

value api_openapi_of_kind(const struct api_types *types, const struct api_builtin *builtin,
                          struct arena *arena)
{
    struct map schemas = {0};
    add_builtin(types, builtin, &schemas, arena);
    return wrap(api_empty_object(), &schemas, arena);
}

static bool serves(const struct api_resource *resource, str group, str version)
{
    const struct api_version *found = api_definition_version(resource->definition, version);
    return found != NULL && found->served && str_equal(resource->definition->group, group);
}

static value document_of(struct api_call *call, str group, str version)
{
    struct arena *arena = call->arena;
    struct map schemas = {0};
    struct object_builder paths;
    object_begin(&paths, arena);
    for (size_t i = 0; i < call->cluster->resource_count; i++) {
        const struct api_resource *resource = call->cluster->resources[i];
        const struct api_definition *definition = resource->definition;
        if (!serves(resource, group, version))
            continue;
        const struct api_version *served = api_definition_version(definition, version);
        if (definition->builtin != NULL)
            add_builtin(call->world->types, definition->builtin, &schemas, arena);
        else
            add_custom(call->world->types, definition, served, &schemas, arena);
        str path = arena_printf(arena, "/%s/%.*s/%s%.*s/{name}", group.len != 0 ? "apis" : "api",
                                STR_ARG(served->api_version),
                                definition->namespaced ? "namespaces/{namespace}/" : "",
                                STR_ARG(definition->plural));
        object_add(&paths, path, path_item(definition, served, arena));
    }
    return wrap(object_finish(&paths), &schemas, arena);
}

/* Changes whenever the document does. */
static uint64_t digest_of(const struct api_call *call, str group, str version)
{
    uint64_t digest = 0x53796e6364;
    for (size_t i = 0; i < call->cluster->resource_count; i++) {
        const struct api_resource *resource = call->cluster->resources[i];
        if (serves(resource, group, version))
            digest = digest * 1099511628211u ^ hash_stable(resource->definition->digest.len != 0
                                                               ? resource->definition->digest
                                                               : resource->definition->plural);
    }
    return digest;
}

static void reply_index(struct api_call *call)
{
    struct arena *arena = call->arena;
    struct object_builder paths;
    object_begin(&paths, arena);
    for (size_t i = 0; i < call->cluster->resource_count; i++) {
        const struct api_definition *definition = call->cluster->resources[i]->definition;
        for (size_t n = 0; n < definition->version_count; n++) {
            const struct api_version *version = &definition->versions[n];
            if (!version->served)
                continue;
            str path = arena_printf(arena, "%s/%.*s", definition->group.len != 0 ? "apis" : "api",
                                    STR_ARG(version->api_version));
            uint64_t digest = digest_of(call, definition->group, version->name);
            str url = arena_printf(arena, "/openapi/v3/%.*s?hash=%016llX", STR_ARG(path),
                                   (unsigned long long)digest);
            object_add(
                &paths, path,
                value_with(api_empty_object(), STR("serverRelativeURL"), value_string(url), arena));
        }
    }
    api_reply_value(call, 200,
                    value_with(api_empty_object(), STR("paths"), object_finish(&paths), arena));
}

bool api_openapi(struct api_call *call, str rest)
{
    call->reply->content_type = (str){0};
    if (rest.len == 0) {
        reply_index(call);
        return true;
    }
    str head, group = {0}, version;
    if (!str_cut(&rest, '/', &head))
        return false;
    bool core = str_equal(head, STR("api"));
    if ((!core && !str_equal(head, STR("apis"))) || rest.len == 0 ||
        (!core && !str_cut(&rest, '/', &group)))
        return api_fail(call, 404, "NotFound", "the server could not find the requested resource");
    version = rest;
    for (size_t i = 0; i < call->cluster->resource_count; i++) {
        if (!serves(call->cluster->resources[i], group, version))
            continue;
        api_reply_value(call, 200, document_of(call, group, version));
        return true;
    }
    return api_fail(call, 404, "NotFound", "the server could not find the requested resource");
}
