/* The generators, transformers and validators of one kustomization, in the tool's order. */
#include "render/kustomize/field_edit.h"
#include "render/kustomize/generate.h"
#include "render/kustomize/helm_charts.h"
#include "render/kustomize/origin.h"
#include "render/kustomize/plugins.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/target.h"

static struct origin origin_of_field(const struct target *target, const char *kind)
{
    const struct kustomization *k = &target->kustomization;
    return (struct origin){
        .configured_in = kust_join_path(target->origin, path_base(k->file), target->build->arena),
        .api_version = STR("builtin"),
        .kind = str_z(kind)};
}

/* A plugin says where it comes from if it knows. */
static struct origin origin_of_plugin(const struct target *target, const struct resource *plugin)
{
    struct origin origin = {.configured_in = kust_origin_path(target->build, plugin),
                            .api_version =
                                kust_scalar_text(value_get(plugin->document, STR("apiVersion"))),
                            .kind = plugin->id.gvk.kind,
                            .name = plugin->id.name,
                            .namespace = plugin->id.namespace};
    return origin;
}

static bool absorb(struct target *target, struct accumulator *accumulator,
                   const struct selection *generated, const struct origin *origin,
                   struct error *err)
{
    VEC_FOR (struct resource *, slot, &generated->list) {
        if ((*slot)->source.file.len == 0)
            (*slot)->source = (struct position){.file = target->kustomization.file};
        if (origin != NULL && !kust_add_origin(target->build, *slot, origin, err))
            return false;
        if (!kust_resmap_absorb(target->build, &accumulator->map, *slot, err))
            return false;
    }
    return true;
}

static bool run_map_generators(struct target *target, bool secrets, struct accumulator *accumulator,
                               struct error *err)
{
    const struct kustomization *k = &target->kustomization;
    const struct generators *generators = secrets ? &k->secrets : &k->config_maps;
    struct origin origin =
        origin_of_field(target, secrets ? "SecretGenerator" : "ConfigMapGenerator");
    VEC_FOR (struct generator_entry, entry, &generators->list) {
        struct selection made = {0};
        struct resource *resource = NULL;
        if (!kust_generate(target->build, &target->loader, secrets, entry, k->generator_options,
                           &resource, err))
            return error_wrap(err, "%s %.*s", secrets ? "secretGenerator" : "configMapGenerator",
                              STR_ARG(entry->name));
        VEC_PUSH(target->build->scratch, &made.list, resource);
        if (!absorb(target, accumulator, &made, target->tracks_origin ? &origin : NULL, err))
            return false;
    }
    return true;
}

/* `helmCharts`, and the older `helmChartInflationGenerator`. */
static bool run_charts(struct target *target, struct accumulator *accumulator, struct error *err)
{
    const struct kustomization *k = &target->kustomization;
    const value lists[] = {k->helm_charts, k->helm_inflation};
    struct origin origin = origin_of_field(target, "HelmChartInflationGenerator");
    str namespace = k->namespace.len != 0 ? k->namespace : target->parent_namespace;
    for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
        for (size_t i = 0; i < value_len(lists[l]); i++) {
            struct selection made = {0};
            if (lists[l].kind != VALUE_ARRAY)
                return error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION", "helmCharts is no list");
            if (!kust_helm_chart(target->build, &target->loader,
                                 l == 0 ? CHART_OF_FIELD : CHART_OF_INFLATION,
                                 value_item(lists[l], i), k->helm_globals, namespace, &made, err) ||
                !absorb(target, accumulator, &made, target->tracks_origin ? &origin : NULL, err))
                return error_wrap(err, "helmCharts");
        }
    }
    return true;
}

