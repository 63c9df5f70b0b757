/*
 * render: a snapshot and parameters in, objects out. Pure: no clock, no network, no disk. Runs in
 * the confined child of the daemon and directly in `syncd render`.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/base/zones.h"
#include "syncd/object/object.h"
#include "syncd/snapshot/snapshot.h"

struct render_world;    /* render/world.h */
struct template_cache;  /* render/template/cache.h */
struct kustomize_cache; /* render/kustomize/cache.h */

/* What every renderer gets and gives. */
struct render_context {
    const struct snapshot *snapshot;
    const struct limits *limits;
    struct snapshot_reads *reads;     /* what was read is recorded here */
    struct arena *arena;              /* results live here */
    struct arena *scratch;            /* work memory */
    struct findings *findings;        /* warnings, and all errors where several can be told */
    struct zones *zones;              /* for templates; NULL: only UTC */
    struct render_world *world;       /* of the target's cluster; NULL: offline */
    struct template_cache *templates; /* compiled ones, shared by renderings; NULL: none is kept */
    struct kustomize_cache *kustomizations; /* bases, shared by renderings; NULL: none is kept */
};

enum render_kind {
    RENDER_DETECT, /* Chart.yaml → helm, kustomization file → kustomize, else yaml */
    RENDER_YAML,
    RENDER_KUSTOMIZE,
    RENDER_HELM,
};

/*
 * Opens the libraries that rendering may need: for a process that is about to give up its files.
 * What is not there is missed where it is used.
 */
void render_prepare(void);
void render_helm_prepare(void);

/*
 * Objects of `path` (a file or directory) with its detected or given kind; see the renderers. The
 * objects of declared releases stand in place of their declarations (E_RELEASE_DEPTH when releases
 * declare releases for ever); what is wrong with single releases becomes findings.
 */
bool render_path(struct render_context *context, str path, enum render_kind kind,
                 struct object_list *ret_objects, struct error *err) MUST_USE;

/*
 * Plain manifests: one file, or a directory with all .yaml, .yml and .json below it in path order.
 * What is wrong with single files becomes findings, and the objects of the others are still
 * returned: the caller looks at findings->errors. False only when the path itself cannot be read.
 */
bool render_yaml(struct render_context *context, str path, struct object_list *ret_objects,
                 struct error *err) MUST_USE;

/* Names that make a directory a kustomization; *ret_entry is the file. */
bool kustomization_find(const struct snapshot *snapshot, str directory,
                        const struct snapshot_entry **ret_entry);

struct kustomize_options {
    bool legacy_order;  /* --reorder legacy */
    bool reorder_set;   /* false: what the kustomization says, else legacy for the tool */
    bool load_anywhere; /* --load-restrictor LoadRestrictionsNone: still inside the snapshot */
    bool enable_helm;
    bool enable_alpha_plugins;
    bool enable_managedby_label;
    str helm_kube_version;
    const str *helm_api_versions;
    size_t helm_api_version_count;
};

/*
 * kustomize build: the objects, in order. NULL options are the tool's defaults. Identities are as
 * the documents have them, not checked: the tool prints objects that no API server would take.
 */
bool render_kustomize(struct render_context *context, str path,
                      const struct kustomize_options *options, struct object_list *ret_objects,
                      struct error *err) MUST_USE;

/*
 * A chart with its own values: the release is called as the folder, its namespace is "default".
 * Hooks are among the objects (syncd/object/hook.h tells them apart).
 */
bool render_helm_path(struct render_context *context, str path, struct object_list *ret_objects,
                      struct error *err) MUST_USE;

/* A document by which a chart's release is declared (kind HelmRelease of syncd.dev): it is never
   applied itself, its objects take its place. */
bool helm_release_is_declared(const struct object_id *id);
bool render_declared_release(struct render_context *context, const struct object *document,
                             struct object_list *objects, struct error *err) MUST_USE;

#endif
