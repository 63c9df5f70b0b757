/* delete: removing one object or a collection, with finalizers, propagation and preconditions. */
#include "syncd/apiserver/write.h"

#include "syncd/apiserver/delete.h"
#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/list.h"
#include "syncd/apiserver/verbs.h"
#include "syncd/value/json.h"

static bool read_options(struct api_call *call, struct api_delete_options *options)
{
    value document = value_absent();
    *options = (struct api_delete_options){.grace_s = -1};
    if (str_trim(call->request->body).len != 0 && !api_read_body(call, &document))
        return false;
    options->policy = value_str(value_get(document, STR("propagationPolicy")));
    if (options->policy.len == 0)
        options->policy = api_query(call, "propagationPolicy");
    value orphan = value_get(document, STR("orphanDependents"));
    if (value_present(orphan) && options->policy.len == 0)
        options->policy = value_true(orphan) ? STR("Orphan") : STR("Background");
    if (value_len(value_get(document, STR("dryRun"))) != 0)
        call->dry_run = true;
    value conditions = value_get(document, STR("preconditions"));
    options->uid = value_str(value_get(conditions, STR("uid")));
    options->version = value_str(value_get(conditions, STR("resourceVersion")));
    static const char *const policies[] = {"", "Orphan", "Background", "Foreground"};
    for (size_t i = 0; i < ARRAY_LEN(policies); i++)
        if (str_equal(options->policy, str_z(policies[i])))
            return true;
    return api_fail_options(call, "DeleteOptions", "propagationPolicy", "FieldValueNotSupported",
                            "Unsupported value: \"%.*s\": supported values: \"Foreground\", "
                            "\"Background\", \"Orphan\", \"nil\"",
                            STR_ARG(options->policy));
}

static bool check_options(struct api_call *call, const struct api_record *record,
                          const struct api_delete_options *options)
{
    const struct api_definition *definition = call->resource->definition;
    str uid = api_uid_text(record->uid, call->arena);
    str version = api_version_text(record->current->version, call->arena);
    const char *what = NULL;
    str asked = {0}, have = {0};
    if (options->uid.len != 0 && !str_equal(options->uid, uid)) {
        what = "UID";
        asked = options->uid;
        have = uid;
    } else if (options->version.len != 0 && !str_equal(options->version, version)) {
        what = "ResourceVersion";
        asked = options->version;
        have = version;
    }
    if (what == NULL)
        return true;
    str kind = definition->kind;
    if (definition->group.len != 0)
        kind = arena_printf(call->arena, "%.*s.%.*s", STR_ARG(kind), STR_ARG(definition->group));
    api_fail(call, 409, "Conflict",
             "Operation cannot be fulfilled on %.*s \"%.*s\": the %s in the precondition (%.*s) "
             "does not match the %s in record (%.*s). The object might have been %s",
             STR_ARG(kind), STR_ARG(call->name), what, STR_ARG(asked), what, STR_ARG(have),
             what[0] == 'U' ? "deleted and then recreated" : "modified");
    call->problem.no_details = false;
    call->problem.group = definition->group;
    call->problem.kind = definition->kind;
    call->problem.name = call->name;
    return false;
}

static value with_finalizer(value object, const char *finalizer, bool present, struct arena *arena)
{
    value old = value_get2(object, STR("metadata"), STR("finalizers"));
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < value_len(old); i++)
        if (!str_equal(value_str(value_item(old, i)), str_z(finalizer)))
            array_add(&list, value_item(old, i));
    if (present)
        array_add(&list, api_text(finalizer));
    value finalizers = list.items.len == 0 ? value_absent() : array_finish(&list);
    return api_edit_metadata(object, "finalizers", finalizers, arena);
}

static value set_finalizers(value object, str policy, struct arena *arena)
{
    bool orphan = api_has_finalizer(object, "orphan");
    bool foreground = api_has_finalizer(object, "foregroundDeletion");
    bool want_orphan = policy.len == 0 ? orphan : str_equal(policy, STR("Orphan"));
    bool want_foreground =
        policy.len == 0 ? foreground && !orphan : str_equal(policy, STR("Foreground"));
    if (orphan != want_orphan)
        object = with_finalizer(object, "orphan", want_orphan, arena);
    if (foreground != want_foreground)
        object = with_finalizer(object, "foregroundDeletion", want_foreground, arena);
    return object;
}

static value terminating(struct api_resource *resource, value object, struct arena *arena)
{
    const struct api_definition *definition = resource->definition;
    if (definition->builtin == NULL)
        return object;
    if (str_equal(definition->plural, STR("namespaces"))) {
        value status = value_with(value_get(object, STR("status")), STR("phase"),
                                  api_text("Terminating"), arena);
        return value_with(object, STR("status"), status, arena);
    }
    return object;
}

