/*
 * transform: one function for each of the tool's built-in transformers, whether a field of a
 * kustomization or a plugin's configuration asks for it. All change the resources of a map in
 * place; on failure the map is of no further use.
 */
#ifndef RENDER_KUSTOMIZE_TRANSFORM_H
#define RENDER_KUSTOMIZE_TRANSFORM_H

#include "render/kustomize/config.h"
#include "render/kustomize/kustomization.h"
#include "render/kustomize/loader.h"
#include "render/kustomize/resmap.h"

enum subject_mode { SUBJECTS_DEFAULT_ONLY, SUBJECTS_ALL_SERVICE_ACCOUNTS, SUBJECTS_NONE };

struct namespace_change {
    str namespace;
    struct spec_list specs;
    bool unset_only;
    enum subject_mode subjects;
};

/* E_DUP_ID when two objects end up with one identity. */
bool kust_apply_namespace(struct build *build, struct resmap *map,
                          const struct namespace_change *change, struct error *err) MUST_USE;

bool kust_apply_prefix(struct build *build, struct resmap *map, str prefix, struct spec_list specs,
                       struct error *err) MUST_USE;
bool kust_apply_suffix(struct build *build, struct resmap *map, str suffix, struct spec_list specs,
                       struct error *err) MUST_USE;
/* Digests behind the names of generated ConfigMaps and Secrets. */
bool kust_apply_hashes(struct build *build, struct resmap *map, struct error *err) MUST_USE;

/* Labels and annotations: an object of texts, put into every field of the list. */
bool kust_apply_entries(struct build *build, struct resmap *map, value entries,
                        struct spec_list specs, struct error *err) MUST_USE;

bool kust_apply_image(struct build *build, struct resmap *map, const struct image_entry *image,
                      struct spec_list specs, struct error *err) MUST_USE;
bool kust_apply_replicas(struct build *build, struct resmap *map,
                         const struct replica_entry *replica, struct spec_list specs,
                         struct error *err) MUST_USE;

/* An entry of `patches`: strategic or JSON, inline or a file. E_PATCH. */
bool kust_apply_patch(struct build *build, const struct loader *loader, struct resmap *map,
                      const struct patch_entry *patch, struct error *err) MUST_USE;
/* An entry of `patchesJson6902`. */
bool kust_apply_json_patch(struct build *build, const struct loader *loader, struct resmap *map,
                           const struct patch_entry *patch, struct error *err) MUST_USE;
/* `patchesStrategicMerge`: each text is a patch or the path of one. */
bool kust_apply_merge_patches(struct build *build, const struct loader *loader, struct resmap *map,
                              const struct strings *patches, struct error *err) MUST_USE;

/* E_REPLACEMENT. */
bool kust_apply_replacements(struct build *build, const struct loader *loader, struct resmap *map,
                             const struct replacements *replacements, struct error *err) MUST_USE;

/* Names in other objects' fields follow the names of what they refer to. */
bool kust_fix_references(struct build *build, struct resmap *map,
                         const struct transformer_config *config, struct error *err) MUST_USE;

/* $(NAME) in fields becomes what the vars say. */
struct variables {
    VEC(struct variable) list;
};
bool kust_merge_variables(struct build *build, struct resmap *map, struct variables *known,
                          const struct variable *items, size_t count, struct error *err) MUST_USE;
bool kust_resolve_variables(struct build *build, struct resmap *map,
                            const struct variables *variables, struct spec_list specs,
                            struct error *err) MUST_USE;

/* Legacy order, or what `sortOptions` says. */
bool kust_sort(struct build *build, struct resmap *map, const struct sort_options *options,
               struct error *err) MUST_USE;

#endif
