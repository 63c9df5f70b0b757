#include "syncd/fleet/verdict.h"

#include "repo-layout/level_source.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

static struct arena *arena;
static const struct level *level;
static struct verdicts *verdicts;

#define NOW (1000 * INT64_C(1000000000))

static void set_up(void)
{
    struct findings findings;
    struct level_source source;
    struct error err = ERROR_INIT;
    arena = arena_create(ARENA_NO_BUDGET);
    findings_init(&findings, arena);
    cr_assert(level_find(STR("mcc-2.23"), NULL, arena, &source, &err));
    cr_assert(level_read(&source, limits_default(), arena, &findings, &level));
    cr_assert(verdicts_create(level, &verdicts, &err), "%s", err.text);
}

static void tear_down(void)
{
    verdicts_destroy(verdicts);
    arena_destroy(arena);
}

TestSuite(verdict, .init = set_up, .fini = tear_down);

static value document(const char *text)
{
    value v;
    struct error err = ERROR_INIT;
    cr_assert(json_read(str_z(text), limits_default(), arena, &v, &err), "%s in %s", err.text,
              text);
    return v;
}

static const struct level_kind *kind(const char *group, const char *name)
{
    const struct level_kind *found = level_find_kind(level, str_z(group), str_z(name));
    cr_assert_not_null(found, "%s", name);
    return found;
}

static void see(const char *group, const char *name, const char *region, const char *json)
{
    struct evidence_scope scope = {kind(group, name), str_z(region)};
    evidence_take(verdicts_evidence(verdicts), scope, document(json), NOW);
}

static void see_machines(int managers, int workers)
{
    for (int i = 0; i < managers + workers; i++) {
        str json =
            arena_printf(arena,
                         "{\"metadata\":{\"namespace\":\"t\",\"name\":\"m%d\",\"labels\":{%s"
                         "\"cluster.sigs.k8s.io/cluster-name\":\"c\"}}}",
                         i, i < managers ? "\"cluster.sigs.k8s.io/control-plane\":\"true\"," : "");
        see("cluster.k8s.io", "Machine", "", json.ptr);
    }
}

/* A Cluster t/c of generation 7 in region-eu that wants r2. */
static void see_cluster(const char *provider, const char *status)
{
    str json = arena_printf(
        arena,
        "{\"apiVersion\":\"cluster.k8s.io/v1alpha1\",\"kind\":\"Cluster\",\"metadata\":"
        "{\"namespace\":\"t\",\"name\":\"c\",\"generation\":7,\"labels\":"
        "{\"kaas.mirantis.com/provider\":\"%s\",\"kaas.mirantis.com/region\":\"region-eu\"}},"
        "\"spec\":{\"providerSpec\":{\"value\":{\"release\":\"r2\",\"credentials\":\"cred\"}}}%s%"
        "s}",
        provider, status != NULL ? ",\"status\":" : "", status != NULL ? status : "");
    see("cluster.k8s.io", "Cluster", "", json.ptr);
}

static const struct fleet_verdict *judge_cluster(int64_t now_ns)
{
    verdicts_judge(verdicts, now_ns);
    const struct fleet_verdict *verdict =
        verdicts_find(verdicts, kind("cluster.k8s.io", "Cluster"), STR("t/c"));
    cr_assert_not_null(verdict);
    return verdict;
}

static void expect(int64_t now_ns, enum health_state state, const char *reason)
{
    const struct fleet_verdict *verdict = judge_cluster(now_ns);
    cr_assert_eq(verdict->state, state, "%s (%.*s: %.*s), wanted %s %s",
                 health_state_name(verdict->state), STR_ARG(verdict->reason),
                 STR_ARG(verdict->message), health_state_name(state), reason);
    cr_assert(str_equal(verdict->reason, str_z(reason)), "%.*s, wanted %s",
              STR_ARG(verdict->reason), reason);
}

#define READY                                                                                      \
    "{\"providerStatus\":{\"ready\":true,\"observedGeneration\":7,\"conditions\":[],"              \
    "\"releaseRefs\":{\"current\":{\"name\":\"r2\"}}}}"

