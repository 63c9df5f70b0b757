/* The machine's provider, and the life cycle of its node with the agent on it. */
#include "examples/controllers/sim.h"

#include "syncd/value/json.h"

#define UPGRADE_S      600 /* of a node, with its drain */
#define DRAIN_S        300 /* before it goes */
#define REMOVAL_S      30  /* of its instance */
#define RETRY_S        60  /* an item, a drain */
#define STUCK_S        600
#define DEPLOY_MANAGER 750
#define DEPLOY_WORKER  390

/* How long a provider takes to make an instance. */
static const struct provider_row {
    const char *name, *id;
    unsigned seconds;
    bool hosts;
} provider_rows[] = {
    {"openstack", "openstack", 120, false},
    {"aws", "aws", 90, false},
    {"azure", "azure", 120, false},
    {"vsphere", "vsphere", 240, false},
    {"equinixmetal", "equinixmetal", 420, false},
    {"equinixmetalv2", "equinixmetal", 420, false},
    {"baremetal", "baremetal", 0, true},
    {"byo", "byo", 0, false},
};

static const struct provider_row *provider_of(const struct sim_object *machine)
{
    for (size_t i = 0; i < ARRAY_LEN(provider_rows); i++) {
        if (str_equal(machine->provider, str_z(provider_rows[i].name)))
            return &provider_rows[i];
    }
    return &provider_rows[0];
}

static bool has_cluster(const struct sim_object *machine)
{
    return machine->cluster != NULL && !machine->cluster->gone;
}

/* --- steps --- */

static bool cluster_is_open(struct sim *sim, struct sim_object *machine)
{
    (void)sim;
    return has_cluster(machine) && machine->cluster->step >= SIM_CLUSTER_NODES &&
           machine->cluster->step != SIM_GOING;
}

static bool lasts(struct sim *sim, struct sim_object *machine, unsigned seconds)
{
    int64_t left = (int64_t)seconds * NS_PER_S - sim_age_ns(sim, machine);
    if (left > 0)
        sim_wake(sim, machine, left);
    return left <= 0;
}

static bool instance_is_made(struct sim *sim, struct sim_object *machine)
{
    const struct provider_row *provider = provider_of(machine);
    if (provider->hosts)
        return sim_host_ready(sim, machine);
    return lasts(sim, machine, provider->seconds);
}

static bool may_prepare(struct sim *sim, struct sim_object *machine)
{
    (void)sim;
    return has_cluster(machine) &&
           (machine->manager ||
            sim_cluster_count(machine->cluster).preparing < machine->cluster->max_prepare);
}

/* Managers one by one; workers once there is one. */
static bool may_deploy(struct sim *sim, struct sim_object *machine)
{
    (void)sim;
    if (!has_cluster(machine))
        return false;
    struct sim_count count = sim_cluster_count(machine->cluster);
    return machine->manager ? count.deploying_managers == 0 : count.ready_managers > 0;
}

static bool is_deployed(struct sim *sim, struct sim_object *machine)
{
    if (!lasts(sim, machine, machine->manager ? DEPLOY_MANAGER : DEPLOY_WORKER))
        return false;
    machine->node_release = machine->cluster != NULL ? machine->cluster->release : (str){0};
    return true;
}

const struct sim_step sim_machine_steps[] = {
    {"New", NULL, 0, cluster_is_open, 0},
    {"Provision", "Provider instance ready", 0, instance_is_made,
     1u << SIM_QUOTA | 1u << SIM_NO_FLAVOR},
    {"Uninitialized", NULL, 30, NULL, 1u << SIM_AGENT_SILENT},
    {"Pending", NULL, 5, may_prepare, 0},
    {"Prepare", "Prepare phase done", 240, may_deploy, 0},
    {"Deploy", "Deploy phase done", 0, is_deployed, 1u << SIM_ITEM_FAILS},
    {"Ready", NULL, UINT32_MAX, NULL, 0},
    {"Upgrade", NULL, UINT32_MAX, NULL, 0},
    {"Ready", NULL, UINT32_MAX, NULL, 0},
    {"Ready", NULL, UINT32_MAX, NULL, 0},
};
const size_t sim_machine_step_count = ARRAY_LEN(sim_machine_steps);

