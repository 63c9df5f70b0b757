/*
 * target: the state machine of one cluster. Pure: it is told what happened and what time it is, and
 * asked what to do next; it starts nothing itself. The daemon carries its effects out, tests do
 * too, with a world of their own.
 *
 *     connect ─► list ─► record (write-ahead) ─► apply, wave by wave ─► prune ─► close ─► settled
 *                  ▲                                                                        │
 *                  └──────────────── a new commit; drift is healed where it stands ◄────────┘
 */
#ifndef SYNCD_RECONCILE_TARGET_H
#define SYNCD_RECONCILE_TARGET_H

#include "syncd/object/scope.h"
#include "syncd/plan/desired.h"
#include "syncd/plan/inventory.h"
#include "syncd/reconcile/target_object.h"

enum target_phase {
    TARGET_IDLE,    /* nothing desired yet */
    TARGET_CONNECT, /* not reached, or lost */
    TARGET_LIST,    /* the kinds' lists are on their way */
    TARGET_RECORD,  /* the inventory is being widened */
    TARGET_APPLY,
    TARGET_PRUNE,
    TARGET_CLOSE, /* the inventory is being written */
    TARGET_SETTLED,
    TARGET_HELD, /* another cluster answers under this name: nothing is written */
};

enum kind_state { KIND_WANTED, KIND_OPENING, KIND_SYNCED, KIND_MISSING, KIND_DENIED, KIND_LOST };

struct target_kind {
    struct gvk gvk;
    enum kind_state state;
    enum object_scope scope; /* as the cluster says it */
    int64_t heard_ns;        /* when its watch last said anything */
};

struct target_policy {
    str default_ns; /* for objects that name no namespace and need one; must outlive the target */
    bool prune;
    bool others_unknown; /* another target may be the same cluster: nothing is pruned until then */
    uint32_t group;      /* counts the targets that turned out to be the same cluster: a commit that
                            was rendered before the last of them prunes nothing */
    uint64_t max_count, max_percent;
    unsigned in_flight;        /* applies at once */
    int64_t wave_timeout_ns;   /* what is not ready by then has failed the sync, and what is not
                                  gone by then holds up no deletion; 0 = never */
    unsigned adopt;            /* bits of OPTION_ADOPT: whose fields become ours */
    const struct level *level; /* of the platform, whose kinds may need a tombstone; NULL = none */
    bool unsure;               /* whether writing is allowed is not known yet: nothing is written */
    bool paused;               /* read-only: nothing is written, and the commit is held */
};

enum effect_kind {
    EFFECT_NONE,
    EFFECT_CONNECT,         /* identity and inventory: answer with target_connected/_unreachable */
    EFFECT_OPEN_KIND,       /* begin to watch kinds[index]: target_kind_* */
    EFFECT_DISCOVER,        /* ask which kinds are served: target_discovered */
    EFFECT_WRITE_INVENTORY, /* target_inventory_text; answer target_inventory_written */
    EFFECT_EXAMINE,         /* GET objects[index], dry run if need be: target_examined */
    EFFECT_ADOPT,   /* fields of other tools on objects[index] become ours: target_adopted */
    EFFECT_APPLY,   /* objects[index], force: target_applied */
    EFFECT_RUN,     /* create objects[index], a hook, with its run: target_applied */
    EFFECT_INSPECT, /* GET objects[index] before deleting: target_inspected */
    EFFECT_DELETE,  /* objects[index] with its uid: target_deleted */
    EFFECT_REPORT,  /* the commit settled, or its state changed for readers */
};

struct effect {
    enum effect_kind kind;
    uint32_t index;
    bool force;
    bool take;   /* of a forced apply: fields of others are taken over, whatever the version */
    bool create; /* of an apply: only if it is not there; CONFLICT when it is */
};

struct target;

struct target *target_create(str name, str owner, const struct target_policy *policy);
void target_destroy(struct target *target);
void target_set_policy(struct target *target, const struct target_policy *policy);

