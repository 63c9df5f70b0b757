/* replacements: a value from one object into fields of others. */
#include "render/kustomize/node_path.h"
#include "render/kustomize/pattern.h"
#include "render/kustomize/replacement_fields.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/transform.h"

#define DEFAULT_PATH STR("metadata.name")

/* An identity as replacements see it: cluster-scoped kinds have no special namespace. */
static struct kust_id plain_id(const struct resource *resource, size_t index)
{
    struct kust_id id = index == 0 ? resource->id : kust_resource_former(resource, index - 1);
    id.cluster_scoped = false;
    return id;
}

static bool is_source(const struct resource *resource, const struct selector_spec *wanted)
{
    struct gvk gvk = {.group = wanted->group, .version = wanted->version, .kind = wanted->kind};
    struct kust_id place = {.namespace = wanted->namespace};
    for (size_t i = 0; i <= resource->former.len; i++) {
        struct kust_id id = plain_id(resource, i);
        if ((wanted->name.len == 0 || str_equal(wanted->name, id.name)) &&
            (wanted->namespace.len == 0 ||
             str_equal(kust_namespace_effective(&place), kust_namespace_effective(&id))) &&
            kust_gvk_selected(&id.gvk, &gvk))
            return true;
    }
    return false;
}

static bool find_source(struct build *build, struct resmap *map, const struct selector_spec *wanted,
                        const struct resource **ret_source, struct error *err)
{
    struct selection all = {.list = {map->list.items, map->list.len, map->list.cap}};
    const struct selection *candidates =
        wanted->name.len != 0 ? kust_resmap_named(build, map, wanted->name) : &all;
    const struct resource *found = NULL;
    size_t count = 0;
    for (size_t i = 0; candidates != NULL && i < candidates->list.len && count < 2; i++) {
        if (!is_source(candidates->list.items[i], wanted))
            continue;
        found = candidates->list.items[i];
        count++;
    }
    if (count == 1) {
        *ret_source = found;
        return true;
    }
    return error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "%s object fits the source (%.*s %.*s)",
                      count == 0 ? "no" : "more than one", STR_ARG(wanted->kind),
                      STR_ARG(wanted->name));
}

/* The part of a text that `delimiter` and `index` name. */
static bool refine(const struct field_options *options, value v, struct arena *arena,
                   value *ret_value, struct error *err)
{
    *ret_value = v;
    if (options == NULL || options->delimiter.len == 0)
        return true;
    if (v.kind == VALUE_OBJECT || v.kind == VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT",
                          "delimiter needs a source that is text");
    str part = {0};
    if (!kust_split_part(kust_scalar_text(v), options->delimiter, options->index, &part))
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "the source has no part number %lld",
                          (long long)options->index);
    *ret_value = kust_scalar_retext(v, part, arena);
    return true;
}

/*
 * Where a value comes from. The tool holds on to the node itself, so a target that is the source
 * changes what later targets get; a part of a text is a copy.
 */
struct source {
    value v;
    const struct resource *resource; /* NULL: the value stands for itself */
    struct node_path path;
};

static value current_value(struct source *source)
{
    struct error ignored =
        ERROR_INIT; /* the field may be gone by now: then the last value counts */
    value found;
    if (source->resource != NULL &&
        kust_node_get(source->resource->document, &source->path, &found, &ignored) &&
        !kust_is_empty(found))
        source->v = found;
    return source->v;
}

static bool read_source(struct build *build, struct resmap *map,
                        const struct replacement *replacement, struct source *ret_source,
                        struct error *err)
{
    const struct replacement_source *source = replacement->source;
    if (replacement->source_value.present && source != NULL)
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT",
                          "source and sourceValue exclude each other");
    if (replacement->source_value.present) {
        ret_source->v =
            kust_scalar_untyped(value_null(), replacement->source_value.text, build->arena);
        return true;
    }
    const struct resource *resource = NULL;
    if (!find_source(build, map, &source->id, &resource, err))
        return false;
    str path = source->field_path.len != 0 ? source->field_path : DEFAULT_PATH;
    struct node_path parts = kust_node_path(path, false, build->arena);
    value found;
    if (!kust_node_get(resource->document, &parts, &found, err))
        return error_wrap(err, "source");
    if (kust_is_empty(found))
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "the source %.*s has no field %.*s",
                          STR_ARG(kust_id_text(&resource->id, build->scratch)), STR_ARG(path));
    if (source->options == NULL || source->options->delimiter.len == 0) {
        ret_source->resource = resource;
        ret_source->path = parts;
    }
    return refine(source->options, found, build->arena, &ret_source->v, err);
}

