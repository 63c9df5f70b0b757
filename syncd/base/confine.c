#include "syncd/base/confine.h"

#include "syncd/base/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYNCD_SANITIZE
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

/* Landlock beyond the oldest kernel header we build with; the numbers are the kernel's interface.
 */
#define FS_REFER          (UINT64_C(1) << 13) /* ABI 2 */
#define FS_TRUNCATE       (UINT64_C(1) << 14) /* ABI 3 */
#define FS_IOCTL_DEV      (UINT64_C(1) << 15) /* ABI 5 */
#define FS_ABI_1          ((UINT64_C(1) << 13) - 1)
#define NET_BIND_TCP      (UINT64_C(1) << 0) /* ABI 4 */
#define NET_CONNECT_TCP   (UINT64_C(1) << 1)
#define SCOPE_UNIX_SOCKET (UINT64_C(1) << 0) /* ABI 6 */
#define SCOPE_SIGNAL      (UINT64_C(1) << 1)

struct ruleset {
    uint64_t fs, net, scoped;
};

/* System calls of a process that only computes: memory, its descriptors, the clock, its end. */
static const int compute_calls[] = {
    SCMP_SYS(brk),           SCMP_SYS(clock_getres),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(close),         SCMP_SYS(dup),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),
    SCMP_SYS(fcntl),         SCMP_SYS(fstat),
    SCMP_SYS(ftruncate),     SCMP_SYS(futex),
    SCMP_SYS(getpid),        SCMP_SYS(getrandom),
    SCMP_SYS(gettid),        SCMP_SYS(getrusage),
    SCMP_SYS(gettimeofday),  SCMP_SYS(lseek),
    SCMP_SYS(madvise),       SCMP_SYS(memfd_create),
    SCMP_SYS(mremap),        SCMP_SYS(munmap),
    SCMP_SYS(nanosleep),     SCMP_SYS(poll),
    SCMP_SYS(ppoll),         SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),      SCMP_SYS(read),
    SCMP_SYS(recvmsg),       SCMP_SYS(restart_syscall),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(sched_yield),
    SCMP_SYS(sendmsg),       SCMP_SYS(sysinfo), /* qsort asks for the memory there is */
    SCMP_SYS(write),         SCMP_SYS(writev),
};

/* What libraries try in passing; without the right to files they get EACCES, not death. */
static const int open_calls[] = {
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(newfstatat),
    SCMP_SYS(open),   SCMP_SYS(openat),    SCMP_SYS(readlink),   SCMP_SYS(readlinkat),
    SCMP_SYS(stat),   SCMP_SYS(lstat),     SCMP_SYS(statx),
};

static const int file_calls[] = {
    SCMP_SYS(chdir),
    SCMP_SYS(chmod),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(fadvise64),
    SCMP_SYS(fallocate),
    SCMP_SYS(fchdir),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(fdatasync),
    SCMP_SYS(flock),
    SCMP_SYS(fstatfs),
    SCMP_SYS(fsync),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(getegid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(msync),
    SCMP_SYS(readv),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(rmdir),
    SCMP_SYS(statfs),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(truncate),
    SCMP_SYS(umask),
    SCMP_SYS(uname),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(utime),
    SCMP_SYS(utimensat),
    SCMP_SYS(utimes),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(setitimer),
};

/* A client and its name service. */
static const int network_calls[] = {
    SCMP_SYS(bind),        SCMP_SYS(connect),    SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_wait), SCMP_SYS(eventfd2),      SCMP_SYS(getpeername),
    SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(pipe),          SCMP_SYS(pipe2),
    SCMP_SYS(pselect6),    SCMP_SYS(recvfrom),   SCMP_SYS(recvmmsg),      SCMP_SYS(select),
    SCMP_SYS(sendmmsg),    SCMP_SYS(sendto),     SCMP_SYS(setsockopt),    SCMP_SYS(shutdown),
    SCMP_SYS(socketpair),
};

