/*
 * Lists that merge by key. kyaml does it with nodes that several lists share and that change in
 * place; which of two equal items survives, and where, follows from that. So the items here are
 * cells that lists point to.
 */
#include "render/kustomize/merge_internal.h"
#include "render/kustomize/scalar.h"
#include "syncd/base/map.h"

struct cell {
    value v;
};

struct cells {
    VEC(struct cell *) list;
};

/* Values of the keys of one item; as many as there are keys. */
struct tuple {
    str *texts;
};

struct tuples {
    VEC(struct tuple) list;
};

struct list_merge {
    const struct merge *merge;
    struct schema_at items; /* schema of an item */
    bool by_value;          /* items are scalars */
    str keys[SCHEMA_KEYS_MAX];
    size_t key_count;
    struct cells target, own;
    struct cells *patch; /* own, or target when both are one list */
};

static void make_cells(const struct merge *merge, value list, struct cells *cells)
{
    struct cell *memory = ARENA_ARRAY(merge->scratch, struct cell, list.len);
    for (size_t i = 0; i < list.len; i++) {
        memory[i].v = value_item(list, i);
        VEC_PUSH(merge->scratch, &cells->list, &memory[i]);
    }
}

static str member_text(value item, str key)
{
    value v = value_get(item, key);
    return kust_is_empty(v) ? STR("") : kust_scalar_text(v);
}

static void add_tuples(const struct list_merge *lists, const struct cells *cells, struct map *seen,
                       struct tuples *tuples)
{
    struct arena *scratch = lists->merge->scratch;
    VEC_FOR (struct cell *, cell, &cells->list) {
        struct tuple tuple = {.texts = ARENA_ARRAY(scratch, str, lists->key_count)};
        str joined = STR("");
        for (size_t k = 0; k < lists->key_count; k++) {
            tuple.texts[k] = lists->by_value ? kust_scalar_text((*cell)->v)
                                             : member_text((*cell)->v, lists->keys[k]);
            joined =
                k == 0 ? tuple.texts[0] : arena_concat(scratch, joined, STR("\n"), tuple.texts[k]);
        }
        struct map_entry *entry = map_place(seen, scratch, joined);
        if (entry->value != NULL)
            continue;
        entry->value = tuple.texts;
        VEC_PUSH(scratch, &tuples->list, tuple);
    }
}

/* True when two tuples agree in one key at least and differ in none that both have. */
static bool join_tuples(const str *a, const str *b, size_t count, str *out)
{
    bool common = false;
    for (size_t k = 0; k < count; k++) {
        bool equal = str_equal(a[k], b[k]);
        if (!equal && a[k].len != 0 && b[k].len != 0)
            return false;
        common = common || equal;
        out[k] = a[k].len != 0 ? a[k] : b[k];
    }
    return common;
}

/* "8080" and "8080 TCP" are taken for the same port. */
static void fill_gaps(const struct list_merge *lists, struct tuples *tuples)
{
    str joined[SCHEMA_KEYS_MAX];
    size_t size = lists->key_count * sizeof(str);
    for (size_t i = 0; i < tuples->list.len; i++) {
        str first[SCHEMA_KEYS_MAX];
        memcpy(first, tuples->list.items[i].texts, size);
        for (size_t j = 0; j < tuples->list.len; j++) {
            if (!join_tuples(first, tuples->list.items[j].texts, lists->key_count, joined))
                continue;
            memcpy(tuples->list.items[i].texts, joined, size);
            memcpy(tuples->list.items[j].texts, joined, size);
        }
    }
}

/* Keys that no item has a value for do not count, unless none has any. */
static void drop_unused_keys(struct list_merge *lists, struct tuples *tuples)
{
    size_t kept = 0;
    for (size_t k = 0; k < lists->key_count; k++) {
        bool used = false;
        VEC_FOR (struct tuple, tuple, &tuples->list)
            used = used || tuple->texts[k].len != 0;
        if (!used)
            continue;
        VEC_FOR (struct tuple, tuple, &tuples->list)
            tuple->texts[kept] = tuple->texts[k];
        lists->keys[kept++] = lists->keys[k];
    }
    if (kept != 0)
        lists->key_count = kept;
}

