#include "diff/fields.h"

#include "diff/fields_internal.h"
#include "syncd/value/json.h"

/*
 * The text behind "k:" and "v:" is JSON. Nearly all of it is `{"name":"x"}` or a plain text or
 * number: that is read here, as views and without a parser; the rest goes to json_read.
 */
struct scan {
    str text;
    size_t at;
};

static bool scan_byte(struct scan *scan, char byte)
{
    bool there = scan->at < scan->text.len && scan->text.ptr[scan->at] == byte;
    scan->at += there;
    return there;
}

/* A string without escapes. */
static bool scan_string(struct scan *scan, str *ret_text)
{
    size_t at = scan->at, from = at + 1;
    if (!scan_byte(scan, '"'))
        return false;
    for (at = from; at < scan->text.len; at++) {
        unsigned char c = (unsigned char)scan->text.ptr[at];
        if (c == '"')
            break;
        if (c == '\\' || c < ' ' || c >= 0x80)
            return false;
    }
    if (at == scan->text.len)
        return false;
    *ret_text = str_slice(scan->text, from, at - from);
    scan->at = at + 1;
    return true;
}

static bool scan_scalar(struct scan *scan, value *ret_value)
{
    str text;
    if (scan_string(scan, &text)) {
        *ret_value = value_string(text);
        return true;
    }
    /* Whole numbers of at most 18 digits; others keep their spelling through json_read. */
    size_t from = scan->at, at = from + (from < scan->text.len && scan->text.ptr[from] == '-');
    size_t digits = at;
    while (at < scan->text.len && scan->text.ptr[at] >= '0' && scan->text.ptr[at] <= '9')
        at++;
    if (at == digits || at - digits > 18 || (scan->text.ptr[digits] == '0' && at - digits > 1))
        return false;
    if (at < scan->text.len && strchr(",}", scan->text.ptr[at]) == NULL)
        return false;
    *ret_value = value_number(str_slice(scan->text, from, at - from));
    scan->at = at;
    return true;
}

static bool scan_key(str text, struct arena *arena, value *ret_value)
{
    struct scan scan = {.text = text};
    struct object_builder builder;
    object_begin(&builder, arena);
    if (!scan_byte(&scan, '{'))
        return false;
    do {
        str name;
        value val;
        if (!scan_string(&scan, &name) || !scan_byte(&scan, ':') || !scan_scalar(&scan, &val))
            return false;
        object_add(&builder, name, val);
    } while (scan_byte(&scan, ','));
    if (!scan_byte(&scan, '}') || scan.at != text.len)
        return false;
    *ret_value = object_finish(&builder);
    return true;
}

static bool read_json_value(str text, enum path_kind kind, struct arena *arena, value *ret_value,
                            struct error *err)
{
    struct scan scan = {.text = text};
    if (kind == PATH_KEY ? scan_key(text, arena, ret_value)
                         : scan_scalar(&scan, ret_value) && scan.at == text.len)
        return true;
    if (!json_read(text, limits_default(), arena, ret_value, err))
        return false;
    return kind != PATH_KEY || value_is(*ret_value, VALUE_OBJECT) ||
           error_rule(err, ERROR_INPUT, "E_FIELDS", "key is not an object");
}

enum key_class { KEY_SELF, KEY_ELEMENT, KEY_UNKNOWN, KEY_BAD };

static enum key_class read_key(str key, struct arena *arena, struct path_element *ret_element,
                               struct error *err)
{
    if (str_equal(key, STR(".")))
        return KEY_SELF;
    if (key.len < 2 || key.ptr[1] != ':') {
        error_rule(err, ERROR_INPUT, "E_FIELDS", "\"%.*s\" is not a path element", STR_ARG(key));
        return KEY_BAD;
    }
    str text = str_skip(key, 2);
    int64_t index;
    struct path_element element = {0};
    switch (key.ptr[0]) {
    case 'f': *ret_element = path_field(text); return KEY_ELEMENT;
    case 'k':
    case 'v':
        element.kind = key.ptr[0] == 'k' ? PATH_KEY : PATH_VALUE;
        if (!read_json_value(text, element.kind, arena, &element.val, err)) {
            error_wrap(err, "path element \"%.*s\"", STR_ARG(key));
            return KEY_BAD;
        }
        *ret_element = element;
        return KEY_ELEMENT;
    case 'i':
        if (!str_to_i64(text, &index) || index < 0 || index > UINT32_MAX) {
            error_rule(err, ERROR_INPUT, "E_FIELDS", "\"%.*s\" is no index", STR_ARG(key));
            return KEY_BAD;
        }
        *ret_element = (struct path_element){.kind = PATH_INDEX, .index = (uint32_t)index};
        return KEY_ELEMENT;
    default: return KEY_UNKNOWN;
    }
}

