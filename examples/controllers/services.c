/* Credentials, releases, Ceph, and the platform's own upgrades. */
#include "examples/controllers/sim.h"

#include "syncd/value/json.h"

/* --- credentials --- */

void sim_credential_take(struct sim *sim, struct sim_object *credential, value document)
{
    value valid = value_get2(document, STR("status"), STR("valid"));
    (void)sim;
    if (!credential->seen_status && value_is(valid, VALUE_BOOL)) {
        credential->step = 1;
        credential->valid = value_true(valid);
    }
}

void sim_credential_turn(struct sim *sim, struct sim_object *credential)
{
    bool valid = credential->step > 0 && !sim_fails(credential, SIM_BAD_CREDENTIAL);
    if (valid == credential->valid)
        return;
    credential->valid = valid;
    MAP_FOR (entry, &sim->objects[SIM_CLUSTER]) {
        struct sim_object *cluster = entry->value;
        if (str_equal(cluster->namespace, credential->namespace))
            sim_touch(sim, cluster);
    }
}

void sim_write_credential(struct sim *sim, const struct sim_object *credential, struct buf *body)
{
    (void)sim;
    if (credential->step == 0)
        return;
    if (sim_fails(credential, SIM_BAD_CREDENTIAL))
        sim_say(body,
                "{'status':{'valid':false,'message':'the provider refuses it: 401 unauthorized'}}");
    else
        sim_say(body, "{'status':{'valid':true,'message':''}}");
}

/* --- releases --- */

void sim_release_take(struct sim *sim, struct sim_object *release, value document)
{
    release->version = sim_text(sim, value_str(value_get2(document, STR("spec"), STR("version"))));
}

void sim_bundle_take(struct sim *sim, struct sim_object *bundle, value document)
{
    value supported = value_get2(document, STR("spec"), STR("supportedClusterReleases"));
    if (!value_equal(supported, bundle->content))
        bundle->content = value_copy(supported, sim->arena);
}

/* --- Ceph --- */

void sim_ceph_take(struct sim *sim, struct sim_object *ceph, value document)
{
    value cluster = value_get2(document, STR("spec"), STR("k8sCluster"));
    str namespace = value_str(value_get(cluster, STR("namespace")));
    str name = value_str(value_get(cluster, STR("name")));
    ceph->cluster_name = sim_text(sim, name);
    ceph->consumer = sim_text(sim, namespace);
}

bool sim_ceph_may_start(struct sim *sim, struct sim_object *ceph)
{
    const struct sim_object *cluster =
        sim_find(sim, SIM_CLUSTER, ceph->consumer, ceph->cluster_name);
    if (cluster != NULL && cluster->step >= SIM_CLUSTER_READY && cluster->step != SIM_GOING)
        return true;
    sim_wake(sim, ceph, 60 * NS_PER_S);
    return false;
}

void sim_write_ceph(struct sim *sim, const struct sim_object *ceph, struct buf *body)
{
    (void)sim;
    static const char *const phases[] = {"Creating", "Deploying", "Ready"};
    sim_say(body,
            "{'status':{'miraCephInfo':{'phase':'%s','message':'%s','validation':{'result':'"
            "Succeed','messages':[]}}}}",
            phases[ceph->step < 2 ? ceph->step : 2],
            ceph->step == 0 ? "waits for the nodes of the cluster" : "");
}

/* --- the platform's upgrades --- */

void sim_write_mcc_upgrade(struct sim *sim, const struct sim_object *upgrade, struct buf *body)
{
    (void)sim, (void)upgrade;
    sim_say(body, "{'status':{'message':'no newer release'}}");
}
