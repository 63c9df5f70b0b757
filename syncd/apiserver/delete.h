/* delete: one object's way out. */
#ifndef SYNCD_APISERVER_DELETE_H
#define SYNCD_APISERVER_DELETE_H

#include "syncd/apiserver/call.h"

struct api_delete_options {
    str policy;       /* "", "Orphan", "Background", "Foreground" */
    str uid, version; /* preconditions, or empty */
    int64_t grace_s;  /* -1: not given; without meaning for the kinds we have */
};

enum api_deletion { API_DELETED_NOW, API_DELETED_LATER };

/*
 * Removes the object, or marks it when finalizers hold it. `ret_object` is the last state, or the
 * marked one, in the storage version.
 */
enum api_deletion api_delete_object(struct api_resource *resource, struct api_record *record,
                                    str policy, bool dry_run, struct arena *arena,
                                    value *ret_object);
/* default, kube-system, kube-public. */
bool api_namespace_is_fixed(str name);

#endif
