#include "syncd/loop/workers.h"

#include "syncd/base/check.h"
#include "syncd/loop/loop_internal.h"
#include "syncd/loop/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct loop_workers {
    struct queue *queue;
    int wake_fd; /* written by workers, read by the loop */
    struct loop_fd *wake;
    unsigned thread_limit, thread_count;
    size_t busy;
    struct list out; /* jobs that workers have, to cancel them */
};

static void run_job(struct list *node)
{
    struct loop_job *job = LIST_ITEM(node, struct loop_job, node);
    if (!atomic_load(&job->cancelled))
        job->run(job);
}

static void wake_loop(void *context)
{
    const struct loop_workers *workers = context;
    const uint64_t one = 1;
    ssize_t wrote;
    do
        wrote = write(workers->wake_fd, &one, sizeof(one));
    while (wrote < 0 && errno == EINTR);
}

static void give_back(struct loop_workers *workers, struct list *finished)
{
    while (!list_empty(finished)) {
        struct loop_job *job = LIST_ITEM(finished->next, struct loop_job, node);
        list_remove(&job->node);
        list_remove(&job->submitted);
        workers->busy--;
        job->done(job);
    }
}

static void jobs_finished(void *context, unsigned events)
{
    (void)events;
    struct loop_workers *workers = context;
    uint64_t count;
    if (read(workers->wake_fd, &count, sizeof(count)) < 0)
        return;
    struct list finished;
    list_init(&finished);
    queue_take_finished(workers->queue, &finished);
    give_back(workers, &finished);
}

struct loop_workers *loop_workers_create(struct loop *loop, unsigned threads)
{
    struct loop_workers *workers = loop_allocate(sizeof(*workers));
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    workers->thread_limit = threads != 0 ? threads : processors > 0 ? (unsigned)processors : 1;
    workers->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK(workers->wake_fd >= 0);
    workers->wake = loop_fd_create(loop, workers->wake_fd, LOOP_READ, jobs_finished, workers);
    workers->queue = queue_create(run_job, wake_loop, workers);
    list_init(&workers->out);
    return workers;
}

void loop_workers_destroy(struct loop_workers *workers)
{
    if (workers == NULL)
        return;
    LIST_FOR (node, &workers->out)
        loop_job_cancel(LIST_ITEM(node, struct loop_job, submitted));
    struct list finished;
    list_init(&finished);
    queue_drain(workers->queue, &finished);
    give_back(workers, &finished);
    queue_destroy(workers->queue);
    loop_fd_destroy(workers->wake);
    (void)close(workers->wake_fd); /* nothing to lose */
    free(workers);
}

void loop_workers_submit(struct loop_workers *workers, struct loop_job *job)
{
    list_init(&job->node);
    list_init(&job->submitted);
    list_append(&workers->out, &job->submitted);
    workers->busy++;
    /* One more thread as long as all the others have something to do. */
    if (workers->thread_count < workers->thread_limit && workers->busy > workers->thread_count) {
        if (queue_add_thread(workers->queue))
            workers->thread_count++;
        CHECK(workers->thread_count > 0);
    }
    queue_put(workers->queue, &job->node);
}

void loop_job_cancel(struct loop_job *job)
{
    atomic_store(&job->cancelled, true);
}

size_t loop_workers_busy(const struct loop_workers *workers)
{
    return workers->busy;
}
