#include "syncd/object/scope.h"

#include <stdio.h>
#include <stdlib.h>

/* Sorted by group, then kind. */
static const struct kind_scope {
    const char *group, *kind;
    enum object_scope scope;
} builtin[] = {
    {"", "Binding", SCOPE_NAMESPACE},
    {"", "ComponentStatus", SCOPE_CLUSTER},
    {"", "ConfigMap", SCOPE_NAMESPACE},
    {"", "Endpoints", SCOPE_NAMESPACE},
    {"", "Event", SCOPE_NAMESPACE},
    {"", "LimitRange", SCOPE_NAMESPACE},
    {"", "Namespace", SCOPE_CLUSTER},
    {"", "Node", SCOPE_CLUSTER},
    {"", "PersistentVolume", SCOPE_CLUSTER},
    {"", "PersistentVolumeClaim", SCOPE_NAMESPACE},
    {"", "Pod", SCOPE_NAMESPACE},
    {"", "PodTemplate", SCOPE_NAMESPACE},
    {"", "ReplicationController", SCOPE_NAMESPACE},
    {"", "ResourceQuota", SCOPE_NAMESPACE},
    {"", "Secret", SCOPE_NAMESPACE},
    {"", "Service", SCOPE_NAMESPACE},
    {"", "ServiceAccount", SCOPE_NAMESPACE},
    {"admissionregistration.k8s.io", "MutatingAdmissionPolicy", SCOPE_CLUSTER},
    {"admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", SCOPE_CLUSTER},
    {"admissionregistration.k8s.io", "MutatingWebhookConfiguration", SCOPE_CLUSTER},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", SCOPE_CLUSTER},
    {"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", SCOPE_CLUSTER},
    {"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", SCOPE_CLUSTER},
    {"apiextensions.k8s.io", "CustomResourceDefinition", SCOPE_CLUSTER},
    {"apiregistration.k8s.io", "APIService", SCOPE_CLUSTER},
    {"apps", "ControllerRevision", SCOPE_NAMESPACE},
    {"apps", "DaemonSet", SCOPE_NAMESPACE},
    {"apps", "Deployment", SCOPE_NAMESPACE},
    {"apps", "ReplicaSet", SCOPE_NAMESPACE},
    {"apps", "StatefulSet", SCOPE_NAMESPACE},
    {"autoscaling", "HorizontalPodAutoscaler", SCOPE_NAMESPACE},
    {"batch", "CronJob", SCOPE_NAMESPACE},
    {"batch", "Job", SCOPE_NAMESPACE},
    {"certificates.k8s.io", "CertificateSigningRequest", SCOPE_CLUSTER},
    {"certificates.k8s.io", "ClusterTrustBundle", SCOPE_CLUSTER},
    {"coordination.k8s.io", "Lease", SCOPE_NAMESPACE},
    {"coordination.k8s.io", "LeaseCandidate", SCOPE_NAMESPACE},
    {"discovery.k8s.io", "EndpointSlice", SCOPE_NAMESPACE},
    {"events.k8s.io", "Event", SCOPE_NAMESPACE},
    {"flowcontrol.apiserver.k8s.io", "FlowSchema", SCOPE_CLUSTER},
    {"flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", SCOPE_CLUSTER},
    {"networking.k8s.io", "IPAddress", SCOPE_CLUSTER},
    {"networking.k8s.io", "Ingress", SCOPE_NAMESPACE},
    {"networking.k8s.io", "IngressClass", SCOPE_CLUSTER},
    {"networking.k8s.io", "NetworkPolicy", SCOPE_NAMESPACE},
    {"networking.k8s.io", "ServiceCIDR", SCOPE_CLUSTER},
    {"node.k8s.io", "RuntimeClass", SCOPE_CLUSTER},
    {"policy", "PodDisruptionBudget", SCOPE_NAMESPACE},
    {"rbac.authorization.k8s.io", "ClusterRole", SCOPE_CLUSTER},
    {"rbac.authorization.k8s.io", "ClusterRoleBinding", SCOPE_CLUSTER},
    {"rbac.authorization.k8s.io", "Role", SCOPE_NAMESPACE},
    {"rbac.authorization.k8s.io", "RoleBinding", SCOPE_NAMESPACE},
    {"resource.k8s.io", "DeviceClass", SCOPE_CLUSTER},
    {"resource.k8s.io", "DeviceTaintRule", SCOPE_CLUSTER},
    {"resource.k8s.io", "ResourceClaim", SCOPE_NAMESPACE},
    {"resource.k8s.io", "ResourceClaimTemplate", SCOPE_NAMESPACE},
    {"resource.k8s.io", "ResourceSlice", SCOPE_CLUSTER},
    {"scheduling.k8s.io", "PriorityClass", SCOPE_CLUSTER},
    {"storage.k8s.io", "CSIDriver", SCOPE_CLUSTER},
    {"storage.k8s.io", "CSINode", SCOPE_CLUSTER},
    {"storage.k8s.io", "CSIStorageCapacity", SCOPE_NAMESPACE},
    {"storage.k8s.io", "StorageClass", SCOPE_CLUSTER},
    {"storage.k8s.io", "VolumeAttachment", SCOPE_CLUSTER},
    {"storage.k8s.io", "VolumeAttributesClass", SCOPE_CLUSTER},
};

static int compare_kinds(const void *wanted, const void *row)
{
    const struct gvk *gvk = wanted;
    const struct kind_scope *at = row;
    int order = str_compare(gvk->group, str_z(at->group));
    return order != 0 ? order : str_compare(gvk->kind, str_z(at->kind));
}

enum object_scope scope_builtin(struct gvk gvk)
{
    const struct kind_scope *row =
        bsearch(&gvk, builtin, ARRAY_LEN(builtin), sizeof(*builtin), compare_kinds);
    return row != NULL ? row->scope : SCOPE_UNKNOWN;
}

void scope_learn(struct scopes *scopes, struct arena *arena, const struct object *object)
{
    if (!str_equal(object->id.gvk.kind, STR("CustomResourceDefinition")) ||
        !str_equal(object->id.gvk.group, STR("apiextensions.k8s.io")))
        return;
    const value spec = value_get(object->document, STR("spec"));
    const str group = value_str(value_get(spec, STR("group")));
    const str kind = value_str(value_get2(spec, STR("names"), STR("kind")));
    const str scope = value_str(value_get(spec, STR("scope")));
    const bool is_cluster = str_equal(scope, STR("Cluster"));
    if (!is_cluster && !str_equal(scope, STR("Namespaced")))
        return; /* the API server will refuse the definition */
    enum object_scope *defined = ARENA_NEW(arena, enum object_scope);
    *defined = is_cluster ? SCOPE_CLUSTER : SCOPE_NAMESPACE;
    (void)map_put(&scopes->defined, arena, arena_concat(arena, group, STR("/"), kind), defined);
}

enum object_scope scope_find(const struct scopes *scopes, struct gvk gvk)
{
    char key[512];
    const int len = snprintf(key, sizeof(key), "%.*s/%.*s", STR_ARG(gvk.group), STR_ARG(gvk.kind));
    const enum object_scope *defined =
        (size_t)len < sizeof(key) ? map_get(&scopes->defined, str_from(key, (size_t)len)) : NULL;
    return defined != NULL ? *defined : scope_builtin(gvk);
}

str scope_namespace(enum object_scope scope, str namespace, str fallback)
{
    if (scope == SCOPE_CLUSTER)
        return STR("");
    return scope == SCOPE_NAMESPACE && namespace.len == 0 ? fallback : namespace;
}
