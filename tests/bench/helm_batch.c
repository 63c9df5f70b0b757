/*
 * helm_batch: renders many charts in one process. A request a line on standard input, as the oracle
 * takes them ({"path", "helm": {release, namespace, values_files, …}, "times"}); an answer a line:
 * {"ok", "output"}. Compiled templates are kept from one to the next, as the render child does.
 */
#include "render/helm/helm.h"
#include "render/template/cache.h"
#include "syncd/base/clock.h"
#include "syncd/value/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES (16u << 20)

static str read_file(str name, struct arena *arena)
{
    FILE *file = fopen(arena_str(arena, name).ptr, "re");
    char *bytes = arena_alloc_bytes(arena, FILE_BYTES);
    size_t len = file != NULL ? fread(bytes, 1, FILE_BYTES, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    return str_from(bytes, len);
}

static str *texts(value list, struct arena *arena)
{
    str *out = ARENA_ARRAY(arena, str, value_len(list));
    for (size_t i = 0; i < value_len(list); i++)
        out[i] = value_str(value_item(list, i));
    return out;
}

static struct helm_options read_options(value helm, struct arena *arena)
{
    value files = value_get(helm, STR("values_files")), apis = value_get(helm, STR("api_versions"));
    struct helm_file *values = ARENA_ARRAY(arena, struct helm_file, value_len(files) + 1);
    size_t count = value_len(files);
    for (size_t i = 0; i < count; i++) {
        str name = value_str(value_item(files, i));
        values[i] = (struct helm_file){.name = name, .text = read_file(name, arena)};
    }
    str text = value_str(value_get(helm, STR("values")));
    if (text.len != 0)
        values[count++] = (struct helm_file){.name = STR("values"), .text = text};
    return (struct helm_options){
        .release = value_str(value_get(helm, STR("release"))),
        .namespace = value_str(value_get(helm, STR("namespace"))),
        .values = values,
        .value_count = count,
        .kube_version = value_str(value_get(helm, STR("kube_version"))),
        .api_versions = texts(apis, arena),
        .api_version_count = value_len(apis),
        .include_crds = value_true(value_get(helm, STR("include_crds"))),
    };
}

/* The chart alone, or its folder's parent when links lead out of it. */
static bool render(const char *path, struct helm_options *options, struct template_cache *templates,
                   struct arena *arena, str *ret_output, struct error *err)
{
    const struct template_world world = {.now_ns = clock_wall_ns()};
    struct snapshot *snapshot;
    struct helm_release release;
    if (!snapshot_read_directory(path, STR(""), limits_default(), &snapshot, err))
        return false;
    struct render_context context = {.snapshot = snapshot,
                                     .limits = limits_default(),
                                     .arena = arena,
                                     .scratch = arena,
                                     .templates = templates};
    options->world = &world;
    bool good = render_helm(&context, options, &release, err);
    if (good)
        *ret_output = arena_str(arena, release.output);
    snapshot_destroy(snapshot);
    return good;
}

static bool answer(str line, struct template_cache *templates, struct buf *out)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct error err = ERROR_INIT;
    struct object_builder object;
    value request;
    str output = {0};
    int64_t times;
    if (!json_read(line, limits_default(), arena, &request, &err))
        return false;
    if (!value_to_i64(value_get(request, STR("times")), &times))
        times = 1;
    struct helm_options options = read_options(value_get(request, STR("helm")), arena);
    str path = arena_str(arena, value_str(value_get(request, STR("path"))));
    bool good = true;
    for (int64_t i = 0; i < times && good; i++) {
        struct arena_mark mark = arena_mark(arena);
        if (i != 0)
            arena_rewind(arena, mark);
        good = render(path.ptr, &options, templates, arena, &output, &err);
    }
    template_cache_trim(templates);
    object_begin(&object, arena);
    object_add(&object, STR("ok"), value_bool(good));
    object_add(&object, STR("output"), value_string(output));
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
    struct template_cache *templates = template_cache_create(TEMPLATE_CACHE_BYTES);
    AUTO_BUF struct buf out = BUF_INIT(256u << 20);
    bool good = true;
    for (ssize_t len; good && (len = getline(&line, &size, stdin)) > 0;) {
        good = answer(str_from(line, (size_t)len), templates, &out);
        (void)fflush(stdout);
    }
    template_cache_destroy(templates);
    free(line);
    return good ? 0 : 1;
}
