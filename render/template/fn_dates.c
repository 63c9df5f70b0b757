/* Functions on time, and the methods of time.Time. */
#include "render/template/dates.h"
#include "render/template/fns.h"
#include "render/template/run.h"
#include "syncd/base/clock.h"

static struct dyn_time time_at(int64_t seconds, int32_t nanos)
{
    return (struct dyn_time){.seconds = seconds, .nanos = nanos, .zone = STR("UTC")};
}

static struct dyn_time time_now(struct dyn_call *call)
{
    call->run->usage.nondeterministic = true;
    int64_t now = call->run->world != NULL ? call->run->world->now_ns : 0;
    return time_at(now / NS_PER_S, (int32_t)(now % NS_PER_S));
}

static struct dyn dyn_time_value(struct dyn_call *call, struct dyn_time time)
{
    struct dyn_time *copy = ARENA_NEW(call->arena, struct dyn_time);
    *copy = time;
    return (struct dyn){.kind = DYN_TIME, .as.time = copy};
}

/* What the date functions take for a time; anything else is now. */
static struct dyn_time time_of(struct dyn_call *call, struct dyn v)
{
    if (v.kind == DYN_TIME)
        return *v.as.time;
    if (dyn_is_signed(v))
        return time_at(v.as.integer, 0);
    return time_now(call);
}

bool fn_now(struct dyn_call *call)
{
    return call_return(call, dyn_time_value(call, time_now(call)));
}

static bool format_in(struct dyn_call *call, str layout, struct dyn when, str zone)
{
    struct dyn_time time = time_of(call, when);
    if (!str_equal(zone, STR("UTC")) && !str_equal(zone, STR("Local")) && zone.len > 0 &&
        str_index(zone, '/') != SIZE_MAX) {
        (void)call_error(call, "time zone \"%.*s\": only UTC is supported", STR_ARG(zone));
        call->run->error_class = ERROR_UNSUPPORTED;
        return false;
    }
    time.offset = 0;
    time.zone = STR("UTC");
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    go_time_format(&time, layout, &buf);
    return call_return_buf(call, &buf);
}

bool fn_date(struct dyn_call *call)
{
    return format_in(call, call_str(call, 0), call->args[1], STR("UTC"));
}

bool fn_date_in_zone(struct dyn_call *call)
{
    return format_in(call, call_str(call, 0), call->args[1], call_str(call, 2));
}

bool fn_html_date(struct dyn_call *call)
{
    return format_in(call, STR("2006-01-02"), call->args[0], STR("UTC"));
}

bool fn_html_date_in_zone(struct dyn_call *call)
{
    return format_in(call, STR("2006-01-02"), call->args[0], call_str(call, 1));
}

static struct dyn_time shifted(struct dyn_time time, int64_t ns)
{
    int64_t nanos = time.nanos + ns % NS_PER_S;
    time.seconds += ns / NS_PER_S + (nanos >= NS_PER_S) - (nanos < 0);
    time.nanos = (int32_t)(nanos >= NS_PER_S ? nanos - NS_PER_S
                           : nanos < 0       ? nanos + NS_PER_S
                                             : nanos);
    return time;
}

static bool modify(struct dyn_call *call, bool must)
{
    int64_t ns;
    if (go_duration_parse(call_str(call, 0), &ns))
        return call_return(call, dyn_time_value(call, shifted(*call->args[1].as.time, ns)));
    if (must)
        return call_error(call, "time: invalid duration \"%.*s\"", STR_ARG(call_str(call, 0)));
    return call_return(call, call->args[1]);
}

bool fn_date_modify(struct dyn_call *call)
{
    return modify(call, false);
}

bool fn_must_date_modify(struct dyn_call *call)
{
    return modify(call, true);
}

static bool parse_date(struct dyn_call *call, bool must)
{
    struct dyn_time time = time_at(INT64_C(-62135596800), 0);
    str message;
    if (!go_time_parse(call_str(call, 0), call_str(call, 1), call->arena, &time, &message) && must)
        return call_error_text(call, message);
    return call_return(call, dyn_time_value(call, time));
}

bool fn_to_date(struct dyn_call *call)
{
    return parse_date(call, false);
}

bool fn_must_to_date(struct dyn_call *call)
{
    return parse_date(call, true);
}

bool fn_unix_epoch(struct dyn_call *call)
{
    return call_return_str(
        call, arena_printf(call->arena, "%lld", (long long)call->args[0].as.time->seconds));
}

/* Seconds since then; the clock's second is rounded half up. */
static int64_t seconds_since(struct dyn_call *call, struct dyn_time time)
{
    struct dyn_time now = time_now(call);
    int64_t nanos = now.nanos - time.nanos;
    return now.seconds - time.seconds + (nanos >= NS_PER_S / 2) - (nanos < -NS_PER_S / 2);
}

