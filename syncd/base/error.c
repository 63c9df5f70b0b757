#include "syncd/base/error.h"

#include "syncd/base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void set_text(struct error *err, enum error_class class, const char *format, va_list args)
{
    *err = (struct error){.class = class};
    (void)vsnprintf(err->text, sizeof(err->text), format, args);
}

bool error_set(struct error *err, enum error_class class, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_text(err, class, format, args);
    va_end(args);
    return false;
}

bool error_errno(struct error *err, int number, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_text(err, ERROR_UNAVAILABLE, format, args);
    va_end(args);
    char reason[128];
    const char *text = strerror_r(number, reason, sizeof(reason));
    size_t used = strlen(err->text);
    (void)snprintf(err->text + used, sizeof(err->text) - used, ": %s", text);
    err->detail = number;
    switch (number) {
    case ENOENT: err->class = ERROR_NOT_FOUND; break;
    case EACCES:
    case EPERM: err->class = ERROR_DENIED; break;
    case ETIMEDOUT: err->class = ERROR_TIMEOUT; break;
    default: break;
    }
    return false;
}

bool error_rule(struct error *err, enum error_class class, const char *rule, const char *format,
                ...)
{
    va_list args;
    va_start(args, format);
    set_text(err, class, format, args);
    va_end(args);
    (void)snprintf(err->rule, sizeof(err->rule), "%s", rule);
    return false;
}

bool error_wrap(struct error *err, const char *format, ...)
{
    char context[sizeof(err->text)];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(context, sizeof(context), format, args);
    va_end(args);
    char text[sizeof(err->text)];
    memcpy(text, err->text, sizeof(text));
    size_t used = strlen(context);
    size_t left = sizeof(err->text) - 1 - used;
    (void)snprintf(err->text, sizeof(err->text), "%s", context);
    if (left > 2)
        (void)snprintf(err->text + used, sizeof(err->text) - used, ": %s", text);
    return false;
}

bool error_at(struct error *err, struct position position)
{
    if (err->file[0] == '\0' && position.file.len != 0)
        (void)snprintf(err->file, sizeof(err->file), "%.*s", STR_ARG(position.file));
    if (err->line == 0) {
        err->line = position.line;
        err->column = position.column;
    }
    return false;
}

bool error_hint(struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->hint, sizeof(err->hint), format, args);
    va_end(args);
    return false;
}

void error_clear(struct error *err)
{
    *err = (struct error)ERROR_INIT;
}

const char *error_class_name(enum error_class class)
{
    static const char *const names[] = {
        [ERROR_NONE] = "NONE",           [ERROR_INPUT] = "INPUT",
        [ERROR_NOT_FOUND] = "NOT_FOUND", [ERROR_DENIED] = "DENIED",
        [ERROR_CONFLICT] = "CONFLICT",   [ERROR_UNAVAILABLE] = "UNAVAILABLE",
        [ERROR_TIMEOUT] = "TIMEOUT",     [ERROR_CANCELLED] = "CANCELLED",
        [ERROR_LIMIT] = "LIMIT",         [ERROR_UNSUPPORTED] = "UNSUPPORTED",
        [ERROR_INTERNAL] = "INTERNAL",
    };
    return names[class];
}

bool error_is_transient(const struct error *err)
{
    return err->class == ERROR_UNAVAILABLE || err->class == ERROR_TIMEOUT;
}

/* Control bytes could drive a terminal; a line feed could forge a line. */
static void add_escaped(struct buf *buf, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte < 0x20 || byte == 0x7F)
            buf_printf(buf, "\\x%02x", byte);
        else
            buf_add_byte(buf, *at);
    }
}

void error_print(const struct error *err, struct buf *buf)
{
    if (err->file[0] != '\0') {
        add_escaped(buf, err->file);
        if (err->line != 0)
            buf_printf(buf, ":%u", err->line);
        if (err->line != 0 && err->column != 0)
            buf_printf(buf, ":%u", err->column);
        buf_add(buf, STR(": "));
    } else if (err->line != 0) {
        buf_printf(buf, "line %u: ", err->line);
    }
    add_escaped(buf, err->text);
    if (err->rule[0] != '\0')
        buf_printf(buf, " [%s]", err->rule);
    if (err->hint[0] != '\0') {
        buf_add(buf, STR(" ("));
        add_escaped(buf, err->hint);
        buf_add_byte(buf, ')');
    }
}

void findings_init(struct findings *findings, struct arena *arena)
{
    *findings = (struct findings){.arena = arena};
}

struct finding *findings_add(struct findings *findings, enum severity severity, const char *rule,
                             struct position position, const char *format, ...)
{
    if (severity == SEVERITY_ERROR)
        findings->errors++;
    if (findings->list.len >= FINDINGS_CAP) {
        findings->dropped++;
        return NULL;
    }
    char text[sizeof(((struct error *)NULL)->text)];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    position.file = arena_str(findings->arena, position.file);
    struct finding finding = {.severity = severity,
                              .rule = rule,
                              .position = position,
                              .text = arena_str(findings->arena, str_z(text))};
    VEC_PUSH(findings->arena, &findings->list, finding);
    return &VEC_LAST(&findings->list);
}

void findings_hint(struct findings *findings, struct finding *finding, const char *format, ...)
{
    if (finding == NULL)
        return;
    char text[sizeof(((struct error *)NULL)->hint)];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    finding->hint = arena_str(findings->arena, str_z(text));
}

void findings_add_error(struct findings *findings, const struct error *err)
{
    struct position position = {str_z(err->file), err->line, err->column};
    str rule = arena_str(findings->arena, str_z(err->rule));
    struct finding *finding =
        findings_add(findings, SEVERITY_ERROR, rule.ptr, position, "%s", err->text);
    if (finding != NULL)
        finding->hint = arena_str(findings->arena, str_z(err->hint));
}

static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = str_compare(a->position.file, b->position.file);
    if (order != 0)
        return order;
    if (a->position.line != b->position.line)
        return a->position.line < b->position.line ? -1 : 1;
    order = strcmp(a->rule, b->rule);
    return order != 0 ? order : str_compare(a->text, b->text);
}

void findings_sort(struct findings *findings)
{
    if (findings->list.len > 1)
        qsort(findings->list.items, findings->list.len, sizeof(*findings->list.items),
              compare_findings);
}
