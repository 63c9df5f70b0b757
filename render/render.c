/* Which renderer a path asks for. */
#include "render/render.h"

/* The direct child of a directory, whatever it is. */
static const struct snapshot_entry *child(const struct snapshot *snapshot, str directory,
                                          const char *name, struct arena *scratch)
{
    str path =
        directory.len == 0 ? str_z(name) : arena_concat(scratch, directory, STR("/"), str_z(name));
    return snapshot_find(snapshot, path);
}

static enum render_kind detect(struct render_context *context, const struct snapshot_entry *entry)
{
    static const char *const kustomizations[] = {"kustomization.yaml", "kustomization.yml",
                                                 "Kustomization"};
    if (entry->mode != ENTRY_DIRECTORY)
        return RENDER_YAML;
    for (size_t i = 0; i < ARRAY_LEN(kustomizations); i++) {
        if (child(context->snapshot, entry->path, kustomizations[i], context->scratch) != NULL)
            return RENDER_KUSTOMIZE;
    }
    bool chart = child(context->snapshot, entry->path, "Chart.yaml", context->scratch) != NULL;
    return chart ? RENDER_HELM : RENDER_YAML;
}

bool render_path(struct render_context *context, str path, enum render_kind kind,
                 struct object_list *ret_objects, struct error *err)
{
    const struct snapshot_entry *entry;
    if (!snapshot_resolve(context->snapshot, STR(""), path, context->limits, context->scratch,
                          &entry, err))
        return error_at(err, (struct position){.file = path});
    switch (kind == RENDER_DETECT ? detect(context, entry) : kind) {
    case RENDER_KUSTOMIZE: return render_kustomize(context, path, NULL, ret_objects, err);
    case RENDER_HELM: return render_helm_path(context, path, ret_objects, err);
    default: return render_yaml(context, path, ret_objects, err);
    }
}
