/* kustomization: what a kustomization file says, decoded. */
#ifndef RENDER_KUSTOMIZE_KUSTOMIZATION_H
#define RENDER_KUSTOMIZE_KUSTOMIZATION_H

#include "render/kustomize/config.h"
#include "render/kustomize/decode.h"
#include "render/kustomize/resmap.h"

struct field_specs {
    VEC(struct field_spec) list;
};

struct label_entry {
    value pairs;
    bool include_selectors, include_templates;
    struct field_specs fields;
};

struct patch_options {
    bool allow_name_change, allow_kind_change;
};

struct patch_entry {
    str path, patch;
    const struct selector_spec *target;
    const struct patch_options *options;
};

struct image_entry {
    str name, new_name, tag_suffix, new_tag, digest;
};

struct replica_entry {
    str name;
    int64_t count;
};

struct field_options {
    str delimiter, encoding;
    int64_t index;
    bool create;
};

struct replacement_source {
    struct selector_spec id; /* its selectors are not read */
    str field_path;
    const struct field_options *options;
};

struct reject_list {
    VEC(struct selector_spec) list;
};

struct replacement_target {
    const struct selector_spec *select;
    struct reject_list reject;
    struct strings field_paths;
    const struct field_options *options;
};

struct replacement {
    struct replacement_source *source;
    VEC(struct replacement_target) targets;
    struct optional_text source_value;
    str path; /* of a file with replacements */
};

struct replacements {
    VEC(struct replacement) list;
};

struct variable {
    str name;
    struct {
        str api_version, group, version, kind, name, namespace;
    } object;
    struct {
        str path;
    } field;
};

struct generator_options {
    value labels, annotations;
    bool disable_hash, immutable;
};

struct generator_entry {
    str namespace, name, behavior, type;
    struct strings literals, files, envs;
    str env;
    struct generator_options *options;
};

struct generators {
    VEC(struct generator_entry) list;
};

struct legacy_sort_options {
    struct strings first, last;
};

struct sort_options {
    str order;
    const struct legacy_sort_options *legacy;
};

struct object_metadata {
    str name, namespace;
    value labels, annotations;
};

struct kustomization {
    str api_version, kind;
    const struct object_metadata *metadata;
    value openapi;
    str name_prefix, name_suffix, namespace;
    value common_labels, common_annotations;
    VEC(struct label_entry) labels;
    struct strings patches_strategic_merge;
    VEC(struct patch_entry) patches_json6902;
    VEC(struct patch_entry) patches;
    VEC(struct image_entry) images;
    VEC(struct image_entry) image_tags;
    struct replacements replacements;
    VEC(struct replica_entry) replicas;
    VEC(struct variable) vars;
    const struct sort_options *sort_options;
    struct strings resources, components, crds, bases;
    struct generators config_maps, secrets;
    value helm_globals, helm_charts, helm_inflation;
    struct generator_options *generator_options;
    struct strings configurations, generators, transformers, validators, build_metadata;
    /* Not from the file: */
    str file; /* path of the kustomization file */
};

/* Finds, reads and checks the file in the directory: E_KUSTOMIZATION, NOT_FOUND. */
bool kust_kustomization_load(struct build *build, const struct loader *loader,
                             struct kustomization *ret_kustomization, struct error *err) MUST_USE;

/* Tables that plugin configurations use, too. */
extern const struct decoder kust_metadata_decoder;
extern const struct decoder kust_selector_decoder;
extern const struct decoder kust_field_spec_decoder;
extern const struct decoder kust_patch_options_decoder;
extern const struct decoder kust_image_decoder;
extern const struct decoder kust_replica_decoder;
extern const struct decoder kust_replacement_decoder;
extern const struct decoder kust_generator_decoder;

#endif
