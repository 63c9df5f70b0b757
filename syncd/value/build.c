/* Building documents: sorting members, builders, and changed copies that share the rest. */
#include "syncd/value/value_internal.h"

#define RUN 8 /* members sorted by insertion before merging */

static void insertion_sort(struct member *members, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct member moving = members[i];
        size_t j = i;
        while (j > 0 && key_compare(members[j - 1].key, moving.key) > 0) {
            members[j] = members[j - 1];
            j--;
        }
        members[j] = moving;
    }
}

/* Merges from[0..middle) and from[middle..count) into to. */
static void merge_runs(const struct member *from, size_t middle, size_t count, struct member *to)
{
    size_t left = 0, right = middle;
    for (size_t i = 0; i < count; i++) {
        bool take_left =
            left < middle && (right == count || key_compare(from[left].key, from[right].key) <= 0);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

void members_sort(struct member *members, size_t count, struct arena *scratch)
{
    for (size_t start = 0; start < count; start += RUN)
        insertion_sort(members + start, count - start < RUN ? count - start : RUN);
    if (count <= RUN)
        return;
    struct arena_mark mark = arena_mark(scratch);
    struct member *from = members;
    struct member *to = ARENA_ARRAY(scratch, struct member, count);
    for (size_t width = RUN; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t len = count - start < 2 * width ? count - start : 2 * width;
            merge_runs(from + start, width < len ? width : len, len, to + start);
        }
        struct member *swap = from;
        from = to;
        to = swap;
    }
    if (from != members)
        memcpy(members, from, count * sizeof *members);
    arena_rewind(scratch, mark);
}

/* Of each run of equal keys keeps the last; returns the new count. */
static size_t drop_duplicates(struct member *members, size_t count, str *ret_duplicate)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && str_equal(members[kept - 1].key, members[i].key)) {
            *ret_duplicate = members[i].key;
            kept--;
        }
        members[kept++] = members[i];
    }
    return kept;
}

static value make_object(const struct member *members, size_t count)
{
    CHECK(count <= UINT32_MAX);
    return (value){.kind = VALUE_OBJECT, .len = (uint32_t)count, .as.members = members};
}

static value make_array(const value *items, size_t count)
{
    CHECK(count <= UINT32_MAX);
    return (value){.kind = VALUE_ARRAY, .len = (uint32_t)count, .as.items = items};
}

value build_close_array(struct build_stack *stack, size_t base, struct arena *arena)
{
    size_t count = stack->entries.len - base;
    if (count == 0)
        return make_array(NULL, 0);
    value *items = ARENA_ARRAY(arena, value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = stack->entries.items[base + i].val;
    stack->entries.len = base;
    return make_array(items, count);
}

/* Where on the stack the second of two equal keys stands: for the error's position. */
static size_t find_duplicate(const struct member *entries, size_t count, str key)
{
    bool seen = false;
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(entries[i].key, key))
            continue;
        if (seen)
            return i;
        seen = true;
    }
    return SIZE_MAX;
}

value build_close_object(struct build_stack *stack, size_t base, struct arena *arena,
                         size_t *ret_duplicate)
{
    size_t count = stack->entries.len - base;
    *ret_duplicate = SIZE_MAX;
    if (count == 0)
        return make_object(NULL, 0);
    const struct member *entries = stack->entries.items + base;
    struct member *members = ARENA_ARRAY(arena, struct member, count);
    memcpy(members, entries, count * sizeof *members);
    bool ascending = true;
    for (size_t i = 1; i < count && ascending; i++)
        ascending = key_compare(members[i - 1].key, members[i].key) < 0;
    if (!ascending) {
        str duplicate = {0};
        members_sort(members, count, stack->arena);
        size_t kept = drop_duplicates(members, count, &duplicate);
        if (kept != count)
            *ret_duplicate = find_duplicate(entries, count, duplicate);
        count = kept;
    }
    stack->entries.len = base;
    return make_object(members, count);
}

void object_begin(struct object_builder *builder, struct arena *arena)
{
    *builder = (struct object_builder){.arena = arena, .sorted = true};
}

void object_add(struct object_builder *builder, str key, value val)
{
    CHECK(val.kind != VALUE_ABSENT);
    if (builder->members.len > 0 && key_compare(VEC_LAST(&builder->members).key, key) >= 0)
        builder->sorted = false;
    VEC_PUSH(builder->arena, &builder->members, (struct member){key, val});
}

static bool finish(struct object_builder *builder, value *ret_object, str *ret_duplicate)
{
    struct member *members = builder->members.items;
    size_t count = builder->members.len;
    size_t kept = count;
    if (!builder->sorted) {
        members_sort(members, count, builder->arena);
        kept = drop_duplicates(members, count, ret_duplicate);
    }
    *ret_object = make_object(members, kept);
    object_begin(builder, builder->arena);
    return kept == count;
}

