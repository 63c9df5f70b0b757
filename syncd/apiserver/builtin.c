/* builtin: the table of built-in kinds, with the columns they print. */
#include "syncd/apiserver/kinds.h"

#define COLUMN(label, form, rank, text)                                                            \
    {.name = STR_INIT(label),                                                                      \
     .type = STR_INIT("string"),                                                                   \
     .format = STR_INIT(form),                                                                     \
     .description = STR_INIT(text),                                                                \
     .priority = (rank)}
#define NAME_COLUMN COLUMN("Name", "name", 0, "The object's name, unique within its namespace.")
#define AGE_COLUMN  COLUMN("Age", "", 0, "How long ago the object was created.")
#define CREATED_COLUMN                                                                             \
    {.name = STR_INIT("Created At"),                                                               \
     .type = STR_INIT("date"),                                                                     \
     .description = STR_INIT("When the object was created.")}

static const struct api_column namespace_columns[] = {
    NAME_COLUMN, COLUMN("Status", "", 0, "The status of the namespace"), AGE_COLUMN};
static const struct api_column configmap_columns[] = {
    NAME_COLUMN, COLUMN("Data", "", 0, "How many entries it has."), AGE_COLUMN};
static const struct api_column secret_columns[] = {
    NAME_COLUMN, COLUMN("Type", "", 0, "What the secret is for."),
    COLUMN("Data", "", 0, "How many entries it has."), AGE_COLUMN};
static const struct api_column account_columns[] = {NAME_COLUMN, AGE_COLUMN};
static const struct api_column event_columns[] = {
    COLUMN("Last Seen", "", 0, "When it happened last."),
    COLUMN("Type", "", 0, "Normal or Warning."),
    COLUMN("Reason", "", 0, "Why, in one word."),
    COLUMN("Object", "", 0, "The object that this event is about."),
    COLUMN("Subobject", "", 1, "The part of the object that it is about."),
    COLUMN("Source", "", 1, "The component that reports it."),
    COLUMN("Message", "", 0, "What happened, for people."),
    COLUMN("First Seen", "", 1, "When it happened first."),
    COLUMN("Count", "", 1, "How often it happened."),
    COLUMN("Name", "name", 1, "The object's name, unique within its namespace.")};
static const struct api_column service_columns[] = {
    NAME_COLUMN,
    COLUMN("Type", "", 0, "How the service is exposed."),
    COLUMN("Cluster-IP", "", 0, "Its address inside the cluster."),
    COLUMN("External-IP", "", 0, "Its addresses outside the cluster."),
    COLUMN("Port(s)", "", 0, "The ports it exposes."),
    AGE_COLUMN,
    COLUMN("Selector", "", 1, "Which pods it sends traffic to.")};
static const struct api_column deployment_columns[] = {
    NAME_COLUMN,
    COLUMN("Ready", "", 0, "Number of the pod with ready state"),
    COLUMN("Up-to-date", "", 0, "Pods that have the desired template."),
    COLUMN("Available", "", 0, "Pods that have been ready for long enough."),
    AGE_COLUMN,
    COLUMN("Containers", "", 1, "Names of each container in the template."),
    COLUMN("Images", "", 1, "Images referenced by each container in the template."),
    COLUMN("Selector", "", 1, "Which pods belong to it.")};
static const struct api_column lease_columns[] = {
    NAME_COLUMN, COLUMN("Holder", "", 0, "Who holds the lease."), AGE_COLUMN};
static const struct api_column role_columns[] = {NAME_COLUMN, CREATED_COLUMN};
static const struct api_column binding_columns[] = {
    NAME_COLUMN,
    COLUMN("Role", "", 0, "The role that is granted."),
    AGE_COLUMN,
    COLUMN("Users", "", 1, "Users to whom it is granted."),
    COLUMN("Groups", "", 1, "Groups to whom it is granted."),
    COLUMN("ServiceAccounts", "", 1, "Service accounts to whom it is granted.")};

