#include "diff/schema_build.h"

#include "syncd/base/buf.h"
#include "syncd/value/json.h"

#include <stdarg.h>
#include <stdio.h>

static void print_place(const struct place *place, struct buf *buf)
{
    if (place == NULL)
        return;
    print_place(place->up, buf);
    if (place->up != NULL)
        buf_add_byte(buf, '.');
    buf_add(buf, place->name);
    if (place->key.len != 0)
        buf_printf(buf, "[%.*s]", STR_ARG(place->key));
}

void build_refuse(struct builder *builder, const struct place *place, const char *format, ...)
{
    if (builder->failed)
        return;
    builder->failed = true;
    AUTO_BUF struct buf path = BUF_INIT(4096);
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args); /* cut, not failed, when too long */
    va_end(args);
    print_place(place, &path);
    /* A text that begins with a dot goes on with the place. */
    error_rule(builder->err, ERROR_INPUT, "E_SCHEMA", "%.*s%s%s", STR_ARG(buf_str(&path)),
               text[0] == '.' ? "" : ": ", text);
}

static str text_of(value schema, str key)
{
    return value_str(value_get(schema, key));
}

static const struct schema_type *build_reference(struct builder *builder, value schema,
                                                 bool preserve_unknown, const struct place *place);

static enum schema_map read_map_type(struct builder *builder, value schema,
                                     const struct place *place)
{
    value said = value_get(schema, STR("x-kubernetes-map-type"));
    str text = value_str(said);
    if (!value_present(said) || str_equal(text, STR("granular")))
        return MAP_GRANULAR;
    if (!str_equal(text, STR("atomic")))
        build_refuse(builder, place, "unknown map type %.*s", STR_ARG(text));
    return MAP_ATOMIC;
}

static void read_keys(struct builder *builder, value keys, struct schema_type *type)
{
    str *names = ARENA_ARRAY(builder->arena, str, value_len(keys));
    type->keys = names;
    for (size_t i = 0; i < value_len(keys); i++)
        names[type->key_count++] = schema_intern(builder->set, value_str(value_item(keys, i)));
}

/* x-kubernetes-patch-strategy is what says it in older documents of built-in kinds. */
static void read_list_type(struct builder *builder, value schema, const struct place *place,
                           struct schema_type *type)
{
    str said = text_of(schema, STR("x-kubernetes-list-type"));
    str strategy = text_of(schema, STR("x-kubernetes-patch-strategy"));
    value key = value_get(schema, STR("x-kubernetes-patch-merge-key"));
    type->list = LIST_ATOMIC;
    if (str_equal(said, STR("set"))) {
        type->list = LIST_SET;
    } else if (str_equal(said, STR("map"))) {
        type->list = LIST_MAP;
        read_keys(builder, value_get(schema, STR("x-kubernetes-list-map-keys")), type);
        if (type->key_count == 0)
            build_refuse(builder, place, "missing map keys");
    } else if (said.len != 0 && !str_equal(said, STR("atomic"))) {
        build_refuse(builder, place, "unknown list type %.*s", STR_ARG(said));
    } else if (said.len == 0 && (str_equal(strategy, STR("merge")) ||
                                 str_equal(strategy, STR("merge,retainKeys")))) {
        struct array_builder keys;
        array_begin(&keys, builder->arena);
        if (value_is(key, VALUE_STRING))
            array_add(&keys, key);
        type->list = value_is(key, VALUE_STRING) ? LIST_MAP : LIST_SET;
        read_keys(builder, array_finish(&keys), type);
    }
}

static void build_list(struct builder *builder, value schema, bool preserve_unknown,
                       const struct place *place, struct schema_type *type)
{
    value items = value_get(schema, STR("items"));
    read_list_type(builder, schema, place, type);
    type->items = schema_opaque();
    if (value_is(items, VALUE_OBJECT)) {
        struct place below = {.up = place, .name = STR("items")};
        type->items = build_reference(builder, items, preserve_unknown, &below);
    } else if (str_equal(text_of(schema, STR("type")), STR("array"))) {
        build_refuse(builder, place, ".items: Required value: must be specified");
    }
    if (type->list == LIST_MAP && type->items->map == MAP_NONE && builder->structural)
        build_refuse(builder, place, "a list of type map needs objects as items");
}

static void build_values(struct builder *builder, value schema, bool preserve_unknown,
                         const struct place *place, struct schema_type *type)
{
    value additional = value_get(schema, STR("additionalProperties"));
    if (value_is(additional, VALUE_OBJECT)) {
        struct place below = {.up = place, .name = STR("additionalProperties")};
        type->flags |= SCHEMA_ADDITIONAL;
        type->values = build_reference(builder, additional, preserve_unknown, &below);
    } else if (value_true(additional)) {
        type->flags |= SCHEMA_ADDITIONAL;
        type->values = schema_untyped();
    } else if (!value_present(additional) &&
               (preserve_unknown || value_len(value_get(schema, STR("properties"))) == 0)) {
        type->values = schema_untyped();
    }
}

