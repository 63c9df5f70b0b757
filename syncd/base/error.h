/*
 * error: what went wrong, where in the *user's* files, and what to do. Owned by the caller, never
 * allocates, so reporting cannot fail. The class decides what happens next.
 */
#ifndef SYNCD_BASE_ERROR_H
#define SYNCD_BASE_ERROR_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"
#include "syncd/base/vec.h"

enum error_class {
    ERROR_NONE,
    ERROR_INPUT,       /* the user's files are wrong: wait for the next commit */
    ERROR_NOT_FOUND,   /* report */
    ERROR_DENIED,      /* report */
    ERROR_CONFLICT,    /* report, naming the owner */
    ERROR_UNAVAILABLE, /* retry with backoff */
    ERROR_TIMEOUT,     /* retry with backoff */
    ERROR_CANCELLED,   /* quiet */
    ERROR_LIMIT,       /* a budget was exceeded: the text says which and how to raise it */
    ERROR_UNSUPPORTED, /* a feature that is not there: always said */
    ERROR_INTERNAL,    /* a bug */
};

/* Where in a user's file; line and column count from 1, 0 = unknown. */
struct position {
    str file; /* must outlive the error's use; error_at copies it into the error */
    uint32_t line;
    uint32_t column;
};

struct error {
    enum error_class class;
    int detail; /* errno or HTTP status, 0 = none */
    uint32_t line;
    uint32_t column;
    char rule[32]; /* rule id such as E_YAML_DEPTH, or empty */
    char file[256];
    char text[768];
    char hint[256];
};

#define ERROR_INIT {.class = ERROR_NONE}

/* All of these return false, so that a function can end with `return error_set(…)`. */
bool error_set(struct error *err, enum error_class class, const char *format, ...)
    PRINTF_LIKE(3, 4);
bool error_errno(struct error *err, int number, const char *format, ...) PRINTF_LIKE(3, 4);
/* With a rule id: the identity of the error in reports and tests. */
bool error_rule(struct error *err, enum error_class class, const char *rule, const char *format,
                ...) PRINTF_LIKE(4, 5);
/* Puts "context: " before the text. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Sets position where none is known yet. */
bool error_at(struct error *err, struct position position);
bool error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
void error_clear(struct error *err);

/* "INPUT", "LIMIT", … */
const char *error_class_name(enum error_class class);
/* True for UNAVAILABLE and TIMEOUT. */
bool error_is_transient(const struct error *err);

/* "file:line:column: text [RULE] (hint)" into the buf; control bytes are escaped. */
struct buf;
void error_print(const struct error *err, struct buf *buf);

/* Several problems at once (validation). */
enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct finding {
    enum severity severity;
    const char *rule; /* static: rule ids are constants */
    struct position position;
    str text;
    str hint;
};

struct findings {
    struct arena *arena;
    VEC(struct finding) list;
    size_t errors;  /* how many are SEVERITY_ERROR */
    size_t dropped; /* more than the cap came */
};

#define FINDINGS_CAP 1000

void findings_init(struct findings *findings, struct arena *arena);
/* Copies text and position into the arena. Returns the new one, or NULL past the cap. */
struct finding *findings_add(struct findings *findings, enum severity severity, const char *rule,
                             struct position position, const char *format, ...) PRINTF_LIKE(5, 6);
void findings_hint(struct findings *findings, struct finding *finding, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Takes over an error as a finding of severity ERROR. */
void findings_add_error(struct findings *findings, const struct error *err);
/* By file, line, rule: a stable order for reports. */
void findings_sort(struct findings *findings);

#endif
