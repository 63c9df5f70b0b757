/* What is done about drift, field by field. */
#include "world.h"

#include "syncd/base/clock.h"
#include "syncd/reconcile/disputes.h"

#include <criterion/criterion.h>

#define FIELDS 3

/* An object that drifted in three places. */
struct scene {
    struct world world;
    struct drifts drifts;
    enum drift_action actions[FIELDS];
    uint32_t object;
    uint64_t content;
};

static const uint32_t places[FIELDS][2] = {{0, 0}, {0, 1}, {0, 2}};

static void scene_begin(struct scene *scene)
{
    *scene = (struct scene){.content = 1000};
    world_begin(&scene->world, 7, false);
    world_commit(&scene->world, 100);
    world_run(&scene->world, 60 * NS_PER_S);
    for (size_t i = 0; i < FIELDS; i++) {
        struct drift drift = {.class = DRIFT_CHANGED,
                              .path_hash = i + 1,
                              .stated = value_bool(true),
                              .place = places[i],
                              .place_len = 2,
                              .can_leave_out = true};
        VEC_PUSH(scene->world.arena, &scene->drifts.list, drift);
        scene->actions[i] = DRIFT_HEAL;
    }
}

/* The object is seen with other values of our fields. */
static enum seen_result see_change(struct scene *scene, uint64_t content)
{
    const struct target_object *object = target_object_at(scene->world.target, 0);
    struct object_id id;
    cr_assert(inventory_key_id(object->key, target_version(scene->world.target, object), &id));
    const struct live_view view = {.id = id,
                                   .uid = STR("u"),
                                   .resource_version = STR("9000"),
                                   .owner = STR("owner"),
                                   .ours = true,
                                   .fields = {content, 1}};
    return target_seen(scene->world.target, &view, scene->world.now_ns, &scene->object);
}

static void judge(struct scene *scene)
{
    cr_assert_eq(see_change(scene, ++scene->content), SEEN_DRIFT);
    target_judged(scene->world.target, scene->object, &scene->drifts, scene->actions,
                  scene->content, scene->world.now_ns);
}

static const struct target_object *object_of(const struct scene *scene)
{
    return target_object_at(scene->world.target, scene->object);
}

Test(judge, applies_nothing_when_policy_only_reports)
{
    struct scene scene;
    struct effect effect;
    scene_begin(&scene);
    for (size_t i = 0; i < FIELDS; i++)
        scene.actions[i] = DRIFT_REPORT;
    judge(&scene);
    cr_assert_eq(object_of(&scene)->state, OBJECT_DONE);
    cr_assert(object_of(&scene)->drifted);
    cr_assert_not(target_next_effect(scene.world.target, scene.world.now_ns, &effect));
    /* It goes on being looked at; what was judged already is known by its digest. */
    cr_assert_eq(see_change(&scene, scene.content), SEEN_DRIFT);
    cr_assert_eq(object_of(&scene)->judged, scene.content);
    world_end(&scene.world);
}

Test(judge, leaves_reported_fields_out_and_heals_the_rest)
{
    struct scene scene;
    struct effect effect;
    scene_begin(&scene);
    scene.actions[1] = DRIFT_IGNORE;
    judge(&scene);
    cr_assert_eq(object_of(&scene)->left_out->len, 1);
    cr_assert_eq(object_of(&scene)->left_out->items[0].steps[1], 1);
    cr_assert(target_next_effect(scene.world.target, scene.world.now_ns, &effect));
    cr_assert_eq(effect.kind, EFFECT_APPLY);
    cr_assert_eq(effect.index, scene.object);
    world_end(&scene.world);
}

Test(judge, holds_what_cannot_be_left_out)
{
    struct scene scene;
    scene_begin(&scene);
    scene.actions[1] = DRIFT_REPORT;
    scene.drifts.list.items[1].can_leave_out = false;
    judge(&scene);
    cr_assert_eq(object_of(&scene)->state, OBJECT_CONTESTED);
    cr_assert_not_null(object_of(&scene)->problem);
    world_end(&scene.world);
}

Test(judge, is_not_moved_by_what_changes_while_healing_is_on_its_way)
{
    struct scene scene;
    scene_begin(&scene);
    for (int i = 0; i < 20; i++)
        judge(&scene);
    for (size_t i = 0; i < FIELDS; i++)
        cr_assert_eq(scene.actions[i], DRIFT_HEAL);
    cr_assert_eq(target_summary(scene.world.target).drift, 1);
    world_end(&scene.world);
}

