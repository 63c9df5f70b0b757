/* level_rows: the rows of a level's tables. */
#ifndef REPO_LAYOUT_LEVEL_ROWS_H
#define REPO_LAYOUT_LEVEL_ROWS_H

#include "repo-layout/level_path.h"
#include "syncd/base/error.h"
#include "syncd/object/object.h"

/* Which cluster holds objects of a kind. */
enum level_route {
    LEVEL_ROUTE_PLACE, /* where it stands in the repository: kinds the platform does not know */
    LEVEL_ROUTE_MANAGEMENT, /* the public API */
    LEVEL_ROUTE_REGIONAL,   /* the regional cluster of its region */
    LEVEL_ROUTE_MANAGED,    /* a managed cluster: never a target */
};

/* What syncd may do with objects of a kind. */
enum level_mode {
    LEVEL_APPLY,
    LEVEL_FIELDS,  /* only the fields listed with use `adopt`: controllers make the object */
    LEVEL_OBSERVE, /* watched, never written; an error in Git */
    LEVEL_IGNORE,  /* neither; an error in Git */
};

/* What has to happen before one is deleted. */
enum level_prune {
    LEVEL_PRUNE_NORMAL,  /* P2: when unreferenced */
    LEVEL_PRUNE_GUARDED, /* P1: a tombstone and the brakes */
    LEVEL_PRUNE_NEVER,   /* P0: a tombstone that names it, nothing else */
};

struct level_kind {
    struct gvk gvk;
    str plural;
    bool namespaced;
    enum level_route route;
    enum level_mode mode;
    enum level_prune prune;
    int32_t wave;    /* order of application, from 0 */
    int32_t removal; /* order of deletion: lower numbers first; 0 = not said */
    str only_name;   /* the one name that objects may have; empty = any */
    bool judged;     /* its verdict is followed and noted although no join reads it */
    struct position source;
};

/* All terms hold; an empty condition always does. */
struct level_term {
    const struct level_path *path;
    const str *values; /* one of these texts; "*" = anything */
    size_t value_count;
    bool absent; /* nothing is there */
};
struct level_condition {
    const struct level_term *terms;
    size_t count;
};

enum level_use {
    LEVEL_IMMUTABLE, /* may not change once it was set */
    LEVEL_NOISE,     /* others write it: no drift */
    LEVEL_SECRET,    /* holds a secret: never in Git */
    LEVEL_TEMPLATE,  /* a text in which {{ }} belongs to the platform */
    LEVEL_REQUIRED,  /* must be there and not empty */
    LEVEL_LIST,      /* a list whose items are told apart by `key` */
    LEVEL_ADOPT,     /* the fields that LEVEL_FIELDS may write */
    LEVEL_APPROVE,   /* a change needs an approval */
};

struct level_field {
    enum level_use use;
    const struct level_kind *kind; /* NULL = every kind */
    struct level_condition when;
    const struct level_path *path;
    str key; /* of LEVEL_LIST */
    str why; /* for people: who writes it, why it may not change */
    bool warn;
    struct position source;
};

/* How one object names another. */
enum level_by {
    LEVEL_BY_NAME,     /* the value is the name */
    LEVEL_BY_SELECTOR, /* the value is a label selector (matchLabels, matchExpressions) */
    LEVEL_BY_LABEL,    /* the value is a label's key that the other one has */
};

struct level_reference {
    const struct level_kind *from, *to;
    struct level_condition when;
    const struct level_path *path;
    const struct level_path *namespace; /* of the other; NULL = the same */
    str fixed_namespace;                /* or this one; empty = not fixed */
    enum level_by by;
    bool exclusive;   /* no two may name the same one */
    bool same_region; /* both must be of one region */
    bool warn;        /* only a warning when nothing is found */
    struct position source;
};

/* A rule inside one object. */
enum level_check_rule {
    LEVEL_CHECK_CONTAINS,    /* one of the values at `path` is `text` */
    LEVEL_CHECK_UNIQUE,      /* the values at `path` differ */
    LEVEL_CHECK_AMONG,       /* each value at `path` is a value at `other` */
    LEVEL_CHECK_EXACTLY_ONE, /* of `keys`, each object at `path` has one */
    LEVEL_CHECK_AT_MOST_ONE,
    LEVEL_CHECK_LAST,    /* in each list at `path`, only the last item may have `text` at key[0] */
    LEVEL_CHECK_MATCHES, /* each value at `path` matches the expression `text` */
    LEVEL_CHECK_FORBID,  /* nothing is at `path` */
};

