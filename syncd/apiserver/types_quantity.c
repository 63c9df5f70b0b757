/* types_quantity: resource quantities in the form in which the server prints them. */
#include "syncd/apiserver/types.h"

#include <stdio.h>

/* Decimal suffixes by power of ten, binary by power of 1024. */
static const struct {
    const char *text;
    int exponent; /* of ten, or of 1024 */
    bool binary;
} suffixes[] = {
    {"n", -9, false}, {"u", -6, false}, {"m", -3, false}, {"", 0, false},
    {"k", 3, false},  {"M", 6, false},  {"G", 9, false},  {"T", 12, false},
    {"P", 15, false}, {"E", 18, false}, {"Ki", 1, true},  {"Mi", 2, true},
    {"Gi", 3, true},  {"Ti", 4, true},  {"Pi", 5, true},  {"Ei", 6, true},
};

/* Digits with at most one point: mantissa times ten to the -*ret_scale. */
static bool read_number(str *text, bool *ret_negative, unsigned __int128 *ret_mantissa,
                        int *ret_scale)
{
    size_t i = 0, digits = 0;
    bool point = false;
    unsigned __int128 mantissa = 0;
    int scale = 0;
    *ret_negative = text->len > 0 && text->ptr[0] == '-';
    if (text->len > 0 && (text->ptr[0] == '-' || text->ptr[0] == '+'))
        i++;
    for (; i < text->len; i++) {
        char c = text->ptr[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        if (++digits > 30)
            return false;
        mantissa = mantissa * 10 + (unsigned __int128)(c - '0');
        scale += point;
    }
    *text = str_skip(*text, i);
    *ret_mantissa = mantissa;
    *ret_scale = scale;
    return digits > 0;
}

static bool read_exponent(str text, int64_t *ret_exponent)
{
    if (text.len < 2 || (text.ptr[0] != 'e' && text.ptr[0] != 'E'))
        return false;
    str digits = str_skip(text, 1);
    if (digits.ptr[0] == '+')
        digits = str_skip(digits, 1);
    return str_to_i64(digits, ret_exponent) && *ret_exponent > -20 && *ret_exponent < 20;
}

static str print_wide(unsigned __int128 number, bool negative, const char *suffix,
                      struct arena *arena)
{
    char digits[48];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + (int)(number % 10));
        number /= 10;
    } while (number != 0);
    return arena_printf(arena, "%s%.*s%s", negative ? "-" : "", (int)(sizeof digits - at),
                        digits + at, suffix);
}

/* mantissa * 10^exponent with the largest suffix that keeps it whole. */
static str print_decimal(unsigned __int128 mantissa, int exponent, bool negative,
                         struct arena *arena)
{
    while (exponent < -9) { /* finer than nano is rounded up */
        mantissa = (mantissa + 9) / 10;
        exponent++;
    }
    while (mantissa != 0 && mantissa % 10 == 0 && exponent < 18) {
        mantissa /= 10;
        exponent++;
    }
    if (mantissa == 0)
        return STR("0");
    while (exponent % 3 != 0 || exponent > 18) {
        mantissa *= 10;
        exponent--;
    }
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
        if (!suffixes[i].binary && suffixes[i].exponent == exponent)
            return print_wide(mantissa, negative, suffixes[i].text, arena);
    return STR("0");
}

static str print_binary(unsigned __int128 bytes, bool negative, struct arena *arena)
{
    size_t best = SIZE_MAX;
    unsigned __int128 unit = 1;
    if (bytes == 0)
        return STR("0");
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (!suffixes[i].binary)
            continue;
        unit <<= 10;
        if (bytes % unit == 0)
            best = i;
    }
    if (best == SIZE_MAX)
        return print_wide(bytes, negative, "", arena);
    return print_wide(bytes >> (10 * suffixes[best].exponent), negative, suffixes[best].text,
                      arena);
}

value api_quantity_canonical(value quantity, struct arena *arena)
{
    str text = value_is(quantity, VALUE_NUMBER) ? value_number_text(quantity) : value_str(quantity);
    str rest = text;
    bool negative;
    unsigned __int128 mantissa;
    int scale;
    int64_t exponent;
    if (!read_number(&rest, &negative, &mantissa, &scale))
        return value_absent();
    if (read_exponent(rest, &exponent)) {
        int ten = (int)exponent - scale;
        while (ten < 0 && mantissa % 10 == 0 && mantissa != 0) {
            mantissa /= 10;
            ten++;
        }
        return value_string(print_decimal(mantissa, ten, negative, arena));
    }
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (!str_equal(rest, str_z(suffixes[i].text)))
            continue;
        if (!suffixes[i].binary)
            return value_string(
                print_decimal(mantissa, suffixes[i].exponent - scale, negative, arena));
        unsigned __int128 power = 1;
        for (int n = 0; n < scale; n++)
            power *= 10;
        unsigned __int128 scaled = mantissa << (10 * suffixes[i].exponent);
        if (scaled % power != 0) /* "0.3Gi": not whole, so it prints as a decimal */
            return value_string(print_decimal(scaled, -scale, negative, arena));
        return value_string(print_binary(scaled / power, negative, arena));
    }
    return value_absent();
}
