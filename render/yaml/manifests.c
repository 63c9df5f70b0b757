/* Plain manifests: YAML and JSON files, in path order. */
#include "render/render.h"

#include "syncd/value/yaml.h"

static bool is_manifest(str path)
{
    return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")) ||
           str_ends(path, STR(".json"));
}

/* A large file stored outside the repository leaves a short text in its place. */
static bool is_lfs_pointer(str bytes)
{
    return str_starts(bytes, STR("version https://git-lfs."));
}

static bool add_documents(struct render_context *context, const struct snapshot_entry *entry,
                          struct object_list *list, struct error *err)
{
    const struct yaml_options options = {.dialect = YAML_KUBERNETES, .whole_lines = true};
    struct yaml_stream stream = {0};
    struct position at = {.file = entry->path};
    snapshot_reads_add(context->reads, entry);
    if (is_lfs_pointer(entry->bytes)) {
        (void)error_rule(err, ERROR_INPUT, "E_LFS_POINTER",
                         "the file is only a pointer to Git LFS");
        (void)error_hint(err, "commit the manifest itself");
        return error_at(err, at);
    }
    if (!yaml_read_stream(entry->bytes, &options, context->limits, context->arena, &stream, err))
        return error_at(err, at);
    VEC_FOR (struct yaml_document, document, &stream.documents) {
        at.line = document->line;
        if (!object_list_add(list, document->root, at, context->limits, context->arena, err))
            return error_at(err, at);
    }
    return true;
}

/* One file; what is wrong with it is told, and the rest is looked at too. */
static void add_file(struct render_context *context, const struct snapshot_entry *entry,
                     struct object_list *list)
{
    struct error err = ERROR_INIT;
    if (!add_documents(context, entry, list, &err))
        findings_add_error(context->findings, &err);
}

/* All manifests below the directory. Links are followed where they lead to a file of the snapshot.
 */
static void add_directory(struct render_context *context, str directory, struct object_list *list)
{
    for (size_t i = 0; i < snapshot_count(context->snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_at(context->snapshot, i);
        bool below = directory.len == 0 ||
                     (str_starts(entry->path, directory) && entry->path.len > directory.len &&
                      entry->path.ptr[directory.len] == '/');
        if (!below || entry->mode == ENTRY_DIRECTORY || !is_manifest(entry->path))
            continue;
        struct error err = ERROR_INIT;
        const struct snapshot_entry *file = entry;
        if (entry->mode == ENTRY_LINK &&
            !snapshot_resolve(context->snapshot, STR(""), entry->path, context->limits,
                              context->scratch, &file, &err)) {
            (void)error_at(&err, (struct position){.file = entry->path});
            findings_add_error(context->findings, &err);
            continue;
        }
        if (file->mode != ENTRY_DIRECTORY)
            add_file(context, file, list);
    }
}

bool render_yaml(struct render_context *context, str path, struct object_list *ret_objects,
                 struct error *err)
{
    const struct snapshot_entry *entry;
    struct object_list list = {0};
    if (!snapshot_resolve(context->snapshot, STR(""), path, context->limits, context->scratch,
                          &entry, err))
        return error_at(err, (struct position){.file = path});
    if (entry->mode == ENTRY_DIRECTORY)
        add_directory(context, entry->path, &list);
    else
        add_file(context, entry, &list);
    *ret_objects = list;
    return true;
}