Test(verdict, of_a_cluster_goes_by_its_own_status)
{
    static const struct {
        const char *status;
        enum health_state state;
        const char *reason;
    } rows[] = {
        {NULL, HEALTH_PROGRESSING, "Pending"},
        {READY, HEALTH_READY, ""},
        {"{\"errorReason\":\"CreateError\",\"errorMessage\":\"no quota\"}", HEALTH_FAILED,
         "CreateError"},
        /* the old ready stays visible for a while: it is of generation 6 */
        {"{\"providerStatus\":{\"ready\":true,\"observedGeneration\":6,\"releaseRefs\":"
         "{\"current\":{\"name\":\"r2\"}}}}",
         HEALTH_PROGRESSING, "OldGeneration"},
        {"{\"providerStatus\":{\"ready\":true,\"releaseRefs\":{\"current\":{\"name\":\"r2\"}}}}",
         HEALTH_PROGRESSING, "OldGeneration"},
        {"{\"providerStatus\":{\"ready\":true,\"observedGeneration\":7,\"releaseRefs\":"
         "{\"current\":{\"name\":\"r1\"}}}}",
         HEALTH_PROGRESSING, "ReleaseNotPickedUp"},
        {"{\"providerStatus\":{\"ready\":true,\"observedGeneration\":7,\"releaseRefs\":"
         "{\"current\":{\"name\":\"r2\"},\"previous\":{\"name\":\"r1\"}}}}",
         HEALTH_PROGRESSING, "Upgrading"},
        {"{\"providerStatus\":{\"ready\":true,\"maintenance\":true,\"observedGeneration\":7,"
         "\"releaseRefs\":{\"current\":{\"name\":\"r2\"}}}}",
         HEALTH_SUSPENDED, "Maintenance"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        see_machines(3, 2);
        see_cluster("openstack", rows[i].status);
        expect(NOW, rows[i].state, rows[i].reason);
    }
}

Test(verdict, explains_what_a_cluster_waits_for_before_it_begins)
{
    see_machines(3, 1);
    see_cluster("openstack", NULL);
    expect(NOW, HEALTH_PROGRESSING, "Blocked");
    cr_assert(
        str_equal(judge_cluster(NOW)->message, STR("needs 3 managers and 2 workers, has 3 and 1")));
}

Test(verdict, is_never_ready_and_never_failed_on_old_evidence_of_a_region)
{
    struct evidence *evidence = verdicts_evidence(verdicts);
    struct evidence_scope scope = {kind("lcm.mirantis.com", "LCMCluster"), STR("region-eu")};
    see_machines(3, 2);
    see_cluster("openstack", READY);
    expect(NOW, HEALTH_READY, ""); /* nobody watches the region: nothing is expected of it */
    evidence_watch(evidence, scope);
    expect(NOW, HEALTH_UNKNOWN, "RegionUnknown");
    evidence_complete(evidence, scope, NOW);
    expect(NOW, HEALTH_READY, "");
    expect(NOW + EVIDENCE_TTL_NS + 1, HEALTH_UNKNOWN, "RegionUnknown");
    see("lcm.mirantis.com", "LCMCluster", "region-eu",
        "{\"metadata\":{\"namespace\":\"t\",\"name\":\"c\"},\"status\":{\"lcmOperationStuck\":true}"
        "}");
    expect(NOW, HEALTH_FAILED, "Stuck");
    evidence_lost(evidence, scope);
    expect(NOW, HEALTH_UNKNOWN, "RegionUnknown");
}

Test(verdict, names_the_machine_that_is_stuck)
{
    see_machines(3, 2);
    see_cluster("openstack", READY);
    see("lcm.mirantis.com", "LCMMachine", "region-eu",
        "{\"metadata\":{\"namespace\":\"t\",\"name\":\"m3\"},\"spec\":{\"clusterName\":\"c\"},"
        "\"status\":{\"lcmOperationStuck\":true}}");
    expect(NOW, HEALTH_FAILED, "Stuck");
    cr_assert_neq(str_find(judge_cluster(NOW)->message, STR("m3")), SIZE_MAX);
    struct evidence_scope scope = {kind("lcm.mirantis.com", "LCMMachine"), STR("region-eu")};
    cr_assert(evidence_forget(verdicts_evidence(verdicts), scope, STR("t"), STR("m3")));
    expect(NOW, HEALTH_READY, "");
}

#define NOT_READY                                                                                  \
    "{\"providerStatus\":{\"ready\":false,\"observedGeneration\":7,\"conditions\":["               \
    "{\"type\":\"Reboot\",\"ready\":false},{\"type\":\"Helm\",\"ready\":false,\"message\":\"x\"}]" \
    ","                                                                                            \
    "\"releaseRefs\":{\"current\":{\"name\":\"r2\"}}}}"

Test(verdict, what_was_ready_at_this_generation_is_degraded_and_says_since_when)
{
    see_machines(3, 2);
    see_cluster("openstack", NOT_READY);
    expect(NOW, HEALTH_PROGRESSING, "NotReady");
    see_cluster("openstack", READY);
    expect(NOW + 1, HEALTH_READY, "");
    see_cluster("openstack", NOT_READY);
    expect(NOW + 2, HEALTH_FAILED, "Degraded");
    expect(NOW + 9, HEALTH_FAILED, "Degraded");
    cr_assert_eq(judge_cluster(NOW + 10)->since_ns, NOW + 2);
    cr_assert(str_equal(judge_cluster(NOW + 10)->message, STR("Helm: x")));
}

Test(verdict, of_an_attached_cluster_needs_no_machines_and_no_status)
{
    see_cluster("byo", NULL);
    expect(NOW, HEALTH_PROGRESSING, "Pending");
    see("kaas.mirantis.com", "BYOCredential", "",
        "{\"metadata\":{\"namespace\":\"t\",\"name\":\"cred\"},\"status\":{\"valid\":true}}");
    expect(NOW, HEALTH_READY, "Attached");
}

Test(verdict, shows_the_stage_that_is_not_done)
{
    see_machines(3, 2);
    see_cluster("openstack", "{\"providerStatus\":{\"ready\":false,\"observedGeneration\":7,"
                             "\"releaseRefs\":{\"current\":{\"name\":\"r2\"}}}}");
    see("kaas.mirantis.com", "ClusterDeploymentStatus", "",
        "{\"metadata\":{\"namespace\":\"t\",\"name\":\"c\"},\"stages\":[{\"name\":\"Network "
        "prepared\",\"status\":\"Success\"},{\"name\":\"Load balancers created\",\"status\":"
        "\"InProgress\",\"message\":\"no address\"}]}");
    expect(NOW, HEALTH_PROGRESSING, "NotReady");
    cr_assert(str_equal(judge_cluster(NOW)->message, STR("Load balancers created no address")));
}

Test(verdict, survives_that_evidence_moves_and_goes)
{
    for (int round = 0; round < 50; round++) {
        see_machines(3, 2);
        see_cluster("openstack", round % 2 == 0 ? READY : NOT_READY);
    }
    expect(NOW, HEALTH_PROGRESSING, "NotReady");
    struct evidence *evidence = verdicts_evidence(verdicts);
    struct evidence_scope machines = {kind("cluster.k8s.io", "Machine"), STR("")};
    uint64_t mark = evidence_mark(evidence);
    cr_assert(evidence_sweep(evidence, machines, mark));
    expect(NOW, HEALTH_PROGRESSING, "Blocked");
}

/* Kinds without joins are judged by the same rules, as single objects. */
Test(verdict, of_single_objects)
{
    static const struct {
        const char *api, *kind, *status;
        enum health_state state;
    } rows[] = {
        {"metal3.io/v1alpha1", "BareMetalHost",
         "{\"operationalStatus\":\"error\",\"errorType\":\"registration error\"}", HEALTH_FAILED},
        {"metal3.io/v1alpha1", "BareMetalHost",
         "{\"operationalStatus\":\"OK\",\"provisioning\":{\"state\":\"provisioned\"}}",
         HEALTH_READY},
        {"metal3.io/v1alpha1", "BareMetalHost",
         "{\"operationalStatus\":\"OK\",\"provisioning\":{\"state\":\"inspecting\"}}",
         HEALTH_PROGRESSING},
        {"kaas.mirantis.com/v1alpha1", "AWSCredential", "{\"valid\":true}", HEALTH_READY},
        {"kaas.mirantis.com/v1alpha1", "AWSCredential", "{\"valid\":false}", HEALTH_FAILED},
        {"kaas.mirantis.com/v1alpha1", "AWSCredential", "{}", HEALTH_PROGRESSING},
        {"ipam.mirantis.com/v1alpha1", "Subnet", "{\"statusMessage\":\"OK\"}", HEALTH_READY},
        {"ipam.mirantis.com/v1alpha1", "Subnet", "{\"statusMessage\":\"ERR: full\"}",
         HEALTH_FAILED},
        {"ipam.mirantis.com/v1alpha1", "L2Template", "{\"phase\":\"Failed\"}", HEALTH_FAILED},
        {"ipam.mirantis.com/v1alpha1", "IpamHost", "{\"netconfigFilesState\":\"OK: t s\"}",
         HEALTH_READY},
        {"kaas.mirantis.com/v1alpha1", "KaaSCephCluster",
         "{\"miraCephInfo\":{\"phase\":\"Ready\",\"validation\":{\"result\":\"Failed\","
         "\"messages\":[\"no such machine\"]}}}",
         HEALTH_FAILED},
        {"kaas.mirantis.com/v1alpha1", "KaaSCephCluster",
         "{\"miraCephInfo\":{\"phase\":\"Ready\"}}", HEALTH_READY},
        {"lcm.mirantis.com/v1alpha1", "HelmBundle",
         "{\"observedGeneration\":1,\"releaseStatuses\":{\"a\":{\"ready\":false}}}",
         HEALTH_PROGRESSING},
        {"lcm.mirantis.com/v1alpha1", "HelmBundle",
         "{\"observedGeneration\":1,\"releaseStatuses\":{\"a\":{\"ready\":true}}}", HEALTH_READY},
        {"lcm.mirantis.com/v1alpha1", "LCMMachine", "{\"state\":\"Ready\"}", HEALTH_READY},
        {"lcm.mirantis.com/v1alpha1", "LCMMachine",
         "{\"state\":\"Deploy\",\"stateItemStatuses\":{\"a\":{\"exitCode\":2}}}",
         HEALTH_PROGRESSING},
        {"lcm.mirantis.com/v1alpha1", "LCMCluster", "{\"requestedNodes\":5,\"readyNodes\":4}",
         HEALTH_PROGRESSING},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        str json = arena_printf(arena,
                                "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":"
                                "\"a\",\"generation\":1},\"status\":%s}",
                                rows[i].api, rows[i].kind, rows[i].status);
        const struct health_evidence seen = {.object = document(json.ptr), .has_status = true};
        struct health_verdict verdict = health_judge(verdicts_rules(verdicts), &seen, arena);
        cr_assert_eq(verdict.state, rows[i].state, "%s %s: %s", rows[i].kind, rows[i].status,
                     health_state_name(verdict.state));
    }
}
