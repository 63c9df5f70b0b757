/* What the files of the client share: origin.c says where to, transfer.c what, client.c carries
 * out. */
#ifndef SYNCD_HTTP_CLIENT_INTERNAL_H
#define SYNCD_HTTP_CLIENT_INTERNAL_H

#include "syncd/base/check.h"
#include "syncd/base/list.h"
#include "syncd/base/vec.h"
#include "syncd/http/client.h"

#include <curl/curl.h>

/* Sets an option that this libcurl must know: D03 of the defaults rests on them. */
#define SET(easy, option, setting) CHECK(curl_easy_setopt((easy), (option), (setting)) == CURLE_OK)

struct http_client {
    struct loop *loop;
    CURLM *multi;
    struct loop_timer *timer; /* libcurl's own */
    struct list origins;
    struct list to_start; /* transfers asked for while libcurl was running */
    struct list to_drop;  /* transfers cancelled while libcurl was running */
    bool inside;          /* libcurl is running: it must not be entered again */
    CURL *idle[32];       /* handles to use again */
    size_t idle_count;
    size_t finished;         /* transfers since memory was given back */
    struct loop_timer *trim; /* gives it back once a burst is over */
};

struct http_origin {
    struct http_client *client;
    struct list node;
    struct list transfers;
    struct arena *arena;
    str url;                       /* with the name that the certificate must have as its host */
    struct curl_slist *connect_to; /* when that is another name than the address */
    const char *host_header;       /* "Host: address", then, too */
    const char *user_agent;
    struct curl_blob ca, certificate, key; /* data NULL = none */
    bool https, insecure;
    char *authorization;  /* "Authorization: …" or NULL */
    int64_t last_byte_ns; /* when anything came from there */
};

/* One request and its answer. */
struct http_transfer {
    struct list node;   /* of its origin */
    struct list queued; /* of to_start or to_drop */
    struct http_client *client;
    struct http_origin *origin; /* not after `done`: that may destroy it */
    struct http_request request;
    CURL *easy;
    struct curl_slist *headers_out;
    struct loop_timer *quiet; /* fires after silence_ns without a byte */
    struct arena *arena;      /* of the answer's headers */
    VEC(struct http_field) headers;
    struct buf body;
    size_t received;
    int64_t begun_ns, last_byte_ns;
    int status;
    bool added;               /* to libcurl's multi handle */
    bool dropped;             /* cancelled: no more callbacks */
    bool silenced;            /* ended by `quiet` */
    enum error_class stopped; /* by us, inside libcurl */
    char complaint[CURL_ERROR_SIZE];
};

/* Everything about an origin that a handle needs. */
void origin_configure(const struct http_origin *origin, CURL *easy);
/* One more transfer has ended: client.c. */
void client_note_finished(struct http_client *client);
/* Cancels what is in flight: client.c. */
void origin_cancel_transfers(struct http_origin *origin);

/* Hands it to libcurl, now or when libcurl is left: client.c. */
void transfer_start(struct http_transfer *transfer);
/* The timer `quiet` has fired: client.c. */
void transfer_is_quiet(void *context);
/* Tells `done`, then frees: transfer.c. */
void transfer_finish(struct http_transfer *transfer, CURLcode code);
/* Takes it out of libcurl and frees it; no callback: transfer.c. */
void transfer_free(struct http_transfer *transfer);

#endif