/* What to do next; false when there is nothing for now. Call until it says false. */
bool target_next_effect(struct target *target, int64_t now_ns, struct effect *ret_effect);
/* When to ask again without any event, after target_next_effect said false; INT64_MAX = never. */
int64_t target_wake_ns(const struct target *target, int64_t now_ns);

/* --- what happened --- */

/* A newer commit pre-empts what is going on. Takes a reference. */
void target_take(struct target *target, struct desired *desired);
/* Connects although nothing is desired yet: what is rendered may depend on the cluster. */
void target_reach(struct target *target);
/* A newer commit could not be rendered: nothing is deleted until one can. */
void target_refuse(struct target *target);

/*
 * Reached: the cluster's uid, the one recorded for this name (empty = first time), and the
 * inventory as it is in the cluster (empty = none yet).
 */
void target_connected(struct target *target, str cluster_uid, str pinned_uid, str inventory,
                      int64_t now_ns);
/*
 * The cluster turned out to be the one of another target, which writes for both: this one is held,
 * and nothing is wrong with it.
 */
void target_join(struct target *target, str other);
bool target_is_joined(const struct target *target);
void target_unreachable(struct target *target, const struct error *err, int64_t now_ns);
void target_discovered(struct target *target, int64_t now_ns);

/* Where objects of the kind live: settles the namespaces that the commit leaves open. */
void target_kind_scope(struct target *target, uint32_t kind, bool namespaced);
void target_kind_begin(struct target *target, uint32_t kind);
void target_kind_changed(struct target *target, uint32_t kind, enum kind_state state,
                         int64_t now_ns);

enum seen_result {
    SEEN_EXPECTED, /* nothing to say */
    SEEN_DRIFT,    /* not as acknowledged: find out what, then target_judged */
    SEEN_STRANGER, /* carries our label, but neither Git nor the inventory knows it */
};
/* An object as the watch shows it; *ret_object is its index when it is known. */
enum seen_result target_seen(struct target *target, const struct live_view *view, int64_t now_ns,
                             uint32_t *ret_object);
/* The watch says it is gone; SEEN_DRIFT when Git wants it: target_judged with DRIFT_DELETED. */
enum seen_result target_gone(struct target *target, const struct live_view *view, int64_t now_ns,
                             uint32_t *ret_object);

/* After a kind is synced: one after the other, what is gone although Git wants it. */
bool target_next_missing(struct target *target, uint32_t *ret_object);

/*
 * What was found on the object (`digest` of it) and what policy wants done, one action for each of
 * the drifts. A field that was healed too often becomes DRIFT_CONTESTED in `actions`. An object
 * whose `judged` is the digest already needs no second judgement.
 */
void target_judged(struct target *target, uint32_t object, const struct drifts *drifts,
                   enum drift_action *actions, uint64_t digest, int64_t now_ns);
/* True once, when an object that was judged as drifted is as Git states it again. */
bool target_calmed_down(struct target *target, uint32_t object);
/* It cannot be told yet what drifted: EFFECT_EXAMINE will come, before anything is applied. */
void target_examine(struct target *target, uint32_t object, uint64_t digest);

/* True when the object stands in the table. */
bool target_knows(const struct target *target, const struct object_id *id);
/* The verdict on an object in this version; one of another than was seen last does not count. */
void target_take_health(struct target *target, uint32_t object, str resource_version,
                        const struct health_verdict *verdict);

/* How a write ended. */
struct outcome {
    const struct error *err; /* NULL = done */
    const char *reason;      /* the server's reason, or NULL */
    bool kind_missing;       /* the cluster does not serve the kind (yet) */
    bool created;
    bool reclaimable; /* of a conflict: every field in conflict was ours */
    bool examine;     /* of a conflict: policy leaves some of the fields alone, so look which */
    unsigned tools;   /* of a conflict: whose fields the ones in conflict are, if all are tools' */
    bool as_applied;  /* of a look: a dry run would leave our fields exactly so */
    bool guarded;     /* of a look: the platform lets it go only with a tombstone */
    int32_t wave;     /* of a look: its own */
    bool immutable;   /* of a refusal: the field exists, but may not change */
    const struct live_view *view;         /* of the reply, when there is one */
    const struct health_verdict *verdict; /* on the reply's object, or NULL */
};
/* As target_seen; view NULL with no error: it is not there. */
enum seen_result target_examined(struct target *target, uint32_t object,
                                 const struct outcome *outcome, int64_t now_ns);
