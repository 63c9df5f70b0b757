/* kinds_core: the small built-in kinds. */
#include "syncd/apiserver/kinds.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/table.h"
#include "syncd/base/crypto.h"

const char API_LABEL_RULE[] =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const char API_SUBDOMAIN_RULE[] =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

static value name_cell(value object)
{
    return value_get2(object, STR("metadata"), STR("name"));
}

static value age_cell(value object, int64_t now_ns, struct arena *arena)
{
    value created = value_get2(object, STR("metadata"), STR("creationTimestamp"));
    return value_string(api_age_of(created, now_ns, arena));
}

static value list_of_one(const char *text, struct arena *arena)
{
    struct array_builder list;
    array_begin(&list, arena);
    array_add(&list, api_text(text));
    return array_finish(&list);
}

/* Namespaces. */
static value fill_namespace(value object, struct arena *arena)
{
    value metadata = value_get(object, STR("metadata"));
    value name = value_get(metadata, STR("name"));
    if (value_str(name).len == 0)
        return object;
    value labels = value_get(metadata, STR("labels"));
    if (!value_is(labels, VALUE_OBJECT))
        labels = api_empty_object();
    labels = value_with(labels, STR("kubernetes.io/metadata.name"), name, arena);
    return api_edit_metadata(object, "labels", labels, arena);
}

static value prepare_namespace(struct api_call *call, value object, value before)
{
    struct arena *arena = call->arena;
    if (value_present(before))
        return value_with(object, STR("spec"), value_get(before, STR("spec")), arena);
    value spec =
        value_with(api_empty_object(), STR("finalizers"), list_of_one("kubernetes", arena), arena);
    value status = value_with(api_empty_object(), STR("phase"), api_text("Active"), arena);
    object = value_with(object, STR("spec"), spec, arena);
    return value_with(object, STR("status"), status, arena);
}

static void namespace_cells(value object, int64_t now_ns, struct array_builder *cells,
                            struct arena *arena)
{
    array_add(cells, name_cell(object));
    array_add(cells, value_string(value_str(value_get2(object, STR("status"), STR("phase")))));
    array_add(cells, age_cell(object, now_ns, arena));
}

const struct api_kind_rules api_namespace_rules = {
    .fill = fill_namespace, .prepare = prepare_namespace, .cells = namespace_cells};

/* ConfigMaps and Secrets. */
static bool is_entry_key(str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || c == '.';
        if (!fine)
            return false;
    }
    return key.len != 0 && key.len <= 253;
}

static void validate_keys(value entries, const char *field, struct api_causes *causes)
{
    for (size_t i = 0; i < value_len(entries); i++) {
        str key = value_member(entries, i)->key;
        if (!is_entry_key(key))
            api_cause_invalid(causes, arena_printf(causes->arena, "%s[%.*s]", field, STR_ARG(key)),
                              value_string(key),
                              "a valid config key must consist of alphanumeric characters, '-', "
                              "'_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex "
                              "used for validation is '[-._a-zA-Z0-9]+')");
    }
}

static void validate_immutable(value object, value before, const char *const *fields,
                               struct api_causes *causes)
{
    if (!value_true(value_get(before, STR("immutable"))))
        return;
    if (!value_true(value_get(object, STR("immutable"))))
        api_cause_add(causes, "FieldValueForbidden", STR("immutable"),
                      "Forbidden: field is immutable when `immutable` is set");
    for (size_t i = 0; fields[i] != NULL; i++) {
        value now = value_get(object, str_z(fields[i])), old = value_get(before, str_z(fields[i]));
        if (value_present(now) != value_present(old) || !value_equal(now, old))
            api_cause_add(causes, "FieldValueForbidden", str_z(fields[i]),
                          "Forbidden: field is immutable when `immutable` is set");
    }
}

static void validate_configmap(value object, value before, struct api_causes *causes)
{
    static const char *const fields[] = {"data", "binaryData", NULL};
    validate_immutable(object, before, fields, causes);
    value data = value_get(object, STR("data")), binary = value_get(object, STR("binaryData"));
    validate_keys(data, "data", causes);
    for (size_t i = 0; i < value_len(data); i++) {
        str key = value_member(data, i)->key;
        if (value_present(value_get(binary, key)))
            api_cause_invalid(causes, arena_printf(causes->arena, "data[%.*s]", STR_ARG(key)),
                              value_string(key), "duplicate of key present in binaryData");
    }
    validate_keys(binary, "binaryData", causes);
}

static void configmap_cells(value object, int64_t now_ns, struct array_builder *cells,
                            struct arena *arena)
{
    size_t count =
        value_len(value_get(object, STR("data"))) + value_len(value_get(object, STR("binaryData")));
    array_add(cells, name_cell(object));
    array_add(cells, value_int((int64_t)count, arena));
    array_add(cells, age_cell(object, now_ns, arena));
}

