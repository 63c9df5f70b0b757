#include "render/template/parse_internal.h"

#include "render/template/print.h"

static const struct node *parse_item(struct parser *p);
static bool add_definition(struct parser *p, str name, const struct node *root);

const struct token *parse_peek(struct parser *p)
{
    if (p->seen < p->next)
        p->seen = p->next;
    return &p->tokens[p->next];
}

const struct token *parse_advance(struct parser *p)
{
    const struct token *token = parse_peek(p);
    if (token->kind != TOKEN_EOF && token->kind != TOKEN_ERROR)
        p->next++;
    return token;
}

const struct token *parse_peek_solid(struct parser *p)
{
    while (parse_peek(p)->kind == TOKEN_SPACE)
        p->next++;
    return parse_peek(p);
}

const struct token *parse_advance_solid(struct parser *p)
{
    (void)parse_peek_solid(p);
    return parse_advance(p);
}

void *parse_fail(struct parser *p, str message)
{
    if (p->message.ptr == NULL)
        p->message = arena_printf(p->arena, "template: %.*s:%u: %.*s", STR_ARG(p->file),
                                  p->tokens[p->seen].line, STR_ARG(message));
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

void *parse_unexpected(struct parser *p, const struct token *token, const char *context)
{
    if (token->kind == TOKEN_ERROR) {
        str extra = {0};
        if (p->action_line != 0 && p->action_line != token->line)
            extra = arena_printf(p->arena, "%s started at %.*s:%u",
                                 str_ends(token->text, STR(" action")) ? "" : " in action",
                                 STR_ARG(p->file), p->action_line);
        return parse_fail(p, arena_concat(p->arena, token->text, extra, STR("")));
    }
    return parse_fail(
        p, arena_printf(p->arena, "unexpected %.*s in %s", STR_ARG(token_text(p, token)), context));
}

struct node *parse_new_node(struct parser *p, enum node_kind kind, size_t pos)
{
    struct node *node = ARENA_NEW(p->arena, struct node);
    node->kind = (uint8_t)kind;
    node->pos = (uint32_t)pos;
    return node;
}

bool parse_deeper(struct parser *p)
{
    if (++p->depth <= p->limits->template_depth)
        return true;
    (void)parse_fail(p, STR("max expression depth exceeded"));
    return false;
}

/* Variables. */

void parse_declare(struct parser *p, str name, uint32_t slot)
{
    VEC_PUSH(p->arena, &p->variables,
             (struct variable){.name = name, .slot = slot, .hidden = true});
    if (p->slots < p->variables.len)
        p->slots = (uint32_t)p->variables.len;
}

void parse_hide_from(struct parser *p, size_t from, bool hidden)
{
    for (size_t i = from; i < p->variables.len; i++)
        p->variables.items[i].hidden = hidden;
}

/* Control structures. */

/* Items up to {{else}} or {{end}}, which is given back. */
static const struct node *parse_body(struct parser *p, const struct node **ret_last)
{
    struct node *list = parse_new_node(p, NODE_LIST, parse_peek_solid(p)->pos);
    struct node_vec items = {0};
    while (parse_peek_solid(p)->kind != TOKEN_EOF) {
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
    return parse_fail(p, STR("unexpected EOF"));
}

static const struct node *parse_control(struct parser *p, enum node_kind kind, const char *context);

static const struct node *parse_otherwise(struct parser *p, enum node_kind kind,
                                          const char *context, const struct node *last)
{
    enum token_kind again = kind == NODE_IF ? TOKEN_IF : TOKEN_WITH;
    if (kind != NODE_RANGE && parse_peek(p)->kind == again) {
        p->next++;
        struct node *list = parse_new_node(p, NODE_LIST, last->pos);
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
        return parse_fail(p, STR("expected end; found {{else}}"));
    return list;
}

static const struct node *parse_control(struct parser *p, enum node_kind kind, const char *context)
{
    if (!parse_deeper(p))
        return NULL;
    size_t variables = p->variables.len;
    const struct node *pipe = parse_pipeline(p, context, TOKEN_RIGHT);
    if (pipe == NULL)
        return NULL;
    struct node *node = parse_new_node(p, kind, pipe->pos);
    node->as.control.pipe = pipe;
    size_t outer = p->variables.len;
    p->range_depth += kind == NODE_RANGE;
    const struct node *last;
    node->as.control.body = parse_body(p, &last);
    p->range_depth -= kind == NODE_RANGE;
    if (node->as.control.body == NULL)
        return NULL;
    if (last->kind == NODE_ELSE) {
        parse_hide_from(p, outer, true);
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
    const struct token *token = parse_advance_solid(p);
    if (token->kind != TOKEN_RIGHT)
        return parse_unexpected(p, token, name);
    if (p->range_depth == 0)
        return parse_fail(p, arena_printf(p->arena, "%s outside {{range}}", name));
    return parse_new_node(p, kind, pos);
}

static bool parse_name(struct parser *p, const char *context, str *ret_name)
{
    const struct token *token = parse_advance_solid(p);
    if (token->kind != TOKEN_STRING && token->kind != TOKEN_RAW_STRING)
        return parse_unexpected(p, token, context) != NULL;
    if (!go_unquote(token->text, p->arena, ret_name))
        return parse_fail(p, STR("invalid syntax")) != NULL;
    return true;
}

static const struct node *parse_template(struct parser *p)
{
    struct node *node = parse_new_node(p, NODE_TEMPLATE, parse_peek_solid(p)->pos);
    if (!parse_name(p, "template clause", &node->text))
        return NULL;
    if (parse_peek_solid(p)->kind == TOKEN_RIGHT) {
        p->next++;
        return node;
    }
    node->as.control.pipe = parse_pipeline(p, "template clause", TOKEN_RIGHT);
    return node->as.control.pipe != NULL ? node : NULL;
}

/*
 * The body of a definition: its own variables, its own ranges. An {{else}} too many is said of the
 * definition, for a block of what is around it: there Go counts lines from the clause.
 */
static bool parse_definition_body(struct parser *p, str name, const char *context, bool is_block)
{
    struct parser inner = *p;
    memset(&inner.variables, 0, sizeof(inner.variables));
    inner.slots = 0;
    inner.range_depth = 0;
    parse_declare(&inner, STR("$"), 0);
    parse_hide_from(&inner, 0, false);
    const struct node *last;
    const struct node *body = parse_deeper(&inner) ? parse_body(&inner, &last) : NULL;
    if (body != NULL && last->kind != NODE_END)
        body = parse_fail(is_block ? p : &inner,
                          arena_printf(p->arena, "unexpected {{else}} in %s", context));
    bool good = body != NULL && add_definition(&inner, name, body);
    p->next = inner.next;
    p->fresh = inner.fresh;
    if (inner.message.ptr != NULL)
        p->message = inner.message;
    return good;
}

static const struct node *parse_block(struct parser *p)
{
    struct node *node = parse_new_node(p, NODE_TEMPLATE, parse_peek_solid(p)->pos);
    if (!parse_name(p, "block clause", &node->text))
        return NULL;
    node->as.control.pipe = parse_pipeline(p, "block clause", TOKEN_RIGHT);
    if (node->as.control.pipe == NULL ||
        !parse_definition_body(p, node->text, "block clause", true))
        return NULL;
    return node;
}

static const struct node *parse_else(struct parser *p)
{
    const struct token *token = parse_peek_solid(p);
    if (token->kind == TOKEN_IF || token->kind == TOKEN_WITH)
        return parse_new_node(p, NODE_ELSE, token->pos);
    (void)parse_advance(p);
    if (token->kind != TOKEN_RIGHT)
        return parse_unexpected(p, token, "else");
    return parse_new_node(p, NODE_ELSE, token->pos);
}

static const struct node *parse_action(struct parser *p)
{
    const struct token *token = parse_peek_solid(p);
    if (token->kind == TOKEN_BLOCK || (token->kind >= TOKEN_BREAK && token->kind != TOKEN_DOT &&
                                       token->kind != TOKEN_DEFINE && token->kind != TOKEN_NIL))
        p->next++;
    switch (token->kind) {
    case TOKEN_BLOCK: return parse_block(p);
    case TOKEN_BREAK: return parse_leave(p, NODE_BREAK, token->pos);
    case TOKEN_CONTINUE: return parse_leave(p, NODE_CONTINUE, token->pos);
    case TOKEN_ELSE: return parse_else(p);
    case TOKEN_END: {
        const struct token *right = parse_advance_solid(p);
        return right->kind == TOKEN_RIGHT ? parse_new_node(p, NODE_END, right->pos)
                                          : parse_unexpected(p, right, "end");
    }
    case TOKEN_IF: return parse_control(p, NODE_IF, "if");
    case TOKEN_RANGE: return parse_control(p, NODE_RANGE, "range");
    case TOKEN_TEMPLATE: return parse_template(p);
    case TOKEN_WITH: return parse_control(p, NODE_WITH, "with");
    default: break;
    }
    struct node *node = parse_new_node(p, NODE_ACTION, token->pos);
    node->as.control.pipe = parse_pipeline(p, "command", TOKEN_RIGHT);
    return node->as.control.pipe != NULL ? node : NULL;
}

/* Text or an action. */
static const struct node *parse_item(struct parser *p)
{
    const struct token *token = parse_advance_solid(p);
    if (token->kind == TOKEN_TEXT) {
        struct node *node = parse_new_node(p, NODE_TEXT, token->pos);
        node->text = token->text;
        return node;
    }
    if (token->kind != TOKEN_LEFT)
        return parse_unexpected(p, token, "input");
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
        return parse_fail(p, arena_printf(p->arena,
                                          "template: multiple definition of template \"%.*s\"",
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
    const struct token *right = parse_advance_solid(p);
    if (right->kind != TOKEN_RIGHT)
        return parse_unexpected(p, right, "define clause") != NULL;
    return parse_definition_body(p, name, "define clause", false);
}

static bool parse_file(struct parser *p, str name)
{
    parse_declare(p, STR("$"), 0);
    parse_hide_from(p, 0, false);
    struct node *root = parse_new_node(p, NODE_LIST, 0);
    struct node_vec items = {0};
    while (parse_peek(p)->kind != TOKEN_EOF) {
        if (parse_peek(p)->kind == TOKEN_LEFT) {
            size_t start = p->next++;
            if (parse_peek_solid(p)->kind == TOKEN_DEFINE) {
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
            return parse_fail(p, item->kind == NODE_END ? STR("unexpected {{end}}")
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
