/* Which dependencies take part, under which name, and what values they export to their parent. */
#include "render/helm/chart.h"
#include "render/template/print.h"
#include "render/template/semver.h"

bool version_is_compatible(str constraint, str version, struct arena *arena)
{
    struct semver parsed;
    const char *problem;
    bool satisfied;
    str message;
    return semver_parse(version, &parsed, &problem) &&
           semver_check(constraint, &parsed, arena, &satisfied, &message) && satisfied;
}

static void warn(struct helm_work *work, const char *format, str text)
{
    if (work->context->findings != NULL)
        (void)findings_add(work->context->findings, SEVERITY_WARNING, "W_DEPENDENCY",
                           (struct position){0}, format, STR_ARG(text));
}

/* A value that is no table, by path. */
static const struct dyn *path_value(struct dyn_map *values, str path)
{
    size_t dot = str_rindex(path, '.');
    struct dyn_map *table =
        dot == SIZE_MAX ? values : values_table(values, str_slice(path, 0, dot));
    const struct dyn *found = dyn_map_find(table, dot == SIZE_MAX ? path : str_skip(path, dot + 1));
    return found != NULL && found->kind != DYN_MAP ? found : NULL;
}

/* The first condition that names a boolean decides. */
static void apply_condition(struct helm_work *work, struct dependency *dependency,
                            struct dyn_map *values, str path)
{
    str rest = str_trim(dependency->condition);
    for (str condition; str_cut(&rest, ',', &condition);) {
        if (condition.len == 0)
            continue;
        const struct dyn *found =
            path_value(values, arena_concat(work->arena, path, condition, STR("")));
        if (found == NULL)
            continue;
        if (found->kind == DYN_BOOL) {
            dependency->enabled = found->len == 1;
            return;
        }
        warn(work, "condition path '%.*s' returned a non-boolean value", condition);
    }
}

/* Tags: one that is true turns on, none true and one false turns off. */
static void apply_tags(struct helm_work *work, struct dependency *dependency,
                       struct dyn_map *values)
{
    const struct dyn *tags = dyn_map_find(values, STR("tags"));
    if (tags == NULL || tags->kind != DYN_MAP)
        return;
    bool on = false;
    bool off = false;
    for (uint32_t i = 0; i < dependency->tags.len; i++) {
        str name = dyn_str(dependency->tags.as.items[i]);
        const struct dyn *found = dyn_get(*tags, name);
        if (found == NULL)
            continue;
        if (found->kind != DYN_BOOL)
            warn(work, "tag '%.*s' has a non-boolean value", name);
        else if (found->len == 1)
            on = true;
        else
            off = true;
    }
    dependency->enabled = on || !off;
}

/* A copy of the child that a dependency asks for, under the dependency's name. */
static struct chart *pick_child(struct helm_work *work, const struct chart *chart,
                                const struct dependency *dependency)
{
    for (size_t i = 0; i < chart->children.len; i++) {
        struct chart *child = chart->children.items[i];
        if (!str_equal(child->metadata.name, dependency->name) ||
            !version_is_compatible(dependency->version, child->metadata.version, work->arena))
            continue;
        struct chart *copy = ARENA_NEW(work->arena, struct chart);
        *copy = *child;
        if (dependency->alias.len > 0)
            copy->metadata.name = dependency->alias;
        return copy;
    }
    return NULL;
}

static bool is_required(struct helm_work *work, const struct chart *chart,
                        const struct chart *child)
{
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies)
        if (str_equal(child->metadata.name, (*at)->name) &&
            version_is_compatible((*at)->version, child->metadata.version, work->arena))
            return true;
    return false;
}

struct chart_list {
    VEC(struct chart *) charts;
};

static void set_children(struct chart *chart, const struct chart_list *list, struct arena *arena)
{
    chart->children.items = NULL;
    chart->children.len = chart->children.cap = 0;
    for (size_t i = 0; i < list->charts.len; i++) {
        list->charts.items[i]->parent = chart;
        VEC_PUSH(arena, &chart->children, list->charts.items[i]);
    }
}

/* Children that nobody listed stay; listed ones appear once for each listing. */
static void rename_children(struct helm_work *work, struct chart *chart)
{
    struct chart_list list = {0};
    for (size_t i = 0; i < chart->children.len; i++)
        if (!is_required(work, chart, chart->children.items[i]))
            VEC_PUSH(work->arena, &list.charts, chart->children.items[i]);
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies) {
        struct chart *child = pick_child(work, chart, *at);
        if (child != NULL)
            VEC_PUSH(work->arena, &list.charts, child);
        if ((*at)->alias.len > 0)
            (*at)->name = (*at)->alias;
    }
    set_children(chart, &list, work->arena);
}

