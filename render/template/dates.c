#include "render/template/dates.h"

#include "syncd/base/clock.h"

#include <stdlib.h>

/* Pieces of a layout. */
enum chunk {
    CHUNK_NONE,
    CHUNK_LONG_MONTH,
    CHUNK_MONTH,
    CHUNK_NUM_MONTH,
    CHUNK_ZERO_MONTH,
    CHUNK_LONG_WEEKDAY,
    CHUNK_WEEKDAY,
    CHUNK_DAY,
    CHUNK_UNDER_DAY,
    CHUNK_ZERO_DAY,
    CHUNK_UNDER_YEAR_DAY,
    CHUNK_ZERO_YEAR_DAY,
    CHUNK_HOUR,
    CHUNK_HOUR12,
    CHUNK_ZERO_HOUR12,
    CHUNK_MINUTE,
    CHUNK_ZERO_MINUTE,
    CHUNK_SECOND,
    CHUNK_ZERO_SECOND,
    CHUNK_LONG_YEAR,
    CHUNK_YEAR,
    CHUNK_PM,
    CHUNK_LOWER_PM,
    CHUNK_ZONE_NAME,
    CHUNK_ISO_ZONE, /* Z0700 and friends; the form is in the text */
    CHUNK_ZONE,
    CHUNK_FRACTION_ZEROS,
    CHUNK_FRACTION_NINES,
};

static const struct {
    const char *text;
    enum chunk chunk;
} chunks[] = {
    /* Longer ones first. */
    {"January", CHUNK_LONG_MONTH},
    {"Jan", CHUNK_MONTH},
    {"Monday", CHUNK_LONG_WEEKDAY},
    {"Mon", CHUNK_WEEKDAY},
    {"MST", CHUNK_ZONE_NAME},
    {"002", CHUNK_ZERO_YEAR_DAY},
    {"01", CHUNK_ZERO_MONTH},
    {"02", CHUNK_ZERO_DAY},
    {"03", CHUNK_ZERO_HOUR12},
    {"04", CHUNK_ZERO_MINUTE},
    {"05", CHUNK_ZERO_SECOND},
    {"06", CHUNK_YEAR},
    {"15", CHUNK_HOUR},
    {"1", CHUNK_NUM_MONTH},
    {"2006", CHUNK_LONG_YEAR},
    {"2", CHUNK_DAY},
    {"__2", CHUNK_UNDER_YEAR_DAY},
    {"_2", CHUNK_UNDER_DAY},
    {"3", CHUNK_HOUR12},
    {"4", CHUNK_MINUTE},
    {"5", CHUNK_SECOND},
    {"PM", CHUNK_PM},
    {"pm", CHUNK_LOWER_PM},
    {"-07:00:00", CHUNK_ZONE},
    {"-070000", CHUNK_ZONE},
    {"-07:00", CHUNK_ZONE},
    {"-0700", CHUNK_ZONE},
    {"-07", CHUNK_ZONE},
    {"Z07:00:00", CHUNK_ISO_ZONE},
    {"Z070000", CHUNK_ISO_ZONE},
    {"Z07:00", CHUNK_ISO_ZONE},
    {"Z0700", CHUNK_ISO_ZONE},
    {"Z07", CHUNK_ISO_ZONE},
};

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

/* Calendar. */

struct civil civil_of(const struct dyn_time *time)
{
    int64_t local = time->seconds + time->offset;
    int64_t days = local / 86400 - (local % 86400 < 0);
    int64_t rest = local - days * 86400;
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    struct civil civil = {
        .year = year_of_era + era * 400,
        .month = (int)(shifted_month + (shifted_month < 10 ? 3 : -9)),
        .day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
        .weekday = (int)(((days + 4) % 7 + 7) % 7),
    };
    civil.year += civil.month <= 2;
    civil.year_day = (int)(days - clock_days(civil.year, 1, 1)) + 1;
    return civil;
}

/* Layouts. */

static size_t fraction_length(str layout)
{
    if (layout.len < 2 || (layout.ptr[0] != '.' && layout.ptr[0] != ',') ||
        (layout.ptr[1] != '0' && layout.ptr[1] != '9'))
        return 0;
    size_t len = 1;
    while (len < layout.len && layout.ptr[len] == layout.ptr[1])
        len++;
    return len < layout.len && layout.ptr[len] >= '0' && layout.ptr[len] <= '9' ? 0 : len;
}

