/* kinds_service: Service, with addresses and node ports given out by the cluster. */
#include "syncd/apiserver/kinds.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/table.h"

static value fill_service_port(value port, struct arena *arena)
{
    value number = value_get(port, STR("port"));
    value target = value_get(port, STR("targetPort"));
    port = api_edit_default_text(port, "protocol", "TCP", arena);
    int64_t zero = 1;
    bool unset = !value_present(target) || (value_to_i64(target, &zero) && zero == 0) ||
                 (value_is(target, VALUE_STRING) && value_str(target).len == 0);
    return unset && value_present(number) ? value_with(port, STR("targetPort"), number, arena)
                                          : port;
}

static bool is_type(value spec, const char *type)
{
    return str_equal(value_str(value_get(spec, STR("type"))), str_z(type));
}

static value fill_service_spec(value spec, struct arena *arena)
{
    spec = api_edit_default_text(spec, "sessionAffinity", "None", arena);
    spec = api_edit_default_text(spec, "type", "ClusterIP", arena);
    if (str_equal(value_str(value_get(spec, STR("sessionAffinity"))), STR("ClientIP"))) {
        value timeout =
            value_with(api_empty_object(), STR("timeoutSeconds"), value_int(10800, arena), arena);
        value affinity = value_with(api_empty_object(), STR("clientIP"), timeout, arena);
        spec = api_edit_default(spec, "sessionAffinityConfig", affinity, arena);
    }
    if (str_equal(value_str(value_get(spec, STR("sessionAffinity"))), STR("None")))
        spec = value_without(spec, STR("sessionAffinityConfig"), arena);
    spec = api_edit_items(spec, "ports", fill_service_port, arena);
    if (is_type(spec, "NodePort") || is_type(spec, "LoadBalancer"))
        spec = api_edit_default_text(spec, "externalTrafficPolicy", "Cluster", arena);
    if (!is_type(spec, "ExternalName"))
        spec = api_edit_default_text(spec, "internalTrafficPolicy", "Cluster", arena);
    if (is_type(spec, "LoadBalancer"))
        spec = api_edit_default(spec, "allocateLoadBalancerNodePorts", value_bool(true), arena);
    return spec;
}

static value fill_service(value object, struct arena *arena)
{
    return api_edit_member(object, "spec", fill_service_spec, arena);
}

static value single_item(value item, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    array_add(&list, item);
    return array_finish(&list);
}

static value give_address(struct api_call *call, value spec, value old)
{
    struct arena *arena = call->arena;
    str given = value_str(value_get(spec, STR("clusterIP")));
    value kept = value_get(old, STR("clusterIP"));
    if (given.len == 0 && value_present(kept) && !is_type(old, "ExternalName")) {
        spec = value_with(spec, STR("clusterIP"), kept, arena);
        value list = value_get(old, STR("clusterIPs"));
        if (value_present(list))
            spec = api_edit_default(spec, "clusterIPs", list, arena);
        given = value_str(kept);
    }
    if (given.len == 0) {
        uint32_t host = call->cluster->next_service_ip++;
        given = arena_printf(arena, "10.96.%u.%u", (host >> 8) & 255, host & 255);
        spec = value_with(spec, STR("clusterIP"), value_string(given), arena);
    }
    spec = api_edit_default(spec, "clusterIPs", single_item(value_string(given), arena), arena);
    spec = api_edit_default(spec, "ipFamilies", single_item(api_text("IPv4"), arena), arena);
    return api_edit_default_text(spec, "ipFamilyPolicy", "SingleStack", arena);
}

/* A node port a port: the one it had, else the next free number. */
static value give_node_ports(struct api_call *call, value spec, value old)
{
    struct arena *arena = call->arena;
    value ports = value_get(spec, STR("ports")), before = value_get(old, STR("ports"));
    for (size_t i = 0; i < value_len(ports); i++) {
        value port = value_item(ports, i), number = value_absent();
        if (api_edit_int(port, "nodePort") != 0)
            continue;
        for (size_t n = 0; n < value_len(before) && !value_present(number); n++) {
            value other = value_item(before, n);
            if (value_equal(value_get(other, STR("port")), value_get(port, STR("port"))) &&
                value_equal(value_get(other, STR("protocol")), value_get(port, STR("protocol"))))
                number = value_get(other, STR("nodePort"));
        }
        if (!value_present(number))
            number = value_int(30000 + (int64_t)(call->cluster->next_node_port++ % 2768), arena);
        ports = value_with_item(ports, i, value_with(port, STR("nodePort"), number, arena), arena);
    }
    return value_len(ports) == 0 ? spec : value_with(spec, STR("ports"), ports, arena);
}

/* What belongs to node ports goes with them, unless the update says otherwise. */
static value drop_node_ports(value spec, value old, struct arena *arena)
{
    value ports = value_get(spec, STR("ports")), before = value_get(old, STR("ports"));
    for (size_t i = 0; i < value_len(ports) && i < value_len(before); i++) {
        value port = value_item(ports, i), number = value_get(port, STR("nodePort"));
        if (value_present(number) &&
            value_equal(number, value_get(value_item(before, i), STR("nodePort"))))
            ports = value_with_item(ports, i, value_without(port, STR("nodePort"), arena), arena);
    }
    value policy = value_get(spec, STR("externalTrafficPolicy"));
    if (value_present(policy) && value_equal(policy, value_get(old, STR("externalTrafficPolicy"))))
        spec = value_without(spec, STR("externalTrafficPolicy"), arena);
    return value_len(ports) == 0 ? spec : value_with(spec, STR("ports"), ports, arena);
}

