#include "syncd/apiserver/write.h"

#include "syncd/apiserver/controllers.h"
#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/verbs.h"
#include "syncd/apiserver/watch.h"

struct api_record *api_commit(struct api_resource *resource, value object, struct arena *arena)
{
    struct api_cluster *cluster = resource->cluster;
    uint64_t version = ++cluster->version;
    object = api_edit_metadata(object, "resourceVersion",
                               value_string(api_version_text(version, arena)), arena);
    struct api_record *record = api_shelf_put(&resource->shelf, object, version);
    api_watchers_wake(&resource->shelf);
    api_controllers_changed(resource, record);
    return record;
}

void api_commit_removal(struct api_resource *resource, struct api_record *record,
                        struct arena *arena)
{
    struct api_cluster *cluster = resource->cluster;
    uint64_t version = ++cluster->version;
    value last = api_revision_object(record->current, (str){0}, (str){0}, arena);
    last = api_edit_metadata(last, "resourceVersion",
                             value_string(api_version_text(version, arena)), arena);
    struct api_gone gone = {.deleting = record->deleting, .owned = record->owner_count != 0};
    memcpy(gone.uid, record->uid, sizeof gone.uid);
    gone.namespace = arena_str(arena, api_revision_namespace(record->current));
    gone.name = arena_str(arena, api_revision_name(record->current));
    api_shelf_remove(&resource->shelf, record, last, version);
    api_watchers_wake(&resource->shelf);
    api_controllers_gone(resource, &gone);
}

/* The status subresource of custom resources owns everything but metadata and status, and the like
   for built-in kinds that have one. */
static enum merge_endpoint endpoint_of(const struct api_call *call)
{
    if (str_equal(call->subresource, STR("status")))
        return MERGE_STATUS;
    return call->version->has_status ? MERGE_MAIN_WITH_STATUS : MERGE_MAIN;
}

struct merge_request api_merge_request(const struct api_call *call)
{
    const struct api_definition *definition = call->resource->definition;
    struct merge_version *versions =
        ARENA_ARRAY(call->arena, struct merge_version, definition->version_count);
    for (size_t i = 0; i < definition->version_count; i++)
        versions[i] = (struct merge_version){definition->versions[i].api_version,
                                             definition->versions[i].schema};
    return (struct merge_request){
        .type = call->version->schema,
        .api_version = call->version->api_version,
        .manager = call->manager,
        .subresource = call->subresource,
        .now_ns = call->world->now_ns(call->world->context),
        .force = call->force,
        .reset = merge_reset(endpoint_of(call)),
        .versions = versions,
        .version_count = definition->version_count,
    };
}

value api_blank_object(const struct api_call *call)
{
    const struct api_definition *definition = call->resource->definition;
    struct error err = ERROR_INIT;
    value blank;
    if (definition->builtin == NULL)
        return value_absent();
    CHECK(api_type_decode(definition->type, value_null(), call->arena, NULL, &blank, &err));
    blank =
        value_with(blank, STR("apiVersion"), value_string(call->version->api_version), call->arena);
    return value_with(blank, STR("kind"), value_string(definition->kind), call->arena);
}

/* Kinds kept as protobuf lose the difference between an empty list and none. */
static value as_stored(const struct api_call *call, value object)
{
    const struct api_definition *definition = call->resource->definition;
    struct error err = ERROR_INIT;
    value stored;
    if (definition->builtin == NULL ||
        str_equal(definition->plural, STR("customresourcedefinitions")) ||
        !api_type_decode_stored(definition->type, object, call->arena, &stored, &err))
        return object;
    return stored;
}

