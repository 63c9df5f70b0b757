/* A cluster with a clock and randomness of its own, asked without sockets. */
#ifndef TESTS_UNIT_APISERVER_PLANE_H
#define TESTS_UNIT_APISERVER_PLANE_H

#include "syncd/apiserver/call.h"
#include "syncd/apiserver/watch.h"
#include "syncd/value/json.h"

#include <criterion/criterion.h>

struct plane {
    struct arena *arena;
    struct api_world *world;
    struct api_cluster *cluster;
    struct api_reply reply; /* of the last request */
};

void plane_open(struct plane *plane, const struct api_world_options *options);
void plane_close(struct plane *plane);

/* Sends JSON (single quotes stand for double ones; NULL: no body) and returns the status. PATCH is
   a merge patch, with a fieldManager in the target an apply. */
int plane_ask(struct plane *plane, const char *method, const char *target, const char *body);
/* The last reply's document. */
value plane_document(struct plane *plane);
/* A text in it: "metadata/name". */
str plane_text(struct plane *plane, const char *pointer);

/* The three kinds that tests use: Machine (status, scale), namespaced. */
void plane_add_machines(struct plane *plane);

/* What a watch has sent. */
struct heard {
    struct buf bytes;
    bool full, ended;
};
struct api_watch *plane_watch(struct plane *plane, const char *target, struct heard *heard);

/* Asks, and stops the test when the status is another one. */
void plane_expect(struct plane *plane, int status, const char *method, const char *target,
                  const char *body);

#endif
