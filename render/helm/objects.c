/* .Chart, .Capabilities: the structs that templates see. */
#include "render/helm/chart.h"
#include "render/template/functions.h"

static const struct dyn_field maintainer_fields[] = {
    {"Name", "name", true, true}, {"Email", "email", true, true}, {"URL", "url", true, true}};
static const struct dyn_shape maintainer_shape = {.type = "chart.Maintainer",
                                                  .fields = maintainer_fields,
                                                  .field_count = ARRAY_LEN(maintainer_fields),
                                                  .pointer = true};

static const struct dyn_field dependency_fields[] = {
    {"Name", "name", false, true},
    {"Version", "version", true, true},
    {"Repository", "repository", false, true},
    {"Condition", "condition", true, true},
    {"Tags", "tags", true, true},
    {"Enabled", "enabled", true, true},
    {"ImportValues", "import-values", true, true},
    {"Alias", "alias", true, true},
};
static const struct dyn_shape dependency_shape = {.type = "chart.Dependency",
                                                  .fields = dependency_fields,
                                                  .field_count = ARRAY_LEN(dependency_fields),
                                                  .pointer = true};

/* In the order of chart_object. */
static const struct dyn_field chart_fields[] = {
    {"Name", "name", true, true},
    {"Home", "home", true, true},
    {"Sources", "sources", true, true},
    {"Version", "version", true, true},
    {"Description", "description", true, true},
    {"Keywords", "keywords", true, true},
    {"Maintainers", "maintainers", true, true},
    {"Icon", "icon", true, true},
    {"APIVersion", "apiVersion", true, true},
    {"Condition", "condition", true, true},
    {"Tags", "tags", true, true},
    {"AppVersion", "appVersion", true, true},
    {"Deprecated", "deprecated", true, true},
    {"Annotations", "annotations", true, true},
    {"KubeVersion", "kubeVersion", true, true},
    {"Dependencies", "dependencies", true, true},
    {"Type", "type", true, true},
    {"IsRoot", "IsRoot", false, false},
};
static const struct dyn_shape metadata_shape = {
    .type = "chart.Metadata", .fields = chart_fields, .field_count = ARRAY_LEN(chart_fields) - 1};
static const struct dyn_shape chart_shape = {.type = "struct { chart.Metadata; IsRoot bool }",
                                             .fields = chart_fields,
                                             .field_count = ARRAY_LEN(chart_fields),
                                             .embedded = ARRAY_LEN(chart_fields) - 1,
                                             .embedded_name = "Metadata",
                                             .embedded_shape = &metadata_shape};

static struct dyn new_struct(const struct dyn_shape *shape, const struct dyn *fields,
                             struct arena *arena)
{
    struct dyn *copy = ARENA_ARRAY(arena, struct dyn, shape->field_count);
    memcpy(copy, fields, shape->field_count * sizeof(*copy));
    struct dyn_struct *record = ARENA_NEW(arena, struct dyn_struct);
    *record = (struct dyn_struct){.shape = shape, .fields = copy};
    return dyn_struct(record);
}

/* A list or map of metadata that was not given is nil of its type. */
static struct dyn or_nil(struct dyn v, enum dyn_kind kind, enum dyn_type type)
{
    if (v.kind != DYN_ABSENT)
        return v;
    return (struct dyn){.kind = (uint8_t)kind, .type = (uint8_t)type, .null = true};
}

static struct dyn maintainers_list(const struct chart_metadata *metadata, struct arena *arena)
{
    size_t count = metadata->maintainers.len;
    struct dyn *items = ARENA_ARRAY(arena, struct dyn, count);
    for (size_t i = 0; i < count; i++) {
        const struct maintainer *m = metadata->maintainers.items[i];
        items[i] = new_struct(
            &maintainer_shape,
            (struct dyn[]){dyn_string(m->name), dyn_string(m->email), dyn_string(m->url)}, arena);
    }
    struct dyn list = dyn_list(TYPE_LIST_STRUCT, items, count);
    list.null = count == 0;
    return list;
}

static struct dyn dependencies_list(const struct chart_metadata *metadata, struct arena *arena)
{
    size_t count = metadata->dependencies.len;
    struct dyn *items = ARENA_ARRAY(arena, struct dyn, count);
    for (size_t i = 0; i < count; i++) {
        const struct dependency *d = metadata->dependencies.items[i];
        items[i] = new_struct(
            &dependency_shape,
            (struct dyn[]){dyn_string(d->name), dyn_string(d->version), dyn_string(d->repository),
                           dyn_string(d->condition), or_nil(d->tags, DYN_LIST, TYPE_LIST_STRING),
                           dyn_bool(d->enabled), or_nil(d->import_values, DYN_LIST, TYPE_LIST_ANY),
                           dyn_string(d->alias)},
            arena);
    }
    struct dyn list = dyn_list(TYPE_LIST_STRUCT, items, count);
    list.null = count == 0;
    return list;
}

struct dyn chart_object(const struct chart *chart, struct arena *arena)
{
    const struct chart_metadata *m = &chart->metadata;
    const struct dyn fields[ARRAY_LEN(chart_fields)] = {
        dyn_string(m->name),
        dyn_string(m->home),
        or_nil(m->sources, DYN_LIST, TYPE_LIST_STRING),
        dyn_string(m->version),
        dyn_string(m->description),
        or_nil(m->keywords, DYN_LIST, TYPE_LIST_STRING),
        maintainers_list(m, arena),
        dyn_string(m->icon),
        dyn_string(m->api_version),
        dyn_string(m->condition),
        dyn_string(m->tags),
        dyn_string(m->app_version),
        dyn_bool(m->deprecated),
        or_nil(m->annotations, DYN_MAP, TYPE_MAP_STRING),
        dyn_string(m->kube_version),
        dependencies_list(m, arena),
        dyn_string(m->type),
        dyn_bool(chart->parent == NULL),
    };
    return new_struct(&chart_shape, fields, arena);
}