/* Namespaced objects need a namespace that is there and stays. */
static bool admit_namespace(struct api_call *call)
{
    if (!call->resource->definition->namespaced)
        return true;
    struct api_resource *namespaces = api_cluster_builtin(call->cluster, "namespaces");
    const struct api_record *record = api_shelf_find(&namespaces->shelf, (str){0}, call->namespace);
    if (record == NULL) {
        api_fail(call, 404, "NotFound", "namespaces \"%.*s\" not found", STR_ARG(call->namespace));
        call->problem.no_details = false;
        call->problem.kind = STR("namespaces");
        call->problem.name = call->namespace;
        return false;
    }
    if (!record->deleting)
        return true;
    str resource = api_resource_text(call->resource->definition, call->arena);
    api_fail(call, 403, "Forbidden",
             "%.*s \"%.*s\" is forbidden: unable to create new content in namespace %.*s because "
             "it is being terminated",
             STR_ARG(resource), STR_ARG(call->name), STR_ARG(call->namespace));
    call->problem.no_details = false;
    call->problem.group = call->resource->definition->group;
    call->problem.kind = call->resource->definition->plural;
    call->problem.name = call->name;
    call->problem.causes.arena = call->arena;
    api_cause_add(&call->problem.causes, "NamespaceTerminating", STR("metadata.namespace"),
                  "namespace %.*s is being terminated", STR_ARG(call->namespace));
    return false;
}

static bool fail_going(struct api_call *call)
{
    str resource = api_resource_text(call->resource->definition, call->arena);
    api_fail(call, 403, "Forbidden",
             "%.*s \"%.*s\" is forbidden: create not allowed while custom resource definition is "
             "terminating",
             STR_ARG(resource), STR_ARG(call->name));
    call->problem.no_details = false;
    call->problem.group = call->resource->definition->group;
    call->problem.kind = call->resource->definition->plural;
    call->problem.name = call->name;
    return false;
}

static value generated_name(struct api_call *call, str base)
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    uint8_t random[5];
    char tail[sizeof random];
    call->world->random(call->world->context, random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        tail[i] = letters[random[i] % (sizeof letters - 1)];
    return value_string(
        arena_concat(call->arena, str_slice(base, 0, 58), str_from(tail, sizeof tail), (str){0}));
}

/* What the server alone says about a new object. */
static value begin_life(struct api_call *call, value object)
{
    static const char *const theirs[] = {
        "uid",      "creationTimestamp",          "deletionTimestamp",
        "selfLink", "deletionGracePeriodSeconds", "resourceVersion",
        NULL};
    const struct api_definition *definition = call->resource->definition;
    struct arena *arena = call->arena;
    object = api_metadata_without(object, theirs, arena);
    object = api_edit_metadata(object, "uid", value_string(api_new_uid(call->world, arena)), arena);
    object = api_edit_metadata(object, "creationTimestamp",
                               value_string(api_now_text(call->world, arena)), arena);
    if (definition->builtin == NULL || definition->builtin->counts_generation)
        object = api_edit_metadata(object, "generation", value_int(1, arena), arena);
    return object;
}

static value prepare_create(struct api_call *call, value object)
{
    const struct api_definition *definition = call->resource->definition;
    if (definition->builtin == NULL)
        return call->version->has_status ? value_without(object, STR("status"), call->arena)
                                         : object;
    const struct api_kind_rules *rules = definition->builtin->rules;
    if (rules != NULL && rules->prepare != NULL)
        object = rules->prepare(call, object, value_absent());
    return object;
}

/* Reads the causes of a structural schema's problems into those of the reply. */
static void validate_schema(struct api_call *call, value object, value before,
                            struct api_causes *causes)
{
    struct schema_problems problems = {0};
    bool status = str_equal(call->subresource, STR("status"));
    if ((status ? schema_validate_status : schema_validate)(call->version->schema, object, before,
                                                            call->arena, call->scratch, &problems))
        return;
    VEC_FOR (struct schema_problem, problem, &problems.list) {
        struct api_cause cause = {.reason = schema_reason_name(problem->reason),
                                  .message = problem->text,
                                  .field = problem->path};
        VEC_PUSH(call->arena, &causes->list, cause);
    }
}

