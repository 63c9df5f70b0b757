/* call: one request of the API and its reply. Everything in both lives in the call's arena. */
#ifndef SYNCD_APISERVER_CALL_H
#define SYNCD_APISERVER_CALL_H

#include "syncd/apiserver/cluster.h"
#include "syncd/http/field.h"

/* Who asks. */
struct api_user {
    str name;
    const str *groups;
    size_t group_count;
};

struct api_request {
    str method; /* "GET" */
    str path;   /* decoded: "/api/v1/namespaces" */
    struct http_fields query;
    str accept, content_type, user_agent;
    str body;
    struct api_user user;
};

struct api_watch;

struct api_reply {
    int status;
    str content_type;
    struct buf body;
    VEC(str) warnings;
    str etag;
    bool not_modified;
    struct api_watch *watch; /* when not NULL: a stream follows, see watch.h */
};

/* Answers. The reply's body is to be released with buf_finish; its other parts are in the arena. */
void api_serve(struct api_cluster *cluster, const struct api_request *request, struct arena *arena,
               struct api_reply *reply);

/* A problem with one field, as it stands in a Status. */
struct api_cause {
    const char *reason; /* "FieldValueInvalid" */
    str message;
    str field;
};
struct api_causes {
    struct arena *arena;
    VEC(struct api_cause) list;
};

/* The answer of a request that failed. */
struct api_problem {
    int code;
    const char *reason; /* "NotFound"; NULL: none */
    str message;
    str group, kind, name, uid;
    struct api_causes causes;
    int retry_after_s;
    bool no_details;
};

enum api_validation { API_VALIDATE_WARN, API_VALIDATE_STRICT, API_VALIDATE_IGNORE };
enum api_form { API_FORM_OBJECT, API_FORM_TABLE, API_FORM_METADATA };

/* A request on its way through the server. */
struct api_call {
    struct api_cluster *cluster;
    struct api_world *world;
    const struct api_request *request;
    struct api_reply *reply;
    struct arena *arena;   /* as long as the reply */
    struct arena *scratch; /* rewound by whoever uses it */

    struct api_resource *resource;
    const struct api_version *version;
    str namespace, name, subresource;

    bool dry_run, force;
    str manager;
    enum api_validation validation;
    enum api_form form;
    str form_version; /* of Table and PartialObjectMetadata: "v1" */

    struct api_problem problem;
    value live; /* the object as it was, in the request's version; ABSENT when there was none */
};

str api_query(const struct api_call *call, const char *name);
bool api_has_query(const struct api_call *call, const char *name);

/* All of these set the problem and return false. */
bool api_fail(struct api_call *call, int code, const char *reason, const char *format, ...)
    PRINTF_LIKE(4, 5);
bool api_fail_not_found(struct api_call *call);
bool api_fail_exists(struct api_call *call);
bool api_fail_modified(struct api_call *call);
bool api_fail_bad_request(struct api_call *call, const char *format, ...) PRINTF_LIKE(2, 3);
/* 422 with the causes; `kind` and `name` are those of the object. */
bool api_fail_invalid(struct api_call *call, const struct api_causes *causes, str name);
/* 422 about the options of the request: `PatchOptions.meta.k8s.io "" is invalid: …`. */
bool api_fail_options(struct api_call *call, const char *kind, const char *field,
                      const char *reason, const char *format, ...) PRINTF_LIKE(5, 6);
bool api_fail_error(struct api_call *call, int code, const char *reason, const struct error *err);

void api_cause_add(struct api_causes *causes, const char *reason, str field, const char *format,
                   ...) PRINTF_LIKE(4, 5);
/* "Invalid value: \"text\": what" */
void api_cause_invalid(struct api_causes *causes, str field, value given, const char *format, ...)
    PRINTF_LIKE(4, 5);
void api_cause_required(struct api_causes *causes, str field, const char *what);
void api_cause_unsupported(struct api_causes *causes, str field, value given,
                           const char *const *supported);

/* "configmaps" or "machines.cluster.example": how messages name the resource. */
str api_resource_text(const struct api_definition *definition, struct arena *arena);

void api_warn(struct api_call *call, str text);
/* The problem as a Status. */
value api_problem_status(const struct api_problem *problem, struct arena *arena);
/* Writes the problem as the reply. */
void api_reply_problem(struct api_call *call);
/* A whole document as the reply. */
void api_reply_value(struct api_call *call, int status, value document);
/* What the client accepts: sets form. `resource`: Table and PartialObjectMetadata are possible. */
bool api_negotiate(struct api_call *call, bool resource) MUST_USE;
/* True when a JSON form of that name is accepted (discovery). */
bool api_accepts(const struct api_call *call, const char *as, str *ret_version);
/* A stored object as the request's version has it. */
value api_call_object(const struct api_call *call, const struct api_revision *revision);
/* An object, in the form that was asked for. */
void api_reply_object(struct api_call *call, int status, value object);
/* The same from the store, without reading it where the form allows. */
void api_reply_revision(struct api_call *call, int status, const struct api_revision *revision);

#endif
