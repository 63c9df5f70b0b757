/* What is read of a cluster: its inventory, its definitions, one list a kind. */
#include "syncd/apply/survey_internal.h"

#include "syncd/object/scope.h"
#include "syncd/plan/inventory.h"
#include "syncd/value/json.h"

/* One more answer of this stage is there; true when it was the last. */
static bool is_last(struct survey *survey)
{
    CHECK(survey->open > 0);
    return --survey->open == 0 && !survey->ended;
}

/* --- the last stage --- */

static void predict(struct survey *survey)
{
    struct arena *arena = survey->arena;
    struct predict_kind *kinds = ARENA_ARRAY(arena, struct predict_kind, survey->kinds.len);
    for (size_t i = 0; i < survey->kinds.len; i++) {
        const struct survey_kind *kind = survey->kinds.items[i];
        kinds[i] = (struct predict_kind){.gvk = kind->gvk, .served = kind->resource != NULL};
        if (kind->resource == NULL)
            continue;
        kinds[i].namespaced = kind->resource->namespaced;
        kinds[i].has_status = kind->resource->has_status;
    }
    const struct predict_reading reading = {
        .inventory = buf_str(&survey->inventory),
        .objects = &survey->objects,
        .kinds = kinds,
        .kind_count = survey->kinds.len,
        .lists_complete = !survey->lists_broken,
        .right_cluster =
            survey->inventory_uid.len == 0 || str_equal(survey->inventory_uid, survey->cluster_uid),
    };
    const struct predict_request request = {
        .desired = survey->options.desired,
        .reading = &reading,
        .types = survey->types,
        .level = survey->options.level,
        .owner = survey->owner,
        .default_ns = survey->options.target->default_ns,
        .prune = survey->options.prune,
        .adopt = survey->options.adopt,
        .now_ns = survey->options.now_ns,
        .limits = survey->options.limits,
    };
    predict_cluster(&request, arena, &survey->result.cluster);
    if (survey->options.verify)
        survey_verify(survey);
    else
        survey_finish(survey);
}

/* --- lists --- */

static void take_object(void *context, value document, str text, struct arena *arena)
{
    struct survey_kind *kind = context;
    struct survey *survey = kind->survey;
    struct object object;
    struct error ignored = ERROR_INIT; /* what has no name is none of the commit's objects */
    (void)text;
    if (!object_from_document(document, (struct position){0}, &object, &ignored))
        return;
    str key = object_id_key(&object.id, arena);
    bool wanted = map_has(&survey->wanted, key);
    if ((kind->whole && !wanted) || map_has(&survey->objects, key))
        return;
    value *kept = ARENA_NEW(survey->arena, value);
    *kept = value_copy(document, survey->arena);
    (void)map_put(&survey->objects, survey->arena, arena_str(survey->arena, key), kept);
    kind->found += wanted;
}

static void list_kind(struct survey_kind *kind);

static void listed(void *context, const struct kube_reply *reply)
{
    struct survey_kind *kind = context;
    struct survey *survey = kind->survey;
    if (reply->err != NULL && reply->err->class != ERROR_NOT_FOUND) {
        survey_fail(survey, reply->err, "listing its objects");
        return;
    }
    survey->lists_broken = survey->lists_broken || reply->quarantined != 0;
    /* An object that does not carry our label may be there all the same. */
    if (!kind->whole && kind->found < kind->wanted && !survey->ended) {
        kind->whole = true;
        list_kind(kind);
    }
    if (is_last(survey))
        predict(survey);
}

static void list_kind(struct survey_kind *kind)
{
    struct survey *survey = kind->survey;
    str labels = arena_printf(survey->arena, OWNER_LABEL "=%.*s", STR_ARG(survey->owner));
    const struct kube_path path = kube_path_of(kind->resource, (str){0}, (str){0});
    const struct kube_select select = {.labels = kind->whole ? (str){0} : labels};
    survey->open++;
    (void)kube_list(survey->cluster, &path, &select, take_object, listed, kind);
}

static void list_all(struct survey *survey)
{
    survey->open = 1; /* held until all are on their way */
    for (size_t i = 0; i < survey->kinds.len; i++) {
        if (survey->kinds.items[i]->resource != NULL)
            list_kind(survey->kinds.items[i]);
    }
    if (is_last(survey))
        predict(survey);
}

/* --- definitions --- */

/* A definition that cannot be used leaves its kinds without a type: maps granular, lists atomic. */
static void learn_definition(struct survey *survey, value document)
{
    struct error ignored = ERROR_INIT;
    if (!schema_add_crd(survey->types, document, &ignored))
        error_clear(&ignored); /* the server will say what is wrong with it */
}

static void defined(void *context, const struct kube_reply *reply)
{
    struct survey *survey = context;
    if (reply->err == NULL)
        learn_definition(survey, value_copy(reply->object, survey->arena));
    if (is_last(survey))
        list_all(survey);
}

