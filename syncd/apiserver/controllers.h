/*
 * controllers: what a real cluster's controllers do with the built-in kinds: ending namespaces,
 * collecting garbage, establishing custom resources. Work is queued by writes and done after the
 * request that caused it was answered, one item after another, never recursively.
 */
#ifndef SYNCD_APISERVER_CONTROLLERS_H
#define SYNCD_APISERVER_CONTROLLERS_H

#include "syncd/apiserver/cluster.h"

/* An object that was just removed. */
struct api_gone {
    str namespace, name;
    uint8_t uid[16];
    bool deleting, owned;
};

void api_controllers_changed(struct api_resource *resource, struct api_record *record);
void api_controllers_gone(struct api_resource *resource, const struct api_gone *gone);
/* The CustomResourceDefinition of that name is to be looked at again. */
void api_controllers_queue_definition(struct api_cluster *cluster, str name);
/* Takes one finalizer off; the object goes when it was the last. */
void api_controllers_release(struct api_resource *resource, struct api_record *record,
                             const char *finalizer, struct arena *arena);
/* Deletes every object (of the namespace, unless that is empty) in the background. */
void api_controllers_delete_all(struct api_resource *resource, str namespace, struct arena *arena);
/* Does all queued work, in its own scratch arena. */
void api_controllers_run(struct api_cluster *cluster);
/* Drops what is about the resource, which goes. */
void api_controllers_forget(struct api_cluster *cluster, const struct api_resource *resource);
/* Drops it all. */
void api_controllers_finish(struct api_cluster *cluster);

#endif
