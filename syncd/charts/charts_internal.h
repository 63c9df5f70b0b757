/* The inside of charts, shared by the files of this folder only. */
#ifndef SYNCD_CHARTS_CHARTS_INTERNAL_H
#define SYNCD_CHARTS_CHARTS_INTERNAL_H

#include "syncd/base/limits.h"
#include "syncd/base/map.h"
#include "syncd/charts/charts.h"
#include "syncd/http/client.h"
#include "syncd/process/message.h"
#include "syncd/snapshot/snapshot.h"

#define CHART_BYTES_MAX (20u << 20)

/* What one child works with. */
struct chart_work {
    struct arena *arena;
    const struct limits *limits;
    struct loop *loop;
    struct http_client *client;
    const char *cache; /* folder */
    struct snapshot_writer *blobs;
    struct map added; /* digests that are in there */
};

/* --- get.c: one GET, with redirects, waited for --- */

struct get {
    str url;
    str accept;        /* empty = anything */
    str authorization; /* goes to the URL's own host only */
    str ca_pem;
    size_t most; /* bytes */
};
struct got {
    int status;
    str body;
    str challenge; /* WWW-Authenticate of a 401 */
};
/* Follows redirects, at most five; the authorization stays behind. True for any answer. */
bool chart_get(struct chart_work *work, const struct get *get, struct got *ret_got,
               struct error *err) MUST_USE;
/* The error of an answer that is not 200: NOT_FOUND, DENIED, UNAVAILABLE. */
bool chart_status_error(const struct got *got, str url, struct error *err);

/* --- blobs.c: bytes by digest --- */

bool digest_is(str bytes, str digest);
/* From the cache; false when it is not there, or is damaged (then it is removed). */
bool blob_find(struct chart_work *work, str digest, str *ret_bytes) MUST_USE;
/* Checks (E_CHART_DIGEST), writes it into the cache. */
bool blob_take(struct chart_work *work, str digest, str bytes, struct error *err) MUST_USE;
/* Into the result. */
bool blob_add(struct chart_work *work, str digest, str bytes, struct error *err) MUST_USE;

/* --- where charts come from: all blobs of one into the result --- */

bool repository_fetch(struct chart_work *work, const struct chart_request *request,
                      struct error *err) MUST_USE;
bool registry_fetch(struct chart_work *work, const struct chart_request *request,
                    struct error *err) MUST_USE;

/* message.c of this folder: the request as bytes */
void chart_put_requests(struct buf *buf, const struct chart_request *requests, size_t count,
                        str cache);
struct chart_request *chart_take_requests(struct message_reader *reader, struct arena *arena,
                                          size_t *ret_count, str *ret_cache);

#endif
