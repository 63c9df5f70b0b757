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

/* A table while it is made: what only making it needs is not in its arena. */
struct building {
    struct target *target;
    struct arena *table, *scratch;
    struct map by_key;
};

/* The object with the key, made when missing. */
static struct target_object *place(struct building *building, str key, struct gvk gvk)
{
    struct target *target = building->target;
    struct map_entry *entry = map_place(&building->by_key, building->scratch, key);
    if (entry->value != NULL)
        return entry->value;
    struct target_object *object = ARENA_NEW(building->scratch, struct target_object);
    entry->key = arena_str(building->scratch, key);
    object->key = entry->key;
    object->desired = NO_DESIRED;
    object->run = NO_RUN;
    object->kind = table_kind(target, gvk);
    entry->value = object;
    return object;
}

/* Facts about the cluster outlive the commit; verdicts about the old commit do not. */
static void carry_over(struct target_object *object, const struct target_object *old,
                       struct arena *table)
{
    object->recorded = old->recorded;
    object->acknowledged = old->acknowledged;
    object->acked_desired = old->acked_desired;
    object->acked_live = old->acked_live;
    object->seen = old->seen;
    object->owned = old->owned;
    object->deleting = old->deleting;
    object->health = old->health;
    object->seen_live = old->seen_live;
    object->acked_time_s = old->acked_time_s;
    object->tools = old->tools;
    object->drifted = old->drifted;
    object->told = old->told;
    object->contested = old->contested;
    object->judged = old->judged;
    object->tolerated = old->tolerated;
    object->examine = old->contested; /* a new commit is a reason to see whether they still fight */
    object->left_out = places_copy(old->left_out, table);
    object->uid = old->uid;
    if (old->uid.form == UID_TEXT)
        object->uid = uid_pack(str_z(old->uid.text), table);
    object->seen_version = old->seen_version;
}

/* True when an object of the kind cannot have this key: nothing was ever applied under it. */
static bool is_misplaced(const struct target *target, str key, uint32_t kind)
{
    struct object_id id;
    enum object_scope scope = target->kinds.items[kind].scope;
    return scope != SCOPE_UNKNOWN && inventory_key_id(key, STR("v1"), &id) &&
           (id.namespace.len != 0) != (scope == SCOPE_NAMESPACE);
}

/* The key under which the cluster will have a desired object, as far as it is known. */
static str placed_key(const struct target *target, const struct desired_object *wanted,
                      uint32_t kind, struct arena *arena)
{
    struct object_id id = wanted->id;
    id.namespace =
        scope_namespace(target->kinds.items[kind].scope, id.namespace, target->policy.default_ns);
    return str_equal(id.namespace, wanted->id.namespace) ? wanted->key : object_id_key(&id, arena);
}

static void add_inventory(struct building *building, str text)
{
    struct target *target = building->target;
    str line;
    while (str_cut(&text, '\n', &line)) {
        struct inventory_entry entry;
        struct object_id id;
        struct error err = ERROR_INIT;
        struct inventory_run run;
        if (inventory_read_run(line, &run)) {
            hooks_record(target, building->table, run.id, run.result);
            continue;
        }
        /* A damaged line is left out: its object, if we own it, comes back as a stranger. */
        if (line.len == 0 || !inventory_read(line, &entry, &err) ||
            !inventory_key_id(entry.key, entry.version, &id) ||
            is_misplaced(target, entry.key, table_kind(target, id.gvk)))
            continue;
        struct target_object *object = place(building, entry.key, id.gvk);
        object->recorded = true;
        object->acknowledged = entry.acknowledged;
        object->acked_desired = entry.desired;
        object->acked_live = entry.live;
        object->uid = uid_pack(entry.uid, building->table);
    }
}

/* What was judged of one document says nothing of another. */
static void forget_verdict(const struct target *target, struct target_object *object,
                           uint32_t desired)
{
    const struct desired *commit = target->desired;
    bool held = commit->hold_of != NULL && commit->hold_of[desired] != DESIRED_NO_HOLD;
    struct hash128 digest = commit->objects[desired].digest;
    struct hash128 before = held ? commit->holds[commit->hold_of[desired]].before.digest : digest;
    if (object->acknowledged &&
        (hash_equal(object->acked_desired, digest) || hash_equal(object->acked_desired, before)))
        return;
    object->contested = object->tolerated = object->drifted = false;
    object->judged = 0;
    object->left_out = NULL;
}

/* Hooks stand in the table so that their watch is heard and the inventory names them. One that does
   not run in this commit is there only if an earlier run left it: it is not pruned. */