/* Capabilities. */

enum { KUBE_VERSION, KUBE_MAJOR, KUBE_MINOR, KUBE_FIELDS };

static str kube_version_text(const struct dyn_struct *record, struct arena *arena)
{
    (void)arena;
    return dyn_str(record->fields[KUBE_VERSION]);
}

static bool kube_version_string(struct dyn_call *call)
{
    return call_return(call, call->receiver.as.record->fields[KUBE_VERSION]);
}

static const struct dyn_field kube_fields[] = {
    {"Version", "Version", false, false},
    {"Major", "Major", false, false},
    {"Minor", "Minor", false, false},
};
static const struct dyn_method kube_methods[] = {{"GitVersion", "", kube_version_string},
                                                 {"String", "", kube_version_string}};
static const struct dyn_shape kube_shape = {.type = "chartutil.KubeVersion",
                                            .fields = kube_fields,
                                            .field_count = KUBE_FIELDS,
                                            .methods = kube_methods,
                                            .method_count = ARRAY_LEN(kube_methods),
                                            .text = kube_version_text,
                                            .by_address = true};

static const struct dyn_field build_fields[] = {
    {"Version", "version", true, true},
    {"GitCommit", "git_commit", true, true},
    {"GitTreeState", "git_tree_state", true, true},
    {"GoVersion", "go_version", true, true},
};
static const struct dyn_shape build_shape = {
    .type = "version.BuildInfo", .fields = build_fields, .field_count = ARRAY_LEN(build_fields)};

static const struct dyn_field capability_fields[] = {
    {"KubeVersion", "KubeVersion", false, false},
    {"APIVersions", "APIVersions", false, false},
    {"HelmVersion", "HelmVersion", false, false},
};
static const struct dyn_shape capability_shape = {.type = "chartutil.Capabilities",
                                                  .fields = capability_fields,
                                                  .field_count = ARRAY_LEN(capability_fields),
                                                  .pointer = true};

/* "v1.29.3" and friends: digits with dots, what follows is left out; at least two parts. */
static bool parse_kube_version(str text, struct arena *arena, struct dyn fields[KUBE_FIELDS])
{
    str rest = str_starts(text, STR("v")) ? str_skip(text, 1) : text;
    uint64_t parts[8] = {0};
    size_t count = 0;
    while (count < ARRAY_LEN(parts)) {
        size_t len = 0;
        while (len < rest.len && rest.ptr[len] >= '0' && rest.ptr[len] <= '9')
            len++;
        if (len == 0 || (len > 1 && rest.ptr[0] == '0') ||
            !str_to_u64(str_slice(rest, 0, len), &parts[count]))
            return false;
        count++;
        rest = str_skip(rest, len);
        bool more = rest.len > 1 && rest.ptr[0] == '.' && rest.ptr[1] >= '0' && rest.ptr[1] <= '9';
        if (!more)
            break;
        rest = str_skip(rest, 1);
    }
    if (count < 2)
        return false;
    AUTO_BUF struct buf buf = BUF_INIT(256);
    for (size_t i = 0; i < count; i++)
        buf_printf(&buf, "%s%llu", i == 0 ? "v" : ".", (unsigned long long)parts[i]);
    fields[KUBE_VERSION] = dyn_string(buf_copy(&buf, arena));
    fields[KUBE_MAJOR] = dyn_string(arena_printf(arena, "%llu", (unsigned long long)parts[0]));
    fields[KUBE_MINOR] = dyn_string(arena_printf(arena, "%llu", (unsigned long long)parts[1]));
    return true;
}

/* What Helm takes for the API versions of a cluster that it does not ask. */
static const char *const known_versions[] = {
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
};

static struct dyn versions_list(const struct helm_options *options, struct arena *arena)
{
    size_t known = options->own_versions ? 0 : ARRAY_LEN(known_versions);
    size_t served = options->cluster_version_count, count = 0;
    struct dyn *items = ARENA_ARRAY(arena, struct dyn, known + served + options->api_version_count);
    for (size_t i = 0; i < known; i++)
        items[count++] = dyn_string(str_z(known_versions[i]));
    for (size_t i = 0; i < served; i++)
        items[count++] = dyn_string(options->cluster_versions[i]);
    for (size_t i = 0; i < options->api_version_count; i++)
        items[count++] = dyn_string(options->api_versions[i]);
    return dyn_list(TYPE_VERSIONS, items, count);
}

bool capabilities_object(const struct helm_options *options, struct arena *arena,
                         struct dyn *ret_object, str *ret_kube_version, struct error *err)
{
    str text = options->kube_version.len > 0 ? options->kube_version : STR("v1.20.0");
    struct dyn kube[KUBE_FIELDS];
    if (!parse_kube_version(text, arena, kube))
        return error_rule(err, ERROR_INPUT, "E_HELM_OPTION", "invalid kube version '%.*s'",
                          STR_ARG(text));
    if (options->version_whole)
        kube[KUBE_VERSION] = dyn_string(text);
    const struct dyn build[] = {dyn_string(STR("v3.22")), dyn_string(STR("")), dyn_string(STR("")),
                                dyn_string(STR("go1.26"))};
    const struct dyn fields[] = {
        new_struct(&kube_shape, kube, arena),
        versions_list(options, arena),
        new_struct(&build_shape, build, arena),
    };
    *ret_object = new_struct(&capability_shape, fields, arena);
    *ret_kube_version = dyn_str(kube[KUBE_VERSION]);
    return true;
}
