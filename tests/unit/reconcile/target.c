#include "world.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>

Test(target, applies_a_first_commit_and_is_then_silent)
{
    struct world world;
    world_begin(&world, 1, false);
    world_commit(&world, 80);
    world_run(&world, 60 * NS_PER_S);
    world_require_converged(&world);
    size_t applies = world.applies;
    world_run(&world, 3600 * NS_PER_S);
    cr_assert_eq(world.applies, applies);
    cr_assert_eq(target_wake_ns(world.target, world.now_ns), INT64_MAX);
    world_end(&world);
}

Test(target, sends_nothing_after_a_restart_when_all_is_as_it_was)
{
    struct world world;
    world_begin(&world, 2, false);
    world_commit(&world, 80);
    world_run(&world, 60 * NS_PER_S);
    size_t applies = world.applies;
    uint64_t contents[WORLD_NAMES];
    bool wanted[WORLD_NAMES];
    memcpy(contents, world.contents, sizeof(contents));
    memcpy(wanted, world.wanted, sizeof(wanted));
    world_restart(&world);
    uint64_t seed = world.seed;
    do { /* the same commit again */
        world.seed = ++seed;
        world_commit(&world, 80);
    } while (false);
    /* Whatever differs from before is applied, and nothing else. */
    size_t differs = 0;
    for (uint32_t i = 0; i < WORLD_NAMES; i++)
        differs += world.wanted[i] && (!wanted[i] || contents[i] != world.contents[i]);
    world_run(&world, 60 * NS_PER_S);
    world_require_converged(&world);
    cr_assert_eq(world.applies - applies, differs);
    world_end(&world);
}

Test(target, heals_what_others_change_and_leaves_a_fight_alone)
{
    struct world world;
    world_begin(&world, 3, false);
    world_commit(&world, 100);
    world_run(&world, 60 * NS_PER_S);
    for (int i = 0; i < 40; i++) {
        world_meddle(&world);
        world_run(&world, 60 * NS_PER_S);
    }
    world_require_converged(&world);
    cr_assert_gt(target_summary(world.target).healed, 0);
    world_end(&world);
}

Test(target, deletes_only_through_the_gate)
{
    struct world world;
    world_begin(&world, 4, true);
    world_commit(&world, 100);
    world_run(&world, 60 * NS_PER_S);
    world_commit(&world, 90);
    world_run(&world, 60 * NS_PER_S);
    world_require_converged(&world);
    cr_assert_gt(world.deletes, 0);
    size_t there = 0;
    for (uint32_t i = 0; i < WORLD_NAMES; i++)
        there += world.objects[i].there && !world.wanted[i];
    cr_assert_eq(there, 0);
    world_end(&world);
}

Test(target, holds_a_mass_deletion)
{
    struct world world;
    world_begin(&world, 5, true);
    world_commit(&world, 100);
    world_run(&world, 60 * NS_PER_S);
    world_commit(&world, 0); /* one object of 24 is left */
    world_run(&world, 60 * NS_PER_S);
    cr_assert_eq(world.deletes, 0);
    cr_assert_eq(target_summary(world.target).kept, WORLD_NAMES - 1);
    world_end(&world);
}

Test(target, deletes_nothing_while_a_newer_commit_cannot_be_rendered)
{
    struct world world;
    world_begin(&world, 6, true);
    world_commit(&world, 100);
    world_run(&world, 60 * NS_PER_S);
    world_commit(&world, 85);
    target_refuse(world.target);
    world_run(&world, 60 * NS_PER_S);
    cr_assert_eq(world.deletes, 0);
    world_end(&world);
}

Test(target, writes_nothing_to_another_cluster_of_the_same_name)
{
    struct world world;
    struct effect effect;
    world_begin(&world, 7, true);
    world_commit(&world, 100);
    cr_assert(target_next_effect(world.target, world.now_ns, &effect));
    cr_assert_eq(effect.kind, EFFECT_CONNECT);
    target_connected(world.target, STR("other"), STR("recorded"), STR(""), world.now_ns);
    while (target_next_effect(world.target, world.now_ns, &effect))
        cr_assert_eq(effect.kind, EFFECT_REPORT);
    cr_assert_eq(target_phase(world.target), TARGET_HELD);
    world_end(&world);
}

/* Commits, edits, deletions, lost requests and restarts in any order; then quiet: it converges. */
Test(target, converges_whatever_happens)
{
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct world world;
        world_begin(&world, seed, seed % 2 == 0);
        world.faults = true;
        world_commit(&world, 70);
        for (unsigned round = 0; round < 12; round++) {
            world_run(&world, (int64_t)world_random(&world, 2000) * NS_PER_MS);
            switch (world_random(&world, 5)) {
            case 0: world_commit(&world, 60 + (unsigned)world_random(&world, 40)); break;
            case 1:
                world_restart(&world);
                world_commit(&world, 60 + (unsigned)world_random(&world, 40));
                break;
            default: world_meddle(&world); break;
            }
        }
        world.faults = false;
        world_run(&world, 3600 * NS_PER_S);
        /* Held conflicts (first sight of somebody else's field) wait for a decision: a new commit
           looks again, and by then the field was ours. */
        world_commit(&world, 100);
        for (uint32_t i = 0; i < WORLD_NAMES; i++)
            world.objects[i].foreign = false;
        world_run(&world, 3600 * NS_PER_S);
        world_require_converged(&world);
        world_end(&world);
    }
}