static bool is_disabled(const struct chart *chart, str name)
{
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies)
        if (!(*at)->enabled && str_equal((*at)->name, name))
            return true;
    return false;
}

/* Recursion: as deep as charts nest. */
static bool enable(struct helm_work *work, struct chart *chart, struct dyn_map *values, str path,
                   struct error *err)
{
    if (!chart->metadata.has_dependencies)
        return true;
    rename_children(work, chart);
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies)
        (*at)->enabled = true;
    struct dyn_map *all = values_coalesce(work, chart, values, false, err);
    if (all == NULL)
        return false;
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies)
        apply_tags(work, *at, all);
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies)
        apply_condition(work, *at, all, path);
    struct chart_list kept = {0};
    for (size_t i = 0; i < chart->children.len; i++)
        if (!is_disabled(chart, chart->children.items[i]->metadata.name))
            VEC_PUSH(work->arena, &kept.charts, chart->children.items[i]);
    struct dependency **left =
        ARENA_ARRAY(work->arena, struct dependency *, chart->metadata.dependencies.len);
    size_t count = 0;
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies)
        if (!is_disabled(chart, (*at)->name))
            left[count++] = *at;
    for (size_t i = 0; i < kept.charts.len; i++) {
        str below = arena_concat(work->arena, path, kept.charts.items[i]->metadata.name, STR("."));
        if (!enable(work, kept.charts.items[i], all, below, err))
            return false;
    }
    chart->metadata.dependencies.items = left;
    chart->metadata.dependencies.len = chart->metadata.dependencies.cap = count;
    chart->metadata.has_dependencies = count > 0;
    set_children(chart, &kept, work->arena);
    return true;
}

/* {a: {b: TABLE}} for the path "a.b". */
static struct dyn_map *below_path(struct helm_work *work, str path, struct dyn_map *table)
{
    if (str_equal(path, STR(".")))
        return table;
    for (;;) {
        size_t dot = str_rindex(path, '.');
        struct dyn_map *outer = dyn_map_create(work->arena);
        dyn_map_set(outer, work->arena, dot == SIZE_MAX ? path : str_skip(path, dot + 1),
                    dyn_of_map(TYPE_MAP_ANY, table));
        table = outer;
        if (dot == SIZE_MAX)
            return table;
        path = str_slice(path, 0, dot);
    }
}

static str text_of(struct helm_work *work, struct dyn v, const char *key)
{
    const struct dyn *found = dyn_get(v, str_z(key));
    return dyn_text(found != NULL ? *found : dyn_nil(), work->arena);
}

/* A chart that is there under two names shares its dependencies, and Helm imports from each once.
 */
static void import_values(struct helm_work *work, struct dependency *dependency,
                          struct dyn_map *all, struct dyn_map *imported)
{
    for (uint32_t i = 0; i < dependency->import_values.len; i++) {
        struct dyn import = dependency->import_values.as.items[i];
        str parent = STR(".");
        str child;
        if (import.kind == DYN_MAP) {
            child = text_of(work, import, "child");
            parent = text_of(work, import, "parent");
        } else if (import.kind == DYN_STRING) {
            child = arena_concat(work->arena, STR("exports."), dyn_str(import), STR(""));
        } else {
            continue;
        }
        str path = arena_concat(work->arena, dependency->name, STR("."), child);
        struct dyn_map *table = values_table(all, path);
        if (table == NULL) {
            warn(work, "import-values: there is no table %.*s", path);
            continue;
        }
        if (dyn_map_len(table) == 0)
            table = dyn_map_create(work->arena); /* others are shared with the child, as in Helm */
        values_merge_tables(work, imported, below_path(work, parent, table), true);
    }
    dependency->import_values.len = 0;
}

/* From the innermost charts outwards. Recursion: as deep as charts nest. */
static bool import_all(struct helm_work *work, struct chart *chart, struct error *err)
{
    for (size_t i = 0; i < chart->children.len; i++)
        if (!import_all(work, chart->children.items[i], err))
            return false;
    if (!chart->metadata.has_dependencies)
        return true;
    struct dyn_map *all = values_coalesce(work, chart, NULL, true, err);
    if (all == NULL)
        return false;
    struct dyn_map *imported = dyn_map_create(work->arena);
    VEC_FOR (struct dependency *, at, &chart->metadata.dependencies)
        import_values(work, *at, all, imported);
    chart->values = dyn_copy(dyn_of_map(TYPE_MAP_ANY, all), work->arena).as.map;
    values_merge_tables(work, chart->values, imported, true);
    return true;
}

bool dependencies_process(struct helm_work *work, struct chart *chart, struct dyn_map *values,
                          struct error *err)
{
    return enable(work, chart, values, (str){0}, err) && import_all(work, chart, err);
}
