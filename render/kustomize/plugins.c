#include "render/kustomize/plugins.h"

#include "render/kustomize/field_edit.h"
#include "render/kustomize/generate.h"
#include "render/kustomize/helm_charts.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/transform.h"
#include "render/kustomize/value_add.h"

/* The fields of all built-in transformers' configurations; each looks at its own. */
struct plugin_config {
    value labels, annotations;
    struct field_specs specs;
    struct image_entry image;
    const struct object_metadata *metadata;
    bool unset_only;
    str subject_mode;
    const struct selector_spec *target;
    str path, patch, json_op, patches, prefix, suffix;
    struct strings paths;
    const struct patch_options *options;
    struct replacements replacements;
    struct replica_entry replica;
    struct value_add value_add;
};

#define SPECS                                                                                      \
    FIELD_ROW_OF(struct plugin_config, specs, "fieldSpecs", FIELD_STRUCTS, kust_field_spec_decoder)

static const struct field_row annotations_rows[] = {
    FIELD_ROW(struct plugin_config, annotations, "annotations", FIELD_STRING_MAP), SPECS};
static const struct field_row labels_rows[] = {
    FIELD_ROW(struct plugin_config, labels, "labels", FIELD_STRING_MAP), SPECS};
static const struct field_row image_rows[] = {
    FIELD_ROW_OF(struct plugin_config, image, "imageTag", FIELD_INLINE, kust_image_decoder), SPECS};
static const struct field_row namespace_rows[] = {
    FIELD_ROW_OF(struct plugin_config, metadata, "metadata", FIELD_STRUCT, kust_metadata_decoder),
    FIELD_ROW(struct plugin_config, unset_only, "unsetOnly", FIELD_BOOL),
    FIELD_ROW(struct plugin_config, subject_mode, "setRoleBindingSubjects", FIELD_STRING), SPECS};
static const struct field_row json_patch_rows[] = {
    FIELD_ROW_OF(struct plugin_config, target, "target", FIELD_STRUCT, kust_selector_decoder),
    FIELD_ROW(struct plugin_config, path, "path", FIELD_STRING),
    FIELD_ROW(struct plugin_config, json_op, "jsonOp", FIELD_STRING)};
static const struct field_row merge_patch_rows[] = {
    FIELD_ROW(struct plugin_config, paths, "paths", FIELD_STRINGS),
    FIELD_ROW(struct plugin_config, patches, "patches", FIELD_STRING)};
static const struct field_row patch_rows[] = {
    FIELD_ROW_OF(struct plugin_config, target, "target", FIELD_STRUCT, kust_selector_decoder),
    FIELD_ROW(struct plugin_config, path, "path", FIELD_STRING),
    FIELD_ROW(struct plugin_config, patch, "patch", FIELD_STRING),
    FIELD_ROW_OF(struct plugin_config, options, "options", FIELD_STRUCT,
                 kust_patch_options_decoder)};
static const struct field_row affix_rows[] = {
    FIELD_ROW(struct plugin_config, prefix, "prefix", FIELD_STRING),
    FIELD_ROW(struct plugin_config, suffix, "suffix", FIELD_STRING), SPECS};
static const struct field_row replacement_rows[] = {FIELD_ROW_OF(
    struct plugin_config, replacements, "replacements", FIELD_STRUCTS, kust_replacement_decoder)};
static const struct field_row replica_rows[] = {
    FIELD_ROW_OF(struct plugin_config, replica, "replica", FIELD_INLINE, kust_replica_decoder),
    SPECS};
static const struct field_row value_add_rows[] = {
    {"", FIELD_EMBEDDED, offsetof(struct plugin_config, value_add), &kust_value_add_decoder}};

/* What a transformer gets. */
struct plugin_run {
    struct build *build;
    const struct loader *loader;
    struct resmap *map;
    const struct plugin_config *config;
    struct spec_list specs;
};

typedef bool (*plugin_apply)(const struct plugin_run *run, struct error *err);

