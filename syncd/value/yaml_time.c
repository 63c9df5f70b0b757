/* Timestamps and base 60 numbers: scalars that only look like what they are not. */
#include "syncd/value/yaml_internal.h"

#include <stdio.h>

struct timestamp {
    int year, month, day, hour, minute, second;
    str fraction; /* digits, without the point */
    int offset;   /* minutes east */
};

static bool is_digit(str s, size_t at)
{
    return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

/* One or two digits. */
static bool take_number(str *rest, int low, int high, int *ret_number)
{
    if (!is_digit(*rest, 0))
        return false;
    size_t len = is_digit(*rest, 1) ? 2 : 1;
    int number = 0;
    for (size_t i = 0; i < len; i++)
        number = number * 10 + (rest->ptr[i] - '0');
    *rest = str_skip(*rest, len);
    *ret_number = number;
    return number >= low && number <= high;
}

static bool take_byte(str *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte)
        return false;
    *rest = str_skip(*rest, 1);
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static void take_fraction(str *rest, struct timestamp *ret_time)
{
    if (rest->len < 2 || (rest->ptr[0] != '.' && rest->ptr[0] != ',') || !is_digit(*rest, 1))
        return;
    size_t len = 1;
    while (is_digit(*rest, len))
        len++;
    ret_time->fraction = str_slice(*rest, 1, len - 1 < 9 ? len - 1 : 9);
    *rest = str_skip(*rest, len);
}

/* Z, or +hh:mm. */
static bool take_zone(str *rest, struct timestamp *ret_time)
{
    if (take_byte(rest, 'Z'))
        return true;
    if (rest->len < 6 || (rest->ptr[0] != '+' && rest->ptr[0] != '-') || rest->ptr[3] != ':' ||
        !is_digit(*rest, 1) || !is_digit(*rest, 2) || !is_digit(*rest, 4) || !is_digit(*rest, 5))
        return false;
    int hours = (rest->ptr[1] - '0') * 10 + rest->ptr[2] - '0';
    int minutes = (rest->ptr[4] - '0') * 10 + rest->ptr[5] - '0';
    ret_time->offset = (hours * 60 + minutes) * (rest->ptr[0] == '-' ? -1 : 1);
    *rest = str_skip(*rest, 6);
    return hours <= 24 && minutes <= 60;
}

static bool take_clock(str *rest, struct timestamp *ret_time)
{
    bool zoned = rest->ptr[0] != ' ';
    *rest = str_skip(*rest, 1);
    if (!take_number(rest, 0, 23, &ret_time->hour) || !take_byte(rest, ':') ||
        !take_number(rest, 0, 59, &ret_time->minute) || !take_byte(rest, ':') ||
        !take_number(rest, 0, 59, &ret_time->second))
        return false;
    take_fraction(rest, ret_time);
    return !zoned || take_zone(rest, ret_time);
}

static void print_json(const struct timestamp *time, char *out)
{
    str fraction = str_trim_right(time->fraction, STR("0"));
    int len = snprintf(out, 40, "%04d-%02d-%02dT%02d:%02d:%02d%s%.*s", time->year, time->month,
                       time->day, time->hour, time->minute, time->second,
                       fraction.len > 0 ? "." : "", STR_ARG(fraction));
    int offset = time->offset < 0 ? -time->offset : time->offset;
    if (offset == 0)
        (void)snprintf(out + len, 8, "Z");
    else
        (void)snprintf(out + len, 8, "%c%02d:%02d", time->offset < 0 ? '-' : '+', offset / 60 % 100,
                       offset % 60);
}

bool scalar_is_timestamp(str text, char *ret_json)
{
    struct timestamp time = {0};
    str rest = text;
    for (size_t i = 0; i < 4; i++) {
        if (!is_digit(text, i))
            return false;
        time.year = time.year * 10 + (text.ptr[i] - '0');
    }
    rest = str_skip(rest, 4);
    if (!take_byte(&rest, '-') || !take_number(&rest, 1, 12, &time.month) ||
        !take_byte(&rest, '-') || !take_number(&rest, 1, days_in(time.year, time.month), &time.day))
        return false;
    char mark = rest.len > 0 ? rest.ptr[0] : '\0';
    if ((mark == 'T' || mark == 't' || mark == ' ') && !take_clock(&rest, &time))
        return false;
    if (rest.len != 0)
        return false;
    print_json(&time, ret_json);
    return true;
}

/* [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)? */
bool scalar_is_base60(str text)
{
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_skip(text, 1);
    if (!is_digit(text, 0))
        return false;
    while (is_digit(text, 0) || (text.len > 0 && text.ptr[0] == '_'))
        text = str_skip(text, 1);
    size_t parts = 0;
    for (; text.len > 0 && text.ptr[0] == ':'; parts++) {
        text = str_skip(text, 1);
        size_t len = is_digit(text, 1) ? 2 : 1;
        if (!is_digit(text, 0) || (len == 2 && text.ptr[0] > '5'))
            return false;
        text = str_skip(text, len);
    }
    if (parts == 0)
        return false;
    if (!take_byte(&text, '.'))
        return text.len == 0;
    while (is_digit(text, 0) || (text.len > 0 && text.ptr[0] == '_'))
        text = str_skip(text, 1);
    return text.len == 0;
}