const struct api_kind_rules api_configmap_rules = {.validate = validate_configmap,
                                                   .cells = configmap_cells};

static value fill_secret(value object, struct arena *arena)
{
    object = api_edit_default_text(object, "type", "Opaque", arena);
    value plain = value_get(object, STR("stringData"));
    if (!value_present(plain))
        return object;
    value data = value_get(object, STR("data"));
    if (!value_is(data, VALUE_OBJECT))
        data = api_empty_object();
    for (size_t i = 0; i < value_len(plain); i++) {
        const struct member *member = value_member(plain, i);
        value encoded = value_string(base64_encode(arena, value_str(member->val)));
        data = value_with(data, member->key, encoded, arena);
    }
    object = value_without(object, STR("stringData"), arena);
    return value_len(data) == 0 ? object : value_with(object, STR("data"), data, arena);
}

static void validate_secret(value object, value before, struct api_causes *causes)
{
    static const char *const fields[] = {"data", NULL};
    value type = value_get(before, STR("type"));
    validate_keys(value_get(object, STR("data")), "data", causes);
    if (value_present(before) && !value_equal(type, value_get(object, STR("type"))))
        api_cause_invalid(causes, STR("type"), value_get(object, STR("type")),
                          "field is immutable");
    validate_immutable(object, before, fields, causes);
}

static void secret_cells(value object, int64_t now_ns, struct array_builder *cells,
                         struct arena *arena)
{
    array_add(cells, name_cell(object));
    array_add(cells, value_get(object, STR("type")));
    array_add(cells, value_int((int64_t)value_len(value_get(object, STR("data"))), arena));
    array_add(cells, age_cell(object, now_ns, arena));
}

const struct api_kind_rules api_secret_rules = {
    .fill = fill_secret, .validate = validate_secret, .cells = secret_cells};

static void account_cells(value object, int64_t now_ns, struct array_builder *cells,
                          struct arena *arena)
{
    array_add(cells, name_cell(object));
    array_add(cells, age_cell(object, now_ns, arena));
}

const struct api_kind_rules api_service_account_rules = {.cells = account_cells};

/* Events. */
static value first_present(value a, value b, value c)
{
    if (value_is(a, VALUE_STRING))
        return a;
    return value_is(b, VALUE_STRING) ? b : c;
}

static void event_cells(value object, int64_t now_ns, struct array_builder *cells,
                        struct arena *arena)
{
    value series = value_get(object, STR("series"));
    value time = value_get(object, STR("eventTime"));
    value first = first_present(value_get(object, STR("firstTimestamp")), time, value_absent());
    value last = first_present(value_get(series, STR("lastObservedTime")),
                               value_get(object, STR("lastTimestamp")), first);
    value involved = value_get(object, STR("involvedObject"));
    value source = value_get(object, STR("source"));
    value component = value_get(source, STR("component")), host = value_get(source, STR("host"));
    int64_t count = api_edit_int(value_present(series) ? series : object, "count");
    str kind = value_str(value_get(involved, STR("kind")));
    char *lower = arena_alloc_bytes(arena, kind.len);
    for (size_t i = 0; i < kind.len; i++)
        lower[i] =
            kind.ptr[i] >= 'A' && kind.ptr[i] <= 'Z' ? (char)(kind.ptr[i] | 32) : kind.ptr[i];
    str about = arena_printf(arena, "%.*s/%.*s", (int)kind.len, lower,
                             STR_ARG(value_str(value_get(involved, STR("name")))));
    str from = value_str(host).len == 0
                   ? value_str(component)
                   : arena_printf(arena, "%.*s, %.*s", STR_ARG(value_str(component)),
                                  STR_ARG(value_str(host)));
    array_add(cells, value_string(api_age_of(last, now_ns, arena)));
    array_add(cells, value_string(value_str(value_get(object, STR("type")))));
    array_add(cells, value_string(value_str(value_get(object, STR("reason")))));
    array_add(cells, value_string(about));
    array_add(cells, value_string(value_str(value_get(involved, STR("fieldPath")))));
    array_add(cells, value_string(from));
    array_add(cells, value_string(str_trim(value_str(value_get(object, STR("message"))))));
    array_add(cells, value_string(api_age_of(first, now_ns, arena)));
    array_add(cells, value_int(count == 0 ? 1 : count, arena));
    array_add(cells, name_cell(object));
}

static void validate_event(value object, value before, struct api_causes *causes)
{
    (void)before;
    str own = value_str(value_get2(object, STR("metadata"), STR("namespace")));
    str about = value_str(value_get2(object, STR("involvedObject"), STR("namespace")));
    bool fine = about.len == 0 ? str_equal(own, STR("default")) : str_equal(own, about);
    if (!fine)
        api_cause_invalid(causes, STR("involvedObject.namespace"), value_string(about),
                          "does not match event.namespace");
}

const struct api_kind_rules api_event_rules = {.validate = validate_event, .cells = event_cells};

