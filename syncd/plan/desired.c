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

/* One number that sorts by kind's rank, then by the object's own wave. */
static int64_t wave_order(const struct wire_object *object)
{
    return (int64_t)kind_rank(&object->id.gvk) * (INT64_C(1) << 40) + object->wave;
}

static int compare_orders(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* The different orders, sorted: a wave is the place in here. */
static size_t collect_orders(const struct wire_unit *unit, int64_t *orders)
{
    size_t count = 0;
    VEC_FOR (const struct wire_object, object, &unit->objects)
        orders[count++] = wave_order(object);
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

struct desired *desired_make(const struct wire_unit *unit, str commit, uint64_t sequence,
                             struct arena *arena)
{
    struct desired *desired = ARENA_NEW(arena, struct desired);
    size_t count = unit->objects.len;
    struct desired_object *objects = ARENA_ARRAY(arena, struct desired_object, count);
    int64_t *orders = ARENA_ARRAY(arena, int64_t, count);
    size_t order_count = collect_orders(unit, orders);
    for (size_t i = 0; i < count; i++) {
        const struct wire_object *object = &unit->objects.items[i];
        objects[i] = (struct desired_object){
            .id = object->id,
            .key = object_id_key(&object->id, arena),
            .source = object->source,
            .wave = find_order(orders, order_count, wave_order(object)),
            .digest = object->digest,
            .json = object->json,
        };
    }
    *desired = (struct desired){.target = unit->name,
                                .sequence = sequence,
                                .objects = objects,
                                .count = count,
                                .waves = (uint32_t)order_count,
                                .arena = arena,
                                .refs = 1};
    keep_releases(desired, unit);
    (void)snprintf(desired->commit, sizeof(desired->commit), "%.*s", STR_ARG(commit));
    return desired;
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
