#include "syncd/apiserver/definition.h"

#include "syncd/base/check.h"
#include "syncd/value/json.h"

static const struct api_column custom_name = {
    .name = STR_INIT("Name"),
    .type = STR_INIT("string"),
    .format = STR_INIT("name"),
    .description = STR_INIT("Name must be unique within a namespace."),
};
static const struct api_column custom_age = {
    .name = STR_INIT("Age"),
    .type = STR_INIT("date"),
    .description = STR_INIT("When the object was created."),
    .json_path = STR_INIT(".metadata.creationTimestamp"),
};

/* Words of a space separated list. */
static const str *split_words(const char *words, struct arena *arena, size_t *ret_count)
{
    VEC(str) list = {0};
    str rest = str_z(words), word;
    while (rest.len != 0 && str_cut(&rest, ' ', &word))
        VEC_PUSH(arena, &list, word);
    *ret_count = list.len;
    return list.items;
}

struct api_definition *api_definition_builtin(const struct api_builtin *builtin,
                                              const struct api_types *types,
                                              const struct schema_set *schemas, struct arena *arena)
{
    struct api_definition *definition = ARENA_NEW(arena, struct api_definition);
    struct api_version *version = ARENA_NEW(arena, struct api_version);
    struct gvk gvk = {str_z(builtin->group), str_z(builtin->version), str_z(builtin->kind)};
    *version = (struct api_version){.name = gvk.version,
                                    .api_version = gvk_api_version(gvk, arena),
                                    .served = true,
                                    .storage = true,
                                    .has_status = builtin->has_status,
                                    .has_scale = builtin->has_scale,
                                    .schema = schema_find(schemas, gvk),
                                    .columns = builtin->columns,
                                    .column_count = builtin->column_count};
    if (builtin->has_scale)
        version->scale = (struct api_scale_paths){STR(".spec.replicas"), STR(".status.replicas"),
                                                  STR(".spec.selector")};
    CHECK(version->schema != NULL);
    *definition = (struct api_definition){
        .group = gvk.group,
        .kind = gvk.kind,
        .list_kind = arena_concat(arena, gvk.kind, STR("List"), (str){0}),
        .plural = str_z(builtin->plural),
        .singular = str_z(builtin->singular),
        .versions = version,
        .version_count = 1,
        .namespaced = builtin->namespaced,
        .builtin = builtin,
        .type = api_types_find(types, builtin->type),
        .refs = 1,
        .arena = arena,
    };
    definition->short_names =
        split_words(builtin->short_names, arena, &definition->short_name_count);
    definition->categories = split_words(builtin->categories, arena, &definition->category_count);
    return definition;
}

static const str *copy_names(value names, struct arena *arena, size_t *ret_count)
{
    str *list = ARENA_ARRAY(arena, str, value_len(names));
    for (size_t i = 0; i < value_len(names); i++)
        list[i] = value_str(value_item(names, i));
    *ret_count = value_len(names);
    return list;
}

static struct api_column read_column(value column)
{
    int64_t priority = 0;
    if (!value_to_i64(value_get(column, STR("priority")), &priority))
        priority = 0;
    return (struct api_column){.name = value_str(value_get(column, STR("name"))),
                               .type = value_str(value_get(column, STR("type"))),
                               .format = value_str(value_get(column, STR("format"))),
                               .description = value_str(value_get(column, STR("description"))),
                               .json_path = value_str(value_get(column, STR("jsonPath"))),
                               .priority = (int32_t)priority};
}

static void read_columns(value columns, struct arena *arena, struct api_version *version)
{
    size_t given = value_len(columns);
    struct api_column *list = ARENA_ARRAY(arena, struct api_column, given + 2);
    list[0] = custom_name;
    for (size_t i = 0; i < given; i++) {
        list[i + 1] = read_column(value_item(columns, i));
        if (list[i + 1].description.len == 0)
            list[i + 1].description =
                arena_printf(arena, "Custom resource definition column (in JSONPath format): %.*s",
                             STR_ARG(list[i + 1].json_path));
    }
    if (given == 0)
        list[1] = custom_age;
    version->columns = list;
    version->column_count = given == 0 ? 2 : given + 1;
}

