/*
 * buf: bytes that grow, up to a maximum it was born with. Always NUL-ended. After the maximum was
 * reached, or any append failed, further appends do nothing: check `buf_failed` once at the end.
 */
#ifndef SYNCD_BASE_BUF_H
#define SYNCD_BASE_BUF_H

#include "syncd/base/arena.h"
#include "syncd/base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
};

#define BUF_INIT(maximum) {.max = (maximum)}
#define AUTO_BUF          CLEANUP(buf_finish)

void buf_init(struct buf *buf, size_t max);
/* Frees; the buf may be used again after buf_init. */
void buf_finish(struct buf *buf);
/* Empty again, memory kept; a failure is forgotten. */
void buf_clear(struct buf *buf);

void buf_add(struct buf *buf, str s);
void buf_add_byte(struct buf *buf, char byte);
void buf_add_repeat(struct buf *buf, char byte, size_t count);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_add_u64(struct buf *buf, uint64_t number);
void buf_add_i64(struct buf *buf, int64_t number);
/* Room for `size` more bytes, to be followed by buf_wrote; NULL when that is over the maximum. */
char *buf_reserve(struct buf *buf, size_t size);
void buf_wrote(struct buf *buf, size_t size);
void buf_truncate(struct buf *buf, size_t len);

bool buf_failed(const struct buf *buf);
/* A view that lives until the next append. */
str buf_str(const struct buf *buf);
/* A copy in the arena. */
str buf_copy(const struct buf *buf, struct arena *arena);

#endif
