/*
 * cluster: one Kubernetes API server, asynchronously. Every call returns at once and answers once,
 * on the loop, never from inside the call. Nothing an answer carries outlives the callback it came
 * to.
 *
 * Requests wait in one queue per cluster and leave it through a window that follows the server's
 * answers: it grows while answers come as fast as before, and shrinks on 429, 503 and timeouts. 429
 * is waited out here (Retry-After), up to the call's deadline. Watches do not count against the
 * window.
 */
#ifndef SYNCD_KUBE_CLUSTER_H
#define SYNCD_KUBE_CLUSTER_H

#include "syncd/http/client.h"
#include "syncd/kube/kubeconfig.h"
#include "syncd/kube/resource.h"
#include "syncd/object/object.h"

struct kube_cluster;

struct kube_cluster_options {
    str name;               /* for messages */
    unsigned max_in_flight; /* most requests at once; 0 = 32 */
    int64_t deadline_ns;    /* of one request from its first sending, with what
                                 429 makes it wait; 0 = 60 s */
    const struct limits *limits;
    str user_agent; /* empty = "syncd/VERSION" */
    /* Reads the credentials again, at a 401: they may have been exchanged on disk. False when there
       are no others. NULL = only the token file is read again. */
    bool (*renew)(void *context, struct arena *arena, struct kube_config *ret_config);
    void *renew_context;
};

/* Copies the configuration. ERROR_INPUT for an address that cannot be used. Opens nothing yet. */
bool kube_cluster_create(struct loop *loop, struct http_client *client,
                         const struct kube_config *config,
                         const struct kube_cluster_options *options,
                         struct kube_cluster **ret_cluster, struct error *err) MUST_USE;
/* Ends everything of it without further callbacks. Reflectors must be destroyed before. Not from
   inside a kube_item or a receiver of a reflector: defer it. */
void kube_cluster_destroy(struct kube_cluster *cluster);
/* Other credentials from now on; address and authorities stay. ERROR_INPUT for a token that is
   none. */
bool kube_cluster_renew(struct kube_cluster *cluster, const struct kube_config *config,
                        struct error *err) MUST_USE;
str kube_cluster_name(const struct kube_cluster *cluster);

struct kube_cluster_stats {
    uint64_t requests;  /* sent, repeats included */
    uint64_t throttled; /* answered 429 */
    uint64_t failed;    /* without an answer, or 5xx */
    uint64_t watches;   /* begun */
    unsigned in_flight, waiting, window, open_watches;
    int64_t last_answer_ns; /* monotonic; 0 = never */
};
struct kube_cluster_stats kube_cluster_stats(const struct kube_cluster *cluster);

/* Why the server said no: the Status object, without any text that could quote what was sent. */
struct kube_cause {
    str reason;  /* "FieldManagerConflict", "FieldValueInvalid", … */
    str field;   /* ".spec.replicas" */
    str manager; /* of a conflict: whose field it is */
    str rule;    /* of a refusal: the server's sentence with all quoted values taken out */
};
struct kube_status {
    int code;
    str reason; /* "Conflict", "Invalid", "NotFound", "AlreadyExists", "Forbidden", "Expired", … */
    const struct kube_cause *causes;
    size_t cause_count;
    int64_t retry_after_ns; /* -1 = not said */
};

struct kube_reply {
    const struct error *err;          /* NULL = done */
    const struct kube_status *status; /* the server's refusal, else NULL */
    int code;                         /* HTTP status, 0 = no answer */
    size_t quarantined;               /* of a list: items that could not be read */
    value object;                     /* what the server returned; ABSENT when err is set */
    str text;                         /* the same as JSON text */
    struct arena *arena;              /* where it lives: scratch for the callback, too */
};
typedef void kube_done(void *context, const struct kube_reply *reply);

/* One call in flight; its pointer is good until its kube_done was called. */
struct kube_call;
/* Ends it without an answer. Whether a write happened is then unknown. */
void kube_call_cancel(struct kube_call *call);

