#include "render/kustomize/kustomization.h"

#include "render/kustomize/loader.h"

static const struct field_row selector_rows[] = {
    FIELD_ROW(struct selector_spec, group, "group", FIELD_STRING),
    FIELD_ROW(struct selector_spec, version, "version", FIELD_STRING),
    FIELD_ROW(struct selector_spec, kind, "kind", FIELD_STRING),
    FIELD_ROW(struct selector_spec, name, "name", FIELD_STRING),
    FIELD_ROW(struct selector_spec, namespace, "namespace", FIELD_STRING),
    FIELD_ROW(struct selector_spec, annotation_selector, "annotationSelector", FIELD_STRING),
    FIELD_ROW(struct selector_spec, label_selector, "labelSelector", FIELD_STRING),
};
const struct decoder kust_selector_decoder =
    DECODER("a selector", struct selector_spec, selector_rows);

static const struct field_row field_spec_rows[] = {
    FIELD_ROW(struct field_spec, gvk.group, "group", FIELD_STRING),
    FIELD_ROW(struct field_spec, gvk.version, "version", FIELD_STRING),
    FIELD_ROW(struct field_spec, gvk.kind, "kind", FIELD_STRING),
    FIELD_ROW(struct field_spec, path, "path", FIELD_STRING),
    FIELD_ROW(struct field_spec, create, "create", FIELD_BOOL),
};
const struct decoder kust_field_spec_decoder =
    DECODER("a field specification", struct field_spec, field_spec_rows);

static const struct field_row label_rows[] = {
    FIELD_ROW(struct label_entry, pairs, "pairs", FIELD_STRING_MAP),
    FIELD_ROW(struct label_entry, include_selectors, "includeSelectors", FIELD_BOOL),
    FIELD_ROW(struct label_entry, include_templates, "includeTemplates", FIELD_BOOL),
    FIELD_ROW_OF(struct label_entry, fields, "fields", FIELD_STRUCTS, kust_field_spec_decoder),
};
static const struct decoder label_decoder = DECODER("labels", struct label_entry, label_rows);

static const struct field_row patch_options_rows[] = {
    FIELD_ROW(struct patch_options, allow_name_change, "allowNameChange", FIELD_BOOL),
    FIELD_ROW(struct patch_options, allow_kind_change, "allowKindChange", FIELD_BOOL),
};
const struct decoder kust_patch_options_decoder =
    DECODER("patch options", struct patch_options, patch_options_rows);

static const struct field_row patch_rows[] = {
    FIELD_ROW(struct patch_entry, path, "path", FIELD_STRING),
    FIELD_ROW(struct patch_entry, patch, "patch", FIELD_STRING),
    FIELD_ROW_OF(struct patch_entry, target, "target", FIELD_STRUCT, kust_selector_decoder),
    FIELD_ROW_OF(struct patch_entry, options, "options", FIELD_STRUCT, kust_patch_options_decoder),
};
static const struct decoder patch_decoder = DECODER("a patch", struct patch_entry, patch_rows);

static const struct field_row image_rows[] = {
    FIELD_ROW(struct image_entry, name, "name", FIELD_STRING),
    FIELD_ROW(struct image_entry, new_name, "newName", FIELD_STRING),
    FIELD_ROW(struct image_entry, tag_suffix, "tagSuffix", FIELD_STRING),
    FIELD_ROW(struct image_entry, new_tag, "newTag", FIELD_STRING),
    FIELD_ROW(struct image_entry, digest, "digest", FIELD_STRING),
};
const struct decoder kust_image_decoder = DECODER("an image", struct image_entry, image_rows);

static const struct field_row replica_rows[] = {
    FIELD_ROW(struct replica_entry, name, "name", FIELD_STRING),
    FIELD_ROW(struct replica_entry, count, "count", FIELD_INT),
};
const struct decoder kust_replica_decoder = DECODER("replicas", struct replica_entry, replica_rows);

static const struct field_row field_options_rows[] = {
    FIELD_ROW(struct field_options, delimiter, "delimiter", FIELD_STRING),
    FIELD_ROW(struct field_options, index, "index", FIELD_INT),
    FIELD_ROW(struct field_options, encoding, "encoding", FIELD_STRING),
    FIELD_ROW(struct field_options, create, "create", FIELD_BOOL),
};
static const struct decoder field_options_decoder =
    DECODER("field options", struct field_options, field_options_rows);