/* The first item that has all the values which the tuple gives. */
static struct cell *find_item(const struct list_merge *lists, const struct cells *cells,
                              const struct tuple *tuple)
{
    bool any = false;
    for (size_t k = 0; k < lists->key_count; k++)
        any = any || tuple->texts[k].len != 0;
    VEC_FOR (struct cell *, cell, &cells->list) {
        value v = (*cell)->v;
        if (lists->by_value) {
            if (str_equal(kust_scalar_text(v), tuple->texts[0]))
                return *cell;
            continue;
        }
        bool fits = v.kind == VALUE_OBJECT;
        for (size_t k = 0; fits && k < lists->key_count; k++) {
            value member = value_get(v, lists->keys[k]);
            fits = (any && tuple->texts[k].len == 0) ||
                   (value_present(member) && str_equal(kust_scalar_text(member), tuple->texts[k]));
        }
        if (fits)
            return *cell;
    }
    return NULL;
}

/* True when the item has, for every key, the wanted text (any text for an empty one). */
static bool item_has(const struct list_merge *lists, value item, const str *texts, size_t count,
                     bool *ret_has, struct error *err)
{
    bool wants_map = !lists->by_value;
    if (wants_map != (item.kind == VALUE_OBJECT))
        return error_rule(err, ERROR_INPUT, "E_PATCH", "a list holds both maps and other items");
    *ret_has = count != 0 || lists->key_count == 0;
    for (size_t k = 0; k < lists->key_count && k < count; k++) {
        value member = wants_map ? value_get(item, lists->keys[k]) : item;
        bool fits = value_present(member) && ((wants_map && texts[k].len == 0) ||
                                              str_equal(kust_scalar_text(member), texts[k]));
        *ret_has = *ret_has && fits;
    }
    return true;
}

/* Replaces the items that have these values by `put` (NULL: takes them out), or appends it. */
static bool set_item(const struct list_merge *lists, struct cells *cells, struct cell *put,
                     const str *texts, size_t count, struct error *err)
{
    bool maps_only = !lists->by_value && count != 0 && texts[0].len != 0;
    bool replaced = false;
    size_t kept = 0;
    for (size_t i = 0; i < cells->list.len; i++) {
        struct cell *cell = cells->list.items[i];
        if (kust_is_nothing(cell->v) || (cell->v.kind == VALUE_OBJECT && cell->v.len == 0))
            continue;
        bool has = false;
        bool other_kind = maps_only && cell->v.kind != VALUE_OBJECT;
        if (!other_kind && !item_has(lists, cell->v, texts, count, &has, err))
            return false;
        if (!has && (other_kind || count != 0))
            cells->list.items[kept++] = cell;
        if (has && put != NULL)
            cells->list.items[kept++] = put;
        replaced = replaced || has;
    }
    cells->list.len = kept;
    if (put != NULL && !replaced)
        VEC_PUSH(lists->merge->scratch, &cells->list, put);
    return true;
}

/* The keys an item was found by are written into it. */
static void complete_keys(const struct list_merge *lists, struct cell *cell,
                          const struct tuple *tuple)
{
    for (size_t k = 0; !lists->by_value && k < lists->key_count; k++) {
        if (tuple->texts[k].len != 0 && !value_present(value_get(cell->v, lists->keys[k])))
            cell->v = value_with(cell->v, lists->keys[k], value_string(tuple->texts[k]),
                                 lists->merge->arena);
    }
}

static bool merge_item(struct list_merge *lists, const struct tuple *tuple, struct cells *result,
                       struct error *err)
{
    struct cell *old = find_item(lists, &lists->target, tuple);
    struct cell *new = find_item(lists, lists->patch, tuple);
    struct outcome outcome;
    if (!kust_merge_node(lists->merge, lists->items, old != NULL ? old->v : value_absent(),
                         new != NULL ? new->v : value_absent(), old != NULL && old == new, &outcome,
                         err))
        return error_wrap(err, "[%.*s]", STR_ARG(tuple->texts[0]));
    bool empty =
        kust_is_nothing(outcome.v) || (outcome.v.kind == VALUE_OBJECT && outcome.v.len == 0);
    if (outcome.from == FROM_NOWHERE || empty)
        return set_item(lists, &lists->target, NULL, tuple->texts, lists->key_count, err);
    struct cell *cell = outcome.from == FROM_TARGET ? old : new;
    cell->v = outcome.v;
    complete_keys(lists, cell, tuple);
    return set_item(lists, result, cell, tuple->texts, lists->key_count, err);
}

