/*
 * source: what a watched repository says. Fetches one branch or tag, decides whether it may be
 * taken over from the commit accepted before, and gives the wanted files as sealed memory.
 */
#ifndef SYNCD_GIT_SOURCE_H
#define SYNCD_GIT_SOURCE_H

#include "syncd/git/job.h"
#include "syncd/signature/trust.h"
#include "syncd/snapshot/snapshot.h"

/* What the fetched tip is, seen from the accepted commit. HELD_* is never taken over by itself. */
enum repo_history {
    REPO_HISTORY_FIRST,     /* nothing was accepted before */
    REPO_HISTORY_SAME,      /* the accepted commit is still the tip */
    REPO_HISTORY_FORWARD,   /* the accepted commit is an ancestor */
    REPO_HISTORY_OLDER,     /* held: the tip is an ancestor of the accepted commit */
    REPO_HISTORY_REWRITTEN, /* held: force-pushed; both share history */
    REPO_HISTORY_UNRELATED, /* held: no common history, or the accepted commit is nowhere */
    REPO_HISTORY_REF_GONE,  /* held: the branch or tag is not there any more */
};

/* "first", "same", …: for reports. */
const char *repo_history_name(enum repo_history history);
static inline bool repo_history_held(enum repo_history history)
{
    return history >= REPO_HISTORY_OLDER;
}

/* Whose signatures a commit needs before it is taken over. Texts, as the files have them. */
struct repo_trust {
    enum trust_policy policy;
    str allowed_signers, allowed_file;
    str revoked_keys, revoked_file;
    str openpgp_keys; /* armored public keys; "" = none */
    str since;        /* hex commit: what it has behind it need not be signed; "" = none named */
    const struct trust_scope *scopes;
    size_t scope_count;
};

struct repo_sync_request {
    struct repo_remote remote;
    struct repo_trust trust;
    str directory; /* our bare repository: made (0700) when missing, locked, mended */
    str branch;    /* exactly one of branch and tag */
    str tag;
    const str *paths; /* directories or files wanted; none = everything */
    size_t path_count;
    str accepted;        /* hex commit taken over last; "" = what the repository remembers */
    str have;            /* hex commit whose snapshot the caller holds: none is made for the same */
    bool follow;         /* policy: take HELD_* over as well (REF_GONE never) */
    int64_t deadline_ns; /* duration; 0 = 10 minutes */
    int64_t idle_ns;     /* longest silence of the server; 0 = 30 s */
};

/*
 * Something that is not in the snapshot, or not as it looks. A fault: what was left out belongs
 * there, so whoever reads from its directory must not go on. Else it is only to be told.
 */
struct repo_finding {
    const char
        *rule; /* E_TREE_NAME, E_TREE_DUP, E_FILE_SIZE, …; told: E_SUBMODULE, E_LFS_POINTER */
    str path;
    str text;
    bool fault;
};

struct repo_sync_result {
    enum repo_history history;
    bool taken;                /* commit is to be rendered; false: held, or the caller has it */
    struct repo_commit commit; /* the fetched tip (id "" with REF_GONE) */
    struct signer signer;      /* of the tip, or of the tag; empty where nothing was demanded */
    char accepted[41];         /* the commit compared with */
    str reason;                /* of a hold, for people */
    int snapshot;              /* sealed memory file, the caller's to close; -1 = none */
    const struct repo_finding *findings;
    size_t finding_count;
    size_t finding_dropped;
    /* The commit itself cannot be used (class NONE: it can): INPUT, LIMIT, or damaged at its
       origin. Then nothing else but commit.id, accepted and refetched says anything. */
    struct error refused;
    bool refetched; /* our repository was damaged, set aside and fetched anew */
};

/*
 * Errors of the finish: UNAVAILABLE, TIMEOUT (retry), DENIED (credentials, host key, certificate),
 * NOT_FOUND (repository, or ref at first sight), INPUT and LIMIT (what was asked for cannot be),
 * INTERNAL. A commit that cannot be used is a result: `refused` has the rule and the file; wait for
 * the next one; E_SIG_* when it is not signed as demanded.
 */
bool repo_sync_start(struct spawner *spawner, size_t git_kind,
                     const struct repo_sync_request *request, const struct limits *limits,
                     struct repo_job **ret_job, struct error *err) MUST_USE;
bool repo_sync_finish(struct repo_job *job, struct arena *arena,
                      struct repo_sync_result *ret_result, struct error *err) MUST_USE;

/*
 * A revision (anything `git rev-parse` names with branches, tags, hex and ~ ^) of a repository on
 * this machine, without fetching or writing: for plans between two commits and for `syncd render`.
 */
