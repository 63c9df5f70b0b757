#include "repo-layout/level_source.h"

#include "syncd/base/buf.h"

static bool unknown_level(str name, struct error *err)
{
    AUTO_BUF struct buf names = BUF_INIT(400);
    size_t count;
    const struct level_source *levels = level_builtin(&count);
    for (size_t i = 0; i < count; i++)
        buf_printf(&names, "%s%.*s", i != 0 ? ", " : "", STR_ARG(levels[i].name));
    (void)error_rule(err, ERROR_NOT_FOUND, "E_LEVEL", "there is no level \"%.*s\"", STR_ARG(name));
    return error_hint(err, "built in: %s; a folder of the repository is written ./FOLDER",
                      names.ptr);
}

static bool is_yaml(str path)
{
    return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml"));
}

static bool find_in_snapshot(str name, const struct snapshot *snapshot, struct arena *arena,
                             struct level_source *ret_source, struct error *err)
{
    str folder;
    if (!path_join((str){0}, name, arena, &folder, err))
        return false;
    str below = arena_concat(arena, folder, STR("/"), (str){0});
    VEC(struct level_file) files = {0};
    for (size_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_at(snapshot, i);
        if (entry->mode <= ENTRY_EXECUTABLE && str_starts(entry->path, below) &&
            is_yaml(entry->path))
            VEC_PUSH(arena, &files,
                     (struct level_file){str_skip(entry->path, below.len), entry->bytes});
    }
    if (files.len == 0) {
        (void)error_rule(err, ERROR_NOT_FOUND, "E_LEVEL", "no level is in \"%.*s\"",
                         STR_ARG(folder));
        return error_hint(err, "spec.level names a folder of the repository with level.yaml in it");
    }
    *ret_source = (struct level_source){path_base(folder), folder, files.items, files.len};
    return true;
}

bool level_find(str name, const struct snapshot *snapshot, struct arena *arena,
                struct level_source *ret_source, struct error *err)
{
    if (str_index(name, '/') != SIZE_MAX) {
        if (snapshot != NULL)
            return find_in_snapshot(name, snapshot, arena, ret_source, err);
        return unknown_level(name, err);
    }
    size_t count;
    const struct level_source *levels = level_builtin(&count);
    for (size_t i = 0; i < count; i++) {
        if (str_equal(levels[i].name, name)) {
            *ret_source = levels[i];
            return true;
        }
    }
    return unknown_level(name, err);
}