static bool run_annotations(const struct plugin_run *run, struct error *err)
{
    return kust_apply_entries(run->build, run->map, run->config->annotations, run->specs, err);
}

static bool run_labels(const struct plugin_run *run, struct error *err)
{
    return kust_apply_entries(run->build, run->map, run->config->labels, run->specs, err);
}

static bool run_image(const struct plugin_run *run, struct error *err)
{
    return kust_apply_image(run->build, run->map, &run->config->image, run->specs, err);
}

static bool run_hash(const struct plugin_run *run, struct error *err)
{
    return kust_apply_hashes(run->build, run->map, err);
}

static bool run_namespace(const struct plugin_run *run, struct error *err)
{
    static const char *const modes[] = {"defaultOnly", "allServiceAccounts", "none"};
    const struct plugin_config *config = run->config;
    struct namespace_change change = {
        .namespace = config->metadata != NULL ? config->metadata->namespace : (str){0},
        .specs = run->specs,
        .unset_only = config->unset_only};
    size_t mode = 0;
    while (mode < ARRAY_LEN(modes) && !str_equal(config->subject_mode, str_z(modes[mode])))
        mode++;
    if (mode == ARRAY_LEN(modes) && config->subject_mode.len != 0)
        return error_rule(err, ERROR_INPUT, "E_PLUGIN",
                          "setRoleBindingSubjects must be defaultOnly, allServiceAccounts or none");
    change.subjects = mode < ARRAY_LEN(modes) ? (enum subject_mode)mode : SUBJECTS_DEFAULT_ONLY;
    return kust_apply_namespace(run->build, run->map, &change, err);
}

static bool run_json_patch(const struct plugin_run *run, struct error *err)
{
    const struct plugin_config *config = run->config;
    struct patch_entry entry = {
        .target = config->target, .path = config->path, .patch = config->json_op};
    return kust_apply_json_patch(run->build, run->loader, run->map, &entry, err);
}

static bool run_merge_patches(const struct plugin_run *run, struct error *err)
{
    struct strings texts = {0};
    VEC_FOR (str, path, &run->config->paths.list)
        VEC_PUSH(run->build->arena, &texts.list, *path);
    if (run->config->patches.len != 0)
        VEC_PUSH(run->build->arena, &texts.list, run->config->patches);
    return kust_apply_merge_patches(run->build, run->loader, run->map, &texts, err);
}

static bool run_patch(const struct plugin_run *run, struct error *err)
{
    const struct plugin_config *config = run->config;
    struct patch_entry entry = {.target = config->target,
                                .path = config->path,
                                .patch = config->patch,
                                .options = config->options};
    return kust_apply_patch(run->build, run->loader, run->map, &entry, err);
}

static bool need_specs(const struct plugin_run *run, struct error *err)
{
    return run->config->specs.list.items != NULL ||
           error_rule(err, ERROR_INPUT, "E_PLUGIN", "fieldSpecs is missing");
}

static bool run_prefix(const struct plugin_run *run, struct error *err)
{
    return need_specs(run, err) &&
           kust_apply_prefix(run->build, run->map, run->config->prefix, run->specs, err);
}

static bool run_suffix(const struct plugin_run *run, struct error *err)
{
    return need_specs(run, err) &&
           kust_apply_suffix(run->build, run->map, run->config->suffix, run->specs, err);
}

static bool run_both_affixes(const struct plugin_run *run, struct error *err)
{
    return run_prefix(run, err) && run_suffix(run, err);
}

static bool run_replacements(const struct plugin_run *run, struct error *err)
{
    return kust_apply_replacements(run->build, run->loader, run->map, &run->config->replacements,
                                   err);
}

static bool run_replicas(const struct plugin_run *run, struct error *err)
{
    return kust_apply_replicas(run->build, run->map, &run->config->replica, run->specs, err);
}

static bool run_value_add(const struct plugin_run *run, struct error *err)
{
    return kust_apply_value_add(run->build, run->loader, run->map, &run->config->value_add, err);
}

struct plugin_kind {
    const char *kind;
    const struct field_row *rows;
    size_t row_count;
    plugin_apply apply;
};

