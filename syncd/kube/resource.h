/*
 * resource: which kinds a cluster serves, under which path, with which verbs; and the OpenAPI
 * documents that describe them.
 */
#ifndef SYNCD_KUBE_RESOURCE_H
#define SYNCD_KUBE_RESOURCE_H

#include "syncd/base/buf.h"
#include "syncd/object/object.h"

struct kube_cluster;
struct kube_call;
struct kube_reply;

enum kube_verb {
    KUBE_GET = 1,
    KUBE_LIST = 2,
    KUBE_WATCH = 4,
    KUBE_CREATE = 8,
    KUBE_UPDATE = 16,
    KUBE_PATCH = 32,
    KUBE_DELETE = 64,
    KUBE_DELETE_COLLECTION = 128,
};

struct kube_resource {
    struct gvk gvk;
    str plural, singular;
    bool namespaced;
    bool has_status, has_scale; /* subresources */
    bool preferred;             /* this version is the first of its group */
    unsigned verbs;             /* enum kube_verb */
};

/* Where an object or a collection is. Views; copied by the call that takes it. */
struct kube_path {
    str group, version, plural;
    str namespace;   /* empty for cluster-scoped kinds and for all namespaces */
    str name;        /* empty for a collection */
    str subresource; /* "status", or empty */
};

/* Appends "/apis/g/v/namespaces/ns/plural/name/sub", encoded. */
void kube_path_write(const struct kube_path *path, struct buf *buf);
struct kube_path kube_path_of(const struct kube_resource *resource, str namespace, str name);

/* What one discovery found: immutable, counted, so that readers may keep it across the next one. */
struct kube_resources {
    const struct kube_resource *items; /* sorted by group, kind, version */
    size_t len;
    const str *broken; /* "group/version" that could not be read: unknown, not absent */
    size_t broken_count;
};

/* By exact group, version and kind; NULL when not served. */
const struct kube_resource *kube_resources_find(const struct kube_resources *resources,
                                                struct gvk gvk);
/* By group and kind: the preferred version's, else any. */
const struct kube_resource *kube_resources_find_kind(const struct kube_resources *resources,
                                                     str group, str kind);
const struct kube_resource *kube_resources_find_plural(const struct kube_resources *resources,
                                                       str group, str version, str plural);
/* True when that group and version could not be read, so that absence proves nothing. */
bool kube_resources_is_broken(const struct kube_resources *resources, str group, str version);

/*
 * Asks the server for all its kinds (aggregated discovery; group by group where the server is
 * older), then calls `done`; kube_cluster_resources has the result. After a failure the former one
 * stays.
 */
struct kube_call *kube_discover(struct kube_cluster *cluster,
                                void (*done)(void *context, const struct kube_reply *reply),
                                void *context);
/* The last discovery, or NULL before the first. Good until the next discovery ends. */
const struct kube_resources *kube_cluster_resources(const struct kube_cluster *cluster);

/*
 * The OpenAPI v3 document of a group and version. The server's index (with a hash per document) is
 * read once; `hash` is what the document is known by, so that a caller who holds one of the same
 * hash need not ask: then `known` short-cuts to a reply with code 304 and no object.
 */
struct kube_call *kube_openapi(struct kube_cluster *cluster, str group, str version, str known,
                               void (*done)(void *context, const struct kube_reply *reply,
                                            str hash),
                               void *context);

#endif
