/* lint_level: a repository held against what its platform says. */
#ifndef SYNCD_CLI_LINT_LEVEL_H
#define SYNCD_CLI_LINT_LEVEL_H

#include "syncd/cli/offline.h"

struct lint_level_options {
    str level;    /* name, or ./FOLDER of the repository */
    str base;     /* a folder with the repository before the change; empty = none */
    str releases; /* the file of a release index; empty: the repository's own, when it has one */
};

/*
 * Renders every part of the layout below the opened path (or, where nothing of the layout is, the
 * path itself) and runs the level's rules. Problems go to the findings of `offline`; false with the
 * error when it could not be done at all.
 */
bool lint_level(struct offline *offline, const struct lint_level_options *options,
                struct arena *arena, size_t *ret_objects, struct error *err) MUST_USE;

#endif
