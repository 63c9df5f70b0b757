/* Hosts, and the networks of bare metal. */
#include "examples/controllers/sim.h"

#include "syncd/value/json.h"

#define PROVISION_S   900
#define DEPROVISION_S 300

enum { REGISTERING, INSPECTING, PREPARING, AVAILABLE, PROVISIONING, PROVISIONED, DEPROVISIONING };

const struct sim_step sim_host_steps[] = {
    {"registering", NULL, 30, NULL, 1u << SIM_BAD_BMC},
    {"inspecting", NULL, 600, NULL, 0},
    {"preparing", NULL, 60, NULL, 0},
    {"available", NULL, UINT32_MAX, NULL, 0},
    {"provisioning", NULL, UINT32_MAX, NULL, 0},
    {"provisioned", NULL, UINT32_MAX, NULL, 0},
    {"deprovisioning", NULL, UINT32_MAX, NULL, 0},
};
const size_t sim_host_step_count = ARRAY_LEN(sim_host_steps);

void sim_host_take(struct sim *sim, struct sim_object *host, value document)
{
    value labels = value_get2(document, STR("metadata"), STR("labels"));
    str state = value_str(value_get3(document, STR("status"), STR("provisioning"), STR("state")));
    host->labels = sim_text(sim, json_text(labels, JSON_COMPACT, sim->scratch));
    str consumer = value_str(value_get3(document, STR("spec"), STR("consumerRef"), STR("name")));
    if (consumer.len != 0) /* else it may be chosen and not yet written */
        host->consumer = sim_text(sim, consumer);
    for (uint8_t i = 0; !host->seen_status && i < sim_host_step_count; i++) {
        if (str_equal(state, str_z(sim_host_steps[i].name)))
            host->step = i;
    }
}

static bool matches(struct sim *sim, str selector, str labels)
{
    value wanted, has;
    struct error err = ERROR_INIT;
    if (!json_read(selector, limits_default(), sim->scratch, &wanted, &err) ||
        !json_read(labels, limits_default(), sim->scratch, &has, &err))
        return false;
    for (size_t i = 0; i < value_len(wanted); i++) {
        const struct member *label = value_member(wanted, i);
        if (!value_equal(value_get(has, label->key), label->val))
            return false;
    }
    return true;
}

static void choose_host(struct sim *sim, struct sim_object *machine)
{
    MAP_FOR (entry, &sim->objects[SIM_HOST]) {
        struct sim_object *host = entry->value;
        bool free = host->consumer.len == 0 || str_equal(host->consumer, machine->name);
        if (host->gone || host->deleting || !free ||
            !str_equal(host->namespace, machine->namespace) ||
            !matches(sim, machine->selector, host->labels))
            continue;
        machine->host = host->name;
        host->consumer = machine->name;
        sim_touch(sim, host);
        return;
    }
}

bool sim_host_ready(struct sim *sim, struct sim_object *machine)
{
    if (machine->selector.len == 0)
        return false;
    if (machine->host.len == 0)
        choose_host(sim, machine);
    if (machine->host.len == 0) {
        sim_wake(sim, machine, 60 * NS_PER_S);
        return false;
    }
    const struct sim_object *host = sim_find(sim, SIM_HOST, machine->namespace, machine->host);
    return host != NULL && host->step == PROVISIONED;
}

void sim_host_turn(struct sim *sim, struct sim_object *host)
{
    struct sim_object *machine = host->consumer.len != 0
                                     ? sim_find(sim, SIM_MACHINE, host->namespace, host->consumer)
                                     : NULL;
    int64_t age = sim_age_ns(sim, host);
    bool provisioning = host->step == PROVISIONING;
    if (machine == NULL && (provisioning || host->step == PROVISIONED)) {
        sim_step_to(sim, host, DEPROVISIONING);
    } else if (host->step == DEPROVISIONING) {
        if (age < DEPROVISION_S * NS_PER_S) {
            sim_wake(sim, host, DEPROVISION_S * NS_PER_S - age);
            return;
        }
        host->consumer = (str){0};
        sim_step_to(sim, host, AVAILABLE);
    } else if (host->step == AVAILABLE && machine != NULL) {
        sim_step_to(sim, host, PROVISIONING);
    } else if (provisioning && age < PROVISION_S * NS_PER_S) {
        sim_wake(sim, host, PROVISION_S * NS_PER_S - age);
    } else if (provisioning) {
        sim_step_to(sim, host, PROVISIONED);
        sim_touch(sim, machine);
    } else if (host->step == PROVISIONED && machine->step < SIM_MACHINE_INSTANCE) {
        sim_touch(sim, machine);
    }
}

/* Fields of the spec that belong to the controllers. */
void sim_write_host_spec(struct sim *sim, const struct sim_object *host, struct buf *body)
{
    (void)sim;
    if (host->step < PROVISIONING || host->consumer.len == 0)
        return;
    if (host->step == DEPROVISIONING)
        sim_say(body, "{'spec':{'consumerRef':null,'image':null}}");
    else
        sim_say(
            body,
            "{'spec':{'consumerRef':{'apiVersion':'cluster.k8s.io/v1alpha1','kind':'Machine',"
            "'name':'%.*s','namespace':'%.*s'},'image':{'url':'http://images.local/target.qcow2',"
            "'checksum':'0'}}}",
            STR_ARG(host->consumer), STR_ARG(host->namespace));
}

void sim_write_host(struct sim *sim, const struct sim_object *host, struct buf *body)
{
    (void)sim;
    if (host->step >= sim_host_step_count)
        return;
    bool wrong = host->step == REGISTERING && sim_fails(host, SIM_BAD_BMC);
    sim_say(body, "{'status':{'operationalStatus':'%s','poweredOn':%s,'errorCount':%d",
            wrong ? "error" : "OK", host->step > INSPECTING ? "true" : "false", wrong);
    if (wrong)
        sim_say(body, ",'errorType':'registration error','errorMessage':'failed to validate BMC "
                      "access: 401 unauthorized'");
    else
        sim_say(body, ",'errorType':null,'errorMessage':''");
    sim_say(body, ",'provisioning':{'state':'%s','ID':''}}}", sim_host_steps[host->step].name);
}

void sim_write_subnet(struct sim *sim, const struct sim_object *subnet, struct buf *body)
{
    (void)sim;
    if (subnet->step == 0)
        return;
    if (sim_fails(subnet, SIM_NO_ADDRESSES))
        sim_say(body,
                "{'status':{'statusMessage':'ERR: no free addresses are left, 0 of 101 can be "
                "allocated','capacity':101,'allocatable':0}}");
    else
        sim_say(body, "{'status':{'statusMessage':'OK','capacity':101,'allocatable':94}}");
}

void sim_write_l2template(struct sim *sim, const struct sim_object *template, struct buf *body)
{
    (void)sim;
    if (template->step > 0)
        sim_say(body, "{'status':{'phase':'Ready','reason':''}}");
}
