/* The methods of time.Time, time.Month, time.Weekday and time.Duration. */
#include "render/template/dates.h"
#include "render/template/fns.h"
#include "syncd/base/clock.h"

#define ZERO_TIME INT64_C(-62135596800) /* year 1, January 1 */

static struct civil civil_here(const struct dyn_call *call)
{
    return civil_of(call->receiver.as.time);
}

static bool return_time(struct dyn_call *call, struct dyn_time time)
{
    struct dyn_time *copy = ARENA_NEW(call->arena, struct dyn_time);
    *copy = time;
    return call_return(call, (struct dyn){.kind = DYN_TIME, .as.time = copy});
}

static bool method_year(struct dyn_call *call)
{
    return call_return(call, dyn_int(civil_here(call).year));
}

static bool method_day(struct dyn_call *call)
{
    return call_return(call, dyn_int(civil_here(call).day));
}

static bool method_hour(struct dyn_call *call)
{
    return call_return(call, dyn_int(civil_here(call).hour));
}

static bool method_minute(struct dyn_call *call)
{
    return call_return(call, dyn_int(civil_here(call).minute));
}

static bool method_second(struct dyn_call *call)
{
    return call_return(call, dyn_int(civil_here(call).second));
}

static bool method_year_day(struct dyn_call *call)
{
    return call_return(call, dyn_int(civil_here(call).year_day));
}

static bool method_month(struct dyn_call *call)
{
    struct dyn month = dyn_int(civil_here(call).month);
    month.type = TYPE_MONTH;
    return call_return(call, month);
}

static bool method_weekday(struct dyn_call *call)
{
    struct dyn weekday = dyn_int(civil_here(call).weekday);
    weekday.type = TYPE_WEEKDAY;
    return call_return(call, weekday);
}

static bool method_nanosecond(struct dyn_call *call)
{
    return call_return(call, dyn_int(call->receiver.as.time->nanos));
}

static bool method_unix(struct dyn_call *call)
{
    return call_return(call, dyn_int64(call->receiver.as.time->seconds));
}

/* Seconds and nanoseconds in a unit of so many nanoseconds; wraps as Go's does. */
static bool return_unix(struct dyn_call *call, int64_t unit)
{
    const struct dyn_time *time = call->receiver.as.time;
    uint64_t whole = (uint64_t)time->seconds * (uint64_t)(NS_PER_S / unit);
    return call_return(call, dyn_int64((int64_t)(whole + (uint64_t)(time->nanos / unit))));
}

static bool method_unix_milli(struct dyn_call *call)
{
    return return_unix(call, NS_PER_MS);
}

static bool method_unix_micro(struct dyn_call *call)
{
    return return_unix(call, 1000);
}

static bool method_unix_nano(struct dyn_call *call)
{
    return return_unix(call, 1);
}

static bool method_utc(struct dyn_call *call)
{
    struct dyn_time time = *call->receiver.as.time;
    time.offset = 0;
    time.zone = STR("UTC");
    return return_time(call, time);
}

static bool method_is_zero(struct dyn_call *call)
{
    const struct dyn_time *time = call->receiver.as.time;
    return call_return(call, dyn_bool(time->seconds == ZERO_TIME && time->nanos == 0));
}

static bool method_format(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    go_time_format(call->receiver.as.time, call_str(call, 0), &buf);
    return call_return_buf(call, &buf);
}

static bool method_string(struct dyn_call *call)
{
    AUTO_BUF struct buf buf = BUF_INIT(256);
    go_time_print(call->receiver.as.time, &buf);
    return call_return_buf(call, &buf);
}

/* Comparison. */

static int order(const struct dyn_call *call)
{
    const struct dyn_time *a = call->receiver.as.time;
    const struct dyn_time *b = call->args[0].as.time;
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    return (a->nanos > b->nanos) - (a->nanos < b->nanos);
}

static bool method_after(struct dyn_call *call)
{
    return call_return(call, dyn_bool(order(call) > 0));
}

static bool method_before(struct dyn_call *call)
{
    return call_return(call, dyn_bool(order(call) < 0));
}

static bool method_equal(struct dyn_call *call)
{
    return call_return(call, dyn_bool(order(call) == 0));
}

static bool method_compare(struct dyn_call *call)
{
    return call_return(call, dyn_int(order(call)));
}

/* Arithmetic. */

static struct dyn duration(int64_t ns)
{
    struct dyn v = dyn_int64(ns);
    v.type = TYPE_DURATION;
    return v;
}

