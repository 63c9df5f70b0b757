/* Chart.yaml: read as Go reads JSON into a struct, then checked. */
#include "render/helm/chart.h"
#include "render/template/print.h"
#include "render/template/runes.h"
#include "render/template/semver.h"
#include "syncd/base/map.h"
#include "syncd/value/yaml.h"

#include "render/template/dyn_value.h"

#include <stdio.h>

/* A member by name; Go also takes names that differ only in case. */
static value field(value object, const char *name)
{
    value exact = value_get(object, str_z(name));
    if (value_present(exact))
        return exact;
    for (size_t i = 0; i < value_len(object); i++) {
        const struct member *member = value_member(object, i);
        if (str_equal_fold(member->key, str_z(name)))
            return member->val;
    }
    return exact;
}

static bool wrong_type(value v, const char *name, const char *type, struct error *err)
{
    return error_rule(
        err, ERROR_INPUT, "E_CHART",
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s into "
        "Go struct field Metadata.%s of type %s",
        value_kind_name(v.kind), name, type);
}

bool scalar_text(value v, struct arena *arena, str *ret_text)
{
    double number;
    switch ((enum value_kind)v.kind) {
    case VALUE_ABSENT:
    case VALUE_NULL: return true;
    case VALUE_STRING: *ret_text = value_str(v); return true;
    case VALUE_BOOL: *ret_text = value_true(v) ? STR("true") : STR("false"); return true;
    case VALUE_NUMBER:
        *ret_text = value_number_text(v);
        if ((v.flags & VALUE_INTEGER) == 0 && value_to_double(v, &number)) {
            char digits[64];
            *ret_text =
                arena_str(arena, str_from(digits, go_format_float(number, 'g', -1, digits)));
        }
        return true;
    default: return false;
    }
}

static bool read_str(struct arena *arena, value object, const char *name, str *ret_text,
                     struct error *err)
{
    value v = field(object, name);
    return scalar_text(v, arena, ret_text) || wrong_type(v, name, "string", err);
}

static bool read_bool(value object, const char *name, bool *ret_truth, struct error *err)
{
    value v = field(object, name);
    if (!value_present(v) || value_is(v, VALUE_NULL))
        return true;
    if (!value_is(v, VALUE_BOOL))
        return wrong_type(v, name, "bool", err);
    *ret_truth = value_true(v);
    return true;
}

static bool read_strings(struct arena *arena, value object, const char *name, struct dyn *ret_list,
                         struct error *err)
{
    value v = field(object, name);
    if (!value_present(v) || value_is(v, VALUE_NULL))
        return true;
    if (!value_is(v, VALUE_ARRAY))
        return wrong_type(v, name, "[]string", err);
    struct dyn *items = ARENA_ARRAY(arena, struct dyn, value_len(v));
    for (size_t i = 0; i < value_len(v); i++) {
        str text = {0};
        if (!scalar_text(value_item(v, i), arena, &text))
            return wrong_type(value_item(v, i), name, "string", err);
        items[i] = dyn_string(text);
    }
    *ret_list = dyn_list(TYPE_LIST_STRING, items, value_len(v));
    return true;
}

static bool read_annotations(struct arena *arena, value object, struct dyn *ret_map,
                             struct error *err)
{
    value v = field(object, "annotations");
    if (!value_present(v) || value_is(v, VALUE_NULL))
        return true;
    if (!value_is(v, VALUE_OBJECT))
        return wrong_type(v, "annotations", "map[string]string", err);
    struct dyn_map *map = dyn_map_create(arena);
    for (size_t i = 0; i < value_len(v); i++) {
        const struct member *member = value_member(v, i);
        str text = {0};
        if (!scalar_text(member->val, arena, &text))
            return wrong_type(member->val, "annotations", "string", err);
        dyn_map_set(map, arena, member->key, dyn_string(text));
    }
    *ret_map = dyn_of_map(TYPE_MAP_STRING, map);
    return true;
}

