/*
 * libgit2 has no deadlines: a silent server and a truncated object hang it for ever. Kernel timers
 * end the process instead: SIGALRM kills it (the daemon reads that as a deadline), SIGPROF first
 * marks the repository as damaged.
 */
#include "syncd/git/child.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

/* Setting a timer is a system call: not more often than this. */
#define REARM_NS (100 * NS_PER_MS)

/* The only thing a signal handler can look at. Set before the handler is. */
static volatile sig_atomic_t marker_folder = -1;

/* ns < 0 stops it; 0 is as soon as possible. */
static void set_timer(int which, int64_t ns)
{
    struct itimerval timer = {0};
    if (ns >= 0) {
        int64_t us = ns / 1000 + 1;
        timer.it_value = (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    }
    CHECK(setitimer((__itimer_which_t)which, &timer, NULL) == 0);
}

static int64_t time_left(const struct git_work *work, int64_t now)
{
    return work->deadline_ns > now ? work->deadline_ns - now : 0;
}

void watchdog_network(struct git_work *work)
{
    int64_t now = clock_monotonic_ns();
    if (now - work->armed_ns < REARM_NS && work->armed_s == 0)
        return;
    work->armed_ns = now;
    work->armed_s = 0;
    int64_t left = time_left(work, now);
    set_timer(ITIMER_PROF, -1);
    set_timer(ITIMER_REAL, left < work->idle_ns ? left : work->idle_ns);
}

static void mark_damaged(int signal_number)
{
    (void)signal_number;
    if (marker_folder >= 0) {
        int fd = openat(marker_folder, "damaged", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0)
            (void)close(fd); /* that it exists is enough */
    }
    _exit(JOB_EXIT_DAMAGED);
}

void watchdog_marker(int folder)
{
    marker_folder = folder;
}

void watchdog_objects(struct git_work *work, unsigned seconds)
{
    int64_t now = clock_monotonic_ns();
    if (now - work->armed_ns < REARM_NS && seconds == work->armed_s)
        return;
    work->armed_ns = now;
    work->armed_s = seconds;
    (void)signal(SIGPROF, mark_damaged); /* cannot fail for it */
    set_timer(ITIMER_REAL, time_left(work, now));
    set_timer(ITIMER_PROF, (int64_t)seconds * NS_PER_S);
}

void watchdog_rest(struct git_work *work)
{
    work->armed_ns = 0;
    work->armed_s = 0;
    set_timer(ITIMER_PROF, -1);
    set_timer(ITIMER_REAL, time_left(work, clock_monotonic_ns()));
}
