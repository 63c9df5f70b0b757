/*
 * render_helm NAME CHART [-n NS] [-f FILE]… [--set X]… …: `helm template` through render/helm, from
 * files on disk. What the corpus and the differential tests run.
 */
#include "render/helm/helm.h"
#include "syncd/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static str read_file(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    struct buf buf = BUF_INIT(64u << 20);
    size_t got;
    char part[65536];
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        buf_add(&buf, str_from(part, got));
    (void)fclose(file);
    str text = buf_copy(&buf, arena);
    buf_finish(&buf);
    return text;
}

struct lists {
    VEC(struct helm_file) values;
    VEC(struct helm_file) set_files;
    VEC(struct helm_set) sets;
    VEC(str) api_versions;
    VEC(str) show_only;
};

/* Every name after "=" of --set-file. */
static void add_set_file(struct lists *lists, const char *text, struct arena *arena)
{
    str rest = str_z(text);
    for (str part; str_cut(&rest, ',', &part);) {
        size_t equal = str_index(part, '=');
        if (equal == SIZE_MAX)
            continue;
        str name = arena_str(arena, str_skip(part, equal + 1));
        VEC_PUSH(arena, &lists->set_files,
                 (struct helm_file){.name = name, .text = read_file(name.ptr, arena)});
    }
}

static bool take_option(struct lists *lists, struct helm_options *options, const char *name,
                        const char *argument, struct arena *arena)
{
    static const struct {
        const char *name;
        enum helm_set_kind kind;
    } sets[] = {{"--set", HELM_SET},
                {"--set-string", HELM_SET_STRING},
                {"--set-json", HELM_SET_JSON},
                {"--set-file", HELM_SET_FILE},
                {"--set-literal", HELM_SET_LITERAL}};
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        if (strcmp(name, sets[i].name) != 0)
            continue;
        if (sets[i].kind == HELM_SET_FILE)
            add_set_file(lists, argument, arena);
        VEC_PUSH(arena, &lists->sets,
                 (struct helm_set){.kind = sets[i].kind, .text = str_z(argument)});
        return true;
    }
    if (strcmp(name, "-n") == 0 || strcmp(name, "--namespace") == 0)
        options->namespace = str_z(argument);
    else if (strcmp(name, "--kube-version") == 0)
        options->kube_version = str_z(argument);
    else if (strcmp(name, "-f") == 0 || strcmp(name, "--values") == 0)
        VEC_PUSH(arena, &lists->values,
                 (struct helm_file){.name = str_z(argument), .text = read_file(argument, arena)});
    else if (strcmp(name, "-a") == 0 || strcmp(name, "--api-versions") == 0)
        VEC_PUSH(arena, &lists->api_versions, str_z(argument));
    else if (strcmp(name, "-s") == 0 || strcmp(name, "--show-only") == 0)
        VEC_PUSH(arena, &lists->show_only, str_z(argument));
    else
        return false;
    return true;
}

static bool take_flag(struct helm_options *options, const char *name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"--include-crds", &options->include_crds},
                 {"--is-upgrade", &options->is_upgrade},
                 {"--no-hooks", &options->no_hooks},
                 {"--skip-tests", &options->skip_tests},
                 {"--skip-schema-validation", &options->skip_schema}};
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (strcmp(name, flags[i].name) != 0)
            continue;
        *flags[i].flag = true;
        return true;
    }
    return false;
}

/* A directory as it is, a file as the only one of a snapshot. */
static bool open_chart(const char *path, struct arena *arena, struct snapshot **ret_snapshot,
                       str *ret_chart, struct error *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return error_rule(err, ERROR_NOT_FOUND, "E_CHART", "there is no chart %s", path);
    if (S_ISDIR(status.st_mode))
        return snapshot_read_directory(path, limits_default(), ret_snapshot, err);
    static const uint8_t oid[OID_LEN] = {0};
    int fd;
    struct snapshot_writer *writer =
        snapshot_writer_create(STR("0000000000000000000000000000000000000000"), limits_default());
    *ret_chart = STR("chart.tgz");
    return snapshot_writer_add(writer, *ret_chart, ENTRY_FILE, oid, read_file(path, arena), err) &&
           snapshot_writer_seal(writer, &fd, err) && snapshot_map(fd, ret_snapshot, err);
}

static int render(const char *path, const struct helm_options *given, struct arena *arena)
{
    struct helm_options options = *given;
    struct error err = ERROR_INIT;
    struct snapshot *snapshot;
    struct findings findings;
    findings_init(&findings, arena);
    struct helm_release release;
    bool good = open_chart(path, arena, &snapshot, &options.chart, &err);
    if (good) {
        struct render_context context = {.snapshot = snapshot,
                                         .limits = limits_default(),
                                         .arena = arena,
                                         .scratch = arena,
                                         .findings = &findings};
        good = render_helm(&context, &options, &release, &err);
    }
    if (!good) {
        struct buf text = BUF_INIT(1u << 20);
        error_print(&err, &text);
        (void)fprintf(stderr, "Error: %.*s\n", (int)text.len, text.ptr);
        return 1;
    }
    return fwrite(release.output.ptr, 1, release.output.len, stdout) == release.output.len ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_create(limits_default()->render_memory);
    struct template_world world = {.now_ns = clock_wall_ns()};
    struct helm_options options = {.namespace = STR("default"), .world = &world};
    struct lists lists = {0};
    const char *operands[2] = {NULL, NULL};
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' && count < 2) {
            operands[count++] = argv[i];
            continue;
        }
        if (take_flag(&options, argv[i]))
            continue;
        if (i + 1 >= argc || !take_option(&lists, &options, argv[i], argv[i + 1], arena)) {
            (void)fprintf(stderr, "unknown option %s\n", argv[i]);
            return 2;
        }
        i++;
    }
    if (count < 2)
        return 2;
    options.release = str_z(operands[0]);
    options.values = lists.values.items;
    options.value_count = lists.values.len;
    options.set_files = lists.set_files.items;
    options.set_file_count = lists.set_files.len;
    options.sets = lists.sets.items;
    options.set_count = lists.sets.len;
    options.api_versions = lists.api_versions.items;
    options.api_version_count = lists.api_versions.len;
    options.show_only = lists.show_only.items;
    options.show_only_count = lists.show_only.len;
    int status = render(operands[1], &options, arena);
    arena_destroy(arena);
    return status;
}
