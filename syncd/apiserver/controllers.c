#include "syncd/apiserver/controllers.h"

#include "syncd/apiserver/crd.h"
#include "syncd/apiserver/delete.h"
#include "syncd/apiserver/edit.h"
#include "syncd/apiserver/write.h"

#include <stdlib.h>

enum work_kind {
    WORK_DEFINITION, /* a CustomResourceDefinition changed */
    WORK_NAMESPACE,  /* a namespace is ending, or lost an object while it does */
    WORK_OWNED,      /* a new object with owners: are they there? */
    WORK_OWNER_GONE, /* an object that may have dependents is gone */
    WORK_HELD,       /* a deleted object waits for its dependents */
};

struct work {
    struct list node;
    enum work_kind kind;
    struct api_resource *resource;
    uint8_t uid[16];
    size_t namespace_len, name_len;
    char key[]; /* namespace, name */
};

static str work_namespace(const struct work *work)
{
    return str_from(work->key, work->namespace_len);
}

static str work_name(const struct work *work)
{
    return str_from(work->key + work->namespace_len, work->name_len);
}

static struct work *queue(struct api_cluster *cluster, enum work_kind kind,
                          struct api_resource *resource, str namespace, str name)
{
    struct work *work = malloc(sizeof *work + namespace.len + name.len + 1);
    CHECK(work != NULL);
    *work = (struct work){
        .kind = kind, .resource = resource, .namespace_len = namespace.len, .name_len = name.len};
    if (namespace.len != 0)
        memcpy(work->key, namespace.ptr, namespace.len);
    if (name.len != 0)
        memcpy(work->key + namespace.len, name.ptr, name.len);
    list_append(&cluster->pending, &work->node);
    return work;
}

static bool is_resource(const struct api_resource *resource, const char *plural)
{
    return resource->definition->builtin != NULL &&
           str_equal(resource->definition->plural, str_z(plural));
}

static void queue_about(enum work_kind kind, struct api_resource *resource,
                        const struct api_record *record)
{
    (void)queue(resource->cluster, kind, resource, api_revision_namespace(record->current),
                api_revision_name(record->current)); /* nothing to add */
}

void api_controllers_changed(struct api_resource *resource, struct api_record *record)
{
    if (is_resource(resource, "customresourcedefinitions"))
        queue_about(WORK_DEFINITION, resource, record);
    if (resource->cluster->world->no_controllers)
        return;
    if (is_resource(resource, "namespaces") && record->deleting)
        queue_about(WORK_NAMESPACE, resource, record);
    if (record->owner_count != 0 && !record->deleting)
        queue_about(WORK_OWNED, resource, record);
    if (record->deleting)
        queue_about(WORK_HELD, resource, record);
}

static bool namespace_is_ending(struct api_cluster *cluster, str namespace)
{
    const struct api_resource *namespaces = api_cluster_builtin(cluster, "namespaces");
    const struct api_record *record = api_shelf_find(&namespaces->shelf, (str){0}, namespace);
    return record != NULL && record->deleting;
}

/* Foreground deletions look at their dependents again. */
static void requeue_waiting(struct api_cluster *cluster)
{
    cluster->foreground_waiting = false;
    for (size_t i = 0; i < cluster->resource_count; i++) {
        struct api_resource *resource = cluster->resources[i];
        for (size_t n = 0; n < resource->shelf.len; n++)
            if (resource->shelf.records[n]->deleting)
                queue_about(WORK_HELD, resource, resource->shelf.records[n]);
    }
}

void api_controllers_gone(struct api_resource *resource, const struct api_gone *gone)
{
    struct api_cluster *cluster = resource->cluster;
    if (is_resource(resource, "customresourcedefinitions"))
        (void)queue(cluster, WORK_DEFINITION, resource, (str){0}, gone->name);
    if (resource->going)
        api_crd_requeue(resource);
    if (cluster->world->no_controllers)
        return;
    if (gone->namespace.len != 0 && namespace_is_ending(cluster, gone->namespace))
        (void)queue(cluster, WORK_NAMESPACE, api_cluster_builtin(cluster, "namespaces"), (str){0},
                    gone->namespace);
    struct work *work = queue(cluster, WORK_OWNER_GONE, resource, gone->namespace, gone->name);
    memcpy(work->uid, gone->uid, sizeof work->uid);
    if (gone->owned && cluster->foreground_waiting)
        requeue_waiting(cluster);
}

void api_controllers_queue_definition(struct api_cluster *cluster, str name)
{
    (void)queue(cluster, WORK_DEFINITION, api_cluster_builtin(cluster, "customresourcedefinitions"),
                (str){0}, name);
}

static value without_finalizer(value object, const char *finalizer, struct arena *arena)
{
    value old = value_get2(object, STR("metadata"), STR("finalizers"));
    struct array_builder list;
    array_begin(&list, arena);
    for (size_t i = 0; i < value_len(old); i++)
        if (!str_equal(value_str(value_item(old, i)), str_z(finalizer)))
            array_add(&list, value_item(old, i));
    return api_edit_metadata(object, "finalizers",
                             list.items.len == 0 ? value_absent() : array_finish(&list), arena);
}

