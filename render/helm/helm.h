/*
 * helm: charts, rendered as `helm template` renders them. Pure: the chart comes from the snapshot,
 * time, randomness and the cluster from struct template_world.
 */
#ifndef RENDER_HELM_HELM_H
#define RENDER_HELM_HELM_H

#include "render/render.h"
#include "render/template/template.h"
#include "render/world.h"

/* A values file, read by the caller: in Git from the snapshot, on a command line from the disk. */
struct helm_file {
    str name; /* for messages */
    str text;
    value document; /* instead of the text: values that were read already */
};

enum helm_set_kind {
    HELM_SET_JSON,    /* --set-json: applied first */
    HELM_SET,         /* --set: typed values */
    HELM_SET_STRING,  /* --set-string */
    HELM_SET_FILE,    /* --set-file: the values are names in `set_files` */
    HELM_SET_LITERAL, /* --set-literal: applied last */
};

struct helm_set {
    enum helm_set_kind kind;
    str text;
};

struct helm_options {
    str chart;  /* in the snapshot: a directory, or a packed chart */
    str packed; /* instead: the bytes of a packed chart from elsewhere */
    str release;
    str namespace;
    const struct helm_file *values;
    size_t value_count;
    const struct helm_set *sets;
    size_t set_count;
    const struct helm_file *set_files;
    size_t set_file_count;
    str kube_version;   /* empty: Helm's default */
    bool version_whole; /* it is a cluster's own word: what follows the numbers counts, too */
    const str *api_versions;
    size_t api_version_count;
    bool own_versions;           /* Helm's default versions do not count, but: */
    const str *cluster_versions; /* what a cluster serves */
    size_t cluster_version_count;
    int64_t installed_revision; /* 0: nothing is installed */
    struct hash128 installed_inputs;
    const str *show_only;
    size_t show_only_count;
    bool include_crds;
    bool is_upgrade;
    bool skip_schema;
    bool skip_tests;
    bool no_hooks; /* hooks are not printed */
    const struct template_world *world;
};

/* Bits of helm_hook.events. */
enum helm_event {
    HELM_PRE_INSTALL = 1,
    HELM_POST_INSTALL = 2,
    HELM_PRE_DELETE = 4,
    HELM_POST_DELETE = 8,
    HELM_PRE_UPGRADE = 16,
    HELM_POST_UPGRADE = 32,
    HELM_PRE_ROLLBACK = 64,
    HELM_POST_ROLLBACK = 128,
    HELM_TEST = 256,
};

/* Bits of helm_hook.delete_policies. */
enum helm_delete_policy {
    HELM_DELETE_BEFORE_CREATION = 1, /* before-hook-creation, Helm's default when none is given */
    HELM_DELETE_SUCCEEDED = 2,
    HELM_DELETE_FAILED = 4,
};

/* One document of the output. */
struct helm_manifest {
    str source; /* "chart/templates/x.yaml": what `# Source:` says */
    str text;
    str kind;
    value document;
    /* Hooks only; events is 0 for all others. */
    unsigned events;
    unsigned delete_policies;
    int64_t weight;
    str name;
};

struct helm_release {
    str output; /* byte for byte what `helm template` prints */
    str notes;
    VEC(struct helm_manifest) crds;
    VEC(struct helm_manifest) manifests; /* in install order */
    VEC(struct helm_manifest) hooks;     /* in print order */
    struct template_usage usage;
    enum release_action action;
    int64_t revision;
    struct hash128 inputs; /* of chart, values and flags */
};

/*
 * Renders. Errors name template, line and column in Helm's words (rules E_TPL_…, E_CHART, E_VALUES,
 * E_STRVALS, E_SCHEMA, E_ARCHIVE, E_MANIFEST); warnings go to the context's findings.
 */
bool render_helm(struct render_context *context, const struct helm_options *options,
                 struct helm_release *ret_release, struct error *err) MUST_USE;

/* Objects to apply: CRDs and manifests, and the hooks too when asked for. */
bool helm_objects(struct render_context *context, const struct helm_release *release,
                  bool with_hooks, struct object_list *ret_objects, struct error *err) MUST_USE;

#endif