/* Leases. */
static void lease_cells(value object, int64_t now_ns, struct array_builder *cells,
                        struct arena *arena)
{
    str holder = value_str(value_get2(object, STR("spec"), STR("holderIdentity")));
    array_add(cells, name_cell(object));
    array_add(cells, value_string(holder));
    array_add(cells, age_cell(object, now_ns, arena));
}

static void validate_lease(value object, value before, struct api_causes *causes)
{
    (void)before;
    value seconds = value_get2(object, STR("spec"), STR("leaseDurationSeconds"));
    int64_t number;
    if (value_to_i64(seconds, &number) && number <= 0)
        api_cause_invalid(causes, STR("spec.leaseDurationSeconds"), seconds,
                          "must be greater than 0");
}

const struct api_kind_rules api_lease_rules = {.validate = validate_lease, .cells = lease_cells};

/* Roles and bindings. */
static void role_cells(value object, int64_t now_ns, struct array_builder *cells,
                       struct arena *arena)
{
    (void)now_ns;
    (void)arena;
    array_add(cells, name_cell(object));
    array_add(cells, value_get2(object, STR("metadata"), STR("creationTimestamp")));
}

const struct api_kind_rules api_role_rules = {.cells = role_cells};

static value fill_role_ref(value ref, struct arena *arena)
{
    value group = value_get(ref, STR("apiGroup"));
    return value_str(group).len != 0
               ? ref
               : value_with(ref, STR("apiGroup"), api_text("rbac.authorization.k8s.io"), arena);
}

static value fill_subject(value subject, struct arena *arena)
{
    str kind = value_str(value_get(subject, STR("kind")));
    if (value_str(value_get(subject, STR("apiGroup"))).len != 0 ||
        str_equal(kind, STR("ServiceAccount")))
        return subject;
    return value_with(subject, STR("apiGroup"), api_text("rbac.authorization.k8s.io"), arena);
}

static value fill_binding(value object, struct arena *arena)
{
    object = api_edit_member(object, "roleRef", fill_role_ref, arena);
    return api_edit_items(object, "subjects", fill_subject, arena);
}

static void validate_binding(value object, value before, struct api_causes *causes)
{
    static const char *const kinds[] = {"Role", "ClusterRole", NULL};
    value ref = value_get(object, STR("roleRef")), old = value_get(before, STR("roleRef"));
    str kind = value_str(value_get(ref, STR("kind")));
    if (!str_equal(kind, STR("Role")) && !str_equal(kind, STR("ClusterRole")))
        api_cause_unsupported(causes, STR("roleRef.kind"), value_string(kind), kinds);
    if (value_str(value_get(ref, STR("name"))).len == 0)
        api_cause_required(causes, STR("roleRef.name"), "");
    if (value_present(old) && !value_equal(old, ref))
        api_cause_add(causes, "FieldValueInvalid", STR("roleRef"),
                      "Invalid value: {\"APIGroup\":\"%.*s\",\"Kind\":\"%.*s\",\"Name\":\"%.*s\"}: "
                      "cannot change roleRef",
                      STR_ARG(value_str(value_get(ref, STR("apiGroup")))), STR_ARG(kind),
                      STR_ARG(value_str(value_get(ref, STR("name")))));
}

/* The names of subjects of one kind, comma separated. */
static value subject_names(value subjects, const char *kind, struct arena *arena)
{
    AUTO_BUF struct buf words = BUF_INIT(65536);
    for (size_t i = 0; i < value_len(subjects); i++) {
        value subject = value_item(subjects, i);
        if (!str_equal(value_str(value_get(subject, STR("kind"))), str_z(kind)))
            continue;
        str namespace = value_str(value_get(subject, STR("namespace")));
        if (words.len > 0)
            buf_add(&words, STR(", "));
        if (str_equal(str_z(kind), STR("ServiceAccount")))
            buf_printf(&words, "%.*s/", STR_ARG(namespace));
        buf_add(&words, value_str(value_get(subject, STR("name"))));
    }
    return value_string(buf_copy(&words, arena));
}

static void binding_cells(value object, int64_t now_ns, struct array_builder *cells,
                          struct arena *arena)
{
    value ref = value_get(object, STR("roleRef")), subjects = value_get(object, STR("subjects"));
    array_add(cells, name_cell(object));
    array_add(cells, value_string(arena_printf(arena, "%.*s/%.*s",
                                               STR_ARG(value_str(value_get(ref, STR("kind")))),
                                               STR_ARG(value_str(value_get(ref, STR("name")))))));
    array_add(cells, age_cell(object, now_ns, arena));
    array_add(cells, subject_names(subjects, "User", arena));
    array_add(cells, subject_names(subjects, "Group", arena));
    array_add(cells, subject_names(subjects, "ServiceAccount", arena));
}

const struct api_kind_rules api_binding_rules = {
    .fill = fill_binding, .validate = validate_binding, .cells = binding_cells};
