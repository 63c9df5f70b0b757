/*
 * syncd/kube against a real API server, one command a run:
 *
 *     kube_client KUBECONFIG discover                     what is served
 *     kube_client KUBECONFIG schema GROUP VERSION         the size of its schema, and its hash
 *     kube_client KUBECONFIG apply STREAMS MANAGER FORCE  JSON objects, one a line, from stdin
 *     kube_client KUBECONFIG list GROUP VERSION PLURAL    their number, and the memory that took
 *     kube_client KUBECONFIG watch GROUP VERSION PLURAL SILENCE   until stdin ends
 */
#include "syncd/base/clock.h"
#include "syncd/kube/reflector.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct program {
    struct loop *loop;
    struct http_client *http;
    struct kube_cluster *cluster;
    struct arena *arena;
    char **arguments; /* of the command */
    size_t left, done, items;
    int64_t begun_ns, ended_ns;
    int status;
};

static void say_error(const struct error *err)
{
    printf("error %s %s %s\n", error_class_name(err->class), err->rule, err->text);
    fflush(stdout);
}

static void stop_at_end(void *context, unsigned events)
{
    (void)events;
    struct program *program = context;
    char bytes[256];
    if (read(STDIN_FILENO, bytes, sizeof(bytes)) <= 0)
        loop_stop(program->loop);
}

static void take_discovery(void *context, const struct kube_reply *reply)
{
    struct program *program = context;
    if (reply->err != NULL) {
        say_error(reply->err);
        program->status = 1;
    }
    loop_stop(program->loop);
}

static bool discover(struct program *program)
{
    kube_discover(program->cluster, take_discovery, program);
    loop_run(program->loop);
    return program->status == 0;
}

static void run_discover(struct program *program)
{
    if (!discover(program))
        return;
    const struct kube_resources *all = kube_cluster_resources(program->cluster);
    for (size_t i = 0; i < all->len; i++) {
        const struct kube_resource *r = &all->items[i];
        printf("%.*s/%.*s %.*s %.*s %s%s%s verbs=%u\n", STR_ARG(r->gvk.group),
               STR_ARG(r->gvk.version), STR_ARG(r->gvk.kind), STR_ARG(r->plural),
               r->namespaced ? "namespaced" : "cluster", r->has_status ? " status" : "",
               r->has_scale ? " scale" : "", r->verbs);
    }
    printf("broken %zu\n", all->broken_count);
}

static void take_schema(void *context, const struct kube_reply *reply, str hash)
{
    struct program *program = context;
    if (reply->err != NULL)
        say_error(reply->err);
    else
        printf("schema %zu %.*s\n", reply->text.len, STR_ARG(hash));
    loop_stop(program->loop);
}

static void run_schema(struct program *program)
{
    kube_openapi(program->cluster, str_z(program->arguments[0]), str_z(program->arguments[1]),
                 STR(""), take_schema, program);
    loop_run(program->loop);
}

static void take_applied(void *context, const struct kube_reply *reply)
{
    struct program *program = context;
    if (reply->err != NULL)
        say_error(reply->err);
    else
        program->done++;
    program->ended_ns = clock_monotonic_ns();
    if (--program->left == 0)
        loop_stop(program->loop);
}

static bool apply_line(struct program *program, char *line, const struct kube_write *write)
{
    struct error err = ERROR_INIT;
    value object;
    struct gvk gvk;
    const str text = arena_str(program->arena, str_z(line));
    if (!json_read(text, limits_default(), program->arena, &object, &err)) {
        say_error(&err);
        return false;
    }
    const str api_version = value_str(value_get(object, STR("apiVersion")));
    const size_t slash = str_index(api_version, '/');
    gvk.group = slash == SIZE_MAX ? STR("") : str_slice(api_version, 0, slash);
    gvk.version = slash == SIZE_MAX ? api_version : str_skip(api_version, slash + 1);
    gvk.kind = value_str(value_get(object, STR("kind")));
    const struct kube_resource *resource =
        kube_resources_find(kube_cluster_resources(program->cluster), gvk);
    if (resource == NULL) {
        printf("error NOT_FOUND - %.*s is not served\n", STR_ARG(gvk.kind));
        return false;
    }
    const struct kube_path path =
        kube_path_of(resource, value_str(value_get2(object, STR("metadata"), STR("namespace"))),
                     value_str(value_get2(object, STR("metadata"), STR("name"))));
    program->left++;
    kube_apply(program->cluster, &path, object, write, take_applied, program);
    return true;
}

static void run_apply(struct program *program)
{
    const struct kube_write write = {.field_manager = str_z(program->arguments[1]),
                                     .force = str_equal(str_z(program->arguments[2]), STR("true"))};
    if (!discover(program))
        return;
    char *line = NULL;
    size_t cap = 0;
    program->begun_ns = clock_monotonic_ns();
    while (getline(&line, &cap, stdin) > 0)
        if (!apply_line(program, line, &write))
            program->status = 1;
    free(line);
    if (program->left > 0)
        loop_run(program->loop);
    const double seconds = (double)(program->ended_ns - program->begun_ns) / NS_PER_S;
    const struct kube_cluster_stats stats = kube_cluster_stats(program->cluster);
    printf("applied %zu %.1f/s window %u throttled %llu\n", program->done,
           (double)program->done / seconds, stats.window, (unsigned long long)stats.throttled);
}