#define COLUMNS(list) .columns = (list), .column_count = ARRAY_LEN(list)
#define RBAC_GROUP    "rbac.authorization.k8s.io"

static const struct api_builtin configmaps = {.group = "",
                                              .version = "v1",
                                              .kind = "ConfigMap",
                                              .plural = "configmaps",
                                              .singular = "configmap",
                                              .short_names = "cm",
                                              .categories = "",
                                              .type = "core.ConfigMap",
                                              .rules = &api_configmap_rules,
                                              .namespaced = true,
                                              .unconditional_update = true,
                                              COLUMNS(configmap_columns)};
static const struct api_builtin events = {.group = "",
                                          .version = "v1",
                                          .kind = "Event",
                                          .plural = "events",
                                          .singular = "event",
                                          .short_names = "ev",
                                          .categories = "",
                                          .type = "core.Event",
                                          .rules = &api_event_rules,
                                          .namespaced = true,
                                          .unconditional_update = true,
                                          .creates_on_update = true,
                                          COLUMNS(event_columns)};
static const struct api_builtin namespaces = {.group = "",
                                              .version = "v1",
                                              .kind = "Namespace",
                                              .plural = "namespaces",
                                              .singular = "namespace",
                                              .short_names = "ns",
                                              .categories = "",
                                              .type = "core.Namespace",
                                              .rules = &api_namespace_rules,
                                              .has_status = true,
                                              .no_delete_collection = true,
                                              .unconditional_update = true,
                                              COLUMNS(namespace_columns)};
static const struct api_builtin secrets = {.group = "",
                                           .version = "v1",
                                           .kind = "Secret",
                                           .plural = "secrets",
                                           .singular = "secret",
                                           .short_names = "",
                                           .categories = "",
                                           .type = "core.Secret",
                                           .rules = &api_secret_rules,
                                           .namespaced = true,
                                           .unconditional_update = true,
                                           COLUMNS(secret_columns)};
static const struct api_builtin service_accounts = {.group = "",
                                                    .version = "v1",
                                                    .kind = "ServiceAccount",
                                                    .plural = "serviceaccounts",
                                                    .singular = "serviceaccount",
                                                    .short_names = "sa",
                                                    .categories = "",
                                                    .type = "core.ServiceAccount",
                                                    .rules = &api_service_account_rules,
                                                    .namespaced = true,
                                                    .unconditional_update = true,
                                                    .answers_deleted = true,
                                                    COLUMNS(account_columns)};
static const struct api_builtin services = {.group = "",
                                            .version = "v1",
                                            .kind = "Service",
                                            .plural = "services",
                                            .singular = "service",
                                            .short_names = "svc",
                                            .categories = "all",
                                            .type = "core.Service",
                                            .rules = &api_service_rules,
                                            .namespaced = true,
                                            .has_status = true,
                                            .unconditional_update = true,
                                            .creates_on_update = true,
                                            .answers_deleted = true,
                                            COLUMNS(service_columns)};
static const struct api_builtin definitions = {.group = "apiextensions.k8s.io",
                                               .version = "v1",
                                               .kind = "CustomResourceDefinition",
                                               .plural = "customresourcedefinitions",
                                               .singular = "customresourcedefinition",
                                               .short_names = "crd crds",
                                               .categories = "api-extensions",
                                               .type = "ext.CustomResourceDefinition",
                                               .rules = &api_definition_rules,
                                               .has_status = true,
                                               .counts_generation = true,
                                               COLUMNS(role_columns)};
static const struct api_builtin deployments = {.group = "apps",
                                               .version = "v1",
                                               .kind = "Deployment",
                                               .plural = "deployments",
                                               .singular = "deployment",
                                               .short_names = "deploy",
                                               .categories = "all",
                                               .type = "apps.Deployment",
                                               .rules = &api_deployment_rules,
                                               .namespaced = true,
                                               .has_status = true,
                                               .has_scale = true,
                                               .unconditional_update = true,
                                               .counts_generation = true,
                                               COLUMNS(deployment_columns)};
