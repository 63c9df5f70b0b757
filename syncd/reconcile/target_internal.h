/* The inside of struct target, shared by the files of this folder only. */
#ifndef SYNCD_RECONCILE_TARGET_INTERNAL_H
#define SYNCD_RECONCILE_TARGET_INTERNAL_H

#include "syncd/base/clock.h"
#include "syncd/reconcile/disputes.h"
#include "syncd/reconcile/target.h"

#define UNREACHABLE_FIRST_NS (1 * NS_PER_S)
#define UNREACHABLE_MOST_NS  (300 * NS_PER_S)
#define RETRY_FIRST_NS       (500 * NS_PER_MS)
#define RETRY_MOST_NS        (300 * NS_PER_S)
#define DISCOVER_PAUSE_NS    (50 * NS_PER_MS)

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
    struct map by_key;
    uint32_t *by_kind;   /* objects, grouped by kind */
    uint32_t *kind_from; /* where each kind's group begins; one more at the end */
    size_t kind_count;   /* kinds that are grouped: later ones have no object here */
    uint32_t *order;     /* of application: desired objects by wave */
    size_t order_count;
    VEC(struct target_kind) kinds;

    /* Where the work is. */
    size_t cursor; /* in order */
    uint32_t wave;
    size_t prune_cursor;
    size_t done_from;      /* all of order before it is done */
    size_t to_delete;      /* how many objects of the inventory are not desired */
    unsigned busy;         /* requests on their way */
    VEC(uint32_t) missing; /* gone when a list was complete, and not judged yet */
    struct disputes disputes;
    VEC(uint32_t) todo; /* settled: objects that want work */

    bool connecting, inventory_known, writing, discovering, report;
    bool inventory_dirty;
    bool retries;  /* since the table was made, an apply failed that will be tried again */
    bool unplaced; /* a kind's scope became known, and objects of it may stand under another key */
    bool defines;  /* this commit's definitions changed something: kinds may be about to come */
    unsigned served_attempts;
    bool written_ahead;
    unsigned attempts; /* to connect */
    int64_t retry_ns, discover_ns, write_retry_ns;
    char cluster_uid[UID_MAX];
    char problem[512];

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
uint32_t table_kind(struct target *target, struct gvk gvk);

/* --- work.c: one object --- */

/* Remembers why, in the table's arena. */
void object_set_problem(struct target *target, struct target_object *object, const char *text);
/* Retries later: longer each time. */
void object_retry(struct target_object *object, int64_t now_ns);
/* An object that was done has to be done again. */
void target_undo(struct target *target, struct target_object *object, enum object_state state);
/* True when the object has to be applied. */
bool object_wants_apply(const struct target *target, const struct target_object *object);
/* True when the object may be sent now. */
bool object_is_due(const struct target_object *object, int64_t now_ns);
/* Puts a settled target's object back to work. */
void target_queue(struct target *target, uint32_t index);
bool target_begin_apply(struct target *target, uint32_t index, struct effect *effect);
/* Objects that came back to work: drift, retries, deletions that passed the gate. */
bool target_todo_work(struct target *target, int64_t now_ns, struct effect *effect);
int64_t backoff(int64_t first, int64_t most, unsigned attempts);

/* --- events.c and judge.c --- */

void object_note_seen(const struct target *target, struct target_object *object,
                      const struct live_view *view);
/* Not as acknowledged, or not known to be so again since it drifted. */
bool object_has_drifted(const struct target_object *object);
struct drift_places places_copy(struct drift_places places, struct arena *arena);

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
/* Lets what was kept for a reason that may have passed be looked at again. */
void target_reopen_prune(struct target *target);

#endif
