/* Numbers: conversions and arithmetic. */
#include "render/template/fns.h"
#include "render/template/print.h"

#include <math.h>
#include <stdlib.h>

/* "1.00" reads as 1. */
static str trim_zero_decimals(str text)
{
    bool zero = false;
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == '.')
            return zero ? str_slice(text, 0, i - 1) : text;
        if (text.ptr[i - 1] != '0')
            return text;
        zero = true;
    }
    return text;
}

static int64_t float_to_int(double number)
{
    return number >= -0x1p63 && number < 0x1p63 ? (int64_t)number : INT64_MIN;
}

/* A duration is no number to the conversions. */
int64_t dyn_to_int(struct dyn v)
{
    int64_t number = 0;
    if (v.type == TYPE_DURATION)
        return 0;
    if (dyn_is_signed(v) || dyn_is_unsigned(v))
        return v.as.integer;
    switch (v.kind) {
    case DYN_BOOL: return v.len;
    case DYN_FLOAT: return float_to_int(v.as.real);
    case DYN_STRING: return go_parse_int(trim_zero_decimals(dyn_str(v)), &number) ? number : 0;
    default: return 0;
    }
}

static double parse_float(str text)
{
    char digits[400];
    if (text.len == 0 || text.len >= sizeof(digits) || memchr(text.ptr, '\0', text.len) != NULL ||
        strchr(" \t\n\v\f\r", text.ptr[0]) != NULL)
        return 0;
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = '\0';
    char *end;
    double number = strtod(digits, &end);
    bool hex = strpbrk(digits, "xX") != NULL;
    if (*end != '\0' || (hex && strpbrk(digits, "pP") == NULL) ||
        (isinf(number) && strpbrk(digits, "iI") == NULL))
        return 0;
    return number;
}

double dyn_to_float(struct dyn v)
{
    if (v.type == TYPE_DURATION)
        return 0;
    if (dyn_is_signed(v))
        return (double)v.as.integer;
    if (dyn_is_unsigned(v))
        return (double)v.as.natural;
    switch (v.kind) {
    case DYN_BOOL: return v.len;
    case DYN_FLOAT: return v.as.real;
    case DYN_STRING: return parse_float(dyn_str(v));
    default: return 0;
    }
}

bool fn_int64(struct dyn_call *call)
{
    return call_return(call, dyn_int64(dyn_to_int(call->args[0])));
}

bool fn_int(struct dyn_call *call)
{
    return call_return(call, dyn_int(dyn_to_int(call->args[0])));
}

bool fn_float64(struct dyn_call *call)
{
    return call_return(call, dyn_float(dyn_to_float(call->args[0])));
}

bool fn_atoi(struct dyn_call *call)
{
    str text = call_str(call, 0);
    int64_t number;
    if (str_starts(text, STR("+")) && !str_starts(text, STR("+-")))
        text = str_skip(text, 1);
    return call_return(call, dyn_int(str_to_i64(text, &number) ? number : 0));
}

bool fn_to_decimal(struct dyn_call *call)
{
    str text = dyn_text(call->args[0], call->arena);
    bool negative = str_starts(text, STR("-"));
    if (negative || str_starts(text, STR("+")))
        text = str_skip(text, 1);
    int64_t number = 0;
    bool good = text.len > 0;
    for (size_t i = 0; i < text.len && good; i++)
        good = text.ptr[i] >= '0' && text.ptr[i] <= '7' &&
               !__builtin_mul_overflow(number, 8, &number) &&
               !__builtin_add_overflow(number, text.ptr[i] - '0', &number);
    return call_return(call, dyn_int64(good ? (negative ? -number : number) : 0));
}

/* Integers wrap around, as in Go. */
bool fn_add(struct dyn_call *call)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < call->argc; i++)
        sum += (uint64_t)dyn_to_int(call->args[i]);
    return call_return(call, dyn_int64((int64_t)sum));
}

bool fn_add1(struct dyn_call *call)
{
    return call_return(call, dyn_int64((int64_t)((uint64_t)dyn_to_int(call->args[0]) + 1)));
}

bool fn_sub(struct dyn_call *call)
{
    return call_return(call, dyn_int64((int64_t)((uint64_t)dyn_to_int(call->args[0]) -
                                                 (uint64_t)dyn_to_int(call->args[1]))));
}

bool fn_mul(struct dyn_call *call)
{
    uint64_t product = 1;
    for (size_t i = 0; i < call->argc; i++)
        product *= (uint64_t)dyn_to_int(call->args[i]);
    return call_return(call, dyn_int64((int64_t)product));
}

bool fn_div(struct dyn_call *call)
{
    int64_t a = dyn_to_int(call->args[0]);
    int64_t b = dyn_to_int(call->args[1]);
    if (b == 0)
        return call_error(call, "runtime error: integer divide by zero");
    return call_return(call, dyn_int64(b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b));
}

bool fn_mod(struct dyn_call *call)
{
    int64_t a = dyn_to_int(call->args[0]);
    int64_t b = dyn_to_int(call->args[1]);
    if (b == 0)
        return call_error(call, "runtime error: integer divide by zero");
    return call_return(call, dyn_int64(b == -1 ? 0 : a % b));
}

bool fn_max(struct dyn_call *call)
{
    int64_t best = dyn_to_int(call->args[0]);
    for (size_t i = 1; i < call->argc; i++)
        if (dyn_to_int(call->args[i]) > best)
            best = dyn_to_int(call->args[i]);
    return call_return(call, dyn_int64(best));
}

