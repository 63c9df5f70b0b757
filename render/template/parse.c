#include "render/template/node.h"
#include "render/template/print.h"

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
    uint32_t action_line;
    unsigned range_depth;
    unsigned depth;
    VEC(struct variable) variables;
    uint32_t slots;
    struct map fresh; /* definitions of this text */
    str message;
};

static const struct node *parse_pipeline(struct parser *p, const char *context,
                                         enum token_kind end);
static const struct node *parse_item(struct parser *p);
static bool add_definition(struct parser *p, str name, const struct node *root);

static const struct token *peek(const struct parser *p)
{
    return &p->tokens[p->next];
}

static const struct token *advance(struct parser *p)
{
    const struct token *token = &p->tokens[p->next];
    if (token->kind != TOKEN_EOF && token->kind != TOKEN_ERROR)
        p->next++;
    return token;
}

static const struct token *peek_solid(struct parser *p)
{
    while (peek(p)->kind == TOKEN_SPACE)
        p->next++;
    return peek(p);
}

static const struct token *advance_solid(struct parser *p)
{
    (void)peek_solid(p);
    return advance(p);
}

/* NULL, so that parsing functions can end with it. */
static void *fail(struct parser *p, str message)
{
    if (p->message.ptr == NULL) {
        size_t at = p->next > 0 && peek(p)->kind != TOKEN_EOF && peek(p)->kind != TOKEN_ERROR
                        ? p->next - 1
                        : p->next;
        p->message = arena_printf(p->arena, "template: %.*s:%u: %.*s", STR_ARG(p->file),
                                  p->tokens[at].line, STR_ARG(message));
    }
    return NULL;
}

static str token_text(struct parser *p, const struct token *token)
{
    if (token->kind == TOKEN_EOF || token->kind == TOKEN_ERROR)
        return token->text;
    if (token->kind > TOKEN_KEYWORD)
        return arena_printf(p->arena, "<%.*s>", STR_ARG(token->text));
    bool cut = token->text.len > 10;
    AUTO_BUF struct buf quoted = BUF_INIT(128);
    go_quote(str_slice(token->text, 0, 10), &quoted);
    return arena_printf(p->arena, "%s%s", quoted.ptr, cut ? "..." : "");
}

static void *unexpected(struct parser *p, const struct token *token, const char *context)
{
    if (token->kind == TOKEN_ERROR) {
        str extra = {0};
        if (p->action_line != 0 && p->action_line != token->line)
            extra = arena_printf(p->arena, "%s started at %.*s:%u",
                                 str_ends(token->text, STR(" action")) ? "" : " in action",
                                 STR_ARG(p->file), p->action_line);
        return fail(p, arena_concat(p->arena, token->text, extra, STR("")));
    }
    return fail(
        p, arena_printf(p->arena, "unexpected %.*s in %s", STR_ARG(token_text(p, token)), context));
}

static struct node *new_node(struct parser *p, enum node_kind kind, size_t pos)
{
    struct node *node = ARENA_NEW(p->arena, struct node);
    node->kind = (uint8_t)kind;
    node->pos = (uint32_t)pos;
    return node;
}

struct node_vec { /* grown with VEC_PUSH */
    const struct node **items;
    size_t len, cap;
};

static bool deeper(struct parser *p)
{
    if (++p->depth <= p->limits->template_depth)
        return true;
    (void)fail(p, STR("max expression depth exceeded"));
    return false;
}

/* Variables. */

static void declare(struct parser *p, str name, uint32_t slot)
{
    VEC_PUSH(p->arena, &p->variables,
             (struct variable){.name = name, .slot = slot, .hidden = true});
    if (p->slots < p->variables.len)
        p->slots = (uint32_t)p->variables.len;
}

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

static void hide_from(struct parser *p, size_t from, bool hidden)
{
    for (size_t i = from; i < p->variables.len; i++)
        p->variables.items[i].hidden = hidden;
}

/* Terms. */

static const struct node *parse_variable(struct parser *p, const struct token *token)
{
    uint32_t slot;
    if (!resolve(p, token->text, &slot))
        return fail(p, arena_printf(p->arena, "undefined variable \"%.*s\"", STR_ARG(token->text)));
    struct node *node = new_node(p, NODE_VARIABLE, token->pos);
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
        struct node *node = new_node(p, NODE_STRING, token->pos);
        node->text = token->text;
        if (!go_unquote(token->text, p->arena, &node->as.string))
            return fail(p, STR("invalid syntax"));
        return node;
    }
    struct node *node = new_node(p, NODE_NUMBER, token->pos);
    node->text = token->text;
    str message = {0};
    if (!template_number(token->text, token->kind, p->arena, &node->as.number, &message))
        return fail(p, message);
    return node;
}

