/*
 * log: one line to stderr, logfmt or JSON. Only shells log; pure modules return findings. A blocked
 * stderr never blocks the program: lines are dropped and counted.
 */
#ifndef SYNCD_BASE_LOG_H
#define SYNCD_BASE_LOG_H

#include "syncd/base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* A key with its value; keys come from log_keys.h's table. */
struct log_field {
    const char *key;
    str value;
};

void log_configure(enum log_level level, enum log_format format);
/* `fields` may be NULL when count is 0. Values are quoted and escaped. */
void log_line(enum log_level level, const char *message, const struct log_field *fields,
              size_t count);
#define LOG(level, message, ...)                                                                   \
    log_line((level), (message), (const struct log_field[]){__VA_ARGS__},                          \
             sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
uint64_t log_dropped(void);

#endif
