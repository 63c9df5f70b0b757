/* The walk over Git's document and the live one, side by side with the sets of who owns what. */
#include "syncd/live/drift.h"

#include "syncd/live/drift_internal.h"
#include "syncd/live/live.h"

#include <stdlib.h>

static bool is_member(const struct field_node *node)
{
    return node != NULL && node->member;
}

static struct field_set below(const struct field_node *node)
{
    return node != NULL ? node->children : (struct field_set){0};
}

static bool is_empty_container(value v)
{
    return (v.kind == VALUE_OBJECT || v.kind == VALUE_ARRAY) && v.len == 0;
}

/* `0.5` and `500m` are one value to the server, and it may print either. */
static bool same_quantity(value a, value b)
{
    str left = a.kind == VALUE_NUMBER ? value_number_text(a) : value_str(a);
    str right = b.kind == VALUE_NUMBER ? value_number_text(b) : value_str(b);
    struct quantity x, y;
    return quantity_parse(left, &x) && quantity_parse(right, &y) && quantity_compare(x, y) == 0;
}

static void compare(struct drift_walk *walk, value stated, value live, struct ownership at);

/* Where nobody owns anything, defaults in the items of a list cannot be told from Git's: more is
 * right. */
static bool covers(value stated, value live, size_t depth)
{
    if (stated.kind != live.kind || value_len(stated) == 0 || depth == DRIFT_DEPTH)
        return value_equal(stated, live) || same_quantity(stated, live);
    if (stated.kind == VALUE_ARRAY && stated.len != live.len)
        return false;
    for (uint32_t i = 0; i < stated.len; i++) {
        bool equal = stated.kind == VALUE_ARRAY
                         ? covers(value_item(stated, i), value_item(live, i), depth + 1)
                         : covers(value_member(stated, i)->val,
                                  value_get(live, value_member(stated, i)->key), depth + 1);
        if (!equal)
            return false;
    }
    return true;
}

static void compare_leaf(struct drift_walk *walk, value stated, value live, struct ownership at)
{
    bool equal = value_equal(stated, live) || (is_member(at.own) && same_quantity(stated, live)) ||
                 (at.own == NULL && at.all == NULL && covers(stated, live, 0));
    if (!equal)
        drift_report(walk, DRIFT_CHANGED, stated, live, at);
    else if (!is_member(at.own) && is_member(at.all))
        drift_report(walk, DRIFT_TAKEN, stated, live, at);
}

/* True when the value is owned whole: what stands in it has no owner of its own. */
static bool is_atomic(struct ownership at, value stated)
{
    return is_member(at.all) && at.all->children.len == 0 && value_len(stated) != 0;
}

/* Ours with all that stands in it, whatever others own there as well. */
static bool is_ours_whole(const struct field_node *own)
{
    return is_member(own) && own->children.len == 0;
}

static struct ownership ownership_below(struct ownership at, const struct path_element *element)
{
    static const struct field_node whole = {.member = true};
    return (struct ownership){.own = is_ours_whole(at.own) ? &whole
                                                           : fields_node(below(at.own), element),
                              .all = fields_node(below(at.all), element)};
}

static void step(struct drift_walk *walk, struct path_element element, uint32_t position,
                 value stated, value live, struct ownership at)
{
    if (walk->depth == DRIFT_DEPTH) {
        walk->too_deep = true;
        return;
    }
    walk->path[walk->depth] = element;
    walk->place[walk->depth] = position;
    walk->depth++;
    compare(walk, stated, live, ownership_below(at, &element));
    walk->depth--;
}

/* What the server alone sets, or what is the object's identity. */
static bool is_of_the_server(const struct drift_walk *walk, str key, struct ownership at)
{
    static const str top[] = {STR_INIT("apiVersion"), STR_INIT("kind")};
    static const str metadata[] = {
        STR_INIT("name"),     STR_INIT("namespace"),         STR_INIT("generateName"),
        STR_INIT("uid"),      STR_INIT("resourceVersion"),   STR_INIT("generation"),
        STR_INIT("selfLink"), STR_INIT("creationTimestamp"), STR_INIT("managedFields"),
    };
    struct path_element element = path_field(key);
    if (walk->depth == 0) {
        for (size_t i = 0; i < ARRAY_LEN(top); i++) {
            if (str_equal(key, top[i]))
                return true;
        }
        /* Where status is a subresource, an apply of the object leaves it out. */
        return str_equal(key, STR("status")) && fields_node(below(at.own), &element) == NULL;
    }
    if (walk->depth != 1 || !str_equal(value_str(walk->path[0].val), STR("metadata")))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(metadata); i++) {
        if (str_equal(key, metadata[i]))
            return true;
    }
    return false;
}

