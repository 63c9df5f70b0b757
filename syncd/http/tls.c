#include "syncd/http/tls.h"

#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/http/tls_internal.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define YEAR_S      (365 * 24 * 3600L)
#define BACKDATED_S 300L /* clocks of peers may be behind */
#define CHAIN_MAX   1000

static void free_x509(X509 **certificate)
{
    X509_free(*certificate);
}

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void free_bio(BIO **bio)
{
    (void)BIO_free(*bio); /* memory only */
}

#define AUTO_X509 CLEANUP(free_x509)
#define AUTO_KEY  CLEANUP(free_key)
#define AUTO_BIO  CLEANUP(free_bio)

/* The library's queue of errors is left empty, so that nobody else finds ours. */
static bool tls_error(struct error *err, enum error_class class, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return error_rule(err, class, "E_TLS", "%s: %s", what, reason != NULL ? reason : "unreadable");
}

/* Keys with a passphrase are refused instead of asking on the terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

static BIO *bio_from(str text)
{
    return text.len > INT_MAX ? NULL : BIO_new_mem_buf(text.ptr, (int)text.len);
}

static EVP_PKEY *read_key(str pem)
{
    AUTO_BIO BIO *bio = bio_from(pem);
    return bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
}

static X509 *read_certificate(BIO *bio)
{
    return PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
}

/* True when the reader stopped because the text was used up. */
static bool at_end(void)
{
    const unsigned long code = ERR_peek_last_error();
    const bool ended =
        ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
    if (ended)
        ERR_clear_error();
    return ended;
}

bool tls_check_certificates(str pem, int64_t *ret_expires_s, struct error *err)
{
    AUTO_BIO BIO *bio = bio_from(pem);
    int64_t earliest = INT64_MAX;
    size_t count = 0;
    for (; bio != NULL && count < CHAIN_MAX; count++) {
        AUTO_X509 X509 *certificate = read_certificate(bio);
        if (certificate == NULL)
            break;
        int days = 0, seconds = 0;
        if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)) != 1)
            return tls_error(err, ERROR_INPUT, "reading a certificate's validity");
        const int64_t expires = clock_wall_ns() / NS_PER_S + (int64_t)days * 24 * 3600 + seconds;
        earliest = expires < earliest ? expires : earliest;
    }
    if (!at_end() || count == 0)
        return tls_error(err, ERROR_INPUT, "reading certificates");
    *ret_expires_s = earliest;
    return true;
}

bool tls_check_identity(const struct tls_identity *identity, struct error *err)
{
    AUTO_BIO BIO *bio = bio_from(identity->certificate_pem);
    AUTO_X509 X509 *certificate = bio != NULL ? read_certificate(bio) : NULL;
    if (certificate == NULL)
        return tls_error(err, ERROR_INPUT, "reading the certificate");
    AUTO_KEY EVP_PKEY *key = read_key(identity->key_pem);
    if (key == NULL)
        return tls_error(err, ERROR_INPUT, "reading the private key");
    if (X509_check_private_key(certificate, key) != 1)
        return tls_error(err, ERROR_INPUT, "holding certificate and key together");
    return true;
}

/* Making certificates. */

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *text)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&context);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, text);
    const bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool add_name(X509_NAME *name, const char *field, str text)
{
    return text.len == 0 ||
           X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text.ptr,
                                      (int)text.len, -1, 0) == 1;
}

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[16];
    crypto_random(bytes, sizeof(bytes));
    bytes[0] &= 0x7f; /* positive */
    BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    const bool set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

/* A certificate without extensions and signature. */
static X509 *draft(EVP_PKEY *key, str common_name, str organization, long valid_s)
{
    X509 *certificate = X509_new();
    if (certificate == NULL)
        return NULL;
    X509_NAME *name = X509_get_subject_name(certificate);
    if (X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -BACKDATED_S) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), valid_s) != NULL &&
        add_name(name, "O", organization) && add_name(name, "CN", common_name) &&
        X509_set_pubkey(certificate, key) == 1)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static str bio_text(BIO *bio, struct arena *arena)
{
    char *bytes = NULL;
    const long len = BIO_get_mem_data(bio, &bytes);
    return arena_str(arena, str_from(bytes, len > 0 ? (size_t)len : 0));
}

static bool write_identity(X509 *certificate, EVP_PKEY *key, struct arena *arena,
                           struct tls_identity *ret_identity)
{
    AUTO_BIO BIO *certificate_text = BIO_new(BIO_s_mem());
    AUTO_BIO BIO *key_text = BIO_new(BIO_s_secmem());
    if (certificate_text == NULL || key_text == NULL ||
        PEM_write_bio_X509(certificate_text, certificate) != 1 ||
        PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) != 1)
        return false;
    ret_identity->certificate_pem = bio_text(certificate_text, arena);
    ret_identity->key_pem = bio_text(key_text, arena);
    return true;
}

bool tls_make_authority(str common_name, struct arena *arena, struct tls_identity *ret_authority,
                        struct error *err)
{
    AUTO_KEY EVP_PKEY *key = EVP_EC_gen("P-256");
    AUTO_X509 X509 *made = key != NULL ? draft(key, common_name, STR(""), 10 * YEAR_S) : NULL;
    if (made == NULL || X509_set_issuer_name(made, X509_get_subject_name(made)) != 1 ||
        !add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE") ||
        !add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(made, made, NID_subject_key_identifier, "hash") ||
        X509_sign(made, key, EVP_sha256()) == 0 || !write_identity(made, key, arena, ret_authority))
        return tls_error(err, ERROR_INTERNAL, "making an authority");
    return true;
}

