/* Written by tests/tools/builtin_kinds.py from the OpenAPI documents of kube-apiserver. */
#include "diff/builtin.h"

const char *const builtin_rows[] = {
    "AWSElasticBlockStoreVolumeSource fsType:s partition:n readOnly:b volumeID:s",
    "Affinity nodeAffinity:@NodeAffinity podAffinity:@PodAffinity podAntiAffinity:@PodAntiAffinity",
    "AggregationRule clusterRoleSelectors:[@LabelSelector]",
    "AppArmorProfile localhostProfile:s type:s",
    "AttachedVolume devicePath:s name:s",
    "AzureDiskVolumeSource cachingMode:s diskName:s diskURI:s fsType:s kind:s readOnly:b",
    "AzureFilePersistentVolumeSource readOnly:b secretName:s secretNamespace:s shareName:s",
    "AzureFileVolumeSource readOnly:b secretName:s shareName:s",
    "CSIPersistentVolumeSource controllerExpandSecretRef:@SecretReference "
    "controllerPublishSecretRef:@SecretReference driver:s fsType:s "
    "nodeExpandSecretRef:@SecretReference nodePublishSecretRef:@SecretReference "
    "nodeStageSecretRef:@SecretReference readOnly:b volumeAttributes:{s} volumeHandle:s",
    "CSIVolumeSource driver:s fsType:s nodePublishSecretRef:@LocalObjectReference readOnly:b "
    "volumeAttributes:{s}",
    "Capabilities add:[s] drop:[s]",
    "CephFSPersistentVolumeSource monitors:[s] path:s readOnly:b secretFile:s "
    "secretRef:@SecretReference user:s",
    "CephFSVolumeSource monitors:[s] path:s readOnly:b secretFile:s "
    "secretRef:@LocalObjectReference user:s",
    "CinderPersistentVolumeSource fsType:s readOnly:b secretRef:@SecretReference volumeID:s",
    "CinderVolumeSource fsType:s readOnly:b secretRef:@LocalObjectReference volumeID:s",
    "ClientIPConfig timeoutSeconds:n",
    "ClusterRole aggregationRule:@AggregationRule apiVersion:s kind:s metadata:@ObjectMeta "
    "rules:[@PolicyRule]",
    "ClusterRoleBinding apiVersion:s kind:s metadata:@ObjectMeta roleRef:@RoleRef "
    "subjects:[@Subject]",
    "ClusterTrustBundleProjection labelSelector:@LabelSelector name:s optional:b path:s "
    "signerName:s",
    "Condition lastTransitionTime:@Time message:s observedGeneration:n reason:s status:s type:s",
    "ConfigMap apiVersion:s binaryData:{s} data:{s} immutable:b kind:s metadata:@ObjectMeta",
    "ConfigMapEnvSource name:s optional:b",
    "!ConfigMapKeySelector key:s name:s optional:b",
    "ConfigMapNodeConfigSource kubeletConfigKey:s name:s namespace:s resourceVersion:s uid:s",
    "ConfigMapProjection items:[@KeyToPath] name:s optional:b",
    "ConfigMapVolumeSource defaultMode:n items:[@KeyToPath] name:s optional:b",
    "Container args:[s] command:[s] env:<name:@EnvVar> envFrom:[@EnvFromSource] image:s "
    "imagePullPolicy:s lifecycle:@Lifecycle livenessProbe:@Probe name:s "
    "ports:<containerPort,protocol:@ContainerPort> readinessProbe:@Probe "
    "resizePolicy:[@ContainerResizePolicy] resources:@ResourceRequirements restartPolicy:s "
    "restartPolicyRules:[@ContainerRestartRule] securityContext:@SecurityContext "
    "startupProbe:@Probe stdin:b stdinOnce:b terminationMessagePath:s terminationMessagePolicy:s "
    "tty:b volumeDevices:<devicePath:@VolumeDevice> volumeMounts:<mountPath:@VolumeMount> "
    "workingDir:s",
    "ContainerExtendedResourceRequest containerName:s requestName:s resourceName:s",
    "ContainerImage names:[s] sizeBytes:n",
    "ContainerPort containerPort:n hostIP:s hostPort:n name:s protocol:s=TCP",
    "ContainerResizePolicy resourceName:s restartPolicy:s",
    "ContainerResourceMetricSource container:s name:s target:@MetricTarget",
    "ContainerResourceMetricStatus container:s current:@MetricValueStatus name:s",
    "ContainerRestartRule action:s exitCodes:@ContainerRestartRuleOnExitCodes",
    "ContainerRestartRuleOnExitCodes operator:s values:<n>",
    "ContainerState running:@ContainerStateRunning terminated:@ContainerStateTerminated "
    "waiting:@ContainerStateWaiting",
    "ContainerStateRunning startedAt:@Time",
    "ContainerStateTerminated containerID:s exitCode:n finishedAt:@Time message:s reason:s "
    "signal:n startedAt:@Time",
    "ContainerStateWaiting message:s reason:s",
    "ContainerStatus allocatedResources:{?} allocatedResourcesStatus:<name:@ResourceStatus> "
    "containerID:s image:s imageID:s lastState:@ContainerState name:s ready:b "
    "resources:@ResourceRequirements restartCount:n started:b state:@ContainerState stopSignal:s "
    "user:@ContainerUser volumeMounts:<mountPath:@VolumeMountStatus>",
    "ContainerUser linux:@LinuxContainerUser",
    "CronJob apiVersion:s kind:s metadata:@ObjectMeta spec:@CronJobSpec status:@CronJobStatus",
    "CronJobSpec concurrencyPolicy:s failedJobsHistoryLimit:n jobTemplate:@JobTemplateSpec "
    "schedule:s startingDeadlineSeconds:n successfulJobsHistoryLimit:n suspend:b timeZone:s",
    "CronJobStatus active:[@ObjectReference] lastScheduleTime:@Time lastSuccessfulTime:@Time",
    "CrossVersionObjectReference apiVersion:s kind:s name:s",
    "CustomResourceColumnDefinition description:s format:s jsonPath:s name:s priority:n type:s",
    "CustomResourceConversion strategy:s webhook:@WebhookConversion",
    "CustomResourceDefinition apiVersion:s kind:s metadata:@ObjectMeta "
    "spec:@CustomResourceDefinitionSpec status:@CustomResourceDefinitionStatus",
    "CustomResourceDefinitionCondition lastTransitionTime:@Time message:s observedGeneration:n "
    "reason:s status:s type:s",
    "CustomResourceDefinitionNames categories:[s] kind:s listKind:s plural:s shortNames:[s] "
    "singular:s",
    "CustomResourceDefinitionSpec conversion:@CustomResourceConversion group:s "
    "names:@CustomResourceDefinitionNames preserveUnknownFields:b scope:s "
    "versions:[@CustomResourceDefinitionVersion]",
    "CustomResourceDefinitionStatus acceptedNames:@CustomResourceDefinitionNames "
    "conditions:<type:@CustomResourceDefinitionCondition> observedGeneration:n storedVersions:[s]",
    "CustomResourceDefinitionVersion additionalPrinterColumns:[@CustomResourceColumnDefinition] "
    "deprecated:b deprecationWarning:s name:s schema:@CustomResourceValidation "
    "selectableFields:[@SelectableField] served:b storage:b "
    "subresources:@CustomResourceSubresources",
    "CustomResourceSubresourceScale labelSelectorPath:s specReplicasPath:s statusReplicasPath:s",
    "CustomResourceSubresourceStatus ={*}",
    "CustomResourceSubresources scale:@CustomResourceSubresourceScale "
    "status:@CustomResourceSubresourceStatus",
    "CustomResourceValidation openAPIV3Schema:@JSONSchemaProps",
    "DaemonEndpoint Port:n",
    "DaemonSet apiVersion:s kind:s metadata:@ObjectMeta spec:@DaemonSetSpec "
    "status:@DaemonSetStatus",
    "DaemonSetCondition lastTransitionTime:@Time message:s reason:s status:s type:s",
    "DaemonSetSpec minReadySeconds:n revisionHistoryLimit:n selector:@LabelSelector "
    "template:@PodTemplateSpec updateStrategy:@DaemonSetUpdateStrategy",
    "DaemonSetStatus collisionCount:n conditions:<type:@DaemonSetCondition> "
    "currentNumberScheduled:n desiredNumberScheduled:n numberAvailable:n numberMisscheduled:n "
    "numberReady:n numberUnavailable:n observedGeneration:n updatedNumberScheduled:n",
    "DaemonSetUpdateStrategy rollingUpdate:@RollingUpdateDaemonSet type:s",
    "Deployment apiVersion:s kind:s metadata:@ObjectMeta spec:@DeploymentSpec "
    "status:@DeploymentStatus",
    "DeploymentCondition lastTransitionTime:@Time lastUpdateTime:@Time message:s reason:s status:s "
    "type:s",
    "DeploymentSpec minReadySeconds:n paused:b progressDeadlineSeconds:n replicas:n "
    "revisionHistoryLimit:n selector:@LabelSelector strategy:@DeploymentStrategy "
    "template:@PodTemplateSpec",
    "DeploymentStatus availableReplicas:n collisionCount:n conditions:<type:@DeploymentCondition> "
    "observedGeneration:n readyReplicas:n replicas:n terminatingReplicas:n unavailableReplicas:n "
    "updatedReplicas:n",
    "DeploymentStrategy rollingUpdate:@RollingUpdateDeployment type:s",
    "DownwardAPIProjection items:[@DownwardAPIVolumeFile]",
    "DownwardAPIVolumeFile fieldRef:@ObjectFieldSelector mode:n path:s "
    "resourceFieldRef:@ResourceFieldSelector",
    "DownwardAPIVolumeSource defaultMode:n items:[@DownwardAPIVolumeFile]",
    "EmptyDirVolumeSource medium:s sizeLimit:?",
    "Endpoint addresses:<s> conditions:@EndpointConditions deprecatedTopology:{s} "
    "hints:@EndpointHints hostname:s nodeName:s targetRef:@ObjectReference zone:s",
    "!EndpointAddress hostname:s ip:s nodeName:s targetRef:@ObjectReference",
    "EndpointConditions ready:b serving:b terminating:b",
    "EndpointHints forNodes:[@ForNode] forZones:[@ForZone]",
    "!EndpointPort appProtocol:s name:s port:n protocol:s",
    "EndpointSlice addressType:s apiVersion:s endpoints:[@Endpoint] kind:s metadata:@ObjectMeta "
    "ports:[@V1EndpointPort]",
    "EndpointSubset addresses:[@EndpointAddress] notReadyAddresses:[@EndpointAddress] "
    "ports:[@EndpointPort]",
    "Endpoints apiVersion:s kind:s metadata:@ObjectMeta subsets:[@EndpointSubset]",
    "EnvFromSource configMapRef:@ConfigMapEnvSource prefix:s secretRef:@SecretEnvSource",
    "EnvVar name:s value:s valueFrom:@EnvVarSource",
    "EnvVarSource configMapKeyRef:@ConfigMapKeySelector fieldRef:@ObjectFieldSelector "
    "fileKeyRef:@FileKeySelector resourceFieldRef:@ResourceFieldSelector "
    "secretKeyRef:@SecretKeySelector",
    "EphemeralContainer args:[s] command:[s] env:<name:@EnvVar> envFrom:[@EnvFromSource] image:s "
    "imagePullPolicy:s lifecycle:@Lifecycle livenessProbe:@Probe name:s "
    "ports:<containerPort,protocol:@ContainerPort> readinessProbe:@Probe "
    "resizePolicy:[@ContainerResizePolicy] resources:@ResourceRequirements restartPolicy:s "
    "restartPolicyRules:[@ContainerRestartRule] securityContext:@SecurityContext "
    "startupProbe:@Probe stdin:b stdinOnce:b targetContainerName:s terminationMessagePath:s "
    "terminationMessagePolicy:s tty:b volumeDevices:<devicePath:@VolumeDevice> "
    "volumeMounts:<mountPath:@VolumeMount> workingDir:s",
    "EphemeralVolumeSource volumeClaimTemplate:@PersistentVolumeClaimTemplate",
    "Event action:s apiVersion:s count:n eventTime:@MicroTime firstTimestamp:@Time "
    "involvedObject:@ObjectReference kind:s lastTimestamp:@Time message:s metadata:@ObjectMeta "
    "reason:s related:@ObjectReference reportingComponent:s reportingInstance:s "
    "series:@EventSeries source:@EventSource type:s",
    "EventSeries count:n lastObservedTime:@MicroTime",
    "EventSource component:s host:s",
    "ExecAction command:[s]",
    "ExternalDocumentation description:s url:s",
    "ExternalMetricSource metric:@MetricIdentifier target:@MetricTarget",
    "ExternalMetricStatus current:@MetricValueStatus metric:@MetricIdentifier",
    "FCVolumeSource fsType:s lun:n readOnly:b targetWWNs:[s] wwids:[s]",
    "FieldsV1 ={*}",
    "!FileKeySelector key:s optional:b path:s volumeName:s",
    "FlexPersistentVolumeSource driver:s fsType:s options:{s} readOnly:b "
    "secretRef:@SecretReference",
    "FlexVolumeSource driver:s fsType:s options:{s} readOnly:b secretRef:@LocalObjectReference",
    "FlockerVolumeSource datasetName:s datasetUUID:s",
    "ForNode name:s",
    "ForZone name:s",
    "GCEPersistentDiskVolumeSource fsType:s partition:n pdName:s readOnly:b",
    "GRPCAction port:n service:s",
    "GitRepoVolumeSource directory:s repository:s revision:s",
    "GlusterfsPersistentVolumeSource endpoints:s endpointsNamespace:s path:s readOnly:b",
    "GlusterfsVolumeSource endpoints:s path:s readOnly:b",
    "HPAScalingPolicy periodSeconds:n type:s value:n",
    "HPAScalingRules policies:[@HPAScalingPolicy] selectPolicy:s stabilizationWindowSeconds:n "
    "tolerance:?",
    "HTTPGetAction host:s httpHeaders:[@HTTPHeader] path:s port:@IntOrString scheme:s",
    "HTTPHeader name:s value:s",
    "HTTPIngressPath backend:@IngressBackend path:s pathType:s",
    "HTTPIngressRuleValue paths:[@HTTPIngressPath]",
    "HorizontalPodAutoscaler apiVersion:s kind:s metadata:@ObjectMeta "
    "spec:@HorizontalPodAutoscalerSpec status:@HorizontalPodAutoscalerStatus",
    "HorizontalPodAutoscalerBehavior scaleDown:@HPAScalingRules scaleUp:@HPAScalingRules",
    "HorizontalPodAutoscalerCondition lastTransitionTime:@Time message:s reason:s status:s type:s",
    "HorizontalPodAutoscalerSpec behavior:@HorizontalPodAutoscalerBehavior maxReplicas:n "
    "metrics:[@MetricSpec] minReplicas:n scaleTargetRef:@CrossVersionObjectReference",
    "HorizontalPodAutoscalerStatus conditions:<type:@HorizontalPodAutoscalerCondition> "
    "currentMetrics:[@MetricStatus] currentReplicas:n desiredReplicas:n lastScaleTime:@Time "
    "observedGeneration:n",
    "HostAlias hostnames:[s] ip:s",
    "HostIP ip:s",
    "HostPathVolumeSource path:s type:s",
    "IPBlock cidr:s except:[s]",
    "ISCSIPersistentVolumeSource chapAuthDiscovery:b chapAuthSession:b fsType:s initiatorName:s "
    "iqn:s iscsiInterface:s lun:n portals:[s] readOnly:b secretRef:@SecretReference targetPortal:s",
    "ISCSIVolumeSource chapAuthDiscovery:b chapAuthSession:b fsType:s initiatorName:s iqn:s "
    "iscsiInterface:s lun:n portals:[s] readOnly:b secretRef:@LocalObjectReference targetPortal:s",
    "ImageVolumeSource pullPolicy:s reference:s",
    "ImageVolumeStatus imageRef:s",
    "Ingress apiVersion:s kind:s metadata:@ObjectMeta spec:@IngressSpec status:@IngressStatus",
    "IngressBackend resource:@TypedLocalObjectReference service:@IngressServiceBackend",
    "IngressClass apiVersion:s kind:s metadata:@ObjectMeta spec:@IngressClassSpec",
    "IngressClassParametersReference apiGroup:s kind:s name:s namespace:s scope:s",
    "IngressClassSpec controller:s parameters:@IngressClassParametersReference",
    "IngressLoadBalancerIngress hostname:s ip:s ports:[@IngressPortStatus]",
    "IngressLoadBalancerStatus ingress:[@IngressLoadBalancerIngress]",
    "IngressPortStatus error:s port:n protocol:s",
    "IngressRule host:s http:@HTTPIngressRuleValue",
    "IngressServiceBackend name:s port:@ServiceBackendPort",
    "IngressSpec defaultBackend:@IngressBackend ingressClassName:s rules:[@IngressRule] "
    "tls:[@IngressTLS]",
    "IngressStatus loadBalancer:@IngressLoadBalancerStatus",
    "IngressTLS hosts:[s] secretName:s",
    "IntOrString =*",
    "JSON =*",
    "JSONSchemaProps $ref:s $schema:s additionalItems:@JSONSchemaPropsOrBool "
    "additionalProperties:@JSONSchemaPropsOrBool allOf:[@JSONSchemaProps] anyOf:[@JSONSchemaProps] "
    "default:@JSON definitions:{@JSONSchemaProps} dependencies:{@JSONSchemaPropsOrStringArray} "
    "description:s enum:[@JSON] example:@JSON exclusiveMaximum:b exclusiveMinimum:b "
    "externalDocs:@ExternalDocumentation format:s id:s items:@JSONSchemaPropsOrArray maxItems:n "
    "maxLength:n maxProperties:n maximum:n minItems:n minLength:n minProperties:n minimum:n "
    "multipleOf:n not:@JSONSchemaProps nullable:b oneOf:[@JSONSchemaProps] pattern:s "
    "patternProperties:{@JSONSchemaProps} properties:{@JSONSchemaProps} required:[s] title:s "
    "type:s uniqueItems:b x-kubernetes-embedded-resource:b x-kubernetes-int-or-string:b "
    "x-kubernetes-list-map-keys:[s] x-kubernetes-list-type:s x-kubernetes-map-type:s "
    "x-kubernetes-preserve-unknown-fields:b x-kubernetes-validations:<rule:@ValidationRule>",
    "JSONSchemaPropsOrArray =*",
    "JSONSchemaPropsOrBool =*",
    "JSONSchemaPropsOrStringArray =*",
    "Job apiVersion:s kind:s metadata:@ObjectMeta spec:@JobSpec status:@JobStatus",
    "JobCondition lastProbeTime:@Time lastTransitionTime:@Time message:s reason:s status:s type:s",
    "JobSpec activeDeadlineSeconds:n backoffLimit:n backoffLimitPerIndex:n completionMode:s "
    "completions:n managedBy:s manualSelector:b maxFailedIndexes:n parallelism:n "
    "podFailurePolicy:@PodFailurePolicy podReplacementPolicy:s selector:@LabelSelector "
    "successPolicy:@SuccessPolicy suspend:b template:@PodTemplateSpec ttlSecondsAfterFinished:n",
    "JobStatus active:n completedIndexes:s completionTime:@Time conditions:[@JobCondition] "
    "failed:n failedIndexes:s ready:n startTime:@Time succeeded:n terminating:n "
    "uncountedTerminatedPods:@UncountedTerminatedPods",
    "JobTemplateSpec metadata:@ObjectMeta spec:@JobSpec",
    "KeyToPath key:s mode:n path:s",
    "!LabelSelector matchExpressions:[@LabelSelectorRequirement] matchLabels:{s}",
    "LabelSelectorRequirement key:s operator:s values:[s]",
    "Lease apiVersion:s kind:s metadata:@ObjectMeta spec:@LeaseSpec",
    "LeaseSpec acquireTime:@MicroTime holderIdentity:s leaseDurationSeconds:n leaseTransitions:n "
    "preferredHolder:s renewTime:@MicroTime strategy:s",
    "Lifecycle postStart:@LifecycleHandler preStop:@LifecycleHandler stopSignal:s",
    "LifecycleHandler exec:@ExecAction httpGet:@HTTPGetAction sleep:@SleepAction "
    "tcpSocket:@TCPSocketAction",
    "LimitRange apiVersion:s kind:s metadata:@ObjectMeta spec:@LimitRangeSpec",
    "LimitRangeItem default:{?} defaultRequest:{?} max:{?} maxLimitRequestRatio:{?} min:{?} type:s",
    "LimitRangeSpec limits:[@LimitRangeItem]",
    "LinuxContainerUser gid:n supplementalGroups:[n] uid:n",
    "LoadBalancerIngress hostname:s ip:s ipMode:s ports:[@PortStatus]",
    "LoadBalancerStatus ingress:[@LoadBalancerIngress]",
    "!LocalObjectReference name:s",
    "LocalVolumeSource fsType:s path:s",
    "ManagedFieldsEntry apiVersion:s fieldsType:s fieldsV1:@FieldsV1 manager:s operation:s "
    "subresource:s time:@Time",
    "MatchCondition expression:s name:s",
    "MetricIdentifier name:s selector:@LabelSelector",
    "MetricSpec containerResource:@ContainerResourceMetricSource external:@ExternalMetricSource "
    "object:@ObjectMetricSource pods:@PodsMetricSource resource:@ResourceMetricSource type:s",
    "MetricStatus containerResource:@ContainerResourceMetricStatus external:@ExternalMetricStatus "
    "object:@ObjectMetricStatus pods:@PodsMetricStatus resource:@ResourceMetricStatus type:s",
    "MetricTarget averageUtilization:n averageValue:? type:s value:?",
    "MetricValueStatus averageUtilization:n averageValue:? value:?",
    "MicroTime =?",
    "ModifyVolumeStatus status:s targetVolumeAttributesClassName:s",
    "MutatingWebhook admissionReviewVersions:[s] clientConfig:@WebhookClientConfig failurePolicy:s "
    "matchConditions:<name:@MatchCondition> matchPolicy:s name:s namespaceSelector:@LabelSelector "
    "objectSelector:@LabelSelector reinvocationPolicy:s rules:[@RuleWithOperations] sideEffects:s "
    "timeoutSeconds:n",
    "MutatingWebhookConfiguration apiVersion:s kind:s metadata:@ObjectMeta "
    "webhooks:<name:@MutatingWebhook>",
    "NFSVolumeSource path:s readOnly:b server:s",
    "Namespace apiVersion:s kind:s metadata:@ObjectMeta spec:@NamespaceSpec "
    "status:@NamespaceStatus",
    "NamespaceCondition lastTransitionTime:@Time message:s reason:s status:s type:s",
    "NamespaceSpec finalizers:[s]",
    "NamespaceStatus conditions:<type:@NamespaceCondition> phase:s",
    "NetworkPolicy apiVersion:s kind:s metadata:@ObjectMeta spec:@NetworkPolicySpec",
    "NetworkPolicyEgressRule ports:[@NetworkPolicyPort] to:[@NetworkPolicyPeer]",
    "NetworkPolicyIngressRule from:[@NetworkPolicyPeer] ports:[@NetworkPolicyPort]",
    "NetworkPolicyPeer ipBlock:@IPBlock namespaceSelector:@LabelSelector "
    "podSelector:@LabelSelector",
    "NetworkPolicyPort endPort:n port:@IntOrString protocol:s",
    "NetworkPolicySpec egress:[@NetworkPolicyEgressRule] ingress:[@NetworkPolicyIngressRule] "
    "podSelector:@LabelSelector policyTypes:[s]",
    "Node apiVersion:s kind:s metadata:@ObjectMeta spec:@NodeSpec status:@NodeStatus",
    "NodeAddress address:s type:s",
    "NodeAffinity preferredDuringSchedulingIgnoredDuringExecution:[@PreferredSchedulingTerm] "
    "requiredDuringSchedulingIgnoredDuringExecution:@NodeSelector",
    "NodeAllocatableResourceClaimStatus containers:<s> resourceClaimName:s resources:{?}",
    "NodeCondition lastHeartbeatTime:@Time lastTransitionTime:@Time message:s reason:s status:s "
    "type:s",
    "NodeConfigSource configMap:@ConfigMapNodeConfigSource",
    "NodeConfigStatus active:@NodeConfigSource assigned:@NodeConfigSource error:s "
    "lastKnownGood:@NodeConfigSource",
    "NodeDaemonEndpoints kubeletEndpoint:@DaemonEndpoint",
    "NodeFeatures supplementalGroupsPolicy:b",
    "NodeRuntimeHandler features:@NodeRuntimeHandlerFeatures name:s",
    "NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:b userNamespaces:b",
    "!NodeSelector nodeSelectorTerms:[@NodeSelectorTerm]",
    "NodeSelectorRequirement key:s operator:s values:[s]",
    "!NodeSelectorTerm matchExpressions:[@NodeSelectorRequirement] "
    "matchFields:[@NodeSelectorRequirement]",
    "NodeSpec configSource:@NodeConfigSource externalID:s podCIDR:s podCIDRs:<s> providerID:s "
    "taints:[@Taint] unschedulable:b",
    "NodeStatus addresses:<type:@NodeAddress> allocatable:{?} capacity:{?} "
    "conditions:<type:@NodeCondition> config:@NodeConfigStatus "
    "daemonEndpoints:@NodeDaemonEndpoints declaredFeatures:[s] features:@NodeFeatures "
    "images:[@ContainerImage] nodeInfo:@NodeSystemInfo phase:s "
    "runtimeHandlers:[@NodeRuntimeHandler] volumesAttached:[@AttachedVolume] volumesInUse:[s]",
    "NodeSwapStatus capacity:n",
    "NodeSystemInfo architecture:s bootID:s containerRuntimeVersion:s kernelVersion:s "
    "kubeProxyVersion:s kubeletVersion:s machineID:s operatingSystem:s osImage:s "
    "swap:@NodeSwapStatus systemUUID:s",
    "!ObjectFieldSelector apiVersion:s fieldPath:s",
    "ObjectMeta annotations:{s} creationTimestamp:@Time deletionGracePeriodSeconds:n "
    "deletionTimestamp:@Time finalizers:<s> generateName:s generation:n labels:{s} "
    "managedFields:[@ManagedFieldsEntry] name:s namespace:s ownerReferences:<uid:@OwnerReference> "
    "resourceVersion:s selfLink:s uid:s",
    "ObjectMetricSource describedObject:@CrossVersionObjectReference metric:@MetricIdentifier "
    "target:@MetricTarget",
    "ObjectMetricStatus current:@MetricValueStatus describedObject:@CrossVersionObjectReference "
    "metric:@MetricIdentifier",
    "!ObjectReference apiVersion:s fieldPath:s kind:s name:s namespace:s resourceVersion:s uid:s",
    "!OwnerReference apiVersion:s blockOwnerDeletion:b controller:b kind:s name:s uid:s",
    "PersistentVolume apiVersion:s kind:s metadata:@ObjectMeta spec:@PersistentVolumeSpec "
    "status:@PersistentVolumeStatus",
    "PersistentVolumeClaim apiVersion:s kind:s metadata:@ObjectMeta "
    "spec:@PersistentVolumeClaimSpec status:@PersistentVolumeClaimStatus",
    "PersistentVolumeClaimCondition lastProbeTime:@Time lastTransitionTime:@Time message:s "
    "reason:s status:s type:s",
    "PersistentVolumeClaimSpec accessModes:[s] dataSource:@TypedLocalObjectReference "
    "dataSourceRef:@TypedObjectReference resources:@VolumeResourceRequirements "
    "selector:@LabelSelector storageClassName:s volumeAttributesClassName:s volumeMode:s "
    "volumeName:s",
    "PersistentVolumeClaimStatus accessModes:[s] allocatedResourceStatuses:{s} "
    "allocatedResources:{?} capacity:{?} conditions:<type:@PersistentVolumeClaimCondition> "
    "currentVolumeAttributesClassName:s modifyVolumeStatus:@ModifyVolumeStatus phase:s",
    "PersistentVolumeClaimTemplate metadata:@ObjectMeta spec:@PersistentVolumeClaimSpec",
    "PersistentVolumeClaimVolumeSource claimName:s readOnly:b",
    "PersistentVolumeSpec accessModes:[s] awsElasticBlockStore:@AWSElasticBlockStoreVolumeSource "
    "azureDisk:@AzureDiskVolumeSource azureFile:@AzureFilePersistentVolumeSource capacity:{?} "
    "cephfs:@CephFSPersistentVolumeSource cinder:@CinderPersistentVolumeSource "
    "claimRef:@ObjectReference csi:@CSIPersistentVolumeSource fc:@FCVolumeSource "
    "flexVolume:@FlexPersistentVolumeSource flocker:@FlockerVolumeSource "
    "gcePersistentDisk:@GCEPersistentDiskVolumeSource glusterfs:@GlusterfsPersistentVolumeSource "
    "hostPath:@HostPathVolumeSource iscsi:@ISCSIPersistentVolumeSource local:@LocalVolumeSource "
    "mountOptions:[s] nfs:@NFSVolumeSource nodeAffinity:@VolumeNodeAffinity "
    "persistentVolumeReclaimPolicy:s photonPersistentDisk:@PhotonPersistentDiskVolumeSource "
    "portworxVolume:@PortworxVolumeSource quobyte:@QuobyteVolumeSource "
    "rbd:@RBDPersistentVolumeSource scaleIO:@ScaleIOPersistentVolumeSource storageClassName:s "
    "storageos:@StorageOSPersistentVolumeSource volumeAttributesClassName:s volumeMode:s "
    "vsphereVolume:@VsphereVirtualDiskVolumeSource",
    "PersistentVolumeStatus lastPhaseTransitionTime:@Time message:s phase:s reason:s",
    "PhotonPersistentDiskVolumeSource fsType:s pdID:s",
    "Pod apiVersion:s kind:s metadata:@ObjectMeta spec:@PodSpec status:@PodStatus",
    "PodAffinity preferredDuringSchedulingIgnoredDuringExecution:[@WeightedPodAffinityTerm] "
    "requiredDuringSchedulingIgnoredDuringExecution:[@PodAffinityTerm]",
    "PodAffinityTerm labelSelector:@LabelSelector matchLabelKeys:[s] mismatchLabelKeys:[s] "
    "namespaceSelector:@LabelSelector namespaces:[s] topologyKey:s",
    "PodAntiAffinity preferredDuringSchedulingIgnoredDuringExecution:[@WeightedPodAffinityTerm] "
    "requiredDuringSchedulingIgnoredDuringExecution:[@PodAffinityTerm]",
    "PodCertificateProjection certificateChainPath:s credentialBundlePath:s keyPath:s keyType:s "
    "maxExpirationSeconds:n signerName:s userAnnotations:{s}",
    "PodCondition lastProbeTime:@Time lastTransitionTime:@Time message:s observedGeneration:n "
    "reason:s status:s type:s",
    "PodDNSConfig nameservers:[s] options:[@PodDNSConfigOption] searches:[s]",
    "PodDNSConfigOption name:s value:s",
    "PodDisruptionBudget apiVersion:s kind:s metadata:@ObjectMeta spec:@PodDisruptionBudgetSpec "
    "status:@PodDisruptionBudgetStatus",
    "PodDisruptionBudgetSpec maxUnavailable:@IntOrString minAvailable:@IntOrString "
    "selector:@LabelSelector unhealthyPodEvictionPolicy:s",
    "PodDisruptionBudgetStatus conditions:<type:@Condition> currentHealthy:n desiredHealthy:n "
    "disruptedPods:{@Time} disruptionsAllowed:n expectedPods:n observedGeneration:n",
    "PodExtendedResourceClaimStatus requestMappings:[@ContainerExtendedResourceRequest] "
    "resourceClaimName:s",
    "PodFailurePolicy rules:[@PodFailurePolicyRule]",
    "PodFailurePolicyOnExitCodesRequirement containerName:s operator:s values:<n>",
    "PodFailurePolicyOnPodConditionsPattern status:s type:s",
    "PodFailurePolicyRule action:s onExitCodes:@PodFailurePolicyOnExitCodesRequirement "
    "onPodConditions:[@PodFailurePolicyOnPodConditionsPattern]",
    "PodIP ip:s",
    "PodOS name:s",
    "PodReadinessGate conditionType:s",
    "PodResourceClaim name:s resourceClaimName:s resourceClaimTemplateName:s",
    "PodResourceClaimStatus name:s resourceClaimName:s",
    "PodSchedulingGate name:s",
    "PodSchedulingGroup podGroupName:s",
    "PodSecurityContext appArmorProfile:@AppArmorProfile fsGroup:n fsGroupChangePolicy:s "
    "runAsGroup:n runAsNonRoot:b runAsUser:n seLinuxChangePolicy:s seLinuxOptions:@SELinuxOptions "
    "seccompProfile:@SeccompProfile supplementalGroups:[n] supplementalGroupsPolicy:s "
    "sysctls:[@Sysctl] windowsOptions:@WindowsSecurityContextOptions",
    "PodSpec activeDeadlineSeconds:n affinity:@Affinity automountServiceAccountToken:b "
    "containers:<name:@Container> dnsConfig:@PodDNSConfig dnsPolicy:s enableServiceLinks:b "
    "ephemeralContainers:<name:@EphemeralContainer> hostAliases:<ip:@HostAlias> hostIPC:b "
    "hostNetwork:b hostPID:b hostUsers:b hostname:s hostnameOverride:s "
    "imagePullSecrets:<name:@LocalObjectReference> initContainers:<name:@Container> nodeName:s "
    "nodeSelector:!{s} os:@PodOS overhead:{?} preemptionPolicy:s priority:n priorityClassName:s "
    "readinessGates:[@PodReadinessGate] resourceClaims:<name:@PodResourceClaim> "
    "resources:@ResourceRequirements restartPolicy:s runtimeClassName:s schedulerName:s "
    "schedulingGates:<name:@PodSchedulingGate> schedulingGroup:@PodSchedulingGroup "
    "securityContext:@PodSecurityContext serviceAccount:s serviceAccountName:s setHostnameAsFQDN:b "
    "shareProcessNamespace:b subdomain:s terminationGracePeriodSeconds:n tolerations:[@Toleration] "
    "topologySpreadConstraints:<topologyKey,whenUnsatisfiable:@TopologySpreadConstraint> "
    "volumes:<name:@Volume>",
    "PodStatus allocatedResources:{?} conditions:<type:@PodCondition> "
    "containerStatuses:[@ContainerStatus] ephemeralContainerStatuses:[@ContainerStatus] "
    "extendedResourceClaimStatus:@PodExtendedResourceClaimStatus hostIP:s hostIPs:[@HostIP] "
    "initContainerStatuses:[@ContainerStatus] message:s "
    "nodeAllocatableResourceClaimStatuses:[@NodeAllocatableResourceClaimStatus] "
    "nominatedNodeName:s observedGeneration:n phase:s podIP:s podIPs:<ip:@PodIP> qosClass:s "
    "reason:s resize:s resourceClaimStatuses:<name:@PodResourceClaimStatus> "
    "resources:@ResourceRequirements startTime:@Time",
    "PodTemplateSpec metadata:@ObjectMeta spec:@PodSpec",
    "PodsMetricSource metric:@MetricIdentifier target:@MetricTarget",
    "PodsMetricStatus current:@MetricValueStatus metric:@MetricIdentifier",
    "PolicyRule apiGroups:[s] nonResourceURLs:[s] resourceNames:[s] resources:[s] verbs:[s]",
    "PortStatus error:s port:n protocol:s",
    "PortworxVolumeSource fsType:s readOnly:b volumeID:s",
    "PreferredSchedulingTerm preference:@NodeSelectorTerm weight:n",
    "PriorityClass apiVersion:s description:s globalDefault:b kind:s metadata:@ObjectMeta "
    "preemptionPolicy:s value:n",
    "Probe exec:@ExecAction failureThreshold:n grpc:@GRPCAction httpGet:@HTTPGetAction "
    "initialDelaySeconds:n periodSeconds:n successThreshold:n tcpSocket:@TCPSocketAction "
    "terminationGracePeriodSeconds:n timeoutSeconds:n",
    "ProjectedVolumeSource defaultMode:n sources:[@VolumeProjection]",
    "QuobyteVolumeSource group:s readOnly:b registry:s tenant:s user:s volume:s",
    "RBDPersistentVolumeSource fsType:s image:s keyring:s monitors:[s] pool:s readOnly:b "
    "secretRef:@SecretReference user:s",
    "RBDVolumeSource fsType:s image:s keyring:s monitors:[s] pool:s readOnly:b "
    "secretRef:@LocalObjectReference user:s",
    "ReplicaSet apiVersion:s kind:s metadata:@ObjectMeta spec:@ReplicaSetSpec "
    "status:@ReplicaSetStatus",
    "ReplicaSetCondition lastTransitionTime:@Time message:s reason:s status:s type:s",
    "ReplicaSetSpec minReadySeconds:n replicas:n selector:@LabelSelector template:@PodTemplateSpec",
    "ReplicaSetStatus availableReplicas:n conditions:<type:@ReplicaSetCondition> "
    "fullyLabeledReplicas:n observedGeneration:n readyReplicas:n replicas:n terminatingReplicas:n",
    "ResourceClaim name:s request:s",
    "!ResourceFieldSelector containerName:s divisor:? resource:s",
    "ResourceHealth health:s message:s resourceID:s",
    "ResourceMetricSource name:s target:@MetricTarget",
    "ResourceMetricStatus current:@MetricValueStatus name:s",
    "ResourceQuota apiVersion:s kind:s metadata:@ObjectMeta spec:@ResourceQuotaSpec "
    "status:@ResourceQuotaStatus",
    "ResourceQuotaSpec hard:{?} scopeSelector:@ScopeSelector scopes:[s]",
    "ResourceQuotaStatus hard:{?} used:{?}",
    "ResourceRequirements claims:<name:@ResourceClaim> limits:{?} requests:{?}",
    "ResourceStatus name:s resources:<resourceID:@ResourceHealth>",
    "Role apiVersion:s kind:s metadata:@ObjectMeta rules:[@PolicyRule]",
    "RoleBinding apiVersion:s kind:s metadata:@ObjectMeta roleRef:@RoleRef subjects:[@Subject]",
    "!RoleRef apiGroup:s kind:s name:s",
    "RollingUpdateDaemonSet maxSurge:@IntOrString maxUnavailable:@IntOrString",
    "RollingUpdateDeployment maxSurge:@IntOrString maxUnavailable:@IntOrString",
    "RollingUpdateStatefulSetStrategy maxUnavailable:@IntOrString partition:n",
    "RuleWithOperations apiGroups:[s] apiVersions:[s] operations:[s] resources:[s] scope:s",
    "SELinuxOptions level:s role:s type:s user:s",
    "ScaleIOPersistentVolumeSource fsType:s gateway:s protectionDomain:s readOnly:b "
    "secretRef:@SecretReference sslEnabled:b storageMode:s storagePool:s system:s volumeName:s",
    "ScaleIOVolumeSource fsType:s gateway:s protectionDomain:s readOnly:b "
    "secretRef:@LocalObjectReference sslEnabled:b storageMode:s storagePool:s system:s "
    "volumeName:s",
    "!ScopeSelector matchExpressions:[@ScopedResourceSelectorRequirement]",
    "ScopedResourceSelectorRequirement operator:s scopeName:s values:[s]",
    "SeccompProfile localhostProfile:s type:s",
    "Secret apiVersion:s data:{s} immutable:b kind:s metadata:@ObjectMeta stringData:{s} type:s",
    "SecretEnvSource name:s optional:b",
    "!SecretKeySelector key:s name:s optional:b",
    "SecretProjection items:[@KeyToPath] name:s optional:b",
    "!SecretReference name:s namespace:s",
    "SecretVolumeSource defaultMode:n items:[@KeyToPath] optional:b secretName:s",
    "SecurityContext allowPrivilegeEscalation:b appArmorProfile:@AppArmorProfile "
    "capabilities:@Capabilities privileged:b procMount:s readOnlyRootFilesystem:b runAsGroup:n "
    "runAsNonRoot:b runAsUser:n seLinuxOptions:@SELinuxOptions seccompProfile:@SeccompProfile "
    "windowsOptions:@WindowsSecurityContextOptions",
    "SelectableField jsonPath:s",
    "Service apiVersion:s kind:s metadata:@ObjectMeta spec:@ServiceSpec status:@ServiceStatus",
    "ServiceAccount apiVersion:s automountServiceAccountToken:b "
    "imagePullSecrets:[@LocalObjectReference] kind:s metadata:@ObjectMeta "
    "secrets:<name:@ObjectReference>",
    "ServiceAccountTokenProjection audience:s expirationSeconds:n path:s",
    "!ServiceBackendPort name:s number:n",
    "ServicePort appProtocol:s name:s nodePort:n port:n protocol:s=TCP targetPort:@IntOrString",
    "ServiceReference name:s namespace:s path:s port:n",
    "ServiceSpec allocateLoadBalancerNodePorts:b clusterIP:s clusterIPs:[s] externalIPs:[s] "
    "externalName:s externalTrafficPolicy:s healthCheckNodePort:n internalTrafficPolicy:s "
    "ipFamilies:[s] ipFamilyPolicy:s loadBalancerClass:s loadBalancerIP:s "
    "loadBalancerSourceRanges:[s] ports:<port,protocol:@ServicePort> publishNotReadyAddresses:b "
    "selector:!{s} sessionAffinity:s sessionAffinityConfig:@SessionAffinityConfig "
    "trafficDistribution:s type:s",
    "ServiceStatus conditions:<type:@Condition> loadBalancer:@LoadBalancerStatus",
    "SessionAffinityConfig clientIP:@ClientIPConfig",
    "SleepAction seconds:n",
    "StatefulSet apiVersion:s kind:s metadata:@ObjectMeta spec:@StatefulSetSpec "
    "status:@StatefulSetStatus",
    "StatefulSetCondition lastTransitionTime:@Time message:s reason:s status:s type:s",
    "StatefulSetOrdinals start:n",
    "StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted:s whenScaled:s",
    "StatefulSetSpec minReadySeconds:n ordinals:@StatefulSetOrdinals "
    "persistentVolumeClaimRetentionPolicy:@StatefulSetPersistentVolumeClaimRetentionPolicy "
    "podManagementPolicy:s replicas:n revisionHistoryLimit:n selector:@LabelSelector serviceName:s "
    "template:@PodTemplateSpec updateStrategy:@StatefulSetUpdateStrategy "
    "volumeClaimTemplates:[@PersistentVolumeClaim]",
    "StatefulSetStatus availableReplicas:n collisionCount:n "
    "conditions:<type:@StatefulSetCondition> currentReplicas:n currentRevision:s "
    "observedGeneration:n readyReplicas:n replicas:n updateRevision:s updatedReplicas:n",
    "StatefulSetUpdateStrategy rollingUpdate:@RollingUpdateStatefulSetStrategy type:s",
    "StorageClass allowVolumeExpansion:b allowedTopologies:[@TopologySelectorTerm] apiVersion:s "
    "kind:s metadata:@ObjectMeta mountOptions:[s] parameters:{s} provisioner:s reclaimPolicy:s "
    "volumeBindingMode:s",
    "StorageOSPersistentVolumeSource fsType:s readOnly:b secretRef:@ObjectReference volumeName:s "
    "volumeNamespace:s",
    "StorageOSVolumeSource fsType:s readOnly:b secretRef:@LocalObjectReference volumeName:s "
    "volumeNamespace:s",
    "!Subject apiGroup:s kind:s name:s namespace:s",
    "SuccessPolicy rules:[@SuccessPolicyRule]",
    "SuccessPolicyRule succeededCount:n succeededIndexes:s",
    "Sysctl name:s value:s",
    "TCPSocketAction host:s port:@IntOrString",
    "Taint effect:s key:s timeAdded:@Time value:s",
    "Time =?",
    "Toleration effect:s key:s operator:s tolerationSeconds:n value:s",
    "TopologySelectorLabelRequirement key:s values:[s]",
    "!TopologySelectorTerm matchLabelExpressions:[@TopologySelectorLabelRequirement]",
    "TopologySpreadConstraint labelSelector:@LabelSelector matchLabelKeys:[s] maxSkew:n "
    "minDomains:n nodeAffinityPolicy:s nodeTaintsPolicy:s topologyKey:s whenUnsatisfiable:s",
    "!TypedLocalObjectReference apiGroup:s kind:s name:s",
    "TypedObjectReference apiGroup:s kind:s name:s namespace:s",
    "UncountedTerminatedPods failed:<s> succeeded:<s>",
    "!V1EndpointPort appProtocol:s name:s port:n protocol:s",
    "V1ServiceReference name:s namespace:s path:s port:n",
    "V1WebhookClientConfig caBundle:s service:@V1ServiceReference url:s",
    "ValidatingWebhook admissionReviewVersions:[s] clientConfig:@WebhookClientConfig "
    "failurePolicy:s matchConditions:<name:@MatchCondition> matchPolicy:s name:s "
    "namespaceSelector:@LabelSelector objectSelector:@LabelSelector rules:[@RuleWithOperations] "
    "sideEffects:s timeoutSeconds:n",
    "ValidatingWebhookConfiguration apiVersion:s kind:s metadata:@ObjectMeta "
    "webhooks:<name:@ValidatingWebhook>",
    "ValidationRule fieldPath:s message:s messageExpression:s optionalOldSelf:b reason:s rule:s",
    "Volume awsElasticBlockStore:@AWSElasticBlockStoreVolumeSource "
    "azureDisk:@AzureDiskVolumeSource azureFile:@AzureFileVolumeSource cephfs:@CephFSVolumeSource "
    "cinder:@CinderVolumeSource configMap:@ConfigMapVolumeSource csi:@CSIVolumeSource "
    "downwardAPI:@DownwardAPIVolumeSource emptyDir:@EmptyDirVolumeSource "
    "ephemeral:@EphemeralVolumeSource fc:@FCVolumeSource flexVolume:@FlexVolumeSource "
    "flocker:@FlockerVolumeSource gcePersistentDisk:@GCEPersistentDiskVolumeSource "
    "gitRepo:@GitRepoVolumeSource glusterfs:@GlusterfsVolumeSource hostPath:@HostPathVolumeSource "
    "image:@ImageVolumeSource iscsi:@ISCSIVolumeSource name:s nfs:@NFSVolumeSource "
    "persistentVolumeClaim:@PersistentVolumeClaimVolumeSource "
    "photonPersistentDisk:@PhotonPersistentDiskVolumeSource portworxVolume:@PortworxVolumeSource "
    "projected:@ProjectedVolumeSource quobyte:@QuobyteVolumeSource rbd:@RBDVolumeSource "
    "scaleIO:@ScaleIOVolumeSource secret:@SecretVolumeSource storageos:@StorageOSVolumeSource "
    "vsphereVolume:@VsphereVirtualDiskVolumeSource",
    "VolumeDevice devicePath:s name:s",
    "VolumeMount mountPath:s mountPropagation:s name:s readOnly:b recursiveReadOnly:s subPath:s "
    "subPathExpr:s",
    "VolumeMountStatus mountPath:s name:s readOnly:b recursiveReadOnly:s "
    "volumeStatus:@VolumeStatus",
    "VolumeNodeAffinity required:@NodeSelector",
    "VolumeProjection clusterTrustBundle:@ClusterTrustBundleProjection "
    "configMap:@ConfigMapProjection downwardAPI:@DownwardAPIProjection "
    "podCertificate:@PodCertificateProjection secret:@SecretProjection "
    "serviceAccountToken:@ServiceAccountTokenProjection",
    "VolumeResourceRequirements limits:{?} requests:{?}",
    "VolumeStatus image:@ImageVolumeStatus",
    "VsphereVirtualDiskVolumeSource fsType:s storagePolicyID:s storagePolicyName:s volumePath:s",
    "WebhookClientConfig caBundle:s service:@ServiceReference url:s",
    "WebhookConversion clientConfig:@V1WebhookClientConfig conversionReviewVersions:[s]",
    "WeightedPodAffinityTerm podAffinityTerm:@PodAffinityTerm weight:n",
    "WindowsSecurityContextOptions gmsaCredentialSpec:s gmsaCredentialSpecName:s hostProcess:b "
    "runAsUserName:s",
    "=/v1/ConfigMap ConfigMap",
    "=/v1/Endpoints Endpoints",
    "=/v1/Event Event",
    "=/v1/LimitRange LimitRange",
    "=/v1/Namespace Namespace",
    "=/v1/Node Node",
    "=/v1/PersistentVolume PersistentVolume",
    "=/v1/PersistentVolumeClaim PersistentVolumeClaim",
    "=/v1/Pod Pod",
    "=/v1/ResourceQuota ResourceQuota",
    "=/v1/Secret Secret",
    "=/v1/Service Service",
    "=/v1/ServiceAccount ServiceAccount",
    "=apps/v1/DaemonSet DaemonSet",
    "=apps/v1/Deployment Deployment",
    "=apps/v1/ReplicaSet ReplicaSet",
    "=apps/v1/StatefulSet StatefulSet",
    "=batch/v1/CronJob CronJob",
    "=batch/v1/Job Job",
    "=autoscaling/v2/HorizontalPodAutoscaler HorizontalPodAutoscaler",
    "=admissionregistration.k8s.io/v1/MutatingWebhookConfiguration MutatingWebhookConfiguration",
    "=admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration "
    "ValidatingWebhookConfiguration",
    "=discovery.k8s.io/v1/EndpointSlice EndpointSlice",
    "=scheduling.k8s.io/v1/PriorityClass PriorityClass",
    "=storage.k8s.io/v1/StorageClass StorageClass",
    "=coordination.k8s.io/v1/Lease Lease",
    "=rbac.authorization.k8s.io/v1/ClusterRole ClusterRole",
    "=rbac.authorization.k8s.io/v1/ClusterRoleBinding ClusterRoleBinding",
    "=rbac.authorization.k8s.io/v1/Role Role",
    "=rbac.authorization.k8s.io/v1/RoleBinding RoleBinding",
    "=apiextensions.k8s.io/v1/CustomResourceDefinition CustomResourceDefinition",
    "=networking.k8s.io/v1/Ingress Ingress",
    "=networking.k8s.io/v1/IngressClass IngressClass",
    "=networking.k8s.io/v1/NetworkPolicy NetworkPolicy",
    "=policy/v1/PodDisruptionBudget PodDisruptionBudget",
    NULL,
};
