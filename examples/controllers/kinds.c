/* All kinds: what is watched, by which steps it goes, and which documents say so. */
#include "examples/controllers/sim.h"

#define KAAS "kaas.mirantis.com"
#define LCM  "lcm.mirantis.com"
#define IPAM "ipam.mirantis.com"
#define V1   "v1alpha1"

static const char *const credentials[] = {
    "openstackcredentials",    "awscredentials", "azurecredentials",         "vspherecredentials",
    "equinixmetalcredentials", "byocredentials", "baremetalhostcredentials", NULL};
static const char *const bundles[] = {"kaasreleases", NULL};
static const char *const releases[] = {"clusterreleases", NULL};
static const char *const subnets[] = {"subnets", NULL};
static const char *const templates[] = {"l2templates", NULL};
static const char *const hosts[] = {"baremetalhosts", NULL};
static const char *const clusters[] = {"clusters", NULL};
static const char *const machines[] = {"machines", NULL};
static const char *const cephs[] = {"kaascephclusters", NULL};
static const char *const upgrades[] = {"mccupgrades", NULL};

static const struct sim_step once_steps[] = {{"New", NULL, 5, NULL, 0},
                                             {"Done", NULL, UINT32_MAX, NULL, 0}};
static const struct sim_step credential_steps[] = {{"New", NULL, 20, NULL, 0},
                                                   {"Checked", NULL, UINT32_MAX, NULL, 0}};
static const struct sim_step ceph_steps[] = {{"Creating", NULL, 0, sim_ceph_may_start, 0},
                                             {"Deploying", NULL, 300, NULL, 0},
                                             {"Ready", NULL, UINT32_MAX, NULL, 0}};

#define STATUS(by, function)                                                                       \
    {.writer = (by), .subresource = "status", .way = SIM_WAY_MERGE, .write = (function)}

static const struct sim_document credential_documents[] = {
    STATUS("credential-controller", sim_write_credential)};
static const struct sim_document subnet_documents[] = {STATUS("kaas-ipam", sim_write_subnet)};
static const struct sim_document template_documents[] = {STATUS("kaas-ipam", sim_write_l2template)};
static const struct sim_document ceph_documents[] = {STATUS("ceph-controller", sim_write_ceph)};
static const struct sim_document upgrade_documents[] = {
    STATUS("release-controller", sim_write_mcc_upgrade)};
static const struct sim_document host_documents[] = {
    {.writer = "baremetal-provider", .way = SIM_WAY_MERGE, .write = sim_write_host_spec},
    STATUS("baremetal-operator", sim_write_host)};

static const struct sim_document cluster_documents[] = {
    {.writer = "%p", .way = SIM_WAY_MERGE, .write = sim_write_cluster_metadata},
    {.writer = "%p",
     .group = LCM,
     .version = V1,
     .plural = "lcmclusters",
     .kind = "LCMCluster",
     .regional = true,
     .own = true,
     .write = sim_write_lcm_cluster},
    {.writer = "lcm-controller",
     .group = LCM,
     .version = V1,
     .plural = "lcmclusters",
     .subresource = "status",
     .way = SIM_WAY_MERGE,
     .regional = true,
     .write = sim_write_lcm_cluster_status},
    {.writer = "%p",
     .group = LCM,
     .version = V1,
     .plural = "helmbundles",
     .kind = "HelmBundle",
     .regional = true,
     .own = true,
     .write = sim_write_helm_bundle},
    {.writer = "helm-controller",
     .group = LCM,
     .version = V1,
     .plural = "helmbundles",
     .subresource = "status",
     .way = SIM_WAY_MERGE,
     .regional = true,
     .write = sim_write_helm_status},
    {.writer = "%p",
     .group = KAAS,
     .version = V1,
     .plural = "clusterdeploymentstatuses",
     .kind = "ClusterDeploymentStatus",
     .own = true,
     .write = sim_write_cluster_deployment},
    {.writer = "%p",
     .group = KAAS,
     .version = V1,
     .plural = "clusterupgradestatuses",
     .kind = "ClusterUpgradeStatus",
     .own = true,
     .write = sim_write_cluster_upgrade},
    STATUS("%p", sim_write_cluster)};

