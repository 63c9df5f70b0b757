/* Prefixes, suffixes and digests: everything that changes metadata.name, and the namespace. */
#include "render/kustomize/field_edit.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/transform.h"
#include "syncd/base/sha256.h"

/* Kinds whose names mean something outside the repository. */
static bool keeps_name(const struct kust_id *original)
{
    return str_equal(original->gvk.kind, STR("CustomResourceDefinition")) ||
           str_equal(original->gvk.kind, STR("Namespace")) ||
           (str_equal(original->gvk.kind, STR("APIService")) &&
            str_equal(original->gvk.group, STR("apiregistration.k8s.io")));
}

static bool affix_one(struct build *build, struct resource *resource, str text,
                      struct spec_list specs, const struct field_edit *edit, bool is_prefix,
                      struct error *err)
{
    struct kust_id original = kust_resource_original(resource);
    if (keeps_name(&original))
        return true;
    for (size_t i = 0; i < specs.count; i++) {
        const struct field_spec *spec = &specs.items[i];
        if (!kust_gvk_selected(&original.gvk, &spec->gvk))
            continue;
        if (str_equal(spec->path, STR("metadata/name")) && text.len != 0) {
            struct names *names = is_prefix ? &resource->prefixes : &resource->suffixes;
            VEC_PUSH(build->arena, &names->list, text);
            kust_resource_remember(build, resource);
        }
        value document = resource->document;
        if (kust_gvk_selected(&resource->id.gvk, &spec->gvk) &&
            !kust_edit_field(edit, spec->path, spec->create, document, &document, err))
            return error_at(err, resource->source);
        kust_resource_set(build, resource, document);
    }
    return true;
}

static bool affix(struct build *build, struct resmap *map, str text, struct spec_list specs,
                  bool is_prefix, struct error *err)
{
    struct field_edit edit = {.edit = is_prefix ? kust_put_before : kust_put_behind,
                              .context = &text,
                              .create = VALUE_STRING,
                              .arena = build->arena};
    VEC_FOR (struct resource *, slot, &map->list)
        if (!affix_one(build, *slot, text, specs, &edit, is_prefix, err))
            return error_wrap(err, "%s", is_prefix ? "namePrefix" : "nameSuffix");
    kust_resmap_changed(map);
    return kust_check_budget(build, err);
}

bool kust_apply_prefix(struct build *build, struct resmap *map, str prefix, struct spec_list specs,
                       struct error *err)
{
    return affix(build, map, prefix, specs, true, err);
}

bool kust_apply_suffix(struct build *build, struct resmap *map, str suffix, struct spec_list specs,
                       struct error *err)
{
    return affix(build, map, suffix, specs, false, err);
}

static value text_or_map(value v)
{
    if (v.kind == VALUE_OBJECT || v.kind == VALUE_ARRAY)
        return v;
    return value_string(kust_scalar_text(v));
}

/* The JSON that the digest is taken of: kind, contents and, for historic reasons, an empty name. */
static value hashed_part(const struct resource *resource, struct arena *scratch)
{
    value document = resource->document;
    bool secret = str_equal(resource->id.gvk.kind, STR("Secret"));
    str second = secret ? STR("stringData") : STR("binaryData");
    struct object_builder builder;
    object_begin(&builder, scratch);
    value extra = value_get(document, second);
    if (extra.kind == VALUE_OBJECT)
        object_add(&builder, second, extra);
    object_add(&builder, STR("data"), text_or_map(value_get(document, STR("data"))));
    object_add(&builder, STR("kind"), value_string(resource->id.gvk.kind));
    object_add(&builder, STR("name"), value_string(STR("")));
    if (secret)
        object_add(&builder, STR("type"), text_or_map(value_get(document, STR("type"))));
    return object_finish(&builder);
}

#define HASH_LEN 10

/* Ten hexadecimal digits of the SHA-256, spelled without vowels. */
static void hash_name(str json, char out[HASH_LEN])
{
    static const char letters[] = "gh2k456789mbcdtf";
    uint8_t digest[SHA256_BYTES];
    sha256(json, digest);
    for (size_t i = 0; i < HASH_LEN; i++)
        out[i] = letters[i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 15];
}

static bool hash_one(struct build *build, struct resource *resource, struct error *err)
{
    str kind = resource->id.gvk.kind;
    if (!str_equal(kind, STR("ConfigMap")) && !str_equal(kind, STR("Secret")))
        return error_rule(err, ERROR_UNSUPPORTED, "E_HASH",
                          "a digest in the name of a %.*s is not supported", STR_ARG(kind));
    struct arena_mark mark = arena_mark(build->scratch);
    value part = kust_canonical(hashed_part(resource, build->scratch), false, build->scratch);
    char hash[HASH_LEN];
    hash_name(json_text(part, JSON_GO, build->scratch), hash);
    arena_rewind(build->scratch, mark);
    kust_resource_remember(build, resource);
    str name = arena_concat(build->arena, resource->id.name, STR("-"), str_from(hash, HASH_LEN));
    kust_resource_set(build, resource,
                      kust_metadata_with(resource->document, STR("name"), name, build->arena));
    return true;
}

