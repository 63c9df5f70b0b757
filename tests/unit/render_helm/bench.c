#include "bench.h"

#include <criterion/criterion.h>

void bench_open(struct bench *bench, const struct file *files, size_t count)
{
    static const uint8_t oid[OID_LEN] = {1};
    struct error err = ERROR_INIT;
    int fd;
    *bench = (struct bench){.arena = arena_create(ARENA_NO_BUDGET)};
    struct snapshot_writer *writer = snapshot_writer_create(STR(""), limits_default());
    for (size_t i = 0; i < count; i++)
        cr_assert(snapshot_writer_add(writer, str_z(files[i].path),
                                      files[i].text != NULL ? ENTRY_FILE : ENTRY_DIRECTORY, oid,
                                      str_z(files[i].text), &err),
                  "%s", err.text);
    cr_assert(snapshot_writer_seal(writer, &fd, &err), "%s", err.text);
    cr_assert(snapshot_map(fd, &bench->snapshot, &err), "%s", err.text);
    bench->world.owner = STR("me");
    bench->world.record_namespace = STR("system");
    bench_again(bench);
}

void bench_again(struct bench *bench)
{
    struct render_world *world = bench->context.world;
    findings_init(&bench->findings, bench->arena);
    snapshot_reads_init(&bench->reads, bench->snapshot, bench->arena);
    bench->world.needs.len = bench->world.releases.len = 0;
    bench->context = (struct render_context){.snapshot = bench->snapshot,
                                             .limits = limits_default(),
                                             .reads = &bench->reads,
                                             .arena = bench->arena,
                                             .scratch = bench->arena,
                                             .findings = &bench->findings,
                                             .world = world};
}

void bench_close(struct bench *bench)
{
    snapshot_destroy(bench->snapshot);
    arena_destroy(bench->arena);
}

struct object_list bench_render(struct bench *bench)
{
    struct object_list objects = {0};
    struct error err = ERROR_INIT;
    bench_again(bench);
    cr_assert(render_path(&bench->context, STR("r.yaml"), RENDER_DETECT, &objects, &err), "%s",
              err.text);
    return objects;
}

str bench_value(const struct object_list *objects, const char *name, const char *key)
{
    VEC_FOR (const struct object, object, &objects->objects) {
        if (str_equal(object->id.gvk.kind, STR("ConfigMap")) &&
            str_equal(object->id.name, str_z(name)))
            return value_str(value_get2(object->document, STR("data"), str_z(key)));
    }
    cr_assert_fail("there is no ConfigMap %s", name);
    return (str){0};
}