/* --- what is in the machine's object --- */

static void resume(struct sim *sim, struct sim_object *machine, value provider)
{
    str status = value_str(value_get(provider, STR("status")));
    for (size_t i = 1; i <= SIM_MACHINE_UPGRADE; i++) {
        if (str_equal(status, str_z(sim_machine_steps[i].name)))
            machine->step = i == SIM_MACHINE_UPGRADE ? SIM_MACHINE_READY : (uint8_t)i;
    }
    machine->since_ns = sim_now_ns(sim);
    /* What is ready was deployed before: of which release, the cluster says. */
    machine->node_release = (str){0};
}

static void join_cluster(struct sim *sim, struct sim_object *machine, str name)
{
    struct sim_object *cluster = sim_cluster_place(sim, machine->namespace, name);
    if (machine->cluster == cluster)
        return;
    machine->cluster = cluster;
    VEC_FOR (struct sim_object *, other, &cluster->machines.list) {
        if (*other == machine)
            return;
    }
    VEC_PUSH(sim->arena, &cluster->machines.list, machine);
}

void sim_machine_take(struct sim *sim, struct sim_object *machine, value document)
{
    value labels = value_get2(document, STR("metadata"), STR("labels"));
    value spec = value_get3(document, STR("spec"), STR("providerSpec"), STR("value"));
    value selector = value_get2(spec, STR("hostSelector"), STR("matchLabels"));
    value provider = value_get2(document, STR("status"), STR("providerStatus"));
    machine->cluster_name =
        sim_text(sim, value_str(value_get(labels, STR("cluster.sigs.k8s.io/cluster-name"))));
    machine->manager = value_present(value_get(labels, STR("cluster.sigs.k8s.io/control-plane")));
    machine->wants_out = value_true(value_get(spec, STR("delete")));
    machine->index = sim_number(value_get(spec, STR("upgradeIndex")), 1000);
    if (value_present(selector))
        machine->selector = sim_text(sim, json_text(selector, JSON_COMPACT, sim->scratch));
    if (machine->cluster_name.len != 0)
        join_cluster(sim, machine, machine->cluster_name);
    if (!machine->seen_status)
        resume(sim, machine, provider);
    if (has_cluster(machine))
        sim_touch(sim, machine->cluster);
}

/* --- turns --- */

/* Lowest index first, managers before workers, then as many workers as the cluster allows. */
static bool may_upgrade(const struct sim_object *machine)
{
    const struct sim_object *cluster = machine->cluster;
    struct sim_count count = sim_cluster_count(cluster);
    unsigned wanted = cluster->dedicated ? 1 : count.managers;
    if (machine->manager
            ? count.upgrading_managers != 0
            : count.upgraded_managers < wanted || count.upgrading_workers >= cluster->max_upgrade)
        return false;
    VEC_FOR (struct sim_object *const, at, &cluster->machines.list) {
        const struct sim_object *other = *at;
        if (other != machine && other->manager == machine->manager &&
            other->step == SIM_MACHINE_READY && other->index < machine->index &&
            !str_equal(other->node_release, cluster->release))
            return false;
    }
    return true;
}

static void upgrade(struct sim *sim, struct sim_object *machine)
{
    struct sim_object *cluster = machine->cluster;
    if (machine->step == SIM_MACHINE_READY && machine->node_release.len == 0)
        machine->node_release = cluster->from.len != 0 ? cluster->from : cluster->release;
    if (machine->step == SIM_MACHINE_READY) {
        if (cluster->step == SIM_CLUSTER_UPGRADING &&
            !str_equal(machine->node_release, cluster->release) && may_upgrade(machine))
            sim_step_to(sim, machine, SIM_MACHINE_UPGRADE);
        return;
    }
    if (machine->step != SIM_MACHINE_UPGRADE || sim_fails(machine, SIM_DRAIN_BLOCKED) ||
        !lasts(sim, machine, UPGRADE_S))
        return;
    machine->node_release = cluster->release;
    sim_step_to(sim, machine, SIM_MACHINE_READY);
}

