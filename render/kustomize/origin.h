/* origin: where an object comes from and what changed it, for `buildMetadata`. */
#ifndef RENDER_KUSTOMIZE_ORIGIN_H
#define RENDER_KUSTOMIZE_ORIGIN_H

#include "render/kustomize/resmap.h"

/* Empty parts are left out. */
struct origin {
    str path;          /* of a file */
    str configured_in; /* of the kustomization or plugin file that asked for it */
    str api_version, kind, name, namespace; /* of the generator or transformer */
};

#define ORIGIN_KEY          STR("config.kubernetes.io/origin")
#define TRANSFORMATIONS_KEY STR("alpha.config.kubernetes.io/transformations")

/* "a/b" and "../c" to "a/c", also above the root. */
str kust_join_path(str base, str relative, struct arena *arena);

bool kust_set_origin(struct build *build, struct resource *resource, const struct origin *origin,
                     struct error *err) MUST_USE;
/* For objects that a generator made: only where there is no origin yet. */
bool kust_add_origin(struct build *build, struct resource *resource, const struct origin *origin,
                     struct error *err) MUST_USE;
/* After a transformer: those without an origin get it, the others a transformation. */
bool kust_add_transformation(struct build *build, struct resmap *map, const struct origin *origin,
                             struct error *err) MUST_USE;
/* Of the annotation of a plugin's configuration; an empty path when there is none. */
str kust_origin_path(struct build *build, const struct resource *resource);

#endif
