/* The layout of a snapshot's memory file, shared by its writer and its reader. */
#ifndef SYNCD_SNAPSHOT_SNAPSHOT_INTERNAL_H
#define SYNCD_SNAPSHOT_SNAPSHOT_INTERNAL_H

#include "syncd/snapshot/snapshot.h"

#define SNAPSHOT_MAGIC "syncdSN1"

/*
 * One machine writes and reads it: host byte order. First this header, then the bytes of all files,
 * then the paths, then the records in path order, aligned to 8.
 */
struct snapshot_header {
    char magic[8];
    char commit[OID_HEX_LEN];
    uint32_t commit_len; /* 0 or OID_HEX_LEN */
    uint32_t count;
    uint64_t paths_at, paths_len;
    uint64_t records_at;
    uint64_t total; /* length of the file */
};

struct snapshot_record {
    uint64_t bytes_at, bytes_len; /* from the file's start */
    uint32_t path_at, path_len;   /* from paths_at */
    uint32_t mode;
    uint8_t oid[OID_LEN];
};

/* Longest path; what the system would allow, too. */
#define SNAPSHOT_PATH_MAX 4096

#endif