/* The chunk at the front, with its text; CHUNK_NONE and one byte otherwise. */
static enum chunk chunk_at(str layout, str *ret_text)
{
    size_t fraction = fraction_length(layout);
    if (fraction > 0) {
        *ret_text = str_slice(layout, 0, fraction);
        return layout.ptr[1] == '0' ? CHUNK_FRACTION_ZEROS : CHUNK_FRACTION_NINES;
    }
    if (str_starts(layout, STR("_2006"))) {
        *ret_text = str_slice(layout, 0, 1);
        return CHUNK_NONE;
    }
    for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
        str text = str_z(chunks[i].text);
        if (!str_starts(layout, text))
            continue;
        bool name = chunks[i].chunk == CHUNK_MONTH || chunks[i].chunk == CHUNK_WEEKDAY;
        if (name && layout.len > 3 && layout.ptr[3] >= 'a' && layout.ptr[3] <= 'z')
            continue;
        *ret_text = text;
        return chunks[i].chunk;
    }
    *ret_text = str_slice(layout, 0, 1);
    return CHUNK_NONE;
}

static void put_zone(const struct dyn_time *time, str form, bool iso, struct buf *buf)
{
    if (iso && time->offset == 0) {
        buf_add_byte(buf, 'Z');
        return;
    }
    int32_t offset = time->offset;
    buf_add_byte(buf, offset < 0 ? '-' : '+');
    offset = abs(offset);
    buf_printf(buf, "%02d", offset / 3600);
    if (form.len == 3)
        return;
    bool colon = str_index(form, ':') != SIZE_MAX;
    buf_printf(buf, "%s%02d", colon ? ":" : "", offset / 60 % 60);
    if (form.len > 6)
        buf_printf(buf, "%s%02d", colon ? ":" : "", offset % 60);
}

static void put_fraction(int32_t nanos, str form, struct buf *buf)
{
    char digits[9];
    for (size_t i = sizeof(digits); i-- > 0; nanos /= 10)
        digits[i] = (char)('0' + nanos % 10);
    str text = str_slice(str_from(digits, sizeof(digits)), 0, form.len - 1);
    if (form.ptr[1] == '9') {
        while (text.len > 0 && text.ptr[text.len - 1] == '0')
            text.len--;
        if (text.len == 0)
            return;
    }
    buf_add_byte(buf, form.ptr[0]);
    buf_add(buf, text);
}

static void put_chunk(const struct dyn_time *time, const struct civil *c, enum chunk chunk,
                      str form, struct buf *buf)
{
    int hour12 = c->hour % 12 == 0 ? 12 : c->hour % 12;
    switch (chunk) {
    case CHUNK_NONE: buf_add(buf, form); break;
    case CHUNK_LONG_MONTH: buf_add(buf, str_z(months[c->month - 1])); break;
    case CHUNK_MONTH: buf_add(buf, str_from(months[c->month - 1], 3)); break;
    case CHUNK_NUM_MONTH: buf_printf(buf, "%d", c->month); break;
    case CHUNK_ZERO_MONTH: buf_printf(buf, "%02d", c->month); break;
    case CHUNK_LONG_WEEKDAY: buf_add(buf, str_z(weekdays[c->weekday])); break;
    case CHUNK_WEEKDAY: buf_add(buf, str_from(weekdays[c->weekday], 3)); break;
    case CHUNK_DAY: buf_printf(buf, "%d", c->day); break;
    case CHUNK_UNDER_DAY: buf_printf(buf, "%2d", c->day); break;
    case CHUNK_ZERO_DAY: buf_printf(buf, "%02d", c->day); break;
    case CHUNK_UNDER_YEAR_DAY: buf_printf(buf, "%3d", c->year_day); break;
    case CHUNK_ZERO_YEAR_DAY: buf_printf(buf, "%03d", c->year_day); break;
    case CHUNK_HOUR: buf_printf(buf, "%02d", c->hour); break;
    case CHUNK_HOUR12: buf_printf(buf, "%d", hour12); break;
    case CHUNK_ZERO_HOUR12: buf_printf(buf, "%02d", hour12); break;
    case CHUNK_MINUTE: buf_printf(buf, "%d", c->minute); break;
    case CHUNK_ZERO_MINUTE: buf_printf(buf, "%02d", c->minute); break;
    case CHUNK_SECOND: buf_printf(buf, "%d", c->second); break;
    case CHUNK_ZERO_SECOND: buf_printf(buf, "%02d", c->second); break;
    case CHUNK_LONG_YEAR:
        buf_printf(buf, c->year < 0 ? "-%04lld" : "%04lld", (long long)llabs(c->year));
        break;
    case CHUNK_YEAR: buf_printf(buf, "%02d", (int)(llabs(c->year) % 100)); break;
    case CHUNK_PM: buf_add(buf, c->hour >= 12 ? STR("PM") : STR("AM")); break;
    case CHUNK_LOWER_PM: buf_add(buf, c->hour >= 12 ? STR("pm") : STR("am")); break;
    case CHUNK_ZONE_NAME:
        if (time->zone.len > 0)
            buf_add(buf, time->zone);
        else
            put_zone(time, time->offset % 3600 == 0 ? STR("-07") : STR("-0700"), false, buf);
        break;
    case CHUNK_ISO_ZONE:
    case CHUNK_ZONE: put_zone(time, form, chunk == CHUNK_ISO_ZONE, buf); break;
    case CHUNK_FRACTION_ZEROS:
    case CHUNK_FRACTION_NINES: put_fraction(time->nanos, form, buf); break;
    }
}

