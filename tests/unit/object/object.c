/* Identity of documents, lists, and what is read from metadata. */
#include "syncd/object/object.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct error err;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    err = (struct error)ERROR_INIT;
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(object, .init = set_up, .fini = tear_down);

static value doc(const char *text)
{
    value v = value_absent();
    cr_assert(json_read(str_z(text), limits_default(), arena, &v, &err), "%s: %s", text, err.text);
    return v;
}

static const struct position source = {.file = STR_INIT("a.yaml"), .line = 7};

static void expect_text(str got, const char *want)
{
    cr_expect(str_equal(got, str_z(want)), "got %.*s, want %s", STR_ARG(got), want);
}

Test(object, reads_identity)
{
    struct object object;
    value v = doc("{\"apiVersion\":\"cluster.k8s.io/v1alpha1\",\"kind\":\"Machine\",\"metadata\":"
                  "{\"name\":\"m-0\",\"namespace\":\"team-pay\"}}");
    cr_assert(object_from_document(v, source, &object, &err), "%s", err.text);
    expect_text(object_id_text(&object.id, arena), "Machine.cluster.k8s.io team-pay/m-0");
    expect_text(object_id_key(&object.id, arena), "cluster.k8s.io/Machine/team-pay/m-0");
    expect_text(gvk_api_version(object.id.gvk, arena), "cluster.k8s.io/v1alpha1");
}

Test(object, names_cluster_scoped_core_objects)
{
    struct object object;
    value v = doc("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"a\"}}");
    cr_assert(object_from_document(v, source, &object, &err));
    expect_text(object_id_text(&object.id, arena), "Namespace a");
    expect_text(object_id_key(&object.id, arena), "/Namespace//a");
    expect_text(gvk_api_version(object.id.gvk, arena), "v1");
}

Test(object, refuses_what_is_no_object_or_could_change_a_url)
{
    static const struct {
        const char *text, *rule;
    } rows[] = {
        {"[]", "E_NOT_OBJECT"},
        {"\"x\"", "E_NOT_OBJECT"},
        {"{\"kind\":\"A\",\"metadata\":{\"name\":\"a\"}}", "E_GVK"},
        {"{\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}", "E_GVK"},
        {"{\"apiVersion\":\"a/b/c\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"}}", "E_GVK"},
        {"{\"apiVersion\":\"../v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"}}", "E_GVK"},
        {"{\"apiVersion\":\"/v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"}}", "E_GVK"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A/B\",\"metadata\":{\"name\":\"a\"}}", "E_GVK"},
        {"{\"apiVersion\":\"v1\",\"kind\":7,\"metadata\":{\"name\":\"a\"}}", "E_GVK"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\"}", "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"\"}}", "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"..\"}}", "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a/b\"}}", "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a?b\"}}", "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\\nb\"}}", "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"generateName\":\"a\"}}", "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\",\"namespace\":\"A\"}}",
         "E_NAME"},
        {"{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\",\"namespace\":1}}",
         "E_NAME"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct object object;
        err = (struct error)ERROR_INIT;
        cr_expect_not(object_from_document(doc(rows[i].text), source, &object, &err), "%s",
                      rows[i].text);
        cr_expect_str_eq(err.rule, rows[i].rule, "%s", rows[i].text);
        cr_expect_eq(err.class, ERROR_INPUT);
        cr_expect_str_eq(err.file, "a.yaml");
    }
}

static str hook_name(const char *metadata)
{
    struct object_list list = {0};
    AUTO_BUF struct buf text = BUF_INIT(4096);
    buf_printf(&text, "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{%s}}", metadata);
    const char *kept = arena_str(arena, buf_str(&text)).ptr; /* the name is a view of it */
    cr_assert(object_list_add(&list, doc(kept), source, limits_default(), arena, &err), "%s",
              err.text);
    cr_assert_eq(list.objects.len, 1);
    value own = value_get(list.objects.items[0].document, STR("metadata"));
    cr_assert_not(value_present(value_get(own, STR("generateName"))));
    cr_assert(str_equal(value_str(value_get(own, STR("name"))), list.objects.items[0].id.name));
    return list.objects.items[0].id.name;
}

#define GENERATED(base, phase)                                                                     \
    "\"generateName\":\"" base "\",\"annotations\":{\"helm.sh/hook\":\"" phase "\"}"

Test(object, gives_a_hook_that_has_none_the_same_name_each_time)
{
    str name = hook_name(GENERATED("migrate-", "pre-install"));
    cr_assert(str_starts(name, STR("migrate-")));
    cr_assert_eq(name.len, strlen("migrate-") + 5);
    cr_assert(name_is_dns_label(name));
    cr_assert(str_equal(name, hook_name(GENERATED("migrate-", "pre-install") ",\"labels\":{}")));
    cr_assert_not(str_equal(name, hook_name(GENERATED("migrate-", "post-install"))));
    cr_assert_not(str_equal(name, hook_name(GENERATED("migrat-", "pre-install"))));
    static const char sixty[] = GENERATED(
        "a-name-of-sixty-four-characters-which-is-longer-than-a-label-is-x", "pre-install");
    cr_assert_eq(hook_name(sixty).len, 63);
    cr_assert(str_equal(hook_name("\"name\":\"own\",\"annotations\":{\"helm.sh/hook\":\"test\"}"),
                        STR("own")));
}

