/*
 * confine: what a process gives up for the rest of its life. The door to libseccomp and Landlock;
 * every child passes through it before it touches input.
 *
 * Layers: no_new_privs and a system call filter (always), Landlock (as far as the kernel has it),
 * resource limits. A build with sanitizers installs resource limits only, because their run time
 * needs files and calls that a confined child has not; confine_level_text says so.
 */
#ifndef SYNCD_BASE_CONFINE_H
#define SYNCD_BASE_CONFINE_H

#include "syncd/base/error.h"
#include "syncd/base/str.h"

/* What the kernel here can enforce. */
struct confine_level {
    bool seccomp;
    int landlock;   /* ABI version, 0 = none; 2 is Debian 12's own kernel */
    bool sanitized; /* built with sanitizers: nothing but resource limits is enforced */
};

/* Asks the kernel; changes nothing. */
struct confine_level confine_level(void);
/* "seccomp, landlock 7": for `syncd version` and the start line. */
str confine_level_text(struct confine_level level, struct arena *arena);

enum confine_network {
    CONFINE_NO_NETWORK, /* no socket can be made; those it has may be used */
    CONFINE_CLIENT,     /* TCP and UDP out, for a name and a server; no listening */
};

/* A place in the file system that stays reachable. A path that does not exist is left out. */
struct confine_path {
    const char *path;
    bool write;
};

struct confine {
    enum confine_network network;
    bool files; /* false: nothing can be opened any more, whatever `paths` says */
    const struct confine_path *paths;
    size_t path_count;
    uint64_t memory_bytes; /* address space; 0 = leave */
    uint64_t cpu_seconds;  /* then SIGXCPU; 0 = leave */
    uint64_t file_bytes;   /* largest file written; 0 = leave */
    uint64_t open_files;   /* 0 = leave */
};

/*
 * Confines the calling, single-threaded process: no execve, no ptrace, no new privileges, no core
 * dump, system calls from a list only, and the rest as told. What is not on the list kills the
 * process with SIGSYS where it has no network, and fails there otherwise; opening a file without
 * the right to answers EACCES. Open every library and read every system file before. UNSUPPORTED
 * when the kernel lacks seccomp; a missing Landlock lowers the level and is no error. Cannot be
 * undone.
 */
bool confine_self(const struct confine *rules, struct error *err) MUST_USE;

/*
 * For a process that keeps its other rights (the daemon, the spawner): execve and execveat answer
 * EPERM from now on, in it, its threads and its children.
 */
bool confine_no_exec(struct error *err) MUST_USE;

#endif
