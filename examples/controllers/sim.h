/*
 * sim: the controllers of a container platform, simulated. They watch what is in a management
 * cluster, move every object along the table of its kind's steps, and write what the real ones
 * would write: statuses, progress, and the objects of the regional clusters.
 *
 * What an object's documents say is a function of the object and its step; a document is written
 * when its text has changed, one at a time per object. Time is the platform's: `scale` of its
 * seconds pass in a real one. One loop thread; everything lives as long as the simulation.
 */
#ifndef EXAMPLES_CONTROLLERS_SIM_H
#define EXAMPLES_CONTROLLERS_SIM_H

#include "syncd/base/buf.h"
#include "syncd/base/clock.h"
#include "syncd/base/list.h"
#include "syncd/base/map.h"
#include "syncd/kube/reflector.h"
#include "syncd/value/value.h"

struct sim;
struct sim_object;

/* --- failures (failure.c): the ids of the list in README.md --- */
enum sim_failure {
    SIM_BAD_CREDENTIAL = 1,
    SIM_QUOTA = 2,
    SIM_NO_FLAVOR = 3,
    SIM_AGENT_SILENT = 5,
    SIM_ITEM_FAILS = 6,
    SIM_DRAIN_BLOCKED = 7,
    SIM_CHART_FAILS = 8,
    SIM_BAD_BMC = 9,
    SIM_NO_ADDRESSES = 10,
    SIM_STALE_STATUS = 11,
    SIM_REWRITES = 12,
    SIM_LIVE_EDIT = 13,
    SIM_UNSUPPORTED = 16,
    SIM_FAILURES = 32,
};

/* --- kinds (kinds.c) --- */
enum sim_kind_of {
    SIM_RELEASE_BUNDLE,
    SIM_RELEASE,
    SIM_CREDENTIAL,
    SIM_SUBNET,
    SIM_L2TEMPLATE,
    SIM_HOST,
    SIM_CLUSTER,
    SIM_MACHINE,
    SIM_CEPH,
    SIM_UPGRADE,
    SIM_KINDS,
};

/* One step of a kind's way. It is left when it has lasted `lasts` seconds of the platform and its
   gate holds; failures in `stops` keep the object in it. */
struct sim_step {
    const char *name;  /* what statuses call it */
    const char *stage; /* of the progress object, done once the step is left; NULL = none */
    unsigned lasts;
    bool (*gate)(struct sim *sim, struct sim_object *object);
    uint32_t stops; /* bits of enum sim_failure */
};

enum sim_way { SIM_WAY_APPLY, SIM_WAY_MERGE };

/* One document that a controller keeps: a part of the object itself, or another object. */
struct sim_document {
    const char *writer; /* field manager; "%p" is the provider's name */
    const char *group, *version, *plural, *kind;
    const char *subresource;
    enum sim_way way;
    bool regional; /* lives in the cluster of the object's region */
    bool own;      /* another object of the same name: made, and deleted with its owner */
    bool detail;   /* left out without --stages */
    /* Writes the body; nothing = there is none now. */
    void (*write)(struct sim *sim, const struct sim_object *object, struct buf *body);
};

#define SIM_DOCUMENTS 10

struct sim_kind {
    enum sim_kind_of of;
    const char *group, *version;
    const char *const *plurals; /* NULL-ended: several for credentials */
    const struct sim_step *steps;
    size_t step_count;
    const struct sim_document *documents;
    size_t document_count;
    /* Takes what the simulation needs from the object's text. */
    void (*take)(struct sim *sim, struct sim_object *object, value document);
    /* What happens beyond the steps: turns, upgrades, removal. NULL = nothing. */
    void (*turn)(struct sim *sim, struct sim_object *object);
};
extern const struct sim_kind sim_kinds[SIM_KINDS];

/* A step that an object's table does not have: it is going. */
#define SIM_GOING 200

struct sim_written {
    uint64_t digest; /* of the last text that the server took; 0 = none */
    bool failed;
};

struct sim_members {
    VEC(struct sim_object *) list;
};

struct sim_object {
    struct list queued; /* in sim.dirty, or alone */
    struct sim *sim;
    const struct sim_kind *kind;
    str plural, namespace, name, uid; /* all texts are interned */
    str provider, region, labels;
    int64_t generation;
    int64_t since_ns; /* the platform's time at which the step began */
    int64_t wall_ns;  /* the same on the wall */
    uint32_t fails;   /* bits of enum sim_failure */
    uint8_t step;
    uint8_t writing; /* index + 1 of the document on its way; 0 = none */
    bool gone, deleting, finalized, seen_status;
    struct loop_timer *timer;
    struct sim_written written[SIM_DOCUMENTS];

