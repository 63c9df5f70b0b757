/*
 * Packed charts: the door to libarchive, which is opened when the first archive is read. Archives
 * are read from memory into memory; nothing is ever extracted by name.
 */
#include "render/helm/chart.h"
#include "render/template/fns.h"
#include "syncd/base/map.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>

#define ARCHIVE_FILE_MAX (5u << 20) /* Helm's own bound for one file */

/* The functions that are used, by name. */
#define ARCHIVE_FUNCTIONS(X)                                                                       \
    X(archive_read_new)                                                                            \
    X(archive_read_support_filter_gzip)                                                            \
    X(archive_read_support_format_tar)                                                             \
    X(archive_read_open_memory)                                                                    \
    X(archive_read_next_header)                                                                    \
    X(archive_read_data)                                                                           \
    X(archive_read_free)                                                                           \
    X(archive_error_string)                                                                        \
    X(archive_entry_pathname)                                                                      \
    X(archive_entry_filetype)                                                                      \
    X(archive_entry_hardlink)                                                                      \
    X(archive_entry_size)

struct archive_library {
#define ARCHIVE_MEMBER(name) __typeof__(name) *name;
    ARCHIVE_FUNCTIONS(ARCHIVE_MEMBER)
#undef ARCHIVE_MEMBER
};

#define ARCHIVE_FILE "libarchive.so.13"

void render_helm_prepare(void)
{
    (void)dlopen(ARCHIVE_FILE, RTLD_NOW | RTLD_LOCAL); /* said where it is used */
}

