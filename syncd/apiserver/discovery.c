#include "syncd/apiserver/discovery.h"

#include "syncd/apiserver/edit.h"

static value names_value(const str *names, size_t count, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < count; i++)
        array_add(&list, value_string(names[i]));
    return array_finish(&list);
}

static value words_value(const char *words, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    str rest = str_z(words), word;
    while (rest.len != 0 && str_cut(&rest, ' ', &word))
        array_add(&list, value_string(word));
    return array_finish(&list);
}

static value verbs_of(const struct api_definition *definition, struct arena *arena)
{
    if (definition->builtin == NULL)
        return words_value("delete deletecollection get list patch create update watch", arena);
    if (definition->builtin->create_only)
        return words_value("create", arena);
    if (definition->builtin->no_delete_collection)
        return words_value("create delete get list patch update watch", arena);
    return words_value("create delete deletecollection get list patch update watch", arena);
}

/* Distinct groups in order of their first resource. */
static const str *groups_of(const struct api_cluster *cluster, struct arena *arena,
                            size_t *ret_count)
{
    VEC(str) groups = {0};
    for (size_t i = 0; i < cluster->resource_count; i++) {
        str group = cluster->resources[i]->definition->group;
        bool there = false;
        for (size_t n = 0; n < groups.len && !there; n++)
            there = str_equal(groups.items[n], group);
        if (!there)
            VEC_PUSH(arena, &groups, group);
    }
    *ret_count = groups.len;
    return groups.items;
}

/* Served versions of a group; every definition lists its own in order of priority. */
static const str *versions_of(const struct api_cluster *cluster, str group, struct arena *arena,
                              size_t *ret_count)
{
    VEC(str) versions = {0};
    for (size_t i = 0; i < cluster->resource_count; i++) {
        const struct api_definition *definition = cluster->resources[i]->definition;
        if (!str_equal(definition->group, group))
            continue;
        for (size_t v = 0; v < definition->version_count; v++) {
            const struct api_version *version = &definition->versions[v];
            size_t at = 0;
            while (at < versions.len && !str_equal(versions.items[at], version->name))
                at++;
            if (!version->served || at < versions.len)
                continue;
            VEC_PUSH(arena, &versions, version->name);
            for (size_t n = versions.len - 1;
                 n > 0 && api_version_goes_before(versions.items[n], versions.items[n - 1]); n--) {
                str swap = versions.items[n];
                versions.items[n] = versions.items[n - 1];
                versions.items[n - 1] = swap;
            }
        }
    }
    *ret_count = versions.len;
    return versions.items;
}

static const struct api_version *served_as(const struct api_resource *resource, str group,
                                           str version)
{
    const struct api_version *found = api_definition_version(resource->definition, version);
    return found != NULL && found->served && str_equal(resource->definition->group, group) ? found
                                                                                           : NULL;
}

static value response_kind(const struct api_definition *definition,
                           const struct api_version *version, struct arena *arena)
{
    value out =
        value_with(api_empty_object(), STR("group"), value_string(definition->group), arena);
    out = value_with(out, STR("kind"), value_string(definition->kind), arena);
    return value_with(out, STR("version"), value_string(version->name), arena);
}

static value aggregated_subresource(const char *name, value kind, struct arena *arena)
{
    value out = value_with(api_empty_object(), STR("subresource"), api_text(name), arena);
    out = value_with(out, STR("responseKind"), kind, arena);
    return value_with(out, STR("verbs"), words_value("get patch update", arena), arena);
}

static value scale_kind(struct arena *arena)
{
    value out = value_with(api_empty_object(), STR("group"), api_text("autoscaling"), arena);
    out = value_with(out, STR("kind"), api_text("Scale"), arena);
    return value_with(out, STR("version"), api_text("v1"), arena);
}

