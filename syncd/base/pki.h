/*
 * pki: the door to OpenSSL's keys, certificates, ciphers and key derivation; and bcrypt. Texts are
 * PEM in the forms that Go writes: PKCS #1 for RSA, SEC 1 for ECDSA, PKCS #8 for Ed25519.
 */
#ifndef SYNCD_BASE_PKI_H
#define SYNCD_BASE_PKI_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/base/str.h"

enum key_kind { KEY_RSA_2048, KEY_RSA_4096, KEY_DSA_2048, KEY_ECDSA_P256, KEY_ED25519 };

/* A new private key. */
bool pki_generate_key(enum key_kind kind, struct arena *arena, str *ret_pem,
                      struct error *err) MUST_USE;
/* ERROR_INPUT when the text holds no private key / no certificate. */
bool pki_check_key(str pem, struct error *err) MUST_USE;
bool pki_check_certificate(str pem, struct error *err) MUST_USE;

struct certificate_form {
    str common_name;
    const str *dns_names;
    size_t dns_name_count;
    const str *addresses; /* IPv4 or IPv6, as text */
    size_t address_count;
    bool is_authority;
    int64_t not_before; /* seconds since 1970 */
    int64_t not_after;
};

/*
 * A certificate for the key, signed by the issuer's key; without an issuer's certificate it is
 * self-signed (issuer_key is then the key itself). For servers and clients; random serial number.
 */
bool pki_certify(const struct certificate_form *form, str key_pem, str issuer_pem,
                 str issuer_key_pem, struct arena *arena, str *ret_pem, struct error *err) MUST_USE;

/* AES-256-CBC without padding: `text` is a multiple of 16 bytes. */
bool cipher_aes_cbc(bool encrypt, const uint8_t key[32], const uint8_t iv[16], str text,
                    struct arena *arena, str *ret_text) MUST_USE;
/* scrypt with N, r, p; `out` is filled. */
bool derive_scrypt(str password, str salt, uint64_t n, uint64_t r, uint64_t p, void *out,
                   size_t len) MUST_USE;

#define BCRYPT_SALT_LEN 16
#define BCRYPT_MAX      72 /* longer passwords are refused */
/* "$2a$10$…" of a password and 16 bytes of salt. */
bool derive_bcrypt(str password, const uint8_t salt[BCRYPT_SALT_LEN], unsigned cost,
                   struct arena *arena, str *ret_hash) MUST_USE;

#endif
