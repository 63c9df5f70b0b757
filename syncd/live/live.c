#include "syncd/live/live.h"

static struct field_set owned_by_others(struct owners owners, const struct owner *own,
                                        struct arena *scratch)
{
    struct field_set others = {0};
    for (size_t i = 0; i < owners.len; i++) {
        if (&owners.items[i] != own)
            others = fields_union(others, owners.items[i].fields, scratch);
    }
    return others;
}

bool live_view(value document, str owner_label, struct arena *scratch, struct live_view *ret_view,
               struct error *err)
{
    struct object object;
    if (!object_from_document(document, (struct position){0}, &object, err))
        return false;
    struct live_view view = {
        .id = object.id,
        .uid = object_uid(document),
        .resource_version = object_resource_version(document),
        .owner = object_label(document, owner_label),
        .deleting = object_is_deleting(document),
    };
    struct arena_mark mark = arena_mark(scratch);
    struct owners owners;
    value managed = value_get2(document, STR("metadata"), STR("managedFields"));
    struct error ignored = ERROR_INIT;
    /* Managed fields that cannot be read are as good as none: not ours. */
    if (owners_parse(managed, scratch, &owners, &ignored)) {
        const struct owner *own =
            owners_find(owners, STR(FIELD_MANAGER), OWNER_APPLY, STR(""), STR(""));
        if (own != NULL) {
            view.ours = true;
            view.fields = fields_project_hash_among(
                own->fields, owned_by_others(owners, own, scratch), NULL, document, scratch);
        }
    }
    arena_rewind(scratch, mark);
    *ret_view = view;
    return true;
}

#define PATH_MAX_LEN 64

/* The path that a walk is at. */
struct walk {
    struct path_element path[PATH_MAX_LEN];
    size_t len;
    bool removed;
};

/* Leaves `walk` at the first stated field that live lacks or has otherwise. */
static bool find_difference(value desired, value live, struct walk *walk)
{
    if (value_equal(desired, live))
        return false;
    if (!value_is(desired, VALUE_OBJECT) || !value_is(live, VALUE_OBJECT) ||
        walk->len == PATH_MAX_LEN)
        return true;
    for (size_t i = 0; i < value_len(desired); i++) {
        const struct member *member = value_member(desired, i);
        value other = value_get(live, member->key);
        walk->path[walk->len] = path_field(member->key);
        walk->len++;
        if (!value_present(other)) {
            walk->removed = true;
            return true;
        }
        if (find_difference(member->val, other, walk))
            return true;
        walk->len--;
    }
    return false;
}

/* The newest writer besides us: who most likely removed a field that nobody owns now. */
static const struct owner *newest_other(struct owners owners)
{
    const struct owner *newest = NULL;
    for (size_t i = 0; i < owners.len; i++) {
        const struct owner *owner = &owners.items[i];
        bool own = owner->operation == OWNER_APPLY && str_equal(owner->name, STR(FIELD_MANAGER));
        if (!own && (newest == NULL || owner->time_ns > newest->time_ns))
            newest = owner;
    }
    return newest;
}

/* The owner of the path or of the nearest field above it. */
static const struct owner *owner_near(struct owners owners, const struct walk *walk)
{
    for (size_t len = walk->len; len > 0; len--) {
        const struct owner *owner = owners_of_path(owners, walk->path, len);
        if (owner != NULL)
            return owner;
    }
    return newest_other(owners);
}

bool live_find_blame(value desired, value live, struct arena *arena, struct live_blame *ret_blame)
{
    struct walk walk = {.len = 0};
    if (!find_difference(desired, live, &walk))
        return false;
    struct live_blame blame = {.path = path_text(walk.path, walk.len, arena),
                               .removed = walk.removed};
    struct owners owners;
    struct error ignored = ERROR_INIT;
    value managed = value_get2(live, STR("metadata"), STR("managedFields"));
    if (owners_parse(managed, arena, &owners, &ignored)) {
        const struct owner *owner = walk.removed ? newest_other(owners) : owner_near(owners, &walk);
        if (owner != NULL) {
            blame.manager = arena_str(arena, owner->name);
            blame.operation = str_z(owner_operation_name(owner->operation));
            blame.subresource = arena_str(arena, owner->subresource);
            blame.has_time = owner->has_time;
            blame.time_ns = owner->time_ns;
        }
    }
    *ret_blame = blame;
    return true;
}
