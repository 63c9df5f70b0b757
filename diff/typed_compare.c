#include "diff/typed.h"

#include "diff/items.h"

enum change { ADDED, MODIFIED, REMOVED, CHANGES };

/* What a comparison of two values found: below them, and of themselves. */
struct found {
    struct field_set below[CHANGES];
    bool self[CHANGES];
};

/* The same while its nodes are still collected. */
struct level {
    struct node_list nodes[CHANGES];
};

static struct found compare_value(const struct schema_type *type, value left, value right,
                                  struct arena *arena);

static void level_add(struct level *level, struct path_element element, const struct found *found,
                      struct arena *arena)
{
    for (int change = 0; change < CHANGES; change++)
        node_list_add(&level->nodes[change], arena, element, found->self[change],
                      found->below[change]);
}

static void level_finish(struct level *level, struct found *found, struct arena *arena)
{
    for (int change = 0; change < CHANGES; change++)
        found->below[change] = fields_union(found->below[change],
                                            node_list_finish(&level->nodes[change], arena), arena);
}

static void compare_leaf(value left, value right, struct found *found)
{
    if (!value_present(left))
        found->self[ADDED] = true;
    else if (!value_present(right))
        found->self[REMOVED] = true;
    else if (!value_equal(left, right))
        found->self[MODIFIED] = true;
}

static void compare_maps(const struct schema_type *type, value left, value right,
                         struct arena *arena, struct found *found)
{
    struct level level = {0};
    uint32_t left_len = value_is(left, VALUE_OBJECT) ? left.len : 0;
    uint32_t right_len = value_is(right, VALUE_OBJECT) ? right.len : 0;
    for (uint32_t i = 0, j = 0; i < left_len || j < right_len;) {
        const struct member *a = i < left_len ? &left.as.members[i] : NULL;
        const struct member *b = j < right_len ? &right.as.members[j] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : str_compare(a->key, b->key);
        i += order <= 0;
        j += order >= 0;
        str key = order <= 0 ? a->key : b->key;
        const struct schema_type *below = schema_member(type, key);
        if (below == NULL)
            continue;
        struct found inner = compare_value(below, order <= 0 ? a->val : value_absent(),
                                           order >= 0 ? b->val : value_absent(), arena);
        level_add(&level, path_field(key), &inner, arena);
    }
    level_finish(&level, found, arena);
}

static bool same_items(const struct item_index *left, const struct item_slot *a,
                       const struct item_index *right, const struct item_slot *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!value_equal(left->items.as.items[a[i].position], right->items.as.items[b[i].position]))
            return false;
    }
    return true;
}

/* One element of two lists, where it may stand several times on either side. */
static struct found compare_element(const struct schema_type *type, const struct item_index *left,
                                    const struct item_index *right,
                                    const struct path_element *element, struct arena *arena)
{
    size_t left_count, right_count;
    const struct item_slot *a = items_find(left, element, &left_count);
    const struct item_slot *b = items_find(right, element, &right_count);
    value before = a != NULL ? left->items.as.items[a->position] : value_absent();
    value after = b != NULL ? right->items.as.items[b->position] : value_absent();
    struct found found = {0};
    if (left_count <= 1 && right_count <= 1)
        return compare_value(type->items, before, after, arena);
    if (left_count > 1 && right_count > 1) {
        found.self[MODIFIED] =
            left_count != right_count || !same_items(left, a, right, b, left_count);
        return found;
    }
    if (left_count > 1) {
        if (b != NULL)
            found = compare_value(type->items, value_absent(), after, arena);
        found.self[REMOVED] = true;
        return found;
    }
    if (a != NULL)
        found = compare_value(type->items, before, value_absent(), arena);
    found.self[ADDED] = true;
    return found;
}

static void compare_lists(const struct schema_type *type, value left, value right,
                          struct arena *arena, struct found *found)
{
    struct item_index a, b;
    struct level level = {0};
    value none = {.kind = VALUE_ARRAY};
    size_t bad, count;
    if (!items_index(type, value_is(left, VALUE_ARRAY) ? left : none, arena, &a, &bad, NULL) ||
        !items_index(type, value_is(right, VALUE_ARRAY) ? right : none, arena, &b, &bad, NULL)) {
        compare_leaf(left, right, found);
        return;
    }
    for (size_t i = 0; i < a.slot_count; i += count) {
        (void)items_find(&a, &a.slots[i].element, &count);
        struct found inner = compare_element(type, &a, &b, &a.slots[i].element, arena);
        level_add(&level, a.slots[i].element, &inner, arena);
    }
    for (size_t i = 0; i < b.slot_count; i += count) {
        size_t elsewhere;
        (void)items_find(&b, &b.slots[i].element, &count);
        if (items_find(&a, &b.slots[i].element, &elsewhere) != NULL)
            continue;
        struct found inner = compare_element(type, &a, &b, &b.slots[i].element, arena);
        level_add(&level, b.slots[i].element, &inner, arena);
    }
    level_finish(&level, found, arena);
}

