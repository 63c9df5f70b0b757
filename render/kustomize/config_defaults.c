/*
 * The field specifications that hold without any `configurations`: where names, labels, images and
 * so on stand in the kinds of Kubernetes. Format facts of kustomize 5.8, sorted as it sorts them.
 */
#include "render/kustomize/config.h"

#define SPEC(group, version, kind, path, create)                                                   \
    {{STR_INIT(group), STR_INIT(version), STR_INIT(kind)}, STR_INIT(path), create}
#define LIST(array) {(array), ARRAY_LEN(array)}

/* clang-format off */
static const struct field_spec name_prefix[] = {
    SPEC("", "", "", "metadata/name", false),
};

static const struct field_spec name_suffix[] = {
    SPEC("", "", "", "metadata/name", false),
};

static const struct field_spec namespace[] = {
    SPEC("", "", "Namespace", "metadata/name", true),
    SPEC("apiextensions.k8s.io", "", "CustomResourceDefinition", "spec/conversion/webhook/clientConfig/service/namespace", false),
    SPEC("apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true),
};

static const struct field_spec common_labels[] = {
    SPEC("", "v1", "Service", "spec/selector", true),
    SPEC("apps", "", "Deployment", "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels", false),
    SPEC("apps", "", "Deployment", "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels", false),
    SPEC("apps", "", "Deployment", "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels", false),
    SPEC("apps", "", "Deployment", "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels", false),
    SPEC("apps", "", "Deployment", "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels", false),
    SPEC("", "", "Deployment", "spec/selector/matchLabels", true),
    SPEC("", "", "Deployment", "spec/template/metadata/labels", true),
    SPEC("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
    SPEC("apps", "", "StatefulSet", "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels", false),
    SPEC("apps", "", "StatefulSet", "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels", false),
    SPEC("apps", "", "StatefulSet", "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels", false),
    SPEC("apps", "", "StatefulSet", "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels", false),
    SPEC("apps", "", "StatefulSet", "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels", false),
    SPEC("apps", "", "StatefulSet", "spec/template/metadata/labels", true),
    SPEC("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true),
    SPEC("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    SPEC("batch", "", "CronJob", "spec/jobTemplate/metadata/labels", true),
    SPEC("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
    SPEC("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", false),
    SPEC("batch", "", "Job", "spec/selector/matchLabels", false),
    SPEC("batch", "", "Job", "spec/template/metadata/labels", true),
    SPEC("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", false),
    SPEC("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
    SPEC("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
    SPEC("", "v1", "ReplicationController", "spec/selector", true),
    SPEC("", "v1", "ReplicationController", "spec/template/metadata/labels", true),
    SPEC("", "", "DaemonSet", "spec/selector/matchLabels", true),
    SPEC("", "", "DaemonSet", "spec/template/metadata/labels", true),
    SPEC("", "", "ReplicaSet", "spec/selector/matchLabels", true),
    SPEC("", "", "ReplicaSet", "spec/template/metadata/labels", true),
    SPEC("", "", "", "metadata/labels", true),
};

static const struct field_spec template_labels[] = {
    SPEC("", "", "Deployment", "spec/template/metadata/labels", true),
    SPEC("apps", "", "StatefulSet", "spec/template/metadata/labels", true),
    SPEC("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true),
    SPEC("batch", "", "CronJob", "spec/jobTemplate/metadata/labels", true),
    SPEC("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
    SPEC("batch", "", "Job", "spec/template/metadata/labels", true),
    SPEC("", "v1", "ReplicationController", "spec/template/metadata/labels", true),
    SPEC("", "", "DaemonSet", "spec/template/metadata/labels", true),
    SPEC("", "", "ReplicaSet", "spec/template/metadata/labels", true),
    SPEC("", "", "", "metadata/labels", true),
};

static const struct field_spec common_annotations[] = {
    SPEC("", "", "Deployment", "spec/template/metadata/annotations", true),
    SPEC("", "", "StatefulSet", "spec/template/metadata/annotations", true),
    SPEC("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations", true),
    SPEC("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
    SPEC("batch", "", "Job", "spec/template/metadata/annotations", true),
    SPEC("", "v1", "ReplicationController", "spec/template/metadata/annotations", true),
    SPEC("", "", "DaemonSet", "spec/template/metadata/annotations", true),
    SPEC("", "", "ReplicaSet", "spec/template/metadata/annotations", true),
    SPEC("", "", "", "metadata/annotations", true),
};

static const struct field_spec var_reference[] = {
    SPEC("", "", "Service", "spec/ports/port", false),
    SPEC("", "", "Service", "spec/ports/targetPort", false),
    SPEC("", "", "PersistentVolume", "spec/nfs/server", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/args", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/command", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/env/value", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/volumeMounts/mountPath", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/args", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/command", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/env/value", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/volumeMounts/mountPath", false),
    SPEC("", "", "Deployment", "spec/template/spec/volumes/nfs/server", false),
    SPEC("", "", "Deployment", "spec/template/metadata/annotations", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/args", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/command", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/env/value", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/volumeMounts/mountPath", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/args", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/command", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/env/value", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/volumeMounts/mountPath", false),
    SPEC("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/args", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/command", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/env/value", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/volumeMounts/mountPath", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/args", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/command", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/env/value", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/volumeMounts/mountPath", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/args", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/command", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/env/value", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/volumeMounts/mountPath", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/args", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/command", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/env/value", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/volumeMounts/mountPath", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/volumes/nfs/server", false),
    SPEC("", "", "Ingress", "spec/rules/host", false),
    SPEC("", "", "Ingress", "spec/tls/hosts", false),
    SPEC("", "", "Ingress", "spec/tls/secretName", false),
    SPEC("", "", "Job", "spec/template/spec/containers/args", false),
    SPEC("", "", "Job", "spec/template/spec/containers/command", false),
    SPEC("", "", "Job", "spec/template/spec/containers/env/value", false),
    SPEC("", "", "Job", "spec/template/spec/containers/volumeMounts/mountPath", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/args", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/command", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/env/value", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/volumeMounts/mountPath", false),
    SPEC("", "", "Job", "spec/template/spec/volumes/nfs/server", false),
    SPEC("", "", "Pod", "spec/containers/args", false),
    SPEC("", "", "Pod", "spec/containers/command", false),
    SPEC("", "", "Pod", "spec/containers/env/value", false),
    SPEC("", "", "Pod", "spec/containers/volumeMounts/mountPath", false),
    SPEC("", "", "Pod", "spec/initContainers/args", false),
    SPEC("", "", "Pod", "spec/initContainers/command", false),
    SPEC("", "", "Pod", "spec/initContainers/env/value", false),
    SPEC("", "", "Pod", "spec/initContainers/volumeMounts/mountPath", false),
    SPEC("", "", "Pod", "spec/volumes/nfs/server", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/args", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/command", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/env/value", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/volumeMounts/mountPath", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/args", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/command", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/env/value", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/volumeMounts/mountPath", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/volumes/nfs/server", false),
    SPEC("", "", "", "metadata/labels", false),
    SPEC("", "", "", "metadata/annotations", false),
};

static const struct field_spec images[] = {
    SPEC("", "", "", "spec/containers[]/image", true),
    SPEC("", "", "", "spec/initContainers[]/image", true),
    SPEC("", "", "", "spec/volumes[]/image/reference", true),
    SPEC("", "", "", "spec/template/spec/containers[]/image", true),
    SPEC("", "", "", "spec/template/spec/initContainers[]/image", true),
    SPEC("", "", "", "spec/template/spec/volumes[]/image/reference", true),
};

static const struct field_spec replicas[] = {
    SPEC("", "", "Deployment", "spec/replicas", true),
    SPEC("", "", "StatefulSet", "spec/replicas", true),
    SPEC("", "", "ReplicaSet", "spec/replicas", true),
    SPEC("", "", "ReplicationController", "spec/replicas", true),
};

static const struct field_spec to_storage_class[] = {
    SPEC("", "", "PersistentVolume", "spec/storageClassName", false),
    SPEC("", "", "PersistentVolumeClaim", "spec/storageClassName", false),
    SPEC("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName", false),
};

static const struct field_spec to_service_account[] = {
    SPEC("rbac.authorization.k8s.io", "", "RoleBinding", "subjects", false),
    SPEC("rbac.authorization.k8s.io", "", "ClusterRoleBinding", "subjects", false),
    SPEC("", "", "Deployment", "spec/template/spec/serviceAccountName", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/serviceAccountName", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/serviceAccountName", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/serviceAccountName", false),
    SPEC("", "", "Job", "spec/template/spec/serviceAccountName", false),
    SPEC("", "", "Pod", "spec/serviceAccountName", false),
    SPEC("", "", "ReplicationController", "spec/template/spec/serviceAccountName", false),
};

static const struct field_spec to_role[] = {
    SPEC("rbac.authorization.k8s.io", "", "RoleBinding", "roleRef/name", false),
};

static const struct field_spec to_cluster_role[] = {
    SPEC("rbac.authorization.k8s.io", "", "RoleBinding", "roleRef/name", false),
    SPEC("rbac.authorization.k8s.io", "", "ClusterRoleBinding", "roleRef/name", false),
};

static const struct field_spec to_config_map[] = {
    SPEC("", "", "Role", "rules/resourceNames", false),
    SPEC("", "", "ClusterRole", "rules/resourceNames", false),
    SPEC("", "", "Deployment", "spec/template/spec/volumes/configMap/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/volumes/projected/sources/configMap/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/volumes/configMap/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/volumes/projected/sources/configMap/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/configMap/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/projected/sources/configMap/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "v1", "Pod", "spec/volumes/configMap/name", false),
    SPEC("", "v1", "Pod", "spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "v1", "Pod", "spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "v1", "Pod", "spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "v1", "Pod", "spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "v1", "Pod", "spec/volumes/projected/sources/configMap/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/volumes/configMap/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/volumes/projected/sources/configMap/name", false),
    SPEC("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap", false),
    SPEC("", "", "Job", "spec/template/spec/volumes/configMap/name", false),
    SPEC("", "", "Job", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/volumes/projected/sources/configMap/name", false),
    SPEC("", "", "Node", "spec/configSource/configMap", false),
    SPEC("", "", "PodTemplate", "template/spec/volumes/configMap/name", false),
    SPEC("", "", "PodTemplate", "template/spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/volumes/projected/sources/configMap/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/volumes/configMap/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/env/valueFrom/configMapKeyRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/envFrom/configMapRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/envFrom/configMapRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/volumes/projected/sources/configMap/name", false),
};

static const struct field_spec to_secret[] = {
    SPEC("", "", "StorageClass", "parameters/secretName", false),
    SPEC("", "", "StorageClass", "parameters/adminSecretName", false),
    SPEC("", "", "StorageClass", "parameters/userSecretName", false),
    SPEC("", "", "StorageClass", "parameters/secretRef", false),
    SPEC("", "", "ServiceAccount", "imagePullSecrets/name", false),
    SPEC("", "", "Role", "rules/resourceNames", false),
    SPEC("", "", "ClusterRole", "rules/resourceNames", false),
    SPEC("serving.knative.dev", "v1", "Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "PersistentVolume", "spec/azureFile/secretName", false),
    SPEC("", "", "Deployment", "spec/template/spec/volumes/secret/secretName", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/containers/envFrom/secretRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/imagePullSecrets/name", false),
    SPEC("", "", "Deployment", "spec/template/spec/volumes/projected/sources/secret/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/volumes/secret/secretName", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/containers/envFrom/secretRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/imagePullSecrets/name", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/volumes/projected/sources/secret/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/secret/secretName", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/projected/sources/secret/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/containers/envFrom/secretRef/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/imagePullSecrets/name", false),
    SPEC("", "v1", "Pod", "spec/volumes/secret/secretName", false),
    SPEC("", "v1", "Pod", "spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "v1", "Pod", "spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "v1", "Pod", "spec/containers/envFrom/secretRef/name", false),
    SPEC("", "v1", "Pod", "spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "v1", "Pod", "spec/imagePullSecrets/name", false),
    SPEC("", "v1", "Pod", "spec/volumes/projected/sources/secret/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/volumes/secret/secretName", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/containers/envFrom/secretRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/imagePullSecrets/name", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/volumes/projected/sources/secret/name", false),
    SPEC("", "", "Ingress", "spec/tls/secretName", false),
    SPEC("", "", "Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret", false),
    SPEC("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret", false),
    SPEC("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret", false),
    SPEC("", "", "Job", "spec/template/spec/volumes/secret/secretName", false),
    SPEC("", "", "Job", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/containers/envFrom/secretRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "", "Job", "spec/template/spec/imagePullSecrets/name", false),
    SPEC("", "", "Job", "spec/template/spec/volumes/projected/sources/secret/name", false),
    SPEC("", "", "PodTemplate", "template/spec/volumes/secret/secretName", false),
    SPEC("", "", "PodTemplate", "template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/containers/envFrom/secretRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "", "PodTemplate", "template/spec/imagePullSecrets/name", false),
    SPEC("", "", "PodTemplate", "template/spec/volumes/projected/sources/secret/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/volumes/secret/secretName", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/env/valueFrom/secretKeyRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/containers/envFrom/secretRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/initContainers/envFrom/secretRef/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/imagePullSecrets/name", false),
    SPEC("", "", "ReplicaSet", "spec/template/spec/volumes/projected/sources/secret/name", false),
};

static const struct field_spec to_service[] = {
    SPEC("apps", "", "StatefulSet", "spec/serviceName", false),
    SPEC("apiregistration.k8s.io", "", "APIService", "spec/service/name", false),
    SPEC("", "", "Ingress", "spec/rules/http/paths/backend/serviceName", false),
    SPEC("", "", "Ingress", "spec/backend/serviceName", false),
    SPEC("", "", "Ingress", "spec/rules/http/paths/backend/service/name", false),
    SPEC("", "", "Ingress", "spec/defaultBackend/service/name", false),
    SPEC("admissionregistration.k8s.io", "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service", false),
    SPEC("admissionregistration.k8s.io", "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service", false),
};

static const struct field_spec to_priority_class[] = {
    SPEC("", "", "Deployment", "spec/template/spec/priorityClassName", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/priorityClassName", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/priorityClassName", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/priorityClassName", false),
    SPEC("", "", "Job", "spec/template/spec/priorityClassName", false),
    SPEC("", "", "Pod", "spec/priorityClassName", false),
    SPEC("", "", "ReplicationController", "spec/template/spec/priorityClassName", false),
};

static const struct field_spec to_persistent_volume[] = {
    SPEC("", "", "ClusterRole", "rules/resourceNames", false),
    SPEC("", "", "PersistentVolumeClaim", "spec/volumeName", false),
};

static const struct field_spec to_persistent_volume_claim[] = {
    SPEC("", "", "Deployment", "spec/template/spec/volumes/persistentVolumeClaim/claimName", false),
    SPEC("", "", "StatefulSet", "spec/template/spec/volumes/persistentVolumeClaim/claimName", false),
    SPEC("", "", "CronJob", "spec/jobTemplate/spec/template/spec/volumes/persistentVolumeClaim/claimName", false),
    SPEC("", "", "DaemonSet", "spec/template/spec/volumes/persistentVolumeClaim/claimName", false),
    SPEC("", "", "Job", "spec/template/spec/volumes/persistentVolumeClaim/claimName", false),
    SPEC("", "", "Pod", "spec/volumes/persistentVolumeClaim/claimName", false),
    SPEC("", "", "ReplicationController", "spec/template/spec/volumes/persistentVolumeClaim/claimName", false),
};

static const struct field_spec to_deployment[] = {
    SPEC("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name", false),
};

static const struct field_spec to_stateful_set[] = {
    SPEC("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name", false),
};

static const struct field_spec to_validating_admission_policy[] = {
    SPEC("admissionregistration.k8s.io", "", "ValidatingAdmissionPolicyBinding", "spec/policyName", false),
};

static const struct field_spec to_ingress_class[] = {
    SPEC("", "", "Ingress", "spec/ingressClassName", false),
};

static const struct field_spec to_replica_set[] = {
    SPEC("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name", false),
};

static const struct field_spec to_replication_controller[] = {
    SPEC("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name", false),
};

static const struct name_reference name_references[] = {
    {{STR_INIT("storage.k8s.io"), STR_INIT("v1"), STR_INIT("StorageClass")}, LIST(to_storage_class)},
    {{STR_INIT(""), STR_INIT("v1"), STR_INIT("ServiceAccount")}, LIST(to_service_account)},
    {{STR_INIT("rbac.authorization.k8s.io"), STR_INIT(""), STR_INIT("Role")}, LIST(to_role)},
    {{STR_INIT("rbac.authorization.k8s.io"), STR_INIT(""), STR_INIT("ClusterRole")}, LIST(to_cluster_role)},
    {{STR_INIT(""), STR_INIT("v1"), STR_INIT("ConfigMap")}, LIST(to_config_map)},
    {{STR_INIT(""), STR_INIT("v1"), STR_INIT("Secret")}, LIST(to_secret)},
    {{STR_INIT(""), STR_INIT("v1"), STR_INIT("Service")}, LIST(to_service)},
    {{STR_INIT("scheduling.k8s.io"), STR_INIT("v1"), STR_INIT("PriorityClass")}, LIST(to_priority_class)},
    {{STR_INIT(""), STR_INIT("v1"), STR_INIT("PersistentVolume")}, LIST(to_persistent_volume)},
    {{STR_INIT(""), STR_INIT("v1"), STR_INIT("PersistentVolumeClaim")}, LIST(to_persistent_volume_claim)},
    {{STR_INIT(""), STR_INIT(""), STR_INIT("Deployment")}, LIST(to_deployment)},
    {{STR_INIT(""), STR_INIT(""), STR_INIT("StatefulSet")}, LIST(to_stateful_set)},
    {{STR_INIT("admissionregistration.k8s.io"), STR_INIT(""), STR_INIT("ValidatingAdmissionPolicy")}, LIST(to_validating_admission_policy)},
    {{STR_INIT("networking.k8s.io/v1"), STR_INIT("v1"), STR_INIT("IngressClass")}, LIST(to_ingress_class)},
    {{STR_INIT(""), STR_INIT(""), STR_INIT("ReplicaSet")}, LIST(to_replica_set)},
    {{STR_INIT(""), STR_INIT(""), STR_INIT("ReplicationController")}, LIST(to_replication_controller)},
};
/* clang-format on */

static const struct transformer_config defaults = {
    .sets =
        {
            [SPECS_NAME_PREFIX] = LIST(name_prefix),
            [SPECS_NAME_SUFFIX] = LIST(name_suffix),
            [SPECS_NAMESPACE] = LIST(namespace),
            [SPECS_COMMON_LABELS] = LIST(common_labels),
            [SPECS_TEMPLATE_LABELS] = LIST(template_labels),
            [SPECS_COMMON_ANNOTATIONS] = LIST(common_annotations),
            [SPECS_VAR_REFERENCE] = LIST(var_reference),
            [SPECS_IMAGES] = LIST(images),
            [SPECS_REPLICAS] = LIST(replicas),
        },
    .references = name_references,
    .reference_count = ARRAY_LEN(name_references),
    .has_defaults = true,
};

const struct transformer_config *kust_config_defaults(void)
{
    return &defaults;
}
