/* render release: what declared releases come out as. */
#include "syncd/cli/commands.h"
#include "syncd/cli/offline.h"

static const struct option release_options[] = {
    {"root", 0, OPTION_TEXT, "DIR", "Folder that paths may not leave (default the Git repository)"},
    OPTION_OUTPUT_OBJECTS,
    {0},
};

static int run_render_release(const struct arguments *arguments)
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
    bool rendered = render_path(&offline.context, offline.path, RENDER_DETECT, &objects, &err);
    findings_sort(&offline.findings);
    offline_print_findings(&offline.findings);
    int code = rendered ? EXIT_FAILED : command_fail(&err);
    if (rendered && offline.findings.errors == 0)
        code = offline_print_objects(&objects, output);
    offline_close(&offline);
    return code;
}

const struct command command_render_release = {
    .name = "render release",
    .operands = "PATH",
    .summary = "Print the objects of declared releases",
    .description =
        "Renders the path as the daemon would, with the objects of each HelmRelease of syncd.dev "
        "in its place. No cluster is asked: random values are marks, and lookup finds nothing.",
    .options = release_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd render release management",
    .run = run_render_release,
};