    /* Of a cluster. */
    struct sim_members machines; /* and those of it that are gone */
    str release, from, wanted, helm, credentials;
    int64_t observed, changed_ns, *stage_walls;
    int64_t max_upgrade, max_prepare;
    bool platform, paused, dedicated;

    /* Of a machine. */
    struct sim_object *cluster;
    str cluster_name, node_release, selector, host;
    int64_t index;
    bool manager, wants_out;
    unsigned attempt;

    /* Of a host: whose it is. Of Ceph: its cluster. Of a release: its version. */
    str consumer, version;
    bool valid;    /* of a credential */
    value content; /* of a release bundle: what it supports; in the simulation's arena */
};

/* A cluster that objects live in. */
struct sim_place {
    str name;
    struct kube_cluster *cluster;
    struct map namespaces; /* made there */
};

struct sim_rule {
    enum sim_failure failure;
    str object;    /* "namespace/name", or empty */
    double chance; /* when there is no object */
};

struct sim_stats {
    uint64_t written, refused, heard;
};

struct sim {
    struct loop *loop;
    struct http_client *http;
    struct arena *arena, *scratch;
    struct sim_place management;
    VEC(struct sim_place *) regions;
    struct map objects[SIM_KINDS]; /* "namespace/name" → struct sim_object */
    struct map texts;
    struct list dirty;
    struct loop_timer *pump;
    bool pumping;
    unsigned in_flight;
    double scale;
    uint64_t seed;
    bool stages, quiet;
    VEC(struct sim_rule) rules;
    VEC(struct kube_reflector *) reflectors;
    struct sim_stats stats;
};

/* --- engine.c --- */
int64_t sim_now_ns(const struct sim *sim); /* the platform's time */
/* Looks at the object again: its step, then its documents. */
void sim_touch(struct sim *sim, struct sim_object *object);
void sim_touch_machines(struct sim *sim, struct sim_object *cluster);
/* Goes to a step now. */
void sim_step_to(struct sim *sim, struct sim_object *object, uint8_t step);
/* Looks at it again when so many of the platform's nanoseconds have passed. */
void sim_wake(struct sim *sim, struct sim_object *object, int64_t after_ns);
int64_t sim_age_ns(const struct sim *sim, const struct sim_object *object);
void sim_engine_start(struct sim *sim);
/* DELETE of the object, or of its own documents. */
void sim_delete(struct sim *sim, struct sim_object *object);
void sim_delete_own(struct sim *sim, struct sim_object *object);
/* A kube_done for what a later look finds out. */
void sim_ignore(void *context, const struct kube_reply *reply);

/* --- watch.c --- */
void sim_watch(struct sim *sim);
struct sim_object *sim_find(struct sim *sim, enum sim_kind_of kind, str namespace, str name);
/* Of kinds with several plurals. */
struct sim_object *sim_find_plural(struct sim *sim, enum sim_kind_of kind, str plural,
                                   str namespace, str name);
/* The cluster of a machine that may be heard of before it: then it is `gone` until then. */
struct sim_object *sim_cluster_place(struct sim *sim, str namespace, str name);
str sim_text(struct sim *sim, str text); /* interned */
struct sim_place *sim_place_of(struct sim *sim, str region);

