/* load: objects from files, applied to a cluster before it is used. */
#include "syncd/apiserver/apiserver.h"

#include "syncd/base/buf.h"
#include "syncd/object/object.h"
#include "syncd/value/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* read only */
}

static bool read_file(const char *path, struct arena *arena, str *ret_text, struct error *err)
{
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, "opening %s", path);
    AUTO_BUF struct buf text = BUF_INIT(limits_default()->file_bytes);
    for (;;) {
        char *room = buf_reserve(&text, 65536);
        if (room == NULL)
            return error_set(err, ERROR_LIMIT, "%s is larger than %llu bytes", path,
                             (unsigned long long)limits_default()->file_bytes);
        ssize_t count = read(fd, room, 65536);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_errno(err, errno, "reading %s", path);
        if (count == 0)
            break;
        buf_wrote(&text, (size_t)count);
    }
    *ret_text = buf_copy(&text, arena);
    return true;
}

/* The plural of a kind, as its resource list says. */
static bool find_plural(struct apiserver *server, str cluster, const struct object_id *id,
                        struct arena *arena, str *ret_plural, bool *ret_namespaced)
{
    value list;
    str base = id->gvk.group.len != 0 ? STR("/apis/") : STR("/api/");
    str target = arena_concat(arena, base, gvk_api_version(id->gvk, arena), (str){0});
    if (apiserver_request(server, cluster, "GET", target, value_absent(), arena, &list) != 200)
        return false;
    value resources = value_get(list, STR("resources"));
    for (size_t i = 0; i < value_len(resources); i++) {
        value one = value_item(resources, i);
        str name = value_str(value_get(one, STR("name")));
        if (!str_equal(value_str(value_get(one, STR("kind"))), id->gvk.kind) ||
            str_index(name, '/') != SIZE_MAX)
            continue;
        *ret_plural = name;
        *ret_namespaced = value_true(value_get(one, STR("namespaced")));
        return true;
    }
    return false;
}

static bool apply_object(struct apiserver *server, str cluster, const struct object *object,
                         struct arena *arena, struct error *err)
{
    const struct object_id *id = &object->id;
    str plural, spaces = {0};
    bool namespaced;
    value reply;
    if (!find_plural(server, cluster, id, arena, &plural, &namespaced))
        return error_set(err, ERROR_INPUT, "no resource for %.*s", STR_ARG(id->gvk.kind));
    if (namespaced)
        spaces = arena_printf(arena, "namespaces/%.*s/",
                              STR_ARG(id->namespace.len != 0 ? id->namespace : STR("default")));
    str version = gvk_api_version(id->gvk, arena);
    str target = arena_printf(arena, "/%s/%.*s/%.*s%.*s/%.*s?fieldManager=syncd-apiserver&force=1",
                              id->gvk.group.len != 0 ? "apis" : "api", STR_ARG(version),
                              STR_ARG(spaces), STR_ARG(plural), STR_ARG(id->name));
    int status =
        apiserver_request(server, cluster, "PATCH", target, object->document, arena, &reply);
    if (status == 200 || status == 201)
        return true;
    str said = value_str(value_get(reply, STR("message")));
    return error_set(err, ERROR_INPUT, "%.*s", STR_ARG(said));
}

static bool load_file(struct apiserver *server, str cluster, const char *path, struct error *err)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct yaml_options options = {.dialect = YAML_KUBERNETES};
    struct yaml_stream stream;
    struct object_list list = {0};
    str text;
    if (!read_file(path, arena, &text, err))
        return false;
    if (!yaml_read_stream(text, &options, limits_default(), arena, &stream, err))
        return error_wrap(err, "reading %s", path);
    for (size_t i = 0; i < stream.documents.len; i++) {
        struct position source = {.file = str_z(path), .line = stream.documents.items[i].line};
        if (!object_list_add(&list, stream.documents.items[i].root, source, limits_default(), arena,
                             err))
            return error_wrap(err, "reading %s", path);
    }
    VEC_FOR (struct object, object, &list.objects) {
        if (!apply_object(server, cluster, object, arena, err)) {
            (void)error_at(err, object->source); /* the error goes up below */
            return error_wrap(err, "%.*s", STR_ARG(object_id_text(&object->id, arena)));
        }
    }
    return true;
}

static bool is_manifest(const char *name)
{
    str text = str_z(name);
    return str_ends(text, STR(".yaml")) || str_ends(text, STR(".yml")) ||
           str_ends(text, STR(".json"));
}

static int filter_manifest(const struct dirent *entry)
{
    return is_manifest(entry->d_name);
}

bool apiserver_load(struct apiserver *server, str cluster, const char *path, struct error *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return error_errno(err, errno, "looking at %s", path);
    if (!S_ISDIR(status.st_mode))
        return load_file(server, cluster, path, err);
    struct dirent **entries;
    int count = scandir(path, &entries, filter_manifest, alphasort);
    if (count < 0)
        return error_errno(err, errno, "listing %s", path);
    bool fine = true;
    for (int i = 0; i < count; i++) {
        AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
        str file = arena_printf(arena, "%s/%s", path, entries[i]->d_name);
        fine = fine && load_file(server, cluster, file.ptr, err);
        free(entries[i]);
    }
    free(entries);
    return fine;
}