static const struct api_builtin leases = {.group = "coordination.k8s.io",
                                          .version = "v1",
                                          .kind = "Lease",
                                          .plural = "leases",
                                          .singular = "lease",
                                          .short_names = "",
                                          .categories = "",
                                          .type = "coordination.Lease",
                                          .rules = &api_lease_rules,
                                          .namespaced = true,
                                          .creates_on_update = true,
                                          COLUMNS(lease_columns)};
static const struct api_builtin cluster_role_bindings = {.group = RBAC_GROUP,
                                                         .version = "v1",
                                                         .kind = "ClusterRoleBinding",
                                                         .plural = "clusterrolebindings",
                                                         .singular = "clusterrolebinding",
                                                         .short_names = "",
                                                         .categories = "",
                                                         .type = "rbac.ClusterRoleBinding",
                                                         .rules = &api_binding_rules,
                                                         .unconditional_update = true,
                                                         .creates_on_update = true,
                                                         COLUMNS(binding_columns)};
static const struct api_builtin cluster_roles = {.group = RBAC_GROUP,
                                                 .version = "v1",
                                                 .kind = "ClusterRole",
                                                 .plural = "clusterroles",
                                                 .singular = "clusterrole",
                                                 .short_names = "",
                                                 .categories = "",
                                                 .type = "rbac.ClusterRole",
                                                 .rules = &api_role_rules,
                                                 .unconditional_update = true,
                                                 .creates_on_update = true,
                                                 COLUMNS(role_columns)};
static const struct api_builtin role_bindings = {.group = RBAC_GROUP,
                                                 .version = "v1",
                                                 .kind = "RoleBinding",
                                                 .plural = "rolebindings",
                                                 .singular = "rolebinding",
                                                 .short_names = "",
                                                 .categories = "",
                                                 .type = "rbac.RoleBinding",
                                                 .rules = &api_binding_rules,
                                                 .namespaced = true,
                                                 .unconditional_update = true,
                                                 .creates_on_update = true,
                                                 COLUMNS(binding_columns)};
static const struct api_builtin roles = {.group = RBAC_GROUP,
                                         .version = "v1",
                                         .kind = "Role",
                                         .plural = "roles",
                                         .singular = "role",
                                         .short_names = "",
                                         .categories = "",
                                         .type = "rbac.Role",
                                         .rules = &api_role_rules,
                                         .namespaced = true,
                                         .unconditional_update = true,
                                         .creates_on_update = true,
                                         COLUMNS(role_columns)};
static const struct api_builtin access_reviews = {.group = "authorization.k8s.io",
                                                  .version = "v1",
                                                  .kind = "SelfSubjectAccessReview",
                                                  .plural = "selfsubjectaccessreviews",
                                                  .singular = "selfsubjectaccessreview",
                                                  .short_names = "",
                                                  .categories = "",
                                                  .type = "authorization.SelfSubjectAccessReview",
                                                  .create_only = true};
static const struct api_builtin subject_reviews = {.group = "authentication.k8s.io",
                                                   .version = "v1",
                                                   .kind = "SelfSubjectReview",
                                                   .plural = "selfsubjectreviews",
                                                   .singular = "selfsubjectreview",
                                                   .short_names = "",
                                                   .categories = "",
                                                   .type = "authentication.SelfSubjectReview",
                                                   .create_only = true};

const struct api_builtin *const api_builtins[] = {
    &configmaps,       &events,         &namespaces,  &secrets,
    &service_accounts, &services,       &definitions, &deployments,
    &subject_reviews,  &access_reviews, &leases,      &cluster_role_bindings,
    &cluster_roles,    &role_bindings,  &roles,
};
const size_t api_builtin_count = ARRAY_LEN(api_builtins);