/* Configurations of plugins: inline YAML, files, or kustomizations that make them. */
static bool load_plugins(struct target *target, const struct strings *entries,
                         struct accumulator *plugins, struct error *err)
{
    struct build *build = target->build;
    struct strings paths = {0};
    VEC_FOR (str, entry, &entries->list) {
        struct selection objects = {0};
        struct error ignored = ERROR_INIT; /* then it is a path */
        if (!kust_read_objects(build, *entry, target->kustomization.file, &objects, &ignored)) {
            VEC_PUSH(build->arena, &paths.list, *entry);
            continue;
        }
        struct origin origin = {.path = kust_join_path(target->origin,
                                                       path_base(target->kustomization.file),
                                                       build->arena)};
        VEC_FOR (struct resource *, slot, &objects.list)
            if (target->tracks_origin && !kust_set_origin(build, *slot, &origin, err))
                return false;
        if (!kust_resmap_append_all(build, &plugins->map, &objects, err))
            return false;
    }
    return kust_accumulate_paths(target, &paths, plugins, err);
}

static bool run_plugin_generators(struct target *target, struct accumulator *accumulator,
                                  struct error *err)
{
    struct accumulator plugins = {0};
    if (!load_plugins(target, &target->kustomization.generators, &plugins, err))
        return false;
    VEC_FOR (struct resource *, slot, &plugins.map.list) {
        struct selection made = {0};
        struct origin origin = origin_of_plugin(target, *slot);
        if (!kust_plugin_generate(target->build, &target->loader, *slot, &made, err) ||
            !absorb(target, accumulator, &made, origin.configured_in.len != 0 ? &origin : NULL,
                    err))
            return false;
    }
    return true;
}

bool kust_run_generators(struct target *target, struct accumulator *accumulator, struct error *err)
{
    return run_map_generators(target, false, accumulator, err) &&
           run_map_generators(target, true, accumulator, err) &&
           run_charts(target, accumulator, err) &&
           (run_plugin_generators(target, accumulator, err) || error_wrap(err, "generators"));
}

/* After each transformer: a note of it on every object, and what it deleted goes. */
static bool finish_stage(struct target *target, struct accumulator *accumulator, const char *kind,
                         struct error *err)
{
    struct build *build = target->build;
    if (target->tracks_origin) {
        struct origin origin = origin_of_field(target, kind);
        if (!kust_add_transformation(build, &accumulator->map, &origin, err))
            return false;
    }
    kust_resmap_drop_empty(&accumulator->map);
    return true;
}

static bool run_patches(struct target *target, struct accumulator *accumulator, struct error *err)
{
    struct build *build = target->build;
    const struct kustomization *k = &target->kustomization;
    if (k->patches_strategic_merge.list.len != 0 &&
        (!kust_apply_merge_patches(build, &target->loader, &accumulator->map,
                                   &k->patches_strategic_merge, err) ||
         !finish_stage(target, accumulator, "PatchStrategicMergeTransformer", err)))
        return error_wrap(err, "patchesStrategicMerge");
    for (size_t i = 0; i < k->patches.len; i++) {
        if (!kust_apply_patch(build, &target->loader, &accumulator->map, &k->patches.items[i],
                              err) ||
            !finish_stage(target, accumulator, "PatchTransformer", err))
            return error_wrap(err, "patches[%zu]", i);
    }
    return true;
}

static bool run_names(struct target *target, struct accumulator *accumulator, struct error *err)
{
    struct build *build = target->build;
    const struct kustomization *k = &target->kustomization;
    const struct spec_list *sets = accumulator->config->sets;
    struct namespace_change change = {.namespace = k->namespace, .specs = sets[SPECS_NAMESPACE]};
    if (k->namespace.len != 0 && (!kust_apply_namespace(build, &accumulator->map, &change, err) ||
                                  !finish_stage(target, accumulator, "NamespaceTransformer", err)))
        return false;
    if (k->name_prefix.len != 0 && (!kust_apply_prefix(build, &accumulator->map, k->name_prefix,
                                                       sets[SPECS_NAME_PREFIX], err) ||
                                    !finish_stage(target, accumulator, "PrefixTransformer", err)))
        return false;
    return k->name_suffix.len == 0 || (kust_apply_suffix(build, &accumulator->map, k->name_suffix,
                                                         sets[SPECS_NAME_SUFFIX], err) &&
                                       finish_stage(target, accumulator, "SuffixTransformer", err));
}

