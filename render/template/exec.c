#include "render/template/fns.h"
#include "render/template/print.h"
#include "render/template/run.h"

#include <stdarg.h>
#include <stdio.h>

#define SLOT_UNDEFINED UINT32_MAX

enum flow { FLOW_NEXT, FLOW_BREAK, FLOW_CONTINUE, FLOW_FAILED };

static enum flow walk(struct frame *frame, struct dyn dot, const struct node *node);

/* Errors. */

bool run_fail(struct template_run *run, str message)
{
    run->error = message;
    run->error_class = ERROR_INPUT;
    run->error_rule = "E_TPL_EXEC";
    return false;
}

bool run_limit(struct template_run *run, const char *rule, str message)
{
    run->error = message;
    run->error_class = ERROR_LIMIT;
    run->error_rule = rule;
    return false;
}

bool run_charge(struct template_run *run, uint64_t steps)
{
    run->usage.steps += steps;
    if (run->usage.steps > run->limits->template_steps)
        return run_limit(run, "E_TPL_STEPS",
                         STR("the templates take too many steps "
                             "(limit template_steps)"));
    if (arena_over(run->arena))
        return run_limit(run, "E_TPL_MEMORY",
                         STR("the templates take too much memory (limit render_memory)"));
    return true;
}

static str location(const struct frame *frame)
{
    const struct node *node = frame->at;
    const struct definition *definition = frame->definition;
    uint32_t line = 1;
    uint32_t start = 0;
    for (uint32_t i = 0; i < node->pos; i++) {
        if (definition->text.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    struct arena *arena = frame->run->arena;
    return arena_printf(
        arena, "template: %.*s:%u:%u: executing \"%.*s\" at <%.*s>: ", STR_ARG(definition->file),
        line, node->pos - start, STR_ARG(definition->name), STR_ARG(node_text(node, arena)));
}

bool frame_fail(struct frame *frame, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct template_run *run = frame->run;
    return run_fail(run, arena_concat(run->arena, location(frame), str_z(text), STR("")));
}

/* A budget error gets the place where it happened, once. */
static bool frame_limit(struct frame *frame)
{
    struct template_run *run = frame->run;
    if (!str_starts(run->error, STR("template: ")))
        run->error = arena_concat(run->arena, location(frame), run->error, STR(""));
    return false;
}

static bool step(struct frame *frame)
{
    return run_charge(frame->run, 1) || frame_limit(frame);
}

static bool nest(struct frame *frame)
{
    if (++frame->run->nest <= NEST_MAX)
        return true;
    (void)run_limit(frame->run, "E_TPL_DEPTH", STR("the templates nest too deeply"));
    return frame_limit(frame);
}

/* Output. */

struct buf *run_take_buf(struct template_run *run)
{
    if (run->spare.len > 0) {
        struct buf *buf = run->spare.items[--run->spare.len];
        buf_clear(buf);
        return buf;
    }
    struct buf *buf = ARENA_NEW(run->arena, struct buf);
    buf_init(buf, run->limits->template_output);
    arena_defer(run->arena, (void (*)(void *))(void *)buf_finish, buf);
    return buf;
}

void run_give_buf(struct template_run *run, struct buf *buf)
{
    VEC_PUSH(run->arena, &run->spare, buf);
}

static bool check_output(struct frame *frame)
{
    if (!buf_failed(frame->out))
        return true;
    (void)run_limit(frame->run, "E_TPL_OUTPUT",
                    STR("the templates' output is too long (limit template_output)"));
    return frame_limit(frame);
}

static bool has_methods(struct dyn v)
{
    return v.kind != DYN_STRUCT || !v.loose || !v.as.record->shape->by_address;
}

static bool print_value(struct frame *frame, struct dyn v)
{
    if (v.kind == DYN_STRING)
        buf_add(frame->out, dyn_str(v));
    else if (dyn_is_nothing(v))
        buf_add(frame->out, STR("<no value>"));
    else if (v.kind == DYN_STRUCT && v.as.record->shape->text != NULL && has_methods(v))
        buf_add(frame->out, v.as.record->shape->text(v.as.record, frame->run->arena));
    else
        dyn_print(v, frame->out);
    return check_output(frame);
}

/* Fields. */

static const struct dyn_method *find_method(struct dyn v, str name)
{
    size_t count = 0;
    const struct dyn_method *methods = dyn_methods(v, &count);
    for (size_t i = 0; i < count; i++)
        if (str_equal(name, str_z(methods[i].name)))
            return &methods[i];
    return NULL;
}

/* A field; or the embedded struct, which Go names by its type. */
static bool find_struct_field(struct frame *frame, struct dyn v, str name, struct dyn *ret_field)
{
    const struct dyn_struct *record = v.as.record;
    const struct dyn_shape *shape = record->shape;
    for (size_t i = 0; i < shape->field_count; i++) {
        if (!str_equal(name, str_z(shape->fields[i].name)))
            continue;
        *ret_field = record->fields[i];
        return true;
    }
    if (shape->embedded_name == NULL || !str_equal(name, str_z(shape->embedded_name)))
        return false;
    struct dyn_struct *inner = ARENA_NEW(frame->run->arena, struct dyn_struct);
    *inner = (struct dyn_struct){.shape = shape->embedded_shape, .fields = record->fields};
    *ret_field = dyn_struct(inner);
    return true;
}

/* One field on the way through a chain. */
struct step_in {
    const struct node *node;
    const struct node *const *args;
    size_t argc;
    const struct dyn *final;
    const struct node *command; /* NULL: the node is all of it */
};

/* Where Go's static type of the elements is interface {}, messages show that. */
static struct dyn element_of(struct dyn container, struct dyn element)
{
    element.boxed = container.type == TYPE_MAP_ANY || container.type == TYPE_VALUES ||
                    container.type == TYPE_LIST_ANY;
    return element;
}

static bool eval_field(struct frame *frame, struct dyn dot, struct dyn receiver, str name,
                       struct step_in *in, struct dyn *ret_value)
{
    if (receiver.kind == DYN_ABSENT) {
        *ret_value = receiver;
        return true;
    }
    if (receiver.kind == DYN_NIL)
        return frame_fail(frame, "nil pointer evaluating interface {}.%.*s", STR_ARG(name));
    bool may = receiver.kind >= DYN_LIST || receiver.type != TYPE_NONE;
    const struct dyn_method *method =
        may && has_methods(receiver) ? find_method(receiver, name) : NULL;
    if (method != NULL) {
        struct callee callee = {.signature = method->signature,
                                .run = method->run,
                                .receiver = receiver,
                                .name = name,
                                .command = in->node};
        return eval_call(frame, dot, &callee, in->args, in->argc, in->final, ret_value);
    }
    bool has_args = in->argc > 1 || in->final != NULL;
    if (receiver.kind == DYN_STRUCT) {
        struct dyn field;
        bool found = find_struct_field(frame, receiver, name, &field);
        if (found && name.ptr[0] >= 'a' && name.ptr[0] <= 'z')
            return frame_fail(frame, "%.*s is an unexported field of struct type %.*s",
                              STR_ARG(name), STR_ARG(dyn_type_name(receiver, frame->run->arena)));
        if (found && has_args)
            return frame_fail(frame, "%.*s has arguments but cannot be invoked as function",
                              STR_ARG(name));
        if (found) {
            *ret_value = field;
            return true;
        }
    }
    if (receiver.kind == DYN_MAP) {
        if (has_args)
            return frame_fail(frame, "%.*s is not a method but has arguments", STR_ARG(name));
        const struct dyn *found = dyn_map_find(receiver.as.map, name);
        *ret_value = element_of(receiver, found != NULL ? *found : dyn_zero_element(receiver));
        return true;
    }
    str type = receiver.boxed ? STR("interface {}") : dyn_type_name(receiver, frame->run->arena);
    return frame_fail(frame, "can't evaluate field %.*s in type %.*s", STR_ARG(name),
                      STR_ARG(type));
}

/* names[from…] below the receiver; arguments go to the last one. */
static bool eval_chain(struct frame *frame, struct dyn dot, struct dyn receiver, size_t from,
                       const struct step_in *last, struct dyn *ret_value)
{
    const struct node *node = last->node;
    for (size_t i = from; i < node->as.path.count; i++) {
        bool is_last = i + 1 == node->as.path.count;
        struct step_in in = is_last ? *last : (struct step_in){.node = node};
        if (!eval_field(frame, dot, receiver, node->as.path.names[i], &in, &receiver))
            return false;
    }
    *ret_value = receiver;
    return true;
}

static bool not_a_function(struct frame *frame, const struct node *const *args, size_t argc,
                           const struct dyn *final)
{
    if (argc <= 1 && final == NULL)
        return true;
    return frame_fail(frame, "can't give argument to non-function %.*s",
                      STR_ARG(node_text(args[0], frame->run->arena)));
}

static bool eval_variable(struct frame *frame, struct dyn dot, const struct step_in *in,
                          struct dyn *ret_value)
{
    const struct node *node = in->node;
    if (node->as.path.slot == SLOT_UNDEFINED)
        return frame_fail(frame, "undefined variable: %.*s", STR_ARG(node->as.path.names[0]));
    struct dyn v = frame->slots[node->as.path.slot];
    if (node->as.path.count == 1) {
        if (in->argc > 0 && !not_a_function(frame, in->args, in->argc, in->final))
            return false;
        *ret_value = v;
        return true;
    }
    return eval_chain(frame, dot, v, 1, in, ret_value);
}

static bool eval_base(struct frame *frame, struct dyn dot, const struct step_in *in,
                      struct dyn *ret_value)
{
    struct dyn base;
    if (in->node->as.path.base->kind == NODE_NIL)
        return frame_fail(frame, "indirection through explicit nil in %.*s",
                          STR_ARG(node_text(in->node, frame->run->arena)));
    return eval_operand(frame, dot, in->node->as.path.base, &base) &&
           eval_chain(frame, dot, base, 0, in, ret_value);
}

static bool eval_function(struct frame *frame, struct dyn dot, const struct step_in *in,
                          struct dyn *ret_value)
{
    const struct function *function = in->node->as.function;
    struct callee callee = {.signature = function->signature,
                            .run = function->run,
                            .function = function,
                            .name = in->node->text,
                            .command = in->command != NULL ? in->command : in->node};
    return eval_call(frame, dot, &callee, in->args, in->argc, in->final, ret_value);
}

static bool eval_number(struct frame *frame, const struct node *node, struct dyn *ret_value)
{
    const struct number *number = node->as.number;
    str text = node->text;
    if (number->is_complex) {
        *ret_value = (struct dyn){.kind = DYN_COMPLEX, .as.complex = number->complex};
        return true;
    }
    bool is_hex = text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] | 32) == 'x' &&
                  str_index(text, 'p') == SIZE_MAX && str_index(text, 'P') == SIZE_MAX;
    bool looks_real = false;
    for (size_t i = 0; i < text.len; i++)
        looks_real |= strchr(".eEpP", text.ptr[i]) != NULL;
    if (number->is_float && !is_hex && text.ptr[0] != '\'' && looks_real) {
        *ret_value = dyn_float(number->real);
        return true;
    }
    if (!number->is_int)
        return frame_fail(frame, "%.*s overflows int", STR_ARG(text));
    *ret_value = dyn_int(number->integer);
    return true;
}