static bool validate(struct api_call *call, value object, value before)
{
    const struct api_definition *definition = call->resource->definition;
    struct api_causes causes = {.arena = call->arena};
    api_validate_metadata(definition, object, before, &causes);
    if (definition->builtin == NULL)
        validate_schema(call, object, before, &causes);
    else if (definition->builtin->rules != NULL && definition->builtin->rules->validate != NULL)
        definition->builtin->rules->validate(object, before, &causes);
    if (value_present(before))
        api_validate_metadata_again(definition, object, &causes);
    if (causes.list.len == 0)
        return true;
    return api_fail_invalid(call, &causes,
                            value_str(value_get2(object, STR("metadata"), STR("name"))));
}

/* Finalizers that are new and have no domain. */
static void warn_finalizers(struct api_call *call, value object)
{
    value list = value_get2(object, STR("metadata"), STR("finalizers"));
    value before = value_get2(call->live, STR("metadata"), STR("finalizers"));
    for (size_t i = 0; i < value_len(list); i++) {
        str name = value_str(value_item(list, i));
        bool known = str_index(name, '/') != SIZE_MAX || str_equal(name, STR("orphan")) ||
                     str_equal(name, STR("foregroundDeletion"));
        for (size_t n = 0; n < value_len(before) && !known; n++)
            known = str_equal(value_str(value_item(before, n)), name);
        if (!known)
            api_warn(call, arena_printf(call->arena,
                                        "metadata.finalizers: \"%.*s\": prefer a domain-qualified "
                                        "finalizer name to avoid accidental conflicts with other "
                                        "finalizer writers",
                                        STR_ARG(name)));
    }
}

bool api_finish_create(struct api_call *call, value object, bool tracked)
{
    struct arena *arena = call->arena;
    value metadata = value_get(object, STR("metadata"));
    str name = value_str(value_get(metadata, STR("name")));
    if (!tracked && value_str(value_get(metadata, STR("resourceVersion"))).len != 0)
        return api_fail(call, 500, NULL,
                        "resourceVersion should not be set on objects to be created");
    str base = value_str(value_get(metadata, STR("generateName")));
    if (name.len == 0 && base.len != 0) {
        object = api_edit_metadata(object, "name", generated_name(call, base), arena);
        name = value_str(value_get2(object, STR("metadata"), STR("name")));
    }
    call->name = name;
    object = begin_life(call, object);
    if (!tracked) {
        struct merge_request request = api_merge_request(call);
        struct merge_result result;
        merge_update(&request, api_blank_object(call), object, arena, call->scratch, &result);
        object = result.object;
    }
    if (!admit_namespace(call))
        return false;
    object = prepare_create(call, object);
    if (!validate(call, object, value_absent()))
        return false;
    call->live = value_absent();
    warn_finalizers(call, object);
    if (api_shelf_find(&call->resource->shelf, call->namespace, name) != NULL)
        return api_fail_exists(call);
    if (call->resource->going)
        return fail_going(call);
    object = as_stored(call, object);
    if (call->dry_run) {
        api_reply_object(call, 201, object);
        return true;
    }
    const struct api_record *record = api_commit(call->resource, object, arena);
    api_reply_revision(call, 201, record->current);
    return true;
}

bool api_create(struct api_call *call)
{
    value document, object;
    if (!api_read_body(call, &document) || !api_read_object(call, document, &object) ||
        !api_check_identity(call, &object, true))
        return false;
    return api_finish_create(call, object, false);
}

/* A PUT that names a uid is about that object only. */
static bool fail_uid(struct api_call *call, str uid, str live_uid)
{
    const struct api_definition *definition = call->resource->definition;
    str resource = api_resource_text(definition, call->arena);
    (void)api_fail_modified(call); /* the same but for its text */
    call->problem.message = arena_printf(
        call->arena,
        "Operation cannot be fulfilled on %.*s \"%.*s\": StorageError: invalid object, Code: 4, "
        "Key: /registry/%.*s%s%.*s/%.*s%s%.*s, ResourceVersion: 0, AdditionalErrorMsg: "
        "Precondition failed: UID in precondition: %.*s, UID in object meta: %.*s",
        STR_ARG(resource), STR_ARG(call->name),
        STR_ARG(definition->builtin ? (str){0} : definition->group), definition->builtin ? "" : "/",
        STR_ARG(definition->plural), STR_ARG(call->namespace), call->namespace.len ? "/" : "",
        STR_ARG(call->name), STR_ARG(uid), STR_ARG(live_uid));
    return false;
}

