/*
 * loop: the one thread that owns all mutable state, waiting for timers, descriptors, signals,
 * changed files and finished jobs. Callbacks run on it, one at a time, and never block.
 *
 * Everything made here is destroyed with its own call, before the loop itself. A callback may
 * destroy the thing that called it. All times are nanoseconds of the monotonic clock.
 */
#ifndef SYNCD_LOOP_LOOP_H
#define SYNCD_LOOP_LOOP_H

#include "syncd/base/error.h"

struct loop;

/* Aborts when the system gives no event queue. From then on SIGPIPE is ignored. */
struct loop *loop_create(void);
void loop_destroy(struct loop *loop);

/* Runs callbacks until loop_stop. */
void loop_run(struct loop *loop);
/* Makes loop_run return after the callback that called this. */
void loop_stop(struct loop *loop);
/* Waits at most max_wait_ns for something to happen, and runs what is due: for tests and shutdown.
 */
void loop_step(struct loop *loop, int64_t max_wait_ns);

/* The monotonic clock: what timers are started by. */
int64_t loop_now_ns(const struct loop *loop);

/* Calls call(context) in the next round, once, in the order of asking. Cannot be taken back: use a
   timer of 0 ns for that. What is still waiting when the loop is destroyed is dropped. */
void loop_defer(struct loop *loop, void (*call)(void *context), void *context);

/* A timer: made stopped, fires once per start. */
struct loop_timer;
struct loop_timer *loop_timer_create(struct loop *loop, void (*fire)(void *context), void *context);
void loop_timer_destroy(struct loop_timer *timer);
/* Starting a running timer moves it. A negative delay counts as 0. */
void loop_timer_start(struct loop_timer *timer, int64_t delay_ns);
void loop_timer_start_at(struct loop_timer *timer, int64_t when_ns);
void loop_timer_stop(struct loop_timer *timer);
bool loop_timer_is_running(const struct loop_timer *timer);

/* A descriptor: level-triggered, called until the events are switched off or used up. */
enum loop_events { LOOP_READ = 1, LOOP_WRITE = 2 };
struct loop_fd;
typedef void loop_fd_ready(void *context, unsigned events);
/* The descriptor stays the caller's: destroy before closing it. events = 0 waits for nothing. */
struct loop_fd *loop_fd_create(struct loop *loop, int fd, unsigned events, loop_fd_ready *ready,
                               void *context);
void loop_fd_set(struct loop_fd *watched, unsigned events);
void loop_fd_destroy(struct loop_fd *watched);

/* A signal, caught while this lives. One object per signal number. */
struct loop_signal;
struct loop_signal *loop_signal_create(struct loop *loop, int number,
                                       void (*caught)(void *context, int number), void *context);
void loop_signal_destroy(struct loop_signal *caught);

/* What happened to a watched path. */
enum loop_change {
    LOOP_CHANGED, /* a directory: `name` inside it was made, written, renamed or removed;
                     a file: its bytes or what its name leads to changed (name is empty) */
    LOOP_RESCAN,  /* the kernel dropped events: look at everything again */
    LOOP_GONE,    /* the directory itself was removed or renamed: nothing more will come */
};
typedef void loop_path_changed(void *context, enum loop_change change, str name);

/*
 * Watches one directory (not below it), or one file through its directory, so that a file replaced
 * by rename, or behind a link that is switched over, is noticed. ERROR_NOT_FOUND when the directory
 * is not there, ERROR_DENIED, ERROR_LIMIT when the kernel's watches are used up.
 */
struct loop_watch;
bool loop_watch_directory(struct loop *loop, const char *path, loop_path_changed *changed,
                          void *context, struct loop_watch **ret_watch, struct error *err) MUST_USE;
bool loop_watch_file(struct loop *loop, const char *path, loop_path_changed *changed, void *context,
                     struct loop_watch **ret_watch, struct error *err) MUST_USE;
void loop_watch_destroy(struct loop_watch *watch);

/* For the door of incoming HTTP only: the libevent base behind the loop. */
struct event_base *loop_event_base(const struct loop *loop);

#endif
