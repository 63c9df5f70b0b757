/*
 * snapshot: the wanted subtree of one commit as sealed memory: paths, modes, blob ids and bytes.
 * The Git child writes it (snapshot_writer), everybody else maps it read-only. There is no
 * checkout: paths and links are resolved in here, never on disk.
 */
#ifndef SYNCD_SNAPSHOT_SNAPSHOT_H
#define SYNCD_SNAPSHOT_SNAPSHOT_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/base/str.h"

#define OID_LEN     20
#define OID_HEX_LEN 40

enum entry_mode { ENTRY_FILE, ENTRY_EXECUTABLE, ENTRY_LINK, ENTRY_DIRECTORY };

struct snapshot_entry {
    str path; /* from the repository's root, no leading slash, "/" between; "" is the root */
    enum entry_mode mode;
    const uint8_t *oid; /* OID_LEN bytes: blob id (of a commit's directory: its tree's, else zeros);
                           of what was read from disk: a digest of the bytes that is no blob id */
    str bytes;          /* of a file, or a link's target */
    uint32_t index;     /* position in path order */
};

struct snapshot; /* immutable; every view lives until snapshot_destroy */

/* Maps a sealed memory file. Checks its structure before trusting a byte (ERROR_INTERNAL). */
bool snapshot_map(int fd, struct snapshot **ret_snapshot, struct error *err) MUST_USE;
/*
 * Reads what is at `below` in a directory on disk into memory, for the command line; same rules and
 * budgets. `below` is a path without links; empty = all of the directory.
 */
bool snapshot_read_directory(const char *root, str below, const struct limits *limits,
                             struct snapshot **ret_snapshot, struct error *err) MUST_USE;
void snapshot_destroy(struct snapshot *snapshot);

/* The commit (hex) it was taken from; empty for a directory. */
str snapshot_commit(const struct snapshot *snapshot);
size_t snapshot_count(const struct snapshot *snapshot);
const struct snapshot_entry *snapshot_at(const struct snapshot *snapshot, size_t index);

/* Exact lookup without following links; NULL when there is no such entry. */
const struct snapshot_entry *snapshot_find(const struct snapshot *snapshot, str path);

/*
 * Resolves `relative` against the directory `base`, following links inside the snapshot (at most
 * limits->link_hops). Rules: E_PATH_ESCAPE (leaves the repository or is absolute), E_LINK_ESCAPE,
 * E_LINK_LOOP, E_LINK_BAD, and NOT_FOUND. `scratch` holds the cleaned path.
 */
bool snapshot_resolve(const struct snapshot *snapshot, str base, str relative,
                      const struct limits *limits, struct arena *scratch,
                      const struct snapshot_entry **ret_entry, struct error *err) MUST_USE;

/* The direct children of a directory, in path order. */
struct snapshot_children {
    const struct snapshot *snapshot;
    str directory;
    uint32_t next;
};
struct snapshot_children snapshot_children(const struct snapshot *snapshot, str directory);
/* NULL at the end. */
const struct snapshot_entry *snapshot_next_child(struct snapshot_children *children);

/* What a rendering read: (index) set; its digest over path + blob id is the cache key. */
struct snapshot_reads {
    const struct snapshot *snapshot;
    uint64_t *bits;
};
void snapshot_reads_init(struct snapshot_reads *reads, const struct snapshot *snapshot,
                         struct arena *arena);
void snapshot_reads_add(struct snapshot_reads *reads, const struct snapshot_entry *entry);

/* Cleans "a/./b/../c" to "a/c". False (E_PATH_ESCAPE) when it leaves the root or is absolute. */
bool path_join(str base, str relative, struct arena *arena, str *ret_path,
               struct error *err) MUST_USE;
str path_directory(str path); /* "a/b" of "a/b/c", "" of "a" */
str path_base(str path);      /* "c" of "a/b/c" */

/*
 * Tree entry names are not to be trusted, Git's library loads anything: refuses "", ".", "..",
 * names with "/" or NUL or control bytes, and every spelling of ".git" on case-folding, HFS+ and
 * NTFS file systems (E_TREE_NAME).
 */
bool tree_name_check(str name, struct error *err) MUST_USE;

/*
 * Writing: entries come in any order; missing directories are added. E_TREE_BUDGET and E_FILE_SIZE
 * when adding, E_TREE_DUP when sealing.
 */
struct snapshot_writer;
struct snapshot_writer *snapshot_writer_create(str commit_hex, const struct limits *limits);
bool snapshot_writer_add(struct snapshot_writer *writer, str path, enum entry_mode mode,
                         const uint8_t oid[OID_LEN], str bytes, struct error *err) MUST_USE;
/* A sealed memory file; the caller closes it. Destroys the writer either way. */
bool snapshot_writer_seal(struct snapshot_writer *writer, int *ret_fd, struct error *err) MUST_USE;
void snapshot_writer_destroy(struct snapshot_writer *writer);

#endif
