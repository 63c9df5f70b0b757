/*
 * signing: the door to OpenSSL's signatures over bytes. Keys and signatures are in the plain forms
 * that protocols wrap: points, moduli, and for ECDSA the two numbers one behind the other.
 */
#ifndef SYNCD_BASE_SIGNING_H
#define SYNCD_BASE_SIGNING_H

#include "syncd/base/arena.h"
#include "syncd/base/crypto.h"
#include "syncd/base/error.h"

enum public_key_kind {
    PUBLIC_KEY_ED25519,
    PUBLIC_KEY_P256,
    PUBLIC_KEY_P384,
    PUBLIC_KEY_P521,
    PUBLIC_KEY_RSA,
};

struct public_key {
    enum public_key_kind kind;
    str point;             /* Ed25519: 32 bytes; ECDSA: 0x04 and both coordinates */
    str modulus, exponent; /* RSA, most significant byte first */
};

/* Bytes of one coordinate and of each number of an ECDSA signature; 0 for the others. */
size_t signing_field_len(enum public_key_kind kind);

/*
 * True when `signature` is this key's over `message`. Ed25519 takes no digest (`digest` is
 * ignored), RSA is PKCS #1 v1.5. Everything malformed is just false. RSA keys under 2048 bits
 * verify nothing.
 */
bool signing_verify(const struct public_key *key, enum digest digest, str message, str signature);

struct private_key; /* Ed25519 or ECDSA */

/*
 * Reads PEM (PKCS #8, SEC 1; with a passphrase where it has one) or OpenSSH's own form without a
 * passphrase. INPUT (E_KEY) for what is none, for RSA, and for OpenSSH's encrypted form: the hint
 * says how to convert it. The copy is wiped by private_key_destroy.
 */
bool private_key_read(str text, str passphrase, struct private_key **ret_key,
                      struct error *err) MUST_USE;
void private_key_destroy(struct private_key *key);
/* Views that live as long as the key. */
const struct public_key *private_key_public(const struct private_key *key);
/* Ed25519: 64 bytes; ECDSA: both numbers, with the digest that belongs to the curve. */
bool private_key_sign(const struct private_key *key, str message, struct arena *arena,
                      str *ret_signature, struct error *err) MUST_USE;

/*
 * RSA PKCS #1 v1.5 with SHA-256, for tokens that are asked for with it; keys of PEM (PKCS #1 or #8,
 * without a passphrase), 2048 bits and more. INPUT (E_KEY) for everything else.
 */
bool signing_rsa(str pem, str message, struct arena *arena, str *ret_signature,
                 struct error *err) MUST_USE;

/* Reader of the length-prefixed fields that ssh's keys and signatures are made of. */
bool ssh_take_u32(str *rest, uint32_t *ret_number) MUST_USE;
bool ssh_take_text(str *rest, str *ret_text) MUST_USE;

#endif
