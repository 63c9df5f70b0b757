/* parser: the state of one parse, shared by its two halves. Private to parse.c and pipeline.c. */
#ifndef RENDER_TEMPLATE_PARSE_INTERNAL_H
#define RENDER_TEMPLATE_PARSE_INTERNAL_H

#include "render/template/node.h"

#define SLOT_UNDEFINED UINT32_MAX

/* A variable that is known by name. Hidden ones are known to the parser but hold nothing when the
   template runs: those of a pipeline that is still being read, or of the other branch. */
struct variable {
    str name;
    uint32_t slot;
    bool hidden;
};

struct parser {
    struct arena *arena;
    const struct limits *limits;
    str file;
    str text;
    const struct token *tokens;
    size_t next;
    size_t seen; /* the token farthest on that was looked at: the place of errors, as Go names it */
    uint32_t action_line;
    unsigned range_depth;
    unsigned depth;
    VEC(struct variable) variables;
    uint32_t slots;
    struct map fresh; /* definitions of this text */
    str message;
};

struct node_vec { /* grown with VEC_PUSH */
    const struct node **items;
    size_t len, cap;
};

const struct token *parse_peek(struct parser *p);
const struct token *parse_advance(struct parser *p);
/* The same past spaces. */
const struct token *parse_peek_solid(struct parser *p);
const struct token *parse_advance_solid(struct parser *p);

/* Sets the message, once. NULL, so that parsing functions can end with it. */
void *parse_fail(struct parser *p, str message);
void *parse_unexpected(struct parser *p, const struct token *token, const char *context);
/* One level of nesting more; false when it is too many. */
bool parse_deeper(struct parser *p) MUST_USE;

struct node *parse_new_node(struct parser *p, enum node_kind kind, size_t pos);
/* A hidden variable. */
void parse_declare(struct parser *p, str name, uint32_t slot);
void parse_hide_from(struct parser *p, size_t from, bool hidden);

/* Up to `end`, which is read. NULL on failure. `context` is what messages call the place. */
const struct node *parse_pipeline(struct parser *p, const char *context, enum token_kind end);

#endif
