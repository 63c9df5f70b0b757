#include "diff/schema_build.h"

static const struct {
    str name;
    enum schema_kind kind;
} kind_rows[] = {
    {STR_INIT("object"), KIND_OBJECT}, {STR_INIT("array"), KIND_ARRAY},
    {STR_INIT("string"), KIND_STRING}, {STR_INIT("integer"), KIND_INTEGER},
    {STR_INIT("number"), KIND_NUMBER}, {STR_INIT("boolean"), KIND_BOOLEAN},
};

static enum schema_kind read_kind(value schema)
{
    str name = value_str(value_get(schema, STR("type")));
    for (size_t i = 0; i < ARRAY_LEN(kind_rows); i++) {
        if (str_equal(name, kind_rows[i].name))
            return kind_rows[i].kind;
    }
    return KIND_ANY;
}

/* Formats of numbers bound their range, those of texts their spelling; others say nothing. */
static const char *read_format(value schema, enum schema_kind kind)
{
    static const struct {
        enum schema_kind kind;
        const char *name;
    } numbers[] = {
        {KIND_INTEGER, "int32"},
        {KIND_INTEGER, "int64"},
        {KIND_NUMBER, "float"},
        {KIND_NUMBER, "double"},
    };
    str name = value_str(value_get(schema, STR("format")));
    if (name.len == 0)
        return NULL;
    if (kind == KIND_ANY || kind == KIND_STRING)
        return schema_format(name);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (kind == numbers[i].kind && str_equal(name, str_z(numbers[i].name)))
            return numbers[i].name;
    }
    return NULL;
}

static int64_t read_bound(value schema, str key)
{
    int64_t bound;
    return value_to_i64(value_get(schema, key), &bound) ? bound : -1;
}

/* A number or array, kept for the life of the type. */
static value keep(struct builder *builder, value schema, str key, enum value_kind kind)
{
    value v = value_get(schema, key);
    return value_is(v, kind) ? value_copy(v, builder->arena) : value_absent();
}

static struct schema_types read_junction(struct builder *builder, value schema, str key,
                                         const struct place *place)
{
    value list = value_get(schema, key);
    size_t count = value_is(list, VALUE_ARRAY) ? list.len : 0;
    const struct schema_type **types =
        ARENA_ARRAY(builder->arena, const struct schema_type *, count);
    for (size_t i = 0; i < count; i++) {
        struct place below = {
            .up = place, .name = key, .key = arena_printf(builder->arena, "%zu", i)};
        types[i] = build_nested(builder, value_item(list, i), &below);
    }
    return (struct schema_types){.items = types, .len = count};
}

static void read_pattern(struct builder *builder, value schema, const struct place *place,
                         struct schema_rules *rules)
{
    str pattern = value_str(value_get(schema, STR("pattern")));
    struct error err = ERROR_INIT;
    if (pattern.len == 0)
        return;
    rules->pattern_text = arena_str(builder->arena, pattern);
    if (!regex_compile(rules->pattern_text, builder->limits, builder->arena, &rules->pattern, &err))
        build_refuse(builder, place,
                     ".pattern: Invalid value: \"%.*s\": must be a valid regular "
                     "expression, but isn't: %s",
                     STR_ARG(pattern), err.text);
}

static void read_required(struct builder *builder, value schema, struct schema_rules *rules)
{
    value list = value_get(schema, STR("required"));
    size_t count = value_is(list, VALUE_ARRAY) ? list.len : 0;
    str *names = ARENA_ARRAY(builder->arena, str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = schema_intern(builder->set, value_str(value_item(list, i)));
    rules->required = names;
    rules->required_count = count;
}

/* True when the schema says something beyond its kind and format. */
static bool says_more(value schema)
{
    static const str keys[] = {
        STR_INIT("enum"),          STR_INIT("minimum"),     STR_INIT("maximum"),
        STR_INIT("multipleOf"),    STR_INIT("minLength"),   STR_INIT("maxLength"),
        STR_INIT("minItems"),      STR_INIT("maxItems"),    STR_INIT("minProperties"),
        STR_INIT("maxProperties"), STR_INIT("uniqueItems"), STR_INIT("pattern"),
        STR_INIT("required"),      STR_INIT("allOf"),       STR_INIT("anyOf"),
        STR_INIT("oneOf"),         STR_INIT("not"),         STR_INIT("x-kubernetes-validations"),
    };
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (value_present(value_get(schema, keys[i])))
            return true;
    }
    return false;
}

