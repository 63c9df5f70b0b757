/*
 * approval: may what is held go on? Pure, and fails closed: whatever is not known says no. The
 * forge brings who said what and whether they may; this file knows what it means.
 */
#ifndef SYNCD_PLAN_APPROVAL_H
#define SYNCD_PLAN_APPROVAL_H

#include "syncd/plan/digest.h"

enum command_kind {
    COMMAND_PLAN,    /* /syncd plan: make it again */
    COMMAND_APPROVE, /* /syncd approve DIGEST */
    COMMAND_HOLD,    /* /syncd hold [WORDS] */
    COMMAND_UNKNOWN, /* /syncd with something else: to be answered with what there is */
};

struct plan_command {
    enum command_kind kind;
    struct plan_digest digest; /* of an approval */
    bool has_digest;           /* false: it named none, or not all of one; it approves nothing */
    str words;                 /* what followed, for an answer; untrusted */
    uint32_t line;             /* in the comment, from 1 */
};

#define COMMANDS_MOST 16 /* of one comment; what follows is ignored */

/*
 * The commands in a comment: lines that begin with "/syncd". Quoted lines, indented lines and
 * fenced code are not commands. Views into the text. Returns how many were written to `commands`.
 */
size_t commands_read(str comment, struct plan_command commands[COMMANDS_MOST]);

/*
 * The commands in a commit's trailers (its last paragraph): `Syncd-Approve: DIGEST` and
 * `Syncd-Hold: WORDS`.
 */
size_t trailers_read(str message, struct plan_command commands[COMMANDS_MOST]);

/* Where somebody said it. */
enum approval_source { APPROVAL_COMMENT = 1, APPROVAL_REVIEW = 2, APPROVAL_TRAILER = 4 };
/* What the forge says about the person. Unknown is no. */
enum permission { PERMISSION_UNKNOWN, PERMISSION_DENIED, PERMISSION_GRANTED };

/* One thing that was said. A review of the newest commit names the digest shown for that commit. */
struct approval {
    enum approval_source source;
    enum command_kind kind; /* APPROVE or HOLD */
    bool has_digest;
    struct plan_digest digest;
    str actor;                  /* the forge's identity, not a display name */
    enum permission permission; /* of the actor, as of now */
    bool is_author;             /* of the change itself */
    bool edited;                /* the comment was changed after it was posted: does not count */
    int64_t at_ns;              /* the forge's time */
};

struct approval_policy {
    unsigned sources;  /* bits of enum approval_source that count; 0 = none: nothing is approved */
    unsigned required; /* different people; 0 counts as 1 */
    bool by_author;    /* the author's own approval counts */
    int64_t age_ns;    /* older approvals do not count; 0 = they all do */
};

enum approval_verdict {
    APPROVAL_GIVEN,
    APPROVAL_NONE,    /* nobody said so */
    APPROVAL_FEW,     /* not enough different people yet */
    APPROVAL_OTHER,   /* another plan was approved */
    APPROVAL_DENIED,  /* those who said so may not */
    APPROVAL_UNKNOWN, /* whether they may could not be found out */
    APPROVAL_OLD,
    APPROVAL_HELD,    /* somebody who may, or might, said hold, and nobody who may approved since */
    APPROVAL_PARTIAL, /* the plan is not whole: there is nothing to approve */
};
const char *approval_verdict_name(enum approval_verdict verdict); /* "GIVEN", … for notes */
const char *approval_verdict_text(enum approval_verdict verdict); /* a sentence */

struct approval_case {
    const struct approval_policy *policy;
    const struct plan_digest *digest; /* of what would be applied now; NULL: not whole */
    const struct approval *said;
    size_t count;
    int64_t now_ns; /* 0 = not known: with an age limit nothing counts */
};

enum approval_verdict approval_decide(const struct approval_case *facts);

/* What an applied commit's plan is, compared with the reviewed one. */
enum review_verdict {
    REVIEW_SAME,
    REVIEW_DIFFERS,
    REVIEW_MISSING,  /* no review is known */
    REVIEW_APPROVED, /* differs or missing, and approved as it is */
};
enum review_verdict review_compare(const struct plan_digest *applied,
                                   const struct plan_digest *reviewed, bool approved);

#endif
