#include "syncd/cli/offline.h"

#include "render/template/cache.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* The nearest folder above that is a Git repository; empty when there is none. */
static str find_root(str path, struct arena *arena)
{
    str at = path;
    while (at.len > 1) {
        str git = arena_concat(arena, at, STR("/.git"), (str){0});
        struct stat ignored;
        if (stat(git.ptr, &ignored) == 0)
            return at;
        size_t slash = str_rindex(at, '/');
        at = str_slice(at, 0, slash);
    }
    return (str){0};
}

static bool real_path(str path, struct arena *arena, str *ret_path, struct error *err)
{
    char full[PATH_MAX];
    if (realpath(arena_str(arena, path).ptr, full) == NULL)
        return error_errno(err, errno, "%.*s", STR_ARG(path));
    *ret_path = arena_str(arena, str_z(full));
    return true;
}

static str without_file(str path)
{
    struct stat info;
    if (stat(path.ptr, &info) == 0 && S_ISDIR(info.st_mode))
        return path;
    return str_slice(path, 0, str_rindex(path, '/'));
}

static bool open_part(str path, str root, bool narrow, const struct limits *limits,
                      struct arena *arena, struct offline *ret_offline, struct error *err)
{
    str full, base;
    if (!real_path(path, arena, &full, err))
        return false;
    if (root.len != 0) {
        if (!real_path(root, arena, &base, err))
            return false;
    } else {
        base = find_root(full, arena);
        if (base.len == 0)
            base = without_file(full);
    }
    if (!str_starts(full, base))
        return error_set(err, ERROR_INPUT, "%.*s is not below %.*s", STR_ARG(path), STR_ARG(base));
    str base_z = arena_str(arena, base);
    struct snapshot *snapshot;
    str inside = str_trim_left(str_skip(full, base.len), STR("/"));
    if (!snapshot_read_directory(base_z.ptr, narrow ? inside : STR(""), limits, &snapshot, err))
        return false;
    struct offline *offline = ret_offline;
    *offline = (struct offline){
        .snapshot = snapshot, .path = inside, .root = base_z, .narrow = narrow && inside.len != 0};
    findings_init(&offline->findings, arena);
    snapshot_reads_init(&offline->reads, snapshot, arena);
    struct arena *scratch = arena_create(limits_default()->render_memory);
    offline->context =
        (struct render_context){.snapshot = snapshot,
                                .limits = limits_default(),
                                .reads = &offline->reads,
                                .arena = arena,
                                .scratch = scratch,
                                .findings = &offline->findings,
                                .zones = zones_create(arena, NULL),
                                .templates = template_cache_create(TEMPLATE_CACHE_BYTES)};
    return true;
}

bool offline_open(str path, str root, struct arena *arena, struct offline *ret_offline,
                  struct error *err)
{
    return open_part(path, root, root.len == 0, limits_default(), arena, ret_offline, err);
}

bool offline_open_within(str path, str root, const struct limits *limits, struct arena *arena,
                         struct offline *ret_offline, struct error *err)
{
    return open_part(path, root, false, limits, arena, ret_offline, err);
}

bool offline_widen(struct offline *offline, str path, struct arena *arena)
{
    struct error why_not = ERROR_INIT;
    struct offline wide;
    if (!offline->narrow || !offline_open(path, offline->root, arena, &wide, &why_not))
        return false;
    offline_close(offline);
    *offline = wide;
    offline->context.findings = &offline->findings;
    offline->context.reads = &offline->reads;
    return true;
}

void offline_close(struct offline *offline)
{
    template_cache_destroy(offline->context.templates);
    arena_destroy(offline->context.scratch);
    snapshot_destroy(offline->snapshot);
}

void offline_print_findings(const struct findings *findings)
{
    static const char *const words[] = {"note", "warning", "error"};
    VEC_FOR (const struct finding, finding, &findings->list) {
        char line[16] = ""; /* of a link or a directory there is none */
        if (finding->position.line > 0)
            (void)snprintf(line, sizeof(line), ":%u", finding->position.line);
        (void)fprintf(stderr, "%.*s%s: %s: %.*s [%s]", STR_ARG(finding->position.file), line,
                      words[finding->severity], STR_ARG(finding->text), finding->rule);
        if (finding->hint.len != 0)
            (void)fprintf(stderr, " (%.*s)", STR_ARG(finding->hint));
        (void)fputc('\n', stderr);
    }
}

#define OUTPUT_MOST (1u << 30)

int offline_print_objects(const struct object_list *objects, enum output output)
{
    AUTO_BUF struct buf text = BUF_INIT(OUTPUT_MOST);
    if (output == OUTPUT_JSON)
        buf_add_byte(&text, '[');
    for (size_t i = 0; i < objects->objects.len; i++) {
        value document = objects->objects.items[i].document;
        if (output == OUTPUT_JSON) {
            buf_add(&text, i != 0 ? STR(",\n") : STR("\n"));
            json_write(document, JSON_COMPACT, &text);
        } else {
            buf_add(&text, i != 0 ? STR("---\n") : STR(""));
            yaml_write(document, YAML_SIGS, &text);
        }
    }
    if (output == OUTPUT_JSON)
        buf_add(&text, STR("\n]\n"));
    str bytes = buf_str(&text);
    bool written = !buf_failed(&text) && fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len &&
                   fflush(stdout) == 0;
    return written ? EXIT_DONE : EXIT_FAILED;
}
