/* crypto: the door to OpenSSL's digests, MACs and random bytes, and the codecs beside them. */
#ifndef SYNCD_BASE_CRYPTO_H
#define SYNCD_BASE_CRYPTO_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/base/str.h"

/*
 * Opens OpenSSL's library now; else its first use does, which must come before the process gives up
 * its files. INTERNAL when it is not there. Nothing else of these headers fails for that: it ends
 * the program.
 */
bool crypto_open(struct error *err) MUST_USE;

enum digest { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };

#define DIGEST_MAX 64
#define SHA256_LEN 32

/* Returns the digest's length in bytes. */
size_t crypto_digest(enum digest kind, str bytes, uint8_t out[DIGEST_MAX]);
void crypto_sha256(str bytes, uint8_t out[SHA256_LEN]);
void crypto_hmac_sha256(str key, str bytes, uint8_t out[SHA256_LEN]);
/* Constant time in the length. */
bool crypto_equal(const void *a, const void *b, size_t len);
/* Aborts when the system has no random bytes. */
void crypto_random(void *out, size_t len);
/* Not optimised away. */
void crypto_wipe(void *memory, size_t len);

str hex_encode(struct arena *arena, str bytes);
bool hex_decode(struct arena *arena, str text, str *ret_bytes) MUST_USE;
/* Standard alphabet with padding. Decoding is strict: no line breaks, right padding. */
str base64_encode(struct arena *arena, str bytes);
bool base64_decode(struct arena *arena, str text, str *ret_bytes) MUST_USE;

#endif
