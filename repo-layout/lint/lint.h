/*
 * lint: what the platform would refuse, or silently never do, found in the repository alone. A
 * table of rules over a level's data; every finding has a rule's id, file, line and hint. Pure.
 */
#ifndef REPO_LAYOUT_LINT_LINT_H
#define REPO_LAYOUT_LINT_LINT_H

#include "repo-layout/level.h"
#include "syncd/base/limits.h"

struct lint_input {
    const struct level *level;
    const struct limits *limits;
    const struct object_list *head;        /* all objects of all targets */
    const struct object_list *base;        /* before the change; NULL = not known */
    const struct object_list *definitions; /* CustomResourceDefinitions; NULL = not known */
    const struct object_list *releases;    /* of the release index; NULL = not known */
    bool whole;                            /* head is the whole repository, not a part of it */
};

/* Runs every rule. The input must outlive the findings. */
void lint_run(const struct lint_input *input, struct arena *arena, struct findings *findings);

struct lint_rule {
    const char *id;
    enum severity severity;
    const char *summary; /* what it finds */
    const char *hint;    /* what to do */
};
/* The rule at a place in the table, which is sorted by id; NULL past its end. */
const struct lint_rule *lint_rule_at(size_t index);
/* The table as Markdown, for the documentation. */
struct buf;
void lint_explain(struct buf *buf);

/*
 * Objects of a release index: the index document names files beside it; `read` gives their bytes
 * (false = not there). Checks each file's SHA-256 where the index says one (E_RELEASE_INDEX).
 */
struct lint_index_port {
    void *context;
    bool (*read)(void *context, str path, struct arena *arena, str *ret_bytes, struct error *err);
};
bool lint_read_index(const struct level *level, const struct lint_index_port *port, str index,
                     const struct limits *limits, struct arena *arena,
                     struct object_list *ret_objects, struct error *err) MUST_USE;

/* Declarations of the repository that are for syncd, not for a cluster, have this group. */
#define LINT_OWN_GROUP "syncd.dev"

#endif
