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
    bool ours; /* our field manager has an Apply entry */
    bool deleting;
    struct hash128 fields; /* our fields and their values; with ours == false a constant */
};

/* Reads a document of the API server. INPUT when it is no object. `scratch` is rewound. */
bool live_view(value document, str owner_label, struct arena *scratch, struct live_view *ret_view,
               struct error *err) MUST_USE;

/* Who changed a field that Git states, how and when. */
struct live_blame {
    str path;      /* ".spec.providerSpec.value.flavor" */
    bool removed;  /* the field is gone; else its value differs */
    str manager;   /* empty = the server does not say */
    str operation; /* "Update", "Apply" */
    str subresource;
    bool has_time;
    int64_t time_ns;
};

/*
 * The first field of `desired` that `live` does not have as Git says, and who owns it now. False
 * when every stated field is as stated. Texts live in the arena.
 */
bool live_find_blame(value desired, value live, struct arena *arena, struct live_blame *ret_blame);

#endif
