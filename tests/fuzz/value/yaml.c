/*
 * Any bytes as YAML. Both readers say the same; what was read prints as YAML and as JSON, and reads
 * back equal.
 */
#include "syncd/value/json.h"
#include "syncd/value/yaml_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct yaml_options options = {.dialect = YAML_KUBERNETES};

static void check_json(value root, struct arena *arena)
{
    struct error err = ERROR_INIT;
    value again;
    str text = json_text(root, JSON_GO, arena);
    CHECK(json_read(text, limits_default(), arena, &again, &err));
    CHECK(value_equal(root, again) && value_hash(root) == value_hash(again));
}

/* Line separators of Unicode do not come back from block scalars: go-yaml's printing is kept. */
static void check_yaml(value root, struct arena *arena)
{
    struct error err = ERROR_INIT;
    value again;
    str text = yaml_text(root, YAML_SIGS, arena);
    if (str_find(text, STR("\xe2\x80\xa8")) != SIZE_MAX ||
        str_find(text, STR("\xe2\x80\xa9")) != SIZE_MAX)
        return;
    struct limits wide = *limits_default();
    wide.file_bytes = wide.yaml_depth = wide.yaml_nodes = UINT32_MAX;
    CHECK(yaml_read(text, &options, &wide, arena, &again, &err));
    CHECK(value_equal(root, again));
}

/* The same through libyaml alone. */
static void check_readers(str text, bool ok, const struct yaml_stream *stream, struct arena *arena)
{
    struct yaml_stream whole = {0};
    struct yaml_counts counts = {0};
    struct error err = ERROR_INIT;
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_skip(text, 3);
    if (!str_is_utf8(text) || str_starts(str_trim(text), STR("{"))) /* may have been read as JSON */
        return;
    bool whole_ok =
        yaml_read_events(text, 1, &options, limits_default(), &counts, arena, &whole, &err);
    CHECK(!ok || whole_ok);
    for (size_t i = 0; ok && i < stream->documents.len; i++) {
        CHECK(stream->documents.len == whole.documents.len);
        CHECK(value_equal(stream->documents.items[i].root, whole.documents.items[i].root));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct arena *arena = arena_create(64u << 20);
    struct yaml_stream stream = {0};
    struct error err = ERROR_INIT;
    str text = str_from((const char *)bytes, len);
    bool ok = yaml_read_stream(text, &options, limits_default(), arena, &stream, &err);
    CHECK(ok || (err.class != ERROR_NONE && err.class != ERROR_INTERNAL));
    for (size_t i = 0; ok && i < stream.documents.len; i++) {
        check_json(stream.documents.items[i].root, arena);
        check_yaml(stream.documents.items[i].root, arena);
    }
    if (len < 4096)
        check_readers(text, ok, &stream, arena);
    struct yaml_options kustomize = {.dialect = YAML_KUSTOMIZE, .allow_duplicate_keys = true};
    err = (struct error)ERROR_INIT;
    ok = yaml_read_stream(text, &kustomize, limits_default(), arena, &stream, &err);
    CHECK(ok || err.class != ERROR_NONE);
    arena_destroy(arena);
    return 0;
}