bool tls_issue(const struct tls_identity *authority, const struct tls_issue_options *options,
               struct arena *arena, struct tls_identity *ret_identity, struct error *err)
{
    AUTO_BIO BIO *bio = bio_from(authority->certificate_pem);
    AUTO_X509 X509 *issuer = bio != NULL ? read_certificate(bio) : NULL;
    AUTO_KEY EVP_PKEY *issuer_key = read_key(authority->key_pem);
    if (issuer == NULL || issuer_key == NULL)
        return tls_error(err, ERROR_INPUT, "reading the authority");
    const long valid_s =
        options->valid_for_ns != 0 ? (long)(options->valid_for_ns / NS_PER_S) : YEAR_S;
    const bool server = options->names != NULL;
    AUTO_KEY EVP_PKEY *key = EVP_EC_gen("P-256");
    AUTO_X509 X509 *made =
        key != NULL ? draft(key, options->common_name, options->organization, valid_s) : NULL;
    if (made == NULL || X509_set_issuer_name(made, X509_get_subject_name(issuer)) != 1 ||
        !add_extension(made, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(made, issuer, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(made, issuer, NID_ext_key_usage, server ? "serverAuth" : "clientAuth") ||
        !add_extension(made, issuer, NID_authority_key_identifier, "keyid") ||
        (server && !add_extension(made, issuer, NID_subject_alt_name, options->names)) ||
        X509_sign(made, issuer_key, EVP_sha256()) == 0 ||
        !write_identity(made, key, arena, ret_identity))
        return tls_error(err, ERROR_INPUT, "making a certificate");
    return true;
}

/* Serving. */

void tls_context_free(struct ssl_ctx_st *context)
{
    SSL_CTX_free(context);
}

static bool use_identity(SSL_CTX *context, const struct tls_identity *identity, struct error *err)
{
    AUTO_BIO BIO *bio = bio_from(identity->certificate_pem);
    AUTO_X509 X509 *own = bio != NULL ? read_certificate(bio) : NULL;
    if (own == NULL || SSL_CTX_use_certificate(context, own) != 1)
        return tls_error(err, ERROR_INPUT, "reading the server's certificate");
    for (X509 *next; (next = read_certificate(bio)) != NULL;) {
        if (SSL_CTX_add0_chain_cert(context, next) != 1) {
            X509_free(next);
            return tls_error(err, ERROR_INPUT, "reading the server's certificate chain");
        }
    }
    if (!at_end())
        return tls_error(err, ERROR_INPUT, "reading the server's certificate chain");
    AUTO_KEY EVP_PKEY *key = read_key(identity->key_pem);
    if (key == NULL || SSL_CTX_use_PrivateKey(context, key) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
        return tls_error(err, ERROR_INPUT, "reading the server's key");
    return true;
}

static bool use_client_authority(SSL_CTX *context, str pem, struct error *err)
{
    AUTO_BIO BIO *bio = bio_from(pem);
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    size_t count = 0;
    for (; bio != NULL && count < CHAIN_MAX; count++) {
        AUTO_X509 X509 *authority = read_certificate(bio);
        if (authority == NULL)
            break;
        if (X509_STORE_add_cert(store, authority) != 1 ||
            SSL_CTX_add_client_CA(context, authority) != 1)
            return tls_error(err, ERROR_INPUT, "reading the authority of clients");
    }
    if (!at_end() || count == 0)
        return tls_error(err, ERROR_INPUT, "reading the authority of clients");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    return true;
}

/* The server speaks HTTP/1.1 only; a client that offers nothing of the kind gets no answer to ALPN.
 */
static int choose_protocol(SSL *session, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *offered, unsigned offered_len, void *context)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)session;
    (void)context;
    unsigned char *chosen = NULL;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

bool tls_server_context(const struct tls_identity *identity, str client_ca_pem,
                        struct ssl_ctx_st **ret_context, struct error *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL)
        return tls_error(err, ERROR_INTERNAL, "making a TLS context");
    (void)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    (void)SSL_CTX_set_num_tickets(context, 0);
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    if (!use_identity(context, identity, err) ||
        (client_ca_pem.len > 0 && !use_client_authority(context, client_ca_pem, err))) {
        SSL_CTX_free(context);
        return false;
    }
    *ret_context = context;
    return true;
}

struct ssl_st *tls_session_new(struct ssl_ctx_st *context)
{
    return SSL_new(context);
}

static str name_entry(X509_NAME *name, int at, struct arena *arena)
{
    unsigned char *utf8 = NULL;
    ASN1_STRING *text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    const int len = ASN1_STRING_to_UTF8(&utf8, text);
    if (len < 0)
        return STR("");
    const str copy = arena_str(arena, str_from((const char *)utf8, (size_t)len));
    OPENSSL_free(utf8);
    /* A NUL inside would let one name pass for another. */
    return str_index(copy, '\0') == SIZE_MAX ? copy : STR("");
}

void tls_session_peer(struct ssl_st *session, struct arena *arena, str *ret_name,
                      struct http_fields *ret_groups)
{
    *ret_name = (str){0};
    *ret_groups = (struct http_fields){0};
    X509 *certificate = SSL_get0_peer_certificate(session);
    if (certificate == NULL || SSL_get_verify_result(session) != X509_V_OK)
        return;
    X509_NAME *name = X509_get_subject_name(certificate);
    const int common = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (common >= 0)
        *ret_name = name_entry(name, common, arena);
    VEC(struct http_field) groups = {0};
    for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_organizationName, at)) >= 0;) {
        const struct http_field group = {STR("O"), name_entry(name, at, arena)};
        VEC_PUSH(arena, &groups, group);
    }
    *ret_groups = (struct http_fields){groups.items, groups.len};
}
