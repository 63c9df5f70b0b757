/*
 * Jobs by the ten thousand: submitted from the loop, from inside `done`, cancelled, and thrown away
 * with their workers. Counts must be right, and the thread sanitizer must have nothing to say.
 */
#include "syncd/loop/workers.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define JOBS   20000
#define ROUNDS 50

struct count {
    struct loop_job job;
    struct loop *loop;
    struct loop_workers *workers;
    size_t *left;
    uint64_t number, result; /* moved with the job: no lock, no atomic */
    unsigned again;
#ifdef RACE_ON_PURPOSE
    uint64_t *shared;
#endif
};

static void run(struct loop_job *job)
{
    struct count *count = LIST_ITEM(job, struct count, job);
    uint64_t x = count->number;
    for (int i = 0; i < 50 && !atomic_load(&job->cancelled); i++)
        x = x * 6364136223846793005u + 1442695040888963407u;
    count->result = x;
#ifdef RACE_ON_PURPOSE
    *count->shared += x;
#endif
}

static void done(struct loop_job *job)
{
    struct count *count = LIST_ITEM(job, struct count, job);
    count->number += count->result != 0;
    if (count->again > 0) {
        count->again--;
        loop_workers_submit(count->workers, job);
        return;
    }
    if (--*count->left == 0)
        loop_stop(count->loop);
}

static void drop(struct loop_job *job)
{
    struct count *count = LIST_ITEM(job, struct count, job);
    --*count->left;
}

static struct count *make_counts(struct loop *loop, struct loop_workers *workers, size_t *left,
                                 size_t count)
{
    struct count *counts = calloc(count, sizeof(*counts));
    CHECK(counts != NULL);
    for (size_t i = 0; i < count; i++) {
        counts[i] = (struct count){.loop = loop, .workers = workers, .left = left, .number = i + 1};
        counts[i].job.run = run;
        counts[i].job.done = done;
    }
    *left = count;
    return counts;
}

static void finish_all(struct loop *loop)
{
    struct loop_workers *workers = loop_workers_create(loop, 4);
    size_t left;
    struct count *counts = make_counts(loop, workers, &left, JOBS);
#ifdef RACE_ON_PURPOSE
    uint64_t shared = 0;
#endif
    for (size_t i = 0; i < JOBS; i++) {
#ifdef RACE_ON_PURPOSE
        counts[i].shared = &shared;
#endif
        counts[i].again = i % 3;
        loop_workers_submit(workers, &counts[i].job);
        if (i % 7 == 0)
            loop_job_cancel(&counts[i / 2].job);
        if (i % 100 == 0)
            loop_step(loop, 0);
    }
    if (left > 0)
        loop_run(loop);
    CHECK(loop_workers_busy(workers) == 0);
    loop_workers_destroy(workers);
    free(counts);
}

/* Workers go while their jobs wait, run and end. */
static void throw_away(struct loop *loop)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct loop_workers *workers = loop_workers_create(loop, 3);
        size_t left;
        struct count *counts = make_counts(loop, workers, &left, 100);
        for (size_t i = 0; i < 100; i++) {
            counts[i].job.done = drop;
            loop_workers_submit(workers, &counts[i].job);
        }
        loop_step(loop, round % 3 * NS_PER_MS / 10);
        loop_workers_destroy(workers);
        CHECK(left == 0);
        free(counts);
    }
}

int main(void)
{
    struct loop *loop = loop_create();
    finish_all(loop);
    throw_away(loop);
    loop_destroy(loop);
    printf("%d jobs, %d workers thrown away\n", JOBS, ROUNDS);
    return 0;
}
