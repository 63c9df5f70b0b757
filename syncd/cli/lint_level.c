#include "syncd/cli/lint_level.h"

#include "render/unit/unit.h"
#include "repo-layout/discover.h"
#include "repo-layout/level_source.h"
#include "repo-layout/lint/lint.h"

#include <errno.h>
#include <stdio.h>

/* Where a repository keeps a copy of the release index. */
#define OWN_INDEX  "platform/releases/index.yaml"
#define INDEX_MOST (8u << 20)

static void add_all(struct object_list *objects, const struct object_list *more,
                    struct arena *arena)
{
    VEC_FOR (const struct object, object, &more->objects)
        VEC_PUSH(arena, &objects->objects, *object);
}

/* One unit for each part and region, as the daemon has one for each target. */
static void render_part(struct offline *offline, const struct layout_path *paths, size_t count,
                        struct arena *arena, struct object_list *objects)
{
    struct object_list part = {0};
    struct error err = ERROR_INIT;
    if (paths[0].part == LAYOUT_DECLARATIONS) {
        for (size_t i = 0; i < count; i++) {
            if (render_path(&offline->context, paths[i].path, RENDER_DETECT, &part, &err))
                add_all(objects, &part, arena);
            else
                findings_add_error(&offline->findings, &err);
        }
        return;
    }
    str *texts = ARENA_ARRAY(arena, str, count);
    for (size_t i = 0; i < count; i++)
        texts[i] = paths[i].path;
    const struct unit unit = {.name =
                                  paths[0].region.len != 0 ? paths[0].region : STR("management"),
                              .paths = texts,
                              .path_count = count};
    if (render_unit(&offline->context, &unit, &part))
        add_all(objects, &part, arena);
}

static bool same_part(const struct layout_path *a, const struct layout_path *b)
{
    return a->part == b->part && str_equal(a->region, b->region);
}

/* All objects below the opened path; *ret_whole when the layout was found there. */
static void render_all(struct offline *offline, struct arena *arena, struct object_list *objects,
                       bool *ret_whole)
{
    struct layout_paths paths;
    layout_discover(offline->snapshot, offline->path, arena, &paths);
    *ret_whole = paths.list.len != 0;
    if (!*ret_whole)
        VEC_PUSH(arena, &paths.list, (struct layout_path){.path = offline->path});
    for (size_t i = 0; i < paths.list.len;) {
        size_t end = i + 1;
        while (end < paths.list.len && same_part(&paths.list.items[i], &paths.list.items[end]))
            end++;
        render_part(offline, &paths.list.items[i], end - i, arena, objects);
        i = end;
    }
}

/* --- the release index: on disk, or in the repository --- */

static bool read_from_disk(void *context, str path, struct arena *arena, str *ret_bytes,
                           struct error *err)
{
    const str *directory = context;
    str full = arena_concat(arena, *directory, STR("/"), path);
    FILE *file = fopen(full.ptr, "re");
    if (file == NULL)
        return error_errno(err, errno, "%s", full.ptr);
    char *bytes = arena_alloc_bytes(arena, INDEX_MOST);
    size_t length = fread(bytes, 1, INDEX_MOST, file);
    (void)fclose(file); /* only read from */
    *ret_bytes = str_from(bytes, length);
    return length < INDEX_MOST || error_set(err, ERROR_LIMIT, "%s is too large", full.ptr);
}

static bool read_from_snapshot(void *context, str path, struct arena *arena, str *ret_bytes,
                               struct error *err)
{
    const struct offline *offline = context;
    (void)arena;
    const struct snapshot_entry *entry = snapshot_find(offline->snapshot, path);
    if (entry == NULL || entry->mode > ENTRY_EXECUTABLE)
        return error_set(err, ERROR_NOT_FOUND, "%.*s is not in the repository", STR_ARG(path));
    *ret_bytes = entry->bytes;
    return true;
}

static bool read_releases(struct offline *offline, const struct level *level, str given,
                          struct arena *arena, struct object_list *ret_objects, bool *ret_known,
                          struct error *err)
{
    struct lint_index_port port = {offline, read_from_snapshot};
    str index, directory;
    *ret_known = true;
    if (given.len != 0) {
        size_t slash = str_rindex(given, '/');
        directory = slash != SIZE_MAX ? str_slice(given, 0, slash) : STR(".");
        index = slash != SIZE_MAX ? str_skip(given, slash + 1) : given;
        port = (struct lint_index_port){&directory, read_from_disk};
    } else {
        if (!path_join(offline->path, STR(OWN_INDEX), arena, &index, err))
            return false;
        if (snapshot_find(offline->snapshot, index) == NULL) {
            *ret_known = false;
            return true;
        }
    }
    return lint_read_index(level, &port, index, limits_default(), arena, ret_objects, err);
}

static bool read_base(str folder, struct arena *arena, struct offline *ret_base,
                      struct object_list *objects, struct error *err)
{
    bool whole;
    if (!offline_open(folder, folder, arena, ret_base, err))
        return error_wrap(err, "--base");
    render_all(ret_base, arena, objects, &whole);
    return true;
}

struct level_lint {
    const struct level *level;
    struct object_list head, base, definitions, releases;
    bool whole, releases_known;
};

static bool read_level(struct offline *offline, str name, struct arena *arena,
                       struct level_lint *lint, struct error *err)
{
    struct level_source source;
    if (!level_find(name, offline->snapshot, arena, &source, err))
        return false;
    if (level_read(&source, limits_default(), arena, &offline->findings, &lint->level) &&
        level_read_definitions(&source, limits_default(), arena, &offline->findings,
                               &lint->definitions))
        return true;
    return error_rule(err, ERROR_INPUT, "E_LEVEL", "level %.*s is wrong in itself", STR_ARG(name));
}

bool lint_level(struct offline *offline, const struct lint_level_options *options,
                struct arena *arena, size_t *ret_objects, struct error *err)
{
    struct level_lint lint = {0};
    struct offline base = {0};
    bool has_base = options->base.len != 0;
    if (!read_level(offline, options->level, arena, &lint, err))
        return false;
    render_all(offline, arena, &lint.head, &lint.whole);
    if (!read_releases(offline, lint.level, options->releases, arena, &lint.releases,
                       &lint.releases_known, err))
        return false;
    if (has_base && !read_base(options->base, arena, &base, &lint.base, err))
        return false;
    const struct lint_input input = {.level = lint.level,
                                     .limits = limits_default(),
                                     .head = &lint.head,
                                     .base = has_base ? &lint.base : NULL,
                                     .definitions = &lint.definitions,
                                     .releases = lint.releases_known ? &lint.releases : NULL,
                                     .whole = lint.whole};
    lint_run(&input, arena, &offline->findings);
    *ret_objects = lint.head.objects.len;
    if (has_base)
        offline_close(&base);
    return true;
}