static void remove_machine(struct sim *sim, struct sim_object *machine)
{
    if (machine->deleting) {
        if (machine->step != SIM_GOING)
            sim_step_to(sim, machine, SIM_GOING);
        (void)lasts(sim, machine, REMOVAL_S);
        return;
    }
    bool draining = machine->step == SIM_MACHINE_DRAINING;
    if (machine->wants_out && !draining && machine->step != SIM_MACHINE_DRAINED)
        sim_step_to(sim, machine, SIM_MACHINE_DRAINING);
    else if (!machine->wants_out && draining)
        sim_step_to(sim, machine, SIM_MACHINE_READY);
    else if (draining && !sim_fails(machine, SIM_DRAIN_BLOCKED) && lasts(sim, machine, DRAIN_S))
        sim_step_to(sim, machine, SIM_MACHINE_DRAINED);
    else if (machine->step == SIM_MACHINE_DRAINED && lasts(sim, machine, 30))
        sim_delete(sim, machine);
}

bool sim_machine_is_stuck(const struct sim *sim, const struct sim_object *machine)
{
    bool item = machine->step == SIM_MACHINE_DEPLOY && sim_fails(machine, SIM_ITEM_FAILS);
    bool drain = machine->step == SIM_MACHINE_UPGRADE && sim_fails(machine, SIM_DRAIN_BLOCKED);
    return (item || drain) && sim_age_ns(sim, machine) >= STUCK_S * NS_PER_S;
}

/* What fails is tried again, and then given up. */
static void retry(struct sim *sim, struct sim_object *machine)
{
    bool failing = (machine->step == SIM_MACHINE_DEPLOY && sim_fails(machine, SIM_ITEM_FAILS)) ||
                   (machine->step == SIM_MACHINE_UPGRADE && sim_fails(machine, SIM_DRAIN_BLOCKED));
    int64_t age = sim_age_ns(sim, machine);
    if (!failing)
        return;
    machine->attempt = 1 + (unsigned)(age / (RETRY_S * NS_PER_S));
    if (sim_machine_is_stuck(sim, machine)) {
        machine->attempt = 1 + STUCK_S / RETRY_S;
        if (machine->valid)
            return;
        machine->valid = true; /* said once */
        sim_touch(sim, machine->cluster);
        return;
    }
    machine->valid = false;
    sim_wake(sim, machine, machine->attempt * RETRY_S * NS_PER_S - age);
}

/* Somebody edits the live object, once. */
static void edit(struct sim *sim, struct sim_object *machine)
{
    const struct kube_path path = {.group = str_z(machine->kind->group),
                                   .version = str_z(machine->kind->version),
                                   .plural = machine->plural,
                                   .namespace = machine->namespace,
                                   .name = machine->name};
    AUTO_BUF struct buf body = BUF_INIT(4096);
    struct error err = ERROR_INIT;
    value patch;
    machine->valid = true;
    sim_say(&body, "{'spec':{'providerSpec':{'value':{'flavor':'m1.tiny'}}}}");
    CHECK(json_read(buf_str(&body), limits_default(), sim->scratch, &patch, &err));
    kube_patch(sim->management.cluster, &path, KUBE_PATCH_MERGE, patch,
               &(struct kube_write){.field_manager = STR("somebody")}, sim_ignore, NULL);
}

void sim_machine_turn(struct sim *sim, struct sim_object *machine)
{
    bool out = machine->deleting || machine->wants_out || machine->step == SIM_MACHINE_DRAINING ||
               machine->step == SIM_MACHINE_DRAINED;
    if (!has_cluster(machine) || out) {
        if (out)
            remove_machine(sim, machine);
        return;
    }
    upgrade(sim, machine);
    retry(sim, machine);
    if (sim_fails(machine, SIM_LIVE_EDIT) && machine->step == SIM_MACHINE_READY && !machine->valid)
        edit(sim, machine);
}

/* --- the machine's object --- */

