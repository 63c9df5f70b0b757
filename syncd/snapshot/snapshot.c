#include "syncd/snapshot/snapshot.h"

#include "syncd/base/check.h"
#include "syncd/snapshot/snapshot_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct snapshot {
    const char *base;
    size_t len;
    str commit;
    struct snapshot_entry *entries;
    size_t count;
};

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

static bool malformed(struct error *err, const char *what)
{
    return error_rule(err, ERROR_INTERNAL, "E_SNAPSHOT", "snapshot: %s", what);
}

/* True when [at, at + len) lies inside [0, total). */
static bool inside(uint64_t at, uint64_t len, uint64_t total)
{
    return at <= total && len <= total - at;
}

static bool header_check(const struct snapshot_header *header, size_t len, struct error *err)
{
    if (memcmp(header->magic, SNAPSHOT_MAGIC, sizeof(header->magic)) != 0)
        return malformed(err, "not a snapshot");
    if (header->total != len)
        return malformed(err, "wrong length");
    if (header->commit_len != 0 && header->commit_len != OID_HEX_LEN)
        return malformed(err, "wrong commit id");
    if (!inside(header->paths_at, header->paths_len, len))
        return malformed(err, "paths outside");
    if (header->records_at % 8 != 0 || !inside(header->records_at, 0, len) ||
        header->count > (len - header->records_at) / sizeof(struct snapshot_record))
        return malformed(err, "records outside");
    if (header->count == 0)
        return malformed(err, "no root");
    return true;
}

static bool entries_read(struct snapshot *snapshot, const struct snapshot_header *header,
                         struct error *err)
{
    const struct snapshot_record *records = (const void *)(snapshot->base + header->records_at);
    for (uint32_t i = 0; i < header->count; i++) {
        const struct snapshot_record *record = &records[i];
        if (!inside(record->path_at, record->path_len, header->paths_len) ||
            !inside(record->bytes_at, record->bytes_len, snapshot->len) ||
            record->mode > ENTRY_DIRECTORY)
            return malformed(err, "entry outside");
        struct snapshot_entry *entry = &snapshot->entries[i];
        *entry = (struct snapshot_entry){
            .path = str_from(snapshot->base + header->paths_at + record->path_at, record->path_len),
            .mode = (enum entry_mode)record->mode,
            .oid = record->oid,
            .bytes = str_from(snapshot->base + record->bytes_at, record->bytes_len),
            .index = i,
        };
        if (i > 0 && str_compare(entry[-1].path, entry->path) >= 0)
            return malformed(err, "entries not sorted");
    }
    if (snapshot->entries[0].path.len != 0 || snapshot->entries[0].mode != ENTRY_DIRECTORY)
        return malformed(err, "no root");
    return true;
}

bool snapshot_map(int fd, struct snapshot **ret_snapshot, struct error *err)
{
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & SEALS) != SEALS)
        return malformed(err, "not sealed");
    /* Not fstat: the C library asks for it by a call that also takes paths, which a confined child
     * lacks. */
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0)
        return error_errno(err, errno, "reading a snapshot");
    if (size < (off_t)sizeof(struct snapshot_header))
        return malformed(err, "too short");
    size_t len = (size_t)size;
    void *base = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (base == MAP_FAILED)
        return error_errno(err, errno, "mapping a snapshot");

    const struct snapshot_header *header = base;
    struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
    CHECK(snapshot != NULL);
    snapshot->base = base;
    snapshot->len = len;
    if (!header_check(header, len, err))
        goto fail;
    snapshot->commit = str_from(header->commit, header->commit_len);
    snapshot->count = header->count;
    snapshot->entries = calloc(snapshot->count, sizeof(*snapshot->entries));
    CHECK(snapshot->entries != NULL);
    if (!entries_read(snapshot, header, err))
        goto fail;
    *ret_snapshot = snapshot;
    return true;
fail:
    snapshot_destroy(snapshot);
    return false;
}

void snapshot_destroy(struct snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    (void)munmap((void *)(uintptr_t)snapshot->base, snapshot->len); /* cannot fail: our mapping */
    free(snapshot->entries);
    free(snapshot);
}

str snapshot_commit(const struct snapshot *snapshot)
{
    return snapshot->commit;
}

size_t snapshot_count(const struct snapshot *snapshot)
{
    return snapshot->count;
}

const struct snapshot_entry *snapshot_at(const struct snapshot *snapshot, size_t index)
{
    CHECK(index < snapshot->count);
    return &snapshot->entries[index];
}

/* The first index whose path is not below `path` in byte order. */
static size_t lower_bound(const struct snapshot *snapshot, size_t from, str path)
{
    size_t low = from, high = snapshot->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(snapshot->entries[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct snapshot_entry *snapshot_find(const struct snapshot *snapshot, str path)
{
    size_t index = lower_bound(snapshot, 0, path);
    if (index == snapshot->count || !str_equal(snapshot->entries[index].path, path))
        return NULL;
    return &snapshot->entries[index];
}

/* Where `path` stands beside the inside of `directory`: <0 before it, 0 in it, >0 behind it. */
static int beside(str path, str directory)
{
    int order = str_compare(str_slice(path, 0, directory.len), directory);
    if (order != 0)
        return order;
    if (path.len == directory.len)
        return -1; /* the directory itself */
    return (int)(unsigned char)path.ptr[directory.len] - '/';
}

/* The first index from `from` on that is in (or, with `past`, behind) a directory's inside. */
static size_t inside_bound(const struct snapshot *snapshot, size_t from, str directory, bool past)
{
    size_t low = from, high = snapshot->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = beside(snapshot->entries[middle].path, directory);
        if (order < 0 || (past && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct snapshot_children snapshot_children(const struct snapshot *snapshot, str directory)
{
    struct snapshot_children children = {.snapshot = snapshot, .directory = directory};
    const struct snapshot_entry *entry = snapshot_find(snapshot, directory);
    if (entry == NULL || entry->mode != ENTRY_DIRECTORY)
        children.next = (uint32_t)snapshot->count;
    else if (directory.len == 0)
        children.next = 1;
    else /* "dir-x" stands between "dir" and "dir/x" */
        children.next = (uint32_t)inside_bound(snapshot, entry->index + 1, directory, false);
    return children;
}

const struct snapshot_entry *snapshot_next_child(struct snapshot_children *children)
{
    const struct snapshot *snapshot = children->snapshot;
    str directory = children->directory;
    size_t prefix = directory.len == 0 ? 0 : directory.len + 1;
    while (children->next < snapshot->count) {
        const struct snapshot_entry *entry = &snapshot->entries[children->next];
        if (prefix != 0 && beside(entry->path, directory) != 0)
            break;
        size_t slash = str_index(str_skip(entry->path, prefix), '/');
        if (slash == SIZE_MAX) {
            children->next++;
            return entry;
        }
        str below = str_slice(entry->path, 0, prefix + slash);
        children->next = (uint32_t)inside_bound(snapshot, children->next, below, true);
    }
    children->next = (uint32_t)snapshot->count;
    return NULL;
}

void snapshot_reads_init(struct snapshot_reads *reads, const struct snapshot *snapshot,
                         struct arena *arena)
{
    reads->snapshot = snapshot;
    reads->bits = ARENA_ARRAY(arena, uint64_t, snapshot->count / 64 + 1);
}

void snapshot_reads_add(struct snapshot_reads *reads, const struct snapshot_entry *entry)
{
    reads->bits[entry->index / 64] |= UINT64_C(1) << (entry->index % 64);
}
