#include "render/kustomize/schema.h"

#include "render/kustomize/loader.h"
#include "render/kustomize/schema_internal.h"

#define BUILTIN_VERSION "v1.21.2"

struct schema {
    struct arena *arena;
    bool chosen;  /* some kustomization said `openapi` */
    bool is_open; /* the choice has been acted on */
    bool builtin; /* the built-in kinds count */
    bool late;    /* a kind was asked for before the choice: the built-in ones stay */
    value definitions;
    struct map kinds;         /* custom: "version kind" → value * */
    struct map scopes;        /* custom: "version kind" → &truth[namespaced] */
    struct schema_state done; /* since it was last taken */
    struct map noted;         /* address of a node's children → value *, the schema of a comment */
};

static const bool truth[2] = {false, true};

struct schema *kust_schema_create(struct arena *arena)
{
    struct schema *schema = ARENA_NEW(arena, struct schema);
    schema->arena = arena;
    return schema;
}

static bool has_custom(const struct schema *schema)
{
    return value_present(schema->definitions);
}

static void open_schema(struct schema *schema)
{
    schema->done.opened = true;
    if (schema->is_open)
        return;
    schema->is_open = true;
    if (!has_custom(schema) || schema->late)
        schema->builtin = true;
}

struct schema_state kust_schema_take(struct schema *schema)
{
    struct schema_state state = schema->done;
    state.chosen = schema->chosen;
    schema->done = (struct schema_state){0};
    return state;
}

void kust_schema_replay(struct schema *schema, struct schema_state state)
{
    schema->done.asked = schema->done.asked || state.asked;
    schema->done.opened = schema->done.opened || state.opened;
    schema->done.noted = schema->done.noted || state.noted;
    if (schema->chosen)
        return;
    schema->late = schema->late || (state.asked && !schema->is_open);
    if (state.opened)
        open_schema(schema);
}

bool kust_schema_is_chosen(const struct schema *schema)
{
    return schema->chosen;
}

static str kind_key(str api_version, str kind, struct arena *arena)
{
    return arena_concat(arena, api_version, STR(" "), kind);
}

/* The key of one entry of x-kubernetes-group-version-kind; false when it is none. */
static bool entry_key(value entry, struct arena *arena, str *ret_key)
{
    str version = value_str(value_get(entry, STR("version")));
    str group = value_str(value_get(entry, STR("group")));
    str kind = value_str(value_get(entry, STR("kind")));
    if (version.len == 0 || kind.len == 0)
        return false;
    str api_version = group.len != 0 ? arena_concat(arena, group, STR("/"), version) : version;
    *ret_key = kind_key(api_version, kind, arena);
    return true;
}

static void add_definitions(struct schema *schema, value document)
{
    schema->definitions = value_get(document, STR("definitions"));
    if (schema->definitions.kind != VALUE_OBJECT)
        schema->definitions = (value){.kind = VALUE_OBJECT};
    for (size_t i = 0; i < value_len(schema->definitions); i++) {
        const struct member *definition = value_member(schema->definitions, i);
        value kinds = value_get(definition->val, STR("x-kubernetes-group-version-kind"));
        for (size_t k = 0; kinds.kind == VALUE_ARRAY && k < kinds.len; k++) {
            str key = {0};
            if (!entry_key(value_item(kinds, k), schema->arena, &key))
                continue;
            value *slot = ARENA_NEW(schema->arena, value);
            *slot = definition->val;
            (void)map_put(&schema->kinds, schema->arena, key, slot);
        }
    }
}

static void add_scopes(struct schema *schema, value document)
{
    value paths = value_get(document, STR("paths"));
    for (size_t i = 0; paths.kind == VALUE_OBJECT && i < paths.len; i++) {
        const struct member *path = value_member(paths, i);
        value kind = value_get2(path->val, STR("get"), STR("x-kubernetes-group-version-kind"));
        str key = {0};
        if (!entry_key(kind, schema->arena, &key))
            continue;
        bool namespaced = str_find(path->key, STR("namespaces/{namespace}")) != SIZE_MAX;
        struct map_entry *entry = map_place(&schema->scopes, schema->arena, key);
        if (namespaced || entry->value == NULL)
            entry->value = (void *)(uintptr_t)&truth[namespaced];
    }
}