bool fn_min(struct dyn_call *call)
{
    int64_t best = dyn_to_int(call->args[0]);
    for (size_t i = 1; i < call->argc; i++)
        if (dyn_to_int(call->args[i]) < best)
            best = dyn_to_int(call->args[i]);
    return call_return(call, dyn_int64(best));
}

static bool choose_float(struct dyn_call *call, bool larger)
{
    double best = dyn_to_float(call->args[0]);
    for (size_t i = 1; i < call->argc; i++) {
        double other = dyn_to_float(call->args[i]);
        if (isnan(best) || isnan(other))
            best = NAN;
        else if (larger ? other > best : other < best)
            best = other;
    }
    return call_return(call, dyn_float(best));
}

bool fn_maxf(struct dyn_call *call)
{
    return choose_float(call, true);
}

bool fn_minf(struct dyn_call *call)
{
    return choose_float(call, false);
}

bool fn_ceil(struct dyn_call *call)
{
    return call_return(call, dyn_float(ceil(dyn_to_float(call->args[0]))));
}

bool fn_floor(struct dyn_call *call)
{
    return call_return(call, dyn_float(floor(dyn_to_float(call->args[0]))));
}

/* Go's math.Pow(10, y): by squaring, with its roundings, which are not the C library's. */
static double power_of_ten(int64_t y)
{
    int binary;
    double square = frexp(10, &binary);
    double result = 1;
    int exponent = 0;
    for (uint64_t left = y < 0 ? 0 - (uint64_t)y : (uint64_t)y; left != 0; left >>= 1) {
        if (binary > 1 << 12) {
            exponent += binary;
            break;
        }
        if (left & 1) {
            result *= square;
            exponent += binary;
        }
        square *= square;
        binary *= 2;
        if (square < .5) {
            square += square;
            binary--;
        }
    }
    return y < 0 ? ldexp(1 / result, -exponent) : ldexp(result, exponent);
}

bool fn_round(struct dyn_call *call)
{
    double round_on = call->argc > 2 ? call->args[2].as.real : 0.5;
    double power = power_of_ten(call->args[1].as.integer);
    double digit = power * dyn_to_float(call->args[0]);
    double whole;
    double fraction = modf(digit, &whole);
    double rounded = fraction >= round_on ? ceil(digit) : floor(digit);
    return call_return(call, dyn_float(rounded / power));
}

/*
 * Decimal arithmetic: operands are the decimals that the floats print as. 113 bits carry any sum or
 * product of them far beyond what the float result can show.
 */
static __float128 decimal_of(double number)
{
    char text[GO_FLOAT_MAX];
    text[go_format_float(number, 'e', -1, text)] = '\0';
    __float128 result = 0;
    int point = 0;
    bool after_point = false;
    const char *at = text + (text[0] == '-');
    for (; *at != '\0' && *at != 'e'; at++) {
        if (*at == '.') {
            after_point = true;
            continue;
        }
        result = result * 10 + (*at - '0');
        point += after_point;
    }
    int exponent = (*at == 'e' ? (int)strtol(at + 1, NULL, 10) : 0) - point;
    __float128 power = 1;
    for (int i = 0; i < abs(exponent); i++)
        power *= 10;
    result = exponent < 0 ? result / power : result * power;
    return text[0] == '-' ? -result : result;
}

/* Sixteen digits behind the point, half away from zero. */
static __float128 divide_decimal(__float128 a, __float128 b)
{
    const __float128 scale = 1e16;
    __float128 scaled = a / b * scale;
    __float128 magnitude = scaled < 0 ? -scaled : scaled;
    if (magnitude >= (__float128)0x1p110)
        return a / b;
    unsigned __int128 whole = (unsigned __int128)(magnitude + (__float128)0.5);
    __float128 result = (__float128)whole / scale;
    return scaled < 0 ? -result : result;
}

static bool fold_decimal(struct dyn_call *call, double first, size_t from, char sign)
{
    if (!isfinite(first))
        return call_error(call, "Cannot create a Decimal from %g", first);
    __float128 result = decimal_of(first);
    for (size_t i = from; i < call->argc; i++) {
        double number = dyn_to_float(call->args[i]);
        if (!isfinite(number))
            return call_error(call, "Cannot create a Decimal from %g", number);
        __float128 other = decimal_of(number);
        if (sign == '/' && other == 0)
            return call_error(call, "decimal division by 0");
        result = sign == '+'   ? result + other
                 : sign == '-' ? result - other
                 : sign == '*' ? result * other
                               : divide_decimal(result, other);
    }
    return call_return(call, dyn_float(result == 0 ? 0 : (double)result));
}

bool fn_add1f(struct dyn_call *call)
{
    return call_return(call, dyn_float((double)(decimal_of(dyn_to_float(call->args[0])) + 1)));
}

bool fn_addf(struct dyn_call *call)
{
    return fold_decimal(call, 0, 0, '+');
}

bool fn_subf(struct dyn_call *call)
{
    return fold_decimal(call, dyn_to_float(call->args[0]), 1, '-');
}

bool fn_mulf(struct dyn_call *call)
{
    return fold_decimal(call, dyn_to_float(call->args[0]), 1, '*');
}

bool fn_divf(struct dyn_call *call)
{
    return fold_decimal(call, dyn_to_float(call->args[0]), 1, '/');
}
