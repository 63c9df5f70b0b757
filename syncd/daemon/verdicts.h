/*
 * verdicts: what the platform's objects say of themselves and of each other, watched on every
 * target. Only with a level. One reflector for each target and kind that a join reads.
 */
#ifndef SYNCD_DAEMON_VERDICTS_H
#define SYNCD_DAEMON_VERDICTS_H

#include "syncd/base/arena.h"
#include "syncd/health/health.h"

struct daemon;
struct member_target;
struct fleet_verdict;
struct level_kind;

void verdicts_start(struct daemon *daemon);
void verdicts_stop(struct daemon *daemon);
/* A target was reached, or settled: watches what is not watched yet and is served by now. */
void verdicts_session_changed(struct daemon *daemon, struct member_target *member);
/* Its cluster is about to go: what was known of it is old from now on. */
void verdicts_session_leaving(struct daemon *daemon, struct member_target *member);
/* May the target be written to? Unsure until the platform's clusters on it are known; paused while
   one of any target says so (the level's holdReason). */
void verdicts_allow(const struct daemon *daemon, const struct member_target *member,
                    bool *ret_unsure, bool *ret_paused);
/* The verdict on an object of one of the level's kinds, by its rules; false when it is of none. */
bool verdicts_of_object(struct daemon *daemon, value object, const struct gvk *gvk, bool has_status,
                        struct arena *arena, struct health_verdict *ret_verdict);
/* Of one object; NULL when none is known. Lives until they are judged again. */
const struct fleet_verdict *verdicts_of(const struct daemon *daemon, const struct level_kind *kind,
                                        str name);
/* True when something was heard that they do not know yet. */
bool verdicts_are_due(const struct daemon *daemon);
/* For the status file: clusters, and whatever has failed. */
value verdicts_status(const struct daemon *daemon, struct arena *arena);

#endif
