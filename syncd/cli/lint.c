/* lint: what would be refused, without a cluster. */
#include "render/unit/unit.h"
#include "syncd/cli/commands.h"
#include "syncd/cli/offline.h"
#include "syncd/value/json.h"

#include <stdio.h>

static const struct option lint_options[] = {
    {"root", 0, OPTION_TEXT, "DIR", "Folder that paths may not leave (default the Git repository)"},
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

static int run_lint(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    enum output output;
    AUTO_ARENA struct arena *arena = arena_create(limits_default()->render_memory);
    struct offline offline;
    if (!arguments_output(arguments, &output, &err) ||
        !offline_open(arguments->operands.items[0], arguments_text(arguments, "root", (str){0}),
                      arena, &offline, &err))
        return command_fail(&err);
    const struct unit unit = {
        .name = arguments->operands.items[0], .paths = &offline.path, .path_count = 1};
    struct object_list objects = {0};
    bool right = render_unit(&offline.context, &unit, &objects);
    findings_sort(&offline.findings);
    if (output == OUTPUT_JSON)
        print_json(&offline.findings, arena);
    else
        offline_print_findings(&offline.findings);
    if (right && output == OUTPUT_TEXT)
        (void)printf("%zu object%s, nothing wrong\n", objects.objects.len,
                     objects.objects.len == 1 ? "" : "s");
    offline_close(&offline);
    return right ? EXIT_DONE : EXIT_DIFFERS;
}

const struct command command_lint = {
    .name = "lint",
    .operands = "PATH",
    .summary = "Say what syncd would refuse, with file and line",
    .description =
        "Renders the path as the daemon would and prints every problem at once. Needs no "
        "cluster. Exit code 1 when something is wrong.",
    .options = lint_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd lint management",
    .run = run_lint,
};
