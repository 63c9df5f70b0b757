#include "render/unit/unit.h"

#include "render/unit/wire.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

struct file {
    const char *path, *text;
};

/* A snapshot of files given in path order, and a context to render in. */
struct bench {
    struct arena *arena;
    struct snapshot *snapshot;
    struct snapshot_reads reads;
    struct findings findings;
    struct render_context context;
};

static void bench_open(struct bench *bench, const struct file *files, size_t count)
{
    static const uint8_t oid[OID_LEN] = {1};
    struct error err = ERROR_INIT;
    int fd;
    bench->arena = arena_create(ARENA_NO_BUDGET);
    struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits_default());
    for (size_t i = 0; i < count; i++)
        cr_assert(snapshot_writer_add(writer, str_z(files[i].path),
                                      files[i].text != NULL ? ENTRY_FILE : ENTRY_DIRECTORY, oid,
                                      str_z(files[i].text), &err),
                  "%s", err.text);
    cr_assert(snapshot_writer_seal(writer, &fd, &err), "%s", err.text);
    cr_assert(snapshot_map(fd, &bench->snapshot, &err), "%s", err.text);
    findings_init(&bench->findings, bench->arena);
    snapshot_reads_init(&bench->reads, bench->snapshot, bench->arena);
    bench->context = (struct render_context){.snapshot = bench->snapshot,
                                             .limits = limits_default(),
                                             .reads = &bench->reads,
                                             .arena = bench->arena,
                                             .scratch = bench->arena,
                                             .findings = &bench->findings};
}

static void bench_close(struct bench *bench)
{
    snapshot_destroy(bench->snapshot);
    arena_destroy(bench->arena);
}

#define HOOK_MAP(name, hook)                                                                       \
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " name                                    \
    "\n  namespace: team\n  annotations:\n    " hook "\n"

#define MAP(name)                                                                                  \
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " name "\n  namespace: team\n"

static const str paths[] = {STR_INIT("a")};
static const struct unit unit = {
    .name = STR_INIT("mgmt"), .paths = paths, .path_count = 1, .owner = STR_INIT("me")};

static bool has(const struct findings *findings, const char *rule, const char *file, uint32_t line)
{
    VEC_FOR (const struct finding, finding, &findings->list) {
        if (strcmp(finding->rule, rule) == 0 && finding->position.line == line &&
            str_equal(finding->position.file, str_z(file)))
            return true;
    }
    return false;
}

Test(unit, labels_and_orders_what_it_renders)
{
    static const struct file files[] = {
        {"a", NULL}, {"a/1.yaml", MAP("z") "---\n" MAP("b")}, {"a/2.yaml", MAP("m")}};
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert(render_unit(&bench.context, &unit, &objects));
    cr_assert_eq(objects.objects.len, 3);
    cr_assert(str_equal(objects.objects.items[0].id.name, STR("b")));
    VEC_FOR (const struct object, object, &objects.objects)
        cr_assert(str_equal(object_label(object->document, STR(OWNER_LABEL)), STR("me")));
    bench_close(&bench);
}

Test(unit, tells_every_problem_at_once_and_yields_nothing)
{
    static const struct file files[] = {
        {"a", NULL},
        {"a/1.yaml", MAP("x") "---\n" MAP("x")},
        {"a/2.yaml", "kind: ConfigMap\nmetadata: {name: y}\n"},
        {"a/3.yaml", "a: [\n"},
        {"a/4.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: q\n  name: r\n"},
        {"a/5.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: s\n  namespace: team\n"
                     "  uid: forged\n"},
    };
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert_not(render_unit(&bench.context, &unit, &objects));
    cr_assert_eq(bench.findings.errors, 5);
    cr_assert(has(&bench.findings, "E_DUP_KEY", "a/4.yaml", 5));
    cr_assert_eq(objects.objects.len, 0);
    bench_close(&bench);
}

Test(unit, refuses_twins_and_forged_fields)
{
    static const struct file files[] = {
        {"a", NULL},
        {"a/1.yaml", MAP("x") "---\n" MAP("x")},
        {"a/5.yaml", MAP("s") "  uid: forged\n"},
        {"a/6.yaml", MAP("t") "  labels: {" OWNER_LABEL ": other}\n"},
    };
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert_not(render_unit(&bench.context, &unit, &objects));
    cr_assert_eq(bench.findings.errors, 3);
    cr_assert(has(&bench.findings, "E_DUP_OBJECT", "a/1.yaml", 7));
    cr_assert(has(&bench.findings, "E_RESERVED_FIELD", "a/5.yaml", 6));
    bench_close(&bench);
}

