/* dates: Go's layouts and durations. */
#ifndef RENDER_TEMPLATE_DATES_H
#define RENDER_TEMPLATE_DATES_H

#include "render/template/dyn.h"

/* time.Time's String and its form in JSON. */
void go_time_print(const struct dyn_time *time, struct buf *buf);
str go_time_rfc3339(const struct dyn_time *time, struct arena *arena);
/* time.Format. */
void go_time_format(const struct dyn_time *time, str layout, struct buf *buf);
/* time.Parse in UTC; false with Go's message. */
bool go_time_parse(str layout, str text, struct arena *arena, struct dyn_time *ret_time,
                   str *ret_message) MUST_USE;
/* In quotes, as the messages of Go's time package have text. */
str go_time_quote(str text, struct arena *arena);
/* time.ParseDuration: nanoseconds. */
bool go_duration_parse(str text, int64_t *ret_ns) MUST_USE;
/* time.Duration's String. */
void go_duration_print(int64_t ns, struct buf *buf);

/* String of a time.Month, a time.Weekday or a time.Duration. */
void go_named_print(struct dyn v, struct buf *buf);

/* The calendar's view of an instant, in its own zone. */
struct civil {
    int64_t year;
    int month, day, hour, minute, second, weekday, year_day;
};
struct civil civil_of(const struct dyn_time *time);

/* Methods of time.Time: `.Year`, `.Unix`, `.Format` …; of Month, Weekday and Duration. */
const struct dyn_method *time_methods(size_t *ret_count);
const struct dyn_method *named_methods(struct dyn v, size_t *ret_count);

#endif