Test(object, keeps_names_that_only_some_kinds_may_have)
{
    struct object object;
    value v = doc("{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\","
                  "\"metadata\":{\"name\":\"system:node\"}}");
    cr_expect(object_from_document(v, source, &object, &err), "%s", err.text);
}

Test(object, expands_lists_and_skips_nothing)
{
    struct object_list list = {0};
    value v = doc(
        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMapList\",\"items\":[{\"metadata\":{\"name\":"
        "\"a\"}}]},{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"b\"}}]}");
    cr_assert(object_list_add(&list, v, source, limits_default(), arena, &err), "%s", err.text);
    cr_assert(object_list_add(&list, value_null(), source, limits_default(), arena, &err));
    cr_assert_eq(list.objects.len, 2);
    expect_text(object_id_text(&list.objects.items[0].id, arena), "ConfigMap a");
    expect_text(object_id_text(&list.objects.items[1].id, arena), "Secret b");
}

Test(object, takes_a_list_without_items_for_an_object)
{
    struct object_list list = {0};
    value v = doc("{\"apiVersion\":\"a.io/v1\",\"kind\":\"AllowList\",\"metadata\":{\"name\":"
                  "\"x\"}}");
    cr_assert(object_list_add(&list, v, source, limits_default(), arena, &err), "%s", err.text);
    cr_assert_eq(list.objects.len, 1);
}

Test(object, bounds_the_depth_of_lists)
{
    str text = STR("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}");
    for (int i = 0; i < 5; i++)
        text = arena_concat(arena, STR("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["),
                            text, STR("]}"));
    struct object_list list = {0};
    value v = value_absent();
    cr_assert(json_read(text, limits_default(), arena, &v, &err));
    cr_expect_not(object_list_add(&list, v, source, limits_default(), arena, &err));
    cr_expect_eq(err.class, ERROR_LIMIT);
    cr_expect_str_eq(err.rule, "E_LIST_DEPTH");
}

Test(object, finds_the_controller_among_owners)
{
    struct object_id owner;
    str uid;
    value v = doc("{\"metadata\":{\"namespace\":\"n\",\"ownerReferences\":[{\"apiVersion\":\"v1\","
                  "\"kind\":\"A\",\"name\":\"a\",\"uid\":\"1\"},{\"apiVersion\":\"g.io/v1\","
                  "\"kind\":\"B\",\"name\":\"b\",\"uid\":\"2\",\"controller\":true}]}}");
    cr_assert(object_controller(v, &owner, &uid));
    expect_text(object_id_text(&owner, arena), "B.g.io n/b");
    expect_text(uid, "2");
    cr_expect_not(object_controller(doc("{}"), &owner, &uid));
}

Test(object, reads_quantities_as_numbers)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        {"1", "1000m", 0},      {"1Gi", "1073741824", 0},
        {"1G", "1e9", 0},       {"0.5", "500m", 0},
        {"1.5Gi", "1536Mi", 0}, {"100n", "0.0000001", 0},
        {"1Ki", "1k", 1},       {"-1", "1", -1},
        {"-500m", "-0.5", 0},   {"1E", "1e18", 0},
        {"1E3", "1000", 0},     {"12e-3", "12m", 0},
        {".5", "500m", 0},      {"1u", "1000n", 0},
        {"0.1n", "1n", 0},      {"1Ei", "1152921504606846976", 0},
        {"100E", "99E", 0},     {"+1", "1", 0},
        {"0Ki", "0", 0},        {"1.0", "1", 0},
        {"2.5Ti", "2560Gi", 0}, {"0.0001Ki", "102400u", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct quantity a, b;
        cr_assert(quantity_parse(str_z(rows[i].a), &a), "%s", rows[i].a);
        cr_assert(quantity_parse(str_z(rows[i].b), &b), "%s", rows[i].b);
        cr_expect_eq(quantity_compare(a, b), rows[i].order, "%s %s", rows[i].a, rows[i].b);
    }
}

Test(object, refuses_what_is_no_quantity)
{
    static const char *const rows[] = {"",    "-",   ".",  "Gi",  "1x",    "1 Gi", "1.2.3",
                                       "1gi", "--1", "1e", "1KI", "1e1.5", "0x10"};
    struct quantity quantity;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        cr_expect_not(quantity_parse(str_z(rows[i]), &quantity), "%s", rows[i]);
}
