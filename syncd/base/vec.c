#include "syncd/base/vec.h"

void *vec_grow(struct arena *arena, void *items, size_t len, size_t *cap, size_t item_size)
{
    size_t grown = *cap == 0 ? 4 : *cap * 2;
    size_t bytes;
    CHECK(grown > *cap && !__builtin_mul_overflow(grown, item_size, &bytes));
    /* Grow from the whole old array, so that the last allocation can grow in place. */
    (void)len;
    void *moved = arena_grow(arena, items, *cap * item_size, bytes);
    *cap = grown;
    return moved;
}
