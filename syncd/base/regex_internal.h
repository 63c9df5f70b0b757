/* Shared between the parser, the compiler and the matcher of regular expressions. */
#ifndef SYNCD_BASE_REGEX_INTERNAL_H
#define SYNCD_BASE_REGEX_INTERNAL_H

#include "syncd/base/regex.h"
#include "syncd/base/unicode.h"
#include "syncd/base/vec.h"

#define REGEX_REPEAT_MAX 1000    /* of one counter, and of nested ones multiplied */
#define REGEX_DEPTH_MAX  1000    /* nesting of the parsed expression */
#define REGEX_SIZE_MAX   1000000 /* instructions */

/* ---- sets of code points ---- */

struct code_set {
    VEC(struct code_range) ranges; /* any order until regex_set_finish; then sorted and apart */
};

void regex_set_add(struct code_set *set, struct arena *arena, uint32_t lo, uint32_t hi);
/* Adds lo to hi and everything that differs only in case. */
void regex_set_add_folded(struct code_set *set, struct arena *arena, uint32_t lo, uint32_t hi);
void regex_set_add_all(struct code_set *set, struct arena *arena, const struct code_set *other,
                       bool negated, bool folded);
void regex_set_finish(struct code_set *set);
/* The complement of a finished set. */
void regex_set_negate(struct code_set *set, struct arena *arena);
/* A Perl class letter (d, s, w and capitals), or a POSIX name; false when there is no such. */
bool regex_set_add_perl(struct code_set *set, struct arena *arena, char letter, bool folded);
bool regex_set_add_posix(struct code_set *set, struct arena *arena, str name, bool folded);
/* A category or script by the name in \p{…}; false when there is none. */
bool regex_set_add_unicode(struct code_set *set, struct arena *arena, str name, bool negated,
                           bool folded);

/* ---- the parsed expression ---- */

enum node_kind {
    NODE_EMPTY,
    NODE_CHAR,   /* one code point */
    NODE_SET,    /* one of a set */
    NODE_ASSERT, /* an empty match where a condition holds */
    NODE_GROUP,  /* a capture */
    NODE_REPEAT,
    NODE_CONCAT,
    NODE_ALTERNATE,
};

enum assertion {
    ASSERT_TEXT_BEGIN,
    ASSERT_TEXT_END,
    ASSERT_LINE_BEGIN,
    ASSERT_LINE_END,
    ASSERT_WORD,
    ASSERT_NO_WORD,
};

struct node {
    enum node_kind kind;
    enum assertion assertion;
    uint32_t code;
    uint32_t group;
    int min, max; /* of a repeat; max -1 = no end */
    bool lazy;
    uint32_t depth;
    struct code_set set;
    uint32_t compiled; /* the compiler's: the set's index + 1 */
    VEC(struct node *) subs;
};

struct parsed {
    struct node *root;
    VEC(str) names; /* of the groups, from 1; empty views for those without */
};

bool regex_parse(str pattern, struct arena *arena, struct parsed *ret_parsed,
                 struct error *err) MUST_USE;

/* ---- the program ---- */

enum opcode {
    OP_CHAR, /* code point arg, then out */
    OP_SET,  /* one of set arg, then out */
    OP_ANY,  /* then out */
    OP_ANY_BUT_NEWLINE,
    OP_SPLIT, /* out first, else arg */
    OP_GO,    /* out */
    OP_SAVE,  /* position into slot arg, then out */
    OP_ASSERT,
    OP_MATCH,
};

struct instruction {
    uint8_t op;
    uint32_t out, arg;
};

struct program_set {
    uint64_t ascii[2];
    const struct code_range *ranges;
    size_t count;
};

struct regex {
    const struct instruction *code;
    size_t size;
    uint32_t start;
    const struct program_set *sets;
    const str *names;   /* by group, from 0 */
    size_t group_count; /* with the whole match */
    str prefix;         /* every match begins with these bytes */
    bool anchored;      /* every match begins where the text does */
};

bool regex_compile_parsed(const struct parsed *parsed, struct arena *arena, struct regex *ret_regex,
                          struct error *err) MUST_USE;

/* As regex_find, always by the parallel matcher: tests hold one against the other. */
bool regex_find_parallel(const struct regex *regex, str text, size_t from, struct capture *captures,
                         size_t count, struct arena *scratch);

#endif