static void read_definitions(struct survey *survey)
{
    survey->open = 1; /* held until all are on their way */
    for (size_t i = 0; i < survey->kinds.len; i++) {
        const struct survey_kind *kind = survey->kinds.items[i];
        if (kind->resource == NULL || schema_find(survey->types, kind->gvk) != NULL)
            continue;
        str name = arena_printf(survey->arena, "%.*s.%.*s", STR_ARG(kind->resource->plural),
                                STR_ARG(kind->gvk.group));
        const struct kube_path path = {.group = STR("apiextensions.k8s.io"),
                                       .version = STR("v1"),
                                       .plural = STR("customresourcedefinitions"),
                                       .name = name};
        survey->open++;
        (void)kube_get(survey->cluster, &path, defined, survey);
    }
    if (is_last(survey))
        list_all(survey);
}

/* --- the kinds --- */

static struct survey_kind *add_kind(struct survey *survey, struct gvk gvk)
{
    const struct kube_resources *resources = kube_cluster_resources(survey->cluster);
    str key = arena_printf(survey->arena, "%.*s/%.*s/%.*s", STR_ARG(gvk.group),
                           STR_ARG(gvk.version), STR_ARG(gvk.kind));
    struct map_entry *entry = map_place(&survey->known_kinds, survey->arena, key);
    if (entry->value != NULL)
        return entry->value;
    struct survey_kind *kind = ARENA_NEW(survey->arena, struct survey_kind);
    *kind = (struct survey_kind){.survey = survey, .gvk = gvk};
    kind->resource = kube_resources_find(resources, gvk);
    if (kind->resource == NULL && kube_resources_is_broken(resources, gvk.group, gvk.version))
        survey->lists_broken = true;
    entry->value = kind;
    VEC_PUSH(survey->arena, &survey->kinds, kind);
    return kind;
}

static void add_wanted(struct survey *survey, const struct desired_object *wanted)
{
    struct survey_kind *kind = add_kind(survey, wanted->id.gvk);
    struct object_id id = wanted->id;
    if (kind->resource != NULL)
        id.namespace = scope_namespace(kind->resource->namespaced ? SCOPE_NAMESPACE : SCOPE_CLUSTER,
                                       id.namespace, survey->options.target->default_ns);
    (void)map_put(&survey->wanted, survey->arena, object_id_key(&id, survey->arena), survey);
    kind->wanted++;
    if (!str_equal(id.gvk.kind, STR("CustomResourceDefinition")))
        return;
    struct error ignored = ERROR_INIT; /* the renderer wrote it: it can be read */
    value document;
    /* The commit's own definitions come first, and so count before those of the cluster. */
    if (json_read(wanted->json, survey->options.limits, survey->arena, &document, &ignored))
        learn_definition(survey, document);
}

/* Kinds that the commit does not have any more, but the inventory does. */
static void add_recorded(struct survey *survey)
{
    str rest = buf_str(&survey->inventory), line;
    const struct kube_resources *resources = kube_cluster_resources(survey->cluster);
    while (rest.len != 0 && str_cut(&rest, '\n', &line)) {
        struct inventory_entry entry;
        struct object_id id;
        struct error ignored = ERROR_INIT; /* a line of another kind */
        if (line.len == 0 || !inventory_read(line, &entry, &ignored) ||
            !inventory_key_id(entry.key, entry.version, &id))
            continue;
        if (kube_resources_find(resources, id.gvk) == NULL) {
            const struct kube_resource *other =
                kube_resources_find_kind(resources, id.gvk.group, id.gvk.kind);
            id.gvk.version = other != NULL ? other->gvk.version : id.gvk.version;
        }
        (void)add_kind(survey, id.gvk);
    }
}

static void inventory_item(void *context, value object, str text, struct arena *arena)
{
    struct survey *survey = context;
    value contents = value_get(object, STR("data"));
    str lines = value_str(value_get(contents, STR("objects")));
    (void)text;
    (void)arena;
    buf_add(&survey->inventory, lines);
    if (lines.len != 0 && lines.ptr[lines.len - 1] != '\n')
        buf_add_byte(&survey->inventory, '\n');
    survey->inventory_uid =
        arena_str(survey->arena, value_str(value_get(contents, STR("cluster"))));
}

static void inventory_done(void *context, const struct kube_reply *reply)
{
    struct survey *survey = context;
    if (reply->err != NULL && reply->err->class != ERROR_NOT_FOUND) {
        survey_fail(survey, reply->err, "reading the inventory");
        return;
    }
    schema_add_builtin(survey->types);
    for (size_t i = 0; i < survey->options.desired->count; i++)
        add_wanted(survey, &survey->options.desired->objects[i]);
    add_recorded(survey);
    read_definitions(survey);
}

void survey_read(struct survey *survey)
{
    const struct kube_path path = {
        .version = STR("v1"), .plural = STR("configmaps"), .namespace = STR(INVENTORY_NAMESPACE)};
    const struct kube_select select = {.labels =
                                           arena_printf(survey->arena, "syncd.dev/inventory=%.*s",
                                                        STR_ARG(survey->options.sync_name)),
                                       .page = 20};
    (void)kube_list(survey->cluster, &path, &select, inventory_item, inventory_done, survey);
}
