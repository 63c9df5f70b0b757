/* decode: what a client sent, as an object of its kind. */
#include "syncd/apiserver/write.h"

#include "syncd/apiserver/edit.h"
#include "syncd/base/crypto.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

static bool is_media_type(str content_type, const char *type)
{
    size_t end = str_index(content_type, ';');
    return str_equal(str_trim(str_slice(content_type, 0, end)), str_z(type));
}

static bool bad_body(struct api_call *call, str body, const struct error *err)
{
    str kind = call->resource->definition->kind;
    str shown = body.len == 0 ? STR("<empty>") : str_slice(body, 0, 100);
    if (body.len != 0 && body.ptr[0] != '{')
        shown = hex_encode(call->arena, shown);
    bool short_text = str_find(str_z(err->text), STR("end")) != SIZE_MAX || body.len == 0;
    return api_fail_bad_request(
        call,
        "the object provided is unrecognized (must be of type %.*s): "
        "couldn't get version/kind; json parse error: %s (%.*s)",
        STR_ARG(kind), short_text ? "unexpected end of JSON input" : err->text, STR_ARG(shown));
}

/* What kubectl sends for the kinds that it has types for. */
static bool read_protobuf(struct api_call *call, value *ret_document, struct error *err)
{
    const struct api_definition *definition =
        call->resource != NULL ? call->resource->definition : NULL;
    str version, kind, bytes;
    value document;
    if (!api_protobuf_envelope(call->request->body, call->arena, &version, &kind, &bytes, err))
        return false;
    const struct api_type *type = NULL;
    if (str_equal(kind, STR("DeleteOptions")))
        type = api_types_find(call->world->types, "meta.DeleteOptions");
    else if (definition != NULL && definition->builtin != NULL && str_equal(kind, definition->kind))
        type = definition->type;
    if (type == NULL)
        return error_set(err, ERROR_UNSUPPORTED, "no protobuf for kind \"%.*s\"", STR_ARG(kind));
    if (!api_type_read_protobuf(type, bytes, call->arena, &document, err))
        return false;
    document = value_with(document, STR("apiVersion"), value_string(version), call->arena);
    *ret_document = value_with(document, STR("kind"), value_string(kind), call->arena);
    return true;
}

bool api_read_body(struct api_call *call, value *ret_document)
{
    str body = call->request->body, type = call->request->content_type;
    struct error err = ERROR_INIT;
    value document;
    if (is_media_type(type, "application/yaml")) {
        struct yaml_options options = {.dialect = YAML_KUBERNETES};
        if (!yaml_read(body, &options, limits_default(), call->arena, &document, &err))
            return bad_body(call, body, &err);
    } else if (is_media_type(type, "application/vnd.kubernetes.protobuf")) {
        if (!read_protobuf(call, &document, &err))
            return bad_body(call, (str){0}, &err);
    } else if (type.len == 0 || is_media_type(type, "application/json")) {
        if (!json_read(body, limits_default(), call->arena, &document, &err))
            return bad_body(call, body, &err);
    } else {
        return api_fail(call, 415, "UnsupportedMediaType",
                        "the body of the request was in an unknown format - accepted media types "
                        "include: application/json, application/yaml, "
                        "application/vnd.kubernetes.protobuf");
    }
    if (!value_is(document, VALUE_OBJECT)) {
        (void)error_set(&err, ERROR_INPUT,
                        "json: cannot unmarshal %s into Go value of type struct { APIVersion "
                        "string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                        "\"json:\\\"kind,omitempty\\\"\" }",
                        value_kind_name(document.kind)); /* the text is what counts */
        return bad_body(call, body, &err);
    }
    *ret_document = document;
    return true;
}

