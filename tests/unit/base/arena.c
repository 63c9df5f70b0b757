#include "syncd/base/arena.h"
#include "syncd/base/buf.h"
#include "syncd/base/map.h"
#include "syncd/base/vec.h"

#include <criterion/criterion.h>

Test(arena, hands_out_zeroed_memory_that_does_not_overlap)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    char *previous = NULL;
    for (size_t size = 1; size < 5000; size += 37) {
        char *memory = arena_alloc(arena, size);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(memory[i], 0);
        memset(memory, 0x5a, size);
        if (previous != NULL)
            cr_assert_eq(previous[0], 0x5a);
        previous = memory;
    }
}

Test(arena, says_over_only_past_its_budget)
{
    AUTO_ARENA struct arena *arena = arena_create(100);
    (void)arena_alloc(arena, 60);
    cr_assert_not(arena_over(arena));
    cr_assert(arena_fits(arena, 40));
    cr_assert_not(arena_fits(arena, 41));
    (void)arena_alloc(arena, 41);
    cr_assert(arena_over(arena));
    cr_assert_not(arena_fits(arena, 0));
}

Test(arena, rewinding_gives_the_memory_back)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    (void)arena_alloc(arena, 10);
    struct arena_mark mark = arena_mark(arena);
    size_t used = arena_used(arena);
    for (int i = 0; i < 1000; i++)
        (void)arena_alloc(arena, 1000);
    arena_rewind(arena, mark);
    cr_assert_eq(arena_used(arena), used);
    memset(arena_alloc(arena, 100), 1, 100);
}

static void count_release(void *counter)
{
    ++*(int *)counter;
}

Test(arena, releases_what_was_deferred_once)
{
    int released = 0;
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    arena_defer(arena, count_release, &released);
    struct arena_mark mark = arena_mark(arena);
    arena_defer(arena, count_release, &released);
    arena_rewind(arena, mark);
    cr_assert_eq(released, 1);
    arena_destroy(arena);
    cr_assert_eq(released, 2);
}

Test(vec, keeps_every_item_while_it_grows)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        VEC_PUSH(arena, &numbers, i);
    int expected = 0;
    VEC_FOR (int, number, &numbers)
        cr_assert_eq(*number, expected++);
    cr_assert_eq(expected, 1000);
}

Test(map, finds_what_was_put_and_iterates_in_order)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct map map = {0};
    static int values[500];
    for (int i = 0; i < 500; i++)
        cr_assert_null(map_put(&map, arena, arena_printf(arena, "key-%d", i), &values[i]));
    for (int i = 0; i < 500; i++)
        cr_assert_eq(map_get(&map, arena_printf(arena, "key-%d", i)), &values[i]);
    cr_assert_not(map_has(&map, STR("key-500")));
    cr_assert_eq(map_put(&map, arena, STR("key-7"), &values[0]), &values[7]);
    int position = 0;
    MAP_FOR (entry, &map) {
        str expected = arena_printf(arena, "key-%d", position++);
        cr_assert(str_equal(entry->key, expected));
    }
    cr_assert_eq(position, 500);
}

Test(buf, stops_at_its_maximum_and_says_so)
{
    AUTO_BUF struct buf buf = BUF_INIT(5);
    buf_add(&buf, STR("hello"));
    cr_assert_not(buf_failed(&buf));
    buf_add_byte(&buf, '!');
    buf_add(&buf, STR("x"));
    cr_assert(buf_failed(&buf));
    cr_assert(str_equal(buf_str(&buf), STR("hello")));
    buf_clear(&buf);
    buf_printf(&buf, "%d", 42);
    cr_assert(str_equal(buf_str(&buf), STR("42")));
}
