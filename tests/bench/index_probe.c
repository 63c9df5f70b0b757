/*
 * What the index costs: a target with N objects, applied and settled, as bytes of heap an object;
 * beside it the same objects as parsed trees. One line: objects, record, index, tree.
 */
#include "syncd/reconcile/target.h"
#include "syncd/value/json.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

static size_t heap(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static str uid_of(unsigned number, struct arena *arena)
{
    return arena_printf(arena, "%08x-1111-4222-8333-%012x", number, number * 7);
}

static struct object_id id_of(unsigned number, struct arena *arena)
{
    return (struct object_id){
        {STR("cluster.k8s.io"), STR("v1alpha1"), STR("Machine")},
        arena_printf(arena, "project-%02u", number % 10),
        arena_printf(arena, "cluster-%04u-worker-%u", number / 9, number % 9)};
}

static struct desired *make_desired(unsigned count)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct wire_unit unit = {.name = STR("management"), .right = true};
    for (unsigned i = 0; i < count; i++) {
        struct wire_object object = {
            .id = id_of(i, arena), .digest = {i + 1, 1}, .json = STR("{}")};
        VEC_PUSH(arena, &unit.objects, object);
    }
    return desired_make(&unit, STR("c"), 1, arena);
}

static void answer(struct target *target, const struct effect *effect, struct arena *arena)
{
    const struct target_object *object;
    struct object_id id;
    switch (effect->kind) {
    case EFFECT_CONNECT: target_connected(target, STR("uid"), STR("uid"), STR(""), 1); return;
    case EFFECT_OPEN_KIND:
        target_kind_scope(target, effect->index, true);
        target_kind_begin(target, effect->index);
        target_kind_changed(target, effect->index, KIND_SYNCED, 1);
        return;
    case EFFECT_WRITE_INVENTORY: target_inventory_written(target, NULL, 1); return;
    case EFFECT_APPLY: {
        object = target_object_at(target, effect->index);
        CHECK(inventory_key_id(object->key, target_version(target, object), &id));
        const struct live_view view = {.id = id,
                                       .uid = uid_of(effect->index, arena),
                                       .resource_version = STR("1234567"),
                                       .owner = STR("owner"),
                                       .ours = true,
                                       .own_time_ns = INT64_C(1700000000000000000),
                                       .fields = {effect->index + 1, 2}};
        const struct outcome outcome = {.created = true, .view = &view};
        target_applied(target, effect->index, &outcome, 1);
        return;
    }
    default: return;
    }
}

static size_t index_bytes(unsigned count)
{
    const struct target_policy policy = {.in_flight = 64};
    struct desired *desired = make_desired(count);
    size_t before = heap();
    struct target *target = target_create(STR("management"), STR("owner"), &policy);
    struct effect effect;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    target_take(target, desired);
    while (target_next_effect(target, 1, &effect)) {
        struct arena_mark mark = arena_mark(scratch);
        answer(target, &effect, scratch);
        arena_rewind(scratch, mark);
    }
    CHECK(target_phase(target) == TARGET_SETTLED);
    size_t used = heap() - before;
    target_destroy(target);
    desired_unref(desired);
    return used;
}

/* `count` copies of one document, each parsed into an arena as a cache of trees would keep it. */
static size_t tree_bytes(unsigned count, str text)
{
    size_t before = heap();
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    for (unsigned i = 0; i < count; i++) {
        struct error err = ERROR_INIT;
        value document;
        CHECK(json_read(arena_str(arena, text), limits_default(), arena, &document, &err));
    }
    return heap() - before;
}

int main(int argc, char **argv)
{
    static char text[1 << 20];
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
    size_t length = fread(text, 1, sizeof(text), stdin);
    size_t used = index_bytes(count), trees = 0;
    if (length != 0)
        trees = tree_bytes(count < 10000 ? count : 10000, str_from(text, length)) /
                (count < 10000 ? count : 10000);
    (void)printf("%u %zu %.1f %zu\n", count, sizeof(struct target_object), (double)used / count,
                 trees);
    return 0;
}