/* GET of any path that begins with '/' ("/version", "/openapi/v3"): the document as JSON. */
struct kube_call *kube_get_path(struct kube_cluster *cluster, str path, kube_done *done,
                                void *context);
/* /version; the reply's object has gitVersion, major, minor. */
struct kube_call *kube_version(struct kube_cluster *cluster, kube_done *done, void *context);
/* The namespace kube-system, whose uid is the cluster's identity: see object_uid. */
struct kube_call *kube_identity(struct kube_cluster *cluster, kube_done *done, void *context);

struct kube_call *kube_get(struct kube_cluster *cluster, const struct kube_path *path,
                           kube_done *done, void *context);

/* Patches. Bodies are JSON; apply takes the whole intent of one field manager. */
enum kube_patch { KUBE_PATCH_APPLY, KUBE_PATCH_MERGE, KUBE_PATCH_JSON, KUBE_PATCH_STRATEGIC };

struct kube_write {
    str field_manager; /* empty = "syncd" */
    bool force;        /* apply only: take over conflicting fields */
    bool dry_run;
    str field_validation; /* "Strict", "Warn", "Ignore"; empty = the server's default */
    str resource_version; /* apply and update: only if it still is that version; empty = any */
};

/* Server-side apply. CONFLICT carries the causes with manager and field; INPUT is the server's 400
   or 422; NOT_FOUND also means that the kind or namespace is missing (status->reason). */
struct kube_call *kube_apply(struct kube_cluster *cluster, const struct kube_path *path,
                             value object, const struct kube_write *write, kube_done *done,
                             void *context);
/* The same with the object as JSON text, sent as it is and without a copy: it must stay until
   `done`. No resource_version: that one is a part of the object. */
struct kube_call *kube_apply_text(struct kube_cluster *cluster, const struct kube_path *path,
                                  str object, const struct kube_write *write, kube_done *done,
                                  void *context);
struct kube_call *kube_create(struct kube_cluster *cluster, const struct kube_path *path,
                              value object, const struct kube_write *write, kube_done *done,
                              void *context);
struct kube_call *kube_update(struct kube_cluster *cluster, const struct kube_path *path,
                              value object, const struct kube_write *write, kube_done *done,
                              void *context);
struct kube_call *kube_patch(struct kube_cluster *cluster, const struct kube_path *path,
                             enum kube_patch kind, value patch, const struct kube_write *write,
                             kube_done *done, void *context);

struct kube_delete {
    str uid;              /* precondition; empty = none */
    str resource_version; /* precondition; empty = none */
    str propagation;      /* "Background", "Foreground", "Orphan"; empty = the server's default */
    bool dry_run;
};
struct kube_call *kube_delete(struct kube_cluster *cluster, const struct kube_path *path,
                              const struct kube_delete *options, kube_done *done, void *context);

struct kube_select {
    str labels;         /* label selector text; empty = all */
    str fields;         /* field selector text */
    bool metadata_only; /* PartialObjectMetadata instead of whole objects */
    uint32_t page;      /* items asked for at once; 0 = 500 */
};

/* One item of a list. The object lives until the callback returns. */
typedef void kube_item(void *context, value object, str text, struct arena *arena);
/*
 * All objects of a path without a name, page by page, handed over one by one while they arrive:
 * memory stays at one item. An item that cannot be read is counted and left out. The reply's object
 * is the list's metadata (resourceVersion of the first page, which all pages share).
 * ERROR_UNAVAILABLE with code 410 when the server forgot the snapshot between pages; ERROR_LIMIT,
 * or E_API_SHAPE, when the list never ends or is none.
 */
struct kube_call *kube_list(struct kube_cluster *cluster, const struct kube_path *path,
                            const struct kube_select *select, kube_item *item, kube_done *done,
                            void *context);

#endif
