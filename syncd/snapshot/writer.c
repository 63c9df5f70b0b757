/* Making a snapshot: bytes stream into a memory file, paths and records follow at the seal. */
#include "syncd/snapshot/snapshot.h"

#include "syncd/base/buf.h"
#include "syncd/base/check.h"
#include "syncd/base/map.h"
#include "syncd/snapshot/snapshot_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define WRITE_CHUNK (256u << 10)

struct pending {
    str path;
    struct snapshot_record record;
    bool added;  /* else seen only as somebody's directory so far */
    bool parent; /* something is in it */
};

struct snapshot_writer {
    struct arena *arena;
    const struct limits *limits;
    str commit;
    struct map by_path; /* to struct pending *; its order is the order of adding */
    uint64_t paths_len;
    uint64_t bytes_len; /* of files */
    struct buf chunk;   /* not yet in the file */
    uint64_t written;   /* length of the file */
    int fd;
    int failed; /* errno of the first failed write */
};

struct snapshot_writer *snapshot_writer_create(str commit_hex, const struct limits *limits)
{
    CHECK(commit_hex.len == 0 || commit_hex.len == OID_HEX_LEN);
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct snapshot_writer *writer = ARENA_NEW(arena, struct snapshot_writer);
    writer->arena = arena;
    writer->limits = limits;
    writer->commit = arena_str(arena, commit_hex);
    buf_init(&writer->chunk, SIZE_MAX / 2);
    writer->fd = memfd_create("snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (writer->fd < 0)
        writer->failed = errno;
    struct pending *root = ARENA_NEW(arena, struct pending);
    *root = (struct pending){.record.mode = ENTRY_DIRECTORY};
    (void)map_put(&writer->by_path, arena, STR(""), root); /* the first one */
    buf_add_repeat(&writer->chunk, '\0', sizeof(struct snapshot_header));
    return writer;
}

void snapshot_writer_destroy(struct snapshot_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->fd >= 0)
        (void)close(writer->fd); /* memory only */
    buf_finish(&writer->chunk);
    arena_destroy(writer->arena);
}

static void flush(struct snapshot_writer *writer)
{
    str left = buf_str(&writer->chunk);
    while (left.len != 0 && writer->failed == 0) {
        ssize_t n = write(writer->fd, left.ptr, left.len);
        if (n >= 0)
            left = str_skip(left, (size_t)n);
        else if (errno != EINTR)
            writer->failed = errno;
    }
    writer->written += writer->chunk.len;
    buf_clear(&writer->chunk);
}

static void append(struct snapshot_writer *writer, str bytes)
{
    buf_add(&writer->chunk, bytes);
    if (writer->chunk.len >= WRITE_CHUNK)
        flush(writer);
}

static uint64_t position(const struct snapshot_writer *writer)
{
    return writer->written + writer->chunk.len;
}

static bool budget(struct error *err, const char *rule, str path, const char *what, uint64_t limit,
                   const char *row)
{
    (void)error_rule(err, ERROR_LIMIT, rule, "%s: more than %llu", what, (unsigned long long)limit);
    (void)error_hint(err, "limits.%s raises it", row);
    return error_at(err, (struct position){.file = path});
}

static bool path_check(const struct snapshot_writer *writer, str path, struct error *err)
{
    if (path.len > SNAPSHOT_PATH_MAX)
        return budget(err, "E_TREE_BUDGET", STR(""), "bytes in a path", SNAPSHOT_PATH_MAX,
                      "tree_depth");
    uint64_t depth = 0;
    for (size_t i = 0; i < path.len; i++)
        depth += path.ptr[i] == '/';
    if (depth > writer->limits->tree_depth)
        return budget(err, "E_TREE_BUDGET", path, "nested directories", writer->limits->tree_depth,
                      "tree_depth");
    return true;
}

static bool duplicate(struct error *err, str path)
{
    return error_rule(err, ERROR_INPUT, "E_TREE_DUP", "there is more than one \"%.*s\"",
                      STR_ARG(str_slice(path, 0, 300)));
}

/* The pending entry of a path, made when missing. */
static struct pending *place(struct snapshot_writer *writer, str path)
{
    struct map_entry *slot = map_place(&writer->by_path, writer->arena, path);
    if (slot->value == NULL) {
        struct pending *fresh = ARENA_NEW(writer->arena, struct pending);
        *fresh = (struct pending){.path = path, .record.mode = ENTRY_DIRECTORY};
        slot->value = fresh;
        writer->paths_len += path.len;
    }
    return slot->value;
}

