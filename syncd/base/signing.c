#include "syncd/base/signing.h"

#include "syncd/base/openssl_internal.h"

#include <stdlib.h>

#define RSA_BITS_LEAST 2048
#define RSA_BITS_MOST  16384
#define KEY_TEXT_MOST  65536
#define POINT_MOST     (1 + 2 * 66)

static const struct curve {
    const char *group; /* OpenSSL's name */
    const char *ssh;
    size_t field;
    const char *digest_name;
} curves[] = {
    [PUBLIC_KEY_P256] = {"prime256v1", "nistp256", 32, "SHA256"},
    [PUBLIC_KEY_P384] = {"secp384r1", "nistp384", 48, "SHA384"},
    [PUBLIC_KEY_P521] = {"secp521r1", "nistp521", 66, "SHA512"},
};

static bool is_ecdsa(enum public_key_kind kind)
{
    return kind == PUBLIC_KEY_P256 || kind == PUBLIC_KEY_P384 || kind == PUBLIC_KEY_P521;
}

size_t signing_field_len(enum public_key_kind kind)
{
    return is_ecdsa(kind) ? curves[kind].field : 0;
}

/* Keys. */

static EVP_PKEY *key_of_parameters(const char *type, OSSL_PARAM_BLD *build, int selection)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (parameters == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, selection, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

/* `secret` may be NULL: a public key then. */
static EVP_PKEY *make_ecdsa(enum public_key_kind kind, str point, const BIGNUM *secret)
{
    if (point.len != 1 + 2 * curves[kind].field)
        return NULL;
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curves[kind].group, 0) ==
            1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len) ==
            1 &&
        (secret == NULL || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1))
        key =
            key_of_parameters("EC", build, secret != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *make_rsa(str modulus, str exponent)
{
    if (modulus.len > RSA_BITS_MOST / 8 + 1 || exponent.len > 8)
        return NULL;
    EVP_PKEY *key = NULL;
    BIGNUM *n = BN_bin2bn((const uint8_t *)modulus.ptr, (int)modulus.len, NULL);
    BIGNUM *e = BN_bin2bn((const uint8_t *)exponent.ptr, (int)exponent.len, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (n != NULL && e != NULL && build != NULL && BN_num_bits(n) >= RSA_BITS_LEAST &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = key_of_parameters("RSA", build, EVP_PKEY_PUBLIC_KEY);
    OSSL_PARAM_BLD_free(build);
    BN_free(e);
    BN_free(n);
    return key;
}

static EVP_PKEY *make_public(const struct public_key *key)
{
    switch (key->kind) {
    case PUBLIC_KEY_ED25519:
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const uint8_t *)key->point.ptr,
                                           key->point.len);
    case PUBLIC_KEY_P256:
    case PUBLIC_KEY_P384:
    case PUBLIC_KEY_P521: return make_ecdsa(key->kind, key->point, NULL);
    case PUBLIC_KEY_RSA: return make_rsa(key->modulus, key->exponent);
    }
    return NULL;
}

/* Verifying. */

/* The two numbers as the sequence that OpenSSL wants. *ret_der is to be freed with OPENSSL_free. */
static int ecdsa_to_der(str signature, size_t field, uint8_t **ret_der)
{
    if (signature.len != 2 * field)
        return -1;
    const uint8_t *bytes = (const uint8_t *)signature.ptr;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, (int)field, NULL), *s = BN_bin2bn(bytes + field, (int)field, NULL);
    int len = -1;
    *ret_der = NULL;
    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        len = i2d_ECDSA_SIG(pair, ret_der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return len;
}

static const char *digest_name(const struct public_key *key, enum digest digest)
{
    if (key->kind == PUBLIC_KEY_ED25519)
        return NULL;
    if (is_ecdsa(key->kind))
        return curves[key->kind].digest_name;
    return digest == DIGEST_SHA512 ? "SHA512" : "SHA256";
}

bool signing_verify(const struct public_key *key, enum digest digest, str message, str signature)
{
    uint8_t *der = NULL;
    const uint8_t *bytes = (const uint8_t *)signature.ptr;
    size_t len = signature.len;
    if (is_ecdsa(key->kind)) {
        int der_len = ecdsa_to_der(signature, curves[key->kind].field, &der);
        if (der_len <= 0)
            return false;
        bytes = der;
        len = (size_t)der_len;
    }
    EVP_PKEY *pkey = make_public(key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        pkey != NULL && context != NULL &&
        EVP_DigestVerifyInit_ex(context, NULL, digest_name(key, digest), NULL, NULL, pkey, NULL) ==
            1 &&
        EVP_DigestVerify(context, bytes, len, (const uint8_t *)message.ptr, message.len) == 1;
    ERR_clear_error();
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
    OPENSSL_free(der);
    return good;
}

/* Private keys. */

struct private_key {
    EVP_PKEY *pkey;
    struct public_key public;
    uint8_t point[POINT_MOST];
};

bool ssh_take_u32(str *rest, uint32_t *ret_number)
{
    if (rest->len < 4)
        return false;
    const uint8_t *bytes = (const uint8_t *)rest->ptr;
    *ret_number = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
                  (uint32_t)bytes[3];
    *rest = str_skip(*rest, 4);
    return true;
}

bool ssh_take_text(str *rest, str *ret_text)
{
    uint32_t len;
    str tail = *rest;
    if (!ssh_take_u32(&tail, &len) || len > tail.len)
        return false;
    *ret_text = str_slice(tail, 0, len);
    *rest = str_skip(tail, len);
    return true;
}

static EVP_PKEY *openssh_ecdsa(str *rest)
{
    str curve, point, secret;
    if (!ssh_take_text(rest, &curve) || !ssh_take_text(rest, &point) ||
        !ssh_take_text(rest, &secret) || secret.len > 67)
        return NULL;
    for (enum public_key_kind kind = PUBLIC_KEY_P256; kind <= PUBLIC_KEY_P521; kind++) {
        if (!str_equal(curve, str_z(curves[kind].ssh)))
            continue;
        BIGNUM *number = BN_bin2bn((const uint8_t *)secret.ptr, (int)secret.len, NULL);
        EVP_PKEY *key = number != NULL ? make_ecdsa(kind, point, number) : NULL;
        BN_clear_free(number);
        return key;
    }
    return NULL;
}

/* The private part: two equal check numbers, the type, its fields, a comment, padding. */
static EVP_PKEY *openssh_private(str part)
{
    uint32_t check, again;
    str type, public, secret;
    if (!ssh_take_u32(&part, &check) || !ssh_take_u32(&part, &again) || check != again ||
        !ssh_take_text(&part, &type))
        return NULL;
    if (str_starts(type, STR("ecdsa-sha2-")))
        return openssh_ecdsa(&part);
    if (!str_equal(type, STR("ssh-ed25519")) || !ssh_take_text(&part, &public) ||
        !ssh_take_text(&part, &secret) || secret.len != 64)
        return NULL;
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, (const uint8_t *)secret.ptr, 32);
}

#define OPENSSH_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define OPENSSH_END   "-----END OPENSSH PRIVATE KEY-----"

static EVP_PKEY *openssh_read(str bytes, bool *ret_encrypted)
{
    str cipher, kdf, options, public, private;
    uint32_t count;
    if (!str_starts(bytes, str_from("openssh-key-v1", 15)))
        return NULL;
    bytes = str_skip(bytes, 15);
    if (!ssh_take_text(&bytes, &cipher) || !ssh_take_text(&bytes, &kdf) ||
        !ssh_take_text(&bytes, &options) || !ssh_take_u32(&bytes, &count) || count != 1 ||
        !ssh_take_text(&bytes, &public) || !ssh_take_text(&bytes, &private))
        return NULL;
    *ret_encrypted = !str_equal(cipher, STR("none"));
    return *ret_encrypted ? NULL : openssh_private(private);
}

/* What stands in base64 between the lines of an OpenSSH key; every copy is wiped. */
static EVP_PKEY *openssh_unwrap(str text, bool *ret_encrypted)
{
    size_t begin = str_find(text, STR(OPENSSH_BEGIN)), end = str_find(text, STR(OPENSSH_END));
    if (begin == SIZE_MAX || end == SIZE_MAX || end < begin)
        return NULL;
    begin += sizeof(OPENSSH_BEGIN) - 1;
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    char *packed = arena_alloc_bytes(arena, end - begin);
    size_t len = 0;
    for (size_t i = begin; i < end; i++)
        if (text.ptr[i] != '\n' && text.ptr[i] != '\r' && text.ptr[i] != ' ')
            packed[len++] = text.ptr[i];
    str bytes = {0};
    EVP_PKEY *key = NULL;
    if (base64_decode(arena, str_from(packed, len), &bytes)) {
        key = openssh_read(bytes, ret_encrypted);
        crypto_wipe((char *)(uintptr_t)bytes.ptr, bytes.len);
    }
    crypto_wipe(packed, end - begin);
    arena_destroy(arena);
    return key;
}

static int give_passphrase(char *out, int size, int writing, void *context)
{
    const str *passphrase = context;
    (void)writing; /* keys are only read here */
    if (passphrase->len == 0 || passphrase->len > (size_t)size)
        return -1;
    memcpy(out, passphrase->ptr, passphrase->len);
    return (int)passphrase->len;
}

static EVP_PKEY *pem_read(str text, str passphrase)
{
    BIO *bio = BIO_new_mem_buf(text.ptr, (int)text.len);
    EVP_PKEY *key =
        bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &passphrase) : NULL;
    (void)BIO_free(bio);
    ERR_clear_error();
    return key;
}

