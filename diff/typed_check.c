#include "diff/typed.h"

#include "diff/items.h"

struct checker {
    struct typed_errors *errors;
    bool allow_duplicates;
    size_t depth;
    struct path_element path[FIELDS_DEPTH];
};

str typed_errors_text(const struct typed_errors *errors)
{
    if (errors->list.len == 1)
        return errors->list.items[0];
    str text = STR("errors:");
    for (size_t i = 0; i < errors->list.len; i++)
        text = arena_concat(errors->arena, text, STR("\n  "), errors->list.items[i]);
    return text;
}

static void report(struct checker *checker, str text)
{
    struct typed_errors *errors = checker->errors;
    str path = path_text(checker->path, checker->depth, errors->arena);
    if (path.len != 0)
        text = arena_concat(errors->arena, path, STR(": "), text);
    VEC_PUSH(errors->arena, &errors->list, text);
}

/* The Go type that the server names in its text. */
static const char *go_type(value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_STRING: return "string";
    case VALUE_BOOL: return "bool";
    case VALUE_NUMBER: return (v.flags & VALUE_INTEGER) != 0 ? "int64" : "float64";
    case VALUE_ARRAY: return "[]interface {}";
    case VALUE_OBJECT: return "map[string]interface {}";
    case VALUE_ABSENT:
    case VALUE_NULL: break;
    }
    return "<nil>";
}

/* A value as Go's %v (plain) or %#v prints it. */
static void add_go(struct buf *buf, value v, bool syntax)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_STRING: buf_printf(buf, syntax ? "\"%.*s\"" : "%.*s", STR_ARG(value_str(v))); break;
    case VALUE_BOOL: buf_add(buf, v.len != 0 ? STR("true") : STR("false")); break;
    case VALUE_NUMBER: buf_add(buf, value_number_text(v)); break;
    case VALUE_ARRAY:
        buf_add(buf, syntax ? STR("[]interface {}{") : STR("["));
        for (uint32_t i = 0; i < v.len; i++) {
            if (i != 0)
                buf_add(buf, syntax ? STR(", ") : STR(" "));
            add_go(buf, v.as.items[i], syntax);
        }
        buf_add_byte(buf, syntax ? '}' : ']');
        break;
    case VALUE_OBJECT:
        buf_add(buf, syntax ? STR("map[string]interface {}{") : STR("map["));
        for (uint32_t i = 0; i < v.len; i++) {
            if (i != 0)
                buf_add(buf, syntax ? STR(", ") : STR(" "));
            buf_printf(buf, syntax ? "\"%.*s\":" : "%.*s:", STR_ARG(v.as.members[i].key));
            add_go(buf, v.as.members[i].val, syntax);
        }
        buf_add_byte(buf, syntax ? '}' : ']');
        break;
    case VALUE_ABSENT:
    case VALUE_NULL: buf_add(buf, syntax ? STR("interface {}(nil)") : STR("<nil>"));
    }
}

static void report_kind(struct checker *checker, const char *wanted, value got)
{
    AUTO_BUF struct buf buf = BUF_INIT(PATH_TEXT_MAX);
    buf_printf(&buf, "expected %s, got &{", wanted);
    add_go(&buf, got, false);
    buf_add_byte(&buf, '}');
    report(checker, buf_copy(&buf, checker->errors->arena));
}

static void check_scalar(struct checker *checker, const struct schema_type *type, value v)
{
    AUTO_BUF struct buf buf = BUF_INIT(PATH_TEXT_MAX);
    if (value_is(v, VALUE_NULL))
        return;
    switch ((enum schema_scalar)type->scalar) {
    case SCALAR_NUMBER:
        if (!value_is(v, VALUE_NUMBER)) {
            buf_printf(&buf, "expected numeric (int or float), got %s", go_type(v));
            report(checker, buf_copy(&buf, checker->errors->arena));
        }
        break;
    case SCALAR_STRING:
        if (!value_is(v, VALUE_STRING)) {
            buf_add(&buf, STR("expected string, got &value.valueUnstructured{Value:"));
            add_go(&buf, v, true);
            buf_add_byte(&buf, '}');
            report(checker, buf_copy(&buf, checker->errors->arena));
        }
        break;
    case SCALAR_BOOL:
        if (!value_is(v, VALUE_BOOL))
            report_kind(checker, "boolean", v);
        break;
    case SCALAR_ANY:
        if (value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT))
            report_kind(checker, "any scalar", v);
        break;
    case SCALAR_NONE: break;
    }
}

static void check_value(struct checker *checker, const struct schema_type *type, value v);

static void check_below(struct checker *checker, struct path_element element,
                        const struct schema_type *type, value v)
{
    CHECK(checker->depth < FIELDS_DEPTH);
    checker->path[checker->depth++] = element;
    check_value(checker, type, v);
    checker->depth--;
}

static void check_list(struct checker *checker, const struct schema_type *type, value v)
{
    if (type->list == LIST_ATOMIC) {
        for (uint32_t i = 0; i < v.len; i++) {
            struct path_element element = {.kind = PATH_INDEX, .index = i};
            check_below(checker, element, type->items, v.as.items[i]);
        }
        return;
    }
    struct arena *arena = checker->errors->arena;
    struct item_index index;
    size_t bad, count;
    str reason;
    if (!items_index(type, v, arena, &index, &bad, &reason)) {
        report(checker, arena_printf(arena, "element %zu: %.*s", bad, STR_ARG(reason)));
        return;
    }
    for (uint32_t i = 0; i < v.len; i++) {
        const struct item_slot *slot = items_find(&index, &index.elements[i], &count);
        if (slot->position != i && !checker->allow_duplicates)
            report(checker, arena_concat(arena, STR("duplicate entries for key "),
                                         path_text(&index.elements[i], 1, arena), (str){0}));
        check_below(checker, index.elements[i], type->items, v.as.items[i]);
    }
}

static void check_map(struct checker *checker, const struct schema_type *type, value v)
{
    for (uint32_t i = 0; i < v.len; i++) {
        const struct member *member = &v.as.members[i];
        const struct schema_type *below = schema_member(type, member->key);
        if (below != NULL) {
            check_below(checker, path_field(member->key), below, member->val);
            continue;
        }
        CHECK(checker->depth < FIELDS_DEPTH);
        checker->path[checker->depth++] = path_field(member->key);
        report(checker, STR("field not declared in schema"));
        checker->depth--;
        return;
    }
}

static void check_value(struct checker *checker, const struct schema_type *type, value v)
{
    switch (type_form(type, v)) {
    case FORM_SCALAR: check_scalar(checker, type, v); break;
    case FORM_LIST:
        if (value_is(v, VALUE_ARRAY))
            check_list(checker, type, v);
        else if (!value_is(v, VALUE_NULL))
            report_kind(checker, "list", v);
        break;
    case FORM_MAP:
        if (value_is(v, VALUE_OBJECT))
            check_map(checker, type, v);
        else if (!value_is(v, VALUE_NULL))
            report_kind(checker, "map", v);
        break;
    case FORM_NONE: break;
    }
}

void typed_check(const struct schema_type *type, value object, bool allow_duplicates,
                 struct typed_errors *errors)
{
    struct checker *checker = ARENA_NEW(errors->arena, struct checker);
    checker->errors = errors;
    checker->allow_duplicates = allow_duplicates;
    check_value(checker, type, object);
}
