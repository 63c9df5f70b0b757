/* The cluster's provider, its life cycle, and its charts. */
#include "examples/controllers/sim.h"

#include "syncd/value/json.h"

#define LAG_S          2   /* until a controller has seen a change */
#define STALE_LAG_S    30  /* the same when its status is late */
#define HELM_UPGRADE_S 300 /* of the charts, after the nodes */
#define REMOVAL_S      30  /* of networks and load balancers, after the machines */
#define ATTACHED_S     60  /* an upgrade that the owner of an attached cluster makes */
#define REWRITTEN      9   /* what a controller insists on, when it does */

struct sim_count sim_cluster_count(const struct sim_object *cluster)
{
    struct sim_count count = {0};
    VEC_FOR (struct sim_object *const, at, &cluster->machines.list) {
        const struct sim_object *machine = *at;
        bool ready = machine->step == SIM_MACHINE_READY && !machine->deleting;
        bool upgraded = ready && str_equal(machine->node_release, cluster->release);
        count.managers += machine->manager;
        count.workers += !machine->manager;
        count.ready_managers += ready && machine->manager;
        count.ready_workers += ready && !machine->manager;
        count.upgraded += upgraded;
        count.upgraded_managers += upgraded && machine->manager;
        count.preparing += machine->step == SIM_MACHINE_PREPARE && !machine->manager;
        count.deploying_managers += machine->step == SIM_MACHINE_DEPLOY && machine->manager;
        count.upgrading_managers += machine->step == SIM_MACHINE_UPGRADE && machine->manager;
        count.upgrading_workers += machine->step == SIM_MACHINE_UPGRADE && !machine->manager;
    }
    return count;
}

static bool is_byo(const struct sim_object *cluster)
{
    return str_equal(cluster->provider, STR("byo"));
}

/* --- steps --- */

static const struct credential_row {
    const char *provider, *plural;
} credential_rows[] = {
    {"openstack", "openstackcredentials"},
    {"aws", "awscredentials"},
    {"azure", "azurecredentials"},
    {"vsphere", "vspherecredentials"},
    {"equinixmetal", "equinixmetalcredentials"},
    {"equinixmetalv2", "equinixmetalcredentials"},
    {"byo", "byocredentials"},
};

static bool has_credential(struct sim *sim, struct sim_object *cluster)
{
    if (cluster->credentials.len == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(credential_rows); i++) {
        if (!str_equal(cluster->provider, str_z(credential_rows[i].provider)))
            continue;
        const struct sim_object *credential =
            sim_find_plural(sim, SIM_CREDENTIAL, str_z(credential_rows[i].plural),
                            cluster->namespace, cluster->credentials);
        return credential != NULL && credential->valid;
    }
    return true;
}

static bool has_machines(struct sim *sim, struct sim_object *cluster)
{
    (void)sim;
    struct sim_count count = sim_cluster_count(cluster);
    return count.managers >= 3 && count.workers >= 2;
}

static bool has_api(struct sim *sim, struct sim_object *cluster)
{
    (void)sim;
    return sim_cluster_count(cluster).ready_managers >= 1;
}

static bool has_worker(struct sim *sim, struct sim_object *cluster)
{
    (void)sim;
    struct sim_count count = sim_cluster_count(cluster);
    return count.ready_managers >= 1 && count.ready_workers >= 1;
}

static bool has_all(struct sim *sim, struct sim_object *cluster)
{
    (void)sim;
    struct sim_count count = sim_cluster_count(cluster);
    return count.ready_managers == count.managers && count.ready_workers == count.workers;
}

const struct sim_step sim_cluster_steps[] = {
    {"New", NULL, 0, NULL, 0},
    {"Credential", NULL, 0, has_credential, 0},
    {"Network", "Network prepared", 60, NULL, 0},
    {"LoadBalancer", "Load balancers created", 60, NULL, 0},
    {"IAM", "IAM objects created", 10, NULL, 0},
    {"Bastion", "Bastion created", 60, NULL, 0},
    {"Machines", NULL, 0, has_machines, 0},
    {"Kubernetes", "Kubernetes API started", 0, has_api, 0},
    {"HelmController", "Helm-controller deployed", 60, has_worker, 0},
    {"Helm", "HelmBundle created", 600, NULL, 1u << SIM_CHART_FAILS},
    {"Certificates", "Certificates configured", 30, NULL, 0},
    {"Nodes", "All machines of the cluster are ready", 0, has_all, 0},
    {"OIDC", "OIDC configured", 60, NULL, 0},
    {"Ready", "Cluster is ready", UINT32_MAX, NULL, 0},
    {"Upgrading", NULL, UINT32_MAX, NULL, 0},
    {"UpgradingHelm", NULL, UINT32_MAX, NULL, 0},
};
const size_t sim_cluster_step_count = ARRAY_LEN(sim_cluster_steps);