void sim_write_machine_metadata(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    if (machine->step == SIM_GOING && sim_age_ns(sim, machine) >= REMOVAL_S * NS_PER_S) {
        buf_add(body, STR("{\"metadata\":{\"finalizers\":null}}"));
        return;
    }
    if (machine->deleting || !has_cluster(machine))
        return;
    sim_say(body, "{'metadata':{'finalizers':['machine.cluster.sigs.k8s.io']");
    sim_say(body, ",'ownerReferences':[{'apiVersion':'cluster.k8s.io/v1alpha1','kind':'Cluster'");
    sim_say(body, ",'name':'%.*s','uid':'%.*s'}]", STR_ARG(machine->cluster->name),
            STR_ARG(machine->cluster->uid));
    sim_say(body, ",'annotations':{'kaas.mirantis.com/uid':'%.*s'", STR_ARG(machine->uid));
    if (machine->host.len != 0)
        sim_say(body, ",'metal3.io/BareMetalHost':'%.*s/%.*s'", STR_ARG(machine->namespace),
                STR_ARG(machine->host));
    buf_add(body, STR("}}}"));
}

static const char *boolean(bool is)
{
    return is ? "true" : "false";
}

static void say_error(const struct sim_object *machine, struct buf *body)
{
    bool here = machine->step <= 1;
    if (here && sim_fails(machine, SIM_QUOTA))
        sim_say(body, ",'errorReason':'InsufficientResources','errorMessage':'quota exceeded for "
                      "instances: requested 1, but already used 20 of 20 instances'");
    else if (here && sim_fails(machine, SIM_NO_FLAVOR))
        sim_say(body, ",'errorReason':'InvalidConfiguration','errorMessage':'no such flavor or "
                      "image at the provider'");
    else
        sim_say(body, ",'errorReason':null,'errorMessage':null");
}

void sim_write_machine(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    if (machine->step < 1 || machine->step == SIM_GOING || !has_cluster(machine))
        return;
    const struct provider_row *provider = provider_of(machine);
    const char *status = sim_machine_steps[machine->step].name;
    bool instance = machine->step >= SIM_MACHINE_INSTANCE,
         ready = machine->step == SIM_MACHINE_READY;
    bool node = machine->step >= SIM_MACHINE_READY;
    str address = sim_address(sim, machine->name, sim->scratch);
    sim_say(body, "{'status':{'phase':'%s'", instance ? "Running" : "Provisioning");
    say_error(machine, body);
    if (instance)
        sim_say(body, ",'providerID':'%s:///%.*s'", provider->id, STR_ARG(machine->uid));
    if (node)
        sim_say(body, ",'nodeRef':{'kind':'Node','name':'%.*s'}", STR_ARG(machine->name));
    sim_say(body, ",'providerStatus':{'status':'%s','ready':%s", status, boolean(ready));
    if (instance)
        sim_say(body,
                ",'privateIp':'%.*s','providerInstanceState':{'id':'%.*s','state':'ACTIVE','ready':"
                "true}",
                STR_ARG(address), STR_ARG(machine->uid));
    if (machine->step == SIM_MACHINE_DRAINING || machine->step == SIM_MACHINE_DRAINED)
        sim_say(body, ",'delete':true,'prepareDeletionPhase':'%s'",
                machine->step == SIM_MACHINE_DRAINED ? "completed" : "started");
    sim_say(body, ",'conditions':[{'type':'ProviderInstance','ready':%s,'message':''}",
            boolean(instance));
    sim_say(body, ",{'type':'LCM','ready':%s,'message':'%s'}", boolean(node), node ? "" : status);
    sim_say(
        body,
        ",{'type':'Kubelet','ready':%s,'message':''},{'type':'Swarm','ready':%s,'message':''}]}}}",
        boolean(node), boolean(node));
}

/* --- its life cycle in the region --- */

static bool has_agent(const struct sim_object *machine)
{
    return machine->step >= SIM_MACHINE_INSTANCE && machine->step != SIM_GOING &&
           has_cluster(machine);
}

static const struct sim_document lcm_machine = {
    .group = "lcm.mirantis.com", .version = "v1alpha1", .kind = "LCMMachine"};

