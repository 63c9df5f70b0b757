/* kinds_deployment: Deployment, with what a real server fills in. */
#include "syncd/apiserver/kinds.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/table.h"

/* Probes and lifecycle hooks. */
static value fill_http_get(value get, struct arena *arena)
{
    get = api_edit_default_text(get, "path", "/", arena);
    return api_edit_default_text(get, "scheme", "HTTP", arena);
}

static value fill_grpc(value grpc, struct arena *arena)
{
    return api_edit_default_text(grpc, "service", "", arena);
}

static value fill_probe(value probe, struct arena *arena)
{
    probe = api_edit_default_int(probe, "failureThreshold", 3, arena);
    probe = api_edit_default_int(probe, "periodSeconds", 10, arena);
    probe = api_edit_default_int(probe, "successThreshold", 1, arena);
    probe = api_edit_default_int(probe, "timeoutSeconds", 1, arena);
    probe = api_edit_member(probe, "grpc", fill_grpc, arena);
    return api_edit_member(probe, "httpGet", fill_http_get, arena);
}

static value fill_hook(value hook, struct arena *arena)
{
    return api_edit_member(hook, "httpGet", fill_http_get, arena);
}

static value fill_lifecycle(value lifecycle, struct arena *arena)
{
    lifecycle = api_edit_member(lifecycle, "postStart", fill_hook, arena);
    return api_edit_member(lifecycle, "preStop", fill_hook, arena);
}

static value fill_field_ref(value ref, struct arena *arena)
{
    return api_edit_default_text(ref, "apiVersion", "v1", arena);
}

static value fill_value_from(value from, struct arena *arena)
{
    return api_edit_member(from, "fieldRef", fill_field_ref, arena);
}

static value fill_env(value env, struct arena *arena)
{
    return api_edit_member(env, "valueFrom", fill_value_from, arena);
}

static value fill_port(value port, struct arena *arena)
{
    return api_edit_default_text(port, "protocol", "TCP", arena);
}

/* "latest" and no tag are pulled always; a digest never counts as a tag. */
static const char *pull_policy(str image)
{
    size_t digest = str_index(image, '@');
    str named = str_slice(image, 0, digest);
    size_t slash = str_rindex(named, '/');
    str last = slash == SIZE_MAX ? named : str_skip(named, slash + 1);
    size_t colon = str_rindex(last, ':');
    if (colon == SIZE_MAX)
        return digest == SIZE_MAX ? "Always" : "IfNotPresent";
    return str_equal(str_skip(last, colon + 1), STR("latest")) ? "Always" : "IfNotPresent";
}

static value fill_container(value container, struct arena *arena)
{
    const char *policy = pull_policy(value_str(value_get(container, STR("image"))));
    container = api_edit_default_text(container, "imagePullPolicy", policy, arena);
    container =
        api_edit_default_text(container, "terminationMessagePath", "/dev/termination-log", arena);
    container = api_edit_default_text(container, "terminationMessagePolicy", "File", arena);
    container = api_edit_items(container, "ports", fill_port, arena);
    container = api_edit_items(container, "env", fill_env, arena);
    container = api_edit_member(container, "livenessProbe", fill_probe, arena);
    container = api_edit_member(container, "readinessProbe", fill_probe, arena);
    container = api_edit_member(container, "startupProbe", fill_probe, arena);
    return api_edit_member(container, "lifecycle", fill_lifecycle, arena);
}

static value fill_default_mode(value source, struct arena *arena)
{
    return api_edit_default_int(source, "defaultMode", 420, arena);
}

static value fill_downward_item(value item, struct arena *arena)
{
    return api_edit_member(item, "fieldRef", fill_field_ref, arena);
}

static value fill_downward(value source, struct arena *arena)
{
    return api_edit_items(fill_default_mode(source, arena), "items", fill_downward_item, arena);
}

static value fill_token(value token, struct arena *arena)
{
    return api_edit_default_int(token, "expirationSeconds", 3600, arena);
}