static bool method_sub(struct dyn_call *call)
{
    const struct dyn_time *a = call->receiver.as.time;
    const struct dyn_time *b = call->args[0].as.time;
    __int128 ns = ((__int128)a->seconds - b->seconds) * NS_PER_S + a->nanos - b->nanos;
    int64_t clamped = ns > INT64_MAX ? INT64_MAX : ns < INT64_MIN ? INT64_MIN : (int64_t)ns;
    return call_return(call, duration(clamped));
}

static bool method_add(struct dyn_call *call)
{
    struct dyn_time time = *call->receiver.as.time;
    int64_t ns = call->args[0].as.integer;
    int64_t nanos = time.nanos + ns % NS_PER_S;
    int64_t carry = (nanos >= NS_PER_S) - (nanos < 0);
    time.seconds = (int64_t)((uint64_t)time.seconds + (uint64_t)(ns / NS_PER_S + carry));
    time.nanos = (int32_t)(nanos - carry * NS_PER_S);
    return return_time(call, time);
}

/* Months and days beyond their ends flow over, as in Go. */
static bool method_add_date(struct dyn_call *call)
{
    const int64_t most = INT64_C(1) << 40;
    struct dyn_time time = *call->receiver.as.time;
    struct civil civil = civil_here(call);
    for (size_t i = 0; i < 3; i++)
        if (call->args[i].as.integer > most || call->args[i].as.integer < -most)
            return call_error(call, "the date is too far away");
    int64_t months = civil.month - 1 + call->args[1].as.integer;
    int64_t years = months / 12 - (months % 12 < 0);
    int64_t year = civil.year + call->args[0].as.integer + years;
    int64_t days = clock_days(year, (int)(months - years * 12) + 1, 1) + civil.day - 1 +
                   call->args[2].as.integer;
    int64_t day_seconds = civil.hour * 3600 + civil.minute * 60 + civil.second;
    time.seconds = days * 86400 + day_seconds - time.offset;
    return return_time(call, time);
}

static const struct dyn_method methods[] = {
    {"Add", "D", method_add},
    {"AddDate", "iii", method_add_date},
    {"After", "t", method_after},
    {"Before", "t", method_before},
    {"Compare", "t", method_compare},
    {"Day", "", method_day},
    {"Equal", "t", method_equal},
    {"Format", "s", method_format},
    {"Hour", "", method_hour},
    {"IsZero", "", method_is_zero},
    {"Local", "", method_utc},
    {"Minute", "", method_minute},
    {"Month", "", method_month},
    {"Nanosecond", "", method_nanosecond},
    {"Second", "", method_second},
    {"String", "", method_string},
    {"Sub", "t", method_sub},
    {"UTC", "", method_utc},
    {"Unix", "", method_unix},
    {"UnixMicro", "", method_unix_micro},
    {"UnixMilli", "", method_unix_milli},
    {"UnixNano", "", method_unix_nano},
    {"Weekday", "", method_weekday},
    {"Year", "", method_year},
    {"YearDay", "", method_year_day},
};

const struct dyn_method *time_methods(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(methods);
    return methods;
}

/* Month, Weekday, Duration. */

static bool named_string(struct dyn_call *call)
{
    AUTO_BUF struct buf buf = BUF_INIT(128);
    go_named_print(call->receiver, &buf);
    return call_return_buf(call, &buf);
}

/* Whole units and the rest, added as Go adds them. */
static bool return_units(struct dyn_call *call, int64_t unit)
{
    int64_t whole = call->receiver.as.integer / unit, rest = call->receiver.as.integer % unit;
    return call_return(call, dyn_float((double)whole + (double)rest / (double)unit));
}

static bool duration_hours(struct dyn_call *call)
{
    return return_units(call, 3600 * NS_PER_S);
}

static bool duration_minutes(struct dyn_call *call)
{
    return return_units(call, 60 * NS_PER_S);
}

static bool duration_seconds(struct dyn_call *call)
{
    return return_units(call, NS_PER_S);
}

static bool duration_milliseconds(struct dyn_call *call)
{
    return call_return(call, dyn_int64(call->receiver.as.integer / NS_PER_MS));
}

static const struct dyn_method of_names[] = {
    {"String", "", named_string},
    {"Hours", "", duration_hours},
    {"Milliseconds", "", duration_milliseconds},
    {"Minutes", "", duration_minutes},
    {"Seconds", "", duration_seconds},
};

const struct dyn_method *named_methods(struct dyn v, size_t *ret_count)
{
    *ret_count = v.type == TYPE_DURATION ? ARRAY_LEN(of_names) : 1;
    return of_names;
}
