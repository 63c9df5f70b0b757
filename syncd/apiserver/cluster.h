/*
 * cluster: one Kubernetes API in memory. Pure of sockets: requests and replies are structs, so that
 * tests and the daemon's own simulations call it directly. One thread.
 */
#ifndef SYNCD_APISERVER_CLUSTER_H
#define SYNCD_APISERVER_CLUSTER_H

#include "syncd/apiserver/definition.h"
#include "syncd/apiserver/store.h"

/* What all clusters of a process share. */
struct api_world {
    struct arena *arena;
    struct api_types *types;
    struct schema_set *schemas; /* of the built-in kinds */
    struct api_definition **builtins;
    size_t builtin_count;
    struct map custom; /* digest of a spec as text → struct api_definition; see definition.h */
    struct api_history history;
    int64_t (*now_ns)(void *context); /* wall clock */
    void (*random)(void *context, void *out, size_t len);
    void *context;
    bool no_controllers;      /* no namespace termination, no garbage collection */
    value builtin_openapi[8]; /* one a group-version, made when first asked for */
    struct arena *openapi_arena;
    struct arena *scratch; /* between calls; whoever uses it rewinds it */
};

struct api_world_options {
    size_t history_bytes; /* 0 = 64 MiB */
    size_t history_count; /* 0 = 100,000 events */
    bool no_controllers;
    int64_t (*now_ns)(void *context);                     /* NULL = the wall clock */
    void (*random)(void *context, void *out, size_t len); /* NULL = the system's */
    void *context;
};

struct api_world *api_world_create(const struct api_world_options *options);
/* All clusters must be gone. */
void api_world_destroy(struct api_world *world);

/* One resource of one cluster. */
struct api_resource {
    struct api_definition *definition;
    struct api_shelf shelf;
    struct api_cluster *cluster;
    bool going; /* its CustomResourceDefinition is being deleted: no creation */
};

struct api_cluster {
    struct api_world *world;
    str name;
    uint64_t version;                /* the last resourceVersion given out */
    struct api_resource **resources; /* built-in kinds in table order, then custom ones as made */
    size_t resource_count, resource_cap;
    uint32_t next_service_ip, next_node_port;
    struct arena *arena; /* the cluster's lifetime */
    struct list pending; /* deferred controller work: see controllers.h */
    bool controllers_running, foreground_waiting;
};

/* Makes the cluster with its namespaces. */
struct api_cluster *api_cluster_create(struct api_world *world, str name);
void api_cluster_destroy(struct api_cluster *cluster);

struct api_resource *api_cluster_resource(const struct api_cluster *cluster, str group, str plural);
/* By kind; any served version. */
struct api_resource *api_cluster_kind(const struct api_cluster *cluster, str group, str kind);
/* The resource of a built-in kind: CHECKed. */
struct api_resource *api_cluster_builtin(const struct api_cluster *cluster, const char *plural);

struct api_resource *api_cluster_add_resource(struct api_cluster *cluster,
                                              struct api_definition *definition);
void api_cluster_remove_resource(struct api_cluster *cluster, struct api_resource *resource);

/* Text forms of the shared clock and randomness. */
str api_now_text(const struct api_world *world, struct arena *arena);
str api_new_uid(const struct api_world *world, struct arena *arena);
str api_version_text(uint64_t version, struct arena *arena);

#endif
