/* Charts from the snapshot: directories walked in order of names, packed charts, charts in charts.
 */
#include "render/helm/chart.h"
#include "render/template/dates.h"
#include "syncd/value/yaml.h"

#include "render/template/dyn_value.h"

#include <stdlib.h>

#define CHART_DEPTH_MAX 20
#define CHART_FILE_MAX  (5u << 20) /* Helm's own bound for one file */

static str without_bom(str bytes)
{
    return str_starts(bytes, STR("\xEF\xBB\xBF")) ? str_skip(bytes, 3) : bytes;
}

bool values_read(struct helm_work *work, str text, struct dyn_map **ret_values, struct error *err)
{
    const struct yaml_options options = {
        .dialect = YAML_KUBERNETES, .allow_duplicate_keys = true, .first_only = true};
    value v;
    if (!yaml_read(text, &options, work->limits, work->arena, &v, err))
        return false;
    if (!value_is(v, VALUE_OBJECT) && !value_is(v, VALUE_NULL))
        return error_rule(err, ERROR_INPUT, "E_VALUES",
                          "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s "
                          "into Go value of type map[string]interface {}",
                          value_kind_name(v.kind));
    *ret_values = value_is(v, VALUE_NULL) ? NULL : dyn_from_value(v, work->arena).as.map;
    return true;
}

/* Directories. */

struct walk {
    struct helm_work *work;
    const struct ignore_rules *rules;
    struct chart_files *files;
    struct error *err;
};

static int compare_names(const void *a, const void *b)
{
    const struct snapshot_entry *const *x = a;
    const struct snapshot_entry *const *y = b;
    return str_compare(path_base((*x)->path), path_base((*y)->path));
}

static bool add_file(struct walk *walk, const struct snapshot_entry *entry, str name)
{
    if (entry->bytes.len > CHART_FILE_MAX)
        return error_rule(walk->err, ERROR_LIMIT, "E_FILE_SIZE",
                          "chart file \"%.*s\" is larger than the maximum file size %u",
                          STR_ARG(name), CHART_FILE_MAX);
    if (walk->work->context->reads != NULL)
        snapshot_reads_add(walk->work->context->reads, entry);
    VEC_PUSH(walk->work->arena, &walk->files->list,
             (struct chart_file){.name = name, .bytes = without_bom(entry->bytes)});
    return true;
}

static bool walk_directory(struct walk *walk, str directory, str prefix, unsigned depth);

static bool walk_entry(struct walk *walk, const struct snapshot_entry *entry, str name,
                       unsigned depth)
{
    const struct snapshot_entry *real = entry;
    struct helm_work *work = walk->work;
    if (entry->mode == ENTRY_LINK &&
        !snapshot_resolve(work->context->snapshot, path_directory(entry->path),
                          path_base(entry->path), work->limits, work->arena, &real, walk->err))
        return error_wrap(walk->err, "%.*s", STR_ARG(name));
    bool is_directory = real->mode == ENTRY_DIRECTORY;
    if (ignore_matches(walk->rules, name, is_directory))
        return true;
    if (is_directory)
        return walk_directory(walk, real->path, arena_concat(work->arena, name, STR("/"), STR("")),
                              depth + 1);
    return add_file(walk, real, name);
}

static bool walk_directory(struct walk *walk, str directory, str prefix, unsigned depth)
{
    if (depth > walk->work->limits->tree_depth)
        return error_rule(walk->err, ERROR_LIMIT, "E_TREE_BUDGET",
                          "chart directories nest too deeply (limit tree_depth)");
    VEC(const struct snapshot_entry *) children = {0};
    struct snapshot_children each = snapshot_children(walk->work->context->snapshot, directory);
    for (const struct snapshot_entry *entry; (entry = snapshot_next_child(&each)) != NULL;)
        VEC_PUSH(walk->work->arena, &children, entry);
    if (children.len > 0)
        qsort(children.items, children.len, sizeof(*children.items), compare_names);
    for (size_t i = 0; i < children.len; i++) {
        str name =
            arena_concat(walk->work->arena, prefix, path_base(children.items[i]->path), STR(""));
        if (walk->files->list.len > walk->work->limits->unit_files)
            return error_rule(walk->err, ERROR_LIMIT, "E_TREE_BUDGET", "too many chart files");
        if (!walk_entry(walk, children.items[i], name, depth))
            return false;
    }
    return true;
}

