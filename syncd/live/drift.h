/*
 * drift: every place where a live object is not as Git states it, and who made it so. Pure. Needs
 * no schema: how the server tells the items of a list apart is read from the field sets of the
 * object's own managedFields.
 */
#ifndef SYNCD_LIVE_DRIFT_H
#define SYNCD_LIVE_DRIFT_H

#include "diff/owners.h"

enum drift_class {
    DRIFT_CHANGED,  /* the value is not Git's */
    DRIFT_TAKEN,    /* the value is Git's, but somebody else owns the field and we do not */
    DRIFT_REMOVED,  /* Git states it, the object lacks it */
    DRIFT_STALE,    /* ours, but no longer in Git: a field, or with no path the whole object */
    DRIFT_IMPOSTOR, /* written under our name, and not by us */
    DRIFT_CLEARED,  /* managedFields do not name us any more; no path */
    DRIFT_DELETED,  /* the object is gone; no path */
    DRIFT_STRANGER, /* the object carries our owner label and Git does not know it; no path */
};
#define DRIFT_CLASSES (DRIFT_STRANGER + 1)

/* "changed", "taken", …: stable, stands in reports and rules. */
const char *drift_class_name(enum drift_class class);
/* A few words for people: "value changed". */
const char *drift_class_text(enum drift_class class);
bool drift_class_from_name(str name, enum drift_class *ret_class) MUST_USE;

/* One finding. Values are views into the two documents, texts live in the arena. */
struct drift {
    enum drift_class class;
    str path; /* `.spec.nodes[name="a"].flavor`; empty = the object */
    uint64_t path_hash;
    value stated, live; /* Git's and the cluster's; ABSENT = it has none */
    str manager;        /* who; empty = the server does not say */
    str operation;      /* "Update", "Apply", or empty */
    str subresource;
    bool has_time;
    int64_t time_ns; /* of the writer's entry, whole seconds */
    /* Where Git's document has it: positions of members and items; len 0 = nowhere. */
    const uint32_t *place;
    uint32_t place_len;
    /* Not stating the field would delete nothing: it is gone, or somebody else owns it and we do
     * not. */
    bool can_leave_out;
};

struct drifts {
    VEC(struct drift) list;
};

/*
 * What the server makes of what Git states (quantities, stringData, defaults inside of atomic
 * values) is no drift. It is learnt from the server's answer to an apply or to a dry run.
 */
struct drift_quirk {
    uint64_t path_hash, value_hash; /* of the live value; a constant where it is absent */
};
struct drift_quirks {
    const struct drift_quirk *items; /* by path_hash */
    size_t len;
};

struct drift_case {
    value stated; /* Git's document, owner label included */
    value live;   /* as the server has it */
    struct drift_quirks quirks;
    /* Time of our entry in the last acknowledged answer, whole seconds; 0 = not known. */
    int64_t acked_time_ns;
};

/* All of them, in the order of Git's document. */
void drift_find(const struct drift_case *question, struct arena *arena, struct drifts *ret_drifts);
/* Both from one document: what the server's own answer has otherwise. */
struct drift_quirks drift_learn(value stated, value answer, struct arena *arena);
/* Never 0; equal when the same was found: class, path, live value and writer. */
uint64_t drift_digest(const struct drifts *drifts);
/*
 * True when only the server's own answer can tell whether these are drift: no baseline is known,
 * and some field that is still ours has another value than Git's.
 */
bool drift_is_undecided(const struct drifts *drifts);

/* Where in Git's document something stands that is not to be applied. */
struct drift_place {
    const uint32_t *steps; /* positions of members and items, from the root */
    uint32_t len;
};
struct drift_places {
    const struct drift_place *items; /* in the order of the document */
    size_t len;
};
/*
 * The places of the drifts that `leave` is true for. False when one of them cannot be left out
 * without deleting something: then the object is to be held. `leave` is as long as `drifts`.
 */
bool drift_find_places(const struct drifts *drifts, const bool *leave, struct arena *arena,
                       struct drift_places *ret_places) MUST_USE;
/* Git's document without them; it must be the one in which they were found. */
value drift_leave_out(value stated, struct drift_places places, struct arena *arena);

#endif