static bool read_version(value given, str group, struct arena *arena, struct api_version *version,
                         struct error *err)
{
    value subresources = value_get(given, STR("subresources"));
    value scale = value_get(subresources, STR("scale"));
    value schema = value_get2(given, STR("schema"), STR("openAPIV3Schema"));
    *version = (struct api_version){
        .name = value_str(value_get(given, STR("name"))),
        .served = value_true(value_get(given, STR("served"))),
        .storage = value_true(value_get(given, STR("storage"))),
        .has_status = value_is(value_get(subresources, STR("status")), VALUE_OBJECT),
        .has_scale = value_is(scale, VALUE_OBJECT),
        .open_api_schema = schema,
        .scale = {value_str(value_get(scale, STR("specReplicasPath"))),
                  value_str(value_get(scale, STR("statusReplicasPath"))),
                  value_str(value_get(scale, STR("labelSelectorPath")))},
    };
    version->api_version = arena_printf(arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(version->name));
    read_columns(value_get(given, STR("additionalPrinterColumns")), arena, version);
    return schema_from_structural(schema, limits_default(), arena, &version->schema, err);
}

/* The order of discovery: v2 before v1 before v1beta2 before anything else. */
struct rank {
    int stage; /* 3 stable, 2 beta, 1 alpha, 0 other */
    uint64_t major, minor;
};

static size_t digits(str text, size_t from)
{
    size_t end = from;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    return end;
}

static struct rank rank_of(str name)
{
    struct rank rank = {0};
    if (name.len < 2 || name.ptr[0] != 'v')
        return rank;
    size_t end = digits(name, 1);
    if (end == 1 || !str_to_u64(str_slice(name, 1, end - 1), &rank.major))
        return (struct rank){0};
    str rest = str_skip(name, end);
    if (rest.len == 0) {
        rank.stage = 3;
        return rank;
    }
    bool beta = str_starts(rest, STR("beta")), alpha = str_starts(rest, STR("alpha"));
    str number = str_skip(rest, beta ? 4 : 5);
    if ((!beta && !alpha) || !str_to_u64(number, &rank.minor))
        return (struct rank){0};
    rank.stage = beta ? 2 : 1;
    return rank;
}

bool api_version_goes_before(str a, str b)
{
    struct rank left = rank_of(a), right = rank_of(b);
    if (left.stage != right.stage)
        return left.stage > right.stage;
    if (left.stage == 0)
        return str_compare(a, b) < 0;
    if (left.major != right.major)
        return left.major > right.major;
    return left.minor > right.minor;
}

static void sort_versions(struct api_version *versions, size_t count)
{
    for (size_t i = 1; i < count; i++) { /* a handful */
        struct api_version one = versions[i];
        size_t at = i;
        for (; at > 0 && api_version_goes_before(one.name, versions[at - 1].name); at--)
            versions[at] = versions[at - 1];
        versions[at] = one;
    }
}

/* Versions without a warning of their own name the one to use instead. */
static void warn_deprecated(const struct api_definition *definition, struct api_version *list,
                            const bool *deprecated, struct arena *arena)
{
    const struct api_version *better = NULL;
    for (size_t i = 0; i < definition->version_count; i++)
        if (list[i].served && !deprecated[i] &&
            (better == NULL || api_version_goes_before(list[i].name, better->name)))
            better = &list[i];
    for (size_t i = 0; i < definition->version_count; i++) {
        if (!deprecated[i] || list[i].deprecation.len != 0)
            continue;
        str instead = {0};
        if (better != NULL && api_version_goes_before(better->name, list[i].name))
            instead = arena_printf(arena, "; use %.*s %.*s", STR_ARG(better->api_version),
                                   STR_ARG(definition->kind));
        list[i].deprecation =
            arena_printf(arena, "%.*s %.*s is deprecated%.*s", STR_ARG(list[i].api_version),
                         STR_ARG(definition->kind), STR_ARG(instead));
    }
}

