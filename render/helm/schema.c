/* The schemas of a chart and its children against their values. */
#include "render/helm/chart.h"
#include "syncd/jsonschema/jsonschema.h"
#include "syncd/value/json.h"

#include "render/template/dyn_value.h"

#define COMPLAINT_MAX (256u << 10)

/* One chart's schema. What is wrong goes to `out`, below the chart's name. */
static bool check_chart(struct helm_work *work, const struct chart *chart,
                        const struct dyn_map *values, struct buf *out, struct error *err)
{
    struct jsonschema schema;
    value document;
    value instance;
    bool valid;
    struct jsonschema_problem problem;
    str name = chart->metadata.name;
    struct dyn_map shared = values != NULL ? *values : (struct dyn_map){0};
    if (!json_read(chart->schema, work->limits, work->arena, &document, err) ||
        !jsonschema_compile(document, work->limits, work->arena, &schema, err))
        return error_wrap(err, "%.*s: values.schema.json", STR_ARG(name));
    if (!dyn_to_value(dyn_of_map(TYPE_MAP_ANY, &shared), DYN_NUMBERS_JSON, work->arena, &instance))
        return error_rule(err, ERROR_INPUT, "E_SCHEMA", "the values are no JSON document");
    if (!jsonschema_validate(&schema, instance, &valid, &problem, err))
        return error_wrap(err, "%.*s: values.schema.json", STR_ARG(name));
    if (!valid)
        buf_printf(out, "%.*s:\n%.*s\n", STR_ARG(name), STR_ARG(problem.all));
    return true;
}

/* Recursion: as charts nest. */
static bool check_charts(struct helm_work *work, const struct chart *chart,
                         const struct dyn_map *values, struct buf *out, struct error *err)
{
    if (chart->has_schema && !check_chart(work, chart, values, out, err))
        return false;
    for (size_t i = 0; i < chart->children.len; i++) {
        const struct chart *child = chart->children.items[i];
        const struct dyn *below = dyn_map_find(values, child->metadata.name);
        if (below == NULL || below->kind == DYN_NIL)
            continue;
        if (below->kind != DYN_MAP)
            buf_printf(out, "%.*s:\ninvalid type for values: expected object (map), got %.*s\n",
                       STR_ARG(child->metadata.name), STR_ARG(dyn_type_name(*below, work->arena)));
        else if (!check_charts(work, child, below->as.map, out, err))
            return false;
    }
    return true;
}

/* What the error itself has no room for: each line is a finding. */
static void tell_the_rest(struct helm_work *work, str rest)
{
    if (work->context->findings == NULL)
        return;
    for (str line; str_cut(&rest, '\n', &line);)
        if (line.len > 0)
            (void)findings_add(work->context->findings, SEVERITY_ERROR, "E_SCHEMA",
                               (struct position){.file = STR("values.schema.json")}, "%.*s",
                               STR_ARG(line));
}

bool values_check_schemas(struct helm_work *work, const struct chart *chart,
                          const struct dyn_map *values, struct error *err)
{
    static const char said[] = "values don't meet the specifications of the schema(s) in the "
                               "following chart(s):\n";
    AUTO_BUF struct buf out = BUF_INIT(COMPLAINT_MAX);
    if (!check_charts(work, chart, values, &out, err))
        return false;
    str all = str_trim_right(buf_str(&out), STR("\n"));
    if (all.len == 0)
        return true;
    size_t room = sizeof(err->text) - sizeof(said);
    str first = str_slice(all, 0, all.len < room ? all.len : room);
    if (first.len < all.len && str_rindex(first, '\n') != SIZE_MAX)
        first.len = str_rindex(first, '\n');
    tell_the_rest(work, str_skip(all, first.len));
    return error_rule(err, ERROR_INPUT, "E_SCHEMA", "%s%.*s", said, STR_ARG(first));
}
