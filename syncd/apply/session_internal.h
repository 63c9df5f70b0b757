/* The inside of a session, shared by the files of this folder only. */
#ifndef SYNCD_APPLY_SESSION_INTERNAL_H
#define SYNCD_APPLY_SESSION_INTERNAL_H

#include "syncd/apply/session.h"
#include "syncd/kube/reflector.h"
#include "syncd/reconcile/hold.h"

struct watched {
    struct session *session;
    uint32_t kind;
    struct kube_reflector *reflector;
    unsigned went_back; /* lists in a row that were older than what was seen */
};

struct session {
    struct loop *loop;
    struct http_client *client;
    struct session_options options;
    struct session_port port;
    void *context;
    struct arena *fixed; /* names, watches */
    str owner;
    struct target *target;
    struct kube_cluster *cluster;
    struct loop_timer *timer;
    VEC(struct watched *) watches;
    struct buf inventory; /* while it is being read */
    struct buf installed; /* releases, as the inventory has them */
    char cluster_uid[UID_MAX];
    bool pumping, pump_again, closing;
    bool waits;                   /* connected, but for the state that session_take brings */
    struct arena *recorded_arena; /* while it connects */
    VEC(struct session_record) recorded;
    bool renewing;        /* the Secret with the credentials is asked for again */
    bool namespace_ready; /* the inventory's namespace is there */
    unsigned patient;     /* reflectors that were not told to hurry */
    unsigned parts;       /* of the inventory in the cluster */
    unsigned parts_open;  /* of the one being written */
    struct error write_err;
    int64_t last_contact_ns;
    struct look *looks; /* on their way */
};

/* Carries out everything that is due; safe to call from callbacks. */
void session_pump(struct session *session);
/* What every kube_done does first. */
void session_heard(struct session *session, const struct kube_reply *reply);

/* Lets go of the cluster and all that hangs on it. */
void session_leave(struct session *session);
void connect_begin(struct session *session); /* connect.c */
void connect_finish(struct session *session);
void inventory_begin_write(struct session *session);                            /* record.c */
value applyset_annotations(const struct session *session, struct arena *arena); /* applyset.c */
bool inventory_take_item(struct session *session, value object);
void watch_open(struct session *session, uint32_t kind); /* watch.c */
void watch_close_all(struct session *session);
/* Lets the watches of new kinds begin once nothing is gained by waiting. */
void watch_hurry(struct session *session);
void write_apply(struct session *session, const struct effect *effect); /* write.c */
void write_inspect(struct session *session, uint32_t object);
void write_delete(struct session *session, uint32_t object);
void write_adopt(struct session *session, uint32_t object); /* adopt.c */
void write_run(struct session *session, uint32_t object);   /* hook.c */

/* A request on its way. The table stays as it is while one is (see reconcile). */
struct writing {
    struct session *session;
    uint32_t object;
};
struct writing *writing_new(struct session *session, uint32_t object); /* freed by its answer */

/* What a reply shows of its object. */
struct reply_view {
    struct live_view live;
    struct health_verdict verdict;
};
/* Sets the outcome's parts. A reply that is no object is an error of the server's. */
bool write_read_reply(const struct session *session, const struct kube_reply *reply,
                      struct reply_view *seen, struct outcome *outcome, struct error *err);
/* What a rollout wants to know of an object that it holds back. */
void session_note_value(struct session *session, uint32_t object, value document);
void write_tell(struct session *session, uint32_t object, const char *action,
                const struct outcome *outcome);

/* What the server returned, judged; false when there are no rules. */
bool session_judge(const struct session *session, value object, struct arena *arena,
                   struct health_verdict *ret_verdict);

/* drift.c: what drifted on an object that the watch shows. */
void drift_look(struct session *session, uint32_t object, value live, struct arena *arena);
void drift_examine(struct session *session, uint32_t object);
void drift_drop_looks(struct session *session);
bool drift_is_left_alone(const struct session *session, uint32_t object, str path, str manager,
                         struct arena *arena);
/* Git's document; `applied`: without what is left out of it. Errors as json_read. */
bool session_stated(const struct session *session, uint32_t object, bool applied,
                    struct arena *arena, value *ret_stated, struct error *err) MUST_USE;
/* Says once that an object is as Git states it again. */
void session_tell_calm(struct session *session, uint32_t object);

/* The path of an object whose kind is served; false with the error when it is not. */
bool session_object_path(struct session *session, const struct object_id *id,
                         struct kube_path *ret_path, bool *ret_missing, struct error *err) MUST_USE;
struct object_id session_object_id(const struct session *session, uint32_t object);

#endif