/* Compiled selectors of one target. */
struct target_patterns {
    struct gvk_pattern select;
    struct gvk_pattern *reject;
};

static bool pattern_fits(struct build *build, const struct gvk_pattern *pattern,
                         const struct kust_id *id)
{
    return kust_gvk_fits(build, pattern, &id->gvk) &&
           kust_pattern_fits(build, &pattern->name, id->name) &&
           kust_pattern_fits(build, &pattern->namespace, id->namespace);
}

static bool any_id_fits(struct build *build, const struct gvk_pattern *pattern,
                        const struct resource *resource)
{
    for (size_t i = 0; i <= resource->former.len; i++) {
        struct kust_id id = plain_id(resource, i);
        if (pattern_fits(build, pattern, &id))
            return true;
    }
    return false;
}

static bool names_nothing(const struct selector_spec *spec)
{
    return spec->group.len + spec->version.len + spec->kind.len + spec->name.len +
               spec->namespace.len ==
           0;
}

static bool is_selected(struct build *build, const struct replacement_target *target,
                        const struct target_patterns *patterns, const struct resource *resource,
                        bool *ret_selected, struct error *err)
{
    bool fits = false;
    if (!kust_labels_fit(build, target->select, resource->document, &fits, err))
        return false;
    bool rejected = false;
    for (size_t i = 0; i < target->reject.list.len && fits && !rejected; i++) {
        const struct selector_spec *reject = &target->reject.list.items[i];
        bool by_label = reject->label_selector.len + reject->annotation_selector.len != 0;
        if (by_label && !kust_labels_fit(build, reject, resource->document, &rejected, err))
            return false;
        rejected = rejected ||
                   (!names_nothing(reject) && any_id_fits(build, &patterns->reject[i], resource));
    }
    *ret_selected = fits && !rejected && any_id_fits(build, &patterns->select, resource);
    return true;
}

static bool compile_target(struct build *build, const struct replacement_target *target,
                           struct target_patterns *patterns, struct error *err)
{
    if (target->select == NULL)
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT", "a target needs `select`");
    patterns->reject = ARENA_ARRAY(build->arena, struct gvk_pattern, target->reject.list.len);
    if (!kust_gvk_pattern_compile(build, target->select, &patterns->select, err))
        return false;
    for (size_t i = 0; i < target->reject.list.len; i++) {
        if (!kust_gvk_pattern_compile(build, &target->reject.list.items[i], &patterns->reject[i],
                                      err))
            return false;
    }
    return true;
}

/* Fields inside of the source change it, so that the next one gets another value. */
static bool replace_inside(struct build *build, struct resource *resource, struct source *source,
                           struct field_replacement *wanted, value *document, struct error *err)
{
    value made;
    bool creates = wanted->options != NULL && wanted->options->create;
    if (creates && kust_make_field(build, *document, wanted->path, source->v, &made))
        *document = made;
    for (wanted->only = 1; wanted->only == 1 || wanted->only <= wanted->found; wanted->only++) {
        kust_resource_set(build, resource, *document);
        wanted->source = current_value(source);
        if (!kust_replace_field(build, *document, wanted, document, err))
            return false;
    }
    return true;
}

static bool replace_path(struct build *build, struct resource *resource, struct source *source,
                         struct field_replacement *wanted, struct error *err)
{
    value document = resource->document;
    bool marked = kust_history_mark(build, resource, &document);
    wanted->source = current_value(source);
    bool collection = wanted->source.kind == VALUE_OBJECT || wanted->source.kind == VALUE_ARRAY;
    bool done = collection && source->resource == resource
                    ? replace_inside(build, resource, source, wanted, &document, err)
                    : kust_replace_field(build, document, wanted, &document, err);
    if (!done)
        return error_wrap(err, "replacement in %.*s, field %.*s",
                          STR_ARG(kust_id_text(&resource->id, build->scratch)),
                          STR_ARG(wanted->path));
    if (marked)
        kust_history_settle(build, resource, false, &document);
    kust_resource_set(build, resource, document);
    return true;
}

static bool replace_fields(struct build *build, struct resource *resource, struct source *source,
                           const struct replacement_target *target, struct error *err)
{
    str one[] = {DEFAULT_PATH};
    bool defaulted = target->field_paths.list.len == 0;
    const str *paths = defaulted ? one : target->field_paths.list.items;
    size_t count = defaulted ? 1 : target->field_paths.list.len;
    for (size_t i = 0; i < count; i++) {
        struct field_replacement wanted = {.path = paths[i], .options = target->options};
        if (!replace_path(build, resource, source, &wanted, err))
            return false;
    }
    return true;
}

