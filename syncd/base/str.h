/*
 * str: a view of bytes. Owns nothing, may hold NUL bytes, is not NUL-ended.
 * The bytes must outlive the view; whoever hands one out says for how long.
 */
#ifndef SYNCD_BASE_STR_H
#define SYNCD_BASE_STR_H

#include "syncd/base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
    const char *ptr;
    size_t len;
} str;

/* A literal as a view; STR_INIT for static initialisers. */
#define STR(literal)      ((str)STR_INIT(literal))
#define STR_INIT(literal) {(literal), sizeof(literal) - 1}
/* The two arguments of "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline str str_from(const char *ptr, size_t len)
{
    return (str){ptr, len};
}

/* A view of a NUL-ended string; NULL is the empty view. */
static inline str str_z(const char *zero_ended)
{
    return (str){zero_ended, zero_ended != NULL ? strlen(zero_ended) : 0};
}

static inline bool str_equal(str a, str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Byte order, shorter first when one is a prefix of the other: <0, 0, >0. */
int str_compare(str a, str b);

bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_equal_fold(str a, str b); /* ASCII case only */

/* Offset of the first / last such byte or piece, or SIZE_MAX. */
size_t str_index(str s, char byte);
size_t str_rindex(str s, char byte);
size_t str_find(str s, str piece);

/* The part [from, from+len), cut to what is there. */
str str_slice(str s, size_t from, size_t len);
/* s from `from` to its end; empty when `from` is past the end. */
str str_skip(str s, size_t from);
str str_trim(str s); /* ASCII space at both ends */
str str_trim_left(str s, str bytes);
str str_trim_right(str s, str bytes);

/*
 * Cuts *rest at the first `byte`: returns what stands before it and moves *rest behind it. Without
 * one, returns all of *rest and leaves it with ptr NULL. False when *rest was already used up.
 */
bool str_cut(str *rest, char byte, str *ret_head) MUST_USE;

/* Whole-string decimal readers: false on anything but digits (with sign for i64) in range. */
bool str_to_i64(str s, int64_t *ret_number) MUST_USE;
bool str_to_u64(str s, uint64_t *ret_number) MUST_USE;

/* True when the bytes are well-formed UTF-8 (no surrogates, no overlong forms). */
bool str_is_utf8(str s);
/* Decodes one code point at the front; returns its length in bytes, 0 at the end or when malformed.
 */
size_t str_decode_utf8(str s, uint32_t *ret_code);
/* Writes `code` as UTF-8 into out[4]; returns the length (U+FFFD for what is no scalar value). */
size_t str_encode_utf8(uint32_t code, char out[4]);

#endif
