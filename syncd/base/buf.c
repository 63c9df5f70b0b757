#include "syncd/base/buf.h"

#include "syncd/base/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf)BUF_INIT(max);
}

void buf_finish(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf)BUF_INIT(buf->max);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    if (buf->ptr != NULL)
        buf->ptr[0] = '\0';
}

char *buf_reserve(struct buf *buf, size_t size)
{
    if (buf->failed)
        return NULL;
    if (size > buf->max || buf->len > buf->max - size) {
        buf->failed = true;
        return NULL;
    }
    size_t needed = buf->len + size + 1;
    if (needed > buf->cap) {
        size_t cap = buf->cap < 64 ? 64 : buf->cap + buf->cap / 2;
        if (cap < needed)
            cap = needed;
        char *grown = realloc(buf->ptr, cap);
        CHECK(grown != NULL);
        buf->ptr = grown;
        buf->cap = cap;
    }
    return buf->ptr + buf->len;
}

void buf_wrote(struct buf *buf, size_t size)
{
    CHECK(buf->len + size < buf->cap);
    buf->len += size;
    buf->ptr[buf->len] = '\0';
}

void buf_add(struct buf *buf, str s)
{
    char *room = buf_reserve(buf, s.len);
    if (room == NULL)
        return;
    if (s.len != 0)
        memcpy(room, s.ptr, s.len);
    buf_wrote(buf, s.len);
}

void buf_add_byte(struct buf *buf, char byte)
{
    char *room = buf_reserve(buf, 1);
    if (room == NULL)
        return;
    *room = byte;
    buf_wrote(buf, 1);
}

void buf_add_repeat(struct buf *buf, char byte, size_t count)
{
    char *room = buf_reserve(buf, count);
    if (room == NULL)
        return;
    memset(room, byte, count);
    buf_wrote(buf, count);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(length >= 0);
    char *room = buf_reserve(buf, (size_t)length);
    if (room != NULL) {
        (void)vsnprintf(room, (size_t)length + 1, format, again);
        buf_wrote(buf, (size_t)length);
    }
    va_end(again);
}

void buf_add_u64(struct buf *buf, uint64_t number)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    buf_add(buf, str_from(digits + at, sizeof(digits) - at));
}

void buf_add_i64(struct buf *buf, int64_t number)
{
    if (number < 0)
        buf_add_byte(buf, '-');
    buf_add_u64(buf, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

void buf_truncate(struct buf *buf, size_t len)
{
    CHECK(len <= buf->len);
    buf->len = len;
    if (buf->ptr != NULL)
        buf->ptr[len] = '\0';
}

bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

str buf_str(const struct buf *buf)
{
    return str_from(buf->ptr != NULL ? buf->ptr : "", buf->len);
}

str buf_copy(const struct buf *buf, struct arena *arena)
{
    return arena_str(arena, buf_str(buf));
}
