/* The inside of struct target, shared by the files of this folder only. */
#ifndef SYNCD_RECONCILE_TARGET_INTERNAL_H
#define SYNCD_RECONCILE_TARGET_INTERNAL_H

#include "syncd/base/clock.h"
#include "syncd/reconcile/disputes.h"
#include "syncd/reconcile/flow_internal.h"
#include "syncd/reconcile/hold.h"

#define UNREACHABLE_FIRST_NS (1 * NS_PER_S)
#define UNREACHABLE_MOST_NS  (300 * NS_PER_S)
#define LOOK_FIRST_NS        (20 * NS_PER_MS)
#define RETRY_FIRST_NS       (500 * NS_PER_MS)
#define RETRY_MOST_NS        (300 * NS_PER_S)
#define DISCOVER_PAUSE_NS    (50 * NS_PER_MS)

#define TRIED_ATTEMPTS 5 /* after so many, what gets no answer holds up no others */

/* One that passed the gate: the smallest rank leaves first. */
struct leaver {
    uint32_t object;
    int64_t rank;
};
struct leavers {
    VEC(struct leaver) list; /* in the table's arena */
    size_t from, to;         /* the group that was let go; all before it are gone, or hang */
    int64_t since_ns;        /* when it was */
    bool sorted;
};

struct target {
    str name, owner;
    struct target_policy policy;
    enum target_phase phase;
    struct arena *fixed; /* name, owner */

    struct desired *desired, *previous;
    struct desired *next; /* waits for the answers that are on their way */
    bool refused;         /* a newer commit is there that could not be rendered */

    /* The table of objects: desired and inventory together; made anew for each commit. */
    struct arena *table;
    struct target_object *objects;
    size_t object_count;
    uint32_t *slots;     /* objects by the hash of their key: index + 1, 0 = free */
    size_t slot_count;   /* a power of two */
    uint32_t *by_kind;   /* objects, grouped by kind */
    uint32_t *kind_from; /* where each kind's group begins; one more at the end */
    size_t kind_count;   /* kinds that are grouped: later ones have no object here */
    uint32_t *order;     /* of application: desired objects by wave */
    size_t order_count;
    VEC(struct target_kind) kinds;

    /* Where the work is. */
    size_t prune_cursor;
    size_t done_from; /* all of order before it is done */
    struct leavers leavers;
    size_t to_delete;      /* how many objects of the inventory are not desired */
    unsigned busy;         /* requests on their way */
    VEC(uint32_t) missing; /* gone when a list was complete, and not judged yet */
    struct disputes disputes;
    VEC(uint32_t) todo; /* objects that want work, from todo_from on, in this order */
    size_t todo_from;
    VEC(uint32_t) later; /* objects to be retried; the first is due at later_ns */
    int64_t later_ns;

    /* The walk over the commit's order; all of it in an arena of its own. */
    struct arena *flow;
    bool flowing, spreading, failure_said;
    int64_t flow_ns; /* when something last was let go */
    struct flow_node *nodes;
    uint32_t *placed; /* desired objects to objects */
    struct target_run *runs;
    size_t blocked;      /* objects that were not let go yet */
    size_t blocked_then; /* as many waited at flow_ns */
    bool late;           /* for longer than the policy allows */
    VEC(uint32_t) released;
    VEC(struct run_record) records; /* of runs, from the inventory; in the table's arena */
    VEC(struct health_note) notes;
    VEC(uint32_t) free_notes;

    struct target_hold *holds; /* one for each of the commit's, in the table's arena */

    bool connecting, inventory_known, writing, discovering, report;
    bool inventory_dirty;
    bool unplaced; /* a kind's scope became known, and objects of it may stand under another key */
    bool defines;  /* this commit's definitions changed something: kinds may be about to come */
    unsigned served_attempts;
    bool written_ahead;
    unsigned attempts; /* to connect */
    int64_t retry_ns, discover_ns, write_retry_ns;
    char cluster_uid[UID_MAX];
    char problem[512];
    bool asked;  /* readers heard that it waits to be allowed to write */
    bool joined; /* held, because another target writes to its cluster */

    size_t drift, healed, strangers;
};

/* --- table.c --- */

