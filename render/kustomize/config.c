#include "render/kustomize/config.h"

#include "render/kustomize/decode.h"
#include "render/kustomize/kustomization.h"
#include "render/kustomize/loader.h"

struct growing_specs {
    VEC(struct field_spec) list;
};

struct growing_references {
    VEC(struct name_reference) list;
};

/* Kinds that come first (negative) and last, in the order of the tool's legacy sorting. */
int kust_kind_order(str kind)
{
    static const char *const first[] = {"Namespace",
                                        "ResourceQuota",
                                        "StorageClass",
                                        "CustomResourceDefinition",
                                        "ServiceAccount",
                                        "PodSecurityPolicy",
                                        "Role",
                                        "ClusterRole",
                                        "RoleBinding",
                                        "ClusterRoleBinding",
                                        "ConfigMap",
                                        "Secret",
                                        "Endpoints",
                                        "Service",
                                        "LimitRange",
                                        "PriorityClass",
                                        "PersistentVolume",
                                        "PersistentVolumeClaim",
                                        "Deployment",
                                        "StatefulSet",
                                        "CronJob",
                                        "PodDisruptionBudget"};
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        if (str_equal(kind, str_z(first[i])))
            return (int)i - (int)ARRAY_LEN(first);
    }
    if (str_equal(kind, STR("MutatingWebhookConfiguration")))
        return 1;
    return str_equal(kind, STR("ValidatingWebhookConfiguration")) ? 2 : 0;
}

bool kust_gvk_selected(const struct gvk *gvk, const struct gvk *selector)
{
    return (selector->kind.len == 0 || str_equal(gvk->kind, selector->kind)) &&
           (selector->group.len == 0 || str_equal(gvk->group, selector->group)) &&
           (selector->version.len == 0 || str_equal(gvk->version, selector->version));
}

static str or_placeholder(str part, str placeholder)
{
    return part.len != 0 ? part : placeholder;
}

static int compare_gvk(const struct gvk *a, const struct gvk *b)
{
    int order = kust_kind_order(a->kind) - kust_kind_order(b->kind);
    if (order == 0)
        order =
            str_compare(or_placeholder(a->group, STR("~G")), or_placeholder(b->group, STR("~G")));
    if (order == 0)
        order = str_compare(or_placeholder(a->version, STR("~V")),
                            or_placeholder(b->version, STR("~V")));
    if (order == 0)
        order = str_compare(or_placeholder(a->kind, STR("~K")), or_placeholder(b->kind, STR("~K")));
    return order;
}

/* Lists are short and nearly sorted; equal kinds keep their order. */
static void sort_specs(struct field_spec *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct field_spec moving = items[i];
        size_t place = i;
        for (; place > 0 && compare_gvk(&moving.gvk, &items[place - 1].gvk) < 0; place--)
            items[place] = items[place - 1];
        items[place] = moving;
    }
}

static void sort_references(struct name_reference *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct name_reference moving = items[i];
        size_t place = i;
        for (; place > 0 && compare_gvk(&moving.target, &items[place - 1].target) < 0; place--)
            items[place] = items[place - 1];
        items[place] = moving;
    }
}

static bool add_spec(struct growing_specs *specs, const struct field_spec *spec,
                     struct arena *arena, struct error *err)
{
    VEC_FOR (struct field_spec, known, &specs->list) {
        if (!str_equal(known->path, spec->path) || !kust_gvk_selected(&known->gvk, &spec->gvk))
            continue;
        if (known->create == spec->create)
            return true;
        return error_rule(err, ERROR_INPUT, "E_CONFIG",
                          "the field %.*s of %.*s is given with and without create",
                          STR_ARG(spec->path), STR_ARG(known->gvk.kind));
    }
    VEC_PUSH(arena, &specs->list, *spec);
    return true;
}

bool kust_specs_merge(struct spec_list a, struct spec_list b, struct arena *arena,
                      struct spec_list *ret_list, struct error *err)
{
    struct growing_specs merged = {0};
    for (size_t i = 0; i < a.count; i++)
        VEC_PUSH(arena, &merged.list, a.items[i]);
    for (size_t i = 0; i < b.count; i++) {
        if (!add_spec(&merged, &b.items[i], arena, err))
            return false;
    }
    *ret_list = (struct spec_list){merged.list.items, merged.list.len};
    return true;
}

static bool add_reference(struct growing_references *references,
                          const struct name_reference *reference, struct arena *arena,
                          struct error *err)
{
    bool found = false;
    VEC_FOR (struct name_reference, known, &references->list) {
        if (!gvk_equal(known->target, reference->target))
            continue;
        found = true;
        if (!kust_specs_merge(known->referrers, reference->referrers, arena, &known->referrers,
                              err))
            return false;
    }
    if (!found)
        VEC_PUSH(arena, &references->list, *reference);
    return true;
}

