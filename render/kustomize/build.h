/* build: what one `kustomize build` carries around. */
#ifndef RENDER_KUSTOMIZE_BUILD_H
#define RENDER_KUSTOMIZE_BUILD_H

#include "render/render.h"
#include "syncd/base/map.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

struct schema;
struct loader;
struct resource;
struct resmap;
struct memo;
struct kustomize_cache;

struct build {
    struct render_context *context;
    const struct limits *limits;
    const struct kustomize_options *options;
    struct arena *arena;           /* documents, names, results: lives as long as the objects */
    struct arena *scratch;         /* short-lived; rewound by whoever marks it */
    struct schema *schema;         /* list merge keys and scopes of kinds */
    struct kustomize_cache *cache; /* files and bases that were read before; memo.h */
    struct memo *memo;             /* the base being recorded, or NULL */
    size_t loads;                  /* kustomizations loaded so far */
    size_t objects;                /* objects loaded so far */
    size_t depth;                  /* nested kustomizations now */
    size_t deepest;                /* of the base being recorded */
    bool has_misfits;              /* some replacement put a text where it does not fit */
};

/* ERROR_LIMIT (E_BUDGET) once memory, loads or objects are used up. */
bool kust_check_budget(const struct build *build, struct error *err) MUST_USE;

#define KUSTOMIZE_VERSION "v5.8.1" /* of the tool whose output this renderer gives */

#endif
