/* Values: what the user gives laid over what charts bring, exactly as Helm coalesces them. */
#include "render/helm/chart.h"
#include "render/template/print.h"

#define VALUES_DEPTH_MAX 200

struct coalescing {
    struct helm_work *work;
    struct arena *arena;
    bool merge; /* keep nulls */
    struct error *err;
};

static bool is_table(struct dyn v)
{
    return v.kind == DYN_MAP && v.as.map != NULL;
}

static struct dyn table(struct dyn_map *map)
{
    return dyn_of_map(TYPE_MAP_ANY, map);
}

static void warn(struct coalescing *c, const char *format, str key)
{
    struct findings *findings = c->work->context->findings;
    if (findings != NULL)
        (void)findings_add(findings, SEVERITY_WARNING, "W_VALUES", (struct position){0}, format,
                           STR_ARG(key));
}

/* dst wins; a null in dst removes what src has, unless merging. */
static void coalesce_tables(struct coalescing *c, struct dyn_map *dst, struct dyn_map *src,
                            bool merge, unsigned depth)
{
    if (src == NULL || dst == src || depth > VALUES_DEPTH_MAX)
        return;
    for (uint32_t i = 0; i < src->len; i++) {
        str key = src->entries[i].key;
        struct dyn val = src->entries[i].val;
        const struct dyn *old = dyn_map_find(dst, key);
        if (old != NULL && old->kind == DYN_NIL) {
            if (!merge && val.kind != DYN_NIL)
                dyn_map_remove(dst, key);
        } else if (old == NULL) {
            dyn_map_set(dst, c->arena, key, val);
        } else if (is_table(val) && is_table(*old)) {
            coalesce_tables(c, old->as.map, val.as.map, merge, depth + 1);
        } else if (is_table(val)) {
            warn(c, "cannot overwrite table with non table for %.*s", key);
        } else if (is_table(*old) && val.kind != DYN_NIL) {
            warn(c, "destination for %.*s is a table. Ignoring non-table value", key);
        }
    }
    /* Helm also writes dst's nulls into src, which it may share. */
    for (uint32_t i = 0; i < dst->len; i++)
        if (dst->entries[i].val.kind == DYN_NIL)
            dyn_map_set(src, c->arena, dst->entries[i].key, dyn_nil());
}

void values_merge_tables(struct helm_work *work, struct dyn_map *dst, struct dyn_map *src,
                         bool merge)
{
    struct coalescing c = {.work = work, .arena = work->arena, .merge = merge};
    coalesce_tables(&c, dst, src, merge, 0);
}

static struct dyn_map *shallow_copy(struct coalescing *c, const struct dyn_map *from)
{
    struct dyn_map *map = dyn_map_create(c->arena);
    for (uint32_t i = 0; i < from->len; i++)
        dyn_map_set(map, c->arena, from->entries[i].key, from->entries[i].val);
    return map;
}

/* The parent's globals into a child's values. */
static void coalesce_globals(struct coalescing *c, struct dyn_map *child, struct dyn_map *parent)
{
    const struct dyn *have = dyn_map_find(child, STR("global"));
    const struct dyn *give = dyn_map_find(parent, STR("global"));
    if ((have != NULL && !is_table(*have)) || (give != NULL && !is_table(*give))) {
        warn(c, "skipping globals because %.*s is not a table", STR("global"));
        return;
    }
    struct dyn_map *globals = have != NULL ? have->as.map : dyn_map_create(c->arena);
    const struct dyn_map *from = give != NULL ? give->as.map : NULL;
    for (size_t i = 0; i < dyn_map_len(from); i++) {
        str key = from->entries[i].key;
        struct dyn val = from->entries[i].val;
        const struct dyn *old = dyn_map_find(globals, key);
        if (is_table(val)) {
            struct dyn_map *copy = shallow_copy(c, val.as.map);
            if (old != NULL && !is_table(*old)) {
                warn(c, "cannot merge map onto non-map for %.*s", key);
                continue;
            }
            if (old != NULL)
                coalesce_tables(c, copy, old->as.map, true, 0);
            dyn_map_set(globals, c->arena, key, table(copy));
        } else if (old != NULL && is_table(*old)) {
            warn(c, "key %.*s is a table", key);
        } else {
            dyn_map_set(globals, c->arena, key, val);
        }
    }
    dyn_map_set(child, c->arena, STR("global"), table(globals));
}

static bool is_child_name(const struct chart *chart, str key)
{
    for (size_t i = 0; i < chart->children.len; i++)
        if (str_equal(chart->children.items[i]->metadata.name, key))
            return true;
    return false;
}

/* The chart's own values below what is given. */
static void coalesce_own(struct coalescing *c, const struct chart *chart, struct dyn_map *values)
{
    if (chart->values == NULL)
        return;
    const struct dyn_map *own = dyn_copy(table(chart->values), c->arena).as.map;
    for (uint32_t i = 0; i < own->len; i++) {
        str key = own->entries[i].key;
        struct dyn val = own->entries[i].val;
        const struct dyn *given = dyn_map_find(values, key);
        if (given == NULL) {
            dyn_map_set(values, c->arena, key, val);
        } else if (given->kind == DYN_NIL && !c->merge) {
            dyn_map_remove(values, key);
        } else if (is_table(*given)) {
            if (is_table(val))
                coalesce_tables(c, given->as.map, val.as.map, c->merge || is_child_name(chart, key),
                                0);
            else if (val.kind != DYN_NIL)
                warn(c, "skipped value for %.*s: not a table", key);
        }
    }
}

/* Helm prints the value with %t. */
static bool mismatch(struct coalescing *c, str name, struct dyn found)
{
    AUTO_BUF struct buf shown = BUF_INIT(1u << 20);
    dyn_printf(STR("%t"), &found, 1, c->arena, &shown);
    return error_rule(c->err, ERROR_INPUT, "E_VALUES", "type mismatch on %.*s: %.*s", STR_ARG(name),
                      STR_ARG(buf_str(&shown)));
}

/* Recursion: as deep as charts nest, which loading bounds. */
static bool coalesce(struct coalescing *c, const struct chart *chart, struct dyn_map *values)
{
    coalesce_own(c, chart, values);
    for (size_t i = 0; i < chart->children.len; i++) {
        const struct chart *child = chart->children.items[i];
        str name = child->metadata.name;
        const struct dyn *found = dyn_map_find(values, name);
        if (found != NULL && !is_table(*found))
            return mismatch(c, name, *found);
        struct dyn_map *below = found != NULL ? found->as.map : dyn_map_create(c->arena);
        if (found == NULL)
            dyn_map_set(values, c->arena, name, table(below));
        coalesce_globals(c, below, values);
        if (!coalesce(c, child, below))
            return false;
    }
    return true;
}

struct dyn_map *values_coalesce(struct helm_work *work, struct chart *chart,
                                const struct dyn_map *values, bool merge, struct error *err)
{
    struct coalescing c = {.work = work, .arena = work->arena, .merge = merge, .err = err};
    struct dyn_map *copy = dyn_map_create(work->arena);
    if (values != NULL) {
        struct dyn_map shared = *values;
        copy = dyn_copy(table(&shared), work->arena).as.map;
    }
    return coalesce(&c, chart, copy) ? copy : NULL;
}

struct dyn_map *values_table(struct dyn_map *values, str path)
{
    for (str key; values != NULL && str_cut(&path, '.', &key);) {
        const struct dyn *found = dyn_map_find(values, key);
        values = found != NULL && found->kind == DYN_MAP ? found->as.map : NULL;
    }
    return values;
}