/* The fields one entry of `labels` goes to. */
static bool label_specs(const struct label_entry *label, const struct transformer_config *config,
                        struct arena *arena, struct spec_list *ret_specs, struct error *err)
{
    static const struct field_spec metadata = {.path = STR_INIT("metadata/labels"), .create = true};
    struct spec_list specs = {label->fields.list.items, label->fields.list.len};
    if (!kust_specs_merge(specs, config->sets[SPECS_LABELS], arena, &specs, err))
        return false;
    if (label->include_selectors)
        return kust_specs_merge(specs, config->sets[SPECS_COMMON_LABELS], arena, ret_specs, err);
    if (label->include_templates &&
        !kust_specs_merge(specs, config->sets[SPECS_TEMPLATE_LABELS], arena, &specs, err))
        return false;
    return kust_specs_merge(specs, (struct spec_list){&metadata, 1}, arena, ret_specs, err);
}

static bool run_labels(struct target *target, struct accumulator *accumulator, struct error *err)
{
    struct build *build = target->build;
    const struct kustomization *k = &target->kustomization;
    if (k->labels.len == 0 && value_len(k->common_labels) == 0)
        return true;
    for (size_t i = 0; i < k->labels.len; i++) {
        const struct label_entry *label = &k->labels.items[i];
        struct spec_list specs;
        if (!label_specs(label, accumulator->config, build->arena, &specs, err) ||
            !kust_apply_entries(build, &accumulator->map, label->pairs, specs, err) ||
            !finish_stage(target, accumulator, "LabelTransformer", err))
            return error_wrap(err, "labels[%zu]", i);
    }
    return (kust_apply_entries(build, &accumulator->map, k->common_labels,
                               accumulator->config->sets[SPECS_COMMON_LABELS], err) &&
            finish_stage(target, accumulator, "LabelTransformer", err)) ||
           error_wrap(err, "commonLabels");
}

static bool run_annotations(struct target *target, struct accumulator *accumulator,
                            struct error *err)
{
    const struct kustomization *k = &target->kustomization;
    if (value_len(k->common_annotations) == 0)
        return true;
    return (kust_apply_entries(target->build, &accumulator->map, k->common_annotations,
                               accumulator->config->sets[SPECS_COMMON_ANNOTATIONS], err) &&
            finish_stage(target, accumulator, "AnnotationsTransformer", err)) ||
           error_wrap(err, "commonAnnotations");
}

static bool run_values(struct target *target, struct accumulator *accumulator, struct error *err)
{
    struct build *build = target->build;
    struct resmap *map = &accumulator->map;
    const struct kustomization *k = &target->kustomization;
    const struct spec_list *sets = accumulator->config->sets;
    for (size_t i = 0; i < k->patches_json6902.len; i++) {
        if (!kust_apply_json_patch(build, &target->loader, map, &k->patches_json6902.items[i],
                                   err) ||
            !finish_stage(target, accumulator, "PatchJson6902Transformer", err))
            return error_wrap(err, "patchesJson6902[%zu]", i);
    }
    for (size_t i = 0; i < k->replicas.len; i++) {
        if (!kust_apply_replicas(build, map, &k->replicas.items[i], sets[SPECS_REPLICAS], err) ||
            !finish_stage(target, accumulator, "ReplicaCountTransformer", err))
            return error_wrap(err, "replicas[%zu]", i);
    }
    for (size_t i = 0; i < k->images.len; i++) {
        if (!kust_apply_image(build, map, &k->images.items[i], sets[SPECS_IMAGES], err) ||
            !finish_stage(target, accumulator, "ImageTagTransformer", err))
            return error_wrap(err, "images[%zu]", i);
    }
    return k->replacements.list.len == 0 ||
           (kust_apply_replacements(build, &target->loader, map, &k->replacements, err) &&
            finish_stage(target, accumulator, "ReplacementTransformer", err));
}

