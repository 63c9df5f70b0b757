#include "syncd/base/clock.h"
#include "syncd/kube/kube_internal.h"

#include <criterion/criterion.h>

Test(window, grows_while_answers_stay_fast_and_stops_when_they_queue)
{
    struct window window;
    window_init(&window, 32);
    for (int i = 0; i < 500; i++)
        window_note(&window, false, 2 * NS_PER_MS, true, i * NS_PER_MS);
    cr_assert_eq(window_size(&window), 32);
    window_init(&window, 32);
    window_note(&window, false, 2 * NS_PER_MS, true, 0);
    for (int i = 0; i < 50; i++)
        window_note(&window, false, 60 * NS_PER_MS, true, i * NS_PER_MS);
    cr_assert_lt(window_size(&window), 20);
}

Test(window, shrinks_once_for_a_burst_of_refusals_and_never_to_nothing)
{
    struct window window;
    window_init(&window, 16);
    for (int i = 0; i < 100; i++)
        window_note(&window, false, NS_PER_MS, true, i);
    cr_assert_eq(window_size(&window), 16);
    int64_t now = 10 * NS_PER_S;
    for (int i = 0; i < 16; i++)
        window_note(&window, true, NS_PER_MS, true, now);
    cr_assert_eq(window_size(&window), 8);
    for (int i = 0; i < 20; i++)
        window_note(&window, true, NS_PER_MS, true, now += 2 * NS_PER_S);
    cr_assert_eq(window_size(&window), 1);
}

Test(window, does_not_grow_when_it_is_not_used_up)
{
    struct window window;
    window_init(&window, 32);
    for (int i = 0; i < 100; i++)
        window_note(&window, false, NS_PER_MS, false, i);
    cr_assert_eq(window_size(&window), 8);
}
