/* render helm: what `helm template` prints. */
#include "render/helm/helm.h"
#include "syncd/base/clock.h"
#include "syncd/cli/commands.h"
#include "syncd/cli/offline.h"

#include <stdio.h>
#include <sys/stat.h>

#define VALUES_FILE_MAX (16u << 20)

static const struct option helm_options[] = {
    {"root", 0, OPTION_TEXT, "DIR",
     "Folder that links may not leave (default the chart, then the Git repository)"},
    {"namespace", 'n', OPTION_TEXT, "NAME", "Namespace of the release (default \"default\")"},
    {"values", 'f', OPTION_LIST, "FILE", "Values, each over the ones before"},
    {"set", 0, OPTION_LIST, "KEY=VALUE", "A value, or several between commas"},
    {"set-string", 0, OPTION_LIST, "KEY=VALUE", "A value that is a string"},
    {"set-json", 0, OPTION_LIST, "KEY=JSON", "A value in JSON"},
    {"set-file", 0, OPTION_LIST, "KEY=FILE", "A value that is a file's text"},
    {"set-literal", 0, OPTION_LIST, "KEY=VALUE", "A value that is a string as it stands"},
    {"kube-version", 0, OPTION_TEXT, "VERSION", "Kubernetes version that the chart sees"},
    {"api-versions", 'a', OPTION_LIST, "VERSION", "API version that the chart sees, too"},
    {"show-only", 's', OPTION_LIST, "FILE", "Print what these templates rendered"},
    {"include-crds", 0, OPTION_FLAG, NULL, "Print the CRDs of crds/, too"},
    {"skip-crds", 0, OPTION_FLAG, NULL,
     "Accepted: CRDs are left out unless --include-crds is given"},
    {"is-upgrade", 0, OPTION_FLAG, NULL, ".Release.IsUpgrade instead of .Release.IsInstall"},
    {"no-hooks", 0, OPTION_FLAG, NULL, "Leave hooks out"},
    {"skip-tests", 0, OPTION_FLAG, NULL, "Leave test hooks out"},
    {"skip-schema-validation", 0, OPTION_FLAG, NULL, "Do not check values.schema.json"},
    {"validate", 0, OPTION_FLAG, NULL, "Not supported: no cluster is asked"},
    {0},
};

static bool read_file(str name, struct arena *arena, struct helm_file *ret_file, struct error *err)
{
    FILE *file = str_equal(name, STR("-")) ? stdin : fopen(arena_str(arena, name).ptr, "rbe");
    if (file == NULL)
        return error_set(err, ERROR_NOT_FOUND, "%.*s cannot be read", STR_ARG(name));
    AUTO_BUF struct buf text = BUF_INIT(VALUES_FILE_MAX);
    char part[16384];
    for (size_t got; (got = fread(part, 1, sizeof(part), file)) > 0;)
        buf_add(&text, str_from(part, got));
    bool good = ferror(file) == 0;
    if (file != stdin)
        (void)fclose(file);
    if (!good || buf_failed(&text))
        return error_set(err, ERROR_INPUT, "%.*s cannot be read whole", STR_ARG(name));
    *ret_file = (struct helm_file){.name = name, .text = buf_copy(&text, arena)};
    return true;
}

struct gathered {
    VEC(struct helm_file) values;
    VEC(struct helm_file) files; /* of --set-file */
    VEC(struct helm_set) sets;
};

/* The files that "a=x.txt,b={y.txt,z.txt}" names. */
static bool read_set_files(str text, struct arena *arena, struct gathered *gathered,
                           struct error *err)
{
    bool listed = false;
    for (str part; str_cut(&text, ',', &part);) {
        size_t equal = listed ? SIZE_MAX : str_index(part, '=');
        struct helm_file file;
        if (equal == SIZE_MAX && !listed)
            continue;
        str name = listed ? part : str_skip(part, equal + 1);
        if (!listed && str_starts(name, STR("{"))) {
            listed = true;
            name = str_skip(name, 1);
        }
        if (listed && str_ends(name, STR("}"))) {
            listed = false;
            name = str_slice(name, 0, name.len - 1);
        }
        if (!read_file(name, arena, &file, err))
            return false;
        VEC_PUSH(arena, &gathered->files, file);
    }
    return true;
}

static bool gather(const struct arguments *arguments, struct arena *arena,
                   struct gathered *gathered, struct error *err)
{
    static const struct {
        const char *name;
        enum helm_set_kind kind;
    } sets[] = {{"set", HELM_SET},
                {"set-string", HELM_SET_STRING},
                {"set-json", HELM_SET_JSON},
                {"set-file", HELM_SET_FILE},
                {"set-literal", HELM_SET_LITERAL}};
    size_t count;
    const str *names = arguments_list(arguments, "values", &count);
    for (size_t i = 0; i < count; i++) {
        struct helm_file file;
        if (!read_file(names[i], arena, &file, err))
            return false;
        VEC_PUSH(arena, &gathered->values, file);
    }
    for (size_t row = 0; row < ARRAY_LEN(sets); row++) {
        const str *texts = arguments_list(arguments, sets[row].name, &count);
        for (size_t i = 0; i < count; i++) {
            if (sets[row].kind == HELM_SET_FILE && !read_set_files(texts[i], arena, gathered, err))
                return false;
            VEC_PUSH(arena, &gathered->sets,
                     (struct helm_set){.kind = sets[row].kind, .text = texts[i]});
        }
    }
    return true;
}

