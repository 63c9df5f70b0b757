#include "diff/fields.h"

#include "diff/fields_internal.h"

#include <stdlib.h>

static struct field_set set_of(const struct field_node *nodes, size_t len)
{
    return (struct field_set){.nodes = len != 0 ? nodes : NULL, .len = len};
}

void node_list_add(struct node_list *list, struct arena *arena, struct path_element element,
                   bool member, struct field_set children)
{
    if (member || children.len != 0)
        VEC_PUSH(arena, &list->nodes, (struct field_node){element, children, member});
}

static int compare_nodes(const void *a, const void *b)
{
    const struct field_node *left = a, *right = b;
    return path_element_compare(&left->element, &right->element);
}

struct field_set node_list_finish(struct node_list *list, struct arena *arena)
{
    struct field_node *nodes = list->nodes.items;
    size_t len = list->nodes.len, sorted = 1, out = 0;
    while (sorted < len && compare_nodes(&nodes[sorted - 1], &nodes[sorted]) < 0)
        sorted++;
    if (sorted >= len)
        return set_of(nodes, len);
    qsort(nodes, len, sizeof(*nodes), compare_nodes);
    for (size_t i = 1; i < len; i++) {
        if (compare_nodes(&nodes[out], &nodes[i]) != 0) {
            nodes[++out] = nodes[i];
            continue;
        }
        nodes[out].member = nodes[out].member || nodes[i].member;
        nodes[out].children = fields_union(nodes[out].children, nodes[i].children, arena);
    }
    return set_of(nodes, out + 1);
}

size_t fields_count(struct field_set set)
{
    size_t count = 0;
    for (size_t i = 0; i < set.len; i++)
        count += set.nodes[i].member + fields_count(set.nodes[i].children);
    return count;
}

bool fields_equal(struct field_set a, struct field_set b)
{
    if (a.len != b.len)
        return false;
    if (a.nodes == b.nodes)
        return true;
    for (size_t i = 0; i < a.len; i++) {
        const struct field_node *x = &a.nodes[i], *y = &b.nodes[i];
        if (x->member != y->member || path_element_compare(&x->element, &y->element) != 0 ||
            !fields_equal(x->children, y->children))
            return false;
    }
    return true;
}

