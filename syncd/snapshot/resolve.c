/* Symbolic links, followed inside the snapshot and nowhere else. */
#include "syncd/snapshot/snapshot.h"

#include "syncd/base/check.h"
#include "syncd/snapshot/snapshot_internal.h"

/*
 * The walk: `done` is the resolved part, a path in the snapshot; `rest` are the components still to
 * come. Following a link puts its target before the rest.
 */
struct walk {
    const struct snapshot *snapshot;
    const struct limits *limits;
    struct arena *scratch;
    str wanted; /* for messages */
    char *done;
    size_t done_len;
    str rest;
    uint64_t hops;
    const struct snapshot_entry *entry; /* of the resolved part */
};

static bool link_refuse(struct walk *walk, const char *rule, const struct snapshot_entry *link,
                        struct error *err, const char *why)
{
    (void)error_rule(err, ERROR_INPUT, rule, "link \"%.*s\" %s", STR_ARG(link->path), why);
    return error_wrap(err, "following \"%.*s\"", STR_ARG(str_slice(walk->wanted, 0, 200)));
}

static bool missing(struct walk *walk, struct error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "\"%.*s\" does not exist",
                     STR_ARG(str_slice(walk->wanted, 0, 300)));
}

/* Drops the last component of the resolved part; false when there is none. */
static bool step_up(struct walk *walk)
{
    if (walk->done_len == 0)
        return false;
    walk->done_len = path_directory(str_from(walk->done, walk->done_len)).len;
    walk->entry = snapshot_find(walk->snapshot, str_from(walk->done, walk->done_len));
    return walk->entry != NULL;
}

static bool follow(struct walk *walk, const struct snapshot_entry *link, struct error *err)
{
    str target = link->bytes;
    if (target.len == 0 || target.len >= SNAPSHOT_PATH_MAX)
        return link_refuse(walk, "E_LINK_BAD", link, err,
                           target.len == 0 ? "has no target" : "has a target that is too long");
    if (str_index(target, '\0') != SIZE_MAX || !str_is_utf8(target))
        return link_refuse(walk, "E_LINK_BAD", link, err, "has a target that is not text");
    if (target.ptr[0] == '/')
        return link_refuse(walk, "E_LINK_ESCAPE", link, err, "points outside the repository");
    if (++walk->hops > walk->limits->link_hops)
        return link_refuse(walk, "E_LINK_LOOP", link, err, "is one of too many in a row");
    CHECK(step_up(walk));
    walk->rest = arena_concat(walk->scratch, target, STR("/"), walk->rest);
    return true;
}

static bool step_down(struct walk *walk, str name, struct error *err)
{
    if (walk->entry->mode != ENTRY_DIRECTORY)
        return missing(walk, err);
    if (walk->done_len + 1 + name.len > SNAPSHOT_PATH_MAX)
        return missing(walk, err);
    if (walk->done_len != 0)
        walk->done[walk->done_len++] = '/';
    memcpy(walk->done + walk->done_len, name.ptr, name.len);
    walk->done_len += name.len;
    const struct snapshot_entry *entry =
        snapshot_find(walk->snapshot, str_from(walk->done, walk->done_len));
    if (entry == NULL)
        return missing(walk, err);
    if (entry->mode == ENTRY_LINK)
        return follow(walk, entry, err);
    walk->entry = entry;
    return true;
}

bool snapshot_resolve(const struct snapshot *snapshot, str base, str relative,
                      const struct limits *limits, struct arena *scratch,
                      const struct snapshot_entry **ret_entry, struct error *err)
{
    struct walk walk = {.snapshot = snapshot, .limits = limits, .scratch = scratch};
    /* As the tools do: ".." is text in what a file says, and a step in what a link says. */
    if (!path_join(base, relative, scratch, &walk.wanted, err))
        return false;
    walk.rest = walk.wanted;
    walk.done = arena_alloc_bytes(scratch, SNAPSHOT_PATH_MAX + 2);
    walk.entry = snapshot_at(snapshot, 0);
    str name;
    while (str_cut(&walk.rest, '/', &name)) {
        if (name.len == 0 || str_equal(name, STR(".")))
            continue;
        if (!str_equal(name, STR(".."))) {
            if (!step_down(&walk, name, err))
                return false;
            continue;
        }
        /* Only a link's target brings ".." here. */
        if (walk.entry->mode != ENTRY_DIRECTORY)
            return missing(&walk, err);
        if (!step_up(&walk))
            return error_rule(err, ERROR_INPUT, "E_LINK_ESCAPE",
                              "\"%.*s\" follows a link out of the repository",
                              STR_ARG(str_slice(walk.wanted, 0, 300)));
    }
    *ret_entry = walk.entry;
    return true;
}
