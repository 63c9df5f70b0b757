/* items: lists by what identifies their items, for keyed lists and sets. Inside diff/ only. */
#ifndef SYNCD_DIFF_ITEMS_H
#define SYNCD_DIFF_ITEMS_H

#include "diff/fields_internal.h"

struct item_slot {
    struct path_element element;
    size_t position; /* in the list */
};

struct item_index {
    value items;
    size_t len;
    struct path_element *elements; /* by position */
    struct item_slot *slots;       /* by element, then position */
    size_t slot_count;             /* fewer than items when some have no element */
};

/*
 * False when an item has no element: the position of the first and the server's reason (may be
 * NULL). The index is filled even so, with those that have one.
 */
bool items_index(const struct schema_type *list, value items, struct arena *arena,
                 struct item_index *ret_index, size_t *ret_bad, str *ret_reason);
/* The first of the slots of an element and how many there are; NULL when none. */
const struct item_slot *items_find(const struct item_index *index,
                                   const struct path_element *element, size_t *ret_count);

#endif
