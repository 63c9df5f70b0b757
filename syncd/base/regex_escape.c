/* Escapes, and classes in brackets, of regular expressions; the parser's errors. */
#include "syncd/base/regex_parse_internal.h"

bool regex_fail(struct parser *p, const char *what, str piece)
{
    return error_rule(p->err, ERROR_INPUT, "E_REGEX", "error parsing regexp: %s: `%.*s`", what,
                      STR_ARG(piece));
}

bool regex_fail_from(struct parser *p, const char *what, str from)
{
    return regex_fail(p, what, str_slice(from, 0, from.len - p->rest.len));
}

bool regex_next_code(struct parser *p, uint32_t *ret_code)
{
    size_t width = str_decode_utf8(p->rest, ret_code);
    if (width == 0)
        return regex_fail(p, "invalid UTF-8", p->rest);
    p->rest = str_skip(p->rest, width);
    return true;
}

/* ---- escapes ---- */

static int hex_value(uint32_t code)
{
    if (code >= '0' && code <= '9')
        return (int)(code - '0');
    uint32_t lower = code | 0x20;
    return lower >= 'a' && lower <= 'f' && code < 0x80 ? (int)(lower - 'a') + 10 : -1;
}

/* Behind \x. *ret_ok false: not a hexadecimal escape. The function's false: not UTF-8. */
static bool parse_hex(struct parser *p, uint32_t *ret_code, bool *ret_ok)
{
    uint32_t c = 0, code = 0;
    *ret_ok = false;
    if (p->rest.len == 0)
        return true;
    if (!regex_next_code(p, &c))
        return false;
    if (c != '{') {
        int high = hex_value(c);
        if (p->rest.len == 0)
            return true;
        if (!regex_next_code(p, &c))
            return false;
        int low = hex_value(c);
        *ret_ok = high >= 0 && low >= 0;
        *ret_code = (uint32_t)(high * 16 + low);
        return true;
    }
    for (size_t digits = 0;; digits++) {
        if (p->rest.len == 0)
            return true;
        if (!regex_next_code(p, &c))
            return false;
        if (c == '}') {
            *ret_ok = digits > 0;
            *ret_code = code;
            return true;
        }
        int digit = hex_value(c);
        code = code * 16 + (uint32_t)digit;
        if (digit < 0 || code > UNICODE_MAX)
            return true;
    }
}

static uint32_t parse_octal(struct parser *p, uint32_t first)
{
    uint32_t code = first - '0';
    for (int i = 1; i < 3 && p->rest.len > 0 && p->rest.ptr[0] >= '0' && p->rest.ptr[0] <= '7';
         i++) {
        code = code * 8 + (uint32_t)(p->rest.ptr[0] - '0');
        p->rest = str_skip(p->rest, 1);
    }
    return code;
}

bool regex_parse_escape(struct parser *p, uint32_t *ret_code)
{
    static const char names[] = "afnrtv", meanings[] = "\a\f\n\r\t\v";
    str start = p->rest;
    uint32_t c = 0;
    p->rest = str_skip(p->rest, 1);
    if (p->rest.len == 0)
        return regex_fail(p, "trailing backslash at end of expression", STR(""));
    if (!regex_next_code(p, &c))
        return false;
    bool octal_follows = p->rest.len > 0 && p->rest.ptr[0] >= '0' && p->rest.ptr[0] <= '7';
    if (c == '0' || (c >= '1' && c <= '7' && octal_follows)) {
        *ret_code = parse_octal(p, c);
        return true;
    }
    const char *found = c != 0 && c < 0x80 ? strchr(names, (int)c) : NULL;
    if (found != NULL) {
        *ret_code = (unsigned char)meanings[found - names];
        return true;
    }
    bool ok = c < 0x80 && (c == '_' || !is_word_byte((char)c));
    *ret_code = c;
    if (c == 'x' && !parse_hex(p, ret_code, &ok))
        return false;
    return ok || regex_fail_from(p, "invalid escape sequence", start);
}