static void add_hooks(struct building *building)
{
    struct target *target = building->target;
    const struct desired *desired = target->desired;
    for (size_t i = 0; desired != NULL && i < desired->hook_count; i++) {
        struct target_object *object = map_get(&building->by_key, desired->hooks[i].key);
        if (object != NULL)
            object->hook = object->desired == NO_DESIRED;
    }
    for (size_t i = 0; desired != NULL && i < desired->order->run_count; i++) {
        const struct desired_hook *hook = &desired->hooks[desired->order->runs[i].hook];
        struct target_object *object = place(building, hook->key, hook->id.gvk);
        object->hook = object->desired == NO_DESIRED;
        object->kind = table_kind(target, hook->id.gvk);
    }
}

static void add_desired(struct building *building)
{
    struct target *target = building->target;
    for (size_t i = 0; target->desired != NULL && i < target->desired->count; i++) {
        const struct desired_object *wanted = &target->desired->objects[i];
        uint32_t kind = table_kind(target, wanted->id.gvk);
        str key = placed_key(target, wanted, kind, building->scratch);
        struct target_object *object = place(building, key, wanted->id.gvk);
        object->twice = object->desired != NO_DESIRED;
        object->desired = (uint32_t)i;
        object->wave = wanted->wave;
        /* The version to apply with is Git's, not the one it was applied with last. */
        object->kind = kind;
        forget_verdict(target, object, (uint32_t)i);
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

/* Neither of the two wins: which one is meant, only people can say. */
static void refuse_twins(struct target_object *object)
{
    if (!object->twice)
        return;
    object->state = OBJECT_FAILED;
    object->problem = "is there twice: once with this namespace, once without any (E_DUP_OBJECT)";
}

/* Counting sort: a walk over one kind costs only its own objects. */
static void group_by_kind(struct target *target, struct arena *table)
{
    target->kind_count = target->kinds.len;
    target->kind_from = ARENA_ARRAY(table, uint32_t, target->kind_count + 2);
    for (size_t i = 0; i < target->object_count; i++)
        target->kind_from[target->objects[i].kind + 2]++;
    for (size_t kind = 2; kind < target->kind_count + 2; kind++)
        target->kind_from[kind] += target->kind_from[kind - 1];
    for (size_t i = 0; i < target->object_count; i++)
        target->by_kind[target->kind_from[target->objects[i].kind + 1]++] = (uint32_t)i;
}

struct object_group target_objects_of(const struct target *target, uint32_t kind)
{
    if (kind >= target->kind_count)
        return (struct object_group){0};
    uint32_t from = target->kind_from[kind];
    return (struct object_group){target->by_kind + from, target->kind_from[kind + 1] - from};
}

/* At most seven eighths full; linear probing. */
static size_t slots_for(size_t objects)
{
    size_t count = 8;
    while (count * 7 < objects * 8)
        count *= 2;
    return count;
}

static void index_keys(struct target *target)
{
    size_t count = target->slot_count;
    for (size_t i = 0; i < target->object_count; i++) {
        size_t at = map_hash(target->objects[i].key) & (count - 1);
        while (target->slots[at] != 0)
            at = (at + 1) & (count - 1);
        target->slots[at] = (uint32_t)i + 1;
    }
}

struct target_object *table_find(const struct target *target, str key)
{
    if (target->slot_count == 0)
        return NULL;
    for (size_t at = map_hash(key) & (target->slot_count - 1); target->slots[at] != 0;
         at = (at + 1) & (target->slot_count - 1)) {
        struct target_object *object = &target->objects[target->slots[at] - 1];
        if (str_equal(object->key, key))
            return object;
    }
    return NULL;
}

/* The commit's own text of the key, which lives as long as the table; empty when it has none. */
static str commit_key(const struct target *target, const struct target_object *object, str key)
{
    if (object->desired == NO_DESIRED ||
        !str_equal(target->desired->objects[object->desired].key, key))
        return (str){0};
    return target->desired->objects[object->desired].key;
}

/* Where the key's text stands from now on; *keys is where the block has room for it. */
static str stand_key(const struct target *target, const struct target_object *object, str key,
                     char **keys)
{
    str shared = commit_key(target, object, key);
    if (shared.len != 0)
        return shared;
    str copy = str_from(*keys, key.len);
    memcpy(*keys, key.ptr, key.len);
    *keys += key.len;
    return copy;
}

/*
 * The index is one block of exactly its size, which goes with the table: what it costs is what an
 * object costs. Objects, three arrays of numbers, then the keys that the commit does not
 * have.
 */
static char *make_block(struct target *target, struct arena *table, const struct map *by_key)
{
    size_t count = by_key->len, slots = slots_for(count), keys = 0;
    MAP_FOR (entry, by_key)
        keys += commit_key(target, entry->value, entry->key).len == 0 ? entry->key.len : 0;
    size_t numbers = (2 * count + slots) * sizeof(uint32_t);
    char *block = calloc(1, count * sizeof(struct target_object) + numbers + keys + 1);
    CHECK(block != NULL);
    arena_defer(table, free, block);
    target->object_count = count;
    target->slot_count = slots;
    target->objects = (struct target_object *)(void *)block;
    target->order = (uint32_t *)(void *)(target->objects + count);
    target->by_kind = target->order + count;
    target->slots = target->by_kind + count;
    return (char *)(target->slots + slots);
}

static void flatten(struct target *target, struct arena *table, const struct map *by_key)
{
    char *keys = make_block(target, table, by_key);
    target->order_count = target->to_delete = 0;
    size_t at = 0;
    MAP_FOR (entry, by_key) {
        struct target_object *object = &target->objects[at];
        *object = *(struct target_object *)entry->value;
        object->key = stand_key(target, object, entry->key, &keys);
        refuse_twins(object);
        if (object->desired != NO_DESIRED)
            target->order[target->order_count++] = (uint32_t)at;
        else if (!object->hook)
            target->to_delete++;
        at++;
    }
    qsort_r(target->order, target->order_count, sizeof(*target->order), compare_waves,
            target->objects);
    group_by_kind(target, table);
    index_keys(target);
}

/* The old table goes when the new one is done: what is carried over may point into it, and its keys
   into the commit before, which is still held. */
static struct arena *build(struct target *target, str inventory)
{
    struct arena *old_table = target->table, *table = arena_create(ARENA_NO_BUDGET);
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct building building = {.target = target, .table = table, .scratch = scratch};
    const struct run_record *records = target->records.items;
    size_t record_count = target->records.len;
    target->records.items = NULL;
    target->records.len = target->records.cap = 0;
    for (size_t i = 0; i < record_count; i++)
        hooks_record(target, table, records[i].id, records[i].result);
    add_inventory(&building, inventory);
    for (size_t i = 0; i < target->object_count; i++) {
        const struct target_object *old = &target->objects[i];
        bool alive = old->recorded || old->seen;
        if (alive && old->state != OBJECT_DELETED && !is_misplaced(target, old->key, old->kind))
            carry_over(place(&building, old->key, target->kinds.items[old->kind].gvk), old, table);
    }
    add_desired(&building);
    add_hooks(&building);
    flatten(target, table, &building.by_key);
    target->table = table;
    target->todo.items = NULL;
    target->todo.len = target->todo.cap = target->todo_from = 0;
    target->missing.items = NULL;
    target->missing.len = target->missing.cap = 0;
    target->later.items = NULL;
    target->later.len = target->later.cap = 0;
    target->later_ns = INT64_MAX;
    target->leavers = (struct leavers){0};
    target->notes.items = NULL;
    target->notes.len = target->notes.cap = 0;
    target->free_notes.items = NULL;
    target->free_notes.len = target->free_notes.cap = 0;
    target->flowing = false;
    target->prune_cursor = target->done_from = 0;
    holds_begin(target);
    return old_table;
}

void table_rebuild(struct target *target, str inventory)
{
    arena_destroy(build(target, inventory));
}

/* The same commit goes on: what became of an object in it is still true. */
static void keep_verdict(struct target *target, struct target_object *object,
                         const struct target_object *old)
{
    if (object->twice)
        return;
    object->state = old->state;
    object->change = old->change;
    object->kept_by = old->kept_by;
    object->drifted = old->drifted;
    object->troubled = old->troubled;
    object->force = old->force;
    object->attempts = old->attempts;
    object->retry_ns = old->retry_ns;
    object->examine = old->examine;
    object_set_problem(target, object, old->problem);
}

bool table_is_misplaced(const struct target *target, uint32_t kind)
{
    struct object_group group = target_objects_of(target, kind);
    for (size_t i = 0; i < group.len; i++) {
        if (is_misplaced(target, target->objects[group.items[i]].key, kind))
            return true;
    }
    return false;
}

void table_place(struct target *target)
{
    const struct target_object *old = target->objects;
    size_t count = target->object_count;
    struct arena *old_table = build(target, STR(""));
    for (size_t i = 0; i < count; i++) {
        str key = old[i].desired == NO_DESIRED
                      ? old[i].key
                      : placed_key(target, &target->desired->objects[old[i].desired], old[i].kind,
                                   target->table);
        struct target_object *object = table_find(target, key);
        if (object != NULL && object->desired == old[i].desired)
            keep_verdict(target, object, &old[i]);
    }
    arena_destroy(old_table);
}

void target_inventory_text(const struct target *target, struct buf *buf)
{
    for (size_t i = 0; i < target->object_count; i++) {
        const struct target_object *object = &target->objects[i];
        if (object->state == OBJECT_DELETED)
            continue;
        char uid[UID_MAX];
        struct inventory_entry entry = {.key = object->key,
                                        .version = target->kinds.items[object->kind].gvk.version,
                                        .uid = uid_text(&object->uid, uid),
                                        /* Half an object is none that a restart may trust. */
                                        .acknowledged =
                                            object->acknowledged && object->left_out == NULL,
                                        .desired = object->acked_desired,
                                        .live = object->acked_live};
        inventory_write(&entry, buf);
    }
    hooks_write(target, buf);
}