/* A field of our set that Git does not state: only an apply under our name can have put it there.
 */
static void report_stale(struct drift_walk *walk, const struct path_element *element, value live,
                         struct ownership at)
{
    if (!value_present(live) || walk->depth == DRIFT_DEPTH)
        return;
    walk->path[walk->depth++] = *element;
    drift_report(walk, DRIFT_STALE, value_absent(), live, ownership_below(at, element));
    walk->depth--;
}

static void compare_members(struct drift_walk *walk, value stated, value live, struct ownership at)
{
    for (uint32_t i = 0; i < value_len(stated); i++) {
        const struct member *member = value_member(stated, i);
        if (!is_of_the_server(walk, member->key, at))
            step(walk, path_field(member->key), i, member->val, value_get(live, member->key), at);
    }
    struct field_set own = below(at.own);
    for (size_t i = 0; i < own.len; i++) {
        const struct path_element *element = &own.nodes[i].element;
        if (walk->displaced && walk->depth == 0 &&
            str_equal(value_str(element->val), STR("stringData")))
            continue; /* was folded into data */
        value there = value_get(stated, value_str(element->val));
        if (element->kind == PATH_FIELD && (!value_present(there) || there.kind == VALUE_NULL))
            report_stale(walk, element, value_get(live, value_str(element->val)), at);
    }
}

/* Keys that Git does not state are the server's defaults. */
static bool item_may_have_key(value item, value key)
{
    bool stated = false;
    for (uint32_t i = 0; i < value_len(key); i++) {
        const struct member *part = value_member(key, i);
        value there = value_get(item, part->key);
        if (value_present(there) && !value_equal(there, part->val))
            return false;
        stated = stated || value_present(there);
    }
    return stated;
}

/* The element under which somebody owns the item, ours first. */
static const struct path_element *owned_element(value item, struct ownership at)
{
    const struct field_set sets[] = {below(at.own), below(at.all)};
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        for (size_t j = 0; j < sets[i].len; j++) {
            const struct path_element *element = &sets[i].nodes[j].element;
            if ((element->kind == PATH_KEY && item_may_have_key(item, element->val)) ||
                (element->kind == PATH_VALUE && value_equal(item, element->val)))
                return element;
        }
    }
    return NULL;
}

/* For an item that nobody owns: its values of the names by which its neighbours are told apart. */
static bool guess_element(value item, struct ownership at, struct arena *arena,
                          struct path_element *ret_element)
{
    struct field_set all = below(at.all);
    struct object_builder key;
    object_begin(&key, arena);
    if (!value_is(item, VALUE_OBJECT)) {
        *ret_element = (struct path_element){.kind = PATH_VALUE, .val = item};
        return true;
    }
    for (size_t i = 0; i < all.len; i++) {
        value names = all.nodes[i].element.val;
        if (all.nodes[i].element.kind != PATH_KEY)
            continue;
        for (uint32_t j = 0; j < value_len(names); j++) {
            str name = value_member(names, j)->key;
            if (value_present(value_get(item, name)))
                object_add(&key, name, value_get(item, name));
        }
        break;
    }
    if (key.members.len == 0 && value_is(value_get(item, STR("name")), VALUE_STRING))
        object_add(&key, STR("name"), value_get(item, STR("name")));
    *ret_element = (struct path_element){.kind = PATH_KEY, .val = object_finish(&key)};
    return value_len(ret_element->val) != 0;
}

static bool item_has_key(value item, const struct path_element *element)
{
    if (element->kind == PATH_VALUE)
        return value_equal(item, element->val);
    for (uint32_t i = 0; i < value_len(element->val); i++) {
        const struct member *part = value_member(element->val, i);
        if (!value_equal(value_get(item, part->key), part->val))
            return false;
    }
    return true;
}

static value find_item(value list, const struct path_element *element)
{
    for (uint32_t i = 0; i < value_len(list); i++) {
        if (item_has_key(value_item(list, i), element))
            return value_item(list, i);
    }
    return value_absent();
}

