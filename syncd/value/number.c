#include "syncd/value/value_internal.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The shortest digits that read back as the number, and where the point stands: 0.d1d2… * 10^point
 */
struct decimal {
    char digits[20];
    int count;
    int point;
    bool negative;
};

static double read_back(const char *text, int bits)
{
    return bits == 32 ? (double)strtof(text, NULL) : strtod(text, NULL);
}

/* `count` digits, correctly rounded; true when they read back as the number. */
static bool decimal_try(double number, int count, int bits, struct decimal *decimal)
{
    char text[NUMBER_MAX];
    (void)snprintf(text, sizeof text, "%.*e", count - 1, number);
    const char *e = strchr(text, 'e');
    decimal->count = 0;
    for (const char *c = text; c < e; c++) {
        if (*c != '.')
            decimal->digits[decimal->count++] = *c;
    }
    decimal->point = (int)strtol(e + 1, NULL, 10) + 1;
    return read_back(text, bits) == number;
}

/*
 * At a power of two the gap below is half the gap above, so a decimal of this length may read back
 * although the nearest one does not: look one up in the last digit.
 */
static bool decimal_try_above(double number, int count, int bits, struct decimal *decimal)
{
    struct decimal next = *decimal;
    int i = next.count - 1;
    while (i >= 0 && next.digits[i] == '9')
        next.digits[i--] = '0';
    if (i < 0)
        return false;
    next.digits[i]++;
    char text[NUMBER_MAX + 8];
    (void)snprintf(text, sizeof text, "0.%.*se%d", count, next.digits, next.point);
    if (read_back(text, bits) != number)
        return false;
    *decimal = next;
    return true;
}

static struct decimal decimal_shortest(double number, int bits)
{
    struct decimal decimal = {.negative = signbit(number) != 0};
    double size = fabs(number);
    /* Digits that every decimal keeps through the type; the smallest numbers keep none. */
    int sure = bits == 32 ? FLT_DIG : DBL_DIG;
    int most = bits == 32 ? 9 : 17;
    if (size < (bits == 32 ? (double)FLT_MIN : DBL_MIN))
        sure = 1;
    for (int count = sure; count <= most; count++) {
        if (decimal_try(size, count, bits, &decimal) ||
            (count > sure && decimal_try_above(size, count, bits, &decimal)))
            break;
    }
    while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0')
        decimal.count--;
    if (size == 0)
        decimal.point = 1;
    return decimal;
}

static size_t print_plain(const struct decimal *decimal, char out[NUMBER_MAX])
{
    char *to = out;
    if (decimal->negative)
        *to++ = '-';
    if (decimal->point <= 0)
        *to++ = '0';
    for (int i = 0; i < decimal->point; i++)
        *to++ = i < decimal->count ? decimal->digits[i] : '0';
    if (decimal->count > decimal->point) {
        *to++ = '.';
        for (int i = decimal->point; i < decimal->count; i++)
            *to++ = i >= 0 ? decimal->digits[i] : '0';
    }
    return (size_t)(to - out);
}

/* exponent_digits: how many the exponent has at least. */
static size_t print_exponent(const struct decimal *decimal, int exponent_digits,
                             char out[NUMBER_MAX])
{
    char *to = out;
    if (decimal->negative)
        *to++ = '-';
    *to++ = decimal->digits[0];
    if (decimal->count > 1) {
        *to++ = '.';
        memcpy(to, decimal->digits + 1, (size_t)decimal->count - 1);
        to += decimal->count - 1;
    }
    int exponent = decimal->point - 1;
    to += snprintf(to, 8, "e%c%0*d", exponent < 0 ? '-' : '+', exponent_digits, abs(exponent));
    return (size_t)(to - out);
}

size_t number_print_json(double number, char out[NUMBER_MAX])
{
    CHECK(isfinite(number));
    struct decimal decimal = decimal_shortest(number, 64);
    double size = fabs(number);
    if (size == 0 || (size >= 1e-6 && size < 1e21))
        return print_plain(&decimal, out);
    /* encoding/json turns e-09 into e-9, but leaves positive exponents, which have two anyway. */
    return print_exponent(&decimal, number != 0 && size < 1e-6 ? 1 : 2, out);
}

size_t number_print_general(double number, int bits, char out[NUMBER_MAX])
{
    if (bits == 32)
        number = (double)(float)number;
    if (isnan(number) || isinf(number)) {
        const char *text = isnan(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
        memcpy(out, text, strlen(text));
        return strlen(text);
    }
    struct decimal decimal = decimal_shortest(number, bits);
    int exponent = decimal.point - 1;
    if (number != 0 && (exponent < -4 || exponent >= 6))
        return print_exponent(&decimal, 2, out);
    return print_plain(&decimal, out);
}

double number_parse(str text)
{
    char small[64];
    if (text.len < sizeof small) {
        memcpy(small, text.ptr, text.len);
        small[text.len] = '\0';
        return strtod(small, NULL);
    }
    char *copy = strndup(text.ptr, text.len);
    CHECK(copy != NULL);
    double number = strtod(copy, NULL);
    free(copy);
    return number;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

bool number_is_json(str text, bool *ret_integer)
{
    const char *at = text.ptr;
    const char *end = at + text.len;
    *ret_integer = true;
    if (at < end && *at == '-')
        at++;
    const char *digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at - digits > 1))
        return false;
    if (at < end && *at == '.') {
        *ret_integer = false;
        const char *fraction = ++at;
        at = skip_digits(at, end);
        if (at == fraction)
            return false;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        *ret_integer = false;
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        const char *exponent = at;
        at = skip_digits(at, end);
        if (at == exponent)
            return false;
    }
    return at == end;
}