/* --- what is in the cluster's object --- */

static str chart_names(struct sim *sim, value releases)
{
    AUTO_BUF struct buf names = BUF_INIT(4096);
    buf_add(&names, STR("stacklight"));
    for (size_t i = 0; i < value_len(releases); i++) {
        value release = value_item(releases, i);
        str name = value_str(value_get(release, STR("name")));
        value enabled = value_get(release, STR("enabled"));
        bool off = value_is(enabled, VALUE_BOOL) && !value_true(enabled);
        if (name.len != 0 && !off && str_find(buf_str(&names), name) == SIZE_MAX) {
            buf_add_byte(&names, ',');
            buf_add(&names, name);
        }
    }
    return sim_text(sim, buf_str(&names));
}

/* Single sign-on comes last. */
static bool is_deployed(value provider)
{
    value conditions = value_get(provider, STR("conditions"));
    for (size_t i = 0; i < value_len(conditions); i++) {
        value condition = value_item(conditions, i);
        if (str_equal(value_str(value_get(condition, STR("type"))), STR("OIDC")))
            return value_true(value_get(condition, STR("ready")));
    }
    return value_true(value_get(provider, STR("ready")));
}

static void resume(struct sim *sim, struct sim_object *cluster, value provider)
{
    value refs = value_get(provider, STR("releaseRefs"));
    str current = value_str(value_get2(refs, STR("current"), STR("name")));
    cluster->release = cluster->wanted;
    cluster->observed = sim_number(value_get(provider, STR("observedGeneration")), 0);
    cluster->from = sim_text(sim, value_str(value_get2(refs, STR("previous"), STR("name"))));
    if (cluster->from.len == 0 && !is_deployed(provider))
        return;
    cluster->release = sim_text(sim, current);
    sim_step_to(sim, cluster, cluster->from.len != 0 ? SIM_CLUSTER_UPGRADING : SIM_CLUSTER_READY);
}

void sim_cluster_take(struct sim *sim, struct sim_object *cluster, value document)
{
    value spec = value_get3(document, STR("spec"), STR("providerSpec"), STR("value"));
    value provider = value_get2(document, STR("status"), STR("providerStatus"));
    value bootstrap = value_get(provider, STR("bootstrapStatus"));
    value dedicated = value_get(spec, STR("dedicatedControlPlane"));
    cluster->wanted = sim_text(sim, value_str(value_get(spec, STR("release"))));
    cluster->credentials = sim_text(sim, value_str(value_get(spec, STR("credentials"))));
    cluster->helm = chart_names(sim, value_get(spec, STR("helmReleases")));
    cluster->platform = value_len(value_get2(spec, STR("kaas"), STR("regional"))) != 0;
    cluster->dedicated = !value_is(dedicated, VALUE_BOOL) || value_true(dedicated);
    cluster->max_upgrade = sim_number(value_get(spec, STR("maxWorkerUpgradeCount")), 1);
    cluster->max_prepare = sim_number(value_get(spec, STR("maxWorkerPrepareCount")), 50);
    cluster->paused = value_true(value_get(bootstrap, STR("controllersDisabledBeforePivot"))) &&
                      !value_true(value_get(bootstrap, STR("controllersEnabledAfterPivot")));
    if (!cluster->seen_status)
        resume(sim, cluster, provider);
    if (cluster->generation > cluster->observed && cluster->changed_ns == 0)
        cluster->changed_ns = sim_now_ns(sim);
}

/* --- turns --- */

static void remove_cluster(struct sim *sim, struct sim_object *cluster)
{
    if (cluster->step != SIM_GOING)
        sim_step_to(sim, cluster, SIM_GOING);
    if (cluster->machines.list.len == 0) {
        if (sim_age_ns(sim, cluster) < REMOVAL_S * NS_PER_S)
            sim_wake(sim, cluster, REMOVAL_S * NS_PER_S - sim_age_ns(sim, cluster));
        return;
    }
    VEC_FOR (struct sim_object *, machine, &cluster->machines.list) {
        if (!(*machine)->deleting && !(*machine)->gone)
            sim_delete(sim, *machine);
        (*machine)->deleting = true;
    }
}