static const struct field_row source_rows[] = {
    FIELD_ROW(struct replacement_source, id.group, "group", FIELD_STRING),
    FIELD_ROW(struct replacement_source, id.version, "version", FIELD_STRING),
    FIELD_ROW(struct replacement_source, id.kind, "kind", FIELD_STRING),
    FIELD_ROW(struct replacement_source, id.name, "name", FIELD_STRING),
    FIELD_ROW(struct replacement_source, id.namespace, "namespace", FIELD_STRING),
    FIELD_ROW(struct replacement_source, field_path, "fieldPath", FIELD_STRING),
    FIELD_ROW_OF(struct replacement_source, options, "options", FIELD_STRUCT,
                 field_options_decoder),
};
static const struct decoder source_decoder =
    DECODER("a replacement's source", struct replacement_source, source_rows);

static const struct field_row target_rows[] = {
    FIELD_ROW_OF(struct replacement_target, select, "select", FIELD_STRUCT, kust_selector_decoder),
    FIELD_ROW_OF(struct replacement_target, reject, "reject", FIELD_STRUCTS, kust_selector_decoder),
    FIELD_ROW(struct replacement_target, field_paths, "fieldPaths", FIELD_STRINGS),
    FIELD_ROW_OF(struct replacement_target, options, "options", FIELD_STRUCT,
                 field_options_decoder),
};
static const struct decoder target_decoder =
    DECODER("a replacement's target", struct replacement_target, target_rows);

static const struct field_row replacement_rows[] = {
    FIELD_ROW_OF(struct replacement, source, "source", FIELD_STRUCT, source_decoder),
    FIELD_ROW_OF(struct replacement, targets, "targets", FIELD_STRUCTS, target_decoder),
    FIELD_ROW(struct replacement, source_value, "sourceValue", FIELD_TEXT),
    FIELD_ROW(struct replacement, path, "path", FIELD_STRING),
};
const struct decoder kust_replacement_decoder =
    DECODER("a replacement", struct replacement, replacement_rows);

static const struct field_row variable_object_rows[] = {
    FIELD_ROW(struct variable, object.api_version, "apiVersion", FIELD_STRING),
    FIELD_ROW(struct variable, object.group, "group", FIELD_STRING),
    FIELD_ROW(struct variable, object.version, "version", FIELD_STRING),
    FIELD_ROW(struct variable, object.kind, "kind", FIELD_STRING),
    FIELD_ROW(struct variable, object.name, "name", FIELD_STRING),
    FIELD_ROW(struct variable, object.namespace, "namespace", FIELD_STRING),
};
static const struct decoder variable_object_decoder =
    DECODER("objref", struct variable, variable_object_rows);

static const struct field_row variable_field_rows[] = {
    FIELD_ROW(struct variable, field.path, "fieldPath", FIELD_STRING),
};
static const struct decoder variable_field_decoder =
    DECODER("fieldref", struct variable, variable_field_rows);

/* The inner rows count from the beginning of the variable. */
static const struct field_row variable_rows[] = {
    FIELD_ROW(struct variable, name, "name", FIELD_STRING),
    {"objref", FIELD_INLINE, 0, &variable_object_decoder},
    {"fieldref", FIELD_INLINE, 0, &variable_field_decoder},
};
static const struct decoder variable_decoder = DECODER("a var", struct variable, variable_rows);

static const struct field_row generator_options_rows[] = {
    FIELD_ROW(struct generator_options, labels, "labels", FIELD_STRING_MAP),
    FIELD_ROW(struct generator_options, annotations, "annotations", FIELD_STRING_MAP),
    FIELD_ROW(struct generator_options, disable_hash, "disableNameSuffixHash", FIELD_BOOL),
    FIELD_ROW(struct generator_options, immutable, "immutable", FIELD_BOOL),
};
static const struct decoder generator_options_decoder =
    DECODER("generator options", struct generator_options, generator_options_rows);

static const struct field_row config_map_rows[] = {
    FIELD_ROW(struct generator_entry, namespace, "namespace", FIELD_STRING),
    FIELD_ROW(struct generator_entry, name, "name", FIELD_STRING),
    FIELD_ROW(struct generator_entry, behavior, "behavior", FIELD_STRING),
    FIELD_ROW(struct generator_entry, literals, "literals", FIELD_STRINGS),
    FIELD_ROW(struct generator_entry, files, "files", FIELD_STRINGS),
    FIELD_ROW(struct generator_entry, envs, "envs", FIELD_STRINGS),
    FIELD_ROW(struct generator_entry, env, "env", FIELD_STRING),
    FIELD_ROW_OF(struct generator_entry, options, "options", FIELD_STRUCT,
                 generator_options_decoder),
};
static const struct decoder config_map_decoder =
    DECODER("a configMapGenerator", struct generator_entry, config_map_rows);

static const struct field_row secret_rows[] = {
    {"", FIELD_EMBEDDED, 0, &config_map_decoder},
    FIELD_ROW(struct generator_entry, type, "type", FIELD_STRING),
};
const struct decoder kust_generator_decoder =
    DECODER("a secretGenerator", struct generator_entry, secret_rows);

