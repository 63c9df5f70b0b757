/* The inside of the daemon, shared by the files of this folder only. */
#ifndef SYNCD_DAEMON_DAEMON_INTERNAL_H
#define SYNCD_DAEMON_DAEMON_INTERNAL_H

#include "render/unit/wire.h"
#include "syncd/apply/session.h"
#include "syncd/base/clock.h"
#include "syncd/base/log.h"
#include "syncd/daemon/daemon.h"
#include "syncd/daemon/platform.h"
#include "syncd/daemon/rollouts.h"
#include "syncd/daemon/verdicts.h"
#include "syncd/git/outbox.h"
#include "syncd/git/source.h"
#include "syncd/report/drift.h"
#include "syncd/report/note.h"

/* One target of the configuration. */
struct member_target {
    const struct config_target *config;
    struct session *session;
    char uid[UID_MAX]; /* of its cluster, as it said last; empty = not known */
    size_t writer;     /* index of the member that writes to its cluster: its own, mostly */
    struct member_world *world; /* world.c */
    bool waiting;               /* its newest commit waits for what its rendering needs */
    bool stale;                 /* to be rendered again */
    bool in_job;                /* is being rendered */
    uint32_t group;             /* how many joined the writer so far */
    uint32_t job_group;         /* and when its rendering began */
    bool restored;              /* its cluster was: the session is to be made anew */
    char commit[41];            /* rendered for it last; empty = none yet */
    bool refused;
    const struct finding *findings; /* of the refused commit; in the daemon's commit arena */
    size_t finding_count;
};

struct admission;
struct admitted;
struct reviews;
struct hooks;
struct daemon_app;

struct daemon {
    struct daemon_options options;
    struct loop *loop;
    struct http_client *http;
    struct loop_signal *signals[4];
    struct loop_watch *config_watch;
    struct loop_timer *reload_timer, *end_timer, *once_timer;
    int64_t unreachable_since_ns; /* once: since when only unreached targets are open */
    int exit_code;
    bool ending;

    /* One configuration: made anew at a reload. */
    struct arena *config_arena;
    struct health_rules *health; /* lives with the configuration */
    struct config *config;
    const struct level *level;        /* NULL = none */
    struct daemon_verdicts *verdicts; /* verdicts.c; NULL without a level */
    struct daemon_rollouts *rollouts;
    struct member_target *targets;

    /* The repository. */
    struct repo_job *source_job;
    struct loop_fd *source_fd;
    struct loop_timer *poll_timer;
    struct loop_watch **source_watches;
    size_t source_watch_count;
    bool poll_again, source_seen;
    unsigned source_failures;
    char source_problem[512];
    char held[64]; /* how the history is held; empty = it is not */

    /* The commit on its way through the renderer, and the last one that came out. */
    struct child render;
    bool rendering;
    int snapshot; /* of the newest commit, kept for rendering again; -1 = none */
    struct arena *fault_arena;
    struct unit_fault *faults;
    size_t fault_count;
    struct loop_fd *render_fd;
    struct loop_timer *render_timer;
    struct arena *commit_arena; /* findings of the newest commit */
    char commit[41];            /* newest one taken over */
    char commit_summary[160];
    uint64_t sequence;
    bool commit_final; /* its final note is written */

    /* Charts from outside the repository. */
    struct chart_fetch *charts; /* in the configuration's arena; NULL: none was asked for */

    /* Notes. */
    struct outbox *outbox;
    struct outbox_batch batch;
    struct arena *batch_arena;
    struct repo_job *notes_job;
    struct loop_fd *notes_fd;
    struct loop_timer *notes_timer;
    int64_t notes_next_ns;
    unsigned notes_failures;

    struct daemon_app *app; /* app.c; NULL: syncd works with tokens of files */

    /* Pull requests. */
    struct reviews *reviews;     /* NULL: no forge */
    struct admission *admission; /* a fetched commit that is held against its review */
    struct admitted *admitted;   /* the first one since the start, until its base is there */
    struct hooks *hooks;

    struct ledger *ledger; /* what has drifted and is open */

    /* Files in the state directory. */
    struct loop_timer *status_timer;
    struct arena *pins_arena;
    struct map pins;
};

/* remote.c: what Git jobs are given along */
bool daemon_read_file(str path, bool secret, struct arena *arena, str *ret_text,
                      struct error *err) MUST_USE;
bool daemon_remote(const struct daemon *daemon, struct arena *arena, struct repo_remote *ret_remote,
                   struct error *err) MUST_USE;
bool daemon_trust(const struct daemon *daemon, struct arena *arena, struct repo_trust *ret_trust,
                  struct error *err) MUST_USE;
/* The key that notes are signed with; empty = they are not. */
bool daemon_signing_key(const struct daemon *daemon, struct arena *arena, str *ret_key,
                        struct error *err) MUST_USE;