void target_applied(struct target *target, uint32_t object, const struct outcome *outcome,
                    int64_t now_ns);
/* The tools whose fields of the object become ours: bits of OPTION_ADOPT. */
unsigned target_adopts(const struct target *target, uint32_t object);
/* The view is of the object as it is now; NULL with no error: it is not there. */
void target_adopted(struct target *target, uint32_t object, const struct outcome *outcome,
                    int64_t now_ns);
/* view NULL with no error: it is not there. options: object_options of the document. */
void target_inspected(struct target *target, uint32_t object, const struct outcome *outcome,
                      unsigned options, int64_t now_ns);
void target_deleted(struct target *target, uint32_t object, const struct outcome *outcome,
                    int64_t now_ns);
void target_inventory_written(struct target *target, const struct error *err, int64_t now_ns);

/* --- looking --- */

bool hash_equal(struct hash128 a, struct hash128 b);
str target_name(const struct target *target);
enum target_phase target_phase(const struct target *target);
const char *target_phase_name(enum target_phase phase);
const struct desired *target_desired(const struct target *target); /* NULL before the first */
size_t target_object_count(const struct target *target);
const struct target_object *target_object_at(const struct target *target, size_t index);
/* Of the API that is used for it. */
str target_version(const struct target *target, const struct target_object *object);
const struct target_kind *target_kind_at(const struct target *target, size_t index);
/* True while its cluster answers and its inventory is known. */
bool target_is_reached(const struct target *target);
/* True when all of the commit is applied. */
bool target_all_done(const struct target *target);
/* Why it is not reached; empty = it is. */
str target_problem(const struct target *target);
str target_cluster_uid(const struct target *target);
/* The inventory to be written: every object that may be in the cluster. */
void target_inventory_text(const struct target *target, struct buf *buf);
/* True when all of the object's desired state was acknowledged once, so conflicts are reclaimed. */
bool target_owns_all(const struct target *target, uint32_t object);
const struct desired *target_previous(const struct target *target);

/* Why an object is not ready; NULL when it is. */
struct health_note {
    char text[184];
};
const struct health_note *target_health_note(const struct target *target,
                                             const struct target_object *object);
/* The verdict as of now: stale when its watch was not heard of for ttl_ns. */
enum health_state target_health(const struct target *target, uint32_t object, int64_t now_ns,
                                int64_t ttl_ns);
/* How many objects wait for others to become ready, and for which first ("3 wait for …"). */
size_t target_blocked(const struct target *target);
void target_waits_for(const struct target *target, struct buf *buf);
/* The run that is to be made of a hook, for the annotation RUN_ANNOTATION. */
#define RUN_ANNOTATION "syncd.dev/run"
#define RUN_TEXT       33
void target_run_text(const struct target *target, uint32_t object, char out[RUN_TEXT]);
const struct desired_hook *target_hook(const struct target *target, uint32_t object);

struct target_summary {
    size_t total, created, updated, unchanged, failed, conflicts, contested, kept, leaving, deleted,
        waiting;
    size_t drift; /* found since the commit was taken */
    size_t healed;
    size_t strangers;
    size_t blocked; /* of waiting: held by something that is not ready */
    size_t held;
    size_t withheld; /* by rollouts; counted among the others, too */
    bool paused;     /* read-only by policy */
    bool late;       /* blocked for longer than the policy allows */
    bool terminal;   /* nothing more will happen by itself */
};
struct target_summary target_summary(const struct target *target);

#endif
