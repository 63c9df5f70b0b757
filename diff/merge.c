#include "diff/merge.h"

#include "diff/merge_internal.h"
#include "syncd/base/clock.h"

#define UPDATE_OWNERS_MAX 10
#define ANCIENT_CHANGES   "ancient-changes"

struct field_set merge_reset(enum merge_endpoint endpoint)
{
    static const struct field_node status[] = {
        {.element = {.kind = PATH_FIELD,
                     .val = {.kind = VALUE_STRING, .len = 6, .as.text = "status"}},
         .member = true},
    };
    static const struct field_node rest[] = {
        {.element = {.kind = PATH_FIELD,
                     .val = {.kind = VALUE_STRING, .len = 8, .as.text = "metadata"}},
         .member = true},
        {.element = {.kind = PATH_FIELD,
                     .val = {.kind = VALUE_STRING, .len = 4, .as.text = "spec"}},
         .member = true},
    };
    switch (endpoint) {
    case MERGE_MAIN_WITH_STATUS:
        return (struct field_set){.nodes = status, .len = ARRAY_LEN(status)};
    case MERGE_STATUS: return (struct field_set){.nodes = rest, .len = ARRAY_LEN(rest)};
    case MERGE_MAIN: break;
    }
    return (struct field_set){0};
}

/* What never belongs to anybody. */
static struct field_set identity_fields(struct arena *arena)
{
    static const char *const metadata[] = {
        "name",        "namespace",  "creationTimestamp", "selfLink",        "uid",
        "clusterName", "generation", "managedFields",     "resourceVersion",
    };
    struct fields_builder *builder = fields_begin(arena);
    struct path_element path[2] = {path_field(STR("apiVersion"))};
    fields_add(builder, path, 1);
    path[0] = path_field(STR("kind"));
    fields_add(builder, path, 1);
    path[0] = path_field(STR("metadata"));
    fields_add(builder, path, 1);
    for (size_t i = 0; i < ARRAY_LEN(metadata); i++) {
        path[1] = path_field(str_z(metadata[i]));
        fields_add(builder, path, 2);
    }
    return fields_finish(builder, arena);
}

void merge_strip(struct tracking *tracking, const struct owner *identity)
{
    struct owner *owner = owners_find(tracking->owners, identity->name, identity->operation,
                                      identity->subresource, identity->api_version);
    if (owner == NULL)
        return;
    owner->fields =
        fields_difference(owner->fields, identity_fields(tracking->scratch), tracking->arena);
    if (fields_empty(owner->fields))
        tracking_remove(tracking, identity);
}

struct owner merge_self(const struct merge_request *request, str name,
                        enum owner_operation operation)
{
    return (struct owner){.name = name.len != 0 ? name : STR("unknown"),
                          .operation = operation,
                          .subresource = request->subresource,
                          .api_version = request->api_version};
}

value merge_managed_fields(value object)
{
    return value_get2(object, STR("metadata"), STR("managedFields"));
}

value merge_bare(value object, struct arena *arena)
{
    return owners_attach(object, (struct owners){0}, arena);
}

value merge_empty_object(const struct merge_request *request, value like, struct arena *arena)
{
    struct object_builder builder;
    object_begin(&builder, arena);
    object_add(&builder, STR("apiVersion"), value_string(request->api_version));
    value kind = value_get(like, STR("kind"));
    if (value_present(kind))
        object_add(&builder, STR("kind"), kind);
    return object_finish(&builder);
}

/* Joins the oldest updaters of one version into one entry until few enough are left. */
static bool older(const struct owner *a, const struct owner *b)
{
    int64_t left = a->has_time ? a->time_ns / NS_PER_S : 0;
    int64_t right = b->has_time ? b->time_ns / NS_PER_S : 0;
    if (left != right)
        return left < right;
    int order = str_compare(a->name, b->name);
    if (order == 0)
        order = str_compare(a->api_version, b->api_version);
    return order != 0 ? order < 0 : str_compare(a->subresource, b->subresource) < 0;
}

