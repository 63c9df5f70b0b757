#include "syncd/plan/desired.h"

#include <stdio.h>
#include <stdlib.h>

/* What must be there before the rest can be. */
static uint32_t kind_rank(const struct gvk *gvk)
{
    if (str_equal(gvk->group, STR("apiextensions.k8s.io")) &&
        str_equal(gvk->kind, STR("CustomResourceDefinition")))
        return 0;
    if (gvk->group.len == 0 && str_equal(gvk->kind, STR("Namespace")))
        return 1;
    return 2;
}

/* One number that sorts by kind's rank, then the platform's, then by the object's own wave. */
static int64_t wave_order(const struct wire_object *object)
{
    return (int64_t)kind_rank(&object->id.gvk) * (INT64_C(1) << 56) +
           (int64_t)object->rank * (INT64_C(1) << 36) + object->wave;
}

static int compare_orders(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static bool is_rollout(const struct object_id *id)
{
    return str_equal(id->gvk.group, STR("syncd.dev")) && str_equal(id->gvk.kind, STR("Rollout"));
}

static bool is_kept(const struct wire_object *object)
{
    return (object->options & OPTION_LOCAL) == 0 && !tombstone_is(&object->id) &&
           !is_rollout(&object->id);
}

/* The different orders, sorted: a wave is the place in here. */
static size_t collect_orders(const struct wire_unit *unit, int64_t *orders)
{
    size_t count = 0;
    VEC_FOR (const struct wire_object, object, &unit->objects) {
        if (is_kept(object))
            orders[count++] = wave_order(object);
    }
    qsort(orders, count, sizeof(*orders), compare_orders);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || orders[i] != orders[kept - 1])
            orders[kept++] = orders[i];
    }
    return kept;
}

static uint32_t find_order(const int64_t *orders, size_t count, int64_t wanted)
{
    const int64_t *at = bsearch(&wanted, orders, count, sizeof(*orders), compare_orders);
    return (uint32_t)(at - orders);
}

static void keep_releases(struct desired *desired, const struct wire_unit *unit)
{
    struct render_release *kept =
        ARENA_ARRAY(desired->arena, struct render_release, unit->releases.len);
    for (size_t i = 0; i < unit->releases.len; i++) {
        kept[i] = unit->releases.items[i];
        desired->releases_change = desired->releases_change || kept[i].action != RELEASE_SAME;
    }
    desired->releases = kept;
    desired->release_count = unit->releases.len;
}

static void keep_objects(struct desired *desired, const struct wire_unit *unit,
                         const int64_t *orders, size_t order_count, int32_t *waves)
{
    struct desired_object *objects =
        ARENA_ARRAY(desired->arena, struct desired_object, unit->objects.len);
    VEC_FOR (const struct wire_object, object, &unit->objects) {
        if (tombstone_is(&object->id))
            tombstones_add(&desired->tombstones, object->json, desired->arena);
        if (!is_kept(object))
            continue;
        waves[desired->count] = object->wave;
        objects[desired->count++] = (struct desired_object){
            .id = object->id,
            .key = object_id_key(&object->id, desired->arena),
            .source = object->source,
            .wave = find_order(orders, order_count, wave_order(object)),
            .rank = object->rank,
            .options = object->options,
            .depends_on = object->depends_on,
            .release = object->release,
            .digest = object->digest,
            .json = object->json,
        };
    }
    desired->objects = objects;
}

static void keep_rollouts(struct desired *desired, const struct wire_unit *unit)
{
    VEC(struct desired_rollout) rollouts = {0};
    VEC_FOR (const struct wire_object, object, &unit->objects) {
        if (is_rollout(&object->id))
            VEC_PUSH(desired->arena, &rollouts,
                     (struct desired_rollout){object->source, object->json});
    }
    desired->rollouts = rollouts.items;
    desired->rollout_count = rollouts.len;
}

static void keep_hooks(struct desired *desired, const struct wire_unit *unit)
{
    struct desired_hook *hooks = ARENA_ARRAY(desired->arena, struct desired_hook, unit->hooks.len);
    VEC_FOR (const struct wire_object, object, &unit->hooks)
        hooks[desired->hook_count++] = (struct desired_hook){
            .id = object->id,
            .key = object_id_key(&object->id, desired->arena),
            .source = object->source,
            .hook = object->hook,
            .release = object->release,
            .digest = object->digest,
            .json = object->json,
        };
    desired->hooks = hooks;
}

/* Objects and hooks come in a fixed order, so the digests in that order are the content. */
static struct hash128 content_of(const struct desired *desired, struct arena *scratch)
{
    size_t count = desired->count + desired->hook_count;
    struct hash128 *digests = ARENA_ARRAY(scratch, struct hash128, count + 1);
    for (size_t i = 0; i < desired->count; i++)
        digests[i] = desired->objects[i].digest;
    for (size_t i = 0; i < desired->hook_count; i++)
        digests[desired->count + i] = desired->hooks[i].digest;
    return hash_stable128(str_from((const char *)digests, count * sizeof(*digests)));
}

struct desired *desired_make(const struct wire_unit *unit, str commit, uint64_t sequence,
                             struct arena *arena)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct desired *desired = ARENA_NEW(arena, struct desired);
    int64_t *orders = ARENA_ARRAY(scratch, int64_t, unit->objects.len);
    int32_t *waves = ARENA_ARRAY(scratch, int32_t, unit->objects.len);
    size_t order_count = collect_orders(unit, orders);
    *desired = (struct desired){.target = unit->name,
                                .sequence = sequence,
                                .waves = (uint32_t)order_count,
                                .arena = arena,
                                .refs = 1};
    keep_objects(desired, unit, orders, order_count, waves);
    keep_hooks(desired, unit);
    keep_releases(desired, unit);
    keep_rollouts(desired, unit);
    desired->content = content_of(desired, scratch);
    desired->order = order_make(desired, waves, arena, scratch);
    (void)snprintf(desired->commit, sizeof(desired->commit), "%.*s", STR_ARG(commit));
    return desired;
}

void desired_hold(struct desired *desired, const struct desired_hold *holds, size_t count)
{
    if (count == 0)
        return;
    uint32_t *hold_of = ARENA_ARRAY(desired->arena, uint32_t, desired->count);
    for (size_t i = 0; i < desired->count; i++)
        hold_of[i] = DESIRED_NO_HOLD;
    for (size_t i = 0; i < count; i++) {
        CHECK(i == 0 || holds[i - 1].object < holds[i].object);
        hold_of[holds[i].object] = (uint32_t)i;
    }
    desired->holds = holds;
    desired->hold_count = count;
    desired->hold_of = hold_of;
}

struct desired *desired_ref(struct desired *desired)
{
    desired->refs++;
    return desired;
}

void desired_unref(struct desired *desired)
{
    if (desired == NULL)
        return;
    CHECK(desired->refs > 0);
    if (--desired->refs == 0)
        arena_destroy(desired->arena);
}

size_t desired_find(const struct desired *desired, const struct object_id *id)
{
    size_t low = 0, high = desired->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = object_id_compare(&desired->objects[middle].id, id);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}
