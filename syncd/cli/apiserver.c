/* apiserver: the embedded control plane as a command. */
#include "syncd/cli/networked.h"

#include "syncd/base/clock.h"

#include "syncd/apiserver/apiserver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void stop(void *context, int number)
{
    (void)number;
    loop_stop(context);
}

/* Written beside and renamed, so that nobody reads half of it. */
static bool write_private(const char *path, str text, struct arena *arena, struct error *err)
{
    const char *beside = arena_printf(arena, "%s.new", path).ptr;
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, "creating %s", beside);
    bool written = write(fd, text.ptr, text.len) == (ssize_t)text.len;
    int number = errno;
    if (close(fd) != 0 || !written)
        return error_errno(err, number, "writing %s", beside);
    if (rename(beside, path) != 0)
        return error_errno(err, errno, "renaming %s", beside);
    return true;
}

/* "127.0.0.1:6443" */
static bool read_listen(str text, struct arena *arena, const char **ret_address, uint16_t *ret_port,
                        struct error *err)
{
    uint64_t port = 0;
    size_t colon = str_rindex(text, ':');
    if (colon == SIZE_MAX || colon == 0 || !str_to_u64(str_skip(text, colon + 1), &port) ||
        port > UINT16_MAX)
        return error_set(err, ERROR_INPUT, "'%.*s' is no ADDRESS:PORT", STR_ARG(text));
    *ret_address = arena_str(arena, str_slice(text, 0, colon)).ptr;
    *ret_port = (uint16_t)port;
    return true;
}

struct place {
    const struct arguments *arguments;
    struct apiserver *server;
    str directory;
    uint16_t port; /* of the first cluster; 0 = free ones */
};

static bool add_cluster(const struct place *place, str name, uint16_t port, struct error *err)
{
    struct arena *arena = place->arguments->arena;
    size_t count;
    const str *crds = arguments_list(place->arguments, "crds", &count);
    if (!apiserver_add_cluster(place->server, name, port, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!apiserver_load(place->server, name, arena_str(arena, crds[i]).ptr, err))
            return false;
    (void)fprintf(stderr, "syncd: cluster %.*s on port %u\n", STR_ARG(name),
                  apiserver_port(place->server, name));
    if (place->directory.len == 0)
        return true;
    str path =
        arena_printf(arena, "%.*s/%.*s.kubeconfig", STR_ARG(place->directory), STR_ARG(name));
    return write_private(path.ptr, apiserver_kubeconfig(place->server, name, arena), arena, err);
}

static bool add_clusters(const struct place *place, struct error *err)
{
    static const str only = STR_INIT("cluster");
    struct arena *arena = place->arguments->arena;
    size_t count;
    const str *names = arguments_list(place->arguments, "cluster", &count);
    if (count == 0) {
        names = &only;
        count = 1;
    }
    if (place->directory.len != 0 && mkdir(arena_str(arena, place->directory).ptr, 0700) != 0 &&
        errno != EEXIST)
        return error_errno(err, errno, "creating %.*s", STR_ARG(place->directory));
    for (size_t i = 0; i < count; i++) {
        uint16_t port = place->port == 0 ? 0 : (uint16_t)(place->port + i);
        if (!add_cluster(place, names[i], port, err))
            return false;
    }
    if (place->directory.len == 0)
        return true;
    str ready = arena_printf(arena, "%.*s/ready", STR_ARG(place->directory));
    return write_private(ready.ptr, STR("ready\n"), arena, err);
}

PUBLIC int syncd_command_apiserver(const struct arguments *arguments, struct spawner *spawner)
{
    (void)spawner;
    struct error err = ERROR_INIT;
    struct place place = {.arguments = arguments,
                          .directory = arguments_text(arguments, "dir", (str){0})};
    struct apiserver_options options = {.no_controllers =
                                            arguments_flag(arguments, "without-controllers")};
    str listen = arguments_text(arguments, "listen", STR("127.0.0.1:0"));
    if (!read_listen(listen, arguments->arena, &options.address, &place.port, &err) ||
        !arguments_duration(arguments, "bookmarks", 60 * NS_PER_S, &options.bookmark_ns, &err))
        return command_fail(&err);
    struct loop *loop = loop_create();
    struct loop_signal *ends[] = {loop_signal_create(loop, SIGTERM, stop, loop),
                                  loop_signal_create(loop, SIGINT, stop, loop)};
    bool fine = apiserver_create(loop, &options, &place.server, &err) && add_clusters(&place, &err);
    if (fine)
        loop_run(loop);
    apiserver_destroy(place.server);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        loop_signal_destroy(ends[i]);
    loop_destroy(loop);
    return fine ? EXIT_DONE : command_fail(&err);
}
