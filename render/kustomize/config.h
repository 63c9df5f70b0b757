/* config: the field specifications that transformers work by, built in and from `configurations`.
 */
#ifndef RENDER_KUSTOMIZE_CONFIG_H
#define RENDER_KUSTOMIZE_CONFIG_H

#include "render/kustomize/build.h"

/* A field of some kinds. An empty part of gvk stands for all; path is "spec/a[]/b\/c". */
struct field_spec {
    struct gvk gvk;
    str path;
    bool create;
};

struct spec_list {
    const struct field_spec *items;
    size_t count;
};

/* Objects that `target` selects are referred to by name in these fields. */
struct name_reference {
    struct gvk target;
    struct spec_list referrers;
};

enum spec_set {
    SPECS_NAME_PREFIX,
    SPECS_NAME_SUFFIX,
    SPECS_NAMESPACE,
    SPECS_COMMON_LABELS,
    SPECS_LABELS,
    SPECS_TEMPLATE_LABELS,
    SPECS_COMMON_ANNOTATIONS,
    SPECS_VAR_REFERENCE,
    SPECS_IMAGES,
    SPECS_REPLICAS,
    SPECS_COUNT
};

/* Immutable; shared between kustomizations. */
struct transformer_config {
    struct spec_list sets[SPECS_COUNT];
    const struct name_reference *references;
    size_t reference_count;
    bool has_defaults; /* merging the defaults into it changes nothing */
};

const struct transformer_config *kust_config_defaults(void);

/*
 * The union of two, sorted by kind. The same field with another `create` is ERROR_INPUT (E_CONFIG).
 * NULL stands for an empty one.
 */
bool kust_config_merge(const struct transformer_config *a, const struct transformer_config *b,
                       struct arena *arena, const struct transformer_config **ret_merged,
                       struct error *err) MUST_USE;

/* The defaults and the files of `configurations`. */
bool kust_config_load(struct build *build, const struct loader *loader, const str *paths,
                      size_t count, const struct transformer_config **ret_config,
                      struct error *err) MUST_USE;

/* What the files of `crds` say about their kinds. */
bool kust_config_from_crds(struct build *build, const struct loader *loader, const str *paths,
                           size_t count, const struct transformer_config **ret_config,
                           struct error *err) MUST_USE;

/* Adds specs that are not there yet. */
bool kust_specs_merge(struct spec_list a, struct spec_list b, struct arena *arena,
                      struct spec_list *ret_list, struct error *err) MUST_USE;

/* True when every part that the selector names is equal. */
bool kust_gvk_selected(const struct gvk *gvk, const struct gvk *selector);
/* kustomize's order of kinds: negative, 0, positive. */
int kust_kind_order(str kind);

#endif
