/* The JSON writers. */
#include "syncd/value/json.h"

#include "syncd/value/value_internal.h"

/* What a byte below 0x80 needs: 0 nothing, 'u' a \u escape, 'h' one only in JSON_GO, else the
 * letter behind the backslash. */
static const char escapes[128] = {
    ['\b'] = 'b',  ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"',
    ['\\'] = '\\', ['<'] = 'h',  ['>'] = 'h',  ['&'] = 'h',  [0x00] = 'u', [0x01] = 'u',
    [0x02] = 'u',  [0x03] = 'u', [0x04] = 'u', [0x05] = 'u', [0x06] = 'u', [0x07] = 'u',
    [0x0b] = 'u',  [0x0e] = 'u', [0x0f] = 'u', [0x10] = 'u', [0x11] = 'u', [0x12] = 'u',
    [0x13] = 'u',  [0x14] = 'u', [0x15] = 'u', [0x16] = 'u', [0x17] = 'u', [0x18] = 'u',
    [0x19] = 'u',  [0x1a] = 'u', [0x1b] = 'u', [0x1c] = 'u', [0x1d] = 'u', [0x1e] = 'u',
    [0x1f] = 'u',
};

static bool escapes_html(enum json_style style)
{
    return style == JSON_GO || style == JSON_INDENT4;
}

/* U+2028 and U+2029, which end a line in JavaScript. */
static bool is_line_separator(const char *at, const char *end)
{
    return end - at >= 3 && (unsigned char)at[0] == 0xe2 && (unsigned char)at[1] == 0x80 &&
           ((unsigned char)at[2] & 0xfe) == 0xa8;
}

/* How many bytes at `at` must be escaped together: 0 when the first needs no escape. */
static size_t escaped_length(const char *at, const char *end, bool html)
{
    unsigned char c = (unsigned char)*at;
    if (c >= 0x80)
        return html && is_line_separator(at, end) ? 3 : 0;
    return escapes[c] != 0 && (html || escapes[c] != 'h') ? 1 : 0;
}

static void write_escape(const char *at, struct buf *buf)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char c = (unsigned char)*at;
    if (c >= 0x80) {
        buf_add(buf, at[2] == '\xa8' ? STR("\\u2028") : STR("\\u2029"));
        return;
    }
    buf_add_byte(buf, '\\');
    if (escapes[c] != 'u' && escapes[c] != 'h') {
        buf_add_byte(buf, escapes[c]);
        return;
    }
    const char code[5] = {'u', '0', '0', hex[c >> 4], hex[c & 15]};
    buf_add(buf, str_from(code, sizeof code));
}

void json_write_string(str text, enum json_style style, struct buf *buf)
{
    bool html = escapes_html(style);
    const char *end = text.len > 0 ? text.ptr + text.len : text.ptr;
    const char *unwritten = text.ptr;
    buf_add_byte(buf, '"');
    for (const char *at = text.ptr; at < end;) {
        size_t len = escaped_length(at, end, html);
        if (len == 0) {
            at++;
            continue;
        }
        buf_add(buf, str_from(unwritten, (size_t)(at - unwritten)));
        write_escape(at, buf);
        at += len;
        unwritten = at;
    }
    buf_add(buf, str_from(unwritten, (size_t)(end - unwritten)));
    buf_add_byte(buf, '"');
}

struct writer {
    struct buf *buf;
    enum json_style style;
    size_t step; /* spaces a level, 0 for one line */
};

static void write_value(const struct writer *w, value v, size_t indent);

static void write_line(const struct writer *w, size_t indent)
{
    if (w->step == 0)
        return;
    buf_add_byte(w->buf, '\n');
    buf_add_repeat(w->buf, ' ', indent);
}

static void write_collection(const struct writer *w, value v, size_t indent)
{
    bool object = v.kind == VALUE_OBJECT;
    buf_add_byte(w->buf, object ? '{' : '[');
    for (size_t i = 0; i < v.len; i++) {
        if (i > 0)
            buf_add_byte(w->buf, ',');
        write_line(w, indent + w->step);
        if (object) {
            json_write_string(v.as.members[i].key, w->style, w->buf);
            buf_add(w->buf, w->step > 0 ? STR(": ") : STR(":"));
        }
        write_value(w, object ? v.as.members[i].val : v.as.items[i], indent + w->step);
    }
    if (v.len > 0)
        write_line(w, indent);
    buf_add_byte(w->buf, object ? '}' : ']');
}

/* Recursion: as deep as the document, which its reader bounded. */
static void write_value(const struct writer *w, value v, size_t indent)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL: buf_add(w->buf, STR("null")); break;
    case VALUE_BOOL: buf_add(w->buf, v.len != 0 ? STR("true") : STR("false")); break;
    case VALUE_NUMBER: buf_add(w->buf, value_number_text(v)); break;
    case VALUE_STRING: json_write_string(value_str(v), w->style, w->buf); break;
    case VALUE_ARRAY:
    case VALUE_OBJECT: write_collection(w, v, indent); break;
    }
}

void json_write(value document, enum json_style style, struct buf *buf)
{
    struct writer w = {
        .buf = buf,
        .style = style,
        .step = style == JSON_INDENT2   ? 2
                : style == JSON_INDENT4 ? 4
                                        : 0,
    };
    write_value(&w, document, 0);
}

str json_text(value document, enum json_style style, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(SIZE_MAX);
    json_write(document, style, &buf);
    return buf_copy(&buf, arena);
}