static void see_change(struct sim *sim, struct sim_object *cluster)
{
    if (cluster->generation <= cluster->observed)
        return;
    int64_t lag = (sim_fails(cluster, SIM_STALE_STATUS) ? STALE_LAG_S : LAG_S) * NS_PER_S;
    int64_t left = cluster->changed_ns + lag - sim_now_ns(sim);
    if (left > 0 && cluster->step >= SIM_CLUSTER_READY) {
        sim_wake(sim, cluster, left);
        return;
    }
    cluster->observed = cluster->generation;
    cluster->changed_ns = 0;
    if (str_equal(cluster->wanted, cluster->release))
        return;
    if (cluster->step == SIM_CLUSTER_READY && cluster->release.len != 0) {
        cluster->from = cluster->release;
        sim_step_to(sim, cluster, SIM_CLUSTER_UPGRADING);
    }
    cluster->release = cluster->wanted;
}

static void upgrade(struct sim *sim, struct sim_object *cluster)
{
    struct sim_count count = sim_cluster_count(cluster);
    int64_t age = sim_age_ns(sim, cluster);
    if (cluster->step == SIM_CLUSTER_UPGRADING) {
        bool attached = cluster->machines.list.len == 0;
        if (attached && age < ATTACHED_S * NS_PER_S)
            sim_wake(sim, cluster, ATTACHED_S * NS_PER_S - age);
        else if (attached || count.upgraded == count.managers + count.workers)
            sim_step_to(sim, cluster, SIM_CLUSTER_UPGRADING_HELM);
        return;
    }
    if (cluster->step != SIM_CLUSTER_UPGRADING_HELM || sim_fails(cluster, SIM_CHART_FAILS))
        return;
    if (age < HELM_UPGRADE_S * NS_PER_S) {
        sim_wake(sim, cluster, HELM_UPGRADE_S * NS_PER_S - age);
        return;
    }
    cluster->from = (str){0};
    sim_step_to(sim, cluster, SIM_CLUSTER_READY);
}

/* A controller that insists on a field which somebody else keeps. */
static void insist(struct sim *sim, struct sim_object *cluster)
{
    const struct kube_path path = {.group = str_z(cluster->kind->group),
                                   .version = str_z(cluster->kind->version),
                                   .plural = cluster->plural,
                                   .namespace = cluster->namespace,
                                   .name = cluster->name};
    const struct kube_write write = {
        .field_manager = arena_concat(sim->scratch, cluster->provider, STR("-provider"), (str){0})};
    struct error err = ERROR_INIT;
    value patch;
    AUTO_BUF struct buf body = BUF_INIT(4096);
    sim_say(&body, "{'spec':{'providerSpec':{'value':{'maxWorkerUpgradeCount':%d}}}}", REWRITTEN);
    CHECK(json_read(buf_str(&body), limits_default(), sim->scratch, &patch, &err));
    kube_patch(sim->management.cluster, &path, KUBE_PATCH_MERGE, patch, &write, sim_ignore, NULL);
}

void sim_cluster_turn(struct sim *sim, struct sim_object *cluster)
{
    if (cluster->deleting) {
        remove_cluster(sim, cluster);
        return;
    }
    /* What runs the platform is there already; what is attached was made by somebody else. */
    bool made = (cluster->platform && cluster->machines.list.len == 0) ||
                (is_byo(cluster) && cluster->step >= SIM_CLUSTER_NETWORK);
    if (made && cluster->step < SIM_CLUSTER_READY)
        sim_step_to(sim, cluster, SIM_CLUSTER_READY);
    see_change(sim, cluster);
    if (cluster->step >= SIM_CLUSTER_UPGRADING && cluster->step != SIM_GOING)
        upgrade(sim, cluster);
    if (sim_fails(cluster, SIM_REWRITES) && cluster->max_upgrade != REWRITTEN)
        insist(sim, cluster);
}

bool sim_cluster_is_stuck(struct sim *sim, const struct sim_object *cluster)
{
    VEC_FOR (struct sim_object *const, machine, &cluster->machines.list) {
        if (sim_machine_is_stuck(sim, *machine))
            return true;
    }
    return false;
}

/* --- the cluster's object --- */