static const struct field_row legacy_sort_rows[] = {
    FIELD_ROW(struct legacy_sort_options, first, "orderFirst", FIELD_STRINGS),
    FIELD_ROW(struct legacy_sort_options, last, "orderLast", FIELD_STRINGS),
};
static const struct decoder legacy_sort_decoder =
    DECODER("legacySortOptions", struct legacy_sort_options, legacy_sort_rows);

static const struct field_row sort_rows[] = {
    FIELD_ROW(struct sort_options, order, "order", FIELD_STRING),
    FIELD_ROW_OF(struct sort_options, legacy, "legacySortOptions", FIELD_STRUCT,
                 legacy_sort_decoder),
};
static const struct decoder sort_decoder = DECODER("sortOptions", struct sort_options, sort_rows);

static const struct field_row metadata_rows[] = {
    FIELD_ROW(struct object_metadata, name, "name", FIELD_STRING),
    FIELD_ROW(struct object_metadata, namespace, "namespace", FIELD_STRING),
    FIELD_ROW(struct object_metadata, labels, "labels", FIELD_STRING_MAP),
    FIELD_ROW(struct object_metadata, annotations, "annotations", FIELD_STRING_MAP),
};
const struct decoder kust_metadata_decoder =
    DECODER("metadata", struct object_metadata, metadata_rows);

static const struct field_row rows[] = {
    FIELD_ROW(struct kustomization, api_version, "apiVersion", FIELD_STRING),
    FIELD_ROW(struct kustomization, kind, "kind", FIELD_STRING),
    FIELD_ROW_OF(struct kustomization, metadata, "metadata", FIELD_STRUCT, kust_metadata_decoder),
    FIELD_ROW(struct kustomization, openapi, "openapi", FIELD_STRING_MAP),
    FIELD_ROW(struct kustomization, name_prefix, "namePrefix", FIELD_STRING),
    FIELD_ROW(struct kustomization, name_suffix, "nameSuffix", FIELD_STRING),
    FIELD_ROW(struct kustomization, namespace, "namespace", FIELD_STRING),
    FIELD_ROW(struct kustomization, common_labels, "commonLabels", FIELD_STRING_MAP),
    FIELD_ROW_OF(struct kustomization, labels, "labels", FIELD_STRUCTS, label_decoder),
    FIELD_ROW(struct kustomization, common_annotations, "commonAnnotations", FIELD_STRING_MAP),
    FIELD_ROW(struct kustomization, patches_strategic_merge, "patchesStrategicMerge",
              FIELD_STRINGS),
    FIELD_ROW_OF(struct kustomization, patches_json6902, "patchesJson6902", FIELD_STRUCTS,
                 patch_decoder),
    FIELD_ROW_OF(struct kustomization, patches, "patches", FIELD_STRUCTS, patch_decoder),
    FIELD_ROW_OF(struct kustomization, images, "images", FIELD_STRUCTS, kust_image_decoder),
    FIELD_ROW_OF(struct kustomization, image_tags, "imageTags", FIELD_STRUCTS, kust_image_decoder),
    FIELD_ROW_OF(struct kustomization, replacements, "replacements", FIELD_STRUCTS,
                 kust_replacement_decoder),
    FIELD_ROW_OF(struct kustomization, replicas, "replicas", FIELD_STRUCTS, kust_replica_decoder),
    FIELD_ROW_OF(struct kustomization, vars, "vars", FIELD_STRUCTS, variable_decoder),
    FIELD_ROW_OF(struct kustomization, sort_options, "sortOptions", FIELD_STRUCT, sort_decoder),
    FIELD_ROW(struct kustomization, resources, "resources", FIELD_STRINGS),
    FIELD_ROW(struct kustomization, components, "components", FIELD_STRINGS),
    FIELD_ROW(struct kustomization, crds, "crds", FIELD_STRINGS),
    FIELD_ROW(struct kustomization, bases, "bases", FIELD_STRINGS),
    FIELD_ROW_OF(struct kustomization, config_maps, "configMapGenerator", FIELD_STRUCTS,
                 config_map_decoder),
    FIELD_ROW_OF(struct kustomization, secrets, "secretGenerator", FIELD_STRUCTS,
                 kust_generator_decoder),
    FIELD_ROW(struct kustomization, helm_globals, "helmGlobals", FIELD_ANY),
    FIELD_ROW(struct kustomization, helm_charts, "helmCharts", FIELD_ANY),
    FIELD_ROW(struct kustomization, helm_inflation, "helmChartInflationGenerator", FIELD_ANY),
    FIELD_ROW_OF(struct kustomization, generator_options, "generatorOptions", FIELD_STRUCT,
                 generator_options_decoder),
    FIELD_ROW(struct kustomization, configurations, "configurations", FIELD_STRINGS),
    FIELD_ROW(struct kustomization, generators, "generators", FIELD_STRINGS),
    FIELD_ROW(struct kustomization, transformers, "transformers", FIELD_STRINGS),
    FIELD_ROW(struct kustomization, validators, "validators", FIELD_STRINGS),
    FIELD_ROW(struct kustomization, build_metadata, "buildMetadata", FIELD_STRINGS),
};
static const struct decoder decoder = DECODER("a kustomization", struct kustomization, rows);

