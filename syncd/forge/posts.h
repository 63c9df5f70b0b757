/*
 * posts: what is to be said at the forge: one comment a pull request, kept up to date in place, and
 * statuses of commits. What the forge has not taken yet stays in a file, through outages and
 * restarts; what is newer replaces what was not sent.
 */
#ifndef SYNCD_FORGE_POSTS_H
#define SYNCD_FORGE_POSTS_H

#include "syncd/forge/forge.h"

struct posts;

struct posts_port {
    /* A comment of ours was not as we had left it; it is being mended. */
    void (*tampered)(void *context, uint64_t number);
    /* Something is not taken, and `again` says whether it will be tried again. */
    void (*troubled)(void *context, const struct error *err, bool again);
};

struct posts_options {
    struct loop *loop;
    struct forge *forge;
    const char *path; /* of the file; copied */
    str marker;       /* what our comments begin with; copied */
    const struct limits *limits;
    const struct posts_port *port;
    void *context;
    int64_t retry_ns; /* after trouble; 0 = 60 s */
};

/* Reads what is open. UNAVAILABLE, DENIED: of the file. */
bool posts_open(const struct posts_options *options, struct posts **ret_posts,
                struct error *err) MUST_USE;
/* Nothing is lost: what is open is in the file. Destroy the forge first. */
void posts_close(struct posts *posts);

/* The text must begin with the marker; it is cut to what the forge takes. */
void posts_comment(struct posts *posts, uint64_t number, str text);
void posts_status(struct posts *posts, const struct forge_status *status);
/* Where the forge has checks: in the name of an App. */
void posts_check(struct posts *posts, const struct forge_check *check);
/* Under which name we write, where the forge cannot be asked (of an App). */
void posts_set_self(struct posts *posts, str login);

/* False for a comment of ours that is not as we left it. */
bool posts_left_so(struct posts *posts, uint64_t number, const struct forge_comment *comment);

size_t posts_count(const struct posts *posts);

#endif
