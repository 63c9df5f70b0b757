/* metadata: what metadata must be, in the words of the real server. */
#include "syncd/apiserver/kinds.h"
#include "syncd/apiserver/write.h"

#include "syncd/apiserver/edit.h"

#define QUALIFIED_RULE                                                                             \
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "  \
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for " \
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
#define LABEL_VALUE_RULE                                                                           \
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "    \
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',"  \
    "  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
#define DNS_1035_RULE                                                                              \
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "   \
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "           \
    "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
#define ANNOTATIONS_MAX ((size_t)256 << 10)

static bool is_rbac(const struct api_definition *definition)
{
    return definition->builtin != NULL &&
           str_equal(definition->group, STR("rbac.authorization.k8s.io"));
}

static bool is_definition(const struct api_definition *definition)
{
    return str_equal(definition->plural, STR("customresourcedefinitions"));
}

static void validate_path_segment(str name, struct api_causes *causes)
{
    bool dots = str_equal(name, STR(".")) || str_equal(name, STR(".."));
    if (dots)
        api_cause_invalid(causes, STR("metadata.name"), value_string(name), "may not be '%.*s'",
                          STR_ARG(name));
    else if (!name_is_path_segment(name))
        api_cause_invalid(causes, STR("metadata.name"), value_string(name), "may not contain '%c'",
                          str_index(name, '/') != SIZE_MAX ? '/' : '%');
}

static void validate_name(const struct api_definition *definition, str name,
                          struct api_causes *causes)
{
    str field = STR("metadata.name");
    bool label = definition->builtin != NULL && (str_equal(definition->plural, STR("namespaces")) ||
                                                 str_equal(definition->plural, STR("services")));
    if (is_rbac(definition)) {
        validate_path_segment(name, causes);
        return;
    }
    if (name.len > (label ? 63u : 253u)) {
        api_cause_invalid(causes, field, value_string(name), "must be no more than %d characters",
                          label ? 63 : 253);
        return;
    }
    if (label && !name_is_dns_label(name))
        api_cause_invalid(causes, field, value_string(name), "%s", API_LABEL_RULE);
    else if (label && str_equal(definition->plural, STR("services")) && name.ptr[0] >= '0' &&
             name.ptr[0] <= '9')
        api_cause_invalid(causes, field, value_string(name), "%s", DNS_1035_RULE);
    else if (!label && !name_is_dns_subdomain(name))
        api_cause_invalid(causes, field, value_string(name), "%s", API_SUBDOMAIN_RULE);
}

/* "prefix/name": which half is wrong, in words. */
static void validate_key(str key, str field, struct api_causes *causes)
{
    size_t slash = str_index(key, '/');
    str name = slash == SIZE_MAX ? key : str_skip(key, slash + 1);
    value shown = value_string(key);
    if (slash != SIZE_MAX && str_index(name, '/') != SIZE_MAX) {
        api_cause_invalid(causes, field, shown,
                          "a valid label key must consist of alphanumeric characters, '-', '_' or "
                          "'.', and must start and end with an alphanumeric character (e.g. "
                          "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                          "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS "
                          "subdomain prefix and '/' (e.g. 'example.com/MyName')");
        return;
    }
    if (slash == 0)
        api_cause_invalid(causes, field, shown, "prefix part must be non-empty");
    else if (slash != SIZE_MAX && !name_is_dns_subdomain(str_slice(key, 0, slash)))
        api_cause_invalid(causes, field, shown, "prefix part %s", API_SUBDOMAIN_RULE);
    if (name.len == 0)
        api_cause_invalid(causes, field, shown, "name part must be non-empty");
    if (name.len > 63)
        api_cause_invalid(causes, field, shown, "name part must be no more than 63 bytes");
    if (!name_is_label_value(name) || name.len == 0)
        if (name.len <= 63)
            api_cause_invalid(causes, field, shown, QUALIFIED_RULE);
}

static void validate_labels(value labels, struct api_causes *causes)
{
    str field = STR("metadata.labels");
    for (size_t i = 0; i < value_len(labels); i++) {
        const struct member *member = value_member(labels, i);
        str text = value_str(member->val);
        if (!name_is_qualified(member->key))
            validate_key(member->key, field, causes);
        if (name_is_label_value(text))
            continue;
        if (text.len > 63)
            api_cause_invalid(causes, field, member->val, "must be no more than 63 bytes");
        else
            api_cause_invalid(causes, field, member->val, LABEL_VALUE_RULE);
    }
}

static str lower(str text, struct arena *arena)
{
    char *out = arena_alloc_bytes(arena, text.len);
    for (size_t i = 0; i < text.len; i++)
        out[i] = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] | 32) : text.ptr[i];
    return str_from(out, text.len);
}

static void validate_annotations(value annotations, struct api_causes *causes)
{
    size_t total = 0;
    for (size_t i = 0; i < value_len(annotations); i++) {
        const struct member *member = value_member(annotations, i);
        str key = lower(member->key, causes->arena);
        if (!name_is_qualified(key))
            validate_key(key, STR("metadata.annotations"), causes);
        total += member->key.len + value_str(member->val).len;
    }
    if (total > ANNOTATIONS_MAX)
        api_cause_add(causes, "FieldValueTooLong", STR("metadata.annotations"),
                      "Too long: may not be more than %zu bytes", ANNOTATIONS_MAX);
}