const struct field_node *fields_node(struct field_set set, const struct path_element *element)
{
    size_t low = 0, high = set.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = path_element_compare(&set.nodes[middle].element, element);
        if (order == 0)
            return &set.nodes[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct field_set fields_below(struct field_set set, const struct path_element *element)
{
    const struct field_node *node = fields_node(set, element);
    return node != NULL ? node->children : (struct field_set){0};
}

bool fields_has(struct field_set set, const struct path_element *path, size_t len)
{
    const struct field_node *node = NULL;
    for (size_t i = 0; i < len; i++) {
        node = fields_node(set, &path[i]);
        if (node == NULL)
            return false;
        set = node->children;
    }
    return node != NULL && node->member;
}

static bool walk(struct field_set set, struct path_element *path, size_t len, fields_visit *visit,
                 void *context)
{
    CHECK(len < FIELDS_DEPTH);
    for (size_t i = 0; i < set.len; i++) {
        path[len] = set.nodes[i].element;
        if (set.nodes[i].member && !visit(context, path, len + 1))
            return false;
    }
    for (size_t i = 0; i < set.len; i++) {
        path[len] = set.nodes[i].element;
        if (set.nodes[i].children.len != 0 &&
            !walk(set.nodes[i].children, path, len + 1, visit, context))
            return false;
    }
    return true;
}

bool fields_walk(struct field_set set, fields_visit *visit, void *context)
{
    struct path_element path[FIELDS_DEPTH];
    return walk(set, path, 0, visit, context);
}

/* The next pair of nodes of two sorted sets; the one that has no partner comes with NULL. */
struct zip {
    struct field_set a, b;
    size_t i, j;
};

static bool zip_next(struct zip *zip, const struct field_node **ret_a,
                     const struct field_node **ret_b)
{
    const struct field_node *a = zip->i < zip->a.len ? &zip->a.nodes[zip->i] : NULL;
    const struct field_node *b = zip->j < zip->b.len ? &zip->b.nodes[zip->j] : NULL;
    if (a == NULL && b == NULL)
        return false;
    int order = a == NULL ? 1 : b == NULL ? -1 : path_element_compare(&a->element, &b->element);
    zip->i += order <= 0;
    zip->j += order >= 0;
    *ret_a = order <= 0 ? a : NULL;
    *ret_b = order >= 0 ? b : NULL;
    return true;
}

struct field_set fields_union(struct field_set a, struct field_set b, struct arena *arena)
{
    if (a.len == 0 || a.nodes == b.nodes)
        return b;
    if (b.len == 0)
        return a;
    struct field_node *nodes = ARENA_ARRAY(arena, struct field_node, a.len + b.len);
    size_t len = 0;
    struct zip zip = {.a = a, .b = b};
    for (const struct field_node *x, *y; zip_next(&zip, &x, &y);) {
        nodes[len] = x != NULL ? *x : *y;
        if (x != NULL && y != NULL) {
            nodes[len].member = x->member || y->member;
            nodes[len].children = fields_union(x->children, y->children, arena);
        }
        len++;
    }
    return set_of(nodes, len);
}

struct field_set fields_intersection(struct field_set a, struct field_set b, struct arena *arena)
{
    if (a.len == 0 || b.len == 0)
        return (struct field_set){0};
    struct node_list out = {0};
    struct zip zip = {.a = a, .b = b};
    for (const struct field_node *x, *y; zip_next(&zip, &x, &y);) {
        if (x != NULL && y != NULL)
            node_list_add(&out, arena, x->element, x->member && y->member,
                          fields_intersection(x->children, y->children, arena));
    }
    return set_of(out.nodes.items, out.nodes.len);
}

static struct field_set difference(struct field_set a, struct field_set b, bool recursive,
                                   struct arena *arena)
{
    if (a.len == 0 || b.len == 0)
        return a;
    struct node_list out = {0};
    struct zip zip = {.a = a, .b = b};
    for (const struct field_node *x, *y; zip_next(&zip, &x, &y);) {
        if (x == NULL || (recursive && y != NULL && y->member))
            continue;
        if (y == NULL)
            VEC_PUSH(arena, &out.nodes, *x);
        else
            node_list_add(&out, arena, x->element, x->member && !y->member,
                          difference(x->children, y->children, recursive, arena));
    }
    return set_of(out.nodes.items, out.nodes.len);
}

struct field_set fields_difference(struct field_set a, struct field_set b, struct arena *arena)
{
    return difference(a, b, false, arena);
}

struct field_set fields_recursive_difference(struct field_set a, struct field_set b,
                                             struct arena *arena)
{
    return difference(a, b, true, arena);
}

struct field_set fields_leaves(struct field_set set, struct arena *arena)
{
    struct field_node *nodes = ARENA_ARRAY(arena, struct field_node, set.len);
    for (size_t i = 0; i < set.len; i++) {
        nodes[i] = set.nodes[i];
        nodes[i].member = nodes[i].member && nodes[i].children.len == 0;
        nodes[i].children = fields_leaves(nodes[i].children, arena);
    }
    return set_of(nodes, set.len);
}

struct field_set fields_with_named(struct field_set set, const struct schema_type *type,
                                   struct arena *arena)
{
    struct field_node *nodes = ARENA_ARRAY(arena, struct field_node, set.len);
    for (size_t i = 0; i < set.len; i++) {
        const struct schema_type *below = NULL;
        nodes[i] = set.nodes[i];
        if (nodes[i].children.len == 0)
            continue;
        if (type != NULL && nodes[i].element.kind == PATH_FIELD && type->map != MAP_NONE) {
            str name = value_str(nodes[i].element.val);
            below = type_of_member(type, name);
            nodes[i].member = nodes[i].member || schema_field(type, name) != NULL;
        } else if (type != NULL && nodes[i].element.kind == PATH_KEY && type->list != LIST_NONE) {
            below = type_of_item(type);
        }
        nodes[i].children = fields_with_named(nodes[i].children, below, arena);
    }
    return set_of(nodes, set.len);
}

/* A level of the builder keeps what was added in order and is sorted when it is finished. */
struct build_node {
    struct path_element element;
    bool member;
    struct build_node *first_child, *last_child, *next;
};

struct fields_builder {
    struct arena *arena;
    struct build_node root;
};

struct fields_builder *fields_begin(struct arena *arena)
{
    struct fields_builder *builder = ARENA_NEW(arena, struct fields_builder);
    builder->arena = arena;
    return builder;
}

void fields_add(struct fields_builder *builder, const struct path_element *path, size_t len)
{
    struct build_node *node = &builder->root;
    CHECK(len < FIELDS_DEPTH);
    for (size_t i = 0; i < len; i++) {
        struct build_node *child = node->last_child;
        /* Paths mostly come in order: only the newest child is looked at, finish joins the rest. */
        if (child == NULL || path_element_compare(&child->element, &path[i]) != 0) {
            child = ARENA_NEW(builder->arena, struct build_node);
            child->element = path[i];
            if (node->last_child != NULL)
                node->last_child->next = child;
            else
                node->first_child = child;
            node->last_child = child;
        }
        node = child;
    }
    if (len != 0)
        node->member = true;
}

static struct field_set finish_node(const struct build_node *node, struct arena *arena)
{
    struct node_list list = {0};
    for (const struct build_node *child = node->first_child; child != NULL; child = child->next)
        node_list_add(&list, arena, child->element, child->member, finish_node(child, arena));
    return node_list_finish(&list, arena);
}

struct field_set fields_finish(struct fields_builder *builder, struct arena *arena)
{
    return finish_node(&builder->root, arena);
}
