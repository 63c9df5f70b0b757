/* The order in which go-yaml prints keys. */
#include "syncd/base/unicode.h"
#include "syncd/value/yaml_internal.h"

static bool is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

/* A key read code point by code point. */
static uint32_t code_at(str key, size_t at, size_t *ret_width)
{
    uint32_t code = 0;
    *ret_width = str_decode_utf8(str_skip(key, at), &code);
    if (*ret_width == 0)
        *ret_width = 1;
    return code;
}

/* The number that begins at `at`; *ret_end is where its digits end. Wraps as Go's int64 does. */
static uint64_t number_at(str key, size_t at, uint64_t number, size_t *ret_end)
{
    while (at < key.len && is_digit((unsigned char)key.ptr[at]))
        number = number * 10 + (uint64_t)(key.ptr[at++] - '0');
    *ret_end = at;
    return number;
}

/* Digits before `at` that are not all zero. */
static bool follows_number(str key, size_t at)
{
    while (at > 0 && is_digit((unsigned char)key.ptr[at - 1])) {
        if (key.ptr[--at] != '0')
            return true;
    }
    return false;
}

static bool differ_less(str a, str b, size_t at, bool after_digit, enum yaml_style style)
{
    size_t width = 0, a_end = 0, b_end = 0;
    uint32_t a_code = code_at(a, at, &width), b_code = code_at(b, at, &width);
    bool a_letter = unicode_is_letter(a_code), b_letter = unicode_is_letter(b_code);
    if (a_letter && b_letter)
        return a_code < b_code;
    if (a_letter || b_letter)
        return after_digit && style == YAML_V3 ? a_letter : b_letter;
    uint64_t start = (a_code == '0' || b_code == '0') && follows_number(a, at);
    uint64_t a_number = number_at(a, at, start, &a_end);
    uint64_t b_number = number_at(b, at, start, &b_end);
    if (a_number != b_number)
        return (int64_t)a_number < (int64_t)b_number;
    if (a_end != b_end)
        return a_end < b_end;
    return a_code < b_code;
}

/* Natural order: letters after everything else, runs of digits by their number. */
static bool key_less(str a, str b, enum yaml_style style)
{
    size_t at = 0;
    bool after_digit = false;
    while (at < a.len && at < b.len && a.ptr[at] == b.ptr[at])
        at++;
    while (at > 0 && at < a.len && ((unsigned char)a.ptr[at] & 0xc0) == 0x80)
        at--; /* to the beginning of the code point */
    if (at == a.len || at == b.len)
        return a.len < b.len;
    after_digit = at > 0 && is_digit((unsigned char)a.ptr[at - 1]);
    return differ_less(a, b, at, after_digit, style);
}

/* Merge sort of member pointers, bottom up. */
static void sort_keys(const struct member **keys, const struct member **other, size_t count,
                      enum yaml_style style)
{
    const struct member **from = keys, **to = other;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t middle = start + width < count ? start + width : count;
            size_t end = start + 2 * width < count ? start + 2 * width : count;
            size_t left = start, right = middle;
            for (size_t i = start; i < end; i++) {
                bool take_left =
                    left < middle &&
                    (right == end || !key_less(from[right]->key, from[left]->key, style));
                to[i] = take_left ? from[left++] : from[right++];
            }
        }
        const struct member **swap = from;
        from = to;
        to = swap;
    }
    if (from != keys)
        memcpy(keys, from, count * sizeof(*keys));
}

bool yaml_order_is_natural(value v, enum yaml_style style)
{
    for (size_t i = 1; i < v.len; i++) {
        str a = v.as.members[i - 1].key, b = v.as.members[i].key;
        /* Two lower-case letters at the first difference: the usual case, in byte order already. */
        if (a.len > 0 && b.len > 0 && a.ptr[0] >= 'a' && a.ptr[0] < b.ptr[0] && b.ptr[0] <= 'z')
            continue;
        if (!key_less(a, b, style))
            return false;
    }
    return true;
}

const struct member **yaml_order(value v, enum yaml_style style, struct arena *arena)
{
    const struct member **keys = ARENA_ARRAY(arena, const struct member *, 2 * (size_t)v.len);
    for (size_t i = 0; i < v.len; i++)
        keys[i] = &v.as.members[i];
    sort_keys(keys, keys + v.len, v.len, style);
    return keys;
}
