/* A directory on disk as a snapshot. Nothing is opened through a link. */
#include "syncd/snapshot/snapshot.h"

#include "syncd/base/buf.h"
#include "syncd/base/map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deeper than any sensible limits->tree_depth; each level holds a descriptor. */
#define DEPTH_MAX 256

struct level {
    DIR *dir;
    size_t path_len; /* of the directory's path in walk.path */
};

struct walk {
    const struct limits *limits;
    struct snapshot_writer *writer;
    struct level levels[DEPTH_MAX];
    size_t depth;
    struct buf path;
    struct buf bytes; /* of the file at hand */
};

/*
 * A directory has no blob ids, and Git's digest would cost more than all of the reading: opening
 * OpenSSL takes longer than a small build. Equal bytes have equal ids, which is all that they are
 * for.
 */
static void content_id(str bytes, uint8_t ret_oid[OID_LEN])
{
    struct hash128 digest = hash_stable128(bytes);
    memset(ret_oid, 0, OID_LEN);
    memcpy(ret_oid, &digest.low, sizeof(digest.low));
    memcpy(ret_oid + sizeof(digest.low), &digest.high, sizeof(digest.high));
}

static bool add(struct walk *walk, enum entry_mode mode, size_t len, struct error *err)
{
    uint8_t oid[OID_LEN];
    str bytes = str_from(walk->bytes.ptr, len);
    content_id(bytes, oid);
    return snapshot_writer_add(walk->writer, buf_str(&walk->path), mode, oid, bytes, err);
}

static bool failed(struct walk *walk, struct error *err)
{
    return error_errno(err, errno, "reading \"%.*s\"", STR_ARG(buf_str(&walk->path)));
}

/* Room for `size` bytes of content. */
static char *content_room(struct walk *walk, size_t size)
{
    buf_clear(&walk->bytes);
    return buf_reserve(&walk->bytes, size);
}

static bool read_link(struct walk *walk, int dir, const char *name, struct error *err)
{
    char *room = content_room(walk, 4096);
    ssize_t len = readlinkat(dir, name, room, 4096);
    if (len < 0)
        return failed(walk, err);
    return add(walk, ENTRY_LINK, (size_t)len, err);
}

static bool read_file(struct walk *walk, int dir, const char *name, const struct stat *status,
                      struct error *err)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return failed(walk, err);
    size_t max = (size_t)walk->limits->file_bytes + 1; /* one more shows that it is too long */
    size_t size = status->st_size < 0 ? 0 : (size_t)status->st_size + 1;
    char *room = content_room(walk, size < max ? size : max);
    size_t room_len = size < max ? size : max;
    size_t len = 0;
    ssize_t n;
    while (len < room_len && (n = read(fd, room + len, room_len - len)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            (void)failed(walk, err);
            (void)close(fd); /* only read */
            return false;
        }
        len += (size_t)n;
    }
    (void)close(fd); /* only read */
    enum entry_mode mode = status->st_mode & S_IXUSR ? ENTRY_EXECUTABLE : ENTRY_FILE;
    return add(walk, mode, len, err);
}

static bool enter(struct walk *walk, int dir, const char *name, struct error *err)
{
    if (walk->depth > walk->limits->tree_depth || walk->depth == DEPTH_MAX) {
        (void)error_rule(err, ERROR_LIMIT, "E_TREE_BUDGET", "directories are nested too deep");
        (void)error_hint(err, "limits.tree_depth raises it");
        return error_at(err, (struct position){.file = buf_str(&walk->path)});
    }
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW);
    if (fd < 0)
        return failed(walk, err);
    DIR *stream = fdopendir(fd);
    if (stream == NULL) {
        (void)failed(walk, err);
        (void)close(fd); /* nothing written */
        return false;
    }
    walk->levels[walk->depth++] = (struct level){stream, walk->path.len};
    return true;
}

static bool visit(struct walk *walk, int dir, const char *name, struct error *err)
{
    struct stat status;
    if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return failed(walk, err);
    if (S_ISLNK(status.st_mode))
        return read_link(walk, dir, name, err);
    if (S_ISREG(status.st_mode))
        return read_file(walk, dir, name, &status, err);
    if (!S_ISDIR(status.st_mode))
        return true; /* Git has no such thing either */
    static const uint8_t unknown[OID_LEN];
    if (!snapshot_writer_add(walk->writer, buf_str(&walk->path), ENTRY_DIRECTORY, unknown, STR(""),
                             err))
        return false;
    return enter(walk, dir, name, err);
}

static bool walk_all(struct walk *walk, struct error *err)
{
    while (walk->depth != 0) {
        struct level *level = &walk->levels[walk->depth - 1];
        buf_truncate(&walk->path, level->path_len);
        errno = 0;
        const struct dirent *entry = readdir(level->dir);
        if (entry == NULL) {
            if (errno != 0)
                return failed(walk, err);
            (void)closedir(level->dir); /* only read */
            walk->depth--;
            continue;
        }
        str name = str_z(entry->d_name);
        if (str_equal(name, STR(".")) || str_equal(name, STR("..")) || str_equal(name, STR(".git")))
            continue;
        if (!tree_name_check(name, err))
            return error_at(err, (struct position){.file = buf_str(&walk->path)});
        if (walk->path.len != 0)
            buf_add_byte(&walk->path, '/');
        buf_add(&walk->path, name);
        if (!visit(walk, dirfd(level->dir), entry->d_name, err))
            return false;
    }
    return true;
}

/* The file or directory that was asked for; its path in the snapshot begins at the root. */
static bool begin(struct walk *walk, int root, str below, struct error *err)
{
    if (below.len == 0)
        return enter(walk, root, ".", err);
    buf_add(&walk->path, below);
    return visit(walk, root, walk->path.ptr, err);
}

bool snapshot_read_directory(const char *root, str below, const struct limits *limits,
                             struct snapshot **ret_snapshot, struct error *err)
{
    int fd = open(root, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd < 0)
        return error_errno(err, errno, "opening directory \"%s\"", root);
    struct walk walk = {.limits = limits, .writer = snapshot_writer_create(STR(""), limits)};
    buf_init(&walk.path, SIZE_MAX / 2);
    buf_init(&walk.bytes, SIZE_MAX / 2);
    bool done = begin(&walk, fd, below, err) && walk_all(&walk, err);
    (void)close(fd); /* only read */
    while (walk.depth != 0)
        (void)closedir(walk.levels[--walk.depth].dir); /* only read */
    buf_finish(&walk.path);
    buf_finish(&walk.bytes);
    if (!done) {
        snapshot_writer_destroy(walk.writer);
        return false;
    }
    int memory;
    if (!snapshot_writer_seal(walk.writer, &memory, err))
        return false;
    done = snapshot_map(memory, ret_snapshot, err);
    (void)close(memory); /* the mapping stays */
    return done;
}
