/*
 * The documents of syncd behind a pipe, for tests that compare them with other programs'.
 *
 * A request is a line `OPERATION LENGTH…` and as many bytes for each length; an answer is a line
 * `ok LENGTH` or `error LENGTH` and as many bytes.
 */
#include "syncd/base/regex_internal.h"
#include "syncd/value/json.h"
#include "syncd/value/pointer.h"
#include "syncd/value/yaml_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PARTS_MAX 3

struct request {
    char operation[32];
    str parts[PARTS_MAX];
    struct arena *arena;
    struct buf answer;
    struct error err;
};

static bool read_stream(struct request *r, enum yaml_dialect dialect, bool duplicates)
{
    struct yaml_stream stream = {0};
    struct yaml_options options = {
        .dialect = dialect, .allow_duplicate_keys = duplicates, .whole_lines = !duplicates};
    if (!yaml_read_stream(r->parts[0], &options, limits_default(), r->arena, &stream, &r->err))
        return false;
    VEC_FOR (struct yaml_document, document, &stream.documents) {
        json_write(document->root, JSON_GO, &r->answer);
        buf_add_byte(&r->answer, '\n');
    }
    return true;
}

static bool read_kubernetes(struct request *r)
{
    return read_stream(r, YAML_KUBERNETES, false);
}

static bool read_loose(struct request *r)
{
    return read_stream(r, YAML_KUBERNETES, true);
}

static bool read_kustomize(struct request *r)
{
    return read_stream(r, YAML_KUSTOMIZE, false);
}

static void add_lines(value v, struct buf *buf)
{
    buf_printf(buf, "%u ", (unsigned)v.line);
    for (size_t i = 0; i < value_len(v); i++)
        add_lines(v.kind == VALUE_ARRAY ? v.as.items[i] : v.as.members[i].val, buf);
}

static void add_stream(const struct yaml_stream *stream, bool lines, struct buf *buf)
{
    VEC_FOR (struct yaml_document, document, &stream->documents) {
        json_write(document->root, JSON_COMPACT, buf);
        if (lines)
            add_lines(document->root, buf);
    }
}

/* The reader for plain documents says what libyaml's path says; answers how much it read itself. */
static bool compare_readers(struct request *r)
{
    struct yaml_options options = {.dialect = YAML_KUBERNETES};
    struct yaml_stream quick = {0}, whole = {0};
    struct yaml_counts counts = {0};
    struct error quick_err = ERROR_INIT;
    AUTO_BUF struct buf quick_text = BUF_INIT(SIZE_MAX);
    AUTO_BUF struct buf whole_text = BUF_INIT(SIZE_MAX);
    str text = r->parts[0];
    bool ok = yaml_read_stream(text, &options, limits_default(), r->arena, &quick, &quick_err);
    text = str_starts(text, STR("\xef\xbb\xbf")) ? str_skip(text, 3) : text;
    if (str_starts(str_trim(text), STR("{"))) /* may have been read as JSON */
        return true;
    if (ok !=
        yaml_read_events(text, 1, &options, limits_default(), &counts, r->arena, &whole, &r->err))
        return error_set(&r->err, ERROR_INTERNAL, "one of the readers failed: %s", quick_err.text);
    if (!ok)
        return true;
    /* libyaml counts Unicode's line separators as lines, but documents are cut at line feeds. */
    bool lines = str_find(text, STR("\xe2\x80\xa8")) == SIZE_MAX &&
                 str_find(text, STR("\xe2\x80\xa9")) == SIZE_MAX &&
                 str_find(text, STR("\xc2\x85")) == SIZE_MAX && str_index(text, '\r') == SIZE_MAX;
    add_stream(&quick, lines, &quick_text);
    add_stream(&whole, lines, &whole_text);
    if (!str_equal(buf_str(&quick_text), buf_str(&whole_text)))
        return error_set(&r->err, ERROR_INTERNAL, "the readers differ:\n%s\n%s", quick_text.ptr,
                         whole_text.ptr);
    size_t plain = 0;
    VEC_FOR (struct yaml_document, document, &quick.documents) {
        struct yaml_document again;
        uint64_t nodes = 0;
        plain += yaml_read_plain(document->text, 1, &options, limits_default(), r->arena, r->arena,
                                 &nodes, &again);
    }
    buf_printf(&r->answer, "%zu %zu", plain, quick.documents.len);
    return true;
}

/* The stream as kustomize prints one: documents in YAML, apart by `---`. */
static bool print_stream(struct request *r)
{
    struct yaml_stream stream = {0};
    struct yaml_options options = {.dialect = YAML_KUBERNETES};
    if (!yaml_read_stream(r->parts[0], &options, limits_default(), r->arena, &stream, &r->err))
        return false;
    for (size_t i = 0; i < stream.documents.len; i++) {
        if (i > 0)
            buf_add(&r->answer, STR("---\n"));
        yaml_write(stream.documents.items[i].root, YAML_SIGS, &r->answer);
    }
    return true;
}

static bool json_to_yaml(struct request *r)
{
    value v;
    if (!json_read(r->parts[0], limits_default(), r->arena, &v, &r->err))
        return false;
    yaml_write(v, YAML_SIGS, &r->answer);
    return true;
}

static bool json_to_yaml3(struct request *r)
{
    value v;
    if (!json_read(r->parts[0], limits_default(), r->arena, &v, &r->err))
        return false;
    yaml_write(v, YAML_V3, &r->answer);
    return true;
}