bool api_check_preconditions(struct api_call *call, const struct api_record *record, value object)
{
    value metadata = value_get(object, STR("metadata"));
    str uid = value_str(value_get(metadata, STR("uid")));
    str version = value_str(value_get(metadata, STR("resourceVersion")));
    str live_uid = api_uid_text(record->uid, call->arena);
    uint64_t number = 0;
    if (version.len != 0 && !str_to_u64(version, &number))
        return api_fail(call, 500, NULL, "strconv.ParseUint: parsing \"%.*s\": invalid syntax",
                        STR_ARG(version));
    if (uid.len != 0 && !str_equal(uid, live_uid) && str_equal(call->request->method, STR("PUT")))
        return fail_uid(call, uid, live_uid);
    if (number == 0 || number == record->current->version)
        return true;
    return api_fail_modified(call);
}

/* The members that an update through the main endpoint may not bring along. */
static value keep_life(struct api_call *call, value object)
{
    static const char *const kept[] = {"creationTimestamp", "deletionTimestamp",
                                       "deletionGracePeriodSeconds", "generation", "selfLink"};
    value live = value_get(call->live, STR("metadata"));
    value metadata = value_get(object, STR("metadata"));
    struct arena *arena = call->arena;
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        metadata = api_edit_set(metadata, kept[i], value_get(live, str_z(kept[i])), arena);
    metadata = api_edit_default(metadata, "uid", value_get(live, STR("uid")), arena);
    metadata =
        api_edit_set(metadata, "resourceVersion", value_get(live, STR("resourceVersion")), arena);
    return value_with(object, STR("metadata"), metadata, arena);
}

/* Everything that counts for metadata.generation. */
static bool intent_changed(const struct api_call *call, value object)
{
    const struct api_definition *definition = call->resource->definition;
    if (definition->builtin != NULL) {
        value now = value_get(object, STR("spec")), was = value_get(call->live, STR("spec"));
        bool notes = str_equal(definition->kind, STR("Deployment")) &&
                     !value_equal(object_annotations(object), object_annotations(call->live));
        return notes || !value_equal(now, was);
    }
    value sides[] = {object, call->live};
    for (size_t i = 0; i < 2; i++) {
        sides[i] = value_without(sides[i], STR("metadata"), call->arena);
        if (call->version->has_status)
            sides[i] = value_without(sides[i], STR("status"), call->arena);
    }
    return !value_equal(sides[0], sides[1]);
}

static value prepare_main(struct api_call *call, value object)
{
    const struct api_definition *definition = call->resource->definition;
    struct arena *arena = call->arena;
    if (call->version->has_status)
        object = api_edit_set(object, "status", value_get(call->live, STR("status")), arena);
    if (definition->builtin != NULL && definition->builtin->rules != NULL &&
        definition->builtin->rules->prepare != NULL)
        object = definition->builtin->rules->prepare(call, object, call->live);
    int64_t generation = object_generation(call->live);
    if ((definition->builtin == NULL || definition->builtin->counts_generation) &&
        intent_changed(call, object))
        object = api_edit_metadata(object, "generation", value_int(generation + 1, arena), arena);
    return object;
}

/* Through the status subresource only status and managedFields change; of built-in kinds the rest
   of metadata, too. */
static value prepare_status(struct api_call *call, value object)
{
    struct arena *arena = call->arena;
    value kept = call->live;
    if (call->resource->definition->builtin != NULL) {
        value metadata = value_get(object, STR("metadata"));
        if (str_equal(call->resource->definition->kind, STR("Deployment")))
            metadata = api_edit_set(metadata, "labels",
                                    value_get2(kept, STR("metadata"), STR("labels")), arena);
        kept = value_with(kept, STR("metadata"), metadata, arena);
    } else {
        value fields = value_get2(object, STR("metadata"), STR("managedFields"));
        kept = api_edit_metadata(kept, "managedFields", fields, arena);
    }
    return api_edit_set(kept, "status", value_get(object, STR("status")), arena);
}

