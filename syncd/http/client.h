/*
 * client: requests out, on the loop, many at once. HTTP/2 with many streams on one connection where
 * the server speaks it, else HTTP/1.1 with keep-alive.
 *
 * Credentials and trust belong to an origin (scheme, host, port): a request names a path below it,
 * so nothing can be sent elsewhere. Redirects are not followed, proxies of the environment and
 * .netrc are ignored, certificates are always verified unless the origin says otherwise, no body is
 * unpacked.
 */
#ifndef SYNCD_HTTP_CLIENT_H
#define SYNCD_HTTP_CLIENT_H

#include "syncd/base/error.h"
#include "syncd/http/field.h"
#include "syncd/http/tls.h"
#include "syncd/loop/loop.h"

struct http_client;   /* connections of all origins */
struct http_origin;   /* where to, and with which trust and credentials */
struct http_transfer; /* one request in flight */

/* max_streams: on one HTTP/2 connection; 0 = 100. */
struct http_client *http_client_create(struct loop *loop, unsigned max_streams);
/* Destroy origins first. */
void http_client_destroy(struct http_client *client);
/* Frees idle handles and gives free memory back to the system; idle connections stay. The client
   does it by itself two seconds after a burst. */
void http_client_trim(struct http_client *client);

/* "localhost", 127.x.x.x in full, or "[::1]". */
bool http_host_is_loopback(str host);

struct http_origin_options {
    str url;    /* "https://host:port", optionally with a path put before all paths */
    str ca_pem; /* empty = the system's authorities */
    struct tls_identity identity; /* client certificate, or empty */
    str server_name;              /* name the certificate must have instead of the host, or empty */
    bool insecure;                /* do not verify: the one who sets it must show it */
    bool allow_plain;             /* http:// to any host; always allowed to loopback addresses */
    str user_agent;
};

/* Copies everything. ERROR_INPUT for a URL with user, query or fragment, an unknown scheme, or
   http:// where it is not allowed. */
bool http_origin_create(struct http_client *client, const struct http_origin_options *options,
                        struct http_origin **ret_origin, struct error *err) MUST_USE;
/* Cancels its transfers: their `done` is called with ERROR_CANCELLED. */
void http_origin_destroy(struct http_origin *origin);
/* Sets (or with empty text removes) the Authorization header of requests from now on; copied, wiped
   when replaced. False when it holds a control byte. */
bool http_origin_set_authorization(struct http_origin *origin, str text) MUST_USE;
/* Another client certificate for connections from now on; copied, wiped with the origin. */
void http_origin_set_identity(struct http_origin *origin, const struct tls_identity *identity);
str http_origin_url(const struct http_origin *origin);

/* What came back. All views live until `done` returns. */
struct http_response {
    int status;                 /* 0 when none came */
    struct http_fields headers; /* names as they came */
    str body;                   /* collected; without `bytes`, or when the status is not 2xx */
    int64_t retry_after_ns;     /* of a Retry-After header, capped at 5 minutes; -1 = none */
    int64_t elapsed_ns;
    bool http2;
};

struct http_request {
    const char *method;         /* "GET"; static text */
    str path;                   /* path and query, encoded, begins with '/'; copied */
    struct http_fields headers; /* copied */
    str body;                   /* must live until `done` */
    bool has_body;              /* send `body` even when it is empty */
    int64_t deadline_ns;        /* for everything, from now; 0 = 30 s, -1 = none (streams) */
    int64_t silence_ns;         /* no byte for so long is ERROR_TIMEOUT; 0 = 30 s, -1 = never */
    size_t max_body;            /* more bytes are ERROR_LIMIT; 0 = 64 MiB. Of a stream: SIZE_MAX */
    /* When set: the headers of the final answer are complete. */
    void (*begun)(void *context, int status);
    /* When set, the body of a 2xx answer comes here as it arrives; false ends with ERROR_CANCELLED.
     */
    bool (*bytes)(void *context, str bytes);
    /*
     * Called once, never from inside http_send. `err` is NULL when an answer came, whatever its
     * status; else UNAVAILABLE (E_CONNECT: nobody there; E_CONNECTION: lost), DENIED (E_TLS: the
     * certificate), TIMEOUT, LIMIT, CANCELLED, or INTERNAL. `response` is never NULL.
     */
    void (*done)(void *context, const struct http_response *response, const struct error *err);
    void *context;
};

struct http_transfer *http_send(struct http_origin *origin, const struct http_request *request);
/* Ends it without calling `done`. Not from inside its own `done`. */
void http_transfer_cancel(struct http_transfer *transfer);

/* The first header of that name (case ignored), or empty. */
str http_response_header(const struct http_response *response, str name);

#endif
