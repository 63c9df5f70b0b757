#include "tests/unit/kustomize/fixture.h"

#include "render/kustomize/scalar.h"
#include "render/kustomize/schema.h"

#include <criterion/criterion.h>
#include <unistd.h>

#define MEMORY (64u << 20)

void fixture_init(struct fixture *fixture)
{
    *fixture = (struct fixture){.limits = *limits_default()};
    struct arena *arena = arena_create(MEMORY);
    struct arena *scratch = arena_create(MEMORY);
    findings_init(&fixture->findings, arena);
    fixture->context = (struct render_context){.limits = &fixture->limits,
                                               .arena = arena,
                                               .scratch = scratch,
                                               .findings = &fixture->findings};
    fixture->build = (struct build){.context = &fixture->context,
                                    .limits = &fixture->limits,
                                    .options = &fixture->options,
                                    .arena = arena,
                                    .scratch = scratch,
                                    .schema = kust_schema_create(arena)};
}

void fixture_finish(struct fixture *fixture)
{
    snapshot_destroy((struct snapshot *)(uintptr_t)fixture->context.snapshot);
    arena_destroy(fixture->context.scratch);
    arena_destroy(fixture->context.arena);
}

value fixture_read(struct fixture *fixture, const char *text)
{
    static const struct yaml_options options = {.dialect = YAML_KUSTOMIZE};
    value document;
    cr_assert(yaml_read(str_z(text), &options, &fixture->limits, fixture->context.arena, &document,
                        &fixture->err),
              "%s: %s", text, fixture->err.text);
    return document;
}

const char *fixture_print(struct fixture *fixture, value document)
{
    struct arena *arena = fixture->context.arena;
    str text = yaml_text(kust_canonical(document, false, arena), YAML_SIGS, arena);
    return arena_str(arena, text).ptr;
}

static void write_files(struct fixture *fixture, const struct fixture_file *files, size_t count)
{
    uint8_t oid[OID_LEN] = {0};
    struct snapshot *snapshot = NULL;
    struct snapshot_writer *writer = snapshot_writer_create(STR(""), &fixture->limits);
    for (size_t i = 0; i < count; i++) {
        struct hash128 digest = hash_stable128(str_z(files[i].text));
        memcpy(oid, &digest, sizeof(digest));
        cr_assert(snapshot_writer_add(writer, str_z(files[i].path), ENTRY_FILE, oid,
                                      str_z(files[i].text), &fixture->err));
    }
    int fd = -1;
    cr_assert(snapshot_writer_seal(writer, &fd, &fixture->err), "%s", fixture->err.text);
    cr_assert(snapshot_map(fd, &snapshot, &fixture->err), "%s", fixture->err.text);
    (void)close(fd); /* mapped */
    snapshot_destroy((struct snapshot *)(uintptr_t)fixture->context.snapshot);
    fixture->context.snapshot = snapshot;
}

const char *fixture_build(struct fixture *fixture, const struct fixture_file *files, size_t count,
                          const char *directory)
{
    struct arena *arena = fixture->context.arena;
    struct object_list objects = {0};
    write_files(fixture, files, count);
    fixture->err = (struct error)ERROR_INIT;
    fixture->context.reads = ARENA_NEW(arena, struct snapshot_reads);
    snapshot_reads_init(fixture->context.reads, fixture->context.snapshot, arena);
    if (!render_kustomize(&fixture->context, str_z(directory), &fixture->options, &objects,
                          &fixture->err))
        return NULL;
    str text = STR("");
    for (size_t i = 0; i < objects.objects.len; i++) {
        str one = yaml_text(objects.objects.items[i].document, YAML_SIGS, arena);
        text = arena_concat(arena, text, i != 0 ? STR("---\n") : STR(""), one);
    }
    return arena_str(arena, text).ptr;
}

bool fixture_was_read(const struct fixture *fixture, const char *path)
{
    const struct snapshot_entry *entry = snapshot_find(fixture->context.snapshot, str_z(path));
    cr_assert_not_null(entry);
    return (fixture->context.reads->bits[entry->index / 64] >> (entry->index % 64) & 1) != 0;
}
