/* Arguments and calls: how a template's operands become a function's parameters. */
#include "render/template/fns.h"
#include "render/template/print.h"
#include "render/template/run.h"

#include <stdarg.h>
#include <stdio.h>

#define LOCAL_ARGS  8
#define MESSAGE_MAX 16384 /* a longer message is not wrapped again */

const char *signature_type(char letter)
{
    switch (letter) {
    case 's': return "string";
    case 'i': return "int";
    case 'I': return "int64";
    case 'u': return "uint32";
    case 'f': return "float64";
    case 'b': return "bool";
    case 't': return "time.Time";
    case 'm': return "map[string]interface {}";
    case 'l': return "[]interface {}";
    case 'S': return "[]string";
    case 'c': return "sprig.certificate";
    case 'V': return "*semver.Version";
    case 'D': return "time.Duration";
    case 'v': return "reflect.Value";
    default: return "interface {}";
    }
}

static bool is_struct_of(struct dyn v, const char *type)
{
    return v.kind == DYN_STRUCT && strcmp(v.as.record->shape->type, type) == 0;
}

static bool is_assignable(struct dyn v, char letter)
{
    switch (letter) {
    case 's': return v.kind == DYN_STRING;
    case 'i': return v.kind == DYN_INT && v.type == TYPE_NONE;
    case 'D': return v.type == TYPE_DURATION;
    case 'I': return v.kind == DYN_INT64 && v.type == TYPE_NONE;
    case 'u': return v.kind == DYN_UINT32;
    case 'f': return v.kind == DYN_FLOAT;
    case 'b': return v.kind == DYN_BOOL;
    case 't': return v.kind == DYN_TIME;
    case 'm': return v.kind == DYN_MAP && (v.type == TYPE_MAP_ANY || v.type == TYPE_VALUES);
    case 'l': return v.kind == DYN_LIST && v.type == TYPE_LIST_ANY;
    case 'S': return v.kind == DYN_LIST && (v.type == TYPE_LIST_STRING || v.type == TYPE_VERSIONS);
    case 'c': return is_struct_of(v, "sprig.certificate");
    case 'V': return is_struct_of(v, "semver.Version");
    default: return true;
    }
}

/* The nil of a parameter's type; false when it has none. */
static bool zero_of(char letter, struct dyn *ret_value)
{
    switch (letter) {
    case 'a':
    case 'V': *ret_value = dyn_nil(); return true;
    case 'v': *ret_value = dyn_absent(); return true;
    case 'm': *ret_value = dyn_of_map(TYPE_MAP_ANY, NULL); return true;
    case 'l':
    case 'S':
        *ret_value = dyn_list(letter == 'l' ? TYPE_LIST_ANY : TYPE_LIST_STRING, NULL, 0);
        ret_value->null = true;
        return true;
    default: return false;
    }
}

static bool validate(struct frame *frame, char letter, struct dyn v, struct dyn *ret_value)
{
    if (v.kind == DYN_ABSENT) {
        if (zero_of(letter, ret_value))
            return true;
        return frame_fail(frame, "invalid value; expected %s", signature_type(letter));
    }
    if (is_assignable(v, letter)) {
        *ret_value = v;
        if (letter == 'm')
            ret_value->type = TYPE_MAP_ANY;
        if (letter != 'v')
            ret_value->boxed = false;
        ret_value->loose = letter == 'a' || v.loose;
        return true;
    }
    str type = v.kind == DYN_NIL ? STR("interface {}") : dyn_type_name(v, frame->run->arena);
    return frame_fail(frame, "wrong type for value; expected %s; got %.*s", signature_type(letter),
                      STR_ARG(type));
}

