/* Pipelines: declarations, commands, operands. */
#include "render/template/parse_internal.h"

#include "render/template/print.h"

/* Terms. */

/* False when the name was never seen. */
static bool resolve(const struct parser *p, str name, uint32_t *ret_slot)
{
    bool known = false;
    for (size_t i = p->variables.len; i-- > 0;) {
        const struct variable *variable = &p->variables.items[i];
        if (!str_equal(variable->name, name))
            continue;
        known = true;
        if (!variable->hidden) {
            *ret_slot = variable->slot;
            return true;
        }
    }
    *ret_slot = SLOT_UNDEFINED;
    return known;
}

static const struct node *parse_variable(struct parser *p, const struct token *token)
{
    uint32_t slot;
    if (!resolve(p, token->text, &slot))
        return parse_fail(
            p, arena_printf(p->arena, "undefined variable \"%.*s\"", STR_ARG(token->text)));
    struct node *node = parse_new_node(p, NODE_VARIABLE, token->pos);
    str *name = ARENA_ARRAY(p->arena, str, 1);
    *name = token->text;
    node->as.path.names = name;
    node->as.path.count = 1;
    node->as.path.slot = slot;
    return node;
}

static const struct node *parse_literal(struct parser *p, const struct token *token)
{
    if (token->kind == TOKEN_STRING || token->kind == TOKEN_RAW_STRING) {
        struct node *node = parse_new_node(p, NODE_STRING, token->pos);
        node->text = token->text;
        if (!go_unquote(token->text, p->arena, &node->as.string))
            return parse_fail(p, STR("invalid syntax"));
        return node;
    }
    struct node *node = parse_new_node(p, NODE_NUMBER, token->pos);
    node->text = token->text;
    str message = {0};
    if (!template_number(token->text, token->kind, p->arena, &node->as.number, &message))
        return parse_fail(p, message);
    return node;
}

static const struct node *parse_identifier(struct parser *p, const struct token *token)
{
    struct node *node = parse_new_node(p, NODE_IDENTIFIER, token->pos);
    node->text = token->text;
    node->as.function = function_find(token->text);
    if (node->as.function == NULL)
        return parse_fail(
            p, arena_printf(p->arena, "function \"%.*s\" not defined", STR_ARG(token->text)));
    return node;
}

/* NULL without a message: no term stands here. */
static const struct node *parse_term(struct parser *p)
{
    const struct token *token = parse_peek_solid(p);
    if (token->kind == TOKEN_ERROR || token->kind == TOKEN_EOF)
        return NULL;
    p->next++;
    struct node *node;
    switch (token->kind) {
    case TOKEN_IDENTIFIER: return parse_identifier(p, token);
    case TOKEN_DOT: return parse_new_node(p, NODE_DOT, token->pos);
    case TOKEN_NIL: return parse_new_node(p, NODE_NIL, token->pos);
    case TOKEN_VARIABLE: return parse_variable(p, token);
    case TOKEN_FIELD: {
        node = parse_new_node(p, NODE_FIELD, token->pos);
        str *name = ARENA_ARRAY(p->arena, str, 1);
        *name = str_skip(token->text, 1);
        node->as.path.names = name;
        node->as.path.count = 1;
        return node;
    }
    case TOKEN_BOOL:
        node = parse_new_node(p, NODE_BOOL, token->pos);
        node->flag = str_equal(token->text, STR("true"));
        return node;
    case TOKEN_CHAR_CONSTANT:
    case TOKEN_COMPLEX:
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_RAW_STRING: return parse_literal(p, token);
    case TOKEN_LEFT_PAREN: return parse_pipeline(p, "parenthesized pipeline", TOKEN_RIGHT_PAREN);
    default: p->next--; return NULL;
    }
}

/* A term with the fields that follow it directly. */
static const struct node *parse_operand(struct parser *p)
{
    const struct node *term = parse_term(p);
    if (term == NULL || parse_peek(p)->kind != TOKEN_FIELD)
        return term;
    switch (term->kind) {
    case NODE_BOOL:
    case NODE_STRING:
    case NODE_NUMBER:
    case NODE_NIL:
    case NODE_DOT: {
        AUTO_BUF struct buf quoted = BUF_INIT(p->text.len * 10 + 64);
        go_quote(node_text(term, p->arena), &quoted);
        return parse_fail(p, arena_printf(p->arena, "unexpected . after term %s", quoted.ptr));
    }
    default: break;
    }
    VEC(str) names = {0};
    bool chained = term->kind != NODE_FIELD && term->kind != NODE_VARIABLE;
    if (!chained)
        for (size_t i = 0; i < term->as.path.count; i++)
            VEC_PUSH(p->arena, &names, term->as.path.names[i]);
    uint32_t pos = parse_peek(p)->pos;
    while (parse_peek(p)->kind == TOKEN_FIELD)
        VEC_PUSH(p->arena, &names, str_skip(parse_advance(p)->text, 1));
    struct node *node = parse_new_node(p, chained ? NODE_CHAIN : (enum node_kind)term->kind, pos);
    node->as.path.names = names.items;
    node->as.path.count = names.len;
    node->as.path.slot = chained ? 0 : term->as.path.slot;
    node->as.path.base = chained ? term : NULL;
    return node;
}

