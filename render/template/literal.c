/* Literals of the template language: quoted strings and numbers, as Go's strconv reads them. */
#include "render/template/fns.h"
#include "render/template/node.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 32;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Digits of \x, \u, \U or of an octal escape. */
static bool read_code(str *rest, size_t digits, unsigned base, uint32_t *ret_code)
{
    uint32_t code = 0;
    if (rest->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_value(rest->ptr[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        code = code * base + (unsigned)digit;
    }
    *rest = str_skip(*rest, digits);
    *ret_code = code;
    return true;
}

/* One character of a quoted text. *ret_byte: it is a byte (\x, \377), not a code point. */
static bool unquote_char(str *rest, char quote, uint32_t *ret_code, bool *ret_byte)
{
    *ret_byte = false;
    char first = rest->ptr[0];
    if (first == quote || first == '\n')
        return false;
    if (first != '\\') {
        size_t len = str_decode_utf8(*rest, ret_code);
        if (len == 0) {
            *ret_code = (unsigned char)first;
            *ret_byte = true;
            len = 1;
        }
        *rest = str_skip(*rest, len);
        return true;
    }
    if (rest->len < 2)
        return false;
    char kind = rest->ptr[1];
    static const char escapes[] = "abfnrtv\\";
    static const char meanings[] = "\a\b\f\n\r\t\v\\";
    const char *found = strchr(escapes, kind);
    if (found != NULL || kind == quote) {
        *ret_code = (unsigned char)(found != NULL ? meanings[found - escapes] : kind);
        *rest = str_skip(*rest, 2);
        return true;
    }
    if (kind == 'x' || kind == 'u' || kind == 'U') {
        *rest = str_skip(*rest, 2);
        *ret_byte = kind == 'x';
        if (!read_code(rest, kind == 'x' ? 2 : kind == 'u' ? 4 : 8, 16, ret_code))
            return false;
        return *ret_byte || (*ret_code <= 0x10FFFF && !(*ret_code >= 0xD800 && *ret_code < 0xE000));
    }
    if (kind >= '0' && kind <= '7') {
        *rest = str_skip(*rest, 1);
        *ret_byte = true;
        return read_code(rest, 3, 8, ret_code) && *ret_code <= 255;
    }
    return false;
}

static str unquote_raw(str inner, struct arena *arena)
{
    if (str_index(inner, '\r') == SIZE_MAX)
        return inner;
    char *out = arena_alloc_bytes(arena, inner.len);
    size_t len = 0;
    for (size_t i = 0; i < inner.len; i++)
        if (inner.ptr[i] != '\r')
            out[len++] = inner.ptr[i];
    return str_from(out, len);
}

bool go_unquote(str quoted, struct arena *arena, str *ret_text)
{
    if (quoted.len < 2 || quoted.ptr[0] != quoted.ptr[quoted.len - 1])
        return false;
    char quote = quoted.ptr[0];
    str inner = str_slice(quoted, 1, quoted.len - 2);
    if (quote == '`') {
        *ret_text = unquote_raw(inner, arena);
        return true;
    }
    if (str_index(inner, '\\') == SIZE_MAX && str_index(inner, quote) == SIZE_MAX) {
        *ret_text = inner;
        return str_index(inner, '\n') == SIZE_MAX;
    }
    char *out = arena_alloc_bytes(arena, inner.len + 4);
    size_t len = 0;
    while (inner.len > 0) {
        uint32_t code = 0;
        bool is_byte;
        if (!unquote_char(&inner, quote, &code, &is_byte))
            return false;
        if (is_byte)
            out[len++] = (char)code;
        else
            len += str_encode_utf8(code, out + len);
    }
    *ret_text = str_from(out, len);
    return true;
}

/* Go allows '_' between digits, and between a base prefix and a digit. */
static bool strip_underscores(str text, char *out, size_t size)
{
    if (text.len + 1 > size)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '_') {
            out[len++] = text.ptr[i];
            continue;
        }
        bool before = i > 0 && (hex_value(text.ptr[i - 1]) >= 0 || (text.ptr[i - 1] | 32) == 'x' ||
                                (text.ptr[i - 1] | 32) == 'o');
        bool after = i + 1 < text.len && hex_value(text.ptr[i + 1]) >= 0;
        if (!before || !after)
            return false;
    }
    out[len] = '\0';
    return true;
}