/* app.c: a GitHub App as who we are. A key that cannot be used is told, and tried again. */
struct daemon_app *app_start(struct daemon *daemon);
void app_stop(struct daemon_app *app);
/* True until it is known whether there will be a token. */
bool app_pending(const struct daemon_app *app);
/* The newest token; empty = none. A view until the loop goes on. */
str app_token(const struct daemon_app *app);
str app_login(const struct daemon_app *app);
/* Somebody was refused with it. */
void app_refused(struct daemon_app *app);

/* hooks.c: takes the forge's deliveries; NULL where none are wanted. */
struct hooks *hooks_start(struct daemon *daemon);
void hooks_stop(struct hooks *hooks);

/* rendering.c: takes over the descriptor */
void rendering_begin(struct daemon *daemon, int snapshot, const struct unit_fault *faults,
                     size_t fault_count);
/* Renders the members again that are stale, from the same commit. */
void rendering_again(struct daemon *daemon);
void rendering_stop(struct daemon *daemon);
/* The member keeps its last good commit, and says why. */
void rendering_refuse(struct daemon *daemon, struct member_target *member,
                      const struct wire_unit *unit);

/*
 * charts.c: charts from outside the repository. All that were asked for since the configuration was
 * read are in one snapshot, whose descriptor goes to the render child.
 */
/* Forgets what was asked for and is not there. */
void charts_new_commit(struct daemon *daemon);
void charts_need(struct daemon *daemon, const struct render_need *need);
/* Starts a job for what is not there, unless one runs. */
void charts_fetch(struct daemon *daemon);
/* False while something that was asked for is not there. */
bool charts_ready(const struct daemon *daemon);
/* Stays the daemon's; -1: there are none. */
int charts_snapshot(const struct daemon *daemon);
void charts_stop(struct daemon *daemon);
/* A job ended: the member goes on, or hears what is wrong (NULL: nothing). */
void world_charts_settled(struct member_world *world, const struct error *err);

/*
 * world.c: what the rendering of one target is told of its cluster. Needs are answered by reads of
 * the target (records.c, lookups.c); when all are, the member is rendered again.
 */
struct member_world *world_create(struct daemon *daemon, struct member_target *member);
void world_destroy(struct member_world *world);
/* What is known now. Lives in the arena. */
struct render_world *world_describe(const struct member_world *world, struct arena *arena);
/* A unit that lacks answers: gets them, then renders again. */
void world_take_needs(struct member_world *world, const struct wire_unit *unit);
/*
 * Hands a commit to the session, once the values that its releases made at random are written down
 * in the cluster. Takes over the reference.
 */
void world_hand_over(struct member_world *world, const struct wire_unit *unit,
                     struct desired *desired);
/* A new commit is being rendered: what waits is of the old one. */
void world_new_commit(struct member_world *world);
void world_session_changed(struct member_world *world);
void world_session_leaving(struct member_world *world);

/* notes.c */
void notes_start(struct daemon *daemon);
void notes_stop(struct daemon *daemon);
void notes_commit_changed(struct daemon *daemon);
void notes_add(struct daemon *daemon, str records);
void notes_add_to(struct daemon *daemon, str commit, str records); /* another than the newest */
bool notes_idle(const struct daemon *daemon);

/* state.c */
void state_open(struct daemon *daemon);
void state_close(struct daemon *daemon);
str state_path(const struct daemon *daemon, const char *name, struct arena *arena);
void state_changed(struct daemon *daemon);
/* A small file of the directory, whole or not at all, synced to the disk; empty = not there. */
bool state_write(const struct daemon *daemon, const char *name, str text) MUST_USE;
str state_read(const struct daemon *daemon, const char *name, struct arena *arena);
/* The status as it would be written now. */
str state_text(const struct daemon *daemon, struct arena *arena);
str state_pinned(struct daemon *daemon, str target);
void state_pin(struct daemon *daemon, str target, str cluster_uid);

/* drift.c: the port of a session, and the report */
void drift_found(void *context, struct session *session, uint32_t object,
                 const struct drifts *drifts, const enum drift_action *actions);
void drift_gone(void *context, struct session *session, uint32_t object);
void drift_stranger(void *context, struct session *session, const struct live_view *view,
                    bool there);
/* The drift of all targets as it would be written now. */
str drift_text(const struct daemon *daemon, struct arena *arena);

/* targets.c */
/* The target that a session works for; NULL when the configuration has it no longer. */
struct member_target *daemon_member(const struct daemon *daemon, const struct session *session);
void targets_start(struct daemon *daemon);
void targets_stop(struct daemon *daemon);
/* Whether targets may be written to has changed. */
void targets_allow(struct daemon *daemon);
/* Sees whether everything has settled, and in once mode ends the loop. */
void daemon_check_settled(struct daemon *daemon);
int daemon_exit_code(const struct daemon *daemon);
struct note_target *daemon_note_targets(const struct daemon *daemon, struct arena *arena);

#define FIELD(key, text) {(key), (text)}

#endif