static const struct plugin_kind transformer_kinds[] = {
    {"AnnotationsTransformer", annotations_rows, ARRAY_LEN(annotations_rows), run_annotations},
    {"HashTransformer", NULL, 0, run_hash},
    {"ImageTagTransformer", image_rows, ARRAY_LEN(image_rows), run_image},
    {"LabelTransformer", labels_rows, ARRAY_LEN(labels_rows), run_labels},
    {"NamespaceTransformer", namespace_rows, ARRAY_LEN(namespace_rows), run_namespace},
    {"PatchJson6902Transformer", json_patch_rows, ARRAY_LEN(json_patch_rows), run_json_patch},
    {"PatchStrategicMergeTransformer", merge_patch_rows, ARRAY_LEN(merge_patch_rows),
     run_merge_patches},
    {"PatchTransformer", patch_rows, ARRAY_LEN(patch_rows), run_patch},
    {"PrefixSuffixTransformer", affix_rows, ARRAY_LEN(affix_rows), run_both_affixes},
    {"PrefixTransformer", affix_rows, ARRAY_LEN(affix_rows), run_prefix},
    {"ReplacementTransformer", replacement_rows, ARRAY_LEN(replacement_rows), run_replacements},
    {"ReplicaCountTransformer", replica_rows, ARRAY_LEN(replica_rows), run_replicas},
    {"SuffixTransformer", affix_rows, ARRAY_LEN(affix_rows), run_suffix},
    {"ValueAddTransformer", value_add_rows, ARRAY_LEN(value_add_rows), run_value_add},
};

/* Only the group-less version "builtin" is in the program. */
static bool check_builtin(const struct build *build, const struct resource *plugin,
                          struct error *err)
{
    const struct gvk *gvk = &plugin->id.gvk;
    if (gvk->group.len == 0 && str_equal(gvk->version, STR("builtin")))
        return true;
    if (!build->options->enable_alpha_plugins)
        (void)error_rule(err, ERROR_INPUT, "E_PLUGIN",
                         "%.*s is no built-in plugin, and others are not enabled",
                         STR_ARG(gvk->kind));
    else
        (void)error_rule(err, ERROR_UNSUPPORTED, "E_PLUGIN",
                         "%.*s is a plugin outside this program: nothing is executed",
                         STR_ARG(gvk->kind));
    (void)error_hint(err, "render it beforehand and commit the result");
    return error_at(err, plugin->source);
}

static bool unknown_kind(const struct resource *plugin, const char *role, struct error *err)
{
    (void)error_rule(err, ERROR_INPUT, "E_PLUGIN", "%.*s is no built-in %s",
                     STR_ARG(plugin->id.gvk.kind), role);
    return error_at(err, plugin->source);
}

bool kust_plugin_transform(struct build *build, const struct loader *loader,
                           const struct resource *plugin, struct resmap *map, struct error *err)
{
    if (!check_builtin(build, plugin, err))
        return false;
    const struct plugin_kind *kind = NULL;
    for (size_t i = 0; i < ARRAY_LEN(transformer_kinds) && kind == NULL; i++) {
        if (str_equal(plugin->id.gvk.kind, str_z(transformer_kinds[i].kind)))
            kind = &transformer_kinds[i];
    }
    if (kind == NULL)
        return unknown_kind(plugin, "transformer", err);
    struct plugin_config config = {0};
    struct decoder decoder = {kind->kind, sizeof(struct plugin_config), kind->rows,
                              kind->row_count};
    value document = kust_canonical(plugin->document, false, build->arena);
    if (!kust_decode(&decoder, document, DECODE_LOOSE, build->arena, &config, err))
        return error_at(err, plugin->source);
    struct plugin_run run = {.build = build,
                             .loader = loader,
                             .map = map,
                             .config = &config,
                             .specs = {config.specs.list.items, config.specs.list.len}};
    return kind->apply(&run, err) ||
           (error_wrap(err, "%s %.*s", kind->kind, STR_ARG(plugin->id.name)) ||
            error_at(err, plugin->source));
}

