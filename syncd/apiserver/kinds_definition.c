/* kinds_definition: CustomResourceDefinition: its defaults and what is checked. */
#include "syncd/apiserver/kinds.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/jsonpath.h"

static value fill_spec(value spec, struct arena *arena)
{
    value names = value_get(spec, STR("names"));
    str kind = value_str(value_get(names, STR("kind")));
    if (kind.len != 0) {
        char *lower = arena_alloc_bytes(arena, kind.len);
        for (size_t i = 0; i < kind.len; i++)
            lower[i] =
                kind.ptr[i] >= 'A' && kind.ptr[i] <= 'Z' ? (char)(kind.ptr[i] | 32) : kind.ptr[i];
        value list_kind = value_string(arena_concat(arena, kind, STR("List"), (str){0}));
        names = api_edit_default(names, "singular", value_string(str_from(lower, kind.len)), arena);
        names = api_edit_default(names, "listKind", list_kind, arena);
        spec = value_with(spec, STR("names"), names, arena);
    }
    value conversion = value_with(api_empty_object(), STR("strategy"), api_text("None"), arena);
    return api_edit_default(spec, "conversion", conversion, arena);
}

static value fill_definition(value object, struct arena *arena)
{
    return api_edit_member(object, "spec", fill_spec, arena);
}

/* status.storedVersions with the storage version in it. */
static value prepare_definition(struct api_call *call, value object, value before)
{
    struct arena *arena = call->arena;
    value versions = value_get2(object, STR("spec"), STR("versions"));
    value status = value_get(object, STR("status"));
    if (!value_present(before)) {
        value names = value_with(api_empty_object(), STR("kind"), api_text(""), arena);
        names = value_with(names, STR("plural"), api_text(""), arena);
        status = value_with(api_empty_object(), STR("acceptedNames"), names, arena);
        status = value_with(status, STR("conditions"), value_null(), arena);
    }
    value stored = value_get(status, STR("storedVersions"));
    if (!value_is(stored, VALUE_ARRAY))
        stored = (value){.kind = VALUE_ARRAY};
    for (size_t i = 0; i < value_len(versions); i++) {
        value name = value_get(value_item(versions, i), STR("name"));
        bool there = !value_true(value_get(value_item(versions, i), STR("storage")));
        for (size_t n = 0; n < value_len(stored) && !there; n++)
            there = value_equal(value_item(stored, n), name);
        if (!there)
            stored = value_append(stored, name, arena);
    }
    return value_with(object, STR("status"),
                      value_with(status, STR("storedVersions"), stored, arena), arena);
}

static void validate_names(value spec, struct api_causes *causes)
{
    static const char *const labels[] = {"plural", "singular", "kind", "listKind"};
    value names = value_get(spec, STR("names"));
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        str name = value_str(value_get(names, str_z(labels[i])));
        str field = arena_printf(causes->arena, "spec.names.%s", labels[i]);
        char *lower = arena_alloc_bytes(causes->arena, name.len);
        for (size_t n = 0; n < name.len; n++)
            lower[n] = i >= 2 && name.ptr[n] >= 'A' && name.ptr[n] <= 'Z' ? (char)(name.ptr[n] | 32)
                                                                          : name.ptr[n];
        if (name.len == 0)
            api_cause_required(causes, field, "");
        else if (!name_is_dns_label(str_from(lower, name.len)))
            api_cause_invalid(causes, field, value_string(name),
                              "a DNS-1035 label must consist of lower case alphanumeric characters "
                              "or '-', start with an alphabetic character, and end with an "
                              "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used "
                              "for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
    }
}

static void validate_columns(value version, str path, struct api_causes *causes)
{
    static const char *const types[] = {"boolean", "date", "integer", "number", "string", NULL};
    value columns = value_get(version, STR("additionalPrinterColumns"));
    for (size_t i = 0; i < value_len(columns); i++) {
        value column = value_item(columns, i);
        str at =
            arena_printf(causes->arena, "%.*s.additionalPrinterColumns[%zu]", STR_ARG(path), i);
        value type = value_get(column, STR("type")), json = value_get(column, STR("jsonPath"));
        bool known = false;
        for (size_t n = 0; types[n] != NULL; n++)
            known = known || str_equal(value_str(type), str_z(types[n]));
        if (value_str(value_get(column, STR("name"))).len == 0)
            api_cause_required(causes, arena_concat(causes->arena, at, STR(".name"), (str){0}), "");
        if (!known)
            api_cause_unsupported(causes, arena_concat(causes->arena, at, STR(".type"), (str){0}),
                                  type, types);
        if (!api_jsonpath_valid(value_str(json)))
            api_cause_invalid(causes, arena_concat(causes->arena, at, STR(".jsonPath"), (str){0}),
                              json, "must be a simple json path starting with .");
    }
}

