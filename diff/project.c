#include "diff/fields.h"

#include "diff/items.h"

#include <stdlib.h>

/*
 * A fold over the set in its own order, so that the order of items in the object does not count.
 * What each value contributes is its 64-bit stable hash; the fold keeps 128 bits.
 */
struct projector {
    struct arena *scratch;
    struct hash128 state;
};

enum mark { MARK_BELOW = 1, MARK_ABOVE };

/* The two halves of the 128-bit product, mixed. */
static uint64_t multiply(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two lanes with constants of their own; a lane that became 0 goes on from its constant. */
static void fold(struct projector *projector, uint64_t word)
{
    struct hash128 *state = &projector->state;
    state->low = multiply(state->low ^ word ^ UINT64_C(0xa0761d6478bd642f),
                          state->low + UINT64_C(0xe7037ed1a0b428db));
    state->high = multiply(state->high + word + UINT64_C(0x8ebc6af09c88c6e3),
                           state->high ^ UINT64_C(0x589965cc75374cc3));
}

struct hashed {
    uint64_t hash;
    uint32_t position;
};

/* The items of one list by hash: made for long lists only. */
struct lookup {
    value list;
    const struct hashed *hashed;
    value names; /* the key object whose names were hashed; ABSENT: items as they are */
};

#define LINEAR_MAX 8

static uint64_t hash_identity(value item, value names)
{
    uint64_t hash = 0;
    if (!value_present(names))
        return value_hash(item);
    for (uint32_t i = 0; i < names.len; i++)
        hash = hash * 31 + value_hash(value_get(item, names.as.members[i].key));
    return hash;
}

static int compare_hashed(const void *a, const void *b)
{
    const struct hashed *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return (left->position > right->position) - (left->position < right->position);
}

static struct lookup make_lookup(value list, const struct path_element *first,
                                 struct arena *scratch)
{
    struct lookup lookup = {.list = list, .names = value_absent()};
    if (!value_is(list, VALUE_ARRAY) || list.len <= LINEAR_MAX ||
        (first->kind != PATH_KEY && first->kind != PATH_VALUE))
        return lookup;
    if (first->kind == PATH_KEY)
        lookup.names = first->val;
    struct hashed *hashed = ARENA_ARRAY(scratch, struct hashed, list.len);
    for (uint32_t i = 0; i < list.len; i++)
        hashed[i] = (struct hashed){hash_identity(list.as.items[i], lookup.names), i};
    qsort(hashed, list.len, sizeof(*hashed), compare_hashed);
    lookup.hashed = hashed;
    return lookup;
}

static bool item_matches(value item, const struct path_element *element)
{
    if (element->kind == PATH_VALUE)
        return value_equal(item, element->val);
    for (uint32_t i = 0; i < element->val.len; i++) {
        const struct member *key = &element->val.as.members[i];
        if (!value_equal(value_get(item, key->key), key->val))
            return false;
    }
    return true;
}

static bool same_names(value a, value b)
{
    if (a.kind != b.kind || value_len(a) != value_len(b))
        return false;
    for (size_t i = 0; i < value_len(a); i++) {
        if (!str_equal(value_member(a, i)->key, value_member(b, i)->key))
            return false;
    }
    return true;
}

static value find_hashed(const struct lookup *lookup, const struct path_element *element)
{
    uint64_t hash = hash_identity(element->val, lookup->names);
    size_t low = 0, high = lookup->list.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lookup->hashed[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < lookup->list.len && lookup->hashed[low].hash == hash; low++) {
        value item = lookup->list.as.items[lookup->hashed[low].position];
        if (item_matches(item, element))
            return item;
    }
    return value_absent();
}

static value find_item(const struct lookup *lookup, const struct path_element *element)
{
    value list = lookup->list;
    value names = element->kind == PATH_KEY ? element->val : value_absent();
    if (!value_is(list, VALUE_ARRAY))
        return value_absent();
    if (element->kind == PATH_INDEX)
        return element->index < list.len ? list.as.items[element->index] : value_absent();
    if (lookup->hashed != NULL && same_names(names, lookup->names))
        return find_hashed(lookup, element);
    for (uint32_t i = 0; i < list.len; i++) {
        if (item_matches(list.as.items[i], element))
            return list.as.items[i];
    }
    return value_absent();
}

/* True when owning the value means to own that it is there, and not what is in it. */
static bool is_container(const struct schema_type *type, value v)
{
    if (type == NULL)
        return false;
    enum form form = type_form(type, v);
    return (form == FORM_MAP && type->map == MAP_GRANULAR && value_is(v, VALUE_OBJECT)) ||
           (form == FORM_LIST && type->list != LIST_ATOMIC && value_is(v, VALUE_ARRAY));
}

/* A map that is owned whole, but for members that others own, or own something below of. */
static value without_others(value v, struct field_set others, struct arena *scratch)
{
    if (!value_is(v, VALUE_OBJECT) || fields_empty(others))
        return v;
    struct object_builder left;
    object_begin(&left, scratch);
    for (uint32_t i = 0; i < v.len; i++) {
        const struct member *member = &v.as.members[i];
        struct path_element element = path_field(member->key);
        if (fields_node(others, &element) == NULL)
            object_add(&left, member->key, member->val);
    }
    return object_finish(&left);
}

/* What of the value the path element leads to, and its type. */
static value project_step(struct projector *projector, const struct path_element *element,
                          struct lookup *lookup, const struct schema_type *type, value v,
                          const struct schema_type **ret_below)
{
    if (element->kind == PATH_FIELD) {
        *ret_below = type_of_member(type, value_str(element->val));
        return value_get(v, value_str(element->val));
    }
    if (lookup->hashed == NULL)
        *lookup = make_lookup(v, element, projector->scratch);
    *ret_below = type_of_item(type);
    return find_item(lookup, element);
}

/*
 * What is not there says nothing, and a field above that has nothing below it neither: servers
 * leave out empty maps that were applied, and later call them somebody else's.
 */
static void project(struct projector *projector, struct field_set set, struct field_set others,
                    const struct schema_type *type, value v)
{
    struct lookup lookup = {.list = v, .names = value_absent()};
    for (size_t i = 0; i < set.len; i++) {
        const struct field_node *node = &set.nodes[i];
        const struct schema_type *below = NULL;
        struct field_set around = {0};
        struct hash128 before = projector->state;
        value child = project_step(projector, &node->element, &lookup, type, v, &below);
        if (!value_present(child))
            continue;
        if (!fields_empty(others))
            around = fields_below(others, &node->element);
        fold(projector, ((uint64_t)node->element.kind << 32) + node->element.index);
        fold(projector, value_hash(node->element.val));
        if (node->children.len == 0) {
            child = without_others(child, around, projector->scratch);
            fold(projector, is_container(below, child) ? child.kind : value_hash(child));
            continue;
        }
        fold(projector, MARK_BELOW);
        struct hash128 nothing = projector->state;
        project(projector, node->children, around, below, child);
        if (!node->member && nothing.low == projector->state.low &&
            nothing.high == projector->state.high)
            projector->state = before;
        else
            fold(projector, MARK_ABOVE);
    }
}

struct hash128 fields_project_hash_among(struct field_set set, struct field_set others,
                                         const struct schema_type *type, value object,
                                         struct arena *scratch)
{
    struct arena_mark mark = arena_mark(scratch);
    struct projector projector = {.scratch = scratch};
    project(&projector, set, others, type, object);
    arena_rewind(scratch, mark);
    return projector.state;
}

struct hash128 fields_project_hash(struct field_set set, const struct schema_type *type,
                                   value object, struct arena *scratch)
{
    return fields_project_hash_among(set, (struct field_set){0}, type, object, scratch);
}
