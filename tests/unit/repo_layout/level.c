#include "repo-layout/level_source.h"

#include "syncd/base/buf.h"
#include "syncd/value/json.h"

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

TestSuite(level, .init = set_up, .fini = tear_down);

static void print_findings(void)
{
    VEC_FOR (const struct finding, finding, &findings.list)
        cr_log_warn("%.*s:%u %.*s", STR_ARG(finding->position.file), finding->position.line,
                    STR_ARG(finding->text));
}

Test(level, every_level_of_the_program_is_read_without_a_finding)
{
    size_t count;
    const struct level_source *sources = level_builtin(&count);
    cr_assert_geq(count, 2);
    for (size_t i = 0; i < count; i++) {
        const struct level *level;
        struct object_list definitions;
        bool right = level_read(&sources[i], limits_default(), arena, &findings, &level);
        print_findings();
        cr_assert(right, "%.*s", STR_ARG(sources[i].name));
        cr_assert_gt(level->kinds.len, 10);
        cr_assert(
            level_read_definitions(&sources[i], limits_default(), arena, &findings, &definitions));
    }
}

/* A level of one file beside a right level.yaml. */
static bool read_with(const char *path, const char *text, const struct level **ret_level)
{
    const struct level_file files[] = {
        {STR("kinds.yaml"),
         STR("kinds:\n"
             "- {kind: Box, group: x.y, version: v1, plural: boxes, scope: Namespaced, "
             "route: management, mode: apply, prune: guarded}\n")},
        {STR("level.yaml"), STR("title: T\ngroups: [x.y]\nnames: {size: spec.size}\n")},
        {str_z(path), str_z(text)},
    };
    const struct level_source source = {STR("t"), STR("t"), files, ARRAY_LEN(files)};
    return level_read(&source, limits_default(), arena, &findings, ret_level);
}

Test(level, rows_point_at_kinds_and_named_paths)
{
    const struct level *level;
    cr_assert(read_with("fields.yaml",
                        "fields:\n"
                        "- {use: immutable, kind: Box.x.y, path: $size.w, why: because}\n",
                        &level));
    const struct level_field *field = &level->fields.items[0];
    cr_assert_eq(field->kind, level_find_kind(level, STR("x.y"), STR("Box")));
    cr_assert(str_equal(level_path_name(field->path), STR("spec.size.w")));
    cr_assert_eq(field->source.line, 2);
}

Test(level, tells_every_mistake_with_its_line)
{
    static const struct {
        const char *file, *text, *say;
        unsigned line;
    } rows[] = {
        {"fields.yaml", "fields:\n- {use: odd, path: a}\n", "use is one of", 2},
        {"fields.yaml", "fields:\n- {use: noise}\n", "needs path", 2},
        {"fields.yaml", "fields:\n- {use: noise, path: a, x: 1}\n", "no such key: x", 2},
        {"fields.yaml", "fields:\n\n- {use: noise, path: a, kind: Bix.x.y}\n", "kinds.yaml has no",
         3},
        {"fields.yaml", "fields:\n- {use: noise, path: $none}\n", "does not give", 2},
        {"fields.yaml", "feilds:\n- {}\n", "no such section", 2},
        {"fields.yaml", "fields:\n- {use: noise, path: a\n", "", 0},
        {"matrix.yaml", "pairs:\n- {management: a, regional: b, support: maybe, evidence: e}\n",
         "support is one of", 2},
        {"checks.yaml",
         "minimums:\n- {of: Box.x.y, counted: Box.x.y, points: a, least: x, "
         "noun: n}\n",
         "least is a whole number", 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct level *level;
        findings_init(&findings, arena);
        cr_assert_not(read_with(rows[i].file, rows[i].text, &level), "%s", rows[i].text);
        const struct finding *finding = &findings.list.items[0];
        cr_assert_str_eq(finding->rule, "E_LEVEL");
        cr_assert_neq(str_find(finding->text, str_z(rows[i].say)), SIZE_MAX, "%.*s",
                      STR_ARG(finding->text));
        if (rows[i].line != 0)
            cr_assert_eq(finding->position.line, rows[i].line, "%s", rows[i].text);
        cr_assert(str_starts(finding->position.file, STR("t/")));
    }
}

Test(level, a_level_without_kinds_is_none)
{
    const struct level_file files[] = {{STR("level.yaml"), STR("title: T\ngroups: [x.y]\n")}};
    const struct level_source source = {STR("t"), STR("t"), files, 1};
    const struct level *level;
    cr_assert_not(level_read(&source, limits_default(), arena, &findings, &level));
}

Test(level, an_unknown_name_lists_those_that_are_there)
{
    struct level_source source;
    struct error err = ERROR_INIT;
    cr_assert_not(level_find(STR("no-such"), NULL, arena, &source, &err));
    cr_assert_eq(err.class, ERROR_NOT_FOUND);
    cr_assert_neq(str_find(str_z(err.hint), STR("capi-v1beta1")), SIZE_MAX);
}

Test(level, knows_what_others_write)
{
    static const struct {
        const char *group, *kind, *document, *field;
        bool noise;
    } rows[] = {
        {"x.y", "Box", "{}", ".status.phase", true},
        {"", "ConfigMap", "{}", ".status", true},
        {"x.y", "Box", "{}", ".spec.size.id", true},
        {"x.y", "Lid", "{}", ".spec.size.id", false},
        {"x.y", "Box", "{}", ".spec.size.w", false},
        {"x.y", "Box", "{}", ".spec.lids[name=\"a\"].id", false},
        {"x.y", "Box", "{\"spec\": {\"theirs\": true}}", ".spec.lids[name=\"a\"].id", true},
        {"x.y", "Box", "{\"spec\": {\"theirs\": true}}", ".spec.lids[name=\"a\"].w", false},
    };
    const struct level *level;
    cr_assert(read_with("fields.yaml",
                        "fields:\n"
                        "- {use: noise, path: status, why: controllers}\n"
                        "- {use: noise, kind: Box.x.y, path: $size.id, why: provider}\n"
                        "- {use: immutable, kind: Box.x.y, path: $size.w, why: because}\n"
                        "- {use: noise, kind: Box.x.y, when: {spec.theirs: true}, "
                        "path: 'spec.lids[].id', why: provider}\n",
                        &level));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        value document;
        struct error err = ERROR_INIT;
        cr_assert(json_read(str_z(rows[i].document), limits_default(), arena, &document, &err));
        cr_expect_eq(level_find_noise(level, str_z(rows[i].group), str_z(rows[i].kind), document,
                                      str_z(rows[i].field)) != NULL,
                     rows[i].noise, "%s %s", rows[i].kind, rows[i].field);
    }
}