/* A constant where a parameter of a fixed type stands. */
static bool eval_constant(struct frame *frame, const struct node *node, char letter,
                          struct dyn *ret_value)
{
    const struct number *number = node->kind == NODE_NUMBER ? node->as.number : NULL;
    const char *expected;
    switch (letter) {
    case 's':
        if (node->kind == NODE_STRING) {
            *ret_value = dyn_string(node->as.string);
            return true;
        }
        expected = "string";
        break;
    case 'b':
        if (node->kind == NODE_BOOL) {
            *ret_value = dyn_bool(node->flag);
            return true;
        }
        expected = "bool";
        break;
    case 'i':
    case 'I':
    case 'D':
        if (number != NULL && number->is_int) {
            *ret_value = letter == 'i' ? dyn_int(number->integer) : dyn_int64(number->integer);
            ret_value->type = letter == 'D' ? TYPE_DURATION : TYPE_NONE;
            return true;
        }
        expected = "integer";
        break;
    case 'u':
        if (number != NULL && number->is_uint) {
            *ret_value = (struct dyn){.kind = DYN_UINT32, .as.natural = (uint32_t)number->natural};
            return true;
        }
        expected = "unsigned integer";
        break;
    case 'f':
        if (number != NULL && number->is_float) {
            *ret_value = dyn_float(number->real);
            return true;
        }
        expected = "float";
        break;
    default:
        return frame_fail(frame, "can't handle %.*s for arg of type %s",
                          STR_ARG(node_text(node, frame->run->arena)), signature_type(letter));
    }
    return frame_fail(frame, "expected %s; found %.*s", expected,
                      STR_ARG(node_text(node, frame->run->arena)));
}

static bool eval_arg(struct frame *frame, struct dyn dot, const struct node *node, char letter,
                     struct dyn *ret_value)
{
    struct dyn v;
    frame->at = node;
    switch (node->kind) {
    case NODE_NIL:
        if (zero_of(letter, ret_value))
            return true;
        return frame_fail(frame, "cannot assign nil to %s", signature_type(letter));
    case NODE_BOOL:
    case NODE_NUMBER:
    case NODE_STRING:
        if (letter != 'a' && letter != 'v')
            return eval_constant(frame, node, letter, ret_value);
        return eval_operand(frame, dot, node, ret_value);
    default: return eval_operand(frame, dot, node, &v) && validate(frame, letter, v, ret_value);
    }
}

struct arity {
    size_t fixed;
    bool variadic;
    char rest; /* type of the repeated ones */
};

static struct arity arity_of(const char *signature)
{
    size_t len = strlen(signature);
    bool variadic = len > 0 && signature[len - 1] == '*';
    return (struct arity){.fixed = variadic ? len - 2 : len,
                          .variadic = variadic,
                          .rest = variadic ? signature[len - 2] : '\0'};
}

static bool check_count(struct frame *frame, const struct callee *callee, struct arity arity,
                        size_t given, size_t written)
{
    if (arity.variadic && given < arity.fixed)
        return frame_fail(frame, "wrong number of args for %.*s: want at least %zu got %zu",
                          STR_ARG(callee->name), arity.fixed, written);
    if (!arity.variadic && given != arity.fixed)
        return frame_fail(frame, "wrong number of args for %.*s: want %zu got %zu",
                          STR_ARG(callee->name), arity.fixed, given);
    return true;
}

/* `and` and `or` stop at the first argument that decides. */
static bool eval_logic(struct frame *frame, struct dyn dot, const struct callee *callee,
                       const struct node *const *args, size_t argc, const struct dyn *final,
                       struct dyn *ret_value)
{
    bool is_or = str_equal(callee->name, STR("or"));
    struct dyn v = dyn_absent();
    for (size_t i = 0; i < argc; i++) {
        if (!eval_arg(frame, dot, args[i], 'v', &v))
            return false;
        if (dyn_truth(v) == is_or) {
            *ret_value = v;
            return true;
        }
    }
    *ret_value = final != NULL ? *final : v;
    return true;
}

static bool wrap_error(struct frame *frame, const struct callee *callee)
{
    struct template_run *run = frame->run;
    if (run->error_class == ERROR_LIMIT) {
        if (str_starts(run->error, STR("template: ")))
            return false;
        str inner = run->error;
        const char *rule = run->error_rule;
        (void)frame_fail(frame, "%.*s", STR_ARG(inner));
        run->error_class = ERROR_LIMIT;
        run->error_rule = rule;
        return false;
    }
    if (run->error.len > MESSAGE_MAX)
        return false;
    str inner = run->error;
    enum error_class class = run->error_class;
    frame->at = callee->command;
    (void)frame_fail(frame, "error calling %.*s: ", STR_ARG(callee->name));
    run->error = arena_concat(run->arena, run->error, inner, STR(""));
    run->error_class = class;
    return false;
}