static value fill_projection(value source, struct arena *arena)
{
    source = api_edit_member(source, "serviceAccountToken", fill_token, arena);
    value downward = value_get(source, STR("downwardAPI"));
    if (!value_is(downward, VALUE_OBJECT))
        return source;
    downward = api_edit_items(downward, "items", fill_downward_item, arena);
    return value_with(source, STR("downwardAPI"), downward, arena);
}

static value fill_projected(value source, struct arena *arena)
{
    return api_edit_items(fill_default_mode(source, arena), "sources", fill_projection, arena);
}

static value fill_host_path(value source, struct arena *arena)
{
    return api_edit_default_text(source, "type", "", arena);
}

static value fill_volume(value volume, struct arena *arena)
{
    if (value_len(volume) == 1) /* only a name */
        volume = value_with(volume, STR("emptyDir"), api_empty_object(), arena);
    volume = api_edit_member(volume, "secret", fill_default_mode, arena);
    volume = api_edit_member(volume, "configMap", fill_default_mode, arena);
    volume = api_edit_member(volume, "downwardAPI", fill_downward, arena);
    volume = api_edit_member(volume, "projected", fill_projected, arena);
    return api_edit_member(volume, "hostPath", fill_host_path, arena);
}

static value fill_pod_spec(value spec, struct arena *arena)
{
    spec = api_edit_default_text(spec, "dnsPolicy", "ClusterFirst", arena);
    spec = api_edit_default_text(spec, "restartPolicy", "Always", arena);
    spec = api_edit_default_text(spec, "schedulerName", "default-scheduler", arena);
    spec = api_edit_default(spec, "securityContext", api_empty_object(), arena);
    spec = api_edit_default_int(spec, "terminationGracePeriodSeconds", 30, arena);
    /* one name under two members */
    value account = value_get(spec, STR("serviceAccountName"));
    if (!value_present(account))
        account = value_get(spec, STR("serviceAccount"));
    if (value_present(account)) {
        spec = value_with(spec, STR("serviceAccount"), account, arena);
        spec = value_with(spec, STR("serviceAccountName"), account, arena);
    }
    spec = api_edit_items(spec, "containers", fill_container, arena);
    spec = api_edit_items(spec, "initContainers", fill_container, arena);
    return api_edit_items(spec, "volumes", fill_volume, arena);
}

static value fill_template(value template, struct arena *arena)
{
    return api_edit_member(template, "spec", fill_pod_spec, arena);
}

static value fill_rolling_update(value rolling, struct arena *arena)
{
    rolling = api_edit_default_text(rolling, "maxSurge", "25%", arena);
    return api_edit_default_text(rolling, "maxUnavailable", "25%", arena);
}

static value fill_strategy(value strategy, struct arena *arena)
{
    strategy = api_edit_default_text(strategy, "type", "RollingUpdate", arena);
    if (!str_equal(value_str(value_get(strategy, STR("type"))), STR("RollingUpdate")))
        return strategy;
    strategy = api_edit_default(strategy, "rollingUpdate", api_empty_object(), arena);
    return api_edit_member(strategy, "rollingUpdate", fill_rolling_update, arena);
}

static value fill_deployment_spec(value spec, struct arena *arena)
{
    spec = api_edit_default_int(spec, "progressDeadlineSeconds", 600, arena);
    spec = api_edit_default_int(spec, "replicas", 1, arena);
    spec = api_edit_default_int(spec, "revisionHistoryLimit", 10, arena);
    spec = api_edit_default(spec, "strategy", api_empty_object(), arena);
    spec = api_edit_member(spec, "strategy", fill_strategy, arena);
    return api_edit_member(spec, "template", fill_template, arena);
}

static value fill_deployment(value object, struct arena *arena)
{
    return api_edit_member(object, "spec", fill_deployment_spec, arena);
}

static value prepare_deployment(struct api_call *call, value object, value before)
{
    if (value_present(before))
        return object;
    return value_with(object, STR("status"), api_empty_object(), call->arena);
}