static void validate_owners(value owners, struct api_causes *causes)
{
    static const char *const required[] = {"apiVersion", "kind", "name", "uid"};
    static const char *const what[] = {"version must not be empty", "must not be empty",
                                       "must not be empty", "must not be empty"};
    size_t controllers = 0;
    for (size_t i = 0; i < value_len(owners); i++) {
        value owner = value_item(owners, i);
        for (size_t n = 0; n < ARRAY_LEN(required); n++)
            if (value_str(value_get(owner, str_z(required[n]))).len == 0)
                api_cause_invalid(
                    causes, arena_printf(causes->arena, "metadata.ownerReferences.%s", required[n]),
                    value_string(STR("")), "%s", what[n]);
        controllers += value_true(value_get(owner, STR("controller")));
    }
    if (controllers > 1)
        api_cause_invalid(causes, STR("metadata.ownerReferences"), owners,
                          "Only one reference can have Controller set to true.");
}

static void validate_finalizers(value finalizers, struct api_causes *causes)
{
    for (size_t i = 0; i < value_len(finalizers); i++) {
        value one = value_item(finalizers, i);
        if (!name_is_qualified(value_str(one)))
            validate_key(value_str(one), STR("metadata.finalizers"), causes);
    }
}

static void validate_change(value metadata, value old, struct api_causes *causes)
{
    static const char *const fixed[] = {"name", "namespace", "uid", "creationTimestamp"};
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++) {
        value now = value_get(metadata, str_z(fixed[i])), was = value_get(old, str_z(fixed[i]));
        if (value_present(now) != value_present(was) || !value_equal(now, was))
            api_cause_invalid(causes, arena_printf(causes->arena, "metadata.%s", fixed[i]), now,
                              "field is immutable");
    }
    if (!value_present(value_get(old, STR("deletionTimestamp"))))
        return;
    value now = value_get(metadata, STR("finalizers")), was = value_get(old, STR("finalizers"));
    AUTO_BUF struct buf added = BUF_INIT(65536);
    for (size_t i = 0; i < value_len(now); i++) {
        bool there = false;
        for (size_t n = 0; n < value_len(was) && !there; n++)
            there = value_equal(value_item(now, i), value_item(was, n));
        if (!there)
            buf_printf(&added, "%s\"%.*s\"", added.len != 0 ? ", " : "",
                       STR_ARG(value_str(value_item(now, i))));
    }
    if (added.len != 0)
        api_cause_add(causes, "FieldValueForbidden", STR("metadata.finalizers"),
                      "Forbidden: no new finalizers can be added if the object is being deleted, "
                      "found new finalizers []string{%.*s}",
                      (int)added.len, added.ptr);
}

/* Built-in kinds take finalizers with a domain, and a few known ones. */
static void validate_domains(value finalizers, struct api_causes *causes)
{
    static const char *const known[] = {"kubernetes", "orphan", "foregroundDeletion"};
    for (size_t i = 0; i < value_len(finalizers); i++) {
        str name = value_str(value_item(finalizers, i));
        bool fine = str_index(name, '/') != SIZE_MAX;
        for (size_t n = 0; n < ARRAY_LEN(known); n++)
            fine = fine || str_equal(name, str_z(known[n]));
        if (!fine)
            api_cause_invalid(
                causes, arena_printf(causes->arena, "metadata.finalizers[%zu]", i),
                value_string(name),
                "name is neither a standard finalizer name nor is it fully qualified");
    }
}

static void validate_content(value metadata, bool finalizers, struct api_causes *causes)
{
    validate_labels(value_get(metadata, STR("labels")), causes);
    validate_annotations(value_get(metadata, STR("annotations")), causes);
    validate_owners(value_get(metadata, STR("ownerReferences")), causes);
    if (finalizers)
        validate_finalizers(value_get(metadata, STR("finalizers")), causes);
}

/* Updates pass several layers of the real server, and each of them says what is wrong. */
void api_validate_metadata(const struct api_definition *definition, value object, value before,
                           struct api_causes *causes)
{
    value metadata = value_get(object, STR("metadata"));
    str name = value_str(value_get(metadata, STR("name")));
    if (!value_present(before)) {
        if (name.len == 0)
            api_cause_required(causes, STR("metadata.name"), "name or generateName is required");
        else
            validate_name(definition, name, causes);
    }
    value finalizers = value_get(metadata, STR("finalizers"));
    bool typed = definition->builtin != NULL && !is_definition(definition);
    validate_content(metadata, true, causes);
    if (!value_present(before)) {
        if (typed)
            validate_domains(finalizers, causes);
        return;
    }
    value old = value_get(before, STR("metadata"));
    validate_change(metadata, old, causes);
    validate_content(metadata, false, causes);
    validate_change(metadata, old, causes);
    validate_content(metadata, false, causes);
    if (typed)
        validate_domains(finalizers, causes);
}

void api_validate_metadata_again(const struct api_definition *definition, value object,
                                 struct api_causes *causes)
{
    value metadata = value_get(object, STR("metadata"));
    if (definition->builtin == NULL || str_equal(definition->plural, STR("leases")) ||
        str_equal(definition->plural, STR("deployments")))
        return;
    validate_content(metadata, true, causes);
    if (!is_definition(definition))
        validate_domains(value_get(metadata, STR("finalizers")), causes);
}

value api_metadata_without(value object, const char *const *keys, struct arena *arena)
{
    value metadata = value_get(object, STR("metadata"));
    for (size_t i = 0; keys[i] != NULL; i++)
        metadata = value_without(metadata, str_z(keys[i]), arena);
    return value_with(object, STR("metadata"), metadata, arena);
}

bool api_has_finalizer(value object, const char *finalizer)
{
    value list = value_get2(object, STR("metadata"), STR("finalizers"));
    for (size_t i = 0; i < value_len(list); i++)
        if (str_equal(value_str(value_item(list, i)), str_z(finalizer)))
            return true;
    return false;
}