void sim_write_cluster_metadata(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    bool done = cluster->step == SIM_GOING && cluster->machines.list.len == 0 &&
                sim_age_ns(sim, cluster) >= REMOVAL_S * NS_PER_S;
    if (done)
        buf_add(body, STR("{\"metadata\":{\"finalizers\":null}}"));
    else if (!cluster->deleting)
        buf_add(body, STR("{\"metadata\":{\"finalizers\":[\"cluster.cluster.k8s.io\"]}}"));
}

struct condition {
    const char *type;
    bool ready;
    str message;
};

static str version_of(struct sim *sim, str release)
{
    const struct sim_object *found = sim_find(sim, SIM_RELEASE, (str){0}, release);
    return found != NULL ? found->version : (str){0};
}

/* Releases that the platform's bundle allows after the current one. */
static void say_available(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    const char *comma = "";
    buf_add(body, STR(",\"available\":["));
    MAP_FOR (entry, &sim->objects[SIM_RELEASE_BUNDLE]) {
        const struct sim_object *bundle = entry->value;
        for (size_t i = 0; !bundle->gone && i < value_len(bundle->content); i++) {
            value row = value_item(bundle->content, i);
            value upgrades = value_get(row, STR("availableUpgrades"));
            if (!str_equal(value_str(value_get(row, STR("name"))), cluster->release))
                continue;
            for (size_t j = 0; j < value_len(upgrades); j++) {
                str version = value_str(value_get(value_item(upgrades, j), STR("version")));
                MAP_FOR (other, &sim->objects[SIM_RELEASE]) {
                    const struct sim_object *release = other->value;
                    if (release->gone || !str_equal(release->version, version))
                        continue;
                    sim_say(body, "%s{'name':'%.*s','version':'%.*s'}", comma,
                            STR_ARG(release->name), STR_ARG(version));
                    comma = ",";
                }
            }
        }
    }
    buf_add_byte(body, ']');
}

static void say_conditions(const struct condition *conditions, size_t count, struct buf *body)
{
    buf_add(body, STR(",\"conditions\":["));
    for (size_t i = 0; i < count; i++)
        sim_say(body, "%s{'type':'%s','ready':%s,'message':'%.*s'}", i != 0 ? "," : "",
                conditions[i].type, conditions[i].ready ? "true" : "false",
                STR_ARG(conditions[i].message));
    buf_add_byte(body, ']');
}

static bool charts_are_ready(const struct sim_object *cluster)
{
    bool installed = cluster->step > SIM_CLUSTER_HELM && cluster->step != SIM_GOING;
    return installed && cluster->step != SIM_CLUSTER_UPGRADING_HELM &&
           !sim_fails(cluster, SIM_CHART_FAILS);
}

static bool say_health(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    struct sim_count count = sim_cluster_count(cluster);
    unsigned ready = count.ready_managers + count.ready_workers;
    unsigned requested = count.managers + count.workers;
    bool outside = is_byo(cluster) || cluster->platform;
    bool up = cluster->step > SIM_CLUSTER_NODES && cluster->step != SIM_GOING;
    bool charts = charts_are_ready(cluster), nodes = up && ready == requested;
    struct arena *arena = sim->scratch;
    const struct condition conditions[] = {
        {"Helm", charts, charts ? (str){0} : STR("not ready helm releases: stacklight")},
        {"Kubernetes", up, up ? (str){0} : STR("the API has not started")},
        {"Nodes", nodes || outside,
         nodes ? (str){0} : arena_printf(arena, "%u of %u nodes are ready", ready, requested)},
        {"OIDC", cluster->step > SIM_CLUSTER_OIDC, (str){0}},
    };
    /* An attached cluster has neither agents nor single sign-on of the platform. */
    size_t shown = outside ? 3 : 4;
    bool all = true;
    for (size_t i = 0; i < shown; i++)
        all = all && conditions[i].ready;
    sim_say(body, ",'nodes':{'requested':%u,'ready':%u}", requested, ready);
    say_conditions(conditions, shown, body);
    return all && cluster->step == SIM_CLUSTER_READY;
}

