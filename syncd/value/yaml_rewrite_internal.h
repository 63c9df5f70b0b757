/* Between the two halves of yaml_rewrite: what was read where, and comments. */
#ifndef SYNCD_VALUE_YAML_REWRITE_INTERNAL_H
#define SYNCD_VALUE_YAML_REWRITE_INTERNAL_H

#include <yaml.h>

#include "syncd/value/yaml.h"

/* Where one event stands; lines and columns from 0, in characters. */
struct yaml_mark {
    size_t from_line, to_line, to_column;
    bool begins;    /* a node begins here */
    bool is_scalar; /* an alias counts, too */
};

struct yaml_marks {
    value before, after;
    VEC(struct yaml_mark) source; /* events of the text, in order */
    VEC(size_t) emitted;          /* for each event written: its index in source, or SIZE_MAX */
};

void yaml_marks_add(struct yaml_marks *marks, const yaml_event_t *event, struct arena *arena);

/* The comments of `text` in `printed`, which is the same without them. */
bool yaml_put_comments(struct yaml_marks *marks, str text, str printed, const struct limits *limits,
                       struct arena *arena, str *ret_text, struct error *err) MUST_USE;

#endif
