/* A release index: a document that names files beside it. */
#include "repo-layout/lint/lint.h"

#include "syncd/base/crypto.h"
#include "syncd/snapshot/snapshot.h"
#include "syncd/value/yaml.h"

static bool read_documents(str bytes, str path, const struct limits *limits, struct arena *arena,
                           struct object_list *objects, struct error *err)
{
    const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    struct yaml_stream stream;
    if (!yaml_read_stream(bytes, &options, limits, arena, &stream, err))
        return error_wrap(err, "%.*s", STR_ARG(path));
    VEC_FOR (const struct yaml_document, document, &stream.documents) {
        if (!object_list_add(objects, document->root, (struct position){path, document->line, 0},
                             limits, arena, err))
            return false;
    }
    return true;
}

static bool check_digest(str path, str bytes, str wanted, struct arena *arena, struct error *err)
{
    uint8_t digest[SHA256_LEN];
    crypto_sha256(bytes, digest);
    str hex = {0};
    for (size_t i = 0; i < SHA256_LEN; i++)
        hex = arena_printf(arena, "%.*s%02x", STR_ARG(hex), digest[i]);
    if (str_equal_fold(hex, wanted))
        return true;
    return error_rule(err, ERROR_INPUT, "E_RELEASE_INDEX",
                      "%.*s has not the SHA-256 that the index names", STR_ARG(path));
}

static bool read_item(const struct level *level, const struct lint_index_port *port, str directory,
                      value item, const struct limits *limits, struct arena *arena,
                      struct object_list *objects, struct error *err)
{
    str path, bytes;
    const struct level_releases *rules = &level->releases;
    if (!path_join(directory, level_path_text(rules->index_path, item), arena, &path, err) ||
        !port->read(port->context, path, arena, &bytes, err))
        return error_wrap(err, "the release index");
    str wanted =
        rules->index_sha256 != NULL ? level_path_text(rules->index_sha256, item) : (str){0};
    if (wanted.len != 0 && !check_digest(path, bytes, wanted, arena, err))
        return false;
    return read_documents(bytes, path, limits, arena, objects, err);
}

bool lint_read_index(const struct level *level, const struct lint_index_port *port, str index,
                     const struct limits *limits, struct arena *arena,
                     struct object_list *ret_objects, struct error *err)
{
    const struct level_releases *rules = &level->releases;
    const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    struct object_list objects = {0};
    struct level_matches items;
    str bytes;
    value root;
    if (rules->index_items == NULL || rules->index_path == NULL)
        return error_rule(err, ERROR_UNSUPPORTED, "E_RELEASE_INDEX",
                          "level %.*s does not say how a release index is read",
                          STR_ARG(level->name));
    if (!port->read(port->context, index, arena, &bytes, err) ||
        !yaml_read(bytes, &options, limits, arena, &root, err))
        return error_wrap(err, "the release index");
    level_path_find(rules->index_items, root, arena, &items);
    for (size_t i = 0; i < items.items.len; i++) {
        if (!read_item(level, port, path_directory(index), items.items.items[i].val, limits, arena,
                       &objects, err))
            return false;
    }
    if (items.items.len == 0)
        return error_rule(err, ERROR_INPUT, "E_RELEASE_INDEX", "the release index names no file");
    *ret_objects = objects;
    return true;
}
