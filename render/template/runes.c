#include "render/template/runes.h"

#include <utf8proc.h>

static utf8proc_category_t category(uint32_t code)
{
    return utf8proc_category((utf8proc_int32_t)code);
}

uint32_t rune_next(str *rest)
{
    uint32_t code;
    size_t len = str_decode_utf8(*rest, &code);
    if (len == 0) {
        *rest = str_skip(*rest, 1);
        return RUNE_ERROR;
    }
    *rest = str_skip(*rest, len);
    return code;
}

void rune_add(struct buf *buf, uint32_t code)
{
    char bytes[4];
    buf_add(buf, str_from(bytes, str_encode_utf8(code, bytes)));
}

size_t rune_count(str text)
{
    size_t count = 0;
    for (; text.len > 0; count++)
        (void)rune_next(&text);
    return count;
}

bool rune_is_letter(uint32_t code)
{
    if (code < 128)
        return (code | 32) - 'a' < 26;
    utf8proc_category_t c = category(code);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

bool rune_is_digit(uint32_t code)
{
    return code < 128 ? code - '0' < 10 : category(code) == UTF8PROC_CATEGORY_ND;
}

bool rune_is_number(uint32_t code)
{
    if (code < 128)
        return code - '0' < 10;
    utf8proc_category_t c = category(code);
    return c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO;
}

bool rune_is_space(uint32_t code)
{
    if (code < 128)
        return code == ' ' || (code >= '\t' && code <= '\r');
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

bool rune_is_upper(uint32_t code)
{
    return code < 128 ? code - 'A' < 26 : category(code) == UTF8PROC_CATEGORY_LU;
}

bool rune_is_lower(uint32_t code)
{
    return code < 128 ? code - 'a' < 26 : category(code) == UTF8PROC_CATEGORY_LL;
}

bool rune_is_punct(uint32_t code)
{
    utf8proc_category_t c = category(code);
    return c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO;
}

bool rune_is_printable(uint32_t code)
{
    if (code < 128)
        return code >= ' ' && code < 127;
    utf8proc_category_t c = category(code);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_SO;
}

uint32_t rune_upper(uint32_t code)
{
    if (code < 128)
        return rune_is_lower(code) ? code - 32 : code;
    /* Go knows no single capital for the sharp s. */
    return code == 0xDF ? code : (uint32_t)utf8proc_toupper((utf8proc_int32_t)code);
}

uint32_t rune_lower(uint32_t code)
{
    if (code < 128)
        return rune_is_upper(code) ? code + 32 : code;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code);
}

uint32_t rune_title(uint32_t code)
{
    if (code < 128)
        return rune_upper(code);
    return code == 0xDF ? code : (uint32_t)utf8proc_totitle((utf8proc_int32_t)code);
}

str trim_space(str text)
{
    while (text.len > 0) {
        str rest = text;
        if (!rune_is_space(rune_next(&rest)))
            break;
        text = rest;
    }
    while (text.len > 0) {
        size_t start = text.len - 1;
        while (start > 0 && text.len - start < 4 && (text.ptr[start] & 0xC0) == 0x80)
            start--;
        str last = str_skip(text, start);
        uint32_t code = rune_next(&last);
        if (last.len != 0 || !rune_is_space(code))
            break;
        text.len = start;
    }
    return text;
}