struct level_check {
    enum level_check_rule rule;
    const struct level_kind *kind;
    struct level_condition when;
    const struct level_path *path, *other;
    const str *keys;
    size_t key_count;
    str text;
    str say;  /* the message */
    str hint; /* what to do */
    bool warn;
    struct position source;
};

/* An object needs so many others that point to it: a cluster its machines. */
struct level_minimum {
    const struct level_kind *of, *counted;
    struct level_condition when, where; /* on the one; on the counted */
    const struct level_path *points;    /* of the counted: the one's name, in its namespace */
    const struct level_path *replicas;  /* of the counted: it stands for so many; NULL = one */
    int64_t least;
    str noun;
    struct position source;
};

/* The prune class of some objects of a kind; the first row whose condition holds counts. */
struct level_exception {
    const struct level_kind *kind;
    struct level_condition when; /* on the live object */
    enum level_prune prune;
    str why;
    struct position source;
};

/* Objects that are not deleted but asked to go: a field is set, the platform does the rest. */
struct level_removal {
    const struct level_kind *kind;
    struct level_condition when;
    const struct level_path *request; /* set to true */
    const struct level_path *policy;  /* set to the tombstone's policy */
    const str *policies;              /* from the gentlest on: it may only be made stronger */
    size_t policy_count;
    const struct level_path *phase;  /* what the platform says of it */
    str completed, failed, aborting; /* words of it */
    struct position source;
};

/* What another object says about one: $facts.NAME of the verdict rules. */
enum level_take {
    LEVEL_TAKE_COUNT,      /* how many hold */
    LEVEL_TAKE_NAME,       /* the name of the first that holds */
    LEVEL_TAKE_VALUE,      /* what is at `path` of the first that holds */
    LEVEL_TAKE_UNFINISHED, /* the first object at `path` whose `status` is none of `done` */
    LEVEL_TAKE_KNOWN,      /* true: all of them are known now; false: what is known is old */
};

struct level_join {
    const struct level_kind *kind, *from;
    str name;
    const struct level_path *owner; /* in the other: this one's name, in the same namespace */
    const struct level_path *key;   /* in this one: the other's name; NULL, NULL: equal names */
    struct level_condition where;   /* on the other */
    enum level_take take;
    const struct level_path *path;
    const str *done;
    size_t done_count;
    struct position source;
};

enum level_support { LEVEL_UNKNOWN, LEVEL_SUPPORTED, LEVEL_UNSUPPORTED };

struct level_pair {
    str management, regional, evidence; /* providers; who says so */
    enum level_support support;
    struct position source;
};

/* A JSON Schema for documents inside documents, which an API server cannot check. */
struct level_schema {
    str api_version, kind;
    value document;
    str provider; /* only for objects of this provider; empty = any */
    struct position source;
};

/* Where a cluster says its release, and where a release object says what follows it. */
struct level_releases {
    const struct level_kind *cluster;    /* objects that want a release; NULL = none */
    const struct level_path *wanted;     /* in it */
    const struct level_path *available;  /* in it: the releases that it says it may go to */
    const struct level_kind *release;    /* name = what `wanted` says */
    const struct level_path *version;    /* in it, as semver */
    const struct level_path *digests[4]; /* in it: must be there and not empty */
    size_t digest_count;
    const struct level_kind *bundle;      /* an object that lists what is supported */
    const struct level_path *supported;   /* in it: objects {name, version, …} */
    const struct level_path *upgrades;    /* in one of those: names or versions that follow it */
    const struct level_path *providers;   /* in one of those: empty = all */
    const struct level_path *index_items; /* in the index: objects with… */
    const struct level_path *index_path;  /* … the path of a file beside the index */
    const struct level_path *index_sha256;
};

/* Names of paths that the rules of layout and routing need; NULL where a level has none. */
struct level_layout {
    const struct level_path *region;   /* of any object */
    const struct level_path *provider; /* of any object */
    const struct level_path *owner;    /* of any object: the name of its cluster */
    const struct level_kind *cluster, *machine;
    struct level_condition worker;      /* on a machine: it carries the user's load */
    struct level_condition management;  /* on a cluster object: it is a management cluster */
    struct level_condition regional;    /* it is a regional cluster */
    const struct level_path *providers; /* of a regional cluster: what it serves */
    str default_region;
    const struct level_path *document; /* of a cluster or machine: the document for `schemas` */
    str secret_name, secret_key;       /* of a regional kubeconfig: "%-kubeconfig", % = cluster */
    str hold_reason; /* a verdict on a cluster with this reason makes all targets read-only */
};

#endif