void sim_write_cluster(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    if (cluster->step <= 1 || cluster->step == SIM_GOING)
        return;
    str version = version_of(sim, cluster->release);
    sim_say(body, "{'status':{'providerStatus':{'observedGeneration':%lld",
            (long long)cluster->observed);
    sim_say(body,
            ",'releaseRefs':{'current':{'name':'%.*s','version':'%.*s','lcmType':'%s',"
            "'unsupportedSinceKaaSVersion':%s}",
            STR_ARG(cluster->release), STR_ARG(version), is_byo(cluster) ? "byo" : "ucp",
            sim_fails(cluster, SIM_UNSUPPORTED) ? "\"2.23.0\"" : "null");
    if (cluster->from.len != 0)
        sim_say(body, ",'previous':{'name':'%.*s'}", STR_ARG(cluster->from));
    else
        buf_add(body, STR(",\"previous\":null"));
    say_available(sim, cluster, body);
    buf_add_byte(body, '}');
    if (cluster->step > SIM_CLUSTER_NETWORK && !is_byo(cluster)) {
        str host = sim_address(sim, cluster->name, sim->scratch);
        sim_say(body, ",'loadBalancerHost':'%.*s'", STR_ARG(host));
    }
    bool ready = say_health(sim, cluster, body);
    sim_say(body, ",'helm':{'ready':%s},'ready':%s}}}",
            charts_are_ready(cluster) ? "true" : "false", ready ? "true" : "false");
}

/* --- its life cycle in the region --- */

static const struct sim_document lcm_cluster = {
    .group = "lcm.mirantis.com", .version = "v1alpha1", .kind = "LCMCluster"};
static const struct sim_document helm_bundle = {
    .group = "lcm.mirantis.com", .version = "v1alpha1", .kind = "HelmBundle"};

static bool lives_in_region(const struct sim_object *cluster)
{
    return cluster->step >= SIM_CLUSTER_NODES && cluster->step != SIM_GOING && !cluster->platform;
}

void sim_write_lcm_cluster(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    if (!lives_in_region(cluster))
        return;
    str host = sim_address(sim, cluster->name, sim->scratch);
    sim_say_head(cluster, &lcm_cluster, body);
    sim_say(body, ",'spec':{'release':'%.*s','lcmType':'%s','dedicatedControlPlane':%s",
            STR_ARG(cluster->release), is_byo(cluster) ? "byo" : "ucp",
            cluster->dedicated ? "true" : "false");
    sim_say(body, ",'maxWorkerPrepareCount':%lld,'maxWorkerUpgradeCount':%lld",
            (long long)cluster->max_prepare, (long long)cluster->max_upgrade);
    sim_say(body, ",'externalEndpoint':{'host':'%.*s','port':443}}}", STR_ARG(host));
}

void sim_write_lcm_cluster_status(struct sim *sim, const struct sim_object *cluster,
                                  struct buf *body)
{
    struct sim_count count = sim_cluster_count(cluster);
    if (!lives_in_region(cluster))
        return;
    unsigned requested = count.managers + count.workers;
    unsigned ready = count.ready_managers + count.ready_workers;
    sim_say(body, "{'status':{'requestedNodes':%u,'readyNodes':%u,'helmControllerDeployed':%s",
            is_byo(cluster) ? 1 : requested, is_byo(cluster) ? 1 : ready,
            cluster->step >= SIM_CLUSTER_HELM ? "true" : "false");
    sim_say(body, ",'release':'%.*s','lcmOperationStuck':%s}}", STR_ARG(cluster->release),
            sim_cluster_is_stuck(sim, cluster) ? "true" : "false");
}

void sim_write_helm_bundle(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    (void)sim;
    if (!lives_in_region(cluster) || cluster->step < SIM_CLUSTER_HELM)
        return;
    const char *comma = "";
    str rest = cluster->helm, name;
    sim_say_head(cluster, &helm_bundle, body);
    sim_say(body, ",'spec':{'release':'%.*s','releases':[", STR_ARG(cluster->release));
    while (rest.len != 0 && str_cut(&rest, ',', &name)) {
        sim_say(body, "%s{'name':'%.*s','namespace':'%.*s'}", comma, STR_ARG(name), STR_ARG(name));
        comma = ",";
    }
    buf_add(body, STR("]}}"));
}

void sim_write_helm_status(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    (void)sim;
    if (!lives_in_region(cluster) || cluster->step < SIM_CLUSTER_HELM)
        return;
    const char *comma = "";
    str rest = cluster->helm, name;
    bool ready = charts_are_ready(cluster);
    bool fails = sim_fails(cluster, SIM_CHART_FAILS);
    sim_say(body, "{'status':{'observedGeneration':1,'release':'%.*s','releaseStatuses':{",
            STR_ARG(cluster->release));
    while (rest.len != 0 && str_cut(&rest, ',', &name)) {
        sim_say(body, "%s'%.*s':{'ready':%s,'status':'%s','attempt':%d,'message':'%s'}", comma,
                STR_ARG(name), ready ? "true" : "false",
                ready ? "DEPLOYED" : (fails ? "FAILED" : "PENDING_INSTALL"), fails ? 3 : 1,
                fails ? "timed out waiting for the condition" : "");
        comma = ",";
    }
    buf_add(body, STR("}}}"));
}

