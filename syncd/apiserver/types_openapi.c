/* types_openapi: the graph of built-in types as OpenAPI v3 schemas. */
#include "syncd/apiserver/types.h"

#include "syncd/base/check.h"

static const struct {
    const char *package, *model;
} packages[] = {
    {"core", "io.k8s.api.core.v1"},
    {"apps", "io.k8s.api.apps.v1"},
    {"rbac", "io.k8s.api.rbac.v1"},
    {"coordination", "io.k8s.api.coordination.v1"},
    {"events", "io.k8s.api.events.v1"},
    {"autoscaling", "io.k8s.api.autoscaling.v1"},
    {"authorization", "io.k8s.api.authorization.v1"},
    {"authentication", "io.k8s.api.authentication.v1"},
    {"meta", "io.k8s.apimachinery.pkg.apis.meta.v1"},
    {"ext", "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1"},
};

str api_type_model(const struct api_type *type, struct arena *arena)
{
    for (size_t i = 0; i < ARRAY_LEN(packages); i++)
        if (str_equal(type->package, str_z(packages[i].package)))
            return arena_printf(arena, "%s.%.*s", packages[i].model, STR_ARG(type->name));
    CHECK(!"a package without a model name");
    return (str){0};
}

static value text_value(const char *text)
{
    return value_string(str_z(text));
}

static value split_names(str names, char separator, struct arena *arena)
{
    struct array_builder array;
    array_begin(&array, arena);
    str name;
    while (str_cut(&names, separator, &name))
        array_add(&array, value_string(name));
    return array_finish(&array);
}

/* type and format of the leaves, by api_type_kind. */
static const struct {
    const char *type, *format;
} leaf_forms[] = {
    [API_STRING] = {"string", NULL},      [API_INT32] = {"integer", "int32"},
    [API_INT64] = {"integer", "int64"},   [API_DOUBLE] = {"number", "double"},
    [API_BOOL] = {"boolean", NULL},       [API_BYTES] = {"string", "byte"},
    [API_TIME] = {"string", "date-time"}, [API_MICROTIME] = {"string", "date-time"},
    [API_RAW] = {"object", NULL},         [API_OBJECT] = {"object", NULL},
};

static value one_of(const char *first, const char *second, struct arena *arena)
{
    struct array_builder array;
    array_begin(&array, arena);
    const char *names[] = {first, second};
    for (size_t i = 0; i < 2; i++)
        array_add(&array, value_with((value){.kind = VALUE_OBJECT}, STR("type"),
                                     text_value(names[i]), arena));
    return array_finish(&array);
}

static void add_leaf(const struct api_type *type, struct object_builder *out, struct arena *arena)
{
    switch (type->kind) {
    case API_QUANTITY: object_add(out, STR("oneOf"), one_of("string", "number", arena)); return;
    case API_INT_OR_STRING:
        object_add(out, STR("format"), text_value("int-or-string"));
        object_add(out, STR("oneOf"), one_of("integer", "string", arena));
        return;
    case API_JSON:
        object_add(out, STR("x-kubernetes-preserve-unknown-fields"), value_bool(true));
        return;
    default: break;
    }
    object_add(out, STR("type"), text_value(leaf_forms[type->kind].type));
    if (leaf_forms[type->kind].format != NULL)
        object_add(out, STR("format"), text_value(leaf_forms[type->kind].format));
    if (type->kind == API_RAW)
        object_add(out, STR("x-kubernetes-preserve-unknown-fields"), value_bool(true));
    if (type->enums.len != 0)
        object_add(out, STR("enum"), split_names(type->enums, '|', arena));
}

