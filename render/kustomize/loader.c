#include "render/kustomize/loader.h"

#include "render/kustomize/comment_schema.h"
#include "render/kustomize/memo.h"
#include "render/kustomize/scalar.h"

bool kust_check_budget(const struct build *build, struct error *err)
{
    const char *what = NULL;
    if (arena_over(build->arena) || arena_over(build->scratch))
        what = "render_memory";
    else if (build->loads > build->limits->kustomize_loads)
        what = "kustomize_loads";
    else if (build->depth > build->limits->kustomize_depth)
        what = "kustomize_depth";
    else if (build->objects > build->limits->objects)
        what = "objects";
    if (what == NULL)
        return true;
    (void)error_rule(err, ERROR_LIMIT, "E_BUDGET", "the build needs more than the limit %s", what);
    return error_hint(err, "raise limits.%s, or split the kustomization", what);
}

static bool is_inside(str path, str root)
{
    return root.len == 0 || str_equal(path, root) ||
           (str_starts(path, root) && path.ptr[root.len] == '/');
}

static bool starts_fold(str text, str prefix)
{
    return text.len >= prefix.len && str_equal_fold(str_slice(text, 0, prefix.len), prefix);
}

static bool refuse_remote(str path, struct error *err)
{
    (void)error_rule(err, ERROR_UNSUPPORTED, "E_REMOTE", "\"%.*s\" is not in this repository",
                     STR_ARG(str_slice(path, 0, 200)));
    return error_hint(err, "copy it into the repository; nothing is downloaded while rendering");
}

static bool is_http(str path)
{
    return starts_fold(path, STR("http:")) || starts_fold(path, STR("https:"));
}

/* What the tool takes for a Git URL. */
static bool is_git_url(str path)
{
    static const str prefixes[] = {
        STR_INIT("git::"),   STR_INIT("ssh://"), STR_INIT("https://"),    STR_INIT("http://"),
        STR_INIT("file://"), STR_INIT("git@"),   STR_INIT("github.com/"), STR_INIT("github.com:"),
        STR_INIT("gh:"),     STR_INIT("git://")};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (starts_fold(path, prefixes[i]))
            return true;
    }
    return false;
}

static bool refuse_absolute(str path, struct error *err)
{
    return error_rule(err, ERROR_INPUT, "E_PATH_ESCAPE",
                      "\"%.*s\" is absolute: only paths inside the repository are read",
                      STR_ARG(str_slice(path, 0, 200)));
}

/* What a path leads to, for the base being recorded as well. */
static bool resolve(struct build *build, str base, str path, struct kept_entry **ret_kept,
                    struct error *err)
{
    struct arena_mark mark = arena_mark(build->scratch);
    const struct snapshot_entry *entry = NULL;
    bool found = snapshot_resolve(build->context->snapshot, base, path, build->limits,
                                  build->scratch, &entry, err);
    arena_rewind(build->scratch, mark);
    struct kept_entry *kept = found ? kust_keep(build, entry) : NULL;
    kust_memo_asked(build, base, path, kept);
    if (found && entry->mode != ENTRY_DIRECTORY && build->context->reads != NULL)
        snapshot_reads_add(build->context->reads, entry);
    *ret_kept = kept;
    return found;
}

static bool load_kept(struct build *build, const struct loader *loader, str path,
                      struct kept_entry **ret_kept, struct error *err)
{
    if (is_http(path))
        return refuse_remote(path, err);
    if (str_starts(path, STR("/")))
        return refuse_absolute(path, err);
    if (!resolve(build, loader->root, path, ret_kept, err))
        return false;
    const struct snapshot_entry *entry = &(*ret_kept)->entry;
    if (entry->mode == ENTRY_DIRECTORY)
        return error_rule(err, ERROR_INPUT, "E_PATH", "\"%.*s\" is a directory, not a file",
                          STR_ARG(str_slice(path, 0, 200)));
    if (!build->options->load_anywhere && !is_inside(path_directory(entry->path), loader->root)) {
        (void)error_rule(err, ERROR_INPUT, "E_LOAD_RESTRICTED",
                         "\"%.*s\" is not in or below \"%.*s\"", STR_ARG(entry->path),
                         STR_ARG(loader->root));
        return error_hint(err, "move the file, or use --load-restrictor LoadRestrictionsNone");
    }
    return true;
}

