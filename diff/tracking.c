#include "diff/tracking.h"

void tracking_begin(struct tracking *tracking, const struct merge_request *request,
                    struct owners owners, struct arena *arena, struct arena *scratch)
{
    *tracking = (struct tracking){.request = request, .arena = arena, .scratch = scratch};
    tracking->owners.items = ARENA_ARRAY(arena, struct owner, owners.len + 2);
    for (size_t i = 0; i < owners.len; i++) {
        struct owner owner = owners.items[i];
        const struct schema_type *type;
        value none;
        if (!tracking_convert(tracking, value_absent(), owner.api_version, &none, &type))
            continue;
        owner.fields = typed_reconcile(type, owner.fields, arena);
        tracking->owners.items[tracking->owners.len++] = owner;
    }
}

struct owner *tracking_place(struct tracking *tracking, const struct owner *identity)
{
    struct owner *owner = owners_find(tracking->owners, identity->name, identity->operation,
                                      identity->subresource, identity->api_version);
    if (owner == NULL) {
        owner = &tracking->owners.items[tracking->owners.len++];
        *owner = *identity;
    }
    return owner;
}

/* Owners of nothing go; the order stays. */
static void drop_empty(struct tracking *tracking)
{
    size_t kept = 0;
    for (size_t i = 0; i < tracking->owners.len; i++) {
        if (!fields_empty(tracking->owners.items[i].fields))
            tracking->owners.items[kept++] = tracking->owners.items[i];
    }
    tracking->owners.len = kept;
}

void tracking_remove(struct tracking *tracking, const struct owner *identity)
{
    size_t kept = 0;
    for (size_t i = 0; i < tracking->owners.len; i++) {
        if (!owner_same(&tracking->owners.items[i], identity))
            tracking->owners.items[kept++] = tracking->owners.items[i];
    }
    tracking->owners.len = kept;
}

bool tracking_convert(const struct tracking *tracking, value object, str version, value *ret_object,
                      const struct schema_type **ret_type)
{
    const struct merge_request *request = tracking->request;
    const struct schema_type *type = NULL;
    if (str_equal(version, request->api_version) || request->version_count == 0)
        type = request->type;
    for (size_t i = 0; type == NULL && i < request->version_count; i++) {
        if (str_equal(version, request->versions[i].api_version))
            type = request->versions[i].type;
    }
    if (type == NULL)
        return false;
    *ret_type = type;
    *ret_object = object;
    if (!value_present(object) ||
        str_equal(version, value_str(value_get(object, STR("apiVersion")))))
        return true;
    *ret_object = value_with(object, STR("apiVersion"), value_string(version), tracking->arena);
    return true;
}

static struct comparison filter(const struct tracking *tracking, struct comparison comparison,
                                str version)
{
    const struct merge_request *request = tracking->request;
    bool applies = str_equal(version, request->api_version) || request->subresource.len != 0;
    if (!applies || fields_empty(request->reset))
        return comparison;
    struct arena *arena = tracking->arena;
    return (struct comparison){
        .added = fields_recursive_difference(comparison.added, request->reset, arena),
        .modified = fields_recursive_difference(comparison.modified, request->reset, arena),
        .removed = fields_recursive_difference(comparison.removed, request->reset, arena),
    };
}

static struct comparison compare_at(const struct tracking *tracking, value live, value object,
                                    str version)
{
    const struct schema_type *type = NULL;
    if (!tracking_convert(tracking, live, version, &live, &type) ||
        !tracking_convert(tracking, object, version, &object, &type))
        return (struct comparison){0};
    return filter(tracking, typed_compare(type, live, object, tracking->arena), version);
}

struct conflict_walk {
    const struct owner *owner;
    struct arena *arena;
    struct conflict_list *conflicts;
};

static bool add_conflict(void *context, const struct path_element *path, size_t len)
{
    struct conflict_walk *walk = context;
    struct path_element *copy = ARENA_ARRAY(walk->arena, struct path_element, len);
    memcpy(copy, path, len * sizeof(*copy));
    struct merge_conflict conflict = {.owner = *walk->owner,
                                      .path = copy,
                                      .path_len = len,
                                      .path_text = path_text(path, len, walk->arena)};
    conflict.owner.has_time = false;
    VEC_PUSH(walk->arena, &walk->conflicts->list, conflict);
    return true;
}

/* Comparisons by version: an owner sees the change in the version it wrote in. */
struct comparisons {
    struct {
        str version;
        struct comparison comparison;
    } items[8];
    size_t len;
};

static struct comparison comparison_for(struct comparisons *known, const struct tracking *tracking,
                                        value live, value object, str version)
{
    for (size_t i = 0; i < known->len; i++) {
        if (str_equal(known->items[i].version, version))
            return known->items[i].comparison;
    }
    struct comparison comparison = compare_at(tracking, live, object, version);
    if (known->len < ARRAY_LEN(known->items)) {
        known->items[known->len].version = version;
        known->items[known->len++].comparison = comparison;
    }
    return comparison;
}