/* Fills in what the public half is; false for a key that is neither Ed25519 nor ECDSA. */
static bool describe(struct private_key *key)
{
    size_t len = sizeof(key->point);
    if (EVP_PKEY_is_a(key->pkey, "ED25519")) {
        key->public.kind = PUBLIC_KEY_ED25519;
        if (EVP_PKEY_get_raw_public_key(key->pkey, key->point, &len) != 1)
            return false;
        key->public.point = str_from((const char *)key->point, len);
        return true;
    }
    char group[32];
    if (!EVP_PKEY_is_a(key->pkey, "EC") ||
        EVP_PKEY_get_group_name(key->pkey, group, sizeof(group), NULL) != 1)
        return false;
    for (enum public_key_kind kind = PUBLIC_KEY_P256; kind <= PUBLIC_KEY_P521; kind++) {
        if (strcmp(group, curves[kind].group) != 0)
            continue;
        key->public.kind = kind;
        if (EVP_PKEY_set_utf8_string_param(key->pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                           "uncompressed") != 1 ||
            EVP_PKEY_get_octet_string_param(key->pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                            key->point, sizeof(key->point), &len) != 1)
            return false;
        key->public.point = str_from((const char *)key->point, len);
        return len == 1 + 2 * curves[kind].field;
    }
    return false;
}

