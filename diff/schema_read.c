#include "diff/schema_build.h"

#include <stdio.h>

/* OpenAPI: models are built when a kind or another model first refers to them. */
struct models {
    value schemas;    /* components.schemas */
    struct map types; /* name to struct schema_type */
    VEC(str) pending; /* names whose type is still empty */
};

static const struct schema_type *well_known(str name)
{
    static const struct schema_type quantity = {.scalar = SCALAR_ANY};
    if (str_equal(name, STR("io.k8s.apimachinery.pkg.api.resource.Quantity")))
        return &quantity;
    if (str_equal(name, STR("io.k8s.apimachinery.pkg.runtime.RawExtension")))
        return schema_opaque();
    return NULL;
}

static const struct schema_type *model_type(struct builder *builder, str name)
{
    struct models *models = builder->context;
    const struct schema_type *known = well_known(name);
    if (known != NULL || !value_present(value_get(models->schemas, name)))
        return known;
    struct map_entry *entry = map_place(&models->types, builder->arena, name);
    if (entry->value == NULL) {
        entry->value = ARENA_NEW(builder->arena, struct schema_type);
        VEC_PUSH(builder->arena, &models->pending, name);
    }
    return entry->value;
}

static const struct schema_type *resolve_model(struct builder *builder, str reference)
{
    size_t slash = str_rindex(reference, '/');
    return model_type(builder, slash == SIZE_MAX ? reference : str_skip(reference, slash + 1));
}

static void build_pending(struct builder *builder, struct models *models)
{
    while (models->pending.len != 0 && !builder->failed) {
        str name = models->pending.items[--models->pending.len];
        struct place place = {.name = name};
        build_type(builder, value_get(models->schemas, name), LEVEL_FIELD, false, &place,
                   map_get(&models->types, name));
    }
}

static void add_model_kinds(struct builder *builder, const struct member *model)
{
    value kinds = value_get(model->val, STR("x-kubernetes-group-version-kind"));
    for (size_t i = 0; value_is(kinds, VALUE_ARRAY) && i < kinds.len; i++) {
        value kind = value_item(kinds, i);
        struct gvk gvk = {.group = value_str(value_get(kind, STR("group"))),
                          .version = value_str(value_get(kind, STR("version"))),
                          .kind = value_str(value_get(kind, STR("kind")))};
        if (gvk.version.len != 0 && gvk.kind.len != 0)
            schema_add_kind(builder->set, gvk, model_type(builder, model->key));
    }
}

bool schema_add_openapi(struct schema_set *set, value document, struct error *err)
{
    struct models models = {.schemas = value_get2(document, STR("components"), STR("schemas"))};
    struct builder builder = {.set = set,
                              .arena = set->arena,
                              .limits = limits_default(),
                              .err = err,
                              .resolve = resolve_model,
                              .context = &models};
    if (!value_is(models.schemas, VALUE_OBJECT))
        return error_rule(err, ERROR_INPUT, "E_SCHEMA", "the document has no components.schemas");
    for (uint32_t i = 0; i < models.schemas.len; i++)
        add_model_kinds(&builder, value_member(models.schemas, i));
    build_pending(&builder, &models);
    build_overrides(&builder);
    return !builder.failed;
}

/* What may be said of metadata at the root: restrictions on its name. */
static const struct schema_type *root_metadata(struct builder *builder, value schema,
                                               const struct place *place)
{
    value metadata = value_get2(schema, STR("properties"), STR("metadata"));
    struct place below = {.up = place, .name = STR("properties"), .key = STR("metadata")};
    value properties = value_get(metadata, STR("properties"));
    for (size_t i = 0; i < value_len(properties); i++) {
        str name = value_member(properties, i)->key;
        if (!str_equal(name, STR("name")) && !str_equal(name, STR("generateName")))
            build_refuse(builder, &below,
                         "Forbidden: must not specify anything other than name "
                         "and generateName, but metadata is implicitly specified");
    }
    return value_len(properties) != 0 ? build_nested(builder, metadata, &below) : NULL;
}

static const struct schema_type *build_root(struct builder *builder, value schema,
                                            const struct place *place)
{
    struct schema_type *type = ARENA_NEW(builder->arena, struct schema_type);
    if (!value_is(schema, VALUE_OBJECT)) {
        *type = (struct schema_type){.map = MAP_GRANULAR, .values = schema_untyped()};
        return type;
    }
    build_type(builder, schema, LEVEL_ROOT, false, place, type);
    const struct schema_type *metadata = root_metadata(builder, schema, place);
    if (metadata != NULL) {
        struct schema_rules *rules = ARENA_NEW(builder->arena, struct schema_rules);
        *rules = *type->rules;
        rules->metadata = metadata;
        type->rules = rules;
    }
    if (!builder->failed)
        build_object_fields(builder, type);
    return type;
}

bool schema_from_structural(value schema, const struct limits *limits, struct arena *arena,
                            const struct schema_type **ret_type, struct error *err)
{
    struct builder builder = {.set = schema_set_make(arena),
                              .arena = arena,
                              .limits = limits,
                              .err = err,
                              .structural = true};
    struct place place = {.name = STR("openAPIV3Schema")};
    const struct schema_type *type = build_root(&builder, schema, &place);
    if (builder.failed)
        return false;
    *ret_type = type;
    return true;
}

bool schema_add_crd(struct schema_set *set, value definition, struct error *err)
{
    value spec = value_get(definition, STR("spec"));
    value versions = value_get(spec, STR("versions"));
    struct builder builder = {.set = set,
                              .arena = set->arena,
                              .limits = limits_default(),
                              .err = err,
                              .structural = true};
    for (size_t i = 0; value_is(versions, VALUE_ARRAY) && i < versions.len; i++) {
        value version = value_item(versions, i);
        char index[24];
        int len = snprintf(index, sizeof(index), "%zu", i);
        struct place root = {.name = STR("spec")};
        struct place at = {
            .up = &root, .name = STR("versions"), .key = str_from(index, (size_t)len)};
        struct place validation = {.up = &at, .name = STR("schema")};
        struct place place = {.up = &validation, .name = STR("openAPIV3Schema")};
        const struct schema_type *type = build_root(
            &builder, value_get2(version, STR("schema"), STR("openAPIV3Schema")), &place);
        if (builder.failed)
            return false;
        struct gvk gvk = {.group = value_str(value_get(spec, STR("group"))),
                          .version = value_str(value_get(version, STR("name"))),
                          .kind = value_str(value_get2(spec, STR("names"), STR("kind")))};
        schema_add_kind(set, gvk, type);
    }
    return true;
}
