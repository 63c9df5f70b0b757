/*
 * Which commit of each reference was taken over last: a small file beside the repository, so that
 * it outlives a repository that is damaged and fetched anew. Lines of "<id> <reference>".
 */
#include "syncd/git/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define ACCEPTED     "accepted"
#define ACCEPTED_NEW "accepted.new"
#define ACCEPTED_MAX (1u << 20)

static bool read_all(struct git_work *work, int folder, str *ret_text, struct error *err)
{
    int fd = openat(folder, ACCEPTED, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    *ret_text = STR("");
    if (fd < 0)
        return errno == ENOENT || error_errno(err, errno, "reading the accepted commits");
    char *bytes = arena_alloc_bytes(work->arena, ACCEPTED_MAX);
    size_t len = 0;
    ssize_t n;
    while (len < ACCEPTED_MAX && (n = read(fd, bytes + len, ACCEPTED_MAX - len)) != 0) {
        if (n < 0 && errno != EINTR) {
            (void)error_errno(err, errno, "reading the accepted commits");
            (void)close(fd); /* only read */
            return false;
        }
        len += n > 0 ? (size_t)n : 0;
    }
    (void)close(fd); /* only read */
    *ret_text = str_from(bytes, len);
    return true;
}

/* Takes a line apart; false for what is none of ours. */
static bool parse(str line, git_oid *ret_oid, str *ret_name)
{
    struct error ignored = ERROR_INIT;
    if (line.len < GIT_OID_HEXSZ + 2 || line.ptr[GIT_OID_HEXSZ] != ' ' ||
        !oid_read(str_slice(line, 0, GIT_OID_HEXSZ), ret_oid, &ignored))
        return false;
    *ret_name = str_skip(line, GIT_OID_HEXSZ + 1);
    return true;
}

bool accepted_read(struct git_work *work, int folder, const char *reference, bool *ret_known,
                   git_oid *ret_oid, struct error *err)
{
    str text, line, name;
    git_oid oid;
    *ret_known = false;
    if (!read_all(work, folder, &text, err))
        return false;
    while (str_cut(&text, '\n', &line))
        if (parse(line, &oid, &name) && str_equal(name, str_z(reference))) {
            *ret_known = true;
            *ret_oid = oid;
        }
    return true;
}

static bool write_all(int folder, str text)
{
    int fd =
        openat(folder, ACCEPTED_NEW, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool done = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    done = close(fd) == 0 && done;
    return done && renameat(folder, ACCEPTED_NEW, folder, ACCEPTED) == 0 && fsync(folder) == 0;
}

bool accepted_write(struct git_work *work, int folder, const char *reference, const git_oid *oid,
                    struct error *err)
{
    str text, line, name;
    git_oid old;
    char hex[41];
    AUTO_BUF struct buf fresh = BUF_INIT(ACCEPTED_MAX);
    if (!read_all(work, folder, &text, err))
        return false;
    oid_hex(oid, hex);
    while (str_cut(&text, '\n', &line)) {
        bool ours = parse(line, &old, &name);
        bool same = ours && str_equal(name, str_z(reference));
        if (same && git_oid_equal(&old, oid))
            return true;
        if (ours && !same)
            buf_printf(&fresh, "%.*s\n", STR_ARG(line));
    }
    buf_printf(&fresh, "%s %s\n", hex, reference);
    errno = EFBIG;
    if (buf_failed(&fresh) || !write_all(folder, buf_str(&fresh)))
        return error_errno(err, errno, "recording the accepted commit");
    return true;
}