void api_controllers_release(struct api_resource *resource, struct api_record *record,
                             const char *finalizer, struct arena *arena)
{
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    value freed = without_finalizer(object, finalizer, arena);
    if (value_len(value_get2(freed, STR("metadata"), STR("finalizers"))) == 0)
        api_commit_removal(resource, record, arena);
    else
        (void)api_commit(resource, freed, arena); /* others hold it still */
}

void api_controllers_delete_all(struct api_resource *resource, str namespace, struct arena *arena)
{
    struct api_shelf *shelf = &resource->shelf;
    for (size_t i = api_shelf_lower(shelf, namespace, (str){0}); i < shelf->len;) {
        struct api_record *record = shelf->records[i];
        size_t before = shelf->len;
        value object;
        if (namespace.len != 0 && !str_equal(api_revision_namespace(record->current), namespace))
            return;
        if (!record->deleting)
            (void)api_delete_object(resource, record, (str){0}, false, arena, &object);
        i += shelf->len == before; /* what a finalizer holds stays */
    }
}

static bool namespace_is_empty(const struct api_cluster *cluster, str namespace)
{
    for (size_t i = 0; i < cluster->resource_count; i++) {
        const struct api_shelf *shelf = &cluster->resources[i]->shelf;
        size_t at = api_shelf_lower(shelf, namespace, (str){0});
        if (cluster->resources[i]->definition->namespaced && at < shelf->len &&
            str_equal(api_revision_namespace(shelf->records[at]->current), namespace))
            return false;
    }
    return true;
}

static void end_namespace(struct api_cluster *cluster, struct work *work, struct arena *arena)
{
    struct api_record *record = api_shelf_find(&work->resource->shelf, (str){0}, work_name(work));
    if (record == NULL || !record->deleting)
        return;
    for (size_t i = 0; i < cluster->resource_count; i++)
        if (cluster->resources[i]->definition->namespaced)
            api_controllers_delete_all(cluster->resources[i], work_name(work), arena);
    if (!namespace_is_empty(cluster, work_name(work)))
        return;
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    value held = value_get2(object, STR("metadata"), STR("finalizers"));
    if (value_len(held) == 0) {
        api_commit_removal(work->resource, record, arena);
        return;
    }
    value spec = value_get(object, STR("spec"));
    if (!value_present(value_get(spec, STR("finalizers"))))
        return;
    object = value_with(object, STR("spec"), api_empty_object(), arena);
    (void)api_commit(work->resource, object, arena); /* its own finalizers hold it still */
}

/* Is the owner there, under that name, with that uid? */
static bool owner_exists(struct api_cluster *cluster, value owner, str namespace)
{
    struct gvk gvk;
    uint8_t uid[16];
    if (!gvk_from_api_version(value_str(value_get(owner, STR("apiVersion"))),
                              value_str(value_get(owner, STR("kind"))), &gvk) ||
        !api_uid_parse(value_str(value_get(owner, STR("uid"))), uid))
        return false;
    const struct api_resource *resource = api_cluster_kind(cluster, gvk.group, gvk.kind);
    if (resource == NULL)
        return true; /* a kind that we cannot see: nothing is known of it */
    const struct api_record *record =
        api_shelf_find(&resource->shelf, resource->definition->namespaced ? namespace : (str){0},
                       value_str(value_get(owner, STR("name"))));
    return record != NULL && memcmp(record->uid, uid, sizeof uid) == 0;
}

/* Removes an object that has owners, none of which is there. */
static void collect(struct api_resource *resource, struct api_record *record, struct arena *arena)
{
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    value owners = value_get2(object, STR("metadata"), STR("ownerReferences"));
    struct array_builder left;
    array_begin(&left, arena);
    for (size_t i = 0; i < value_len(owners); i++)
        if (owner_exists(resource->cluster, value_item(owners, i),
                         api_revision_namespace(record->current)))
            array_add(&left, value_item(owners, i));
    if (left.items.len == value_len(owners))
        return;
    if (left.items.len != 0) {
        object = api_edit_metadata(object, "ownerReferences", array_finish(&left), arena);
        (void)api_commit(resource, object, arena); /* one owner less */
        return;
    }
    if (!record->deleting)
        (void)api_delete_object(resource, record, (str){0}, false, arena, &object);
}

static bool is_owned_by(const struct api_record *record, const uint8_t uid[16])
{
    for (size_t i = 0; i < record->owner_count; i++)
        if (memcmp(record->owners[i], uid, 16) == 0)
            return true;
    return false;
}

/* Calls visit for every object owned by the uid; visit may remove it. */
typedef void visit_dependent(struct api_resource *resource, struct api_record *record,
                             void *context, struct arena *arena);