bool object_finish_strict(struct object_builder *builder, value *ret_object, str *ret_duplicate)
{
    return finish(builder, ret_object, ret_duplicate);
}

value object_finish(struct object_builder *builder)
{
    value object;
    str duplicate;
    (void)finish(builder, &object, &duplicate); /* the last wins: as promised */
    return object;
}

void array_begin(struct array_builder *builder, struct arena *arena)
{
    *builder = (struct array_builder){.arena = arena};
}

void array_add(struct array_builder *builder, value item)
{
    CHECK(item.kind != VALUE_ABSENT);
    VEC_PUSH(builder->arena, &builder->items, item);
}

value array_finish(struct array_builder *builder)
{
    value array = make_array(builder->items.items, builder->items.len);
    array_begin(builder, builder->arena);
    return array;
}

/* The first member whose key is not less. */
static size_t lower_bound(value object, str key)
{
    size_t low = 0, high = object.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (key_compare(object.as.members[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

value value_with(value object, str key, value val, struct arena *arena)
{
    CHECK(val.kind != VALUE_ABSENT);
    if (object.kind != VALUE_OBJECT)
        object = (value){.kind = VALUE_OBJECT, .line = object.line};
    size_t at = lower_bound(object, key);
    bool replaces = at < object.len && str_equal(object.as.members[at].key, key);
    size_t count = object.len + (replaces ? 0 : 1);
    struct member *members = ARENA_ARRAY(arena, struct member, count);
    if (at > 0)
        memcpy(members, object.as.members, at * sizeof *members);
    members[at] = (struct member){replaces ? object.as.members[at].key : key, val};
    size_t rest = count - at - 1;
    if (rest > 0)
        memcpy(members + at + 1, object.as.members + object.len - rest, rest * sizeof *members);
    value result = make_object(members, count);
    result.line = object.line;
    return result;
}

value value_without(value object, str key, struct arena *arena)
{
    if (object.kind != VALUE_OBJECT)
        return object;
    size_t at = lower_bound(object, key);
    if (at == object.len || !str_equal(object.as.members[at].key, key))
        return object;
    struct member *members = ARENA_ARRAY(arena, struct member, object.len - 1u);
    memcpy(members, object.as.members, at * sizeof *members);
    memcpy(members + at, object.as.members + at + 1, (object.len - at - 1) * sizeof *members);
    value result = make_object(members, object.len - 1u);
    result.line = object.line;
    return result;
}

/* A copy of the array where `removed` items at `index` give way to `added` free places. */
static value *array_splice(value array, size_t index, size_t removed, size_t added,
                           struct arena *arena, value *ret_array)
{
    CHECK(array.kind == VALUE_ARRAY && index + removed <= array.len);
    size_t count = array.len - removed + added;
    value *items = ARENA_ARRAY(arena, value, count);
    size_t rest = array.len - index - removed;
    if (index > 0)
        memcpy(items, array.as.items, index * sizeof *items);
    if (rest > 0)
        memcpy(items + index + added, array.as.items + index + removed, rest * sizeof *items);
    *ret_array = make_array(items, count);
    ret_array->line = array.line;
    return items + index;
}

value value_with_item(value array, size_t index, value item, struct arena *arena)
{
    CHECK(index < value_len(array) && item.kind != VALUE_ABSENT);
    value result;
    *array_splice(array, index, 1, 1, arena, &result) = item;
    return result;
}

value value_without_item(value array, size_t index, struct arena *arena)
{
    value result;
    (void)array_splice(array, index, 1, 0, arena, &result); /* no place to fill */
    return result;
}

value value_insert_item(value array, size_t index, value item, struct arena *arena)
{
    CHECK(item.kind != VALUE_ABSENT);
    value result;
    *array_splice(array, index, 0, 1, arena, &result) = item;
    return result;
}

value value_append(value array, value item, struct arena *arena)
{
    return value_insert_item(array, array.len, item, arena);
}

/* The objects along keys[0..count-1); the innermost last. */
static void objects_along(value object, const str *keys, size_t count, value *along)
{
    for (size_t i = 0; i < count; i++) {
        along[i] = object;
        object = value_get(object, keys[i]);
    }
}

value value_with_path(value object, const str *keys, size_t count, value val, struct arena *arena)
{
    CHECK(count > 0);
    value *along = ARENA_ARRAY(arena, value, count);
    objects_along(object, keys, count, along);
    for (size_t i = count; i-- > 0;)
        val = value_with(along[i], keys[i], val, arena);
    return val;
}

value value_without_path(value object, const str *keys, size_t count, struct arena *arena)
{
    CHECK(count > 0);
    value *along = ARENA_ARRAY(arena, value, count);
    objects_along(object, keys, count, along);
    if (!value_present(value_get(along[count - 1], keys[count - 1])))
        return object;
    value val = value_without(along[count - 1], keys[count - 1], arena);
    for (size_t i = count - 1; i-- > 0;)
        val = value_with(along[i], keys[i], val, arena);
    return val;
}
