#include "render/template/dates.h"
#include "render/template/print.h"
#include "render/template/toml.h"
#include "syncd/base/vec.h"

#include <math.h>

struct toml_writer {
    struct buf *buf;
    struct arena *arena;
    VEC(str) key;
    str message;
};

static bool write_element(struct toml_writer *w, struct dyn v, unsigned depth);
static bool write_item(struct toml_writer *w, struct dyn v, unsigned depth);

static bool fail(struct toml_writer *w, const char *message)
{
    if (w->message.ptr == NULL)
        w->message = str_z(message);
    return false;
}

static void put_newline(struct toml_writer *w)
{
    if (w->buf->len > 0)
        buf_add_byte(w->buf, '\n');
}

static void put_indent(struct toml_writer *w)
{
    for (size_t i = 1; i < w->key.len; i++)
        buf_add(w->buf, STR("  "));
}

static void put_quoted(struct toml_writer *w, str text)
{
    static const char escapes[] = "\"\\\b\t\n\f\r";
    static const char letters[] = "\"\\btnfr";
    buf_add_byte(w->buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        const char *found = byte != '\0' ? strchr(escapes, byte) : NULL;
        if (found != NULL) {
            buf_add_byte(w->buf, '\\');
            buf_add_byte(w->buf, letters[found - escapes]);
        } else if ((unsigned char)byte < ' ' || byte == 127) {
            buf_printf(w->buf, "\\u%04x", (unsigned char)byte);
        } else {
            buf_add_byte(w->buf, byte);
        }
    }
    buf_add_byte(w->buf, '"');
}

static void put_key(struct toml_writer *w, str key)
{
    bool bare = key.len > 0;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bare = bare && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '_' || c == '-');
    }
    if (bare)
        buf_add(w->buf, key);
    else
        put_quoted(w, key);
}

static void put_path(struct toml_writer *w)
{
    for (size_t i = 0; i < w->key.len; i++) {
        if (i > 0)
            buf_add_byte(w->buf, '.');
        put_key(w, w->key.items[i]);
    }
}

static bool is_skipped(struct dyn v)
{
    return dyn_is_nothing(v) || v.null;
}

/* A struct that the encoder writes as its text. */
static bool is_version(struct dyn v)
{
    return v.kind == DYN_STRUCT && strcmp(v.as.record->shape->type, "semver.Version") == 0;
}

static bool is_hash(struct dyn v)
{
    return !is_skipped(v) && (v.kind == DYN_MAP || v.kind == DYN_STRUCT) && !is_version(v);
}

/* An array of nothing but tables; *ret_good is false when it holds a nil. */
static bool is_table_array(struct dyn v, bool *ret_good)
{
    *ret_good = true;
    if (v.kind != DYN_LIST || v.len == 0 || v.null || v.type == TYPE_BYTES)
        return false;
    bool all = true;
    for (uint32_t i = 0; i < v.len; i++) {
        if (is_skipped(v.as.items[i]))
            *ret_good = false;
        all = all && is_hash(v.as.items[i]);
    }
    return all;
}

/* Members of a map or a struct. */
static size_t member_count(struct dyn v)
{
    return v.kind == DYN_MAP ? dyn_len(v) : v.as.record->shape->field_count;
}

static str member_key(struct dyn v, size_t index)
{
    return v.kind == DYN_MAP ? v.as.map->entries[index].key
                             : str_z(v.as.record->shape->fields[index].name);
}

static struct dyn member_value(struct dyn v, size_t index)
{
    return v.kind == DYN_MAP ? v.as.map->entries[index].val : v.as.record->fields[index];
}

static bool write_inline_table(struct toml_writer *w, struct dyn v, unsigned depth)
{
    buf_add_byte(w->buf, '{');
    bool first = true;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < member_count(v); i++) {
            struct dyn member = member_value(v, i);
            bool good;
            bool table = is_hash(member) || is_table_array(member, &good);
            if (is_skipped(member) || table != (pass == 1))
                continue;
            if (!first)
                buf_add(w->buf, STR(", "));
            first = false;
            put_key(w, member_key(v, i));
            buf_add(w->buf, STR(" = "));
            if (!write_element(w, member, depth + 1))
                return false;
        }
    }
    buf_add_byte(w->buf, '}');
    return true;
}

