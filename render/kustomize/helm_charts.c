#include "render/kustomize/helm_charts.h"

#include "render/helm/helm.h"
#include "render/kustomize/kustomization.h"
#include "render/kustomize/memo.h"
#include "render/kustomize/merge.h"
#include "render/kustomize/origin.h"
#include "render/kustomize/scalar.h"

/* What a kustomization says of one chart, and of all. */
struct chart_entry {
    str name, version, repo, release, namespace, values_file, values_merge, kube_version;
    str name_template, chart_home, config_home;
    value values_inline;
    struct strings values_files, api_versions;
    bool include_crds, skip_hooks, skip_tests, debug, devel;
};

static const struct field_row chart_rows[] = {
    FIELD_ROW(struct chart_entry, name, "name", FIELD_STRING),
    FIELD_ROW(struct chart_entry, version, "version", FIELD_STRING),
    FIELD_ROW(struct chart_entry, repo, "repo", FIELD_STRING),
    FIELD_ROW(struct chart_entry, release, "releaseName", FIELD_STRING),
    FIELD_ROW(struct chart_entry, namespace, "namespace", FIELD_STRING),
    FIELD_ROW(struct chart_entry, values_files, "additionalValuesFiles", FIELD_STRINGS),
    FIELD_ROW(struct chart_entry, values_file, "valuesFile", FIELD_STRING),
    FIELD_ROW(struct chart_entry, values_inline, "valuesInline", FIELD_ANY),
    FIELD_ROW(struct chart_entry, values_merge, "valuesMerge", FIELD_STRING),
    FIELD_ROW(struct chart_entry, include_crds, "includeCRDs", FIELD_BOOL),
    FIELD_ROW(struct chart_entry, skip_hooks, "skipHooks", FIELD_BOOL),
    FIELD_ROW(struct chart_entry, api_versions, "apiVersions", FIELD_STRINGS),
    FIELD_ROW(struct chart_entry, kube_version, "kubeVersion", FIELD_STRING),
    FIELD_ROW(struct chart_entry, name_template, "nameTemplate", FIELD_STRING),
    FIELD_ROW(struct chart_entry, skip_tests, "skipTests", FIELD_BOOL),
    FIELD_ROW(struct chart_entry, debug, "debug", FIELD_BOOL),
    FIELD_ROW(struct chart_entry, devel, "devel", FIELD_BOOL),
};
static const struct decoder chart_decoder = DECODER("a helmChart", struct chart_entry, chart_rows);

static const struct field_row globals_rows[] = {
    FIELD_ROW(struct chart_entry, chart_home, "chartHome", FIELD_STRING),
    FIELD_ROW(struct chart_entry, config_home, "configHome", FIELD_STRING),
};
static const struct decoder globals_decoder =
    DECODER("helmGlobals", struct chart_entry, globals_rows);

/* A plugin's configuration holds both. */
static const struct field_row plugin_rows[] = {
    {"", FIELD_EMBEDDED, 0, &chart_decoder},
    {"", FIELD_EMBEDDED, 0, &globals_decoder},
};
static const struct decoder plugin_decoder =
    DECODER("a HelmChartInflationGenerator", struct chart_entry, plugin_rows);

/* The older helmChartInflationGenerator; what it has no row for is accepted and does nothing. */
struct inflation_entry {
    struct chart_entry chart;
    str ignored_text;
    value ignored;
};

static const struct field_row inflation_rows[] = {
    FIELD_ROW(struct inflation_entry, chart.name, "chartName", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, chart.version, "chartVersion", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, chart.repo, "chartRepoUrl", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, chart.chart_home, "chartHome", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, chart.config_home, "helmHome", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, chart.values_file, "values", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, chart.values_inline, "valuesLocal", FIELD_ANY),
    FIELD_ROW(struct inflation_entry, chart.values_merge, "valuesMerge", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, chart.release, "releaseName", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, ignored_text, "chartRepoName", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, ignored_text, "helmBin", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, ignored_text, "releaseNamespace", FIELD_STRING),
    FIELD_ROW(struct inflation_entry, ignored, "extraArgs", FIELD_ANY),
};
static const struct decoder inflation_decoder =
    DECODER("a helmChartInflationGenerator", struct inflation_entry, inflation_rows);

