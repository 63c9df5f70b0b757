/*
 * types_table: the fields of the kinds this server has built in, one string a type; types.c reads
 * them and types_internal.h describes the notation.
 */
#include "syncd/apiserver/types_internal.h"

/* clang-format off */
const char *const api_types_table[] = {
    "apps.Deployment apiVersion:s kind:s metadata#1:meta.ObjectMeta spec#2:apps.DeploymentSpec"
    " status#3:apps.DeploymentStatus",
    "apps.DeploymentCondition lastTransitionTime#7:t lastUpdateTime#6:t message#5:s reason#4:s"
    " status#2^!:s= type#1^!:s=",
    "apps.DeploymentSpec minReadySeconds#5:i paused#7:b progressDeadlineSeconds#9*:i"
    " replicas#1*:i revisionHistoryLimit#6*:i selector#2*^!:meta.LabelSelector"
    " strategy#4:apps.DeploymentStrategy~ template#3^!:core.PodTemplateSpec",
    "apps.DeploymentStatus availableReplicas#4:i collisionCount#8*:i"
    " conditions#6:<type>apps.DeploymentCondition+type observedGeneration#1:l readyReplicas#7:i"
    " replicas#2:i terminatingReplicas#9*:i unavailableReplicas#5:i updatedReplicas#3:i",
    "apps.DeploymentStrategy rollingUpdate#2*:apps.RollingUpdateDeployment"
    " type#1:s(Recreate|RollingUpdate)",
    "apps.RollingUpdateDeployment maxSurge#2*:x maxUnavailable#1*:x",
    "authentication.SelfSubjectReview apiVersion:s kind:s metadata#1:meta.ObjectMeta"
    " status#2:authentication.SelfSubjectReviewStatus",
    "authentication.SelfSubjectReviewStatus userInfo#1:authentication.UserInfo",
    "authentication.UserInfo extra#4:{}[]s groups#3:[atomic]s uid#2:s username#1:s",
    "authorization.FieldSelectorAttributes rawSelector#1:s"
    " requirements#2:[atomic]meta.FieldSelectorRequirement",
    "authorization.LabelSelectorAttributes rawSelector#1:s"
    " requirements#2:[atomic]meta.LabelSelectorRequirement",
    "authorization.NonResourceAttributes path#1:s verb#2:s",
    "authorization.ResourceAttributes fieldSelector#8*:authorization.FieldSelectorAttributes"
    " group#3:s labelSelector#9*:authorization.LabelSelectorAttributes name#7:s namespace#1:s"
    " resource#5:s subresource#6:s verb#2:s version#4:s",
    "authorization.SelfSubjectAccessReview apiVersion:s kind:s metadata#1:meta.ObjectMeta"
    " spec#2^!:authorization.SelfSubjectAccessReviewSpec"
    " status#3:authorization.SubjectAccessReviewStatus",
    "authorization.SelfSubjectAccessReviewSpec"
    " nonResourceAttributes#2*:authorization.NonResourceAttributes"
    " resourceAttributes#1*:authorization.ResourceAttributes",
    "authorization.SubjectAccessReviewStatus allowed#1^!:b=false denied#4:b evaluationError#3:s"
    " reason#2:s",
    "autoscaling.Scale apiVersion:s kind:s metadata#1:meta.ObjectMeta"
    " spec#2:autoscaling.ScaleSpec status#3:autoscaling.ScaleStatus",
    "autoscaling.ScaleSpec replicas#1:i=0",
    "autoscaling.ScaleStatus replicas#1^!:i=0 selector#2:s",
    "coordination.Lease apiVersion:s kind:s metadata#1:meta.ObjectMeta"
    " spec#2:coordination.LeaseSpec",
    "coordination.LeaseSpec acquireTime#3*:u holderIdentity#1*:s leaseDurationSeconds#2*:i"
    " leaseTransitions#5*:i preferredHolder#7*:s renewTime#4*:u strategy#6*:s",
    "core.AWSElasticBlockStoreVolumeSource fsType#2:s partition#3:i readOnly#4:b volumeID#1^!:s=",
    "core.Affinity nodeAffinity#1*:core.NodeAffinity podAffinity#2*:core.PodAffinity"
    " podAntiAffinity#3*:core.PodAntiAffinity",
    "core.AppArmorProfile localhostProfile#2*:s type#1^!:s(Localhost|RuntimeDefault|Unconfined)=",
    "core.AzureDiskVolumeSource cachingMode#3*:s(None|ReadOnly|ReadWrite)=ReadWrite"
    " diskName#1^!:s= diskURI#2^!:s= fsType#4*:s=ext4 kind#6*:s(Dedicated|Managed|Shared)=Shared"
    " readOnly#5*:b=false",
    "core.AzureFileVolumeSource readOnly#3:b secretName#1^!:s= shareName#2^!:s=",
    "core.CSIVolumeSource driver#1^!:s= fsType#3*:s"
    " nodePublishSecretRef#5*:core.LocalObjectReference readOnly#2*:b volumeAttributes#4:{}s",
    "core.Capabilities add#1:[atomic]s drop#2:[atomic]s",
    "core.CephFSVolumeSource monitors#1^!:[atomic]s path#2:s readOnly#6:b secretFile#4:s"
    " secretRef#5*:core.LocalObjectReference user#3:s",
    "core.CinderVolumeSource fsType#2:s readOnly#3:b secretRef#4*:core.LocalObjectReference"
    " volumeID#1^!:s=",
    "core.ClientIPConfig timeoutSeconds#1*:i",
    "core.ClusterTrustBundleProjection labelSelector#3*:meta.LabelSelector name#1*:s"
    " optional#5*:b path#4^!:s= signerName#2*:s",
    "core.ConfigMap apiVersion:s binaryData#3:{}y data#2:{}s immutable#4*:b kind:s"
    " metadata#1:meta.ObjectMeta",
    "core.ConfigMapEnvSource name#1/1:s= optional#2*:b",
    "core.ConfigMapKeySelector@ key#2^!:s= name#1/1:s= optional#3*:b",
    "core.ConfigMapProjection items#2:[atomic]core.KeyToPath name#1/1:s= optional#4*:b",
    "core.ConfigMapVolumeSource defaultMode#3*:i items#2:[atomic]core.KeyToPath name#1/1:s="
    " optional#4*:b",
    "core.Container args#4:[atomic]s command#3:[atomic]s env#7:<name>core.EnvVar+name"
    " envFrom#19:[atomic]core.EnvFromSource image#2:s"
    " imagePullPolicy#14:s(Always|IfNotPresent|Never) lifecycle#12*:core.Lifecycle"
    " livenessProbe#10*:core.Probe name#1^!:s="
    " ports#6:<containerPort,protocol>core.ContainerPort+containerPort"
    " readinessProbe#11*:core.Probe resizePolicy#23:[atomic]core.ContainerResizePolicy"
    " resources#8:core.ResourceRequirements restartPolicy#24*:s"
    " restartPolicyRules#25:[atomic]core.ContainerRestartRule"
    " securityContext#15*:core.SecurityContext startupProbe#22*:core.Probe stdin#16:b"
    " stdinOnce#17:b terminationMessagePath#13:s"
    " terminationMessagePolicy#20:s(FallbackToLogsOnError|File) tty#18:b"
    " volumeDevices#21:<devicePath>core.VolumeDevice+devicePath"
    " volumeMounts#9:<mountPath>core.VolumeMount+mountPath workingDir#5:s",
    "core.ContainerPort containerPort#3^!:i=0 hostIP#5:s hostPort#2:i name#1:s"
    " protocol#4:s(SCTP|TCP|UDP)=TCP",
    "core.ContainerResizePolicy resourceName#1^!:s= restartPolicy#2^!:s=",
    "core.ContainerRestartRule action#1!:s exitCodes#2*:core.ContainerRestartRuleOnExitCodes",
    "core.ContainerRestartRuleOnExitCodes operator#1!:s values#2:[set]i",
    "core.DownwardAPIProjection items#1:[atomic]core.DownwardAPIVolumeFile",
    "core.DownwardAPIVolumeFile fieldRef#2*:core.ObjectFieldSelector mode#4*:i path#1^!:s="
    " resourceFieldRef#3*:core.ResourceFieldSelector",
    "core.DownwardAPIVolumeSource defaultMode#2*:i items#1:[atomic]core.DownwardAPIVolumeFile",
    "core.EmptyDirVolumeSource medium#1:s sizeLimit#2*:q",
    "core.EnvFromSource configMapRef#2*:core.ConfigMapEnvSource prefix#1:s"
    " secretRef#3*:core.SecretEnvSource",
    "core.EnvVar name#1^!:s= value#2:s valueFrom#3*:core.EnvVarSource",
    "core.EnvVarSource configMapKeyRef#3*:core.ConfigMapKeySelector"
    " fieldRef#1*:core.ObjectFieldSelector fileKeyRef#5*:core.FileKeySelector"
    " resourceFieldRef#2*:core.ResourceFieldSelector secretKeyRef#4*:core.SecretKeySelector",
    "core.EphemeralContainer args#1/4:[atomic]s command#1/3:[atomic]s"
    " env#1/7:<name>core.EnvVar+name envFrom#1/19:[atomic]core.EnvFromSource image#1/2:s"
    " imagePullPolicy#1/14:s(Always|IfNotPresent|Never) lifecycle#1/12*:core.Lifecycle"
    " livenessProbe#1/10*:core.Probe name#1/1^!:s="
    " ports#1/6:<containerPort,protocol>core.ContainerPort+containerPort"
    " readinessProbe#1/11*:core.Probe resizePolicy#1/23:[atomic]core.ContainerResizePolicy"
    " resources#1/8:core.ResourceRequirements restartPolicy#1/24*:s"
    " restartPolicyRules#1/25:[atomic]core.ContainerRestartRule"
    " securityContext#1/15*:core.SecurityContext startupProbe#1/22*:core.Probe stdin#1/16:b"
    " stdinOnce#1/17:b targetContainerName#2:s terminationMessagePath#1/13:s"
    " terminationMessagePolicy#1/20:s(FallbackToLogsOnError|File) tty#1/18:b"
    " volumeDevices#1/21:<devicePath>core.VolumeDevice+devicePath"
    " volumeMounts#1/9:<mountPath>core.VolumeMount+mountPath workingDir#1/5:s",
    "core.EphemeralVolumeSource volumeClaimTemplate#1*:core.PersistentVolumeClaimTemplate",
    "core.Event action#12:s apiVersion:s count#8:i eventTime#10:u firstTimestamp#6:t"
    " involvedObject#2^!:core.ObjectReference kind:s lastTimestamp#7:t message#4:s"
    " metadata#1^!:meta.ObjectMeta reason#3:s related#13*:core.ObjectReference"
    " reportingComponent#14^:s= reportingInstance#15^:s= series#11*:core.EventSeries"
    " source#5:core.EventSource type#9:s",
    "core.EventSeries count#1:i lastObservedTime#2:u",
    "core.EventSource component#1:s host#2:s",
    "core.ExecAction command#1:[atomic]s",
    "core.FCVolumeSource fsType#3:s lun#2*:i readOnly#4:b targetWWNs#1:[atomic]s"
    " wwids#5:[atomic]s",
    "core.FileKeySelector@ key#3^!:s= optional#4*:b=false path#2^!:s= volumeName#1^!:s=",
    "core.FlexVolumeSource driver#1^!:s= fsType#2:s options#5:{}s readOnly#4:b"
    " secretRef#3*:core.LocalObjectReference",
    "core.FlockerVolumeSource datasetName#1:s datasetUUID#2:s",
    "core.GCEPersistentDiskVolumeSource fsType#2:s partition#3:i pdName#1^!:s= readOnly#4:b",
    "core.GRPCAction port#1^!:i=0 service#2*^:s=",
    "core.GitRepoVolumeSource directory#3:s repository#1^!:s= revision#2:s",
    "core.GlusterfsVolumeSource endpoints#1^!:s= path#2^!:s= readOnly#3:b",
    "core.HTTPGetAction host#3:s httpHeaders#5:[atomic]core.HTTPHeader path#1:s port#2^!:x"
    " scheme#4:s(HTTP|HTTPS)",
    "core.HTTPHeader name#1^!:s= value#2^!:s=",
    "core.HostAlias hostnames#2:[atomic]s ip#1^!:s=",
    "core.HostPathVolumeSource path#1^!:s="
    " type#2*:s(|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket)",
    "core.ISCSIVolumeSource chapAuthDiscovery#8:b chapAuthSession#11:b fsType#5:s"
    " initiatorName#12*:s iqn#2^!:s= iscsiInterface#4:s=default lun#3^!:i=0 portals#7:[atomic]s"
    " readOnly#6:b secretRef#10*:core.LocalObjectReference targetPortal#1^!:s=",
    "core.ImageVolumeSource pullPolicy#2:s(Always|IfNotPresent|Never) reference#1:s",
    "core.KeyToPath key#1^!:s= mode#3*:i path#2^!:s=",
    "core.Lifecycle postStart#1*:core.LifecycleHandler preStop#2*:core.LifecycleHandler"
    " stopSignal#3*:s(SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ)",
    "core.LifecycleHandler exec#1*:core.ExecAction httpGet#2*:core.HTTPGetAction"
    " sleep#4*:core.SleepAction tcpSocket#3*:core.TCPSocketAction",
    "core.LoadBalancerIngress hostname#2:s ip#1:s ipMode#3*:s ports#4:[atomic]core.PortStatus",
    "core.LoadBalancerStatus ingress#1:[atomic]core.LoadBalancerIngress",
    "core.LocalObjectReference@ name#1:s=",
    "core.NFSVolumeSource path#2^!:s= readOnly#3:b server#1^!:s=",
    "core.Namespace apiVersion:s kind:s metadata#1:meta.ObjectMeta spec#2:core.NamespaceSpec"
    " status#3:core.NamespaceStatus",
    "core.NamespaceCondition lastTransitionTime#4:t message#6:s reason#5:s status#2^!:s="
    " type#1^!:s=",
    "core.NamespaceSpec finalizers#1:[atomic]s",
    "core.NamespaceStatus conditions#2:<type>core.NamespaceCondition+type"
    " phase#1:s(Active|Terminating)",
    "core.NodeAffinity"
    " preferredDuringSchedulingIgnoredDuringExecution#2:[atomic]core.PreferredSchedulingTerm"
    " requiredDuringSchedulingIgnoredDuringExecution#1*:core.NodeSelector",
    "core.NodeSelector@ nodeSelectorTerms#1^!:[atomic]core.NodeSelectorTerm",
    "core.NodeSelectorRequirement key#1^!:s= operator#2^!:s(DoesNotExist|Exists|Gt|In|Lt|NotIn)="
    " values#3:[atomic]s",
    "core.NodeSelectorTerm@ matchExpressions#1:[atomic]core.NodeSelectorRequirement"
    " matchFields#2:[atomic]core.NodeSelectorRequirement",
    "core.ObjectFieldSelector@ apiVersion#1:s fieldPath#2^!:s=",
    "core.ObjectReference@ apiVersion#5:s fieldPath#7:s kind#1:s name#3:s namespace#2:s"
    " resourceVersion#6:s uid#4:s",
    "core.PersistentVolumeClaimSpec"
    " accessModes#1:[atomic]s(ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod)"
    " dataSource#7*:core.TypedLocalObjectReference dataSourceRef#8*:core.TypedObjectReference"
    " resources#2:core.VolumeResourceRequirements selector#4*:meta.LabelSelector"
    " storageClassName#5*:s volumeAttributesClassName#9*:s volumeMode#6*:s(Block|Filesystem)"
    " volumeName#3:s",
    "core.PersistentVolumeClaimTemplate metadata#1:meta.ObjectMeta"
    " spec#2^!:core.PersistentVolumeClaimSpec",
    "core.PersistentVolumeClaimVolumeSource claimName#1^!:s= readOnly#2:b",
    "core.PhotonPersistentDiskVolumeSource fsType#2:s pdID#1^!:s=",
    "core.PodAffinity"
    " preferredDuringSchedulingIgnoredDuringExecution#2:[atomic]core.WeightedPodAffinityTerm"
    " requiredDuringSchedulingIgnoredDuringExecution#1:[atomic]core.PodAffinityTerm",
    "core.PodAffinityTerm labelSelector#1*:meta.LabelSelector matchLabelKeys#5:[atomic]s"
    " mismatchLabelKeys#6:[atomic]s namespaceSelector#4*:meta.LabelSelector"
    " namespaces#2:[atomic]s topologyKey#3^!:s=",
    "core.PodAntiAffinity"
    " preferredDuringSchedulingIgnoredDuringExecution#2:[atomic]core.WeightedPodAffinityTerm"
    " requiredDuringSchedulingIgnoredDuringExecution#1:[atomic]core.PodAffinityTerm",
    "core.PodCertificateProjection certificateChainPath#6:s credentialBundlePath#4:s keyPath#5:s"
    " keyType#2!:s maxExpirationSeconds#3*:i signerName#1!:s userAnnotations#7:{}s",
    "core.PodDNSConfig nameservers#1:[atomic]s options#3:[atomic]core.PodDNSConfigOption"
    " searches#2:[atomic]s",
    "core.PodDNSConfigOption name#1:s value#2*:s",
    "core.PodOS name#1^!:s=",
    "core.PodReadinessGate conditionType#1^!:s=",
    "core.PodResourceClaim name#1^!:s= resourceClaimName#3*:s resourceClaimTemplateName#4*:s",
    "core.PodSchedulingGate name#1^!:s=",
    "core.PodSchedulingGroup podGroupName#1*:s",
    "core.PodSecurityContext appArmorProfile#11*:core.AppArmorProfile fsGroup#5*:l"
    " fsGroupChangePolicy#9*:s(Always|OnRootMismatch) runAsGroup#6*:l runAsNonRoot#3*:b"
    " runAsUser#2*:l seLinuxChangePolicy#13*:s seLinuxOptions#1*:core.SELinuxOptions"
    " seccompProfile#10*:core.SeccompProfile supplementalGroups#4:[atomic]l"
    " supplementalGroupsPolicy#12*:s(Merge|Strict) sysctls#7:[atomic]core.Sysctl"
    " windowsOptions#8*:core.WindowsSecurityContextOptions",
    "core.PodSpec activeDeadlineSeconds#5*:l affinity#18*:core.Affinity"
    " automountServiceAccountToken#21*:b containers#2^!:<name>core.Container+name"
    " dnsConfig#26*:core.PodDNSConfig"
    " dnsPolicy#6:s(ClusterFirst|ClusterFirstWithHostNet|Default|None) enableServiceLinks#30*:b"
    " ephemeralContainers#34:<name>core.EphemeralContainer+name"
    " hostAliases#23:<ip>core.HostAlias+ip hostIPC#13:b hostNetwork#11:b hostPID#12:b"
    " hostUsers#37*:b hostname#16:s hostnameOverride#41*:s"
    " imagePullSecrets#15:<name>core.LocalObjectReference+name"
    " initContainers#20:<name>core.Container+name nodeName#10:s nodeSelector#7:{atomic}s"
    " os#36*:core.PodOS overhead#32:{}q preemptionPolicy#31*:s(Never|PreemptLowerPriority)"
    " priority#25*:i priorityClassName#24:s readinessGates#28:[atomic]core.PodReadinessGate"
    " resourceClaims#39:<name>core.PodResourceClaim+name~"
    " resources#40*:core.ResourceRequirements restartPolicy#3:s(Always|Never|OnFailure)"
    " runtimeClassName#29*:s schedulerName#19:s"
    " schedulingGates#38:<name>core.PodSchedulingGate+name"
    " schedulingGroup#43*:core.PodSchedulingGroup securityContext#14*:core.PodSecurityContext"
    " serviceAccount#9:s serviceAccountName#8:s setHostnameAsFQDN#35*:b"
    " shareProcessNamespace#27*:b subdomain#17:s terminationGracePeriodSeconds#4*:l"
    " tolerations#22:[atomic]core.Toleration"
    " topologySpreadConstraints#33:<topologyKey,whenUnsatisfiable>core.TopologySpreadConstraint+topologyKey"
    " volumes#1:<name>core.Volume+name~",
    "core.PodTemplateSpec metadata#1:meta.ObjectMeta spec#2:core.PodSpec",
    "core.PortStatus error#3*:s port#1^!:i=0 protocol#2^!:s(SCTP|TCP|UDP)=",
    "core.PortworxVolumeSource fsType#2:s readOnly#3:b volumeID#1^!:s=",
    "core.PreferredSchedulingTerm preference#2^!:core.NodeSelectorTerm weight#1^!:i=0",
    "core.Probe exec#1/1*:core.ExecAction failureThreshold#6:i grpc#1/4*:core.GRPCAction"
    " httpGet#1/2*:core.HTTPGetAction initialDelaySeconds#2:i periodSeconds#4:i"
    " successThreshold#5:i tcpSocket#1/3*:core.TCPSocketAction"
    " terminationGracePeriodSeconds#7*:l timeoutSeconds#3:i",
    "core.ProjectedVolumeSource defaultMode#2*:i sources#1^:[atomic]core.VolumeProjection",
    "core.QuobyteVolumeSource group#5:s readOnly#3:b registry#1^!:s= tenant#6:s user#4:s"
    " volume#2^!:s=",
    "core.RBDVolumeSource fsType#3:s image#2^!:s= keyring#6:s=/etc/ceph/keyring"
    " monitors#1^!:[atomic]s pool#4:s=rbd readOnly#8:b secretRef#7*:core.LocalObjectReference"
    " user#5:s=admin",
    "core.ResourceClaim name#1^!:s= request#2:s",
    "core.ResourceFieldSelector@ containerName#1:s divisor#3:q resource#2^!:s=",
    "core.ResourceRequirements claims#3:<name>core.ResourceClaim limits#1:{}q requests#2:{}q",
    "core.SELinuxOptions level#4:s role#2:s type#3:s user#1:s",
    "core.ScaleIOVolumeSource fsType#9:s=xfs gateway#1^!:s= protectionDomain#5:s readOnly#10:b"
    " secretRef#3*^!:core.LocalObjectReference sslEnabled#4:b storageMode#7:s=ThinProvisioned"
    " storagePool#6:s system#2^!:s= volumeName#8:s",
    "core.SeccompProfile localhostProfile#2*:s type#1^!:s(Localhost|RuntimeDefault|Unconfined)=",
    "core.Secret apiVersion:s data#2:{}y immutable#5*:b kind:s metadata#1:meta.ObjectMeta"
    " stringData#4:{}s type#3:s",
    "core.SecretEnvSource name#1/1:s= optional#2*:b",
    "core.SecretKeySelector@ key#2^!:s= name#1/1:s= optional#3*:b",
    "core.SecretProjection items#2:[atomic]core.KeyToPath name#1/1:s= optional#4*:b",
    "core.SecretVolumeSource defaultMode#3*:i items#2:[atomic]core.KeyToPath optional#4*:b"
    " secretName#1:s",
    "core.SecurityContext allowPrivilegeEscalation#7*:b appArmorProfile#12*:core.AppArmorProfile"
    " capabilities#1*:core.Capabilities privileged#2*:b procMount#9*:s(Default|Unmasked)"
    " readOnlyRootFilesystem#6*:b runAsGroup#8*:l runAsNonRoot#5*:b runAsUser#4*:l"
    " seLinuxOptions#3*:core.SELinuxOptions seccompProfile#11*:core.SeccompProfile"
    " windowsOptions#10*:core.WindowsSecurityContextOptions",
    "core.Service apiVersion:s kind:s metadata#1:meta.ObjectMeta spec#2:core.ServiceSpec"
    " status#3:core.ServiceStatus",
    "core.ServiceAccount apiVersion:s automountServiceAccountToken#4*:b"
    " imagePullSecrets#3:[atomic]core.LocalObjectReference kind:s metadata#1:meta.ObjectMeta"
    " secrets#2:<name>core.ObjectReference+name",
    "core.ServiceAccountTokenProjection audience#1:s expirationSeconds#2*:l path#3^!:s=",
    "core.ServicePort appProtocol#6*:s name#1:s nodePort#5:i port#3^!:i=0"
    " protocol#2:s(SCTP|TCP|UDP)=TCP targetPort#4:x",
    "core.ServiceSpec allocateLoadBalancerNodePorts#20*:b clusterIP#3:s clusterIPs#18:[atomic]s"
    " externalIPs#5:[atomic]s externalName#10:s externalTrafficPolicy#11:s(Cluster|Local)"
    " healthCheckNodePort#12:i internalTrafficPolicy#22*:s(Cluster|Local)"
    " ipFamilies#19:[atomic]s(|IPv4|IPv6)"
    " ipFamilyPolicy#17*:s(PreferDualStack|RequireDualStack|SingleStack) loadBalancerClass#21*:s"
    " loadBalancerIP#8:s loadBalancerSourceRanges#9:[atomic]s"
    " ports#1:<port,protocol>core.ServicePort+port publishNotReadyAddresses#13:b"
    " selector#2:{atomic}s sessionAffinity#7:s(ClientIP|None)"
    " sessionAffinityConfig#14*:core.SessionAffinityConfig trafficDistribution#23*:s"
    " type#4:s(ClusterIP|ExternalName|LoadBalancer|NodePort)",
    "core.ServiceStatus conditions#2:<type>meta.Condition+type"
    " loadBalancer#1:core.LoadBalancerStatus",
    "core.SessionAffinityConfig clientIP#1*:core.ClientIPConfig",
    "core.SleepAction seconds#1^!:l=0",
    "core.StorageOSVolumeSource fsType#3:s readOnly#4:b secretRef#5*:core.LocalObjectReference"
    " volumeName#1:s volumeNamespace#2:s",
    "core.Sysctl name#1^!:s= value#2^!:s=",
    "core.TCPSocketAction host#2:s port#1^!:x",
    "core.Toleration effect#4:s(NoExecute|NoSchedule|PreferNoSchedule) key#1:s"
    " operator#2:s(Equal|Exists|Gt|Lt) tolerationSeconds#5*:l value#3:s",
    "core.TopologySpreadConstraint labelSelector#4*:meta.LabelSelector"
    " matchLabelKeys#8:[atomic]s maxSkew#1^!:i=0 minDomains#5*:i"
    " nodeAffinityPolicy#6*:s(Honor|Ignore) nodeTaintsPolicy#7*:s(Honor|Ignore)"
    " topologyKey#2^!:s= whenUnsatisfiable#3^!:s(DoNotSchedule|ScheduleAnyway)=",
    "core.TypedLocalObjectReference@ apiGroup#1*^:s kind#2^!:s= name#3^!:s=",
    "core.TypedObjectReference apiGroup#1*^:s kind#2^!:s= name#3^!:s= namespace#4*:s",
    "core.Volume awsElasticBlockStore#2/4*:core.AWSElasticBlockStoreVolumeSource"
    " azureDisk#2/22*:core.AzureDiskVolumeSource azureFile#2/18*:core.AzureFileVolumeSource"
    " cephfs#2/14*:core.CephFSVolumeSource cinder#2/13*:core.CinderVolumeSource"
    " configMap#2/19*:core.ConfigMapVolumeSource csi#2/28*:core.CSIVolumeSource"
    " downwardAPI#2/16*:core.DownwardAPIVolumeSource emptyDir#2/2*:core.EmptyDirVolumeSource"
    " ephemeral#2/29*:core.EphemeralVolumeSource fc#2/17*:core.FCVolumeSource"
    " flexVolume#2/12*:core.FlexVolumeSource flocker#2/15*:core.FlockerVolumeSource"
    " gcePersistentDisk#2/3*:core.GCEPersistentDiskVolumeSource"
    " gitRepo#2/5*:core.GitRepoVolumeSource glusterfs#2/9*:core.GlusterfsVolumeSource"
    " hostPath#2/1*:core.HostPathVolumeSource image#2/30*:core.ImageVolumeSource"
    " iscsi#2/8*:core.ISCSIVolumeSource name#1^!:s= nfs#2/7*:core.NFSVolumeSource"
    " persistentVolumeClaim#2/10*:core.PersistentVolumeClaimVolumeSource"
    " photonPersistentDisk#2/23*:core.PhotonPersistentDiskVolumeSource"
    " portworxVolume#2/24*:core.PortworxVolumeSource projected#2/26*:core.ProjectedVolumeSource"
    " quobyte#2/21*:core.QuobyteVolumeSource rbd#2/11*:core.RBDVolumeSource"
    " scaleIO#2/25*:core.ScaleIOVolumeSource secret#2/6*:core.SecretVolumeSource"
    " storageos#2/27*:core.StorageOSVolumeSource"
    " vsphereVolume#2/20*:core.VsphereVirtualDiskVolumeSource",
    "core.VolumeDevice devicePath#2^!:s= name#1^!:s=",
    "core.VolumeMount mountPath#3^!:s= mountPropagation#5*:s(Bidirectional|HostToContainer|None)"
    " name#1^!:s= readOnly#2:b recursiveReadOnly#7*:s subPath#4:s subPathExpr#6:s",
    "core.VolumeProjection clusterTrustBundle#5*:core.ClusterTrustBundleProjection"
    " configMap#3*:core.ConfigMapProjection downwardAPI#2*:core.DownwardAPIProjection"
    " podCertificate#6*:core.PodCertificateProjection secret#1*:core.SecretProjection"
    " serviceAccountToken#4*:core.ServiceAccountTokenProjection",
    "core.VolumeResourceRequirements limits#1:{}q requests#2:{}q",
    "core.VsphereVirtualDiskVolumeSource fsType#2:s storagePolicyID#4:s storagePolicyName#3:s"
    " volumePath#1^!:s=",
    "core.WeightedPodAffinityTerm podAffinityTerm#2^!:core.PodAffinityTerm weight#1^!:i=0",
    "core.WindowsSecurityContextOptions gmsaCredentialSpec#2*:s gmsaCredentialSpecName#1*:s"
    " hostProcess#4*:b runAsUserName#3*:s",
    "events.Event action#6:s apiVersion:s deprecatedCount#15:i deprecatedFirstTimestamp#13:t"
    " deprecatedLastTimestamp#14:t deprecatedSource#12:core.EventSource eventTime#2^!:u kind:s"
    " metadata#1^:meta.ObjectMeta note#10:s reason#7:s regarding#8:core.ObjectReference"
    " related#9*:core.ObjectReference reportingController#4:s reportingInstance#5:s"
    " series#3*:events.EventSeries type#11:s",
    "events.EventSeries count#1^!:i=0 lastObservedTime#2^!:u",
    "ext.CustomResourceColumnDefinition description#4:s format#3:s jsonPath#6^!:s= name#1^!:s="
    " priority#5:i type#2^!:s=",
    "ext.CustomResourceConversion strategy#1^!:s= webhook#2*:ext.WebhookConversion",
    "ext.CustomResourceDefinition apiVersion:s kind:s metadata#1:meta.ObjectMeta"
    " spec#2^!:ext.CustomResourceDefinitionSpec status#3:ext.CustomResourceDefinitionStatus",
    "ext.CustomResourceDefinitionCondition lastTransitionTime#3:t message#5:s"
    " observedGeneration#6:l reason#4:s status#2^!:s= type#1^!:s=",
    "ext.CustomResourceDefinitionNames categories#6:[atomic]s kind#4^!:s= listKind#5:s"
    " plural#1^!:s= shortNames#3:[atomic]s singular#2:s",
    "ext.CustomResourceDefinitionSpec conversion#9*:ext.CustomResourceConversion group#1^!:s="
    " names#3^!:ext.CustomResourceDefinitionNames preserveUnknownFields#10:b scope#4^!:s="
    " versions#7^!:[atomic]ext.CustomResourceDefinitionVersion",
    "ext.CustomResourceDefinitionStatus acceptedNames#2^:ext.CustomResourceDefinitionNames"
    " conditions#1^:<type>ext.CustomResourceDefinitionCondition observedGeneration#4:l"
    " storedVersions#3^:[atomic]s",
    "ext.CustomResourceDefinitionVersion"
    " additionalPrinterColumns#6:[atomic]ext.CustomResourceColumnDefinition deprecated#7:b"
    " deprecationWarning#8*:s name#1^!:s= schema#4*:ext.CustomResourceValidation"
    " selectableFields#9:[atomic]ext.SelectableField served#2^!:b=false storage#3^!:b=false"
    " subresources#5*:ext.CustomResourceSubresources",
    "ext.CustomResourceSubresourceScale labelSelectorPath#3*:s specReplicasPath#1^!:s="
    " statusReplicasPath#2^!:s=",
    "ext.CustomResourceSubresources scale#2*:ext.CustomResourceSubresourceScale status#1*:o",
    "ext.CustomResourceValidation openAPIV3Schema#1*:ext.JSONSchemaProps",
    "ext.ExternalDocumentation description#1:s url#2:s",
    "ext.JSONSchemaProps $ref#3*:s $schema#2:s additionalItems#33*:j additionalProperties#30*:j"
    " allOf#25:[atomic]ext.JSONSchemaProps anyOf#27:[atomic]ext.JSONSchemaProps default#8*:j"
    " definitions#34:{}ext.JSONSchemaProps dependencies#32:{}j description#4:s enum#20:[atomic]j"
    " example#36*:j exclusiveMaximum#10:b exclusiveMinimum#12:b"
    " externalDocs#35*:ext.ExternalDocumentation format#6:s id#1:s items#24*:j maxItems#16*:l"
    " maxLength#13*:l maxProperties#21*:l maximum#9*:d minItems#17*:l minLength#14*:l"
    " minProperties#22*:l minimum#11*:d multipleOf#19*:d not#28*:ext.JSONSchemaProps"
    " nullable#37:b oneOf#26:[atomic]ext.JSONSchemaProps pattern#15:s"
    " patternProperties#31:{}ext.JSONSchemaProps properties#29:{}ext.JSONSchemaProps"
    " required#23:[atomic]s title#7:s type#5:s uniqueItems#18:b"
    " x-kubernetes-embedded-resource#39:b x-kubernetes-int-or-string#40:b"
    " x-kubernetes-list-map-keys#41:[atomic]s x-kubernetes-list-type#42*:s"
    " x-kubernetes-map-type#43*:s x-kubernetes-preserve-unknown-fields#38*:b"
    " x-kubernetes-validations#44:<rule>ext.ValidationRule+rule",
    "ext.SelectableField jsonPath#1^!:s=",
    "ext.ServiceReference name#2^!:s= namespace#1^!:s= path#3*:s port#4*:i",
    "ext.ValidationRule fieldPath#5:s message#2:s messageExpression#3:s optionalOldSelf#6*:b"
    " reason#4*:s(FieldValueDuplicate|FieldValueForbidden|FieldValueInvalid|FieldValueRequired)"
    " rule#1^!:s=",
    "ext.WebhookClientConfig caBundle#2:y service#1*:ext.ServiceReference url#3*:s",
    "ext.WebhookConversion clientConfig#2*:ext.WebhookClientConfig"
    " conversionReviewVersions#3^!:[atomic]s",
    "meta.Condition lastTransitionTime#4^!:t message#6^!:s= observedGeneration#3:l reason#5^!:s="
    " status#2^!:s= type#1^!:s=",
    "meta.DeleteOptions apiVersion:s dryRun#5:[atomic]s gracePeriodSeconds#1*:l"
    " ignoreStoreReadErrorWithClusterBreakingPotential#6*:b kind:s orphanDependents#3*:b"
    " preconditions#2*:meta.Preconditions propagationPolicy#4*:s",
    "meta.FieldSelectorRequirement key#1^!:s= operator#2^!:s= values#3:[atomic]s",
    "meta.LabelSelector@ matchExpressions#2:[atomic]meta.LabelSelectorRequirement"
    " matchLabels#1:{}s",
    "meta.LabelSelectorRequirement key#1^!:s= operator#2^!:s= values#3:[atomic]s",
    "meta.ListMeta continue#3:s remainingItemCount#4*:l resourceVersion#2:s selfLink#1:s"
    " shardInfo#5*:meta.ShardInfo",
    "meta.ManagedFieldsEntry apiVersion#3:s fieldsType#6:s fieldsV1#7*:o manager#1:s"
    " operation#2:s subresource#8:s time#4*:t",
    "meta.ObjectMeta annotations#12:{}s creationTimestamp#8-:t deletionGracePeriodSeconds#10*:l"
    " deletionTimestamp#9*:t finalizers#14:[set]s+ generateName#2:s generation#7:l labels#11:{}s"
    " managedFields#17:[atomic]meta.ManagedFieldsEntry name#1:s namespace#3:s"
    " ownerReferences#13:<uid>meta.OwnerReference+uid resourceVersion#6:s selfLink#4:s uid#5:s",
    "meta.OwnerReference@ apiVersion#5^!:s= blockOwnerDeletion#7*:b controller#6*:b kind#1^!:s="
    " name#3^!:s= uid#4^!:s=",
    "meta.Preconditions resourceVersion#2*:s uid#1*:s",
    "meta.ShardInfo selector#1^!:s=",
    "meta.Status apiVersion:s code#6:i details#5*:meta.StatusDetails kind:s message#3:s"
    " metadata#1:meta.ListMeta reason#4:s status#2:s",
    "meta.StatusCause field#3:s message#2:s reason#1:s",
    "meta.StatusDetails causes#4:[atomic]meta.StatusCause group#2:s kind#3:s name#1:s"
    " retryAfterSeconds#5:i uid#6:s",
    "rbac.AggregationRule clusterRoleSelectors#1:[atomic]meta.LabelSelector",
    "rbac.ClusterRole aggregationRule#3*:rbac.AggregationRule apiVersion:s kind:s"
    " metadata#1:meta.ObjectMeta rules#2^:[atomic]rbac.PolicyRule",
    "rbac.ClusterRoleBinding apiVersion:s kind:s metadata#1:meta.ObjectMeta"
    " roleRef#3^!:rbac.RoleRef subjects#2:[atomic]rbac.Subject",
    "rbac.PolicyRule apiGroups#2:[atomic]s nonResourceURLs#5:[atomic]s resourceNames#4:[atomic]s"
    " resources#3:[atomic]s verbs#1^!:[atomic]s",
    "rbac.Role apiVersion:s kind:s metadata#1:meta.ObjectMeta rules#2^:[atomic]rbac.PolicyRule",
    "rbac.RoleBinding apiVersion:s kind:s metadata#1:meta.ObjectMeta roleRef#3^!:rbac.RoleRef"
    " subjects#2:[atomic]rbac.Subject",
    "rbac.RoleRef@ apiGroup#1^:s= kind#2^!:s= name#3^!:s=",
    "rbac.Subject@ apiGroup#2:s kind#1^!:s= name#3^!:s= namespace#4:s",
    NULL,
};
/* clang-format on */