/* A default must be what the type itself would let through. */
static void check_default(struct builder *builder, const struct schema_type *type, value preset,
                          const struct place *place)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    AUTO_ARENA struct arena *inner = arena_create(ARENA_NO_BUDGET);
    struct schema_problems problems = {0};
    if (!value_equal(schema_prune_value(type, preset, true, scratch), preset))
        build_refuse(builder, place, ".default: Invalid value: %s: must not have unknown fields",
                     arena_str(scratch, json_text(preset, JSON_GO, scratch)).ptr);
    else if (!schema_validate(type, preset, value_absent(), scratch, inner, &problems))
        build_refuse(builder, place, ".default%s%.*s: %.*s",
                     problems.list.items[0].path.len != 0 ? "." : "",
                     STR_ARG(problems.list.items[0].path), STR_ARG(problems.list.items[0].text));
}

static bool has_defaults(const struct schema_type *type)
{
    return (type->flags & SCHEMA_HAS_DEFAULTS) != 0;
}

static void build_map(struct builder *builder, value schema, bool preserve_unknown,
                      const struct place *place, struct schema_type *type)
{
    value properties = value_get(schema, STR("properties"));
    size_t count = value_len(properties);
    struct schema_field *fields = ARENA_ARRAY(builder->arena, struct schema_field, count);
    for (size_t i = 0; i < count; i++) {
        const struct member *property = value_member(properties, i);
        struct place below = {.up = place, .name = STR("properties"), .key = property->key};
        value preset = value_get(property->val, STR("default"));
        fields[i].name = schema_intern(builder->set, property->key);
        fields[i].type = build_reference(builder, property->val, preserve_unknown, &below);
        if (value_present(preset) && !value_is(preset, VALUE_NULL)) {
            fields[i].default_value = value_copy(preset, builder->arena);
            type->flags |= SCHEMA_HAS_DEFAULTS;
            if (builder->structural && !builder->failed)
                check_default(builder, fields[i].type, preset, &below);
            if (builder->structural)
                fields[i].default_value = schema_prune_value(
                    fields[i].type, fields[i].default_value, false, builder->arena);
        }
        if (has_defaults(fields[i].type))
            type->flags |= SCHEMA_HAS_DEFAULTS;
    }
    type->map = (uint8_t)read_map_type(builder, schema, place);
    schema_set_fields(type, fields, count);
    build_values(builder, schema, preserve_unknown, place, type);
    if (type->values != NULL && has_defaults(type->values))
        type->flags |= SCHEMA_HAS_DEFAULTS;
}

static const struct {
    str name;
    enum schema_kind kind;
    enum schema_scalar scalar;
} kinds[] = {
    {STR_INIT("string"), KIND_STRING, SCALAR_STRING},
    {STR_INIT("integer"), KIND_INTEGER, SCALAR_NUMBER},
    {STR_INIT("number"), KIND_NUMBER, SCALAR_NUMBER},
    {STR_INIT("boolean"), KIND_BOOLEAN, SCALAR_BOOL},
};

/* Texts with a format, such as times, may come as anything. */
static enum schema_scalar scalar_of(value schema, size_t row)
{
    str format = text_of(schema, STR("format"));
    bool plain = format.len == 0 || str_equal(format, STR("byte"));
    return kinds[row].kind == KIND_STRING && !plain ? SCALAR_ANY : kinds[row].scalar;
}

static void check_structure(struct builder *builder, str kind, enum schema_level level,
                            const struct place *place, const struct schema_type *type)
{
    static const char *const wanted[] = {
        [LEVEL_ROOT] = "at the root",
        [LEVEL_ITEM] = "for specified array items",
        [LEVEL_FIELD] = "for specified object fields",
    };
    bool free = (type->flags & (SCHEMA_INT_OR_STRING | SCHEMA_PRESERVE)) != 0;
    bool object = str_equal(kind, STR("object"));
    if ((type->flags & SCHEMA_EMBEDDED) != 0 && !object)
        build_refuse(builder, place,
                     ".type: Required value: must be object if "
                     "x-kubernetes-embedded-resource is true");
    if (kind.len == 0 && !free)
        build_refuse(builder, place, ".type: Required value: must not be empty %s", wanted[level]);
    if (level == LEVEL_ROOT && kind.len != 0 && !object)
        build_refuse(builder, place, ".type: Invalid value: \"%.*s\": must be object at the root",
                     STR_ARG(kind));
    if (level == LEVEL_ROOT && (type->flags & SCHEMA_ADDITIONAL) != 0)
        build_refuse(builder, place,
                     ".additionalProperties: Forbidden: must not be used at the root");
}

static uint8_t read_flags(value schema)
{
    static const struct {
        str name;
        uint8_t flag;
    } rows[] = {
        {STR_INIT("x-kubernetes-preserve-unknown-fields"), SCHEMA_PRESERVE},
        {STR_INIT("x-kubernetes-embedded-resource"), SCHEMA_EMBEDDED},
        {STR_INIT("x-kubernetes-int-or-string"), SCHEMA_INT_OR_STRING},
        {STR_INIT("nullable"), SCHEMA_NULLABLE},
    };
    uint8_t flags = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (value_true(value_get(schema, rows[i].name)))
            flags |= rows[i].flag;
    }
    return flags;
}