void table_rebuild(struct target *target, str inventory);
/* True when objects of the kind stand under keys that its scope does not allow. */
bool table_is_misplaced(const struct target *target, uint32_t kind);
/* The same commit, with each object where its kind's scope puts it; verdicts stay. */
void table_place(struct target *target);
/* The objects of one kind. */
struct object_group {
    const uint32_t *items;
    size_t len;
};
struct object_group target_objects_of(const struct target *target, uint32_t kind);
/* NULL when there is none. */
struct target_object *table_find(const struct target *target, str key);
uint32_t table_kind(struct target *target, struct gvk gvk);

/* --- hold.c --- */
/* A new table: nothing is let go, and only what was applied last tells of a value. */
void holds_begin(struct target *target);
/* NULL: the object is not held back by any rollout. */
struct target_hold *hold_of(const struct target *target, const struct target_object *object);
/* The form that the answer which came is about. */
struct desired_form hold_sent_form(const struct target *target, const struct target_object *object);
/* True while nothing of the object may be written: it is held, and not as it was before. */
bool hold_is_shut(const struct target *target, const struct target_object *object);

/* --- work.c: one object --- */

/* Remembers why, in the table's arena. */
void object_set_problem(struct target *target, struct target_object *object, const char *text);
void object_set_uid(struct target *target, struct target_object *object, str text);
/* Retries later: longer each time. */
void object_retry(struct target_object *object, int64_t now_ns);
/* An object that was done has to be done again. */
void target_undo(struct target *target, struct target_object *object, enum object_state state);
/* True when fields of other tools have to become ours first. */
bool object_wants_adoption(const struct target *target, const struct target_object *object);
/* True when the object has to be applied. */
bool object_wants_apply(const struct target *target, const struct target_object *object);
/* True when the object may be sent now. */
bool object_is_due(const struct target_object *object, int64_t now_ns);
/* Puts a settled target's object back to work. */
void target_queue(struct target *target, uint32_t index);
unsigned object_options_of(const struct target *target, const struct target_object *object);
/* The next of the queue: what was let go, drift, retries, deletions that passed the gate. */
bool target_todo_work(struct target *target, int64_t now_ns, struct effect *effect);
int64_t backoff(int64_t first, int64_t most, unsigned attempts);

/* --- events.c and judge.c --- */

/* The watch has shown a later one. Where versions are no numbers, nothing is called older, which
   costs at most one apply that changes nothing. */
bool object_is_overtaken(const struct target_object *object, const struct live_view *view);
void object_note_seen(const struct target *target, struct target_object *object,
                      const struct live_view *view);
/* Not as acknowledged, or not known to be so again since it drifted. */
bool object_has_drifted(const struct target_object *object);
/* NULL for none. */
const struct drift_places *places_copy(const struct drift_places *places, struct arena *arena);
/* --- leavers.c: the order of deletion --- */

/* The object passed the gate; `wave` is its own. */
void leavers_add(struct target *target, uint32_t index, int32_t wave);
void leavers_let_go(struct target *target, int64_t now_ns);
/* True while some wait for others to be gone. */
bool leavers_wait(const struct target *target);

/* --- the phases: true with an effect; false when there is none, or the phase changed --- */

bool phase_connect(struct target *target, int64_t now_ns, struct effect *effect);
void phase_list(struct target *target);
bool phase_record(struct target *target, int64_t now_ns, struct effect *effect);
bool phase_apply(struct target *target, int64_t now_ns, struct effect *effect);
bool phase_prune(struct target *target, int64_t now_ns, struct effect *effect);
bool phase_close(struct target *target, int64_t now_ns, struct effect *effect);
bool phase_settled(struct target *target, int64_t now_ns, struct effect *effect);

/* Kinds to watch and to ask for, in every phase after connecting. */
bool target_open_kinds(struct target *target, struct effect *effect);
bool target_discover(struct target *target, int64_t now_ns, struct effect *effect);
bool target_write_inventory(struct target *target, int64_t now_ns, struct effect *effect);
struct gate_case target_gate_facts(struct target *target, const struct target_object *object);
/* Says since when it is being deleted, and what it waits for. */
void object_tell_leaving(struct target *target, struct target_object *object,
                         const struct live_view *view);
/* True when the gate would say something else now of an object that is kept for a while. */
bool target_prune_goes_on(struct target *target);
/* Lets what was kept for a reason that may have passed be looked at again. */
void target_reopen_prune(struct target *target);

#endif
