#include "world.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>
#include <stdio.h>

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

/* Another target turns out to be the same cluster while this one still reads its inventory. */
Test(target, writes_nothing_once_another_target_writes_for_both)
{
    struct world world;
    struct effect effect;
    world_begin(&world, 7, true);
    world_commit(&world, 100);
    cr_assert(target_next_effect(world.target, world.now_ns, &effect));
    cr_assert_eq(effect.kind, EFFECT_CONNECT);
    target_join(world.target, STR("mgmt"));
    target_connected(world.target, STR("uid"), STR("uid"), STR(""), world.now_ns);
    while (target_next_effect(world.target, world.now_ns, &effect))
        cr_assert_eq(effect.kind, EFFECT_REPORT);
    cr_assert_eq(target_phase(world.target), TARGET_HELD);
    cr_assert(target_is_joined(world.target));
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

/* --- order --- */

Test(order, each_wave_waits_until_the_one_before_is_ready)
{
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct world world;
        world_begin(&world, seed, false);
        world.slow = world.ordered = true;
        world.hooks = seed % 2 == 0;
        world_commit(&world, 80);
        world_run(&world, 600 * NS_PER_S);
        world_require_converged(&world);
        if (world.hooks)
            cr_assert(world.made[0] == 1 && world.made[1] == 1 && world.made[2] == 1 &&
                      world.made[3] == 0);
        world_end(&world);
    }
}

Test(order, what_is_not_ready_holds_only_what_comes_after_and_says_so)
{
    struct world world;
    AUTO_BUF struct buf text = BUF_INIT(1024);
    world_begin(&world, 3, false);
    world.slow = true;
    world_commit(&world, 100);
    world_run(&world, 700 * NS_PER_MS); /* some of the first wave are ready by now, not all */
    for (uint32_t i = 0; i < WORLD_NAMES; i++)
        cr_assert_eq(world.objects[i].there, i % 3 == 0, "o%u", i);
    struct target_summary summary = target_summary(world.target);
    cr_assert_eq(summary.blocked, WORLD_NAMES - WORLD_NAMES / 3);
    cr_assert_not(summary.terminal);
    target_waits_for(world.target, &text);
    cr_assert_not_null(strstr(text.ptr, "16 wait for /ConfigMap/default/o"), "%s", text.ptr);
    cr_assert_not_null(strstr(text.ptr, "which is Progressing: Working"), "%s", text.ptr);
    world_end(&world);
}

static bool reports(struct world *world, uint32_t index, const char *reason, const char *message)
{
    const struct target_object *object = target_object_at(world->target, index);
    str name = str_skip(object->key, str_rindex(object->key, '/') + 2);
    uint64_t number;
    char version[32];
    const struct health_verdict verdict = {
        .state = HEALTH_PROGRESSING, .reason = str_z(reason), .message = str_z(message)};
    struct effect effect;
    bool told = false;
    cr_assert(str_to_u64(name, &number));
    (void)snprintf(version, sizeof(version), "%llu",
                   (unsigned long long)world->objects[number].version);
    cr_assert_eq(version_pack(str_z(version)), object->seen_version);
    target_take_health(world->target, index, str_z(version), &verdict);
    while (target_next_effect(world->target, world->now_ns, &effect))
        told = told || effect.kind == EFFECT_REPORT;
    return told;
}

/* Readers see why a commit waits now; a message that counts on is no other reason. */
Test(order, another_reason_of_what_holds_is_reported_and_another_message_is_not)
{
    struct world world;
    AUTO_BUF struct buf text = BUF_INIT(1024);
    world_begin(&world, 3, false);
    world.slow = true;
    world_commit(&world, 100);
    world_run(&world, 500 * NS_PER_MS);
    for (uint32_t i = 0; i < WORLD_NAMES; i += 3) { /* never ready from now on */
        world.objects[i].ready_ns = INT64_MAX;
        world.objects[i].told = true;
    }
    world_run(&world, 60 * NS_PER_S);
    target_waits_for(world.target, &text);
    uint32_t holder = 0;
    for (str key; key = target_object_at(world.target, holder)->key,
                  str_find(buf_str(&text), key) == SIZE_MAX ||
                      text.ptr[str_find(buf_str(&text), key) + key.len] != ',';)
        holder++;
    cr_assert(reports(&world, holder, "Pulling", "1 of 7"));
    cr_assert_not(reports(&world, holder, "Pulling", "2 of 7"));
    cr_assert(reports(&world, holder, "Pull", ""));
    cr_assert(reports(&world, holder, "BackOff", "no such image"));
    cr_assert_not(reports(&world, holder, "BackOff", "no such image"));
    buf_clear(&text);
    target_waits_for(world.target, &text);
    cr_assert_not_null(strstr(text.ptr, "Progressing: BackOff: no such image"), "%s", text.ptr);
    world_end(&world);
}

