/* validate: the state of one schema_validate. Inside diff/ only. */
#ifndef SYNCD_DIFF_VALIDATE_H
#define SYNCD_DIFF_VALIDATE_H

#include "diff/schema_internal.h"
#include "syncd/base/buf.h"

#define VALIDATE_PATH_MAX     8192
#define VALIDATE_PROBLEMS_MAX 1000 /* more are not listed */

struct validator {
    struct arena *arena, *scratch;
    struct schema_problems *problems;
    struct buf path; /* "spec.items[0].name" */
    size_t hidden;   /* bytes of the path that texts leave out: they begin at the endpoint's root */
};

/* The path as texts name it. */
str validate_shown(const struct validator *validator);

/* Adds a problem at the path; `format` is the text behind the value, or NULL. */
void validate_report(struct validator *validator, enum schema_reason reason, value bad,
                     const char *format, ...) PRINTF_LIKE(4, 5);
/* A problem whose path the server does not tell. */
void validate_report_nowhere(struct validator *validator, const char *format, ...)
    PRINTF_LIKE(2, 3);

size_t validate_enter(struct validator *validator, str key);
size_t validate_enter_item(struct validator *validator, size_t index);
void validate_leave(struct validator *validator, size_t len);

/* What the server takes for a whole number: up to 2^53 - 1, and a little off. */
bool validate_is_whole(double number);

/* What each kind of value is checked for. They return how many checks went well. */
size_t validate_string(struct validator *validator, const struct schema_rules *rules, value v);
size_t validate_number(struct validator *validator, const struct schema_rules *rules, value v);
size_t validate_sizes(struct validator *validator, const struct schema_rules *rules, value list);
void validate_enum(struct validator *validator, const struct schema_rules *rules, value v);

/* Uniqueness in keyed lists and sets, and what embedded objects must have. */
void validate_lists(struct validator *validator, const struct schema_type *type, value v);
void validate_embedded(struct validator *validator, const struct schema_type *type, value v);

#endif
