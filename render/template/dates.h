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
/* time.ParseDuration: nanoseconds. */
bool go_duration_parse(str text, int64_t *ret_ns) MUST_USE;
/* time.Duration's String. */
void go_duration_print(int64_t ns, struct buf *buf);

/* Methods of time.Time: `.Year`, `.Unix`, `.Format` … */
const struct dyn_method *time_methods(size_t *ret_count);

#endif
