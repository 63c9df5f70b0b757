#include "syncd/base/zones.h"

#include "syncd/base/buf.h"
#include "syncd/base/map.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONE_FOLDER   "/usr/share/zoneinfo"
#define ZONE_FILE_MAX 65536
#define ZONE_DEPTH    3 /* America/Argentina/Ushuaia */

struct zones {
    struct arena *arena;
    const char *folder;
    struct map files; /* name → struct zone_file */
    bool loaded;
};

struct zone_file {
    str bytes; /* empty: known not to exist */
};

struct zones *zones_create(struct arena *arena, const char *folder)
{
    struct zones *zones = ARENA_NEW(arena, struct zones);
    zones->arena = arena;
    zones->folder = folder != NULL ? folder : ZONE_FOLDER;
    return zones;
}

static void closep(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* Empty when it is no file of the database. */
static str read_file(struct zones *zones, int folder, const char *name)
{
    CLEANUP(closep) int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 44 ||
        status.st_size > ZONE_FILE_MAX)
        return (str){0};
    char magic[4];
    if (pread(fd, magic, sizeof(magic), 0) != sizeof(magic) || memcmp(magic, "TZif", 4) != 0)
        return (str){0};
    char *bytes = arena_alloc_bytes(zones->arena, (size_t)status.st_size);
    if (pread(fd, bytes, (size_t)status.st_size, 0) != status.st_size)
        return (str){0};
    return str_from(bytes, (size_t)status.st_size);
}

static struct zone_file *add_file(struct zones *zones, str name, str bytes)
{
    struct zone_file *file = ARENA_NEW(zones->arena, struct zone_file);
    file->bytes = bytes;
    (void)map_put(&zones->files, zones->arena, arena_str(zones->arena, name), file);
    return file;
}

/* "posix" and "right" hold every zone once more, the latter with leap seconds. */
static bool is_zone_name(const char *name)
{
    return name[0] >= 'A' && name[0] <= 'Z';
}

/* Recursion: ZONE_DEPTH folders. */
static void load_folder(struct zones *zones, int fd, str prefix, unsigned depth)
{
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        (void)close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!is_zone_name(entry->d_name))
            continue;
        str name = arena_concat(zones->arena, prefix, str_z(entry->d_name), (str){0});
        if (entry->d_type != DT_DIR) {
            str bytes = read_file(zones, fd, entry->d_name);
            if (bytes.len > 0)
                (void)add_file(zones, name, bytes);
            continue;
        }
        int below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (below >= 0 && depth > 1)
            load_folder(zones, below, arena_concat(zones->arena, name, STR("/"), (str){0}),
                        depth - 1);
        else if (below >= 0)
            (void)close(below);
    }
    (void)closedir(folder);
}

void zones_load(struct zones *zones)
{
    int fd = zones->loaded ? -1 : open(zones->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    zones->loaded = true;
    if (fd >= 0)
        load_folder(zones, fd, STR(""), ZONE_DEPTH);
}

static bool is_inside(str name)
{
    return name.len > 0 && name.len < 100 && name.ptr[0] != '/' && name.ptr[0] != '\\' &&
           str_find(name, STR("..")) == SIZE_MAX && str_index(name, '\0') == SIZE_MAX;
}

bool zones_find(struct zones *zones, str name, str *ret_file)
{
    struct zone_file *file = map_get(&zones->files, name);
    if (file == NULL && !zones->loaded && is_inside(name)) {
        CLEANUP(closep) int fd = open(zones->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
        str path = arena_str(zones->arena, name); /* NUL-ended */
        file = add_file(zones, name, fd >= 0 ? read_file(zones, fd, path.ptr) : (str){0});
    }
    if (file == NULL || file->bytes.len == 0)
        return false;
    *ret_file = file->bytes;
    return true;
}
