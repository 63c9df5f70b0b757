#include "render/kustomize/resource.h"

#include "render/kustomize/scalar.h"
#include "render/kustomize/schema.h"

#define INTERNAL "internal.config.kubernetes.io/"

static const str internal_annotations[] = {
    STR_INIT(INTERNAL "previousKinds"),
    STR_INIT(INTERNAL "previousNames"),
    STR_INIT(INTERNAL "prefixes"),
    STR_INIT(INTERNAL "suffixes"),
    STR_INIT(INTERNAL "previousNamespaces"),
    STR_INIT(INTERNAL "allowNameChange"),
    STR_INIT(INTERNAL "allowKindChange"),
    STR_INIT(INTERNAL "refBy"),
    STR_INIT(INTERNAL "generatorBehavior"),
    STR_INIT(INTERNAL "needsHashSuffix"),
    STR_INIT(INTERNAL "path"),
    STR_INIT(INTERNAL "index"),
    STR_INIT(INTERNAL "seqindent"),
    STR_INIT(INTERNAL "id"),
    STR_INIT(INTERNAL "annotations-migration-resource-id"),
    STR_INIT("config.kubernetes.io/path"),
    STR_INIT("config.kubernetes.io/index"),
    STR_INIT("config.k8s.io/id"),
    STR_INIT("kustomize.config.k8s.io/helm-generated"),
};

bool kust_annotation_is_internal(str key)
{
    if (!str_starts(key, STR("internal.")) && !str_starts(key, STR("config.k")) &&
        !str_starts(key, STR("kustomize.")))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(internal_annotations); i++) {
        if (str_equal(key, internal_annotations[i]))
            return true;
    }
    return false;
}

static str annotation_text(value annotations, const char *key)
{
    return kust_scalar_text(value_get(annotations, str_z(key)));
}

static void take_list(struct names *names, str text, struct arena *arena)
{
    str part = {0};
    while (text.len != 0 && str_cut(&text, ',', &part))
        VEC_PUSH(arena, &names->list, part);
}

static void take_history(struct resource *resource, value annotations, struct arena *arena)
{
    struct names names = {0}, namespaces = {0}, kinds = {0};
    take_list(&names, annotation_text(annotations, INTERNAL "previousNames"), arena);
    take_list(&namespaces, annotation_text(annotations, INTERNAL "previousNamespaces"), arena);
    take_list(&kinds, annotation_text(annotations, INTERNAL "previousKinds"), arena);
    resource->history_torn = names.list.len != 0 && (names.list.len != namespaces.list.len ||
                                                     names.list.len != kinds.list.len);
    if (resource->history_torn)
        return;
    for (size_t i = 0; i < names.list.len; i++)
        VEC_PUSH(arena, &resource->former,
                 (struct former_id){.name = names.list.items[i],
                                    .namespace = namespaces.list.items[i],
                                    .kind = kinds.list.items[i]});
}

static enum behavior behavior_from(str text)
{
    if (str_equal(text, STR("create")))
        return BEHAVIOR_CREATE;
    if (str_equal(text, STR("replace")))
        return BEHAVIOR_REPLACE;
    return str_equal(text, STR("merge")) ? BEHAVIOR_MERGE : BEHAVIOR_UNSPECIFIED;
}

/* Documents that went through the tool once carry its notes as annotations. */
static void take_annotations(struct resource *resource, struct arena *arena)
{
    value annotations = object_annotations(resource->document);
    bool any = false;
    for (size_t i = 0; annotations.kind == VALUE_OBJECT && i < annotations.len && !any; i++)
        any = kust_annotation_is_internal(value_member(annotations, i)->key);
    if (!any)
        return;
    static const str enabled = STR_INIT("enabled");
    take_history(resource, annotations, arena);
    take_list(&resource->prefixes, annotation_text(annotations, INTERNAL "prefixes"), arena);
    take_list(&resource->suffixes, annotation_text(annotations, INTERNAL "suffixes"), arena);
    resource->behavior = behavior_from(annotation_text(annotations, INTERNAL "generatorBehavior"));
    resource->needs_hash =
        str_equal(annotation_text(annotations, INTERNAL "needsHashSuffix"), enabled);
    resource->may_rename =
        str_equal(annotation_text(annotations, INTERNAL "allowNameChange"), enabled);
    resource->may_change_kind =
        str_equal(annotation_text(annotations, INTERNAL "allowKindChange"), enabled);
    resource->by_helm = str_equal(
        annotation_text(annotations, "kustomize.config.k8s.io/helm-generated"), STR("true"));
}

