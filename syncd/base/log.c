#include "syncd/base/log.h"

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"

#include <errno.h>
#include <unistd.h>

static struct {
    enum log_level level;
    enum log_format format;
    uint64_t dropped;
} state = {.level = LOG_INFO};

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_configure(enum log_level level, enum log_format format)
{
    state.level = level;
    state.format = format;
}

static bool needs_quotes(str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F)
            return true;
    }
    return value.len == 0;
}

static void add_quoted(struct buf *line, str value)
{
    buf_add_byte(line, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c == '"' || c == '\\')
            buf_printf(line, "\\%c", c);
        else if (c == '\n')
            buf_add(line, STR("\\n"));
        else if (c < 0x20 || c == 0x7F)
            buf_printf(line, "\\u%04x", c);
        else
            buf_add_byte(line, (char)c);
    }
    buf_add_byte(line, '"');
}

static void add_field(struct buf *line, const char *key, str value)
{
    if (state.format == LOG_JSON) {
        buf_printf(line, "%s\"%s\":", line->len > 1 ? "," : "", key);
        add_quoted(line, value);
        return;
    }
    buf_printf(line, "%s%s=", line->len != 0 ? " " : "", key);
    if (needs_quotes(value))
        add_quoted(line, value);
    else
        buf_add(line, value);
}

void log_line(enum log_level level, const char *message, const struct log_field *fields,
              size_t count)
{
    if (level > state.level)
        return;
    AUTO_BUF struct buf line = BUF_INIT(16384);
    char at[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(clock_wall_ns(), at);
    if (state.format == LOG_JSON)
        buf_add_byte(&line, '{');
    add_field(&line, "at", str_z(at));
    add_field(&line, "level", str_z(level_names[level]));
    add_field(&line, "msg", str_z(message));
    for (size_t i = 0; i < count; i++)
        add_field(&line, fields[i].key, fields[i].value);
    if (state.format == LOG_JSON)
        buf_add_byte(&line, '}');
    buf_add_byte(&line, '\n');
    str text = buf_str(&line);
    ssize_t wrote;
    do {
        wrote = write(STDERR_FILENO, text.ptr, text.len);
    } while (wrote < 0 && errno == EINTR);
    if (wrote < (ssize_t)text.len)
        state.dropped++;
}

uint64_t log_dropped(void)
{
    return state.dropped;
}
