/* What a release sees of its cluster, what it asks for, and what stays once it was made. */
#include "bench.h"

#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATE(data)                                                                             \
    {"c", NULL}, {"c/Chart.yaml", CHART_YAML}, {"c/templates", NULL},                              \
        {"c/templates/m.yaml", CONFIG_MAP(data)},                                                  \
    {                                                                                              \
        "r.yaml", DECLARE("  chart: {path: c}\n")                                                  \
    }

static const struct file random_files[] = {TEMPLATE("  password: {{ randAlphaNum 20 | quote }}\n"
                                                    "  other: {{ randAlphaNum 20 | quote }}\n"
                                                    "  made: {{ now | unixEpoch | quote }}\n")};

/* The Secret of the last rendering's release; fails the test when there is none. */
static const struct object *record_of(const struct bench *bench, const struct object_list *objects)
{
    cr_assert_eq(bench->world.releases.len, 1);
    VEC_FOR (const struct object, object, &objects->objects)
        if (str_equal(object->id.gvk.kind, STR("Secret")) &&
            str_equal(object->id.name, bench->world.releases.items[0].record))
            return object;
    cr_assert_fail("the release has no record");
    return NULL;
}

/* Puts what a Secret holds into the world, as the daemon does after reading it. */
static void learn(struct bench *bench, const struct object *secret)
{
    struct known_record record = {.namespace = STR("shop"), .name = STR("web")};
    str text;
    struct error err = ERROR_INIT;
    if (secret != NULL) {
        value encoded = value_get2(secret->document, STR("data"), STR("values"));
        cr_assert(base64_decode(bench->arena, value_str(encoded), &text));
        cr_assert(json_read(text, limits_default(), bench->arena, &record.frozen, &err));
    }
    bench->world.records.len = 0;
    VEC_PUSH(bench->arena, &bench->world.records, record);
}

static bool needs(const struct bench *bench, enum need_kind kind)
{
    VEC_FOR (const struct render_need, need, &bench->world.needs)
        if (need->kind == kind)
            return true;
    return false;
}

Test(release, marks_random_values_offline)
{
    struct bench bench;
    bench_open(&bench, random_files, ARRAY_LEN(random_files));
    struct object_list once = bench_render(&bench), twice = bench_render(&bench);
    str first = bench_value(&once, "m", "password");
    cr_expect(str_starts(first, STR("(frozen randAlphaNum ")), "%.*s", STR_ARG(first));
    cr_expect(str_equal(first, bench_value(&twice, "m", "password")));
    cr_expect_not(str_equal(first, bench_value(&twice, "m", "other")));
    cr_expect_eq(once.objects.len, 1);
    cr_expect_str_eq(bench.findings.list.items[0].rule, "N_FROZEN");
    bench_close(&bench);
}

Test(release, makes_random_values_once_and_keeps_them)
{
    struct bench bench;
    bench_open(&bench, random_files, ARRAY_LEN(random_files));
    bench.context.world = &bench.world;
    bench.world.connected = true;
    bench.world.now_ns = INT64_C(1000000000) * 77;
    (void)bench_render(&bench);
    cr_assert(needs(&bench, NEED_RECORD));

    learn(&bench, NULL); /* read: there is none yet */
    struct object_list made = bench_render(&bench);
    cr_assert_eq(bench.world.needs.len, 0);
    cr_expect(bench.world.releases.items[0].record_new);
    const struct object *secret = record_of(&bench, &made);
    cr_expect(str_equal(secret->id.namespace, STR("system")));
    cr_expect(str_equal(object_annotation(secret->document, STR("argocd.argoproj.io/sync-options")),
                        STR("PruneLast=true")));
    str password = bench_value(&made, "m", "password");
    cr_expect_eq(password.len, 20);
    cr_expect_not(str_equal(password, bench_value(&made, "m", "other")));

    learn(&bench, secret);
    bench.world.now_ns *= 2;
    struct object_list again = bench_render(&bench);
    cr_expect_not(bench.world.releases.items[0].record_new);
    cr_expect(str_equal(password, bench_value(&again, "m", "password")));
    cr_expect(str_equal(bench_value(&made, "m", "other"), bench_value(&again, "m", "other")));
    cr_expect(str_equal(bench_value(&again, "m", "made"), STR("77")));
    cr_expect(value_equal(record_of(&bench, &again)->document, secret->document));
    bench_close(&bench);
}

