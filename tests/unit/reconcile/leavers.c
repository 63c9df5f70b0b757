/* What is pruned leaves in the opposite order of its waves, and what hangs holds nobody for ever.
 */
#include "syncd/base/clock.h"
#include "syncd/reconcile/target.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define OBJECTS 4

/* Objects a, b, c, d of the inventory, with waves; Git has another one. */
struct scene {
    struct target *target;
    int32_t waves[OBJECTS];
    bool there[OBJECTS], hangs[OBJECTS], asked[OBJECTS];
    char left[64]; /* in which order deletions were sent */
    int64_t now_ns;
};

static void take_commit(struct target *target, uint32_t group)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct wire_unit unit = {.name = STR("mgmt"), .right = true};
    const struct wire_object object = {
        .id = {.gvk = {STR(""), STR("v1"), STR("ConfigMap")},
               .namespace = STR("team"),
               .name = STR("stays")},
        .digest = {1, 1},
        .json = STR("{}"),
    };
    VEC_PUSH(arena, &unit.objects, object);
    struct desired *desired = desired_make(&unit, STR("c"), 1, arena);
    desired->group = group;
    target_take(target, desired);
    desired_unref(desired);
}

static uint32_t name_of(const struct scene *scene, uint32_t index)
{
    str key = target_object_at(scene->target, index)->key;
    return (uint32_t)(key.ptr[key.len - 1] - 'a');
}

static void inspect(struct scene *scene, uint32_t index)
{
    uint32_t name = name_of(scene, index);
    struct outcome outcome = {.wave = scene->waves[name]};
    const struct live_view view = {.owner = STR("owner"),
                                   .uid = STR("u"),
                                   .deleting = scene->asked[name],
                                   .finalizer = STR("x.io/slow"),
                                   .leaves_since = STR("2026-01-01T00:00:00Z"),
                                   .resource_version = STR("2")};
    if (scene->there[name])
        outcome.view = &view;
    target_inspected(scene->target, index, &outcome, 0, scene->now_ns);
}

static void ask_to_delete(struct scene *scene, uint32_t index)
{
    uint32_t name = name_of(scene, index);
    const struct outcome outcome = {0};
    size_t length = strlen(scene->left);
    (void)snprintf(scene->left + length, sizeof(scene->left) - length, "%c", (char)('a' + name));
    scene->asked[name] = true;
    scene->there[name] = scene->hangs[name];
    target_deleted(scene->target, index, &outcome, scene->now_ns);
}

static void run(struct scene *scene)
{
    struct effect effect;
    static const struct live_view applied = {.owner = STR_INIT("owner"),
                                             .uid = STR_INIT("u"),
                                             .ours = true,
                                             .resource_version = STR_INIT("2")};
    static const char inventory[] =
        "/ConfigMap/team/a\tv1\tu\t-\t-\n/ConfigMap/team/b\tv1\tu\t-\t-\n"
        "/ConfigMap/team/c\tv1\tu\t-\t-\n/ConfigMap/team/d\tv1\tu\t-\t-\n";
    while (target_next_effect(scene->target, scene->now_ns, &effect)) {
        struct outcome outcome = {.created = true, .view = &applied};
        switch (effect.kind) {
        case EFFECT_CONNECT:
            target_connected(scene->target, STR("uid"), STR("uid"), str_z(inventory),
                             scene->now_ns);
            break;
        case EFFECT_OPEN_KIND:
            target_kind_scope(scene->target, effect.index, true);
            target_kind_begin(scene->target, effect.index);
            target_kind_changed(scene->target, effect.index, KIND_SYNCED, scene->now_ns);
            break;
        case EFFECT_WRITE_INVENTORY:
            target_inventory_written(scene->target, NULL, scene->now_ns);
            break;
        case EFFECT_APPLY:
            target_applied(scene->target, effect.index, &outcome, scene->now_ns);
            break;
        case EFFECT_INSPECT: inspect(scene, effect.index); break;
        case EFFECT_DELETE: ask_to_delete(scene, effect.index); break;
        default: break;
        }
    }
}

