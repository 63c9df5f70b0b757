#include "render/template/zone.h"

#include "render/template/dates.h"
#include "syncd/base/clock.h"

#define HEADER_LEN 44
#define DAY        86400

/* One kind of local time. */
struct local {
    int32_t offset; /* seconds east of UTC */
    bool is_dst;
    str name;
};

/* The 64-bit part of a file. */
struct tables {
    const uint8_t *times;   /* of the transitions, 8 bytes each, rising */
    const uint8_t *indexes; /* which local time begins there */
    const uint8_t *locals;  /* 6 bytes each */
    str names;
    size_t transition_count, local_count;
    str rule; /* POSIX TZ text for all time behind the last transition; may be empty */
};

/* The file. */

static uint64_t big_endian(const uint8_t *bytes, size_t len)
{
    uint64_t number = 0;
    for (size_t i = 0; i < len; i++)
        number = number << 8 | bytes[i];
    return number;
}

struct counts {
    size_t utc, standard, leap, transitions, locals, names;
};

static bool read_header(str file, struct counts *ret_counts)
{
    if (file.len < HEADER_LEN || !str_starts(file, STR("TZif")))
        return false;
    size_t counts[6];
    for (size_t i = 0; i < 6; i++)
        counts[i] = big_endian((const uint8_t *)file.ptr + 20 + 4 * i, 4);
    for (size_t i = 0; i < 6; i++)
        if (counts[i] > file.len)
            return false;
    *ret_counts = (struct counts){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
    return counts[4] > 0;
}

static size_t body_length(const struct counts *counts, size_t time_size)
{
    return counts->transitions * (time_size + 1) + counts->locals * 6 + counts->names +
           counts->leap * (time_size + 4) + counts->standard + counts->utc;
}

static bool read_tables(str file, struct tables *ret_tables)
{
    struct counts counts;
    if (!read_header(file, &counts) || file.ptr[4] < '2')
        return false;
    file = str_skip(file, HEADER_LEN + body_length(&counts, 4));
    if (!read_header(file, &counts))
        return false;
    file = str_skip(file, HEADER_LEN);
    if (file.len < body_length(&counts, 8))
        return false;
    const uint8_t *at = (const uint8_t *)file.ptr;
    struct tables tables = {.transition_count = counts.transitions, .local_count = counts.locals};
    tables.times = at;
    tables.indexes = tables.times + counts.transitions * 8;
    tables.locals = tables.indexes + counts.transitions;
    tables.names = str_from((const char *)tables.locals + counts.locals * 6, counts.names);
    for (size_t i = 0; i < counts.transitions; i++)
        if (tables.indexes[i] >= counts.locals)
            return false;
    str footer = str_skip(file, body_length(&counts, 8));
    if (footer.len > 2 && footer.ptr[0] == '\n' && footer.ptr[footer.len - 1] == '\n')
        tables.rule = str_slice(footer, 1, footer.len - 2);
    *ret_tables = tables;
    return true;
}

static struct local local_at(const struct tables *tables, size_t index)
{
    const uint8_t *at = tables->locals + 6 * index;
    str name = str_skip(tables->names, at[5]);
    size_t end = str_index(name, '\0');
    return (struct local){.offset = (int32_t)(uint32_t)big_endian(at, 4),
                          .is_dst = at[4] != 0,
                          .name = str_slice(name, 0, end == SIZE_MAX ? name.len : end)};
}

/* Before the first transition: the first local time unless a transition leads to it, else the last
   standard one before the first transition's, else the first standard one. */
static size_t first_local(const struct tables *tables)
{
    bool used = false;
    for (size_t i = 0; i < tables->transition_count; i++)
        used |= tables->indexes[i] == 0;
    if (!used)
        return 0;
    if (tables->transition_count > 0 && local_at(tables, tables->indexes[0]).is_dst)
        for (size_t i = tables->indexes[0]; i-- > 0;)
            if (!local_at(tables, i).is_dst)
                return i;
    for (size_t i = 0; i < tables->local_count; i++)
        if (!local_at(tables, i).is_dst)
            return i;
    return 0;
}

/* Transitions that lie at or before the instant. */
static size_t transitions_before(const struct tables *tables, int64_t seconds)
{
    size_t low = 0;
    size_t high = tables->transition_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((int64_t)big_endian(tables->times + 8 * middle, 8) <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The rule: "CET-1CEST,M3.5.0,M10.5.0/3". */

struct change {
    char kind; /* 'M', 'J', or '0' for a day from 0 */
    int month, week, day;
    int32_t time; /* seconds of local time */
};

static bool take_name(str *rest, str *ret_name)
{
    bool quoted = str_starts(*rest, STR("<"));
    size_t len = quoted ? str_index(*rest, '>') : 0;
    if (!quoted)
        while (len < rest->len && strchr("0123456789,-+", rest->ptr[len]) == NULL)
            len++;
    if (len == SIZE_MAX || len < 3)
        return false;
    *ret_name = str_slice(*rest, quoted, len - quoted);
    *rest = str_skip(*rest, len + quoted);
    return true;
}

static bool take_number(str *rest, int *ret_number)
{
    int number = 0;
    size_t len = 0;
    for (; len < rest->len && len < 4 && rest->ptr[len] >= '0' && rest->ptr[len] <= '9'; len++)
        number = number * 10 + (rest->ptr[len] - '0');
    *rest = str_skip(*rest, len);
    *ret_number = number;
    return len > 0;
}

/* "[+-]h[:m[:s]]" in seconds. */
static bool take_clock(str *rest, int32_t *ret_seconds)
{
    bool negative = str_starts(*rest, STR("-"));
    if (negative || str_starts(*rest, STR("+")))
        *rest = str_skip(*rest, 1);
    int part;
    if (!take_number(rest, &part) || part > 168)
        return false;
    int32_t seconds = part * 3600;
    for (int32_t unit = 60; unit > 0 && str_starts(*rest, STR(":")); unit /= 60) {
        *rest = str_skip(*rest, 1);
        if (!take_number(rest, &part) || part > 59)
            return false;
        seconds += part * unit;
    }
    *ret_seconds = negative ? -seconds : seconds;
    return true;
}

static bool take_point(str *rest, char point)
{
    if (rest->len == 0 || rest->ptr[0] != point)
        return false;
    *rest = str_skip(*rest, 1);
    return true;
}

static bool take_change(str *rest, struct change *change)
{
    *change = (struct change){.kind = '0', .time = 2 * 3600};
    if (!take_point(rest, ','))
        return false;
    bool good;
    if (take_point(rest, 'M')) {
        change->kind = 'M';
        good = take_number(rest, &change->month) && take_point(rest, '.') &&
               take_number(rest, &change->week) && take_point(rest, '.') &&
               take_number(rest, &change->day) && change->month >= 1 && change->month <= 12;
    } else {
        if (take_point(rest, 'J'))
            change->kind = 'J';
        good = take_number(rest, &change->day);
    }
    return good && (!take_point(rest, '/') || take_clock(rest, &change->time));
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Seconds from the year's start, in UTC, until a change happens where the clock shows `offset`. */
static int64_t change_time(const struct change *change, int64_t year, int32_t offset)
{
    int64_t new_year = clock_days(year, 1, 1);
    int64_t day = change->day;
    if (change->kind == 'J')
        day += (is_leap(year) && change->day >= 60) - 1;
    if (change->kind == 'M') {
        int64_t first = clock_days(year, change->month, 1);
        int64_t next = change->month == 12 ? clock_days(year + 1, 1, 1)
                                           : clock_days(year, change->month + 1, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7;
        day = first + (change->day - weekday + 7) % 7 + 7 * (change->week - 1);
        while (day >= next)
            day -= 7;
        day -= new_year;
    }
    return day * DAY + change->time - offset;
}

static bool apply_rule(str rule, int64_t seconds, struct local *ret_local)
{
    struct local standard = {0};
    struct local summer = {.is_dst = true};
    struct change start, end;
    int32_t west;
    if (!take_name(&rule, &standard.name) || !take_clock(&rule, &west))
        return false;
    standard.offset = -west;
    *ret_local = standard;
    if (rule.len == 0)
        return true;
    summer.offset = standard.offset + 3600;
    if (!take_name(&rule, &summer.name))
        return false;
    if (rule.len > 0 && rule.ptr[0] != ',') {
        if (!take_clock(&rule, &west))
            return false;
        summer.offset = -west;
    }
    if (!take_change(&rule, &start) || !take_change(&rule, &end) || rule.len > 0)
        return false;
    struct dyn_time utc = {.seconds = seconds};
    int64_t year = civil_of(&utc).year;
    int64_t since = seconds - clock_days(year, 1, 1) * DAY;
    int64_t from = change_time(&start, year, standard.offset);
    int64_t until = change_time(&end, year, summer.offset);
    bool inside = from <= until ? since >= from && since < until : since >= from || since < until;
    *ret_local = inside ? summer : standard;
    return true;
}

bool zone_apply(str file, struct dyn_time *time)
{
    struct tables tables;
    if (!read_tables(file, &tables))
        return false;
    size_t before = transitions_before(&tables, time->seconds);
    struct local local =
        local_at(&tables, before > 0 ? tables.indexes[before - 1] : first_local(&tables));
    if (before == tables.transition_count && tables.rule.len > 0)
        (void)apply_rule(tables.rule, time->seconds, &local);
    time->offset = local.offset;
    time->zone = local.name;
    return true;
}