static bool load_directory(struct helm_work *work, str path, struct chart **ret_chart,
                           struct error *err)
{
    struct chart_files files = {0};
    struct ignore_rules *rules;
    const struct snapshot_entry *ignore = snapshot_find(
        work->context->snapshot,
        path.len == 0 ? STR(".helmignore")
                      : arena_concat(work->arena, path, STR("/.helmignore"), STR("")));
    if (ignore != NULL && work->context->reads != NULL)
        snapshot_reads_add(work->context->reads, ignore);
    if (!ignore_parse(ignore != NULL ? ignore->bytes : (str){0}, work->arena, &rules, err))
        return error_at(err, (struct position){.file = STR(".helmignore")});
    struct walk walk = {.work = work, .rules = rules, .files = &files, .err = err};
    return walk_directory(&walk, path, (str){0}, 0) &&
           chart_from_files(work, &files, ret_chart, err);
}

bool chart_from_packed(struct helm_work *work, str packed, struct chart **ret_chart,
                       struct error *err)
{
    struct chart_files files = {0};
    return archive_read(work, packed, &files, err) &&
           chart_from_files(work, &files, ret_chart, err);
}

bool chart_load(struct helm_work *work, str path, struct chart **ret_chart, struct error *err)
{
    const struct snapshot_entry *entry;
    if (!snapshot_resolve(work->context->snapshot, STR(""), path, work->limits, work->arena, &entry,
                          err))
        return false;
    if (entry->mode == ENTRY_DIRECTORY)
        return load_directory(work, entry->path, ret_chart, err);
    if (work->context->reads != NULL)
        snapshot_reads_add(work->context->reads, entry);
    if (!str_starts(entry->bytes, STR("\x1F\x8B\x08")))
        return error_rule(err, ERROR_INPUT, "E_ARCHIVE",
                          "file '%.*s' does not appear to be a gzipped archive", STR_ARG(path));
    return chart_from_packed(work, entry->bytes, ret_chart, err);
}

/* Files to a chart. */

static struct hash128 sum_files(const struct chart_files *files, struct arena *arena)
{
    struct hash128 *sums = ARENA_ARRAY(arena, struct hash128, 2 * files->list.len);
    size_t count = 0;
    VEC_FOR (const struct chart_file, file, &files->list) {
        sums[count++] = hash_stable128(file->name);
        sums[count++] = hash_stable128(file->bytes);
    }
    return hash_stable128(str_from((const char *)sums, count * sizeof(*sums)));
}

static bool is_v1(const struct chart *chart)
{
    return str_equal(chart->metadata.api_version, STR("v1"));
}

/* A lock file is only checked for being one. */
static bool check_lock(struct helm_work *work, str text, struct error *err)
{
    const struct yaml_options options = {
        .dialect = YAML_KUBERNETES, .allow_duplicate_keys = true, .first_only = true};
    value v;
    if (!yaml_read(text, &options, work->limits, work->arena, &v, err))
        return false;
    value generated = value_get(v, STR("generated"));
    struct dyn_time time;
    str message;
    bool bad = !value_is(v, VALUE_OBJECT) && !value_is(v, VALUE_NULL);
    bad = bad || (value_present(generated) && !value_is(generated, VALUE_NULL) &&
                  !go_time_parse(STR("2006-01-02T15:04:05.999999999Z07:00"), value_str(generated),
                                 work->arena, &time, &message));
    return !bad || error_rule(err, ERROR_INPUT, "E_CHART", "the lock file is malformed");
}

struct subchart_files {
    str name; /* first part of the path below charts/ */
    struct chart_files files;
};

struct sorter {
    struct helm_work *work;
    struct chart *chart;
    VEC(struct subchart_files *) subcharts;
    struct error *err;
};

static void add_subchart_file(struct sorter *sorter, const struct chart_file *file)
{
    struct arena *arena = sorter->work->arena;
    str rest = str_skip(file->name, strlen("charts/"));
    str name;
    str whole = rest;
    if (!str_cut(&rest, '/', &name))
        return;
    struct subchart_files *found = NULL;
    VEC_FOR (struct subchart_files *, at, &sorter->subcharts)
        if (str_equal((*at)->name, name))
            found = *at;
    if (found == NULL) {
        found = ARENA_NEW(arena, struct subchart_files);
        found->name = name;
        VEC_PUSH(arena, &sorter->subcharts, found);
    }
    VEC_PUSH(arena, &found->files.list, (struct chart_file){.name = whole, .bytes = file->bytes});
}

