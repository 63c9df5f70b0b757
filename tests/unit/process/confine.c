#include "syncd/base/confine.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a confined process that does one thing ends: its exit status, or minus the signal. */
static int outcome(const struct confine *rules, int (*act)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        struct error err = ERROR_INIT;
        _exit(confine_self(rules, &err) ? act() : 111);
    }
    int status;
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int act_open(void)
{
    return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
}

static int act_create(void)
{
    return open("/tmp/syncd-confine-x", O_WRONLY | O_CREAT, 0600) < 0 ? errno : 0;
}

static int act_exec(void)
{
    char *const none[] = {NULL};
    execve("/bin/true", none, none);
    return errno;
}

static int act_fork(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid < 0 ? errno : 0;
}

static int act_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int act_unix_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int act_listen(void)
{
    return listen(socket(AF_INET, SOCK_STREAM, 0), 1) < 0 ? errno : 0;
}

static int act_ptrace(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}

static int act_run_memory(void)
{
    void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? errno : 0;
}

static int act_compute(void)
{
    int fd = memfd_create("x", MFD_CLOEXEC);
    void *block = calloc(1000, 1000);
    bool fine = fd >= 0 && block != NULL && write(fd, block, 1000) == 1000;
    free(block);
    return fine ? 0 : 1;
}

static int act_spin(void)
{
    for (volatile unsigned long n = 0;; n++)
        ;
    return 0;
}

static int act_allocate(void)
{
    void *block = malloc(512u << 20);
    bool refused = block == NULL;
    free(block);
    return refused ? 0 : 1;
}

static int act_abort(void)
{
    struct rlimit now;
    (void)getrlimit(RLIMIT_CORE, &now); /* answers EPERM, does not kill a client */
    abort();
}

static void skip_when_not_enforced(void)
{
    if (confine_level().sanitized)
        cr_skip_test("built with sanitizers");
    cr_assert(confine_level().seccomp, "no confinement here: that is a failure, not a skip");
}

Test(confine, leaves_a_renderer_nothing_but_computing)
{
    skip_when_not_enforced();
    const struct confine rules = {.network = CONFINE_NO_NETWORK};
    cr_expect_eq(outcome(&rules, act_compute), 0);
    cr_expect_eq(outcome(&rules, act_open), EACCES);
    cr_expect_eq(outcome(&rules, act_create), EACCES);
    cr_expect_eq(outcome(&rules, act_exec), -SIGSYS);
    cr_expect_eq(outcome(&rules, act_fork), -SIGSYS);
    cr_expect_eq(outcome(&rules, act_socket), -SIGSYS);
    cr_expect_eq(outcome(&rules, act_unix_socket), -SIGSYS);
    cr_expect_eq(outcome(&rules, act_ptrace), -SIGSYS);
    cr_expect_eq(outcome(&rules, act_run_memory), -SIGSYS);
}

Test(confine, stops_at_processor_time_and_memory)
{
    skip_when_not_enforced();
    const struct confine rules = {.cpu_seconds = 1, .memory_bytes = 256u << 20};
    cr_expect_eq(outcome(&rules, act_spin), -SIGXCPU);
    cr_expect_eq(outcome(&rules, act_allocate), 0);
}

Test(confine, lets_a_git_child_use_its_folder_and_the_network_only)
{
    skip_when_not_enforced();
    const struct confine_path paths[] = {{"/usr", false}, {"/no/such/path", false}};
    const struct confine rules = {
        .network = CONFINE_CLIENT, .files = true, .paths = paths, .path_count = ARRAY_LEN(paths)};
    cr_expect_eq(outcome(&rules, act_socket), 0);
    cr_expect_eq(outcome(&rules, act_unix_socket), EPERM);
    cr_expect_eq(outcome(&rules, act_listen), -SIGSYS);
    cr_expect_eq(outcome(&rules, act_exec), -SIGSYS);
    cr_expect_eq(outcome(&rules, act_fork), EPERM);
    cr_expect_eq(outcome(&rules, act_abort), -SIGABRT);
    if (confine_level().landlock == 0)
        cr_skip_test("no Landlock in this kernel");
    cr_expect_eq(outcome(&rules, act_open), EACCES);
    cr_expect_eq(outcome(&rules, act_create), EACCES);
    const struct confine_path more[] = {{"/etc", false}, {"/tmp", false}};
    const struct confine reading = {
        .network = CONFINE_CLIENT, .files = true, .paths = more, .path_count = ARRAY_LEN(more)};
    cr_expect_eq(outcome(&reading, act_open), 0);
    cr_expect_eq(outcome(&reading, act_create), EACCES);
    const struct confine_path writing[] = {{"/tmp", true}};
    const struct confine all = {.files = true, .paths = writing, .path_count = 1};
    cr_expect_eq(outcome(&all, act_create), 0);
    unlink("/tmp/syncd-confine-x");
}

Test(confine, tells_its_level)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    cr_expect(
        str_equal(confine_level_text((struct confine_level){.seccomp = true, .landlock = 2}, arena),
                  STR("seccomp, landlock 2")));
    cr_expect(str_equal(confine_level_text((struct confine_level){.seccomp = true}, arena),
                        STR("seccomp, no landlock")));
    cr_expect(str_find(confine_level_text((struct confine_level){.sanitized = true}, arena),
                       STR("off")) != SIZE_MAX);
}