static void validate_container(value container, str path, struct api_causes *causes)
{
    struct arena *arena = causes->arena;
    str name = value_str(value_get(container, STR("name")));
    if (name.len == 0)
        api_cause_required(causes, arena_concat(arena, path, STR(".name"), (str){0}), "");
    else if (!name_is_dns_label(name))
        api_cause_invalid(causes, arena_concat(arena, path, STR(".name"), (str){0}),
                          value_string(name), "%s", API_LABEL_RULE);
    if (value_str(value_get(container, STR("image"))).len == 0)
        api_cause_required(causes, arena_concat(arena, path, STR(".image"), (str){0}), "");
}

/* Sources of a volume in the order in which the real server looks at them; others come later. */
static const char *const volume_sources[] = {
    "emptyDir", "hostPath",  "gitRepo", "secret",      "nfs", "iscsi",     "persistentVolumeClaim",
    "rbd",      "cinder",    "cephfs",  "downwardAPI", "fc",  "configMap", "projected",
    "csi",      "ephemeral", "image"};

/* A volume has one source. Returns false when it is not usable. */
static bool validate_volume(value volume, str path, struct api_causes *causes)
{
    size_t found = 0;
    bool fine = true;
    for (size_t i = 0; i < ARRAY_LEN(volume_sources); i++) {
        if (!value_present(value_get(volume, str_z(volume_sources[i]))) || ++found == 1)
            continue;
        api_cause_add(causes, "FieldValueForbidden",
                      arena_printf(causes->arena, "%.*s.%s", STR_ARG(path), volume_sources[i]),
                      "Forbidden: may not specify more than 1 volume type");
        fine = false;
    }
    return fine;
}

static bool has_name(value list, str name)
{
    for (size_t i = 0; i < value_len(list); i++)
        if (str_equal(value_str(value_get(value_item(list, i), STR("name"))), name))
            return true;
    return false;
}

static void validate_mounts(value container, value volumes, str path, struct api_causes *causes)
{
    value mounts = value_get(container, STR("volumeMounts"));
    for (size_t i = 0; i < value_len(mounts); i++) {
        str name = value_str(value_get(value_item(mounts, i), STR("name")));
        if (!has_name(volumes, name))
            api_cause_add(
                causes, "FieldValueNotFound",
                arena_printf(causes->arena, "%.*s.volumeMounts[%zu].name", STR_ARG(path), i),
                "Not found: \"%.*s\"", STR_ARG(name));
    }
}

/* A probe asks in one way. */
static void validate_probe(value container, const char *name, str path, struct api_causes *causes)
{
    static const char *const handlers[] = {"exec", "httpGet", "tcpSocket", "grpc"};
    value probe = value_get(container, str_z(name));
    size_t found = 0;
    for (size_t i = 0; i < ARRAY_LEN(handlers); i++) {
        if (!value_present(value_get(probe, str_z(handlers[i]))) || ++found == 1)
            continue;
        api_cause_add(causes, "FieldValueForbidden",
                      arena_printf(causes->arena, "%.*s.%s.%s", STR_ARG(path), name, handlers[i]),
                      "Forbidden: may not specify more than 1 handler type");
    }
}

static void validate_pod(value spec, struct api_causes *causes)
{
    value volumes = value_get(spec, STR("volumes"));
    value containers = value_get(spec, STR("containers"));
    struct array_builder usable;
    array_begin(&usable, causes->arena);
    for (size_t i = 0; i < value_len(volumes); i++)
        if (validate_volume(value_item(volumes, i),
                            arena_printf(causes->arena, "spec.template.spec.volumes[%zu]", i),
                            causes))
            array_add(&usable, value_item(volumes, i));
    value known = array_finish(&usable);
    if (value_len(containers) == 0)
        api_cause_required(causes, STR("spec.template.spec.containers"), "");
    for (size_t i = 0; i < value_len(containers); i++) {
        str path = arena_printf(causes->arena, "spec.template.spec.containers[%zu]", i);
        validate_container(value_item(containers, i), path, causes);
        validate_mounts(value_item(containers, i), known, path, causes);
        validate_probe(value_item(containers, i), "livenessProbe", path, causes);
        validate_probe(value_item(containers, i), "readinessProbe", path, causes);
    }
}