/* The one of its possible names that is there. More than one is an error. */
static bool find_file(struct build *build, const struct loader *loader,
                      const struct snapshot_entry **ret_entry, struct error *err)
{
    static const str names[] = {STR_INIT("kustomization.yaml"), STR_INIT("kustomization.yml"),
                                STR_INIT("Kustomization")};
    const struct snapshot_entry *found = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct snapshot_entry *entry = NULL;
        struct error ignored = ERROR_INIT; /* not there, or not a file */
        if (!kust_load_entry(build, loader, names[i], &entry, &ignored))
            continue;
        if (found != NULL)
            return error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION",
                              "\"%.*s\" has more than one kustomization file",
                              STR_ARG(loader->root));
        found = entry;
    }
    if (found == NULL)
        return error_rule(err, ERROR_NOT_FOUND, "E_KUSTOMIZATION",
                          "\"%.*s\" has no kustomization.yaml, kustomization.yml or Kustomization",
                          STR_ARG(loader->root));
    *ret_entry = found;
    return true;
}

static bool check_header(const struct kustomization *k, struct error *err)
{
    bool component = str_equal(k->kind, STR("Component"));
    if (!component && !str_equal(k->kind, STR("Kustomization")))
        return error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION",
                          "kind must be Kustomization or Component, not \"%.*s\"",
                          STR_ARG(k->kind));
    const char *version =
        component ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1";
    if (k->api_version.len != 0 && !str_equal(k->api_version, str_z(version)))
        return error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION",
                          "apiVersion of a %.*s must be %s, not \"%.*s\"", STR_ARG(k->kind),
                          version, STR_ARG(k->api_version));
    return true;
}

static bool member_says_something(const struct member *member)
{
    static const str silent[] = {STR_INIT("apiVersion"), STR_INIT("kind")};
    /* Moved elsewhere before the question is asked; other lists count even when empty. */
    static const str moved[] = {STR_INIT("bases"), STR_INIT("imageTags"),
                                STR_INIT("helmChartInflationGenerator")};
    for (size_t i = 0; i < ARRAY_LEN(silent); i++) {
        if (str_equal_fold(member->key, silent[i]))
            return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(moved); i++) {
        if (str_equal_fold(member->key, moved[i]))
            return value_len(member->val) != 0;
    }
    return member->val.kind != VALUE_NULL &&
           (member->val.kind != VALUE_STRING || member->val.len != 0);
}

/* A file that says nothing but what it is. */
static bool says_nothing(value document)
{
    for (size_t i = 0; i < value_len(document); i++) {
        if (member_says_something(value_member(document, i)))
            return false;
    }
    return true;
}

static void move_deprecated(struct kustomization *k, struct arena *arena)
{
    if (k->kind.len == 0)
        k->kind = STR("Kustomization");
    VEC_FOR (str, base, &k->bases.list)
        VEC_PUSH(arena, &k->resources.list, *base);
    VEC_FOR (struct image_entry, image, &k->image_tags)
        VEC_PUSH(arena, &k->images, *image);
    VEC_FOR (struct generator_entry, entry, &k->config_maps.list)
        if (entry->env.len != 0)
            VEC_PUSH(arena, &entry->envs.list, entry->env);
    VEC_FOR (struct generator_entry, entry, &k->secrets.list)
        if (entry->env.len != 0)
            VEC_PUSH(arena, &entry->envs.list, entry->env);
}

bool kust_kustomization_load(struct build *build, const struct loader *loader,
                             struct kustomization *ret_kustomization, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                                .allow_duplicate_keys = true};
    const struct snapshot_entry *entry = NULL;
    struct kustomization k = {0};
    value document;
    if (!find_file(build, loader, &entry, err))
        return false;
    k.file = entry->path;
    if (!yaml_read(entry->bytes, &options, build->limits, build->arena, &document, err) ||
        !kust_decode(&decoder, document, DECODE_EXACT, build->arena, &k, err))
        return error_at(err, (struct position){.file = entry->path});
    if (says_nothing(document)) {
        (void)error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION", "the kustomization is empty");
        return error_at(err, (struct position){.file = entry->path});
    }
    move_deprecated(&k, build->arena);
    if (!check_header(&k, err))
        return error_at(err, (struct position){.file = entry->path});
    *ret_kustomization = k;
    return true;
}