/* A custom resource of another kind or version than the path says. */
static bool fail_custom_kind(struct api_call *call, value document, str kind, str version)
{
    const struct api_definition *definition = call->resource->definition;
    str name = value_str(value_get2(document, STR("metadata"), STR("name")));
    if (!str_equal(version, call->version->api_version))
        return api_fail_bad_request(
            call,
            "the API version in the data (%.*s) does not match the expected API version (%.*s)",
            STR_ARG(version), STR_ARG(call->version->api_version));
    struct api_causes causes = {.arena = call->arena};
    api_cause_invalid(&causes, STR("kind"), value_string(kind), "must be %.*s",
                      STR_ARG(definition->kind));
    (void)api_fail_invalid(call, &causes, name);
    call->problem.kind = kind;
    call->problem.message = arena_printf(call->arena, "%.*s.%.*s \"%.*s\" is invalid: kind: %.*s",
                                         STR_ARG(kind), STR_ARG(definition->group), STR_ARG(name),
                                         STR_ARG(causes.list.items[0].message));
    return false;
}

static bool check_kind(struct api_call *call, value *document)
{
    const struct api_definition *definition = call->resource->definition;
    str kind = value_str(value_get(*document, STR("kind")));
    str version = value_str(value_get(*document, STR("apiVersion")));
    if (kind.len == 0 && definition->builtin == NULL)
        return api_fail_bad_request(call,
                                    "the object provided is unrecognized (must be of type %.*s): "
                                    "Object 'Kind' is missing in '%.*s' (%.*s)",
                                    STR_ARG(definition->kind),
                                    STR_ARG(str_trim(call->request->body)),
                                    STR_ARG(str_trim(call->request->body)));
    if (kind.len == 0)
        kind = definition->kind;
    if (version.len == 0)
        version = call->version->api_version;
    if (str_equal(kind, definition->kind) && str_equal(version, call->version->api_version)) {
        *document = value_with(*document, STR("kind"), value_string(kind), call->arena);
        *document = value_with(*document, STR("apiVersion"), value_string(version), call->arena);
        return true;
    }
    size_t slash = str_index(version, '/');
    str name = slash == SIZE_MAX ? version : str_skip(version, slash + 1);
    if (definition->builtin == NULL)
        return fail_custom_kind(call, *document, kind, version);
    if (!str_equal(version, call->version->api_version) ||
        api_cluster_kind(call->cluster, definition->group, kind) == NULL)
        return api_fail_bad_request(
            call,
            "%.*s in version \"%.*s\" cannot be handled as a %.*s: no kind \"%.*s\" is registered "
            "for version \"%.*s\" in scheme \"pkg/runtime/scheme.go:111\"",
            STR_ARG(kind), STR_ARG(name), STR_ARG(definition->kind), STR_ARG(kind),
            STR_ARG(version));
    return api_fail_bad_request(call,
                                "%.*s in version \"%.*s\" cannot be handled as a %.*s: converting "
                                "(%.*s.%.*s) to (%.*s.%.*s): unknown conversion",
                                STR_ARG(kind), STR_ARG(name), STR_ARG(definition->kind),
                                STR_ARG(name), STR_ARG(kind),
                                STR_ARG(definition->group.len ? definition->group : STR("core")),
                                STR_ARG(definition->kind));
}

static bool tell_unknown(struct api_call *call, const str *paths, size_t count)
{
    const struct api_definition *definition = call->resource->definition;
    if (count == 0 || call->validation == API_VALIDATE_IGNORE)
        return true;
    AUTO_BUF struct buf text = BUF_INIT(65536);
    for (size_t i = 0; i < count; i++) {
        str warning = arena_printf(call->arena, "unknown field \"%.*s\"", STR_ARG(paths[i]));
        if (call->validation == API_VALIDATE_WARN)
            api_warn(call, warning);
        buf_printf(&text, "%s%.*s", i > 0 ? ", " : "", STR_ARG(warning));
    }
    if (call->validation == API_VALIDATE_WARN)
        return true;
    str list = buf_copy(&text, call->arena);
    return api_fail_bad_request(call,
                                "%.*s in version \"%.*s\" cannot be handled as a %.*s: strict "
                                "decoding error: %.*s",
                                STR_ARG(definition->kind), STR_ARG(call->version->name),
                                STR_ARG(definition->kind), STR_ARG(list));
}

