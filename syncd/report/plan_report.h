/*
 * plan_report: a plan as every kind of document. Pure. One plan, several printers; all of them say
 * the same, none shows a secret.
 */
#ifndef SYNCD_REPORT_PLAN_REPORT_H
#define SYNCD_REPORT_PLAN_REPORT_H

#include "syncd/base/buf.h"
#include "syncd/plan/plan.h"

#define PLAN_MARKDOWN_MOST 65536 /* what GitHub takes in one comment */
/* The first line of a comment that syncd keeps up to date; a reader on the page does not see it. */
#define PLAN_MARKER "<!-- syncd:plan -->"

struct plan_report_options {
    size_t most;    /* bytes of Markdown; 0 = PLAN_MARKDOWN_MOST */
    str more;       /* URL of the whole, named where something is cut; empty = how to make it */
    str name;       /* of the configuration: tells the comments of several apart; may be empty */
    size_t context; /* lines around a change in diffs as text */
    bool color;     /* text only */
    bool brief;     /* text only: without diffs */
};

/* For terminals: a summary, then a unified diff for each group. */
void plan_report_text(const struct plan *plan, const struct plan_report_options *options,
                      struct buf *buf);
/* The unified diffs alone. */
void plan_report_diff(const struct plan *plan, const struct plan_report_options *options,
                      struct buf *buf);
/* Everything, for programs: format 1, described in syncd/docs/plan-document.md. */
value plan_report_document(const struct plan *plan, struct arena *arena);
/* A comment in an empty buf: summary first, groups folded, never longer than options->most. */
void plan_report_markdown(const struct plan *plan, const struct plan_report_options *options,
                          struct buf *buf);
/* One page without anything loaded from elsewhere. */
void plan_report_html(const struct plan *plan, const struct plan_report_options *options,
                      struct buf *buf);
/* Findings and risks for code scanning (SARIF 2.1.0). */
value plan_report_sarif(const struct plan *plan, struct arena *arena);
/* A test suite a target, a test case a step: held and refused ones fail. */
void plan_report_junit(const struct plan *plan, struct buf *buf);

/* "3 targets: 2 to create, 1 to change, 1 held; 4 unchanged": for commit statuses. */
void plan_report_sentence(const struct plan *plan, struct buf *buf);

#endif
