/* The spawner's own life: one request after the other, until the daemon is gone. */
#include "syncd/process/spawner_internal.h"

#include "syncd/base/check.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef SYNCD_SANITIZE
#include <sanitizer/lsan_interface.h>
#endif

#ifdef SYNCD_SANITIZE
/*
 * A forked child is looked through for leaks at its end, but its one thread bears its parent's
 * number there and is not stopped, so what only libgit2's thread-local state points at may look
 * lost.
 */
const char *__lsan_default_suppressions(void)
{
    return "leak:libgit2\n";
}
#endif

/* Ends with `parent`, however that ends; the check closes the gap before the request. */
static void end_with(pid_t parent)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* cannot fail with these arguments */
    if (getppid() != parent)
        _exit(1);
}

/* A terminal's or a service manager's signals are for the daemon, which ends us in its own order.
 */
static void ignore_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        (void)signal(signals[i], SIG_IGN); /* cannot fail for these */
}

static void close_standard_input(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        (void)dup2(null, STDIN_FILENO); /* then it stays what it was */
        (void)close(null);              /* nothing written */
    }
}

static child_entry *find_entry(const struct spawner_table *table, const struct child_kind *kind)
{
    if (kind->entry != NULL)
        return kind->entry;
    char path[PATH_MAX];
    bool bare = strchr(kind->module, '/') == NULL;
    int len = snprintf(path, sizeof(path), "%.*s%s%s", bare ? (int)table->folder.len : 0,
                       table->folder.ptr, bare ? "/" : "", kind->module);
    void *module = NULL;
    if (len > 0 && (size_t)len < sizeof(path))
        module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = module != NULL ? dlsym(module, kind->symbol) : NULL;
    if (symbol == NULL) {
        (void)fprintf(stderr, "syncd: %s child: %s\n", kind->name, dlerror());
        _exit(SPAWNER_EXIT_MODULE);
    }
    child_entry *entry;
    memcpy(&entry, &symbol, sizeof(entry)); /* what POSIX says of dlsym and functions */
    return entry;
}

NO_RETURN static void child_main(const struct spawner_table *table, const struct child_kind *kind,
                                 int channel, pid_t spawner)
{
    end_with(spawner);
    char name[16];
    (void)snprintf(name, sizeof(name), "syncd-%s", kind->name);
    (void)prctl(PR_SET_NAME, name); /* only for people */
    int status = find_entry(table, kind)(channel);
#ifdef SYNCD_SANITIZE
    __lsan_do_leak_check();
#endif
    _exit(status);
}

static struct spawner_answer run(const struct spawner_table *table, int control, int64_t number,
                                 int channel, int *ret_pidfd)
{
    if (number < 0 || (uint64_t)number >= table->count)
        return (struct spawner_answer){-1, EINVAL};
    if (table->kinds[number].prepare != NULL)
        table->kinds[number].prepare();
    pid_t self = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return (struct spawner_answer){-1, errno};
    if (pid == 0) {
        (void)close(control); /* only the spawner talks to the daemon there */
        child_main(table, &table->kinds[number], channel, self);
    }
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) {
        int reason = errno;
        (void)kill(pid, SIGKILL); /* our child, not waited for yet: the pid is its own */
        (void)waitpid(pid, NULL, 0);
        return (struct spawner_answer){-1, reason};
    }
    *ret_pidfd = pidfd;
    return (struct spawner_answer){pid, 0};
}

static struct spawner_answer collect(int64_t pid)
{
    int status = 0;
    pid_t done;
    do
        done = waitpid((pid_t)pid, &status, 0);
    while (done < 0 && errno == EINTR);
    return (struct spawner_answer){done > 0 ? done : -1, done > 0 ? status : errno};
}

/* False when the daemon is gone. */
static bool serve(const struct spawner_table *table, int control)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct channel_message message;
    if (!channel_receive(control, -1, arena, &message, &err))
        return false;
    struct spawner_request request;
    CHECK(message.bytes.len == sizeof(request));
    memcpy(&request, message.bytes.ptr, sizeof(request));
    struct spawner_answer answer = {-1, EINVAL};
    int pidfd = -1;
    if (request.operation == SPAWNER_RUN && message.fd_count == 1)
        answer = run(table, control, request.number, message.fds[0], &pidfd);
    else if (request.operation == SPAWNER_WAIT && request.number > 0)
        answer = collect(request.number);
    for (size_t i = 0; i < message.fd_count; i++)
        (void)close(message.fds[i]); /* the child has its copy */
    bool sent = channel_send(control, str_from((const char *)&answer, sizeof(answer)), &pidfd,
                             pidfd >= 0 ? 1 : 0, &err);
    if (pidfd >= 0)
        (void)close(pidfd); /* the daemon has it */
    return sent;
}

void spawner_main(const struct spawner_table *table, int control, pid_t daemon)
{
    end_with(daemon);
    ignore_signals();
    close_standard_input();
    (void)prctl(PR_SET_NAME, "syncd-spawner"); /* only for people */
    while (serve(table, control))
        ;
    _exit(0); /* and the kernel ends all children */
}