static struct schema_rules no_rules(enum schema_kind kind, const char *format)
{
    return (struct schema_rules){
        .kind = kind,
        .format = format,
        .min_length = -1,
        .max_length = -1,
        .min_items = -1,
        .max_items = -1,
        .min_properties = -1,
        .max_properties = -1,
    };
}

/* Most nodes only say their kind and format: those share their rules. */
static const struct schema_rules *simple_rules(struct builder *builder, enum schema_kind kind,
                                               const char *format)
{
    for (size_t i = 0; i < builder->simple.len; i++) {
        const struct schema_rules *rules = builder->simple.items[i];
        if (rules->kind == kind && rules->format == format)
            return rules;
    }
    struct schema_rules *rules = ARENA_NEW(builder->arena, struct schema_rules);
    *rules = no_rules(kind, format);
    VEC_PUSH(builder->arena, &builder->simple, rules);
    return rules;
}

const struct schema_rules *build_rules(struct builder *builder, value schema,
                                       const struct place *place)
{
    enum schema_kind kind = read_kind(schema);
    const char *format = read_format(schema, kind);
    if (!says_more(schema))
        return kind != KIND_ANY || format != NULL ? simple_rules(builder, kind, format) : NULL;
    struct schema_rules *rules = ARENA_NEW(builder->arena, struct schema_rules);
    *rules = no_rules(kind, format);
    rules->allowed = keep(builder, schema, STR("enum"), VALUE_ARRAY);
    rules->minimum = keep(builder, schema, STR("minimum"), VALUE_NUMBER);
    rules->maximum = keep(builder, schema, STR("maximum"), VALUE_NUMBER);
    rules->multiple_of = keep(builder, schema, STR("multipleOf"), VALUE_NUMBER);
    rules->exclusive_minimum = value_true(value_get(schema, STR("exclusiveMinimum")));
    rules->exclusive_maximum = value_true(value_get(schema, STR("exclusiveMaximum")));
    rules->unique_items = value_true(value_get(schema, STR("uniqueItems")));
    rules->has_cel = value_len(value_get(schema, STR("x-kubernetes-validations"))) != 0;
    rules->min_length = read_bound(schema, STR("minLength"));
    rules->max_length = read_bound(schema, STR("maxLength"));
    rules->min_items = read_bound(schema, STR("minItems"));
    rules->max_items = read_bound(schema, STR("maxItems"));
    rules->min_properties = read_bound(schema, STR("minProperties"));
    rules->max_properties = read_bound(schema, STR("maxProperties"));
    read_pattern(builder, schema, place, rules);
    read_required(builder, schema, rules);
    rules->all_of = read_junction(builder, schema, STR("allOf"), place);
    rules->any_of = read_junction(builder, schema, STR("anyOf"), place);
    rules->one_of = read_junction(builder, schema, STR("oneOf"), place);
    value not = value_get(schema, STR("not"));
    if (value_is(not, VALUE_OBJECT)) {
        struct place below = {.up = place, .name = STR("not")};
        rules->not = build_nested(builder, not, &below);
    }
    return rules;
}

static void nested_fields(struct builder *builder, value schema, const struct place *place,
                          struct schema_type *type)
{
    value properties = value_get(schema, STR("properties"));
    size_t count = value_len(properties);
    struct schema_field *fields = ARENA_ARRAY(builder->arena, struct schema_field, count);
    for (size_t i = 0; i < count; i++) {
        const struct member *property = value_member(properties, i);
        struct place below = {.up = place, .name = STR("properties"), .key = property->key};
        fields[i].name = schema_intern(builder->set, property->key);
        fields[i].type = build_nested(builder, property->val, &below);
    }
    schema_set_fields(type, fields, count);
}

const struct schema_type *build_nested(struct builder *builder, value schema,
                                       const struct place *place)
{
    struct schema_type *type = ARENA_NEW(builder->arena, struct schema_type);
    value items = value_get(schema, STR("items"));
    value additional = value_get(schema, STR("additionalProperties"));
    if (builder->depth >= SCHEMA_DEPTH)
        build_refuse(builder, place, "nested deeper than %d levels", SCHEMA_DEPTH);
    if (builder->failed)
        return type;
    builder->depth++;
    type->rules = build_rules(builder, schema, place);
    nested_fields(builder, schema, place, type);
    if (value_is(items, VALUE_OBJECT)) {
        struct place below = {.up = place, .name = STR("items")};
        type->items = build_nested(builder, items, &below);
    }
    if (value_is(additional, VALUE_OBJECT)) {
        struct place below = {.up = place, .name = STR("additionalProperties")};
        type->flags |= SCHEMA_ADDITIONAL;
        type->values = build_nested(builder, additional, &below);
    }
    builder->depth--;
    return type;
}
