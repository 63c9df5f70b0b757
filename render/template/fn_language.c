/* The functions that text/template itself brings: printing, indexing, comparing, escaping. */
#include "render/template/fns.h"
#include "render/template/print.h"
#include "render/template/runes.h"

bool fn_print(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    dyn_print_all(call->args, call->argc, false, &buf);
    return call_return_buf(call, &buf);
}

bool fn_println(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    dyn_print_all(call->args, call->argc, true, &buf);
    return call_return_buf(call, &buf);
}

bool fn_printf(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    dyn_printf(call_str(call, 0), call->args + 1, call->argc - 1, call->arena, &buf);
    return call_return_buf(call, &buf);
}

bool fn_len(struct dyn_call *call)
{
    struct dyn v = call->args[0];
    if (v.kind == DYN_STRING || v.kind == DYN_LIST || v.kind == DYN_MAP)
        return call_return(call, dyn_int((int64_t)dyn_len(v)));
    if (v.kind == DYN_ABSENT)
        return call_error(call, "reflect: call of reflect.Value.Type on zero Value");
    if (v.kind == DYN_NIL)
        return call_error(call, "len of nil pointer");
    str type = dyn_type_name(v, call->arena);
    return call_error(call, "len of type %.*s",
                      STR_ARG(str_skip(type, str_starts(type, STR("*")))));
}

static bool index_list(struct dyn_call *call, struct dyn *item, struct dyn index)
{
    if (dyn_is_nothing(index))
        return call_error(call, "cannot index slice/array with nil");
    if (!dyn_is_signed(index) && !dyn_is_unsigned(index))
        return call_error(call, "cannot index slice/array with type %.*s",
                          STR_ARG(dyn_type_name(index, call->arena)));
    if (index.as.integer < 0 || index.as.natural > dyn_len(*item))
        return call_error(call, "index out of range: %lld", (long long)index.as.integer);
    if (index.as.natural == dyn_len(*item))
        return call_error(call, "reflect: %s index out of range",
                          item->kind == DYN_STRING ? "string" : "slice");
    size_t at = (size_t)index.as.natural;
    *item = item->kind == DYN_STRING
                ? (struct dyn){.kind = DYN_UINT8, .as.natural = (unsigned char)item->as.text[at]}
                : dyn_item(*item, at);
    return true;
}

static bool index_map(struct dyn_call *call, struct dyn *item, struct dyn index)
{
    if (dyn_is_nothing(index))
        return call_error(call, "value is nil; should be of type string");
    if (index.kind != DYN_STRING)
        return call_error(call, "value has type %.*s; should be string",
                          STR_ARG(dyn_type_name(index, call->arena)));
    const struct dyn *found = dyn_map_find(item->as.map, dyn_str(index));
    *item = found != NULL ? *found : dyn_zero_element(*item);
    return true;
}

/* The type's name, without the pointer that leads to a struct. */
static str pointed_type(struct dyn v, struct arena *arena)
{
    str name = dyn_type_name(v, arena);
    return str_skip(name, str_starts(name, STR("*")) ? 1 : 0);
}

bool fn_index(struct dyn_call *call)
{
    struct dyn item = call->args[0];
    if (dyn_is_nothing(item))
        return call_error(call, "index of untyped nil");
    for (size_t i = 1; i < call->argc; i++) {
        bool good;
        if (dyn_is_nothing(item))
            return call_error(call, "index of nil pointer");
        if (item.kind == DYN_LIST || item.kind == DYN_STRING)
            good = index_list(call, &item, call->args[i]);
        else if (item.kind == DYN_MAP)
            good = index_map(call, &item, call->args[i]);
        else
            return call_error(call, "can't index item of type %.*s",
                              STR_ARG(pointed_type(item, call->arena)));
        if (!good)
            return false;
    }
    return call_return(call, item);
}

bool fn_not(struct dyn_call *call)
{
    return call_return(call, dyn_bool(!dyn_truth(call->args[0])));
}

/* There is nothing to call: functions are no values here. */
bool fn_call(struct dyn_call *call)
{
    if (dyn_is_nothing(call->args[0]))
        return call_error(call, "call of nil");
    return call_error(call, "non-function %.*s of type %.*s", STR_ARG(call->first),
                      STR_ARG(dyn_type_name(call->args[0], call->arena)));
}

