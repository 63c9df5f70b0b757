#include "render/kustomize/target.h"

#include "render/kustomize/memo.h"
#include "render/kustomize/origin.h"
#include "render/kustomize/schema.h"

bool kust_target_load(struct build *build, const struct loader *loader, struct target *ret_target,
                      struct error *err)
{
    *ret_target = (struct target){.build = build, .loader = *loader};
    build->loads++;
    return kust_check_budget(build, err) &&
           kust_kustomization_load(build, loader, &ret_target->kustomization, err);
}

static bool is_component(const struct kustomization *k)
{
    return str_equal(k->kind, STR("Component"));
}

static bool merge_accumulator(struct build *build, struct accumulator *into,
                              const struct accumulator *from, struct error *err)
{
    struct selection objects = {
        .list = {from->map.list.items, from->map.list.len, from->map.list.cap}};
    return kust_resmap_append_all(build, &into->map, &objects, err) &&
           kust_config_merge(into->config, from->config, build->arena, &into->config, err) &&
           kust_merge_variables(build, NULL, &into->variables, from->variables.list.items,
                                from->variables.list.len, err);
}

/* What a kustomization below another one takes over from it. */
static void inherit(struct target *child, const struct target *parent, str path)
{
    child->build_metadata = parent->build_metadata;
    child->tracks_origin = parent->tracks_origin;
    if (parent->tracks_origin)
        child->origin = kust_join_path(parent->origin, path, parent->build->arena);
    child->parent_namespace = parent->kustomization.namespace.len != 0
                                  ? parent->kustomization.namespace
                                  : parent->parent_namespace;
}

/* Everything of a kustomization below; a component works on its parent's objects. */
static bool build_child(struct target *parent, const struct loader *loader, str path,
                        bool component, struct accumulator *own, struct error *err)
{
    struct build *build = parent->build;
    struct target child;
    if (!kust_target_load(build, loader, &child, err) ||
        !kust_schema_use(build, loader, child.kustomization.openapi, false, err))
        return false;
    if (component != is_component(&child.kustomization)) {
        (void)error_rule(err, ERROR_INPUT, "E_KUSTOMIZATION",
                         component ? "this is no Component"
                                   : "this is a Component: name it in `components`");
        return error_at(err, (struct position){.file = child.kustomization.file});
    }
    inherit(&child, parent, path);
    return kust_accumulate(&child, own, err);
}

static bool accumulate_base(struct target *parent, const struct loader *loader, str path,
                            struct accumulator *accumulator, struct error *err)
{
    struct build *build = parent->build;
    struct memo_place place = {.loader = loader, .tracks_origin = parent->tracks_origin};
    if (parent->tracks_origin)
        place.origin = kust_join_path(parent->origin, path, build->arena);
    struct accumulator own = {0};
    if (!kust_memo_use(build, &place, &own)) {
        struct recording recording;
        kust_memo_begin(build, &place, &recording);
        bool built = build_child(parent, loader, path, false, &own, err);
        kust_memo_end(build, &recording, built ? &own : NULL);
        if (!built)
            return false;
    }
    return merge_accumulator(build, accumulator, &own, err);
}

static bool accumulate_component(struct target *parent, const struct loader *loader, str path,
                                 struct accumulator *accumulator, struct error *err)
{
    struct accumulator own = *accumulator, merged = {0};
    kust_resmap_changed(&own.map);
    if (!build_child(parent, loader, path, true, &own, err) ||
        !merge_accumulator(parent->build, &merged, &own, err))
        return false;
    *accumulator = merged;
    return true;
}

static bool accumulate_directory(struct target *parent, const struct loader *loader, str path,
                                 bool component, struct accumulator *accumulator, struct error *err)
{
    struct build *build = parent->build;
    build->depth++;
    if (build->deepest < build->depth)
        build->deepest = build->depth;
    bool done = kust_check_budget(build, err) &&
                (component ? accumulate_component(parent, loader, path, accumulator, err)
                           : accumulate_base(parent, loader, path, accumulator, err));
    build->depth--;
    return done ||
           error_wrap(err, "%s \"%.*s\"", component ? "component" : "base", STR_ARG(loader->root));
}

