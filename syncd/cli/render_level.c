/* render level: the definitions of a platform's kinds, to give to a control plane. */
#include "repo-layout/level_source.h"
#include "syncd/cli/commands.h"
#include "syncd/cli/offline.h"

static int run_render_level(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    enum output output;
    AUTO_ARENA struct arena *arena = arena_create(limits_default()->render_memory);
    struct findings findings;
    struct level_source source;
    struct object_list definitions;
    findings_init(&findings, arena);
    if (!arguments_output(arguments, &output, &err) ||
        !level_find(arguments->operands.items[0], NULL, arena, &source, &err))
        return command_fail(&err);
    if (!level_read_definitions(&source, limits_default(), arena, &findings, &definitions)) {
        offline_print_findings(&findings);
        return EXIT_FAILED;
    }
    return offline_print_objects(&definitions, output);
}

static const struct option level_options[] = {
    OPTION_OUTPUT_OBJECTS,
    {0},
};

const struct command command_render_level = {
    .name = "render level",
    .operands = "NAME",
    .summary = "Print the definitions of a platform's kinds",
    .description =
        "Prints the CustomResourceDefinitions of a level that is built in, for an "
        "embedded control plane, a simulation or a test. A real platform brings its own.",
    .options = level_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd render level mcc-2.23",
    .run = run_render_level,
};