/* Threads, in which libraries resolve names and pack objects. */
static const int thread_calls[] = {
    SCMP_SYS(rseq),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(sched_setaffinity),
};

/* Never, however much else is allowed. */
static const int killing_calls[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(bpf),
    SCMP_SYS(kexec_load),
    SCMP_SYS(mount),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
};

static int landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

struct confine_level confine_level(void)
{
    uint32_t action = SCMP_ACT_KILL_PROCESS;
    return (struct confine_level){
        .seccomp = syscall(SYS_seccomp, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &action) == 0,
        .landlock = landlock_abi(),
        .sanitized = sanitized,
    };
}

str confine_level_text(struct confine_level level, struct arena *arena)
{
    if (level.sanitized)
        return STR("off (built with sanitizers)");
    const char *seccomp = level.seccomp ? "seccomp" : "no seccomp";
    if (level.landlock == 0)
        return arena_printf(arena, "%s, no landlock", seccomp);
    return arena_printf(arena, "%s, landlock %d", seccomp, level.landlock);
}

static bool limit(int resource, uint64_t value, struct error *err)
{
    struct rlimit old;
    if (value == 0 || getrlimit((__rlimit_resource_t)resource, &old) < 0)
        return true;
    rlim_t wanted = value < old.rlim_max ? (rlim_t)value : old.rlim_max;
    /* Processor time: SIGXCPU at the soft limit, a second before the kernel would kill. */
    rlim_t hard = resource == RLIMIT_CPU && wanted < old.rlim_max ? wanted + 1 : wanted;
    struct rlimit fresh = {.rlim_cur = wanted, .rlim_max = hard};
    if (setrlimit((__rlimit_resource_t)resource, &fresh) < 0)
        return error_errno(err, errno, "limiting a process");
    return true;
}

static bool limit_all(const struct confine *rules, struct error *err)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0)
        return error_errno(err, errno, "switching core dumps off");
    return (sanitized || limit(RLIMIT_AS, rules->memory_bytes, err)) &&
           limit(RLIMIT_CPU, rules->cpu_seconds, err) &&
           limit(RLIMIT_FSIZE, rules->file_bytes, err) &&
           limit(RLIMIT_NOFILE, rules->open_files, err);
}

static uint64_t fs_rights(int abi)
{
    uint64_t rights = FS_ABI_1;
    if (abi >= 2)
        rights |= FS_REFER;
    if (abi >= 3)
        rights |= FS_TRUNCATE;
    if (abi >= 5)
        rights |= FS_IOCTL_DEV;
    return rights;
}

/* A path below which things stay reachable. A missing one is no error. */
static bool landlock_path(int ruleset, const struct confine_path *path, uint64_t handled,
                          struct error *err)
{
    int fd = open(path->path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ||
               error_errno(err, errno, "opening %s", path->path);
    struct stat status;
    uint64_t rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    if (path->write)
        rights = handled & ~(uint64_t)(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                       LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                                       LANDLOCK_ACCESS_FS_MAKE_SOCK | FS_IOCTL_DEV);
    if (fstat(fd, &status) == 0 && !S_ISDIR(status.st_mode))
        rights &=
            LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | (handled & FS_TRUNCATE);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    long done = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int number = errno;
    (void)close(fd); /* a path only */
    return done == 0 || error_errno(err, number, "allowing %s", path->path);
}

static bool landlock_self(const struct confine *rules, struct error *err)
{
    int abi = landlock_abi();
    if (abi == 0)
        return true;
    struct ruleset ruleset = {.fs = fs_rights(abi)};
    if (abi >= 4)
        ruleset.net = NET_BIND_TCP | (rules->network == CONFINE_NO_NETWORK ? NET_CONNECT_TCP : 0);
    if (abi >= 6)
        ruleset.scoped = SCOPE_UNIX_SOCKET | SCOPE_SIGNAL;
    size_t size = abi >= 6 ? sizeof(ruleset) : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
    if (fd < 0)
        return error_errno(err, errno, "making a Landlock ruleset");
    bool done = true;
    for (size_t i = 0; rules->files && done && i < rules->path_count; i++)
        done = landlock_path(fd, &rules->paths[i], ruleset.fs, err);
    if (done && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
        done = error_errno(err, errno, "entering a Landlock ruleset");
    (void)close(fd); /* in force or not wanted */
    return done;
}

static int add_calls(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count)
{
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        if (calls[i] >= 0) /* else this machine has no such call */
            result = seccomp_rule_add(filter, action, calls[i], 0);
    return result;
}

#define ADD_CALLS(filter, action, calls) add_calls((filter), (action), (calls), ARRAY_LEN(calls))

/* Sockets of the internet only. */
static int add_network(scmp_filter_ctx filter)
{
    int result = ADD_CALLS(filter, SCMP_ACT_ALLOW, network_calls);
    static const int domains[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < ARRAY_LEN(domains) && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)domains[i]));
    return result;
}