bool regex_parse_unicode_class(struct parser *p, struct code_set *set)
{
    str start = p->rest;
    bool negated = start.ptr[1] == 'P';
    uint32_t c = 0;
    p->rest = str_skip(start, 2);
    if (!regex_next_code(p, &c))
        return false;
    str name = str_slice(start, 2, start.len - p->rest.len - 2);
    if (c == '{') {
        size_t end = str_index(start, '}');
        if (end == SIZE_MAX)
            return regex_fail(
                p, str_is_utf8(start) ? "invalid character class range" : "invalid UTF-8", start);
        p->rest = str_skip(start, end + 1);
        name = str_slice(start, 3, end - 3);
        if (!str_is_utf8(name))
            return regex_fail(p, "invalid UTF-8", name);
    }
    if (name.len > 0 && name.ptr[0] == '^') {
        negated = !negated;
        name = str_skip(name, 1);
    }
    return regex_set_add_unicode(set, p->arena, name, negated, p->flags.fold) ||
           regex_fail_from(p, "invalid character class range", start);
}

bool regex_at_unicode_class(const struct parser *p)
{
    return p->rest.len >= 2 && p->rest.ptr[0] == '\\' &&
           (p->rest.ptr[1] == 'p' || p->rest.ptr[1] == 'P');
}

bool regex_take_perl_class(struct parser *p, struct code_set *set)
{
    if (p->rest.len < 2 || p->rest.ptr[0] != '\\' || memchr("dDsSwW", p->rest.ptr[1], 6) == NULL)
        return false;
    (void)regex_set_add_perl(set, p->arena, p->rest.ptr[1], p->flags.fold); /* it is one of them */
    p->rest = str_skip(p->rest, 2);
    return true;
}

/* ---- classes in brackets ---- */

static bool parse_class_code(struct parser *p, str class, uint32_t *ret_code)
{
    if (p->rest.len == 0)
        return regex_fail(p, "missing closing ]", class);
    if (p->rest.ptr[0] == '\\')
        return regex_parse_escape(p, ret_code);
    return regex_next_code(p, ret_code);
}

/* [:name:]. *ret_taken false: it is none, and no error either. */
static bool parse_posix_class(struct parser *p, struct code_set *set, bool *ret_taken)
{
    *ret_taken = false;
    if (!str_starts(p->rest, STR("[:")))
        return true;
    size_t end = str_find(str_skip(p->rest, 2), STR(":]"));
    if (end == SIZE_MAX)
        return true;
    str whole = str_slice(p->rest, 0, end + 4);
    if (!regex_set_add_posix(set, p->arena, str_slice(whole, 2, end), p->flags.fold))
        return regex_fail(p, "invalid character class range", whole);
    p->rest = str_skip(p->rest, whole.len);
    *ret_taken = true;
    return true;
}

static bool parse_class_range(struct parser *p, str class, struct code_set *set)
{
    str start = p->rest;
    uint32_t lo = 0, hi = 0;
    if (!parse_class_code(p, class, &lo))
        return false;
    hi = lo;
    if (p->rest.len >= 2 && p->rest.ptr[0] == '-' && p->rest.ptr[1] != ']') {
        p->rest = str_skip(p->rest, 1);
        if (!parse_class_code(p, class, &hi))
            return false;
        if (hi < lo)
            return regex_fail_from(p, "invalid character class range", start);
    }
    if (p->flags.fold)
        regex_set_add_folded(set, p->arena, lo, hi);
    else
        regex_set_add(set, p->arena, lo, hi);
    return true;
}

bool regex_parse_class(struct parser *p, struct code_set *ret_set)
{
    str class = p->rest;
    struct code_set set = {0};
    p->rest = str_skip(p->rest, 1);
    bool negated = starts_with(p, '^');
    p->rest = str_skip(p->rest, negated);
    for (bool first = true; first || !starts_with(p, ']'); first = false) {
        bool taken = false;
        if (!parse_posix_class(p, &set, &taken))
            return false;
        if (taken || regex_take_perl_class(p, &set))
            continue;
        if (!(regex_at_unicode_class(p) ? regex_parse_unicode_class(p, &set)
                                        : parse_class_range(p, class, &set)))
            return false;
    }
    p->rest = str_skip(p->rest, 1);
    regex_set_finish(&set);
    if (negated)
        regex_set_negate(&set, p->arena);
    *ret_set = set;
    return true;
}
