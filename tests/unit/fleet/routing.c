#include "syncd/fleet/routing.h"

#include "repo-layout/level_source.h"

#include <criterion/criterion.h>

static struct arena *arena;
static const struct level *level;

static void set_up(void)
{
    struct findings findings;
    struct level_source source;
    struct error err = ERROR_INIT;
    arena = arena_create(ARENA_NO_BUDGET);
    findings_init(&findings, arena);
    cr_assert(level_find(STR("mcc-2.23"), NULL, arena, &source, &err));
    cr_assert(level_read(&source, limits_default(), arena, &findings, &level));
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(routing, .init = set_up, .fini = tear_down);

static struct wire_object object(const char *group, const char *kind, const char *json)
{
    return (struct wire_object){
        .id = {{str_z(group), STR("v1alpha1"), str_z(kind)}, STR("team"), STR("a")},
        .json = str_z(json)};
}

static const struct routing_target management = {.name = STR_INIT("mgmt")};
static const struct routing_target europe = {
    .name = STR_INIT("eu"), .regional = true, .region = STR_INIT("region-eu")};

#define IN_REGION(region)                                                                          \
    "{\"metadata\":{\"labels\":{\"kaas.mirantis.com/region\":\"" region "\"}}}"

Test(routing, refuses_what_only_controllers_make_or_another_cluster_holds)
{
    static const struct {
        const struct routing_target *target;
        const char *group, *kind, *json, *rule;
    } rows[] = {
        {&management, "cluster.k8s.io", "Cluster", "{}", NULL},
        {&management, "", "ConfigMap", "{}", NULL},
        {&management, "apps", "Deployment", "{}", NULL},
        {&management, "kaas.mirantis.com", "KaaSRelease", "{}", "E_ROUTE_OBSERVED"},
        {&management, "lcm.mirantis.com", "LCMMachine", "{}", "E_ROUTE_OBSERVED"},
        {&europe, "lcm.mirantis.com", "LCMMachine", "{}", "E_ROUTE_OBSERVED"},
        {&europe, "lcm.mirantis.com", "MiraCeph", "{}", "E_ROUTE_OBSERVED"},
        {&europe, "metal3.io", "BareMetalHost", IN_REGION("region-eu"), NULL},
        {&europe, "metal3.io", "BareMetalHost", IN_REGION("region-us"), "E_ROUTE_REGION"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct wire_unit unit = {.right = true};
        VEC_PUSH(arena, &unit.objects, object(rows[i].group, rows[i].kind, rows[i].json));
        routing_check(level, rows[i].target, &unit, arena);
        cr_assert_eq(unit.right, rows[i].rule == NULL, "%s", rows[i].kind);
        if (rows[i].rule != NULL)
            cr_assert_str_eq(unit.findings.items[0].rule, rows[i].rule);
    }
}

Test(routing, orders_by_kind)
{
    struct wire_unit unit = {.right = true};
    VEC_PUSH(arena, &unit.objects, object("cluster.k8s.io", "Machine", "{}"));
    VEC_PUSH(arena, &unit.objects, object("cluster.k8s.io", "Cluster", "{}"));
    VEC_PUSH(arena, &unit.objects, object("ipam.mirantis.com", "Subnet", "{}"));
    VEC_PUSH(arena, &unit.objects, object("apps", "Deployment", "{}"));
    routing_order(level, &unit, arena);
    cr_assert_gt(unit.objects.items[0].rank, unit.objects.items[1].rank);
    cr_assert_gt(unit.objects.items[1].rank, unit.objects.items[2].rank);
    cr_assert_eq(unit.objects.items[3].rank, 0);
}

Test(routing, refuses_a_dependency_that_contradicts_the_order_of_kinds)
{
    static const struct {
        const char *group, *kind, *on;
        bool right;
    } rows[] = {
        {"cluster.k8s.io", "Cluster", "cluster.k8s.io/namespaces/team/Machine/a", false},
        {"", "Secret",
         "ipam.mirantis.com/namespaces/team/Subnet/a,cluster.k8s.io/namespaces/team/Machine/a",
         false},
        {"apps", "Deployment", "cluster.k8s.io/namespaces/team/Machine/a", true},
        {"cluster.k8s.io", "Machine", "cluster.k8s.io/namespaces/team/Cluster/a", true},
        {"", "Namespace", "cluster.k8s.io/namespaces/team/Machine/a", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct wire_unit unit = {.right = true};
        if (strcmp(rows[i].kind, "Machine") != 0)
            VEC_PUSH(arena, &unit.objects, object("cluster.k8s.io", "Machine", "{}"));
        if (strcmp(rows[i].kind, "Cluster") != 0)
            VEC_PUSH(arena, &unit.objects, object("cluster.k8s.io", "Cluster", "{}"));
        VEC_PUSH(arena, &unit.objects, object("", "ConfigMap", "{}"));
        VEC_PUSH(arena, &unit.objects, object("ipam.mirantis.com", "Subnet", "{}"));
        VEC_PUSH(arena, &unit.objects, object(rows[i].group, rows[i].kind, "{}"));
        unit.objects.items[unit.objects.len - 1].depends_on = str_z(rows[i].on);
        routing_order(level, &unit, arena);
        cr_assert_eq(unit.right, rows[i].right, "%s", rows[i].kind);
        if (!rows[i].right) {
            cr_assert_str_eq(unit.findings.items[0].rule, "E_DEPENDS");
            cr_assert_neq(str_find(unit.findings.items[0].text, STR("/a, whose kind")), SIZE_MAX);
        }
    }
}

Test(routing, a_kind_without_a_place_goes_with_what_it_depends_on)
{
    struct wire_unit unit = {.right = true};
    VEC_PUSH(arena, &unit.objects, object("apps", "StatefulSet", "{}"));
    VEC_PUSH(arena, &unit.objects, object("apps", "Deployment", "{}"));
    VEC_PUSH(arena, &unit.objects, object("cluster.k8s.io", "Machine", "{}"));
    unit.objects.items[0].depends_on = STR("apps/namespaces/team/Deployment/a");
    unit.objects.items[1].depends_on =
        STR("/namespaces/team/Gone/a, cluster.k8s.io/namespaces/team/Machine/a");
    routing_order(level, &unit, arena);
    cr_assert(unit.right);
    cr_assert_gt(unit.objects.items[2].rank, 0);
    cr_assert_eq(unit.objects.items[1].rank, unit.objects.items[2].rank);
    cr_assert_eq(unit.objects.items[0].rank, unit.objects.items[2].rank);
}

Test(routing, the_management_cluster_writes_for_a_regional_one_that_is_the_same)
{
    const struct routing_target targets[] = {europe, management, europe, europe};
    const str uids[] = {STR("u1"), STR("u1"), STR("u2"), STR("")};
    size_t parts[4];
    routing_combine(targets, uids, 4, parts);
    cr_assert_eq(parts[0], 1);
    cr_assert_eq(parts[1], 1);
    cr_assert_eq(parts[2], 2);
    cr_assert_eq(parts[3], 3);
}