struct resource *kust_resource_create(struct build *build, value document, struct position source)
{
    struct resource *resource = ARENA_NEW(build->arena, struct resource);
    resource->source = source;
    kust_resource_set(build, resource, document);
    take_annotations(resource, build->arena);
    return resource;
}

static str meta_text(value metadata, str key)
{
    value v = value_get(metadata, key);
    return v.kind == VALUE_NULL ? STR("") : kust_scalar_text(v);
}

void kust_resource_set(struct build *build, struct resource *resource, value document)
{
    struct kust_id *id = &resource->id;
    value metadata = value_get(document, STR("metadata"));
    str api_version = kust_scalar_text(value_get(document, STR("apiVersion")));
    struct gvk gvk = {.version = api_version,
                      .kind = kust_scalar_text(value_get(document, STR("kind")))};
    size_t slash = str_index(api_version, '/');
    if (slash != SIZE_MAX) {
        gvk.group = str_slice(api_version, 0, slash);
        gvk.version = str_skip(api_version, slash + 1);
    }
    str name = meta_text(metadata, STR("name"));
    str namespace = meta_text(metadata, STR("namespace"));
    bool same_kind = gvk_equal(gvk, id->gvk);
    if (!same_kind || !str_equal(name, id->name) || !str_equal(namespace, id->namespace))
        resource->key = (str){0};
    if (!same_kind)
        id->cluster_scoped = kust_schema_cluster_scoped(build->schema, &gvk);
    id->gvk = gvk;
    id->name = name;
    id->namespace = namespace;
    resource->document = document;
}

bool kust_resource_gone(const struct resource *resource)
{
    return kust_is_empty(resource->document);
}

str kust_namespace_effective(const struct kust_id *id)
{
    if (id->cluster_scoped)
        return STR("_non_namespaceable_");
    return id->namespace.len != 0 ? id->namespace : STR("default");
}

str kust_id_key(const struct kust_id *id, struct arena *arena)
{
    str namespace = kust_namespace_effective(id);
    const str parts[] = {id->gvk.kind, id->name, namespace, id->gvk.group, id->gvk.version};
    size_t len = 0;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        len += parts[i].len + 1;
    char *bytes = arena_alloc_bytes(arena, len);
    char *p = bytes;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].len != 0)
            memcpy(p, parts[i].ptr, parts[i].len);
        p += parts[i].len;
        *p++ = '\n';
    }
    return str_from(bytes, len);
}

str kust_resource_key(struct build *build, struct resource *resource)
{
    if (resource->key.len == 0)
        resource->key = kust_id_key(&resource->id, build->arena);
    return resource->key;
}

struct kust_id kust_resource_former(const struct resource *resource, size_t index)
{
    const struct former_id *former = &resource->former.items[index];
    struct kust_id id = {
        .gvk = resource->id.gvk, .name = former->name, .namespace = former->namespace};
    id.gvk.kind = former->kind;
    return id;
}

struct kust_id kust_resource_original(const struct resource *resource)
{
    return resource->former.len != 0 ? kust_resource_former(resource, 0) : resource->id;
}

/* The tool notes it in the annotations, which so are a map of texts from now on. */
static void settle_annotations(struct build *build, struct resource *resource)
{
    value annotations = object_annotations(resource->document);
    if (!value_present(annotations))
        return;
    value texts = kust_string_map(annotations, build->arena);
    if (annotations.kind == VALUE_OBJECT && kust_same(texts, annotations))
        return;
    value metadata = value_get(resource->document, STR("metadata"));
    metadata = texts.len != 0 ? value_with(metadata, STR("annotations"), texts, build->arena)
                              : value_without(metadata, STR("annotations"), build->arena);
    resource->document = value_with(resource->document, STR("metadata"), metadata, build->arena);
}

/* The tool keeps the past in lists with commas between, which hold no empty texts. */
static bool fits_history(str text)
{
    return text.len != 0 && str_index(text, ',') == SIZE_MAX;
}