/* --- progress --- */

static void say_stage(struct sim *sim, struct buf *body, const char *comma, const char *name,
                      int done, int64_t wall_ns, str message)
{
    sim_say(body, "%s{'name':'%s','status':'%s','success':%s,'message':'%.*s'", comma, name,
            done > 0 ? "Success" : (done == 0 ? "InProgress" : "NotStarted"),
            done > 0 ? "true" : "false", STR_ARG(message));
    if (done > 0 && wall_ns != 0)
        sim_say(body, ",'timestamp':'%.*s'", STR_ARG(sim_time_text(wall_ns, sim->scratch)));
    buf_add_byte(body, '}');
}

void sim_write_cluster_deployment(struct sim *sim, const struct sim_object *cluster,
                                  struct buf *body)
{
    static const struct sim_document document = {
        .group = "kaas.mirantis.com", .version = "v1alpha1", .kind = "ClusterDeploymentStatus"};
    if (cluster->step < SIM_CLUSTER_NETWORK || cluster->step == SIM_GOING || cluster->platform ||
        is_byo(cluster))
        return;
    const char *comma = "";
    sim_say_head(cluster, &document, body);
    sim_say(body, ",'release':'%.*s','stages':[", STR_ARG(cluster->release));
    for (size_t i = 0; i <= SIM_CLUSTER_READY; i++) {
        const struct sim_step *step = &sim_cluster_steps[i];
        if (step->stage == NULL)
            continue;
        bool here = cluster->step == i && i != SIM_CLUSTER_READY;
        bool after = cluster->step > i || cluster->step == SIM_CLUSTER_READY;
        str message = here && (step->stops & cluster->fails) != 0
                          ? STR("release stacklight failed: timed out waiting for the condition")
                          : (str){0};
        say_stage(sim, body, comma, step->stage, after ? 1 : (here ? 0 : -1),
                  cluster->stage_walls[i + 1 <= SIM_CLUSTER_READY ? i + 1 : i], message);
        comma = ",";
    }
    buf_add(body, STR("]}"));
}

void sim_write_cluster_upgrade(struct sim *sim, const struct sim_object *cluster, struct buf *body)
{
    static const struct sim_document document = {
        .group = "kaas.mirantis.com", .version = "v1alpha1", .kind = "ClusterUpgradeStatus"};
    struct sim_count count = sim_cluster_count(cluster);
    if (cluster->from.len == 0 || cluster->step == SIM_GOING)
        return;
    bool managers = count.upgraded_managers == count.managers;
    bool all = count.upgraded == count.managers + count.workers;
    str blocked = {0};
    VEC_FOR (struct sim_object *const, machine, &cluster->machines.list) {
        if ((*machine)->step == SIM_MACHINE_UPGRADE && sim_fails(*machine, SIM_DRAIN_BLOCKED))
            blocked = arena_printf(sim->scratch, "%.*s: cannot evict pod: PodDisruptionBudget",
                                   STR_ARG((*machine)->name));
    }
    sim_say_head(cluster, &document, body);
    sim_say(body, ",'fromRelease':'%.*s','toRelease':'%.*s','stages':[", STR_ARG(cluster->from),
            STR_ARG(cluster->release));
    say_stage(sim, body, "", "Requested cluster maintenance", 1, 0, (str){0});
    say_stage(sim, body, ",", "Cluster workload locks are inactive", 1, 0, (str){0});
    say_stage(sim, body, ",", "Control plane nodes MKE upgraded", managers, 0,
              managers ? (str){0} : blocked);
    say_stage(sim, body, ",", "Worker nodes MKE upgraded", all ? 1 : managers - 1, 0,
              managers && !all ? blocked : (str){0});
    say_stage(sim, body, ",", "All machines of the cluster upgraded", all ? 1 : -1, 0, (str){0});
    say_stage(sim, body, ",", "Cluster maintenance request removed", all ? 0 : -1, 0, (str){0});
    buf_add(body, STR("]}"));
}
