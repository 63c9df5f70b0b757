#include "syncd/base/str.h"

int str_compare(str a, str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared != 0 ? memcmp(a.ptr, b.ptr, shared) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool str_ends(str s, str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_equal_fold(str a, str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (fold(a.ptr[i]) != fold(b.ptr[i]))
            return false;
    }
    return true;
}

size_t str_index(str s, char byte)
{
    const char *at = s.len != 0 ? memchr(s.ptr, byte, s.len) : NULL;
    return at != NULL ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_rindex(str s, char byte)
{
    const char *at = s.len != 0 ? memrchr(s.ptr, byte, s.len) : NULL;
    return at != NULL ? (size_t)(at - s.ptr) : SIZE_MAX;
}

size_t str_find(str s, str piece)
{
    if (piece.len == 0)
        return 0;
    const char *at = s.len != 0 ? memmem(s.ptr, s.len, piece.ptr, piece.len) : NULL;
    return at != NULL ? (size_t)(at - s.ptr) : SIZE_MAX;
}

str str_slice(str s, size_t from, size_t len)
{
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return (str){s.ptr != NULL ? s.ptr + from : NULL, len};
}

str str_skip(str s, size_t from)
{
    return str_slice(s, from, SIZE_MAX);
}

str str_trim_left(str s, str bytes)
{
    while (s.len != 0 && str_index(bytes, s.ptr[0]) != SIZE_MAX)
        s = str_skip(s, 1);
    return s;
}

str str_trim_right(str s, str bytes)
{
    while (s.len != 0 && str_index(bytes, s.ptr[s.len - 1]) != SIZE_MAX)
        s.len--;
    return s;
}

str str_trim(str s)
{
    str space = STR(" \t\r\n\v\f");
    return str_trim_right(str_trim_left(s, space), space);
}

bool str_cut(str *rest, char byte, str *ret_head)
{
    if (rest->ptr == NULL)
        return false;
    size_t at = str_index(*rest, byte);
    if (at == SIZE_MAX) {
        *ret_head = *rest;
        *rest = (str){0};
        return true;
    }
    *ret_head = str_slice(*rest, 0, at);
    *rest = str_from(rest->ptr + at + 1, rest->len - at - 1);
    return true;
}

bool str_to_u64(str s, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        if (__builtin_mul_overflow(number, UINT64_C(10), &number) ||
            __builtin_add_overflow(number, (uint64_t)(s.ptr[i] - '0'), &number))
            return false;
    }
    *ret_number = number;
    return true;
}

bool str_to_i64(str s, int64_t *ret_number)
{
    bool negative = s.len != 0 && s.ptr[0] == '-';
    if (s.len != 0 && (negative || s.ptr[0] == '+'))
        s = str_skip(s, 1);
    uint64_t magnitude;
    if (!str_to_u64(s, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *ret_number = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

/* Length a lead byte announces; 0 when it cannot begin a code point. */
static size_t lead_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if ((lead & 0xF0) == 0xE0)
        return 3;
    return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

size_t str_decode_utf8(str s, uint32_t *ret_code)
{
    if (s.len == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    size_t length = lead_length(bytes[0]);
    if (length == 0 || length > s.len)
        return 0;
    if (length == 1) {
        *ret_code = bytes[0];
        return 1;
    }
    uint32_t code = bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return 0;
    *ret_code = code;
    return length;
}

size_t str_encode_utf8(uint32_t code, char out[4])
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    out[0] = (char)((0xF00u >> length & 0xFF) | code);
    return length;
}

bool str_is_utf8(str s)
{
    for (size_t i = 0; i < s.len;) {
        /* Eight ASCII bytes at a time: nearly all text is ASCII. */
        uint64_t word;
        if (s.len - i >= sizeof(word)) {
            memcpy(&word, s.ptr + i, sizeof(word));
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof(word);
                continue;
            }
        }
        uint32_t code;
        size_t length = str_decode_utf8(str_skip(s, i), &code);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}