static value aggregated_resource(const struct api_definition *definition,
                                 const struct api_version *version, struct arena *arena)
{
    struct object_builder out;
    value kind = response_kind(definition, version, arena);
    object_begin(&out, arena);
    object_add(&out, STR("resource"), value_string(definition->plural));
    object_add(&out, STR("responseKind"), kind);
    object_add(&out, STR("scope"), api_text(definition->namespaced ? "Namespaced" : "Cluster"));
    object_add(&out, STR("singularResource"), value_string(definition->singular));
    object_add(&out, STR("verbs"), verbs_of(definition, arena));
    if (definition->short_name_count != 0)
        object_add(&out, STR("shortNames"),
                   names_value(definition->short_names, definition->short_name_count, arena));
    if (definition->category_count != 0)
        object_add(&out, STR("categories"),
                   names_value(definition->categories, definition->category_count, arena));
    struct array_builder subresources;
    array_begin(&subresources, arena);
    if (version->has_scale)
        array_add(&subresources, aggregated_subresource("scale", scale_kind(arena), arena));
    if (version->has_status)
        array_add(&subresources, aggregated_subresource("status", kind, arena));
    if (subresources.items.len != 0)
        object_add(&out, STR("subresources"), array_finish(&subresources));
    return object_finish(&out);
}

static value aggregated_version(const struct api_call *call, str group, str version)
{
    struct array_builder resources;
    array_begin(&resources, call->arena);
    for (size_t i = 0; i < call->cluster->resource_count; i++) {
        const struct api_resource *resource = call->cluster->resources[i];
        const struct api_version *found = served_as(resource, group, version);
        if (found != NULL)
            array_add(&resources, aggregated_resource(resource->definition, found, call->arena));
    }
    struct object_builder out;
    object_begin(&out, call->arena);
    object_add(&out, STR("version"), value_string(version));
    object_add(&out, STR("resources"), array_finish(&resources));
    object_add(&out, STR("freshness"), api_text("Current"));
    return object_finish(&out);
}

static value aggregated_group(const struct api_call *call, str group)
{
    struct array_builder versions;
    size_t count;
    const str *names = versions_of(call->cluster, group, call->arena, &count);
    array_begin(&versions, call->arena);
    for (size_t i = 0; i < count; i++)
        array_add(&versions, aggregated_version(call, group, names[i]));
    value metadata = api_empty_object();
    if (group.len != 0)
        metadata = value_with(metadata, STR("name"), value_string(group), call->arena);
    value out = value_with(api_empty_object(), STR("metadata"), metadata, call->arena);
    return value_with(out, STR("versions"), array_finish(&versions), call->arena);
}

/* True when the client takes the aggregated form, which is then the reply. */
static bool reply_aggregated(struct api_call *call, bool core)
{
    str version;
    if (!api_accepts(call, "APIGroupDiscoveryList", &version))
        return false;
    struct array_builder items;
    size_t count;
    const str *groups = groups_of(call->cluster, call->arena, &count);
    array_begin(&items, call->arena);
    for (size_t i = 0; i < count; i++)
        if ((groups[i].len == 0) == core)
            array_add(&items, aggregated_group(call, groups[i]));
    struct object_builder list;
    object_begin(&list, call->arena);
    object_add(&list, STR("kind"), api_text("APIGroupDiscoveryList"));
    object_add(
        &list, STR("apiVersion"),
        value_string(arena_concat(call->arena, STR("apidiscovery.k8s.io/"), version, (str){0})));
    object_add(&list, STR("metadata"), api_empty_object());
    object_add(&list, STR("items"), array_finish(&items));
    api_reply_value(call, 200, object_finish(&list));
    call->reply->content_type = arena_printf(
        call->arena, "application/json;g=apidiscovery.k8s.io;v=%.*s;as=APIGroupDiscoveryList",
        STR_ARG(version));
    return true;
}

void api_discover_core(struct api_call *call)
{
    struct arena *arena = call->arena;
    if (reply_aggregated(call, true))
        return;
    value out = value_with(api_empty_object(), STR("kind"), api_text("APIVersions"), arena);
    out = value_with(out, STR("versions"), words_value("v1", arena), arena);
    out = value_with(out, STR("serverAddressByClientCIDRs"), (value){.kind = VALUE_ARRAY}, arena);
    api_reply_value(call, 200, out);
}

static value group_version(str group, str version, struct arena *arena)
{
    value out = value_with(
        api_empty_object(), STR("groupVersion"),
        value_string(arena_printf(arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(version))), arena);
    return value_with(out, STR("version"), value_string(version), arena);
}

