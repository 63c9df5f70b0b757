#include "render/kustomize/node_path.h"

#include "render/kustomize/field_edit.h"
#include "render/kustomize/scalar.h"

bool kust_part_is_list(str part)
{
    return str_starts(part, STR("[")) && str_ends(part, STR("]"));
}

bool kust_part_index(str part, size_t *ret_index)
{
    int64_t index = 0;
    str digits = str_starts(part, STR("+")) ? str_skip(part, 1) : part;
    if (!str_to_i64(digits, &index) || index < 0)
        return false;
    *ret_index = (size_t)index;
    return true;
}

bool kust_part_split(str part, str *ret_field, str *ret_text, struct error *err)
{
    str inner = str_slice(part, 1, part.len - 2);
    size_t equals = str_index(inner, '=');
    if (equals == SIZE_MAX)
        return error_rule(err, ERROR_INPUT, "E_FIELD", "\"%.*s\": want [field=text]",
                          STR_ARG(part));
    *ret_field = str_slice(inner, 0, equals);
    *ret_text = str_skip(inner, equals + 1);
    return true;
}

/* Parts from "[" to "]" belong together; brackets around a mere key are taken off. */
static str join_bracketed(str part, str *rest, struct arena *arena)
{
    if (!str_starts(part, STR("[")) || str_ends(part, STR("]")))
        return part;
    str next = {0};
    while (!str_ends(part, STR("]")) && kust_path_next(rest, '.', arena, &next)) {
        str dotted = arena_concat(arena, part, STR("."), next);
        part = dotted;
        if (str_ends(next, STR("]")))
            break;
    }
    if (str_index(part, '=') != SIZE_MAX)
        return part;
    return str_trim_right(str_trim_left(part, STR("[]")), STR("[]"));
}

/* "name[3]" to "name" and "3". */
static void push_part(struct node_path *path, str part, bool indexes, struct arena *arena)
{
    size_t open = indexes && str_ends(part, STR("]")) ? str_rindex(part, '[') : SIZE_MAX;
    size_t index = 0;
    if (open != SIZE_MAX) {
        str digits = str_slice(part, open + 1, part.len - open - 2);
        if (digits.len != 0 && digits.ptr[0] != '+' && kust_part_index(digits, &index)) {
            if (open > 0)
                VEC_PUSH(arena, &path->parts, str_slice(part, 0, open));
            part = digits;
        }
    }
    VEC_PUSH(arena, &path->parts, part);
}

struct node_path kust_node_path(str path, bool indexes, struct arena *arena)
{
    struct node_path result = {0};
    str rest = kust_path_begin(path, '.');
    str part = {0};
    while (kust_path_next(&rest, '.', arena, &part))
        push_part(&result, join_bracketed(part, &rest, arena), indexes, arena);
    return result;
}

static bool wrong_node(value node, const char *want, str part, struct error *err)
{
    return error_rule(err, ERROR_INPUT, "E_FIELD", "\"%.*s\" needs %s, not %s", STR_ARG(part), want,
                      value_kind_name((enum value_kind)node.kind));
}

static bool get_item(value node, str part, size_t index, bool last, value *ret_node,
                     struct error *err)
{
    if (node.kind != VALUE_ARRAY && !kust_is_nothing(node))
        return wrong_node(node, "a list", part, err);
    size_t len = value_len(node);
    if (last && len == 0)
        return wrong_node(node, "a list that is not empty", part, err);
    if (last)
        index = len - 1;
    *ret_node = index < len ? value_item(node, index) : value_absent();
    return true;
}

static bool get_matching(value node, str part, value *ret_node, struct error *err)
{
    str field = {0}, text = {0};
    if (!kust_part_split(part, &field, &text, err))
        return false;
    if (node.kind != VALUE_ARRAY && !kust_is_nothing(node))
        return wrong_node(node, "a list", part, err);
    *ret_node = value_absent();
    for (size_t i = 0; i < value_len(node); i++) {
        value item = value_item(node, i);
        value found = field.len == 0 ? item : value_get(item, field);
        if (value_present(found) && str_equal(kust_scalar_text(found), text)) {
            *ret_node = item;
            return true;
        }
    }
    return true;
}

bool kust_node_get_part(value node, str part, value *ret_node, struct error *err)
{
    size_t index = 0;
    if (kust_part_index(part, &index))
        return get_item(node, part, index, false, ret_node, err);
    if (str_equal(part, STR("-")))
        return get_item(node, part, 0, true, ret_node, err);
    if (str_equal(part, STR("*")))
        return error_rule(err, ERROR_INPUT, "E_FIELD", "\"*\" may stand in targets only");
    if (kust_part_is_list(part))
        return get_matching(node, part, ret_node, err);
    if (node.kind != VALUE_OBJECT && !kust_is_nothing(node))
        return wrong_node(node, "a map", part, err);
    *ret_node = value_get(node, part);
    return true;
}

bool kust_node_get(value document, const struct node_path *path, value *ret_node, struct error *err)
{
    value node = document;
    for (size_t i = 0; i < path->parts.len && value_present(node); i++) {
        str part = str_trim(path->parts.items[i]);
        if (part.len != 0 && !kust_node_get_part(node, part, &node, err))
            return false;
    }
    *ret_node = node;
    return true;
}
