#include "syncd/process/spawner.h"

#include "syncd/base/confine.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANARY_LEN 32

static void fill_canary(unsigned char *out, unsigned char key)
{
    for (size_t i = 0; i < CANARY_LEN; i++)
        out[i] = (unsigned char)((i * 37 + 11) ^ key);
}

/* True when the canary is in this process's memory. It is never made here: compared byte by byte.
 */
static bool canary_is_here(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int mem = open("/proc/self/mem", O_RDONLY);
    unsigned long from, to;
    char rights[8], line[512];
    bool found = false;
    static unsigned char chunk[1 << 16];
    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL && !found) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w')
            continue;
        if (from <= (unsigned long)chunk && (unsigned long)chunk < to)
            continue; /* would find what it reads */
        for (unsigned long at = from; at < to && !found; at += sizeof(chunk) - CANARY_LEN) {
            ssize_t n = pread(mem, chunk, sizeof(chunk), (off_t)at);
            for (ssize_t i = 0; i + CANARY_LEN <= n && !found; i++) {
                size_t same = 0;
                while (same < CANARY_LEN &&
                       chunk[(size_t)i + same] == (unsigned char)((same * 37 + 11) ^ 0x5a))
                    same++;
                found = same == CANARY_LEN;
            }
        }
    }
    if (maps != NULL)
        fclose(maps);
    close(mem);
    return found;
}

static int echo(int channel)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct channel_message message;
    if (!channel_receive(channel, -1, arena, &message, &err) ||
        !channel_send(channel, message.bytes, message.fds, message.fd_count, &err))
        return 1;
    return 7;
}

static int sleeper(int channel)
{
    struct pollfd wait = {.fd = channel, .events = POLLIN};
    (void)poll(&wait, 1, 60000);
    return 0;
}

static int crasher(int channel)
{
    (void)channel;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return 0;
}

static int canary_seeker(int channel)
{
    struct error err = ERROR_INIT;
    return channel_send(channel, canary_is_here() ? STR("found") : STR("clean"), NULL, 0, &err) ? 0
                                                                                                : 1;
}

static int execer(int channel)
{
    (void)channel;
    char *const none[] = {NULL};
    execve("/bin/true", none, none);
    return errno;
}

enum { ECHO, SLEEPER, CRASHER, SEEKER, EXECER, NO_MODULE };
static const struct child_kind kinds[] = {
    {.name = "echo", .entry = echo},       {.name = "sleeper", .entry = sleeper},
    {.name = "crasher", .entry = crasher}, {.name = "seeker", .entry = canary_seeker},
    {.name = "execer", .entry = execer},   {.name = "none", .module = "no-such.so", .symbol = "x"},
};

static struct spawner *started(void)
{
    struct spawner *spawner = NULL;
    struct error err = ERROR_INIT;
    cr_assert(spawner_start(kinds, ARRAY_LEN(kinds), &spawner, &err), "%s", err.text);
    return spawner;
}

static struct child made(struct spawner *spawner, size_t kind)
{
    struct child child;
    struct error err = ERROR_INIT;
    cr_assert(spawner_run(spawner, kind, &child, &err), "%s", err.text);
    return child;
}

/* Waits for the end of the channel, then says how the child ended. */
static struct child_end ended(struct spawner *spawner, struct child child)
{
    struct pollfd wait = {.fd = child.pidfd, .events = POLLIN};
    cr_assert_eq(poll(&wait, 1, 10000), 1);
    return child_reap(spawner, &child);
}

static size_t open_descriptors(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    DIR *dir = opendir(path);
    size_t count = 0;
    while (dir != NULL && readdir(dir) != NULL)
        count++;
    if (dir != NULL)
        closedir(dir);
    return count;
}

Test(spawner, runs_a_child_and_tells_how_it_ended)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct spawner *spawner = started();
    struct child child = made(spawner, ECHO);
    cr_assert(channel_send(child.channel, STR("hello"), NULL, 0, &err));
    struct channel_message message;
    cr_assert(channel_receive(child.channel, 5000, arena, &message, &err), "%s", err.text);
    cr_expect(str_equal(message.bytes, STR("hello")));
    cr_expect(!channel_receive(child.channel, 5000, arena, &message, &err));
    cr_expect_eq(err.class, ERROR_CANCELLED);
    struct child_end end = ended(spawner, child);
    cr_expect(end.exited);
    cr_expect_eq(end.status, 7);

    end = ended(spawner, made(spawner, CRASHER));
    cr_expect(!end.exited);
    cr_expect_eq(end.status, SIGSEGV);
    cr_expect(!child_end_error(end, "job", &err));
    cr_expect_str_eq(err.rule, "E_CHILD_CRASHED");

    end = ended(spawner, made(spawner, NO_MODULE));
    cr_expect(!child_end_error(end, "job", &err));
    cr_expect_str_eq(err.rule, "E_CHILD_MODULE");
    spawner_stop(spawner);
}

