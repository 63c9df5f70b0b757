/* uids, 16 bytes each. */
#include "syncd/object/uid.h"

#include <string.h>

#define DASHED_LENGTH 36
#define PLAIN_LENGTH  32

/* The digit's value, or -1: upper case is no form that could be given back. */
static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool has_dash(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

static bool read_digits(str text, bool dashed, uint8_t bytes[16])
{
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if (dashed && has_dash(i) && text.ptr[at++] != '-')
            return false;
        int high = digit_of(text.ptr[at]), low = digit_of(text.ptr[at + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    return true;
}

struct uid uid_pack(str text, struct arena *arena)
{
    struct uid uid = {.form = UID_NONE};
    if (text.len == 0 || text.len >= UID_MAX)
        return uid;
    bool dashed = text.len == DASHED_LENGTH;
    if ((dashed || text.len == PLAIN_LENGTH) && read_digits(text, dashed, uid.bytes))
        uid.form = dashed ? UID_DASHED : UID_PLAIN;
    else
        uid = (struct uid){.text = arena_str(arena, text).ptr, .form = UID_TEXT};
    return uid;
}

str uid_text(const struct uid *uid, char out[UID_MAX])
{
    static const char digits[] = "0123456789abcdef";
    size_t length = 0;
    if (uid->form == UID_NONE)
        return (str){0};
    if (uid->form == UID_TEXT)
        return str_z(uid->text);
    for (size_t i = 0; i < 16; i++) {
        if (uid->form == UID_DASHED && has_dash(i))
            out[length++] = '-';
        out[length++] = digits[uid->bytes[i] >> 4];
        out[length++] = digits[uid->bytes[i] & 15];
    }
    return str_from(out, length);
}

bool uid_equals(const struct uid *uid, str text)
{
    char out[UID_MAX];
    return uid->form != UID_NONE && str_equal(uid_text(uid, out), text);
}
