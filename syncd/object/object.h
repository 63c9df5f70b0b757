/* object: a document as a Kubernetes object. Pure; every view lives as long as the document. */
#ifndef SYNCD_OBJECT_OBJECT_H
#define SYNCD_OBJECT_OBJECT_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"
#include "syncd/value/value.h"

/* group/version/kind; group is empty for the core group. */
struct gvk {
    str group, version, kind;
};

/* Identity inside a cluster: what a rename would change. */
struct object_id {
    struct gvk gvk;
    str namespace; /* empty for cluster-scoped objects */
    str name;
};

/* An object with where it comes from: what rendering yields and planning carries. */
struct object {
    struct object_id id;
    value document;
    struct position source; /* file of the repository and line, for messages */
    str release; /* "namespace/name" of the chart's release that it belongs to; empty: of none */
};

/* Splits "group/version" or "version". */
bool gvk_from_api_version(str api_version, str kind, struct gvk *ret_gvk) MUST_USE;
/* "group/version" or "version". */
str gvk_api_version(struct gvk gvk, struct arena *arena);
bool gvk_equal(struct gvk a, struct gvk b);
/* By group, kind, namespace, name (version does not count). */
int object_id_compare(const struct object_id *a, const struct object_id *b);
/* "Machine.cluster.k8s.io team-pay/m-0", for people. */
str object_id_text(const struct object_id *id, struct arena *arena);
/* "group/Kind/namespace/name": the key of maps and inventories; version does not count. */
str object_id_key(const struct object_id *id, struct arena *arena);

/*
 * Reads identity and checks it before any request is made of it (rules E_NOT_OBJECT, E_GVK,
 * E_NAME): names, namespaces, groups and kinds that could change a URL are refused.
 */
bool object_from_document(value document, struct position source, struct object *ret_object,
                          struct error *err) MUST_USE;
/*
 * A document to objects: List and *List kinds with `items` are expanded (E_LIST_DEPTH), null
 * documents skipped. Appends to objects. *ret_count… see VEC.
 */
struct object_list {
    VEC(struct object) objects;
};
bool object_list_add(struct object_list *list, value document, struct position source,
                     const struct limits *limits, struct arena *arena, struct error *err) MUST_USE;

/* Getters; ABSENT or empty when missing. */
value object_labels(value document);
value object_annotations(value document);
str object_annotation(value document, str key);
str object_label(value document, str key);
str object_uid(value document);
str object_resource_version(value document);
int64_t object_generation(value document); /* 0 when missing */
bool object_is_deleting(value document);
/* True when the first owner reference with controller: true is returned. */
bool object_controller(value document, struct object_id *ret_owner, str *ret_uid);

/* DNS-1123 label and subdomain, label value, qualified name: as the API server checks them. */
bool name_is_dns_label(str name);
bool name_is_dns_subdomain(str name);
bool name_is_path_segment(str name);
bool name_is_label_value(str text);
bool name_is_qualified(str text);

/* Resource quantities ("100m", "1Gi"): canonical value for comparing. */
struct quantity {
    int64_t nano_high; /* value = nano_high * 1e9 + nano_low, in 1e-9 */
    int64_t nano_low;
};
bool quantity_parse(str text, struct quantity *ret_quantity) MUST_USE;
int quantity_compare(struct quantity a, struct quantity b);

#endif
