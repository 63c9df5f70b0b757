/*
 * live: what a watched object says about our fields, as a few bytes. Pure. The index keeps digests,
 * never trees.
 */
#ifndef SYNCD_LIVE_LIVE_H
#define SYNCD_LIVE_LIVE_H

#include "diff/owners.h"
#include "syncd/object/object.h"

#define FIELD_MANAGER "syncd"

/* One object as an event or a reply shows it. Views live as long as the document. */
struct live_view {
    struct object_id id;
    str uid, resource_version;
    str owner; /* value of the owner label, empty = none */
    str run;   /* of a hook: the run that made it (annotation syncd.dev/run), empty = none */
    bool ours; /* our field manager has an Apply entry */
    bool deleting;
    str leaves_since;      /* when its deletion was asked for, RFC 3339; empty = it was not */
    str finalizer;         /* the first that it waits for; empty = none */
    unsigned tools;        /* bits of OPTION_ADOPT: other tools that applied fields of it */
    int64_t own_time_ns;   /* of our entry, whole seconds; 0 = none */
    struct hash128 fields; /* our fields and their values; with ours == false a constant */
};

/*
 * What an owner's fields mean in a live object: a Secret's stringData is written into data, and
 * only there can be seen what became of it.
 */
struct field_set live_fields(struct field_set fields, value document, struct arena *arena);

/* Reads a document of the API server. INPUT when it is no object. `scratch` is rewound. */
bool live_view(value document, str owner_label, struct arena *scratch, struct live_view *ret_view,
               struct error *err) MUST_USE;

#endif
