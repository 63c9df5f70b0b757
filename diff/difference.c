#include "diff/difference.h"

#include "diff/items.h"
#include "syncd/value/json.h"

struct walk {
    struct arena *arena;
    struct differences *found;
    size_t depth;
    struct path_element path[FIELDS_DEPTH];
};

static bool is_plain(str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i], lower = (char)(c | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
            return false;
    }
    return key.len != 0;
}

/* As conflicts print paths, but that names with dots in them stand in brackets. */
static str print_path(const struct walk *walk)
{
    AUTO_BUF struct buf buf = BUF_INIT(PATH_TEXT_MAX);
    for (size_t i = 0; i < walk->depth; i++) {
        const struct path_element *element = &walk->path[i];
        if (element->kind != PATH_FIELD || is_plain(value_str(element->val))) {
            path_element_print(element, &buf);
            continue;
        }
        buf_add_byte(&buf, '[');
        json_write_string(value_str(element->val), JSON_COMPACT, &buf);
        buf_add_byte(&buf, ']');
    }
    return buf_copy(&buf, walk->arena);
}

static void report(struct walk *walk, value before, value after)
{
    struct path_element *path = ARENA_ARRAY(walk->arena, struct path_element, walk->depth);
    if (walk->depth != 0)
        memcpy(path, walk->path, walk->depth * sizeof(*path));
    struct difference difference = {.text = print_path(walk),
                                    .path = path,
                                    .path_len = walk->depth,
                                    .before = before,
                                    .after = after};
    VEC_PUSH(walk->arena, &walk->found->list, difference);
}

static void compare(struct walk *walk, const struct schema_type *type, value before, value after);

static void compare_below(struct walk *walk, struct path_element element,
                          const struct schema_type *type, value before, value after)
{
    if (walk->depth + 1 >= FIELDS_DEPTH) {
        report(walk, before, after);
        return;
    }
    walk->path[walk->depth++] = element;
    compare(walk, type, before, after);
    walk->depth--;
}

static void compare_maps(struct walk *walk, const struct schema_type *type, value before,
                         value after)
{
    for (uint32_t i = 0, j = 0; i < before.len || j < after.len;) {
        const struct member *a = i < before.len ? value_member(before, i) : NULL;
        const struct member *b = j < after.len ? value_member(after, j) : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : str_compare(a->key, b->key);
        i += order <= 0;
        j += order >= 0;
        str key = order <= 0 ? a->key : b->key;
        compare_below(walk, path_field(key), type_of_member(type, key),
                      order <= 0 ? a->val : value_absent(), order >= 0 ? b->val : value_absent());
    }
}

static void compare_indexes(struct walk *walk, const struct schema_type *type, value before,
                            value after)
{
    for (uint32_t i = 0; i < before.len || i < after.len; i++) {
        struct path_element element = {.kind = PATH_INDEX, .index = i};
        compare_below(walk, element, type_of_item(type),
                      i < before.len ? value_item(before, i) : value_absent(),
                      i < after.len ? value_item(after, i) : value_absent());
    }
}

static value first_of(const struct item_index *index, const struct path_element *element)
{
    size_t count;
    const struct item_slot *slot = items_find(index, element, &count);
    return slot != NULL ? value_item(index->items, slot->position) : value_absent();
}

/* In the order of `before`, then what is new in the order of `after`. */
static void compare_items(struct walk *walk, const struct item_index *before,
                          const struct item_index *after, const struct schema_type *items)
{
    for (size_t i = 0; i < before->len; i++)
        compare_below(walk, before->elements[i], items, value_item(before->items, i),
                      first_of(after, &before->elements[i]));
    for (size_t i = 0; i < after->len; i++) {
        if (!value_present(first_of(before, &after->elements[i])))
            compare_below(walk, after->elements[i], items, value_absent(),
                          value_item(after->items, i));
    }
}

static bool is_distinct(const struct item_index *index)
{
    for (size_t i = 1; i < index->slot_count; i++) {
        if (path_element_compare(&index->slots[i - 1].element, &index->slots[i].element) == 0)
            return false;
    }
    return true;
}

static bool have_names(value list)
{
    for (uint32_t i = 0; i < list.len; i++) {
        if (!value_is(value_get(value_item(list, i), STR("name")), VALUE_STRING))
            return false;
    }
    return list.len != 0;
}

/* How items are told apart: by the type, by their names, or not at all (NULL). */
static const struct schema_type *identity_of(const struct schema_type *type, value before,
                                             value after)
{
    static const str name_key[] = {STR_INIT("name")};
    static const struct schema_type named = {
        .list = LIST_MAP, .keys = name_key, .key_count = ARRAY_LEN(name_key)};
    if (type != NULL && (type->list == LIST_MAP || type->list == LIST_SET))
        return type;
    bool names = (before.len == 0 || have_names(before)) && (after.len == 0 || have_names(after));
    return names && (type == NULL || (type->flags & SCHEMA_UNTYPED) != 0) ? &named : NULL;
}

static void compare_lists(struct walk *walk, const struct schema_type *type, value before,
                          value after)
{
    const struct schema_type *identity = identity_of(type, before, after);
    struct item_index a, b;
    size_t bad;
    bool keyed = identity != NULL && items_index(identity, before, walk->arena, &a, &bad, NULL) &&
                 items_index(identity, after, walk->arena, &b, &bad, NULL) && is_distinct(&a) &&
                 is_distinct(&b);
    if (keyed)
        compare_items(walk, &a, &b, type_of_item(type));
    else
        compare_indexes(walk, type, before, after);
}

static void compare(struct walk *walk, const struct schema_type *type, value before, value after)
{
    if (value_equal(before, after) && before.kind == after.kind)
        return;
    if (value_is(before, VALUE_OBJECT) && value_is(after, VALUE_OBJECT))
        compare_maps(walk, type, before, after);
    else if (value_is(before, VALUE_ARRAY) && value_is(after, VALUE_ARRAY))
        compare_lists(walk, type, before, after);
    else
        report(walk, before, after);
}

void diff_objects(value before, value after, const struct schema_type *type, struct arena *arena,
                  struct differences *ret_differences)
{
    struct walk *walk = ARENA_NEW(arena, struct walk);
    walk->arena = arena;
    walk->found = ret_differences;
    compare(walk, type, before, after);
}

value diff_without_noise(value object, struct arena *arena)
{
    static const char *const noise[] = {"managedFields", "resourceVersion",   "generation",
                                        "uid",           "creationTimestamp", "selfLink"};
    value metadata = value_get(object, STR("metadata"));
    if (!value_is(metadata, VALUE_OBJECT))
        return object;
    for (size_t i = 0; i < ARRAY_LEN(noise); i++)
        metadata = value_without(metadata, str_z(noise[i]), arena);
    return value_with(object, STR("metadata"), metadata, arena);
}

void diff_print(const struct differences *differences, struct buf *buf)
{
    for (size_t i = 0; i < differences->list.len; i++) {
        const struct difference *difference = &differences->list.items[i];
        buf_add(buf, difference->text);
        buf_add(buf, STR(": "));
        if (value_present(difference->before))
            json_write(difference->before, JSON_COMPACT, buf);
        else
            buf_add(buf, STR("(none)"));
        buf_add(buf, STR(" -> "));
        if (value_present(difference->after))
            json_write(difference->after, JSON_COMPACT, buf);
        else
            buf_add(buf, STR("(none)"));
        buf_add_byte(buf, '\n');
    }
}