value api_type_schema(const struct api_type *type, struct map *schemas, struct arena *arena)
{
    static const char *const list_names[] = {
        [API_LIST_ATOMIC] = "atomic", [API_LIST_SET] = "set", [API_LIST_MAP] = "map"};
    struct object_builder out;
    object_begin(&out, arena);
    switch (type->kind) {
    case API_STRUCT:
        api_type_schemas(type, schemas, arena);
        object_add(&out, STR("$ref"),
                   value_string(arena_concat(arena, STR("#/components/schemas/"),
                                             api_type_model(type, arena), (str){0})));
        break;
    case API_LIST:
        object_add(&out, STR("type"), text_value("array"));
        object_add(&out, STR("items"), api_type_schema(type->item, schemas, arena));
        if (type->list != API_LIST_PLAIN)
            object_add(&out, STR("x-kubernetes-list-type"), text_value(list_names[type->list]));
        if (type->list == API_LIST_MAP)
            object_add(&out, STR("x-kubernetes-list-map-keys"),
                       split_names(type->keys, ',', arena));
        break;
    case API_MAP:
        object_add(&out, STR("type"), text_value("object"));
        object_add(&out, STR("additionalProperties"), api_type_schema(type->item, schemas, arena));
        if (type->atomic)
            object_add(&out, STR("x-kubernetes-map-type"), text_value("atomic"));
        break;
    default: add_leaf(type, &out, arena); break;
    }
    return object_finish(&out);
}

static value default_of(const struct api_field *field)
{
    switch (field->type->kind) {
    case API_BOOL: return value_bool(str_equal(field->default_text, STR("true")));
    case API_INT32:
    case API_INT64: return value_number(field->default_text);
    default: return value_string(field->default_text);
    }
}

static value field_schema(const struct api_field *field, struct map *schemas, struct arena *arena)
{
    value schema = api_type_schema(field->type, schemas, arena);
    if (field->type->kind == API_STRUCT && (field->flags & API_FIELD_POINTER) == 0) {
        /* a struct that is always there: wrapped, with an empty default */
        struct array_builder all;
        array_begin(&all, arena);
        array_add(&all, schema);
        schema = value_with((value){.kind = VALUE_OBJECT}, STR("allOf"), array_finish(&all), arena);
        schema = value_with(schema, STR("default"), (value){.kind = VALUE_OBJECT}, arena);
    }
    if ((field->flags & API_FIELD_DEFAULT) != 0)
        schema = value_with(schema, STR("default"), default_of(field), arena);
    const char *strategy = NULL;
    bool retain = (field->flags & API_FIELD_RETAIN_KEYS) != 0;
    if ((field->flags & API_FIELD_MERGE) != 0)
        strategy = retain ? "merge,retainKeys" : "merge";
    else if (retain)
        strategy = "retainKeys";
    if (strategy != NULL)
        schema =
            value_with(schema, STR("x-kubernetes-patch-strategy"), text_value(strategy), arena);
    if (field->merge_key.len != 0)
        schema = value_with(schema, STR("x-kubernetes-patch-merge-key"),
                            value_string(field->merge_key), arena);
    return schema;
}

/* Recursive over the graph of types; every type is entered once. */
void api_type_schemas(const struct api_type *type, struct map *schemas, struct arena *arena)
{
    str model = api_type_model(type, arena);
    struct map_entry *entry = map_place(schemas, arena, model);
    if (entry->value != NULL)
        return;
    value *schema = ARENA_NEW(arena, value);
    entry->value = schema;
    struct object_builder properties, out;
    struct array_builder required;
    object_begin(&properties, arena);
    array_begin(&required, arena);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct api_field *field = &type->fields[i];
        object_add(&properties, field->name, field_schema(field, schemas, arena));
        if ((field->flags & API_FIELD_REQUIRED) != 0)
            array_add(&required, value_string(field->name));
    }
    object_begin(&out, arena);
    object_add(&out, STR("type"), text_value("object"));
    object_add(&out, STR("properties"), object_finish(&properties));
    if (required.items.len != 0)
        object_add(&out, STR("required"), array_finish(&required));
    if (type->atomic)
        object_add(&out, STR("x-kubernetes-map-type"), text_value("atomic"));
    *schema = object_finish(&out);
}
