/* The table of objects: what the commit wants and what the inventory says is there. */
#include "syncd/reconcile/target_internal.h"

#include <stdio.h>
#include <stdlib.h>

bool hash_equal(struct hash128 a, struct hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static bool gvk_same(const struct gvk *a, const struct gvk *b)
{
    return str_equal(a->group, b->group) && str_equal(a->version, b->version) &&
           str_equal(a->kind, b->kind);
}

uint32_t table_kind(struct target *target, struct gvk gvk)
{
    for (size_t i = 0; i < target->kinds.len; i++) {
        if (gvk_same(&target->kinds.items[i].gvk, &gvk))
            return (uint32_t)i;
    }
    /* Kinds live as long as the target: their watches go on from commit to commit. */
    struct gvk copy = {arena_str(target->fixed, gvk.group), arena_str(target->fixed, gvk.version),
                       arena_str(target->fixed, gvk.kind)};
    VEC_PUSH(target->fixed, &target->kinds, (struct target_kind){.gvk = copy});
    return (uint32_t)(target->kinds.len - 1);
}

/* The object with the key, made when missing. */
static struct target_object *place(struct target *target, struct arena *table, struct map *by_key,
                                   str key, struct gvk gvk)
{
    struct map_entry *entry = map_place(by_key, table, key);
    if (entry->value != NULL)
        return entry->value;
    struct target_object *object = ARENA_NEW(table, struct target_object);
    entry->key = arena_str(table, key);
    object->key = entry->key;
    object->version = arena_str(table, gvk.version);
    object->desired = NO_DESIRED;
    object->kind = table_kind(target, gvk);
    entry->value = object;
    return object;
}

/* Facts about the cluster outlive the commit; verdicts about the old commit do not. */
static void carry_over(struct target_object *object, const struct target_object *old)
{
    object->recorded = old->recorded;
    object->acknowledged = old->acknowledged;
    object->acked_desired = old->acked_desired;
    object->acked_live = old->acked_live;
    object->seen = old->seen;
    object->owned = old->owned;
    object->deleting = old->deleting;
    object->seen_live = old->seen_live;
    memcpy(object->uid, old->uid, sizeof(object->uid));
    memcpy(object->seen_rv, old->seen_rv, sizeof(object->seen_rv));
}

static void add_inventory(struct target *target, struct arena *table, struct map *by_key, str text)
{
    str line;
    while (str_cut(&text, '\n', &line)) {
        struct inventory_entry entry;
        struct object_id id;
        struct error err = ERROR_INIT;
        /* A damaged line is left out: its object, if we own it, comes back as a stranger. */
        if (line.len == 0 || !inventory_read(line, &entry, &err) ||
            !inventory_key_id(entry.key, entry.version, &id))
            continue;
        struct target_object *object = place(target, table, by_key, entry.key, id.gvk);
        object->recorded = true;
        object->acknowledged = entry.acknowledged;
        object->acked_desired = entry.desired;
        object->acked_live = entry.live;
        (void)snprintf(object->uid, sizeof(object->uid), "%.*s", STR_ARG(entry.uid));
    }
}

static void add_desired(struct target *target, struct arena *table, struct map *by_key)
{
    for (size_t i = 0; target->desired != NULL && i < target->desired->count; i++) {
        const struct desired_object *wanted = &target->desired->objects[i];
        struct target_object *object = place(target, table, by_key, wanted->key, wanted->id.gvk);
        object->desired = (uint32_t)i;
        object->wave = wanted->wave;
        /* The version to apply with is Git's, not the one it was applied with last. */
        object->version = wanted->id.gvk.version;
        object->kind = table_kind(target, wanted->id.gvk);
    }
}

static int compare_waves(const void *left, const void *right, void *context)
{
    const struct target_object *objects = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (objects[a].wave != objects[b].wave)
        return objects[a].wave < objects[b].wave ? -1 : 1;
    return (a > b) - (a < b);
}

static void flatten(struct target *target, struct arena *table, struct map *by_key)
{
    target->object_count = by_key->len;
    target->objects = ARENA_ARRAY(table, struct target_object, by_key->len);
    target->order = ARENA_ARRAY(table, uint32_t, by_key->len);
    target->order_count = target->to_delete = 0;
    size_t at = 0;
    MAP_FOR (entry, by_key) {
        struct target_object *object = &target->objects[at];
        *object = *(struct target_object *)entry->value;
        entry->value = object;
        if (object->desired != NO_DESIRED)
            target->order[target->order_count++] = (uint32_t)at;
        else
            target->to_delete++;
        at++;
    }
    qsort_r(target->order, target->order_count, sizeof(*target->order), compare_waves,
            target->objects);
}

void table_rebuild(struct target *target, str inventory)
{
    struct arena *table = arena_create(ARENA_NO_BUDGET);
    struct map by_key = {0};
    add_inventory(target, table, &by_key, inventory);
    for (size_t i = 0; i < target->object_count; i++) {
        const struct target_object *old = &target->objects[i];
        bool alive = old->recorded || old->seen;
        if (alive && old->state != OBJECT_DELETED)
            carry_over(place(target, table, &by_key, old->key, target->kinds.items[old->kind].gvk),
                       old);
    }
    add_desired(target, table, &by_key);
    flatten(target, table, &by_key);
    arena_destroy(target->table);
    target->table = table;
    target->by_key = by_key;
    target->todo.items = NULL;
    target->todo.len = target->todo.cap = 0;
    target->cursor = target->prune_cursor = 0;
    target->wave = 0;
}

void target_inventory_text(const struct target *target, struct buf *buf)
{
    for (size_t i = 0; i < target->object_count; i++) {
        const struct target_object *object = &target->objects[i];
        if (object->state == OBJECT_DELETED)
            continue;
        struct inventory_entry entry = {.key = object->key,
                                        .version = target->kinds.items[object->kind].gvk.version,
                                        .uid = str_z(object->uid),
                                        .acknowledged = object->acknowledged,
                                        .desired = object->acked_desired,
                                        .live = object->acked_live};
        inventory_write(&entry, buf);
    }
}