static bool is_empty_or(value v, enum value_kind kind)
{
    return !value_is(v, kind) || v.len == 0;
}

/* Returns true when the value was taken as one leaf. */
static bool compare_form(const struct schema_type *type, enum form form, value left, value right,
                         struct arena *arena, struct found *found)
{
    if (form == FORM_MAP && type->map == MAP_GRANULAR &&
        !(is_empty_or(left, VALUE_OBJECT) && is_empty_or(right, VALUE_OBJECT))) {
        compare_maps(type, left, right, arena, found);
        return false;
    }
    if (form == FORM_LIST && type->list != LIST_ATOMIC &&
        !(is_empty_or(left, VALUE_ARRAY) && is_empty_or(right, VALUE_ARRAY))) {
        compare_lists(type, left, right, arena, found);
        return false;
    }
    compare_leaf(left, right, found);
    return true;
}

static struct found compare_value(const struct schema_type *type, value left, value right,
                                  struct arena *arena)
{
    struct found found = {0};
    bool shared = left.kind == right.kind && left.len == right.len && value_len(left) != 0 &&
                  left.as.items == right.as.items;
    if (shared)
        return found;
    enum form left_form = type_form(type, left), right_form = type_form(type, right);
    bool leaf;
    if (!value_present(right)) {
        leaf = compare_form(type, left_form, left, right, arena, &found);
    } else {
        /* A value that changed its form is compared in both. */
        if (value_present(left) && left_form != right_form)
            (void)compare_form(type, left_form, left, right, arena, &found);
        leaf = compare_form(type, right_form, left, right, arena, &found);
    }
    if (!leaf && !value_present(left))
        found.self[ADDED] = true;
    else if (!leaf && !value_present(right))
        found.self[REMOVED] = true;
    return found;
}

struct comparison typed_compare(const struct schema_type *type, value left, value right,
                                struct arena *arena)
{
    struct found found = compare_value(type, left, right, arena);
    return (struct comparison){.added = found.below[ADDED],
                               .modified = found.below[MODIFIED],
                               .removed = found.below[REMOVED]};
}

/* Maps of which nothing is declared are not reconciled: their structure is the object's own. */
static bool is_undeclared_map(const struct schema_type *type)
{
    const struct schema_type *values = type->values;
    return type->field_count == 0 && values != NULL &&
           ((values->flags & SCHEMA_UNTYPED) != 0 || values->scalar == SCALAR_ANY);
}

static bool is_atomic(const struct schema_type *type)
{
    if (type->map != MAP_NONE)
        return type->map == MAP_ATOMIC && !is_undeclared_map(type);
    return type->scalar == SCALAR_NONE && type->list == LIST_ATOMIC;
}

struct field_set typed_reconcile(const struct schema_type *type, struct field_set set,
                                 struct arena *arena)
{
    if (type->map != MAP_NONE ? is_undeclared_map(type) : type->scalar != SCALAR_NONE)
        return set;
    struct field_node *nodes = NULL;
    for (size_t i = 0; i < set.len; i++) {
        const struct field_node *node = &set.nodes[i];
        const struct schema_type *below = type->items;
        if (node->children.len == 0)
            continue;
        if (type->map != MAP_NONE)
            below = node->element.kind == PATH_FIELD
                        ? schema_member(type, value_str(node->element.val))
                        : type->values;
        if (below == NULL)
            continue;
        struct field_node changed = *node;
        if (is_atomic(below)) {
            changed.member = true;
            changed.children = (struct field_set){0};
        } else {
            changed.children = typed_reconcile(below, node->children, arena);
            if (changed.children.nodes == node->children.nodes)
                continue;
        }
        if (nodes == NULL) {
            nodes = ARENA_ARRAY(arena, struct field_node, set.len);
            memcpy(nodes, set.nodes, set.len * sizeof(*nodes));
        }
        nodes[i] = changed;
    }
    return nodes != NULL ? (struct field_set){.nodes = nodes, .len = set.len} : set;
}