static bool read_maintainers(struct arena *arena, value object, struct chart_metadata *metadata,
                             struct error *err)
{
    value v = field(object, "maintainers");
    if (!value_present(v) || value_is(v, VALUE_NULL))
        return true;
    if (!value_is(v, VALUE_ARRAY))
        return wrong_type(v, "maintainers", "[]*chart.Maintainer", err);
    metadata->maintainers.len = 0;
    for (size_t i = 0; i < value_len(v); i++) {
        value item = value_item(v, i);
        struct maintainer *maintainer = NULL;
        if (!value_is(item, VALUE_NULL)) {
            maintainer = ARENA_NEW(arena, struct maintainer);
            if (!value_is(item, VALUE_OBJECT))
                return wrong_type(item, "maintainers", "chart.Maintainer", err);
            if (!read_str(arena, item, "name", &maintainer->name, err) ||
                !read_str(arena, item, "email", &maintainer->email, err) ||
                !read_str(arena, item, "url", &maintainer->url, err))
                return false;
        }
        VEC_PUSH(arena, &metadata->maintainers, maintainer);
    }
    return true;
}

static bool read_dependency(struct arena *arena, value item, struct dependency *dependency,
                            struct error *err)
{
    if (!value_is(item, VALUE_OBJECT))
        return wrong_type(item, "dependencies", "chart.Dependency", err);
    value imports = field(item, "import-values");
    if (value_present(imports) && !value_is(imports, VALUE_NULL)) {
        if (!value_is(imports, VALUE_ARRAY))
            return wrong_type(imports, "dependencies.import-values", "[]interface {}", err);
        dependency->import_values = dyn_from_value(imports, arena);
    }
    return read_str(arena, item, "name", &dependency->name, err) &&
           read_str(arena, item, "version", &dependency->version, err) &&
           read_str(arena, item, "repository", &dependency->repository, err) &&
           read_str(arena, item, "condition", &dependency->condition, err) &&
           read_str(arena, item, "alias", &dependency->alias, err) &&
           read_bool(item, "enabled", &dependency->enabled, err) &&
           read_strings(arena, item, "tags", &dependency->tags, err);
}

/* Elements that are there already are read over, not replaced: requirements.yaml over Chart.yaml.
 */
static bool read_dependencies(struct arena *arena, value object, struct chart_metadata *metadata,
                              struct error *err)
{
    value v = field(object, "dependencies");
    if (!value_present(v) || value_is(v, VALUE_NULL))
        return true;
    if (!value_is(v, VALUE_ARRAY))
        return wrong_type(v, "dependencies", "[]*chart.Dependency", err);
    size_t before = metadata->dependencies.len;
    metadata->has_dependencies = true;
    for (size_t i = 0; i < value_len(v); i++) {
        value item = value_item(v, i);
        struct dependency *dependency = i < before ? metadata->dependencies.items[i] : NULL;
        if (value_is(item, VALUE_NULL))
            dependency = NULL;
        else if (dependency == NULL)
            dependency = ARENA_NEW(arena, struct dependency);
        if (dependency != NULL && !read_dependency(arena, item, dependency, err))
            return false;
        if (i < before)
            metadata->dependencies.items[i] = dependency;
        else
            VEC_PUSH(arena, &metadata->dependencies, dependency);
    }
    if (value_len(v) < before)
        metadata->dependencies.len = value_len(v);
    return true;
}

