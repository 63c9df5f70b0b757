/* subresource: scale, and the reviews that only answer. */
#include "syncd/apiserver/verbs.h"
#include "syncd/apiserver/write.h"

#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/jsonpath.h"
#include "syncd/value/json.h"
#include "syncd/value/pointer.h"

static value add_text(value object, const char *key, str text, struct arena *arena)
{
    return value_with(object, str_z(key), value_string(text), arena);
}

/* A label selector as text; custom resources have it as text already. */
static str selector_text(value selector, struct arena *arena)
{
    if (value_is(selector, VALUE_STRING))
        return value_str(selector);
    value labels = value_get(selector, STR("matchLabels"));
    AUTO_BUF struct buf text = BUF_INIT(65536);
    for (size_t i = 0; i < value_len(labels); i++)
        buf_printf(&text, "%s%.*s=%.*s", i > 0 ? "," : "", STR_ARG(value_member(labels, i)->key),
                   STR_ARG(value_str(value_member(labels, i)->val)));
    return buf_copy(&text, arena);
}

static value scale_of(struct api_call *call, value object)
{
    static const char *const kept[] = {"creationTimestamp", "name", "namespace", "resourceVersion",
                                       "uid"};
    struct arena *arena = call->arena;
    const struct api_scale_paths *paths = &call->version->scale;
    value live = value_get(object, STR("metadata")), metadata = api_empty_object();
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        metadata = api_edit_set(metadata, kept[i], value_get(live, str_z(kept[i])), arena);
    value wanted = api_jsonpath_first(object, paths->spec_replicas, arena);
    value actual = api_jsonpath_first(object, paths->status_replicas, arena);
    value status = value_with(api_empty_object(), STR("replicas"),
                              value_present(actual) ? actual : value_number(STR("0")), arena);
    if (paths->label_selector.len != 0) {
        str text = selector_text(api_jsonpath_first(object, paths->label_selector, arena), arena);
        if (text.len != 0)
            status = add_text(status, "selector", text, arena);
    }
    value spec = api_empty_object();
    int64_t replicas = 0;
    if (value_to_i64(wanted, &replicas) && replicas != 0)
        spec = value_with(spec, STR("replicas"), wanted, arena);
    value scale = add_text(api_empty_object(), "kind", STR("Scale"), arena);
    scale = add_text(scale, "apiVersion", STR("autoscaling/v1"), arena);
    scale = value_with(scale, STR("metadata"), metadata, arena);
    scale = value_with(scale, STR("spec"), spec, arena);
    return value_with(scale, STR("status"), status, arena);
}

/* ".spec.replicas" as keys; the path was checked when the definition was made. */
static value set_replicas(value object, str path, int64_t replicas, struct arena *arena)
{
    str keys[16], key;
    size_t count = 0;
    path = str_skip(path, 1);
    while (count < ARRAY_LEN(keys) && str_cut(&path, '.', &key))
        keys[count++] = key;
    return value_with_path(object, keys, count, value_int(replicas, arena), arena);
}

static bool read_scale(struct api_call *call, value *ret_scale)
{
    value scale = scale_of(call, call->live), body;
    struct error err = ERROR_INIT;
    if (str_equal(call->request->method, STR("PUT"))) {
        if (!api_read_body(call, ret_scale))
            return false;
        return true;
    }
    if (!json_read(call->request->body, limits_default(), call->arena, &body, &err))
        return api_fail_bad_request(call, "%s", err.text);
    if (value_is(body, VALUE_ARRAY)) {
        if (json_patch_apply(scale, body, limits_default(), call->arena, ret_scale, &err))
            return true;
        return api_fail(call, 422, "Invalid",
                        "the server rejected our request due to an error in our request");
    }
    *ret_scale = merge_patch_apply(scale, body, call->arena);
    return true;
}

