/*
 * What the files of this folder share: a call is one operation, made of one or more requests sent
 * one after the other. call.c queues and repeats requests; the operations decide what an answer
 * means.
 */
#ifndef SYNCD_KUBE_KUBE_INTERNAL_H
#define SYNCD_KUBE_KUBE_INTERNAL_H

#include "syncd/base/list.h"
#include "syncd/base/map.h"
#include "syncd/kube/cluster.h"
#include "syncd/value/json.h"

/* How many requests may be out at once, by the server's own answers. */
struct window {
    double size;
    unsigned max;
    int64_t fastest_ns, usual_ns; /* latencies */
    int64_t shrunk_ns;            /* when it last shrank */
};

struct kube_cluster {
    struct loop *loop;
    struct http_client *client;
    struct http_origin *origin;
    struct arena *arena; /* of the cluster's own life */
    str name;
    str token_file; /* empty = none */
    bool strict_files;
    bool (*renew)(void *context, struct arena *arena, struct kube_config *ret_config);
    void *renew_context;
    const struct limits *limits;
    int64_t deadline_ns;

    struct list waiting, active; /* of calls */
    unsigned waiting_count, in_flight, open_watches;
    struct window window;
    int64_t paused_until_ns;
    struct loop_timer *wake;
    struct error outage;  /* why nobody can be asked */
    unsigned outage_left; /* calls of the queue that end by it */
    struct kube_cluster_stats stats;

    struct kube_resources *resources; /* NULL before the first discovery */
    struct arena *resources_arena;
    struct arena *openapi_arena; /* NULL = the index must be read */
    struct map openapi_urls;     /* "apis/apps/v1" to struct str * */
};

struct kube_call {
    struct list node; /* of waiting or active, or alone */
    struct kube_cluster *cluster;
    struct arena *arena; /* of the call */
    struct http_transfer *transfer;

    /* The request to send; set by the operation before call_send. */
    const char *method;
    str path;
    str accept;       /* empty = "application/json" */
    str content_type; /* empty = no body */
    str body;
    bool is_watch; /* outside of window and deadline */
    int64_t silence_ns;
    void (*begun)(struct kube_call *call, int status);
    bool (*bytes)(struct kube_call *call, str bytes);
    /* A final answer (429 and 401 are dealt with): call_end or another call_send follows. `err` is
       about the connection; a refusal is told by the status. */
    void (*answered)(struct kube_call *call, const struct http_response *response,
                     const struct error *err);

    /* The operation. */
    str subject;     /* "apply machines.cluster.k8s.io team/m-0", for messages */
    bool secret;     /* no text of the server's is shown */
    void *operation; /* what `answered` needs */
    kube_done *done;
    void *context;

    bool is_waiting, is_out;  /* in the queue; sent */
    bool inside, dead;        /* its `bytes` or `begun` is running; dropped meanwhile */
    bool renewed;             /* once */
    struct loop_timer *later; /* of call_start_later */
    int64_t give_up_ns;       /* 0 = not sent yet */
};

/* call.c */
struct kube_call *call_new(struct kube_cluster *cluster, str subject, kube_done *done,
                           void *context);
void call_send(struct kube_call *call);
/* Answers and frees. */
void call_end(struct kube_call *call, const struct kube_reply *reply);
void call_fail(struct kube_call *call, const struct error *err);
/* The usual `answered`: the object of the answer, or the refusal, is the reply. */
void call_answer_object(struct kube_call *call, const struct http_response *response,
                        const struct error *err);
/* Ends the call when the answer is an error or a refusal: true then. */
bool call_ended_by(struct kube_call *call, const struct http_response *response,
                   const struct error *err);
/* Parses the body: ends the call with E_API_SHAPE when it is no JSON object: false then. */
bool call_read_object(struct kube_call *call, const struct http_response *response,
                      struct arena *arena, value *ret_object);

/* Calls begin(call) in the next round, unless the call was cancelled: for operations that may know
   their answer without asking. */
void call_start_later(struct kube_call *call, void (*begin)(void *call));
/* For the cluster's timer. */
void cluster_woken(void *context);

/* status.c: what the server said, without quoting what was sent. Always sets err. */
void status_read(int code, str body, bool secret, str subject, const struct limits *limits,
                 struct arena *arena, struct kube_status *ret_status, struct error *err);

/* window.c */
void window_init(struct window *window, unsigned max);
unsigned window_size(const struct window *window);
/* After an answer; `full` = the window was used up when it was sent. */
void window_note(struct window *window, bool overloaded, int64_t elapsed_ns, bool full,
                 int64_t now_ns);

/* path.c: "machines.cluster.k8s.io team/m-0" */
str kube_path_text(const struct kube_path *path, struct arena *arena);

/* Appends "labelSelector=…&fieldSelector=…&" of a selection. */
void select_write(const struct kube_select *select, struct buf *query);

/*
 * items.c: an object that arrives in pieces, and whose array `items` may be longer than memory.
 * `item` gets each element, `member` every other member; both as JSON text that lives until they
 * return. False from `item` stops at once, and the reader is not touched any more.
 */
struct item_reader {
    struct buf buf;
    enum item_state {
        ITEM_OBJECT, /* before the object */
        ITEM_KEY,    /* before a key, a comma, or the end */
        ITEM_COLON,
        ITEM_VALUE,
        ITEM_ELEMENT, /* inside `items`: before an element, a comma, or its end */
        ITEM_END,
    } state;
    struct json_splitter splitter;
    char key[64];
    bool (*item)(void *context, str text);
    void (*member)(void *context, str key, str text);
    void *context;
    bool stopped;
};
void item_reader_init(struct item_reader *reader, size_t item_max);
void item_reader_finish(struct item_reader *reader);
/* False when it was stopped, is no such object (E_API_SHAPE), or one part is too long (LIMIT). */
bool item_reader_feed(struct item_reader *reader, str bytes, struct error *err) MUST_USE;

/* JSON texts one behind the other, as a watch sends them. */
struct text_reader {
    struct buf buf;
    struct json_splitter splitter;
};
void text_reader_init(struct text_reader *reader, size_t text_max);
void text_reader_finish(struct text_reader *reader);
/* `text` is called for each complete one; false stops. Errors as above. */
bool text_reader_feed(struct text_reader *reader, str bytes, bool (*text)(void *context, str text),
                      void *context, struct error *err) MUST_USE;

#endif