enum api_deletion api_delete_object(struct api_resource *resource, struct api_record *record,
                                    str policy, bool dry_run, struct arena *arena,
                                    value *ret_object)
{
    const struct api_definition *definition = resource->definition;
    const struct api_version *storage = api_definition_storage(definition);
    const struct api_world *world = resource->cluster->world;
    value object =
        api_revision_object(record->current, storage->api_version, definition->kind, arena);
    value changed = set_finalizers(object, policy, arena);
    bool is_definition = definition->builtin != NULL &&
                         str_equal(definition->plural, STR("customresourcedefinitions"));
    if (is_definition && !record->deleting)
        changed =
            with_finalizer(changed, "customresourcecleanup.apiextensions.k8s.io", true, arena);
    bool held = value_len(value_get2(changed, STR("metadata"), STR("finalizers"))) != 0 ||
                (definition->builtin != NULL &&
                 value_len(value_get2(changed, STR("spec"), STR("finalizers"))) != 0);
    if (!held) {
        if (!dry_run) {
            api_commit_removal(resource, record, arena);
            str version = api_version_text(resource->cluster->version, arena);
            object = api_edit_metadata(object, "resourceVersion", value_string(version), arena);
        }
        *ret_object = object;
        return API_DELETED_NOW;
    }
    if (!record->deleting) {
        value now = value_string(api_now_text(world, arena));
        int64_t generation = object_generation(changed);
        changed = api_edit_metadata(changed, "deletionTimestamp", now, arena);
        changed =
            api_edit_metadata(changed, "deletionGracePeriodSeconds", value_int(0, arena), arena);
        if (generation > 0)
            changed =
                api_edit_metadata(changed, "generation", value_int(generation + 1, arena), arena);
        changed = terminating(resource, changed, arena);
    }
    if (!dry_run && !value_equal(object, changed)) {
        record = api_commit(resource, changed, arena);
        changed =
            api_revision_object(record->current, storage->api_version, definition->kind, arena);
    }
    *ret_object = changed;
    return API_DELETED_LATER;
}

bool api_namespace_is_fixed(str name)
{
    return str_equal(name, STR("default")) || str_equal(name, STR("kube-system")) ||
           str_equal(name, STR("kube-public"));
}

static bool admit(struct api_call *call)
{
    const struct api_definition *definition = call->resource->definition;
    if (definition->builtin == NULL || !str_equal(definition->plural, STR("namespaces")) ||
        !api_namespace_is_fixed(call->name))
        return true;
    api_fail(call, 403, "Forbidden",
             "namespaces \"%.*s\" is forbidden: this namespace may not be deleted",
             STR_ARG(call->name));
    call->problem.no_details = false;
    call->problem.kind = STR("namespaces");
    call->problem.name = call->name;
    return false;
}

static void reply_success(struct api_call *call, const struct api_record *record)
{
    const struct api_definition *definition = call->resource->definition;
    struct arena *arena = call->arena;
    struct object_builder details, status;
    object_begin(&details, arena);
    object_add(&details, STR("name"), value_string(call->name));
    if (definition->group.len != 0)
        object_add(&details, STR("group"), value_string(definition->group));
    object_add(&details, STR("kind"), value_string(definition->plural));
    object_add(&details, STR("uid"), value_string(api_uid_text(record->uid, arena)));
    object_begin(&status, arena);
    object_add(&status, STR("kind"), api_text("Status"));
    object_add(&status, STR("apiVersion"), api_text("v1"));
    object_add(&status, STR("metadata"), api_empty_object());
    object_add(&status, STR("status"), api_text("Success"));
    object_add(&status, STR("details"), object_finish(&details));
    api_reply_value(call, 200, object_finish(&status));
}

bool api_delete(struct api_call *call)
{
    struct api_delete_options options;
    if (!read_options(call, &options) || !admit(call))
        return false;
    struct api_record *record = api_shelf_find(&call->resource->shelf, call->namespace, call->name);
    if (record == NULL)
        return api_fail_not_found(call);
    if (!check_options(call, record, &options))
        return false;
    const struct api_builtin *builtin = call->resource->definition->builtin;
    struct api_record before = *record; /* its uid, for the answer */
    value object;
    if (api_delete_object(call->resource, record, options.policy, call->dry_run, call->arena,
                          &object) == API_DELETED_NOW &&
        !(builtin != NULL && builtin->answers_deleted)) {
        reply_success(call, &before);
        return true;
    }
    object = value_with(object, STR("apiVersion"), value_string(call->version->api_version),
                        call->arena);
    api_reply_object(call, 200, object);
    return true;
}

bool api_delete_collection(struct api_call *call)
{
    struct api_delete_options options;
    struct api_filter filter;
    if (!read_options(call, &options) || !api_filter_read(call, &filter))
        return false;
    struct api_shelf *shelf = &call->resource->shelf;
    bool builtin = call->resource->definition->builtin != NULL;
    uint64_t version = call->cluster->version;
    struct array_builder items;
    array_begin(&items, call->arena);
    for (size_t i = api_shelf_lower(shelf, call->namespace, (str){0}); i < shelf->len;) {
        struct api_record *record = shelf->records[i];
        if (call->namespace.len != 0 &&
            !str_equal(api_revision_namespace(record->current), call->namespace))
            break;
        if (!api_filter_matches(&filter, record->current, call->scratch)) {
            i++;
            continue;
        }
        value object = api_call_object(call, record->current), after;
        size_t before = shelf->len;
        (void)api_delete_object(call->resource, record, options.policy, call->dry_run, call->arena,
                                &after); /* a later deletion keeps the record */
        if (builtin) {
            object = value_without(object, STR("kind"), call->arena);
            object = value_without(object, STR("apiVersion"), call->arena);
        }
        array_add(&items, object);
        i += shelf->len == before;
    }
    struct object_builder list;
    object_begin(&list, call->arena);
    object_add(&list, STR("kind"), value_string(call->resource->definition->list_kind));
    object_add(&list, STR("apiVersion"), value_string(call->version->api_version));
    object_add(&list, STR("metadata"),
               value_with(api_empty_object(), STR("resourceVersion"),
                          value_string(api_version_text(version, call->arena)), call->arena));
    object_add(&list, STR("items"), array_finish(&items));
    call->form = API_FORM_OBJECT;
    api_reply_value(call, 200, object_finish(&list));
    return true;
}
