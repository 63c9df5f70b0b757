/* Objects against their definitions, and the documents inside them against the level's schemas. */
#include "diff/schema.h"
#include "repo-layout/lint/lint_internal.h"
#include "syncd/jsonschema/jsonschema.h"

/* The types of the level's definitions, made once for each rule that needs them. */
static const struct schema_set *make_types(struct lint *lint)
{
    struct schema_set *types = schema_set_make(lint->arena);
    if (lint->input->definitions == NULL)
        return types;
    VEC_FOR (const struct object, definition, &lint->input->definitions->objects) {
        struct error err = ERROR_INIT;
        if (!schema_add_crd(types, definition->document, &err))
            lint_report(lint, definition, 0, "%s", err.text);
    }
    return types;
}

/* The line of "spec.a[0].b" in a document: of the deepest part that has one. */
static uint32_t line_at(value document, str path)
{
    uint32_t line = 0;
    value at = document;
    while (path.len != 0) {
        path = str_trim_left(path, STR(".]"));
        size_t end = 0;
        while (end < path.len && path.ptr[end] != '.' && path.ptr[end] != '[' &&
               path.ptr[end] != ']')
            end++;
        str step = str_slice(path, 0, end);
        path = str_trim_left(str_skip(path, end), STR("["));
        uint64_t index;
        if (value_is(at, VALUE_ARRAY) && str_to_u64(step, &index) && index < value_len(at))
            at = value_item(at, (size_t)index);
        else
            at = value_get(at, step);
        if (at.line != 0)
            line = at.line;
        if (!value_present(at))
            break;
    }
    return line;
}

void lint_specs_object(struct lint *lint)
{
    const struct schema_set *types = make_types(lint);
    /* Validation rewinds its scratch memory; the problems must not stand in it. */
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        const struct schema_type *type = schema_find(types, object->id.gvk);
        struct schema_problems problems = {0};
        if (type == NULL)
            continue;
        value document = schema_default(type, object->document, lint->arena);
        if (schema_validate(type, document, value_absent(), lint->arena, scratch, &problems))
            continue;
        VEC_FOR (const struct schema_problem, problem, &problems.list)
            lint_report(lint, object, line_at(object->document, problem->path), "%.*s: %.*s: %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(problem->path),
                        STR_ARG(problem->text));
    }
}

void lint_specs_unknown_field(struct lint *lint)
{
    const struct schema_set *types = make_types(lint);
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        const struct schema_type *type = schema_find(types, object->id.gvk);
        struct schema_paths unknown = {0};
        if (type == NULL)
            continue;
        (void)schema_prune(type, object->document, lint->arena, &unknown);
        VEC_FOR (const str, path, &unknown.list)
            lint_report(lint, object, line_at(object->document, *path), "%.*s has no field %.*s",
                        STR_ARG(object->id.gvk.kind), STR_ARG(*path));
    }
}

/* --- documents inside documents --- */

/* The place for a document inside objects of a kind: those that have an apiVersion in it. */
static value inner_document(const struct lint *lint, const struct object *object)
{
    const struct level_path *path = lint->level->layout.document;
    if (path == NULL || !level_owns_group(lint->level, object->id.gvk.group))
        return value_absent();
    return level_path_first(path, object->document);
}

struct compiled {
    struct jsonschema schema;
    bool usable;
};

static struct compiled *compile(struct lint *lint, const struct level_schema *row,
                                struct compiled *cache)
{
    struct compiled *compiled = &cache[row - lint->level->schemas.items];
    struct error err = ERROR_INIT;
    if (compiled->schema.arena == NULL)
        compiled->usable = jsonschema_compile(row->document, lint->input->limits, lint->arena,
                                              &compiled->schema, &err);
    if (err.text[0] != '\0')
        (void)findings_add(lint->findings, SEVERITY_ERROR, "E_LEVEL", row->source, "%s", err.text);
    return compiled;
}

static void check_inner(struct lint *lint, const struct object *object, value inner,
                        struct compiled *compiled)
{
    struct jsonschema_problem problem;
    struct error err = ERROR_INIT;
    bool valid;
    if (!jsonschema_validate(&compiled->schema, inner, &valid, &problem, &err)) {
        lint_report(lint, object, inner.line, "%s", err.text);
        return;
    }
    if (!valid)
        lint_report(lint, object, problem.line != 0 ? problem.line : inner.line,
                    "%.*s: the provider spec %.*s", STR_ARG(lint_name(lint, object)),
                    STR_ARG(str_trim_left(problem.message, STR("- "))));
}

void lint_specs_provider(struct lint *lint)
{
    struct compiled *cache = ARENA_ARRAY(lint->arena, struct compiled, lint->level->schemas.len);
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        value inner = inner_document(lint, object);
        const struct level_schema *row =
            level_find_schema(lint->level, value_str(value_get(inner, STR("apiVersion"))),
                              value_str(value_get(inner, STR("kind"))));
        if (row == NULL)
            continue;
        struct compiled *compiled = compile(lint, row, cache);
        if (compiled->usable)
            check_inner(lint, object, inner, compiled);
    }
}

void lint_specs_provider_kind(struct lint *lint)
{
    VEC_FOR (const struct object, object, &lint->input->head->objects) {
        value inner = inner_document(lint, object);
        if (!value_present(inner))
            continue;
        str version = value_str(value_get(inner, STR("apiVersion")));
        str kind = value_str(value_get(inner, STR("kind")));
        str provider = level_path_text(lint->level->layout.provider, object->document);
        const struct level_schema *row = level_find_schema(lint->level, version, kind);
        if (row == NULL)
            lint_report(lint, object, inner.line, "%.*s: no provider has a %.*s of %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(kind), STR_ARG(version));
        else if (row->provider.len != 0 && provider.len != 0 && !str_equal(row->provider, provider))
            lint_report(lint, object, inner.line, "%.*s: a %.*s is for %.*s, the label says %.*s",
                        STR_ARG(lint_name(lint, object)), STR_ARG(kind), STR_ARG(row->provider),
                        STR_ARG(provider));
    }
}
