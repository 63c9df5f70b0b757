#include "render/kustomize/generate.h"

#include "render/kustomize/scalar.h"
#include "syncd/base/crypto.h"

/* Contents under construction. */
struct contents {
    struct build *build;
    const struct generator_entry *entry;
    bool secret;
    struct map keys; /* seen so far */
    struct object_builder text, binary;
};

#define ENV_LINE_MAX 65536 /* the tool's line reader stops at longer lines, without a word */
#define BASE64_LINE  70

/* Lines of 70 characters when there is more than one. */
static str base64_lines(struct arena *arena, str bytes)
{
    str encoded = base64_encode(arena, bytes);
    size_t lines = encoded.len / BASE64_LINE + 1;
    if (lines == 1)
        return encoded;
    char *out = arena_alloc_bytes(arena, encoded.len + lines);
    size_t len = 0;
    for (size_t from = 0; from < encoded.len; from += BASE64_LINE) {
        str line = str_slice(encoded, from, BASE64_LINE);
        memcpy(out + len, line.ptr, line.len);
        len += line.len;
        out[len++] = '\n';
    }
    return str_from(out, len);
}

/* Lines become a block, which later patches keep. */
static value text_value(str content)
{
    value v = value_string(content);
    v.flags = str_index(content, '\n') != SIZE_MAX ? VALUE_QUOTED : 0;
    return v;
}

static bool add_pair(struct contents *contents, str key, str content, struct error *err)
{
    struct arena *arena = contents->build->arena;
    struct map_entry *known = map_place(&contents->keys, arena, key);
    if (known->value != NULL)
        return error_rule(err, ERROR_INPUT, "E_GENERATOR", "the key \"%.*s\" comes twice",
                          STR_ARG(key));
    if (!kust_scalar_is_string(key))
        return error_rule(err, ERROR_INPUT, "E_KEY",
                          "the key \"%.*s\" would be read back as no string", STR_ARG(key));
    known->value = contents;
    if (contents->secret)
        object_add(&contents->text, key, value_string(base64_lines(arena, content)));
    else if (str_is_utf8(content))
        object_add(&contents->text, key, text_value(content));
    else
        object_add(&contents->binary, key, value_string(base64_lines(arena, content)));
    return kust_check_budget(contents->build, err);
}

static str without_quotes(str text)
{
    bool quoted = text.len >= 2 && text.ptr[0] == text.ptr[text.len - 1] &&
                  (text.ptr[0] == '"' || text.ptr[0] == '\'');
    return quoted ? str_slice(text, 1, text.len - 2) : text;
}

static bool add_literals(struct contents *contents, struct error *err)
{
    VEC_FOR (str, literal, &contents->entry->literals.list) {
        size_t equals = str_index(*literal, '=');
        if (equals == SIZE_MAX || equals == 0)
            return error_rule(err, ERROR_INPUT, "E_GENERATOR", "literal \"%.*s\": want key=value",
                              STR_ARG(str_slice(*literal, 0, 100)));
        str content = without_quotes(str_skip(*literal, equals + 1));
        if (!add_pair(contents, str_slice(*literal, 0, equals), content, err))
            return false;
    }
    return true;
}

static bool add_files(struct contents *contents, const struct loader *loader, struct error *err)
{
    VEC_FOR (str, source, &contents->entry->files.list) {
        size_t equals = str_index(*source, '=');
        str key = equals == SIZE_MAX ? path_base(str_trim_right(*source, STR("/")))
                                     : str_slice(*source, 0, equals);
        str path = equals == SIZE_MAX ? *source : str_skip(*source, equals + 1);
        str content = {0};
        if (key.len == 0 || path.len == 0 || str_index(path, '=') != SIZE_MAX)
            return error_rule(err, ERROR_INPUT, "E_GENERATOR", "file \"%.*s\": want [key=]path",
                              STR_ARG(str_slice(*source, 0, 100)));
        if (!kust_load_file(contents->build, loader, path, &content, err) ||
            !add_pair(contents, key, content, err))
            return error_wrap(err, "files");
    }
    return true;
}