static bool json_to_json(struct request *r)
{
    value v;
    if (!json_read(r->parts[0], limits_default(), r->arena, &v, &r->err))
        return false;
    json_write(v, JSON_GO, &r->answer);
    return true;
}

static bool read_two(struct request *r, value *ret_document, value *ret_patch)
{
    return json_read(r->parts[0], limits_default(), r->arena, ret_document, &r->err) &&
           json_read(r->parts[1], limits_default(), r->arena, ret_patch, &r->err);
}

static bool json_patch(struct request *r)
{
    value document, patch, result;
    if (!read_two(r, &document, &patch) ||
        !json_patch_apply(document, patch, limits_default(), r->arena, &result, &r->err))
        return false;
    json_write(result, JSON_GO, &r->answer);
    return true;
}

static bool merge_patch(struct request *r)
{
    value document, patch;
    if (!read_two(r, &document, &patch))
        return false;
    json_write(merge_patch_apply(document, patch, r->arena), JSON_GO, &r->answer);
    return true;
}

/* ---- regular expressions ---- */

static value capture_value(struct request *r, const struct capture *captures, size_t count)
{
    struct array_builder offsets;
    array_begin(&offsets, r->arena);
    for (size_t i = 0; i < count; i++) {
        bool set = captures[i].start != SIZE_MAX;
        array_add(&offsets, value_int(set ? (int64_t)captures[i].start : -1, r->arena));
        array_add(&offsets, value_int(set ? (int64_t)captures[i].end : -1, r->arena));
    }
    return array_finish(&offsets);
}

/* Every match, and that both matchers and the test without captures say the same. */
static bool find_all(struct request *r)
{
    const struct regex *regex;
    if (!regex_compile(r->parts[0], limits_default(), r->arena, &regex, &r->err))
        return false;
    size_t count = regex_group_count(regex);
    struct capture *captures = ARENA_ARRAY(r->arena, struct capture, count);
    struct capture *again = ARENA_ARRAY(r->arena, struct capture, count);
    struct array_builder matches;
    array_begin(&matches, r->arena);
    struct regex_walk walk = {0};
    while (regex_next(regex, r->parts[1], &walk, captures, count, r->arena))
        array_add(&matches, capture_value(r, captures, count));
    for (size_t from = 0; from <= r->parts[1].len && from < 20; from++) {
        bool found = regex_find(regex, r->parts[1], from, captures, count, r->arena);
        if (found != regex_find_parallel(regex, r->parts[1], from, again, count, r->arena) ||
            (found && memcmp(captures, again, count * sizeof *again) != 0) ||
            (from == 0 && found != regex_matches(regex, r->parts[1], r->arena)))
            return error_set(&r->err, ERROR_INTERNAL, "the matchers differ");
    }
    json_write(array_finish(&matches), JSON_COMPACT, &r->answer);
    return true;
}

static bool replace_all(struct request *r)
{
    const struct regex *regex;
    if (!regex_compile(r->parts[0], limits_default(), r->arena, &regex, &r->err))
        return false;
    buf_add(&r->answer, regex_replace(regex, r->parts[1], r->parts[2], false, r->arena, r->arena));
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct request *);
} operations[] = {
    {"compare", compare_readers},  {"json", json_to_json},    {"json2yaml", json_to_yaml},
    {"json2yaml3", json_to_yaml3}, {"jsonpatch", json_patch}, {"kubernetes", read_kubernetes},
    {"kustomize", read_kustomize}, {"loose", read_loose},     {"mergepatch", merge_patch},
    {"print", print_stream},       {"regexp", find_all},      {"regexp_replace", replace_all},
};

static bool run(struct request *r)
{
    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        if (strcmp(operations[i].name, r->operation) == 0)
            return operations[i].run(r);
    }
    return error_set(&r->err, ERROR_UNSUPPORTED, "no operation %s", r->operation);
}

/* Exactly as long as the text, so that a sanitizer sees a read of one byte too many. */
static char *read_part(size_t len)
{
    char *bytes = malloc(len > 0 ? len : 1);
    CHECK(bytes != NULL && fread(bytes, 1, len, stdin) == len);
    return bytes;
}

static void answer(struct request *r)
{
    bool ok = run(r);
    if (!ok) {
        buf_clear(&r->answer);
        error_print(&r->err, &r->answer);
    }
    printf("%s %zu\n", ok ? "ok" : "error", r->answer.len);
    if (r->answer.len > 0)
        (void)fwrite(r->answer.ptr, 1, r->answer.len, stdout); /* the reader sees a short answer */
    (void)fflush(stdout);
}

int main(void)
{
    char line[256];
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct request r = {.arena = arena_create(ARENA_NO_BUDGET), .answer = BUF_INIT(SIZE_MAX)};
        char *bytes[PARTS_MAX] = {0};
        char *rest = NULL;
        const char *word = strtok_r(line, " \n", &rest);
        (void)snprintf(r.operation, sizeof r.operation, "%s", word != NULL ? word : "");
        for (size_t i = 0; i < PARTS_MAX && (word = strtok_r(NULL, " \n", &rest)) != NULL; i++) {
            size_t len = strtoull(word, NULL, 10);
            bytes[i] = read_part(len);
            r.parts[i] = str_from(bytes[i], len);
        }
        answer(&r);
        buf_finish(&r.answer);
        arena_destroy(r.arena);
        for (size_t i = 0; i < PARTS_MAX; i++)
            free(bytes[i]);
    }
    return 0;
}
