/*
 * memo: bases that were built before, in this build (a base that is reached by several ways) or,
 * with a cache, in earlier ones. What a base came to depends on its files, on where it stands when
 * origins are noted, and on a few options; a base that has charts, or schemas of its own, is not
 * remembered.
 */
#ifndef RENDER_KUSTOMIZE_MEMO_H
#define RENDER_KUSTOMIZE_MEMO_H

#include "render/kustomize/cache.h"
#include "render/kustomize/loader.h"
#include "render/kustomize/schema.h"
#include "render/kustomize/target.h"

struct memo;

/* A file or directory of a snapshot; with a cache, a copy that outlives the snapshot. */
struct kept_entry {
    struct snapshot_entry entry;
    uint8_t oid[OID_LEN];
    struct parsed_file *objects; /* NULL: not read as objects yet */
    struct kept_entry *older;    /* other contents at the same path */
};

struct kustomize_cache {
    struct arena *arena; /* of all that is kept */
    size_t budget, build_memory;
    bool one_build; /* no cache: the arena and everything in it are the build's */
    struct map entries;
    struct map memos;
    uint64_t generation; /* number of builds: what was checked in this one holds */
    size_t hits, builds;
};

/* What stands around a base: goes into its key. */
struct memo_place {
    const struct loader *loader;
    bool tracks_origin;
    str origin;
};

/* A base in the making; empty when it is not remembered. */
struct recording {
    struct memo *memo, *outer;
    struct arena *arena;
    struct schema_state schema;
    size_t deepest;
    bool had_misfits;
};

/* True with a copy of what the base came to, which the caller may change. */
bool kust_memo_use(struct build *build, const struct memo_place *place,
                   struct accumulator *ret_known);
/* Until the end, everything that is read and allocated belongs to the base. */
void kust_memo_begin(struct build *build, const struct memo_place *place,
                     struct recording *recording);
/* `result` NULL: it could not be built. */
void kust_memo_end(struct build *build, struct recording *recording,
                   const struct accumulator *result);

/* While a base is recorded: what was asked, what was found there (NULL: nothing). */
void kust_memo_asked(struct build *build, str base, str path, const struct kept_entry *found);
/* A directory that was opened: it must not lead back to whoever uses the base. */
void kust_memo_opened(struct build *build, str root);
/* The base in the making depends on something that is not recorded. */
void kust_memo_refuse(struct build *build);

struct kept_entry *kust_keep(struct build *build, const struct snapshot_entry *entry);

#endif