/* Space as Unicode has it: go's unicode.IsSpace. */
static bool is_space(uint32_t code)
{
    return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
           code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

static str trim_left_space(str text)
{
    uint32_t code = 0;
    size_t len = 0;
    while ((len = str_decode_utf8(text, &code)) != 0 && is_space(code))
        text = str_skip(text, len);
    return text;
}

static bool add_env_line(struct contents *contents, str line, bool first, struct error *err)
{
    if (!str_is_utf8(line))
        return error_rule(err, ERROR_INPUT, "E_UTF8", "a line is not valid UTF-8");
    if (first && str_starts(line, STR("\xef\xbb\xbf")))
        line = str_skip(line, 3);
    line = trim_left_space(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    size_t equals = str_index(line, '=');
    str key = equals == SIZE_MAX ? line : str_slice(line, 0, equals);
    str content = equals == SIZE_MAX ? STR("") : str_skip(line, equals + 1);
    return key.len == 0 || add_pair(contents, key, content, err);
}

static bool add_env_file(struct contents *contents, const struct loader *loader, str path,
                         struct error *err)
{
    str rest = {0}, line = {0};
    if (!kust_load_file(contents->build, loader, path, &rest, err))
        return false;
    uint32_t number = 0;
    while (rest.len != 0 && str_cut(&rest, '\n', &line)) {
        number++;
        if (line.len >= ENV_LINE_MAX)
            break;
        if (str_ends(line, STR("\r")))
            line.len--;
        if (!add_env_line(contents, line, number == 1, err))
            return error_at(err, (struct position){.file = path, .line = number});
    }
    return true;
}

static value with_options(value a, value b, struct arena *arena)
{
    struct object_builder builder;
    object_begin(&builder, arena);
    for (size_t i = 0; i < value_len(b); i++)
        object_add(&builder, value_member(b, i)->key, value_member(b, i)->val);
    for (size_t i = 0; i < value_len(a); i++)
        object_add(&builder, value_member(a, i)->key, value_member(a, i)->val);
    return object_finish(&builder);
}

/* What the entry says goes before what all generators say, but a true flag of either counts. */
static struct generator_options merged_options(struct build *build,
                                               const struct generator_options *own,
                                               const struct generator_options *globals)
{
    static const struct generator_options none = {0};
    const struct generator_options *a = own != NULL ? own : &none;
    const struct generator_options *b = globals != NULL ? globals : &none;
    return (struct generator_options){
        .labels = with_options(a->labels, b->labels, build->arena),
        .annotations = with_options(a->annotations, b->annotations, build->arena),
        .disable_hash = a->disable_hash || b->disable_hash,
        .immutable = a->immutable || b->immutable,
    };
}

static bool make_document(struct contents *contents, const struct generator_options *options,
                          value *ret_document, struct error *err)
{
    struct arena *arena = contents->build->arena;
    const struct generator_entry *entry = contents->entry;
    struct object_builder builder;
    object_begin(&builder, arena);
    object_add(&builder, STR("name"), value_string(entry->name));
    if (entry->namespace.len != 0)
        object_add(&builder, STR("namespace"), value_string(entry->namespace));
    value metadata = object_finish(&builder);
    value text = object_finish(&contents->text);
    value binary = object_finish(&contents->binary);
    object_begin(&builder, arena);
    object_add(&builder, STR("apiVersion"), value_string(STR("v1")));
    object_add(&builder, STR("kind"),
               value_string(contents->secret ? STR("Secret") : STR("ConfigMap")));
    object_add(&builder, STR("metadata"), metadata);
    if (text.len != 0 || contents->secret)
        object_add(&builder, STR("data"), text);
    if (binary.len != 0)
        object_add(&builder, STR("binaryData"), binary);
    if (contents->secret)
        object_add(&builder, STR("type"),
                   value_string(entry->type.len != 0 ? entry->type : STR("Opaque")));
    if (options->immutable)
        object_add(&builder, STR("immutable"), value_bool(true));
    value document = object_finish(&builder);
    return kust_metadata_set_map(document, STR("labels"), options->labels, arena, &document, err) &&
           kust_metadata_set_map(document, STR("annotations"), options->annotations, arena,
                                 ret_document, err);
}

static enum behavior behavior_of(str text)
{
    if (str_equal(text, STR("merge")))
        return BEHAVIOR_MERGE;
    if (str_equal(text, STR("replace")))
        return BEHAVIOR_REPLACE;
    return str_equal(text, STR("create")) ? BEHAVIOR_CREATE : BEHAVIOR_UNSPECIFIED;
}

bool kust_generate(struct build *build, const struct loader *loader, bool secret,
                   const struct generator_entry *entry, const struct generator_options *globals,
                   struct resource **ret_resource, struct error *err)
{
    struct generator_options options = merged_options(build, entry->options, globals);
    struct contents contents = {.build = build, .entry = entry, .secret = secret};
    object_begin(&contents.text, build->arena);
    object_begin(&contents.binary, build->arena);
    if (entry->name.len == 0)
        return error_rule(err, ERROR_INPUT, "E_GENERATOR", "a generator needs a name");
    VEC_FOR (str, path, &entry->envs.list)
        if (!add_env_file(&contents, loader, *path, err))
            return error_wrap(err, "envs");
    if (!add_literals(&contents, err) || !add_files(&contents, loader, err))
        return false;
    value document;
    if (!make_document(&contents, &options, &document, err))
        return false;
    struct resource *resource = kust_resource_create(build, document, (struct position){0});
    resource->generated = true;
    resource->needs_hash = !options.disable_hash;
    resource->behavior = behavior_of(entry->behavior);
    build->objects++;
    *ret_resource = resource;
    return kust_check_budget(build, err);
}