static struct scene begin(const int32_t waves[OBJECTS])
{
    const struct target_policy policy = {.default_ns = STR("team"),
                                         .prune = true,
                                         .max_count = 10,
                                         .in_flight = 4,
                                         .wave_timeout_ns = 60 * NS_PER_S};
    struct scene scene = {.target = target_create(STR("mgmt"), STR("owner"), &policy),
                          .now_ns = NS_PER_S};
    for (size_t i = 0; i < OBJECTS; i++) {
        scene.waves[i] = waves[i];
        scene.there[i] = true;
    }
    take_commit(scene.target, 0);
    return scene;
}

Test(leavers, leave_in_the_opposite_order_of_waves)
{
    struct scene scene = begin((const int32_t[]){0, 5, -3, 5});
    run(&scene);
    cr_assert_str_eq(scene.left, "bdac");
    cr_assert_eq(target_summary(scene.target).deleted, 4);
    cr_assert(target_summary(scene.target).terminal);
    target_destroy(scene.target);
}

/* What the other target holds may be missing from what this one wants. */
Test(leavers, stay_while_another_target_may_be_the_same_cluster)
{
    struct scene scene = begin((const int32_t[]){0, 0, 0, 0});
    struct target_policy policy = {.default_ns = STR("team"),
                                   .prune = true,
                                   .others_unknown = true,
                                   .max_count = 10,
                                   .in_flight = 4};
    target_set_policy(scene.target, &policy);
    run(&scene);
    cr_assert_str_eq(scene.left, "");
    cr_assert_eq(target_summary(scene.target).kept, 4);
    cr_assert_eq(target_object_at(scene.target, 0)->kept_by, GATE_OTHERS);
    /* It is: the commit at hand was rendered without it. */
    policy.others_unknown = false;
    policy.group = 1;
    target_set_policy(scene.target, &policy);
    run(&scene);
    cr_assert_str_eq(scene.left, "");
    cr_assert_eq(target_summary(scene.target).kept, 4);
    take_commit(scene.target, 1);
    run(&scene);
    cr_assert_eq(strlen(scene.left), 4);
    cr_assert_eq(target_summary(scene.target).deleted, 4);
    target_destroy(scene.target);
}

Test(leavers, go_when_no_other_target_is_the_same_cluster)
{
    struct scene scene = begin((const int32_t[]){0, 0, 0, 0});
    struct target_policy policy = {.default_ns = STR("team"),
                                   .prune = true,
                                   .others_unknown = true,
                                   .max_count = 10,
                                   .in_flight = 4};
    target_set_policy(scene.target, &policy);
    run(&scene);
    cr_assert_str_eq(scene.left, "");
    policy.others_unknown = false;
    target_set_policy(scene.target, &policy);
    run(&scene);
    cr_assert_eq(target_summary(scene.target).deleted, 4);
    target_destroy(scene.target);
}

Test(leavers, wait_for_the_wave_after_them_and_not_for_ever)
{
    struct scene scene = begin((const int32_t[]){0, 5, -3, 5});
    scene.hangs[1] = true;
    run(&scene);
    cr_assert_str_eq(scene.left, "bd", "%s", scene.left);
    cr_assert_not(target_summary(scene.target).terminal);
    int64_t wake = target_wake_ns(scene.target, scene.now_ns);
    cr_assert_eq(wake, scene.now_ns + 60 * NS_PER_S);
    scene.now_ns = wake - 1;
    run(&scene);
    cr_assert_str_eq(scene.left, "bd");
    scene.now_ns = wake;
    run(&scene);
    cr_assert_str_eq(scene.left, "bdac");
    cr_assert_eq(target_summary(scene.target).leaving, 1);
    for (uint32_t i = 0; i < target_object_count(scene.target); i++) {
        const struct target_object *object = target_object_at(scene.target, i);
        if (object->state == OBJECT_LEAVING)
            cr_assert_str_eq(object->problem, "being deleted since 2026-01-01T00:00:00Z, waits for "
                                              "the finalizer x.io/slow");
    }
    target_destroy(scene.target);
}
