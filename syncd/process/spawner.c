#include "syncd/process/spawner.h"

#include "syncd/base/check.h"
#include "syncd/base/confine.h"
#include "syncd/process/spawner_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A fork takes well under a millisecond; a stopped spawner must not stop the daemon for ever. */
#define ANSWER_TIMEOUT_MS 10000

struct spawner {
    int control; /* -1 once the spawner is gone */
    pid_t pid;
};

str spawner_module_folder(char out[PATH_MAX])
{
    static const char installed[] = "/../lib/syncd";
    const char *told = getenv("SYNCD_LIBDIR");
    if (told != NULL)
        return str_z(told);
    ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - sizeof(installed));
    size_t slash = len > 0 ? str_rindex(str_from(out, (size_t)len), '/') : SIZE_MAX;
    if (slash == SIZE_MAX)
        return STR("");
    memcpy(out + slash, installed, sizeof(installed));
    if (access(out, X_OK) == 0)
        return str_from(out, slash + sizeof(installed) - 1);
    return str_from(out, slash);
}

bool spawner_start(const struct child_kind *kinds, size_t count, struct spawner **ret_spawner,
                   struct error *err)
{
    int ends[2];
    if (!confine_no_exec(err) || !channel_pair(ends, err))
        return false;
    char program[PATH_MAX];
    struct spawner_table table = {
        .kinds = kinds, .count = count, .folder = spawner_module_folder(program)};
    pid_t self = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]); /* the daemon's */
        spawner_main(&table, ends[1], self);
    }
    (void)close(ends[1]); /* the spawner's */
    if (pid < 0) {
        (void)error_errno(err, errno, "forking the spawner");
        (void)close(ends[0]); /* unused */
        return false;
    }
    struct spawner *spawner = calloc(1, sizeof(*spawner));
    CHECK(spawner != NULL);
    *spawner = (struct spawner){.control = ends[0], .pid = pid};
    *ret_spawner = spawner;
    return true;
}

void spawner_stop(struct spawner *spawner)
{
    if (spawner == NULL)
        return;
    if (spawner->control >= 0)
        (void)close(spawner->control); /* it ends when it reads that */
    while (waitpid(spawner->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(spawner);
}

bool spawner_alive(const struct spawner *spawner)
{
    return spawner->control >= 0;
}

/* One request, one answer. */
static bool ask(struct spawner *spawner, struct spawner_request request, const int *fds,
                size_t fd_count, struct spawner_answer *ret_answer, int *ret_fd, struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct channel_message message;
    if (spawner->control < 0)
        return error_set(err, ERROR_INTERNAL, "the spawner is gone");
    if (channel_send(spawner->control, str_from((const char *)&request, sizeof(request)), fds,
                     fd_count, err) &&
        channel_receive(spawner->control, ANSWER_TIMEOUT_MS, arena, &message, err) &&
        message.bytes.len == sizeof(*ret_answer)) {
        memcpy(ret_answer, message.bytes.ptr, sizeof(*ret_answer));
        *ret_fd = message.fd_count == 1 ? message.fds[0] : -1;
        return true;
    }
    (void)close(spawner->control); /* out of step: nothing it says can be used any more */
    spawner->control = -1;
    return error_set(err, ERROR_INTERNAL, "the spawner is gone");
}

bool spawner_run(struct spawner *spawner, size_t kind, struct child *ret_child, struct error *err)
{
    int ends[2];
    if (!channel_pair(ends, err))
        return false;
    struct spawner_answer answer;
    int pidfd;
    bool asked = ask(spawner, (struct spawner_request){SPAWNER_RUN, (int64_t)kind}, &ends[1], 1,
                     &answer, &pidfd, err);
    (void)close(ends[1]); /* the child's */
    if (asked && answer.result < 0)
        asked = error_errno(err, answer.number, "making a process");
    if (!asked) {
        (void)close(ends[0]); /* unused */
        return false;
    }
    *ret_child = (struct child){.pid = answer.result, .channel = ends[0], .pidfd = pidfd};
    return true;
}

void child_kill(const struct child *child)
{
    /* Fails only when it has ended already. */
    if (child->pidfd >= 0)
        (void)syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
}

struct child_end child_reap(struct spawner *spawner, struct child *child)
{
    child_kill(child);
    struct error err = ERROR_INIT;
    struct spawner_answer answer = {0};
    int none;
    struct child_end end = {.status = SIGKILL};
    if (ask(spawner, (struct spawner_request){SPAWNER_WAIT, child->pid}, NULL, 0, &answer, &none,
            &err) &&
        answer.result > 0) {
        int status = answer.number;
        end.exited = WIFEXITED(status);
        end.status = end.exited ? WEXITSTATUS(status) : WTERMSIG(status);
    }
    if (child->channel >= 0)
        (void)close(child->channel); /* nothing more comes */
    if (child->pidfd >= 0)
        (void)close(child->pidfd); /* no longer of use */
    *child = (struct child){.channel = -1, .pidfd = -1};
    return end;
}

bool child_end_error(struct child_end end, const char *what, struct error *err)
{
    if (end.exited && end.status == SPAWNER_EXIT_MODULE)
        return error_rule(err, ERROR_INTERNAL, "E_CHILD_MODULE",
                          "%s: its module could not be opened", what);
    if (end.exited)
        return error_rule(err, ERROR_INTERNAL, "E_CHILD_CRASHED",
                          "%s ended with status %d and no result", what, end.status);
    switch (end.status) {
    case SIGALRM:
        return error_rule(err, ERROR_TIMEOUT, "E_CHILD_TIME", "%s reached its deadline", what);
    case SIGXCPU:
        return error_rule(err, ERROR_LIMIT, "E_CHILD_TIME", "%s used up its processor time", what);
    case SIGKILL:
        return error_rule(err, ERROR_LIMIT, "E_CHILD_MEMORY",
                          "%s was killed, most likely for its memory", what);
    case SIGSYS:
        return error_rule(err, ERROR_INTERNAL, "E_CHILD_CONFINED", "%s tried what it may not",
                          what);
    default:
        return error_rule(err, ERROR_INTERNAL, "E_CHILD_CRASHED", "%s crashed (%s)", what,
                          strsignal(end.status));
    }
}