static void count_item(void *context, value object, str text, struct arena *arena)
{
    (void)object;
    (void)text;
    (void)arena;
    struct program *program = context;
    program->items++;
}

/* The most memory that was ever resident. getrusage's figure is that of the parent, at first. */
static long peak_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;
    while (status != NULL && fgets(line, sizeof(line), status) != NULL)
        if (str_starts(str_z(line), STR("VmHWM:")))
            kib = strtol(line + 6, NULL, 10);
    if (status != NULL)
        fclose(status);
    return kib;
}

static void take_list(void *context, const struct kube_reply *reply)
{
    struct program *program = context;
    if (reply->err != NULL)
        say_error(reply->err);
    else
        printf("listed %zu rss %ld KiB\n", program->items, peak_kib());
    loop_stop(program->loop);
}

static struct kube_path path_of_arguments(const struct program *program)
{
    return (struct kube_path){.group = str_z(program->arguments[0]),
                              .version = str_z(program->arguments[1]),
                              .plural = str_z(program->arguments[2])};
}

static void run_list(struct program *program)
{
    const struct kube_path path = path_of_arguments(program);
    const struct kube_select select = {0};
    kube_list(program->cluster, &path, &select, count_item, take_list, program);
    loop_run(program->loop);
}

static void say(const char *what, value object)
{
    const value metadata = value_get(object, STR("metadata"));
    printf("%s %.*s/%.*s\n", what, STR_ARG(value_str(value_get(metadata, STR("namespace")))),
           STR_ARG(value_str(value_get(metadata, STR("name")))));
    fflush(stdout);
}

static void on_begin(void *context)
{
    (void)context;
    printf("begin\n");
}

static void on_upsert(void *context, value object, str text, struct arena *arena)
{
    (void)context;
    (void)text;
    (void)arena;
    say("upsert", object);
}

static void on_remove(void *context, value object, str text, struct arena *arena)
{
    (void)context;
    (void)text;
    (void)arena;
    say("remove", object);
}

static void on_synced(void *context, str version)
{
    (void)context;
    printf("synced %.*s\n", STR_ARG(version));
    fflush(stdout);
}

static void on_fresh(void *context, str version)
{
    (void)context;
    printf("fresh %.*s\n", STR_ARG(version));
    fflush(stdout);
}

static void on_desync(void *context, const struct error *err)
{
    (void)context;
    say_error(err);
}

static void run_watch(struct program *program)
{
    static const struct kube_receiver receiver = {.begin = on_begin,
                                                  .upsert = on_upsert,
                                                  .remove = on_remove,
                                                  .synced = on_synced,
                                                  .fresh = on_fresh,
                                                  .desync = on_desync};
    const struct kube_reflector_options options = {
        .path = path_of_arguments(program),
        .silence_ns = (int64_t)(strtod(program->arguments[3], NULL) * (double)NS_PER_S)};
    struct kube_reflector *reflector =
        kube_reflector_create(program->cluster, &options, &receiver, program);
    struct loop_fd *input =
        loop_fd_create(program->loop, STDIN_FILENO, LOOP_READ, stop_at_end, program);
    loop_run(program->loop);
    loop_fd_destroy(input);
    kube_reflector_destroy(reflector);
}

static const struct {
    const char *name;
    int arguments;
    void (*run)(struct program *program);
} commands[] = {
    {"apply", 3, run_apply},   {"discover", 0, run_discover}, {"list", 3, run_list},
    {"schema", 2, run_schema}, {"watch", 4, run_watch},
};

static bool connect_to(struct program *program, const char *path, const char *streams,
                       struct error *err)
{
    const struct kubeconfig_options reading = {.limits = limits_default()};
    struct kube_config config;
    if (!kubeconfig_load(path, &reading, program->arena, &config, err))
        return false;
    const struct kube_cluster_options options = {.name = STR("real"),
                                                 .max_in_flight = (unsigned)atol(streams)};
    return kube_cluster_create(program->loop, program->http, &config, &options, &program->cluster,
                               err);
}

int main(int count, char **arguments)
{
    struct program program = {.arena = arena_create(ARENA_NO_BUDGET), .loop = loop_create()};
    struct error err = ERROR_INIT;
    program.http = http_client_create(program.loop, 0);
    program.arguments = arguments + 3;
    for (size_t i = 0; i < ARRAY_LEN(commands) && count >= 3; i++) {
        if (!str_equal(str_z(arguments[2]), str_z(commands[i].name)) ||
            count != 3 + commands[i].arguments)
            continue;
        const bool applies = commands[i].run == run_apply;
        if (connect_to(&program, arguments[1], applies ? arguments[3] : "0", &err)) {
            commands[i].run(&program);
        } else {
            say_error(&err);
            program.status = 1;
        }
    }
    kube_cluster_destroy(program.cluster);
    http_client_destroy(program.http);
    loop_destroy(program.loop);
    arena_destroy(program.arena);
    return program.status;
}