static bool decode_entry(struct build *build, enum chart_source source, value chart, value globals,
                         struct chart_entry *entry, struct error *err)
{
    struct inflation_entry inflation = {0};
    switch (source) {
    case CHART_OF_PLUGIN:
        return kust_decode(&plugin_decoder, chart, DECODE_LOOSE, build->arena, entry, err);
    case CHART_OF_FIELD:
        return (globals.kind == VALUE_ABSENT ||
                kust_decode(&globals_decoder, globals, DECODE_EXACT, build->arena, entry, err)) &&
               kust_decode(&chart_decoder, chart, DECODE_EXACT, build->arena, entry, err);
    case CHART_OF_INFLATION:
        if (!kust_decode(&inflation_decoder, chart, DECODE_EXACT, build->arena, &inflation, err))
            return false;
        *entry = inflation.chart;
        return true;
    }
    return false;
}

static bool check_entry(const struct build *build, const struct chart_entry *entry,
                        struct error *err)
{
    static const str merges[] = {STR_INIT(""), STR_INIT("merge"), STR_INIT("override"),
                                 STR_INIT("replace")};
    bool known = false;
    if (!build->options->enable_helm) {
        (void)error_rule(err, ERROR_INPUT, "E_HELM", "helmCharts are not enabled");
        return error_hint(err, "give --enable-helm");
    }
    if (entry->name.len == 0)
        return error_rule(err, ERROR_INPUT, "E_HELM", "a chart needs a name");
    for (size_t i = 0; i < ARRAY_LEN(merges); i++)
        known = known || str_equal(entry->values_merge, merges[i]);
    if (!known)
        return error_rule(err, ERROR_INPUT, "E_HELM",
                          "valuesMerge must be merge, override or replace");
    if (str_find(entry->name_template, STR("{{")) != SIZE_MAX)
        return error_rule(err, ERROR_UNSUPPORTED, "E_HELM", "nameTemplate is not evaluated");
    return true;
}

/* The chart's directory, from the kustomization's. */
static str chart_path(struct build *build, const struct chart_entry *entry)
{
    struct arena *arena = build->arena;
    str home = entry->chart_home.len != 0 ? entry->chart_home : STR("charts");
    if (entry->version.len != 0 && entry->repo.len != 0)
        home = arena_printf(arena, "%.*s/%.*s-%.*s", STR_ARG(home), STR_ARG(entry->name),
                            STR_ARG(entry->version));
    return arena_concat(arena, home, STR("/"), entry->name);
}

static bool find_chart(struct build *build, const struct loader *loader,
                       const struct chart_entry *entry, str path, str *ret_directory,
                       struct error *err)
{
    const struct snapshot_entry *found = NULL;
    struct error missing = ERROR_INIT;
    if (snapshot_resolve(build->context->snapshot, loader->root, path, build->limits,
                         build->scratch, &found, &missing) &&
        found->mode == ENTRY_DIRECTORY) {
        *ret_directory = found->path;
        return true;
    }
    if (entry->repo.len == 0)
        return error_rule(err, ERROR_INPUT, "E_HELM", "there is no chart at \"%.*s\"",
                          STR_ARG(path));
    (void)error_rule(err, ERROR_UNSUPPORTED, "E_REMOTE", "there is no chart at \"%.*s\"",
                     STR_ARG(path));
    return error_hint(err, "commit it there; nothing is downloaded while rendering");
}