static void build_forms(struct builder *builder, value schema, str kind, bool preserve_unknown,
                        const struct place *place, struct schema_type *type)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_equal(kind, kinds[i].name)) {
            type->scalar = (uint8_t)scalar_of(schema, i);
            return;
        }
    }
    if (kind.len == 0)
        type->scalar = SCALAR_ANY;
    if (kind.len == 0 || str_equal(kind, STR("array")))
        build_list(builder, schema, preserve_unknown, place, type);
    if (kind.len == 0 || str_equal(kind, STR("object")))
        build_map(builder, schema, preserve_unknown, place, type);
    if (type->scalar == SCALAR_NONE && type->list == LIST_NONE && type->map == MAP_NONE)
        build_refuse(builder, place, ".type: Unsupported value: \"%.*s\"", STR_ARG(kind));
    if (type->items != NULL && has_defaults(type->items))
        type->flags |= SCHEMA_HAS_DEFAULTS;
}

void build_type(struct builder *builder, value schema, enum schema_level level,
                bool preserve_unknown, const struct place *place, struct schema_type *type)
{
    if (builder->depth >= SCHEMA_DEPTH)
        build_refuse(builder, place, "nested deeper than %d levels", SCHEMA_DEPTH);
    if (builder->failed)
        return;
    builder->depth++;
    str kind = text_of(schema, STR("type"));
    type->flags |= read_flags(schema);
    if ((type->flags & SCHEMA_PRESERVE) != 0)
        preserve_unknown = true;
    if ((type->flags & SCHEMA_INT_OR_STRING) != 0)
        kind = STR("");
    build_forms(builder, schema, kind, preserve_unknown, place, type);
    if (builder->structural) {
        type->flags |= SCHEMA_STRUCTURAL;
        check_structure(builder, kind, level, place, type);
        type->rules = build_rules(builder, schema, place);
        if ((type->flags & SCHEMA_EMBEDDED) != 0)
            build_object_fields(builder, type);
    }
    builder->depth--;
}

/* The reference of a schema: its own, or that of a single allOf, as OpenAPI v3 writes it. */
static str reference_of(value schema)
{
    str reference = text_of(schema, STR("$ref"));
    value all_of = value_get(schema, STR("allOf"));
    if (reference.len == 0 && value_is(all_of, VALUE_ARRAY) && all_of.len == 1)
        reference = text_of(value_item(all_of, 0), STR("$ref"));
    return reference;
}

static const struct schema_type *resolve(struct builder *builder, value schema, str reference,
                                         const struct place *place)
{
    const struct schema_type *type = builder->resolve(builder, reference);
    if (type == NULL) {
        build_refuse(builder, place, "there is no %.*s", STR_ARG(reference));
        return schema_untyped();
    }
    if (!value_present(value_get(schema, STR("x-kubernetes-map-type"))))
        return type;
    struct schema_type *copy = ARENA_NEW(builder->arena, struct schema_type);
    struct schema_override override = {copy, type, read_map_type(builder, schema, place)};
    VEC_PUSH(builder->arena, &builder->overrides, override);
    return copy;
}

static const struct schema_type *build_reference(struct builder *builder, value schema,
                                                 bool preserve_unknown, const struct place *place)
{
    str reference = reference_of(schema);
    if (reference.len != 0 && builder->resolve != NULL)
        return resolve(builder, schema, reference, place);
    if (reference.len != 0)
        build_refuse(builder, place, "'$ref' is not supported");
    struct schema_type *type = ARENA_NEW(builder->arena, struct schema_type);
    bool item = str_equal(place->name, STR("items"));
    build_type(builder, schema, item ? LEVEL_ITEM : LEVEL_FIELD, preserve_unknown, place, type);
    return type;
}

void build_overrides(struct builder *builder)
{
    for (size_t i = 0; i < builder->overrides.len; i++) {
        struct schema_override *override = &builder->overrides.items[i];
        *override->copy = *override->of;
        override->copy->map = (uint8_t) override->map;
    }
}

void build_object_fields(struct builder *builder, struct schema_type *type)
{
    const struct schema_field added[] = {
        {.name = STR("apiVersion"), .type = schema_text()},
        {.name = STR("kind"), .type = schema_text()},
        {.name = STR("metadata"), .type = schema_object_meta()},
    };
    size_t count = 0;
    struct schema_field *fields =
        ARENA_ARRAY(builder->arena, struct schema_field, type->field_count + ARRAY_LEN(added));
    for (uint32_t i = 0; i < type->field_count; i++) {
        bool replaced = false;
        for (size_t j = 0; j < ARRAY_LEN(added); j++)
            replaced = replaced || str_equal(type->fields[i].name, added[j].name);
        if (!replaced)
            fields[count++] = type->fields[i];
    }
    for (size_t j = 0; j < ARRAY_LEN(added); j++)
        fields[count++] = added[j];
    schema_set_fields(type, fields, count);
}