bool metadata_read(struct helm_work *work, str text, struct chart_metadata *metadata,
                   struct error *err)
{
    const struct yaml_options options = {
        .dialect = YAML_KUBERNETES, .allow_duplicate_keys = true, .first_only = true};
    value v;
    if (!yaml_read(text, &options, work->limits, work->arena, &v, err))
        return false;
    if (value_is(v, VALUE_NULL))
        return true;
    if (!value_is(v, VALUE_OBJECT))
        return error_rule(err, ERROR_INPUT, "E_CHART",
                          "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s "
                          "into Go value of type chart.Metadata",
                          value_kind_name(v.kind));
    const struct {
        const char *name;
        str *text;
    } texts[] = {
        {"name", &metadata->name},
        {"home", &metadata->home},
        {"version", &metadata->version},
        {"description", &metadata->description},
        {"icon", &metadata->icon},
        {"apiVersion", &metadata->api_version},
        {"condition", &metadata->condition},
        {"tags", &metadata->tags},
        {"appVersion", &metadata->app_version},
        {"kubeVersion", &metadata->kube_version},
        {"type", &metadata->type},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (!read_str(work->arena, v, texts[i].name, texts[i].text, err))
            return false;
    return read_bool(v, "deprecated", &metadata->deprecated, err) &&
           read_strings(work->arena, v, "sources", &metadata->sources, err) &&
           read_strings(work->arena, v, "keywords", &metadata->keywords, err) &&
           read_annotations(work->arena, v, &metadata->annotations, err) &&
           read_maintainers(work->arena, v, metadata, err) &&
           read_dependencies(work->arena, v, metadata, err);
}

/* Checking. */

/* Space becomes " ", what cannot be printed goes away. */
static str sanitize(str text, struct arena *arena)
{
    bool plain = true;
    for (size_t i = 0; i < text.len; i++)
        plain = plain && text.ptr[i] >= ' ' && text.ptr[i] < 127;
    if (plain)
        return text;
    AUTO_BUF struct buf buf = BUF_INIT(text.len * 3 + 8);
    while (text.len > 0) {
        uint32_t code = rune_next(&text);
        if (rune_is_space(code))
            buf_add_byte(&buf, ' ');
        else if (rune_is_printable(code))
            rune_add(&buf, code);
    }
    return buf_copy(&buf, arena);
}

static bool invalid(struct error *err, const char *format, str text)
{
    char message[512];
    (void)snprintf(message, sizeof(message), format, (int)(text.len > 200 ? 200 : text.len),
                   text.ptr);
    return error_rule(err, ERROR_INPUT, "E_CHART", "validation: %s", message);
}

static bool is_alias(str alias)
{
    for (size_t i = 0; i < alias.len; i++) {
        char c = alias.ptr[i];
        if (!((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && c != '_' &&
            c != '-')
            return false;
    }
    return true;
}

static bool check_dependencies(struct helm_work *work, struct chart_metadata *metadata,
                               struct error *err)
{
    struct map seen = {0};
    VEC_FOR (struct dependency *, at, &metadata->dependencies) {
        struct dependency *dependency = *at;
        if (dependency == NULL)
            return invalid(err, "dependencies must not contain empty or null nodes%.*s", STR(""));
        str *const texts[] = {&dependency->name, &dependency->version, &dependency->repository,
                              &dependency->condition};
        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
            *texts[i] = sanitize(*texts[i], work->arena);
        if (!is_alias(dependency->alias))
            return invalid(err, "dependency \"%.*s\" has disallowed characters in the alias",
                           dependency->name);
        str key = dependency->alias.len > 0 ? dependency->alias : dependency->name;
        if (map_put(&seen, work->arena, key, dependency) != NULL)
            return invalid(err, "more than one dependency with name or alias \"%.*s\"", key);
    }
    return true;
}

bool metadata_check(struct helm_work *work, struct chart_metadata *metadata, struct error *err)
{
    str *const texts[] = {&metadata->name,        &metadata->description, &metadata->home,
                          &metadata->icon,        &metadata->condition,   &metadata->tags,
                          &metadata->app_version, &metadata->kube_version};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = sanitize(*texts[i], work->arena);
    struct semver version;
    const char *problem;
    if (metadata->api_version.len == 0)
        return invalid(err, "chart.metadata.apiVersion is required%.*s", STR(""));
    if (metadata->name.len == 0)
        return invalid(err, "chart.metadata.name is required%.*s", STR(""));
    if (str_equal(metadata->name, STR(".")) || str_equal(metadata->name, STR("..")))
        return invalid(err, "chart.metadata.name \"%.*s\" is not allowed", metadata->name);
    if (str_index(metadata->name, '/') != SIZE_MAX)
        return invalid(err, "chart.metadata.name \"%.*s\" is invalid", metadata->name);
    if (metadata->version.len == 0)
        return invalid(err, "chart.metadata.version is required%.*s", STR(""));
    if (!semver_parse(metadata->version, &version, &problem))
        return invalid(err, "chart.metadata.version \"%.*s\" is invalid", metadata->version);
    if (metadata->type.len > 0 && !str_equal(metadata->type, STR("application")) &&
        !str_equal(metadata->type, STR("library")))
        return invalid(err, "chart.metadata.type must be application or library%.*s", STR(""));
    VEC_FOR (struct maintainer *, at, &metadata->maintainers) {
        if (*at == NULL)
            return invalid(err, "maintainers must not contain empty or null nodes%.*s", STR(""));
        (*at)->name = sanitize((*at)->name, work->arena);
        (*at)->email = sanitize((*at)->email, work->arena);
        (*at)->url = sanitize((*at)->url, work->arena);
    }
    return check_dependencies(work, metadata, err);
}
