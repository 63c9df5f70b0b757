/* reply: documents and objects in the form the client accepts. */
#include "syncd/apiserver/call.h"

#include "syncd/apiserver/table.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

void api_reply_value(struct api_call *call, int status, value document)
{
    struct api_reply *reply = call->reply;
    buf_clear(&reply->body);
    reply->status = status;
    if (str_equal(reply->content_type, STR("application/yaml"))) {
        yaml_write(document, YAML_SIGS, &reply->body);
        return;
    }
    reply->content_type = STR("application/json");
    json_write(document, JSON_COMPACT, &reply->body);
    buf_add_byte(&reply->body, '\n');
}

static void reply_table(struct api_call *call, int status, value object)
{
    struct api_reply *reply = call->reply;
    value version = value_get2(object, STR("metadata"), STR("resourceVersion"));
    value metadata = (value){.kind = VALUE_OBJECT};
    if (value_present(version))
        metadata = value_with(metadata, STR("resourceVersion"), version, call->arena);
    buf_clear(&reply->body);
    reply->status = status;
    reply->content_type = STR("application/json");
    api_table_begin(call, metadata, true, &reply->body);
    api_table_row(call, object, true, &reply->body, call->arena);
    api_table_end(&reply->body);
}

void api_reply_object(struct api_call *call, int status, value object)
{
    switch (call->form) {
    case API_FORM_TABLE: reply_table(call, status, object); return;
    case API_FORM_METADATA:
        api_reply_value(call, status, api_partial_metadata(call, object, true, call->arena));
        return;
    case API_FORM_OBJECT: break;
    }
    api_reply_value(call, status, object);
}

void api_reply_revision(struct api_call *call, int status, const struct api_revision *revision)
{
    const struct api_definition *definition = call->resource->definition;
    struct api_reply *reply = call->reply;
    if (call->form != API_FORM_OBJECT || reply->content_type.len != 0 ||
        definition->version_count > 1) {
        api_reply_object(call, status, api_call_object(call, revision));
        return;
    }
    buf_clear(&reply->body);
    reply->status = status;
    reply->content_type = STR("application/json");
    api_revision_print(revision, call->version->api_version, definition->kind, &reply->body);
    buf_add_byte(&reply->body, '\n');
}

value api_call_object(const struct api_call *call, const struct api_revision *revision)
{
    const struct api_definition *definition = call->resource->definition;
    value object =
        api_revision_object(revision, call->version->api_version, definition->kind, call->arena);
    if (definition->builtin != NULL || call->version->storage)
        return object;
    object = schema_prune(call->version->schema, object, call->arena, NULL);
    return schema_default(call->version->schema, object, call->arena);
}

/* One media range: "application/json;as=Table;g=meta.k8s.io;v=v1". */
struct range {
    str type, as, version, group;
};

static struct range read_range(str text)
{
    struct range range = {0};
    str part;
    bool first = true;
    while (str_cut(&text, ';', &part)) {
        part = str_trim(part);
        if (first) {
            range.type = part;
            first = false;
            continue;
        }
        size_t equals = str_index(part, '=');
        str key = str_slice(part, 0, equals), given = str_skip(part, equals + 1);
        if (equals == SIZE_MAX)
            continue;
        if (str_equal(key, STR("as")))
            range.as = given;
        else if (str_equal(key, STR("v")))
            range.version = given;
        else if (str_equal(key, STR("g")))
            range.group = given;
    }
    return range;
}

static bool take_range(struct api_call *call, const struct range *range, bool resource)
{
    bool json = str_equal(range->type, STR("application/json")) ||
                str_equal(range->type, STR("*/*")) || str_equal(range->type, STR("application/*"));
    bool yaml = str_equal(range->type, STR("application/yaml"));
    if (!json && !yaml)
        return false;
    enum api_form form = API_FORM_OBJECT;
    if (range->as.len != 0) {
        if (!resource || !str_equal(range->group, STR("meta.k8s.io")) ||
            !(str_equal(range->version, STR("v1")) || str_equal(range->version, STR("v1beta1"))))
            return false;
        if (str_equal(range->as, STR("Table")))
            form = API_FORM_TABLE;
        else if (str_equal(range->as, STR("PartialObjectMetadata")) ||
                 str_equal(range->as, STR("PartialObjectMetadataList")))
            form = API_FORM_METADATA;
        else
            return false;
    }
    call->form = form;
    call->form_version = range->version;
    call->reply->content_type = yaml ? STR("application/yaml") : (str){0};
    return true;
}

bool api_negotiate(struct api_call *call, bool resource)
{
    str accept = call->request->accept, part;
    call->form = API_FORM_OBJECT;
    if (str_trim(accept).len == 0)
        return true;
    while (str_cut(&accept, ',', &part)) {
        struct range range = read_range(str_trim(part));
        if (take_range(call, &range, resource))
            return true;
    }
    api_fail(call, 406, "NotAcceptable",
             "406: Not Acceptable\n\nAvailable representations: application/json, "
             "application/yaml, application/vnd.kubernetes.protobuf");
    call->problem.no_details = false;
    return false;
}

bool api_accepts(const struct api_call *call, const char *as, str *ret_version)
{
    str accept = call->request->accept, part;
    while (str_cut(&accept, ',', &part)) {
        struct range range = read_range(str_trim(part));
        if (str_equal(range.as, str_z(as)) && str_equal(range.type, STR("application/json"))) {
            *ret_version = range.version;
            return true;
        }
    }
    return false;
}