static const struct node *parse_identifier(struct parser *p, const struct token *token)
{
    struct node *node = new_node(p, NODE_IDENTIFIER, token->pos);
    node->text = token->text;
    node->as.function = function_find(token->text);
    if (node->as.function == NULL)
        return fail(p,
                    arena_printf(p->arena, "function \"%.*s\" not defined", STR_ARG(token->text)));
    return node;
}

/* NULL without a message: no term stands here. */
static const struct node *parse_term(struct parser *p)
{
    const struct token *token = peek_solid(p);
    if (token->kind == TOKEN_ERROR || token->kind == TOKEN_EOF)
        return NULL;
    p->next++;
    struct node *node;
    switch (token->kind) {
    case TOKEN_IDENTIFIER: return parse_identifier(p, token);
    case TOKEN_DOT: return new_node(p, NODE_DOT, token->pos);
    case TOKEN_NIL: return new_node(p, NODE_NIL, token->pos);
    case TOKEN_VARIABLE: return parse_variable(p, token);
    case TOKEN_FIELD: {
        node = new_node(p, NODE_FIELD, token->pos);
        str *name = ARENA_ARRAY(p->arena, str, 1);
        *name = str_skip(token->text, 1);
        node->as.path.names = name;
        node->as.path.count = 1;
        return node;
    }
    case TOKEN_BOOL:
        node = new_node(p, NODE_BOOL, token->pos);
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
    if (term == NULL || peek(p)->kind != TOKEN_FIELD)
        return term;
    switch (term->kind) {
    case NODE_BOOL:
    case NODE_STRING:
    case NODE_NUMBER:
    case NODE_NIL:
    case NODE_DOT: {
        AUTO_BUF struct buf quoted = BUF_INIT(p->text.len * 10 + 64);
        go_quote(node_text(term, p->arena), &quoted);
        return fail(p, arena_printf(p->arena, "unexpected . after term %s", quoted.ptr));
    }
    default: break;
    }
    VEC(str) names = {0};
    bool chained = term->kind != NODE_FIELD && term->kind != NODE_VARIABLE;
    if (!chained)
        for (size_t i = 0; i < term->as.path.count; i++)
            VEC_PUSH(p->arena, &names, term->as.path.names[i]);
    uint32_t pos = peek(p)->pos;
    while (peek(p)->kind == TOKEN_FIELD)
        VEC_PUSH(p->arena, &names, str_skip(advance(p)->text, 1));
    struct node *node = new_node(p, chained ? NODE_CHAIN : (enum node_kind)term->kind, pos);
    node->as.path.names = names.items;
    node->as.path.count = names.len;
    node->as.path.slot = chained ? 0 : term->as.path.slot;
    node->as.path.base = chained ? term : NULL;
    return node;
}

static const struct node *parse_command(struct parser *p)
{
    struct node *command = new_node(p, NODE_COMMAND, peek_solid(p)->pos);
    struct node_vec args = {0};
    for (;;) {
        (void)peek_solid(p);
        const struct node *operand = parse_operand(p);
        if (operand != NULL)
            VEC_PUSH(p->arena, &args, operand);
        else if (p->message.ptr != NULL)
            return NULL;
        const struct token *token = peek(p);
        if (token->kind == TOKEN_SPACE) {
            p->next++;
            continue;
        }
        if (token->kind == TOKEN_PIPE)
            p->next++;
        else if (token->kind != TOKEN_RIGHT && token->kind != TOKEN_RIGHT_PAREN) {
            (void)advance(p);
            return unexpected(p, token, "operand");
        }
        break;
    }
    if (args.len == 0)
        return fail(p, STR("empty command"));
    command->as.list.items = args.items;
    command->as.list.len = args.len;
    return command;
}

/* Pipelines. */

static const struct node *new_declared(struct parser *p, const struct token *token, bool assign)
{
    struct node *node = new_node(p, NODE_VARIABLE, token->pos);
    str *name = ARENA_ARRAY(p->arena, str, 1);
    *name = token->text;
    node->as.path.names = name;
    node->as.path.count = 1;
    if (assign)
        (void)resolve(p, token->text, &node->as.path.slot);
    else
        node->as.path.slot = (uint32_t)p->variables.len;
    declare(p, token->text, node->as.path.slot);
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
        const struct token *token = peek_solid(p);
        if (token->kind != TOKEN_VARIABLE)
            return true;
        size_t start = p->next++;
        const struct token *next = peek_solid(p);
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
            return fail(p, arena_printf(p->arena, "too many declarations in %s", context)) != NULL;
        enum token_kind kind = peek_solid(p)->kind;
        if (kind != TOKEN_VARIABLE && kind != TOKEN_RIGHT && kind != TOKEN_RIGHT_PAREN)
            return fail(p, STR("range can only initialize variables")) != NULL;
    }
}