/* How the items of a list are told apart, as far as anybody's set or their names say. */
static bool is_keyed(value stated, value live, struct ownership at)
{
    struct field_set all = below(at.all);
    for (size_t i = 0; i < all.len; i++) {
        if (all.nodes[i].element.kind == PATH_KEY || all.nodes[i].element.kind == PATH_VALUE)
            return true;
    }
    if (at.own != NULL || at.all != NULL)
        return false;
    for (uint32_t i = 0; i < value_len(stated) + value_len(live); i++) {
        value item = i < value_len(stated) ? value_item(stated, i)
                                           : value_item(live, i - (uint32_t)value_len(stated));
        if (!value_is(value_get(item, STR("name")), VALUE_STRING))
            return false;
    }
    return true;
}

static bool is_stated(value stated, const struct path_element *element)
{
    for (uint32_t i = 0; i < value_len(stated); i++) {
        value item = value_item(stated, i);
        if (element->kind == PATH_VALUE ? value_equal(item, element->val)
                                        : item_may_have_key(item, element->val))
            return true;
    }
    return false;
}

static void compare_items(struct drift_walk *walk, value stated, value live, struct ownership at)
{
    for (uint32_t i = 0; i < value_len(stated); i++) {
        value item = value_item(stated, i);
        const struct path_element *owned = owned_element(item, at);
        struct path_element element;
        if (owned != NULL)
            element = *owned;
        else if (!guess_element(item, at, walk->arena, &element))
            element = (struct path_element){.kind = PATH_INDEX, .index = i};
        value there = element.kind == PATH_INDEX && i < value_len(live) ? value_item(live, i)
                                                                        : find_item(live, &element);
        step(walk, element, i, item, there, at);
    }
    struct field_set own = below(at.own);
    for (size_t i = 0; i < own.len; i++) {
        const struct path_element *element = &own.nodes[i].element;
        if (element->kind != PATH_INDEX && !is_stated(stated, element))
            report_stale(walk, element, find_item(live, element), at);
    }
}

static void compare(struct drift_walk *walk, value stated, value live, struct ownership at)
{
    if (stated.kind == VALUE_NULL)
        return; /* states that there is nothing */
    if (!value_present(live) || (live.kind == VALUE_NULL && stated.kind != VALUE_NULL)) {
        /* Servers leave empty maps and lists out as they like. */
        if (!is_empty_container(stated) || is_member(at.own))
            drift_report(walk, DRIFT_REMOVED, stated, live, at);
        return;
    }
    bool atomic = is_atomic(at, stated);
    if (!atomic && value_is(stated, VALUE_OBJECT) && value_is(live, VALUE_OBJECT))
        compare_members(walk, stated, live, at);
    else if (!atomic && value_is(stated, VALUE_ARRAY) && value_is(live, VALUE_ARRAY) &&
             is_keyed(stated, live, at))
        compare_items(walk, stated, live, at);
    else
        compare_leaf(walk, stated, live, at);
}

/* A Secret's stringData is written into data, and is never seen again. */
static value fold_string_texts(value stated, struct arena *arena)
{
    value texts = value_get(stated, STR("stringData"));
    if (!str_equal(value_str(value_get(stated, STR("kind"))), STR("Secret")) ||
        !str_equal(value_str(value_get(stated, STR("apiVersion"))), STR("v1")) ||
        !value_is(texts, VALUE_OBJECT))
        return stated;
    value bytes = value_get(stated, STR("data"));
    struct object_builder folded;
    object_begin(&folded, arena);
    for (uint32_t i = 0; i < value_len(bytes); i++)
        object_add(&folded, value_member(bytes, i)->key, value_member(bytes, i)->val);
    for (uint32_t i = 0; i < texts.len; i++) {
        const struct member *text = value_member(texts, i);
        object_add(&folded, text->key, value_string(base64_encode(arena, value_str(text->val))));
    }
    stated = value_without(stated, STR("stringData"), arena);
    return value_with(stated, STR("data"), object_finish(&folded), arena);
}

static bool any_of_class(const struct drifts *drifts, enum drift_class class)
{
    for (size_t i = 0; i < drifts->list.len; i++) {
        if (drifts->list.items[i].class == class)
            return true;
    }
    return false;
}

