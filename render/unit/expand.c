/* Paths that stand for parts of the repository's layout. */
#include "render/unit/unit_internal.h"

#include "repo-layout/discover.h"

#define LAYOUT "layout:"

static bool is_wanted(const struct layout_path *found, str part)
{
    if (str_equal(part, STR("management")))
        return found->part != LAYOUT_REGIONAL;
    static const str regional = STR_INIT("regional/");
    return found->part == LAYOUT_REGIONAL && str_starts(part, regional) &&
           str_equal(found->region, str_skip(part, regional.len));
}

static void add_part(const struct snapshot *snapshot, str part, struct arena *arena,
                     struct unit_paths *paths)
{
    struct layout_paths found;
    layout_discover(snapshot, (str){0}, arena, &found);
    VEC_FOR (const struct layout_path, path, &found.list) {
        if (is_wanted(path, part))
            VEC_PUSH(arena, &paths->list, path->path);
    }
}

void unit_expand_paths(const struct snapshot *snapshot, const struct unit *unit,
                       struct arena *arena, struct unit_paths *ret_paths)
{
    *ret_paths = (struct unit_paths){0};
    for (size_t i = 0; i < unit->path_count; i++) {
        if (str_starts(unit->paths[i], STR(LAYOUT)))
            add_part(snapshot, str_skip(unit->paths[i], strlen(LAYOUT)), arena, ret_paths);
        else
            VEC_PUSH(arena, &ret_paths->list, unit->paths[i]);
    }
}
