#include "syncd/base/check.h"
#include "syncd/base/vec.h"
#include "syncd/kube/kube_internal.h"

#include <stdlib.h>

#define GROUPS_MAX    20000
#define RESOURCES_MAX 200000
#define ACCEPT                                                                                     \
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"                        \
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

/* A group and version that an older server must be asked for. */
struct pending {
    str group, version;
    bool preferred;
};

struct discovering {
    struct kube_call *call;
    struct arena *arena; /* of the result; goes to the cluster, or with the call */
    VEC(struct kube_resource) found;
    VEC(str) broken;
    VEC(struct pending) pending;
    size_t next;  /* of pending */
    bool groups;  /* /apis was asked for */
    bool has_one; /* one of the answers was aggregated */
};

static const struct {
    const char *name;
    enum kube_verb verb;
} verbs[] = {
    {"get", KUBE_GET},       {"list", KUBE_LIST},
    {"watch", KUBE_WATCH},   {"create", KUBE_CREATE},
    {"update", KUBE_UPDATE}, {"patch", KUBE_PATCH},
    {"delete", KUBE_DELETE}, {"deletecollection", KUBE_DELETE_COLLECTION},
};

static unsigned read_verbs(value list)
{
    unsigned bits = 0;
    for (size_t i = 0; i < value_len(list) && value_is(list, VALUE_ARRAY); i++)
        for (size_t v = 0; v < ARRAY_LEN(verbs); v++)
            if (str_equal(value_str(value_item(list, i)), str_z(verbs[v].name)))
                bits |= verbs[v].verb;
    return bits;
}

/* Groups, versions, kinds and resources become parts of paths: nothing else may pass. */
static bool is_plain(str text)
{
    if (text.len > 253)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        if (!word)
            return false;
    }
    return !str_equal(text, STR(".")) && !str_equal(text, STR(".."));
}

static str keep(const struct discovering *op, str text)
{
    return arena_str(op->arena, text);
}

static void note_broken(struct discovering *op, str group, str version)
{
    str whole = keep(op, version);
    if (group.len > 0)
        whole = arena_concat(op->arena, str_slice(group, 0, 253), STR("/"), version);
    if (op->broken.len < GROUPS_MAX)
        VEC_PUSH(op->arena, &op->broken, whole);
}

static void add_resource(struct discovering *op, const struct kube_resource *read)
{
    if (read->gvk.kind.len == 0 || read->plural.len == 0 || !is_plain(read->gvk.kind) ||
        !is_plain(read->plural) || op->found.len >= RESOURCES_MAX)
        return;
    struct kube_resource kept = *read;
    kept.gvk = (struct gvk){keep(op, read->gvk.group), keep(op, read->gvk.version),
                            keep(op, read->gvk.kind)};
    kept.plural = keep(op, read->plural);
    kept.singular = keep(op, read->singular);
    VEC_PUSH(op->arena, &op->found, kept);
}

/* ---- aggregated discovery: everything in two answers ---- */

static void read_aggregated_resource(struct discovering *op, struct gvk gvk, bool preferred,
                                     value v)
{
    gvk.kind = value_str(value_get2(v, STR("responseKind"), STR("kind")));
    struct kube_resource read = {
        .gvk = gvk,
        .plural = value_str(value_get(v, STR("resource"))),
        .singular = value_str(value_get(v, STR("singularResource"))),
        .namespaced = str_equal(value_str(value_get(v, STR("scope"))), STR("Namespaced")),
        .preferred = preferred,
        .verbs = read_verbs(value_get(v, STR("verbs"))),
    };
    const value subresources = value_get(v, STR("subresources"));
    for (size_t i = 0; i < value_len(subresources) && value_is(subresources, VALUE_ARRAY); i++) {
        const str name = value_str(value_get(value_item(subresources, i), STR("subresource")));
        read.has_status = read.has_status || str_equal(name, STR("status"));
        read.has_scale = read.has_scale || str_equal(name, STR("scale"));
    }
    add_resource(op, &read);
}

static void read_aggregated_group(struct discovering *op, value group)
{
    const str name = value_str(value_get2(group, STR("metadata"), STR("name")));
    const value versions = value_get(group, STR("versions"));
    for (size_t i = 0; i < value_len(versions) && value_is(versions, VALUE_ARRAY); i++) {
        const value version = value_item(versions, i);
        const struct gvk gvk = {name, value_str(value_get(version, STR("version"))), STR("")};
        const value resources = value_get(version, STR("resources"));
        const bool stale = str_equal(value_str(value_get(version, STR("freshness"))), STR("Stale"));
        if (!is_plain(name) || !is_plain(gvk.version) || stale)
            note_broken(op, name, gvk.version);
        if (!is_plain(name) || !is_plain(gvk.version) || !value_is(resources, VALUE_ARRAY))
            continue;
        for (size_t r = 0; r < value_len(resources); r++)
            read_aggregated_resource(op, gvk, i == 0, value_item(resources, r));
    }
}