/* Bytes that the function will look at. */
static size_t text_length(const struct dyn *values, size_t count)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        if (values[i].kind == DYN_STRING)
            length += values[i].len;
    return length;
}

/* What `call` should have called: the source, or the text of what came through the pipe. */
static str callee_text(struct frame *frame, const struct node *node, const struct dyn *final)
{
    struct arena *arena = frame->run->arena;
    if (node != NULL)
        return node_text(node, arena);
    if (final->kind == DYN_STRING)
        return dyn_str(*final);
    return arena_concat(arena, STR("<"), dyn_type_name(*final, arena), STR(" Value>"));
}

bool eval_call(struct frame *frame, struct dyn dot, const struct callee *callee,
               const struct node *const *args, size_t argc, const struct dyn *final,
               struct dyn *ret_value)
{
    if (argc > 0) {
        args++;
        argc--;
    }
    struct arity arity = arity_of(callee->signature);
    size_t given = argc + (final != NULL);
    if (!check_count(frame, callee, arity, given, argc))
        return false;
    if (callee->run == NULL)
        return eval_logic(frame, dot, callee, args, argc, final, ret_value);
    struct dyn local[LOCAL_ARGS];
    struct dyn *values =
        given <= LOCAL_ARGS ? local : ARENA_ARRAY(frame->run->arena, struct dyn, given);
    for (size_t i = 0; i < given; i++) {
        char letter = i < arity.fixed ? callee->signature[i] : arity.rest;
        bool good = i < argc ? eval_arg(frame, dot, args[i], letter, &values[i])
                             : validate(frame, letter, *final, &values[i]);
        if (!good)
            return false;
    }
    if (!run_charge(frame->run, text_length(values, given) / 4))
        return wrap_error(frame, callee);
    struct dyn_call call = {.run = frame->run,
                            .arena = frame->run->arena,
                            .args = values,
                            .argc = given,
                            .receiver = callee->receiver,
                            .name = callee->name};
    if (callee->run == fn_call)
        call.first = callee_text(frame, argc > 0 ? args[0] : NULL, final);
    if (callee->function != NULL && callee->function->random)
        frame->run->usage.nondeterministic = true;
    bool random = callee->function != NULL && callee->function->random;
    if (!(random ? run_random_call(&call, callee->function, buf_str(frame->out))
                 : callee->run(&call)))
        return wrap_error(frame, callee);
    *ret_value = call.result;
    return run_charge(frame->run, text_length(ret_value, 1) / 32) || wrap_error(frame, callee);
}

/* For the functions. */

bool call_error_text(struct dyn_call *call, str text)
{
    return run_fail(call->run, text);
}

bool call_error(struct dyn_call *call, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return run_fail(call->run, arena_str(call->arena, str_z(text)));
}

bool call_limit(struct dyn_call *call, const char *rule, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return run_limit(call->run, rule, arena_str(call->arena, str_z(text)));
}

bool call_charge(struct dyn_call *call, uint64_t steps)
{
    return run_charge(call->run, steps);
}

bool call_equal(struct dyn_call *call, struct dyn a, struct dyn b, bool *ret_equal)
{
    const struct template_run *run = call->run;
    uint64_t before = 8 * (run->limits->template_steps - run->usage.steps) + 8;
    uint64_t left = before;
    *ret_equal = dyn_equal_within(a, b, &left);
    return call_charge(call, (before - left) / 8);
}

char *call_alloc(struct dyn_call *call, size_t size)
{
    if (size > call->run->limits->template_output || !arena_fits(call->arena, size)) {
        (void)call_limit(call, "E_TPL_OUTPUT",
                         "%.*s: the result is too long "
                         "(limit template_output)",
                         STR_ARG(call->name));
        return NULL;
    }
    return arena_alloc_bytes(call->arena, size);
}

void call_buf(struct dyn_call *call, struct buf *buf)
{
    buf_init(buf, call->run->limits->template_output);
}

bool call_return_buf(struct dyn_call *call, struct buf *buf)
{
    if (buf_failed(buf))
        return call_limit(call, "E_TPL_OUTPUT",
                          "%.*s: the result is too long "
                          "(limit template_output)",
                          STR_ARG(call->name));
    return call_return_str(call, buf_copy(buf, call->arena));
}
