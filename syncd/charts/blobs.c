/* Blobs: known by their digest, kept in files of that name, verified whenever they are read. */
#include "syncd/charts/charts_internal.h"

#include "syncd/base/crypto.h"
#include "syncd/base/map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static str digits_of(str digest)
{
    return str_skip(digest, strlen("sha256:"));
}

bool digest_is(str bytes, str digest)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    uint8_t sum[SHA256_LEN];
    crypto_sha256(bytes, sum);
    return str_equal(hex_encode(scratch, str_from((const char *)sum, sizeof(sum))),
                     digits_of(digest));
}

static str blob_path(struct chart_work *work, str digest)
{
    return arena_printf(work->arena, "%s/sha256/%.*s", work->cache, STR_ARG(digits_of(digest)));
}

bool blob_find(struct chart_work *work, str digest, str *ret_bytes)
{
    str path = blob_path(work, digest);
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat info;
    if (fd < 0)
        return false;
    bool whole = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= CHART_BYTES_MAX;
    size_t size = whole ? (size_t)info.st_size : 0, have = 0;
    char *bytes = arena_alloc_bytes(work->arena, size);
    while (have < size) {
        ssize_t got = read(fd, bytes + have, size - have);
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    (void)close(fd);
    if (!whole || have != size || !digest_is(str_from(bytes, size), digest)) {
        (void)unlink(path.ptr); /* fetched again */
        return false;
    }
    *ret_bytes = str_from(bytes, size);
    return true;
}

/* Whole or not at all; a cache that cannot be written costs only the next fetch. */
static void keep(struct chart_work *work, str digest, str bytes)
{
    str path = blob_path(work, digest);
    str fresh = arena_printf(work->arena, "%.*s.%d", STR_ARG(path), (int)getpid());
    int fd = open(fresh.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    bool written = write(fd, bytes.ptr, bytes.len) == (ssize_t)bytes.len;
    if (close(fd) != 0 || !written || rename(fresh.ptr, path.ptr) != 0)
        (void)unlink(fresh.ptr);
}

bool blob_take(struct chart_work *work, str digest, str bytes, struct error *err)
{
    if (!digest_is(bytes, digest))
        return error_rule(err, ERROR_CONFLICT, "E_CHART_DIGEST",
                          "what is there is not what was pinned as %.*s", STR_ARG(digest));
    keep(work, digest, bytes);
    return true;
}

bool blob_add(struct chart_work *work, str digest, str bytes, struct error *err)
{
    static const uint8_t oid[OID_LEN];
    if (map_has(&work->added, digest))
        return true;
    str path = arena_concat(work->arena, STR("sha256/"), digits_of(digest), STR(""));
    if (!snapshot_writer_add(work->blobs, path, ENTRY_FILE, oid, bytes, err))
        return false;
    (void)map_put(&work->added, work->arena, digest, work);
    return true;
}
