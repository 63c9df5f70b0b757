/* A render child that was taken over tries to get out. */
#include "render/sandbox/child.h"
#include "syncd/base/confine.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int try_open(void)
{
    return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

static int try_create(void)
{
    return open("/tmp/syncd-breakout", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0 ? errno : 0;
}

static int try_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int try_unix_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int try_datagram(void)
{
    return socket(AF_INET6, SOCK_DGRAM, 0) < 0 ? errno : 0;
}

static int try_exec(void)
{
    char *const none[] = {NULL};
    (void)execve("/bin/true", none, none); /* returns only when it failed */
    return errno;
}

static int try_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : 0;
}

static const struct {
    const char *name;
    int (*act)(void); /* 0: it got out; else errno */
} attempts[] = {
    {"open", try_open},         {"create", try_create},
    {"socket", try_socket},     {"unix socket", try_unix_socket},
    {"datagram", try_datagram}, {"exec", try_exec},
    {"fork", try_fork},
};

/* How a process with a render child's rules ends that tries this; 0 = it got through, 111 = it
   could not be confined, -1 = the kernel ended it. */
static int outcome(int (*act)(void), bool confined)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct error err = ERROR_INIT;
        render_child_prepare();
        _exit(!confined || render_child_confine(limits_default(), &err) ? act() : 111);
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(sandbox, lets_nobody_out)
{
    if (confine_level().sanitized)
        cr_skip_test("a build with sanitizers needs files and calls");
    for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
        int ended = outcome(attempts[i].act, true);
        cr_expect(ended != 0 && ended != 111, "%s ended with %d", attempts[i].name, ended);
    }
}

/* The attempts are real ones: without the rules they get through. */
Test(sandbox, is_what_holds_them)
{
    cr_expect_eq(outcome(try_open, false), 0);
    cr_expect_eq(outcome(try_socket, false), 0);
    cr_expect_eq(outcome(try_unix_socket, false), 0);
    cr_expect_eq(outcome(try_exec, false), 0);
    cr_expect_eq(outcome(try_fork, false), 0);
}
