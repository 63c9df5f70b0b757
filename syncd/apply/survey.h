/*
 * survey: a cluster read once for a plan: its kinds, its inventory, and the objects that a commit
 * is about. A list for each kind, nothing for single objects; nothing is written. Asynchronous.
 */
#ifndef SYNCD_APPLY_SURVEY_H
#define SYNCD_APPLY_SURVEY_H

#include "syncd/config/config.h"
#include "syncd/kube/cluster.h"
#include "syncd/plan/predict.h"

struct survey_options {
    struct loop *loop;
    struct http_client *client;
    const struct config_target *target; /* lives as long as the survey */
    const struct limits *limits;
    str sync_name;
    struct prune_policy prune;
    unsigned adopt;                /* see predict_request */
    const struct level *level;     /* NULL = none */
    const struct desired *desired; /* rendered without an owner; lives as long as the survey */
    bool verify;                   /* every step is tried at the server, as a dry run */
    int64_t deadline_ns;           /* duration; 0 = none */
    int64_t now_ns;                /* wall clock: of predicted ownership */
};

/* What was found. Lives until survey_destroy. */
struct survey_result {
    enum live_state state; /* EVALUATED or UNREACHABLE */
    str problem;           /* why it is not evaluated */
    struct plan_cluster cluster;
    str cluster_uid;  /* empty = not known */
    size_t verified;  /* steps that were tried */
    size_t different; /* of them, with another result than predicted: `problem` of the object */
};

struct survey;
typedef void survey_done(void *context, const struct survey_result *result);

/* Calls done once, on the loop, never from inside. */
struct survey *survey_start(const struct survey_options *options, survey_done *done, void *context);
/* At any time; done is not called any more. NULL is fine. */
void survey_destroy(struct survey *survey);

#endif
