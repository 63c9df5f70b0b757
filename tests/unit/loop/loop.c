#include "syncd/loop/loop.h"

#include "syncd/base/clock.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

struct record {
    struct loop *loop;
    struct loop_timer *timer;
    struct loop_fd *watched;
    char text[32];
    size_t len;
    int fd;
};

static void note_a(void *context)
{
    struct record *record = context;
    record->text[record->len++] = 'a';
}

static void note_b(void *context)
{
    struct record *record = context;
    record->text[record->len++] = 'b';
    loop_stop(record->loop);
}

static void defer_again(void *context)
{
    struct record *record = context;
    record->text[record->len++] = '1';
    loop_defer(record->loop, note_b, record);
}

Test(loop, runs_timers_in_the_order_of_their_times)
{
    struct record record = {.loop = loop_create()};
    struct loop_timer *late = loop_timer_create(record.loop, note_b, &record);
    struct loop_timer *early = loop_timer_create(record.loop, note_a, &record);
    const int64_t begun = clock_monotonic_ns();
    loop_timer_start(late, 20 * NS_PER_MS);
    loop_timer_start(early, 5 * NS_PER_MS);
    cr_assert(loop_timer_is_running(late));
    loop_run(record.loop);
    cr_assert_str_eq(record.text, "ab");
    cr_assert_geq(clock_monotonic_ns() - begun, 20 * NS_PER_MS);
    cr_assert_not(loop_timer_is_running(late));
    loop_timer_destroy(late);
    loop_timer_destroy(early);
    loop_destroy(record.loop);
}

Test(loop, moves_a_running_timer)
{
    struct record record = {.loop = loop_create()};
    struct loop_timer *moved = loop_timer_create(record.loop, note_a, &record);
    struct loop_timer *stopped = loop_timer_create(record.loop, note_a, &record);
    struct loop_timer *end = loop_timer_create(record.loop, note_b, &record);
    loop_timer_start(moved, 0);
    loop_timer_start(moved, 3600 * NS_PER_S);
    loop_timer_start(stopped, 0);
    loop_timer_stop(stopped);
    loop_timer_start(end, 5 * NS_PER_MS);
    loop_run(record.loop);
    cr_assert_str_eq(record.text, "b");
    loop_timer_destroy(moved);
    loop_timer_destroy(stopped);
    loop_timer_destroy(end);
    loop_destroy(record.loop);
}

static void destroy_own_timer(void *context)
{
    struct record *record = context;
    loop_timer_destroy(record->timer);
    record->timer = NULL;
    loop_stop(record->loop);
}

Test(loop, lets_a_callback_destroy_its_own_timer)
{
    struct record record = {.loop = loop_create()};
    record.timer = loop_timer_create(record.loop, destroy_own_timer, &record);
    loop_timer_start(record.timer, 0);
    loop_run(record.loop);
    cr_assert_null(record.timer);
    loop_destroy(record.loop);
}

Test(loop, runs_deferred_calls_once_and_in_order)
{
    struct record record = {.loop = loop_create()};
    loop_defer(record.loop, note_a, &record);
    loop_defer(record.loop, defer_again, &record);
    loop_defer(record.loop, note_a, &record);
    loop_run(record.loop);
    cr_assert_str_eq(record.text, "a1ab");
    loop_defer(record.loop, note_a, &record); /* dropped with the loop, not leaked */
    loop_destroy(record.loop);
    cr_assert_str_eq(record.text, "a1ab");
}

static void read_one(void *context, unsigned events)
{
    struct record *record = context;
    cr_assert_eq(events, LOOP_READ);
    cr_assert_eq(read(record->fd, record->text + record->len++, 1), 1);
    if (record->len == 2)
        loop_stop(record->loop);
}

Test(loop, calls_for_a_descriptor_until_it_is_drained)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    struct record record = {.loop = loop_create(), .fd = ends[0]};
    record.watched = loop_fd_create(record.loop, ends[0], LOOP_READ, read_one, &record);
    cr_assert_eq(write(ends[1], "xy", 2), 2);
    loop_run(record.loop);
    cr_assert_str_eq(record.text, "xy");
    loop_fd_set(record.watched, 0);
    cr_assert_eq(write(ends[1], "z", 1), 1);
    loop_step(record.loop, 5 * NS_PER_MS);
    cr_assert_str_eq(record.text, "xy");
    loop_fd_destroy(record.watched);
    loop_destroy(record.loop);
    close(ends[0]);
    close(ends[1]);
}

static void caught(void *context, int number)
{
    struct record *record = context;
    cr_assert_eq(number, SIGUSR1);
    note_b(record);
}

Test(loop, catches_signals)
{
    struct record record = {.loop = loop_create()};
    struct loop_signal *usr1 = loop_signal_create(record.loop, SIGUSR1, caught, &record);
    raise(SIGUSR1);
    loop_run(record.loop);
    cr_assert_str_eq(record.text, "b");
    loop_signal_destroy(usr1);
    loop_destroy(record.loop);
}