static void validate_deployment(value object, value before, struct api_causes *causes)
{
    value spec = value_get(object, STR("spec"));
    value selector = value_get(spec, STR("selector"));
    value template = value_get(spec, STR("template"));
    value labels = value_get2(template, STR("metadata"), STR("labels"));
    const struct selector *parsed;
    struct error err = ERROR_INIT;
    int64_t replicas = 0;
    if (value_to_i64(value_get(spec, STR("replicas")), &replicas) && replicas < 0)
        api_cause_invalid(causes, STR("spec.replicas"), value_get(spec, STR("replicas")),
                          "must be greater than or equal to 0");
    if (!value_is(selector, VALUE_OBJECT)) {
        api_cause_required(causes, STR("spec.selector"), "");
    } else if (value_len(selector) == 0) {
        api_cause_invalid(causes, STR("spec.selector"), selector,
                          "empty selector is invalid for deployment");
    }
    if (!value_is(selector, VALUE_OBJECT) ||
        (selector_from_value(selector, causes->arena, &parsed, &err) &&
         !selector_matches(parsed, labels)))
        api_cause_invalid(causes, STR("spec.template.metadata.labels"),
                          value_present(labels) ? labels : value_null(),
                          "`selector` does not match template `labels`");
    validate_pod(value_get(template, STR("spec")), causes);
    value strategy = value_get(spec, STR("strategy"));
    if (str_equal(value_str(value_get(strategy, STR("type"))), STR("Recreate")) &&
        value_present(value_get(strategy, STR("rollingUpdate"))))
        api_cause_add(causes, "FieldValueForbidden", STR("spec.strategy.rollingUpdate"),
                      "Forbidden: may not be specified when strategy `type` is 'Recreate'");
    value old = value_get2(before, STR("spec"), STR("selector"));
    if (value_present(old) && !value_equal(old, selector))
        api_cause_invalid(causes, STR("spec.selector"), selector, "field is immutable");
}

/* Members of every container, comma separated. */
static str container_words(value spec, const char *key, struct arena *arena)
{
    value containers = value_get3(spec, STR("template"), STR("spec"), STR("containers"));
    AUTO_BUF struct buf words = BUF_INIT(65536);
    for (size_t i = 0; i < value_len(containers); i++) {
        if (i > 0)
            buf_add_byte(&words, ',');
        buf_add(&words, value_str(value_get(value_item(containers, i), str_z(key))));
    }
    return buf_copy(&words, arena);
}

static void deployment_cells(value object, int64_t now_ns, struct array_builder *cells,
                             struct arena *arena)
{
    value metadata = value_get(object, STR("metadata"));
    value spec = value_get(object, STR("spec")), status = value_get(object, STR("status"));
    array_add(cells, value_get(metadata, STR("name")));
    array_add(cells, value_string(arena_printf(arena, "%lld/%lld",
                                               (long long)api_edit_int(status, "readyReplicas"),
                                               (long long)api_edit_int(spec, "replicas"))));
    array_add(cells, value_int(api_edit_int(status, "updatedReplicas"), arena));
    array_add(cells, value_int(api_edit_int(status, "availableReplicas"), arena));
    array_add(cells, value_string(
                         api_age_of(value_get(metadata, STR("creationTimestamp")), now_ns, arena)));
    array_add(cells, value_string(container_words(spec, "name", arena)));
    array_add(cells, value_string(container_words(spec, "image", arena)));
    array_add(cells, value_string(api_label_words(
                         value_get2(spec, STR("selector"), STR("matchLabels")), arena)));
}

const struct api_kind_rules api_deployment_rules = {.fill = fill_deployment,
                                                    .prepare = prepare_deployment,
                                                    .validate = validate_deployment,
                                                    .cells = deployment_cells};