/* ParseUint(text, 0, 64) for text without sign. */
static bool parse_natural(str text, uint64_t *ret_number)
{
    unsigned base = 10;
    bool prefixed = text.len >= 2 && text.ptr[0] == '0';
    if (prefixed) {
        char kind = text.ptr[1] | 32;
        base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
        text = str_skip(text, kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1);
    }
    char digits[80];
    bool behind_prefix = prefixed && text.len > 0 && text.ptr[0] == '_';
    if (!strip_underscores(behind_prefix ? str_skip(text, 1) : text, digits, sizeof(digits)))
        return false;
    if (digits[0] == '\0')
        return false;
    uint64_t number = 0;
    for (const char *at = digits; *at != '\0'; at++) {
        int digit = hex_value(*at);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        if (__builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, (uint64_t)digit, &number))
            return false;
    }
    *ret_number = number;
    return true;
}

bool go_parse_int(str text, int64_t *ret_number)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (negative || (text.len > 0 && text.ptr[0] == '+'))
        text = str_skip(text, 1);
    uint64_t number;
    if (!parse_natural(text, &number))
        return false;
    if (number > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *ret_number = negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

static bool parse_real(str text, double *ret_number)
{
    char digits[400];
    if (!strip_underscores(text, digits, sizeof(digits)) || digits[0] == '\0')
        return false;
    char *end;
    bool hex = strpbrk(digits, "xX") != NULL;
    if (hex && strpbrk(digits, "pP") == NULL)
        return false;
    *ret_number = strtod(digits, &end);
    return *end == '\0' && isfinite(*ret_number);
}

/* A complex constant is also a float, and so on, when the rest is zero. */
static void simplify_complex(struct number *number)
{
    number->is_float = number->complex[1] == 0;
    if (!number->is_float)
        return;
    number->real = number->complex[0];
    number->is_int = (double)(int64_t)number->real == number->real;
    number->integer = number->is_int ? (int64_t)number->real : 0;
}

static bool parse_complex(str text, struct number *number)
{
    size_t split = text.len - 1;
    while (split > 0 && !((text.ptr[split] == '+' || text.ptr[split] == '-') &&
                          (text.ptr[split - 1] | 32) != 'e'))
        split--;
    number->is_complex = true;
    if (split > 0 && !parse_real(str_slice(text, 0, split), &number->complex[0]))
        return false;
    if (!parse_real(str_slice(text, split, text.len - 1 - split), &number->complex[1]))
        return false;
    simplify_complex(number);
    return true;
}

static bool parse_char(str text, struct number *number, const char **ret_message)
{
    str rest = str_skip(text, 1);
    uint32_t code;
    bool is_byte;
    if (!unquote_char(&rest, '\'', &code, &is_byte)) {
        *ret_message = "invalid syntax";
        return false;
    }
    if (rest.len != 1) {
        *ret_message = "malformed character constant: %.*s";
        return false;
    }
    *number = (struct number){.is_int = true,
                              .is_uint = true,
                              .is_float = true,
                              .integer = code,
                              .natural = code,
                              .real = code};
    return true;
}

static bool has_any(str text, const char *bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(bytes, text.ptr[i]) != NULL)
            return true;
    return false;
}

static bool parse_plain(str text, struct number *number, bool *ret_overflow)
{
    number->is_uint = parse_natural(text, &number->natural);
    number->is_int = go_parse_int(text, &number->integer);
    if (number->is_int && number->integer == 0)
        number->is_uint = true;
    if (number->is_int || number->is_uint) {
        number->is_float = true;
        number->real = number->is_int ? (double)number->integer : (double)number->natural;
        return true;
    }
    if (!parse_real(text, &number->real))
        return false;
    *ret_overflow = !has_any(text, ".eEpP");
    number->is_float = true;
    if (number->real >= -0x1p63 && number->real < 0x1p63 &&
        (double)(int64_t)number->real == number->real) {
        number->is_int = true;
        number->integer = (int64_t)number->real;
    }
    if (number->real >= 0 && number->real < 0x1p64 &&
        (double)(uint64_t)number->real == number->real) {
        number->is_uint = true;
        number->natural = (uint64_t)number->real;
    }
    return true;
}

bool template_number(str text, enum token_kind kind, struct arena *arena,
                     const struct number **ret_number, str *ret_message)
{
    struct number *number = ARENA_NEW(arena, struct number);
    const char *what = "illegal number syntax: \"%.*s\"";
    bool overflow = false;
    bool good;
    if (kind == TOKEN_CHAR_CONSTANT)
        good = parse_char(text, number, &what);
    else if (kind == TOKEN_COMPLEX || (text.len > 1 && text.ptr[text.len - 1] == 'i'))
        good = parse_complex(text, number);
    else
        good = parse_plain(text, number, &overflow);
    if (good && !overflow) {
        *ret_number = number;
        return true;
    }
    if (overflow)
        what = "integer overflow: \"%.*s\"";
    *ret_message = arena_printf(arena, what, STR_ARG(text));
    return false;
}
