/* plan_words: what all printers of a plan say the same way. Inside syncd/report/ only. */
#ifndef SYNCD_REPORT_PLAN_WORDS_H
#define SYNCD_REPORT_PLAN_WORDS_H

#include "syncd/report/plan_report.h"

/* "+", "~", "-", "!": what stands before a step. */
const char *words_mark(enum step_action action);
/* "to create", "to change", …: behind a number. */
const char *words_to(enum step_action action);
/* The first digits of a commit; other revisions as they are. */
str words_commit(str commit);
/* Why the group is held, or what is to be remarked: a sentence, empty when there is nothing. */
str words_hold(const struct plan_group *group);
/* "held", or "note" for a remark. */
const char *words_hold_title(const struct plan_group *group);
/* How many steps were tried at the server; empty when none was. */
str words_verified(const struct plan_target *target, struct arena *arena);
/* "2 to create, 1 held; 4 unchanged", or "nothing to do". */
void words_counts(const size_t counts[STEP_ACTIONS], struct buf *buf);
/* "Machine.cluster.k8s.io", "hook Job.batch" */
void words_kind(const struct plan_group *group, struct buf *buf);
/* "team-a/m-0", "m-0" */
void words_name(const struct object_id *id, struct buf *buf);
void words_plural(size_t count, const char *noun, struct buf *buf); /* "1 object", "2 objects" */
/* At most `most` bytes, cut between two characters. */
str words_cut(str text, size_t most);
/* One change in one line, at most `most` bytes a value: `.spec.replicas: 2 -> 3`. */
void words_change(const struct change *change, size_t most, struct buf *buf);

/* The steps of the part that a group belongs to. */
const struct step *words_member(const struct plan *plan, const struct plan_group *group,
                                size_t member);
/* The unified diff of a group's example; empty when only the spelling differs. */
str words_diff(const struct plan *plan, const struct plan_group *group, size_t context,
               struct arena *arena);
/* Why a group of changes has no diff. */
const char *words_no_diff(const struct plan_group *group);
/* False for the live part's groups where the desired part is counted: no object counts twice. */
bool words_counted(const struct plan *plan, const struct plan_group *group);
/* The digest as text; empty when the plan has none that could be approved. */
str words_digest(const struct plan *plan, struct arena *arena);
/* How the live part of a target stands, for people; empty when there is nothing to say. */
str words_live(const struct plan_target *target, struct arena *arena);
/* "error", "warning", "note" */
const char *words_severity(enum severity severity);
/* For &, <, >, ", ' the entities of HTML and XML; control bytes become U+FFFD. */
void words_escape(str text, struct buf *buf);

#endif
