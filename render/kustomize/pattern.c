#include "render/kustomize/pattern.h"

#include "render/kustomize/scalar.h"
#include "syncd/object/selector.h"

bool kust_pattern_is_plain(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\\.+*?()|[]{}^$", text.ptr[i]) != NULL)
            return false;
    }
    return true;
}

bool kust_pattern_compile(struct build *build, str text, struct pattern *ret_pattern,
                          struct error *err)
{
    *ret_pattern = (struct pattern){.text = text};
    if (kust_pattern_is_plain(text))
        return true;
    str anchored = arena_concat(build->arena, STR("^(?:"), text, STR(")$"));
    if (!regex_compile(anchored, build->limits, build->arena, &ret_pattern->regex, err))
        return error_wrap(err, "pattern \"%.*s\"", STR_ARG(str_slice(text, 0, 200)));
    return true;
}

bool kust_pattern_fits(struct build *build, const struct pattern *pattern, str text)
{
    if (pattern->text.len == 0)
        return true;
    if (pattern->regex == NULL)
        return str_equal(pattern->text, text);
    return regex_matches(pattern->regex, text, build->scratch);
}

bool kust_gvk_pattern_compile(struct build *build, const struct selector_spec *spec,
                              struct gvk_pattern *ret_pattern, struct error *err)
{
    return kust_pattern_compile(build, spec->group, &ret_pattern->group, err) &&
           kust_pattern_compile(build, spec->version, &ret_pattern->version, err) &&
           kust_pattern_compile(build, spec->kind, &ret_pattern->kind, err) &&
           kust_pattern_compile(build, spec->name, &ret_pattern->name, err) &&
           kust_pattern_compile(build, spec->namespace, &ret_pattern->namespace, err);
}

bool kust_gvk_fits(struct build *build, const struct gvk_pattern *pattern, const struct gvk *gvk)
{
    return kust_pattern_fits(build, &pattern->kind, gvk->kind) &&
           kust_pattern_fits(build, &pattern->group, gvk->group) &&
           kust_pattern_fits(build, &pattern->version, gvk->version);
}

static bool one_fits(struct build *build, str text, value map, bool *ret_fit, struct error *err)
{
    const struct selector *selector = NULL;
    *ret_fit = true;
    if (text.len == 0)
        return true;
    struct arena_mark mark = arena_mark(build->scratch);
    bool parsed = selector_parse(text, build->scratch, &selector, err);
    if (parsed)
        *ret_fit = selector_matches(selector, kust_string_map(map, build->scratch));
    arena_rewind(build->scratch, mark);
    return parsed;
}

bool kust_labels_fit(struct build *build, const struct selector_spec *spec, value document,
                     bool *ret_fit, struct error *err)
{
    if (!one_fits(build, spec->label_selector, object_labels(document), ret_fit, err))
        return false;
    return !*ret_fit ||
           one_fits(build, spec->annotation_selector, object_annotations(document), ret_fit, err);
}

/* The names it ever had count, and so do the first and the present namespace. */
static bool id_fits(struct build *build, const struct gvk_pattern *pattern,
                    const struct resource *resource)
{
    struct kust_id original = kust_resource_original(resource);
    return (kust_pattern_fits(build, &pattern->name, original.name) ||
            kust_pattern_fits(build, &pattern->name, resource->id.name)) &&
           (kust_pattern_fits(build, &pattern->namespace, kust_namespace_effective(&original)) ||
            kust_pattern_fits(build, &pattern->namespace,
                              kust_namespace_effective(&resource->id))) &&
           kust_gvk_fits(build, pattern, &resource->id.gvk);
}

bool kust_resmap_select(struct build *build, struct resmap *map, const struct selector_spec *spec,
                        struct selection *ret_selection, struct error *err)
{
    struct gvk_pattern pattern = {0};
    *ret_selection = (struct selection){0};
    if (!kust_gvk_pattern_compile(build, spec, &pattern, err))
        return false;
    struct selection all = {.list = {map->list.items, map->list.len, map->list.cap}};
    const struct selection *candidates = &all;
    if (pattern.name.text.len != 0 && pattern.name.regex == NULL)
        candidates = kust_resmap_named(build, map, pattern.name.text);
    for (size_t i = 0; candidates != NULL && i < candidates->list.len; i++) {
        struct resource *resource = candidates->list.items[i];
        bool fit = false;
        if (!id_fits(build, &pattern, resource))
            continue;
        if (!kust_labels_fit(build, spec, resource->document, &fit, err))
            return error_wrap(err, "selector");
        if (fit)
            VEC_PUSH(build->scratch, &ret_selection->list, resource);
    }
    return true;
}
