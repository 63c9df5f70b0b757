/*
 * kustomize_batch: builds many kustomizations in one process. A request a line on standard input,
 * as the oracle takes them, with the folder that holds all bases ({"root", "path", "kustomize":
 * {…}, "times"}); an answer a line: {"ok", "output"}. With "keep", bases are kept from one request
 * to the next, and the answer has what a build from memory took and how many bases were built:
 * {"build_ns", "builds", "files"}.
 */
#include "render/kustomize/cache.h"
#include "render/render.h"
#include "syncd/base/clock.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

#include <stdio.h>
#include <stdlib.h>

#define CACHE_BYTES (256u << 20)

struct built {
    str output;
    int64_t build_ns;
    size_t files;
};

static struct kustomize_options read_options(value options)
{
    str order = value_str(value_get(options, STR("reorder")));
    return (struct kustomize_options){
        .reorder_set = order.len != 0,
        .legacy_order = str_equal(order, STR("legacy")),
        .load_anywhere = str_equal(value_str(value_get(options, STR("load_restrictor"))),
                                   STR("LoadRestrictionsNone")),
        .enable_helm = value_true(value_get(options, STR("enable_helm"))),
        .enable_alpha_plugins = value_true(value_get(options, STR("enable_alpha_plugins"))),
        .enable_managedby_label = value_true(value_get(options, STR("enable_managedby_label"))),
    };
}

static str print(const struct object_list *objects, struct arena *arena)
{
    AUTO_BUF struct buf out = BUF_INIT(256u << 20);
    for (size_t i = 0; i < objects->objects.len; i++) {
        if (i != 0)
            buf_add(&out, STR("---\n"));
        yaml_write(objects->objects.items[i].document, YAML_SIGS, &out);
    }
    return buf_copy(&out, arena);
}

static bool build(value request, struct kustomize_cache *cache, struct arena *arena,
                  struct built *ret_built, struct error *err)
{
    str root = arena_str(arena, value_str(value_get(request, STR("root"))));
    str path = value_str(value_get(request, STR("path")));
    struct snapshot *snapshot;
    struct object_list objects = {0};
    struct findings findings;
    struct kustomize_options options = read_options(value_get(request, STR("kustomize")));
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    if (!snapshot_read_directory(root.ptr, STR(""), limits_default(), &snapshot, err))
        return false;
    findings_init(&findings, arena);
    struct render_context context = {.snapshot = snapshot,
                                     .limits = limits_default(),
                                     .arena = arena,
                                     .scratch = scratch,
                                     .findings = &findings,
                                     .kustomizations = cache};
    int64_t start = clock_monotonic_ns();
    bool good = render_kustomize(&context, path, &options, &objects, err);
    ret_built->build_ns = clock_monotonic_ns() - start;
    ret_built->files = snapshot_count(snapshot);
    if (good)
        ret_built->output = print(&objects, arena);
    snapshot_destroy(snapshot);
    return good;
}

static bool answer(str line, struct kustomize_cache *kept, struct buf *out)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct object_builder object;
    struct built built = {0};
    value request;
    int64_t times;
    if (!json_read(line, limits_default(), arena, &request, &err))
        return false;
    if (!value_to_i64(value_get(request, STR("times")), &times))
        times = 1;
    struct kustomize_cache *cache = value_true(value_get(request, STR("keep"))) ? kept : NULL;
    size_t before = kustomize_cache_usage(kept).builds;
    struct arena_mark mark = arena_mark(arena);
    bool good = build(request, cache, arena, &built, &err);
    for (int64_t i = 1; i < times && good; i++) {
        arena_rewind(arena, mark);
        good = build(request, cache, arena, &built, &err);
    }
    object_begin(&object, arena);
    object_add(&object, STR("ok"), value_bool(good));
    object_add(&object, STR("output"), value_string(built.output));
    object_add(&object, STR("build_ns"), value_int(built.build_ns, arena));
    object_add(&object, STR("files"), value_int((int64_t)built.files, arena));
    object_add(&object, STR("builds"),
               value_int((int64_t)(kustomize_cache_usage(kept).builds - before), arena));
    object_add(&object, STR("error"), value_string(str_z(err.text)));
    buf_clear(out);
    json_write(object_finish(&object), JSON_COMPACT, out);
    buf_add_byte(out, '\n');
    return fwrite(out->ptr, 1, out->len, stdout) == out->len;
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    struct kustomize_cache *kept =
        kustomize_cache_create(CACHE_BYTES, limits_default()->render_memory);
    AUTO_BUF struct buf out = BUF_INIT(256u << 20);
    bool good = true;
    for (ssize_t len; good && (len = getline(&line, &size, stdin)) > 0;) {
        good = answer(str_from(line, (size_t)len), kept, &out);
        (void)fflush(stdout);
        kustomize_cache_trim(kept);
    }
    kustomize_cache_destroy(kept);
    free(line);
    return good ? 0 : 1;
}
