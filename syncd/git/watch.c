/* What to watch of a local repository: where its branch's tip is written. Plain file reads. */
#include "syncd/git/source.h"

#include "syncd/base/check.h"
#include "syncd/git/job_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The first line of a small file, after `prefix`; empty when it is something else. */
static str first_line(const char *path, str prefix, struct arena *arena)
{
    char text[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return STR("");
    ssize_t len = read(fd, text, sizeof(text));
    (void)close(fd); /* only read */
    if (len <= 0 || !str_starts(str_from(text, (size_t)len), prefix))
        return STR("");
    str line = str_skip(str_from(text, (size_t)len), prefix.len);
    return arena_str(arena, str_trim(str_slice(line, 0, str_index(line, '\n'))));
}

static str beside(str folder, str path, struct arena *arena)
{
    return path.ptr[0] == '/' ? path : arena_concat(arena, folder, STR("/"), path);
}

str repo_git_folder(str path, struct arena *arena)
{
    str dot = arena_concat(arena, path, STR("/.git"), STR(""));
    if (is_directory(dot.ptr))
        return dot;
    str linked = first_line(dot.ptr, STR("gitdir: "), arena);
    if (linked.len == 0)
        return path;
    str folder = beside(path, linked, arena);
    str shared =
        first_line(arena_concat(arena, folder, STR("/commondir"), STR("")).ptr, STR(""), arena);
    return shared.len == 0 ? folder : beside(folder, shared, arena);
}

struct list_of_folders {
    VEC(str) items;
};

static void add(struct list_of_folders *list, str path, struct arena *arena)
{
    if (is_directory(path.ptr))
        VEC_PUSH(arena, &list->items, path);
}

bool repo_watch_list(str url, str branch, struct arena *arena, struct repo_watch *ret_watch,
                     struct error *err)
{
    str path;
    *ret_watch = (struct repo_watch){0};
    if (!repo_url_is_local(url, &path))
        return true;
    path = arena_str(arena, str_trim_right(path, STR("/")));
    if (!is_directory(path.ptr))
        return error_set(err, ERROR_NOT_FOUND, "there is no repository at \"%.*s\"", STR_ARG(path));
    str folder = repo_git_folder(path, arena);
    struct list_of_folders list = {0};
    add(&list, folder, arena); /* packed-refs */
    add(&list, arena_concat(arena, folder, STR("/refs"), STR("")), arena);
    str refs = arena_concat(arena, folder, STR("/refs/heads"), STR(""));
    add(&list, refs, arena);
    add(&list, arena_concat(arena, folder, STR("/refs/tags"), STR("")), arena);
    /* "team/prod" is the file "prod" in refs/heads/team. */
    for (size_t at = 0; at < branch.len; at++)
        if (branch.ptr[at] == '/')
            add(&list, arena_concat(arena, refs, STR("/"), str_slice(branch, 0, at)), arena);
    ret_watch->directories = list.items.items;
    ret_watch->count = list.items.len;
    return true;
}
