/* scope: whether objects of a kind live in a namespace, where that is known without a cluster. */
#ifndef SYNCD_OBJECT_SCOPE_H
#define SYNCD_OBJECT_SCOPE_H

#include "syncd/base/map.h"
#include "syncd/object/object.h"

enum object_scope { SCOPE_UNKNOWN, SCOPE_CLUSTER, SCOPE_NAMESPACE };

/* What Kubernetes itself serves, by group and kind; versions of a kind share its scope. */
enum object_scope scope_builtin(struct gvk gvk);

/* The scopes that CustomResourceDefinitions state, beside the built-in ones. */
struct scopes {
    struct map defined; /* "group/Kind" to its scope */
};
/* Takes a definition in; other documents are left alone. */
void scope_learn(struct scopes *scopes, struct arena *arena, const struct object *object);
enum object_scope scope_find(const struct scopes *scopes, struct gvk gvk);

/* The namespace that an object of the scope has: its own, `fallback` when it names none, or none.
 */
str scope_namespace(enum object_scope scope, str namespace, str fallback);

#endif