static bool open_library(struct archive_library *lib, struct error *err)
{
    void *handle = dlopen(ARCHIVE_FILE, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return error_rule(err, ERROR_UNSUPPORTED, "E_ARCHIVE",
                          "packed charts need libarchive, which cannot be loaded");
    bool good = true;
#define ARCHIVE_LOOKUP(name)                                                                       \
    *(void **)&lib->name = dlsym(handle, #name);                                                   \
    good = good && lib->name != NULL;
    ARCHIVE_FUNCTIONS(ARCHIVE_LOOKUP)
#undef ARCHIVE_LOOKUP
    return good || error_rule(err, ERROR_UNSUPPORTED, "E_ARCHIVE", "libarchive is incomplete");
}

static bool refuse(struct error *err, const char *what, str name)
{
    return error_rule(err, ERROR_INPUT, "E_ARCHIVE", "%s: \"%.*s\"", what, STR_ARG(name));
}

/* The name inside the chart: without the first directory, clean and inside. */
static bool inner_name(struct helm_work *work, str full, str *ret_name, struct error *err)
{
    char delimiter = str_index(full, '\\') != SIZE_MAX ? '\\' : '/';
    size_t cut = str_index(full, delimiter);
    str first = str_slice(full, 0, cut == SIZE_MAX ? full.len : cut);
    str rest = cut == SIZE_MAX ? (str){0} : str_skip(full, cut + 1);
    char *copy = arena_alloc_bytes(work->arena, rest.len);
    for (size_t i = 0; i < rest.len; i++)
        copy[i] = rest.ptr[i] == delimiter ? '/' : rest.ptr[i];
    str name = str_from(copy, rest.len);
    if (str_starts(name, STR("/")))
        return refuse(err, "chart illegally contains absolute paths", full);
    if (str_index(full, '\0') != SIZE_MAX)
        return refuse(err, "chart contains illegally named files", full);
    name = path_clean(name, work->arena);
    if (str_equal(name, STR(".")))
        return refuse(err, "chart illegally contains content outside the base directory", full);
    if (str_starts(name, STR("..")))
        return refuse(err, "chart illegally references parent directory", full);
    bool drive = name.len > 2 && (name.ptr[0] | 32) >= 'a' && (name.ptr[0] | 32) <= 'z' &&
                 name.ptr[1] == ':' && name.ptr[2] == '/';
    if (drive)
        return refuse(err, "chart contains illegally named files", full);
    if (str_equal(first, STR("Chart.yaml")))
        return refuse(err, "chart yaml not in base directory", full);
    *ret_name = name;
    return true;
}

struct unpacking {
    struct helm_work *work;
    struct archive_library lib;
    struct archive *archive;
    struct chart_files *files;
    struct map seen;
    struct error *err;
};

static bool broken(struct unpacking *u)
{
    const char *why = u->lib.archive_error_string(u->archive);
    return error_rule(u->err, ERROR_INPUT, "E_ARCHIVE", "the archive is damaged: %s",
                      why != NULL ? why : "unknown reason");
}

/* All of an entry's bytes; the size in the header is not trusted. */
static bool read_bytes(struct unpacking *u, str name, str *ret_bytes)
{
    AUTO_BUF struct buf buf = BUF_INIT(ARCHIVE_FILE_MAX);
    for (;;) {
        char *room = buf_reserve(&buf, 16384);
        char last[16384];
        la_ssize_t got = u->lib.archive_read_data(u->archive, room != NULL ? room : last, 16384);
        if (got < 0)
            return broken(u);
        if (got == 0)
            break;
        u->work->expanded += (size_t)got;
        if (room == NULL)
            buf_add(&buf, str_from(last, (size_t)got));
        else
            buf_wrote(&buf, (size_t)got);
        if (buf_failed(&buf))
            return error_rule(u->err, ERROR_LIMIT, "E_ARCHIVE",
                              "decompressed chart file \"%.*s\" is larger than %u bytes",
                              STR_ARG(name), ARCHIVE_FILE_MAX);
        if (u->work->expanded > u->work->limits->archive_expanded)
            return error_rule(u->err, ERROR_LIMIT, "E_ARCHIVE",
                              "decompressed chart is larger than the limit archive_expanded");
    }
    str bytes = buf_copy(&buf, u->work->arena);
    *ret_bytes = str_starts(bytes, STR("\xEF\xBB\xBF")) ? str_skip(bytes, 3) : bytes;
    return true;
}

static bool unpack_entry(struct unpacking *u, struct archive_entry *entry)
{
    str full = arena_str(u->work->arena, str_z(u->lib.archive_entry_pathname(entry)));
    unsigned type = u->lib.archive_entry_filetype(entry);
    if (type == AE_IFDIR || str_ends(full, STR("/")))
        return true;
    if (type != AE_IFREG || u->lib.archive_entry_hardlink(entry) != NULL)
        return refuse(u->err, "chart archive contains a link or a device", full);
    if (str_ends(full, STR("pax_global_header")) && str_index(full, '/') == SIZE_MAX)
        return true;
    struct chart_file file;
    if (!inner_name(u->work, full, &file.name, u->err) || !read_bytes(u, full, &file.bytes))
        return false;
    struct map_entry *place = map_place(&u->seen, u->work->arena, file.name);
    if (place->value != NULL)
        return refuse(u->err, "chart archive contains a file twice", full);
    place->value = u;
    VEC_PUSH(u->work->arena, &u->files->list, file);
    return true;
}

static bool unpack(struct unpacking *u, str bytes)
{
    if (u->lib.archive_read_support_filter_gzip(u->archive) < ARCHIVE_WARN ||
        u->lib.archive_read_support_format_tar(u->archive) != ARCHIVE_OK ||
        u->lib.archive_read_open_memory(u->archive, bytes.ptr, bytes.len) != ARCHIVE_OK)
        return broken(u);
    for (size_t entries = 0;; entries++) {
        struct archive_entry *entry;
        int result = u->lib.archive_read_next_header(u->archive, &entry);
        if (result == ARCHIVE_EOF)
            break;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return broken(u);
        if (entries >= u->work->limits->archive_entries)
            return error_rule(u->err, ERROR_LIMIT, "E_ARCHIVE",
                              "chart archive has too many entries (limit archive_entries)");
        if (!unpack_entry(u, entry))
            return false;
    }
    if (u->files->list.len == 0)
        return error_rule(u->err, ERROR_INPUT, "E_ARCHIVE", "no files in chart archive");
    return true;
}

bool archive_read(struct helm_work *work, str bytes, struct chart_files *ret_files,
                  struct error *err)
{
    struct unpacking u = {.work = work, .files = ret_files, .err = err};
    if (bytes.len > work->limits->archive_bytes)
        return error_rule(err, ERROR_LIMIT, "E_ARCHIVE",
                          "packed chart is larger than the limit archive_bytes");
    if (!open_library(&u.lib, err))
        return false;
    u.archive = u.lib.archive_read_new();
    bool good = unpack(&u, bytes);
    (void)u.lib.archive_read_free(u.archive);
    return good;
}
