#include "syncd/loop/loop.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"
#include "syncd/base/log.h"
#include "syncd/loop/loop_internal.h"

#include <event2/event.h>

#include <signal.h>
#include <stdlib.h>

struct deferred {
    struct list node;
    void (*call)(void *context);
    void *context;
};

struct loop_timer {
    struct event *event;
    void (*fire)(void *context);
    void *context;
};

struct loop_fd {
    struct event *event;
    struct loop *loop;
    int fd;
    loop_fd_ready *ready;
    void *context;
};

struct loop_signal {
    struct event *event;
    void (*caught)(void *context, int number);
    void *context;
};

void *loop_allocate(size_t size)
{
    void *memory = calloc(1, size);
    CHECK(memory != NULL);
    return memory;
}

static struct timeval interval(int64_t ns)
{
    if (ns < 0)
        ns = 0;
    /* Rounded up: a timer must not fire before its time. */
    const int64_t us = ns / 1000 + (ns % 1000 != 0);
    return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

static void library_says(int severity, const char *message)
{
    if (severity >= EVENT_LOG_ERR)
        LOG(LOG_ERROR, "event loop", {"detail", str_z(message)});
}

static void library_fails(int code)
{
    (void)code;
    CHECK(!"libevent gave up");
}

/* Takes the list as it is now, so that what a call defers runs in the next round. */
static void run_deferred(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct loop *loop = context;
    struct list due;
    list_init(&due);
    LIST_FOR (node, &loop->deferred) {
        list_remove(node);
        list_append(&due, node);
    }
    while (!list_empty(&due)) {
        struct deferred *deferred = LIST_ITEM(due.next, struct deferred, node);
        list_remove(&deferred->node);
        deferred->call(deferred->context);
        free(deferred);
    }
}

struct loop *loop_create(void)
{
    event_set_log_callback(library_says);
    event_set_fatal_callback(library_fails);
    /* A peer that went away is an error of the write, not the end of the program. */
    (void)signal(SIGPIPE, SIG_IGN);

    struct loop *loop = loop_allocate(sizeof(*loop));
    struct event_config *config = event_config_new();
    CHECK(config != NULL);
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    CHECK(loop->base != NULL);
    list_init(&loop->deferred);
    loop->soon = event_new(loop->base, -1, 0, run_deferred, loop);
    CHECK(loop->soon != NULL);
    return loop;
}

void loop_destroy(struct loop *loop)
{
    if (loop == NULL)
        return;
    LIST_FOR (node, &loop->deferred) {
        list_remove(node);
        free(LIST_ITEM(node, struct deferred, node));
    }
    loop_watcher_destroy(loop->watcher);
    event_free(loop->soon);
    event_base_free(loop->base);
    free(loop);
}

void loop_run(struct loop *loop)
{
    (void)event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

void loop_stop(struct loop *loop)
{
    (void)event_base_loopbreak(loop->base);
}

static void wake(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    (void)context;
}

void loop_step(struct loop *loop, int64_t max_wait_ns)
{
    struct event *limit = event_new(loop->base, -1, 0, wake, NULL);
    CHECK(limit != NULL);
    const struct timeval wait = interval(max_wait_ns);
    (void)event_add(limit, &wait);
    (void)event_base_loop(loop->base, EVLOOP_ONCE);
    event_free(limit);
}

int64_t loop_now_ns(const struct loop *loop)
{
    (void)loop;
    return clock_monotonic_ns();
}

struct event_base *loop_event_base(const struct loop *loop)
{
    return loop->base;
}

void loop_defer(struct loop *loop, void (*call)(void *context), void *context)
{
    struct deferred *deferred = loop_allocate(sizeof(*deferred));
    deferred->call = call;
    deferred->context = context;
    if (list_empty(&loop->deferred))
        event_active(loop->soon, EV_TIMEOUT, 1);
    list_append(&loop->deferred, &deferred->node);
}

static void timer_fires(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct loop_timer *timer = context;
    timer->fire(timer->context);
}

struct loop_timer *loop_timer_create(struct loop *loop, void (*fire)(void *context), void *context)
{
    struct loop_timer *timer = loop_allocate(sizeof(*timer));
    timer->fire = fire;
    timer->context = context;
    timer->event = event_new(loop->base, -1, 0, timer_fires, timer);
    CHECK(timer->event != NULL);
    return timer;
}

void loop_timer_destroy(struct loop_timer *timer)
{
    if (timer == NULL)
        return;
    event_free(timer->event);
    free(timer);
}

void loop_timer_start(struct loop_timer *timer, int64_t delay_ns)
{
    const struct timeval delay = interval(delay_ns);
    CHECK(event_add(timer->event, &delay) == 0);
}

void loop_timer_start_at(struct loop_timer *timer, int64_t when_ns)
{
    loop_timer_start(timer, when_ns - clock_monotonic_ns());
}

void loop_timer_stop(struct loop_timer *timer)
{
    (void)event_del(timer->event);
}

bool loop_timer_is_running(const struct loop_timer *timer)
{
    return event_pending(timer->event, EV_TIMEOUT, NULL) != 0;
}

static void fd_is_ready(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    struct loop_fd *watched = context;
    const unsigned events =
        ((what & EV_READ) ? LOOP_READ : 0u) | ((what & EV_WRITE) ? LOOP_WRITE : 0u);
    watched->ready(watched->context, events);
}

struct loop_fd *loop_fd_create(struct loop *loop, int fd, unsigned events, loop_fd_ready *ready,
                               void *context)
{
    struct loop_fd *watched = loop_allocate(sizeof(*watched));
    watched->loop = loop;
    watched->fd = fd;
    watched->ready = ready;
    watched->context = context;
    watched->event = event_new(loop->base, fd, EV_PERSIST, fd_is_ready, watched);
    CHECK(watched->event != NULL);
    loop_fd_set(watched, events);
    return watched;
}

void loop_fd_set(struct loop_fd *watched, unsigned events)
{
    const short wanted = (short)(((events & LOOP_READ) ? EV_READ : 0) |
                                 ((events & LOOP_WRITE) ? EV_WRITE : 0) | EV_PERSIST);
    (void)event_del(watched->event);
    (void)event_assign(watched->event, watched->loop->base, watched->fd, wanted, fd_is_ready,
                       watched);
    if (events != 0)
        CHECK(event_add(watched->event, NULL) == 0);
}

void loop_fd_destroy(struct loop_fd *watched)
{
    if (watched == NULL)
        return;
    event_free(watched->event);
    free(watched);
}

static void signal_caught(evutil_socket_t number, short what, void *context)
{
    (void)what;
    struct loop_signal *caught = context;
    caught->caught(caught->context, (int)number);
}

struct loop_signal *loop_signal_create(struct loop *loop, int number,
                                       void (*caught)(void *context, int number), void *context)
{
    struct loop_signal *made = loop_allocate(sizeof(*made));
    made->caught = caught;
    made->context = context;
    made->event = evsignal_new(loop->base, number, signal_caught, made);
    CHECK(made->event != NULL);
    CHECK(event_add(made->event, NULL) == 0);
    return made;
}

void loop_signal_destroy(struct loop_signal *caught)
{
    if (caught == NULL)
        return;
    event_free(caught->event);
    free(caught);
}
