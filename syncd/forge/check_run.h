/*
 * check_run: what a commit's check says where the forge has such things (GitHub, for Apps only):
 * a verdict, a text, and problems at file and line. Pure.
 */
#ifndef SYNCD_FORGE_CHECK_RUN_H
#define SYNCD_FORGE_CHECK_RUN_H

#include "syncd/forge/webhook.h"
#include "syncd/value/value.h"

enum forge_state { FORGE_PENDING, FORGE_SUCCESS, FORGE_FAILURE, FORGE_TROUBLE };

struct forge_annotation {
    str path; /* from the repository's root */
    uint64_t line;
    bool error; /* else a warning */
    str title, text;
};

/* More are left out, and the summary says how many. */
#define CHECK_RUN_ANNOTATIONS 500

struct forge_check {
    str commit, name;
    enum forge_state state;
    str title, summary; /* the summary is Markdown; cut to what the forge takes */
    str url;            /* of the whole; may be empty */
    const struct forge_annotation *annotations;
    size_t annotation_count;
};

/* The request's body (`fresh`: that makes it; else it is there) with the annotations from `first`
 * on, as many as one request may have. */
value check_run_body(const struct forge_check *check, bool fresh, size_t first,
                     struct arena *arena);
/* Where the next request has to begin; the count when there is none. */
size_t check_run_next(const struct forge_check *check, size_t first);

/* As it is kept in a file, and back. False for what is none. */
value check_run_write(const struct forge_check *check, struct arena *arena);
bool check_run_read(value text, struct arena *arena, struct forge_check *ret_check) MUST_USE;

#endif
