/* The order of the output. */
#include "render/kustomize/transform.h"

#include <stdlib.h>

struct sort_key {
    struct resource *resource;
    int64_t order;
    str group_version_kind, identity;
    bool namespace_kind;
};

/* The order of kinds: those that come first count up to -1, those that come last from 1. */
static int64_t order_of(const struct legacy_sort_options *options, str kind)
{
    if (options == NULL)
        return kust_kind_order(kind);
    int64_t order = 0;
    for (size_t i = 0; i < options->first.list.len; i++) {
        if (str_equal(options->first.list.items[i], kind))
            order = (int64_t)i - (int64_t)options->first.list.len;
    }
    for (size_t i = 0; i < options->last.list.len; i++) {
        if (str_equal(options->last.list.items[i], kind))
            order = (int64_t)i + 1;
    }
    return order;
}

static str or_else(str text, const char *otherwise)
{
    return text.len != 0 ? text : str_z(otherwise);
}

static struct sort_key key_of(struct build *build, struct resource *resource,
                              const struct legacy_sort_options *options)
{
    struct arena *arena = build->scratch;
    const struct kust_id *id = &resource->id;
    struct sort_key key = {.resource = resource,
                           .order = order_of(options, id->gvk.kind),
                           .namespace_kind = str_equal(id->gvk.kind, STR("Namespace"))};
    key.group_version_kind =
        arena_printf(arena, "%.*s_%.*s_%.*s", STR_ARG(or_else(id->gvk.group, "~G")),
                     STR_ARG(or_else(id->gvk.version, "~V")), STR_ARG(or_else(id->gvk.kind, "~K")));
    key.identity = arena_printf(arena, "%.*s|%.*s", STR_ARG(or_else(id->namespace, "~X")),
                                STR_ARG(or_else(id->name, "~N")));
    return key;
}

static int compare_keys(const void *left, const void *right)
{
    const struct sort_key *a = left, *b = right;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    int order = str_compare(a->group_version_kind, b->group_version_kind);
    if (order != 0) {
        bool core = a->resource->id.gvk.group.len == 0 || b->resource->id.gvk.group.len == 0;
        /* Namespaces of the core group go before others that bear the name. */
        return a->namespace_kind && b->namespace_kind && core ? -order : order;
    }
    return str_compare(a->identity, b->identity);
}

bool kust_sort(struct build *build, struct resmap *map, const struct sort_options *options,
               struct error *err)
{
    static const struct sort_options legacy = {.order = STR_INIT("legacy")};
    if (options == NULL)
        options = &legacy;
    bool fifo = str_equal(options->order, STR("fifo"));
    if (!fifo && !str_equal(options->order, legacy.order))
        return error_rule(err, ERROR_INPUT, "E_SORT",
                          "sortOptions.order must be legacy or fifo, not \"%.*s\"",
                          STR_ARG(options->order));
    if (fifo && options->legacy != NULL)
        return error_rule(err, ERROR_INPUT, "E_SORT",
                          "sortOptions.legacySortOptions needs the order legacy");
    if (fifo)
        return true;
    struct arena_mark mark = arena_mark(build->scratch);
    struct sort_key *keys = ARENA_ARRAY(build->scratch, struct sort_key, map->list.len);
    for (size_t i = 0; i < map->list.len; i++)
        keys[i] = key_of(build, map->list.items[i], options->legacy);
    qsort(keys, map->list.len, sizeof(*keys), compare_keys);
    for (size_t i = 0; i < map->list.len; i++)
        map->list.items[i] = keys[i].resource;
    arena_rewind(build->scratch, mark);
    kust_resmap_changed(map);
    return kust_resmap_check_unique(build, map, err);
}
