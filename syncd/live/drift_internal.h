/* What the files of drift share. Inside syncd/live only. */
#ifndef SYNCD_LIVE_DRIFT_INTERNAL_H
#define SYNCD_LIVE_DRIFT_INTERNAL_H

#include "syncd/base/crypto.h"
#include "syncd/live/drift.h"

/* Deeper documents and sets are refused where they are read. */
#define DRIFT_DEPTH 200

/* The nodes of a path in our set and in everybody's; NULL = nobody has anything there. */
struct ownership {
    const struct field_node *own, *all;
};

struct drift_walk {
    struct arena *arena;
    const struct drift_case *question;
    struct drifts *found;
    struct owners owners;
    const struct owner *own; /* our entry, or NULL */
    bool learning;           /* from the server's own answer: everything that is found is a quirk */
    bool displaced;          /* Git's document was rewritten: places in it mean nothing */
    bool too_deep;
    size_t depth;
    struct path_element path[DRIFT_DEPTH];
    uint32_t place[DRIFT_DEPTH];
};

/* Adds a finding at the walk's path, with who did it, unless it is a quirk of the server. */
void drift_report(struct drift_walk *walk, enum drift_class class, value stated, value live,
                  struct ownership at);

#endif
