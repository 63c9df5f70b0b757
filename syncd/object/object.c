#include "syncd/object/object.h"

#include "syncd/base/buf.h"
#include "syncd/base/map.h"
#include "syncd/object/hook.h"

#define NAME_MAX_BYTES 253
#define KIND_MAX_BYTES 63

bool gvk_from_api_version(str api_version, str kind, struct gvk *ret_gvk)
{
    size_t slash = str_index(api_version, '/');
    struct gvk gvk = {.version = api_version, .kind = kind};
    if (slash != SIZE_MAX) {
        gvk.group = str_slice(api_version, 0, slash);
        gvk.version = str_skip(api_version, slash + 1);
        if (gvk.group.len == 0)
            return false;
    }
    if (gvk.version.len == 0 || kind.len == 0 || str_index(gvk.version, '/') != SIZE_MAX)
        return false;
    *ret_gvk = gvk;
    return true;
}

str gvk_api_version(struct gvk gvk, struct arena *arena)
{
    if (gvk.group.len == 0)
        return gvk.version;
    return arena_concat(arena, gvk.group, STR("/"), gvk.version);
}

bool gvk_equal(struct gvk a, struct gvk b)
{
    return str_equal(a.kind, b.kind) && str_equal(a.version, b.version) &&
           str_equal(a.group, b.group);
}

int object_id_compare(const struct object_id *a, const struct object_id *b)
{
    int order = str_compare(a->gvk.group, b->gvk.group);
    if (order == 0)
        order = str_compare(a->gvk.kind, b->gvk.kind);
    if (order == 0)
        order = str_compare(a->namespace, b->namespace);
    return order != 0 ? order : str_compare(a->name, b->name);
}

str object_id_text(const struct object_id *id, struct arena *arena)
{
    bool group = id->gvk.group.len != 0, namespace = id->namespace.len != 0;
    return arena_printf(arena, "%.*s%s%.*s %.*s%s%.*s", STR_ARG(id->gvk.kind), group ? "." : "",
                        STR_ARG(id->gvk.group), STR_ARG(id->namespace), namespace ? "/" : "",
                        STR_ARG(id->name));
}

/* Without printf: one is made for every object of every commit. */
str object_id_key(const struct object_id *id, struct arena *arena)
{
    const str parts[] = {id->gvk.group, id->gvk.kind, id->namespace, id->name};
    size_t len = ARRAY_LEN(parts) - 1;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        len += parts[i].len;
    char *text = arena_alloc_bytes(arena, len + 1), *at = text;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].len != 0)
            memcpy(at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
        *at++ = i + 1 < ARRAY_LEN(parts) ? '/' : '\0';
    }
    return str_from(text, len);
}

static bool is_kind(str kind)
{
    if (kind.len == 0 || kind.len > KIND_MAX_BYTES)
        return false;
    for (size_t i = 0; i < kind.len; i++) {
        char c = kind.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool inner = (c >= '0' && c <= '9') || (c == '-' && i + 1 != kind.len);
        if (!letter && !(i != 0 && inner))
            return false;
    }
    return true;
}

/* What the API server lets through, less what could change a URL or a line of a report. */
static bool is_safe_name(str name)
{
    if (name.len > NAME_MAX_BYTES || !name_is_path_segment(name) || !str_is_utf8(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c <= ' ' || c == 0x7f || c == '?' || c == '#' || c == '\\')
            return false;
    }
    return true;
}

/* Sets the error at the offending value, or at the object when it has no line of its own. */
static bool refuse(struct error *err, const char *rule, struct position source, value at,
                   const char *text)
{
    error_rule(err, ERROR_INPUT, rule, "%s", text);
    if (at.line != 0)
        source.line = at.line;
    return error_at(err, source);
}

