/* The document that declares a release: what is wrong with it is said with line and field. */
#include "bench.h"

#include <criterion/criterion.h>

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct row {
    const char *text;
    const char *rule;
    const char *file;
    uint32_t line;
    const char *message; /* some of it */
};

static const struct row rows[] = {
    {"apiVersion: syncd.dev/v1\nkind: HelmRelease\nmetadata:\n  name: web\n", "E_RELEASE", "r.yaml",
     1, "spec is needed"},
    {DECLARE("  values: {}\n"), "E_RELEASE", "r.yaml", 1, "spec.chart is needed"},
    {DECLARE("  chart: c\n"), "E_RELEASE", "r.yaml", 7, "spec.chart: object is needed"},
    {DECLARE("  chart: {path: c}\n  colour: red\n"), "E_RELEASE", "r.yaml", 8,
     "unknown field spec.colour"},
    {DECLARE("  chart:\n    path: c\n    tag: x\n"), "E_RELEASE", "r.yaml", 9,
     "unknown field spec.chart.tag"},
    {DECLARE("  chart:\n    path: 7\n"), "E_RELEASE", "r.yaml", 8,
     "spec.chart.path: string is needed, not number"},
    {DECLARE("  chart:\n    path: nowhere\n"), "E_RELEASE", "r.yaml", 8, "spec.chart.path:"},
    {DECLARE("  chart:\n    path: ../../c\n"), "E_RELEASE", "r.yaml", 8, "spec.chart.path:"},
    {DECLARE("  chart:\n    path: c\n    repository: https://x.example\n"), "E_RELEASE", "r.yaml",
     8, "either path or repository"},
    {DECLARE("  chart: {path: c}\n  valuesFiles: [c/values.yaml, none.yaml]\n"), "E_RELEASE",
     "r.yaml", 8, "spec.valuesFiles:"},
    {DECLARE("  chart: {path: c}\n  valuesFiles: [c]\n"), "E_RELEASE", "r.yaml", 8, "is a folder"},
    {DECLARE("  chart: {path: c}\n  skipCRDs: 'yes'\n"), "E_RELEASE", "r.yaml", 8,
     "spec.skipCRDs: bool is needed, not string"},
    {DECLARE("  chart:\n    repository: ftp://x\n    name: c\n    digest: " DIGEST "\n"),
     "E_RELEASE", "r.yaml", 8, "neither with https:// nor oci://"},
    {DECLARE("  chart:\n    repository: https://x.example\n    name: c\n    version: 1.0.0\n"),
     "E_RELEASE", "r.yaml", 8, "pinned by digest"},
    {DECLARE("  chart:\n    repository: https://x.example\n    name: c\n    version: 1.0.0\n"
             "    digest: sha256:12\n"),
     "E_RELEASE", "r.yaml", 8, "not sha256: and 64 digits"},
    {DECLARE("  chart:\n    repository: https://x.example\n    name: c\n    digest: " DIGEST "\n"),
     "E_RELEASE", "r.yaml", 8, "spec.chart.version"},
    {DECLARE("  chart:\n    repository: oci://x.example/charts\n    digest: " DIGEST "\n"),
     "E_RELEASE", "r.yaml", 8, "spec.chart.name"},
    {DECLARE("  chart:\n    repository: oci://x.example/charts\n    name: c\n"
             "    digest: " DIGEST "\n"),
     "E_CHART_SOURCE", "r.yaml", 1, "nothing is fetched here"},
    {DECLARE("  chart: {path: c}\n  clusterFacts: facts.yaml\n"), "E_RELEASE", "facts.yaml", 2,
     "unknown field region"},
    {DECLARE("  chart: {path: c}\n  kubeVersion: soon\n"), "E_HELM_OPTION", "r.yaml", 1,
     "invalid kube version"},
    {DECLARE("  chart: {path: c}\n  releaseName: Web\n"), "E_HELM_OPTION", "r.yaml", 1,
     "release name"},
};

Test(declaration, says_what_is_wrong_with_line_and_field)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct file files[] = {{"c", NULL},
                                     {"c/Chart.yaml", CHART_YAML},
                                     {"c/values.yaml", "a: 1\n"},
                                     {"facts.yaml", "kubeVersion: 1.30.1\nregion: x\n"},
                                     {"r.yaml", rows[i].text}};
        struct bench bench;
        bench_open(&bench, files, ARRAY_LEN(files));
        (void)bench_render(&bench);
        cr_assert_eq(bench.findings.errors, 1, "row %zu: %zu errors", i, bench.findings.errors);
        const struct finding *finding = &bench.findings.list.items[0];
        cr_expect_str_eq(finding->rule, rows[i].rule, "row %zu: %s, %.*s", i, finding->rule,
                         STR_ARG(finding->text));
        cr_expect(str_equal(finding->position.file, str_z(rows[i].file)), "row %zu: %.*s", i,
                  STR_ARG(finding->position.file));
        cr_expect_eq(finding->position.line, rows[i].line, "row %zu: line %u", i,
                     finding->position.line);
        cr_expect(str_find(finding->text, str_z(rows[i].message)) != SIZE_MAX, "row %zu: %.*s", i,
                  STR_ARG(finding->text));
        bench_close(&bench);
    }
}

Test(declaration, takes_the_cluster_from_a_file)
{
    static const struct file files[] = {
        {"c", NULL},
        {"c/Chart.yaml", CHART_YAML},
        {"c/templates", NULL},
        {"c/templates/m.yaml",
         CONFIG_MAP("  kube: '{{ .Capabilities.KubeVersion }}'\n"
                    "  apps: '{{ .Capabilities.APIVersions.Has \"apps/v1\" }}'\n"
                    "  thing: '{{ .Capabilities.APIVersions.Has \"x.example/v1\" }}'\n")},
        {"facts.yaml", "kubeVersion: 1.30.1\napiVersions: [v1, x.example/v1]\n"},
        {"r.yaml", DECLARE("  chart: {path: c}\n  clusterFacts: /facts.yaml\n")}};
    struct bench bench;
    bench_open(&bench, files, ARRAY_LEN(files));
    struct object_list objects = bench_render(&bench);
    cr_expect(str_equal(bench_value(&objects, "m", "kube"), STR("v1.30.1")));
    cr_expect(str_equal(bench_value(&objects, "m", "apps"), STR("false")));
    cr_expect(str_equal(bench_value(&objects, "m", "thing"), STR("true")));
    bench_close(&bench);
}

Test(declaration, of_itself_ends)
{
    static const struct file files[] = {{"c", NULL},
                                        {"c/Chart.yaml", CHART_YAML},
                                        {"c/templates", NULL},
                                        {"c/templates/m.yaml", DECLARE("  chart: {path: /c}\n")},
                                        {"r.yaml", DECLARE("  chart: {path: c}\n")}};
    struct bench bench;
    struct object_list objects = {0};
    struct error err = ERROR_INIT;
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert_not(render_path(&bench.context, STR("r.yaml"), RENDER_DETECT, &objects, &err));
    cr_expect_str_eq(err.rule, "E_RELEASE_DEPTH");
    bench_close(&bench);
}