bool kust_load_entry(struct build *build, const struct loader *loader, str path,
                     const struct snapshot_entry **ret_entry, struct error *err)
{
    struct kept_entry *kept = NULL;
    if (!load_kept(build, loader, path, &kept, err))
        return false;
    *ret_entry = &kept->entry;
    return true;
}

bool kust_load_file(struct build *build, const struct loader *loader, str path, str *ret_bytes,
                    struct error *err)
{
    const struct snapshot_entry *entry = NULL;
    if (!kust_load_entry(build, loader, path, &entry, err))
        return false;
    *ret_bytes = entry->bytes;
    return true;
}

bool kust_loader_open(struct build *build, const struct loader *referrer, str path,
                      struct loader *ret_loader, struct error *err)
{
    if (path.len == 0)
        return error_rule(err, ERROR_INPUT, "E_PATH", "the path is empty");
    if (is_git_url(path))
        return refuse_remote(path, err);
    if (str_starts(path, STR("/")))
        return refuse_absolute(path, err);
    struct kept_entry *kept = NULL;
    if (!resolve(build, referrer->root, path, &kept, err))
        return false;
    const struct snapshot_entry *entry = &kept->entry;
    if (entry->mode != ENTRY_DIRECTORY)
        return error_rule(err, ERROR_INPUT, "E_PATH", "\"%.*s\" is no directory",
                          STR_ARG(entry->path));
    for (const struct loader *visited = referrer; visited != NULL; visited = visited->referrer) {
        if (is_inside(visited->root, entry->path))
            return error_rule(err, ERROR_INPUT, "E_CYCLE",
                              "\"%.*s\" is, or contains, \"%.*s\", which led here",
                              STR_ARG(entry->path), STR_ARG(visited->root));
    }
    kust_memo_opened(build, entry->path);
    *ret_loader = (struct loader){.referrer = referrer, .root = entry->path};
    return true;
}

static bool is_list_kind(value document)
{
    return str_ends(kust_scalar_text(value_get(document, STR("kind"))), STR("List"));
}

/* kind, and a name unless it is a list: what the tool wants of every object. */
static bool check_object(value document, struct error *err)
{
    value kind = value_get(document, STR("kind"));
    if (document.kind != VALUE_OBJECT || kust_is_empty(kind) || kust_scalar_text(kind).len == 0)
        return error_rule(err, ERROR_INPUT, "E_OBJECT", "this is no Kubernetes object: no kind");
    value name = value_get2(document, STR("metadata"), STR("name"));
    if (!is_list_kind(document) && (kust_is_empty(name) || kust_scalar_text(name).len == 0))
        return error_rule(err, ERROR_INPUT, "E_OBJECT", "%.*s has no metadata.name",
                          STR_ARG(kust_scalar_text(kind)));
    return true;
}

struct queue {
    VEC(value) documents;
};

/* Puts the items of a list behind what is left to read; false when they are no list. */
static bool queue_items(struct build *build, struct queue *queue, value list, value items,
                        struct error *err)
{
    if (items.kind == VALUE_NULL)
        return true;
    if (items.kind != VALUE_ARRAY)
        return error_rule(err, ERROR_INPUT, "E_OBJECT", "items of %.*s is no list",
                          STR_ARG(kust_scalar_text(value_get(list, STR("kind")))));
    for (size_t i = 0; i < items.len; i++) {
        value item = value_item(items, i);
        if (kust_is_empty(item))
            continue;
        if (!check_object(item, err))
            return error_at(err, (struct position){.line = item.line});
        VEC_PUSH(build->scratch, &queue->documents, item);
    }
    return true;
}

static bool append_document(struct build *build, value document, str file,
                            struct selection *objects, struct error *err)
{
    struct position source = {.file = file, .line = document.line};
    build->objects++;
    if (!kust_check_budget(build, err))
        return false;
    VEC_PUSH(build->arena, &objects->list, kust_resource_create(build, document, source));
    return true;
}

static bool drain(struct build *build, struct queue *queue, str file, struct selection *objects,
                  struct error *err)
{
    for (size_t i = 0; i < queue->documents.len; i++) {
        value document = queue->documents.items[i];
        value items = value_get(document, STR("items"));
        bool is_list = is_list_kind(document) && value_present(items);
        if (is_list ? !queue_items(build, queue, document, items, err)
                    : !append_document(build, document, file, objects, err))
            return error_at(err, (struct position){.file = file, .line = document.line});
    }
    return true;
}