bool kust_schema_use(struct build *build, const struct loader *loader, value openapi, bool reset,
                     struct error *err)
{
    struct schema *schema = build->schema;
    value path = value_get(openapi, STR("path"));
    value version = value_get(openapi, STR("version"));
    str bytes = {0};
    if (value_present(path) && !kust_load_file(build, loader, value_str(path), &bytes, err))
        return error_wrap(err, "openapi.path");
    if (schema->chosen && !reset)
        return true;
    if (value_present(path) && value_present(version))
        return error_rule(err, ERROR_INPUT, "E_OPENAPI",
                          "openapi names both a version and a path, which exclude each other");
    if (value_present(path)) {
        static const struct yaml_options options = {.dialect = YAML_KUBERNETES};
        value document;
        if (!yaml_read(bytes, &options, build->limits, schema->arena, &document, err))
            return error_wrap(err, "openapi.path %.*s", STR_ARG(value_str(path)));
        add_definitions(schema, document);
        add_scopes(schema, document);
        schema->chosen = true;
        schema->is_open = false;
        return true;
    }
    if (value_str(version).len == 0)
        return true;
    if (!str_equal(value_str(version), STR(BUILTIN_VERSION)))
        return error_rule(err, ERROR_INPUT, "E_OPENAPI",
                          "openapi.version %.*s is not built in; " BUILTIN_VERSION " is",
                          STR_ARG(value_str(version)));
    schema->definitions = value_absent();
    schema->chosen = true;
    schema->is_open = false;
    return true;
}

static int compare_kind(str api_version, str kind, str other_version, str other_kind)
{
    int order = str_compare(api_version, other_version);
    return order != 0 ? order : str_compare(kind, other_kind);
}

/* Group and version against "group/version" without joining them. */
static int compare_api_version(const struct gvk *gvk, str api_version)
{
    if (gvk->group.len == 0)
        return str_compare(gvk->version, api_version);
    size_t slash = str_index(api_version, '/');
    if (slash == SIZE_MAX) { /* "v1": compare with "group/" */
        int order = str_compare(gvk->group, api_version);
        return order != 0 ? order : 1;
    }
    str group = str_slice(api_version, 0, slash);
    if (!str_equal(gvk->group, group)) {
        /* One may be the beginning of the other: then "/" meets a byte. */
        size_t shorter = gvk->group.len < group.len ? gvk->group.len : group.len;
        int order = memcmp(gvk->group.ptr, group.ptr, shorter);
        if (order != 0)
            return order;
        return gvk->group.len < group.len ? '/' - (unsigned char)group.ptr[shorter]
                                          : (unsigned char)gvk->group.ptr[shorter] - '/';
    }
    return str_compare(gvk->version, str_skip(api_version, slash + 1));
}

bool kust_schema_cluster_scoped(struct schema *schema, const struct gvk *gvk)
{
    size_t low = 0, high = kust_schema_scope_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct schema_scope *scope = &kust_schema_scopes[middle];
        int order = compare_api_version(gvk, scope->api_version);
        if (order == 0)
            order = str_compare(gvk->kind, scope->kind);
        if (order == 0)
            return !scope->namespaced;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (!schema->is_open && !has_custom(schema))
        schema->late = true;
    schema->done.asked = true;
    if (!has_custom(schema))
        return false;
    open_schema(schema);
    str api_version = gvk_api_version(*gvk, schema->arena);
    const bool *namespaced =
        map_get(&schema->scopes, kind_key(api_version, gvk->kind, schema->arena));
    return namespaced != NULL && !*namespaced;
}

struct schema_at kust_schema_of_kind(struct schema *schema, str api_version, str kind)
{
    open_schema(schema);
    if (has_custom(schema)) {
        const value *custom = map_get(&schema->kinds, kind_key(api_version, kind, schema->arena));
        if (custom != NULL)
            return (struct schema_at){.known = true, .type = -1, .custom = *custom};
    }
    size_t low = 0, high = schema->builtin ? kust_schema_kind_count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct schema_kind *row = &kust_schema_kinds[middle];
        int order = compare_kind(api_version, kind, row->api_version, row->kind);
        if (order == 0)
            return (struct schema_at){.known = true, .type = row->type};
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return (struct schema_at){.type = -1};
}

