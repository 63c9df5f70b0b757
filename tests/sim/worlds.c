/*
 * Runs the machine in many worlds: sim_worlds FIRST COUNT. A world that ends badly ends its
 * process, so they run in a child; the parent counts it and goes on behind it.
 */
#include "tests/unit/reconcile/world.h"

#include "syncd/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void commit(struct world *world)
{
    world_commit(world, 60 + (unsigned)world_random(world, 40));
}

static void restart(struct world *world)
{
    world_restart(world);
    commit(world);
}

static void hide_kind(struct world *world)
{
    world->served = false;
    restart(world); /* a kind that was watched stays watched */
}

static void serve_kind(struct world *world)
{
    world->served = true;
}

/* What may happen, and how often. */
static const struct {
    void (*happen)(struct world *world);
    unsigned weight;
} events[] = {
    {world_meddle, 10}, {commit, 4},    {restart, 3},    {world_lose_watch, 2},
    {world_refuse, 1},  {hide_kind, 1}, {serve_kind, 1},
};

static void let_something_happen(struct world *world)
{
    unsigned sum = 0;
    for (size_t i = 0; i < ARRAY_LEN(events); i++)
        sum += events[i].weight;
    uint64_t luck = world_random(world, sum);
    size_t at = 0;
    while (luck >= events[at].weight)
        luck -= events[at++].weight;
    events[at].happen(world);
}

static void run_world(uint64_t seed)
{
    struct world world;
    world_begin(&world, seed, seed % 2 == 0);
    world.faults = true;
    world.slow = seed % 3 == 1;
    world.hooks = seed % 5 < 2;
    world_commit(&world, 70);
    for (unsigned round = 0; round < 16; round++) {
        world_run(&world, (int64_t)world_random(&world, 2000) * NS_PER_MS);
        let_something_happen(&world);
    }
    world.faults = false;
    world.served = true;
    world_run(&world, 3600 * NS_PER_S);
    /* What is held for a decision (a first sight of somebody else's field) gets one. */
    for (uint32_t i = 0; i < WORLD_NAMES; i++)
        world.objects[i].foreign = false;
    world_commit(&world, 100);
    world_run(&world, 3600 * NS_PER_S);
    world_require_converged(&world);
    size_t applies = world.applies;
    world_run(&world, 24 * 3600 * NS_PER_S);
    world_require(&world, world.applies == applies, "applies go on in peace");
    world_end(&world);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    uint64_t seed = strtoull(argv[1], NULL, 10), end = seed + strtoull(argv[2], NULL, 10), bad = 0;
    const uint64_t first = seed;
    volatile uint64_t *at =
        mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(at != MAP_FAILED);
    while (seed < end) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            for (*at = seed; *at < end; (*at)++)
                run_world(*at);
            _exit(0);
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            break;
        bad++;
        (void)printf("seed %llu failed\n", (unsigned long long)*at);
        seed = *at + 1;
        if (bad == 20)
            end = seed; /* more would say no more */
    }
    (void)printf("%llu passed, %llu failed\n", (unsigned long long)(end - first - bad),
                 (unsigned long long)bad);
    return bad == 0 ? 0 : 1;
}