void go_time_format(const struct dyn_time *time, str layout, struct buf *buf)
{
    struct civil civil = civil_of(time);
    while (layout.len > 0) {
        str form;
        enum chunk chunk = chunk_at(layout, &form);
        put_chunk(time, &civil, chunk, form, buf);
        layout = str_skip(layout, form.len);
    }
}

void go_time_print(const struct dyn_time *time, struct buf *buf)
{
    go_time_format(time, STR("2006-01-02 15:04:05.999999999 -0700 MST"), buf);
}

str go_time_rfc3339(const struct dyn_time *time, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(128);
    go_time_format(time, STR("2006-01-02T15:04:05.999999999Z07:00"), &buf);
    return buf_copy(&buf, arena);
}

/* Reading. */

struct reading {
    str rest;
    int64_t year;
    int month, day, hour, minute, second, year_day;
    int32_t nanos, offset;
    bool pm, am, zoned, hour12;
    str zone;
    const char *out_of_range; /* the part that is */
};

/* A number of `least` to `most` digits; `space` allows a space instead of the first. */
static bool read_digits(struct reading *r, size_t least, size_t most, int64_t *ret_number)
{
    size_t len = 0;
    int64_t number = 0;
    while (len < most && len < r->rest.len && r->rest.ptr[len] >= '0' && r->rest.ptr[len] <= '9')
        number = number * 10 + (r->rest.ptr[len++] - '0');
    if (len < least)
        return false;
    r->rest = str_skip(r->rest, len);
    *ret_number = number;
    return true;
}

static bool read_part(struct reading *r, size_t least, int low, int high, const char *name,
                      int *ret_part)
{
    int64_t number;
    if (!read_digits(r, least, 2, &number))
        return false;
    if (number < low || number > high)
        r->out_of_range = name;
    *ret_part = (int)number;
    return true;
}

static bool read_name(struct reading *r, const char *const *names, size_t count, size_t short_len,
                      int *ret_index)
{
    for (size_t i = 0; i < count; i++) {
        str name = str_z(names[i]);
        if (short_len > 0)
            name.len = short_len;
        if (!str_equal_fold(str_slice(r->rest, 0, name.len), name))
            continue;
        r->rest = str_skip(r->rest, name.len);
        *ret_index = (int)i;
        return true;
    }
    return false;
}

static bool read_fraction(struct reading *r, size_t digits)
{
    if (r->rest.len < 2 || (r->rest.ptr[0] != '.' && r->rest.ptr[0] != ','))
        return false;
    r->rest = str_skip(r->rest, 1);
    size_t len = 0;
    int64_t nanos = 0;
    int64_t scale = 100000000;
    while (len < r->rest.len && r->rest.ptr[len] >= '0' && r->rest.ptr[len] <= '9' &&
           (digits == 0 || len < digits)) {
        nanos += (r->rest.ptr[len++] - '0') * scale;
        scale /= 10;
    }
    r->rest = str_skip(r->rest, len);
    r->nanos = (int32_t)nanos;
    return len > 0 && (digits == 0 || len == digits);
}