/* Threads but no processes. */
static int add_threads(scmp_filter_ctx filter)
{
    int result = ADD_CALLS(filter, SCMP_ACT_ALLOW, thread_calls);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    if (result == 0) /* its flags cannot be read; the C library falls back to clone */
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return result;
}

/* Memory that can be run is only for processes that may still open libraries. */
static int add_mapping(scmp_filter_ctx filter, bool executable)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    if (executable)
        return ADD_CALLS(filter, SCMP_ACT_ALLOW, calls);
    int result = 0;
    for (size_t i = 0; i < ARRAY_LEN(calls) && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1,
                                  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return result;
}

static int filter_build(scmp_filter_ctx filter, const struct confine *rules)
{
    bool client = rules->network == CONFINE_CLIENT;
    int result = ADD_CALLS(filter, SCMP_ACT_ALLOW, compute_calls);
    if (result == 0)
        result =
            ADD_CALLS(filter, rules->files ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES), open_calls);
    if (result == 0 && rules->files)
        result = ADD_CALLS(filter, SCMP_ACT_ALLOW, file_calls);
    if (result == 0 && client)
        result = add_network(filter);
    if (result == 0 && (client || rules->files))
        result = add_threads(filter);
    if (result == 0 && (client || rules->files))
        result = ADD_CALLS(filter, SCMP_ACT_KILL_PROCESS, killing_calls);
    if (result == 0) /* asked about standard output: it is no terminal */
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
    if (result == 0) /* abort() */
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return result == 0 ? add_mapping(filter, client || rules->files) : result;
}

static bool seccomp_self(const struct confine *rules, struct error *err)
{
    bool pure = rules->network == CONFINE_NO_NETWORK && !rules->files;
    scmp_filter_ctx filter = seccomp_init(pure ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return error_set(err, ERROR_UNAVAILABLE, "no memory for a system call filter");
    int result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    if (result == 0)
        result = filter_build(filter, rules);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    if (result != 0) {
        (void)error_rule(err, ERROR_UNSUPPORTED, "E_CONFINE", "the system call filter failed");
        return error_hint(err, "the kernel needs CONFIG_SECCOMP_FILTER (error %d)", -result);
    }
    return true;
}

static bool no_new_privileges(struct error *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return error_errno(err, errno, "giving up new privileges");
    return true;
}

bool confine_self(const struct confine *rules, struct error *err)
{
    if (!limit_all(rules, err))
        return false;
    if (sanitized)
        return true;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return error_errno(err, errno, "closing a process to debuggers");
    return no_new_privileges(err) && landlock_self(rules, err) && seccomp_self(rules, err);
}

bool confine_no_exec(struct error *err)
{
    if (sanitized)
        return true; /* a report runs the symbolizer */
    if (!no_new_privileges(err))
        return false;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL)
        return error_set(err, ERROR_UNAVAILABLE, "no memory for a system call filter");
    int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(execve), 0);
    if (result == 0)
        result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(execveat), 0);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    if (result != 0)
        return error_rule(err, ERROR_UNSUPPORTED, "E_CONFINE",
                          "the system call filter failed (error %d)", -result);
    return true;
}
