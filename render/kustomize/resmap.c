#include "render/kustomize/resmap.h"

#include "render/kustomize/scalar.h"

void kust_resmap_changed(struct resmap *map)
{
    map->has_current = map->has_any = map->has_names = false;
}

/* False when another resource has the key, too. */
static bool link_to(struct map *index, struct arena *arena, str key, struct resource *resource)
{
    struct map_entry *entry = map_place(index, arena, key);
    const struct resource_link *newest = entry->value;
    if (newest != NULL && newest->resource == resource)
        return true; /* all keys of one resource come one after the other */
    struct resource_link *link = ARENA_NEW(arena, struct resource_link);
    link->resource = resource;
    link->next = entry->value;
    entry->value = link;
    return newest == NULL;
}

static void index_current(struct build *build, struct resmap *map)
{
    if (map->has_current)
        return;
    map->current = (struct map){0};
    map->has_doubles = false;
    VEC_FOR (struct resource *, slot, &map->list)
        if (!kust_resource_gone(*slot) &&
            !link_to(&map->current, build->arena, kust_resource_key(build, *slot), *slot))
            map->has_doubles = true;
    map->has_current = true;
}

static void index_any_of(struct build *build, struct resmap *map, struct resource *resource)
{
    (void)link_to(&map->any, build->arena, kust_resource_key(build, resource), resource);
    for (size_t i = 0; i < resource->former.len; i++) {
        struct kust_id id = kust_resource_former(resource, i);
        (void)link_to(&map->any, build->arena, kust_id_key(&id, build->arena), resource);
    }
}

static void index_any(struct build *build, struct resmap *map)
{
    if (map->has_any)
        return;
    map->any = (struct map){0};
    for (size_t i = 0; i < map->list.len; i++) {
        map->list.items[i]->place = i;
        if (!kust_resource_gone(map->list.items[i]))
            index_any_of(build, map, map->list.items[i]);
    }
    map->has_any = true;
}

static void name_once(struct resmap *map, struct arena *arena, str name, struct resource *resource)
{
    struct map_entry *entry = map_place(&map->names, arena, name);
    if (entry->value == NULL)
        entry->value = ARENA_NEW(arena, struct selection);
    struct selection *named = entry->value;
    if (named->list.len == 0 || VEC_LAST(&named->list) != resource)
        VEC_PUSH(arena, &named->list, resource);
}

static void index_names_of(struct build *build, struct resmap *map, struct resource *resource)
{
    name_once(map, build->arena, resource->id.name, resource);
    for (size_t i = 0; i < resource->former.len; i++)
        name_once(map, build->arena, resource->former.items[i].name, resource);
}

static bool duplicate(struct build *build, const struct resource *resource,
                      const struct resource *other, struct error *err)
{
    str place = other->source.line != 0
                    ? arena_printf(build->scratch, "%.*s:%u", STR_ARG(other->source.file),
                                   other->source.line)
                    : other->source.file; /* a generated one has no line */
    (void)error_rule(err, ERROR_INPUT, "E_DUP_ID", "%.*s is there twice: here and in %.*s",
                     STR_ARG(kust_id_text(&resource->id, build->scratch)), STR_ARG(place));
    return error_at(err, resource->source);
}

bool kust_resmap_append(struct build *build, struct resmap *map, struct resource *resource,
                        struct error *err)
{
    index_current(build, map);
    struct map_entry *entry =
        map_place(&map->current, build->arena, kust_resource_key(build, resource));
    if (entry->value != NULL)
        return duplicate(build, resource, ((struct resource_link *)entry->value)->resource, err);
    struct resource_link *link = ARENA_NEW(build->arena, struct resource_link);
    link->resource = resource;
    entry->value = link;
    VEC_PUSH(build->arena, &map->list, resource);
    if (map->has_any)
        index_any_of(build, map, resource);
    if (map->has_names)
        index_names_of(build, map, resource);
    return true;
}

bool kust_resmap_append_all(struct build *build, struct resmap *map,
                            const struct selection *objects, struct error *err)
{
    VEC_FOR (struct resource *, slot, &objects->list)
        if (!kust_resmap_append(build, map, *slot, err))
            return false;
    return true;
}

void kust_resmap_drop_empty(struct resmap *map)
{
    size_t kept = 0;
    if (!map->has_gone)
        return;
    map->has_gone = false;
    for (size_t i = 0; i < map->list.len; i++) {
        if (!kust_resource_gone(map->list.items[i]))
            map->list.items[kept++] = map->list.items[i];
    }
    if (kept == map->list.len)
        return;
    map->list.len = kept;
    kust_resmap_changed(map);
}

bool kust_resmap_check_unique(struct build *build, struct resmap *map, struct error *err)
{
    index_current(build, map);
    if (!map->has_doubles)
        return true;
    MAP_FOR (entry, &map->current) {
        const struct resource_link *link = entry->value;
        if (link->next != NULL)
            return duplicate(build, link->resource, link->next->resource, err);
    }
    return true;
}

static bool is_in(const struct selection *selection, const struct resource *resource)
{
    VEC_FOR (struct resource *, slot, &selection->list)
        if (*slot == resource)
            return true;
    return false;
}