/* A file that is one List, or ResourceList, is its items even where they are no objects. */
static bool is_wrapper(value document)
{
    str kind = kust_scalar_text(value_get(document, STR("kind")));
    return (str_equal(kind, STR("List")) || str_equal(kind, STR("ResourceList"))) &&
           (value_present(value_get(document, STR("items"))) ||
            value_present(value_get(document, STR("functionConfig"))));
}

static bool append_documents(struct build *build, const struct parsed_file *file,
                             struct selection *objects, struct error *err)
{
    struct queue queue = {0};
    if (file->documents.len == 1 && is_wrapper(file->documents.items[0].root)) {
        value root = file->documents.items[0].root;
        value items = value_get(root, STR("items"));
        if (items.kind == VALUE_ARRAY && !queue_items(build, &queue, root, items, err))
            return error_at(err, (struct position){.file = file->path});
        return drain(build, &queue, file->path, objects, err);
    }
    VEC_FOR (struct yaml_document, document, &file->documents) {
        if (kust_is_empty(document->root))
            continue;
        if (!check_object(document->root, err))
            return error_at(err, (struct position){.file = file->path, .line = document->line});
        VEC_PUSH(build->scratch, &queue.documents, document->root);
    }
    return drain(build, &queue, file->path, objects, err);
}

static bool parse(struct build *build, str bytes, str file, bool any_keys,
                  struct parsed_file *ret_file, struct error *err)
{
    struct yaml_options options = {
        .dialect = YAML_KUSTOMIZE, .any_keys = any_keys, .refolds = true};
    struct yaml_stream stream = {0};
    if (!yaml_read_stream(bytes, &options, build->limits, build->arena, &stream, err))
        return error_at(err, (struct position){.file = file});
    VEC_FOR (struct yaml_document, document, &stream.documents)
        kust_note_comment_schemas(build, bytes, document->root);
    ret_file->path = file;
    ret_file->documents.items = stream.documents.items;
    ret_file->documents.len = stream.documents.len;
    return true;
}

bool kust_read_objects(struct build *build, str bytes, str file, struct selection *ret_objects,
                       struct error *err)
{
    struct parsed_file parsed = {0};
    *ret_objects = (struct selection){0};
    return parse(build, bytes, file, false, &parsed, err) &&
           append_documents(build, &parsed, ret_objects, err);
}

bool kust_read_patches(struct build *build, str bytes, str file, struct selection *ret_patches,
                       struct error *err)
{
    struct parsed_file parsed = {0};
    *ret_patches = (struct selection){0};
    return parse(build, bytes, file, true, &parsed, err) &&
           append_documents(build, &parsed, ret_patches, err);
}

/* Whoever asks first parses for all; but schemas in comments belong to one build. */
static bool parse_kept(struct build *build, struct kept_entry *kept,
                       struct parsed_file **ret_parsed, struct error *err)
{
    struct kustomize_cache *cache = build->cache;
    struct arena *outer = build->arena;
    struct schema_state before = kust_schema_take(build->schema);
    build->arena = cache->arena;
    struct parsed_file *parsed = ARENA_NEW(cache->arena, struct parsed_file);
    bool done = parse(build, kept->entry.bytes, kept->entry.path, false, parsed, err);
    build->arena = outer;
    struct schema_state noted = kust_schema_take(build->schema);
    kust_schema_replay(build->schema, before);
    kust_schema_replay(build->schema, noted);
    if (done && (cache->one_build || !noted.noted))
        kept->objects = parsed;
    *ret_parsed = parsed;
    return done;
}

bool kust_load_objects(struct build *build, const struct loader *loader, str path,
                       struct selection *ret_objects, struct error *err)
{
    struct kept_entry *kept = NULL;
    *ret_objects = (struct selection){0};
    if (!load_kept(build, loader, path, &kept, err))
        return false;
    struct parsed_file *parsed = kept->objects;
    if (parsed == NULL && !parse_kept(build, kept, &parsed, err))
        return false;
    return append_documents(build, parsed, ret_objects, err);
}