/* The values file, with what stands inline in it merged by the tool's rules. */
static bool chart_values(struct build *build, const struct loader *loader,
                         const struct chart_entry *entry, str chart, str *ret_text,
                         struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUSTOMIZE};
    struct arena *arena = build->arena;
    str path = entry->values_file.len != 0
                   ? entry->values_file
                   : arena_concat(arena, chart, STR("/"), STR("values.yaml"));
    bool has_inline = value_len(entry->values_inline) != 0;
    bool replace = str_equal(entry->values_merge, STR("replace"));
    value file, merged = entry->values_inline;
    *ret_text = (str){0};
    if ((!has_inline || !replace) && !kust_load_file(build, loader, path, ret_text, err))
        return error_wrap(err, "values");
    if (!has_inline)
        return true;
    if (!replace) {
        if (!yaml_read(*ret_text, &options, build->limits, arena, &file, err))
            return error_at(err, (struct position){.file = path});
        value inline_values = kust_canonical(entry->values_inline, true, arena);
        bool file_wins = str_equal(entry->values_merge, STR("merge"));
        if (!kust_strategic_merge(build, file_wins ? inline_values : file,
                                  file_wins ? file : inline_values, &merged, err))
            return error_wrap(err, "valuesInline");
    }
    *ret_text = yaml_text(kust_canonical(merged, false, arena), YAML_SIGS, arena);
    return true;
}

static bool render_chart(struct build *build, const struct loader *loader,
                         const struct chart_entry *entry, struct helm_options *options,
                         struct selection *generated, struct error *err)
{
    struct helm_release release = {0};
    size_t count = entry->values_files.list.len;
    struct helm_file *files = ARENA_ARRAY(build->arena, struct helm_file, count + 1);
    files[0] = options->values[0];
    for (size_t i = 0; i < count; i++) {
        files[i + 1].name = entry->values_files.list.items[i];
        if (!kust_load_file(build, loader, files[i + 1].name, &files[i + 1].text, err))
            return error_wrap(err, "additionalValuesFiles");
    }
    options->values = files;
    options->value_count = count + 1;
    if (!render_helm(build->context, options, &release, err) ||
        !kust_read_objects(build, release.output, options->chart, generated, err))
        return error_wrap(err, "chart %.*s", STR_ARG(entry->name));
    VEC_FOR (struct resource *, slot, &generated->list)
        (*slot)->by_helm = true;
    return true;
}

bool kust_helm_chart(struct build *build, const struct loader *loader, enum chart_source source,
                     value chart, value globals, str namespace, struct selection *generated,
                     struct error *err)
{
    static const struct template_world world = {0};
    const struct kustomize_options *flags = build->options;
    struct chart_entry entry = {.kube_version = flags->helm_kube_version};
    struct helm_file values = {.name = STR("values.yaml")};
    str directory = {0};
    kust_memo_refuse(build); /* what a chart reads is not recorded */
    if (!decode_entry(build, source, chart, globals, &entry, err) ||
        !check_entry(build, &entry, err))
        return false;
    str path = chart_path(build, &entry);
    if (!find_chart(build, loader, &entry, path, &directory, err) ||
        !chart_values(build, loader, &entry, path, &values.text, err))
        return false;
    bool own_versions = entry.api_versions.list.len != 0;
    struct helm_options options = {
        .chart = directory,
        .release = entry.name_template.len != 0 ? entry.name_template : entry.release,
        .namespace = entry.namespace.len != 0 ? entry.namespace : namespace,
        .values = &values,
        .value_count = 1,
        .kube_version = entry.kube_version,
        .api_versions = own_versions ? entry.api_versions.list.items : flags->helm_api_versions,
        .api_version_count =
            own_versions ? entry.api_versions.list.len : flags->helm_api_version_count,
        .include_crds = entry.include_crds,
        .skip_tests = entry.skip_tests,
        .no_hooks = entry.skip_hooks,
        .world = &world};
    if (options.release.len == 0)
        options.release = STR("release-name"); /* the tool makes one of the chart and the time */
    if (options.namespace.len == 0)
        options.namespace = STR("default");
    return render_chart(build, loader, &entry, &options, generated, err);
}
