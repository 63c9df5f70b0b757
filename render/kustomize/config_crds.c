/* `crds`: OpenAPI definitions whose extensions say which fields are names, labels, references. */
#include "render/kustomize/config.h"
#include "render/kustomize/loader.h"

struct crd_walk {
    struct build *build;
    value definitions;
    struct gvk gvk;
    struct transformer_config *config;
    size_t depth;
};

static bool add_spec(struct crd_walk *walk, enum spec_set set, str path, struct error *err)
{
    struct field_spec *spec = ARENA_NEW(walk->build->arena, struct field_spec);
    *spec = (struct field_spec){.gvk = walk->gvk, .path = path};
    return kust_specs_merge(walk->config->sets[set], (struct spec_list){spec, 1},
                            walk->build->arena, &walk->config->sets[set], err);
}

static bool add_reference(struct crd_walk *walk, value property, str path, struct error *err)
{
    struct arena *arena = walk->build->arena;
    value version = value_get(property, STR("x-kubernetes-object-ref-api-version"));
    value kind = value_get(property, STR("x-kubernetes-object-ref-kind"));
    if (version.kind != VALUE_STRING || kind.kind != VALUE_STRING)
        return true;
    str key = value_str(value_get(property, STR("x-kubernetes-object-ref-name-key")));
    struct field_spec *spec = ARENA_NEW(arena, struct field_spec);
    *spec = (struct field_spec){
        .gvk = walk->gvk,
        .path = arena_concat(arena, path, STR("/"), key.len != 0 ? key : STR("name"))};
    struct name_reference *reference = ARENA_NEW(arena, struct name_reference);
    *reference = (struct name_reference){
        .target = {.version = value_str(version), .kind = value_str(kind)}, .referrers = {spec, 1}};
    struct transformer_config more = {.references = reference, .reference_count = 1};
    const struct transformer_config *merged = NULL;
    if (!kust_config_merge(walk->config, &more, arena, &merged, err))
        return false;
    *walk->config = *merged;
    return true;
}

static bool walk_type(struct crd_walk *walk, str type, str path, struct error *err);

static bool walk_property(struct crd_walk *walk, value property, str path, struct error *err)
{
    static const struct {
        const char *extension;
        enum spec_set set;
    } marks[] = {{"x-kubernetes-annotation", SPECS_COMMON_ANNOTATIONS},
                 {"x-kubernetes-label-selector", SPECS_COMMON_LABELS},
                 {"x-kubernetes-identity", SPECS_NAME_PREFIX}};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        value mark = value_get(property, str_z(marks[i].extension));
        if (mark.kind == VALUE_STRING && !add_spec(walk, marks[i].set, path, err))
            return false;
    }
    if (!add_reference(walk, property, path, err))
        return false;
    str ref = value_str(value_get(property, STR("$ref")));
    return ref.len == 0 || walk_type(walk, ref, path, err);
}

/* Types refer to types: the depth is limited here. */
static bool walk_type(struct crd_walk *walk, str type, str path, struct error *err)
{
    value definition = value_get(walk->definitions, type);
    value properties = value_get2(definition, STR("Schema"), STR("properties"));
    if (walk->depth >= walk->build->limits->json_depth)
        return error_rule(err, ERROR_LIMIT, "E_BUDGET",
                          "types in `crds` are nested over json_depth");
    walk->depth++;
    for (size_t i = 0; properties.kind == VALUE_OBJECT && i < properties.len; i++) {
        const struct member *property = value_member(properties, i);
        str below = path.len == 0 ? property->key
                                  : arena_concat(walk->build->arena, path, STR("/"), property->key);
        if (!walk_property(walk, property->val, below, err))
            return false;
    }
    walk->depth--;
    return true;
}

static bool looks_like_kind(value definition)
{
    value properties = value_get2(definition, STR("Schema"), STR("properties"));
    return value_present(value_get(properties, STR("kind"))) &&
           value_present(value_get(properties, STR("apiVersion"))) &&
           value_present(value_get(properties, STR("metadata")));
}

static bool read_file(struct build *build, const struct loader *loader, str path,
                      const struct transformer_config **config, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                                .allow_duplicate_keys = true};
    str bytes = {0};
    value document;
    if (!kust_load_file(build, loader, path, &bytes, err))
        return false;
    if (bytes.len == 0)
        return error_rule(err, ERROR_INPUT, "E_CONFIG", "\"%.*s\" is empty", STR_ARG(path));
    if (!yaml_read(bytes, &options, build->limits, build->arena, &document, err))
        return error_at(err, (struct position){.file = path});
    if (document.kind != VALUE_OBJECT && document.kind != VALUE_NULL)
        return error_rule(err, ERROR_INPUT, "E_CONFIG", "\"%.*s\" holds no definitions",
                          STR_ARG(path));
    for (size_t i = 0; i < value_len(document); i++) {
        const struct member *definition = value_member(document, i);
        if (!looks_like_kind(definition->val))
            continue;
        size_t dot = str_rindex(definition->key, '.');
        struct crd_walk walk = {.build = build, .definitions = document};
        walk.gvk.kind = dot == SIZE_MAX ? definition->key : str_skip(definition->key, dot + 1);
        walk.config = ARENA_NEW(build->arena, struct transformer_config);
        if (!walk_type(&walk, definition->key, STR(""), err) ||
            !kust_config_merge(*config, walk.config, build->arena, config, err))
            return error_at(err, (struct position){.file = path});
    }
    return true;
}

bool kust_config_from_crds(struct build *build, const struct loader *loader, const str *paths,
                           size_t count, const struct transformer_config **ret_config,
                           struct error *err)
{
    const struct transformer_config *config = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!read_file(build, loader, paths[i], &config, err))
            return error_wrap(err, "crds %.*s", STR_ARG(paths[i]));
    }
    *ret_config = config;
    return true;
}
