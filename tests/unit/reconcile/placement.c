/* Objects that name no namespace: where they are is known when the cluster says so. */
#include "syncd/reconcile/target.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>

static const struct gvk ring = {STR_INIT("example.org"), STR_INIT("v1"), STR_INIT("Ring")};

static struct target *new_target(void)
{
    const struct target_policy policy = {
        .default_ns = STR("prod"), .prune = true, .max_count = 10, .in_flight = 4};
    return target_create(STR("mgmt"), STR("owner"), &policy);
}

struct wanted {
    const char *namespace, *name;
};

static void commit(struct target *target, const struct wanted *wanted, size_t count)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct wire_unit unit = {.name = STR("mgmt"), .right = true};
    for (size_t i = 0; i < count; i++) {
        struct wire_object object = {
            .id = {.gvk = ring,
                   .namespace = str_z(wanted[i].namespace),
                   .name = str_z(wanted[i].name)},
            .digest = {i + 1, 1},
            .json = STR("{}"),
        };
        VEC_PUSH(arena, &unit.objects, object);
    }
    struct desired *desired = desired_make(&unit, STR("c"), 1, arena);
    target_take(target, desired);
    desired_unref(desired);
}

/* The keys that were applied, one a line; everything asked for is done at once. */
static str run(struct target *target, str inventory, bool namespaced, struct arena *arena)
{
    AUTO_BUF struct buf applied = BUF_INIT(4096);
    struct effect effect;
    unsigned version = 1;
    while (target_next_effect(target, NS_PER_S, &effect)) {
        struct outcome outcome = {.created = true};
        struct live_view view = {.owner = STR("owner"), .uid = STR("u"), .ours = true};
        switch (effect.kind) {
        case EFFECT_CONNECT:
            target_connected(target, STR("uid"), STR("uid"), inventory, NS_PER_S);
            break;
        case EFFECT_OPEN_KIND:
            target_kind_scope(target, effect.index, namespaced);
            target_kind_begin(target, effect.index);
            target_kind_changed(target, effect.index, KIND_SYNCED, NS_PER_S);
            break;
        case EFFECT_WRITE_INVENTORY: target_inventory_written(target, NULL, NS_PER_S); break;
        case EFFECT_APPLY:
            buf_add(&applied, target_object_at(target, effect.index)->key);
            buf_add_byte(&applied, '\n');
            view.resource_version = arena_printf(arena, "%u", ++version);
            outcome.view = &view;
            target_applied(target, effect.index, &outcome, NS_PER_S);
            break;
        case EFFECT_INSPECT: cr_assert_fail("nothing is to be pruned"); break;
        default: break;
        }
    }
    return buf_copy(&applied, arena);
}

static str inventory_of(const struct target *target, struct arena *arena)
{
    AUTO_BUF struct buf text = BUF_INIT(65536);
    target_inventory_text(target, &text);
    return buf_copy(&text, arena);
}

Test(placement, an_object_without_a_namespace_goes_to_the_targets)
{
    static const struct wanted wanted[] = {{"", "a"}, {"team", "b"}};
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct target *target = new_target();
    commit(target, wanted, ARRAY_LEN(wanted));
    str applied = run(target, STR(""), true, arena);
    cr_assert(str_equal(applied, STR("example.org/Ring/prod/a\nexample.org/Ring/team/b\n")), "%.*s",
              STR_ARG(applied));
    cr_assert(target_summary(target).terminal);
    cr_assert_eq(target_summary(target).created, 2);
    /* The next commit knows it from the start, and has nothing to do. */
    commit(target, wanted, ARRAY_LEN(wanted));
    cr_assert_eq(target_object_count(target), 2);
    target_destroy(target);
    arena_destroy(arena);
}

Test(placement, a_restart_finds_its_object_again)
{
    static const struct wanted wanted[] = {{"", "a"}};
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct target *target = new_target();
    commit(target, wanted, ARRAY_LEN(wanted));
    (void)run(target, STR(""), true, arena);
    str inventory = inventory_of(target, arena);
    cr_assert_eq(str_find(inventory, STR("example.org/Ring/prod/a\t")), 0);
    target_destroy(target);
    target = new_target();
    commit(target, wanted, ARRAY_LEN(wanted));
    (void)run(target, inventory, true, arena);
    struct target_summary summary = target_summary(target);
    cr_assert(summary.terminal);
    cr_assert_eq(target_object_count(target), 1, "the object stands in the table twice");
    cr_assert_eq(summary.kept + summary.deleted, 0);
    target_destroy(target);
    arena_destroy(arena);
}

Test(placement, a_kind_of_the_cluster_loses_the_namespace)
{
    static const struct wanted wanted[] = {{"team", "a"}, {"", "b"}};
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct target *target = new_target();
    commit(target, wanted, ARRAY_LEN(wanted));
    str applied = run(target, STR(""), false, arena);
    cr_assert(str_equal(applied, STR("example.org/Ring//b\nexample.org/Ring//a\n")) ||
                  str_equal(applied, STR("example.org/Ring//a\nexample.org/Ring//b\n")),
              "%.*s", STR_ARG(applied));
    target_destroy(target);
    arena_destroy(arena);
}

Test(placement, an_object_that_is_there_twice_is_refused)
{
    static const struct wanted wanted[] = {{"", "a"}, {"", "b"}, {"prod", "a"}};
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct target *target = new_target();
    commit(target, wanted, ARRAY_LEN(wanted));
    str applied = run(target, STR(""), true, arena);
    cr_assert(str_equal(applied, STR("example.org/Ring/prod/b\n")), "%.*s", STR_ARG(applied));
    struct target_summary summary = target_summary(target);
    cr_assert_eq(summary.failed, 1);
    cr_assert(summary.terminal);
    target_destroy(target);
    arena_destroy(arena);
}
