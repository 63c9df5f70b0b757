/* patch: the four kinds of patches, and what they make of an object. */
#include "syncd/apiserver/verbs.h"
#include "syncd/apiserver/write.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/patch_strategic.h"
#include "syncd/value/json.h"
#include "syncd/value/pointer.h"
#include "syncd/value/yaml.h"

enum patch_kind { PATCH_JSON, PATCH_MERGE, PATCH_STRATEGIC, PATCH_APPLY };

static bool read_kind(struct api_call *call, enum patch_kind *ret_kind)
{
    static const struct {
        const char *type;
        enum patch_kind kind;
    } kinds[] = {
        {"application/json-patch+json", PATCH_JSON},
        {"application/merge-patch+json", PATCH_MERGE},
        {"application/strategic-merge-patch+json", PATCH_STRATEGIC},
        {"application/apply-patch+yaml", PATCH_APPLY},
    };
    str type = call->request->content_type;
    type = str_trim(str_slice(type, 0, str_index(type, ';')));
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!str_equal(type, str_z(kinds[i].type)) ||
            (kinds[i].kind == PATCH_STRATEGIC && call->resource->definition->builtin == NULL))
            continue;
        *ret_kind = kinds[i].kind;
        return true;
    }
    if (call->resource->definition->builtin == NULL)
        return api_fail(call, 415, "UnsupportedMediaType",
                        "the body of the request was in an unknown format - accepted media types "
                        "include: application/json-patch+json, application/merge-patch+json, "
                        "application/apply-patch+yaml");
    api_fail(call, 415, "UnsupportedMediaType", "415: Unsupported Media Type");
    call->problem.no_details = false;
    return false;
}

/* As the YAML library of the real server says it: without what was being read. */
static bool fail_yaml(struct api_call *call, const struct error *err)
{
    str what = str_z(err->text);
    size_t context = str_find(what, STR(": "));
    if (context != SIZE_MAX)
        what = str_skip(what, context + 2);
    return api_fail_bad_request(
        call, "error decoding YAML: error converting YAML to JSON: yaml: line %u: %.*s", err->line,
        STR_ARG(what));
}

static bool read_patch(struct api_call *call, enum patch_kind kind, value *ret_patch)
{
    struct error err = ERROR_INIT;
    str body = call->request->body;
    if (kind == PATCH_APPLY) {
        struct yaml_options options = {.dialect = YAML_KUBERNETES};
        if (!yaml_read(body, &options, limits_default(), call->arena, ret_patch, &err))
            return fail_yaml(call, &err);
        return true;
    }
    if (!json_read(body, limits_default(), call->arena, ret_patch, &err))
        return api_fail_bad_request(call, "%s", err.text);
    enum value_kind want = kind == PATCH_JSON ? VALUE_ARRAY : VALUE_OBJECT;
    if (ret_patch->kind == want)
        return true;
    if (kind == PATCH_JSON)
        return api_fail_bad_request(
            call, "json: cannot unmarshal %s into Go value of type jsonpatch.Patch",
            value_kind_name(ret_patch->kind));
    return api_fail_bad_request(
        call,
        "error decoding patch: json: cannot unmarshal %s into Go value of type "
        "map[string]interface {}",
        value_kind_name(ret_patch->kind));
}

static bool apply_json_patch(struct api_call *call, value patch, value *ret_object)
{
    struct error err = ERROR_INIT;
    if (json_patch_apply(call->live, patch, limits_default(), call->arena, ret_object, &err))
        return true;
    api_fail(call, 422, "Invalid",
             "the server rejected our request due to an error in our request");
    call->problem.no_details = false;
    return false;
}

static bool patched(struct api_call *call, enum patch_kind kind, value patch, value *ret_object)
{
    struct error err = ERROR_INIT;
    switch (kind) {
    case PATCH_JSON: return apply_json_patch(call, patch, ret_object);
    case PATCH_MERGE: *ret_object = merge_patch_apply(call->live, patch, call->arena); return true;
    default:
        return api_patch_strategic(call->resource->definition->type, call->live, patch, call->arena,
                                   ret_object, &err) ||
               api_fail_bad_request(call, "%s", err.text);
    }
}

