/* The inside of the reviews, shared by reviews.c, review_plan.c and review_talk.c only. */
#ifndef SYNCD_DAEMON_REVIEWS_INTERNAL_H
#define SYNCD_DAEMON_REVIEWS_INTERNAL_H

#include "syncd/base/list.h"
#include "syncd/daemon/daemon_internal.h"
#include "syncd/daemon/planning.h"
#include "syncd/daemon/reviews.h"
#include "syncd/forge/posts.h"
#include "syncd/report/plan_report.h"

#define REVIEWS_MOST   500 /* open pull requests that are looked at */
#define APPROVALS_MOST 1000
#define ACTOR_MOST     128

/* One pull request. Kept for a while after it was closed: what was shown may be applied then. */
struct review {
    struct list node;
    uint64_t number;
    char head[41], author[ACTOR_MOST], updated[40], heard[40]; /* heard: `updated` when listened */
    bool open, fork;
    bool again;       /* listen, although `updated` is what it was */
    int64_t fresh_ns; /* until then what is said may still bear the same `updated`; 0 = settled */
    bool wanted;      /* somebody who may asked for a plan, although it is from a fork */
    char planned_head[41], planned_base[41];
    bool shown; /* a whole plan was: */
    struct plan_digest digest;
};

/* Something that counts, or will once it is known whether its author may. */
struct review_word {
    struct list node;
    struct reviews *reviews;
    uint64_t number, comment;
    enum command_kind kind;
    enum approval_source source;
    bool has_digest, is_author, edited;
    struct plan_digest digest;
    char actor[ACTOR_MOST];
    enum permission permission;
    int64_t at_ns;
};

struct reviews {
    struct daemon *daemon;
    struct forge *forge;
    struct posts *posts;
    struct loop_timer *timer, *work_timer;
    struct list reviews;
    struct list words;
    struct list askings; /* about who may what: struct asking_level */
    size_t word_count;
    bool listing, listening;
    bool hinted;     /* the timer stands for a hint, which later ones must not put off */
    bool list_again; /* something may have changed while they were being listed */
    bool stale;      /* the base has changed since pull requests were listed: some may be merged */
    uint64_t listening_to;
    char problem[256]; /* last trouble told: not told again */

    /* The plan that is being made. */
    struct review *current;
    char making_head[41], making_base[41];
    struct repo_job *job;
    struct loop_fd *job_fd;
    struct planning *planning;
};

struct review *review_find(const struct reviews *reviews, uint64_t number);
/* Goes on with whatever is to be done. */
void reviews_pump(struct reviews *reviews);
/* Somebody said something that may let a held commit go on. */
void reviews_words_changed(struct reviews *reviews);

/* review_file.c */
void review_file_save(const struct reviews *reviews);
void review_file_load(struct reviews *reviews);

/* review_plan.c: makes the plan of one; ends with reviews_pump. */
void review_plan_begin(struct reviews *reviews, struct review *review);
void review_plan_cancel(struct reviews *reviews);

/* review_talk.c: listens to what is said on one; ends with reviews_pump. */
bool review_wants_to_listen(const struct review *review);
void review_listen(struct reviews *reviews, struct review *review);
void review_talk_forget(struct reviews *reviews);

#endif