void kust_resmap_with_alike(struct build *build, struct resmap *map,
                            const struct selection *selected, struct selection *ret_alike)
{
    index_current(build, map);
    VEC_FOR (struct resource *, slot, &selected->list) {
        const struct resource_link *link = map_get(&map->current, kust_resource_key(build, *slot));
        if (link == NULL || link->next == NULL)
            VEC_PUSH(build->scratch, &ret_alike->list, *slot);
        else if (!is_in(ret_alike, *slot)) /* else it came with its like */
            for (; link != NULL; link = link->next)
                VEC_PUSH(build->scratch, &ret_alike->list, link->resource);
    }
}

size_t kust_resmap_find_any(struct build *build, struct resmap *map, const struct kust_id *id,
                            struct resource **ret_found)
{
    index_any(build, map);
    struct arena_mark mark = arena_mark(build->scratch);
    const struct resource_link *link = map_get(&map->any, kust_id_key(id, build->scratch));
    arena_rewind(build->scratch, mark);
    *ret_found = link != NULL ? link->resource : NULL;
    size_t count = 0;
    for (; link != NULL; link = link->next)
        count++;
    return count;
}

const struct selection *kust_resmap_named(struct build *build, struct resmap *map, str name)
{
    if (!map->has_names) {
        map->names = (struct map){0};
        VEC_FOR (struct resource *, slot, &map->list)
            index_names_of(build, map, *slot);
        map->has_names = true;
    }
    return map_get(&map->names, name);
}

/* Texts of two maps; what `above` has wins. */
static value union_of(value below, value above, struct arena *arena)
{
    below = kust_string_map(below, arena);
    above = kust_string_map(above, arena);
    struct object_builder builder;
    object_begin(&builder, arena);
    for (size_t i = 0; i < below.len; i++)
        object_add(&builder, below.as.members[i].key, below.as.members[i].val);
    for (size_t i = 0; i < above.len; i++)
        object_add(&builder, above.as.members[i].key, above.as.members[i].val);
    return object_finish(&builder);
}

static bool merge_metadata(struct build *build, value *document, const struct resource *old,
                           struct error *err)
{
    struct arena *arena = build->arena;
    value labels = union_of(object_labels(old->document), object_labels(*document), arena);
    value annotations =
        union_of(object_annotations(old->document), object_annotations(*document), arena);
    if (!kust_metadata_set_map(*document, STR("labels"), labels, arena, document, err) ||
        !kust_metadata_set_map(*document, STR("annotations"), annotations, arena, document, err))
        return false;
    *document = kust_metadata_with(*document, STR("name"), old->id.name, arena);
    value metadata = value_get(*document, STR("metadata"));
    metadata = old->id.namespace.len != 0
                   ? value_with(metadata, STR("namespace"), value_string(old->id.namespace), arena)
                   : value_without(metadata, STR("namespace"), arena);
    *document = value_with(*document, STR("metadata"), metadata, arena);
    return true;
}

static void merge_contents(struct build *build, value *document, const struct resource *old,
                           str field)
{
    value merged =
        union_of(value_get(old->document, field), value_get(*document, field), build->arena);
    *document = merged.len != 0 ? value_with(*document, field, merged, build->arena)
                                : value_without(*document, field, build->arena);
}

/* Puts the new contents into the old resource, which keeps its history. */
static bool absorb_into(struct build *build, struct resmap *map, struct resource *old,
                        const struct resource *fresh, struct error *err)
{
    value document = fresh->document;
    str origin = object_annotation(old->document, STR("config.kubernetes.io/origin"));
    if (!merge_metadata(build, &document, old, err))
        return false;
    bool merging = fresh->behavior == BEHAVIOR_MERGE;
    if (merging) {
        merge_contents(build, &document, old, STR("data"));
        merge_contents(build, &document, old, STR("binaryData"));
    }
    kust_resource_set(build, old, document);
    old->needs_hash = old->needs_hash && fresh->needs_hash;
    old->source = fresh->source;
    if (old->key.len == 0)
        kust_resmap_changed(map);
    if (merging && origin.len != 0)
        return kust_resource_annotate(build, old, STR("config.kubernetes.io/origin"), origin, err);
    return true;
}

bool kust_resmap_absorb(struct build *build, struct resmap *map, struct resource *fresh,
                        struct error *err)
{
    struct resource *old = NULL;
    size_t count = kust_resmap_find_any(build, map, &fresh->id, &old);
    bool changes = fresh->behavior == BEHAVIOR_MERGE || fresh->behavior == BEHAVIOR_REPLACE;
    str id = kust_id_text(&fresh->id, build->scratch);
    if (count == 0 && !changes)
        return kust_resmap_append(build, map, fresh, err);
    bool renamed = count == 1 && changes && !str_equal(old->id.gvk.kind, fresh->id.gvk.kind);
    if (count == 0 || renamed)
        (void)error_rule(err, ERROR_INPUT, "E_GENERATOR",
                         "%.*s does not exist, so nothing can be merged into it or replace it",
                         STR_ARG(id));
    else if (count > 1)
        (void)error_rule(err, ERROR_INPUT, "E_GENERATOR", "%.*s fits %zu objects", STR_ARG(id),
                         count);
    else if (!changes)
        (void)error_rule(err, ERROR_INPUT, "E_GENERATOR",
                         "%.*s exists already: behavior must be merge or replace", STR_ARG(id));
    else
        return absorb_into(build, map, old, fresh, err);
    return error_at(err, fresh->source);
}