/* What the target has goes behind, or to the place of its equal. */
static bool append_target(const struct list_merge *lists, struct cells *result, struct error *err)
{
    for (size_t i = 0; i < lists->target.list.len; i++) {
        struct cell *cell = lists->target.list.items[i];
        str texts[SCHEMA_KEYS_MAX];
        size_t count = 0;
        if (lists->by_value)
            texts[count++] = kust_scalar_text(cell->v);
        for (size_t k = 0; !lists->by_value && k < lists->key_count; k++) {
            value member = value_get(cell->v, lists->keys[k]);
            if (value_present(member))
                texts[count++] = kust_scalar_text(member);
            else
                VEC_PUSH(lists->merge->scratch, &result->list, cell);
        }
        if (!lists->by_value && lists->key_count > 1 &&
            !set_item(lists, result, NULL, texts, count, err))
            return false;
        if (!set_item(lists, result, cell, texts, count, err))
            return false;
    }
    return true;
}

static value list_of(const struct merge *merge, const struct cells *cells, value old)
{
    bool changed = old.kind != VALUE_ARRAY || old.len != cells->list.len;
    for (size_t i = 0; i < cells->list.len && !changed; i++)
        changed = !kust_same(cells->list.items[i]->v, value_item(old, i));
    if (!changed)
        return old;
    value *items = ARENA_ARRAY(merge->arena, value, cells->list.len);
    for (size_t i = 0; i < cells->list.len; i++)
        items[i] = cells->list.items[i]->v;
    return (value){
        .kind = VALUE_ARRAY, .line = old.line, .len = (uint32_t)cells->list.len, .as.items = items};
}

/* A map in the list with nothing but a directive speaks for the list, and is taken out. */
static enum directive list_directive(const struct merge *merge, value *patch, value *ret_word)
{
    size_t at = 0;
    while (at < patch->len && !value_present(value_get(value_item(*patch, at), PATCH_KEY)))
        at++;
    if (at == patch->len || value_item(*patch, at).len > 1)
        return DIRECTIVE_MERGE;
    *ret_word = value_get(value_item(*patch, at), PATCH_KEY);
    enum directive directive = kust_directive_from(*ret_word);
    if (directive == DIRECTIVE_UNKNOWN)
        return directive;
    struct array_builder left;
    array_begin(&left, merge->arena);
    for (size_t i = 0; i < patch->len; i++) {
        value item = value_item(*patch, i);
        bool same_word =
            str_equal(kust_scalar_text(value_get(item, PATCH_KEY)), kust_scalar_text(*ret_word));
        if (!kust_is_nothing(item) && !(item.kind == VALUE_OBJECT && (item.len == 0 || same_word)))
            array_add(&left, item);
    }
    *patch = array_finish(&left);
    return directive;
}

static bool merge_items(struct list_merge *lists, value target, value *ret_list, struct error *err)
{
    struct map seen = {0};
    struct tuples tuples = {0};
    add_tuples(lists, lists->patch, &seen, &tuples);
    add_tuples(lists, &lists->target, &seen, &tuples);
    if (tuples.list.len == 0) {
        *ret_list = target;
        return true;
    }
    if (lists->key_count > 1)
        fill_gaps(lists, &tuples);
    drop_unused_keys(lists, &tuples);
    struct cells result = {0};
    VEC_FOR (struct tuple, tuple, &tuples.list)
        if (!merge_item(lists, tuple, &result, err))
            return false;
    if (!append_target(lists, &result, err))
        return false;
    *ret_list = list_of(lists->merge, &result, target);
    return true;
}

bool kust_merge_list(const struct merge *merge, struct schema_at at, value target, value patch,
                     bool same, struct outcome *ret_outcome, struct error *err)
{
    *ret_outcome = (struct outcome){.v = value_absent(), .from = FROM_NOWHERE};
    if (kust_is_nothing(target)) {
        target = patch;
        same = true;
    } else if (patch.kind == VALUE_NULL) {
        return true;
    } else if (value_present(patch)) {
        value word;
        switch (list_directive(merge, &patch, &word)) {
        case DIRECTIVE_DELETE: return true;
        case DIRECTIVE_UNKNOWN: return kust_unknown_directive(word, err);
        case DIRECTIVE_REPLACE: same = true; break;
        case DIRECTIVE_MERGE: break;
        }
        if (same)
            target = patch;
    }
    struct list_merge lists = {.merge = merge, .items = kust_schema_items(merge->schema, at)};
    lists.key_count = kust_schema_keys(at, lists.keys);
    lists.by_value = lists.key_count == 0;
    if (lists.by_value)
        lists.key_count = 1;
    make_cells(merge, target, &lists.target);
    lists.patch = same ? &lists.target : &lists.own;
    if (!same && value_present(patch))
        make_cells(merge, patch, &lists.own);
    ret_outcome->from = FROM_TARGET;
    return merge_items(&lists, target, &ret_outcome->v, err);
}
