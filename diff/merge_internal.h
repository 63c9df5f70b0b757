/* What merge.c and apply.c share. Inside diff/ only. */
#ifndef SYNCD_DIFF_MERGE_INTERNAL_H
#define SYNCD_DIFF_MERGE_INTERNAL_H

#include "diff/tracking.h"

/* The entry that the request works on; an empty name is "unknown". */
struct owner merge_self(const struct merge_request *request, str name,
                        enum owner_operation operation);
/* Takes names, versions, times from what the entry owns; removes the entry when nothing is left. */
void merge_strip(struct tracking *tracking, const struct owner *identity);

value merge_managed_fields(value object);
/* The object without managedFields. */
value merge_bare(value object, struct arena *arena);
/* An object of the kind with nothing in it: what a create starts from. */
value merge_empty_object(const struct merge_request *request, value like, struct arena *arena);

/* Records an operation Update by `name`. False when either object does not fit the type. */
bool merge_track(struct tracking *tracking, value live, value object, str name);
/* When only times differ from before, the times of before stay. */
void merge_settle(struct merge_result *result, value live);

#endif
