/* tls towards server.c: contexts and sessions by their pointers, so that only tls.c sees OpenSSL.
 */
#ifndef SYNCD_HTTP_TLS_INTERNAL_H
#define SYNCD_HTTP_TLS_INTERNAL_H

#include "syncd/http/field.h"
#include "syncd/http/tls.h"

struct ssl_ctx_st;
struct ssl_st;

/* For accepting connections: TLS 1.2 or later, HTTP/1.1. client_ca_pem may be empty. */
bool tls_server_context(const struct tls_identity *identity, str client_ca_pem,
                        struct ssl_ctx_st **ret_context, struct error *err) MUST_USE;
/* NULL is fine. Sessions made from it live on. */
void tls_context_free(struct ssl_ctx_st *context);
/* A session about to accept; owned by the buffer event it is given to. NULL without memory. */
struct ssl_st *tls_session_new(struct ssl_ctx_st *context);
/* Who the verified client certificate names; both empty without one. */
void tls_session_peer(struct ssl_st *session, struct arena *arena, str *ret_name,
                      struct http_fields *ret_groups);

#endif
