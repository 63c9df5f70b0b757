#include "render/kustomize/field_edit.h"
#include "render/kustomize/memo.h"
#include "render/kustomize/origin.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/schema.h"
#include "render/kustomize/target.h"

static bool has_option(const struct target *target, const char *name)
{
    VEC_FOR (str, option, &target->build_metadata.list)
        if (str_equal(*option, str_z(name)))
            return true;
    return false;
}

/* Objects that are only there for the tools that read the repository. */
static void drop_local(struct resmap *map)
{
    size_t kept = 0;
    VEC_FOR (struct resource *, slot, &map->list) {
        value local = value_get(object_annotations((*slot)->document),
                                STR("config.kubernetes.io/local-config"));
        if (!value_present(local) || str_equal(kust_scalar_text(local), STR("false")))
            map->list.items[kept++] = *slot;
    }
    map->list.len = kept;
    kust_resmap_changed(map);
}

/* References follow the names that objects have had. */
static bool check_histories(struct build *build, const struct resmap *map, struct error *err)
{
    VEC_FOR (struct resource *, slot, &map->list) {
        if (!(*slot)->history_torn || (*slot)->former.len == 0)
            continue;
        (void)error_rule(err, ERROR_INPUT, "E_OBJECT",
                         "%.*s had no name, or no kind, between two changes",
                         STR_ARG(kust_id_text(&(*slot)->id, build->scratch)));
        return error_at(err, (*slot)->source);
    }
    return true;
}

static bool check_names(const struct resmap *map, struct error *err)
{
    VEC_FOR (struct resource *, slot, &map->list) {
        const struct kust_id *id = &(*slot)->id;
        if (id->gvk.kind.len != 0 && (id->name.len != 0 || str_ends(id->gvk.kind, STR("List"))))
            continue;
        (void)error_rule(err, ERROR_INPUT, "E_OBJECT", "an object lost its %s",
                         id->gvk.kind.len == 0 ? "kind" : "name");
        return error_at(err, (*slot)->source);
    }
    return true;
}

static bool sort_output(const struct target *target, struct resmap *map, struct error *err)
{
    const struct kustomize_options *options = target->build->options;
    const struct sort_options *wanted = target->kustomization.sort_options;
    if (wanted == NULL && options->reorder_set && !options->legacy_order)
        return true;
    return kust_sort(target->build, map, wanted, err);
}

/* Annotations that are notes of the build go, all others become texts. */
static bool clean_annotations(const struct target *target, struct resource *resource,
                              struct error *err)
{
    struct build *build = target->build;
    value old = object_annotations(resource->document);
    if (!value_present(old))
        return true;
    bool keep_origin = has_option(target, "originAnnotations");
    bool keep_transformations = has_option(target, "transformerAnnotations");
    struct object_builder builder;
    object_begin(&builder, build->arena);
    for (size_t i = 0; old.kind == VALUE_OBJECT && i < old.len; i++) {
        const struct member *member = value_member(old, i);
        if (kust_annotation_is_internal(member->key) ||
            (!keep_origin && str_equal(member->key, ORIGIN_KEY)) ||
            (!keep_transformations && str_equal(member->key, TRANSFORMATIONS_KEY)))
            continue;
        object_add(&builder, member->key, member->val);
    }
    value kept =
        old.kind == VALUE_OBJECT && builder.members.len == old.len ? old : object_finish(&builder);
    value document;
    if (!kust_metadata_set_map(resource->document, STR("annotations"),
                               kust_string_map(kept, build->arena), build->arena, &document, err))
        return error_at(err, resource->source);
    kust_resource_set(build, resource, document);
    return true;
}

static bool label_managed(const struct target *target, struct resmap *map, struct error *err)
{
    static const struct field_spec labels = {.path = STR_INIT("metadata/labels"), .create = true};
    struct arena *arena = target->build->arena;
    if (!target->build->options->enable_managedby_label && !has_option(target, "managedByLabel"))
        return true;
    value entry = value_with((value){.kind = VALUE_OBJECT}, STR("app.kubernetes.io/managed-by"),
                             value_string(STR("kustomize-" KUSTOMIZE_VERSION)), arena);
    return kust_apply_entries(target->build, map, entry, (struct spec_list){&labels, 1}, err);
}

static bool give_object(struct build *build, const struct resource *resource,
                        struct object_list *objects, struct error *err)
{
    if (!kust_check_types(build, resource, err))
        return false;
    struct object object = {.id = {.gvk = resource->id.gvk,
                                   .namespace = resource->id.namespace,
                                   .name = resource->id.name},
                            .document = kust_canonical(resource->document, false, build->arena),
                            .source = resource->source};
    VEC_PUSH(build->arena, &objects->objects, object);
    return true;
}

/* What only the outermost kustomization does: names are final now. */
static bool finish(struct target *target, struct accumulator *all, struct object_list *objects,
                   struct error *err)
{
    struct build *build = target->build;
    struct resmap *map = &all->map;
    const struct transformer_config *config = all->config;
    if (!kust_apply_hashes(build, map, err) || !check_histories(build, map, err) ||
        !kust_fix_references(build, map, config, err) ||
        !kust_resolve_variables(build, map, &all->variables, config->sets[SPECS_VAR_REFERENCE],
                                err) ||
        !check_names(map, err))
        return false;
    drop_local(map);
    if (!sort_output(target, map, err) || !label_managed(target, map, err))
        return false;
    VEC_FOR (struct resource *, slot, &map->list) {
        if (!clean_annotations(target, *slot, err) || !give_object(build, *slot, objects, err))
            return false;
    }
    return kust_check_budget(build, err);
}

static bool build_path(struct build *build, str path, struct object_list *objects,
                       struct error *err)
{
    const struct snapshot_entry *entry = NULL;
    struct target target;
    struct accumulator all = {0};
    if (!snapshot_resolve(build->context->snapshot, STR(""), path, build->limits, build->scratch,
                          &entry, err))
        return false;
    if (entry->mode != ENTRY_DIRECTORY)
        return error_rule(err, ERROR_INPUT, "E_PATH", "\"%.*s\" is no directory", STR_ARG(path));
    struct loader loader = {.root = kust_keep(build, entry)->entry.path};
    if (!kust_target_load(build, &loader, &target, err) ||
        !kust_schema_use(build, &loader, target.kustomization.openapi, true, err))
        return false;
    target.build_metadata = target.kustomization.build_metadata;
    target.tracks_origin = target.build_metadata.list.len != 0;
    return kust_accumulate(&target, &all, err) && finish(&target, &all, objects, err);
}

bool render_kustomize(struct render_context *context, str path,
                      const struct kustomize_options *options, struct object_list *ret_objects,
                      struct error *err)
{
    static const struct kustomize_options none = {0};
    struct build build = {.context = context,
                          .limits = context->limits,
                          .options = options != NULL ? options : &none,
                          .arena = context->arena,
                          .scratch = context->scratch,
                          .schema = kust_schema_create(context->arena)};
    struct kustomize_cache alone = {.arena = context->arena, .one_build = true};
    build.cache = context->kustomizations != NULL ? context->kustomizations : &alone;
    build.cache->generation++;
    struct object_list objects = {0};
    if (!build_path(&build, path, &objects, err))
        return error_wrap(err, "kustomization \"%.*s\"", STR_ARG(path));
    *ret_objects = objects;
    return true;
}
