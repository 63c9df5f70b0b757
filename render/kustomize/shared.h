/*
 * shared: labels and annotations that the tool puts into several fields of one object are one node
 * there: whoever changes it in one field changes it in all. Users see it (an overlay's `labels`
 * changes selectors), so it has to be the same here. Such values are flagged VALUE_MARKED, and
 * equal text pointers make a group.
 */
#ifndef RENDER_KUSTOMIZE_SHARED_H
#define RENDER_KUSTOMIZE_SHARED_H

#include "syncd/value/value.h"

struct shared_write {
    const char *group;
    value content;
};

/* Changes of groups that the rest of the document has still to learn of. */
struct shared_writes {
    struct arena *arena;
    VEC(struct shared_write) list;
};

/* A text that is the first of a new group. */
value kust_shared_text(str text, struct arena *arena);

static inline bool kust_is_shared(value v)
{
    return (v.flags & VALUE_MARKED) != 0 && v.kind != VALUE_OBJECT && v.kind != VALUE_ARRAY;
}

/*
 * Notes that `old` gets other contents. Gives what to put into the field: the group's mark, which
 * kust_shared_settle replaces. For values without a group that is `content` itself.
 */
value kust_shared_write(struct shared_writes *writes, value old, value content);
/* The same for the members of a map that was edited: old members that are shared are noted. */
value kust_shared_write_map(struct shared_writes *writes, value old, value edited);
/* Every field of the groups that were written gets their last contents. */
value kust_shared_settle(struct shared_writes *writes, value document);
/* A copy of a part: it belongs to no group. */
value kust_shared_leave(value part, struct arena *arena);

#endif
