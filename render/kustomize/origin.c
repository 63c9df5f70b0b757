#include "render/kustomize/origin.h"

#include "render/kustomize/scalar.h"

struct segments {
    VEC(str) list;
};

str kust_join_path(str base, str relative, struct arena *arena)
{
    struct segments segments = {0};
    str rest = arena_concat(arena, base, STR("/"), relative);
    str segment = {0};
    while (str_cut(&rest, '/', &segment)) {
        if (segment.len == 0 || str_equal(segment, STR(".")))
            continue;
        bool up = str_equal(segment, STR(".."));
        if (up && segments.list.len != 0 && !str_equal(VEC_LAST(&segments.list), STR("..")))
            segments.list.len--;
        else
            VEC_PUSH(arena, &segments.list, segment);
    }
    str path = segments.list.len != 0 ? segments.list.items[0] : STR(".");
    for (size_t i = 1; i < segments.list.len; i++)
        path = arena_concat(arena, path, STR("/"), segments.list.items[i]);
    return path;
}

static void add_line(struct build *build, struct buf *out, const char *indent, const char *key,
                     str text)
{
    if (text.len == 0)
        return;
    buf_printf(out, "%s%s: ", indent, key);
    buf_add(out, yaml_text(value_string(text), YAML_V3, build->scratch));
}

static str origin_text(struct build *build, const struct origin *origin, const char *indent)
{
    AUTO_BUF struct buf out = BUF_INIT(build->limits->object_bytes);
    AUTO_BUF struct buf deeper = BUF_INIT(64);
    buf_printf(&deeper, "%s  ", indent);
    add_line(build, &out, indent, "path", origin->path);
    add_line(build, &out, indent, "configuredIn", origin->configured_in);
    if (origin->kind.len != 0)
        buf_printf(&out, "%sconfiguredBy:\n", indent);
    add_line(build, &out, deeper.ptr, "apiVersion", origin->api_version);
    add_line(build, &out, deeper.ptr, "kind", origin->kind);
    add_line(build, &out, deeper.ptr, "name", origin->name);
    add_line(build, &out, deeper.ptr, "namespace", origin->namespace);
    return buf_copy(&out, build->arena);
}

bool kust_set_origin(struct build *build, struct resource *resource, const struct origin *origin,
                     struct error *err)
{
    return kust_resource_annotate(build, resource, ORIGIN_KEY, origin_text(build, origin, ""), err);
}

bool kust_add_origin(struct build *build, struct resource *resource, const struct origin *origin,
                     struct error *err)
{
    if (value_present(value_get(object_annotations(resource->document), ORIGIN_KEY)))
        return true;
    return kust_set_origin(build, resource, origin, err);
}

bool kust_add_transformation(struct build *build, struct resmap *map, const struct origin *origin,
                             struct error *err)
{
    str item = origin_text(build, origin, "  ");
    str dashed = arena_concat(build->arena, STR("- "), str_skip(item, 2), STR(""));
    VEC_FOR (struct resource *, slot, &map->list) {
        value annotations = object_annotations((*slot)->document);
        if (!value_present(value_get(annotations, ORIGIN_KEY))) {
            if (!kust_set_origin(build, *slot, origin, err))
                return false;
            continue;
        }
        str known = kust_scalar_text(value_get(annotations, TRANSFORMATIONS_KEY));
        str text = arena_concat(build->arena, known, dashed, STR(""));
        if (!kust_resource_annotate(build, *slot, TRANSFORMATIONS_KEY, text, err))
            return false;
    }
    return kust_check_budget(build, err);
}

str kust_origin_path(struct build *build, const struct resource *resource)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    value text = value_get(object_annotations(resource->document), ORIGIN_KEY);
    struct error ignored = ERROR_INIT; /* somebody else's annotation */
    value document;
    if (!value_present(text) || !yaml_read(kust_scalar_text(text), &options, build->limits,
                                           build->arena, &document, &ignored))
        return (str){0};
    return value_str(value_get(document, STR("path")));
}