bool kust_apply_hashes(struct build *build, struct resmap *map, struct error *err)
{
    VEC_FOR (struct resource *, slot, &map->list)
        if ((*slot)->needs_hash && !hash_one(build, *slot, err))
            return error_at(err, (*slot)->source);
    kust_resmap_changed(map);
    return true;
}

static bool set_when_empty(void *context, value node, struct arena *arena, value *ret_node,
                           struct error *err)
{
    if (!kust_is_empty(node) && kust_scalar_text(node).len != 0) {
        *ret_node = node;
        return true;
    }
    return kust_set_text(context, node, arena, ret_node, err);
}

struct subject_edit {
    const struct namespace_change *change;
    const struct field_edit *set;
};

/* Sets the namespace of a subject that the mode selects. */
static bool edit_subject(const struct subject_edit *subjects, value subject, value *ret_subject,
                         struct error *err)
{
    bool all = subjects->change->subjects == SUBJECTS_ALL_SERVICE_ACCOUNTS;
    *ret_subject = subject;
    if (kust_is_nothing(subject))
        return true;
    if (subject.kind != VALUE_OBJECT)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "a subject is no map");
    value field = value_get(subject, all ? STR("kind") : STR("name"));
    if (!str_equal(kust_scalar_text(field), all ? STR("ServiceAccount") : STR("default")))
        return true;
    return kust_edit_field(subjects->set, STR("namespace"), true, subject, ret_subject, err);
}

static bool edit_subjects(const struct subject_edit *edit, value document, value *ret_document,
                          struct error *err)
{
    value subjects = value_get(document, STR("subjects"));
    *ret_document = document;
    if (kust_is_nothing(subjects) || edit->change->subjects == SUBJECTS_NONE)
        return true;
    if (subjects.kind != VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "subjects is no list");
    for (size_t i = 0; i < subjects.len; i++) {
        value subject;
        if (!edit_subject(edit, value_item(subjects, i), &subject, err))
            return false;
        if (!kust_same(subject, value_item(subjects, i)))
            subjects = value_with_item(subjects, i, subject, edit->set->arena);
    }
    *ret_document = value_with(document, STR("subjects"), subjects, edit->set->arena);
    return true;
}

static bool is_role_binding(str kind)
{
    return str_equal(kind, STR("RoleBinding")) || str_equal(kind, STR("ClusterRoleBinding"));
}

/* Fields that the rules for metadata and subjects take care of. */
static bool is_handled_elsewhere(const struct field_spec *spec, const struct gvk *gvk)
{
    bool core_v1 = gvk->group.len == 0 && str_equal(gvk->version, STR("v1"));
    if (str_equal(spec->path, STR("metadata/namespace")))
        return true;
    if (str_equal(spec->path, STR("metadata/name")) && !core_v1)
        return true;
    return is_role_binding(gvk->kind) && is_role_binding(spec->gvk.kind) &&
           str_equal(spec->path, STR("subjects/namespace"));
}

static bool move_one(struct resource *resource, const struct namespace_change *change,
                     const struct field_edit *edit, value *ret_document, struct error *err)
{
    value document = resource->document;
    struct subject_edit subjects = {.change = change, .set = edit};
    if (!resource->id.cluster_scoped &&
        !kust_edit_field(edit, STR("metadata/namespace"), true, document, &document, err))
        return false;
    if (is_role_binding(resource->id.gvk.kind) &&
        !edit_subjects(&subjects, document, &document, err))
        return false;
    for (size_t i = 0; i < change->specs.count; i++) {
        const struct field_spec *spec = &change->specs.items[i];
        if (!kust_gvk_selected(&resource->id.gvk, &spec->gvk) ||
            is_handled_elsewhere(spec, &resource->id.gvk))
            continue;
        if (!kust_edit_field(edit, spec->path, spec->create, document, &document, err))
            return false;
    }
    *ret_document = document;
    return true;
}

bool kust_apply_namespace(struct build *build, struct resmap *map,
                          const struct namespace_change *change, struct error *err)
{
    str namespace = change->namespace;
    struct field_edit edit = {.edit = change->unset_only ? set_when_empty : kust_set_text,
                              .context = &namespace,
                              .create = VALUE_STRING,
                              .arena = build->arena};
    if (namespace.len == 0)
        return true;
    VEC_FOR (struct resource *, slot, &map->list) {
        value document;
        if ((*slot)->by_helm)
            continue;
        kust_resource_remember(build, *slot);
        if (!move_one(*slot, change, &edit, &document, err))
            return error_wrap(err, "namespace") || error_at(err, (*slot)->source);
        kust_resource_set(build, *slot, document);
    }
    kust_resmap_changed(map);
    return kust_resmap_check_unique(build, map, err) && kust_check_budget(build, err);
}