Test(unit, settles_namespaces_where_scopes_are_known)
{
    static const struct file files[] = {
        {"a", NULL},
        {"a/1.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n"},
        {"a/2.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
                     "metadata: {name: r, namespace: team}\n"},
        {"a/3.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                     "metadata: {name: rings.example.org}\n"
                     "spec: {group: example.org, names: {kind: Ring}, scope: Namespaced}\n"},
        {"a/4.yaml", "apiVersion: example.org/v1\nkind: Ring\nmetadata: {name: o}\n"},
        {"a/5.yaml", "apiVersion: example.com/v1\nkind: Ring\nmetadata: {name: o}\n"},
    };
    static const struct {
        const char *group, *kind, *namespace;
    } wanted[] = {{"", "ConfigMap", "prod"},
                  {"apiextensions.k8s.io", "CustomResourceDefinition", ""},
                  {"example.com", "Ring", ""}, /* its scope is not known here */
                  {"example.org", "Ring", "prod"},
                  {"rbac.authorization.k8s.io", "ClusterRole", ""}};
    struct unit placed = unit;
    struct bench bench;
    struct object_list objects = {0};
    placed.default_ns = STR("prod");
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert(render_unit(&bench.context, &placed, &objects));
    cr_assert_eq(objects.objects.len, ARRAY_LEN(wanted));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        const struct object *object = &objects.objects.items[i];
        cr_assert(str_equal(object->id.gvk.group, str_z(wanted[i].group)));
        cr_assert(str_equal(object->id.namespace, str_z(wanted[i].namespace)), "%s",
                  wanted[i].kind);
        value stated = value_get2(object->document, STR("metadata"), STR("namespace"));
        cr_assert(str_equal(value_str(stated), str_z(wanted[i].namespace)));
        cr_assert_eq(value_present(stated), wanted[i].namespace[0] != '\0');
    }
    bench_close(&bench);
}

Test(unit, one_object_with_and_without_its_namespace_is_a_twin)
{
    static const struct file files[] = {
        {"a", NULL},
        {"a/1.yaml", MAP("x")},
        {"a/2.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"}};
    struct unit placed = unit;
    struct bench bench;
    struct object_list objects = {0};
    placed.default_ns = STR("team");
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert_not(render_unit(&bench.context, &placed, &objects));
    cr_assert(has(&bench.findings, "E_DUP_OBJECT", "a/2.yaml", 1));
    bench_close(&bench);
}

Test(unit, an_empty_result_is_an_error)
{
    static const struct file files[] = {{"a", NULL}, {"a/1.yaml", "# nothing\n"}};
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert_not(render_unit(&bench.context, &unit, &objects));
    cr_assert(has(&bench.findings, "E_EMPTY", "a", 0));
    bench_close(&bench);
}

Test(unit, a_missing_path_is_an_error)
{
    static const struct file files[] = {{"b", NULL}, {"b/1.yaml", MAP("x")}};
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert_not(render_unit(&bench.context, &unit, &objects));
    cr_assert_eq(bench.findings.errors, 1);
    bench_close(&bench);
}

Test(wire, carries_units_over_and_refuses_every_cut)
{
    static const struct file files[] = {{"a", NULL}, {"a/1.yaml", MAP("z") "---\n" MAP("b")}};
    struct bench bench;
    struct object_list objects = {0};
    AUTO_BUF struct buf bytes = BUF_INIT(1 << 20);
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert(render_unit(&bench.context, &unit, &objects));
    (void)findings_add(&bench.findings, SEVERITY_WARNING, "W_TEST",
                       (struct position){STR("a/1.yaml"), 3, 0}, "look here");
    wire_begin(&bytes, 1);
    wire_add_unit(&bytes, unit.name, true, &objects, NULL, &bench.findings);
    struct wire_result result;
    struct error err = ERROR_INIT;
    cr_assert(wire_read(buf_str(&bytes), bench.arena, &result, &err), "%s", err.text);
    cr_assert_eq(result.units.len, 1);
    cr_assert_eq(result.units.items[0].objects.len, 2);
    cr_assert_eq(result.units.items[0].findings.len, 1);
    const struct wire_object *first = &result.units.items[0].objects.items[0];
    cr_assert(str_equal(first->id.name, STR("b")));
    cr_assert_eq(first->digest.low, hash_stable128(first->json).low);
    for (size_t length = 0; length < bytes.len; length++) {
        str cut = str_slice(buf_str(&bytes), 0, length);
        cr_assert_not(wire_read(cut, bench.arena, &result, &err), "cut at %zu", length);
    }
    bench_close(&bench);
}

