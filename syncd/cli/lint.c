/* lint: what would be refused, without a cluster. */
#include "render/unit/unit.h"
#include "syncd/cli/commands.h"
#include "syncd/cli/lint_level.h"
#include "syncd/value/json.h"

#include <stdio.h>

static const struct option lint_options[] = {
    {"root", 0, OPTION_TEXT, "DIR", "Folder that paths may not leave (default the Git repository)"},
    {"level", 0, OPTION_TEXT, "NAME",
     "Platform to hold it against: mcc-2.23, capi-v1beta1, ./FOLDER"},
    {"base", 0, OPTION_TEXT, "DIR",
     "The repository before the change: what may not change is checked"},
    {"releases", 0, OPTION_TEXT, "FILE", "A release index (default platform/releases/index.yaml)"},
    OPTION_OUTPUT_TEXT,
    {0},
};

static void print_json(const struct findings *findings, struct arena *arena)
{
    static const char *const words[] = {"note", "warning", "error"};
    struct array_builder list;
    array_begin(&list, arena);
    VEC_FOR (const struct finding, finding, &findings->list) {
        struct object_builder object;
        object_begin(&object, arena);
        object_add(&object, STR("file"), value_string(finding->position.file));
        object_add(&object, STR("line"), value_uint(finding->position.line, arena));
        object_add(&object, STR("severity"), value_string(str_z(words[finding->severity])));
        object_add(&object, STR("rule"), value_string(str_z(finding->rule)));
        object_add(&object, STR("text"), value_string(finding->text));
        object_add(&object, STR("hint"), value_string(finding->hint));
        array_add(&list, object_finish(&object));
    }
    str text = json_text(array_finish(&list), JSON_INDENT2, arena);
    (void)printf("%.*s\n", STR_ARG(text));
}

static bool lint_plain(struct offline *offline, str name, size_t *ret_objects)
{
    const struct unit unit = {.name = name, .paths = &offline->path, .path_count = 1};
    struct object_list objects = {0};
    bool right = render_unit(&offline->context, &unit, &objects);
    *ret_objects = objects.objects.len;
    return right;
}

static void print_result(struct offline *offline, enum output output, size_t objects,
                         struct arena *arena)
{
    findings_sort(&offline->findings);
    if (output == OUTPUT_JSON)
        print_json(&offline->findings, arena);
    else
        offline_print_findings(&offline->findings);
    if (output == OUTPUT_TEXT && offline->findings.errors == 0)
        (void)printf("%zu object%s, nothing wrong\n", objects, objects == 1 ? "" : "s");
}

static int run_lint(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    enum output output;
    AUTO_ARENA struct arena *arena = arena_create(limits_default()->render_memory);
    struct offline offline;
    const struct lint_level_options options = {
        .level = arguments_text(arguments, "level", (str){0}),
        .base = arguments_text(arguments, "base", (str){0}),
        .releases = arguments_text(arguments, "releases", (str){0})};
    /* With a level, the path is the repository. */
    str path = arguments->operands.items[0];
    str root = arguments_text(arguments, "root", options.level.len != 0 ? path : (str){0});
    if (!arguments_output(arguments, &output, &err) ||
        !offline_open(path, root, arena, &offline, &err))
        return command_fail(&err);
    size_t objects = 0;
    bool done = true;
    if (options.level.len == 0) {
        /* What was not found there may lie beside it in the repository. */
        if (!lint_plain(&offline, path, &objects) && offline_widen(&offline, path, arena))
            (void)lint_plain(&offline, path, &objects);
    } else {
        done = lint_level(&offline, &options, arena, &objects, &err);
    }
    if (!done)
        findings_add_error(&offline.findings, &err);
    print_result(&offline, output, objects, arena);
    bool right = offline.findings.errors == 0;
    offline_close(&offline);
    return right ? EXIT_DONE : EXIT_DIFFERS;
}

const struct command command_lint = {
    .name = "lint",
    .operands = "PATH",
    .summary = "Say what syncd would refuse, with file and line",
    .description =
        "Renders the path as the daemon would and prints every problem at once. Needs no "
        "cluster. With --level, PATH is the repository and everything in it is held against what "
        "the platform says; `syncd explain rules` lists the rules. Exit code 1 when something is "
        "wrong.",
    .options = lint_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd lint management",
    .run = run_lint,
};
