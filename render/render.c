/* Which renderer a path asks for. */
#include "render/render.h"

#include "syncd/base/crypto.h"

/* The direct child of a directory, whatever it is. */
static const struct snapshot_entry *child(const struct snapshot *snapshot, str directory,
                                          const char *name, struct arena *scratch)
{
    str path =
        directory.len == 0 ? str_z(name) : arena_concat(scratch, directory, STR("/"), str_z(name));
    return snapshot_find(snapshot, path);
}

/* The files that make a directory something else than manifests. */
static const struct {
    const char *name;
    enum render_kind kind;
} markers[] = {
    {"kustomization.yaml", RENDER_KUSTOMIZE},
    {"kustomization.yml", RENDER_KUSTOMIZE},
    {"Kustomization", RENDER_KUSTOMIZE},
    {"Chart.yaml", RENDER_HELM},
};

/* A marker may be a link, but not out of the repository: that is said here, by its own name. */
static bool detect(struct render_context *context, const struct snapshot_entry *directory,
                   enum render_kind *ret_kind, struct error *err)
{
    *ret_kind = RENDER_YAML;
    for (size_t i = 0; directory->mode == ENTRY_DIRECTORY && i < ARRAY_LEN(markers); i++) {
        const struct snapshot_entry *marker =
            child(context->snapshot, directory->path, markers[i].name, context->scratch);
        if (marker == NULL)
            continue;
        *ret_kind = markers[i].kind;
        const struct snapshot_entry *file;
        return snapshot_resolve(context->snapshot, STR(""), marker->path, context->limits,
                                context->scratch, &file, err) ||
               error_at(err, (struct position){.file = marker->path});
    }
    return true;
}

void render_prepare(void)
{
    struct error missed = ERROR_INIT;
    if (crypto_open(&missed))
        render_helm_prepare();
}

static bool render_detected(struct render_context *context, str path, enum render_kind kind,
                            struct object_list *objects, struct error *err)
{
    const struct snapshot_entry *entry;
    if (!snapshot_resolve(context->snapshot, STR(""), path, context->limits, context->scratch,
                          &entry, err))
        return error_at(err, (struct position){.file = path});
    if (kind == RENDER_DETECT && !detect(context, entry, &kind, err))
        return false;
    switch (kind) {
    case RENDER_KUSTOMIZE: return render_kustomize(context, path, NULL, objects, err);
    case RENDER_HELM: return render_helm_path(context, path, objects, err);
    default: return render_yaml(context, path, objects, err);
    }
}

/* A release may declare releases: a chart of charts. */
#define RELEASE_DEPTH 8

/* One round: declarations out, their objects in. False when there were none. */
static bool expand_once(struct render_context *context, struct object_list *objects)
{
    struct object_list whole = {0};
    bool any = false;
    VEC_FOR (const struct object, object, &objects->objects) {
        struct error err = ERROR_INIT;
        if (!helm_release_is_declared(&object->id)) {
            VEC_PUSH(context->arena, &whole.objects, *object);
            continue;
        }
        any = true;
        if (!render_declared_release(context, object, &whole, &err))
            findings_add_error(context->findings, &err);
    }
    if (any)
        *objects = whole;
    return any;
}

static bool expand_releases(struct render_context *context, str path, struct object_list *objects,
                            struct error *err)
{
    for (unsigned depth = 0; expand_once(context, objects); depth++) {
        if (depth < RELEASE_DEPTH)
            continue;
        (void)error_rule(err, ERROR_LIMIT, "E_RELEASE_DEPTH",
                         "releases declare releases more than %d deep", RELEASE_DEPTH);
        return error_at(err, (struct position){.file = path});
    }
    return true;
}

bool render_path(struct render_context *context, str path, enum render_kind kind,
                 struct object_list *ret_objects, struct error *err)
{
    return render_detected(context, path, kind, ret_objects, err) &&
           expand_releases(context, path, ret_objects, err);
}