static void put_float(struct toml_writer *w, double number)
{
    if (isnan(number) || isinf(number)) {
        buf_add(w->buf, signbit(number) ? STR("-") : STR(""));
        buf_add(w->buf, isnan(number) ? STR("nan") : STR("inf"));
        return;
    }
    char digits[64];
    str text = str_from(digits, go_format_float(number, 'g', -1, digits));
    buf_add(w->buf, text);
    if (str_index(text, 'e') == SIZE_MAX && str_index(text, '.') == SIZE_MAX)
        buf_add(w->buf, STR(".0"));
}

static void put_number(struct toml_writer *w, struct dyn v)
{
    bool duration = v.type == TYPE_DURATION;
    if (!duration)
        v.type = TYPE_NONE; /* months and weekdays are numbers */
    buf_add(w->buf, duration ? STR("\"") : STR(""));
    dyn_print(v, w->buf);
    buf_add(w->buf, duration ? STR("\"") : STR(""));
}

static bool write_element(struct toml_writer *w, struct dyn v, unsigned depth)
{
    if (depth > DYN_DEPTH_MAX)
        return fail(w, "values nest too deeply");
    switch ((enum dyn_kind)v.kind) {
    case DYN_STRING: put_quoted(w, dyn_str(v)); return true;
    case DYN_FLOAT: put_float(w, v.as.real); return true;
    case DYN_TIME:
        go_time_format(v.as.time, STR("2006-01-02T15:04:05.999999999Z07:00"), w->buf);
        return true;
    case DYN_STRUCT:
        if (is_version(v)) {
            put_quoted(w, v.as.record->shape->text(v.as.record, w->arena));
            return true;
        }
        return write_inline_table(w, v, depth);
    case DYN_MAP: return write_inline_table(w, v, depth);
    case DYN_LIST:
        buf_add_byte(w->buf, '[');
        for (uint32_t i = 0; i < v.len; i++) {
            if (i > 0)
                buf_add(w->buf, STR(", "));
            if (!write_element(w, dyn_item(v, i), depth + 1))
                return false;
        }
        buf_add_byte(w->buf, ']');
        return true;
    case DYN_ABSENT:
    case DYN_NIL: return fail(w, "toml: cannot encode array with nil element");
    case DYN_COMPLEX: return fail(w, "unsupported type: complex128");
    default: put_number(w, v); return true;
    }
}

static bool write_members(struct toml_writer *w, struct dyn v, unsigned depth)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < member_count(v); i++) {
            struct dyn member = member_value(v, i);
            bool good;
            bool table = is_hash(member) || is_table_array(member, &good);
            if (is_skipped(member) || table != (pass == 1))
                continue;
            VEC_PUSH(w->arena, &w->key, member_key(v, i));
            if (!write_item(w, member, depth + 1))
                return false;
            w->key.len--;
        }
    }
    return true;
}

static bool write_item(struct toml_writer *w, struct dyn v, unsigned depth)
{
    bool good;
    if (depth > DYN_DEPTH_MAX)
        return fail(w, "values nest too deeply");
    bool tables = is_table_array(v, &good);
    if (!good)
        return fail(w, "toml: cannot encode array with nil element");
    if (tables && w->key.len == 0)
        return fail(w, "toml: top-level values must be Go maps or structs");
    if (tables) {
        for (uint32_t i = 0; i < v.len; i++) {
            put_newline(w);
            put_indent(w);
            buf_add(w->buf, STR("[["));
            put_path(w);
            buf_add(w->buf, STR("]]\n"));
            if (!write_members(w, v.as.items[i], depth))
                return false;
        }
        return true;
    }
    if (is_hash(v)) {
        if (w->key.len == 1)
            put_newline(w);
        if (w->key.len > 0) {
            put_indent(w);
            buf_add_byte(w->buf, '[');
            put_path(w);
            buf_add(w->buf, STR("]\n"));
        }
        return write_members(w, v, depth);
    }
    if (w->key.len == 0)
        return write_element(w, v, depth);
    put_indent(w);
    put_key(w, VEC_LAST(&w->key));
    buf_add(w->buf, STR(" = "));
    if (!write_element(w, v, depth))
        return false;
    buf_add_byte(w->buf, '\n');
    return true;
}

bool toml_write(struct dyn v, struct arena *arena, struct buf *buf, str *ret_message)
{
    struct toml_writer writer = {.buf = buf, .arena = arena};
    if (write_item(&writer, v, 0))
        return true;
    *ret_message = writer.message;
    return false;
}
