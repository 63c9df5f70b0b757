/*
 * child: what the files of the Git child share. Only they see libgit2. One process, one job; it
 * ends with the job, so memory of libgit2's that lives as long as the job is not given back.
 */
#ifndef SYNCD_GIT_CHILD_H
#define SYNCD_GIT_CHILD_H

#include "syncd/git/job_internal.h"
#include "syncd/git/openpgp.h"

#include <git2.h>

/* The job at hand. */
struct git_work {
    struct arena *arena; /* lives as long as the process */
    const struct limits *limits;
    int64_t deadline_ns; /* monotonic */
    int64_t idle_ns;
    const struct repo_remote *remote; /* NULL: the job has none */
    struct url url;
    int64_t armed_ns;                   /* when the watchdog was last set back */
    unsigned armed_s;                   /* to how much processor time; 0 = it watches the network */
    bool key_used;                      /* the ssh key was offered already */
    const struct openpgp_port *openpgp; /* NULL: the job has no OpenPGP keys */
    struct openpgp_keys *openpgp_keys;
    struct error failure; /* what a callback of ours found, better than libgit2's words for it */
};

/* library.c */

/* Initialises libgit2 with no configuration but the repository's own, and its limits. */
bool library_init(const struct limits *limits, struct error *err) MUST_USE;
/*
 * libgit2's last error as ours; false. Rules: E_OBJ_CORRUPT, E_OBJ_MISSING, E_REF_CORRUPT (INPUT:
 * this repository cannot be used as it is), E_GIT_AUTH, E_GIT_CERTIFICATE, E_GIT_LOCKED.
 */