/* ---- older servers: one answer for each group and version ---- */

static void queue_version(struct discovering *op, str group, str version, bool preferred)
{
    if (!is_plain(group) || !is_plain(version) || version.len == 0) {
        note_broken(op, group, version);
        return;
    }
    const struct pending pending = {keep(op, group), keep(op, version), preferred};
    if (op->pending.len < GROUPS_MAX)
        VEC_PUSH(op->arena, &op->pending, pending);
}

static void queue_versions(struct discovering *op, value root)
{
    const value core = value_get(root, STR("versions"));
    for (size_t i = 0; i < value_len(core) && value_is(core, VALUE_ARRAY); i++)
        queue_version(op, STR(""), value_str(value_item(core, i)), i == 0);
    const value groups = value_get(root, STR("groups"));
    for (size_t i = 0; i < value_len(groups) && value_is(groups, VALUE_ARRAY); i++) {
        const value group = value_item(groups, i);
        const str preferred = value_str(value_get2(group, STR("preferredVersion"), STR("version")));
        const value versions = value_get(group, STR("versions"));
        for (size_t v = 0; v < value_len(versions) && value_is(versions, VALUE_ARRAY); v++) {
            const str version = value_str(value_get(value_item(versions, v), STR("version")));
            queue_version(op, value_str(value_get(group, STR("name"))), version,
                          str_equal(version, preferred));
        }
    }
}

/* Subresources come as entries of their own, "plural/name", behind or before their resource. */
static bool has_entry(value resources, str plural, const char *subresource)
{
    for (size_t i = 0; i < value_len(resources); i++) {
        const str name = value_str(value_get(value_item(resources, i), STR("name")));
        if (name.len > plural.len && str_starts(name, plural) && name.ptr[plural.len] == '/' &&
            str_equal(str_skip(name, plural.len + 1), str_z(subresource)))
            return true;
    }
    return false;
}

static void read_resource_list(struct discovering *op, const struct pending *of, value root)
{
    const value resources = value_get(root, STR("resources"));
    for (size_t i = 0; i < value_len(resources) && value_is(resources, VALUE_ARRAY); i++) {
        const value v = value_item(resources, i);
        const str plural = value_str(value_get(v, STR("name")));
        if (str_index(plural, '/') != SIZE_MAX)
            continue;
        const struct kube_resource read = {
            .gvk = {of->group, of->version, value_str(value_get(v, STR("kind")))},
            .plural = plural,
            .singular = value_str(value_get(v, STR("singularName"))),
            .namespaced = value_true(value_get(v, STR("namespaced"))),
            .preferred = of->preferred,
            .verbs = read_verbs(value_get(v, STR("verbs"))),
            .has_status = has_entry(resources, plural, "status"),
            .has_scale = has_entry(resources, plural, "scale"),
        };
        add_resource(op, &read);
    }
}

/* ---- the result ---- */

static int compare_resources(const void *a, const void *b)
{
    const struct kube_resource *x = a, *y = b;
    int order = str_compare(x->gvk.group, y->gvk.group);
    if (order == 0)
        order = str_compare(x->gvk.kind, y->gvk.kind);
    if (order == 0)
        order = str_compare(x->gvk.version, y->gvk.version);
    return order != 0 ? order : str_compare(x->plural, y->plural);
}

static void publish(struct discovering *op)
{
    struct kube_cluster *cluster = op->call->cluster;
    struct kube_resources *result = ARENA_NEW(op->arena, struct kube_resources);
    if (op->found.len > 0)
        qsort(op->found.items, op->found.len, sizeof(*op->found.items), compare_resources);
    *result =
        (struct kube_resources){op->found.items, op->found.len, op->broken.items, op->broken.len};
    arena_destroy(cluster->resources_arena);
    cluster->resources_arena = op->arena;
    cluster->resources = result;
    op->arena = NULL;
    /* What was read about the schemas may be of former kinds. */
    arena_destroy(cluster->openapi_arena);
    cluster->openapi_arena = NULL;
}

static void discovering_finish(void *context)
{
    struct discovering *op = context;
    arena_destroy(op->arena);
}

static void ask_next(struct discovering *op);
static void version_answered(struct kube_call *call, const struct http_response *response,
                             const struct error *err);

static void finish_or_ask(struct discovering *op)
{
    if (op->next < op->pending.len) {
        ask_next(op);
        return;
    }
    struct kube_call *call = op->call;
    publish(op);
    const struct kube_reply reply = {.code = 200, .object = value_absent(), .arena = call->arena};
    call_end(call, &reply);
}