static bool read_zone(struct reading *r, str form, bool iso)
{
    if (iso && str_starts(r->rest, STR("Z"))) {
        r->rest = str_skip(r->rest, 1);
        r->zoned = true;
        r->zone = STR("UTC");
        return true;
    }
    if (r->rest.len < form.len || (r->rest.ptr[0] != '+' && r->rest.ptr[0] != '-'))
        return false;
    bool negative = r->rest.ptr[0] == '-';
    static const char *const zone_parts[] = {"time zone offset hour", "time zone offset minute",
                                             "time zone offset second"};
    int parts[3] = {0};
    r->rest = str_skip(r->rest, 1);
    size_t count = form.len == 3 ? 1 : form.len > 6 ? 3 : 2;
    bool colon = str_index(form, ':') != SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && colon) {
            if (!str_starts(r->rest, STR(":")))
                return false;
            r->rest = str_skip(r->rest, 1);
        }
        if (!read_part(r, 2, 0, i == 0 ? 24 : 60, zone_parts[i], &parts[i]))
            return false;
    }
    int32_t offset = parts[0] * 3600 + parts[1] * 60 + parts[2];
    r->offset = negative ? -offset : offset;
    r->zoned = true;
    if (r->offset == 0)
        r->zone = STR("UTC");
    return true;
}

static bool read_zone_name(struct reading *r)
{
    size_t len = 0;
    while (len < r->rest.len && len < 5 && r->rest.ptr[len] >= 'A' && r->rest.ptr[len] <= 'Z')
        len++;
    if (len < 3)
        return false;
    r->zone = str_slice(r->rest, 0, len);
    r->zoned = true;
    r->rest = str_skip(r->rest, len);
    return true;
}

static bool read_year(struct reading *r, bool full)
{
    if (!read_digits(r, full ? 4 : 2, full ? 4 : 2, &r->year))
        return false;
    if (!full)
        r->year += r->year >= 69 ? 1900 : 2000;
    return true;
}

static bool read_half(struct reading *r, bool upper)
{
    str half = str_slice(r->rest, 0, 2);
    r->pm = str_equal(half, upper ? STR("PM") : STR("pm"));
    r->am = str_equal(half, upper ? STR("AM") : STR("am"));
    r->rest = str_skip(r->rest, 2);
    return r->pm || r->am;
}

static bool read_year_day(struct reading *r, bool zero)
{
    int64_t number;
    for (int i = 0; !zero && i < 2 && str_starts(r->rest, STR(" ")); i++)
        r->rest = str_skip(r->rest, 1);
    if (!read_digits(r, zero ? 3 : 1, 3, &number))
        return false;
    r->year_day = (int)number;
    return true;
}

/* `next` is the byte of the layout behind the chunk. */
static bool read_chunk(struct reading *r, enum chunk chunk, str form, char next)
{
    int index = 0;
    switch (chunk) {
    case CHUNK_NONE:
        if (!str_starts(r->rest, form))
            return false;
        r->rest = str_skip(r->rest, form.len);
        return true;
    case CHUNK_LONG_MONTH:
    case CHUNK_MONTH:
        if (!read_name(r, months, 12, chunk == CHUNK_MONTH ? 3 : 0, &index))
            return false;
        r->month = index + 1;
        return true;
    case CHUNK_NUM_MONTH:
    case CHUNK_ZERO_MONTH:
        return read_part(r, chunk == CHUNK_ZERO_MONTH ? 2 : 1, 1, 12, "month", &r->month);
    case CHUNK_LONG_WEEKDAY:
    case CHUNK_WEEKDAY: return read_name(r, weekdays, 7, chunk == CHUNK_WEEKDAY ? 3 : 0, &index);
    case CHUNK_UNDER_DAY:
        if (str_starts(r->rest, STR(" ")))
            r->rest = str_skip(r->rest, 1);
        return read_part(r, 1, 0, 99, "day", &r->day);
    case CHUNK_DAY:
    case CHUNK_ZERO_DAY:
        return read_part(r, chunk == CHUNK_ZERO_DAY ? 2 : 1, 0, 99, "day", &r->day);
    case CHUNK_UNDER_YEAR_DAY:
    case CHUNK_ZERO_YEAR_DAY: return read_year_day(r, chunk == CHUNK_ZERO_YEAR_DAY);
    case CHUNK_HOUR: return read_part(r, 1, 0, 23, "hour", &r->hour);
    case CHUNK_HOUR12:
    case CHUNK_ZERO_HOUR12:
        return read_part(r, chunk == CHUNK_ZERO_HOUR12 ? 2 : 1, 0, 12, "hour", &r->hour);
    case CHUNK_MINUTE:
    case CHUNK_ZERO_MINUTE:
        return read_part(r, chunk == CHUNK_ZERO_MINUTE ? 2 : 1, 0, 59, "minute", &r->minute);
    case CHUNK_SECOND:
    case CHUNK_ZERO_SECOND:
        if (!read_part(r, chunk == CHUNK_ZERO_SECOND ? 2 : 1, 0, 59, "second", &r->second))
            return false;
        /* A fraction may follow that the layout does not mention. */
        if (r->rest.len >= 2 && r->rest.ptr[0] == '.' && r->rest.ptr[1] >= '0' &&
            r->rest.ptr[1] <= '9' && next != '.' && next != ',')
            return read_fraction(r, 0);
        return true;
    case CHUNK_LONG_YEAR:
    case CHUNK_YEAR: return read_year(r, chunk == CHUNK_LONG_YEAR);
    case CHUNK_PM:
    case CHUNK_LOWER_PM: return read_half(r, chunk == CHUNK_PM);
    case CHUNK_ZONE_NAME: return read_zone_name(r);
    case CHUNK_ISO_ZONE:
    case CHUNK_ZONE: return read_zone(r, form, chunk == CHUNK_ISO_ZONE);
    case CHUNK_FRACTION_ZEROS: return read_fraction(r, form.len - 1);
    case CHUNK_FRACTION_NINES:
        return r->rest.len < 2 || r->rest.ptr[0] != form.ptr[0] || read_fraction(r, 0);
    }
    return false;
}

