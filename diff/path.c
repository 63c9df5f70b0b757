#include "diff/fields.h"

#include "diff/fields_internal.h"

struct path_element path_field(str name)
{
    return (struct path_element){.kind = PATH_FIELD, .val = value_string(name)};
}

static int compare_numbers(value a, value b)
{
    int64_t left, right;
    if (value_to_i64(a, &left) && value_to_i64(b, &right))
        return (left > right) - (left < right);
    double x = 0, y = 0;
    if (!value_to_double(a, &x) || !value_to_double(b, &y))
        return str_compare(value_number_text(a), value_number_text(b));
    return (x > y) - (x < y);
}

/* The server's order of kinds of values. */
static int kind_rank(value v)
{
    static const uint8_t ranks[] = {
        [VALUE_NUMBER] = 1, [VALUE_STRING] = 2, [VALUE_BOOL] = 3,
        [VALUE_ARRAY] = 4,  [VALUE_OBJECT] = 5, [VALUE_NULL] = 6,
    };
    return ranks[v.kind];
}

static int compare_objects(value a, value b);

/* Values inside path elements: scalars nearly always. Bounded by the depth of documents. */
int path_value_compare(value a, value b)
{
    int rank = kind_rank(a) - kind_rank(b);
    if (rank != 0)
        return rank;
    switch ((enum value_kind)a.kind) {
    case VALUE_NUMBER: return compare_numbers(a, b);
    case VALUE_STRING: return str_compare(value_str(a), value_str(b));
    case VALUE_BOOL: return (int)a.len - (int)b.len;
    case VALUE_ARRAY:
        for (uint32_t i = 0; i < a.len && i < b.len; i++) {
            int order = path_value_compare(a.as.items[i], b.as.items[i]);
            if (order != 0)
                return order;
        }
        return (a.len > b.len) - (a.len < b.len);
    case VALUE_OBJECT: return compare_objects(a, b);
    case VALUE_ABSENT:
    case VALUE_NULL: break;
    }
    return 0;
}

static int compare_objects(value a, value b)
{
    for (uint32_t i = 0; i < a.len && i < b.len; i++) {
        int order = str_compare(a.as.members[i].key, b.as.members[i].key);
        if (order == 0)
            order = path_value_compare(a.as.members[i].val, b.as.members[i].val);
        if (order != 0)
            return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

int path_element_compare(const struct path_element *a, const struct path_element *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == PATH_FIELD)
        return str_compare(value_str(a->val), value_str(b->val));
    if (a->kind == PATH_INDEX)
        return (a->index > b->index) - (a->index < b->index);
    return path_value_compare(a->val, b->val);
}

/* As Go's %q prints a text, for what can stand in keys. */
static void add_quoted(struct buf *buf, str text)
{
    static const char escapes[] = "abtnvfr";
    buf_add_byte(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\') {
            buf_add_byte(buf, '\\');
            buf_add_byte(buf, (char)c);
        } else if (c >= '\a' && c <= '\r') {
            buf_add_byte(buf, '\\');
            buf_add_byte(buf, escapes[c - '\a']);
        } else if (c < ' ' || c == 0x7f) {
            buf_printf(buf, "\\x%02x", c);
        } else {
            buf_add_byte(buf, (char)c);
        }
    }
    buf_add_byte(buf, '"');
}

static void add_value(struct buf *buf, value v)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_NUMBER: buf_add(buf, value_number_text(v)); break;
    case VALUE_STRING: add_quoted(buf, value_str(v)); break;
    case VALUE_BOOL: buf_add(buf, v.len != 0 ? STR("true") : STR("false")); break;
    case VALUE_ARRAY:
        buf_add_byte(buf, '[');
        for (uint32_t i = 0; i < v.len; i++) {
            if (i != 0)
                buf_add_byte(buf, ',');
            add_value(buf, v.as.items[i]);
        }
        buf_add_byte(buf, ']');
        break;
    case VALUE_OBJECT:
        for (uint32_t i = 0; i < v.len; i++) {
            buf_add(buf, v.as.members[i].key);
            buf_add_byte(buf, '=');
            add_value(buf, v.as.members[i].val);
        }
        break;
    case VALUE_ABSENT:
    case VALUE_NULL: buf_add(buf, STR("null"));
    }
}

void path_element_print(const struct path_element *element, struct buf *buf)
{
    switch ((enum path_kind)element->kind) {
    case PATH_FIELD:
        buf_add_byte(buf, '.');
        buf_add(buf, value_str(element->val));
        return;
    case PATH_KEY:
        buf_add_byte(buf, '[');
        for (uint32_t i = 0; i < element->val.len; i++) {
            const struct member *member = &element->val.as.members[i];
            if (i != 0)
                buf_add_byte(buf, ',');
            buf_add(buf, member->key);
            buf_add_byte(buf, '=');
            add_value(buf, member->val);
        }
        break;
    case PATH_VALUE:
        buf_add(buf, STR("[="));
        add_value(buf, element->val);
        break;
    case PATH_INDEX: buf_printf(buf, "[%u", element->index); break;
    }
    buf_add_byte(buf, ']');
}

str path_text(const struct path_element *path, size_t len, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(PATH_TEXT_MAX);
    for (size_t i = 0; i < len; i++)
        path_element_print(&path[i], &buf);
    return buf_copy(&buf, arena);
}