static const struct file equal_files[] = {TEMPLATE("  a: {{ randAlphaNum 20 | quote }}\n"
                                                   "  b: {{ randAlphaNum 20 | quote }}\n")};
static const struct file changed_files[] = {TEMPLATE("  new: {{ randAlphaNum 20 | quote }}\n"
                                                     "  b: {{ randAlphaNum 20 | quote }}\n"
                                                     "  a: {{ randAlphaNum 20 | quote }}\n")};
static const struct file renamed_files[] = {
    {"c", NULL},
    {"c/Chart.yaml", CHART_YAML},
    {"c/templates", NULL},
    {"c/templates/other.yaml", CONFIG_MAP("  a: {{ randAlphaNum 20 | quote }}\n")},
    {"r.yaml", DECLARE("  chart: {path: c}\n")}};

/* A world in which the release's record is this: NULL for none yet. */
static struct object_list render_with(struct bench *bench, const struct file *files, size_t count,
                                      const char *record)
{
    struct error err = ERROR_INIT;
    bench_open(bench, files, count);
    bench->context.world = &bench->world;
    bench->world.connected = true;
    learn(bench, NULL);
    if (record != NULL)
        cr_assert(json_read(str_z(record), limits_default(), bench->arena,
                            &bench->world.records.items[0].frozen, &err));
    return bench_render(bench);
}

/* What the Secret holds, as JSON; to be freed. */
static char *kept_values(const struct bench *bench, const struct object_list *objects)
{
    str text;
    value encoded = value_get2(record_of(bench, objects)->document, STR("data"), STR("values"));
    cr_assert(base64_decode(bench->arena, value_str(encoded), &text));
    return strndup(text.ptr, text.len);
}

Test(release, keeps_equal_calls_apart_by_where_they_write)
{
    struct bench first, second;
    struct object_list made = render_with(&first, equal_files, ARRAY_LEN(equal_files), NULL);
    char *kept = kept_values(&first, &made);
    struct object_list again = render_with(&second, changed_files, ARRAY_LEN(changed_files), kept);
    cr_expect(str_equal(bench_value(&made, "m", "a"), bench_value(&again, "m", "a")));
    cr_expect(str_equal(bench_value(&made, "m", "b"), bench_value(&again, "m", "b")));
    cr_expect_not(str_equal(bench_value(&again, "m", "new"), bench_value(&again, "m", "a")));
    cr_expect_not(str_equal(bench_value(&again, "m", "new"), bench_value(&again, "m", "b")));
    free(kept);
    bench_close(&second);
    bench_close(&first);
}

#define USERS                                                                                      \
    "{{ range .Values.users }}{{ range $k, $_ := .may }}  {{ $.Values.lead }}{{ $k }}: "           \
    "{{ include \"new\" . | quote }}\n{{ end }}{{ end }}"                                          \
    "{{ range .Values.words }}  {{ . }}: {{ include \"new\" . | quote }}\n{{ end }}"               \
    "{{ range until (len .Values.words) }}  n{{ . }}: {{ include \"new\" . | quote }}\n{{ end }}"
#define LOOPED(values)                                                                             \
    {"c", NULL}, {"c/Chart.yaml", CHART_YAML}, {"c/templates", NULL},                              \
        {"c/templates/_h.tpl", "{{ define \"new\" }}{{ randAlphaNum 20 }}{{ end }}"},              \
        {"c/templates/m.yaml", CONFIG_MAP(USERS)},                                                 \
    {                                                                                              \
        "r.yaml", DECLARE("  chart: {path: c}\n" values)                                           \
    }

