/* Shared between the two files of the reader for plain documents. */
#ifndef SYNCD_VALUE_YAML_PLAIN_INTERNAL_H
#define SYNCD_VALUE_YAML_PLAIN_INTERNAL_H

#include "syncd/value/yaml_internal.h"

struct scanner {
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    bool done;    /* nothing but space and comments follows */
    size_t depth; /* collections that are open */
    uint64_t nodes;
    const struct yaml_options *options;
    const struct limits *limits;
    struct arena *arena;
    struct build_stack stack;
};

static inline bool at_blank(const char *at, const char *end)
{
    return at == end || *at == ' ' || *at == '\n' || *at == '\t';
}

static inline void skip_spaces(struct scanner *s)
{
    while (s->at < s->end && *s->at == ' ')
        s->at++;
}

static inline const char *line_end(const struct scanner *s)
{
    const char *newline = memchr(s->at, '\n', (size_t)(s->end - s->at));
    return newline != NULL ? newline : s->end;
}

enum { PLAIN_STOP = 1, FLOW_STOP = 2, NOT_FIRST = 4 };

/* Bytes that may end a plain scalar, in flow collections too, and that cannot begin one. */
extern const unsigned char yaml_plain_bytes[256];

/*
 * The plain scalar that begins here, without the spaces behind it; s->at stands at what ended it:
 * the end of the line, a comment, a colon before a blank, or in flow a flow indicator.
 */
bool yaml_plain_scan(struct scanner *s, bool flow, str *ret_text) MUST_USE;
/* Appends the other lines of a plain scalar, which stand deeper than `indent`. */
bool yaml_plain_join(struct scanner *s, int indent, str *text) MUST_USE;
/* A quoted scalar, of several lines too; s->at stands at its first quote, then behind its last. */
bool yaml_plain_quoted(struct scanner *s, str *ret_text) MUST_USE;
/* A literal or folded block in a collection at column `parent`; s->at stands at | or >, then at the
 * beginning of the next line. */
bool yaml_plain_block(struct scanner *s, int parent, str *ret_text) MUST_USE;

#endif