static bool apply_target(struct build *build, struct resmap *map,
                         const struct replacement_target *target, struct source *source,
                         struct error *err)
{
    struct target_patterns patterns = {0};
    if (!compile_target(build, target, &patterns, err))
        return false;
    struct selection all = {.list = {map->list.items, map->list.len, map->list.cap}};
    const struct selection *candidates = &all;
    if (patterns.select.name.text.len != 0 && patterns.select.name.regex == NULL)
        candidates = kust_resmap_named(build, map, patterns.select.name.text);
    bool renames = false;
    for (size_t i = 0; candidates != NULL && i < candidates->list.len; i++) {
        struct resource *resource = candidates->list.items[i];
        struct kust_id before = resource->id;
        size_t known = resource->former.len;
        bool selected = false;
        if (!is_selected(build, target, &patterns, resource, &selected, err))
            return false;
        if (selected && !replace_fields(build, resource, source, target, err))
            return error_at(err, resource->source);
        renames = renames || !str_equal(before.name, resource->id.name) ||
                  !str_equal(before.namespace, resource->id.namespace) ||
                  !gvk_equal(before.gvk, resource->id.gvk) || known != resource->former.len;
    }
    if (renames)
        kust_resmap_changed(map);
    return kust_check_budget(build, err);
}

static bool apply_one(struct build *build, struct resmap *map,
                      const struct replacement *replacement, struct error *err)
{
    struct source source = {0};
    if ((!replacement->source_value.present && replacement->source == NULL) ||
        replacement->targets.len == 0)
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT",
                          "a replacement needs a source and targets");
    if (!read_source(build, map, replacement, &source, err))
        return false;
    VEC_FOR (struct replacement_target, target, &replacement->targets)
        if (!apply_target(build, map, target, &source, err))
            return false;
    return true;
}

/* A file holds one replacement or a list of them. */
static bool load_file(struct build *build, const struct loader *loader, str path,
                      struct replacements *list, struct error *err)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                                .allow_duplicate_keys = true};
    str bytes = {0};
    value document;
    if (!kust_load_file(build, loader, path, &bytes, err))
        return false;
    if (!yaml_read(bytes, &options, build->limits, build->arena, &document, err))
        return error_at(err, (struct position){.file = path});
    if (document.kind != VALUE_ARRAY && document.kind != VALUE_OBJECT)
        return error_rule(err, ERROR_INPUT, "E_REPLACEMENT",
                          "\"%.*s\" holds neither a replacement nor a list of them", STR_ARG(path));
    bool many = document.kind == VALUE_ARRAY;
    for (size_t i = 0; i < (many ? document.len : 1); i++) {
        struct replacement replacement = {0};
        if (!kust_decode(&kust_replacement_decoder, many ? value_item(document, i) : document,
                         false, build->arena, &replacement, err))
            return error_at(err, (struct position){.file = path});
        VEC_PUSH(build->arena, &list->list, replacement);
    }
    return true;
}

/* Where the only former name is empty the tool cannot tell that there is one, and stops. */
static bool check_history(struct build *build, const struct resmap *map, struct error *err)
{
    VEC_FOR (struct resource *, slot, &map->list) {
        if ((*slot)->former.len != 1 || (*slot)->former.items[0].name.len != 0)
            continue;
        (void)error_rule(err, ERROR_INPUT, "E_OBJECT", "%.*s had an empty name",
                         STR_ARG(kust_id_text(&(*slot)->id, build->scratch)));
        return error_at(err, (*slot)->source);
    }
    return true;
}

bool kust_apply_replacements(struct build *build, const struct loader *loader, struct resmap *map,
                             const struct replacements *replacements, struct error *err)
{
    struct replacements all = {0};
    VEC_FOR (struct replacement, replacement, &replacements->list) {
        bool has_path = replacement->path.len != 0;
        if (has_path && (replacement->source != NULL || replacement->targets.len != 0))
            return error_rule(err, ERROR_INPUT, "E_REPLACEMENT",
                              "a replacement has either a path or a source and targets");
        if (!has_path)
            VEC_PUSH(build->arena, &all.list, *replacement);
        else if (!load_file(build, loader, replacement->path, &all, err))
            return error_wrap(err, "replacements");
    }
    if (!check_history(build, map, err))
        return false;
    VEC_FOR (struct replacement, replacement, &all.list)
        if (!apply_one(build, map, replacement, err))
            return error_wrap(err, "replacements");
    kust_resmap_changed(map);
    return true;
}