/* A type of the built-in schema that another one refers to. */
static struct schema_at builtin_definition(str name)
{
    size_t low = 0, high = kust_schema_definition_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, kust_schema_definitions[middle].name);
        if (order == 0)
            return (struct schema_at){.known = true, .type = kust_schema_definitions[middle].type};
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return (struct schema_at){.type = -1};
}

/* Follows $ref; at most so often as there are definitions to meet. */
static struct schema_at custom_at(const struct schema *schema, value custom)
{
    static const str local = STR_INIT("#/definitions/");
    for (size_t hops = 0; hops <= value_len(schema->definitions); hops++) {
        str ref = value_str(value_get(custom, STR("$ref")));
        if (ref.len == 0)
            break;
        if (!str_starts(ref, local))
            return (struct schema_at){.type = -1};
        custom = value_get(schema->definitions, str_skip(ref, local.len));
        if (!value_present(custom) && schema->builtin)
            return builtin_definition(str_skip(ref, local.len));
    }
    if (custom.kind != VALUE_OBJECT)
        return (struct schema_at){.type = -1};
    struct schema_at at = {.known = true, .type = -1, .custom = custom};
    str rest = value_str(value_get(custom, STR("x-kubernetes-patch-strategy")));
    str part = {0};
    while (rest.len != 0 && str_cut(&rest, ',', &part))
        at.merges = at.merges || str_equal(part, STR("merge"));
    return at;
}

void kust_schema_note(struct schema *schema, value node, value custom)
{
    schema->done.noted = true;
    const void **key = ARENA_NEW(schema->arena, const void *);
    value *slot = ARENA_NEW(schema->arena, value);
    *key = node.as.items;
    *slot = custom;
    (void)map_put(&schema->noted, schema->arena, str_from((const char *)key, sizeof(*key)), slot);
}

struct schema_at kust_schema_noted(struct schema *schema, value node)
{
    const void *key = node.as.items;
    if (schema->noted.len == 0 || value_len(node) == 0)
        return (struct schema_at){.type = -1};
    const value *custom = map_get(&schema->noted, str_from((const char *)&key, sizeof(key)));
    if (custom == NULL)
        return (struct schema_at){.type = -1};
    open_schema(schema);
    return custom_at(schema, *custom);
}

struct schema_at kust_schema_field(const struct schema *schema, struct schema_at at, str field)
{
    if (at.custom.kind == VALUE_OBJECT) {
        value child = value_get2(at.custom, STR("properties"), field);
        if (!value_present(child))
            child = value_get(at.custom, STR("additionalProperties"));
        return custom_at(schema, child);
    }
    if (at.known && at.type >= 0) {
        for (uint16_t i = kust_schema_types[at.type]; i < kust_schema_types[at.type + 1]; i++) {
            const struct schema_field *row = &kust_schema_fields[i];
            if (str_equal(row->name, field))
                return (struct schema_at){
                    .known = true, .merges = row->merges, .type = row->type, .keys = row->keys};
        }
    }
    return (struct schema_at){.type = -1};
}

struct schema_at kust_schema_items(const struct schema *schema, struct schema_at at)
{
    if (at.custom.kind == VALUE_OBJECT) {
        if (!str_equal(value_str(value_get(at.custom, STR("type"))), STR("array")))
            return (struct schema_at){.type = -1};
        return custom_at(schema, value_get(at.custom, STR("items")));
    }
    return (struct schema_at){.known = at.known, .type = at.type};
}

size_t kust_schema_keys(struct schema_at at, str keys[SCHEMA_KEYS_MAX])
{
    size_t count = 0;
    value list = value_get(at.custom, STR("x-kubernetes-list-map-keys"));
    for (size_t i = 0; list.kind == VALUE_ARRAY && i < list.len && count < SCHEMA_KEYS_MAX; i++)
        keys[count++] = value_str(value_item(list, i));
    if (count != 0 || list.kind == VALUE_ARRAY)
        return count;
    str rest = at.custom.kind == VALUE_OBJECT
                   ? value_str(value_get(at.custom, STR("x-kubernetes-patch-merge-key")))
                   : at.keys;
    while (rest.len != 0 && count < SCHEMA_KEYS_MAX && str_cut(&rest, ',', &keys[count]))
        count++;
    return count;
}
