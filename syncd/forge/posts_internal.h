/* The inside of the posts, shared by posts.c and posts_file.c only. */
#ifndef SYNCD_FORGE_POSTS_INTERNAL_H
#define SYNCD_FORGE_POSTS_INTERNAL_H

#include "syncd/base/clock.h"
#include "syncd/base/list.h"
#include "syncd/forge/posts.h"

enum post_kind { POST_COMMENT, POST_STATUS, POST_CHECK };

/* One thing to say. */
struct post {
    struct list node;
    struct arena *arena; /* which it lives in */
    enum post_kind kind;
    uint64_t number; /* of a comment: the pull request */
    str text;
    struct forge_status status;
    struct forge_check check;
    size_t first; /* of a check: the annotation that is sent next */
};

/* What we wrote last, to see whether somebody changed it. */
struct said {
    struct list node;
    uint64_t number;
    uint8_t digest[32];
};

/* A check that is there, to be changed and not made once more. */
struct check_there {
    struct list node;
    uint64_t id;
    uint8_t digest[32]; /* of commit and name */
};

struct posts {
    struct posts_options options;
    struct arena *fixed;
    struct list open; /* of struct post, oldest first; the first is being sent when `sending` */
    struct list said;
    struct list checks; /* of struct check_there, oldest first */
    size_t count, check_count;
    struct post *sending;
    char self[128];
    struct loop_timer *timer;
};

struct post *posts_new_post(void);
void posts_append(struct posts *posts, struct post *post);
void posts_free_post(struct posts *posts, struct post *post);

/* posts_file.c */
/* All that is open, in place of what the file had; a failure is told. */
void posts_save(struct posts *posts);
/* What is torn or strange is left out. UNAVAILABLE, DENIED: of the file. */
bool posts_load(struct posts *posts, struct error *err) MUST_USE;

#endif
