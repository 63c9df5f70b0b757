/* target: one kustomization being built, and what it has gathered. */
#ifndef RENDER_KUSTOMIZE_TARGET_H
#define RENDER_KUSTOMIZE_TARGET_H

#include "render/kustomize/config.h"
#include "render/kustomize/kustomization.h"
#include "render/kustomize/loader.h"
#include "render/kustomize/transform.h"

struct target {
    struct build *build;
    struct loader loader;
    struct kustomization kustomization;
    struct strings build_metadata; /* the outermost one's */
    bool tracks_origin;
    str origin;           /* path from the outermost kustomization, with tracks_origin */
    str parent_namespace; /* of the nearest overlay that sets one: for charts */
};

/* Objects, and the rules that go with them up to where names are fixed. */
struct accumulator {
    struct resmap map;
    const struct transformer_config *config; /* NULL: none yet */
    struct variables variables;
};

/* Reads the kustomization file of a directory. */
bool kust_target_load(struct build *build, const struct loader *loader, struct target *ret_target,
                      struct error *err) MUST_USE;

/* Everything but digests, references and vars, which the outermost kustomization does last. */
bool kust_accumulate(struct target *target, struct accumulator *accumulator,
                     struct error *err) MUST_USE;

/* Files and directories of `resources`, and of `transformers` and the like. */
bool kust_accumulate_paths(struct target *target, const struct strings *paths,
                           struct accumulator *accumulator, struct error *err) MUST_USE;

/* generate.c's and plugins.c's work, in the tool's order. */
bool kust_run_generators(struct target *target, struct accumulator *accumulator,
                         struct error *err) MUST_USE;
bool kust_run_transformers(struct target *target, struct accumulator *accumulator,
                           struct error *err) MUST_USE;
bool kust_run_validators(struct target *target, struct accumulator *accumulator,
                         struct error *err) MUST_USE;

#endif
