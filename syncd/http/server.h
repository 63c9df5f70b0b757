/*
 * server: requests in. HTTP/1.1 with keep-alive on the loop; TLS when given an identity. A request
 * is handed over whole (its body read, within the limit); the reply is given at once, later, or as
 * a stream that stays open for hours.
 */
#ifndef SYNCD_HTTP_SERVER_H
#define SYNCD_HTTP_SERVER_H

#include "syncd/base/error.h"
#include "syncd/http/field.h"
#include "syncd/http/tls.h"
#include "syncd/loop/loop.h"

struct http_server;

/*
 * One request and its reply. Everything in it lives in `arena`, until the reply has been given
 * (http_reply, http_reply_end) or `closed` was called: after that the exchange is gone.
 */
struct http_exchange {
    str method;               /* "GET"; upper case */
    str path;                 /* decoded, begins with '/'; an encoded '/' or NUL is answered 400 */
    str target;               /* path and query as they came */
    struct http_fields query; /* decoded, in order */
    struct http_fields headers; /* in order */
    str body;
    str peer_name;                  /* common name of the verified client certificate, or empty */
    struct http_fields peer_groups; /* its organizations (name is "O"), or none */
    struct arena *arena;            /* for the one who answers, too */
    void *context;                  /* free for the one who answers */
};

typedef void http_handle(void *context, struct http_exchange *exchange);

struct http_server_options {
    const char *address;          /* NULL = 127.0.0.1 */
    uint16_t port;                /* 0 = a free one */
    struct tls_identity identity; /* empty = plain HTTP */
    str client_ca_pem; /* when set, client certificates are asked for and verified; without one
                          the request still comes, with an empty peer_name */
    size_t max_body;   /* bytes; 0 = 4 MiB. More is answered 413 */
    size_t max_header; /* bytes; 0 = 32 KiB. More is answered 431 or closed */
    int64_t idle_ns;   /* a connection without a request or any progress; 0 = 2 minutes.
                          Streams are exempt */
    http_handle *handle;
    void *context;
};

/* Listens from return on. ERROR_UNAVAILABLE when the port is taken, ERROR_INPUT for bad PEM. */
bool http_server_create(struct loop *loop, const struct http_server_options *options,
                        struct http_server **ret_server, struct error *err) MUST_USE;
/* Ends all exchanges (their `closed` is called) and connections. */
void http_server_destroy(struct http_server *server);
uint16_t http_server_port(const struct http_server *server);
/* New identity for connections from now on: certificates are renewed without a restart. */
bool http_server_set_identity(struct http_server *server, const struct tls_identity *identity,
                              struct error *err) MUST_USE;

/* A header of the request, or empty. */
str http_exchange_header(const struct http_exchange *exchange, str name);
/* A query parameter, or empty; `has` tells an empty one from none. */
str http_exchange_query(const struct http_exchange *exchange, str name);
bool http_exchange_has_query(const struct http_exchange *exchange, str name);

/* The whole reply. `headers` without Content-Length, Connection, Date: those are made here. */
void http_reply(struct http_exchange *exchange, int status, struct http_fields headers, str body);

/* A reply in pieces (chunked). Bytes are copied into the connection's output. */
void http_reply_begin(struct http_exchange *exchange, int status, struct http_fields headers);
void http_reply_chunk(struct http_exchange *exchange, str bytes);
void http_reply_end(struct http_exchange *exchange);
/* Breaks the connection off: the peer sees a cut stream. The exchange is gone. */
void http_reply_abort(struct http_exchange *exchange);
/* Bytes given and not yet taken by the peer: the one who streams holds back, or aborts a peer that
   does not read. */
size_t http_reply_pending(struct http_exchange *exchange);
/* Called when the peer goes away, or the server is destroyed, before the reply ended; inside it
   `exchange` may still be read, after it the exchange is gone. */
void http_exchange_on_close(struct http_exchange *exchange,
                            void (*closed)(void *context, struct http_exchange *exchange),
                            void *context);

#endif
