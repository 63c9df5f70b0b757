/*
 * workers: threads that carry out jobs for the loop. Submitting moves a job, with everything in it,
 * to a worker; its `done` moves it back. In between nobody else touches it, except `cancelled`.
 */
#ifndef SYNCD_LOOP_WORKERS_H
#define SYNCD_LOOP_WORKERS_H

#include "syncd/base/list.h"
#include "syncd/loop/loop.h"

#include <stdatomic.h>

/* Embed in a struct that holds input and result. Zero it, then set run and done. */
struct loop_job {
    void (*run)(struct loop_job *job);  /* on a worker thread */
    void (*done)(struct loop_job *job); /* on the loop thread; the job is the submitter's again */
    atomic_bool cancelled;              /* set by loop_job_cancel; `run` looks at it now and then */
    struct list node, submitted;        /* private */
};

struct loop_workers;

/* Threads start with the first job. threads = 0 takes the number of processors. */
struct loop_workers *loop_workers_create(struct loop *loop, unsigned threads);
/* Cancels all jobs, waits for the running ones, calls every `done`, ends the threads. */
void loop_workers_destroy(struct loop_workers *workers);

/* Jobs start in the order of submitting. */
void loop_workers_submit(struct loop_workers *workers, struct loop_job *job);
/* Asks the job to end early. `done` is still called; a job that had not begun skips `run`. */
void loop_job_cancel(struct loop_job *job);
/* Submitted and not yet given back. */
size_t loop_workers_busy(const struct loop_workers *workers);

#endif
