/* resource: an object in the making, with who it was before it was renamed. */
#ifndef RENDER_KUSTOMIZE_RESOURCE_H
#define RENDER_KUSTOMIZE_RESOURCE_H

#include "render/kustomize/build.h"

/* The identity that a document has, or had. */
struct kust_id {
    struct gvk gvk;
    str name;
    str namespace; /* as written */
    bool cluster_scoped;
};

/* A name it had; group and version are always the present ones. */
struct former_id {
    str name;
    str namespace; /* effective */
    str kind;
};

struct names {
    VEC(str) list;
};

enum behavior { BEHAVIOR_UNSPECIFIED, BEHAVIOR_CREATE, BEHAVIOR_REPLACE, BEHAVIOR_MERGE };

struct resource {
    value document; /* VALUE_NULL once a patch has deleted it */
    struct kust_id id;
    str key; /* kust_id_key(id), or empty when not asked for yet */
    struct position source;
    VEC(struct former_id) former; /* oldest first */
    struct names prefixes, suffixes;
    struct names variables; /* vars that take their value here */
    enum behavior behavior;
    bool generated;                   /* by a ConfigMap or Secret generator */
    bool needs_hash;                  /* its name gets a digest of its contents */
    bool may_rename, may_change_kind; /* of a patch */
    bool by_helm;
    bool
        history_torn; /* it had no name, or kind, for a while: the tool can tell its past no more */
    size_t place;     /* index in its resmap, where that says so */
};

/* A new one from a document; internal annotations of kustomize are taken over. */
struct resource *kust_resource_create(struct build *build, value document, struct position source);
/* Puts another document in and reads its identity. */
void kust_resource_set(struct build *build, struct resource *resource, value document);
/* True when nothing is left of it. */
bool kust_resource_gone(const struct resource *resource);

/* The namespace it counts for: "default" for none, "_non_namespaceable_" for cluster-scoped. */
str kust_namespace_effective(const struct kust_id *id);
/* A key that is equal for equal identities. */
str kust_id_key(const struct kust_id *id, struct arena *arena);
str kust_resource_key(struct build *build, struct resource *resource);
/* Identity number `index` of the past as a kust_id. */
struct kust_id kust_resource_former(const struct resource *resource, size_t index);
/* The first identity it ever had. */
struct kust_id kust_resource_original(const struct resource *resource);
/* Remembers the present identity; to be called before a change of it. */
void kust_resource_remember(struct build *build, struct resource *resource);

/*
 * Before and after a change that may take annotations away: with them the past is forgotten, unless
 * it `survives`. Mark returns false when there is nothing to forget; then settle must not be
 * called.
 */
bool kust_history_mark(struct build *build, const struct resource *resource, value *document);
void kust_history_settle(struct build *build, struct resource *resource, bool survives,
                         value *document);

/* "Kind.version.group/name.namespace", for messages. */
str kust_id_text(const struct kust_id *id, struct arena *arena);

/* Sets metadata.KEY to a text. */
value kust_metadata_with(value document, str key, str text, struct arena *arena);
/* metadata.labels or .annotations as texts; empties and nulls become texts as kustomize reads them.
 */
value kust_string_map(value map, struct arena *arena);
/* Writes metadata.FIELD; an empty map removes it. A key that YAML would not read as text is an
   error. */
bool kust_metadata_set_map(value document, str field, value map, struct arena *arena,
                           value *ret_document, struct error *err) MUST_USE;
bool kust_resource_annotate(struct build *build, struct resource *resource, str key, str text,
                            struct error *err) MUST_USE;
/* E_TYPE when a replacement has put a text where it does not fit: then it cannot be JSON. */
bool kust_check_types(struct build *build, const struct resource *resource,
                      struct error *err) MUST_USE;
/* True when the annotation is one of kustomize's own that never are printed. */
bool kust_annotation_is_internal(str key);

#endif
