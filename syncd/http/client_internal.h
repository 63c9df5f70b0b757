/* What the files of the client share: origin.c says where to, client.c carries out. */
#ifndef SYNCD_HTTP_CLIENT_INTERNAL_H
#define SYNCD_HTTP_CLIENT_INTERNAL_H

#include "syncd/base/list.h"
#include "syncd/http/client.h"

#include <curl/curl.h>

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

/* Everything about an origin that a handle needs. */
void origin_configure(const struct http_origin *origin, CURL *easy);
/* Cancels what is in flight: client.c. */
void origin_cancel_transfers(struct http_origin *origin);

#endif
