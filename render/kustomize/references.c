/*
 * Names follow what they refer to. Every object that was renamed is found by the names it had;
 * every object that may refer is asked for the fields that the configuration lists for its kind. So
 * the work grows with the objects, not with their pairs.
 */
#include "render/kustomize/field_edit.h"
#include "render/kustomize/scalar.h"
#include "render/kustomize/transform.h"

/* One field of one kind that may hold the name of a `target`. */
struct reference_row {
    const struct field_spec *spec;
    const struct gvk *target;
};

struct rows {
    VEC(struct reference_row) list;
};

struct references {
    struct build *build;
    struct resmap *map;
    struct map by_kind;   /* kind of referrer → struct rows, in the order of the configuration */
    struct map by_name;   /* former name → struct selection */
    struct map by_place;  /* former name and present namespace → struct selection */
    struct map by_origin; /* former name and first namespace → struct selection */
    struct map origins;   /* first namespaces: alone, and with a present one */
};

/* What is known while one field of one referrer is looked at. */
struct lookup {
    struct references *references;
    const struct resource *referrer;
    const struct reference_row *row;
    const struct names *subject_namespaces; /* of a RoleBinding's service accounts */
};

static str join_key(struct arena *arena, str a, str b)
{
    return arena_concat(arena, a, STR("\n"), b);
}

static void add_to(struct map *index, struct arena *arena, str key, struct resource *resource)
{
    struct map_entry *entry = map_place(index, arena, key);
    if (entry->value == NULL)
        entry->value = ARENA_NEW(arena, struct selection);
    struct selection *selection = entry->value;
    if (selection->list.len == 0 || VEC_LAST(&selection->list) != resource)
        VEC_PUSH(arena, &selection->list, resource);
}

static void index_targets(struct references *references)
{
    struct build *build = references->build;
    for (size_t i = 0; i < references->map->list.len; i++) {
        struct resource *resource = references->map->list.items[i];
        struct kust_id original = kust_resource_original(resource);
        str place = kust_namespace_effective(&resource->id);
        str origin = kust_namespace_effective(&original);
        resource->place = i;
        (void)map_put(&references->origins, build->scratch, join_key(build->scratch, place, origin),
                      resource);
        (void)map_put(&references->origins, build->scratch,
                      join_key(build->scratch, STR(""), origin), resource);
        for (size_t f = 0; f < resource->former.len; f++) {
            str name = resource->former.items[f].name;
            if (f > 0 && str_equal(name, resource->former.items[f - 1].name))
                continue;
            add_to(&references->by_name, build->scratch, name, resource);
            add_to(&references->by_place, build->scratch, join_key(build->scratch, name, place),
                   resource);
            add_to(&references->by_origin, build->scratch, join_key(build->scratch, name, origin),
                   resource);
        }
    }
}

static void index_rows(struct references *references, const struct transformer_config *config)
{
    struct arena *scratch = references->build->scratch;
    for (size_t r = 0; r < config->reference_count; r++) {
        const struct name_reference *reference = &config->references[r];
        for (size_t i = 0; i < reference->referrers.count; i++) {
            const struct field_spec *spec = &reference->referrers.items[i];
            struct map_entry *entry = map_place(&references->by_kind, scratch, spec->gvk.kind);
            if (entry->value == NULL)
                entry->value = ARENA_NEW(scratch, struct rows);
            struct rows *rows = entry->value;
            VEC_PUSH(scratch, &rows->list, (struct reference_row){spec, &reference->target});
        }
    }
}

static bool had_kind(const struct resource *resource, const struct gvk *selector)
{
    for (size_t i = 0; i < resource->former.len; i++) {
        struct kust_id id = kust_resource_former(resource, i);
        if (kust_gvk_selected(&id.gvk, selector))
            return true;
    }
    return false;
}

/* The longer of the two ends with the shorter one; an empty one only equals an empty one. */
static bool same_ending(const struct names *a, const struct names *b)
{
    if (a->list.len > b->list.len) {
        const struct names *swap = a;
        a = b;
        b = swap;
    }
    size_t offset = b->list.len - a->list.len;
    if (a->list.len == 0)
        return offset == 0;
    for (size_t i = 0; i < a->list.len; i++) {
        if (!str_equal(a->list.items[i], b->list.items[i + offset]))
            return false;
    }
    return true;
}

