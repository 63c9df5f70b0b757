/*
 * apiserver: the embedded control plane. Kubernetes APIs from memory, many named clusters in one
 * process, each on a port of its own with TLS. For trying things out, for bootstrapping, for tests
 * and simulation: nothing is kept after the process ends. One loop thread.
 */
#ifndef SYNCD_APISERVER_APISERVER_H
#define SYNCD_APISERVER_APISERVER_H

#include "syncd/base/error.h"
#include "syncd/http/tls.h"
#include "syncd/loop/loop.h"
#include "syncd/value/value.h"

struct apiserver;

struct apiserver_options {
    const char *address; /* NULL = 127.0.0.1 */
    bool plain;          /* no TLS: for tests */
    /* No namespace termination and no garbage collection: as a bare kube-apiserver without its
       controllers. */
    bool no_controllers;
    size_t history_bytes; /* of events, for all clusters; 0 = 64 MiB */
    size_t history_count; /* 0 = 100,000 */
    int64_t bookmark_ns;  /* between bookmarks of a quiet watch; 0 = a minute, as Kubernetes */
};

/* Makes an authority of its own for all its clusters. */
bool apiserver_create(struct loop *loop, const struct apiserver_options *options,
                      struct apiserver **ret_server, struct error *err) MUST_USE;
/* Ends all streams and connections. NULL is fine. */
void apiserver_destroy(struct apiserver *server);

/* A cluster that answers from now on; port 0 = a free one. ERROR_INPUT for a name that is taken or
   no DNS label, ERROR_UNAVAILABLE when the port is taken. */
bool apiserver_add_cluster(struct apiserver *server, str name, uint16_t port,
                           struct error *err) MUST_USE;
bool apiserver_remove_cluster(struct apiserver *server, str name);

/* CHECKed: there is a cluster of that name. */
uint16_t apiserver_port(const struct apiserver *server, str name);
/* The bearer token of the cluster's administrator. */
str apiserver_token(const struct apiserver *server, str name);
/* A kubeconfig for the administrator, by client certificate and token. */
str apiserver_kubeconfig(const struct apiserver *server, str name, struct arena *arena);

/*
 * One request without a socket, as the administrator: "POST", "/api/v1/namespaces", a document or
 * ABSENT. Returns the HTTP status; the reply's document lives in the arena.
 */
int apiserver_request(struct apiserver *server, str cluster, const char *method, str target,
                      value document, struct arena *arena, value *ret_reply);

/* Applies the objects of a YAML file, or of all of a folder, as manager "syncd-apiserver".
   ERROR_INPUT names the file and what the server said. */
bool apiserver_load(struct apiserver *server, str cluster, const char *path,
                    struct error *err) MUST_USE;

#endif