static value group_value(struct api_call *call, str group)
{
    struct arena *arena = call->arena;
    size_t count;
    const str *names = versions_of(call->cluster, group, arena, &count);
    struct array_builder versions;
    array_begin(&versions, arena);
    for (size_t i = 0; i < count; i++)
        array_add(&versions, group_version(group, names[i], arena));
    value out = value_with(api_empty_object(), STR("name"), value_string(group), arena);
    out = value_with(out, STR("versions"), array_finish(&versions), arena);
    if (count == 0)
        return value_absent();
    return value_with(out, STR("preferredVersion"), group_version(group, names[0], arena), arena);
}

void api_discover_groups(struct api_call *call)
{
    struct arena *arena = call->arena;
    size_t count;
    if (reply_aggregated(call, false))
        return;
    const str *groups = groups_of(call->cluster, arena, &count);
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < count; i++) {
        value one = groups[i].len != 0 ? group_value(call, groups[i]) : value_absent();
        if (value_present(one))
            array_add(&list, one);
    }
    value out = value_with(api_empty_object(), STR("kind"), api_text("APIGroupList"), arena);
    out = value_with(out, STR("apiVersion"), api_text("v1"), arena);
    api_reply_value(call, 200, value_with(out, STR("groups"), array_finish(&list), arena));
}

bool api_discover_group(struct api_call *call, str group)
{
    value out = group.len != 0 ? group_value(call, group) : value_absent();
    if (!value_present(out))
        return false;
    out = value_with(out, STR("kind"), api_text("APIGroup"), call->arena);
    out = value_with(out, STR("apiVersion"), api_text("v1"), call->arena);
    api_reply_value(call, 200, out);
    return true;
}

static value resource_value(const struct api_definition *definition, const char *subresource,
                            struct arena *arena)
{
    struct object_builder out;
    bool main = subresource == NULL;
    object_begin(&out, arena);
    object_add(&out, STR("name"),
               main ? value_string(definition->plural)
                    : value_string(arena_printf(arena, "%.*s/%s", STR_ARG(definition->plural),
                                                subresource)));
    object_add(&out, STR("singularName"), value_string(main ? definition->singular : STR("")));
    object_add(&out, STR("namespaced"), value_bool(definition->namespaced));
    if (!main && strcmp(subresource, "scale") == 0) {
        object_add(&out, STR("group"), api_text("autoscaling"));
        object_add(&out, STR("version"), api_text("v1"));
        object_add(&out, STR("kind"), api_text("Scale"));
    } else {
        object_add(&out, STR("kind"), value_string(definition->kind));
    }
    object_add(&out, STR("verbs"),
               main ? verbs_of(definition, arena) : words_value("get patch update", arena));
    if (main && definition->short_name_count != 0)
        object_add(&out, STR("shortNames"),
                   names_value(definition->short_names, definition->short_name_count, arena));
    if (main && definition->category_count != 0)
        object_add(&out, STR("categories"),
                   names_value(definition->categories, definition->category_count, arena));
    return object_finish(&out);
}

bool api_discover_version(struct api_call *call, str group, str version)
{
    struct arena *arena = call->arena;
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < call->cluster->resource_count; i++) {
        const struct api_resource *resource = call->cluster->resources[i];
        const struct api_version *found = served_as(resource, group, version);
        if (found == NULL)
            continue;
        array_add(&list, resource_value(resource->definition, NULL, arena));
        if (found->has_scale)
            array_add(&list, resource_value(resource->definition, "scale", arena));
        if (found->has_status)
            array_add(&list, resource_value(resource->definition, "status", arena));
    }
    if (list.items.len == 0)
        return false;
    value out = value_with(api_empty_object(), STR("kind"), api_text("APIResourceList"), arena);
    out = value_with(out, STR("apiVersion"), api_text("v1"), arena);
    out =
        value_with(out, STR("groupVersion"),
                   value_string(gvk_api_version((struct gvk){group, version, {0}}, arena)), arena);
    api_reply_value(call, 200, value_with(out, STR("resources"), array_finish(&list), arena));
    return true;
}