static value prepare_service(struct api_call *call, value object, value before)
{
    struct arena *arena = call->arena;
    value spec = value_get(object, STR("spec")), old = value_get(before, STR("spec"));
    if (is_type(spec, "ClusterIP") && value_present(before) && !is_type(old, "ClusterIP"))
        spec = drop_node_ports(spec, old, arena);
    if (!is_type(spec, "ExternalName"))
        spec = give_address(call, spec, old);
    if (is_type(spec, "NodePort") ||
        (is_type(spec, "LoadBalancer") &&
         value_true(value_get(spec, STR("allocateLoadBalancerNodePorts")))))
        spec = give_node_ports(call, spec, old);
    object = value_with(object, STR("spec"), spec, arena);
    if (value_present(before))
        return object;
    value balancer = value_with(api_empty_object(), STR("loadBalancer"), api_empty_object(), arena);
    return value_with(object, STR("status"), balancer, arena);
}

static void validate_service(value object, value before, struct api_causes *causes)
{
    static const char *const types[] = {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort",
                                        NULL};
    value spec = value_get(object, STR("spec")), ports = value_get(spec, STR("ports"));
    bool known = false;
    bool headless = str_equal(value_str(value_get(spec, STR("clusterIP"))), STR("None"));
    for (size_t i = 0; types[i] != NULL; i++)
        known = known || is_type(spec, types[i]);
    if (value_len(ports) == 0 && !headless && !is_type(spec, "ExternalName"))
        api_cause_required(causes, STR("spec.ports"), "");
    for (size_t i = 0; i < value_len(ports); i++) {
        value port = value_item(ports, i);
        str path = arena_printf(causes->arena, "spec.ports[%zu]", i);
        if (value_len(ports) > 1 && value_str(value_get(port, STR("name"))).len == 0)
            api_cause_required(causes, arena_concat(causes->arena, path, STR(".name"), (str){0}),
                               "");
        int64_t number = api_edit_int(port, "port");
        if (number < 1 || number > 65535)
            api_cause_invalid(causes, arena_concat(causes->arena, path, STR(".port"), (str){0}),
                              value_get(port, STR("port")),
                              "must be between 1 and 65535, inclusive");
    }
    if (!known)
        api_cause_unsupported(causes, STR("spec.type"), value_get(spec, STR("type")), types);
    value ingress = value_get3(object, STR("status"), STR("loadBalancer"), STR("ingress"));
    if (value_len(ingress) != 0 && !is_type(spec, "LoadBalancer"))
        api_cause_add(causes, "FieldValueForbidden", STR("status.loadBalancer.ingress"),
                      "Forbidden: may only be used when `spec.type` is 'LoadBalancer'");
    value old = value_get2(before, STR("spec"), STR("clusterIP"));
    if (value_str(old).len != 0 && !is_type(spec, "ExternalName") &&
        !value_equal(old, value_get(spec, STR("clusterIP"))))
        api_cause_invalid(causes, STR("spec.clusterIPs[0]"), value_get(spec, STR("clusterIPs")),
                          "may not change once set");
}

static str port_words(value ports, struct arena *arena)
{
    AUTO_BUF struct buf words = BUF_INIT(65536);
    for (size_t i = 0; i < value_len(ports); i++) {
        value port = value_item(ports, i);
        buf_printf(&words, "%s%lld", i > 0 ? "," : "", (long long)api_edit_int(port, "port"));
        if (api_edit_int(port, "nodePort") != 0)
            buf_printf(&words, ":%lld", (long long)api_edit_int(port, "nodePort"));
        buf_printf(&words, "/%.*s", STR_ARG(value_str(value_get(port, STR("protocol")))));
    }
    return words.len == 0 ? STR("<none>") : buf_copy(&words, arena);
}

static str address_words(value spec, value status, struct arena *arena)
{
    AUTO_BUF struct buf words = BUF_INIT(65536);
    value ingress = value_get2(status, STR("loadBalancer"), STR("ingress"));
    value external = value_get(spec, STR("externalIPs"));
    if (is_type(spec, "ExternalName"))
        return value_str(value_get(spec, STR("externalName")));
    for (size_t i = 0; i < value_len(ingress); i++) {
        str ip = value_str(value_get(value_item(ingress, i), STR("ip")));
        str host = value_str(value_get(value_item(ingress, i), STR("hostname")));
        buf_printf(&words, "%s%.*s", words.len > 0 ? "," : "", STR_ARG(ip.len != 0 ? ip : host));
    }
    for (size_t i = 0; i < value_len(external); i++)
        buf_printf(&words, "%s%.*s", words.len > 0 ? "," : "",
                   STR_ARG(value_str(value_item(external, i))));
    if (words.len == 0)
        return is_type(spec, "LoadBalancer") ? STR("<pending>") : STR("<none>");
    return buf_copy(&words, arena);
}

static void service_cells(value object, int64_t now_ns, struct array_builder *cells,
                          struct arena *arena)
{
    value metadata = value_get(object, STR("metadata"));
    value spec = value_get(object, STR("spec"));
    str address = value_str(value_get(spec, STR("clusterIP")));
    array_add(cells, value_get(metadata, STR("name")));
    array_add(cells, value_string(value_str(value_get(spec, STR("type")))));
    array_add(cells, value_string(address.len != 0 ? address : STR("<none>")));
    array_add(cells, value_string(address_words(spec, value_get(object, STR("status")), arena)));
    array_add(cells, value_string(port_words(value_get(spec, STR("ports")), arena)));
    array_add(cells, value_string(
                         api_age_of(value_get(metadata, STR("creationTimestamp")), now_ns, arena)));
    array_add(cells, value_string(api_label_words(value_get(spec, STR("selector")), arena)));
}

const struct api_kind_rules api_service_rules = {.fill = fill_service,
                                                 .prepare = prepare_service,
                                                 .validate = validate_service,
                                                 .cells = service_cells};