static bool read_gvk(value document, struct position source, struct gvk *ret_gvk, struct error *err)
{
    value api_version = value_get(document, STR("apiVersion"));
    value kind = value_get(document, STR("kind"));
    if (!value_is(api_version, VALUE_STRING) || api_version.len == 0)
        return refuse(err, "E_GVK", source, api_version, "the object has no apiVersion");
    if (!value_is(kind, VALUE_STRING) || kind.len == 0)
        return refuse(err, "E_GVK", source, kind, "the object has no kind");
    struct gvk gvk;
    if (!gvk_from_api_version(value_str(api_version), value_str(kind), &gvk) ||
        (gvk.group.len != 0 && !name_is_dns_subdomain(gvk.group)) ||
        !name_is_dns_label(gvk.version))
        return refuse(err, "E_GVK", source, api_version,
                      "apiVersion is not \"version\" or \"group/version\"");
    if (!is_kind(gvk.kind))
        return refuse(err, "E_GVK", source, kind, "kind is not a name of letters and digits");
    *ret_gvk = gvk;
    return true;
}

bool object_from_document(value document, struct position source, struct object *ret_object,
                          struct error *err)
{
    if (!value_is(document, VALUE_OBJECT))
        return refuse(err, "E_NOT_OBJECT", source, document,
                      "the document is not a Kubernetes object (a mapping with apiVersion, kind "
                      "and metadata)");
    struct object object = {.document = document, .source = source};
    if (document.line != 0)
        object.source.line = document.line;
    if (!read_gvk(document, object.source, &object.id.gvk, err))
        return false;
    value metadata = value_get(document, STR("metadata"));
    value name = value_get(metadata, STR("name"));
    value namespace = value_get(metadata, STR("namespace"));
    if (!value_is(name, VALUE_STRING) || name.len == 0) {
        bool generated = value_present(value_get(metadata, STR("generateName")));
        return refuse(err, "E_NAME", object.source, metadata,
                      generated ? "generateName cannot be synced: give the object a name"
                                : "the object has no metadata.name");
    }
    if (!is_safe_name(value_str(name)))
        return refuse(err, "E_NAME", object.source, name,
                      "metadata.name is not a name that a URL can carry");
    bool namespaced = value_present(namespace) && !value_is(namespace, VALUE_NULL);
    if (namespaced && !value_is(namespace, VALUE_STRING))
        return refuse(err, "E_NAME", object.source, namespace, "metadata.namespace is not a text");
    if (namespaced && namespace.len != 0 && !name_is_dns_label(value_str(namespace)))
        return refuse(err, "E_NAME", object.source, namespace,
                      "metadata.namespace is not a DNS label");
    object.id.name = value_str(name);
    object.id.namespace = value_str(namespace);
    *ret_object = object;
    return true;
}

static bool is_list(value document)
{
    value items = value_get(document, STR("items"));
    return str_ends(value_str(value_get(document, STR("kind"))), STR("List")) &&
           (value_is(items, VALUE_ARRAY) || value_is(items, VALUE_NULL));
}

/* Items of a typed list ("ConfigMapList") may leave out what the list's own type says. */
static value typed_item(value list, value item, struct arena *arena)
{
    str kind = value_str(value_get(list, STR("kind")));
    kind = str_slice(kind, 0, kind.len - strlen("List"));
    if (kind.len == 0 || !value_is(item, VALUE_OBJECT))
        return item;
    if (!value_present(value_get(item, STR("kind"))))
        item = value_with(item, STR("kind"), value_string(kind), arena);
    if (!value_present(value_get(item, STR("apiVersion"))))
        item = value_with(item, STR("apiVersion"), value_get(list, STR("apiVersion")), arena);
    return item;
}

/*
 * A hook may leave the end of its name to the cluster (generateName). Here it is the same each
 * time, so that a run is found again and its delete policy finds what an earlier one left: the
 * server's own form, five characters behind at most 58, but from what the hook is called and when
 * it runs.
 */