static bool sort_file(struct sorter *sorter, const struct chart_file *file)
{
    struct chart *chart = sorter->chart;
    struct helm_work *work = sorter->work;
    str name = file->name;
    bool keep = false;
    if (str_equal(name, STR("Chart.yaml")))
        return true;
    if (str_equal(name, STR("Chart.lock")) || str_equal(name, STR("requirements.lock"))) {
        if (!check_lock(work, file->bytes, sorter->err))
            return error_wrap(sorter->err, "cannot load %.*s", STR_ARG(name));
        keep = name.ptr[0] == 'r' && is_v1(chart);
    } else if (str_equal(name, STR("values.yaml"))) {
        if (!values_read(work, file->bytes, &chart->values, sorter->err))
            return error_wrap(sorter->err, "cannot load values.yaml");
    } else if (str_equal(name, STR("values.schema.json"))) {
        chart->schema = file->bytes;
        chart->has_schema = true;
    } else if (str_equal(name, STR("requirements.yaml"))) {
        if (!metadata_read(work, file->bytes, &chart->metadata, sorter->err))
            return error_wrap(sorter->err, "cannot load requirements.yaml");
        keep = is_v1(chart);
    } else if (str_starts(name, STR("templates/"))) {
        VEC_PUSH(work->arena, &chart->templates.list, *file);
    } else if (str_starts(name, STR("charts/")) && !str_ends(name, STR(".prov"))) {
        add_subchart_file(sorter, file);
    } else {
        keep = true;
    }
    if (keep)
        VEC_PUSH(work->arena, &chart->files.list, *file);
    return true;
}

static bool load_subchart(struct sorter *sorter, struct subchart_files *subchart,
                          struct chart **ret_chart)
{
    struct helm_work *work = sorter->work;
    if (str_ends(subchart->name, STR(".tgz"))) {
        struct chart_files files = {0};
        const struct chart_file *file = &subchart->files.list.items[0];
        if (!str_equal(file->name, subchart->name))
            return error_rule(sorter->err, ERROR_INPUT, "E_CHART",
                              "error unpacking subchart tar in %.*s: expected %.*s, got %.*s",
                              STR_ARG(sorter->chart->metadata.name), STR_ARG(subchart->name),
                              STR_ARG(file->name));
        return archive_read(work, file->bytes, &files, sorter->err) &&
               chart_from_files(work, &files, ret_chart, sorter->err);
    }
    struct chart_files inner = {0};
    VEC_FOR (struct chart_file, file, &subchart->files.list) {
        size_t slash = str_index(file->name, '/');
        if (slash != SIZE_MAX)
            VEC_PUSH(
                work->arena, &inner.list,
                (struct chart_file){.name = str_skip(file->name, slash + 1), .bytes = file->bytes});
    }
    return chart_from_files(work, &inner, ret_chart, sorter->err);
}

static bool load_subcharts(struct sorter *sorter)
{
    struct chart *chart = sorter->chart;
    for (size_t i = 0; i < sorter->subcharts.len; i++) {
        struct subchart_files *subchart = sorter->subcharts.items[i];
        if (subchart->name.len > 0 && strchr("_.", subchart->name.ptr[0]) != NULL)
            continue;
        struct chart *child;
        if (!load_subchart(sorter, subchart, &child))
            return error_wrap(sorter->err, "error unpacking subchart %.*s in %.*s",
                              STR_ARG(subchart->name), STR_ARG(chart->metadata.name));
        child->parent = chart;
        VEC_PUSH(sorter->work->arena, &chart->children, child);
    }
    return true;
}

bool chart_from_files(struct helm_work *work, const struct chart_files *files,
                      struct chart **ret_chart, struct error *err)
{
    struct chart *chart = ARENA_NEW(work->arena, struct chart);
    bool found = false;
    if (work->depth >= CHART_DEPTH_MAX)
        return error_rule(err, ERROR_LIMIT, "E_CHART", "charts nest more than %d deep",
                          CHART_DEPTH_MAX);
    for (size_t i = 0; i < files->list.len; i++) {
        const struct chart_file *file = &files->list.items[i];
        if (!str_equal(file->name, STR("Chart.yaml")))
            continue;
        found = true;
        if (!metadata_read(work, file->bytes, &chart->metadata, err))
            return error_wrap(err, "cannot load Chart.yaml");
        if (chart->metadata.api_version.len == 0)
            chart->metadata.api_version = STR("v1");
    }
    chart->sum = sum_files(files, work->arena);
    struct sorter sorter = {.work = work, .chart = chart, .err = err};
    for (size_t i = 0; i < files->list.len; i++)
        if (!sort_file(&sorter, &files->list.items[i]))
            return false;
    if (!found)
        return error_rule(err, ERROR_INPUT, "E_CHART", "Chart.yaml file is missing");
    if (!metadata_check(work, &chart->metadata, err))
        return false;
    work->depth++;
    bool good = load_subcharts(&sorter);
    work->depth--;
    if (good)
        *ret_chart = chart;
    return good;
}

str chart_path(const struct chart *chart, struct arena *arena)
{
    str path = chart->metadata.name;
    for (const struct chart *parent = chart->parent; parent != NULL; parent = parent->parent)
        path = arena_concat(arena, parent->metadata.name, STR("/charts/"), path);
    return path;
}
