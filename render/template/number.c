/* Text of floating-point numbers, as Go's strconv makes it. */
#include "render/template/print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Decimal digits without point, and the exponent: 0.d1d2… * 10^point. */
struct digits {
    char text[800];
    int len;
    int point;
};

/* The shortest digits that read back as the number; `precision` >= 0 asks for so many. */
static void find_digits(double number, int precision, struct digits *digits)
{
    char text[820] = "";
    int from = precision >= 0 ? precision : 0;
    int to = precision >= 0 ? precision : 16;
    bool subnormal = number != 0 && fabs(number) < 0x1p-1022; /* these have fewer digits */
    if (precision < 0 && !subnormal) {
        /* 15 digits always survive a round trip through decimal: most numbers end here. */
        (void)snprintf(text, sizeof(text), "%.14e", number);
        from = strtod(text, NULL) == number ? 14 : 15;
        to = from == 14 ? 14 : 16;
    }
    for (int tried = from; tried <= to; tried++) {
        (void)snprintf(text, sizeof(text), "%.*e", tried, number);
        if (precision >= 0 || strtod(text, NULL) == number)
            break;
    }
    char *exponent = strchr(text, 'e');
    digits->len = 0;
    for (const char *at = text; at < exponent; at++)
        if (*at != '.')
            digits->text[digits->len++] = *at;
    digits->point = (int)strtol(exponent + 1, NULL, 10) + 1;
    if (precision < 0)
        while (digits->len > 1 && digits->text[digits->len - 1] == '0')
            digits->len--;
    if (number == 0)
        digits->point = precision < 0 ? 1 : digits->point;
}

static size_t put_exponent(char *out, const struct digits *digits, int precision, char letter)
{
    size_t len = 0;
    out[len++] = digits->text[0];
    int decimals = precision < 0 ? digits->len - 1 : precision;
    if (decimals > 0)
        out[len++] = '.';
    for (int i = 1; i <= decimals; i++)
        out[len++] = i < digits->len ? digits->text[i] : '0';
    int exponent = digits->point - 1;
    return len + (size_t)snprintf(out + len, 8, "%c%c%02d", letter, exponent < 0 ? '-' : '+',
                                  exponent < 0 ? -exponent : exponent);
}

static size_t put_plain(char *out, const struct digits *digits)
{
    size_t len = 0;
    if (digits->point <= 0)
        out[len++] = '0';
    for (int i = 0; i < digits->point; i++)
        out[len++] = i < digits->len ? digits->text[i] : '0';
    if (digits->len > digits->point) {
        out[len++] = '.';
        for (int i = digits->point; i < 0; i++)
            out[len++] = '0';
        for (int i = digits->point > 0 ? digits->point : 0; i < digits->len; i++)
            out[len++] = digits->text[i];
    }
    return len;
}

static size_t put_general(double number, char format, int precision, char *out)
{
    struct digits digits;
    bool shortest = precision < 0;
    if (precision == 0)
        precision = 1;
    find_digits(number, shortest ? -1 : (precision > 700 ? 700 : precision) - 1, &digits);
    if (!shortest)
        while (digits.len > 1 && digits.text[digits.len - 1] == '0')
            digits.len--;
    int limit = precision;
    if (limit > digits.len && digits.len >= digits.point)
        limit = digits.len;
    if (shortest)
        limit = 6;
    int exponent = digits.point - 1;
    if (number != 0 && (exponent < -4 || exponent >= limit))
        return put_exponent(out, &digits, -1, format == 'g' ? 'e' : 'E');
    return put_plain(out, &digits);
}

size_t go_format_float(double number, char format, int precision, char *out)
{
    if (isnan(number))
        return (size_t)(stpcpy(out, "NaN") - out);
    size_t len = 0;
    if (isinf(number))
        return (size_t)(stpcpy(out, number < 0 ? "-Inf" : "+Inf") - out);
    if (signbit(number)) {
        out[len++] = '-';
        number = -number;
    }
    if (precision > 700)
        precision = 700;
    if (format == 'g' || format == 'G')
        return len + put_general(number, format, precision, out + len);
    if (precision >= 0) {
        char directive[8] = {'%', '.', '*', format, '\0'};
        return len + (size_t)snprintf(out + len, GO_FLOAT_MAX - len, directive, precision, number);
    }
    struct digits digits;
    find_digits(number, -1, &digits);
    if (format == 'e' || format == 'E')
        return len + put_exponent(out + len, &digits, -1, format);
    return len + put_plain(out + len, &digits);
}