/* *ret_self: the object names itself a member with ".", or has nothing below it. */
static bool parse(value object, unsigned depth, struct arena *arena, struct field_set *ret_set,
                  bool *ret_self, struct error *err)
{
    if (depth >= FIELDS_DEPTH)
        return error_rule(err, ERROR_LIMIT, "E_FIELDS", "field set is nested deeper than %d levels",
                          FIELDS_DEPTH);
    if (!value_is(object, VALUE_OBJECT) && !value_is(object, VALUE_NULL))
        return error_rule(err, ERROR_INPUT, "E_FIELDS", "a field set is made of objects, not of %s",
                          value_kind_name(object.kind));
    size_t count = value_len(object);
    struct node_list list = {0};
    if (count != 0) {
        list.nodes.items = ARENA_ARRAY(arena, struct field_node, count);
        list.nodes.cap = count;
    }
    bool self = false;
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &object.as.members[i];
        struct path_element element;
        struct field_set children;
        bool is_member;
        enum key_class class = read_key(member->key, arena, &element, err);
        self = self || class == KEY_SELF;
        if (class == KEY_BAD)
            return false;
        if (class != KEY_ELEMENT)
            continue;
        if (!parse(member->val, depth + 1, arena, &children, &is_member, err))
            return false;
        node_list_add(&list, arena, element, is_member, children);
    }
    *ret_set = node_list_finish(&list, arena);
    *ret_self = self || ret_set->len == 0;
    return true;
}

bool fields_parse(value fields_v1, struct arena *arena, struct field_set *ret_set,
                  struct error *err)
{
    bool self;
    return parse(fields_v1, 0, arena, ret_set, &self, err);
}

/* A number as the server prints it back: whole ones plainly. */
static value plain_number(value number, struct arena *arena)
{
    double real;
    if (!value_is(number, VALUE_NUMBER) || (number.flags & VALUE_INTEGER) != 0 ||
        !value_to_double(number, &real) || real - real != 0)
        return number;
    return value_float(real, arena);
}

/* The text that names an element inside fieldsV1. */
static void print_element(const struct path_element *element, struct buf *buf,
                          struct arena *scratch)
{
    switch ((enum path_kind)element->kind) {
    case PATH_FIELD:
        buf_add(buf, STR("f:"));
        buf_add(buf, value_str(element->val));
        return;
    case PATH_KEY:
        buf_add(buf, STR("k:{"));
        for (uint32_t i = 0; i < element->val.len; i++) {
            const struct member *member = &element->val.as.members[i];
            if (i != 0)
                buf_add_byte(buf, ',');
            json_write_string(member->key, JSON_COMPACT, buf);
            buf_add_byte(buf, ':');
            json_write(plain_number(member->val, scratch), JSON_GO, buf);
        }
        buf_add_byte(buf, '}');
        return;
    case PATH_VALUE:
        buf_add(buf, STR("v:"));
        json_write(plain_number(element->val, scratch), JSON_GO, buf);
        return;
    case PATH_INDEX: buf_printf(buf, "i:%u", element->index);
    }
}

static str element_text(const struct path_element *element, struct arena *arena)
{
    if (element->kind == PATH_FIELD)
        return arena_concat(arena, STR("f:"), value_str(element->val), (str){0});
    AUTO_BUF struct buf buf = BUF_INIT(PATH_TEXT_MAX);
    print_element(element, &buf, arena);
    return buf_copy(&buf, arena);
}

static value to_value(struct field_set set, bool self, struct arena *arena)
{
    struct object_builder builder;
    object_begin(&builder, arena);
    if (self && set.len != 0) {
        value empty = {.kind = VALUE_OBJECT};
        object_add(&builder, STR("."), empty);
    }
    for (size_t i = 0; i < set.len; i++) {
        const struct field_node *node = &set.nodes[i];
        object_add(&builder, element_text(&node->element, arena),
                   to_value(node->children, node->member, arena));
    }
    return object_finish(&builder);
}

value fields_to_value(struct field_set set, struct arena *arena)
{
    return to_value(set, false, arena);
}

static void print_set(struct field_set set, bool self, struct buf *buf, struct arena *scratch)
{
    buf_add_byte(buf, '{');
    if (self && set.len != 0)
        buf_add(buf, STR("\".\":{},"));
    for (size_t i = 0; i < set.len; i++) {
        const struct field_node *node = &set.nodes[i];
        AUTO_BUF struct buf text = BUF_INIT(PATH_TEXT_MAX);
        if (i != 0)
            buf_add_byte(buf, ',');
        print_element(&node->element, &text, scratch);
        json_write_string(buf_str(&text), JSON_COMPACT, buf);
        buf_add_byte(buf, ':');
        print_set(node->children, node->member, buf, scratch);
    }
    buf_add_byte(buf, '}');
}

void fields_print(struct field_set set, struct buf *buf)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    print_set(set, false, buf, scratch);
}
