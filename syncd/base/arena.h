/*
 * arena: memory with one lifetime. Everything allocated from it goes at once.
 *
 * Allocation never returns NULL: when the machine has no memory the program aborts. Memory used up
 * by *input* is another matter: an arena may have a budget, and code that builds from input asks
 * `arena_over` at every step of its loops and turns it into ERROR_LIMIT. One allocation whose size
 * comes from input is asked for with `arena_fits` first.
 */
#ifndef SYNCD_BASE_ARENA_H
#define SYNCD_BASE_ARENA_H

#include "syncd/base/compiler.h"
#include "syncd/base/str.h"

struct arena;

/* A place in an arena to rewind to. */
struct arena_mark {
    void *block;
    size_t used;
    size_t total;
    void *defers;
};

#define ARENA_NO_BUDGET SIZE_MAX

/* budget: bytes that may be handed out before arena_over says true. */
struct arena *arena_create(size_t budget);
/* Runs the deferred releases, newest first, and frees all blocks. NULL is fine. */
void arena_destroy(struct arena *arena);
/* For AUTO cleanup: `AUTO_ARENA struct arena *scratch = arena_create(…);` */
void arena_destroyp(struct arena **arena);
#define AUTO_ARENA CLEANUP(arena_destroyp)

/* Zeroed memory, aligned for any type. Size 0 gives a unique valid pointer. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
/* count * size with overflow CHECKed. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));
/* Unaligned, not zeroed: for bytes of text. */
char *arena_alloc_bytes(struct arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
/* A bigger copy of an array; grows in place when it was the last allocation. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
    __attribute__((returns_nonnull));

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* Copies; the result is also NUL-ended (the NUL is not counted). */
str arena_str(struct arena *arena, str s);
str arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* Joins two or three pieces; an empty piece costs nothing. */
str arena_concat(struct arena *arena, str a, str b, str c);

/* True once more than the budget was handed out; stays true. */
bool arena_over(const struct arena *arena);
/* True when `size` more bytes stay within the budget. */
bool arena_fits(const struct arena *arena, size_t size);
/* Bytes handed out so far / most bytes ever held in blocks. */
size_t arena_used(const struct arena *arena);
size_t arena_peak(const struct arena *arena);

/* Calls release(pointer) when the arena is destroyed or rewound past this point. */
void arena_defer(struct arena *arena, void (*release)(void *), void *pointer);

/* Rewinding gives back everything allocated since the mark (poisoned under ASan). */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

#endif
