#include "syncd/object/object.h"

/* A quantity is mantissa × 10^decimal × 2^binary; held exactly until it is scaled to 1e-9. */

#define NANO_DIGITS     9
#define MANTISSA_DIGITS 28 /* 10^28 units of 1e-9 hold every int64 */
#define DIVISOR_TENS    38 /* twice 10^38 fits 128 bits */

struct suffix {
    char text[3];
    int8_t decimal;
    int8_t binary;
};

static const struct suffix suffixes[] = {
    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},  {"", 0, 0},    {"k", 3, 0},   {"M", 6, 0},
    {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0},  {"Ki", 0, 10}, {"Mi", 0, 20},
    {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
};

static bool suffix_scale(str text, int64_t *ret_decimal, int64_t *ret_binary)
{
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (!str_equal(text, str_z(suffixes[i].text)))
            continue;
        *ret_decimal = suffixes[i].decimal;
        *ret_binary = suffixes[i].binary;
        return true;
    }
    if (text.len < 2 || (text.ptr[0] != 'e' && text.ptr[0] != 'E'))
        return false;
    str exponent = str_skip(text, 1);
    if (exponent.ptr[0] == '+')
        exponent = str_skip(exponent, 1);
    *ret_binary = 0;
    return str_to_i64(exponent, ret_decimal);
}

struct mantissa {
    unsigned __int128 digits;
    int64_t fraction; /* digits after the point */
    int64_t dropped;  /* integer digits that did not fit */
    bool rest;        /* digits that were cut off were not all zero */
    bool any;
};

static size_t read_mantissa(str text, size_t at, struct mantissa *ret)
{
    struct mantissa m = {0};
    bool point = false;
    int kept = 0;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        m.any = true;
        if (kept >= MANTISSA_DIGITS) {
            m.rest = m.rest || c != '0';
            m.dropped += !point;
            continue;
        }
        m.digits = m.digits * 10 + (unsigned)(c - '0');
        kept += m.digits != 0;
        m.fraction += point;
    }
    *ret = m;
    return at;
}

/* The largest magnitude that is kept. */
static unsigned __int128 nano_cap(void)
{
    return (unsigned __int128)INT64_MAX * 1000000000u;
}

/* Multiplies `times` times by 2 or 10; what is over the cap is the cap. */
static unsigned __int128 scale_up(unsigned __int128 number, int64_t times, unsigned factor)
{
    for (; times > 0 && number != 0; times--) {
        number *= factor;
        if (number > nano_cap())
            return nano_cap();
    }
    return number;
}

/* number × 2^binary / 10^tens, exactly, and then away from zero: quantities round up. */
static unsigned __int128 scale_down(unsigned __int128 number, int64_t tens, int64_t binary,
                                    bool rest)
{
    unsigned __int128 divisor = 1;
    for (; tens > DIVISOR_TENS; tens--) {
        rest = rest || number % 10 != 0;
        number /= 10;
    }
    for (; tens > 0; tens--)
        divisor *= 10;
    unsigned __int128 whole = number / divisor, left = number % divisor;
    for (; binary > 0; binary--) {
        left *= 2;
        whole = whole * 2 + (left >= divisor);
        left -= left >= divisor ? divisor : 0;
        if (whole > nano_cap())
            return nano_cap();
    }
    return whole + (left != 0 || rest);
}

bool quantity_parse(str text, struct quantity *ret_quantity)
{
    bool negative = text.len != 0 && text.ptr[0] == '-';
    size_t at = negative || (text.len != 0 && text.ptr[0] == '+');
    struct mantissa m;
    at = read_mantissa(text, at, &m);
    int64_t decimal, binary;
    if (!m.any || !suffix_scale(str_skip(text, at), &decimal, &binary))
        return false;
    if (decimal > 1000 || decimal < -1000) /* beyond every digit that is kept */
        decimal = decimal > 0 ? 1000 : -1000;
    decimal += NANO_DIGITS - m.fraction + m.dropped;
    unsigned __int128 nano = m.digits;
    if (decimal < 0)
        nano = scale_down(nano, -decimal, binary, m.rest);
    else
        nano = scale_up(scale_up(nano, decimal, 10), binary, 2);
    if (nano > nano_cap())
        nano = nano_cap();
    int64_t high = (int64_t)(nano / 1000000000u), low = (int64_t)(nano % 1000000000u);
    *ret_quantity =
        (struct quantity){.nano_high = negative ? -high : high, .nano_low = negative ? -low : low};
    return true;
}

int quantity_compare(struct quantity a, struct quantity b)
{
    if (a.nano_high != b.nano_high)
        return a.nano_high < b.nano_high ? -1 : 1;
    return (a.nano_low > b.nano_low) - (a.nano_low < b.nano_low);
}
