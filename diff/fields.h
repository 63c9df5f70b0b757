/*
 * fields: sets of field paths, as metadata.managedFields holds them ("fieldsV1").
 *
 * A set is a tree of sorted arrays in an arena: one node for every path element, flagged when the
 * path ending there is itself a member. Sets are immutable and share subtrees, so an operation
 * costs what it changes. Every node is a member or has nodes below it.
 */
#ifndef SYNCD_DIFF_FIELDS_H
#define SYNCD_DIFF_FIELDS_H

#include "diff/schema.h"
#include "syncd/base/buf.h"
#include "syncd/base/map.h"

/* In the order in which the server sorts them. */
enum path_kind {
    PATH_FIELD, /* f:name   a member; val is the name, a string */
    PATH_KEY,   /* k:{…}    the list item with these keys; val is an object */
    PATH_VALUE, /* v:…      the item of a set; val is a scalar */
    PATH_INDEX, /* i:n      the item of an atomic list */
};

struct path_element {
    uint32_t kind;  /* enum path_kind */
    uint32_t index; /* PATH_INDEX only */
    value val;
};

struct field_node;

struct field_set {
    const struct field_node *nodes; /* sorted, no duplicates */
    size_t len;
};

struct field_node {
    struct path_element element;
    struct field_set children;
    bool member;
};

struct path_element path_field(str name);
/* By kind, then content; numbers by value: <0, 0, >0. */
int path_element_compare(const struct path_element *a, const struct path_element *b);
/* `.spec.list[name="x"].set[="v"][0]`, as conflicts print it. */
str path_text(const struct path_element *path, size_t len, struct arena *arena);

/*
 * Reads a fieldsV1 object in one pass. Elements of unknown kind are dropped, as the server does.
 * ERROR_INPUT (E_FIELDS) for what cannot be read, ERROR_LIMIT for depth. Views into the document.
 */
bool fields_parse(value fields_v1, struct arena *arena, struct field_set *ret_set,
                  struct error *err) MUST_USE;
/* The fieldsV1 object as a document / as canonical JSON text in the server's order. */
value fields_to_value(struct field_set set, struct arena *arena);
void fields_print(struct field_set set, struct buf *buf);

static inline bool fields_empty(struct field_set set)
{
    return set.len == 0;
}
/* Number of members. */
size_t fields_count(struct field_set set);
bool fields_equal(struct field_set a, struct field_set b);
bool fields_has(struct field_set set, const struct path_element *path, size_t len);
/* What stands below one element (empty when nothing), without the element. */
struct field_set fields_below(struct field_set set, const struct path_element *element);
/* The node of one element, or NULL. */
const struct field_node *fields_node(struct field_set set, const struct path_element *element);

/* Calls visit for every member, parents' level before children's. Stops at false. */
typedef bool fields_visit(void *context, const struct path_element *path, size_t len);
bool fields_walk(struct field_set set, fields_visit *visit, void *context);

struct field_set fields_union(struct field_set a, struct field_set b, struct arena *arena);
struct field_set fields_intersection(struct field_set a, struct field_set b, struct arena *arena);
/* Members of a that are not members of b; a parent in b does not take its children along. */
struct field_set fields_difference(struct field_set a, struct field_set b, struct arena *arena);
/* The same, but a member of b takes everything below it along. */
struct field_set fields_recursive_difference(struct field_set a, struct field_set b,
                                             struct arena *arena);
/* Members that have nothing below them. */
struct field_set fields_leaves(struct field_set set, struct arena *arena);
/* With every declared member on the way added, which sets usually leave out. */
struct field_set fields_with_named(struct field_set set, const struct schema_type *type,
                                   struct arena *arena);

/* A set under construction: paths in any order. */
struct fields_builder;
struct fields_builder *fields_begin(struct arena *arena);
void fields_add(struct fields_builder *builder, const struct path_element *path, size_t len);
struct field_set fields_finish(struct fields_builder *builder, struct arena *arena);

/* All fields an object sets: what an applier of it would own. */
struct field_set fields_of(const struct schema_type *type, value object, struct arena *arena);
/* The object cut down to the set; ABSENT when nothing is left. Items keep their order. */
value fields_extract(struct field_set set, const struct schema_type *type, value object,
                     struct arena *arena);
/*
 * The object without the members of the set; ABSENT when nothing is left. Lists and maps that lost
 * all their items one by one stay as empty ones.
 */
value fields_remove(struct field_set set, const struct schema_type *type, value object,
                    struct arena *arena);

/*
 * A stable hash of the set and of the object's values under it, without building the projection:
 * two objects hash equal when all fields of the set are equal. Order of keyed lists and of sets
 * does not count. With `type` NULL a member with nothing below it stands for its whole value.
 * `scratch` is rewound.
 */
struct hash128 fields_project_hash(struct field_set set, const struct schema_type *type,
                                   value object, struct arena *scratch);
/*
 * The same where no type is known but all owners are: `others` is what the other owners have
 * together. A map that was applied empty (`emptyDir: {}`) is owned without what others put into it.
 */
struct hash128 fields_project_hash_among(struct field_set set, struct field_set others,
                                         const struct schema_type *type, value object,
                                         struct arena *scratch);

#endif