/* A document as Go prints a map[string]any. */
static void print_go(value v, struct buf *out)
{
    switch (v.kind) {
    case VALUE_OBJECT:
        buf_add(out, STR("map["));
        for (size_t i = 0; i < value_len(v); i++) {
            buf_printf(out, "%s%.*s:", i > 0 ? " " : "", STR_ARG(value_member(v, i)->key));
            print_go(value_member(v, i)->val, out);
        }
        buf_add_byte(out, ']');
        return;
    case VALUE_ARRAY:
        buf_add_byte(out, '[');
        for (size_t i = 0; i < value_len(v); i++) {
            if (i > 0)
                buf_add_byte(out, ' ');
            print_go(value_item(v, i), out);
        }
        buf_add_byte(out, ']');
        return;
    case VALUE_STRING: buf_add(out, value_str(v)); return;
    case VALUE_NULL: buf_add(out, STR("<nil>")); return;
    default: json_write(v, JSON_COMPACT, out);
    }
}

/* What a patch made cannot be decoded: that is said of the patch. */
static bool fail_strict(struct api_call *call, enum patch_kind kind, value patch)
{
    static const str head = STR_INIT("strict decoding error: ");
    size_t at = str_find(call->problem.message, head);
    if (at == SIZE_MAX)
        return false;
    str what = str_skip(call->problem.message, at);
    AUTO_BUF struct buf shown = BUF_INIT(1 << 20);
    if (kind == PATCH_STRATEGIC)
        print_go(patch, &shown);
    else
        buf_add(&shown, call->request->body);
    struct api_causes causes = {.arena = call->arena};
    api_cause_invalid(&causes, STR("patch"), value_string(buf_copy(&shown, call->arena)), "%.*s",
                      STR_ARG(what));
    const struct api_cause *cause = &causes.list.items[0];
    api_fail(call, 422, "Invalid", " \"\" is invalid: patch: %.*s", STR_ARG(cause->message));
    call->problem.no_details = false;
    call->problem.causes = causes;
    return false;
}

static bool patch_live(struct api_call *call, struct api_record *record, enum patch_kind kind)
{
    value patch, document, object;
    call->live = api_call_object(call, record->current);
    if (!read_patch(call, kind, &patch) || !patched(call, kind, patch, &document))
        return false;
    if (!api_read_object(call, document, &object))
        return fail_strict(call, kind, patch);
    if (!api_check_identity(call, &object, false) || !api_check_preconditions(call, record, object))
        return false;
    struct merge_request request = api_merge_request(call);
    struct merge_result result;
    merge_update(&request, call->live, object, call->arena, call->scratch, &result);
    return api_finish_update(call, record, result.object, NULL);
}

static bool fail_conflicts(struct api_call *call, const struct merge_result *result)
{
    api_fail(call, 409, "Conflict", "%.*s", STR_ARG(result->conflict_text));
    call->problem.no_details = false;
    call->problem.causes.arena = call->arena;
    for (size_t i = 0; i < result->conflict_count; i++)
        api_cause_add(&call->problem.causes, "FieldManagerConflict", result->conflicts[i].path_text,
                      "%.*s", STR_ARG(result->conflicts[i].text));
    return false;
}

static bool check_applied(struct api_call *call, value applied)
{
    str version = value_str(value_get(applied, STR("apiVersion")));
    str kind = value_str(value_get(applied, STR("kind")));
    const struct api_definition *definition = call->resource->definition;
    struct gvk given = {0};
    if (version.len != 0 && !gvk_from_api_version(version, kind, &given))
        return api_fail_bad_request(call, "unexpected GroupVersion string: %.*s", STR_ARG(version));
    if (!str_equal(kind, definition->kind) || !str_equal(given.group, definition->group))
        return api_fail_bad_request(call, "invalid object type: %.*s/%.*s, Kind=%.*s",
                                    STR_ARG(given.group), STR_ARG(given.version), STR_ARG(kind));
    return true;
}