static void ask_next(struct discovering *op)
{
    struct kube_call *call = op->call;
    const struct pending *next = &op->pending.items[op->next];
    call->path = next->group.len == 0
                     ? arena_concat(call->arena, STR("/api/"), next->version, STR(""))
                     : arena_printf(call->arena, "/apis/%.*s/%.*s", STR_ARG(next->group),
                                    STR_ARG(next->version));
    call->answered = version_answered;
    call->give_up_ns = 0;
    call_send(call);
}

/* One broken group is unknown; the others are read. Without any answer there is no result. */
static void version_answered(struct kube_call *call, const struct http_response *response,
                             const struct error *err)
{
    struct discovering *op = call->operation;
    const struct pending *asked = &op->pending.items[op->next++];
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct error ignored = ERROR_INIT;
    value root;
    if (err != NULL) {
        (void)call_ended_by(call, response, err);
        return;
    }
    if (response->status == 200 &&
        json_read(response->body, call->cluster->limits, scratch, &root, &ignored))
        read_resource_list(op, asked, root);
    else
        note_broken(op, asked->group, asked->version);
    finish_or_ask(op);
}

static void index_answered(struct kube_call *call, const struct http_response *response,
                           const struct error *err)
{
    struct discovering *op = call->operation;
    if (call_ended_by(call, response, err))
        return;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    value root;
    if (!call_read_object(call, response, scratch, &root))
        return;
    const value items = value_get(root, STR("items"));
    if (value_is(items, VALUE_ARRAY)) {
        for (size_t i = 0; i < value_len(items) && i < GROUPS_MAX; i++)
            read_aggregated_group(op, value_item(items, i));
    } else {
        queue_versions(op, root);
    }
    if (op->groups) {
        finish_or_ask(op);
        return;
    }
    op->groups = true;
    call->path = STR("/apis");
    call->give_up_ns = 0;
    call_send(call);
}

struct kube_call *kube_discover(struct kube_cluster *cluster, kube_done *done, void *context)
{
    struct kube_call *call = call_new(cluster, STR("discovery"), done, context);
    struct discovering *op = ARENA_NEW(call->arena, struct discovering);
    op->call = call;
    op->arena = arena_create(ARENA_NO_BUDGET);
    arena_defer(call->arena, discovering_finish, op);
    call->operation = op;
    call->accept = STR(ACCEPT);
    call->path = STR("/api");
    call->answered = index_answered;
    call_send(call);
    return call;
}

const struct kube_resources *kube_cluster_resources(const struct kube_cluster *cluster)
{
    return cluster->resources;
}

/* ---- looking ---- */

/* The first of the group and kind; the table is sorted. */
static size_t find_kind(const struct kube_resources *resources, str group, str kind)
{
    size_t low = 0, high = resources->len;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct gvk *gvk = &resources->items[middle].gvk;
        int order = str_compare(gvk->group, group);
        if (order == 0)
            order = str_compare(gvk->kind, kind);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_kind(const struct kube_resources *resources, size_t at, str group, str kind)
{
    return at < resources->len && str_equal(resources->items[at].gvk.group, group) &&
           str_equal(resources->items[at].gvk.kind, kind);
}

const struct kube_resource *kube_resources_find(const struct kube_resources *resources,
                                                struct gvk gvk)
{
    for (size_t i = find_kind(resources, gvk.group, gvk.kind);
         is_kind(resources, i, gvk.group, gvk.kind); i++)
        if (str_equal(resources->items[i].gvk.version, gvk.version))
            return &resources->items[i];
    return NULL;
}

const struct kube_resource *kube_resources_find_kind(const struct kube_resources *resources,
                                                     str group, str kind)
{
    const struct kube_resource *found = NULL;
    for (size_t i = find_kind(resources, group, kind); is_kind(resources, i, group, kind); i++)
        if (found == NULL || (resources->items[i].preferred && !found->preferred))
            found = &resources->items[i];
    return found;
}

const struct kube_resource *kube_resources_find_plural(const struct kube_resources *resources,
                                                       str group, str version, str plural)
{
    for (size_t i = 0; i < resources->len; i++) {
        const struct kube_resource *resource = &resources->items[i];
        if (str_equal(resource->plural, plural) && str_equal(resource->gvk.group, group) &&
            str_equal(resource->gvk.version, version))
            return resource;
    }
    return NULL;
}

bool kube_resources_is_broken(const struct kube_resources *resources, str group, str version)
{
    for (size_t i = 0; i < resources->broken_count; i++) {
        const str broken = resources->broken[i];
        if (group.len == 0
                ? str_equal(broken, version)
                : broken.len == group.len + 1 + version.len && str_starts(broken, group) &&
                      broken.ptr[group.len] == '/' && str_ends(broken, version))
            return true;
    }
    return false;
}
