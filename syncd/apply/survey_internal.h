/* The inside of a survey, shared by its files only. */
#ifndef SYNCD_APPLY_SURVEY_INTERNAL_H
#define SYNCD_APPLY_SURVEY_INTERNAL_H

#include "syncd/apply/survey.h"

/* A kind that is looked at: of the commit, or of the inventory. */
struct survey_kind {
    struct survey *survey;
    struct gvk gvk;
    const struct kube_resource *resource; /* NULL: not served */
    size_t wanted, found;                 /* objects of the commit, and those that were listed */
    bool whole;                           /* it is listed without a selector now */
};

struct survey {
    struct survey_options options;
    survey_done *done;
    void *context;
    struct arena *arena;
    struct kube_cluster *cluster;
    struct loop_timer *deadline;
    str owner, cluster_uid, inventory_uid;
    struct buf inventory;
    VEC(struct survey_kind *) kinds;
    struct map known_kinds; /* "group/version/Kind" to struct survey_kind */
    struct map objects;     /* object_id_key to const value * */
    struct map wanted;      /* keys of the commit's objects, placed */
    struct schema_set *types;
    size_t open; /* requests on their way in this stage */
    bool lists_broken, ended;
    struct survey_result result;
};

/* Ends it with why it could not be evaluated; once. */
void survey_fail(struct survey *survey, const struct error *err, const char *what);
/* Ends it well. */
void survey_finish(struct survey *survey);
/* survey_read.c: everything after discovery. */
void survey_read(struct survey *survey);
/* survey_verify.c: tries the predicted steps, then finishes. */
void survey_verify(struct survey *survey);

#endif
