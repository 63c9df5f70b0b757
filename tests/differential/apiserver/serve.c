/*
 * serve: one cluster of the embedded control plane without its controllers, as a bare
 * kube-apiserver is: `serve KUBECONFIG [with-controllers]`. Ends with SIGTERM.
 */
#include "syncd/apiserver/apiserver.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void stop(void *context, int number)
{
    (void)number;
    loop_stop(context);
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    struct apiserver *server;
    struct apiserver_options options = {.no_controllers =
                                            argc < 3 || strcmp(argv[2], "with-controllers") != 0};
    if (argc < 2)
        return 2;
    struct loop *loop = loop_create();
    struct loop_signal *end = loop_signal_create(loop, SIGTERM, stop, loop);
    if (!apiserver_create(loop, &options, &server, &err) ||
        !apiserver_add_cluster(server, STR("test"), 0, &err)) {
        (void)fprintf(stderr, "serve: %s\n", err.text);
        return 1;
    }
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    str text = apiserver_kubeconfig(server, STR("test"), arena);
    FILE *file = fopen(argv[1], "w");
    if (file == NULL || fwrite(text.ptr, 1, text.len, file) != text.len || fclose(file) != 0) {
        perror(argv[1]);
        return 1;
    }
    (void)printf("ready %u %.*s\n", apiserver_port(server, STR("test")),
                 STR_ARG(apiserver_token(server, STR("test"))));
    (void)fflush(stdout);
    loop_run(loop);
    apiserver_destroy(server);
    loop_signal_destroy(end);
    loop_destroy(loop);
    return 0;
}