/* What apply made has its managedFields already: decoding must leave them. */
static bool read_merged(struct api_call *call, const struct merge_result *result, value *ret_object)
{
    enum api_validation asked = call->validation;
    call->validation = API_VALIDATE_IGNORE; /* the applied document was asked already */
    bool fine = api_read_object(call, result->object, ret_object) &&
                api_check_identity(call, ret_object, false);
    call->validation = asked;
    return fine;
}

/* Lists that a built-in kind prints as null are no fields that anybody set. */
static value without_nulls(const struct api_call *call, value object)
{
    if (call->resource->definition->builtin == NULL ||
        value_present(value_get2(object, STR("metadata"), STR("managedFields"))))
        return object;
    for (size_t i = value_len(object); i-- > 0;)
        if (value_is(value_member(object, i)->val, VALUE_NULL))
            object = value_without(object, value_member(object, i)->key, call->arena);
    return object;
}

static bool check_name(struct api_call *call, value applied)
{
    str name = value_str(value_get2(applied, STR("metadata"), STR("name")));
    if (name.len == 0)
        return api_fail_bad_request(
            call,
            "the name of the object (%.*s based on URL) was undeterminable: name must be provided",
            STR_ARG(call->name));
    if (!str_equal(name, call->name))
        return api_fail_bad_request(
            call, "the name of the object (%.*s) does not match the name on the URL (%.*s)",
            STR_ARG(name), STR_ARG(call->name));
    return true;
}

static bool apply_to(struct api_call *call, struct api_record *record, value applied)
{
    struct merge_request request = api_merge_request(call);
    struct merge_result result;
    struct error err = ERROR_INIT;
    value object;
    call->live = record != NULL ? api_call_object(call, record->current) : value_absent();
    if (!merge_apply(&request, without_nulls(call, call->live), applied, call->arena, call->scratch,
                     &result, &err)) {
        int code = err.detail >= 400 ? err.detail : 500;
        return api_fail(call, code,
                        code == 400   ? "BadRequest"
                        : code == 422 ? "Invalid"
                                      : NULL,
                        "%s", err.text);
    }
    if (result.conflict_count != 0)
        return fail_conflicts(call, &result);
    if (!check_name(call, applied))
        return false;
    if (!read_merged(call, &result, &object))
        return false;
    if (record == NULL)
        return api_finish_create(call, object, true);
    value version = value_get2(call->live, STR("metadata"), STR("resourceVersion"));
    if (!value_present(value_get2(object, STR("metadata"), STR("resourceVersion"))))
        object = api_edit_metadata(object, "resourceVersion", version, call->arena);
    if (!api_check_preconditions(call, record, object))
        return false;
    return api_finish_update(call, record, object, NULL);
}

static bool apply_patch(struct api_call *call, struct api_record *record)
{
    value patch;
    if (!api_has_query(call, "fieldManager") || api_query(call, "fieldManager").len == 0)
        return api_fail_options(call, "PatchOptions", "fieldManager", "FieldValueRequired",
                                "Required value: is required for apply patch");
    if (!read_patch(call, PATCH_APPLY, &patch) || !check_applied(call, patch))
        return false;
    if (record == NULL && call->subresource.len != 0)
        return api_fail_not_found(call);
    return apply_to(call, record, patch);
}

bool api_patch(struct api_call *call)
{
    enum patch_kind kind = PATCH_MERGE;
    if (!read_kind(call, &kind))
        return false;
    if (kind != PATCH_APPLY && call->force)
        return api_fail_options(call, "PatchOptions", "force", "FieldValueForbidden",
                                "Forbidden: may not be specified for non-apply patch");
    struct api_record *record = api_shelf_find(&call->resource->shelf, call->namespace, call->name);
    if (kind == PATCH_APPLY)
        return apply_patch(call, record);
    if (record == NULL)
        return api_fail_not_found(call);
    return patch_live(call, record, kind);
}
