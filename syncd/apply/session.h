/*
 * session: one target's connection. Carries out what its state machine (syncd/reconcile) asks for,
 * and tells it what came of it. Everything runs on the loop thread; nothing blocks.
 */
#ifndef SYNCD_APPLY_SESSION_H
#define SYNCD_APPLY_SESSION_H

#include "syncd/config/config.h"
#include "syncd/kube/cluster.h"
#include "syncd/reconcile/target.h"

struct session;

/* A rollout's ConfigMap. */
#define SESSION_ROLLOUT_LABEL "syncd.dev/rollout"
struct session_record {
    str document, state; /* JSON */
};

/* What a session tells its owner, and asks of it. */
struct session_port {
    /* State changed in a way that readers want to know: commit settled, lost, held. */
    void (*changed)(void *context, struct session *session);
    /* Drift was found on an object, with what is done about each place of it. */
    void (*drifted)(void *context, struct session *session, uint32_t object,
                    const struct drifts *drifts, const enum drift_action *actions);
    /* Nothing of the object is drifted any more. */
    void (*undrifted)(void *context, struct session *session, uint32_t object);
    /* An object with our owner label that neither Git nor the inventory knows. */
    void (*stranger)(void *context, struct session *session, const struct live_view *view,
                     bool there);
    /* A step ended: for the log. `problem` NULL = done. */
    void (*acted)(void *context, struct session *session, const struct target_object *object,
                  const char *action, const char *problem);
    /* The cluster's recorded uid, empty when it is new, and its recording. */
    str (*pinned)(void *context, str target);
    void (*pin)(void *context, str target, str cluster_uid);
    /* The name of the target that writes to the cluster with this uid, when that is another one;
       empty = this one does. NULL is fine. */
    str (*writer)(void *context, struct session *session, str cluster_uid);
    /* The verdict on an object of a kind that the platform's level knows; false: it knows it not.
       NULL is fine. */
    bool (*judge)(void *context, value object, const struct gvk *gvk, bool has_status,
                  struct arena *arena, struct health_verdict *ret_verdict);
    /* Something was heard of an object that a rollout holds back, or did. NULL is fine. */
    void (*held)(void *context, struct session *session);
    /* What is on record of rollouts in the cluster, before anything is done there. False: what the
       session has is to be made anew with it, and nothing is done until session_take. NULL is fine.
     */
    bool (*recorded)(void *context, struct session *session, const struct session_record *list,
                     size_t count);
    /* Another target's cluster, to read a kubeconfig Secret from; NULL when not connected. */
    struct kube_cluster *(*cluster_of)(void *context, str target);
    /* F32: lists stay older than what was seen, so the cluster was restored from a backup. What is
       known of it is of another past: the session has to be made anew, but not from in here. */
    void (*restored)(void *context, struct session *session, const struct error *err);
    /* The session's cluster is about to go: calls to it end unanswered, reflectors have to. NULL is
       fine. */
    void (*leaving)(void *context, struct session *session);
};

struct session_options {
    const struct config_target *target; /* must outlive the session */
    const struct limits *limits;
    str sync_name;                     /* of the configuration: names the inventory */
    const struct health_rules *health; /* must outlive the session; NULL: nothing is judged */
    struct target_policy policy;
    int64_t resync_ns;         /* of watches, see kube_reflector_options */
    struct drift_policy drift; /* its rules must outlive the session */
};

struct session *session_create(struct loop *loop, struct http_client *client,
                               const struct session_options *options,
                               const struct session_port *port, void *context);
/* Ends everything in flight; what the server had accepted is found again through the inventory. */
void session_destroy(struct session *session);

/* A new commit; NULL: there is one that could not be rendered. */
void session_take(struct session *session, struct desired *desired);
/* What is known beside the object has changed: it is asked for, and judged again. */
void session_look_again(struct session *session, const struct object_id *id);
/* Connects although there is no commit for it yet. */
void session_reach(struct session *session);
void session_set_policy(struct session *session, const struct target_policy *policy);

/* Carries out what its target was told from outside (target_let_go). */
void session_wake(struct session *session);

/* Another target writes to its cluster from now on. */
void session_join(struct session *session, str other);

struct target *session_target(const struct session *session);
const struct config_target *session_config(const struct session *session);
/* True while it is connected but for a state that session_take brings. */
bool session_waits(const struct session *session);
/* NULL until connected. */
struct kube_cluster *session_cluster(const struct session *session);
/* Releases of charts that are installed in the target: render/world.h; into the arena. */
void session_installed(const struct session *session, struct arena *arena,
                       struct render_world *world);
/* Monotonic time at which the cluster last said anything; 0 = never. */
int64_t session_last_contact_ns(const struct session *session);

/* The value of the owner label for a configuration's name. */
str session_owner(str sync_name, struct arena *arena);

#endif