static int month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Literal text up to the next chunk: a run of spaces stands for any number of them. */
static str literal_text(str layout)
{
    size_t len = 0;
    for (str form; len < layout.len; len += form.len)
        if (chunk_at(str_skip(layout, len), &form) != CHUNK_NONE)
            break;
    return str_slice(layout, 0, len);
}

static bool skip_literal(struct reading *r, str literal)
{
    while (literal.len > 0) {
        bool space = literal.ptr[0] == ' ';
        if (space && r->rest.len > 0 && r->rest.ptr[0] != ' ')
            return false;
        if (!space && (r->rest.len == 0 || r->rest.ptr[0] != literal.ptr[0]))
            return false;
        literal = space ? str_trim_left(literal, STR(" ")) : str_skip(literal, 1);
        r->rest = space ? str_trim_left(r->rest, STR(" ")) : str_skip(r->rest, 1);
    }
    return true;
}

str go_time_quote(str text, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(text.len * 4 + 8);
    buf_add_byte(&buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < ' ' || byte >= 0x80)
            buf_printf(&buf, "\\x%02x", byte);
        else
            buf_printf(&buf, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
    }
    buf_add_byte(&buf, '"');
    return buf_copy(&buf, arena);
}

bool go_time_parse(str layout, str text, struct arena *arena, struct dyn_time *ret_time,
                   str *ret_message)
{
    const str shown = go_time_quote(text, arena);
    struct reading r = {.rest = text, .month = 1, .day = 1};
    str whole = layout;
    while (layout.len > 0) {
        str form = literal_text(layout);
        bool good = skip_literal(&r, form);
        str at = r.rest;
        layout = str_skip(layout, form.len);
        if (good && layout.len > 0) {
            enum chunk chunk = chunk_at(layout, &form);
            layout = str_skip(layout, form.len);
            good = read_chunk(&r, chunk, form, layout.len > 0 ? layout.ptr[0] : '\0');
        }
        if (!good) {
            *ret_message = arena_printf(
                arena, "parsing time %.*s as %.*s: cannot parse %.*s as %.*s", STR_ARG(shown),
                STR_ARG(go_time_quote(whole, arena)), STR_ARG(go_time_quote(at, arena)),
                STR_ARG(go_time_quote(form, arena)));
            return false;
        }
        if (r.out_of_range != NULL) {
            *ret_message = arena_printf(arena, "parsing time %.*s: %s out of range", STR_ARG(shown),
                                        r.out_of_range);
            return false;
        }
    }
    if (r.rest.len > 0) {
        *ret_message = arena_printf(arena, "parsing time %.*s: extra text: %.*s", STR_ARG(shown),
                                    STR_ARG(go_time_quote(r.rest, arena)));
        return false;
    }
    if (r.day < 1 || r.day > month_days(r.year, r.month)) {
        *ret_message = arena_printf(arena, "parsing time %.*s: day out of range", STR_ARG(shown));
        return false;
    }
    if (r.pm && r.hour < 12)
        r.hour += 12;
    if (r.am && r.hour == 12)
        r.hour = 0;
    int64_t days = clock_days(r.year, r.month, r.day);
    if (r.year_day > 0)
        days = clock_days(r.year, 1, 1) + r.year_day - 1;
    *ret_time = (struct dyn_time){
        .seconds = days * 86400 + r.hour * 3600 + r.minute * 60 + r.second - r.offset,
        .nanos = r.nanos,
        .offset = r.offset,
        .zone = r.zoned ? r.zone : STR("UTC"),
    };
    return true;
}

