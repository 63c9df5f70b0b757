#include "syncd/base/crypto.h"

#include "syncd/base/check.h"
#include "syncd/base/openssl_internal.h"

#include <sys/random.h>

bool crypto_open(struct error *err)
{
    return openssl_open() ||
           error_set(err, ERROR_INTERNAL, "libcrypto.so.3 (OpenSSL 3) cannot be opened");
}

static const EVP_MD *digest_of(enum digest kind)
{
    switch (kind) {
    case DIGEST_MD5: return EVP_md5();
    case DIGEST_SHA1: return EVP_sha1();
    case DIGEST_SHA256: return EVP_sha256();
    case DIGEST_SHA512: return EVP_sha512();
    }
    return NULL;
}

size_t crypto_digest(enum digest kind, str bytes, uint8_t out[DIGEST_MAX])
{
    unsigned length = 0;
    CHECK(EVP_Digest(bytes.len != 0 ? bytes.ptr : "", bytes.len, out, &length, digest_of(kind),
                     NULL) == 1);
    return length;
}

void crypto_sha256(str bytes, uint8_t out[SHA256_LEN])
{
    uint8_t digest[DIGEST_MAX];
    CHECK(crypto_digest(DIGEST_SHA256, bytes, digest) == SHA256_LEN);
    memcpy(out, digest, SHA256_LEN);
}

void crypto_hmac_sha256(str key, str bytes, uint8_t out[SHA256_LEN])
{
    CHECK(key.len <= INT32_MAX);
    unsigned length = 0;
    const unsigned char *text = (const unsigned char *)(bytes.len != 0 ? bytes.ptr : "");
    CHECK(HMAC(EVP_sha256(), key.len != 0 ? key.ptr : "", (int)key.len, text, bytes.len, out,
               &length) != NULL);
    CHECK(length == SHA256_LEN);
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_random(void *out, size_t len)
{
    char *at = out;
    while (len != 0) {
        ssize_t got = getrandom(at, len, 0);
        CHECK(got > 0);
        at += got;
        len -= (size_t)got;
    }
}

void crypto_wipe(void *memory, size_t len)
{
    explicit_bzero(memory, len);
}

str hex_encode(struct arena *arena, str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc_bytes(arena, bytes.len * 2 + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[(unsigned char)bytes.ptr[i] >> 4];
        text[2 * i + 1] = digits[(unsigned char)bytes.ptr[i] & 15];
    }
    text[bytes.len * 2] = '\0';
    return str_from(text, bytes.len * 2);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(struct arena *arena, str text, str *ret_bytes)
{
    if (text.len % 2 != 0)
        return false;
    char *bytes = arena_alloc_bytes(arena, text.len / 2 + 1);
    for (size_t i = 0; i < text.len / 2; i++) {
        int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high << 4 | low);
    }
    bytes[text.len / 2] = '\0';
    *ret_bytes = str_from(bytes, text.len / 2);
    return true;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

str base64_encode(struct arena *arena, str bytes)
{
    size_t length = (bytes.len + 2) / 3 * 4;
    char *text = arena_alloc_bytes(arena, length + 1);
    const unsigned char *in = (const unsigned char *)bytes.ptr;
    char *out = text;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t group = (uint32_t)in[i] << 16 | (have > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (have > 2 ? in[i + 2] : 0u);
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[group >> 12 & 63];
        *out++ = have > 1 ? base64_digits[group >> 6 & 63] : '=';
        *out++ = have > 2 ? base64_digits[group & 63] : '=';
    }
    *out = '\0';
    return str_from(text, length);
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, str text, str *ret_bytes)
{
    if (text.len % 4 != 0)
        return false;
    size_t padding = str_ends(text, STR("==")) ? 2 : str_ends(text, STR("=")) ? 1 : 0;
    size_t digits = text.len - padding;
    char *bytes = arena_alloc_bytes(arena, text.len / 4 * 3 + 1);
    size_t length = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = base64_digit(text.ptr[i]);
        if (digit < 0)
            return false;
        group = group << 6 | (uint32_t)digit;
        if (i % 4 == 1)
            bytes[length++] = (char)(group >> 4);
        if (i % 4 == 2)
            bytes[length++] = (char)(group >> 2);
        if (i % 4 == 3)
            bytes[length++] = (char)group;
    }
    bytes[length] = '\0';
    *ret_bytes = str_from(bytes, length);
    return true;
}
