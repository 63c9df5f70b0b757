#include "repo-layout/discover.h"

#include "syncd/base/map.h"

static const struct {
    str name;
    enum layout_part part;
} roots[] = {
    {STR_INIT("management"), LAYOUT_MANAGEMENT},
    {STR_INIT("projects"), LAYOUT_MANAGEMENT},
    {STR_INIT("attached"), LAYOUT_MANAGEMENT},
    {STR_INIT("regional"), LAYOUT_REGIONAL},
    {STR_INIT("rollouts"), LAYOUT_DECLARATIONS},
    {STR_INIT("tombstones"), LAYOUT_DECLARATIONS},
    {STR_INIT("platform/facts.yaml"), LAYOUT_DECLARATIONS},
};

/* Files that make their directory something that is rendered as a whole. */
static const str wholes[] = {
    STR_INIT("kustomization.yaml"),
    STR_INIT("kustomization.yml"),
    STR_INIT("Kustomization"),
    STR_INIT("Chart.yaml"),
};

static bool is_whole_name(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(wholes); i++) {
        if (str_equal(name, wholes[i]))
            return true;
    }
    return false;
}

static bool is_below(str path, str directory)
{
    return directory.len == 0 || (path.len > directory.len && str_starts(path, directory) &&
                                  path.ptr[directory.len] == '/');
}

static bool is_manifest(str path)
{
    return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")) ||
           str_ends(path, STR(".json"));
}

struct discovery {
    const struct snapshot *snapshot;
    struct arena *arena;
    struct layout_paths *paths;
    struct layout_path like; /* part and region of what is added now */
};

static void add(struct discovery *discovery, str path)
{
    struct layout_path found = discovery->like;
    found.path = path;
    VEC_PUSH(discovery->arena, &discovery->paths->list, found);
}

/* The topmost directories below `directory` that are rendered as a whole; true when it is one. */
static bool find_wholes(const struct discovery *discovery, const struct snapshot_entry *directory,
                        struct arena *arena, struct map *wholes_found)
{
    bool itself = false;
    for (size_t i = directory->index; i < snapshot_count(discovery->snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_at(discovery->snapshot, i);
        if (i != directory->index && !is_below(entry->path, directory->path))
            continue;
        if (entry->mode > ENTRY_EXECUTABLE || !is_whole_name(path_base(entry->path)))
            continue;
        str holder = path_directory(entry->path);
        itself |= str_equal(holder, directory->path);
        (void)map_put(wholes_found, arena, holder, wholes_found);
    }
    return itself;
}

/* The topmost directory above the path, and below `top`, that is in the map. */
static bool covered(const struct map *found, str path, str top, str *ret_whole)
{
    bool any = false;
    for (str at = path_directory(path); at.len > top.len; at = path_directory(at)) {
        if (map_has(found, at)) {
            *ret_whole = at;
            any = true;
        }
    }
    return any;
}

/* A directory with charts or kustomizations somewhere below: these, and the files beside them. */
static void take_apart(struct discovery *discovery, const struct snapshot_entry *directory,
                       const struct map *found)
{
    str last = {0};
    for (size_t i = directory->index + 1; i < snapshot_count(discovery->snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_at(discovery->snapshot, i);
        str whole;
        if (!is_below(entry->path, directory->path) || entry->mode == ENTRY_DIRECTORY)
            continue;
        if (!covered(found, entry->path, directory->path, &whole)) {
            if (is_manifest(entry->path))
                add(discovery, entry->path);
        } else if (!str_equal(whole, last)) {
            add(discovery, whole);
            last = whole;
        }
    }
}

static void take_directory(struct discovery *discovery, const struct snapshot_entry *directory)
{
    struct map found = {0};
    bool itself = find_wholes(discovery, directory, discovery->arena, &found);
    if (itself || found.len == 0)
        add(discovery, directory->path);
    else
        take_apart(discovery, directory, &found);
}

static void take_regions(struct discovery *discovery, str directory)
{
    struct snapshot_children children = snapshot_children(discovery->snapshot, directory);
    const struct snapshot_entry *child;
    while ((child = snapshot_next_child(&children)) != NULL) {
        if (child->mode != ENTRY_DIRECTORY)
            continue;
        discovery->like.region = path_base(child->path);
        take_directory(discovery, child);
    }
    discovery->like.region = (str){0};
}

void layout_discover(const struct snapshot *snapshot, str root, struct arena *arena,
                     struct layout_paths *ret_paths)
{
    *ret_paths = (struct layout_paths){0};
    struct discovery discovery = {.snapshot = snapshot, .arena = arena, .paths = ret_paths};
    for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
        str path =
            root.len != 0 ? arena_concat(arena, root, STR("/"), roots[i].name) : roots[i].name;
        const struct snapshot_entry *entry = snapshot_find(snapshot, path);
        discovery.like = (struct layout_path){.part = roots[i].part};
        if (entry == NULL)
            continue;
        if (roots[i].part == LAYOUT_REGIONAL)
            take_regions(&discovery, entry->path);
        else if (entry->mode == ENTRY_DIRECTORY)
            take_directory(&discovery, entry);
        else
            add(&discovery, entry->path);
    }
}
