/* render yaml: what plain manifests come out as. */
#include "syncd/cli/commands.h"
#include "syncd/cli/offline.h"

static const struct option render_options[] = {
    {"root", 0, OPTION_TEXT, "DIR", "Folder that paths may not leave (default the Git repository)"},
    OPTION_OUTPUT_OBJECTS,
    {0},
};

static int run_render_yaml(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    enum output output;
    AUTO_ARENA struct arena *arena = arena_create(limits_default()->render_memory);
    struct offline offline;
    if (!arguments_output(arguments, &output, &err) ||
        !offline_open(arguments->operands.items[0], arguments_text(arguments, "root", (str){0}),
                      arena, &offline, &err))
        return command_fail(&err);
    struct object_list objects = {0};
    bool rendered = render_yaml(&offline.context, offline.path, &objects, &err);
    if ((!rendered || offline.findings.errors != 0) &&
        offline_widen(&offline, arguments->operands.items[0], arena)) {
        objects = (struct object_list){0};
        error_clear(&err);
        rendered = render_yaml(&offline.context, offline.path, &objects, &err);
    }
    offline_print_findings(&offline.findings);
    int code = rendered ? EXIT_FAILED : command_fail(&err);
    if (rendered && offline.findings.errors == 0)
        code = offline_print_objects(&objects, output);
    offline_close(&offline);
    return code;
}

const struct command command_render_yaml = {
    .name = "render yaml",
    .operands = "PATH",
    .summary = "Print plain manifests as they are understood",
    .description = "Reads a file, or every .yaml, .yml and .json below a directory, expands lists, "
                   "and prints the objects as kubectl would read them.",
    .options = render_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd render yaml management",
    .run = run_render_yaml,
};
