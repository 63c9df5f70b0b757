/*
 * charts: packed charts from HTTP chart repositories and OCI registries, pinned by digest. A job is
 * a child of its own with its own credentials, confined to the network and one folder: it looks
 * into the cache first, verifies every byte by digest at each use, and gives back sealed memory.
 */
#ifndef SYNCD_CHARTS_CHARTS_H
#define SYNCD_CHARTS_CHARTS_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/process/spawner.h"

/* The row for spawner_start's table. */
#define CHART_CHILD_KIND {.name = "chart", .module = "syncd-net.so", .symbol = "chart_child"}

struct chart_request {
    str repository; /* "https://…" or "oci://…" */
    str chart, version;
    str digest; /* "sha256:…": of the packed chart, or of the OCI manifest */
    str user, password;
    str ca_pem; /* empty = the system's authorities */
};

struct chart_job;

/* `cache` is a folder of ours, made when missing. */
bool chart_job_start(struct spawner *spawner, size_t kind, const struct chart_request *requests,
                     size_t count, str cache, struct chart_job **ret_job,
                     struct error *err) MUST_USE;
/* Readable when the result is there or the child died. */
int chart_job_fd(const struct chart_job *job);
void chart_job_kill(const struct chart_job *job); /* its descriptor becomes readable */
/* Kills the child and frees the job. NULL is fine. */
void chart_job_cancel(struct chart_job *job);

/*
 * Frees the job. *ret_blobs is a snapshot with "sha256/<digits>" for every blob of the charts that
 * are there; *ret_errors has one error a request, of class NONE when it is there: NOT_FOUND,
 * DENIED (credentials, certificate), UNAVAILABLE, TIMEOUT, LIMIT, INPUT (E_CHART_SOURCE), and
 * CONFLICT (E_CHART_DIGEST: what is there is not what was pinned).
 */
bool chart_job_finish(struct chart_job *job, struct arena *arena, int *ret_blobs,
                      struct error **ret_errors, size_t *ret_count, struct error *err) MUST_USE;

#endif
