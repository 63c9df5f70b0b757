/* Plain manifests: YAML and JSON files, in path order. */
#include "render/render.h"

#include "syncd/base/map.h"
#include "syncd/value/yaml.h"

static const str extensions[] = {STR_INIT(".yaml"), STR_INIT(".yml"), STR_INIT(".json")};

static bool is_manifest(str path)
{
    for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
        if (str_ends(path, extensions[i]))
            return true;
    }
    return false;
}

/* Somebody means a manifest by it: kubectl would not read it either, but says nothing. */
static void warn_of_extension(struct render_context *context, str path)
{
    for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
        size_t len = extensions[i].len;
        if (path.len <= len || !str_equal_fold(str_skip(path, path.len - len), extensions[i]))
            continue;
        struct finding *finding = findings_add(context->findings, SEVERITY_WARNING, "W_FILE_NAME",
                                               (struct position){.file = path},
                                               "the file is not read: its name ends in capitals");
        findings_hint(context->findings, finding,
                      "name it .yaml, .yml or .json, or in another way if it is no manifest");
    }
}

/* Names are bytes, so both are read; a checkout on some systems would hold only one of them. */
static void warn_of_twin(struct render_context *context, struct map *names, str path)
{
    char *folded = arena_alloc_bytes(context->scratch, path.len + 1);
    for (size_t i = 0; i < path.len; i++) {
        char byte = path.ptr[i];
        folded[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    }
    str key = str_from(folded, path.len);
    const str *twin = map_get(names, key);
    if (twin != NULL) {
        struct finding *finding = findings_add(
            context->findings, SEVERITY_WARNING, "W_FILE_NAME", (struct position){.file = path},
            "the name differs from %.*s in capitals only: both files are read", STR_ARG(*twin));
        findings_hint(context->findings, finding,
                      "rename one: a checkout on some systems holds only one of the two");
        return;
    }
    str *name = ARENA_NEW(context->scratch, str);
    *name = path;
    (void)map_put(names, context->scratch, key, name);
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
    struct map names = {0};
    for (size_t i = 0; i < snapshot_count(context->snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_at(context->snapshot, i);
        bool below = directory.len == 0 ||
                     (str_starts(entry->path, directory) && entry->path.len > directory.len &&
                      entry->path.ptr[directory.len] == '/');
        if (!below || entry->mode == ENTRY_DIRECTORY)
            continue;
        if (!is_manifest(entry->path)) {
            warn_of_extension(context, entry->path);
            continue;
        }
        warn_of_twin(context, &names, entry->path);
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
