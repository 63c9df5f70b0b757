/* Shared between the two files of the parser of regular expressions. */
#ifndef SYNCD_BASE_REGEX_PARSE_INTERNAL_H
#define SYNCD_BASE_REGEX_PARSE_INTERNAL_H

#include "syncd/base/regex_internal.h"

struct flags {
    bool fold, multiline, dot_newline, lazy;
};

/* A group whose `)` has not come. */
struct open_group {
    uint32_t group; /* 0: captures nothing */
    struct flags flags;
    struct node *alternates; /* NULL before the first | */
    struct node *concat;
};

struct parser {
    str pattern, rest;
    struct arena *arena;
    struct error *err;
    struct flags flags;
    VEC(struct open_group) open;
    struct parsed parsed;
};

static inline bool starts_with(const struct parser *p, char byte)
{
    return p->rest.len > 0 && p->rest.ptr[0] == byte;
}

static inline bool is_word_byte(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Both return false. The piece of the pattern that the error names: `piece`, or what stands from
 * `from` to where the parser is. */
bool regex_fail(struct parser *p, const char *what, str piece);
bool regex_fail_from(struct parser *p, const char *what, str from);
/* Takes the next code point; false when it is no UTF-8. */
bool regex_next_code(struct parser *p, uint32_t *ret_code) MUST_USE;
/* One code point by an escape; p->rest stands at the backslash. */
bool regex_parse_escape(struct parser *p, uint32_t *ret_code) MUST_USE;
/* \pL, \p{Greek}, \P…: p->rest stands at the backslash. */
bool regex_parse_unicode_class(struct parser *p, struct code_set *set) MUST_USE;
bool regex_at_unicode_class(const struct parser *p);
/* \d, \S …: false when none stands here. */
bool regex_take_perl_class(struct parser *p, struct code_set *set);
/* […]: p->rest stands at the bracket. */
bool regex_parse_class(struct parser *p, struct code_set *ret_set) MUST_USE;

#endif