void tracking_change(struct tracking *tracking, value live, value object, const struct owner *self,
                     bool force, struct comparison *ret_comparison,
                     struct conflict_list *ret_conflicts)
{
    struct arena *arena = tracking->arena;
    size_t count = tracking->owners.len;
    struct field_set *left = ARENA_ARRAY(tracking->scratch, struct field_set, count);
    struct comparisons known = {0};
    *ret_comparison =
        comparison_for(&known, tracking, live, object, tracking->request->api_version);
    for (size_t i = 0; i < count; i++) {
        struct owner *owner = &tracking->owners.items[i];
        left[i] = owner->fields;
        if (owner_same(owner, self))
            continue;
        struct comparison change =
            comparison_for(&known, tracking, live, object, owner->api_version);
        struct field_set taken = fields_intersection(
            owner->fields, fields_union(change.modified, change.added, arena), arena);
        struct conflict_walk walk = {owner, arena, ret_conflicts};
        if (!force && !fields_empty(taken))
            (void)fields_walk(taken, add_conflict, &walk);
        left[i] = fields_difference(fields_difference(owner->fields, taken, arena), change.removed,
                                    arena);
    }
    if (ret_conflicts->list.len != 0)
        return;
    for (size_t i = 0; i < count; i++)
        tracking->owners.items[i].fields = left[i];
    drop_empty(tracking);
}

/* All that the owners of one version own. */
static struct field_set owned_at(const struct tracking *tracking, str version)
{
    struct field_set owned = {0};
    for (size_t i = 0; i < tracking->owners.len; i++) {
        if (str_equal(tracking->owners.items[i].api_version, version))
            owned = fields_union(owned, tracking->owners.items[i].fields, tracking->scratch);
    }
    return owned;
}

static value take_away(const struct tracking *tracking, struct field_set set,
                       const struct schema_type *type, value object)
{
    return fields_remove_as(set, type, object, !tracking->request->null_emptied, tracking->arena);
}

struct pruning {
    value merged, pruned;
};

/* Puts back what owners of the version own and pruning took away. */
static void restore_owned(struct tracking *tracking, struct pruning *state, str version)
{
    struct arena *scratch = tracking->scratch;
    const struct schema_type *type;
    if (!tracking_convert(tracking, state->merged, version, &state->merged, &type) ||
        !tracking_convert(tracking, state->pruned, version, &state->pruned, &type))
        return;
    struct field_set merged = fields_of(type, state->merged, scratch);
    struct field_set pruned = fields_of(type, state->pruned, scratch);
    struct field_set owned = owned_at(tracking, version);
    struct field_set keep = fields_union(fields_with_named(pruned, type, scratch),
                                         fields_with_named(owned, type, scratch), scratch);
    struct field_set gone =
        fields_difference(fields_with_named(merged, type, scratch), keep, scratch);
    state->pruned = take_away(tracking, gone, type, state->merged);
}

static bool version_seen(const struct tracking *tracking, size_t before, str version)
{
    for (size_t i = 0; i < before; i++) {
        if (str_equal(tracking->owners.items[i].api_version, version))
            return true;
    }
    return false;
}

/* Puts back what pruning took along without `last` having owned it. */
static value restore_dangling(struct tracking *tracking, value merged, value pruned,
                              const struct owner *last)
{
    struct arena *scratch = tracking->scratch;
    const struct schema_type *type;
    if (!tracking_convert(tracking, pruned, last->api_version, &pruned, &type))
        return merged;
    struct field_set before = fields_with_named(fields_of(type, merged, scratch), type, scratch);
    struct field_set after = fields_with_named(fields_of(type, pruned, scratch), type, scratch);
    struct field_set mine = fields_with_named(last->fields, type, scratch);
    struct field_set gone =
        fields_intersection(fields_difference(before, after, scratch), mine, scratch);
    return take_away(tracking, gone, type, merged);
}

value tracking_prune(struct tracking *tracking, value merged, const struct owner *last)
{
    const struct schema_type *type;
    struct pruning state = {0};
    if (last == NULL || fields_empty(last->fields) ||
        !tracking_convert(tracking, merged, last->api_version, &state.merged, &type))
        return merged;
    struct field_set mine = fields_with_named(last->fields, type, tracking->scratch);
    value before = state.merged;
    state.pruned = take_away(tracking, mine, type, before);
    restore_owned(tracking, &state, last->api_version);
    for (size_t i = 0; i < tracking->owners.len; i++) {
        str version = tracking->owners.items[i].api_version;
        if (!str_equal(version, last->api_version) && !version_seen(tracking, i, version))
            restore_owned(tracking, &state, version);
    }
    value pruned = restore_dangling(tracking, before, state.pruned, last);
    (void)tracking_convert(tracking, pruned, tracking->request->api_version, &pruned, &type);
    return pruned;
}
