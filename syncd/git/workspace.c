/* Our own bare repositories: made, locked, swept, set aside. */
#include "syncd/git/child.h"

#include "syncd/base/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKER "damaged"

static bool open_folder(str directory, struct git_work *work, int *ret_fd, struct error *err)
{
    const char *path = zero_ended(work, directory);
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return error_errno(err, errno, "making %s", path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return error_errno(err, errno, "opening %s", path);
    struct stat status;
    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 077) == 0) {
        *ret_fd = fd;
        return true;
    }
    (void)close(fd); /* only looked at */
    (void)error_set(err, ERROR_DENIED, "%s is not a folder of ours with mode 0700", path);
    return error_hint(err, "the state directory must be readable by syncd's user only");
}

bool workspace_prepare(struct git_work *work, str directory, struct error *err)
{
    int fd;
    if (!open_folder(directory, work, &fd, err))
        return false;
    (void)close(fd); /* only looked at */
    return true;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    (void)remove(path); /* what stays is in nobody's way */
    return 0;
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

/* Lock files, and temporary files of libgit2, that nobody can be using. */
static int sweep_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    str name = str_z(path + where->base);
    if (type == FTW_F &&
        (str_ends(name, STR(".lock")) || str_find(name, STR("_git2_")) != SIZE_MAX))
        (void)unlink(path); /* then the next writer says that it is locked */
    return 0;
}

void sweep_repository(const char *path)
{
    char folder[4096];
    static const char *const folders[] = {"/refs", "/objects/pack"};
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        int len = snprintf(folder, sizeof(folder), "%s%s", path, folders[i]);
        if (len > 0 && (size_t)len < sizeof(folder))
            (void)nftw(folder, sweep_one, 32, FTW_PHYS);
    }
    /* The rest lies flat: HEAD.lock, config.lock, packed-refs.lock, and half-written objects. */
    static const char *const flat[] = {"", "/objects"};
    for (size_t i = 0; i < ARRAY_LEN(flat); i++) {
        (void)snprintf(folder, sizeof(folder), "%s%s", path, flat[i]);
        DIR *dir = opendir(folder);
        const struct dirent *entry;
        while (dir != NULL && (entry = readdir(dir)) != NULL) {
            str name = str_z(entry->d_name);
            if (str_ends(name, STR(".lock")) || str_find(name, STR("_git2_")) != SIZE_MAX)
                (void)unlinkat(dirfd(dir), entry->d_name, 0); /* as above */
        }
        if (dir != NULL)
            (void)closedir(dir); /* only read */
    }
}

static bool make(struct git_work *work, struct workspace *workspace, struct error *err)
{
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR;
    options.mode = 0700;
    int code = git_repository_init_ext(&workspace->repository, workspace->path, &options);
    workspace->fresh = true;
    return code == 0 || library_failed(work, code, err, "making %s", workspace->path);
}

bool workspace_renew(struct git_work *work, struct workspace *workspace, struct error *err)
{
    git_repository_free(workspace->repository);
    workspace->repository = NULL;
    const char *aside =
        arena_concat(work->arena, str_z(workspace->path), STR(".damaged"), STR("")).ptr;
    remove_tree(aside);
    if (rename(workspace->path, aside) < 0 && errno != ENOENT)
        return error_errno(err, errno, "moving %s out of the way", workspace->path);
    (void)unlinkat(workspace->folder, MARKER, 0); /* it is about the one that was moved */
    workspace->set_aside = true;
    return make(work, workspace, err);
}

/* So many packs (one a fetch), or loose objects in one of 256 folders, make every lookup slow. */
#define PACKS_MAX 200
#define LOOSE_MAX 40

static size_t count_entries(const char *repository, const char *folder)
{
    char path[4096];
    size_t count = 0;
    int len = snprintf(path, sizeof(path), "%s/%s", repository, folder);
    DIR *dir = len > 0 && (size_t)len < sizeof(path) ? opendir(path) : NULL;
    while (dir != NULL && readdir(dir) != NULL)
        count++;
    if (dir != NULL)
        (void)closedir(dir); /* only read */
    return count;
}

/* It is a cache: one that has grown old is fetched anew, which also drops what nobody names. */
static bool is_worn_out(const char *repository)
{
    return count_entries(repository, "objects/pack") > 2 * PACKS_MAX ||
           count_entries(repository, "objects/17") > LOOSE_MAX;
}

static bool take_lock(struct git_work *work, struct workspace *workspace, const char *name,
                      struct error *err)
{
    const char *lock = arena_concat(work->arena, str_z(name), STR(".flock"), STR("")).ptr;
    workspace->lock =
        openat(workspace->folder, lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (workspace->lock < 0)
        return error_errno(err, errno, "opening %s", lock);
    /* Another job of ours may hold it; the deadline bounds the wait. */
    while (flock(workspace->lock, LOCK_EX) < 0)
        if (errno != EINTR)
            return error_errno(err, errno, "locking %s", lock);
    return true;
}

bool workspace_open(struct git_work *work, str directory, const char *name,
                    struct workspace *ret_workspace, struct error *err)
{
    struct workspace workspace = {.folder = -1, .lock = -1};
    workspace.path = arena_concat(work->arena, directory, STR("/"), str_z(name)).ptr;
    if (!open_folder(directory, work, &workspace.folder, err) ||
        !take_lock(work, &workspace, name, err))
        goto fail;
    watchdog_marker(workspace.folder);
    bool damaged = faccessat(workspace.folder, MARKER, F_OK, 0) == 0;
    if (damaged) {
        if (!workspace_renew(work, &workspace, err))
            goto fail;
    } else if (faccessat(workspace.folder, name, F_OK, 0) < 0) {
        if (!make(work, &workspace, err))
            goto fail;
    } else if (is_worn_out(workspace.path)) {
        remove_tree(workspace.path);
        if (!make(work, &workspace, err))
            goto fail;
    } else {
        sweep_repository(workspace.path);
        /* HEAD or configuration may be torn, too. */
        if (git_repository_open_bare(&workspace.repository, workspace.path) != 0 &&
            !workspace_renew(work, &workspace, err))
            goto fail;
    }
    *ret_workspace = workspace;
    return true;
fail:
    workspace_close(&workspace);
    return false;
}

void workspace_close(struct workspace *workspace)
{
    git_repository_free(workspace->repository);
    if (workspace->lock >= 0)
        (void)close(workspace->lock); /* gives the lock back */
    if (workspace->folder >= 0)
        (void)close(workspace->folder); /* only read */
    *workspace = (struct workspace){.folder = -1, .lock = -1};
}