/* Everything that can stand in a command's first place or be an argument of type interface{}. */
static bool eval_term(struct frame *frame, struct dyn dot, const struct step_in *in,
                      struct dyn *ret_value)
{
    const struct node *node = in->node;
    if (node->kind != NODE_PIPE)
        frame->at = node;
    switch (node->kind) {
    case NODE_FIELD: return eval_chain(frame, dot, dot, 0, in, ret_value);
    case NODE_CHAIN: return eval_base(frame, dot, in, ret_value);
    case NODE_IDENTIFIER: return eval_function(frame, dot, in, ret_value);
    case NODE_VARIABLE: return eval_variable(frame, dot, in, ret_value);
    default: break;
    }
    if (in->argc > 0 && !not_a_function(frame, in->args, in->argc, in->final))
        return false;
    switch (node->kind) {
    case NODE_PIPE: return eval_pipeline(frame, dot, node, ret_value);
    case NODE_BOOL: *ret_value = dyn_bool(node->flag); return true;
    case NODE_DOT: *ret_value = dot; return true;
    case NODE_NUMBER: return eval_number(frame, node, ret_value);
    case NODE_STRING: *ret_value = dyn_string(node->as.string); return true;
    default: return frame_fail(frame, "nil is not a command");
    }
}

bool eval_operand(struct frame *frame, struct dyn dot, const struct node *node,
                  struct dyn *ret_value)
{
    struct step_in in = {.node = node};
    return eval_term(frame, dot, &in, ret_value);
}

