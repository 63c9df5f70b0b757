/* Functions on time, and the methods of time.Time. */
#include "render/template/dates.h"
#include "render/template/fns.h"
#include "render/template/run.h"
#include "render/template/zone.h"
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
    if (dyn_is_signed(v) && v.type == TYPE_NONE)
        return time_at(v.as.integer, 0);
    return time_now(call);
}

bool fn_now(struct dyn_call *call)
{
    return call_return(call, dyn_time_value(call, time_now(call)));
}

/* A zone that is not in the database is UTC, as for the original. */
static bool enter_zone(struct dyn_call *call, str zone, struct dyn_time *time)
{
    if (zone.len == 0 || str_equal(zone, STR("UTC")) || str_equal(zone, STR("Local")))
        return true;
    const struct template_world *world = call->run->world;
    if (world == NULL || world->zones == NULL) {
        (void)call_error(call, "time zone \"%.*s\": there is no zone database here", STR_ARG(zone));
        call->run->error_class = ERROR_UNSUPPORTED;
        return false;
    }
    str file;
    if (zones_find(world->zones, zone, &file) && !zone_apply(file, time))
        return call_error(call, "time zone \"%.*s\": its file is damaged", STR_ARG(zone));
    return true;
}

static bool format_in(struct dyn_call *call, str layout, struct dyn when, str zone)
{
    struct dyn_time time = time_of(call, when);
    time.offset = 0;
    time.zone = STR("UTC");
    if (!enter_zone(call, zone, &time))
        return false;
    if (!call_charge(call, layout.len))
        return false;
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

/* Go's complaint of a text that is no duration. */
static bool duration_error(struct dyn_call *call, str text)
{
    static const char *const units[] = {"ns", "us", "\xC2\xB5s", "\xCE\xBCs", "ms", "s", "m", "h"};
    str rest = str_skip(text, str_starts(text, STR("-")) || str_starts(text, STR("+")));
    while (rest.len > 0) {
        size_t digits = 0;
        size_t points = 0;
        for (; digits < rest.len; digits++) {
            points += rest.ptr[digits] == '.';
            if (points > 1 || strchr("0123456789.", rest.ptr[digits]) == NULL)
                break;
        }
        rest = str_skip(rest, digits);
        if (digits == points || digits == 0)
            break;
        size_t len = 0;
        while (len < rest.len && strchr("0123456789.", rest.ptr[len]) == NULL)
            len++;
        if (len == 0)
            return call_error(call, "time: missing unit in duration %.*s",
                              STR_ARG(go_time_quote(text, call->arena)));
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(units); i++)
            known |= str_equal(str_slice(rest, 0, len), str_z(units[i]));
        if (!known)
            return call_error(call, "time: unknown unit %.*s in duration %.*s",
                              STR_ARG(go_time_quote(str_slice(rest, 0, len), call->arena)),
                              STR_ARG(go_time_quote(text, call->arena)));
        rest = str_skip(rest, len);
    }
    return call_error(call, "time: invalid duration %.*s",
                      STR_ARG(go_time_quote(text, call->arena)));
}

static bool modify(struct dyn_call *call, bool must)
{
    int64_t ns;
    if (go_duration_parse(call_str(call, 0), &ns))
        return call_return(call, dyn_time_value(call, shifted(*call->args[1].as.time, ns)));
    if (must)
        return duration_error(call, call_str(call, 0));
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
    if (!call_charge(call, call_str(call, 0).len + call_str(call, 1).len))
        return false;
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
    if (v.kind == DYN_INT64 && v.type == TYPE_NONE)
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
    if (v.kind == DYN_INT64 && v.type == TYPE_NONE)
        ns = v.as.integer;
    if (v.kind == DYN_TIME) {
        int64_t seconds = seconds_since(call, *v.as.time);
        if (__builtin_mul_overflow(seconds, NS_PER_S, &ns))
            ns = seconds < 0 ? INT64_MIN : INT64_MAX;
    }
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