static bool check_pipeline(struct parser *p, const struct node_vec *commands, const char *context)
{
    if (commands->len == 0)
        return fail(p, arena_printf(p->arena, "missing value for %s", context)) != NULL;
    for (size_t i = 1; i < commands->len; i++) {
        switch (commands->items[i]->as.list.items[0]->kind) {
        case NODE_BOOL:
        case NODE_DOT:
        case NODE_NIL:
        case NODE_NUMBER:
        case NODE_STRING:
            return fail(p, arena_printf(p->arena, "non executable command in pipeline stage %zu",
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

static const struct node *parse_pipeline(struct parser *p, const char *context, enum token_kind end)
{
    if (!deeper(p))
        return NULL;
    struct node *pipe = new_node(p, NODE_PIPE, peek_solid(p)->pos);
    struct node_vec variables = {0};
    struct node_vec commands = {0};
    size_t first = p->variables.len;
    if (!parse_declarations(p, context, pipe, &variables))
        return NULL;
    for (;;) {
        const struct token *token = peek_solid(p);
        if (token->kind == end)
            break;
        if (!starts_operand(token->kind)) {
            (void)advance(p);
            return unexpected(p, token, context);
        }
        const struct node *command = parse_command(p);
        if (command == NULL)
            return NULL;
        VEC_PUSH(p->arena, &commands, command);
    }
    p->next++;
    if (!check_pipeline(p, &commands, context))
        return NULL;
    hide_from(p, first, false);
    pipe->as.pipe.commands = commands.items;
    pipe->as.pipe.command_count = commands.len;
    pipe->as.pipe.variables = variables.items;
    pipe->as.pipe.variable_count = variables.len;
    p->depth--;
    return pipe;
}

/* Control structures. */

/* Items up to {{else}} or {{end}}, which is given back. */
static const struct node *parse_body(struct parser *p, const struct node **ret_last)
{
    struct node *list = new_node(p, NODE_LIST, peek_solid(p)->pos);
    struct node_vec items = {0};
    while (peek_solid(p)->kind != TOKEN_EOF) {
        const struct node *item = parse_item(p);
        if (item == NULL)
            return NULL;
        if (item->kind == NODE_ELSE || item->kind == NODE_END) {
            list->as.list.items = items.items;
            list->as.list.len = items.len;
            *ret_last = item;
            return list;
        }
        VEC_PUSH(p->arena, &items, item);
    }
    return fail(p, STR("unexpected EOF"));
}

static const struct node *parse_control(struct parser *p, enum node_kind kind, const char *context);

static const struct node *parse_otherwise(struct parser *p, enum node_kind kind,
                                          const char *context, const struct node *last)
{
    enum token_kind again = kind == NODE_IF ? TOKEN_IF : TOKEN_WITH;
    if (kind != NODE_RANGE && peek(p)->kind == again) {
        p->next++;
        struct node *list = new_node(p, NODE_LIST, last->pos);
        const struct node **item = ARENA_ARRAY(p->arena, const struct node *, 1);
        *item = parse_control(p, kind, context);
        if (*item == NULL)
            return NULL;
        list->as.list.items = item;
        list->as.list.len = 1;
        return list;
    }
    const struct node *list = parse_body(p, &last);
    if (list != NULL && last->kind != NODE_END)
        return fail(p, STR("expected end; found {{else}}"));
    return list;
}

static const struct node *parse_control(struct parser *p, enum node_kind kind, const char *context)
{
    if (!deeper(p))
        return NULL;
    size_t variables = p->variables.len;
    const struct node *pipe = parse_pipeline(p, context, TOKEN_RIGHT);
    if (pipe == NULL)
        return NULL;
    struct node *node = new_node(p, kind, pipe->pos);
    node->as.control.pipe = pipe;
    size_t outer = p->variables.len;
    p->range_depth += kind == NODE_RANGE;
    const struct node *last;
    node->as.control.body = parse_body(p, &last);
    p->range_depth -= kind == NODE_RANGE;
    if (node->as.control.body == NULL)
        return NULL;
    if (last->kind == NODE_ELSE) {
        hide_from(p, outer, true);
        node->as.control.otherwise = parse_otherwise(p, kind, context, last);
        if (node->as.control.otherwise == NULL)
            return NULL;
    }
    p->variables.len = variables;
    p->depth--;
    return node;
}

static const struct node *parse_leave(struct parser *p, enum node_kind kind, uint32_t pos)
{
    const char *name = kind == NODE_BREAK ? "{{break}}" : "{{continue}}";
    const struct token *token = advance_solid(p);
    if (token->kind != TOKEN_RIGHT)
        return unexpected(p, token, name);
    if (p->range_depth == 0)
        return fail(p, arena_printf(p->arena, "%s outside {{range}}", name));
    return new_node(p, kind, pos);
}

static bool parse_name(struct parser *p, const char *context, str *ret_name)
{
    const struct token *token = advance_solid(p);
    if (token->kind != TOKEN_STRING && token->kind != TOKEN_RAW_STRING)
        return unexpected(p, token, context) != NULL;
    if (!go_unquote(token->text, p->arena, ret_name))
        return fail(p, STR("invalid syntax")) != NULL;
    return true;
}

static const struct node *parse_template(struct parser *p)
{
    struct node *node = new_node(p, NODE_TEMPLATE, peek_solid(p)->pos);
    if (!parse_name(p, "template clause", &node->text))
        return NULL;
    if (peek_solid(p)->kind == TOKEN_RIGHT) {
        p->next++;
        return node;
    }
    node->as.control.pipe = parse_pipeline(p, "template clause", TOKEN_RIGHT);
    return node->as.control.pipe != NULL ? node : NULL;
}

/* The body of a definition: its own variables, its own ranges. */
static bool parse_definition_body(struct parser *p, str name, const char *context)
{
    struct parser inner = *p;
    memset(&inner.variables, 0, sizeof(inner.variables));
    inner.slots = 0;
    inner.range_depth = 0;
    declare(&inner, STR("$"), 0);
    hide_from(&inner, 0, false);
    const struct node *last;
    const struct node *body = deeper(&inner) ? parse_body(&inner, &last) : NULL;
    if (body != NULL && last->kind != NODE_END)
        body = fail(&inner, arena_printf(p->arena, "unexpected {{else}} in %s", context));
    bool good = body != NULL && add_definition(&inner, name, body);
    p->next = inner.next;
    p->fresh = inner.fresh;
    p->message = inner.message;
    return good;
}

static const struct node *parse_block(struct parser *p)
{
    struct node *node = new_node(p, NODE_TEMPLATE, peek_solid(p)->pos);
    if (!parse_name(p, "block clause", &node->text))
        return NULL;
    node->as.control.pipe = parse_pipeline(p, "block clause", TOKEN_RIGHT);
    if (node->as.control.pipe == NULL || !parse_definition_body(p, node->text, "block clause"))
        return NULL;
    return node;
}

static const struct node *parse_else(struct parser *p)
{
    const struct token *token = peek_solid(p);
    if (token->kind == TOKEN_IF || token->kind == TOKEN_WITH)
        return new_node(p, NODE_ELSE, token->pos);
    (void)advance(p);
    if (token->kind != TOKEN_RIGHT)
        return unexpected(p, token, "else");
    return new_node(p, NODE_ELSE, token->pos);
}

static const struct node *parse_action(struct parser *p)
{
    const struct token *token = peek_solid(p);
    if (token->kind == TOKEN_BLOCK || (token->kind >= TOKEN_BREAK && token->kind != TOKEN_DOT &&
                                       token->kind != TOKEN_DEFINE && token->kind != TOKEN_NIL))
        p->next++;
    switch (token->kind) {
    case TOKEN_BLOCK: return parse_block(p);
    case TOKEN_BREAK: return parse_leave(p, NODE_BREAK, token->pos);
    case TOKEN_CONTINUE: return parse_leave(p, NODE_CONTINUE, token->pos);
    case TOKEN_ELSE: return parse_else(p);
    case TOKEN_END: {
        const struct token *right = advance_solid(p);
        return right->kind == TOKEN_RIGHT ? new_node(p, NODE_END, right->pos)
                                          : unexpected(p, right, "end");
    }
    case TOKEN_IF: return parse_control(p, NODE_IF, "if");
    case TOKEN_RANGE: return parse_control(p, NODE_RANGE, "range");
    case TOKEN_TEMPLATE: return parse_template(p);
    case TOKEN_WITH: return parse_control(p, NODE_WITH, "with");
    default: break;
    }
    struct node *node = new_node(p, NODE_ACTION, token->pos);
    node->as.control.pipe = parse_pipeline(p, "command", TOKEN_RIGHT);
    return node->as.control.pipe != NULL ? node : NULL;
}

/* Text or an action. */
static const struct node *parse_item(struct parser *p)
{
    const struct token *token = advance_solid(p);
    if (token->kind == TOKEN_TEXT) {
        struct node *node = new_node(p, NODE_TEXT, token->pos);
        node->text = token->text;
        return node;
    }
    if (token->kind != TOKEN_LEFT)
        return unexpected(p, token, "input");
    p->action_line = token->line;
    const struct node *node = parse_action(p);
    p->action_line = 0;
    return node;
}

/* Definitions. */

static bool is_empty_list(const struct node *list)
{
    for (size_t i = 0; i < list->as.list.len; i++) {
        const struct node *item = list->as.list.items[i];
        if (item->kind != NODE_TEXT)
            return false;
        for (size_t at = 0; at < item->text.len; at++)
            if (strchr(" \t\n\v\f\r", item->text.ptr[at]) == NULL || item->text.ptr[at] == '\0')
                return false;
    }
    return true;
}

static bool add_definition(struct parser *p, str name, const struct node *root)
{
    struct definition *definition = ARENA_NEW(p->arena, struct definition);
    *definition = (struct definition){.name = name,
                                      .file = p->file,
                                      .text = p->text,
                                      .root = root,
                                      .is_empty = is_empty_list(root),
                                      .slots = p->slots};
    struct map_entry *entry = map_place(&p->fresh, p->arena, name);
    const struct definition *old = entry->value;
    if (old != NULL && !old->is_empty) {
        if (definition->is_empty)
            return true;
        return fail(p, arena_printf(p->arena, "template: multiple definition of template \"%.*s\"",
                                    STR_ARG(name))) != NULL;
    }
    entry->value = definition;
    return true;
}

static bool parse_define(struct parser *p)
{
    str name;
    if (!parse_name(p, "define clause", &name))
        return false;
    const struct token *right = advance_solid(p);
    if (right->kind != TOKEN_RIGHT)
        return unexpected(p, right, "define clause") != NULL;
    return parse_definition_body(p, name, "define clause");
}

static bool parse_file(struct parser *p, str name)
{
    declare(p, STR("$"), 0);
    hide_from(p, 0, false);
    struct node *root = new_node(p, NODE_LIST, 0);
    struct node_vec items = {0};
    while (peek(p)->kind != TOKEN_EOF) {
        if (peek(p)->kind == TOKEN_LEFT) {
            size_t start = p->next++;
            if (peek_solid(p)->kind == TOKEN_DEFINE) {
                p->next++;
                if (!parse_define(p))
                    return false;
                continue;
            }
            p->next = start;
        }
        const struct node *item = parse_item(p);
        if (item == NULL)
            return false;
        if (item->kind == NODE_ELSE || item->kind == NODE_END)
            return fail(p, item->kind == NODE_END ? STR("unexpected {{end}}")
                                                  : STR("unexpected {{else}}")) != NULL;
        VEC_PUSH(p->arena, &items, item);
    }
    root->as.list.items = items.items;
    root->as.list.len = items.len;
    return add_definition(p, name, root);
}

bool template_compile(struct arena *arena, const struct limits *limits, str name, str text,
                      struct compiled *ret_compiled, str *ret_message)
{
    struct token_list tokens;
    if (text.len > UINT32_MAX) {
        *ret_message = STR("template is too long");
        return false;
    }
    lex_template(text, arena, &tokens);
    struct parser parser = {.arena = arena,
                            .limits = limits,
                            .file = name,
                            .text = text,
                            .tokens = tokens.tokens.items};
    if (!parse_file(&parser, name)) {
        *ret_message = parser.message;
        return false;
    }
    *ret_compiled =
        (struct compiled){.definitions = parser.fresh, .own = map_get(&parser.fresh, name)};
    return true;
}