Test(wire, keeps_hooks_apart_from_objects)
{
    static const struct file files[] = {
        {"a", NULL},
        {"a/1.yaml", MAP("kept")},
        {"a/2.yaml", HOOK_MAP("run", "helm.sh/hook: pre-install,pre-upgrade")},
        {"a/3.yaml", HOOK_MAP("run", "argocd.argoproj.io/hook: PostSync")}};
    struct bench bench;
    struct object_list objects = {0};
    AUTO_BUF struct buf bytes = BUF_INIT(1 << 20);
    struct wire_result result;
    struct error err = ERROR_INIT;
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert(render_unit(&bench.context, &unit, &objects));
    wire_begin(&bytes, 1);
    wire_add_unit(&bytes, unit.name, true, &objects, NULL, &bench.findings);
    cr_assert(wire_read(buf_str(&bytes), bench.arena, &result, &err), "%s", err.text);
    const struct wire_unit *read = &result.units.items[0];
    cr_assert_eq(read->objects.len, 1);
    cr_assert_eq(read->objects.items[0].release, WIRE_NO_RELEASE);
    cr_assert_eq(read->hooks.len, 2);
    cr_expect_eq(read->hooks.items[0].hook.phases, HOOK_PRE_INSTALL | HOOK_PRE_UPGRADE);
    cr_expect_eq(read->hooks.items[1].hook.phases, HOOK_POST_SYNC);
    bench_close(&bench);
}

Test(unit, refuses_hooks_of_unknown_phases)
{
    static const struct file files[] = {
        {"a", NULL}, {"a/1.yaml", HOOK_MAP("x", "argocd.argoproj.io/hook: BeforeLunch")}};
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert_not(render_unit(&bench.context, &unit, &objects));
    cr_assert(has(&bench.findings, "E_HOOK", "a/1.yaml", 1));
    bench_close(&bench);
}

Test(unit, says_of_each_hook_when_it_is_not_run)
{
    static const struct file files[] = {
        {"a", NULL},
        {"a/1.yaml", MAP("kept")},
        {"a/2.yaml", HOOK_MAP("x", "helm.sh/hook: post-install,pre-delete")},
        {"a/3.yaml", HOOK_MAP("z", "argocd.argoproj.io/hook: PostDelete")}};
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert(render_unit(&bench.context, &unit, &objects));
    cr_assert(has(&bench.findings, "W_HOOK", "a/2.yaml", 1));
    cr_assert(has(&bench.findings, "W_HOOK", "a/3.yaml", 1));
    cr_assert_eq(bench.findings.list.len, 2);
    bench_close(&bench);
}

#define DEPENDS(name, on)                                                                          \
    HOOK_MAP(name, "config.kubernetes.io/depends-on: /namespaces/team/ConfigMap/" on)

Test(unit, dependencies_that_cannot_be_kept_are_refused_with_file_and_line)
{
    static const struct {
        const char *text, *needle;
    } cases[] = {
        {DEPENDS("b", "c") "---\n" DEPENDS("c", "d") "---\n" DEPENDS("d", "b"),
         "which depends on ConfigMap team/d, which depends on"},
        {DEPENDS("b", "b"), "itself"},
        {DEPENDS("b", "gone"), "which is not among the target's objects"},
        {HOOK_MAP("b", "config.kubernetes.io/depends-on: gone"), "which is no"},
        {DEPENDS("b", "c") "---\n" HOOK_MAP("c", "argocd.argoproj.io/sync-wave: '1'"),
         "which is in a later wave"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct file files[] = {{"a", NULL}, {"a/1.yaml", cases[i].text}};
        struct bench bench;
        struct object_list objects = {0};
        bench_open(&bench, files, ARRAY_LEN(files));
        cr_assert_not(render_unit(&bench.context, &unit, &objects), "%s", cases[i].text);
        cr_assert(has(&bench.findings, "E_DEPENDS", "a/1.yaml", 1), "%s", cases[i].text);
        str text = bench.findings.list.items[0].text;
        cr_assert_neq(str_find(text, str_z(cases[i].needle)), SIZE_MAX, "%.*s", STR_ARG(text));
        bench_close(&bench);
    }
    static const struct file files[] = {
        {"a", NULL}, {"a/1.yaml", DEPENDS("b", "c") "---\n" DEPENDS("c", "d") "---\n" MAP("d")}};
    struct bench bench;
    struct object_list objects = {0};
    bench_open(&bench, files, ARRAY_LEN(files));
    cr_assert(render_unit(&bench.context, &unit, &objects));
    bench_close(&bench);
}