static bool same_affixes(const struct resource *a, const struct resource *b, bool allow_empty)
{
    bool prefix_open = a->prefixes.list.len == 0 || b->prefixes.list.len == 0;
    bool suffix_open = a->suffixes.list.len == 0 || b->suffixes.list.len == 0;
    return ((allow_empty && prefix_open) || same_ending(&a->prefixes, &b->prefixes)) &&
           ((allow_empty && suffix_open) || same_ending(&a->suffixes, &b->suffixes));
}

static bool is_one_of(const struct names *names, str text)
{
    VEC_FOR (str, name, &names->list)
        if (str_equal(*name, text))
            return true;
    return false;
}

/* Can the referrer see it at all? */
static bool is_visible(const struct lookup *lookup, const struct resource *target)
{
    const struct kust_id *from = &lookup->referrer->id;
    if (from->cluster_scoped || target->id.cluster_scoped)
        return true;
    if (str_equal(kust_namespace_effective(from), kust_namespace_effective(&target->id)))
        return true;
    /* Only a RoleBinding's service accounts may be elsewhere. */
    return str_equal(target->id.gvk.kind, STR("ServiceAccount")) &&
           is_one_of(lookup->subject_namespaces, target->id.namespace);
}

/* What roleRef says it refers to; false when it does not say. */
static bool role_ref(const struct resource *referrer, struct gvk *ret_gvk)
{
    value ref = value_get(referrer->document, STR("roleRef"));
    value group = value_get(ref, STR("apiGroup"));
    value kind = value_get(ref, STR("kind"));
    if (!value_present(group) || !value_present(kind))
        return false;
    *ret_gvk = (struct gvk){.group = kust_scalar_text(group), .kind = kust_scalar_text(kind)};
    return true;
}

static void sieve(const struct lookup *lookup, const struct selection *from,
                  struct selection *candidates)
{
    struct gvk role = {0};
    bool has_role =
        str_ends(lookup->row->spec->path, STR("roleRef/name")) && role_ref(lookup->referrer, &role);
    for (size_t i = 0; from != NULL && i < from->list.len; i++) {
        struct resource *resource = from->list.items[i];
        if (had_kind(resource, lookup->row->target) && (!has_role || had_kind(resource, &role)) &&
            is_visible(lookup, resource))
            VEC_PUSH(lookup->references->build->scratch, &candidates->list, resource);
    }
}

static void keep_same_affixes(const struct lookup *lookup, struct selection *candidates,
                              bool allow_empty)
{
    size_t kept = 0;
    VEC_FOR (struct resource *, slot, &candidates->list)
        if (same_affixes(*slot, lookup->referrer, allow_empty))
            candidates->list.items[kept++] = *slot;
    candidates->list.len = kept;
}

static bool all_alike(const struct selection *candidates, bool namespaces)
{
    const struct kust_id *first = &candidates->list.items[0]->id;
    for (size_t i = 1; i < candidates->list.len; i++) {
        const struct kust_id *other = &candidates->list.items[i]->id;
        if (!str_equal(first->name, other->name) ||
            (namespaces && !str_equal(first->namespace, other->namespace)))
            return false;
    }
    return true;
}

/* The one object that is meant, or NULL for none. Several that differ are an error. */
static bool choose(const struct lookup *lookup, struct selection *candidates, bool namespaces,
                   struct resource **ret_target, struct error *err)
{
    *ret_target = NULL;
    if (candidates->list.len > 1) {
        keep_same_affixes(lookup, candidates, true);
        if (candidates->list.len > 1)
            keep_same_affixes(lookup, candidates, false);
    }
    if (candidates->list.len == 0)
        return true;
    *ret_target = candidates->list.items[0];
    if (candidates->list.len == 1 || all_alike(candidates, namespaces))
        return true;
    struct arena *scratch = lookup->references->build->scratch;
    (void)error_rule(err, ERROR_INPUT, "E_REFERENCE", "%.*s may refer to %.*s or to %.*s",
                     STR_ARG(kust_id_text(&lookup->referrer->id, scratch)),
                     STR_ARG(kust_id_text(&candidates->list.items[0]->id, scratch)),
                     STR_ARG(kust_id_text(&candidates->list.items[1]->id, scratch)));
    return error_at(err, lookup->referrer->source);
}

