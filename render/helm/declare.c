/* The document that declares a release: read field by field along one table. */
#include "render/helm/chart.h"
#include "render/helm/release.h"
#include "syncd/value/yaml.h"

#include <stdarg.h>
#include <stdio.h>

#define RULE "E_RELEASE"

struct reading {
    struct render_context *context;
    const struct object *document;
    struct declaration *declaration;
    value chart; /* spec.chart */
    value facts;
    struct error *err;
};

static bool wrong(struct reading *reading, value at, const char *format, ...) PRINTF_LIKE(3, 4);

static bool wrong(struct reading *reading, value at, const char *format, ...)
{
    char text[700];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    struct position position = reading->document->source;
    if (at.line != 0)
        position.line = at.line;
    (void)error_rule(reading->err, ERROR_INPUT, RULE, "%s", text);
    return error_at(reading->err, position);
}

/* A path as the document writes it, resolved inside the repository. */
static bool resolve(struct reading *reading, value text, const char *field,
                    const struct snapshot_entry **ret_entry)
{
    struct render_context *context = reading->context;
    str path = value_str(text), base = path_directory(reading->document->source.file);
    if (str_starts(path, STR("/"))) {
        base = STR("");
        path = str_skip(path, 1);
    }
    if (snapshot_resolve(context->snapshot, base, path, context->limits, context->scratch,
                         ret_entry, reading->err))
        return true;
    str why = arena_str(context->scratch, str_z(reading->err->text));
    error_clear(reading->err);
    return wrong(reading, text, "%s: %.*s", field, STR_ARG(why));
}

static void add_read(struct reading *reading, const struct snapshot_entry *entry)
{
    if (reading->context->reads != NULL)
        snapshot_reads_add(reading->context->reads, entry);
}

/* --- single fields --- */

static bool take_name(struct reading *reading, value text)
{
    reading->declaration->name = value_str(text);
    return true;
}

static bool take_chart(struct reading *reading, value chart)
{
    reading->chart = chart;
    return true;
}

static bool take_values_files(struct reading *reading, value list)
{
    for (size_t i = 0; i < value_len(list); i++) {
        value item = value_item(list, i);
        const struct snapshot_entry *entry;
        if (!value_is(item, VALUE_STRING))
            return wrong(reading, list, "spec.valuesFiles: not a list of paths");
        if (!resolve(reading, item, "spec.valuesFiles", &entry))
            return false;
        if (entry->mode == ENTRY_DIRECTORY)
            return wrong(reading, item, "spec.valuesFiles: %.*s is a folder",
                         STR_ARG(value_str(item)));
        add_read(reading, entry);
        VEC_PUSH(reading->context->arena, &reading->declaration->values,
                 (struct helm_file){.name = entry->path, .text = entry->bytes});
    }
    return true;
}

static bool take_values(struct reading *reading, value values)
{
    VEC_PUSH(reading->context->arena, &reading->declaration->values,
             (struct helm_file){.name = reading->document->source.file, .document = values});
    return true;
}

static bool take_skip_crds(struct reading *reading, value flag)
{
    reading->declaration->skip_crds = value_true(flag);
    return true;
}

static bool take_skip_schema(struct reading *reading, value flag)
{
    reading->declaration->skip_schema = value_true(flag);
    return true;
}

static bool take_kube_version(struct reading *reading, value text)
{
    reading->declaration->kube_version = value_str(text);
    return true;
}

static bool take_api_versions(struct reading *reading, value list)
{
    for (size_t i = 0; i < value_len(list); i++) {
        if (!value_is(value_item(list, i), VALUE_STRING))
            return wrong(reading, list, "apiVersions: not a list of texts");
        VEC_PUSH(reading->context->arena, &reading->declaration->api_versions,
                 value_str(value_item(list, i)));
    }
    return true;
}

/* A whole set: what Helm would assume without a cluster does not count then. */
static bool take_cluster_versions(struct reading *reading, value list)
{
    reading->declaration->versions_whole = true;
    return take_api_versions(reading, list);
}

static bool take_facts(struct reading *reading, value path)
{
    reading->facts = path;
    return true;
}

/* --- tables --- */

struct field {
    const char *name;
    enum value_kind kind;
    bool (*take)(struct reading *reading, value v);
};

/* In the order in which they count: files first, then what is written in the document itself. */
static const struct field spec_fields[] = {
    {"chart", VALUE_OBJECT, take_chart},
    {"releaseName", VALUE_STRING, take_name},
    {"valuesFiles", VALUE_ARRAY, take_values_files},
    {"values", VALUE_OBJECT, take_values},
    {"skipCRDs", VALUE_BOOL, take_skip_crds},
    {"skipSchemaValidation", VALUE_BOOL, take_skip_schema},
    {"clusterFacts", VALUE_STRING, take_facts},
    {"kubeVersion", VALUE_STRING, take_kube_version},
    {"apiVersions", VALUE_ARRAY, take_api_versions},
};

static const struct field facts_fields[] = {
    {"kubeVersion", VALUE_STRING, take_kube_version},
    {"apiVersions", VALUE_ARRAY, take_cluster_versions},
};

static bool refuse_unknown(struct reading *reading, value object, const char *prefix,
                           const struct field *fields, size_t count)
{
    for (size_t i = 0; i < value_len(object); i++) {
        const struct member *member = value_member(object, i);
        bool known = false;
        for (size_t j = 0; j < count; j++)
            known |= str_equal(member->key, str_z(fields[j].name));
        if (!known)
            return wrong(reading, member->val, "unknown field %s%.*s", prefix,
                         STR_ARG(member->key));
    }
    return true;
}

