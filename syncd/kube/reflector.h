/*
 * reflector: keeps telling what objects of one kind are in a cluster: list, then watch, again and
 * again, until it is destroyed. It holds no objects.
 *
 * The receiver hears `begin`, `upsert` for each object of the list, `synced`: what it had before
 * `begin` and did not hear of again is gone. From then on `upsert` and `remove` follow the changes.
 * After `desync` its view is of unknown age, and nothing may be concluded from what it does not
 * hold, until the next `synced` (after a new list) or `fresh` (the watch went on where it stopped).
 */
#ifndef SYNCD_KUBE_REFLECTOR_H
#define SYNCD_KUBE_REFLECTOR_H

#include "syncd/kube/cluster.h"

struct kube_reflector;

/* All are called with the context; objects live until the callback returns. */
struct kube_receiver {
    void (*begin)(void *context);
    void (*upsert)(void *context, value object, str text, struct arena *arena);
    /* The last state of an object that was deleted, or no longer matches the selector. */
    void (*remove)(void *context, value object, str text, struct arena *arena);
    void (*synced)(void *context, str resource_version);
    /* The view is complete up to now: after bookmarks, events and reconnections. */
    void (*fresh)(void *context, str resource_version);
    /* Lost or refused; retried by itself. NOT_FOUND: the kind is not served; DENIED: not allowed.
     */
    void (*desync)(void *context, const struct error *err);
};

struct kube_reflector_options {
    struct kube_path path; /* without a name */
    struct kube_select select;
    int64_t watch_for_ns; /* asked from the server as timeoutSeconds; 0 = 290 s */
    int64_t silence_ns;   /* a watch without any byte is given up; 0 = 100 s (bookmarks come every
                             minute); never under 1 s */
    int64_t patience_ns;  /* after the first list the watch begins this much later, from the list's
                             version on, or when kube_reflector_hurry says so; 0 = at once */
    int64_t resync_ns; /* everything is listed anew so often, should an event be lost; 0 = never */
    bool texts;        /* the receiver gets the text of watched objects, too; else it is empty */
};

/* Copies options and receiver; starts at once. */
struct kube_reflector *kube_reflector_create(struct kube_cluster *cluster,
                                             const struct kube_reflector_options *options,
                                             const struct kube_receiver *receiver, void *context);
void kube_reflector_destroy(struct kube_reflector *reflector);
/* Ends the patience: the first watch begins as soon as there is a list. */
void kube_reflector_hurry(struct kube_reflector *reflector);
/* Lists anew, now: the periodic repair of a lost event. */
void kube_reflector_relist(struct kube_reflector *reflector);

#endif