bool private_key_read(str text, str passphrase, struct private_key **ret_key, struct error *err)
{
    bool encrypted = false;
    if (text.len > KEY_TEXT_MOST)
        return error_rule(err, ERROR_INPUT, "E_KEY", "the file is too long for a private key");
    bool openssh = str_find(text, STR(OPENSSH_BEGIN)) != SIZE_MAX;
    EVP_PKEY *pkey = openssh ? openssh_unwrap(text, &encrypted) : pem_read(text, passphrase);
    if (encrypted) {
        (void)error_rule(err, ERROR_INPUT, "E_KEY",
                         "the key is encrypted in OpenSSH's own form, which is not read");
        return error_hint(err, "use one without a passphrase, or PKCS #8: ssh-keygen -p -m PKCS8");
    }
    if (pkey == NULL)
        return error_rule(err, ERROR_INPUT, "E_KEY",
                          "no private key, or its passphrase is not the one given");
    struct private_key *key = calloc(1, sizeof(*key));
    CHECK(key != NULL);
    key->pkey = pkey;
    if (!describe(key)) {
        private_key_destroy(key);
        (void)error_rule(err, ERROR_INPUT, "E_KEY", "the key is neither Ed25519 nor ECDSA");
        return error_hint(err, "make one with: ssh-keygen -t ed25519");
    }
    *ret_key = key;
    return true;
}

void private_key_destroy(struct private_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

const struct public_key *private_key_public(const struct private_key *key)
{
    return &key->public;
}

/* OpenSSL's sequence as two numbers of the field's length. */
static bool ecdsa_from_der(const uint8_t *der, size_t len, size_t field, struct arena *arena,
                           str *ret_signature)
{
    char *pair_bytes = arena_alloc_bytes(arena, 2 * field);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool good =
        pair != NULL &&
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), (uint8_t *)pair_bytes, (int)field) == (int)field &&
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), (uint8_t *)pair_bytes + field, (int)field) ==
            (int)field;
    ECDSA_SIG_free(pair);
    *ret_signature = str_from(pair_bytes, 2 * field);
    return good;
}

bool private_key_sign(const struct private_key *key, str message, struct arena *arena,
                      str *ret_signature, struct error *err)
{
    uint8_t signature[256];
    size_t len = sizeof(signature);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        context != NULL &&
        EVP_DigestSignInit_ex(context, NULL, digest_name(&key->public, DIGEST_SHA256), NULL, NULL,
                              key->pkey, NULL) == 1 &&
        EVP_DigestSign(context, signature, &len, (const uint8_t *)message.ptr, message.len) == 1;
    EVP_MD_CTX_free(context);
    str result = {0};
    if (good && is_ecdsa(key->public.kind))
        good = ecdsa_from_der(signature, len, curves[key->public.kind].field, arena, &result);
    else if (good)
        result = arena_str(arena, str_from((const char *)signature, len));
    ERR_clear_error();
    if (!good)
        return error_rule(err, ERROR_INTERNAL, "E_KEY", "the signature cannot be made");
    *ret_signature = result;
    return true;
}

#define RSA_SIGNATURE_LEAST 256 /* bytes: 2048 bits */
#define RSA_SIGNATURE_MOST  1024

bool signing_rsa(str pem, str message, struct arena *arena, str *ret_signature, struct error *err)
{
    uint8_t signature[RSA_SIGNATURE_MOST];
    size_t len = sizeof(signature);
    EVP_PKEY *key = pem.len <= KEY_TEXT_MOST ? pem_read(pem, STR("")) : NULL;
    if (key == NULL || !EVP_PKEY_is_a(key, "RSA")) {
        EVP_PKEY_free(key);
        return error_rule(err, ERROR_INPUT, "E_KEY", "no RSA private key without a passphrase");
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        context != NULL &&
        EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
        EVP_DigestSign(context, signature, &len, (const uint8_t *)message.ptr, message.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (!good || len < RSA_SIGNATURE_LEAST)
        return error_rule(err, ERROR_INPUT, "E_KEY", "the RSA key has fewer than 2048 bits");
    *ret_signature = arena_str(arena, str_from((const char *)signature, len));
    return true;
}
