/*
 * bcrypt: Blowfish with an expensive key schedule. Blowfish starts from the digits of pi; they are
 * computed (some 30 ms) instead of carried along: it is used once or twice in a rendering.
 */
#include "syncd/base/pki.h"

#define P_WORDS  18
#define S_WORDS  1024
#define PI_WORDS (P_WORDS + S_WORDS)
#define WORDS    (PI_WORDS + 4) /* one before the point, some for rounding */

struct blowfish {
    uint32_t p[P_WORDS];
    uint32_t s[S_WORDS];
};

/* Fixed-point numbers: word 0 stands before the point. */

static void divide(uint32_t *number, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = 0; i < WORDS; i++) {
        uint64_t part = rest << 32 | number[i];
        number[i] = (uint32_t)(part / divisor);
        rest = part % divisor;
    }
}

static void add_or_subtract(uint32_t *sum, const uint32_t *number, bool subtract)
{
    uint64_t carry = 0;
    for (size_t i = WORDS; i-- > 0;) {
        uint64_t part =
            subtract ? (uint64_t)sum[i] - number[i] - carry : (uint64_t)sum[i] + number[i] + carry;
        sum[i] = (uint32_t)part;
        carry = part >> 32 & 1;
    }
}

static bool is_zero(const uint32_t *number)
{
    for (size_t i = 0; i < WORDS; i++)
        if (number[i] != 0)
            return false;
    return true;
}

/* sum ± factor * arctan(1/x), by its power series. */
static void add_arctan(uint32_t *sum, uint32_t factor, uint32_t x, bool subtract)
{
    uint32_t power[WORDS] = {factor};
    uint32_t term[WORDS];
    divide(power, x);
    for (uint32_t n = 1; !is_zero(power); n += 2) {
        memcpy(term, power, sizeof(term));
        divide(term, n);
        add_or_subtract(sum, term, subtract != (n % 4 == 3));
        divide(power, x * x);
    }
}

/* Machin: pi = 16 arctan(1/5) - 4 arctan(1/239). */
static void blowfish_start(struct blowfish *state)
{
    uint32_t pi[WORDS] = {0};
    add_arctan(pi, 16, 5, false);
    add_arctan(pi, 4, 239, true);
    memcpy(state->p, pi + 1, sizeof(state->p));
    memcpy(state->s, pi + 1 + P_WORDS, sizeof(state->s));
}

static void encrypt(const struct blowfish *state, uint32_t *ret_left, uint32_t *ret_right)
{
    uint32_t left = *ret_left;
    uint32_t right = *ret_right;
    for (size_t i = 0; i < 16; i++) {
        left ^= state->p[i];
        uint32_t mixed = state->s[left >> 24] + state->s[256 + (left >> 16 & 255)];
        mixed ^= state->s[512 + (left >> 8 & 255)];
        right ^= mixed + state->s[768 + (left & 255)];
        uint32_t swap = left;
        left = right;
        right = swap;
    }
    *ret_left = right ^ state->p[17];
    *ret_right = left ^ state->p[16];
}

/* The next four bytes of a text that repeats for ever. */
static uint32_t next_word(const uint8_t *bytes, size_t len, size_t *at)
{
    uint32_t word = 0;
    for (int i = 0; i < 4; i++) {
        word = word << 8 | bytes[*at];
        *at = (*at + 1) % len;
    }
    return word;
}

/* Mixes a key into the state; a salt, when there is one, into every block. */
static void expand(struct blowfish *state, const uint8_t *key, size_t key_len, const uint8_t *salt)
{
    size_t key_at = 0;
    size_t salt_at = 0;
    uint32_t left = 0;
    uint32_t right = 0;
    for (size_t i = 0; i < P_WORDS; i++)
        state->p[i] ^= next_word(key, key_len, &key_at);
    for (size_t i = 0; i < PI_WORDS; i += 2) {
        if (salt != NULL) {
            left ^= next_word(salt, BCRYPT_SALT_LEN, &salt_at);
            right ^= next_word(salt, BCRYPT_SALT_LEN, &salt_at);
        }
        encrypt(state, &left, &right);
        uint32_t *out = i < P_WORDS ? state->p + i : state->s + (i - P_WORDS);
        out[0] = left;
        out[1] = right;
    }
}

/* bcrypt's own alphabet and no padding. */
static size_t encode(const uint8_t *bytes, size_t len, char *out)
{
    static const char alphabet[] =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t written = 0;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16 |
                         (i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (i + 2 < len ? bytes[i + 2] : 0);
        size_t letters = len - i >= 3 ? 4 : len - i + 1;
        for (size_t j = 0; j < letters; j++)
            out[written++] = alphabet[group >> (18 - 6 * j) & 63];
    }
    return written;
}

bool derive_bcrypt(str password, const uint8_t salt[BCRYPT_SALT_LEN], unsigned cost,
                   struct arena *arena, str *ret_hash)
{
    uint8_t key[BCRYPT_MAX + 1] = {0};
    if (password.len > BCRYPT_MAX || cost < 4 || cost > 31)
        return false;
    if (password.len > 0)
        memcpy(key, password.ptr, password.len);
    size_t key_len = password.len + 1;
    struct blowfish *state = ARENA_NEW(arena, struct blowfish);
    blowfish_start(state);
    expand(state, key, key_len, salt);
    for (uint64_t round = 0; round < UINT64_C(1) << cost; round++) {
        expand(state, key, key_len, NULL);
        expand(state, salt, BCRYPT_SALT_LEN, NULL);
    }
    static const char magic[] = "OrpheanBeholderScryDoubt";
    uint8_t hash[24];
    size_t at = 0;
    for (size_t i = 0; i < sizeof(hash); i += 8) {
        uint32_t left = next_word((const uint8_t *)magic, 24, &at);
        uint32_t right = next_word((const uint8_t *)magic, 24, &at);
        for (int round = 0; round < 64; round++)
            encrypt(state, &left, &right);
        for (size_t j = 0; j < 4; j++) {
            hash[i + j] = (uint8_t)(left >> (24 - 8 * j));
            hash[i + 4 + j] = (uint8_t)(right >> (24 - 8 * j));
        }
    }
    char text[64];
    size_t len = encode(salt, BCRYPT_SALT_LEN, text);
    len += encode(hash, sizeof(hash) - 1, text + len);
    *ret_hash = arena_printf(arena, "$2a$%02u$%.*s", cost, (int)len, text);
    return true;
}