void sim_write_lcm_machine(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    (void)sim;
    if (!has_agent(machine))
        return;
    sim_say_head(machine, &lcm_machine, body);
    sim_say(body, ",'spec':{'clusterName':'%.*s','lcmType':'ucp','type':'%s'}}",
            STR_ARG(machine->cluster_name), machine->manager ? "control" : "worker");
}

static const struct item {
    const char *name, *phase;
} items[] = {
    {"download/lcm-ansible", "prepare"},
    {"ansible/prepare", "prepare"},
    {"ansible/deploy", "deploy"},
    {"ansible/reconfigure", "reconfigure"},
};

/* The release that its node has, or will have at the end of its step. */
static str release_of(const struct sim_object *machine)
{
    bool stays = machine->step == SIM_MACHINE_READY && machine->node_release.len != 0;
    return stays ? machine->node_release : machine->cluster->release;
}

void sim_write_lcm_items(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    (void)sim;
    if (!has_agent(machine) || machine->step < SIM_MACHINE_PREPARE)
        return;
    str release = release_of(machine);
    sim_say_head(machine, &lcm_machine, body);
    sim_say(body, ",'spec':{'release':'%.*s','components':{'ucpVersion':'%.*s'},'stateItems':[",
            STR_ARG(release), STR_ARG(release));
    for (size_t i = 0; i < ARRAY_LEN(items); i++)
        sim_say(body, "%s{'name':'%s','runner':'%s','version':'1','phase':'%s'}", i != 0 ? "," : "",
                items[i].name, i == 0 ? "downloader" : "ansible", items[i].phase);
    buf_add(body, STR("]}}"));
}

/* An item counts as done when it ended with 0 and has the hash of what was wanted. */
static void say_items(struct sim *sim, const struct sim_object *machine, str release,
                      struct buf *body)
{
    bool fails = machine->step == SIM_MACHINE_DEPLOY && sim_fails(machine, SIM_ITEM_FAILS);
    const char *comma = "";
    buf_add(body, STR(",\"stateItemStatuses\":{"));
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        bool prepare = i < 2, deploy = i == 2;
        if (machine->step < (prepare ? SIM_MACHINE_DEPLOY : SIM_MACHINE_READY) &&
            !(deploy && fails))
            continue;
        str text = arena_concat(sim->scratch, str_z(items[i].name), release, (str){0});
        sim_say(body, "%s'%s':{'hash':'%016llx','exitCode':%d,'attempt':%u,'message':'%s'}", comma,
                items[i].name, (unsigned long long)hash_stable(text), deploy && fails ? 2 : 0,
                deploy && fails ? machine->attempt : 1,
                deploy && fails ? "item ansible/deploy failed with exit code 2" : "");
        comma = ",";
    }
    buf_add_byte(body, '}');
}

void sim_write_lcm_status(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    if (!has_agent(machine) || machine->step == SIM_MACHINE_INSTANCE)
        return;
    bool drain = machine->step == SIM_MACHINE_UPGRADE;
    bool blocked = drain && sim_fails(machine, SIM_DRAIN_BLOCKED);
    str address = sim_address(sim, machine->name, sim->scratch);
    str had = machine->node_release;
    sim_say(body, "{'status':{'state':'%s','agentVersion':'0.4.1','addresses':[",
            sim_machine_steps[machine->step].name);
    sim_say(body, "{'type':'InternalIP','address':'%.*s'},{'type':'Hostname','address':'%.*s'}]",
            STR_ARG(address), STR_ARG(machine->name));
    if (machine->step >= SIM_MACHINE_DEPLOY)
        say_items(sim, machine, had, body);
    if (had.len != 0)
        sim_say(body, ",'release':'%.*s','components':{'ucpVersion':'%.*s'}", STR_ARG(had),
                STR_ARG(had));
    if (drain)
        sim_say(body, ",'kubernetesCordonDrain':'cordondraining'");
    else
        sim_say(body, ",'kubernetesCordonDrain':null");
    if (blocked)
        sim_say(body,
                ",'kubernetesCordonDrainError':'cannot evict pod as it would violate a "
                "PodDisruptionBudget, attempt %u'",
                machine->attempt);
    else
        sim_say(body, ",'kubernetesCordonDrainError':null");
    sim_say(body, ",'lcmOperationStuck':%s}}", boolean(sim_machine_is_stuck(sim, machine)));
}

