#include "syncd/base/arena.h"

#include "syncd/base/check.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef SYNCD_SANITIZE
#include <sanitizer/asan_interface.h>
#define POISON(ptr, size)   ASAN_POISON_MEMORY_REGION((ptr), (size))
#define UNPOISON(ptr, size) ASAN_UNPOISON_MEMORY_REGION((ptr), (size))
#else
#define POISON(ptr, size)   ((void)(ptr), (void)(size))
#define UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

#define FIRST_BLOCK   4096
#define LARGEST_BLOCK (1u << 20)
#define ALIGNMENT     alignof(max_align_t)

struct block {
    struct block *older;
    size_t size; /* of bytes[] */
    size_t used;
    alignas(max_align_t) char bytes[];
};

struct deferred {
    struct deferred *older;
    void (*release)(void *);
    void *pointer;
};

struct arena {
    struct block *block; /* newest */
    struct deferred *defers;
    size_t budget;
    size_t total; /* handed out */
    size_t held;  /* in blocks */
    size_t peak;
    bool over;
};

struct arena *arena_create(size_t budget)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    CHECK(arena != NULL);
    arena->budget = budget;
    return arena;
}

static void drop_blocks(struct arena *arena, const struct block *keep)
{
    while (arena->block != keep) {
        struct block *older = arena->block->older;
        arena->held -= arena->block->size;
        UNPOISON(arena->block->bytes, arena->block->size);
        free(arena->block);
        arena->block = older;
    }
}

static void run_defers(struct arena *arena, const struct deferred *keep)
{
    while (arena->defers != keep) {
        struct deferred *newest = arena->defers;
        arena->defers = newest->older;
        newest->release(newest->pointer);
    }
}

void arena_destroy(struct arena *arena)
{
    if (arena == NULL)
        return;
    run_defers(arena, NULL);
    drop_blocks(arena, NULL);
    free(arena);
}

void arena_destroyp(struct arena **arena)
{
    arena_destroy(*arena);
    *arena = NULL;
}

/* Blocks double, so that a small arena stays small and a large one has few blocks. */
static size_t next_block_size(const struct arena *arena, size_t wanted)
{
#ifdef SYNCD_ARENA_MALLOC
    (void)arena;
    return wanted;
#else
    size_t size = arena->block == NULL ? FIRST_BLOCK - sizeof(struct block) : arena->held;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    return size < wanted ? wanted : size;
#endif
}

static struct block *add_block(struct arena *arena, size_t wanted)
{
    size_t size = next_block_size(arena, wanted);
    CHECK(size <= SIZE_MAX - sizeof(struct block));
    struct block *block = malloc(sizeof(*block) + size);
    CHECK(block != NULL);
    *block = (struct block){.older = arena->block, .size = size};
    POISON(block->bytes, size);
    arena->block = block;
    arena->held += size;
    if (arena->held > arena->peak)
        arena->peak = arena->held;
    return block;
}

static char *take(struct arena *arena, size_t size, size_t alignment)
{
    if (size == 0)
        size = 1;
    struct block *block = arena->block;
    size_t start = block != NULL ? (block->used + alignment - 1) & ~(alignment - 1) : 0;
    if (block == NULL || start > block->size || size > block->size - start) {
        block = add_block(arena, size);
        start = 0;
    }
    block->used = start + size;
    arena->total += size;
    if (arena->total > arena->budget)
        arena->over = true;
    UNPOISON(block->bytes + start, size);
    return block->bytes + start;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size, ALIGNMENT), 0, size);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    CHECK(!__builtin_mul_overflow(count, size, &bytes));
    return arena_alloc(arena, bytes);
}

char *arena_alloc_bytes(struct arena *arena, size_t size)
{
    return take(arena, size, 1);
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    CHECK(new_size >= old_size);
    struct block *block = arena->block;
    size_t more = new_size - old_size;
    bool last = old != NULL && block != NULL && old_size != 0 &&
                (char *)old + old_size == block->bytes + block->used;
    if (last && more <= block->size - block->used) {
        UNPOISON(block->bytes + block->used, more);
        memset(block->bytes + block->used, 0, more);
        block->used += more;
        arena->total += more;
        if (arena->total > arena->budget)
            arena->over = true;
        return old;
    }
    void *grown = arena_alloc(arena, new_size);
    if (old_size != 0)
        memcpy(grown, old, old_size);
    return grown;
}

str arena_str(struct arena *arena, str s)
{
    char *copy = arena_alloc_bytes(arena, s.len + 1);
    if (s.len != 0)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return str_from(copy, s.len);
}

str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(length >= 0);
    char *text = arena_alloc_bytes(arena, (size_t)length + 1);
    (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return str_from(text, (size_t)length);
}

str arena_concat(struct arena *arena, str a, str b, str c)
{
    size_t length = a.len + b.len + c.len;
    char *text = arena_alloc_bytes(arena, length + 1);
    char *at = text;
    const str pieces[] = {a, b, c};
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        if (pieces[i].len != 0)
            at = mempcpy(at, pieces[i].ptr, pieces[i].len);
    }
    *at = '\0';
    return str_from(text, length);
}

bool arena_over(const struct arena *arena)
{
    return arena->over;
}

bool arena_fits(const struct arena *arena, size_t size)
{
    return arena->total <= arena->budget && size <= arena->budget - arena->total;
}

size_t arena_used(const struct arena *arena)
{
    return arena->total;
}

size_t arena_peak(const struct arena *arena)
{
    return arena->peak;
}

void arena_defer(struct arena *arena, void (*release)(void *), void *pointer)
{
    struct deferred *deferred = ARENA_NEW(arena, struct deferred);
    *deferred = (struct deferred){arena->defers, release, pointer};
    arena->defers = deferred;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){.block = arena->block,
                               .used = arena->block != NULL ? arena->block->used : 0,
                               .total = arena->total,
                               .defers = arena->defers};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    run_defers(arena, mark.defers);
    drop_blocks(arena, mark.block);
    if (arena->block != NULL) {
        arena->block->used = mark.used;
        POISON(arena->block->bytes + mark.used, arena->block->size - mark.used);
    }
    arena->total = mark.total;
}
