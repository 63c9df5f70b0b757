/* The schemas of a chart and its children against their values. */
#include "render/helm/chart.h"
#include "syncd/jsonschema/jsonschema.h"
#include "syncd/value/json.h"

#include "render/template/dyn_value.h"

/* One chart's schema. The message is the schema's, prefixed with the chart's name. */
static bool check_chart(struct helm_work *work, const struct chart *chart,
                        const struct dyn_map *values, struct error *err)
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
    if (valid)
        return true;
    return error_rule(err, ERROR_INPUT, "E_SCHEMA",
                      "values don't meet the specifications of the schema(s) in the following "
                      "chart(s):\n%.*s:\n%.*s",
                      STR_ARG(name), STR_ARG(problem.message));
}

/* Recursion: as charts nest. */
bool values_check_schemas(struct helm_work *work, const struct chart *chart,
                          const struct dyn_map *values, struct error *err)
{
    if (chart->has_schema && !check_chart(work, chart, values, err))
        return false;
    for (size_t i = 0; i < chart->children.len; i++) {
        const struct chart *child = chart->children.items[i];
        const struct dyn *below = dyn_map_find(values, child->metadata.name);
        if (below == NULL || below->kind == DYN_NIL)
            continue;
        if (below->kind != DYN_MAP)
            return error_rule(err, ERROR_INPUT, "E_SCHEMA",
                              "%.*s: invalid type for values: expected object (map)",
                              STR_ARG(child->metadata.name));
        if (!values_check_schemas(work, child, below->as.map, err))
            return false;
    }
    return true;
}
