/* What a platform's level lets go only with a tombstone is not pruned without one. */
#include "repo-layout/level_source.h"
#include "syncd/base/clock.h"
#include "syncd/reconcile/target.h"

#include <criterion/criterion.h>

static const struct level *mcc(struct arena *arena)
{
    struct level_source source;
    struct error err = ERROR_INIT;
    struct findings findings;
    const struct level *level = NULL;
    findings_init(&findings, arena);
    cr_assert(level_find(STR("mcc-2.23"), NULL, arena, &source, &err), "%s", err.text);
    cr_assert(level_read(&source, limits_default(), arena, &findings, &level));
    return level;
}

static void take_commit(struct target *target)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct wire_unit unit = {.name = STR("mgmt"), .right = true};
    const struct wire_object object = {
        .id = {.gvk = {STR("example.org"), STR("v1"), STR("Ring")},
               .namespace = STR("team"),
               .name = STR("a")},
        .digest = {1, 1},
        .json = STR("{}"),
    };
    VEC_PUSH(arena, &unit.objects, object);
    struct desired *desired = desired_make(&unit, STR("c"), 1, arena);
    target_take(target, desired);
    desired_unref(desired);
}

/* How often the target looked at something in order to delete it. */
static size_t count_looks(struct target *target, str inventory)
{
    struct effect effect;
    size_t looks = 0;
    while (looks == 0 && target_next_effect(target, NS_PER_S, &effect)) {
        struct outcome outcome = {.created = true};
        struct live_view view = {
            .owner = STR("owner"), .uid = STR("u"), .ours = true, .resource_version = STR("2")};
        switch (effect.kind) {
        case EFFECT_CONNECT:
            target_connected(target, STR("uid"), STR("uid"), inventory, NS_PER_S);
            break;
        case EFFECT_OPEN_KIND:
            target_kind_scope(target, effect.index, true);
            target_kind_begin(target, effect.index);
            target_kind_changed(target, effect.index, KIND_SYNCED, NS_PER_S);
            break;
        case EFFECT_WRITE_INVENTORY: target_inventory_written(target, NULL, NS_PER_S); break;
        case EFFECT_APPLY:
            outcome.view = &view;
            target_applied(target, effect.index, &outcome, NS_PER_S);
            break;
        case EFFECT_INSPECT: looks++; break;
        default: break;
        }
    }
    return looks;
}

static size_t looks_at(const struct level *level, const char *line)
{
    const struct target_policy policy = {
        .default_ns = STR("prod"), .prune = true, .max_count = 10, .in_flight = 4, .level = level};
    struct target *target = target_create(STR("mgmt"), STR("owner"), &policy);
    take_commit(target);
    size_t looks = count_looks(target, str_z(line));
    target_destroy(target);
    return looks;
}

Test(platform, keeps_kinds_of_its_level_that_need_a_tombstone)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    const struct level *level = mcc(arena);
    static const char machine[] = "cluster.k8s.io/Machine/team/m\tv1alpha1\tu\t-\t-\n";
    static const char map[] = "/ConfigMap/team/m\tv1\tu\t-\t-\n";
    cr_expect_eq(looks_at(NULL, machine), 1, "without a level it is an object like others");
    cr_expect_eq(looks_at(level, machine), 0);
    cr_expect_eq(looks_at(level, map), 1);
    arena_destroy(arena);
}