static const struct file looped_files[] = {
    LOOPED("  values: {lead: p, users: [{name: ann, may: {x: 1, w: 1}}, {name: bob, may: {z: 1}}], "
           "words: [red, blue]}\n")};
static const struct file fewer_files[] = {
    LOOPED("  values: {lead: p, users: [{name: cid, may: {u: 1}}, {name: bob, may: {z: 1}}, "
           "{name: ann, may: {v: 1, w: 1}}], words: [green, blue]}\n")};

Test(release, keeps_elements_of_ranges_apart)
{
    static const char *const kept_ones[] = {"pz", "pw", "blue", "n0", "n1"};
    static const char *const new_ones[] = {"pu", "pv", "green"};
    struct bench first, second;
    struct object_list made = render_with(&first, looped_files, ARRAY_LEN(looped_files), NULL);
    char *kept = kept_values(&first, &made);
    struct object_list again = render_with(&second, fewer_files, ARRAY_LEN(fewer_files), kept);
    for (size_t i = 0; i < ARRAY_LEN(kept_ones); i++) {
        str before = bench_value(&made, "m", kept_ones[i]);
        cr_expect_eq(before.len, 20);
        cr_expect(str_equal(before, bench_value(&again, "m", kept_ones[i])), "%s", kept_ones[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(new_ones); i++) {
        str fresh = bench_value(&again, "m", new_ones[i]);
        cr_expect_eq(fresh.len, 20);
        cr_expect_not(strstr(kept, arena_str(second.arena, fresh).ptr) != NULL, "%s", new_ones[i]);
    }
    free(kept);
    bench_close(&second);
    bench_close(&first);
}

Test(release, takes_along_what_a_renamed_template_made)
{
    struct bench first, second;
    struct object_list made = render_with(&first, equal_files, ARRAY_LEN(equal_files), NULL);
    char *kept = kept_values(&first, &made);
    struct object_list again = render_with(&second, renamed_files, ARRAY_LEN(renamed_files), kept);
    str taken = bench_value(&again, "m", "a");
    cr_expect(str_equal(taken, bench_value(&made, "m", "a")) ||
              str_equal(taken, bench_value(&made, "m", "b")));
    cr_expect(second.world.releases.items[0].record_new);
    free(kept);
    bench_close(&second);
    bench_close(&first);
}

/* The digest is that of the argument 20. */
Test(release, moves_values_kept_by_number_alone_to_their_places)
{
    struct bench first, second, third;
    struct object_list made = render_with(&first, equal_files, ARRAY_LEN(equal_files), NULL);
    char *kept = kept_values(&first, &made);
    char digest[17] = "";
    cr_assert_eq(sscanf(kept, "{\"now\":\"%*[0-9]\",\"randAlphaNum %16s", digest), 1);
    char old[300];
    (void)snprintf(
        old, sizeof(old),
        "{\"now\":\"1\",\"randAlphaNum %s 0\":\"first\",\"randAlphaNum %s 1\":\"second\"}", digest,
        digest);
    struct object_list moved = render_with(&second, equal_files, ARRAY_LEN(equal_files), old);
    cr_expect(str_equal(bench_value(&moved, "m", "a"), STR("first")));
    cr_expect(str_equal(bench_value(&moved, "m", "b"), STR("second")));
    cr_expect(second.world.releases.items[0].record_new);
    free(kept);
    kept = kept_values(&second, &moved);
    struct object_list later = render_with(&third, changed_files, ARRAY_LEN(changed_files), kept);
    cr_expect(str_equal(bench_value(&later, "m", "a"), STR("first")));
    cr_expect(str_equal(bench_value(&later, "m", "b"), STR("second")));
    cr_expect_eq(bench_value(&later, "m", "new").len, 20);
    free(kept);
    bench_close(&third);
    bench_close(&second);
    bench_close(&first);
}

static const struct file lookup_files[] = {
    TEMPLATE("  found: {{ (lookup \"v1\" \"Secret\" \"shop\" \"old\").data | toJson | quote }}\n"
             "  all: {{ len (lookup \"v1\" \"Node\" \"\" \"\").items | quote }}\n")};

Test(release, asks_for_what_it_looks_up)
{
    struct bench bench;
    struct error err = ERROR_INIT;
    bench_open(&bench, lookup_files, ARRAY_LEN(lookup_files));
    bench.context.world = &bench.world;
    bench.world.connected = true;
    struct object_list objects = {0};
    bench_again(&bench);
    cr_assert(render_path(&bench.context, STR("r.yaml"), RENDER_DETECT, &objects, &err));
    cr_assert_geq(bench.world.needs.len, 1);
    const struct render_need *need = &bench.world.needs.items[0];
    cr_expect_eq(need->kind, NEED_LOOKUP);
    cr_expect(str_equal(need->texts[1], STR("Secret")));
    cr_expect(str_equal(need->texts[3], STR("old")));

    struct known_lookup secret = {STR("v1"), STR("Secret"), STR("shop"), STR("old"), value_null()};
    struct known_lookup nodes = {STR("v1"), STR("Node"), STR(""), STR(""), value_null()};
    cr_assert(json_read(STR("{\"data\":{\"a\":\"eA==\"}}"), limits_default(), bench.arena,
                        &secret.found, &err));
    cr_assert(
        json_read(STR("{\"items\":[{},{}]}"), limits_default(), bench.arena, &nodes.found, &err));
    VEC_PUSH(bench.arena, &bench.world.lookups, secret);
    VEC_PUSH(bench.arena, &bench.world.lookups, nodes);
    objects = bench_render(&bench);
    cr_expect_eq(bench.world.needs.len, 0);
    cr_expect(str_equal(bench_value(&objects, "m", "found"), STR("{\"a\":\"eA==\"}")));
    cr_expect(str_equal(bench_value(&objects, "m", "all"), STR("2")));
    bench_close(&bench);
}

static const struct file revision_files[] = {
    TEMPLATE("  install: '{{ .Release.IsInstall }}'\n  upgrade: '{{ .Release.IsUpgrade }}'\n"
             "  revision: '{{ .Release.Revision }}'\n")};

Test(release, is_installed_then_the_same_then_upgraded)
{
    struct bench bench;
    bench_open(&bench, revision_files, ARRAY_LEN(revision_files));
    bench.context.world = &bench.world;
    bench.world.connected = true;
    struct object_list objects = bench_render(&bench);
    struct render_release release = bench.world.releases.items[0];
    cr_expect_eq(release.action, RELEASE_INSTALL);
    cr_expect(str_equal(bench_value(&objects, "m", "install"), STR("true")));

    struct known_release known = {STR("shop"), STR("web"), 1, release.inputs};
    VEC_PUSH(bench.arena, &bench.world.installed, known);
    objects = bench_render(&bench);
    cr_expect_eq(bench.world.releases.items[0].action, RELEASE_SAME);
    cr_expect(str_equal(bench_value(&objects, "m", "install"), STR("true")));

    bench.world.installed.items[0].inputs.low++;
    objects = bench_render(&bench);
    cr_expect_eq(bench.world.releases.items[0].action, RELEASE_UPGRADE);
    cr_expect(str_equal(bench_value(&objects, "m", "install"), STR("false")));
    cr_expect(str_equal(bench_value(&objects, "m", "upgrade"), STR("true")));
    cr_expect(str_equal(bench_value(&objects, "m", "revision"), STR("2")));
    bench_close(&bench);
}

Test(release, sees_the_cluster_it_is_for)
{
    static const struct file files[] = {
        TEMPLATE("  kube: '{{ .Capabilities.KubeVersion }}'\n"
                 "  apps: '{{ .Capabilities.APIVersions.Has \"apps/v1\" }}'\n"
                 "  thing: '{{ .Capabilities.APIVersions.Has \"x.example/v1\" }}'\n")};
    static const str versions[] = {STR_INIT("v1"), STR_INIT("x.example/v1")};
    struct bench bench;
    bench_open(&bench, files, ARRAY_LEN(files));
    bench.context.world = &bench.world;
    (void)bench_render(&bench);
    cr_expect(needs(&bench, NEED_CLUSTER));
    bench.world.connected = true;
    bench.world.kube_version = STR("v1.36.1");
    bench.world.api_versions = versions;
    bench.world.api_version_count = ARRAY_LEN(versions);
    struct object_list objects = bench_render(&bench);
    cr_expect_eq(bench.world.needs.len, 0);
    cr_expect(str_equal(bench_value(&objects, "m", "kube"), STR("v1.36.1")));
    cr_expect(str_equal(bench_value(&objects, "m", "apps"), STR("false")));
    cr_expect(str_equal(bench_value(&objects, "m", "thing"), STR("true")));
    bench_close(&bench);
}

Test(release, gives_its_namespace_to_what_lives_in_one)
{
    static const struct file files[] = {
        {"c", NULL},
        {"c/Chart.yaml", CHART_YAML},
        {"c/templates", NULL},
        {"c/templates/m.yaml",
         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n---\n"
         "apiVersion: x.example/v1\nkind: Unknown\nmetadata: {name: c}\n---\n"
         "apiVersion: v1\nkind: Namespace\nmetadata: {name: d}\n---\n"
         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
         "metadata: {name: e}\nspec: {group: x.example, scope: Cluster, names: {kind: Own}}\n---\n"
         "apiVersion: x.example/v1\nkind: Own\nmetadata: {name: f}\n"},
        {"r.yaml", DECLARE("  chart: {path: c}\n")}};
    struct bench bench;
    bench_open(&bench, files, ARRAY_LEN(files));
    struct object_list objects = bench_render(&bench);
    cr_assert_eq(objects.objects.len, 5);
    VEC_FOR (const struct object, object, &objects.objects) {
        bool narrow = str_equal(object->id.name, STR("b")) || str_equal(object->id.name, STR("c"));
        cr_expect_eq(object->id.namespace.len != 0, narrow, "%.*s", STR_ARG(object->id.name));
        cr_expect(str_equal(object->release, STR("shop/web")));
    }
    bench_close(&bench);
}

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(release, uses_no_fetched_chart_that_is_another)
{
    static const uint8_t oid[OID_LEN] = {1};
    static const struct file files[] = {
        {"r.yaml", DECLARE("  chart:\n    repository: https://x.example\n    name: c\n"
                           "    version: 1.0.0\n    digest: " DIGEST "\n")}};
    struct bench bench;
    struct error err = ERROR_INIT;
    struct snapshot *charts;
    int fd;
    bench_open(&bench, files, ARRAY_LEN(files));
    bench.context.world = &bench.world;
    bench.world.connected = true;
    (void)bench_render(&bench);
    cr_assert(needs(&bench, NEED_CHART));
    cr_expect(str_equal(bench.world.needs.items[0].texts[3], STR(DIGEST)));

    struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits_default());
    str path = str_z("sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    cr_assert(snapshot_writer_add(writer, path, ENTRY_FILE, oid, STR("evil"), &err));
    cr_assert(snapshot_writer_seal(writer, &fd, &err) && snapshot_map(fd, &charts, &err));
    bench.world.charts = charts;
    (void)bench_render(&bench);
    cr_expect_eq(bench.world.needs.len, 0);
    cr_assert_eq(bench.findings.errors, 1);
    cr_expect_str_eq(bench.findings.list.items[0].rule, "E_CHART_DIGEST");
    snapshot_destroy(charts);
    bench_close(&bench);
}