static bool return_duration(struct dyn_call *call, int64_t seconds)
{
    AUTO_BUF struct buf buf = BUF_INIT(64);
    int64_t ns;
    if (__builtin_mul_overflow(seconds, NS_PER_S, &ns))
        ns = (int64_t)((uint64_t)seconds * (uint64_t)NS_PER_S);
    go_duration_print(ns, &buf);
    return call_return_buf(call, &buf);
}

bool fn_ago(struct dyn_call *call)
{
    return return_duration(call, seconds_since(call, time_of(call, call->args[0])));
}

bool fn_duration(struct dyn_call *call)
{
    struct dyn v = call->args[0];
    int64_t seconds = 0;
    if (v.kind == DYN_STRING && !str_to_i64(dyn_str(v), &seconds))
        seconds = 0;
    if (v.kind == DYN_INT64)
        seconds = v.as.integer;
    return return_duration(call, seconds);
}

bool fn_duration_round(struct dyn_call *call)
{
    static const struct {
        uint64_t seconds;
        const char *unit;
    } units[] = {{365 * 86400, "y"}, {30 * 86400, "mo"}, {86400, "d"},
                 {3600, "h"},        {60, "m"},          {1, "s"}};
    struct dyn v = call->args[0];
    int64_t ns = 0;
    if (v.kind == DYN_STRING && !go_duration_parse(dyn_str(v), &ns))
        ns = 0;
    if (v.kind == DYN_INT64)
        ns = v.as.integer;
    if (v.kind == DYN_TIME)
        ns = seconds_since(call, *v.as.time) * NS_PER_S;
    uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        uint64_t unit = units[i].seconds * (uint64_t)NS_PER_S;
        if (magnitude > unit)
            return call_return_str(call, arena_printf(call->arena, "%llu%s",
                                                      (unsigned long long)(magnitude / unit),
                                                      units[i].unit));
    }
    return call_return_str(call, STR("0s"));
}

/* Methods. */

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

/* A number that a layout prints. */
static bool return_formatted(struct dyn_call *call, const char *layout)
{
    AUTO_BUF struct buf buf = BUF_INIT(64);
    go_time_format(call->receiver.as.time, str_z(layout), &buf);
    str text = str_trim_left(buf_str(&buf), STR("0"));
    int64_t number;
    return call_return(call, dyn_int(str_to_i64(text, &number) ? number : 0));
}

static bool method_year(struct dyn_call *call)
{
    return return_formatted(call, "2006");
}

static bool method_day(struct dyn_call *call)
{
    return return_formatted(call, "02");
}

static bool method_hour(struct dyn_call *call)
{
    return return_formatted(call, "15");
}

static bool method_minute(struct dyn_call *call)
{
    return return_formatted(call, "04");
}

static bool method_second(struct dyn_call *call)
{
    return return_formatted(call, "05");
}

static bool method_year_day(struct dyn_call *call)
{
    return return_formatted(call, "002");
}

static bool return_name(struct dyn_call *call, const char *layout)
{
    AUTO_BUF struct buf buf = BUF_INIT(64);
    go_time_format(call->receiver.as.time, str_z(layout), &buf);
    return call_return_buf(call, &buf);
}

static bool method_month(struct dyn_call *call)
{
    return return_name(call, "January");
}

static bool method_weekday(struct dyn_call *call)
{
    return return_name(call, "Monday");
}

static bool method_unix(struct dyn_call *call)
{
    return call_return(call, dyn_int64(call->receiver.as.time->seconds));
}

static bool method_unix_milli(struct dyn_call *call)
{
    const struct dyn_time *time = call->receiver.as.time;
    return call_return(call, dyn_int64(time->seconds * 1000 + time->nanos / NS_PER_MS));
}

static bool method_unix_nano(struct dyn_call *call)
{
    const struct dyn_time *time = call->receiver.as.time;
    return call_return(call, dyn_int64(time->seconds * NS_PER_S + time->nanos));
}

static bool method_nanosecond(struct dyn_call *call)
{
    return call_return(call, dyn_int(call->receiver.as.time->nanos));
}

static bool method_utc(struct dyn_call *call)
{
    const struct dyn_time *time = call->receiver.as.time;
    return call_return(call, dyn_time_value(call, time_at(time->seconds, time->nanos)));
}

static bool method_is_zero(struct dyn_call *call)
{
    return call_return(call, dyn_bool(call->receiver.as.time->seconds == INT64_C(-62135596800)));
}

static const struct dyn_method methods[] = {
    {"Day", "", method_day},
    {"Format", "s", method_format},
    {"Hour", "", method_hour},
    {"IsZero", "", method_is_zero},
    {"Local", "", method_utc},
    {"Minute", "", method_minute},
    {"Month", "", method_month},
    {"Nanosecond", "", method_nanosecond},
    {"Second", "", method_second},
    {"String", "", method_string},
    {"UTC", "", method_utc},
    {"Unix", "", method_unix},
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
