/*
 * limits: every budget that stops a hostile input, in one table (limits.c). Readers take a
 * `const struct limits *`; configuration may raise single rows.
 */
#ifndef SYNCD_BASE_LIMITS_H
#define SYNCD_BASE_LIMITS_H

#include "syncd/base/str.h"

/* X(field, default, unit, what it bounds) */
#define LIMITS_TABLE(X)                                                                            \
    X(file_bytes, 4u << 20, "bytes", "one file of the repository")                                 \
    X(unit_bytes, 64u << 20, "bytes", "all files of one snapshot")                                 \
    X(unit_files, 100000, "files", "files of one snapshot")                                        \
    X(tree_depth, 64, "levels", "nested directories")                                              \
    X(link_hops, 8, "links", "symbolic links followed for one path")                               \
    X(objects, 50000, "objects", "objects rendered from one source")                               \
    X(object_bytes, 1536u << 10, "bytes", "one object as JSON")                                    \
    X(yaml_depth, 64, "levels", "nesting of a YAML document")                                      \
    X(yaml_anchors, 1000, "anchors", "anchors in a YAML file")                                     \
    X(yaml_nodes, 1000000, "nodes", "nodes of a YAML file after aliases are expanded")             \
    X(yaml_expanded, 10u << 20, "bytes", "text that the aliases of a YAML file stand for")         \
    X(yaml_documents, 10000, "documents", "documents in a YAML file")                              \
    X(json_depth, 128, "levels", "nesting of a JSON document")                                     \
    X(list_depth, 4, "levels", "nested List objects")                                              \
    X(kustomize_depth, 32, "levels", "chain of kustomization bases")                               \
    X(kustomize_loads, 20000, "loads", "kustomizations loaded for one build")                      \
    X(template_depth, 1000, "levels", "nested template calls")                                     \
    X(template_steps, 10000000, "steps", "steps of one chart's templates")                         \
    X(template_output, 32u << 20, "bytes", "output of one chart's templates")                      \
    X(regex_bytes, 4096, "bytes", "one regular expression")                                        \
    X(archive_bytes, 20u << 20, "bytes", "one packed chart")                                       \
    X(archive_expanded, 100u << 20, "bytes", "one chart after unpacking")                          \
    X(archive_entries, 10000, "entries", "entries of one packed chart")                            \
    X(refs, 100000, "refs", "references a Git server may advertise")                               \
    X(git_object_bytes, 64u << 20, "bytes", "one Git object")                                      \
    X(git_pack_objects, 5000000, "objects", "objects in one pack")                                 \
    X(webhook_body, 1u << 20, "bytes", "body of one webhook delivery")                             \
    X(http_header, 32u << 10, "bytes", "headers of one incoming request")                          \
    X(api_body, 64u << 20, "bytes", "one answer of an API server")                                 \
    X(note_bytes, 64u << 10, "bytes", "one commit note")                                           \
    X(note_details, 4u << 20, "bytes", "what one commit note has no room for")                     \
    X(render_memory, 512u << 20, "bytes", "memory of one rendering")                               \
    X(render_seconds, 60, "seconds", "processor time of one rendering")

struct limits {
#define LIMITS_FIELD(field, value, unit, what) uint64_t field;
    LIMITS_TABLE(LIMITS_FIELD)
#undef LIMITS_FIELD
};

/* The defaults. Never NULL, never changes. */
const struct limits *limits_default(void);

struct limits_row {
    const char *name;
    uint64_t value;
    const char *unit;
    const char *what;
    size_t offset; /* in struct limits */
};

/* The table for configuration and documentation; *ret_count rows. */
const struct limits_row *limits_rows(size_t *ret_count);

#endif
