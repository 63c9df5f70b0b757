#include "syncd/http/field.h"

#include "syncd/base/vec.h"

static const struct http_field *find(struct http_fields fields, str name, bool fold)
{
    for (size_t i = 0; i < fields.len; i++) {
        const struct http_field *field = &fields.items[i];
        if (fold ? str_equal_fold(field->name, name) : str_equal(field->name, name))
            return field;
    }
    return NULL;
}

str http_fields_get(struct http_fields fields, str name, bool fold)
{
    const struct http_field *field = find(fields, name, fold);
    return field != NULL ? field->text : (str){0};
}

bool http_fields_has(struct http_fields fields, str name, bool fold)
{
    return find(fields, name, fold) != NULL;
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void http_encode(struct buf *buf, str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (is_unreserved(c)) {
            buf_add_byte(buf, (char)c);
            continue;
        }
        const char escape[3] = {'%', digits[c >> 4], digits[c & 15]};
        buf_add(buf, str_from(escape, sizeof(escape)));
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool http_decode(str text, bool plus, struct arena *arena, str *ret_text)
{
    char *out = arena_alloc_bytes(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            if (text.len - i < 3)
                return false;
            const int high = hex_digit(text.ptr[i + 1]), low = hex_digit(text.ptr[i + 2]);
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0')
            return false;
        out[len++] = c;
    }
    out[len] = '\0';
    *ret_text = str_from(out, len);
    return true;
}

bool http_query_read(str query, struct arena *arena, struct http_fields *ret_fields)
{
    VEC(struct http_field) fields = {0};
    str pair;
    while (query.len > 0 && str_cut(&query, '&', &pair)) {
        if (pair.len == 0)
            continue;
        const size_t equal = str_index(pair, '=');
        const str name = equal == SIZE_MAX ? pair : str_slice(pair, 0, equal);
        const str text = equal == SIZE_MAX ? STR("") : str_skip(pair, equal + 1);
        struct http_field field;
        if (!http_decode(name, true, arena, &field.name) ||
            !http_decode(text, true, arena, &field.text))
            return false;
        VEC_PUSH(arena, &fields, field);
    }
    *ret_fields = (struct http_fields){fields.items, fields.len};
    return true;
}
