/* A snapshot of files given in path order, a context to render in, and a world that tests fill. */
#ifndef TESTS_UNIT_RENDER_HELM_BENCH_H
#define TESTS_UNIT_RENDER_HELM_BENCH_H

#include "render/render.h"
#include "render/world.h"

struct file {
    const char *path, *text; /* text NULL: a folder */
};

struct bench {
    struct arena *arena;
    struct snapshot *snapshot;
    struct snapshot_reads reads;
    struct findings findings;
    struct render_world world;
    struct render_context context; /* offline until context.world is set */
};

void bench_open(struct bench *bench, const struct file *files, size_t count);
void bench_close(struct bench *bench);
/* Forgets what the last rendering said. */
void bench_again(struct bench *bench);
/* Renders "r.yaml"; the objects of what it declares. */
struct object_list bench_render(struct bench *bench);
/* A text below data of the ConfigMap with this name; fails the test when there is none. */
str bench_value(const struct object_list *objects, const char *name, const char *key);

#define CHART_YAML "apiVersion: v2\nname: c\nversion: 1.0.0\n"
#define DECLARE(spec)                                                                              \
    "apiVersion: syncd.dev/v1\nkind: HelmRelease\nmetadata:\n  name: web\n  namespace: shop\n"     \
    "spec:\n" spec
#define CONFIG_MAP(data) "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n" data

#endif