struct repo_read_request {
    str repository; /* a working tree, any folder below it, or a bare repository */
    str revision;   /* "" = HEAD */
    const str *paths;
    size_t path_count;
    int64_t deadline_ns; /* 0 = 1 minute */
};

bool repo_read_start(struct spawner *spawner, size_t git_kind,
                     const struct repo_read_request *request, const struct limits *limits,
                     struct repo_job **ret_job, struct error *err) MUST_USE;
/* history is FIRST, taken is true. */
bool repo_read_finish(struct repo_job *job, struct arena *arena,
                      struct repo_sync_result *ret_result, struct error *err) MUST_USE;

/*
 * What a pull request would make of the commit that was accepted: both are merged in memory, and
 * nothing is written that others see.
 */
struct repo_merge_request {
    struct repo_remote remote;
    str directory;      /* as repo_sync_request's */
    str base;           /* hex: the commit to merge onto; it must have been fetched */
    str head_reference; /* "refs/pull/7/head" */
    str head;           /* hex: what it must be, as the forge said */
    const str *paths;
    size_t path_count;
    int64_t deadline_ns; /* 0 = 2 minutes */
    int64_t idle_ns;
};

struct repo_merge_result {
    struct repo_commit head;
    bool conflicts;      /* it cannot be merged: no snapshot */
    const str *conflict; /* files of it, at most 20 */
    size_t conflict_count;
    struct repo_sync_result merged; /* snapshot and findings of the merge's tree */
};

/*
 * Errors of the finish as of repo_sync_finish, and UNAVAILABLE (E_HEAD_MOVED) when the reference is
 * no longer what the forge said.
 */
bool repo_merge_start(struct spawner *spawner, size_t git_kind,
                      const struct repo_merge_request *request, const struct limits *limits,
                      struct repo_job **ret_job, struct error *err) MUST_USE;
bool repo_merge_finish(struct repo_job *job, struct arena *arena,
                       struct repo_merge_result *ret_result, struct error *err) MUST_USE;

/*
 * The whole history of a notes reference: whether each of its commits is signed by one who may, and
 * what those changed that are not.
 */
struct repo_verify_request {
    str repository;
    str notes_ref; /* "" = refs/notes/syncd/status */
    struct repo_trust trust;
    int64_t deadline_ns; /* 0 = 5 minutes */
};

/* A note that somebody changed who may not. */
struct repo_verify_finding {
    char notes_commit[41]; /* the one that changed it */
    str author;            /* its word */
    const char *rule;      /* E_SIG_…: what is wrong with it */
    str text;              /* the same for people */
    char commit[41]; /* whose note; "" = no note is changed, or the name is none of a commit */
    bool added, removed;
    uint64_t offset, old_len, new_len; /* first byte that differs, and both lengths */
};

struct repo_verify_result {
    size_t commits, good;
    const struct repo_verify_finding *findings; /* oldest first, at most 1,000 */
    size_t finding_count;
    bool more;
};

bool repo_verify_start(struct spawner *spawner, size_t git_kind,
                       const struct repo_verify_request *request, const struct limits *limits,
                       struct repo_job **ret_job, struct error *err) MUST_USE;
/* NOT_FOUND when there is no such reference. */
bool repo_verify_finish(struct repo_job *job, struct arena *arena,
                        struct repo_verify_result *ret_result, struct error *err) MUST_USE;

/* History, newest first, each commit with its note. */
struct repo_log_request {
    str repository;
    str revision;  /* "" = HEAD */
    str notes_ref; /* "" = refs/notes/syncd/status */
    size_t max;    /* 0 = 100 */
    bool only_noted;
    int64_t deadline_ns;
};

struct repo_log_entry {
    struct repo_commit commit;
    str note; /* its text, "" = none */
};

struct repo_log_result {
    const struct repo_log_entry *entries;
    size_t count;
    bool more;
};

bool repo_log_start(struct spawner *spawner, size_t git_kind,
                    const struct repo_log_request *request, const struct limits *limits,
                    struct repo_job **ret_job, struct error *err) MUST_USE;
bool repo_log_finish(struct repo_job *job, struct arena *arena, struct repo_log_result *ret_result,
                     struct error *err) MUST_USE;

/*
 * The directories whose changes mean that a local repository may have a new tip, for inotify
 * (moves and closed writes in them). Plain file reads. Empty for a URL that is not local.
 */
struct repo_watch {
    str *directories; /* absolute */
    size_t count;
};
/* The folder with HEAD, refs and packed-refs: of a bare repository, a working tree, or a linked
 * one. */
str repo_git_folder(str path, struct arena *arena);
bool repo_watch_list(str url, str branch, struct arena *arena, struct repo_watch *ret_watch,
                     struct error *err) MUST_USE;

#endif