/* Durations. */

static bool duration_unit(str *rest, int64_t *ret_ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ns", 1},         {"us", 1000},    {"\xC2\xB5s", 1000},  {"\xCE\xBCs", 1000},
                 {"ms", NS_PER_MS}, {"s", NS_PER_S}, {"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S}};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        str name = str_z(units[i].name);
        str after = str_skip(*rest, name.len);
        bool ends =
            after.len == 0 || after.ptr[0] == '.' || (after.ptr[0] >= '0' && after.ptr[0] <= '9');
        if (!str_starts(*rest, name) || !ends)
            continue;
        *rest = after;
        *ret_ns = units[i].ns;
        return true;
    }
    return false;
}

bool go_duration_parse(str text, int64_t *ret_ns)
{
    bool negative = str_starts(text, STR("-"));
    if (negative || str_starts(text, STR("+")))
        text = str_skip(text, 1);
    *ret_ns = 0;
    if (str_equal(text, STR("0")))
        return true;
    if (text.len == 0)
        return false;
    __int128 total = 0;
    while (text.len > 0) {
        __int128 whole = 0;
        double fraction = 0;
        double scale = 1;
        size_t digits = 0;
        for (; text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9'; digits++) {
            whole = whole * 10 + (text.ptr[0] - '0');
            text = str_skip(text, 1);
            if (whole > INT64_MAX)
                return false;
        }
        if (str_starts(text, STR("."))) {
            text = str_skip(text, 1);
            for (; text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9'; digits++) {
                fraction = fraction * 10 + (text.ptr[0] - '0');
                scale *= 10;
                text = str_skip(text, 1);
            }
        }
        int64_t unit;
        if (digits == 0 || !duration_unit(&text, &unit))
            return false;
        total += whole * unit + (__int128)(fraction * ((double)unit / scale));
        if (total > (__int128)INT64_MAX + negative)
            return false;
    }
    *ret_ns = (int64_t)(negative ? -total : total);
    return true;
}

/* Whole and fraction without trailing zeros. */
static void put_decimal(uint64_t number, unsigned places, struct buf *buf)
{
    uint64_t scale = 1;
    for (unsigned i = 0; i < places; i++)
        scale *= 10;
    buf_add_u64(buf, number / scale);
    uint64_t rest = number % scale;
    if (rest == 0)
        return;
    buf_add_byte(buf, '.');
    for (scale /= 10; rest > 0; scale /= 10) {
        buf_add_byte(buf, (char)('0' + rest / scale));
        rest %= scale;
    }
}

void go_duration_print(int64_t ns, struct buf *buf)
{
    uint64_t rest = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    if (ns < 0)
        buf_add_byte(buf, '-');
    if (rest == 0) {
        buf_add(buf, STR("0s"));
        return;
    }
    if (rest < (uint64_t)NS_PER_S) {
        unsigned places = rest < 1000 ? 0 : rest < 1000000 ? 3 : 6;
        put_decimal(rest, places, buf);
        buf_add(buf, places == 0 ? STR("ns") : places == 3 ? STR("\xC2\xB5s") : STR("ms"));
        return;
    }
    uint64_t minutes = rest / (60 * (uint64_t)NS_PER_S);
    if (minutes >= 60)
        buf_printf(buf, "%lluh", (unsigned long long)(minutes / 60));
    if (minutes > 0)
        buf_printf(buf, "%llum", (unsigned long long)(minutes % 60));
    put_decimal(rest % (60 * (uint64_t)NS_PER_S), 9, buf);
    buf_add_byte(buf, 's');
}

void go_named_print(struct dyn v, struct buf *buf)
{
    int64_t number = v.as.integer;
    if (v.type == TYPE_DURATION)
        go_duration_print(number, buf);
    else if (v.type == TYPE_MONTH && number >= 1 && number <= 12)
        buf_add(buf, str_z(months[number - 1]));
    else if (v.type == TYPE_WEEKDAY && number >= 0 && number < 7)
        buf_add(buf, str_z(weekdays[number]));
    else
        buf_printf(buf, "%%!%s(%lld)", v.type == TYPE_MONTH ? "Month" : "Weekday",
                   (long long)number);
}
