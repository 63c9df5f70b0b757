/*
 * reviews: what the daemon does about pull requests: a plan on each, kept up to date, statuses, and
 * what people say there. Everything runs on the loop thread.
 */
#ifndef SYNCD_DAEMON_REVIEWS_H
#define SYNCD_DAEMON_REVIEWS_H

#include "syncd/forge/webhook.h"
#include "syncd/plan/approval.h"

struct daemon;
struct reviews;

/* NULL where the configuration names no forge, or it cannot be used (that is said). */
struct reviews *reviews_start(struct daemon *daemon);
void reviews_stop(struct reviews *reviews);

/* The App has another token. */
void reviews_token_changed(struct reviews *reviews);

/* A delivery came, about that pull request (0: about none, or any): look soon. */
void reviews_hint(struct reviews *reviews, uint64_t number);
/* Another commit was taken over: every plan has another base now. */
void reviews_base_changed(struct reviews *reviews);
/* What became of the newest commit, as statuses of it. */
void reviews_commit_settled(struct reviews *reviews);

/* What is known of a commit's plan. */
struct reviews_verdict {
    enum review_verdict review;
    enum approval_verdict approval;
    uint64_t number; /* of the pull request that showed it; 0 = none */
};
/* `more`: what was said elsewhere, in the commit itself. */
struct reviews_verdict reviews_judge(const struct reviews *reviews,
                                     const struct plan_digest *digest, const struct approval *more,
                                     size_t more_count);
/* A commit is held: says so on it, and on the pull request it most likely came from. */
void reviews_tell_hold(struct reviews *reviews, str commit, const struct plan_digest *digest,
                       enum approval_verdict approval);

#endif