bool library_failed(struct git_work *work, int code, struct error *err, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* True when the error says that the objects themselves are bad. */
bool library_is_damage(const struct error *err);
/* Foreign text for people: UTF-8, no control bytes (newlines stay if told), at most max bytes. */
str foreign_text(struct arena *arena, const char *text, size_t max, bool lines);
/* NUL-ended, for libgit2. */
const char *zero_ended(struct git_work *work, str text);
void oid_hex(const git_oid *oid, char out[41]);
bool oid_read(str hex, git_oid *ret_oid, struct error *err) MUST_USE;

/* watchdog.c: libgit2 and servers may hang; the kernel's timers end the process then. */

/* Ends the process when nothing calls it again within the idle time, or at the deadline. */
void watchdog_network(struct git_work *work);
/*
 * From now on objects are read: when `seconds` of processor time pass without another call, the
 * repository is marked as damaged (if `marker_folder` is a descriptor) and the process ends.
 */
void watchdog_objects(struct git_work *work, unsigned seconds);
void watchdog_marker(int folder);
/* Only the deadline. */
void watchdog_rest(struct git_work *work);

/* workspace.c: a bare repository of our own in the state directory. */
struct workspace {
    git_repository *repository;
    int folder; /* descriptor of the directory */
    int lock;
    const char *path; /* of the repository */
    bool fresh;       /* made by this job: nothing in it is older */
    bool set_aside;   /* it was damaged and is new now */
};
/* Makes the directory (0700), which must be there before the process is confined to it. */
bool workspace_prepare(struct git_work *work, str directory, struct error *err) MUST_USE;
bool workspace_open(struct git_work *work, str directory, const char *name,
                    struct workspace *ret_workspace, struct error *err) MUST_USE;
/* Moves the damaged repository out of the way and makes a new one; keeps the lock. */
bool workspace_renew(struct git_work *work, struct workspace *workspace,
                     struct error *err) MUST_USE;
void workspace_close(struct workspace *workspace);
/* Removes what a killed writer left in a repository nobody else is using. */
void sweep_repository(const char *path);

/* accepted.c: `folder` is a workspace's; *ret_known is false when nothing was accepted yet. */
bool accepted_read(struct git_work *work, int folder, const char *reference, bool *ret_known,
                   git_oid *ret_oid, struct error *err) MUST_USE;
bool accepted_write(struct git_work *work, int folder, const char *reference, const git_oid *oid,
                    struct error *err) MUST_USE;

/* fetch.c */

/* Callbacks with our transport, credentials and certificate check. */
git_remote_callbacks remote_callbacks(struct git_work *work);
/* Connects; the remote is to be freed with git_remote_free. */
bool remote_connect(struct git_work *work, git_repository *repository, git_direction direction,
                    git_remote **ret_remote, struct error *err) MUST_USE;
/* The id a connected remote has for a reference; false without error when it has none. */
bool remote_reference(struct git_work *work, git_remote *remote, const char *name, bool *ret_found,
                      git_oid *ret_oid, struct error *err) MUST_USE;
/* Makes the reference's objects ours and points our reference `local` at its id. */
bool remote_take(struct git_work *work, git_repository *repository, git_remote *remote,
                 const char *name, const git_oid *oid, const char *local,
                 struct error *err) MUST_USE;

/* https.c, ssh.c */
int https_transport(git_transport **out, git_remote *owner, void *work);
int ssh_credentials(git_credential **out, struct git_work *work, unsigned allowed);
int ssh_certificate(struct git_work *work, const git_cert *certificate, const char *host);

/* history.c */
bool commit_describe(struct git_work *work, git_commit *commit, struct repo_commit *ret_commit,
                     struct error *err) MUST_USE;
/* verify.c: what the request's files say of signers. DENIED (E_SIG_TRUST). */
bool terms_trust(struct git_work *work, const struct repo_trust *terms, struct trust **ret_trust,
                 struct error *err) MUST_USE;
/* An object's own bytes, copied. */
bool object_bytes(struct git_work *work, git_odb *objects, const git_oid *oid, git_object_t type,
                  struct arena *arena, str *ret_bytes, struct error *err) MUST_USE;
/* E_SIG_* when what is new is not signed as the request demands. `accepted` NULL = first
 * sight; `tag` is what the followed reference names. */
bool commits_verify(struct git_work *work, git_repository *repository,
                    const struct repo_trust *terms, const git_oid *accepted, const git_oid *tag,
                    const git_oid *tip, struct signer *ret_signer, struct error *err) MUST_USE;
bool history_compare(struct git_work *work, git_repository *repository, const git_oid *accepted,
                     const git_oid *tip, enum repo_history *ret_history,
                     struct error *err) MUST_USE;

/* tree.c: the wanted part of a commit's tree as a snapshot. */
struct tree_findings {
    VEC(struct repo_finding) list;
    size_t dropped;
};
bool tree_snapshot(struct git_work *work, git_repository *repository, git_commit *commit,
                   const str *paths, size_t path_count, struct tree_findings *findings, int *ret_fd,
                   struct error *err) MUST_USE;

/* The same of a tree that stands in no commit; `name` is what the snapshot calls it. */
bool tree_snapshot_of(struct git_work *work, git_repository *repository, const git_oid *tree,
                      str name, const str *paths, size_t path_count, struct tree_findings *findings,
                      int *ret_fd, struct error *err) MUST_USE;

/* notes_tree.c */

/* The note of a commit in a notes tree, whatever its fan-out; NULL bytes when there is none. */
bool notes_lookup(struct git_work *work, git_repository *repository, git_tree *root,
                  const git_oid *commit, str *ret_text, struct error *err) MUST_USE;
/*
 * The tree with these notes merged in; `old` may be NULL. *ret_changed is false when it holds all
 * of them already; then *ret_tree is the old one.
 */
bool notes_tree_build(struct git_work *work, git_repository *repository, git_tree *old,
                      const struct note *notes, size_t count, git_oid *ret_tree, bool *ret_changed,
                      struct error *err) MUST_USE;

/* The jobs. */
bool work_sync(struct git_work *work, const struct repo_sync_request *request,
               struct repo_sync_result *ret_result, struct error *err) MUST_USE;
bool work_read(struct git_work *work, const struct repo_read_request *request,
               struct repo_sync_result *ret_result, struct error *err) MUST_USE;
bool work_log(struct git_work *work, const struct repo_log_request *request,
              struct repo_log_result *ret_result, struct error *err) MUST_USE;
bool work_merge(struct git_work *work, const struct repo_merge_request *request,
                struct repo_merge_result *ret_result, struct error *err) MUST_USE;
bool work_verify(struct git_work *work, const struct repo_verify_request *request,
                 struct repo_verify_result *ret_result, struct error *err) MUST_USE;
bool work_notes(struct git_work *work, const struct notes_request *request,
                struct notes_result *ret_result, struct error *err) MUST_USE;

/* The module's only symbol. */
PUBLIC int git_child(int channel);

#endif
