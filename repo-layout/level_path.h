/*
 * level_path: where something stands in documents, as a level's files say it.
 *
 *     spec.publicKeys[].name          each item of a list
 *     spec.nodes{}                    the keys of an object
 *     spec.nodes{}.roles              below each member of an object
 *     metadata.labels['a.b/c']        a key with dots
 *     $provider                       a name the level gave to another path; may be continued
 */
#ifndef REPO_LAYOUT_LEVEL_PATH_H
#define REPO_LAYOUT_LEVEL_PATH_H

#include "syncd/base/error.h"
#include "syncd/base/map.h"
#include "syncd/value/value.h"

struct level_path; /* immutable, lives in the arena */

/* Names for paths: text → struct level_path. E_LEVEL for what is no path. */
bool level_path_compile(str text, const struct map *names, struct arena *arena,
                        const struct level_path **ret_path, struct error *err) MUST_USE;

struct level_match {
    value val;     /* what is there; for {} at the end, the key as a string */
    uint32_t line; /* of it, or of the nearest above that has one */
};
struct level_matches {
    VEC(struct level_match) items;
};

/* All that is at the path, in document order. */
void level_path_find(const struct level_path *path, value document, struct arena *arena,
                     struct level_matches *ret_matches);
/* The first, or ABSENT. Allocates nothing. */
value level_path_first(const struct level_path *path, value document);
/* Text of the first string, or empty. */
str level_path_text(const struct level_path *path, value document);
/* The line of the deepest part of the path that is there; 0 = unknown. */
uint32_t level_path_line(const struct level_path *path, value document);
/* A document with something else at the path; false for paths with [] or {}. */
bool level_path_set(const struct level_path *path, value document, value val, struct arena *arena,
                    value *ret_document) MUST_USE;
/* The path as text, names written out. */
str level_path_name(const struct level_path *path);

/*
 * Does a field path of the API's notation (f: steps joined by dots, as drift reports print them)
 * lie at or below this path? `[…]` of the field matches [] and {}.
 */
bool level_path_covers(const struct level_path *path, str field);

#endif
