#include "diff/typed.h"

#include "diff/items.h"

struct merger {
    struct arena *arena;
    struct typed_errors *errors;
};

static value merge_value(struct merger *merger, const struct schema_type *type, value left,
                         value right);

/* The right side where there is one, null included. */
static value keep_right(value left, value right)
{
    return value_present(right) ? right : left;
}

static value merge_map(struct merger *merger, const struct schema_type *type, value left,
                       value right)
{
    struct object_builder out;
    object_begin(&out, merger->arena);
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
        value merged = merge_value(merger, below, order <= 0 ? a->val : value_absent(),
                                   order >= 0 ? b->val : value_absent());
        if (value_present(merged))
            object_add(&out, key, merged);
    }
    return out.members.len != 0 ? object_finish(&out) : value_absent();
}

/* The state of merging two lists whose items are known by elements. */
struct zipper {
    struct merger *merger;
    const struct schema_type *type;
    struct item_index left, right;
    size_t shared; /* position in `right` of the next item that `left` has, too */
    bool *taken;   /* by position in `right` */
    struct array_builder out;
};

static bool has_element(const struct item_index *index, const struct path_element *element)
{
    size_t count;
    return items_find(index, element, &count) != NULL;
}

static void next_shared(struct zipper *zipper, size_t from)
{
    while (from < zipper->right.len && !has_element(&zipper->left, &zipper->right.elements[from]))
        from++;
    zipper->shared = from;
}

static void emit(struct zipper *zipper, value left, value right)
{
    value merged = merge_value(zipper->merger, zipper->type->items, left, right);
    if (value_present(merged))
        array_add(&zipper->out, merged);
}

/* The left item of an element; null when it stands there more than once: then it is not merged. */
static value left_partner(const struct zipper *zipper, const struct path_element *element)
{
    size_t count;
    const struct item_slot *slot = items_find(&zipper->left, element, &count);
    if (slot == NULL)
        return value_absent();
    return count == 1 ? zipper->left.items.as.items[slot->position] : value_null();
}

static void emit_right(struct zipper *zipper, size_t at)
{
    zipper->taken[at] = true;
    emit(zipper, left_partner(zipper, &zipper->right.elements[at]),
         zipper->right.items.as.items[at]);
    if (zipper->shared == at)
        next_shared(zipper, at + 1);
}

/*
 * Walks both lists. Items that only one side has keep their place between the shared ones; shared
 * ones come in the order of the right side.
 */
static void zip_lists(struct zipper *zipper)
{
    const struct item_index *left = &zipper->left, *right = &zipper->right;
    for (size_t i = 0, j = 0; i < left->len || j < right->len;) {
        const struct item_slot *partner = NULL;
        size_t count;
        if (i < left->len)
            partner = items_find(right, &left->elements[i], &count);
        if (i < left->len && j < right->len && partner != NULL) {
            bool wanted = zipper->shared < right->len && zipper->shared == partner->position;
            if (partner->position == j) {
                zipper->taken[j] = true;
                emit(zipper, left_partner(zipper, &left->elements[i]), right->items.as.items[j]);
                next_shared(zipper, zipper->shared + 1);
                i++;
                j++;
                continue;
            }
            if (zipper->shared < right->len && !wanted) {
                i++;
                continue;
            }
        }
        if (i < left->len && partner == NULL) {
            emit(zipper, left->items.as.items[i], value_absent());
            i++;
            continue;
        }
        if (i < left->len && zipper->taken[partner->position])
            i++;
        if (j < right->len)
            emit_right(zipper, j++);
    }
}

static void report_list(struct merger *merger, size_t bad, str reason)
{
    VEC_PUSH(merger->arena, &merger->errors->list,
             arena_printf(merger->arena, "element %zu: %.*s", bad, STR_ARG(reason)));
}

static value merge_list(struct merger *merger, const struct schema_type *type, value left,
                        value right)
{
    struct zipper zipper = {.merger = merger, .type = type};
    size_t bad;
    str reason;
    value none = {.kind = VALUE_ARRAY};
    if (!items_index(type, value_is(left, VALUE_ARRAY) ? left : none, merger->arena, &zipper.left,
                     &bad, &reason) ||
        !items_index(type, value_is(right, VALUE_ARRAY) ? right : none, merger->arena,
                     &zipper.right, &bad, &reason)) {
        report_list(merger, bad, reason);
        return value_absent();
    }
    zipper.taken = ARENA_ARRAY(merger->arena, bool, zipper.right.len);
    array_begin(&zipper.out, merger->arena);
    next_shared(&zipper, 0);
    zip_lists(&zipper);
    return zipper.out.items.len != 0 ? array_finish(&zipper.out) : value_absent();
}

static bool is_empty_or(value v, enum value_kind kind)
{
    return !value_is(v, kind) || v.len == 0;
}

static value merge_form(struct merger *merger, const struct schema_type *type, enum form form,
                        value left, value right)
{
    switch (form) {
    case FORM_MAP:
        if (type->map == MAP_ATOMIC ||
            (is_empty_or(left, VALUE_OBJECT) && is_empty_or(right, VALUE_OBJECT)))
            break;
        return merge_map(merger, type, left, right);
    case FORM_LIST:
        if (type->list == LIST_ATOMIC ||
            (is_empty_or(left, VALUE_ARRAY) && is_empty_or(right, VALUE_ARRAY)))
            break;
        return merge_list(merger, type, left, right);
    case FORM_SCALAR:
    case FORM_NONE: break;
    }
    return keep_right(left, right);
}

/* When both sides have different forms the right one decides. */
static value merge_value(struct merger *merger, const struct schema_type *type, value left,
                         value right)
{
    value decides = value_present(right) ? right : left;
    return merge_form(merger, type, type_form(type, decides), left, right);
}

value typed_merge(const struct schema_type *type, value left, value right, struct arena *arena,
                  struct typed_errors *errors)
{
    struct merger merger = {.arena = arena, .errors = errors};
    return merge_value(&merger, type, left, right);
}
