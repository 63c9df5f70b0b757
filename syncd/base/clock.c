#include "syncd/base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t which)
{
    struct timespec now;
    (void)clock_gettime(which, &now); /* cannot fail for the two clocks we read */
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t clock_monotonic_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_wall_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

/* Days since 1970-01-01 of a proleptic Gregorian date, and back; March-based years. */
int64_t clock_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned of_era = (unsigned)(days - era * 146097);
    unsigned years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * years + years / 4 - years / 100);
    unsigned shifted = (5 * of_year + 2) / 153;
    *day = of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = (int64_t)years + era * 400 + (*month <= 2);
}

void clock_format_rfc3339(int64_t wall_ns, char out[CLOCK_RFC3339_LEN + 1])
{
    int64_t seconds = wall_ns / NS_PER_S - (wall_ns % NS_PER_S < 0);
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    unsigned rest = (unsigned)(seconds - days * 86400);
    int64_t year;
    unsigned month, day;
    civil_from_days(days, &year, &month, &day);
    if (year < 0)
        year = 0;
    if (year > 9999)
        year = 9999;
    char text[64];
    (void)snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year, month, day,
                   rest / 3600, rest / 60 % 60, rest % 60);
    memcpy(out, text, CLOCK_RFC3339_LEN);
    out[CLOCK_RFC3339_LEN] = '\0';
}

void clock_format_rfc3339_ms(int64_t wall_ns, char out[CLOCK_RFC3339_MS_LEN + 1])
{
    char second[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(wall_ns, second);
    unsigned ms = (unsigned)((wall_ns % NS_PER_S + NS_PER_S) % NS_PER_S / NS_PER_MS);
    (void)snprintf(out, CLOCK_RFC3339_MS_LEN + 1, "%.19s.%03uZ", second, ms);
}

static bool read_digits(str text, size_t from, size_t count, unsigned *ret_number)
{
    uint64_t number;
    if (from + count > text.len || !str_to_u64(str_slice(text, from, count), &number))
        return false;
    *ret_number = (unsigned)number;
    return true;
}

/* "Z" or "+hh:mm": seconds to take away. */
static bool read_offset(str text, int64_t *ret_seconds)
{
    if (str_equal(text, STR("Z")) || str_equal(text, STR("z"))) {
        *ret_seconds = 0;
        return true;
    }
    unsigned hours, minutes;
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':' ||
        !read_digits(text, 1, 2, &hours) || !read_digits(text, 4, 2, &minutes) || hours > 23 ||
        minutes > 59)
        return false;
    int64_t seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *ret_seconds = text.ptr[0] == '-' ? -seconds : seconds;
    return true;
}

static bool read_fraction(str *text, int64_t *ret_ns)
{
    *ret_ns = 0;
    if (text->len == 0 || text->ptr[0] != '.')
        return true;
    size_t digits = 1;
    int64_t scale = NS_PER_S / 10;
    while (digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9') {
        *ret_ns += (text->ptr[digits] - '0') * scale;
        scale /= 10;
        digits++;
    }
    *text = str_skip(*text, digits);
    return digits > 1;
}

bool clock_parse_rfc3339(str text, int64_t *ret_wall_ns)
{
    unsigned year, month, day, hour, minute, second;
    if (!read_digits(text, 0, 4, &year) || !read_digits(text, 5, 2, &month) ||
        !read_digits(text, 8, 2, &day) || !read_digits(text, 11, 2, &hour) ||
        !read_digits(text, 14, 2, &minute) || !read_digits(text, 17, 2, &second))
        return false;
    if (text.ptr[4] != '-' || text.ptr[7] != '-' || (text.ptr[10] != 'T' && text.ptr[10] != 't') ||
        text.ptr[13] != ':' || text.ptr[16] != ':' || month < 1 || month > 12 || day < 1 ||
        day > 31 || hour > 23 || minute > 59 || second > 60)
        return false;
    int64_t days = clock_days(year, (int)month, (int)day);
    int64_t same_year;
    unsigned same_month, same_day;
    civil_from_days(days, &same_year, &same_month, &same_day);
    if (same_month != month || same_day != day)
        return false;
    str rest = str_skip(text, 19);
    int64_t fraction, offset;
    if (!read_fraction(&rest, &fraction) || !read_offset(rest, &offset))
        return false;
    int64_t seconds = days * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second - offset;
    if (seconds > INT64_MAX / NS_PER_S - 1 || seconds < INT64_MIN / NS_PER_S + 1)
        return false;
    *ret_wall_ns = seconds * NS_PER_S + fraction;
    return true;
}

static bool read_unit(str *text, int64_t *ret_ns)
{
    static const struct {
        str name;
        int64_t ns;
    } units[] = {{STR_INIT("ns"), 1},
                 {STR_INIT("us"), 1000},
                 {STR_INIT("ms"), NS_PER_MS},
                 {STR_INIT("s"), NS_PER_S},
                 {STR_INIT("m"), 60 * NS_PER_S},
                 {STR_INIT("h"), 3600 * NS_PER_S}};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_starts(*text, units[i].name)) {
            *text = str_skip(*text, units[i].name.len);
            *ret_ns = units[i].ns;
            return true;
        }
    }
    return false;
}

bool clock_parse_duration(str text, int64_t *ret_ns)
{
    if (str_equal(text, STR("0"))) {
        *ret_ns = 0;
        return true;
    }
    int64_t total = 0;
    if (text.len == 0)
        return false;
    while (text.len != 0) {
        size_t digits = 0;
        while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
            digits++;
        uint64_t whole;
        if (!str_to_u64(str_slice(text, 0, digits), &whole) || whole > INT64_MAX)
            return false;
        text = str_skip(text, digits);
        int64_t fraction, unit, part;
        if (!read_fraction(&text, &fraction) || !read_unit(&text, &unit))
            return false;
        if (__builtin_mul_overflow((int64_t)whole, unit, &part) ||
            __builtin_add_overflow(total, part, &total))
            return false;
        int64_t below = (int64_t)((double)fraction / (double)NS_PER_S * (double)unit);
        if (__builtin_add_overflow(total, below, &total))
            return false;
    }
    *ret_ns = total;
    return true;
}
