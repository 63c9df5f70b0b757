/* The source form of nodes, for messages: `executing "x" at <.Values.a>`. */
#include "render/template/node.h"

#define TEXT_DEPTH_MAX 100

static void print(const struct node *node, struct buf *buf, unsigned depth);

static void print_pipe(const struct node *node, struct buf *buf, unsigned depth)
{
    for (size_t i = 0; i < node->as.pipe.variable_count; i++) {
        if (i > 0)
            buf_add(buf, STR(", "));
        print(node->as.pipe.variables[i], buf, depth);
    }
    if (node->as.pipe.variable_count > 0)
        buf_add(buf, node->flag ? STR(" = ") : STR(" := "));
    for (size_t i = 0; i < node->as.pipe.command_count; i++) {
        if (i > 0)
            buf_add(buf, STR(" | "));
        print(node->as.pipe.commands[i], buf, depth);
    }
}

static void print_operand(const struct node *node, struct buf *buf, unsigned depth)
{
    bool parens = node->kind == NODE_PIPE;
    if (parens)
        buf_add_byte(buf, '(');
    print(node, buf, depth);
    if (parens)
        buf_add_byte(buf, ')');
}

static void print_path(const struct node *node, struct buf *buf, unsigned depth)
{
    if (node->kind == NODE_CHAIN)
        print_operand(node->as.path.base, buf, depth);
    for (size_t i = 0; i < node->as.path.count; i++) {
        if (i > 0 || node->kind != NODE_VARIABLE)
            buf_add_byte(buf, '.');
        buf_add(buf, node->as.path.names[i]);
    }
}

static void print(const struct node *node, struct buf *buf, unsigned depth)
{
    if (depth > TEXT_DEPTH_MAX)
        return;
    switch ((enum node_kind)node->kind) {
    case NODE_ACTION:
        buf_add(buf, STR("{{"));
        print(node->as.control.pipe, buf, depth + 1);
        buf_add(buf, STR("}}"));
        break;
    case NODE_TEMPLATE:
        buf_printf(buf, "{{template \"%.*s\"", STR_ARG(node->text));
        if (node->as.control.pipe != NULL) {
            buf_add_byte(buf, ' ');
            print(node->as.control.pipe, buf, depth + 1);
        }
        buf_add(buf, STR("}}"));
        break;
    case NODE_PIPE: print_pipe(node, buf, depth + 1); break;
    case NODE_COMMAND:
        for (size_t i = 0; i < node->as.list.len; i++) {
            if (i > 0)
                buf_add_byte(buf, ' ');
            print_operand(node->as.list.items[i], buf, depth + 1);
        }
        break;
    case NODE_DOT: buf_add_byte(buf, '.'); break;
    case NODE_NIL: buf_add(buf, STR("nil")); break;
    case NODE_BOOL: buf_add(buf, node->flag ? STR("true") : STR("false")); break;
    case NODE_TEXT:
    case NODE_NUMBER:
    case NODE_STRING:
    case NODE_IDENTIFIER: buf_add(buf, node->text); break;
    case NODE_FIELD:
    case NODE_VARIABLE:
    case NODE_CHAIN: print_path(node, buf, depth + 1); break;
    case NODE_IF:
    case NODE_WITH:
    case NODE_RANGE:
        buf_printf(buf, "{{%s ",
                   node->kind == NODE_IF     ? "if"
                   : node->kind == NODE_WITH ? "with"
                                             : "range");
        print(node->as.control.pipe, buf, depth + 1);
        buf_add(buf, STR("}}"));
        break;
    case NODE_BREAK: buf_add(buf, STR("{{break}}")); break;
    case NODE_CONTINUE: buf_add(buf, STR("{{continue}}")); break;
    case NODE_LIST:
    case NODE_ELSE:
    case NODE_END: break;
    }
}

str node_text(const struct node *node, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(4096);
    print(node, &buf, 0);
    return buf_copy(&buf, arena);
}