void kust_resource_remember(struct build *build, struct resource *resource)
{
    if (!fits_history(resource->id.name) || !fits_history(resource->id.gvk.kind))
        resource->history_torn = true;
    if (resource->id.name.len != 0)
        VEC_PUSH(build->arena, &resource->former,
                 (struct former_id){.name = resource->id.name,
                                    .namespace = kust_namespace_effective(&resource->id),
                                    .kind = resource->id.gvk.kind});
    settle_annotations(build, resource);
}

str kust_id_text(const struct kust_id *id, struct arena *arena)
{
    return arena_printf(arena, "%.*s%s%.*s %.*s%s%.*s", STR_ARG(id->gvk.kind),
                        id->gvk.group.len != 0 ? "." : "", STR_ARG(id->gvk.group),
                        STR_ARG(id->namespace), id->namespace.len != 0 ? "/" : "",
                        STR_ARG(id->name));
}

value kust_metadata_with(value document, str key, str text, struct arena *arena)
{
    value metadata = value_get(document, STR("metadata"));
    value old = value_get(metadata, key);
    bool untyped = (old.flags & (VALUE_UNTYPED | VALUE_QUOTED)) != 0; /* nothing to lose */
    if (old.kind == VALUE_STRING && untyped && str_equal(value_str(old), text))
        return document;
    if (metadata.kind != VALUE_OBJECT)
        metadata = (value){.kind = VALUE_OBJECT};
    metadata = value_with(metadata, key, kust_field_untyped(old, text, arena), arena);
    return value_with(document, STR("metadata"), metadata, arena);
}

value kust_string_map(value map, struct arena *arena)
{
    if (map.kind != VALUE_OBJECT)
        return (value){.kind = VALUE_OBJECT};
    struct member *members = NULL;
    for (size_t i = 0; i < map.len; i++) {
        value val = map.as.members[i].val;
        if (val.kind == VALUE_STRING && (val.flags & VALUE_RAW) == 0)
            continue;
        if (members == NULL) {
            members = ARENA_ARRAY(arena, struct member, map.len);
            memcpy(members, map.as.members, map.len * sizeof(*members));
            map.as.members = members;
        }
        members[i].val = value_string(kust_scalar_text(val));
    }
    return map;
}

bool kust_metadata_set_map(value document, str field, value map, struct arena *arena,
                           value *ret_document, struct error *err)
{
    value metadata = value_get(document, STR("metadata"));
    if (value_len(map) == 0) {
        *ret_document = value_present(value_get(metadata, field))
                            ? value_with(document, STR("metadata"),
                                         value_without(metadata, field, arena), arena)
                            : document;
        return true;
    }
    for (size_t i = 0; i < map.len; i++) {
        if (!kust_scalar_is_string(map.as.members[i].key))
            return error_rule(err, ERROR_INPUT, "E_KEY",
                              "the key \"%.*s\" in metadata.%.*s would be read back as no string",
                              STR_ARG(map.as.members[i].key), STR_ARG(field));
    }
    *ret_document = document;
    if (kust_same(value_get(metadata, field), map))
        return true;
    if (metadata.kind != VALUE_OBJECT)
        metadata = (value){.kind = VALUE_OBJECT};
    *ret_document =
        value_with(document, STR("metadata"), value_with(metadata, field, map, arena), arena);
    return true;
}

bool kust_resource_annotate(struct build *build, struct resource *resource, str key, str text,
                            struct error *err)
{
    value map = kust_string_map(object_annotations(resource->document), build->arena);
    map = value_with(map, key, value_string(text), build->arena);
    value document;
    if (!kust_metadata_set_map(resource->document, STR("annotations"), map, build->arena, &document,
                               err))
        return false;
    kust_resource_set(build, resource, document);
    return true;
}

bool kust_check_types(struct build *build, const struct resource *resource, struct error *err)
{
    value misfit = build->has_misfits ? kust_find_misfit(resource->document) : value_absent();
    if (!value_present(misfit))
        return true;
    (void)error_rule(
        err, ERROR_INPUT, "E_TYPE", "in %.*s \"%.*s\" stands where a number or a boolean stood",
        STR_ARG(kust_id_text(&resource->id, build->scratch)), STR_ARG(kust_scalar_text(misfit)));
    return error_at(err, resource->source);
}
