/*
 * schema: what is known of kinds: which of their lists merge by key, and whether they are
 * cluster-scoped. Built in (Kubernetes 1.21.2, as the tool has it) or from `openapi.path`, which
 * then replaces the built-in one.
 */
#ifndef RENDER_KUSTOMIZE_SCHEMA_H
#define RENDER_KUSTOMIZE_SCHEMA_H

#include "render/kustomize/build.h"

#define SCHEMA_KEYS_MAX 8

/* A place in a schema; `known` false: nothing is known there. */
struct schema_at {
    bool known;
    bool merges;  /* a list that merges by key, or by value when there are no keys */
    int type;     /* of the built-in schema, -1 for none */
    str keys;     /* built in: "containerPort,protocol" */
    value custom; /* of `openapi.path`: the schema object */
};

struct schema *kust_schema_create(struct arena *arena);

/* What a build did with the schema so far. Take begins anew; replay adds what was taken, or what a
   base would do that is not built again. */
struct schema_state {
    bool chosen; /* some kustomization said `openapi` */
    bool asked, opened, noted;
};
struct schema_state kust_schema_take(struct schema *schema);
void kust_schema_replay(struct schema *schema, struct schema_state state);
bool kust_schema_is_chosen(const struct schema *schema);

/*
 * `openapi` of a kustomization. With `reset` (the outermost one) it always counts, else only when
 * nothing was set before. ERROR_INPUT (E_OPENAPI) for unknown versions and unreadable files.
 */
bool kust_schema_use(struct build *build, const struct loader *loader, value openapi, bool reset,
                     struct error *err) MUST_USE;

/* True only when the kind is known to be cluster-scoped. */
bool kust_schema_cluster_scoped(struct schema *schema, const struct gvk *gvk);

/* A comment's schema for a map or list, and for as long as that is not changed. */
void kust_schema_note(struct schema *schema, value node, value custom);
/* Not known when there is none for the node. */
struct schema_at kust_schema_noted(struct schema *schema, value node);

struct schema_at kust_schema_of_kind(struct schema *schema, str api_version, str kind);
struct schema_at kust_schema_field(const struct schema *schema, struct schema_at at, str field);
struct schema_at kust_schema_items(const struct schema *schema, struct schema_at at);
/* Fills keys and returns their count; 0 for a list that merges by value. */
size_t kust_schema_keys(struct schema_at at, str keys[SCHEMA_KEYS_MAX]);

#endif