/* Comparison. */

enum basic {
    BASIC_NONE,
    BASIC_BOOL,
    BASIC_COMPLEX,
    BASIC_INT,
    BASIC_FLOAT,
    BASIC_STRING,
    BASIC_UINT
};

static enum basic basic_of(struct dyn v)
{
    if (dyn_is_signed(v))
        return BASIC_INT;
    if (dyn_is_unsigned(v))
        return BASIC_UINT;
    switch (v.kind) {
    case DYN_BOOL: return BASIC_BOOL;
    case DYN_COMPLEX: return BASIC_COMPLEX;
    case DYN_FLOAT: return BASIC_FLOAT;
    case DYN_STRING: return BASIC_STRING;
    default: return BASIC_NONE;
    }
}

static bool incompatible(struct dyn_call *call, struct dyn a, struct dyn b)
{
    return call_error(call, "incompatible types for comparison: %.*s and %.*s",
                      STR_ARG(dyn_type_name(a, call->arena)),
                      STR_ARG(dyn_type_name(b, call->arena)));
}

static bool is_nil(struct dyn v)
{
    return dyn_is_nothing(v) || v.null;
}

static bool not_comparable(struct dyn_call *call, struct dyn v)
{
    AUTO_BUF struct buf text;
    call_buf(call, &text);
    dyn_printf(STR("non-comparable type %s: "), &v, 1, call->arena, &text);
    return call_error_text(
        call, arena_concat(call->arena, buf_str(&text), dyn_type_name(v, call->arena), (str){0}));
}

/* The words and their order are Go's. */
static bool not_comparable_pair(struct dyn_call *call, struct dyn a, struct dyn b)
{
    const struct dyn args[] = {a, dyn_string(dyn_type_name(a, call->arena)),
                               dyn_string(dyn_type_name(b, call->arena)), b};
    AUTO_BUF struct buf text;
    call_buf(call, &text);
    dyn_printf(STR("non-comparable types %s: %v, %s: %v"), args, 4, call->arena, &text);
    return call_error_text(call, buf_copy(&text, call->arena));
}

/* Both are of no basic kind. */
static bool equal_others(struct dyn_call *call, struct dyn a, struct dyn b, bool *ret_equal)
{
    if (is_nil(a) || is_nil(b)) {
        *ret_equal = is_nil(a) && is_nil(b);
        return true;
    }
    if (a.kind != b.kind)
        return not_comparable_pair(call, a, b);
    if (b.kind == DYN_LIST || b.kind == DYN_MAP)
        return not_comparable(call, b);
    *ret_equal = dyn_equal(a, b);
    return true;
}

static bool equal_pair(struct dyn_call *call, struct dyn a, struct dyn b, bool *ret_equal)
{
    enum basic x = basic_of(a);
    enum basic y = basic_of(b);
    *ret_equal = false;
    if (x == BASIC_NONE && y == BASIC_NONE)
        return equal_others(call, a, b, ret_equal);
    if (x != y) {
        if ((x == BASIC_INT && y == BASIC_UINT) || (x == BASIC_UINT && y == BASIC_INT)) {
            int64_t number = x == BASIC_INT ? a.as.integer : b.as.integer;
            *ret_equal = number >= 0 && a.as.natural == b.as.natural;
            return true;
        }
        if (dyn_is_nothing(a) || dyn_is_nothing(b))
            return true;
        return incompatible(call, a, b);
    }
    a.type = b.type;
    a.kind = b.kind;
    *ret_equal = dyn_equal(a, b);
    return true;
}

bool fn_eq(struct dyn_call *call)
{
    if (call->argc < 2)
        return call_error(call, "missing argument for comparison");
    for (size_t i = 1; i < call->argc; i++) {
        bool equal;
        if (!equal_pair(call, call->args[0], call->args[i], &equal))
            return false;
        if (equal)
            return call_return(call, dyn_bool(true));
    }
    return call_return(call, dyn_bool(false));
}

bool fn_ne(struct dyn_call *call)
{
    bool equal;
    return equal_pair(call, call->args[0], call->args[1], &equal) &&
           call_return(call, dyn_bool(!equal));
}