/* A GKE service account: what the tool's IAMPolicyGenerator makes. */
static bool generate_iam(struct build *build, value document, struct selection *generated,
                         struct error *err)
{
    value account = value_get(document, STR("serviceAccount"));
    value service = value_get(document, STR("kubernetesService"));
    if (!str_equal(value_str(value_get(document, STR("cloud"))), STR("gke")))
        return error_rule(err, ERROR_INPUT, "E_PLUGIN", "cloud must be gke");
    str email = arena_printf(build->arena, "%.*s@%.*s.iam.gserviceaccount.com",
                             STR_ARG(value_str(value_get(account, STR("name")))),
                             STR_ARG(value_str(value_get(account, STR("projectId")))));
    struct arena *arena = build->arena;
    value made = (value){.kind = VALUE_OBJECT};
    made = value_with(made, STR("apiVersion"), value_string(STR("v1")), arena);
    made = value_with(made, STR("kind"), value_string(STR("ServiceAccount")), arena);
    made = kust_metadata_with(made, STR("name"), value_str(value_get(service, STR("name"))), arena);
    str namespace = value_str(value_get(service, STR("namespace")));
    if (namespace.len != 0)
        made = kust_metadata_with(made, STR("namespace"), namespace, arena);
    value annotations =
        value_with((value){.kind = VALUE_OBJECT}, STR("iam.gke.io/gcp-service-account"),
                   value_string(email), arena);
    if (!kust_metadata_set_map(made, STR("annotations"), annotations, arena, &made, err))
        return false;
    VEC_PUSH(arena, &generated->list, kust_resource_create(build, made, (struct position){0}));
    return true;
}

struct generator_config {
    const struct object_metadata *metadata;
    struct generator_entry entry;
};

static const struct field_row generator_rows[] = {
    {"metadata", FIELD_STRUCT, offsetof(struct generator_config, metadata), &kust_metadata_decoder},
    {"", FIELD_EMBEDDED, offsetof(struct generator_config, entry), &kust_generator_decoder},
};
static const struct decoder generator_decoder =
    DECODER("a generator", struct generator_config, generator_rows);

static bool generate_map(struct build *build, const struct loader *loader,
                         const struct resource *plugin, value document, bool secret,
                         struct selection *generated, struct error *err)
{
    struct generator_config config = {0};
    struct resource *resource = NULL;
    if (!kust_decode(&generator_decoder, document, DECODE_LOOSE, build->arena, &config, err))
        return error_at(err, plugin->source);
    struct generator_entry *entry = &config.entry;
    if (config.metadata != NULL && entry->name.len == 0)
        entry->name = config.metadata->name;
    if (config.metadata != NULL && entry->namespace.len == 0)
        entry->namespace = config.metadata->namespace;
    if (entry->env.len != 0)
        VEC_PUSH(build->arena, &entry->envs.list, entry->env);
    if (!kust_generate(build, loader, secret, entry, NULL, &resource, err))
        return error_at(err, plugin->source);
    VEC_PUSH(build->arena, &generated->list, resource);
    return true;
}

bool kust_plugin_generate(struct build *build, const struct loader *loader,
                          const struct resource *plugin, struct selection *generated,
                          struct error *err)
{
    if (!check_builtin(build, plugin, err))
        return false;
    value document = kust_canonical(plugin->document, false, build->arena);
    str kind = plugin->id.gvk.kind;
    if (str_equal(kind, STR("ConfigMapGenerator")) || str_equal(kind, STR("SecretGenerator")))
        return generate_map(build, loader, plugin, document,
                            str_equal(kind, STR("SecretGenerator")), generated, err);
    if (str_equal(kind, STR("IAMPolicyGenerator")))
        return generate_iam(build, document, generated, err);
    if (str_equal(kind, STR("HelmChartInflationGenerator")))
        return kust_helm_chart(build, loader, CHART_OF_PLUGIN, document, value_absent(), (str){0},
                               generated, err);
    return unknown_kind(plugin, "generator", err);
}