Test(spawner, refuses_a_kind_that_is_not_in_the_table)
{
    struct spawner *spawner = started();
    struct child child;
    struct error err = ERROR_INIT;
    cr_expect(!spawner_run(spawner, 99, &child, &err));
    cr_expect(spawner_alive(spawner));
    (void)ended(spawner, made(spawner, CRASHER));
    spawner_stop(spawner);
}

Test(spawner, outlives_a_thousand_killed_children)
{
    struct spawner *spawner = started();
    size_t before = open_descriptors(getpid());
    unsigned seed = 1;
    for (int i = 0; i < 1000; i++) {
        struct child child = made(spawner, i % 3 == 0 ? ECHO : SLEEPER);
        seed = seed * 1103515245u + 12345u;
        usleep((seed >> 16) % 700);
        struct child_end end = child_reap(spawner, &child);
        cr_assert(!end.exited);
        cr_assert_eq(end.status, SIGKILL);
    }
    cr_expect_eq(open_descriptors(getpid()), before);
    cr_expect(spawner_alive(spawner));
    struct child_end end = ended(spawner, made(spawner, CRASHER));
    cr_expect_eq(end.status, SIGSEGV);
    spawner_stop(spawner);
}

Test(spawner, gives_children_no_memory_of_the_daemon)
{
    if (confine_level().sanitized)
        cr_skip_test("the sanitizers' own memory is too large to search");
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct spawner *spawner = started();
    unsigned char *secret = malloc(CANARY_LEN);
    fill_canary(secret, 0x5a);

    /* Control: a plain fork has it, so the search works. */
    pid_t pid = fork();
    if (pid == 0)
        _exit(canary_is_here() ? 42 : 0);
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect_eq(WEXITSTATUS(status), 42);

    struct child child = made(spawner, SEEKER);
    struct error err = ERROR_INIT;
    struct channel_message message;
    cr_assert(channel_receive(child.channel, 30000, arena, &message, &err));
    cr_expect(str_equal(message.bytes, STR("clean")));
    (void)child_reap(spawner, &child);
    cr_expect_eq(secret[0], 11 ^ 0x5a);
    free(secret);
    spawner_stop(spawner);
}

Test(spawner, and_everybody_after_it_cannot_exec)
{
    if (confine_level().sanitized)
        cr_skip_test("built with sanitizers");
    struct spawner *spawner = started();
    struct child_end end = ended(spawner, made(spawner, EXECER));
    cr_expect(end.exited);
    cr_expect_eq(end.status, EPERM);
    char *const none[] = {NULL};
    cr_expect_eq(execve("/bin/true", none, none), -1);
    cr_expect_eq(errno, EPERM);
    spawner_stop(spawner);
}

/* Running, not a zombie: whoever collects orphans here may be slow. */
static bool is_running(pid_t pid)
{
    char path[64], line[512];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    bool running = file != NULL && fgets(line, sizeof(line), file) != NULL;
    if (running) {
        const char *state = strrchr(line, ')');
        running = state != NULL && state[2] != 'Z' && state[2] != 'X';
    }
    if (file != NULL)
        fclose(file);
    return running;
}

Test(spawner, ends_with_the_daemon_and_so_do_all_children)
{
    int told[2];
    cr_assert_eq(pipe(told), 0);
    pid_t daemon = fork();
    if (daemon == 0) {
        struct spawner *spawner = started();
        pid_t pids[3];
        for (size_t i = 0; i < ARRAY_LEN(pids); i++)
            pids[i] = made(spawner, SLEEPER).pid;
        if (write(told[1], pids, sizeof(pids)) != (ssize_t)sizeof(pids))
            _exit(1);
        pause();
    }
    pid_t pids[3];
    cr_assert_eq(read(told[0], pids, sizeof(pids)), (ssize_t)sizeof(pids));
    cr_assert(is_running(pids[0]));
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    for (size_t i = 0; i < ARRAY_LEN(pids); i++) {
        for (int wait = 0; wait < 500 && is_running(pids[i]); wait++)
            usleep(10000);
        cr_expect(!is_running(pids[i]));
    }
    close(told[0]);
    close(told[1]);
}