/* Drift of what was applied is healed while the rest waits. */
Test(order, drift_is_healed_while_a_wave_is_held)
{
    struct world world;
    world_begin(&world, 3, false);
    world.slow = true;
    world_commit(&world, 100);
    world_run(&world, 500 * NS_PER_MS);
    for (uint32_t i = 0; i < WORLD_NAMES; i += 3) { /* never ready from now on */
        world.objects[i].ready_ns = INT64_MAX;
        world.objects[i].told = true;
    }
    for (int i = 0; i < 6; i++)
        world_meddle(&world);
    world_run(&world, 60 * NS_PER_S);
    for (uint32_t i = 0; i < WORLD_NAMES; i += 3)
        cr_assert(world.objects[i].there && !world.objects[i].foreign, "o%u", i);
    world_end(&world);
}

Test(hooks, do_not_run_for_a_commit_that_changes_nothing)
{
    struct world world;
    world_begin(&world, 5, false);
    world.hooks = world.slow = true;
    world_commit(&world, 100);
    world_run(&world, 600 * NS_PER_S);
    world.seed = 77;
    world_commit(&world, 100);
    world_run(&world, 600 * NS_PER_S);
    cr_assert_eq(world.made[0], 2);
    world.seed = 77;
    world_commit(&world, 100); /* the same again */
    world_run(&world, 600 * NS_PER_S);
    cr_assert_eq(world.made[0], 2);
    world_meddle(&world);
    world_run(&world, 600 * NS_PER_S);
    cr_assert_eq(world.made[0], 2);
    cr_assert_not(world.objects[WORLD_NAMES].there, "hook-delete-policy HookSucceeded");
    cr_assert(world.objects[WORLD_NAMES + 1].there);
    world_end(&world);
}

Test(hooks, one_that_fails_stops_the_sync_and_runs_what_is_for_that)
{
    struct world world;
    world_begin(&world, 6, true);
    world.hooks = world.slow = world.hook_fails = true;
    world_commit(&world, 100);
    world_run(&world, 600 * NS_PER_S);
    cr_assert_eq(world.applies, 0);
    cr_assert(world.made[0] == 1 && world.made[1] == 0 && world.made[2] == 0 && world.made[3] == 1);
    cr_assert_eq(target_summary(world.target).failed, 1);
    world.hook_fails = false;
    world_restart(&world);
    world.seed = 9;
    world_commit(&world, 100); /* the repair */
    world_run(&world, 600 * NS_PER_S);
    world_require_converged(&world);
    world_end(&world);
}

/* Killed anywhere, requests lost or unheard: the world checks that no run happens twice. */
Test(hooks, run_once_whatever_happens)
{
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct world world;
        world_begin(&world, seed, seed % 2 == 0);
        world.faults = world.hooks = world.slow = true;
        world_commit(&world, 70);
        for (unsigned round = 0; round < 12; round++) {
            world_run(&world, (int64_t)world_random(&world, 4000) * NS_PER_MS);
            switch (world_random(&world, 5)) {
            case 0: world_commit(&world, 60 + (unsigned)world_random(&world, 40)); break;
            case 1:
            case 2: /* killed, and started with the same commit */
                world_restart(&world);
                world_retake(&world);
                break;
            default: world_meddle(&world); break;
            }
        }
        world.faults = false;
        world_run(&world, 3600 * NS_PER_S);
        world_commit(&world, 100);
        for (uint32_t i = 0; i < WORLD_NAMES; i++)
            world.objects[i].foreign = false;
        world_run(&world, 3600 * NS_PER_S);
        world_require_converged(&world);
        world_end(&world);
    }
}