bool kust_config_merge(const struct transformer_config *a, const struct transformer_config *b,
                       struct arena *arena, const struct transformer_config **ret_merged,
                       struct error *err)
{
    static const struct transformer_config empty = {0};
    const struct transformer_config *defaults = kust_config_defaults();
    if (b == NULL || a == b || (b == defaults && (a == NULL || a->has_defaults))) {
        *ret_merged = a != NULL ? a : b;
        return true;
    }
    /* Into an empty one, too: a field of some kinds gives way to the same one of all kinds. */
    if (a == NULL)
        a = &empty;
    struct transformer_config *merged = ARENA_NEW(arena, struct transformer_config);
    merged->has_defaults = a->has_defaults || b->has_defaults;
    for (size_t i = 0; i < SPECS_COUNT; i++) {
        struct spec_list list;
        if (!kust_specs_merge(a->sets[i], b->sets[i], arena, &list, err))
            return false;
        sort_specs((struct field_spec *)(uintptr_t)list.items, list.count);
        merged->sets[i] = list;
    }
    struct growing_references references = {0};
    for (size_t i = 0; i < a->reference_count; i++)
        VEC_PUSH(arena, &references.list, a->references[i]);
    for (size_t i = 0; i < b->reference_count; i++) {
        if (!add_reference(&references, &b->references[i], arena, err))
            return false;
    }
    sort_references(references.list.items, references.list.len);
    merged->references = references.list.items;
    merged->reference_count = references.list.len;
    *ret_merged = merged;
    return true;
}

/* A configuration file. */
struct reference_entry {
    struct gvk target;
    struct field_specs specs;
};

struct config_file {
    struct field_specs sets[SPECS_COUNT];
    VEC(struct reference_entry) references;
};

static const struct field_row reference_rows[] = {
    {"group", FIELD_STRING, offsetof(struct reference_entry, target.group), NULL},
    {"version", FIELD_STRING, offsetof(struct reference_entry, target.version), NULL},
    {"kind", FIELD_STRING, offsetof(struct reference_entry, target.kind), NULL},
    {"fieldSpecs", FIELD_STRUCTS, offsetof(struct reference_entry, specs),
     &kust_field_spec_decoder},
};
static const struct decoder reference_decoder =
    DECODER("a nameReference", struct reference_entry, reference_rows);

static const struct field_row file_rows[] = {
    FIELD_ROW_OF(struct config_file, sets[SPECS_NAME_PREFIX], "namePrefix", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_NAME_SUFFIX], "nameSuffix", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_NAMESPACE], "namespace", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_COMMON_LABELS], "commonLabels", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_LABELS], "labels", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_TEMPLATE_LABELS], "templateLabels", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_COMMON_ANNOTATIONS], "commonAnnotations",
                 FIELD_STRUCTS, kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_VAR_REFERENCE], "varReference", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_IMAGES], "images", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    FIELD_ROW_OF(struct config_file, sets[SPECS_REPLICAS], "replicas", FIELD_STRUCTS,
                 kust_field_spec_decoder),
    {"nameReference", FIELD_STRUCTS, offsetof(struct config_file, references), &reference_decoder},
};
static const struct decoder file_decoder =
    DECODER("a transformer configuration", struct config_file, file_rows);

static bool read_file(struct build *build, const struct loader *loader, str path,
                      struct transformer_config *config, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    struct config_file file = {0};
    value document;
    str bytes = {0};
    if (!kust_load_file(build, loader, path, &bytes, err))
        return false;
    if (!yaml_read(bytes, &options, build->limits, build->arena, &document, err) ||
        !kust_decode(&file_decoder, document, DECODE_STRICT, build->arena, &file, err))
        return error_at(err, (struct position){.file = path});
    for (size_t i = 0; i < SPECS_COUNT; i++) {
        sort_specs(file.sets[i].list.items, file.sets[i].list.len);
        config->sets[i] = (struct spec_list){file.sets[i].list.items, file.sets[i].list.len};
    }
    struct growing_references references = {0};
    VEC_FOR (struct reference_entry, entry, &file.references)
        VEC_PUSH(build->arena, &references.list,
                 (struct name_reference){entry->target,
                                         {entry->specs.list.items, entry->specs.list.len}});
    sort_references(references.list.items, references.list.len);
    config->references = references.list.items;
    config->reference_count = references.list.len;
    return true;
}

bool kust_config_load(struct build *build, const struct loader *loader, const str *paths,
                      size_t count, const struct transformer_config **ret_config, struct error *err)
{
    static const struct transformer_config empty = {0};
    const struct transformer_config *files = &empty;
    for (size_t i = 0; i < count; i++) {
        struct transformer_config *config = ARENA_NEW(build->arena, struct transformer_config);
        if (!read_file(build, loader, paths[i], config, err) ||
            !kust_config_merge(files, config, build->arena, &files, err))
            return error_wrap(err, "configurations %.*s", STR_ARG(paths[i]));
    }
    if (count == 0) {
        *ret_config = kust_config_defaults();
        return true;
    }
    return kust_config_merge(kust_config_defaults(), files, build->arena, ret_config, err);
}
