/*
 * job: one piece of Git work in a child of its own. A job starts with everything inside (also the
 * credentials, which no other process gets), ends by itself at its deadline, and can be killed at
 * any moment: the repository survives that.
 *
 *     repo_sync_start(…, &job, err);      then wait until repo_job_fd(job) is readable, then
 *     repo_sync_finish(job, …, err);      which also frees the job, or repo_job_cancel(job).
 *
 * Nothing here loads libgit2: that is the child's (module syncd-git.so, symbol git_child).
 */
#ifndef SYNCD_GIT_JOB_H
#define SYNCD_GIT_JOB_H

#include "syncd/base/arena.h"
#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/process/spawner.h"

/* The row for spawner_start's table. */
#define GIT_CHILD_KIND {.name = "git", .module = "syncd-git.so", .symbol = "git_child"}

enum repo_auth {
    REPO_AUTH_NONE,
    REPO_AUTH_TOKEN, /* https: user and password or token */
    REPO_AUTH_KEY,   /* ssh: a private key, ed25519 or ecdsa */
};

/*
 * Where a repository is: https://…, ssh://user@host/…, user@host:path, file://… or a local path.
 * No credentials in the URL, no http, no git:// (E_URL).
 */
struct repo_remote {
    str url;
    enum repo_auth auth;
    str user;        /* "" = "git" (ssh) or "x-access-token" (https) */
    str token;       /* REPO_AUTH_TOKEN */
    str key;         /* REPO_AUTH_KEY: the file's text */
    str passphrase;  /* of the key; "" = none */
    str known_hosts; /* ssh: the file's text; without it no host is trusted */
    str ca_bundle;   /* https: PEM text; "" = the system's */
    bool insecure;   /* https: the certificate is not checked; must be shown in status */
};

/* Tells scheme and form without touching the network: E_URL with the reason. */
bool repo_url_check(str url, struct error *err) MUST_USE;
/* A local path or file:// URL gives its path. */
bool repo_url_is_local(str url, str *ret_path);

struct repo_job;

/* Readable when the result is there or the child died. */
int repo_job_fd(const struct repo_job *job);
/* When the job ends by itself (monotonic). */
int64_t repo_job_deadline_ns(const struct repo_job *job);
/* Kills the child and frees the job. NULL is fine. */
void repo_job_cancel(struct repo_job *job);

struct repo_commit {
    char id[41];     /* hex; "" = none */
    char parent[41]; /* the first one */
    str author;      /* "Name <mail>", escaped to UTF-8 without control bytes */
    str committer;
    int64_t time_s; /* of the committer */
    str summary;    /* first paragraph in one line */
    str message;    /* at most 4 KiB */
};

#endif