/* The same name, our label, but not the object that the inventory knows. */
Test(target, another_uid_is_not_deleted)
{
    struct world world;
    world_begin(&world, 8, true);
    world_commit(&world, 100);
    world_run(&world, 60 * NS_PER_S);
    for (uint32_t i = 0; i < WORLD_NAMES; i++)
        world.objects[i].uid += 1000;
    world_commit(&world, 90);
    world_run(&world, 60 * NS_PER_S);
    cr_assert_eq(world.deletes, 0);
    cr_assert_gt(target_summary(world.target).kept, 0);
    world_end(&world);
}

/* A definition that is gone proves nothing about its instances: they are not even asked for. */
Test(target, instances_of_a_missing_kind_are_unknown_not_gone)
{
    struct world world;
    struct effect effect;
    world_begin(&world, 9, true);
    world_commit(&world, 100);
    world_run(&world, 60 * NS_PER_S);
    AUTO_BUF struct buf text = BUF_INIT(65536);
    buf_printf(&text, "%sx.io/Thing/default/t\tv1\tu-t\t-\t-\n", world.inventory);
    (void)snprintf(world.inventory, sizeof(world.inventory), "%s", text.ptr);
    world_restart(&world);
    world_retake(&world);
    for (unsigned i = 0; i < 200; i++) {
        while (target_next_effect(world.target, world.now_ns, &effect)) {
            cr_assert_neq(effect.kind, EFFECT_INSPECT);
            cr_assert_neq(effect.kind, EFFECT_DELETE);
            bool thing =
                effect.kind == EFFECT_OPEN_KIND &&
                str_equal(target_kind_at(world.target, effect.index)->gvk.kind, STR("Thing"));
            if (thing)
                target_kind_changed(world.target, effect.index, KIND_MISSING, world.now_ns);
            else
                world_answer(&world, &effect);
        }
        world.now_ns += NS_PER_S;
    }
    cr_assert_eq(target_summary(world.target).kept, 1);
    world_end(&world);
}

/* What is not ready in time has failed the sync; when it becomes ready after all, the rest follows.
 */
Test(order, waiting_too_long_is_said_and_runs_what_is_for_that)
{
    struct world world;
    const struct target_policy policy = {
        .in_flight = 4, .max_count = 10, .wave_timeout_ns = 60 * NS_PER_S};
    world_begin(&world, 10, false);
    world.slow = world.hooks = true;
    target_set_policy(world.target, &policy);
    world_commit(&world, 100);
    while (!world.objects[0].there)
        world_run(&world, 50 * NS_PER_MS);
    world.objects[0].told = false;
    world.objects[0].ready_ns = world.now_ns + 300 * NS_PER_S;
    world_run(&world, 30 * NS_PER_S);
    cr_assert(target_summary(world.target).blocked != 0 && world.made[3] == 0);
    cr_assert_not(target_summary(world.target).late);
    world_run(&world, 120 * NS_PER_S);
    cr_assert(target_summary(world.target).late);
    cr_assert_eq(world.made[3], 1);
    world_run(&world, 600 * NS_PER_S);
    world_require_converged(&world);
    cr_assert_not(target_summary(world.target).late);
    world_end(&world);
}

/* The gate was passed, then a broken commit came: it has to be passed again, and is shut. */
Test(target, a_broken_commit_calls_back_what_passed_the_gate)
{
    struct world world;
    struct effect effect;
    world_begin(&world, 11, true);
    world_commit(&world, 100);
    world_run(&world, 60 * NS_PER_S);
    world_commit(&world, 90);
    bool refused = false;
    for (unsigned i = 0; i < 200; i++) {
        while (target_next_effect(world.target, world.now_ns, &effect)) {
            cr_assert(effect.kind != EFFECT_DELETE, "deleted in round %u", i);
            world_answer(&world, &effect);
            if (effect.kind == EFFECT_INSPECT && !refused)
                target_refuse(world.target);
            refused = refused || effect.kind == EFFECT_INSPECT;
        }
        world.now_ns += NS_PER_S;
    }
    cr_assert(refused);
    cr_assert_eq(world.deletes, 0);
    world_end(&world);
}
