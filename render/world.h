/*
 * world: what a rendering is told of the cluster it is for, and what it asks for beyond that. A
 * rendering reaches nobody: where it lacks an answer it notes the need, goes on with a stand-in,
 * and its result is not used; it is rendered again once the need is answered.
 */
#ifndef RENDER_WORLD_H
#define RENDER_WORLD_H

#include "syncd/base/map.h"
#include "syncd/snapshot/snapshot.h"
#include "syncd/value/value.h"

/* What a chart's release is about to be: which of its hooks run follows from it. */
enum release_action {
    RELEASE_SAME,    /* nothing that it is made of has changed since it was applied: no hooks */
    RELEASE_INSTALL, /* not installed */
    RELEASE_UPGRADE,
};

/* A release that was rendered. */
struct render_release {
    str namespace, name;
    enum release_action action;
    int64_t revision;      /* 1 = the installation */
    struct hash128 inputs; /* of chart, values and flags */
    str record;            /* name of the Secret with its frozen values; empty: it has none */
    bool record_new;       /* it holds more than before: to be written before the first apply */
};

/* A release as the inventory has it. */
struct known_release {
    str namespace, name;
    int64_t revision;
    struct hash128 inputs;
};

/* The answer to one need. */
struct known_record {
    str namespace, name;
    value frozen; /* object: the values by their keys; empty when there is no record yet */
};
struct known_lookup {
    str api_version, kind, namespace, name; /* name empty: the list */
    value found;                            /* null when there is nothing */
};

enum need_kind {
    NEED_CLUSTER, /* the target was not reached yet: version, APIs, releases */
    NEED_RECORD,  /* texts: namespace and name of a release, and the Secret of its values */
    NEED_LOOKUP,  /* texts: API version, kind, namespace, name */
    NEED_CHART,   /* texts: repository, chart, version, digest */
};

#define NEED_TEXTS 4
struct render_need {
    enum need_kind kind;
    str texts[NEED_TEXTS];
};

/* The type of a record; its key "values" holds the frozen values as JSON. */
#define RECORD_TYPE "syncd.dev/frozen-values"

struct render_world {
    str owner, record_namespace; /* whose the records are, and where */
    bool connected;              /* what follows is known */
    int64_t now_ns;              /* for releases that have no record yet */
    str kube_version;
    const str *api_versions; /* "apps/v1", "apps/v1/Deployment" */
    size_t api_version_count;
    VEC(struct known_release) installed;
    VEC(struct known_record) records;
    VEC(struct known_lookup) lookups;
    const struct snapshot *charts; /* what was fetched: "sha256/<digits>" of each blob; or NULL */

    /* What the rendering says. */
    VEC(struct render_release) releases;
    VEC(struct render_need) needs;
};

#endif