static bool make_custom(value given, str digest, struct api_definition **ret_definition,
                        struct error *err)
{
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct api_definition *definition = ARENA_NEW(arena, struct api_definition);
    value spec = value_copy(value_get(given, STR("spec")), arena);
    value names = value_get(spec, STR("names")), versions = value_get(spec, STR("versions"));
    struct api_version *list = ARENA_ARRAY(arena, struct api_version, value_len(versions));
    *definition = (struct api_definition){
        .group = value_str(value_get(spec, STR("group"))),
        .kind = value_str(value_get(names, STR("kind"))),
        .list_kind = value_str(value_get(names, STR("listKind"))),
        .plural = value_str(value_get(names, STR("plural"))),
        .singular = value_str(value_get(names, STR("singular"))),
        .namespaced = str_equal(value_str(value_get(spec, STR("scope"))), STR("Namespaced")),
        .versions = list,
        .version_count = value_len(versions),
        .digest = arena_str(arena, digest),
        .refs = 1,
        .arena = arena,
    };
    definition->short_names =
        copy_names(value_get(names, STR("shortNames")), arena, &definition->short_name_count);
    definition->categories =
        copy_names(value_get(names, STR("categories")), arena, &definition->category_count);
    bool *deprecated = arena_alloc(arena, value_len(versions) * sizeof *deprecated);
    for (size_t i = 0; i < value_len(versions); i++) {
        value version = value_item(versions, i);
        if (!read_version(version, definition->group, arena, &list[i], err)) {
            arena_destroy(arena);
            return false;
        }
        if (value_true(value_get(version, STR("deprecated"))))
            list[i].deprecation = value_str(value_get(version, STR("deprecationWarning")));
        deprecated[i] = value_true(value_get(version, STR("deprecated")));
    }
    warn_deprecated(definition, list, deprecated, arena);
    sort_versions(list, definition->version_count);
    *ret_definition = definition;
    return true;
}

bool api_definition_custom(value given, struct map *shared, struct arena *shared_arena,
                           struct api_definition **ret_definition, struct error *err)
{
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    struct hash128 hash =
        hash_stable128(json_text(value_get(given, STR("spec")), JSON_COMPACT, scratch));
    str digest = arena_printf(scratch, "%016llx%016llx", (unsigned long long)hash.high,
                              (unsigned long long)hash.low);
    struct api_definition *definition = map_get(shared, digest);
    if (definition != NULL) {
        definition->refs++;
        *ret_definition = definition;
        return true;
    }
    if (!make_custom(given, digest, &definition, err))
        return false;
    definition->shared = shared;
    definition->shared_arena = shared_arena;
    (void)map_put(shared, shared_arena, arena_str(shared_arena, digest), definition); /* new */
    *ret_definition = definition;
    return true;
}

void api_definition_unref(struct api_definition *definition)
{
    if (definition == NULL || --definition->refs != 0)
        return;
    if (definition->shared != NULL) /* the key stays, without a definition */
        (void)map_put(definition->shared, definition->shared_arena, definition->digest, NULL);
    if (definition->builtin == NULL)
        arena_destroy(definition->arena);
}

const struct api_version *api_definition_version(const struct api_definition *definition, str name)
{
    for (size_t i = 0; i < definition->version_count; i++)
        if (str_equal(definition->versions[i].name, name))
            return &definition->versions[i];
    return NULL;
}

const struct api_version *api_definition_storage(const struct api_definition *definition)
{
    for (size_t i = 0; i < definition->version_count; i++)
        if (definition->versions[i].storage)
            return &definition->versions[i];
    CHECK(!"a definition without a storage version");
    return NULL;
}

struct gvk api_definition_gvk(const struct api_definition *definition,
                              const struct api_version *version)
{
    return (struct gvk){definition->group, version->name, definition->kind};
}