bool eval_pipeline(struct frame *frame, struct dyn dot, const struct node *pipe,
                   struct dyn *ret_value)
{
    frame->at = pipe;
    if (!nest(frame))
        return false;
    struct dyn v = dyn_absent();
    for (size_t i = 0; i < pipe->as.pipe.command_count; i++) {
        const struct node *command = pipe->as.pipe.commands[i];
        struct dyn before = v;
        struct step_in in = {.node = command->as.list.items[0],
                             .args = command->as.list.items,
                             .argc = command->as.list.len,
                             .final = i > 0 ? &before : NULL,
                             .command = command};
        if (!step(frame) || !eval_term(frame, dot, &in, &v))
            return false;
        if (v.kind == DYN_NIL)
            v = dyn_absent();
        v.boxed = false;
    }
    for (size_t i = 0; i < pipe->as.pipe.variable_count; i++) {
        const struct node *variable = pipe->as.pipe.variables[i];
        if (variable->as.path.slot == SLOT_UNDEFINED)
            return frame_fail(frame, "undefined variable: %.*s",
                              STR_ARG(variable->as.path.names[0]));
        frame->slots[variable->as.path.slot] = v;
    }
    frame->run->nest--;
    *ret_value = v;
    return true;
}

/* Control. */

static enum flow walk_list(struct frame *frame, struct dyn dot, const struct node *list)
{
    for (size_t i = 0; i < list->as.list.len; i++) {
        enum flow flow = walk(frame, dot, list->as.list.items[i]);
        if (flow != FLOW_NEXT)
            return flow;
    }
    return FLOW_NEXT;
}