/* Deleted, and nothing holds it any more. Namespaces are ended by their controller. */
static bool is_finished(const struct api_call *call, value object)
{
    if (call->resource->definition->builtin != NULL &&
        str_equal(call->resource->definition->plural, STR("namespaces")))
        return false;
    value metadata = value_get(object, STR("metadata"));
    return value_present(value_get(metadata, STR("deletionTimestamp"))) &&
           value_len(value_get(metadata, STR("finalizers"))) == 0 &&
           value_len(value_get2(object, STR("spec"), STR("finalizers"))) == 0;
}

/* This one names the resource where others name the kind. */
static bool fail_without_version(struct api_call *call)
{
    struct api_causes causes = {.arena = call->arena};
    const struct api_definition *definition = call->resource->definition;
    api_cause_add(&causes, "FieldValueInvalid", STR("metadata.resourceVersion"),
                  "Invalid value: 0: must be specified for an update");
    (void)api_fail_invalid(call, &causes, call->name);
    call->problem.kind = definition->plural;
    call->problem.message =
        arena_printf(call->arena, "%.*s \"%.*s\" is invalid: metadata.resourceVersion: %.*s",
                     STR_ARG(api_resource_text(definition, call->arena)), STR_ARG(call->name),
                     STR_ARG(causes.list.items[0].message));
    return false;
}

bool api_finish_update(struct api_call *call, struct api_record *record, value object,
                       value *ret_object)
{
    bool status = str_equal(call->subresource, STR("status"));
    value metadata = value_get(object, STR("metadata"));
    const struct api_definition *definition = call->resource->definition;
    bool must_name_version =
        definition->builtin == NULL || !definition->builtin->unconditional_update;
    str version = value_str(value_get(metadata, STR("resourceVersion")));
    object = keep_life(call, object);
    object = status ? prepare_status(call, object) : prepare_main(call, object);
    if (must_name_version && (version.len == 0 || str_equal(version, STR("0"))))
        return fail_without_version(call);
    if (!validate(call, object, call->live))
        return false;
    warn_finalizers(call, object);
    object = as_stored(call, object);
    bool same = merge_is_noop(call->live, object);
    if (same && !call->dry_run)
        object = call->live;
    if (!same && !call->dry_run) {
        if (is_finished(call, object)) { /* watchers see the object as it was */
            api_commit_removal(call->resource, record, call->arena);
        } else {
            record = api_commit(call->resource, object, call->arena);
            object = api_call_object(call, record->current);
        }
    }
    if (ret_object != NULL)
        *ret_object = object;
    else
        api_reply_object(call, 200, object);
    return true;
}

bool api_update(struct api_call *call)
{
    value document, object;
    if (!api_read_body(call, &document) || !api_read_object(call, document, &object) ||
        !api_check_identity(call, &object, false))
        return false;
    struct api_record *record = api_shelf_find(&call->resource->shelf, call->namespace, call->name);
    const struct api_builtin *builtin = call->resource->definition->builtin;
    if (record == NULL && builtin != NULL && builtin->creates_on_update &&
        call->subresource.len == 0) {
        str uid = value_str(value_get2(object, STR("metadata"), STR("uid")));
        return uid.len != 0 ? fail_uid(call, uid, (str){0})
                            : api_finish_create(call, object, false);
    }
    if (record == NULL)
        return api_fail_not_found(call);
    call->live = api_call_object(call, record->current);
    if (!api_check_preconditions(call, record, object))
        return false;
    struct merge_request request = api_merge_request(call);
    struct merge_result result;
    merge_update(&request, call->live, object, call->arena, call->scratch, &result);
    return api_finish_update(call, record, result.object, NULL);
}
