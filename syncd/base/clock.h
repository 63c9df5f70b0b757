/* clock: the two clocks, and time as text. Pure modules get times as arguments instead. */
#ifndef SYNCD_BASE_CLOCK_H
#define SYNCD_BASE_CLOCK_H

#include "syncd/base/str.h"

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

/* For deadlines: never jumps. */
int64_t clock_monotonic_ns(void);
/* Since 1970-01-01T00:00:00Z. */
int64_t clock_wall_ns(void);

#define CLOCK_RFC3339_LEN 20 /* "2023-03-02T10:41:07Z" */
/* Writes the second as UTC; out gets a NUL too. Years outside 0..9999 are clamped. */
void clock_format_rfc3339(int64_t wall_ns, char out[CLOCK_RFC3339_LEN + 1]);
#define CLOCK_RFC3339_MS_LEN 24 /* "2023-03-02T10:41:07.250Z" */
/* The same with milliseconds: for what is put in order by its time. */
void clock_format_rfc3339_ms(int64_t wall_ns, char out[CLOCK_RFC3339_MS_LEN + 1]);
/* Reads RFC 3339 with optional fraction and any offset. False when it is something else. */
bool clock_parse_rfc3339(str text, int64_t *ret_wall_ns) MUST_USE;
/* Go's durations ("1h30m", "45s", "1.5s"): nanoseconds, not negative. */
bool clock_parse_duration(str text, int64_t *ret_ns) MUST_USE;

/* Days since 1970-01-01 of a proleptic Gregorian date; month from 1, any day counts on. */
int64_t clock_days(int64_t year, int month, int day);

#endif