/* --- text.c --- */
/* Appends JSON: ' in the format stands for ". */
void sim_say(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* "{apiVersion, kind, metadata{name, namespace}" of a document about the object, not closed. */
void sim_say_head(const struct sim_object *object, const struct sim_document *document,
                  struct buf *body);
/* A whole number of a document, or what stands for its absence. */
int64_t sim_number(value number, int64_t absent);
str sim_time_text(int64_t wall_ns, struct arena *arena);
uint64_t sim_chance(const struct sim *sim, str what, str name);
/* "10.x.y.z", always the same for a name. */
str sim_address(const struct sim *sim, str name, struct arena *arena);

/* --- failure.c --- */
/* "F7=team/name" or "F6:2%" from the command line. */
bool sim_rule_read(struct sim *sim, str text, struct error *err) MUST_USE;
uint32_t sim_failures_of(struct sim *sim, const struct sim_object *object, value document);
static inline bool sim_fails(const struct sim_object *object, enum sim_failure failure)
{
    return (object->fails >> failure & 1) != 0;
}

/* --- what the kinds have of each other --- */
/* cluster.c */
extern const struct sim_step sim_cluster_steps[];
extern const size_t sim_cluster_step_count;
enum sim_cluster_at { /* indices of sim_cluster_steps that others ask for */
                      SIM_CLUSTER_NETWORK = 2,
                      SIM_CLUSTER_MACHINES = 6, /* waits for enough of them */
                      SIM_CLUSTER_NODES = 7,    /* they are made from here on */
                      SIM_CLUSTER_HELM = 9,
                      SIM_CLUSTER_CERTIFICATES = 10,
                      SIM_CLUSTER_OIDC = 12,
                      SIM_CLUSTER_READY = 13,
                      SIM_CLUSTER_UPGRADING = 14,
                      SIM_CLUSTER_UPGRADING_HELM = 15,
};
void sim_cluster_take(struct sim *sim, struct sim_object *cluster, value document);
void sim_cluster_turn(struct sim *sim, struct sim_object *cluster);
bool sim_cluster_is_stuck(struct sim *sim, const struct sim_object *cluster);
struct sim_count {
    unsigned managers, workers, ready_managers, ready_workers, upgraded;
    unsigned preparing, deploying_managers, upgrading_managers, upgrading_workers;
    unsigned upgraded_managers;
};
struct sim_count sim_cluster_count(const struct sim_object *cluster);
void sim_write_cluster(struct sim *, const struct sim_object *, struct buf *);
void sim_write_cluster_metadata(struct sim *, const struct sim_object *, struct buf *);
void sim_write_cluster_deployment(struct sim *, const struct sim_object *, struct buf *);
void sim_write_cluster_upgrade(struct sim *, const struct sim_object *, struct buf *);
void sim_write_lcm_cluster(struct sim *, const struct sim_object *, struct buf *);
void sim_write_lcm_cluster_status(struct sim *, const struct sim_object *, struct buf *);
void sim_write_helm_bundle(struct sim *, const struct sim_object *, struct buf *);
void sim_write_helm_status(struct sim *, const struct sim_object *, struct buf *);

/* machine.c; bare_metal.c finds a host */
bool sim_host_ready(struct sim *sim, struct sim_object *machine);
void sim_host_leave(struct sim *sim, struct sim_object *machine);
extern const struct sim_step sim_machine_steps[];
extern const size_t sim_machine_step_count;
enum sim_machine_at {
    SIM_MACHINE_INSTANCE = 2, /* its instance runs */
    SIM_MACHINE_PREPARE = 4,
    SIM_MACHINE_DEPLOY = 5,
    SIM_MACHINE_READY = 6,
    SIM_MACHINE_UPGRADE = 7,
    SIM_MACHINE_DRAINING = 8, /* asked to go */
    SIM_MACHINE_DRAINED = 9,
};
void sim_machine_take(struct sim *sim, struct sim_object *machine, value document);
void sim_machine_turn(struct sim *sim, struct sim_object *machine);
bool sim_machine_is_stuck(const struct sim *sim, const struct sim_object *machine);
void sim_write_machine(struct sim *, const struct sim_object *, struct buf *);
void sim_write_machine_metadata(struct sim *, const struct sim_object *, struct buf *);
void sim_write_machine_deployment(struct sim *, const struct sim_object *, struct buf *);
void sim_write_machine_upgrade(struct sim *, const struct sim_object *, struct buf *);
void sim_write_lcm_machine(struct sim *, const struct sim_object *, struct buf *);
void sim_write_lcm_items(struct sim *, const struct sim_object *, struct buf *);
void sim_write_lcm_status(struct sim *, const struct sim_object *, struct buf *);
void sim_write_ipam_host(struct sim *, const struct sim_object *, struct buf *);
void sim_write_ipam_host_status(struct sim *, const struct sim_object *, struct buf *);

/* bare_metal.c: hosts and their networks */
extern const struct sim_step sim_host_steps[];
extern const size_t sim_host_step_count;
void sim_host_take(struct sim *sim, struct sim_object *host, value document);
void sim_host_turn(struct sim *sim, struct sim_object *host);
void sim_write_host(struct sim *, const struct sim_object *, struct buf *);
void sim_write_host_spec(struct sim *, const struct sim_object *, struct buf *);
void sim_write_subnet(struct sim *, const struct sim_object *, struct buf *);
void sim_write_l2template(struct sim *, const struct sim_object *, struct buf *);

/* services.c: credentials, releases, Ceph, the platform's own upgrades */
void sim_credential_take(struct sim *sim, struct sim_object *credential, value document);
void sim_credential_turn(struct sim *sim, struct sim_object *credential);
void sim_write_credential(struct sim *, const struct sim_object *, struct buf *);
void sim_release_take(struct sim *sim, struct sim_object *release, value document);
void sim_bundle_take(struct sim *sim, struct sim_object *bundle, value document);
void sim_ceph_take(struct sim *sim, struct sim_object *ceph, value document);
bool sim_ceph_may_start(struct sim *sim, struct sim_object *ceph);
void sim_write_ceph(struct sim *, const struct sim_object *, struct buf *);
void sim_write_mcc_upgrade(struct sim *, const struct sim_object *, struct buf *);

#endif
