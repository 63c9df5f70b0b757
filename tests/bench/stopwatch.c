/* Runs a command once and prints what it took: nanoseconds, CPU microseconds, peak resident KiB,
 * wait status.
 *
 *     stopwatch OUTPUT ERRORS COMMAND [ARGUMENT…]
 *
 * A program of its own, because the kernel starts a child's peak at what its parent held: from
 * Python that is 17 MB before the command has done anything.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t micros(struct timeval time)
{
    return time.tv_sec * INT64_C(1000000) + time.tv_usec;
}

static void become(char **argv)
{
    int in = open("/dev/null", O_RDONLY);
    int out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int err = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (in < 0 || out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(126);
    close(in);
    close(out);
    close(err);
    execvp(argv[3], argv + 3);
    _exit(127);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    int64_t start = now_ns();
    pid_t child = fork();
    if (child < 0)
        return 1;
    if (child == 0)
        become(argv);
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child)
        return 1;
    int64_t took = now_ns() - start;
    printf("%lld %lld %ld %d\n", (long long)took,
           (long long)(micros(usage.ru_utime) + micros(usage.ru_stime)), usage.ru_maxrss, status);
    return 0;
}
