/* render kustomize: what `kustomize build` prints. */
#include "syncd/cli/commands.h"
#include "syncd/cli/offline.h"

#include <string.h>
#include <sys/stat.h>

#define LEVELS_UP  16   /* how far above an unbounded path its bases may lie */
#define FILES_MOST 2000 /* in a folder that is read only to look for them */

static const struct option kustomize_options[] = {
    {"root", 0, OPTION_TEXT, "DIR",
     "Folder that paths may not leave (default: up to the Git repository)"},
    {"reorder", 0, OPTION_TEXT, "ORDER", "legacy or none: order unless sortOptions says one"},
    {"load-restrictor", 0, OPTION_TEXT, "RULE",
     "LoadRestrictionsRootOnly or LoadRestrictionsNone: whether files may lie elsewhere"},
    {"enable-helm", 0, OPTION_FLAG, NULL, "Render helmCharts, from charts in the repository"},
    {"enable-alpha-plugins", 0, OPTION_FLAG, NULL, "Accepted; plugins are never executed"},
    {"enable-managedby-label", 0, OPTION_FLAG, NULL, "Label objects app.kubernetes.io/managed-by"},
    {"helm-command", 0, OPTION_TEXT, "PROGRAM", "Accepted; nothing is executed"},
    {"helm-kube-version", 0, OPTION_TEXT, "VERSION", "Kubernetes version that charts see"},
    {"helm-api-versions", 0, OPTION_LIST, "VERSION", "API versions that charts see"},
    OPTION_OUTPUT_OBJECTS,
    {0},
};

static bool read_options(const struct arguments *arguments, struct kustomize_options *options,
                         struct error *err)
{
    str order = arguments_text(arguments, "reorder", (str){0});
    str restrictor = arguments_text(arguments, "load-restrictor", STR("LoadRestrictionsRootOnly"));
    bool anywhere = str_equal(restrictor, STR("LoadRestrictionsNone"));
    if (order.len != 0 && !str_equal(order, STR("legacy")) && !str_equal(order, STR("none")))
        return error_set(err, ERROR_INPUT, "--reorder must be legacy or none");
    if (!anywhere && !str_equal(restrictor, STR("LoadRestrictionsRootOnly")))
        return error_set(err, ERROR_INPUT,
                         "--load-restrictor must be LoadRestrictionsRootOnly or "
                         "LoadRestrictionsNone");
    *options = (struct kustomize_options){
        .reorder_set = order.len != 0,
        .legacy_order = str_equal(order, STR("legacy")),
        .load_anywhere = anywhere,
        .enable_helm = arguments_flag(arguments, "enable-helm"),
        .enable_alpha_plugins = arguments_flag(arguments, "enable-alpha-plugins"),
        .enable_managedby_label = arguments_flag(arguments, "enable-managedby-label"),
        .helm_kube_version = arguments_text(arguments, "helm-kube-version", (str){0}),
    };
    options->helm_api_versions =
        arguments_list(arguments, "helm-api-versions", &options->helm_api_version_count);
    return true;
}

static bool leaves_root(const struct error *err)
{
    return strcmp(err->rule, "E_PATH_ESCAPE") == 0 || strcmp(err->rule, "E_LINK_ESCAPE") == 0;
}

static bool is_repository(str folder, struct arena *arena)
{
    struct stat ignored;
    return stat(arena_concat(arena, folder, STR("/.git"), (str){0}).ptr, &ignored) == 0;
}

/*
 * Bases mostly lie beside the path. Without --root the root is the path itself, and moves up as far
 * as they need, but not out of a Git repository: so nothing is read that no base could be in.
 */
static bool build(const struct arguments *arguments, const struct kustomize_options *options,
                  struct arena *arena, struct offline *offline, struct object_list *objects,
                  struct error *err)
{
    str path = arguments->operands.items[0];
    str given = arguments_text(arguments, "root", (str){0});
    struct limits limits = *limits_default();
    if (!offline_open_within(path, given.len != 0 ? given : path, &limits, arena, offline, err))
        return false;
    limits.unit_files = FILES_MOST;
    for (size_t level = 0; level < LEVELS_UP; level++) {
        if (render_kustomize(&offline->context, offline->path, options, objects, err))
            return true;
        size_t slash = str_rindex(offline->root, '/');
        if (given.len != 0 || !leaves_root(err) || slash == 0 || slash == SIZE_MAX ||
            is_repository(offline->root, arena))
            break;
        struct error first = *err;
        str parent = str_slice(offline->root, 0, slash);
        offline_close(offline);
        error_clear(err);
        if (offline_open_within(path, parent, &limits, arena, offline, err))
            continue;
        *err = first; /* what lies above is too much to look through */
        return error_hint(err, "give --root DIR: the folder that holds all bases");
    }
    offline_close(offline);
    return false;
}

static int run_render_kustomize(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    enum output output;
    struct kustomize_options options;
    struct offline offline;
    struct object_list objects = {0};
    AUTO_ARENA struct arena *arena = arena_create(limits_default()->render_memory);
    if (!arguments_output(arguments, &output, &err) || !read_options(arguments, &options, &err) ||
        !build(arguments, &options, arena, &offline, &objects, &err))
        return command_fail(&err);
    offline_print_findings(&offline.findings);
    int code = offline_print_objects(&objects, output);
    offline_close(&offline);
    return code;
}

const struct command command_render_kustomize = {
    .name = "render kustomize",
    .operands = "PATH",
    .summary = "Build a kustomization",
    .description =
        "Prints the objects of a kustomization in the order and with the bytes of kustomize build "
        "5.8. Nothing is downloaded and nothing is executed: remote bases and plugins that are "
        "programs or containers are refused.",
    .options = kustomize_options,
    .min_operands = 1,
    .max_operands = 1,
    .example = "syncd render kustomize overlays/production",
    .run = run_render_kustomize,
};
