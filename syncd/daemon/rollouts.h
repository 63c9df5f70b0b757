/*
 * rollouts: the rollouts of the commits that the targets work on. What is seen of their members
 * goes into the machine (syncd/rollout); the state it wants is written into a ConfigMap of the
 * target, over the version that it was decided from; then what it lets go is let go.
 */
#ifndef SYNCD_DAEMON_ROLLOUTS_H
#define SYNCD_DAEMON_ROLLOUTS_H

#include "syncd/plan/desired.h"
#include "syncd/rollout/holds.h"

struct daemon;
struct member_target;
struct session_record;

void rollouts_start(struct daemon *daemon);
/* After the sessions are gone. */
void rollouts_stop(struct daemon *daemon);
/* A commit was taken over: what it says in its trailers. `signer` empty: nobody vouches for it. */
void rollouts_new_commit(struct daemon *daemon, str commit, str message, str signer);
/* What is on record in the member's cluster, for rollout_hold_back. Lives in the arena. */
void rollouts_kept(const struct daemon *daemon, const struct member_target *member,
                   struct arena *arena, const struct rollout_kept **ret_list, size_t *ret_count);
/* It was read; false: the member's state is made again with it first (session_port.recorded). */
bool rollouts_recorded(struct daemon *daemon, struct member_target *member,
                       const struct session_record *list, size_t count);
/* The member is about to get this state; its rollouts take the place of those before. */
void rollouts_take(struct daemon *daemon, struct member_target *member,
                   const struct rollout_set *set, struct desired *desired);
/* Something may have changed that a rollout looks at. */
void rollouts_changed(struct daemon *daemon);
/* The member's cluster is about to go: its calls are never answered. */
void rollouts_session_leaving(struct daemon *daemon, struct member_target *member);
/* False while a decision is on its way. */
bool rollouts_have_settled(const struct daemon *daemon);
/* For the status file. */
value rollouts_status(const struct daemon *daemon, struct arena *arena);

#endif
