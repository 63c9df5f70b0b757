#include "diff/schema_internal.h"
#include "syncd/base/buf.h"

#include <stdlib.h>

/* Walks as deep as the object, which its reader has bounded. */

#define PATH_MAX_BYTES 8192

struct pruner {
    struct arena *arena;
    struct schema_paths *unknown; /* NULL: not asked for */
    bool keep_nulls, keep_metadata;
    struct buf path;
};

static value prune(struct pruner *pruner, const struct schema_type *type, value v, bool root);

static size_t path_enter(struct pruner *pruner, str key)
{
    size_t len = pruner->path.len;
    if (pruner->unknown == NULL)
        return len;
    if (len != 0)
        buf_add_byte(&pruner->path, '.');
    buf_add(&pruner->path, key);
    return len;
}

static size_t path_enter_item(struct pruner *pruner, uint32_t index)
{
    size_t len = pruner->path.len;
    if (pruner->unknown != NULL)
        buf_printf(&pruner->path, "[%u]", index);
    return len;
}

static void path_leave(struct pruner *pruner, size_t len)
{
    if (pruner->unknown != NULL)
        buf_truncate(&pruner->path, len);
}

static void record(struct pruner *pruner, str key)
{
    if (pruner->unknown == NULL)
        return;
    size_t len = path_enter(pruner, key);
    VEC_PUSH(pruner->arena, &pruner->unknown->list, buf_copy(&pruner->path, pruner->arena));
    path_leave(pruner, len);
}

/* NULL for what a structural schema does not describe. */
static const struct schema_type *described(const struct schema_type *type)
{
    return type != NULL && (type->flags & SCHEMA_UNTYPED) == 0 ? type : NULL;
}

static bool is_identity(str key)
{
    return str_equal(key, STR("apiVersion")) || str_equal(key, STR("kind")) ||
           str_equal(key, STR("metadata"));
}

/* Metadata passes through a fixed structure: what it does not know, and what is empty, goes. */
static value prune_metadata(struct pruner *pruner, value metadata)
{
    struct object_builder out;
    object_begin(&out, pruner->arena);
    size_t len = path_enter(pruner, STR("metadata"));
    for (uint32_t i = 0; i < metadata.len; i++) {
        const struct member *member = value_member(metadata, i);
        int64_t number;
        bool empty = value_is(member->val, VALUE_NULL) ||
                     (member->val.len == 0 && !value_is(member->val, VALUE_BOOL)) ||
                     (str_equal(member->key, STR("generation")) &&
                      value_to_i64(member->val, &number) && number == 0);
        if (schema_field(schema_object_meta(), member->key) == NULL)
            record(pruner, member->key);
        else if (!empty)
            object_add(&out, member->key, member->val);
    }
    path_leave(pruner, len);
    return out.members.len == metadata.len ? metadata : object_finish(&out);
}

/* What becomes of a member: its type, and whether it stays. */
enum fate { FATE_PRUNE, FATE_KEEP, FATE_DROP };

static enum fate fate_of(const struct schema_type *type, str key,
                         const struct schema_type **ret_below)
{
    const struct schema_field *field = type != NULL ? schema_field(type, key) : NULL;
    *ret_below = NULL;
    if (field != NULL) {
        *ret_below = field->type;
        return FATE_PRUNE;
    }
    if (type != NULL && (type->flags & SCHEMA_ADDITIONAL) != 0) {
        *ret_below = described(type->values);
        return FATE_PRUNE;
    }
    return type != NULL && (type->flags & SCHEMA_PRESERVE) != 0 ? FATE_KEEP : FATE_DROP;
}

static bool has_default(const struct schema_type *type, str key)
{
    const struct schema_field *field = schema_field(type, key);
    return field != NULL && value_present(field->default_value);
}

static value prune_map(struct pruner *pruner, const struct schema_type *type, value object,
                       bool root)
{
    struct object_builder out;
    object_begin(&out, pruner->arena);
    bool embedded = root || (type != NULL && (type->flags & SCHEMA_EMBEDDED) != 0);
    bool changed = false;
    for (uint32_t i = 0; i < object.len; i++) {
        const struct member *member = value_member(object, i);
        const struct schema_type *below;
        value v = member->val;
        if (embedded && is_identity(member->key)) {
            if (!pruner->keep_metadata && str_equal(member->key, STR("metadata")) &&
                value_is(v, VALUE_OBJECT))
                v = prune_metadata(pruner, v);
        } else {
            enum fate fate = fate_of(type, member->key, &below);
            bool null = !pruner->keep_nulls && value_is(v, VALUE_NULL) && below != NULL &&
                        (below->flags & SCHEMA_NULLABLE) == 0 && !has_default(type, member->key);
            if (fate == FATE_DROP)
                record(pruner, member->key);
            changed = changed || fate == FATE_DROP || null;
            if (fate == FATE_DROP || null)
                continue;
            size_t len = path_enter(pruner, member->key);
            if (fate == FATE_PRUNE)
                v = prune(pruner, below, v, false);
            path_leave(pruner, len);
        }
        changed = changed || v.as.members != member->val.as.members || v.len != member->val.len;
        object_add(&out, member->key, v);
    }
    return changed ? object_finish(&out) : object;
}

static value prune_list(struct pruner *pruner, const struct schema_type *type, value list)
{
    const struct schema_type *items = type != NULL ? described(type->items) : NULL;
    bool keep = type != NULL && (type->flags & SCHEMA_PRESERVE) != 0 && items == NULL;
    if (keep)
        return list;
    struct array_builder out;
    array_begin(&out, pruner->arena);
    bool changed = false;
    for (uint32_t i = 0; i < list.len; i++) {
        value item = value_item(list, i);
        size_t len = path_enter_item(pruner, i);
        value pruned = prune(pruner, items, item, false);
        path_leave(pruner, len);
        changed = changed || pruned.as.items != item.as.items || pruned.len != item.len;
        array_add(&out, pruned);
    }
    return changed ? array_finish(&out) : list;
}

static value prune(struct pruner *pruner, const struct schema_type *type, value v, bool root)
{
    if (value_is(v, VALUE_OBJECT))
        return prune_map(pruner, type, v, root);
    if (value_is(v, VALUE_ARRAY))
        return prune_list(pruner, type, v);
    return v;
}

static int compare_paths(const void *a, const void *b)
{
    const str *left = a, *right = b;
    return str_compare(*left, *right);
}

value schema_prune_value(const struct schema_type *type, value v, bool keep_metadata,
                         struct arena *arena)
{
    struct pruner pruner = {.arena = arena, .keep_nulls = true, .keep_metadata = keep_metadata};
    return prune(&pruner, type, v, false);
}

value schema_prune(const struct schema_type *type, value object, struct arena *arena,
                   struct schema_paths *ret_unknown)
{
    if ((type->flags & SCHEMA_STRUCTURAL) == 0)
        return object;
    struct pruner pruner = {.arena = arena, .unknown = ret_unknown};
    size_t before = ret_unknown != NULL ? ret_unknown->list.len : 0;
    buf_init(&pruner.path, PATH_MAX_BYTES);
    value pruned = prune(&pruner, type, object, true);
    buf_finish(&pruner.path);
    if (ret_unknown != NULL && ret_unknown->list.len > before + 1)
        qsort(ret_unknown->list.items + before, ret_unknown->list.len - before, sizeof(str),
              compare_paths);
    return pruned;
}
