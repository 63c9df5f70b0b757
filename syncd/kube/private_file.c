#include "syncd/kube/private_file.h"

#include "syncd/base/crypto.h"
#include "syncd/kube/kubeconfig.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* read only: nothing to lose */
}

static void wipe(void *pointer)
{
    const str *text = pointer;
    union {
        const char *from;
        void *to;
    } bytes = {.from = text->ptr};
    crypto_wipe(bytes.to, text->len);
}

void private_text_wipe(struct arena *arena, str text)
{
    if (text.len == 0)
        return;
    str *kept = ARENA_NEW(arena, str);
    *kept = text;
    arena_defer(arena, wipe, kept);
}

/* Never a link of /proc that leads elsewhere; with rules, no link at all. */
static int open_checked(const char *path, enum file_rules rules)
{
    const uint64_t flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    const struct open_how how = {
        .flags = rules != FILE_PLAIN ? flags | O_NOFOLLOW : flags,
        .resolve = RESOLVE_NO_MAGICLINKS | (rules != FILE_PLAIN ? RESOLVE_NO_SYMLINKS : 0u),
    };
    const int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
    /* Without the call only the last part of the path can be held to that. */
    return fd < 0 && errno == ENOSYS ? open(path, (int)how.flags) : fd;
}

static bool refuse(struct error *err, const char *path, const char *why)
{
    return error_rule(err, ERROR_DENIED, "E_PERM", "%s %s", path, why);
}

static bool check_owner(const char *path, const struct stat *found, enum file_rules rules,
                        struct error *err)
{
    if (rules == FILE_PLAIN)
        return true;
    if (found->st_uid != 0 && found->st_uid != geteuid())
        return refuse(err, path, "belongs to another user");
    if (found->st_mode & (S_IWGRP | S_IWOTH)) {
        (void)refuse(err, path, "may be written by others");
        return error_hint(err, "chmod go-w %s", path);
    }
    if (rules == FILE_SECRET && (found->st_mode & (S_IRGRP | S_IROTH))) {
        (void)refuse(err, path, "may be read by others");
        return error_hint(err, "chmod 600 %s", path);
    }
    return true;
}

static bool check_file(int fd, const char *path, enum file_rules rules, struct error *err)
{
    struct stat found;
    struct statfs system;
    if (fstat(fd, &found) != 0 || fstatfs(fd, &system) != 0)
        return error_errno(err, errno, "reading %s", path);
    if (!S_ISREG(found.st_mode))
        return refuse(err, path, "is not a regular file");
    if (system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC)
        return refuse(err, path, "is one of the kernel's own");
    return check_owner(path, &found, rules, err);
}

static bool read_all(int fd, const char *path, size_t max, struct arena *arena, str *ret_text,
                     struct error *err)
{
    char *bytes = arena_alloc_bytes(arena, max + 1);
    size_t len = 0;
    while (len <= max) {
        const ssize_t got = read(fd, bytes + len, max + 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, errno, "reading %s", path);
        if (got == 0)
            break;
        len += (size_t)got;
    }
    if (len > max)
        return error_rule(err, ERROR_LIMIT, "E_FILE_SIZE", "%s is over %zu bytes", path, max);
    *ret_text = str_from(bytes, len);
    return true;
}

bool private_file_read(const char *path, enum file_rules rules, size_t max, struct arena *arena,
                       str *ret_text, struct error *err)
{
    CLEANUP(close_fd) int fd = open_checked(path, rules);
    if (fd < 0 && errno == ELOOP)
        return refuse(err, path, "is reached through a symbolic link");
    if (fd < 0)
        return error_errno(err, errno, "opening %s", path);
    AUTO_ARENA struct arena *whole = arena_create(ARENA_NO_BUDGET);
    str text;
    if (!check_file(fd, path, rules, err) || !read_all(fd, path, max, whole, &text, err))
        return false;
    private_text_wipe(whole, text);
    *ret_text = arena_str(arena, text);
    private_text_wipe(arena, *ret_text);
    return true;
}

bool kubeconfig_read_file(const char *path, bool strict, size_t max, struct arena *arena,
                          str *ret_text, struct error *err)
{
    return private_file_read(path, strict ? FILE_SECRET : FILE_PLAIN, max, arena, ret_text, err);
}
