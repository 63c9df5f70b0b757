/*
 * outbox: notes that the remote has not confirmed yet, in a journal on disk that survives a crash
 * at any point. Records are length, CRC and bytes, each synced to disk before it counts; a torn
 * tail is ignored. Several notes of one commit are merged, so it stays as small as what is open.
 */
#ifndef SYNCD_GIT_OUTBOX_H
#define SYNCD_GIT_OUTBOX_H

#include "syncd/git/notes.h"

struct outbox;

/* Makes the file (0600) when missing; reads what is open. UNAVAILABLE, DENIED. */
bool outbox_open(const char *path, const struct limits *limits, struct outbox **ret_outbox,
                 struct error *err) MUST_USE;
void outbox_close(struct outbox *outbox);

/*
 * On disk when it returns true. On failure (no space, I/O error) the note is still kept in memory
 * and sent; the journal is written anew at the next call.
 */
bool outbox_add(struct outbox *outbox, str commit, str records, struct error *err) MUST_USE;

/*
 * What is open, one entry per commit, oldest first, copied into the arena. `batch` is what a
 * confirmation names: anything added later stays open.
 */
struct outbox_batch {
    struct note *notes;
    size_t count;
    uint64_t sequence;
};
struct outbox_batch outbox_open_notes(struct outbox *outbox, size_t max, struct arena *arena);
/* The remote has the batch's notes (notes_write_finish said so). */
bool outbox_confirm(struct outbox *outbox, const struct outbox_batch *batch,
                    struct error *err) MUST_USE;

size_t outbox_count(const struct outbox *outbox);
bool outbox_holds(const struct outbox *outbox, str commit);

#endif