static bool write_scale(struct api_call *call, struct api_record *record)
{
    value scale, object, stored;
    if (!read_scale(call, &scale) || !api_check_preconditions(call, record, scale))
        return false;
    value given = value_get2(scale, STR("spec"), STR("replicas"));
    int64_t replicas = 0;
    if (value_present(given) && !value_to_i64(given, &replicas))
        return api_fail_bad_request(call, "Scale in version \"v1\" cannot be handled as a Scale: "
                                          "json: cannot unmarshal into Go struct field "
                                          "ScaleSpec.spec.replicas of type int32");
    if (replicas < 0) {
        struct api_causes causes = {.arena = call->arena};
        bool builtin = call->resource->definition->builtin != NULL;
        api_cause_invalid(&causes, builtin ? STR("spec.replicas") : STR(".spec.replicas"), given,
                          builtin ? "must be greater than or equal to 0"
                                  : "should be a non-negative integer");
        return api_fail_invalid(call, &causes, call->name);
    }
    object = set_replicas(call->live, call->version->scale.spec_replicas, replicas, call->arena);
    struct merge_request request = api_merge_request(call);
    struct merge_result result;
    merge_update(&request, call->live, object, call->arena, call->scratch, &result);
    if (!api_finish_update(call, record, result.object, &stored))
        return false;
    call->form = API_FORM_OBJECT;
    api_reply_object(call, 200, scale_of(call, stored));
    return true;
}

bool api_scale(struct api_call *call)
{
    struct api_record *record = api_shelf_find(&call->resource->shelf, call->namespace, call->name);
    if (record == NULL)
        return api_fail_not_found(call);
    call->live = api_call_object(call, record->current);
    if (!str_equal(call->request->method, STR("GET")))
        return write_scale(call, record);
    call->form = API_FORM_OBJECT;
    api_reply_object(call, 200, scale_of(call, call->live));
    return true;
}

static value user_value(const struct api_user *user, struct arena *arena)
{
    struct array_builder groups;
    array_begin(&groups, arena);
    for (size_t i = 0; i < user->group_count; i++)
        array_add(&groups, value_string(user->groups[i]));
    value out = add_text(api_empty_object(), "username", user->name, arena);
    return value_with(out, STR("groups"), array_finish(&groups), arena);
}

/* Whoever was let in may do everything: this is a control plane of one owner. */
bool api_review(struct api_call *call)
{
    struct arena *arena = call->arena;
    value document, object, status = api_empty_object();
    if (!api_read_body(call, &document) || !api_read_object(call, document, &object))
        return false;
    if (str_equal(call->resource->definition->kind, STR("SelfSubjectReview")))
        status =
            value_with(status, STR("userInfo"), user_value(&call->request->user, arena), arena);
    else
        status = value_with(status, STR("allowed"), value_bool(true), arena);
    object = value_with(object, STR("status"), status, arena);
    api_reply_value(call, 201, object);
    return true;
}

bool api_finalize(struct api_call *call)
{
    value document, object;
    struct api_record *record = api_shelf_find(&call->resource->shelf, (str){0}, call->name);
    if (record == NULL)
        return api_fail_not_found(call);
    call->live = api_call_object(call, record->current);
    if (!api_read_body(call, &document) || !api_read_object(call, document, &object) ||
        !api_check_identity(call, &object, false) || !api_check_preconditions(call, record, object))
        return false;
    value finalizers = value_get2(object, STR("spec"), STR("finalizers"));
    value spec =
        api_edit_set(value_get(call->live, STR("spec")), "finalizers", finalizers, call->arena);
    value changed = value_with(call->live, STR("spec"), spec, call->arena);
    bool done = value_len(finalizers) == 0 && record->deleting &&
                value_len(value_get2(changed, STR("metadata"), STR("finalizers"))) == 0;
    if (call->dry_run) {
        api_reply_object(call, 200, changed);
        return true;
    }
    record = api_commit(call->resource, changed, call->arena);
    api_reply_revision(call, 200, record->current);
    if (done)
        api_commit_removal(call->resource, record, call->arena);
    return true;
}
