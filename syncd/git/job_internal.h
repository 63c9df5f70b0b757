/* What the daemon's side of a Git job and the child say to each other; both are of one build. */
#ifndef SYNCD_GIT_JOB_INTERNAL_H
#define SYNCD_GIT_JOB_INTERNAL_H

#include "syncd/base/buf.h"
#include "syncd/git/notes.h"
#include "syncd/git/source.h"
#include "syncd/process/message.h"

enum job_kind { JOB_SYNC, JOB_READ, JOB_LOG, JOB_NOTES, JOB_MERGE, JOB_VERIFY };

#define JOB_BYTES_MAX (48u << 20)

/* Exit status of a child that libgit2 hung in: the repository was marked as damaged. */
#define JOB_EXIT_DAMAGED 75

/* What every request begins with. */
struct job_head {
    enum job_kind kind;
    int64_t deadline_ns; /* duration */
    struct limits limits;
};

/* Starts a child, sends it head and body (wiped afterwards), gives the handle. */
bool job_start(struct spawner *spawner, size_t git_kind, const struct job_head *head,
               struct buf *body, struct repo_job **ret_job, struct error *err) MUST_USE;
/*
 * Waits for the answer (until the deadline), frees the job. The reader stands behind the head of a
 * good answer; *ret_fd is the answer's descriptor or -1.
 */
bool job_finish(struct repo_job *job, struct arena *arena, struct message_reader *ret_reader,
                int *ret_fd, struct error *err) MUST_USE;

/* One pair per thing that travels. A taker gives views into the message or into the arena. */
void wire_put_head(struct buf *buf, const struct job_head *head);
bool wire_take_head(struct message_reader *reader, struct job_head *ret_head);
void wire_put_sync(struct buf *buf, const struct repo_sync_request *request);
void wire_take_sync(struct message_reader *reader, struct arena *arena,
                    struct repo_sync_request *ret_request);
void wire_put_sync_result(struct buf *buf, const struct repo_sync_result *result);
void wire_take_sync_result(struct message_reader *reader, struct arena *arena,
                           struct repo_sync_result *ret_result);
void wire_put_read(struct buf *buf, const struct repo_read_request *request);
void wire_take_read(struct message_reader *reader, struct arena *arena,
                    struct repo_read_request *ret_request);
void wire_put_log(struct buf *buf, const struct repo_log_request *request);
void wire_take_log(struct message_reader *reader, struct repo_log_request *ret_request);
void wire_put_log_result(struct buf *buf, const struct repo_log_result *result);
void wire_take_log_result(struct message_reader *reader, struct arena *arena,
                          struct repo_log_result *ret_result);
void wire_put_verify(struct buf *buf, const struct repo_verify_request *request);
void wire_take_verify(struct message_reader *reader, struct arena *arena,
                      struct repo_verify_request *ret_request);
void wire_put_verify_result(struct buf *buf, const struct repo_verify_result *result);
void wire_take_verify_result(struct message_reader *reader, struct arena *arena,
                             struct repo_verify_result *ret_result);
void wire_put_merge(struct buf *buf, const struct repo_merge_request *request);
void wire_take_merge(struct message_reader *reader, struct arena *arena,
                     struct repo_merge_request *ret_request);
void wire_put_merge_result(struct buf *buf, const struct repo_merge_result *result);
void wire_take_merge_result(struct message_reader *reader, struct arena *arena,
                            struct repo_merge_result *ret_result);
void wire_put_notes(struct buf *buf, const struct notes_request *request);
void wire_take_notes(struct message_reader *reader, struct arena *arena,
                     struct notes_request *ret_request);
void wire_put_notes_result(struct buf *buf, const struct notes_result *result);
void wire_take_notes_result(struct message_reader *reader, struct notes_result *ret_result);

/* The parts of a remote's URL, as views into it. */
enum url_scheme { URL_LOCAL, URL_HTTPS, URL_SSH };
struct url {
    enum url_scheme scheme;
    str user; /* ssh only */
    str host;
    uint16_t port; /* 0 = the scheme's own */
    str path;      /* a local path, or what follows the host */
};
/* E_URL. */
bool url_parse(str text, struct url *ret_url, struct error *err) MUST_USE;

#endif
