#include "syncd/apiserver/jsonpath.h"

#include <stdlib.h>

enum step_kind { STEP_MEMBER, STEP_INDEX, STEP_WILDCARD, STEP_FILTER, STEP_END, STEP_BROKEN };

struct step {
    enum step_kind kind;
    str name;     /* member; of a filter the path after '@' */
    bool escaped; /* the name has backslashes in front of dots */
    int64_t index;
    str operator, literal;
};

static struct step broken(void)
{
    return (struct step){.kind = STEP_BROKEN};
}

/* "@.type==\"Ready\"" */
static struct step read_filter(str inner)
{
    static const char *const operators[] = {"==", "!=", "<=", ">=", "<", ">"};
    inner = str_trim(inner);
    if (inner.len == 0 || inner.ptr[0] != '@')
        return broken();
    struct step step = {.kind = STEP_FILTER};
    for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
        size_t at = str_find(inner, str_z(operators[i]));
        if (at == SIZE_MAX)
            continue;
        step.name = str_trim(str_slice(inner, 1, at - 1));
        step.operator= str_z(operators[i]);
        step.literal = str_trim(str_skip(inner, at + step.operator.len));
        return step;
    }
    step.name = str_trim(str_skip(inner, 1));
    return step;
}

static struct step read_bracket(str *path)
{
    str rest = str_skip(*path, 1);
    if (str_starts(rest, STR("?("))) {
        size_t end = str_find(rest, STR(")]"));
        if (end == SIZE_MAX)
            return broken();
        *path = str_skip(rest, end + 2);
        return read_filter(str_slice(rest, 2, end - 2));
    }
    size_t end = str_index(rest, ']');
    if (end == SIZE_MAX)
        return broken();
    str inner = str_slice(rest, 0, end);
    *path = str_skip(rest, end + 1);
    if (str_equal(inner, STR("*")))
        return (struct step){.kind = STEP_WILDCARD};
    if (inner.len >= 2 && (inner.ptr[0] == '\'' || inner.ptr[0] == '"'))
        return (struct step){.kind = STEP_MEMBER, .name = str_slice(inner, 1, inner.len - 2)};
    struct step step = {.kind = STEP_INDEX};
    return str_to_i64(inner, &step.index) ? step : broken();
}

static struct step next_step(str *path)
{
    if (path->len == 0)
        return (struct step){.kind = STEP_END};
    if (path->ptr[0] == '[')
        return read_bracket(path);
    if (path->ptr[0] != '.')
        return broken();
    size_t end = 1;
    bool escaped = false;
    for (; end < path->len && path->ptr[end] != '.' && path->ptr[end] != '['; end++) {
        if (path->ptr[end] == '\\') {
            escaped = true;
            end++;
        }
    }
    if (end > path->len)
        return broken();
    struct step step = {
        .kind = STEP_MEMBER, .name = str_slice(*path, 1, end - 1), .escaped = escaped};
    *path = str_skip(*path, end);
    if (step.name.len == 0) /* "." alone is the object; ".[" is "[" */
        return path->len == 0 || path->ptr[0] == '[' ? next_step(path) : broken();
    if (str_equal(step.name, STR("*")))
        step.kind = STEP_WILDCARD;
    return step;
}

static str unescape(str name, struct arena *scratch)
{
    char *out = arena_alloc_bytes(scratch, name.len);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '\\' && i + 1 < name.len)
            i++;
        out[len++] = name.ptr[i];
    }
    return str_from(out, len);
}

static int compare_number(double a, double b)
{
    return (a > b) - (a < b);
}

/* False when the two cannot be compared. */
static bool compare(value found, str literal, int *ret_order)
{
    if (literal.len >= 2 && (literal.ptr[0] == '"' || literal.ptr[0] == '\'')) {
        if (!value_is(found, VALUE_STRING))
            return false;
        *ret_order = str_compare(value_str(found), str_slice(literal, 1, literal.len - 2));
        return true;
    }
    if (value_is(found, VALUE_BOOL)) {
        *ret_order = (int)value_true(found) - (int)str_equal(literal, STR("true"));
        return true;
    }
    double left, right;
    if (!value_to_double(found, &left) || !value_to_double(value_number(literal), &right))
        return false;
    *ret_order = compare_number(left, right);
    return true;
}

static value first(value object, str path, struct arena *scratch, unsigned depth);

static bool filter_holds(value item, const struct step *step, struct arena *scratch, unsigned depth)
{
    value found = first(item, step->name, scratch, depth + 1);
    if (!value_present(found))
        return false;
    if (step->operator.len == 0)
        return true;
    int order;
    if (!compare(found, step->literal, &order))
        return false;
    switch (step->operator.ptr[0]) {
    case '=': return order == 0;
    case '!': return order != 0;
    case '<': return order < 0 || (step->operator.len == 2 && order == 0);
    default: return order > 0 || (step->operator.len == 2 && order == 0);
    }
}

/* The first result behind any item that takes part. */
static value first_of_items(value object, const struct step *step, str rest, struct arena *scratch,
                            unsigned depth)
{
    for (size_t i = 0; i < value_len(object); i++) {
        value item =
            value_is(object, VALUE_ARRAY) ? value_item(object, i) : value_member(object, i)->val;
        if (step->kind == STEP_FILTER && !filter_holds(item, step, scratch, depth))
            continue;
        value found = first(item, rest, scratch, depth + 1);
        if (value_present(found))
            return found;
    }
    return value_absent();
}

#define STEP_DEPTH 16

/* Recursive over wildcards and filters of the path, up to STEP_DEPTH. */
static value first(value object, str path, struct arena *scratch, unsigned depth)
{
    if (depth > STEP_DEPTH)
        return value_absent();
    for (;;) {
        struct step step = next_step(&path);
        switch (step.kind) {
        case STEP_END: return object;
        case STEP_BROKEN: return value_absent();
        case STEP_MEMBER:
            object = value_get(object, step.escaped ? unescape(step.name, scratch) : step.name);
            if (!value_present(object))
                return object;
            break;
        case STEP_INDEX: {
            int64_t count = (int64_t)value_len(object);
            int64_t index = step.index < 0 ? count + step.index : step.index;
            if (!value_is(object, VALUE_ARRAY) || index < 0 || index >= count)
                return value_absent();
            object = value_item(object, (size_t)index);
            break;
        }
        case STEP_WILDCARD:
        case STEP_FILTER: return first_of_items(object, &step, path, scratch, depth);
        }
    }
}

value api_jsonpath_first(value object, str path, struct arena *scratch)
{
    return first(object, path, scratch, 0);
}

bool api_jsonpath_valid(str path)
{
    if (path.len == 0 || (path.ptr[0] != '.' && path.ptr[0] != '['))
        return false;
    for (;;) {
        struct step step = next_step(&path);
        if (step.kind == STEP_END)
            return true;
        if (step.kind == STEP_BROKEN)
            return false;
    }
}