/* Makes all directories above `path` known; one of them may turn out to be a file. */
static bool place_parents(struct snapshot_writer *writer, str path, struct error *err)
{
    while (path.len != 0) {
        path = path_directory(path);
        struct pending *parent = place(writer, path);
        if (parent->record.mode != ENTRY_DIRECTORY)
            return duplicate(err, path);
        if (parent->parent)
            return true;
        parent->parent = true;
    }
    return true;
}

bool snapshot_writer_add(struct snapshot_writer *writer, str path, enum entry_mode mode,
                         const uint8_t oid[OID_LEN], str bytes, struct error *err)
{
    const struct limits *limits = writer->limits;
    if (!path_check(writer, path, err))
        return false;
    if (bytes.len > limits->file_bytes)
        return budget(err, "E_FILE_SIZE", path, "bytes in one file", limits->file_bytes,
                      "file_bytes");
    if (bytes.len > limits->unit_bytes - writer->bytes_len)
        return budget(err, "E_TREE_BUDGET", path, "bytes in all files", limits->unit_bytes,
                      "unit_bytes");
    str stored = arena_str(writer->arena, path);
    if (!place_parents(writer, stored, err))
        return false;
    struct pending *entry = place(writer, stored);
    if (entry->added || (entry->parent && mode != ENTRY_DIRECTORY))
        return duplicate(err, path);
    if (writer->by_path.len > limits->unit_files)
        return budget(err, "E_TREE_BUDGET", path, "files and directories", limits->unit_files,
                      "unit_files");
    entry->added = true;
    entry->record.mode = mode;
    memcpy(entry->record.oid, oid, OID_LEN);
    entry->record.bytes_at = position(writer);
    entry->record.bytes_len = bytes.len;
    writer->bytes_len += bytes.len;
    append(writer, bytes);
    return true;
}

static int by_path_order(const void *a, const void *b)
{
    const struct pending *const *left = a, *const *right = b;
    return str_compare((*left)->path, (*right)->path);
}

static struct pending **sorted(struct snapshot_writer *writer)
{
    size_t count = writer->by_path.len;
    struct pending **all = ARENA_ARRAY(writer->arena, struct pending *, count);
    for (size_t i = 0; i < count; i++)
        all[i] = writer->by_path.entries[i].value;
    qsort(all, count, sizeof(struct pending *), by_path_order);
    return all;
}

/* Paths, records, then the header over the space left for it. */
static void write_index(struct snapshot_writer *writer)
{
    struct pending **all = sorted(writer);
    size_t count = writer->by_path.len;
    struct snapshot_header header = {
        .commit_len = (uint32_t)writer->commit.len,
        .count = (uint32_t)count,
        .paths_at = position(writer),
        .paths_len = writer->paths_len,
    };
    memcpy(header.magic, SNAPSHOT_MAGIC, sizeof(header.magic));
    if (writer->commit.len != 0)
        memcpy(header.commit, writer->commit.ptr, OID_HEX_LEN);
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        all[i]->record.path_at = at;
        all[i]->record.path_len = (uint32_t)all[i]->path.len;
        at += (uint32_t)all[i]->path.len;
        append(writer, all[i]->path);
    }
    buf_add_repeat(&writer->chunk, '\0', (size_t)(-position(writer) % 8));
    header.records_at = position(writer);
    for (size_t i = 0; i < count; i++)
        append(writer, str_from((const char *)&all[i]->record, sizeof(all[i]->record)));
    header.total = position(writer);
    flush(writer);
    if (writer->failed == 0 &&
        pwrite(writer->fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header))
        writer->failed = errno;
}

bool snapshot_writer_seal(struct snapshot_writer *writer, int *ret_fd, struct error *err)
{
    int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    write_index(writer);
    if (writer->failed == 0 && fcntl(writer->fd, F_ADD_SEALS, seals) < 0)
        writer->failed = errno;
    if (writer->failed != 0) {
        int number = writer->failed;
        snapshot_writer_destroy(writer);
        return error_errno(err, number, "writing a snapshot to memory");
    }
    *ret_fd = writer->fd;
    writer->fd = -1;
    snapshot_writer_destroy(writer);
    return true;
}