static bool less(struct dyn_call *call, struct dyn a, struct dyn b, bool *ret_less)
{
    enum basic x = basic_of(a);
    enum basic y = basic_of(b);
    if (x == BASIC_NONE || y == BASIC_NONE)
        return call_error(call, "invalid type for comparison");
    if (x == BASIC_INT && y == BASIC_UINT) {
        *ret_less = a.as.integer < 0 || a.as.natural < b.as.natural;
        return true;
    }
    if (x == BASIC_UINT && y == BASIC_INT) {
        *ret_less = b.as.integer >= 0 && a.as.natural < b.as.natural;
        return true;
    }
    if (x != y)
        return incompatible(call, a, b);
    switch (x) {
    case BASIC_FLOAT: *ret_less = a.as.real < b.as.real; return true;
    case BASIC_INT: *ret_less = a.as.integer < b.as.integer; return true;
    case BASIC_UINT: *ret_less = a.as.natural < b.as.natural; return true;
    case BASIC_STRING: *ret_less = str_compare(dyn_str(a), dyn_str(b)) < 0; return true;
    default: return call_error(call, "invalid type for comparison");
    }
}

bool fn_lt(struct dyn_call *call)
{
    bool result;
    return less(call, call->args[0], call->args[1], &result) && call_return(call, dyn_bool(result));
}

static bool less_or_equal(struct dyn_call *call, bool *ret_result)
{
    if (!less(call, call->args[0], call->args[1], ret_result))
        return false;
    return *ret_result || equal_pair(call, call->args[0], call->args[1], ret_result);
}

bool fn_le(struct dyn_call *call)
{
    bool result;
    return less_or_equal(call, &result) && call_return(call, dyn_bool(result));
}

bool fn_gt(struct dyn_call *call)
{
    bool result;
    return less_or_equal(call, &result) && call_return(call, dyn_bool(!result));
}

bool fn_ge(struct dyn_call *call)
{
    bool result;
    return less(call, call->args[0], call->args[1], &result) &&
           call_return(call, dyn_bool(!result));
}

/* Escaping. */

static str escaped_text(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    struct dyn *args = ARENA_ARRAY(call->arena, struct dyn, call->argc);
    for (size_t i = 0; i < call->argc; i++)
        args[i] = dyn_is_nothing(call->args[i]) ? dyn_string(STR("<no value>")) : call->args[i];
    dyn_print_all(args, call->argc, false, &buf);
    return buf_copy(&buf, call->arena);
}

bool fn_html(struct dyn_call *call)
{
    static const struct {
        char byte;
        const char *text;
    } escapes[] = {{'"', "&#34;"}, {'\'', "&#39;"}, {'&', "&amp;"},
                   {'<', "&lt;"},  {'>', "&gt;"},   {'\0', "\xEF\xBF\xBD"}};
    str text = escaped_text(call);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (size_t i = 0; i < text.len; i++) {
        size_t row = 0;
        while (row < ARRAY_LEN(escapes) && escapes[row].byte != text.ptr[i])
            row++;
        if (row < ARRAY_LEN(escapes))
            buf_add(&buf, str_z(escapes[row].text));
        else
            buf_add_byte(&buf, text.ptr[i]);
    }
    return call_return_buf(call, &buf);
}

bool fn_js(struct dyn_call *call)
{
    str rest = escaped_text(call);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    while (rest.len > 0) {
        uint32_t code = rune_next(&rest);
        if (code == '\\' || code == '\'' || code == '"') {
            buf_add_byte(&buf, '\\');
            buf_add_byte(&buf, (char)code);
        } else if (code < ' ' || code == '<' || code == '>' || code == '&' || code == '=') {
            buf_printf(&buf, "\\u%04X", code);
        } else if (code < 128 || rune_is_printable(code)) {
            rune_add(&buf, code);
        } else {
            buf_printf(&buf, "\\u%04X", code);
        }
    }
    return call_return_buf(call, &buf);
}

bool fn_urlquery(struct dyn_call *call)
{
    str text = escaped_text(call);
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if ((byte < 128 && (rune_is_letter(byte) || rune_is_digit(byte))) ||
            (byte != '\0' && strchr("-_.~", byte) != NULL))
            buf_add_byte(&buf, (char)byte);
        else if (byte == ' ')
            buf_add_byte(&buf, '+');
        else
            buf_printf(&buf, "%%%02X", byte);
    }
    return call_return_buf(call, &buf);
}