static size_t oldest_updaters(const struct tracking *tracking, struct owner *sorted)
{
    size_t len = 0;
    for (size_t i = 0; i < tracking->owners.len; i++) {
        const struct owner *owner = &tracking->owners.items[i];
        if (owner->operation != OWNER_UPDATE)
            continue;
        size_t at = len++;
        for (; at != 0 && older(owner, &sorted[at - 1]); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = *owner;
    }
    return len;
}

static const struct owner *first_of_version(const struct owner *sorted, size_t before, str version)
{
    for (size_t i = 0; i < before; i++) {
        if (str_equal(sorted[i].api_version, version))
            return &sorted[i];
    }
    return NULL;
}

static void cap_updaters(struct tracking *tracking)
{
    struct owner *sorted = ARENA_ARRAY(tracking->scratch, struct owner, tracking->owners.len);
    size_t len = oldest_updaters(tracking, sorted), left = len;
    for (size_t i = 0; i < len && left > UPDATE_OWNERS_MAX; i++) {
        const struct owner *owner = &sorted[i];
        const struct owner *first = first_of_version(sorted, i, owner->api_version);
        if (first == NULL)
            continue;
        struct owner bucket = {.name = STR(ANCIENT_CHANGES),
                               .operation = OWNER_UPDATE,
                               .api_version = owner->api_version};
        if (owners_find(tracking->owners, bucket.name, bucket.operation, bucket.subresource,
                        bucket.api_version) == NULL) {
            bucket.fields = first->fields;
            tracking_remove(tracking, first);
        }
        tracking_remove(tracking, owner);
        struct owner *place = tracking_place(tracking, &bucket);
        place->fields = fields_union(owner->fields, place->fields, tracking->arena);
        place->has_time = owner->has_time;
        place->time_ns = owner->time_ns;
        left--;
    }
}

/* False when an object does not fit its type: then nothing can be tracked. */
static bool fits(const struct merge_request *request, value object, struct arena *scratch)
{
    struct typed_errors errors = {.arena = scratch};
    typed_check(request->type, object, true, &errors);
    return errors.list.len == 0;
}

bool merge_track(struct tracking *tracking, value live, value object, str name)
{
    const struct merge_request *request = tracking->request;
    struct arena *arena = tracking->arena;
    if (!fits(request, live, tracking->scratch) || !fits(request, object, tracking->scratch))
        return false;
    struct owner self = merge_self(request, name, OWNER_UPDATE);
    /* The operation is its own owner first, so that it takes from the same manager, too. */
    struct owner operation = {.name = STR("current-operation"), .operation = OWNER_UPDATE};
    struct comparison change;
    struct conflict_list none = {0};
    tracking_change(tracking, live, object, &operation, true, &change, &none);
    struct field_set set = fields_union(change.modified, change.added, arena);
    set = fields_difference(set, identity_fields(tracking->scratch), arena);
    if (!fields_empty(set)) {
        struct owner *owner = tracking_place(tracking, &self);
        owner->fields = fields_union(set, owner->fields, arena);
        owner->has_time = true;
        owner->time_ns = request->now_ns - request->now_ns % NS_PER_S;
    }
    cap_updaters(tracking);
    return true;
}

static bool is_reset_list(value managed_fields)
{
    if (!value_is(managed_fields, VALUE_ARRAY))
        return false;
    if (managed_fields.len == 0)
        return true;
    value only = value_item(managed_fields, 0);
    return managed_fields.len == 1 && value_is(only, VALUE_OBJECT) && only.len == 0;
}

/* The owners to go on from: the request's own list where it brings a good one. */
static struct owners owners_before(const struct merge_request *request, value live, value object,
                                   struct arena *arena)
{
    struct error err = ERROR_INIT;
    struct owners owners = {0};
    if (request->subresource.len == 0) {
        if (is_reset_list(merge_managed_fields(object)))
            return owners;
        if (owners_parse(merge_managed_fields(object), arena, &owners, &err) && owners.len != 0)
            return owners;
    }
    owners = (struct owners){0};
    if (!owners_parse(merge_managed_fields(live), arena, &owners, &err))
        return (struct owners){0};
    return owners;
}

void merge_settle(struct merge_result *result, value live)
{
    result->changed = true;
    if (value_present(live) && merge_is_noop(live, result->object)) {
        result->object = live;
        result->changed = false;
    }
}

void merge_update(const struct merge_request *request, value live, value object,
                  struct arena *arena, struct arena *scratch, struct merge_result *ret_result)
{
    struct merge_result result = {0};
    struct arena_mark mark = arena_mark(scratch);
    struct tracking tracking;
    struct owners before = owners_before(request, live, object, arena);
    value bare = merge_bare(object, arena);
    value from =
        value_present(live) ? merge_bare(live, arena) : merge_empty_object(request, object, arena);
    bool untracked = before.len == 0 && object_uid(live).len != 0;
    tracking_begin(&tracking, request, before, arena, scratch);
    if (!untracked && merge_track(&tracking, from, bare, request->manager))
        result.owners = tracking.owners;
    result.object = owners_attach(bare, result.owners, arena);
    merge_settle(&result, live);
    arena_rewind(scratch, mark);
    *ret_result = result;
}

static bool equal_but_times(value a, value b)
{
    if (value_len(a) != value_len(b))
        return false;
    for (size_t i = 0; i < value_len(a); i++) {
        value left = value_item(a, i), right = value_item(b, i);
        bool timed = value_present(value_get(left, STR("time")));
        size_t rest = value_len(left) - timed;
        if (rest != value_len(right) - value_present(value_get(right, STR("time"))))
            return false;
        for (size_t j = 0; j < value_len(left); j++) {
            const struct member *member = value_member(left, j);
            if (!str_equal(member->key, STR("time")) &&
                !value_equal(member->val, value_get(right, member->key)))
                return false;
        }
    }
    return true;
}

/* Equal but for one member, which is compared by itself. */
static bool equal_but(value a, value b, str key)
{
    if (a.kind != VALUE_OBJECT || b.kind != VALUE_OBJECT || a.len != b.len)
        return false;
    for (uint32_t i = 0; i < a.len; i++) {
        const struct member *left = value_member(a, i), *right = value_member(b, i);
        if (!str_equal(left->key, right->key) ||
            (!str_equal(left->key, key) && !value_equal(left->val, right->val)))
            return false;
    }
    return true;
}

bool merge_is_noop(value live, value object)
{
    value a = merge_managed_fields(live), b = merge_managed_fields(object);
    if (!value_is(a, VALUE_ARRAY) || !value_is(b, VALUE_ARRAY))
        return value_equal(live, object);
    return equal_but_times(a, b) && equal_but(live, object, STR("metadata")) &&
           equal_but(value_get(live, STR("metadata")), value_get(object, STR("metadata")),
                     STR("managedFields"));
}
