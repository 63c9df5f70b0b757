/* node: the compiled form of a template, and the tokens it is made of. Private to this folder. */
#ifndef RENDER_TEMPLATE_NODE_H
#define RENDER_TEMPLATE_NODE_H

#include "render/template/functions.h"
#include "render/template/template.h"
#include "syncd/base/map.h"
#include "syncd/base/vec.h"

enum token_kind {
    TOKEN_ERROR, /* text is the message */
    TOKEN_EOF,
    TOKEN_TEXT,
    TOKEN_LEFT,  /* {{ */
    TOKEN_RIGHT, /* }} */
    TOKEN_SPACE,
    TOKEN_ASSIGN,
    TOKEN_DECLARE,
    TOKEN_PIPE,
    TOKEN_LEFT_PAREN,
    TOKEN_RIGHT_PAREN,
    TOKEN_CHAR,
    TOKEN_BOOL,
    TOKEN_CHAR_CONSTANT,
    TOKEN_NUMBER,
    TOKEN_COMPLEX,
    TOKEN_STRING,
    TOKEN_RAW_STRING,
    TOKEN_FIELD,
    TOKEN_VARIABLE,
    TOKEN_IDENTIFIER,
    TOKEN_KEYWORD, /* everything after this is one */
    TOKEN_BLOCK,
    TOKEN_BREAK,
    TOKEN_CONTINUE,
    TOKEN_DOT,
    TOKEN_DEFINE,
    TOKEN_ELSE,
    TOKEN_END,
    TOKEN_IF,
    TOKEN_NIL,
    TOKEN_RANGE,
    TOKEN_TEMPLATE,
    TOKEN_WITH,
};

struct token {
    enum token_kind kind;
    uint32_t pos;
    uint32_t line;
    str text;
};

struct token_list {
    VEC(struct token) tokens; /* ends with EOF or ERROR */
};

void lex_template(str text, struct arena *arena, struct token_list *ret_tokens);

enum node_kind {
    NODE_TEXT,
    NODE_ACTION,
    NODE_IF,
    NODE_WITH,
    NODE_RANGE,
    NODE_TEMPLATE,
    NODE_BREAK,
    NODE_CONTINUE,
    NODE_LIST,
    NODE_PIPE,
    NODE_COMMAND,
    NODE_DOT,
    NODE_NIL,
    NODE_BOOL,
    NODE_NUMBER,
    NODE_STRING,
    NODE_FIELD,
    NODE_VARIABLE,
    NODE_CHAIN,
    NODE_IDENTIFIER,
    NODE_ELSE, /* only while parsing */
    NODE_END,
};

struct number {
    bool is_int, is_uint, is_float, is_complex;
    int64_t integer;
    uint64_t natural;
    double real;
    double complex[2];
};

struct node {
    uint8_t kind;
    bool flag; /* truth of a BOOL; `=` instead of `:=` in a PIPE */
    uint32_t pos;
    str text; /* TEXT; source of NUMBER and STRING; name of IDENTIFIER and TEMPLATE */
    union {
        struct {
            const struct node *const *items;
            size_t len;
        } list; /* LIST; arguments of a COMMAND */
        struct {
            const struct node *pipe, *body, *otherwise;
        } control; /* IF, WITH, RANGE; pipe of ACTION and TEMPLATE (may be NULL there) */
        struct {
            const struct node *const *commands;
            size_t command_count;
            const struct node *const *variables;
            size_t variable_count;
        } pipe;
        struct {
            const str *names; /* of a VARIABLE: its own name first */
            size_t count;
            uint32_t slot;           /* of a VARIABLE */
            const struct node *base; /* of a CHAIN */
        } path;
        str string;
        const struct number *number;
        const struct function *function; /* IDENTIFIER */
    } as;
};

/* A named template. */
struct definition {
    str name;
    str file; /* the template it stands in: the place errors name */
    str text; /* source of that file */
    const struct node *root;
    bool is_empty;  /* nothing but space and comments */
    uint32_t slots; /* variables that live at one time, with $ */
};

struct template_set {
    struct arena *arena;
    const struct limits *limits;
    const struct template_set *parent; /* what an inline template (tpl) sees behind its own */
    struct map definitions;            /* name → struct definition */
    const struct definition *last;     /* of the text compiled last, even when it is empty */
};

/* All that one text defines. Immutable: any number of sets may hold its definitions. */
struct compiled {
    struct map definitions;       /* name → struct definition */
    const struct definition *own; /* of the text itself, even when it is empty */
};

const struct definition *template_find(const struct template_set *set, str name);
/* Views into name and text are kept. The message on failure is Go's, uncut. */
bool template_compile(struct arena *arena, const struct limits *limits, str name, str text,
                      struct compiled *ret_compiled, str *ret_message) MUST_USE;
/* Puts the definitions into the set; an empty one does not replace another. */
void template_adopt(struct template_set *set, const struct compiled *compiled);

/* The source form of a node, as messages quote it. */
str node_text(const struct node *node, struct arena *arena);
/* strconv.Unquote of a quoted or raw string. */
bool go_unquote(str quoted, struct arena *arena, str *ret_text) MUST_USE;
/* A number literal; false with the reason. */
bool template_number(str text, enum token_kind kind, struct arena *arena,
                     const struct number **ret_number, str *ret_message) MUST_USE;

#endif