static const struct node *parse_command(struct parser *p)
{
    struct node *command = parse_new_node(p, NODE_COMMAND, parse_peek_solid(p)->pos);
    struct node_vec args = {0};
    for (;;) {
        (void)parse_peek_solid(p);
        const struct node *operand = parse_operand(p);
        if (operand != NULL)
            VEC_PUSH(p->arena, &args, operand);
        else if (p->message.ptr != NULL)
            return NULL;
        const struct token *token = parse_peek(p);
        if (token->kind == TOKEN_SPACE) {
            p->next++;
            continue;
        }
        if (token->kind == TOKEN_PIPE)
            p->next++;
        else if (token->kind != TOKEN_RIGHT && token->kind != TOKEN_RIGHT_PAREN) {
            (void)parse_advance(p);
            return parse_unexpected(p, token, "operand");
        }
        break;
    }
    if (args.len == 0)
        return parse_fail(p, STR("empty command"));
    command->as.list.items = args.items;
    command->as.list.len = args.len;
    return command;
}

/* Pipelines. */

static const struct node *new_declared(struct parser *p, const struct token *token, bool assign)
{
    struct node *node = parse_new_node(p, NODE_VARIABLE, token->pos);
    str *name = ARENA_ARRAY(p->arena, str, 1);
    *name = token->text;
    node->as.path.names = name;
    node->as.path.count = 1;
    if (assign)
        (void)resolve(p, token->text, &node->as.path.slot);
    else
        node->as.path.slot = (uint32_t)p->variables.len;
    parse_declare(p, token->text, node->as.path.slot);
    return node;
}

/* Looks past the variables of `$a, $b :=`: is it an assignment with "="? */
static bool is_assignment(const struct parser *p)
{
    for (size_t i = p->next;; i++) {
        enum token_kind kind = p->tokens[i].kind;
        if (kind == TOKEN_ASSIGN)
            return true;
        if (kind != TOKEN_SPACE && kind != TOKEN_VARIABLE && kind != TOKEN_CHAR)
            return false;
    }
}

/* The `$a, $b :=` in front of a pipeline. False on an error. */
static bool parse_declarations(struct parser *p, const char *context, struct node *pipe,
                               struct node_vec *variables)
{
    for (;;) {
        const struct token *token = parse_peek_solid(p);
        if (token->kind != TOKEN_VARIABLE)
            return true;
        size_t start = p->next++;
        const struct token *next = parse_peek_solid(p);
        if (next->kind == TOKEN_ASSIGN || next->kind == TOKEN_DECLARE) {
            pipe->flag = next->kind == TOKEN_ASSIGN;
            p->next++;
            VEC_PUSH(p->arena, variables, new_declared(p, token, pipe->flag));
            return true;
        }
        if (next->kind != TOKEN_CHAR || !str_equal(next->text, STR(","))) {
            p->next = start;
            return true;
        }
        p->next++;
        VEC_PUSH(p->arena, variables, new_declared(p, token, is_assignment(p)));
        if (strcmp(context, "range") != 0 || variables->len >= 2)
            return parse_fail(p, arena_printf(p->arena, "too many declarations in %s", context)) !=
                   NULL;
        enum token_kind kind = parse_peek_solid(p)->kind;
        if (kind != TOKEN_VARIABLE && kind != TOKEN_RIGHT && kind != TOKEN_RIGHT_PAREN)
            return parse_fail(p, STR("range can only initialize variables")) != NULL;
    }
}

static bool check_pipeline(struct parser *p, const struct node_vec *commands, const char *context)
{
    if (commands->len == 0)
        return parse_fail(p, arena_printf(p->arena, "missing value for %s", context)) != NULL;
    for (size_t i = 1; i < commands->len; i++) {
        switch (commands->items[i]->as.list.items[0]->kind) {
        case NODE_BOOL:
        case NODE_DOT:
        case NODE_NIL:
        case NODE_NUMBER:
        case NODE_STRING:
            return parse_fail(p,
                              arena_printf(p->arena, "non executable command in pipeline stage %zu",
                                           i + 1)) != NULL;
        default: break;
        }
    }
    return true;
}

static bool starts_operand(enum token_kind kind)
{
    return (kind >= TOKEN_BOOL && kind <= TOKEN_IDENTIFIER) || kind == TOKEN_LEFT_PAREN ||
           kind == TOKEN_DOT || kind == TOKEN_NIL;
}

const struct node *parse_pipeline(struct parser *p, const char *context, enum token_kind end)
{
    if (!parse_deeper(p))
        return NULL;
    struct node *pipe = parse_new_node(p, NODE_PIPE, parse_peek_solid(p)->pos);
    struct node_vec variables = {0};
    struct node_vec commands = {0};
    size_t first = p->variables.len;
    if (!parse_declarations(p, context, pipe, &variables))
        return NULL;
    for (;;) {
        const struct token *token = parse_peek_solid(p);
        if (token->kind == end)
            break;
        if (!starts_operand(token->kind)) {
            (void)parse_advance(p);
            return parse_unexpected(p, token, context);
        }
        const struct node *command = parse_command(p);
        if (command == NULL)
            return NULL;
        VEC_PUSH(p->arena, &commands, command);
    }
    p->next++;
    if (!check_pipeline(p, &commands, context))
        return NULL;
    parse_hide_from(p, first, false);
    pipe->as.pipe.commands = commands.items;
    pipe->as.pipe.command_count = commands.len;
    pipe->as.pipe.variables = variables.items;
    pipe->as.pipe.variable_count = variables.len;
    p->depth--;
    return pipe;
}
