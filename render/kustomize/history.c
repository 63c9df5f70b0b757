/*
 * The tool keeps what an object has been through in its annotations. Whoever replaces or deletes
 * all annotations makes it forget. Here the past stands beside the document, so a mark in the
 * annotations tells whether they survived a change.
 */
#include "render/kustomize/resource.h"

#define MARK STR("internal.config.kubernetes.io/previousNames")

static bool has_history(const struct resource *resource)
{
    return resource->former.len != 0 || resource->prefixes.list.len != 0 ||
           resource->suffixes.list.len != 0 || resource->needs_hash ||
           resource->behavior != BEHAVIOR_UNSPECIFIED;
}

bool kust_history_mark(struct build *build, const struct resource *resource, value *document)
{
    if (!has_history(resource))
        return false;
    value metadata = value_get(*document, STR("metadata"));
    value annotations = value_get(metadata, STR("annotations"));
    bool usable = annotations.kind == VALUE_OBJECT || annotations.kind == VALUE_ABSENT ||
                  annotations.kind == VALUE_NULL;
    if (metadata.kind != VALUE_OBJECT || !usable)
        return false;
    if (annotations.kind != VALUE_OBJECT)
        annotations = (value){.kind = VALUE_OBJECT};
    annotations = value_with(annotations, MARK, value_string(STR("-")), build->arena);
    metadata = value_with(metadata, STR("annotations"), annotations, build->arena);
    *document = value_with(*document, STR("metadata"), metadata, build->arena);
    return true;
}

static void forget(struct resource *resource)
{
    /* Not only emptied: a copy of the resource may have the same lists. */
    memset(&resource->former, 0, sizeof(resource->former));
    resource->prefixes = resource->suffixes = (struct names){0};
    resource->needs_hash = false;
    resource->history_torn = false;
    resource->behavior = BEHAVIOR_UNSPECIFIED;
}

void kust_history_settle(struct build *build, struct resource *resource, bool survives,
                         value *document)
{
    value metadata = value_get(*document, STR("metadata"));
    value annotations = value_get(metadata, STR("annotations"));
    if (!value_present(value_get(annotations, MARK))) {
        if (!survives)
            forget(resource);
        return;
    }
    annotations = value_without(annotations, MARK, build->arena);
    metadata = annotations.len != 0
                   ? value_with(metadata, STR("annotations"), annotations, build->arena)
                   : value_without(metadata, STR("annotations"), build->arena);
    *document = value_with(*document, STR("metadata"), metadata, build->arena);
}