/* --- progress --- */

static void say_stage(struct buf *body, const char *name, int done)
{
    sim_say(body, "%s{'name':'%s','status':'%s','success':%s,'message':''}",
            body->ptr[body->len - 1] == '[' ? "" : ",", name,
            done > 0 ? "Success" : (done == 0 ? "InProgress" : "NotStarted"), boolean(done > 0));
}

static int compare(unsigned step, unsigned at)
{
    return step > at ? 1 : (step == at ? 0 : -1);
}

void sim_write_machine_deployment(struct sim *sim, const struct sim_object *machine,
                                  struct buf *body)
{
    static const struct sim_document document = {
        .group = "kaas.mirantis.com", .version = "v1alpha1", .kind = "MachineDeploymentStatus"};
    (void)sim;
    if (machine->step < 1 || machine->step == SIM_GOING || !has_cluster(machine))
        return;
    sim_say_head(machine, &document, body);
    sim_say(body, ",'release':'%.*s','stages':[", STR_ARG(machine->cluster->release));
    say_stage(body, "Provider instance ready", compare(machine->step, 1));
    say_stage(body, "Prepare phase done", compare(machine->step, SIM_MACHINE_PREPARE));
    say_stage(body, "Previous machines are deployed", machine->step >= SIM_MACHINE_DEPLOY ? 1 : -1);
    say_stage(body, "Deploy phase done", compare(machine->step, SIM_MACHINE_DEPLOY));
    say_stage(body, "Reconfigure phase done", machine->step >= SIM_MACHINE_READY ? 1 : -1);
    buf_add(body, STR("]}"));
}

void sim_write_machine_upgrade(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    static const struct sim_document document = {
        .group = "kaas.mirantis.com", .version = "v1alpha1", .kind = "MachineUpgradeStatus"};
    (void)sim;
    if (!has_cluster(machine) || machine->cluster->from.len == 0 ||
        machine->step < SIM_MACHINE_READY || machine->step > SIM_MACHINE_UPGRADE)
        return;
    bool done = str_equal(machine->node_release, machine->cluster->release);
    bool now = machine->step == SIM_MACHINE_UPGRADE;
    int drained = done ? 1 : (now ? 0 : -1);
    sim_say_head(machine, &document, body);
    sim_say(body, ",'fromRelease':'%.*s','toRelease':'%.*s','stages':[",
            STR_ARG(machine->cluster->from), STR_ARG(machine->cluster->release));
    say_stage(body, "Agent upgraded", done || now ? 1 : -1);
    say_stage(body, "Kubernetes drained", drained);
    say_stage(body, "Swarm drained", done ? 1 : -1);
    say_stage(body, "Kubernetes uncordoned", done ? 1 : -1);
    say_stage(body, "Machine Upgraded", done ? 1 : -1);
    buf_add(body, STR("]}"));
}

/* --- its addresses, on bare metal --- */

static const struct sim_document ipam_host = {
    .group = "ipam.mirantis.com", .version = "v1alpha1", .kind = "IpamHost"};

void sim_write_ipam_host(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    (void)sim;
    if (machine->host.len == 0 || machine->step == SIM_GOING)
        return;
    sim_say_head(machine, &ipam_host, body);
    buf_add(body, STR(",\"spec\":{\"nicMACmap\":[]}}"));
}

void sim_write_ipam_host_status(struct sim *sim, const struct sim_object *machine, struct buf *body)
{
    if (machine->host.len == 0 || machine->step == SIM_GOING)
        return;
    sim_say(
        body, "{'status':{'netconfigFilesState':'OK: %.*s %016llx'}}",
        STR_ARG(sim_time_text(machine->wall_ns / (60 * NS_PER_S) * (60 * NS_PER_S), sim->scratch)),
        (unsigned long long)sim_chance(sim, STR("netconfig/"), machine->name));
}
