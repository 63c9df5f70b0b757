#include "syncd/loop/loop_internal.h"

#include "syncd/base/check.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY_EVENTS                                                                           \
    (IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO |            \
     IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define READ_BYTES 4096

/* What tells one state of a file from another. */
struct identity {
    uint64_t device, inode, size;
    int64_t changed_ns;
};

struct watcher {
    struct loop *loop;
    int fd;
    struct loop_fd *ready;
    struct list watches;
    bool delivering; /* callbacks are running: destroyed watches are freed afterwards */
};

struct loop_watch {
    struct list node;
    struct watcher *watcher;
    int wd;
    bool is_file, suspect, gone, dead;
    struct identity identity; /* of a file */
    loop_path_changed *changed;
    void *context;
    char path[]; /* of a file */
};

static struct identity identify(const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return (struct identity){0};
    return (struct identity){
        .device = found.st_dev,
        .inode = found.st_ino,
        .size = (uint64_t)found.st_size,
        .changed_ns = (int64_t)found.st_ctim.tv_sec * 1000000000 + found.st_ctim.tv_nsec,
    };
}

static bool identity_equal(struct identity a, struct identity b)
{
    return a.device == b.device && a.inode == b.inode && a.size == b.size &&
           a.changed_ns == b.changed_ns;
}

static void tell(struct loop_watch *watch, enum loop_change change, str name)
{
    if (!watch->dead && !watch->gone) {
        watch->gone = change == LOOP_GONE;
        watch->changed(watch->context, change, name);
    }
}

static void deliver(struct watcher *watcher, const struct inotify_event *event)
{
    LIST_FOR (node, &watcher->watches) {
        struct loop_watch *watch = LIST_ITEM(node, struct loop_watch, node);
        if (event->mask & IN_Q_OVERFLOW) {
            tell(watch, LOOP_RESCAN, STR(""));
            continue;
        }
        if (watch->wd != event->wd)
            continue;
        if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED))
            tell(watch, LOOP_GONE, STR(""));
        else if (watch->is_file)
            watch->suspect = true;
        else if (event->len > 0)
            tell(watch, LOOP_CHANGED, str_z(event->name));
    }
}

/* A directory full of noise costs one look at the file for each batch, not for each event. */
static void deliver_files(struct watcher *watcher)
{
    LIST_FOR (node, &watcher->watches) {
        struct loop_watch *watch = LIST_ITEM(node, struct loop_watch, node);
        if (!watch->suspect || watch->dead)
            continue;
        watch->suspect = false;
        const struct identity now = identify(watch->path);
        if (identity_equal(now, watch->identity))
            continue;
        watch->identity = now;
        tell(watch, LOOP_CHANGED, STR(""));
    }
}

static void free_dead(struct watcher *watcher)
{
    LIST_FOR (node, &watcher->watches) {
        struct loop_watch *watch = LIST_ITEM(node, struct loop_watch, node);
        if (watch->dead) {
            list_remove(node);
            free(watch);
        }
    }
}

static void events_arrived(void *context, unsigned events)
{
    (void)events;
    struct watcher *watcher = context;
    _Alignas(struct inotify_event) char bytes[READ_BYTES];
    const ssize_t got = read(watcher->fd, bytes, sizeof(bytes));
    if (got <= 0)
        return;
    watcher->delivering = true;
    for (size_t at = 0; at < (size_t)got;) {
        const struct inotify_event *event =
            (const struct inotify_event *)(const void *)(bytes + at);
        deliver(watcher, event);
        at += sizeof(*event) + event->len;
    }
    deliver_files(watcher);
    watcher->delivering = false;
    free_dead(watcher);
}

static bool watcher_make(struct loop *loop, struct error *err)
{
    const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, "watching files");
    struct watcher *watcher = loop_allocate(sizeof(*watcher));
    watcher->loop = loop;
    watcher->fd = fd;
    list_init(&watcher->watches);
    watcher->ready = loop_fd_create(loop, fd, LOOP_READ, events_arrived, watcher);
    loop->watcher = watcher;
    return true;
}

void loop_watcher_destroy(struct watcher *watcher)
{
    if (watcher == NULL)
        return;
    CHECK(list_empty(&watcher->watches));
    loop_fd_destroy(watcher->ready);
    (void)close(watcher->fd); /* nothing was written to it */
    free(watcher);
}

static bool watch_make(struct loop *loop, const char *directory, const char *file,
                       loop_path_changed *changed, void *context, struct loop_watch **ret_watch,
                       struct error *err)
{
    if (loop->watcher == NULL && !watcher_make(loop, err))
        return false;
    const int wd = inotify_add_watch(loop->watcher->fd, directory, DIRECTORY_EVENTS);
    if (wd < 0 && errno == ENOSPC) {
        (void)error_set(err, ERROR_LIMIT, "watching %s: the kernel's watches are used up",
                        directory);
        return error_hint(err, "raise fs.inotify.max_user_watches");
    }
    if (wd < 0)
        return error_errno(err, errno, "watching %s", directory);

    const size_t path_size = strlen(file) + 1;
    struct loop_watch *watch = loop_allocate(sizeof(*watch) + path_size);
    watch->watcher = loop->watcher;
    watch->wd = wd;
    watch->changed = changed;
    watch->context = context;
    watch->is_file = *file != '\0';
    memcpy(watch->path, file, path_size);
    if (watch->is_file)
        watch->identity = identify(file);
    list_append(&loop->watcher->watches, &watch->node);
    *ret_watch = watch;
    return true;
}

bool loop_watch_directory(struct loop *loop, const char *path, loop_path_changed *changed,
                          void *context, struct loop_watch **ret_watch, struct error *err)
{
    return watch_make(loop, path, "", changed, context, ret_watch, err);
}

bool loop_watch_file(struct loop *loop, const char *path, loop_path_changed *changed, void *context,
                     struct loop_watch **ret_watch, struct error *err)
{
    const size_t slash = str_rindex(str_z(path), '/');
    char directory[PATH_MAX] = ".";
    if (slash != SIZE_MAX) {
        const size_t len = slash == 0 ? 1 : slash;
        if (len >= sizeof(directory))
            return error_errno(err, ENAMETOOLONG, "watching a file");
        memcpy(directory, path, len);
        directory[len] = '\0';
    }
    return watch_make(loop, directory, path, changed, context, ret_watch, err);
}

void loop_watch_destroy(struct loop_watch *watch)
{
    if (watch == NULL)
        return;
    struct watcher *watcher = watch->watcher;
    watch->dead = true;
    /* The kernel has one watch for a directory, however many of ours share it. */
    bool shared = watch->gone;
    LIST_FOR (node, &watcher->watches) {
        const struct loop_watch *other = LIST_ITEM(node, struct loop_watch, node);
        shared = shared || (!other->dead && other->wd == watch->wd);
    }
    if (!shared)
        (void)inotify_rm_watch(watcher->fd, watch->wd); /* gone already is as good */
    if (!watcher->delivering) {
        list_remove(&watch->node);
        free(watch);
    }
}
