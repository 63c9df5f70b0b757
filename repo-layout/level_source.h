/* level_source: where levels are, and reading them. */
#ifndef REPO_LAYOUT_LEVEL_SOURCE_H
#define REPO_LAYOUT_LEVEL_SOURCE_H

#include "repo-layout/level.h"
#include "syncd/base/limits.h"
#include "syncd/snapshot/snapshot.h"

struct level_file {
    str path; /* inside the level: "kinds.yaml", "definitions/machines.yaml" */
    str bytes;
};

struct level_source {
    str name;   /* of the level */
    str folder; /* for messages */
    const struct level_file *files;
    size_t count;
};

/* Those built into the program, in order of name; *ret_count of them. */
const struct level_source *level_builtin(size_t *ret_count);
/*
 * Finds a level: "mcc-2.23" is built in; a name with a slash ("./platform/level") is a folder of
 * the snapshot. NOT_FOUND names those that there are. `snapshot` may be NULL.
 */
bool level_find(str name, const struct snapshot *snapshot, struct arena *arena,
                struct level_source *ret_source, struct error *err) MUST_USE;

/*
 * Reads the tables. All that is wrong becomes findings (rule E_LEVEL) with file and line; false
 * when one of them is an error.
 */
bool level_read(const struct level_source *source, const struct limits *limits, struct arena *arena,
                struct findings *findings, const struct level **ret_level) MUST_USE;

/* The CustomResourceDefinitions of a level (definitions/), in path order; E_LEVEL as above. */
bool level_read_definitions(const struct level_source *source, const struct limits *limits,
                            struct arena *arena, struct findings *findings,
                            struct object_list *ret_objects) MUST_USE;

#endif