Test(judge, asks_the_server_when_it_cannot_tell)
{
    struct scene scene;
    struct effect effect;
    scene_begin(&scene);
    cr_assert_eq(see_change(&scene, 1), SEEN_DRIFT);
    target_examine(scene.world.target, scene.object, 1);
    cr_assert(target_next_effect(scene.world.target, scene.world.now_ns, &effect));
    cr_assert_eq(effect.kind, EFFECT_EXAMINE);
    /* The server would leave our fields just so: it changed how it keeps them. */
    struct object_id id;
    cr_assert(inventory_key_id(object_of(&scene)->key, STR("v1"), &id));
    const struct live_view view = {.id = id,
                                   .resource_version = STR("9000"),
                                   .owner = STR("owner"),
                                   .ours = true,
                                   .fields = {5, 5}};
    const struct outcome outcome = {.view = &view, .as_applied = true};
    cr_assert_eq(target_examined(scene.world.target, scene.object, &outcome, scene.world.now_ns),
                 SEEN_EXPECTED);
    cr_assert_eq(see_change(&scene, 5), SEEN_DRIFT);
    world_end(&scene.world);
}

/* What the look saw was written over before it ended: an event that came meanwhile was not judged.
 */
Test(judge, looks_again_when_an_event_overtook_the_look)
{
    struct scene scene;
    struct effect effect;
    scene_begin(&scene);
    struct target *target = scene.world.target;
    cr_assert_eq(see_change(&scene, 1), SEEN_DRIFT);
    struct object_id id;
    cr_assert(
        inventory_key_id(object_of(&scene)->key, target_version(target, object_of(&scene)), &id));
    const struct live_view old = {.id = id,
                                  .uid = STR("u"),
                                  .resource_version = STR("9001"),
                                  .owner = STR("owner"),
                                  .ours = true,
                                  .fields = {77, 77}};
    struct live_view new = old;
    new.resource_version = STR("9002");
    target_examine(target, scene.object, 1);
    for (unsigned look = 0;; look++) {
        uint32_t ignored;
        cr_assert(target_next_effect(target, scene.world.now_ns, &effect));
        cr_assert_eq(effect.kind, EFFECT_EXAMINE);
        cr_assert_eq(target_seen(target, &new, scene.world.now_ns, &ignored), SEEN_EXPECTED);
        struct outcome outcome = {.view = &old};
        enum seen_result result =
            target_examined(target, scene.object, &outcome, scene.world.now_ns);
        if (look == 4) { /* in the end it is judged by what there is */
            cr_assert_eq(result, SEEN_DRIFT);
            break;
        }
        cr_assert_eq(result, SEEN_EXPECTED);
        cr_assert_eq(object_of(&scene)->seen_version, version_pack(new.resource_version));
        cr_assert_not(target_next_effect(target, scene.world.now_ns, &effect));
        scene.world.now_ns = target_wake_ns(target, scene.world.now_ns);
        cr_assert_lt(scene.world.now_ns, INT64_MAX);
    }
    world_end(&scene.world);
}

Test(disputes, end_with_a_field_left_alone_and_begin_anew_later)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct disputes disputes = {0};
    uint64_t field = dispute_field(STR("a"), 1), other = dispute_field(STR("a"), 2);
    int64_t now = NS_PER_S;
    for (int i = 0; i < DISPUTE_ROUNDS; i++)
        cr_assert(dispute_heal(&disputes, arena, field, now += NS_PER_S));
    cr_assert_not(dispute_heal(&disputes, arena, field, now += NS_PER_S));
    cr_assert(dispute_heal(&disputes, arena, other, now));
    /* Whoever goes on fighting keeps it closed. */
    for (int i = 0; i < 20; i++)
        cr_assert_not(dispute_heal(&disputes, arena, field, now += DISPUTE_WINDOW_NS / 2));
    cr_assert(dispute_heal(&disputes, arena, field, now + DISPUTE_WINDOW_NS + 1));
}

Test(disputes, stay_bounded)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct disputes disputes = {0};
    for (uint64_t i = 1; i < 3 * DISPUTES_MOST; i++)
        cr_assert(dispute_heal(&disputes, arena, i, (int64_t)i));
    cr_assert_eq(disputes.len, DISPUTES_MOST);
}
