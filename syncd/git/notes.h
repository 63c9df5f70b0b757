/*
 * notes: what became of each commit, written beside it under refs/notes/syncd/status.
 *
 * A note is lines of JSON, one record each, sorted. A record with the keys (r, t, k, n) replaces an
 * older one (`at`) with the same keys; equal times keep the greater line. Lines that are not ours
 * (no JSON object with "r") are kept byte for byte, behind ours in their order.
 */
#ifndef SYNCD_GIT_NOTES_H
#define SYNCD_GIT_NOTES_H

#include "syncd/git/job.h"

#define NOTES_REF "refs/notes/syncd/status"

/*
 * The text that holds both. Commutative and associative on our records, idempotent; `ours` may be
 * any number of lines. What grows past limits->note_details is cut: records of the last kinds first
 * (the greatest "r"), with one {"r":"8-cut",…} line that counts them; foreign lines stay.
 * Never fails: a line it cannot read is foreign.
 */
str note_merge(str theirs, str ours, const struct limits *limits, struct arena *arena);

/*
 * What of a merged text stands in the note itself: all of it, or limits->note_bytes of it, cut the
 * same way, with one {"r":"8-more",…} line that counts the records which only the details have: the
 * blob NOTES_DETAILS/COMMIT in the notes' tree, which then holds the merged text. Merging a note
 * with its details gives the merged text again.
 */
str note_merge_head(str merged, const struct limits *limits, struct arena *arena);

#define NOTES_DETAILS "details"

struct note {
    str commit;  /* hex */
    str records; /* lines */
};

struct notes_request {
    struct repo_remote remote;
    str directory;            /* the same bare repository as the source's */
    str ref;                  /* "" = NOTES_REF */
    const struct note *notes; /* several of one commit are fine */
    size_t note_count;
    str author;          /* "Name <mail>"; "" = "syncd <syncd@localhost>" */
    str signing_key;     /* private key text that the notes' commits are signed with; "" = none */
    int64_t deadline_ns; /* 0 = 2 minutes */
};

struct notes_result {
    char tip[41]; /* the notes commit that holds all of them, read back from the remote */
    uint32_t attempts;
    bool changed; /* false: everything was there already, nothing was pushed */
};

/*
 * Success means: the remote has every record (or a newer one of its key), read back. Everything
 * else leaves the remote as it was or further; sending the same again is always right. One push
 * for all notes. Callers coalesce: at most one job per ref at a time and in 10 s.
 */
bool notes_write_start(struct spawner *spawner, size_t git_kind,
                       const struct notes_request *request, const struct limits *limits,
                       struct repo_job **ret_job, struct error *err) MUST_USE;
bool notes_write_finish(struct repo_job *job, struct arena *arena, struct notes_result *ret_result,
                        struct error *err) MUST_USE;

#endif