static enum flow walk_branch(struct frame *frame, struct dyn dot, const struct node *node)
{
    struct dyn v;
    if (!nest(frame) || !eval_pipeline(frame, dot, node->as.control.pipe, &v))
        return FLOW_FAILED;
    enum flow flow = FLOW_NEXT;
    if (dyn_truth(v))
        flow = walk_list(frame, node->kind == NODE_WITH ? v : dot, node->as.control.body);
    else if (node->as.control.otherwise != NULL)
        flow = walk_list(frame, dot, node->as.control.otherwise);
    frame->run->nest--;
    return flow;
}

static enum flow iterate(struct frame *frame, const struct node *node, struct dyn index,
                         struct dyn element)
{
    const struct node *pipe = node->as.control.pipe;
    size_t count = pipe->as.pipe.variable_count;
    frame->at = node;
    if (count == 1)
        frame->slots[pipe->as.pipe.variables[0]->as.path.slot] = element;
    if (count == 2) {
        frame->slots[pipe->as.pipe.variables[0]->as.path.slot] = index;
        frame->slots[pipe->as.pipe.variables[1]->as.path.slot] = element;
    }
    if (!step(frame))
        return FLOW_FAILED;
    const struct loop loop = {.outer = frame->run->loop, .index = index, .element = element};
    frame->run->loop = &loop;
    enum flow flow = walk_list(frame, element, node->as.control.body);
    frame->run->loop = loop.outer;
    return flow == FLOW_CONTINUE ? FLOW_NEXT : flow;
}

/* Entries may come and go while the body runs: Go collects them before. */
static enum flow range_map(struct frame *frame, const struct node *node, struct dyn v)
{
    uint32_t len = v.as.map->len;
    struct dyn_entry *entries = ARENA_ARRAY(frame->run->arena, struct dyn_entry, len);
    memcpy(entries, v.as.map->entries, len * sizeof(*entries));
    enum flow flow = FLOW_NEXT;
    for (uint32_t i = 0; i < len && flow == FLOW_NEXT; i++)
        flow = iterate(frame, node, dyn_string(entries[i].key), element_of(v, entries[i].val));
    return flow;
}

static enum flow range_over(struct frame *frame, const struct node *node, struct dyn v,
                            bool *ret_ran)
{
    enum flow flow = FLOW_NEXT;
    *ret_ran = false;
    if (dyn_is_signed(v) || dyn_is_unsigned(v)) {
        if (node->as.control.pipe->as.pipe.variable_count > 1) {
            (void)frame_fail(frame, "can't use %.*s to iterate over more than one variable",
                             STR_ARG(dyn_text(v, frame->run->arena)));
            return FLOW_FAILED;
        }
        *ret_ran = v.as.integer != 0 && (dyn_is_unsigned(v) || v.as.integer > 0);
        for (uint64_t i = 0; *ret_ran && i < v.as.natural && flow == FLOW_NEXT; i++) {
            struct dyn number = {.kind = v.kind, .type = v.type, .as.natural = i};
            flow = iterate(frame, node, dyn_absent(), number);
        }
        return flow;
    }
    if (v.kind == DYN_LIST) {
        *ret_ran = v.len > 0;
        for (uint32_t i = 0; i < v.len && flow == FLOW_NEXT; i++)
            flow = iterate(frame, node, dyn_int(i), element_of(v, dyn_item(v, i)));
        return flow;
    }
    if (v.kind == DYN_MAP) {
        *ret_ran = dyn_len(v) > 0;
        return *ret_ran ? range_map(frame, node, v) : FLOW_NEXT;
    }
    if (dyn_is_nothing(v))
        return FLOW_NEXT;
    (void)frame_fail(frame, "range can't iterate over %.*s",
                     STR_ARG(dyn_text(v, frame->run->arena)));
    return FLOW_FAILED;
}

