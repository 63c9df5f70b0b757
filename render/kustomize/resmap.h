/* resmap: the objects of a kustomization in order, found by identity. */
#ifndef RENDER_KUSTOMIZE_RESMAP_H
#define RENDER_KUSTOMIZE_RESMAP_H

#include "render/kustomize/resource.h"

/* Resources that share a key, in no particular order. */
struct resource_link {
    struct resource *resource;
    struct resource_link *next;
};

/* Resources in the order of a map. */
struct selection {
    VEC(struct resource *) list;
};

struct resmap {
    VEC(struct resource *) list;
    /* Indexes; made when first asked for, dropped by resmap_changed. */
    struct map current; /* key of the present identity → struct resource_link */
    struct map any;     /* keys of present and former identities → struct resource_link */
    struct map names;   /* present and former names → struct selection */
    bool has_current, has_any, has_names;
    bool has_doubles; /* current has a key with more than one */
    bool has_gone;    /* a patch has deleted something */
};

/* Present identities may have changed: the indexes are out of date. */
void kust_resmap_changed(struct resmap *map);

/* Appends; a present identity that is there already is ERROR_INPUT (E_DUP_ID). */
bool kust_resmap_append(struct build *build, struct resmap *map, struct resource *resource,
                        struct error *err) MUST_USE;
bool kust_resmap_append_all(struct build *build, struct resmap *map,
                            const struct selection *objects, struct error *err) MUST_USE;
/* Appends generated ones, or merges them into, or replaces, what is there: by their behavior. */
bool kust_resmap_absorb(struct build *build, struct resmap *map, struct resource *generated,
                        struct error *err) MUST_USE;
/* Takes out what patches have deleted. */
void kust_resmap_drop_empty(struct resmap *map);
/* E_DUP_ID when two have the same present identity. */
bool kust_resmap_check_unique(struct build *build, struct resmap *map, struct error *err) MUST_USE;

/* Those whose present or former identity is `id`: fills ret_found with the first, returns the
   count of different resources. */
size_t kust_resmap_find_any(struct build *build, struct resmap *map, const struct kust_id *id,
                            struct resource **ret_found);

/* Those selected, and those that patches have given the same present identity. */
void kust_resmap_with_alike(struct build *build, struct resmap *map,
                            const struct selection *selected, struct selection *ret_alike);

/* Those that have, or had, this name. NULL when there are none. */
const struct selection *kust_resmap_named(struct build *build, struct resmap *map, str name);

/* What a patch or replacement selects. Patterns are anchored regular expressions. */
struct selector_spec {
    str group, version, kind, name, namespace;
    str annotation_selector, label_selector;
};

/* In the order of the map. ERROR_INPUT for bad patterns and selectors. */
bool kust_resmap_select(struct build *build, struct resmap *map, const struct selector_spec *spec,
                        struct selection *ret_selection, struct error *err) MUST_USE;

#endif
