#include "syncd/loop/workers.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

struct sum {
    struct loop_job job;
    struct loop *loop;
    size_t *left;
    unsigned number, square;
    bool ran;
};

static void run_square(struct loop_job *job)
{
    struct sum *sum = LIST_ITEM(job, struct sum, job);
    sum->square = sum->number * sum->number;
    sum->ran = true;
}

static void count_done(struct loop_job *job)
{
    struct sum *sum = LIST_ITEM(job, struct sum, job);
    if (--*sum->left == 0)
        loop_stop(sum->loop);
}

Test(workers, give_every_job_back_with_its_result)
{
    struct loop *loop = loop_create();
    struct loop_workers *workers = loop_workers_create(loop, 3);
    enum { JOBS = 1000 };
    struct sum *sums = calloc(JOBS, sizeof(*sums));
    size_t left = JOBS;
    for (unsigned i = 0; i < JOBS; i++) {
        sums[i] = (struct sum){.loop = loop, .left = &left, .number = i};
        sums[i].job.run = run_square;
        sums[i].job.done = count_done;
        loop_workers_submit(workers, &sums[i].job);
    }
    cr_assert_eq(loop_workers_busy(workers), JOBS);
    loop_run(loop);
    cr_assert_eq(loop_workers_busy(workers), 0);
    for (unsigned i = 0; i < JOBS; i++)
        cr_assert_eq(sums[i].square, i * i);
    loop_workers_destroy(workers);
    loop_destroy(loop);
    free(sums);
}

static void run_until_cancelled(struct loop_job *job)
{
    struct sum *sum = LIST_ITEM(job, struct sum, job);
    sum->ran = true;
    while (!atomic_load(&job->cancelled))
        usleep(1000);
}

static void count_only(struct loop_job *job)
{
    struct sum *sum = LIST_ITEM(job, struct sum, job);
    --*sum->left;
}

Test(workers, cancel_running_and_waiting_jobs_when_destroyed)
{
    struct loop *loop = loop_create();
    struct loop_workers *workers = loop_workers_create(loop, 1);
    size_t left = 2;
    struct sum running = {.loop = loop, .left = &left};
    struct sum waiting = {.loop = loop, .left = &left};
    running.job.run = waiting.job.run = run_until_cancelled;
    running.job.done = waiting.job.done = count_only;
    loop_workers_submit(workers, &running.job);
    loop_workers_submit(workers, &waiting.job);
    loop_step(loop, 20 * NS_PER_MS);
    loop_workers_destroy(workers);
    cr_assert_eq(left, 0);
    cr_assert_not(waiting.ran);
    loop_destroy(loop);
}
