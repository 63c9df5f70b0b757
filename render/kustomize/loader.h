/* loader: the directory of one kustomization and what it may read. */
#ifndef RENDER_KUSTOMIZE_LOADER_H
#define RENDER_KUSTOMIZE_LOADER_H

#include "render/kustomize/resmap.h"

struct loader {
    const struct loader *referrer; /* who named this directory; NULL for the outermost */
    str root;                      /* in the snapshot, links resolved */
};

/* A document of a file; where it begins. */
struct parsed_file {
    str path;
    VEC(struct yaml_document) documents;
};

/*
 * The bytes of a file at or below the loader's root (anywhere in the snapshot with
 * `load_anywhere`). ERROR_INPUT: E_PATH_ESCAPE, E_LOAD_RESTRICTED, NOT_FOUND;
 * ERROR_UNSUPPORTED (E_REMOTE) for URLs.
 */
bool kust_load_file(struct build *build, const struct loader *loader, str path, str *ret_bytes,
                    struct error *err) MUST_USE;
/* The same file with its place in the snapshot. */
bool kust_load_entry(struct build *build, const struct loader *loader, str path,
                     const struct snapshot_entry **ret_entry, struct error *err) MUST_USE;

/* A loader for another kustomization: E_CYCLE, E_REMOTE, E_PATH_ESCAPE, NOT_FOUND. */
bool kust_loader_open(struct build *build, const struct loader *referrer, str path,
                      struct loader *ret_loader, struct error *err) MUST_USE;

/*
 * The objects in a YAML or JSON text: empty documents dropped, lists replaced by what is in them,
 * kind and name checked (E_OBJECT).
 */
bool kust_read_objects(struct build *build, str bytes, str file, struct selection *ret_objects,
                       struct error *err) MUST_USE;
/* The same for patches, whose keys may be numbers. */
bool kust_read_patches(struct build *build, str bytes, str file, struct selection *ret_patches,
                       struct error *err) MUST_USE;
/* The same for a file, which is parsed only once in a build. */
bool kust_load_objects(struct build *build, const struct loader *loader, str path,
                       struct selection *ret_objects, struct error *err) MUST_USE;

#endif