static bool accumulate_file(struct target *target, str path, struct accumulator *accumulator,
                            struct error *err)
{
    struct build *build = target->build;
    struct selection objects = {0};
    if (!kust_load_objects(build, &target->loader, path, &objects, err))
        return false;
    VEC_FOR (struct resource *, slot, &objects.list) {
        struct origin origin = {0};
        if (!target->tracks_origin)
            break;
        origin.path = kust_join_path(target->origin, path, build->arena);
        if (!kust_set_origin(build, *slot, &origin, err))
            return false;
    }
    return kust_resmap_append_all(build, &accumulator->map, &objects, err);
}

/* A file, else a directory. The error that is told is the one of what the path is. */
static bool accumulate_path(struct target *target, str path, struct accumulator *accumulator,
                            struct error *err)
{
    struct error as_directory = ERROR_INIT;
    struct loader loader;
    if (accumulate_file(target, path, accumulator, err))
        return true;
    if (err->class == ERROR_LIMIT || strcmp(err->rule, "E_REMOTE") == 0)
        return false;
    if (kust_loader_open(target->build, &target->loader, path, &loader, &as_directory)) {
        error_clear(err);
        return accumulate_directory(target, &loader, path, false, accumulator, err);
    }
    bool says_more =
        strcmp(as_directory.rule, "E_CYCLE") == 0 || strcmp(as_directory.rule, "E_REMOTE") == 0;
    if (says_more)
        *err = as_directory;
    return false;
}

bool kust_accumulate_paths(struct target *target, const struct strings *paths,
                           struct accumulator *accumulator, struct error *err)
{
    VEC_FOR (str, path, &paths->list)
        if (!accumulate_path(target, *path, accumulator, err))
            return error_wrap(err, "\"%.*s\"", STR_ARG(str_slice(*path, 0, 200)));
    return true;
}

static bool accumulate_components(struct target *target, struct accumulator *accumulator,
                                  struct error *err)
{
    VEC_FOR (str, path, &target->kustomization.components.list) {
        struct loader loader;
        if (!kust_loader_open(target->build, &target->loader, *path, &loader, err) ||
            !accumulate_directory(target, &loader, *path, true, accumulator, err))
            return error_wrap(err, "components");
    }
    return true;
}

static bool merge_configs(struct target *target, struct accumulator *accumulator, struct error *err)
{
    struct build *build = target->build;
    const struct kustomization *k = &target->kustomization;
    const struct transformer_config *files = NULL, *crds = NULL;
    return kust_config_load(build, &target->loader, k->configurations.list.items,
                            k->configurations.list.len, &files, err) &&
           kust_config_merge(accumulator->config, files, build->arena, &accumulator->config, err) &&
           kust_config_from_crds(build, &target->loader, k->crds.list.items, k->crds.list.len,
                                 &crds, err) &&
           kust_config_merge(accumulator->config, crds, build->arena, &accumulator->config, err);
}

bool kust_accumulate(struct target *target, struct accumulator *accumulator, struct error *err)
{
    const struct kustomization *k = &target->kustomization;
    bool done = kust_accumulate_paths(target, &k->resources, accumulator, err) &&
                merge_configs(target, accumulator, err) &&
                kust_run_generators(target, accumulator, err) &&
                accumulate_components(target, accumulator, err) &&
                kust_run_transformers(target, accumulator, err) &&
                kust_run_validators(target, accumulator, err) &&
                kust_merge_variables(target->build, &accumulator->map, &accumulator->variables,
                                     k->vars.items, k->vars.len, err);
    return done || error_at(err, (struct position){.file = k->file});
}
