#include "syncd/apiserver/table.h"

#include "syncd/apiserver/jsonpath.h"
#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <inttypes.h>

str api_age_text(int64_t age_ns, struct arena *arena)
{
    int64_t s = age_ns / NS_PER_S;
    int64_t m = s / 60, h = s / 3600, d = s / 86400, y = d / 365;
    if (s < -1)
        return STR("<invalid>");
    if (s < 0)
        return STR("0s");
    if (s < 120)
        return arena_printf(arena, "%" PRId64 "s", s);
    if (m < 10)
        return s % 60 == 0 ? arena_printf(arena, "%" PRId64 "m", m)
                           : arena_printf(arena, "%" PRId64 "m%" PRId64 "s", m, s % 60);
    if (m < 180)
        return arena_printf(arena, "%" PRId64 "m", m);
    if (h < 8)
        return m % 60 == 0 ? arena_printf(arena, "%" PRId64 "h", h)
                           : arena_printf(arena, "%" PRId64 "h%" PRId64 "m", h, m % 60);
    if (h < 48)
        return arena_printf(arena, "%" PRId64 "h", h);
    if (h < 192)
        return h % 24 == 0 ? arena_printf(arena, "%" PRId64 "d", d)
                           : arena_printf(arena, "%" PRId64 "d%" PRId64 "h", d, h % 24);
    if (d < 365 * 2)
        return arena_printf(arena, "%" PRId64 "d", d);
    if (d < 365 * 8)
        return d % 365 == 0 ? arena_printf(arena, "%" PRId64 "y", y)
                            : arena_printf(arena, "%" PRId64 "y%" PRId64 "d", y, d % 365);
    return arena_printf(arena, "%" PRId64 "y", y);
}

str api_age_of(value time, int64_t now_ns, struct arena *arena)
{
    int64_t then_ns;
    if (!clock_parse_rfc3339(value_str(time), &then_ns))
        return STR("<unknown>");
    return api_age_text(now_ns - then_ns, arena);
}

str api_label_words(value labels, struct arena *arena)
{
    AUTO_BUF struct buf words = BUF_INIT(65536);
    for (size_t i = 0; i < value_len(labels); i++)
        buf_printf(&words, "%s%.*s=%.*s", i > 0 ? "," : "", STR_ARG(value_member(labels, i)->key),
                   STR_ARG(value_str(value_member(labels, i)->val)));
    return words.len == 0 ? STR("<none>") : buf_copy(&words, arena);
}

static value columns_value(const struct api_version *version, struct arena *arena)
{
    struct array_builder columns;
    array_begin(&columns, arena);
    for (size_t i = 0; i < version->column_count; i++) {
        const struct api_column *column = &version->columns[i];
        struct object_builder one;
        object_begin(&one, arena);
        object_add(&one, STR("description"), value_string(column->description));
        object_add(&one, STR("format"), value_string(column->format));
        object_add(&one, STR("name"), value_string(column->name));
        object_add(&one, STR("priority"), value_int(column->priority, arena));
        object_add(&one, STR("type"), value_string(column->type));
        array_add(&columns, object_finish(&one));
    }
    return array_finish(&columns);
}

void api_table_begin(const struct api_call *call, value list_metadata, bool with_columns,
                     struct buf *out)
{
    buf_printf(out, "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/%.*s\",\"metadata\":",
               STR_ARG(call->form_version));
    json_write(list_metadata, JSON_COMPACT, out);
    buf_add(out, STR(",\"columnDefinitions\":"));
    if (with_columns)
        json_write(columns_value(call->version, call->arena), JSON_COMPACT, out);
    else
        buf_add(out, STR("null"));
    buf_add(out, STR(",\"rows\":["));
}

void api_table_end(struct buf *out)
{
    buf_add(out, STR("]}\n"));
}

/* A value as JSONPath prints it into a column of strings. */
static value text_cell(value found, struct arena *arena)
{
    if (value_is(found, VALUE_STRING))
        return found;
    if (value_is(found, VALUE_NULL))
        return value_string(STR("<nil>"));
    return value_string(json_text(found, JSON_COMPACT, arena));
}

static value integer_cell(value found, struct arena *arena)
{
    int64_t number;
    double real;
    if (value_to_i64(found, &number))
        return found;
    if (value_to_double(found, &real) && real > -9e18 && real < 9e18)
        return value_int((int64_t)real, arena);
    return value_null();
}

static value custom_cell(const struct api_column *column, value object, int64_t now_ns,
                         struct arena *arena)
{
    value found = api_jsonpath_first(object, column->json_path, arena);
    if (!value_present(found))
        return value_null();
    if (str_equal(column->type, STR("string")))
        return text_cell(found, arena);
    if (str_equal(column->type, STR("integer")))
        return integer_cell(found, arena);
    if (str_equal(column->type, STR("number")))
        return value_is(found, VALUE_NUMBER) ? found : value_null();
    if (str_equal(column->type, STR("boolean")))
        return value_is(found, VALUE_BOOL) ? found : value_null();
    if (str_equal(column->type, STR("date")) && value_is(found, VALUE_STRING)) {
        int64_t then_ns;
        if (!clock_parse_rfc3339(value_str(found), &then_ns))
            return value_string(STR("<invalid>"));
        return value_string(api_age_text(now_ns - then_ns, arena));
    }
    return value_null();
}

static value custom_cells(const struct api_call *call, value object, struct arena *arena)
{
    struct array_builder cells;
    array_begin(&cells, arena);
    int64_t now_ns = call->world->now_ns(call->world->context);
    array_add(&cells, value_get2(object, STR("metadata"), STR("name")));
    for (size_t i = 1; i < call->version->column_count; i++)
        array_add(&cells, custom_cell(&call->version->columns[i], object, now_ns, arena));
    return array_finish(&cells);
}

static value builtin_cells(const struct api_call *call, value object, struct arena *arena)
{
    const struct api_kind_rules *rules = call->resource->definition->builtin->rules;
    struct array_builder cells;
    array_begin(&cells, arena);
    int64_t now_ns = call->world->now_ns(call->world->context);
    CHECK(rules != NULL && rules->cells != NULL);
    rules->cells(object, now_ns, &cells, arena);
    return array_finish(&cells);
}

value api_partial_metadata(const struct api_call *call, value object, bool with_kind,
                           struct arena *arena)
{
    struct object_builder out;
    object_begin(&out, arena);
    if (with_kind) {
        object_add(
            &out, STR("apiVersion"),
            value_string(arena_concat(arena, STR("meta.k8s.io/"), call->form_version, (str){0})));
        object_add(&out, STR("kind"), value_string(STR("PartialObjectMetadata")));
    }
    object_add(&out, STR("metadata"), value_get(object, STR("metadata")));
    return object_finish(&out);
}

void api_table_row(const struct api_call *call, value object, bool first, struct buf *out,
                   struct arena *scratch)
{
    value cells = call->resource->definition->builtin != NULL ? builtin_cells(call, object, scratch)
                                                              : custom_cells(call, object, scratch);
    str include = api_query(call, "includeObject");
    buf_add(out, first ? STR("{\"cells\":") : STR(",{\"cells\":"));
    json_write(cells, JSON_COMPACT, out);
    buf_add(out, STR(",\"object\":"));
    if (str_equal(include, STR("None")))
        buf_add(out, STR("null"));
    else if (str_equal(include, STR("Object")))
        json_write(object, JSON_COMPACT, out);
    else
        json_write(api_partial_metadata(call, object, true, scratch), JSON_COMPACT, out);
    buf_add_byte(out, '}');
}