static enum flow walk_range(struct frame *frame, struct dyn dot, const struct node *node)
{
    struct dyn v;
    bool ran;
    if (!nest(frame) || !eval_pipeline(frame, dot, node->as.control.pipe, &v))
        return FLOW_FAILED;
    enum flow flow = range_over(frame, node, v, &ran);
    if (flow == FLOW_BREAK)
        flow = FLOW_NEXT;
    else if (flow == FLOW_NEXT && !ran && node->as.control.otherwise != NULL)
        flow = walk_list(frame, dot, node->as.control.otherwise);
    frame->run->nest--;
    return flow;
}

static enum flow walk_template(struct frame *frame, struct dyn dot, const struct node *node)
{
    const struct definition *definition = template_find(frame->run->set, node->text);
    if (definition == NULL) {
        (void)frame_fail(frame, "template \"%.*s\" not defined", STR_ARG(node->text));
        return FLOW_FAILED;
    }
    struct dyn v = dyn_absent();
    if (node->as.control.pipe != NULL && !eval_pipeline(frame, dot, node->as.control.pipe, &v))
        return FLOW_FAILED;
    if (!run_definition(frame->run, definition, v, frame->out)) {
        if (frame->run->error_class == ERROR_LIMIT)
            (void)frame_limit(frame);
        return FLOW_FAILED;
    }
    return FLOW_NEXT;
}

static enum flow walk(struct frame *frame, struct dyn dot, const struct node *node)
{
    struct dyn v;
    frame->at = node;
    switch (node->kind) {
    case NODE_TEXT:
        buf_add(frame->out, node->text);
        return step(frame) && check_output(frame) ? FLOW_NEXT : FLOW_FAILED;
    case NODE_ACTION:
        if (!eval_pipeline(frame, dot, node->as.control.pipe, &v))
            return FLOW_FAILED;
        if (node->as.control.pipe->as.pipe.variable_count > 0)
            return FLOW_NEXT;
        frame->at = node;
        return print_value(frame, v) ? FLOW_NEXT : FLOW_FAILED;
    case NODE_IF:
    case NODE_WITH: return walk_branch(frame, dot, node);
    case NODE_RANGE: return walk_range(frame, dot, node);
    case NODE_TEMPLATE: return walk_template(frame, dot, node);
    case NODE_BREAK: return FLOW_BREAK;
    case NODE_CONTINUE: return FLOW_CONTINUE;
    default: return walk_list(frame, dot, node);
    }
}

bool run_definition(struct template_run *run, const struct definition *definition, struct dyn dot,
                    struct buf *out)
{
    if (run->depth >= run->limits->template_depth)
        return run_limit(run, "E_TPL_DEPTH",
                         STR("the templates call each other too deeply (limit template_depth)"));
    struct frame frame = {.run = run,
                          .definition = definition,
                          .slots = ARENA_ARRAY(run->arena, struct dyn, definition->slots + 1),
                          .out = out};
    frame.slots[0] = dot;
    run->depth++;
    unsigned before = run->nest;
    bool good = walk_list(&frame, dot, definition->root) != FLOW_FAILED;
    run->nest = before;
    run->depth--;
    return good;
}

struct template_run *template_run_create(const struct template_set *set,
                                         const struct template_world *world,
                                         const struct limits *limits, struct arena *arena)
{
    struct template_run *run = ARENA_NEW(arena, struct template_run);
    run->set = set;
    run->world = world;
    run->limits = limits;
    run->arena = arena;
    return run;
}

const struct template_usage *template_run_usage(const struct template_run *run)
{
    return &run->usage;
}

str template_run_error(const struct template_run *run)
{
    return run->error;
}

bool template_execute(struct template_run *run, str name, struct dyn dot, struct buf *out,
                      struct error *err)
{
    const struct definition *definition = template_find(run->set, name);
    run->page = name;
    bool good = definition != NULL
                    ? run_definition(run, definition, dot, out)
                    : run_fail(run, arena_printf(run->arena,
                                                 "template: no template \"%.*s\" associated with "
                                                 "template \"gotpl\"",
                                                 STR_ARG(name)));
    if (good)
        return true;
    return error_rule(err, run->error_class, run->error_rule, "%.*s", STR_ARG(run->error));
}
