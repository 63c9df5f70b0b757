#include "diff/schema.h"
#include "repo-layout/level_source.h"
#include "syncd/jsonschema/jsonschema.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct findings findings;

static void set_up(void)
{
    arena = arena_create(ARENA_NO_BUDGET);
    findings_init(&findings, arena);
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(definitions, .init = set_up, .fini = tear_down);

/* Every kind of the platform has a definition that is structural and says what kinds.yaml says. */
static void check_level(const struct level_source *source)
{
    const struct level *level;
    struct object_list definitions;
    struct error err = ERROR_INIT;
    struct schema_set *types = schema_set_make(arena);
    cr_assert(level_read(source, limits_default(), arena, &findings, &level));
    cr_assert(level_read_definitions(source, limits_default(), arena, &findings, &definitions));
    VEC_FOR (const struct object, object, &definitions.objects) {
        value spec = value_get(object->document, STR("spec"));
        cr_assert(schema_add_crd(types, object->document, &err), "%.*s: %s",
                  STR_ARG(object->id.name), err.text);
        const struct level_kind *kind =
            level_find_kind(level, value_str(value_get(spec, STR("group"))),
                            value_str(value_get2(spec, STR("names"), STR("kind"))));
        cr_assert_not_null(kind, "%.*s is not in kinds.yaml", STR_ARG(object->id.name));
        cr_assert(
            str_equal(kind->plural, value_str(value_get2(spec, STR("names"), STR("plural")))));
        cr_assert_eq(kind->namespaced,
                     str_equal(value_str(value_get(spec, STR("scope"))), STR("Namespaced")));
    }
    VEC_FOR (const struct level_kind, kind, &level->kinds) {
        if (level_owns_group(level, kind->gvk.group))
            cr_assert_not_null(schema_find(types, kind->gvk), "%.*s has no definition",
                               STR_ARG(kind->gvk.kind));
    }
}

Test(definitions, go_with_the_kinds_of_every_level)
{
    size_t count;
    const struct level_source *sources = level_builtin(&count);
    for (size_t i = 0; i < count; i++)
        check_level(&sources[i]);
}

Test(definitions, schemas_of_documents_inside_compile)
{
    size_t count;
    const struct level_source *sources = level_builtin(&count);
    for (size_t i = 0; i < count; i++) {
        const struct level *level;
        cr_assert(level_read(&sources[i], limits_default(), arena, &findings, &level));
        VEC_FOR (const struct level_schema, row, &level->schemas) {
            struct jsonschema schema;
            struct error err = ERROR_INIT;
            cr_assert(jsonschema_compile(row->document, limits_default(), arena, &schema, &err),
                      "%.*s: %s", STR_ARG(row->kind), err.text);
        }
    }
}
