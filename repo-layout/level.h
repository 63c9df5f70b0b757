/*
 * level: one platform as data. A level is a folder of YAML files (repo-layout/levels/NAME, built
 * into the program, or a folder of the watched repository); this reads it into tables. Nothing in
 * the program knows a kind, a label or a field of a platform by name: whoever needs one asks here.
 *
 * Pure. Everything lives in the arena that was given; views into the files' bytes, which must
 * outlive the level.
 */
#ifndef REPO_LAYOUT_LEVEL_H
#define REPO_LAYOUT_LEVEL_H

#include "repo-layout/level_rows.h"
#include "syncd/base/error.h"
#include "syncd/base/map.h"
#include "syncd/object/object.h"

struct level {
    str name, title;
    const str *groups; /* of the platform: an unknown kind of theirs is an error */
    size_t group_count;
    struct level_layout layout;
    struct level_releases releases;
    VEC(struct level_kind) kinds;
    VEC(struct level_field) fields;
    VEC(struct level_reference) references;
    VEC(struct level_check) checks;
    VEC(struct level_minimum) minimums;
    VEC(struct level_exception) exceptions;
    VEC(struct level_removal) removals;
    VEC(struct level_pair) pairs;
    VEC(struct level_schema) schemas;
    VEC(struct level_join) joins;
    value verdicts;   /* the rules of verdicts.yaml, for syncd/health; ABSENT = none */
    struct map index; /* "group/Kind" → struct level_kind */
};

bool level_condition_holds(const struct level_condition *condition, value document);
/* NULL when the level does not know the kind. */
const struct level_kind *level_find_kind(const struct level *level, str group, str kind);
/* True when the group is the platform's. */
bool level_owns_group(const struct level *level, str group);
/* What has to happen before this object goes; *ret_why says so where an exception is meant. */
enum level_prune level_prune_class(const struct level *level, const struct level_kind *kind,
                                   value document, str *ret_why);
/* How this object is asked to go, or NULL: it is deleted. */
const struct level_removal *level_find_removal(const struct level *level,
                                               const struct level_kind *kind, value document);
/* Who writes the field of such an object although Git states it, which is no drift; NULL = nobody.
 */
const struct level_field *level_find_noise(const struct level *level, str group, str kind,
                                           value document, str field);
/* The schema for an embedded document, or NULL. */
const struct level_schema *level_find_schema(const struct level *level, str api_version, str kind);
/* What the matrix says; UNKNOWN when it has no row. *ret_pair is the row or NULL. */
enum level_support level_support(const struct level *level, str management, str regional,
                                 const struct level_pair **ret_pair);

const char *level_prune_name(enum level_prune prune);

#endif
