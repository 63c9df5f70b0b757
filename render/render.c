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
    switch (kind == RENDER_DETECT ? detect(context, entry) : kind) {
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
