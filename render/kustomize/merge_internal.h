/* Shared by the two halves of the strategic merge: maps and lists. */
#ifndef RENDER_KUSTOMIZE_MERGE_INTERNAL_H
#define RENDER_KUSTOMIZE_MERGE_INTERNAL_H

#include "render/kustomize/merge.h"
#include "render/kustomize/shared.h"

struct merge {
    struct schema *schema;
    struct arena *arena;   /* results */
    struct arena *scratch; /* working lists; rewound by kust_strategic_merge */
    struct shared_writes *shared;
};

enum directive { DIRECTIVE_MERGE, DIRECTIVE_REPLACE, DIRECTIVE_DELETE, DIRECTIVE_UNKNOWN };

enum came_from { FROM_NOWHERE, FROM_TARGET, FROM_PATCH };

/* What becomes of a node. kyaml changes nodes in place, so lists need to know which one it was. */
struct outcome {
    value v;
    enum came_from from; /* FROM_NOWHERE: the field goes away */
    bool keep_null;      /* an explicit null of the target that stays */
};

/*
 * Merges two nodes, ABSENT where there is none. `same`: both are one node of the patch that was
 * put in whole, and what nulls and directives it holds takes effect in it.
 */
bool kust_merge_node(const struct merge *merge, struct schema_at at, value target, value patch,
                     bool same, struct outcome *ret_outcome, struct error *err) MUST_USE;

/* Lists whose items merge by key or by value. */
bool kust_merge_list(const struct merge *merge, struct schema_at at, value target, value patch,
                     bool same, struct outcome *ret_outcome, struct error *err) MUST_USE;

enum directive kust_directive_from(value word);
bool kust_unknown_directive(value word, struct error *err);

#define PATCH_KEY STR("$patch")

#endif