static value name_hook(value document, struct arena *arena)
{
    value metadata = value_get(document, STR("metadata"));
    str base = value_str(value_get(metadata, STR("generateName"))), word;
    struct hook hook;
    if (base.len == 0 || value_present(value_get(metadata, STR("name"))) ||
        hook_read(document, &hook, &word) != HOOK_READ)
        return document;
    const uint64_t phases = hook.phases;
    str seed = arena_printf(arena, "%.*s %llx", STR_ARG(base), (unsigned long long)phases);
    str name = arena_printf(arena, "%.*s%05llx", STR_ARG(str_slice(base, 0, 58)),
                            (unsigned long long)hash_stable128(seed).low & 0xfffff);
    metadata = value_without(metadata, STR("generateName"), arena);
    metadata = value_with(metadata, STR("name"), value_string(name), arena);
    return value_with(document, STR("metadata"), metadata, arena);
}

struct list_walk {
    struct object_list *list;
    const struct limits *limits;
    struct arena *arena;
};

static bool add_document(struct list_walk *walk, value document, struct position source,
                         uint64_t depth, struct error *err)
{
    if (value_is(document, VALUE_NULL))
        return true;
    if (document.line != 0)
        source.line = document.line;
    if (!is_list(document)) {
        struct object object;
        if (!object_from_document(name_hook(document, walk->arena), source, &object, err))
            return false;
        if (walk->list->objects.len >= walk->limits->objects) {
            error_rule(err, ERROR_LIMIT, "E_OBJECTS", "more than %llu objects (limit objects)",
                       (unsigned long long)walk->limits->objects);
            return error_at(err, source);
        }
        VEC_PUSH(walk->arena, &walk->list->objects, object);
        return true;
    }
    if (depth >= walk->limits->list_depth) {
        error_rule(err, ERROR_LIMIT, "E_LIST_DEPTH",
                   "List objects nested deeper than %llu levels "
                   "(limit list_depth)",
                   (unsigned long long)walk->limits->list_depth);
        return error_at(err, source);
    }
    value items = value_get(document, STR("items"));
    for (size_t i = 0; i < value_len(items); i++) {
        value item = typed_item(document, value_item(items, i), walk->arena);
        if (!add_document(walk, item, source, depth + 1, err))
            return false;
    }
    return true;
}

bool object_list_add(struct object_list *list, value document, struct position source,
                     const struct limits *limits, struct arena *arena, struct error *err)
{
    struct list_walk walk = {.list = list, .limits = limits, .arena = arena};
    return add_document(&walk, document, source, 0, err);
}

value object_labels(value document)
{
    return value_get2(document, STR("metadata"), STR("labels"));
}

value object_annotations(value document)
{
    return value_get2(document, STR("metadata"), STR("annotations"));
}

str object_annotation(value document, str key)
{
    return value_str(value_get(object_annotations(document), key));
}

str object_label(value document, str key)
{
    return value_str(value_get(object_labels(document), key));
}

str object_uid(value document)
{
    return value_str(value_get2(document, STR("metadata"), STR("uid")));
}

str object_resource_version(value document)
{
    return value_str(value_get2(document, STR("metadata"), STR("resourceVersion")));
}

int64_t object_generation(value document)
{
    int64_t number;
    value generation = value_get2(document, STR("metadata"), STR("generation"));
    return value_to_i64(generation, &number) ? number : 0;
}

bool object_is_deleting(value document)
{
    return value_is(value_get2(document, STR("metadata"), STR("deletionTimestamp")), VALUE_STRING);
}

bool object_controller(value document, struct object_id *ret_owner, str *ret_uid)
{
    value references = value_get2(document, STR("metadata"), STR("ownerReferences"));
    if (!value_is(references, VALUE_ARRAY))
        return false;
    for (size_t i = 0; i < references.len; i++) {
        value reference = value_item(references, i);
        struct object_id owner = {.name = value_str(value_get(reference, STR("name")))};
        if (!value_true(value_get(reference, STR("controller"))) ||
            !gvk_from_api_version(value_str(value_get(reference, STR("apiVersion"))),
                                  value_str(value_get(reference, STR("kind"))), &owner.gvk))
            continue;
        /* An owner is in the same namespace or cluster-scoped; only discovery knows which. */
        owner.namespace = value_str(value_get2(document, STR("metadata"), STR("namespace")));
        *ret_owner = owner;
        *ret_uid = value_str(value_get(reference, STR("uid")));
        return true;
    }
    return false;
}