static int compare_places(const struct resource *a, const struct resource *b)
{
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Candidates from several buckets come in the order of the map, each once. */
static void sort_candidates(struct selection *candidates)
{
    for (size_t i = 1; i < candidates->list.len; i++) {
        struct resource *moving = candidates->list.items[i];
        size_t place = i;
        for (; place > 0 && compare_places(moving, candidates->list.items[place - 1]) < 0; place--)
            candidates->list.items[place] = candidates->list.items[place - 1];
        candidates->list.items[place] = moving;
    }
}

static const struct selection *bucket(const struct references *references, const struct map *index,
                                      str name, str namespace)
{
    struct arena *scratch = references->build->scratch;
    return map_get(index, join_key(scratch, name, namespace));
}

/* All that had the name and that the referrer can see. */
static void find_by_name(const struct lookup *lookup, str name, struct selection *candidates)
{
    const struct references *references = lookup->references;
    const struct kust_id *from = &lookup->referrer->id;
    const struct selection *all = map_get(&references->by_name, name);
    if (from->cluster_scoped || all == NULL || all->list.len <= 4) {
        sieve(lookup, all, candidates);
        return;
    }
    str own = kust_namespace_effective(from);
    sieve(lookup, bucket(references, &references->by_place, name, own), candidates);
    sieve(lookup, bucket(references, &references->by_place, name, STR("_non_namespaceable_")),
          candidates);
    VEC_FOR (str, namespace, &lookup->subject_namespaces->list)
        if (!str_equal(*namespace, own))
            sieve(lookup, bucket(references, &references->by_place, name, *namespace), candidates);
    sort_candidates(candidates);
}

/* Is there anything the referrer can see whose first namespace this was? */
static bool was_namespace(const struct lookup *lookup, str namespace)
{
    const struct references *references = lookup->references;
    struct arena *scratch = references->build->scratch;
    const struct kust_id *from = &lookup->referrer->id;
    if (from->cluster_scoped)
        return map_has(&references->origins, join_key(scratch, STR(""), namespace));
    str own = kust_namespace_effective(from);
    if (map_has(&references->origins, join_key(scratch, own, namespace)))
        return true;
    VEC_FOR (str, other, &lookup->subject_namespaces->list)
        if (map_has(&references->origins, join_key(scratch, *other, namespace)))
            return true;
    return false;
}

static bool edit_name(void *context, value node, struct arena *arena, value *ret_node,
                      struct error *err)
{
    const struct lookup *lookup = context;
    struct selection candidates = {0};
    struct resource *target = NULL;
    *ret_node = node;
    find_by_name(lookup, kust_scalar_text(node), &candidates);
    if (!choose(lookup, &candidates, false, &target, err))
        return false;
    if (target != NULL && !str_equal(target->id.name, kust_scalar_text(node)))
        *ret_node = kust_scalar_untyped(node, target->id.name, arena);
    return true;
}

/* {name: …, namespace: …}: as in webhooks and subjects. */
static bool edit_named(const struct lookup *lookup, value node, struct arena *arena,
                       value *ret_node, struct error *err)
{
    struct selection candidates = {0};
    struct resource *target = NULL;
    value name = value_get(node, STR("name"));
    value namespace = value_get(node, STR("namespace"));
    *ret_node = node;
    if (!value_present(name))
        return error_rule(err, ERROR_INPUT, "E_REFERENCE",
                          "a reference to an object has no field `name`");
    str wanted = kust_scalar_text(namespace);
    const struct references *references = lookup->references;
    if (!value_present(namespace))
        find_by_name(lookup, kust_scalar_text(name), &candidates);
    else if (!str_equal(wanted, STR("_non_namespaceable_")))
        sieve(lookup,
              bucket(references,
                     was_namespace(lookup, wanted) ? &references->by_origin : &references->by_place,
                     kust_scalar_text(name), wanted),
              &candidates);
    if (!choose(lookup, &candidates, true, &target, err))
        return false;
    if (target == NULL ||
        (str_equal(target->id.name, kust_scalar_text(name)) && target->id.namespace.len == 0))
        return true;
    *ret_node =
        value_with(node, STR("name"), kust_scalar_untyped(name, target->id.name, arena), arena);
    if (target->id.namespace.len != 0)
        *ret_node = value_with(*ret_node, STR("namespace"),
                               kust_field_untyped(namespace, target->id.namespace, arena), arena);
    return true;
}

static bool edit_one(void *context, value node, struct arena *arena, value *ret_node,
                     struct error *err)
{
    switch ((enum value_kind)node.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL: *ret_node = node; return true;
    case VALUE_OBJECT: return edit_named(context, node, arena, ret_node, err);
    case VALUE_ARRAY:
        return error_rule(err, ERROR_INPUT, "E_REFERENCE", "a list of lists holds no names");
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_STRING: break;
    }
    return edit_name(context, node, arena, ret_node, err);
}

static bool edit_reference(void *context, value node, struct arena *arena, value *ret_node,
                           struct error *err)
{
    if (node.kind != VALUE_ARRAY)
        return edit_one(context, node, arena, ret_node, err);
    *ret_node = node;
    for (size_t i = 0; i < node.len; i++) {
        value item;
        if (!edit_one(context, value_item(node, i), arena, &item, err))
            return false;
        if (!kust_same(item, value_item(node, i)))
            *ret_node = value_with_item(*ret_node, i, item, arena);
    }
    return true;
}

static bool subject_namespaces(struct build *build, const struct resource *resource,
                               struct names *names, struct error *err)
{
    if (!str_equal(resource->id.gvk.kind, STR("RoleBinding")) || resource->id.cluster_scoped)
        return true;
    value subjects = value_get(resource->document, STR("subjects"));
    for (size_t i = 0; subjects.kind == VALUE_ARRAY && i < subjects.len; i++) {
        value subject = value_item(subjects, i);
        value namespace = value_get(subject, STR("namespace"));
        if (!value_present(namespace) ||
            !str_equal(value_str(value_get(subject, STR("kind"))), STR("ServiceAccount")))
            continue;
        if (namespace.kind != VALUE_STRING) {
            (void)error_rule(err, ERROR_INPUT, "E_REFERENCE",
                             "subjects[%zu] of %.*s has a namespace that is no text", i,
                             STR_ARG(kust_id_text(&resource->id, build->scratch)));
            return error_at(err, resource->source);
        }
        if (!is_one_of(names, value_str(namespace)))
            VEC_PUSH(build->scratch, &names->list, value_str(namespace));
    }
    return true;
}

static bool fix_rows(struct references *references, struct resource *resource,
                     const struct gvk *original, const struct rows *rows, struct error *err)
{
    struct build *build = references->build;
    struct names namespaces = {0};
    if (rows == NULL)
        return true;
    if (!subject_namespaces(build, resource, &namespaces, err))
        return false;
    value document = resource->document;
    for (size_t i = 0; i < rows->list.len; i++) {
        struct lookup lookup = {.references = references,
                                .referrer = resource,
                                .row = &rows->list.items[i],
                                .subject_namespaces = &namespaces};
        struct field_edit edit = {
            .edit = edit_reference, .context = &lookup, .arena = build->arena};
        if (!kust_gvk_selected(original, &lookup.row->spec->gvk))
            continue;
        if (!kust_edit_field(&edit, lookup.row->spec->path, lookup.row->spec->create, document,
                             &document, err))
            return error_at(err, resource->source);
    }
    if (!kust_same(document, resource->document))
        kust_resource_set(build, resource, document);
    return true;
}

bool kust_fix_references(struct build *build, struct resmap *map,
                         const struct transformer_config *config, struct error *err)
{
    struct references references = {.build = build, .map = map};
    if (config == NULL)
        return true;
    struct arena_mark mark = arena_mark(build->scratch);
    index_targets(&references);
    index_rows(&references, config);
    bool fixed = true;
    for (size_t i = 0; i < map->list.len && fixed; i++) {
        struct resource *resource = map->list.items[i];
        struct kust_id original = kust_resource_original(resource);
        struct arena_mark inner = arena_mark(build->scratch);
        const struct rows *own = map_get(&references.by_kind, original.gvk.kind);
        const struct rows *any = map_get(&references.by_kind, STR(""));
        fixed = fix_rows(&references, resource, &original.gvk, own, err) &&
                fix_rows(&references, resource, &original.gvk, any, err) &&
                kust_check_budget(build, err);
        arena_rewind(build->scratch, inner);
    }
    arena_rewind(build->scratch, mark);
    kust_resmap_changed(map);
    return fixed;
}
