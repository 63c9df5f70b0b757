/*
 * Lookups: what charts read from the cluster. Each is watched from the first time it was asked for,
 * so its answer costs no request later, and a change of it renders the target again.
 */
#include "syncd/daemon/world_internal.h"

#include "syncd/value/json.h"

#include <stdlib.h>

#define LOOKUP_MAX (8u << 20) /* bytes of one answer */

static bool same_texts(const str *a, const str *b)
{
    for (size_t i = 0; i < NEED_TEXTS; i++)
        if (!str_equal(a[i], b[i]))
            return false;
    return true;
}

void lookup_need(struct member_world *world, const struct render_need *need)
{
    VEC_FOR (struct lookup *, at, &world->lookups)
        if (same_texts((*at)->texts, need->texts))
            return;
    struct lookup *lookup = ARENA_NEW(world->arena, struct lookup);
    lookup->world = world;
    for (size_t i = 0; i < NEED_TEXTS; i++)
        lookup->texts[i] = arena_str(world->arena, need->texts[i]);
    VEC_PUSH(world->arena, &world->lookups, lookup);
}

/* --- the watch --- */

static void forget(struct lookup *lookup)
{
    arena_destroy(lookup->items_arena);
    lookup->items_arena = arena_create(ARENA_NO_BUDGET);
    lookup->items = (struct map){0};
    lookup->bytes = 0;
}

static str key_of(value object, struct arena *arena)
{
    value metadata = value_get(object, STR("metadata"));
    return arena_concat(arena, value_str(value_get(metadata, STR("namespace"))), STR("/"),
                        value_str(value_get(metadata, STR("name"))));
}

/* Answers that were given already have to be given anew. */
static void changed(struct lookup *lookup)
{
    if (lookup->answered)
        world_changed(lookup->world);
}

static void begin(void *context)
{
    struct lookup *lookup = context;
    forget(lookup);
    lookup->answered = lookup->too_long = false; /* half a list is no answer */
}

static void upsert(void *context, value object, str text, struct arena *arena)
{
    struct lookup *lookup = context;
    (void)arena;
    lookup->too_long = lookup->too_long || lookup->bytes + text.len > LOOKUP_MAX;
    if (lookup->too_long)
        return;
    struct map_entry *entry =
        map_place(&lookup->items, lookup->items_arena, key_of(object, lookup->items_arena));
    str *kept = ARENA_NEW(lookup->items_arena, str);
    *kept = arena_str(lookup->items_arena, text);
    lookup->bytes += text.len - (entry->value != NULL ? ((str *)entry->value)->len : 0);
    entry->value = kept;
    /* What was replaced stays in the arena until there is much of it. */
    if (arena_used(lookup->items_arena) > 4 * (size_t)LOOKUP_MAX)
        kube_reflector_relist(lookup->reflector);
    changed(lookup);
}

static void remove_item(void *context, value object, str text, struct arena *arena)
{
    struct lookup *lookup = context;
    (void)text;
    (void)arena;
    struct map_entry *entry =
        map_place(&lookup->items, lookup->items_arena, key_of(object, lookup->items_arena));
    entry->value = NULL;
    changed(lookup);
}

static void synced(void *context, str resource_version)
{
    struct lookup *lookup = context;
    (void)resource_version;
    if (lookup->too_long) {
        struct error err = ERROR_INIT;
        (void)error_set(&err, ERROR_LIMIT, "lookup of %.*s %.*s finds more than %u bytes",
                        STR_ARG(lookup->texts[0]), STR_ARG(lookup->texts[1]), LOOKUP_MAX);
        world_hold(lookup->world, "E_LOOKUP", &err);
        return;
    }
    lookup->answered = true;
    if (lookup->known_once)
        world_changed(lookup->world);
    lookup->known_once = true;
    world_check(lookup->world);
}

static void fresh(void *context, str resource_version)
{
    (void)context;
    (void)resource_version;
}

static void desync(void *context, const struct error *err)
{
    struct lookup *lookup = context;
    struct error why = *err;
    if (lookup->answered)
        return; /* the last answer stands until the next */
    (void)error_wrap(&why, "lookup of %.*s %.*s", STR_ARG(lookup->texts[0]),
                     STR_ARG(lookup->texts[1]));
    if (!error_is_transient(err))
        world_hold(lookup->world, "E_LOOKUP", &why);
}

/* NULL when the cluster does not serve the kind. */
static const struct kube_resource *find_resource(const struct lookup *lookup)
{
    const struct kube_resources *resources =
        kube_cluster_resources(session_cluster(lookup->world->member->session));
    struct gvk gvk;
    if (resources == NULL || !gvk_from_api_version(lookup->texts[0], lookup->texts[1], &gvk))
        return NULL;
    return kube_resources_find(resources, gvk);
}

void lookup_open(struct lookup *lookup)
{
    static const struct kube_receiver receiver = {.begin = begin,
                                                  .upsert = upsert,
                                                  .remove = remove_item,
                                                  .synced = synced,
                                                  .fresh = fresh,
                                                  .desync = desync};
    const struct kube_resource *resource = find_resource(lookup);
    str namespace = lookup->texts[2], name = lookup->texts[3];
    bool nothing =
        resource == NULL || (resource->namespaced && name.len != 0 && namespace.len == 0);
    if (nothing) {
        /* A kind that is not served yet: asked again with the next commit, or connection. */
        lookup->answered = lookup->known_once = true;
        return;
    }
    AUTO_BUF struct buf fields = BUF_INIT(512);
    if (name.len != 0)
        buf_printf(&fields, "metadata.name=%.*s", STR_ARG(name));
    const struct kube_reflector_options options = {
        .texts = true, /* kept as they came */
        .path = kube_path_of(resource, resource->namespaced ? namespace : STR(""), STR("")),
        .select = {.fields = buf_str(&fields)}};
    forget(lookup);
    lookup->answered = lookup->too_long = false;
    lookup->reflector = kube_reflector_create(session_cluster(lookup->world->member->session),
                                              &options, &receiver, lookup);
}

void lookup_close(struct lookup *lookup)
{
    kube_reflector_destroy(lookup->reflector);
    lookup->reflector = NULL;
    lookup->answered = false;
    arena_destroy(lookup->items_arena);
    lookup->items_arena = NULL;
    lookup->items = (struct map){0};
}

/* --- the answer --- */

static int compare_entries(const void *left, const void *right)
{
    const struct map_entry *const *a = left, *const *b = right;
    return str_compare((*a)->key, (*b)->key);
}

value lookup_answer(const struct lookup *lookup, struct arena *arena)
{
    VEC(const struct map_entry *) found = {0};
    struct array_builder items;
    array_begin(&items, arena);
    MAP_FOR (entry, &lookup->items)
        if (entry->value != NULL)
            VEC_PUSH(arena, &found, entry);
    if (found.len > 1)
        qsort(found.items, found.len, sizeof(*found.items), compare_entries);
    for (size_t i = 0; i < found.len; i++) {
        struct error err = ERROR_INIT;
        const str *text = found.items[i]->value;
        value object;
        if (json_read(*text, limits_default(), arena, &object, &err))
            array_add(&items, object);
    }
    value list = array_finish(&items);
    if (lookup->texts[3].len != 0)
        return value_len(list) != 0 ? value_item(list, 0) : value_null();
    struct object_builder object;
    object_begin(&object, arena);
    object_add(&object, STR("apiVersion"), value_string(lookup->texts[0]));
    object_add(&object, STR("kind"),
               value_string(arena_concat(arena, lookup->texts[1], STR("List"), STR(""))));
    object_add(&object, STR("items"), list);
    return object_finish(&object);
}