static void for_dependents(struct api_cluster *cluster, const uint8_t uid[16],
                           visit_dependent *visit, void *context, struct arena *arena)
{
    for (size_t i = 0; i < cluster->resource_count; i++) {
        struct api_resource *resource = cluster->resources[i];
        for (size_t n = 0; resource->shelf.owned != 0 && n < resource->shelf.len;) {
            struct api_record *record = resource->shelf.records[n];
            size_t before = resource->shelf.len;
            if (is_owned_by(record, uid))
                visit(resource, record, context, arena);
            n += resource->shelf.len == before;
        }
    }
}

static void visit_collect(struct api_resource *resource, struct api_record *record, void *context,
                          struct arena *arena)
{
    (void)context;
    collect(resource, record, arena);
}

/* Takes one owner's reference off. */
static void visit_orphan(struct api_resource *resource, struct api_record *record, void *context,
                         struct arena *arena)
{
    const uint8_t *uid = context;
    str text = api_uid_text(uid, arena);
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    value owners = value_get2(object, STR("metadata"), STR("ownerReferences"));
    struct array_builder left;
    array_begin(&left, arena);
    for (size_t i = 0; i < value_len(owners); i++)
        if (!str_equal(value_str(value_get(value_item(owners, i), STR("uid"))), text))
            array_add(&left, value_item(owners, i));
    value list = left.items.len == 0 ? value_absent() : array_finish(&left);
    (void)api_commit(resource, api_edit_metadata(object, "ownerReferences", list, arena), arena);
}

struct foreground {
    str uid;
    size_t blocking;
};

static void visit_foreground(struct api_resource *resource, struct api_record *record,
                             void *context, struct arena *arena)
{
    struct foreground *foreground = context;
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    value owners = value_get2(object, STR("metadata"), STR("ownerReferences"));
    bool blocks = false;
    for (size_t i = 0; i < value_len(owners); i++) {
        value owner = value_item(owners, i);
        if (str_equal(value_str(value_get(owner, STR("uid"))), foreground->uid))
            blocks = value_true(value_get(owner, STR("blockOwnerDeletion")));
    }
    enum api_deletion deletion = API_DELETED_LATER;
    if (!record->deleting)
        deletion = api_delete_object(resource, record, STR("Foreground"), false, arena, &object);
    foreground->blocking += blocks && deletion == API_DELETED_LATER;
}

static void release_held(struct api_cluster *cluster, struct work *work, struct arena *arena)
{
    struct api_record *record =
        api_shelf_find(&work->resource->shelf, work_namespace(work), work_name(work));
    if (record == NULL || !record->deleting)
        return;
    uint8_t uid[16];
    memcpy(uid, record->uid, sizeof uid);
    value object = api_revision_object(record->current, (str){0}, (str){0}, arena);
    if (api_has_finalizer(object, "orphan")) {
        for_dependents(cluster, uid, visit_orphan, uid, arena);
        api_controllers_release(work->resource, record, "orphan", arena);
        return;
    }
    if (!api_has_finalizer(object, "foregroundDeletion"))
        return;
    struct foreground foreground = {.uid = api_uid_text(uid, arena)};
    for_dependents(cluster, uid, visit_foreground, &foreground, arena);
    if (foreground.blocking == 0)
        api_controllers_release(work->resource, record, "foregroundDeletion", arena);
    else
        cluster->foreground_waiting = true;
}

static void do_work(struct api_cluster *cluster, struct work *work, struct arena *arena)
{
    struct api_record *record;
    switch (work->kind) {
    case WORK_DEFINITION: api_crd_sync(cluster, work_name(work), arena); return;
    case WORK_NAMESPACE: end_namespace(cluster, work, arena); return;
    case WORK_OWNED:
        record = api_shelf_find(&work->resource->shelf, work_namespace(work), work_name(work));
        if (record != NULL)
            collect(work->resource, record, arena);
        return;
    case WORK_OWNER_GONE: for_dependents(cluster, work->uid, visit_collect, NULL, arena); return;
    case WORK_HELD: release_held(cluster, work, arena); return;
    }
}

void api_controllers_run(struct api_cluster *cluster)
{
    if (list_empty(&cluster->pending) || cluster->controllers_running)
        return;
    cluster->controllers_running = true;
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    while (!list_empty(&cluster->pending)) {
        struct arena_mark mark = arena_mark(arena);
        struct work *work = LIST_ITEM(cluster->pending.next, struct work, node);
        list_remove(&work->node);
        do_work(cluster, work, arena);
        free(work);
        arena_rewind(arena, mark);
    }
    cluster->controllers_running = false;
}

void api_controllers_forget(struct api_cluster *cluster, const struct api_resource *resource)
{
    LIST_FOR (node, &cluster->pending) {
        struct work *work = LIST_ITEM(node, struct work, node);
        if (resource != NULL && work->resource != resource)
            continue;
        list_remove(node);
        free(work);
    }
}

void api_controllers_finish(struct api_cluster *cluster)
{
    api_controllers_forget(cluster, NULL);
}