/* A packed chart as the only file of a snapshot. */
static bool open_packed(str path, struct arena *arena, struct snapshot **ret_snapshot,
                        struct error *err)
{
    static const uint8_t oid[OID_LEN] = {0};
    struct helm_file file;
    int fd;
    if (!read_file(path, arena, &file, err))
        return false;
    struct snapshot_writer *writer =
        snapshot_writer_create(STR("0000000000000000000000000000000000000000"), limits_default());
    if (!snapshot_writer_add(writer, STR("chart.tgz"), ENTRY_FILE, oid, file.text, err)) {
        snapshot_writer_destroy(writer);
        return false;
    }
    return snapshot_writer_seal(writer, &fd, err) && snapshot_map(fd, ret_snapshot, err);
}

static bool leaves_root(const struct error *err)
{
    return strcmp(err->rule, "E_PATH_ESCAPE") == 0 || strcmp(err->rule, "E_LINK_ESCAPE") == 0;
}

static bool render_packed(str path, struct helm_options *options, struct arena *arena,
                          struct findings *findings, struct helm_release *release,
                          struct error *err)
{
    struct snapshot *snapshot;
    if (!open_packed(path, arena, &snapshot, err))
        return false;
    struct render_context context = {.snapshot = snapshot,
                                     .limits = limits_default(),
                                     .arena = arena,
                                     .scratch = arena,
                                     .findings = findings,
                                     .zones = zones_create(arena, NULL)};
    options->chart = STR("chart.tgz");
    bool good = render_helm(&context, options, release, err);
    snapshot_destroy(snapshot);
    return good;
}

/* The chart's folder alone; the whole repository only when a link leads out of it. */
static bool render_folder(const struct arguments *arguments, str path, struct helm_options *options,
                          struct arena *arena, struct helm_release *release, struct error *err)
{
    str root = arguments_text(arguments, "root", path);
    for (int attempt = 0; attempt < 2; attempt++) {
        struct offline offline;
        if (!offline_open(path, root, arena, &offline, err))
            return false;
        options->chart = offline.path;
        bool good = render_helm(&offline.context, options, release, err);
        offline_print_findings(&offline.findings);
        offline_close(&offline);
        if (good || !leaves_root(err) || arguments_given(arguments, "root"))
            return good;
        if (attempt == 0)
            error_clear(err);
        root = (str){0};
    }
    return false;
}

static bool render(const struct arguments *arguments, struct helm_options *options,
                   struct arena *arena, struct helm_release *release, struct error *err)
{
    str path = arguments->operands.items[1];
    struct stat info;
    if (stat(arena_str(arena, path).ptr, &info) != 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no chart %.*s", STR_ARG(path));
    if (S_ISDIR(info.st_mode))
        return render_folder(arguments, path, options, arena, release, err);
    struct findings findings;
    findings_init(&findings, arena);
    bool good = render_packed(path, options, arena, &findings, release, err);
    offline_print_findings(&findings);
    return good;
}

static int run_render_helm(const struct arguments *arguments)
{
    struct error err = ERROR_INIT;
    struct gathered gathered = {0};
    struct helm_release release = {0};
    AUTO_ARENA struct arena *arena = arena_create(limits_default()->render_memory);
    const struct template_world world = {.now_ns = clock_wall_ns()};
    if (arguments_flag(arguments, "validate")) {
        (void)error_rule(&err, ERROR_UNSUPPORTED, "E_UNSUPPORTED", "--validate is not supported");
        return command_fail(&err);
    }
    if (!gather(arguments, arena, &gathered, &err))
        return command_fail(&err);
    struct helm_options options = {
        .release = arguments->operands.items[0],
        .namespace = arguments_text(arguments, "namespace", STR("default")),
        .values = gathered.values.items,
        .value_count = gathered.values.len,
        .sets = gathered.sets.items,
        .set_count = gathered.sets.len,
        .set_files = gathered.files.items,
        .set_file_count = gathered.files.len,
        .kube_version = arguments_text(arguments, "kube-version", (str){0}),
        .include_crds = arguments_flag(arguments, "include-crds"),
        .is_upgrade = arguments_flag(arguments, "is-upgrade"),
        .no_hooks = arguments_flag(arguments, "no-hooks"),
        .skip_tests = arguments_flag(arguments, "skip-tests"),
        .skip_schema = arguments_flag(arguments, "skip-schema-validation"),
        .world = &world,
    };
    options.api_versions = arguments_list(arguments, "api-versions", &options.api_version_count);
    options.show_only = arguments_list(arguments, "show-only", &options.show_only_count);
    if (!render(arguments, &options, arena, &release, &err))
        return command_fail(&err);
    size_t written = fwrite(release.output.ptr, 1, release.output.len, stdout);
    return written == release.output.len && fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_render_helm = {
    .name = "render helm",
    .operands = "NAME CHART",
    .summary = "Render a chart",
    .description =
        "Prints what helm template 3.22 prints for a chart's folder or a packed chart: "
        "the same documents, in the same order, with the same bytes. No cluster is asked "
        "and nothing is downloaded or executed; lookup finds nothing.",
    .options = helm_options,
    .min_operands = 2,
    .max_operands = 2,
    .example = "syncd render helm web charts/web",
    .run = run_render_helm,
};