static bool take_fields(struct reading *reading, value object, const char *prefix,
                        const struct field *fields, size_t count)
{
    if (!refuse_unknown(reading, object, prefix, fields, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        value v = value_get(object, str_z(fields[i].name));
        if (!value_present(v) || value_is(v, VALUE_NULL))
            continue;
        if (!value_is(v, fields[i].kind))
            return wrong(reading, v, "%s%s: %s is needed, not %s", prefix, fields[i].name,
                         value_kind_name(fields[i].kind), value_kind_name(v.kind));
        if (!fields[i].take(reading, v))
            return false;
    }
    return true;
}

/* --- the chart --- */

static bool is_digest(str text)
{
    const str prefix = STR("sha256:");
    if (!str_starts(text, prefix) || text.len != prefix.len + 64)
        return false;
    for (size_t i = prefix.len; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

static bool check_source(struct reading *reading, const struct chart_source *source)
{
    bool oci = str_starts(source->repository, STR("oci://"));
    if (!oci && !str_starts(source->repository, STR("https://")) &&
        !str_starts(source->repository, STR("http://")))
        return wrong(reading, reading->chart,
                     "spec.chart.repository: \"%.*s\" begins neither with https:// nor oci://",
                     STR_ARG(source->repository));
    if (source->chart.len == 0)
        return wrong(reading, reading->chart, "spec.chart.name: the chart's name is needed");
    if (source->digest.len == 0) {
        (void)wrong(reading, reading->chart,
                    "spec.chart.digest: a chart from outside the repository is pinned by digest");
        return error_hint(reading->err, "%s",
                          oci ? "the manifest's, as `crane digest` or the registry shows it"
                              : "the packed chart's, as the repository's index.yaml has it");
    }
    if (!is_digest(source->digest))
        return wrong(reading, reading->chart, "spec.chart.digest: not sha256: and 64 digits");
    if (!oci && source->version.len == 0)
        return wrong(reading, reading->chart, "spec.chart.version: the chart's version is needed");
    return true;
}

static bool read_chart(struct reading *reading)
{
    static const char *const names[] = {"path", "repository", "name", "version", "digest"};
    value chart = reading->chart;
    if (!value_is(chart, VALUE_OBJECT))
        return wrong(reading, reading->document->document, "spec.chart is needed");
    for (size_t i = 0; i < value_len(chart); i++) {
        const struct member *member = value_member(chart, i);
        bool known = false;
        for (size_t j = 0; j < ARRAY_LEN(names); j++)
            known |= str_equal(member->key, str_z(names[j]));
        if (!known)
            return wrong(reading, member->val, "unknown field spec.chart.%.*s",
                         STR_ARG(member->key));
        if (!value_is(member->val, VALUE_STRING))
            return wrong(reading, member->val, "spec.chart.%.*s: string is needed, not %s",
                         STR_ARG(member->key), value_kind_name(member->val.kind));
    }
    struct declaration *declaration = reading->declaration;
    declaration->source = (struct chart_source){
        .repository = value_str(value_get(chart, STR("repository"))),
        .chart = value_str(value_get(chart, STR("name"))),
        .version = value_str(value_get(chart, STR("version"))),
        .digest = value_str(value_get(chart, STR("digest"))),
    };
    declaration->fetched = declaration->source.repository.len != 0;
    value path = value_get(chart, STR("path"));
    if (value_present(path) == declaration->fetched)
        return wrong(reading, chart, "spec.chart: either path or repository is needed");
    if (declaration->fetched)
        return check_source(reading, &declaration->source);
    const struct snapshot_entry *entry;
    if (!resolve(reading, path, "spec.chart.path", &entry))
        return false;
    declaration->path = entry->path;
    return true;
}

/* --- the whole --- */

/* What the cluster is, from a file: then the result is the same with and without the cluster. */
static bool read_facts(struct reading *reading)
{
    const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    const struct snapshot_entry *entry;
    value facts;
    if (!value_present(reading->facts))
        return true;
    if (!resolve(reading, reading->facts, "spec.clusterFacts", &entry))
        return false;
    add_read(reading, entry);
    if (!yaml_read(entry->bytes, &options, reading->context->limits, reading->context->arena,
                   &facts, reading->err))
        return error_at(reading->err, (struct position){.file = entry->path});
    struct object file = {.source = {.file = entry->path}};
    struct reading inner = *reading;
    inner.document = &file;
    /* What the release says itself wins. */
    str version = reading->declaration->kube_version;
    if (!take_fields(&inner, facts, "", facts_fields, ARRAY_LEN(facts_fields)))
        return false;
    if (version.len != 0)
        reading->declaration->kube_version = version;
    return true;
}

bool declaration_read(struct render_context *context, const struct object *document,
                      struct declaration *ret_declaration, struct error *err)
{
    struct declaration declaration = {
        .at = document->source,
        .name = document->id.name,
        .namespace = document->id.namespace.len != 0 ? document->id.namespace : STR("default"),
    };
    struct reading reading = {.context = context,
                              .document = document,
                              .declaration = &declaration,
                              .chart = value_absent(),
                              .facts = value_absent(),
                              .err = err};
    value spec = value_get(document->document, STR("spec"));
    if (!value_is(spec, VALUE_OBJECT))
        return wrong(&reading, document->document, "spec is needed");
    if (!take_fields(&reading, spec, "spec.", spec_fields, ARRAY_LEN(spec_fields)) ||
        !read_chart(&reading) || !read_facts(&reading))
        return false;
    *ret_declaration = declaration;
    return true;
}