static bool run_plugin_transformers(struct target *target, struct accumulator *accumulator,
                                    struct error *err)
{
    struct accumulator plugins = {0};
    if (!load_plugins(target, &target->kustomization.transformers, &plugins, err))
        return false;
    VEC_FOR (struct resource *, slot, &plugins.map.list) {
        struct origin origin = origin_of_plugin(target, *slot);
        if (!kust_plugin_transform(target->build, &target->loader, *slot, &accumulator->map, err))
            return false;
        if (origin.configured_in.len != 0 &&
            !kust_add_transformation(target->build, &accumulator->map, &origin, err))
            return false;
        kust_resmap_drop_empty(&accumulator->map);
    }
    return true;
}

bool kust_run_transformers(struct target *target, struct accumulator *accumulator,
                           struct error *err)
{
    return run_patches(target, accumulator, err) && run_names(target, accumulator, err) &&
           run_labels(target, accumulator, err) && run_annotations(target, accumulator, err) &&
           run_values(target, accumulator, err) &&
           (run_plugin_transformers(target, accumulator, err) || error_wrap(err, "transformers"));
}

/* What a validator must leave alone. */
struct witness {
    value document;
    size_t names;
};

static value without_mark(value document, struct arena *arena)
{
    value labels = object_labels(document);
    static const str mark = STR_INIT("validated-by");
    if (!value_present(value_get(labels, mark)))
        return document;
    value metadata = value_get(document, STR("metadata"));
    labels = value_without(labels, mark, arena);
    metadata = labels.len != 0 ? value_with(metadata, STR("labels"), labels, arena)
                               : value_without(metadata, STR("labels"), arena);
    return value_with(document, STR("metadata"), metadata, arena);
}

/* The tool compares nodes: labels that it writes anew, without the mark, are others than those of a
   file. */
static bool keeps_nodes(value before, value after)
{
    value labels = object_labels(before);
    if (!value_present(value_get(object_labels(after), STR("validated-by"))) ||
        labels.kind != VALUE_OBJECT)
        return true;
    for (size_t i = 0; i < labels.len; i++)
        if (value_member(labels, i)->val.line != 0)
            return false;
    return labels.len != 0;
}

static bool run_validator(struct target *target, const struct resource *plugin, struct resmap *map,
                          struct error *err)
{
    struct build *build = target->build;
    size_t count = map->list.len;
    struct witness *before = ARENA_ARRAY(build->scratch, struct witness, count);
    for (size_t i = 0; i < count; i++)
        before[i] = (struct witness){map->list.items[i]->document, map->list.items[i]->former.len};
    if (!kust_plugin_transform(build, &target->loader, plugin, map, err))
        return false;
    bool same = map->list.len == count;
    for (size_t i = 0; i < count && same; i++) {
        const struct resource *resource = map->list.items[i];
        same = resource->former.len == before[i].names &&
               keeps_nodes(before[i].document, resource->document) &&
               value_equal(without_mark(resource->document, build->scratch), before[i].document);
    }
    return same || error_rule(err, ERROR_INPUT, "E_PLUGIN", "the validator %.*s changes objects",
                              STR_ARG(plugin->id.gvk.kind));
}

bool kust_run_validators(struct target *target, struct accumulator *accumulator, struct error *err)
{
    struct accumulator plugins = {0};
    if (!load_plugins(target, &target->kustomization.validators, &plugins, err))
        return error_wrap(err, "validators");
    VEC_FOR (struct resource *, slot, &plugins.map.list)
        if (!run_validator(target, *slot, &accumulator->map, err))
            return error_wrap(err, "validators");
    return true;
}