static void walk_documents(const struct drift_case *question, struct arena *arena, bool learning,
                           struct drifts *ret_drifts)
{
    struct drift_walk *walk = ARENA_NEW(arena, struct drift_walk);
    struct error ignored = ERROR_INIT;
    value managed = value_get2(question->live, STR("metadata"), STR("managedFields"));
    walk->arena = arena;
    walk->question = question;
    walk->found = ret_drifts;
    walk->learning = learning;
    if (!owners_parse(managed, arena, &walk->owners, &ignored))
        walk->owners = (struct owners){0}; /* as good as none */
    walk->own = owners_find(walk->owners, STR(FIELD_MANAGER), OWNER_APPLY, STR(""), STR(""));
    struct field_node own = {0}, all = {0};
    for (size_t i = 0; i < walk->owners.len; i++)
        all.children = fields_union(all.children, walk->owners.items[i].fields, arena);
    if (walk->own != NULL)
        own.children = live_fields(walk->own->fields, question->live, arena);
    value stated = fold_string_texts(question->stated, arena);
    walk->displaced = stated.as.members != question->stated.as.members;
    compare_members(walk, stated, question->live, (struct ownership){&own, &all});
    if (walk->own == NULL && !learning && !any_of_class(ret_drifts, DRIFT_TAKEN))
        drift_report(walk, DRIFT_CLEARED, value_absent(), value_absent(), (struct ownership){0});
}

void drift_find(const struct drift_case *question, struct arena *arena, struct drifts *ret_drifts)
{
    walk_documents(question, arena, false, ret_drifts);
}

static int compare_quirks(const void *a, const void *b)
{
    const struct drift_quirk *left = a, *right = b;
    return (left->path_hash > right->path_hash) - (left->path_hash < right->path_hash);
}

struct drift_quirks drift_learn(value stated, value answer, struct arena *arena)
{
    const struct drift_case question = {.stated = stated, .live = answer};
    struct drifts drifts = {0};
    walk_documents(&question, arena, true, &drifts);
    size_t count = drifts.list.len;
    if (count == 0)
        return (struct drift_quirks){0};
    struct drift_quirk *items = ARENA_ARRAY(arena, struct drift_quirk, count);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct drift_quirk){drifts.list.items[i].path_hash,
                                        value_hash(drifts.list.items[i].live)};
    qsort(items, count, sizeof(*items), compare_quirks);
    return (struct drift_quirks){items, count};
}

uint64_t drift_digest(const struct drifts *drifts)
{
    uint64_t digest = 1;
    for (size_t i = 0; i < drifts->list.len; i++) {
        const struct drift *drift = &drifts->list.items[i];
        digest = digest * UINT64_C(0x9e3779b97f4a7c15) + drift->path_hash;
        digest = digest * UINT64_C(0x9e3779b97f4a7c15) + value_hash(drift->live) + drift->class;
        digest ^= hash_stable(drift->manager) >> 7;
    }
    return digest != 0 ? digest : 1;
}

bool drift_is_undecided(const struct drifts *drifts)
{
    for (size_t i = 0; i < drifts->list.len; i++) {
        const struct drift *drift = &drifts->list.items[i];
        if (drift->class == DRIFT_STALE || drift->class == DRIFT_IMPOSTOR ||
            (drift->class == DRIFT_REMOVED && drift->manager.len == 0))
            return true;
    }
    return false;
}

/* --- leaving out --- */

static value without_place(value v, const uint32_t *place, size_t len, struct arena *arena)
{
    if (v.kind == VALUE_ARRAY) {
        if (len == 1)
            return value_without_item(v, place[0], arena);
        value item = without_place(value_item(v, place[0]), place + 1, len - 1, arena);
        return value_with_item(v, place[0], item, arena);
    }
    const struct member *member = value_member(v, place[0]);
    if (len == 1)
        return value_without(v, member->key, arena);
    return value_with(v, member->key, without_place(member->val, place + 1, len - 1, arena), arena);
}

bool drift_find_places(const struct drifts *drifts, const bool *leave, struct arena *arena,
                       struct drift_places *ret_places)
{
    struct drift_place *items = ARENA_ARRAY(arena, struct drift_place, drifts->list.len);
    size_t len = 0;
    for (size_t i = 0; i < drifts->list.len; i++) {
        const struct drift *drift = &drifts->list.items[i];
        if (!leave[i] || !value_present(drift->stated))
            continue; /* what Git does not state is left out already */
        if (!drift->can_leave_out)
            return false;
        items[len++] = (struct drift_place){drift->place, drift->place_len};
    }
    *ret_places = (struct drift_places){items, len};
    return true;
}

value drift_leave_out(value stated, struct drift_places places, struct arena *arena)
{
    /* From the end, so that the places before stay right. */
    for (size_t i = places.len; i-- > 0;)
        stated = without_place(stated, places.items[i].steps, places.items[i].len, arena);
    return stated;
}
