/*
 * tls: certificates and keys as PEM text in memory. Makes the identities that a control plane on
 * loopback needs; serving and verifying with them is the matter of server.h and client.h.
 */
#ifndef SYNCD_HTTP_TLS_H
#define SYNCD_HTTP_TLS_H

#include "syncd/base/error.h"

struct tls_identity {
    str certificate_pem; /* may be a chain, own certificate first */
    str key_pem;
};

/* A new P-256 key with a self-signed authority's certificate for it, good for ten years. */
bool tls_make_authority(str common_name, struct arena *arena, struct tls_identity *ret_authority,
                        struct error *err) MUST_USE;

struct tls_issue_options {
    str common_name;      /* of a client: the user */
    str organization;     /* of a client: the group; may be empty */
    const char *names;    /* of a server: "DNS:localhost,IP:127.0.0.1"; NULL for a client */
    int64_t valid_for_ns; /* 0 = one year */
};
/* A new P-256 key with a certificate signed by the authority. */
bool tls_issue(const struct tls_identity *authority, const struct tls_issue_options *options,
               struct arena *arena, struct tls_identity *ret_identity, struct error *err) MUST_USE;

/* Reads every certificate of the text: ERROR_INPUT when there is none or one is broken.
 *ret_expires is the earliest end of validity, in seconds since 1970. */
bool tls_check_certificates(str pem, int64_t *ret_expires_s, struct error *err) MUST_USE;
/* Reads certificate and private key and holds them against each other. */
bool tls_check_identity(const struct tls_identity *identity, struct error *err) MUST_USE;

#endif
