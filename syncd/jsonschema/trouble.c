/* The words about what is wrong. Helm's users know them, so they are those of Helm's validator. */
#include "syncd/jsonschema/trouble.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PLACE_DEPTH_MAX 200

static void print_key(str key, struct buf *buf)
{
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '~')
            buf_add(buf, STR("~0"));
        else if (key.ptr[i] == '/')
            buf_add(buf, STR("~1"));
        else
            buf_add_byte(buf, key.ptr[i]);
    }
}

static void print_place(const struct place *place, struct buf *buf)
{
    const struct place *chain[PLACE_DEPTH_MAX];
    size_t len = 0;
    for (; place != NULL && len < PLACE_DEPTH_MAX; place = place->up)
        chain[len++] = place;
    while (len-- > 0) {
        buf_add_byte(buf, '/');
        if (chain[len]->is_index)
            buf_printf(buf, "%zu", chain[len]->index);
        else
            print_key(chain[len]->key, buf);
    }
}

str trouble_place(const struct place *place, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(4096);
    print_place(place, &buf);
    return buf_copy(&buf, arena);
}

/* Recursion: as deep as schemas are checked. */
void trouble_print(const struct trouble *trouble, unsigned indent, struct buf *buf)
{
    bool skipped = trouble->kind == TROUBLE_REFERENCE && trouble->causes.list.len == 1;
    if (!skipped) {
        if (buf->len > 0)
            buf_add_byte(buf, '\n');
        buf_add_repeat(buf, ' ', (size_t)2 * indent);
        buf_add(buf, STR("- at "));
        trouble_quote(trouble->place, buf);
        buf_add(buf, STR(": "));
        buf_add(buf, trouble->message);
    }
    for (size_t i = 0; i < trouble->causes.list.len; i++)
        trouble_print(trouble->causes.list.items[i], indent + !skipped, buf);
}

const struct trouble *trouble_first(const struct trouble *trouble)
{
    while (trouble->causes.list.len > 0 &&
           (trouble->kind != TROUBLE_PLAIN || str_equal(trouble->message, STR("'allOf' failed"))))
        trouble = trouble->causes.list.items[0];
    return trouble;
}

/* 1234567 → 1,234,567; what follows the whole part stays. */
static void print_grouped(const char *digits, struct buf *buf)
{
    if (*digits == '-')
        buf_add_byte(buf, *digits++);
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            buf_add_byte(buf, ',');
        buf_add_byte(buf, digits[i]);
    }
    buf_add(buf, str_z(digits + whole));
}

static void print_superscript(int number, struct buf *buf)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char text[16];
    (void)snprintf(text, sizeof(text), "%02d", abs(number));
    if (number < 0)
        buf_add(buf, STR("⁻"));
    for (const char *at = text; *at != '\0'; at++)
        buf_add(buf, str_z(digits[*at - '0']));
}

void trouble_number(double number, struct buf *buf)
{
    char shortest[40];
    int digits = 1;
    do { /* as few digits as say exactly this number */
        (void)snprintf(shortest, sizeof(shortest), "%.*e", digits - 1, number);
    } while (strtod(shortest, NULL) != number && isfinite(number) && ++digits <= 17);
    char *mark = strchr(shortest, 'e');
    if (mark == NULL) {
        buf_add(buf, str_z(shortest));
        return;
    }
    int exponent = (int)strtol(mark + 1, NULL, 10);
    if (exponent < -4 || exponent >= 6) {
        *mark = '\0';
        buf_add(buf, str_z(shortest));
        buf_add(buf, STR("×10"));
        print_superscript(exponent, buf);
        return;
    }
    char plain[64];
    int fraction = digits - 1 - exponent;
    (void)snprintf(plain, sizeof(plain), "%.*f", fraction > 0 ? fraction : 0, number);
    print_grouped(plain, buf);
}

void trouble_quote(str text, struct buf *buf)
{
    static const char escapes[] = "\a\b\f\n\r\t\v\\'";
    static const char letters[] = "abfnrtv\\'";
    buf_add_byte(buf, '\'');
    while (text.len > 0) {
        uint32_t code;
        size_t len = str_decode_utf8(text, &code);
        const char *found = text.ptr[0] != '\0' ? strchr(escapes, text.ptr[0]) : NULL;
        if (found != NULL)
            buf_printf(buf, "\\%c", letters[found - escapes]);
        else if (len == 0 || code < ' ' || code == 127)
            buf_printf(buf, "\\x%02x", (unsigned char)text.ptr[0]);
        else
            buf_add(buf, str_slice(text, 0, len));
        text = str_skip(text, len == 0 ? 1 : len);
    }
    buf_add_byte(buf, '\'');
}

void trouble_value(value v, struct buf *buf)
{
    switch ((enum value_kind)v.kind) {
    case VALUE_STRING: trouble_quote(value_str(v), buf); break;
    case VALUE_NUMBER: buf_add(buf, value_number_text(v)); break;
    case VALUE_BOOL: buf_add(buf, value_true(v) ? STR("true") : STR("false")); break;
    case VALUE_ARRAY:
    case VALUE_OBJECT: buf_add(buf, STR("value")); break;
    default: buf_add(buf, STR("<nil>")); break;
    }
}
