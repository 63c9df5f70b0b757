/*
 * VEC(type): a growing array in an arena.
 *
 *     VEC(int) numbers = {0};
 *     VEC_PUSH(arena, &numbers, 7);
 *     VEC_FOR(int, n, &numbers) use(*n);
 */
#ifndef SYNCD_BASE_VEC_H
#define SYNCD_BASE_VEC_H

#include "syncd/base/arena.h"
#include "syncd/base/check.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t len;                                                                                \
        size_t cap;                                                                                \
    }

/* Makes room for one more; doubles. */
#define VEC_GROW(arena, vec)                                                                       \
    ((vec)->items = vec_grow((arena), (vec)->items, (vec)->len, &(vec)->cap, sizeof(*(vec)->items)))

#define VEC_PUSH(arena, vec, ...)                                                                  \
    do {                                                                                           \
        if ((vec)->len == (vec)->cap)                                                              \
            VEC_GROW(arena, vec);                                                                  \
        (vec)->items[(vec)->len++] = (__VA_ARGS__);                                                \
    } while (0)

#define VEC_LAST(vec) ((vec)->items[(vec)->len - 1])

#define VEC_FOR(type, name, vec)                                                                   \
    for (__typeof__(type) *name = (vec)->items,                                                    \
                          *name##_end = name != NULL ? name + (vec)->len : NULL;                   \
         name != name##_end; name++)

/* Used by the macros only. */
void *vec_grow(struct arena *arena, void *items, size_t len, size_t *cap, size_t item_size);

#endif