static void validate_version(value version, size_t index, struct api_causes *causes)
{
    str path = arena_printf(causes->arena, "spec.versions[%zu]", index);
    value schema = value_get2(version, STR("schema"), STR("openAPIV3Schema"));
    str at = arena_concat(causes->arena, path, STR(".schema.openAPIV3Schema"), (str){0});
    const struct schema_type *type;
    struct error err = ERROR_INIT;
    if (!value_present(schema))
        api_cause_required(causes, at, "schemas are required");
    else if (!schema_from_structural(schema, limits_default(), causes->arena, &type, &err))
        api_cause_add(causes, "FieldValueInvalid", at, "%s", err.text);
    validate_columns(version, path, causes);
}

static void validate_versions(value spec, struct api_causes *causes)
{
    value versions = value_get(spec, STR("versions"));
    size_t storage = 0;
    if (value_len(versions) == 0) {
        api_cause_required(causes, STR("spec.versions"), "must have at least one version");
        return;
    }
    for (size_t i = 0; i < value_len(versions); i++) {
        value version = value_item(versions, i);
        storage += value_true(value_get(version, STR("storage")));
        validate_version(version, i, causes);
    }
    if (storage != 1)
        api_cause_invalid(causes, STR("spec.versions"), versions,
                          "must have exactly one version marked as storage version");
}

/* Groups of the project itself need its leave. */
static void validate_approval(value object, str group, struct api_causes *causes)
{
    bool guarded = str_equal(group, STR("k8s.io")) || str_ends(group, STR(".k8s.io")) ||
                   str_equal(group, STR("kubernetes.io")) || str_ends(group, STR(".kubernetes.io"));
    str approval = object_annotation(object, STR("api-approved.kubernetes.io"));
    if (!guarded)
        return;
    str field = STR("metadata.annotations[api-approved.kubernetes.io]");
    if (approval.len == 0)
        api_cause_required(causes, field,
                           "protected groups must have approval annotation "
                           "\"api-approved.kubernetes.io\", see "
                           "https://github.com/kubernetes/enhancements/pull/1111");
    else if (!str_starts(approval, STR("unapproved")) && !str_starts(approval, STR("https://")) &&
             !str_starts(approval, STR("http://")))
        api_cause_invalid(causes, field, value_string(approval),
                          "protected groups must have approval annotation "
                          "\"api-approved.kubernetes.io\" with either a URL or a reason starting "
                          "with \"unapproved\", see "
                          "https://github.com/kubernetes/enhancements/pull/1111");
}

static void validate_definition(value object, value before, struct api_causes *causes)
{
    static const char *const scopes[] = {"Cluster", "Namespaced", NULL};
    value spec = value_get(object, STR("spec")), scope = value_get(spec, STR("scope"));
    str group = value_str(value_get(spec, STR("group")));
    str plural = value_str(value_get2(spec, STR("names"), STR("plural")));
    str name = value_str(value_get2(object, STR("metadata"), STR("name")));
    str want = arena_printf(causes->arena, "%.*s.%.*s", STR_ARG(plural), STR_ARG(group));
    if (!str_equal(name, want))
        api_cause_invalid(causes, STR("metadata.name"), value_string(name),
                          "must be spec.names.plural+\".\"+spec.group");
    if (group.len == 0)
        api_cause_required(causes, STR("spec.group"), "");
    else if (!name_is_dns_subdomain(group))
        api_cause_invalid(causes, STR("spec.group"), value_string(group), "%s", API_SUBDOMAIN_RULE);
    if (value_str(scope).len == 0)
        api_cause_required(causes, STR("spec.scope"), "");
    else if (!str_equal(value_str(scope), STR("Cluster")) &&
             !str_equal(value_str(scope), STR("Namespaced")))
        api_cause_unsupported(causes, STR("spec.scope"), scope, scopes);
    value strategy = value_get2(spec, STR("conversion"), STR("strategy"));
    if (str_equal(value_str(strategy), STR("Webhook")))
        api_cause_add(causes, "FieldValueNotSupported", STR("spec.conversion.strategy"),
                      "Unsupported value: \"Webhook\": this server converts by itself only: "
                      "supported values: \"None\"");
    validate_versions(spec, causes);
    validate_names(spec, causes);
    validate_approval(object, group, causes);
    if (!value_present(before))
        return;
    value old = value_get(before, STR("spec"));
    if (!value_equal(value_get(old, STR("scope")), scope))
        api_cause_invalid(causes, STR("spec.scope"), scope, "field is immutable");
    if (!value_equal(value_get2(old, STR("names"), STR("kind")),
                     value_get2(spec, STR("names"), STR("kind"))))
        api_cause_invalid(causes, STR("spec.names.kind"),
                          value_get2(spec, STR("names"), STR("kind")), "field is immutable");
}

static void definition_cells(value object, int64_t now_ns, struct array_builder *cells,
                             struct arena *arena)
{
    (void)now_ns;
    (void)arena;
    value metadata = value_get(object, STR("metadata"));
    array_add(cells, value_get(metadata, STR("name")));
    array_add(cells, value_get(metadata, STR("creationTimestamp")));
}

const struct api_kind_rules api_definition_rules = {.fill = fill_definition,
                                                    .prepare = prepare_definition,
                                                    .validate = validate_definition,
                                                    .cells = definition_cells};