static bool read_builtin(struct api_call *call, value document, value *ret_object)
{
    const struct api_definition *definition = call->resource->definition;
    struct api_unknown unknown = {0};
    struct error err = ERROR_INIT;
    value object;
    if (!api_type_decode(definition->type, document, call->arena, &unknown, &object, &err))
        return api_fail_bad_request(call,
                                    "%.*s in version \"%.*s\" cannot be handled as a %.*s: %s",
                                    STR_ARG(definition->kind), STR_ARG(call->version->name),
                                    STR_ARG(definition->kind), err.text);
    if (!tell_unknown(call, unknown.paths.items, unknown.paths.len))
        return false;
    const struct api_kind_rules *rules = definition->builtin->rules;
    if (rules != NULL && rules->fill != NULL)
        object = rules->fill(object, call->arena);
    *ret_object = object;
    return true;
}

/* The metadata of a custom resource is typed; the rest follows its schema. */
static bool read_custom(struct api_call *call, value document, value *ret_object)
{
    const struct api_definition *definition = call->resource->definition;
    struct api_unknown unknown = {0};
    struct schema_paths pruned = {0};
    struct error err = ERROR_INIT;
    value metadata = value_get(document, STR("metadata"));
    if (!value_present(metadata) || value_is(metadata, VALUE_NULL))
        metadata = api_empty_object();
    if (!value_is(metadata, VALUE_OBJECT) ||
        !api_type_decode(api_types_find(call->world->types, "meta.ObjectMeta"), metadata,
                         call->arena, &unknown, &metadata, &err))
        return api_fail_bad_request(call,
                                    "%.*s in version \"%.*s\" cannot be handled as a %.*s: %s",
                                    STR_ARG(definition->kind), STR_ARG(call->version->name),
                                    STR_ARG(definition->kind), err.text);
    document = value_with(document, STR("metadata"), metadata, call->arena);
    document = schema_prune(call->version->schema, document, call->arena, &pruned);
    for (size_t i = 0; i < unknown.paths.len; i++) {
        str path = arena_concat(call->arena, STR("metadata."), unknown.paths.items[i], (str){0});
        VEC_PUSH(call->arena, &pruned.list, path);
    }
    if (!tell_unknown(call, pruned.list.items, pruned.list.len))
        return false;
    *ret_object = schema_default(call->version->schema, document, call->arena);
    return true;
}

bool api_read_object(struct api_call *call, value document, value *ret_object)
{
    if (!check_kind(call, &document))
        return false;
    return call->resource->definition->builtin != NULL ? read_builtin(call, document, ret_object)
                                                       : read_custom(call, document, ret_object);
}

bool api_check_identity(struct api_call *call, value *object, bool creating)
{
    value metadata = value_get(*object, STR("metadata"));
    str name = value_str(value_get(metadata, STR("name")));
    str namespace = value_str(value_get(metadata, STR("namespace")));
    if (call->resource->definition->namespaced && namespace.len != 0 &&
        !str_equal(namespace, call->namespace))
        return api_fail_bad_request(call, "the namespace of the provided object does not match the "
                                          "namespace sent on the request");
    if (!creating) {
        if (name.len == 0)
            return api_fail_bad_request(
                call,
                "the name of the object (%.*s based on URL) was undeterminable: name must "
                "be provided",
                STR_ARG(call->name));
        if (!str_equal(name, call->name))
            return api_fail_bad_request(
                call, "the name of the object (%.*s) does not match the name on the URL (%.*s)",
                STR_ARG(name), STR_ARG(call->name));
    }
    if (!call->resource->definition->namespaced) {
        *object = api_edit_metadata(*object, "namespace", value_absent(), call->arena);
        return true;
    }
    if (call->namespace.len != 0)
        *object =
            api_edit_metadata(*object, "namespace", value_string(call->namespace), call->arena);
    return true;
}