static const struct sim_document machine_documents[] = {
    {.writer = "%p", .way = SIM_WAY_MERGE, .write = sim_write_machine_metadata},
    {.writer = "%p",
     .group = LCM,
     .version = V1,
     .plural = "lcmmachines",
     .kind = "LCMMachine",
     .regional = true,
     .own = true,
     .write = sim_write_lcm_machine},
    {.writer = "lcm-controller",
     .group = LCM,
     .version = V1,
     .plural = "lcmmachines",
     .kind = "LCMMachine",
     .regional = true,
     .write = sim_write_lcm_items},
    {.writer = "lcm-agent",
     .group = LCM,
     .version = V1,
     .plural = "lcmmachines",
     .subresource = "status",
     .way = SIM_WAY_MERGE,
     .regional = true,
     .write = sim_write_lcm_status},
    {.writer = "%p",
     .group = KAAS,
     .version = V1,
     .plural = "machinedeploymentstatuses",
     .kind = "MachineDeploymentStatus",
     .own = true,
     .detail = true,
     .write = sim_write_machine_deployment},
    {.writer = "lcm-controller",
     .group = KAAS,
     .version = V1,
     .plural = "machineupgradestatuses",
     .kind = "MachineUpgradeStatus",
     .own = true,
     .detail = true,
     .write = sim_write_machine_upgrade},
    {.writer = "kaas-ipam",
     .group = IPAM,
     .version = V1,
     .plural = "ipamhosts",
     .kind = "IpamHost",
     .own = true,
     .write = sim_write_ipam_host},
    {.writer = "kaas-ipam",
     .group = IPAM,
     .version = V1,
     .plural = "ipamhosts",
     .subresource = "status",
     .way = SIM_WAY_MERGE,
     .write = sim_write_ipam_host_status},
    STATUS("%p", sim_write_machine)};

#define STEPS(table)     .steps = (table), .step_count = ARRAY_LEN(table)
#define DOCUMENTS(table) .documents = (table), .document_count = ARRAY_LEN(table)

const struct sim_kind sim_kinds[SIM_KINDS] = {
    [SIM_RELEASE_BUNDLE] = {SIM_RELEASE_BUNDLE, KAAS, V1, bundles, .take = sim_bundle_take},
    [SIM_RELEASE] = {SIM_RELEASE, KAAS, V1, releases, .take = sim_release_take},
    [SIM_CREDENTIAL] = {SIM_CREDENTIAL, KAAS, V1, credentials, STEPS(credential_steps),
                        DOCUMENTS(credential_documents), sim_credential_take, sim_credential_turn},
    [SIM_SUBNET] = {SIM_SUBNET, IPAM, V1, subnets, STEPS(once_steps), DOCUMENTS(subnet_documents)},
    [SIM_L2TEMPLATE] = {SIM_L2TEMPLATE, IPAM, V1, templates, STEPS(once_steps),
                        DOCUMENTS(template_documents)},
    [SIM_HOST] = {SIM_HOST, "metal3.io", V1, hosts, sim_host_steps, 7, DOCUMENTS(host_documents),
                  sim_host_take, sim_host_turn},
    [SIM_CLUSTER] = {SIM_CLUSTER, "cluster.k8s.io", V1, clusters, sim_cluster_steps, 16,
                     DOCUMENTS(cluster_documents), sim_cluster_take, sim_cluster_turn},
    [SIM_MACHINE] = {SIM_MACHINE, "cluster.k8s.io", V1, machines, sim_machine_steps, 10,
                     DOCUMENTS(machine_documents), sim_machine_take, sim_machine_turn},
    [SIM_CEPH] = {SIM_CEPH, KAAS, V1, cephs, STEPS(ceph_steps), DOCUMENTS(ceph_documents),
                  sim_ceph_take},
    [SIM_UPGRADE] = {SIM_UPGRADE, KAAS, V1, upgrades, .documents = upgrade_documents,
                     .document_count = 1},
};
